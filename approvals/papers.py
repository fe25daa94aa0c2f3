"""What each legal document of a case says: one function per kind, from the tables to its fields.

Numbering, glyph check and storage are in ``documents``; the words are in ``printing/templates``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import catalogue, clock, corrections, delivery, documents, joint_review, permits
from .calendar import default_calendar
from .item_definition import Limit
from .tables import (
    Case,
    CaseMaterial,
    CasePart,
    Correction,
    Decision,
    Delivery,
    Document,
    Permit,
    Settlement,
    Staff,
    StatementHearing,
)
from .terms import MaterialState, OpinionKind, Outcome

STATEMENT_DAYS = 3  # working days to make a statement and defence; the law leaves it to the authority
UNITS = {"working": "个工作日", "calendar": "日"}
CONSEQUENCES = {
    "withdrawn": "逾期未补交的，视为撤回申请，本机关终止办理并退还材料。",
    "refused": "逾期未补交的，本机关依据已有材料审查，不符合条件的不予许可。",
}
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Fix:
    """One error put right on the spot."""

    material: str
    wrong: str
    right: str


def receipt(session: Session, case: Case, officer: Staff, now: datetime) -> Document:
    """收件凭证: what was received, and until when everything is told at once."""
    fields = {
        "materials": material_rows(case),
        "received_on": case.received_at,
        "notify_by": case.notify_by,
        "remark": "",
    }
    return _issue(session, "receipt", case, officer, now, fields)


def fixed_on_spot(
    session: Session, case: Case, officer: Staff, now: datetime, fixes: Sequence[Fix]
) -> Document:
    """当场更正确认单."""
    rows = [{"material": fix.material, "wrong": fix.wrong, "right": fix.right} for fix in fixes]
    return _issue(
        session, "fixed_on_spot", case, officer, now, {"received_on": case.received_at, "fixes": rows}
    )


def acceptance(
    session: Session, case: Case, officer: Staff, now: datetime, deferred_until: date | None
) -> Document:
    """受理通知书, or with deferred materials 容缺受理告知书."""
    shared = {
        "accepted_on": case.accepted_at,
        "departments": department_rows(case),
        "statutory_due": case.statutory_due,
        "promised_due": case.promised_due,
        "provisional": case.provisional,
        **limit_texts(case),
    }
    if deferred_until is None:
        return _issue(session, "acceptance", case, officer, now, {**shared, "materials": material_rows(case)})
    deferral = catalogue.item_of(case.item).deferral
    deferred = [
        {"name": name_of(material), "how": _how(material), "by": deferred_until}
        for material in case.materials
        if material.state == MaterialState.DEFERRED
    ]
    consequence = CONSEQUENCES[deferral.outcome if deferral else "refused"]
    return _issue(
        session, "deferral", case, officer, now, {**shared, "deferred": deferred, "consequence": consequence}
    )


def correction(session: Session, case: Case, notice: Correction, officer: Staff, now: datetime) -> Document:
    """一次性补正告知书: all defects of all departments, each once."""
    names = {material.code: name_of(material) for material in case.materials}
    rows = [
        {
            "departments": list(line.departments),
            "material": names.get(line.material_code, "申请内容"),
            "problem": line.problem,
            "demand": "；".join(line.demands) or "按要求更正",
        }
        for line in corrections.merged(notice.defects)
    ]
    fields = {
        "before_acceptance": notice.before_acceptance,
        "received_on": case.received_at,
        "defects": rows,
        "answer_by": notice.answer_by,
        "consequence": "",
    }
    return _issue(session, "correction", case, officer, now, fields)


def turned_away(
    session: Session,
    case: Case,
    outcome: Outcome,
    reasons: str,
    articles: str,
    competent: tuple[str, str],
    returned: Sequence[CaseMaterial],
    officer: Staff,
    now: datetime,
) -> Document:
    """不需要许可, 不属于本机关职权 or 不予受理; ``competent`` is the body and how to reach it."""
    fields: dict[str, Any] = {
        "received_on": case.received_at,
        "reasons": reasons,
        "articles": articles or ARTICLES_OF_OUTCOME[outcome],
        "returned": returned_rows(returned),
    }
    if outcome != Outcome.NOT_NEEDED:
        fields["competent_body"] = competent[0]
    if outcome == Outcome.NOT_OURS:
        fields["competent_contact"] = competent[1]
    return _issue(session, outcome.value, case, officer, now, fields)


ARTICLES_OF_OUTCOME = {
    Outcome.NOT_NEEDED: "《中华人民共和国行政许可法》第三十二条第一款第（一）项",
    Outcome.NOT_OURS: "《中华人民共和国行政许可法》第三十二条第一款第（二）项",
    Outcome.NOT_ACCEPTED: "《中华人民共和国行政许可法》第三十二条",
}


def joint_notice(
    session: Session, case: Case, officer: Staff, now: datetime, only: CasePart | None = None
) -> Document:
    """并联审批抄告单 to all departments concerned, or to one that is added later."""
    parts = [only] if only is not None else case.parts
    fields = {
        "accepted_on": case.accepted_at,
        "departments": department_rows(case, parts),
        "materials": material_rows(case),
        "scope": permits.scope_of(case, catalogue.item_of(case.item), now),
        "statutory_due": case.statutory_due,
        "promised_due": case.promised_due,
        "provisional": case.provisional,
        "contact": officer.name,
    }
    return _issue(session, "joint_notice", case, officer, now, fields)


def fee_notice(session: Session, case: Case, officer: Staff, now: datetime, pay_by: date) -> Document:
    """缴费通知书 with the basis of every fee."""
    item = catalogue.item_of(case.item)
    lines = catalogue.fees(item, catalogue.part_items(case), case.form_data)
    rows = [
        {"name": line.name["zh"], "basis": line.basis, "amount": line.amount, "reducible": line.reducible}
        for line in lines
    ]
    total = sum((line.amount for line in lines), Decimal(0))
    fields = {
        "fees": rows,
        "total": total,
        "pay_by": pay_by,
        "manner": "政务服务中心收费窗口或者非税收入电子缴款",
    }
    return _issue(session, "fee_notice", case, officer, now, fields)


def proposed_refusal(
    session: Session,
    part: CasePart,
    hearing: StatementHearing,
    reasons: str,
    articles: str,
    officer: Staff,
    now: datetime,
) -> Document:
    """拟不予行政许可告知书: facts, reasons, grounds, and the right to be heard."""
    statement_by = default_calendar().add(clock.local_day(now), STATEMENT_DAYS).day
    fields = {
        "facts": hearing.facts,
        "reasons": reasons,
        "articles": articles,
        "statement_by": statement_by,
        "hearing": False,
    }
    return _issue(session, "proposed_refusal", part.case, officer, now, fields, part)


def statement_record(
    session: Session, part: CasePart, hearing: StatementHearing, officer: Staff, now: datetime
) -> Document:
    """陈述申辩笔录."""
    told = session.get(Document, hearing.document_id) if hearing.document_id else None
    fields = {
        "at": now,
        "place": part.department.address,
        "told_on": hearing.told_at,
        "notice_number": told.number if told else "",
        "facts": hearing.facts,
        "speaker": part.case.applicant.name if part.case.applicant else "",
        "made": bool(hearing.made),
        "statement": hearing.statement,
        "assessment": hearing.assessment,
        "recorder": officer.name,
    }
    return _issue(session, "statement_record", part.case, officer, now, fields, part)


def grant(session: Session, part: CasePart, decision: Decision, officer: Staff, now: datetime) -> Document:
    """准予行政许可决定书 in the authority's own name."""
    item = catalogue.item_of(part.item or part.case.item)
    certificate = item.certificate
    today = clock.local_day(now)
    fields = {
        "accepted_on": part.case.accepted_at,
        "reasons": decision.reasons,
        "articles": decision.articles,
        "scope": decision.scope or permits.scope_of(part.case, item, now),
        "certificate": certificate.name["zh"] if certificate else "",
        "valid_from": today if certificate else None,
        "valid_until": permits.validity_end(today, certificate.years) if certificate else None,
        "duties": "",
    }
    return _issue(session, "grant", part.case, officer, now, fields, part)


def refusal(session: Session, part: CasePart, decision: Decision, officer: Staff, now: datetime) -> Document:
    """不予行政许可决定书 with reasons, articles and the remedies at the named bodies."""
    hearing = session.scalar(
        select(StatementHearing)
        .where(StatementHearing.part_id == part.id)
        .order_by(StatementHearing.id.desc())
        .limit(1)
    )
    statement = ""
    if hearing is not None and hearing.made:
        statement = f"{hearing.statement}\n复核意见：{hearing.assessment}"
    fields = {
        "accepted_on": part.case.accepted_at,
        "facts": hearing.facts if hearing else "",
        "reasons": decision.reasons,
        "articles": decision.articles,
        "statement": statement,
        "false_materials": decision.false_materials,
    }
    return _issue(session, "refusal", part.case, officer, now, fields, part)


def settlement(session: Session, case: Case, settled: Settlement, officer: Staff, now: datetime) -> Document:
    """意见协调记录: every opinion, the result and the reasons."""
    rows = [
        {
            "department": opinion.part.department.zh,
            "kind": OpinionKind(opinion.kind).label,
            "reasons": opinion.reasons,
            "officer": opinion.officer.name,
        }
        for opinion in joint_review.submitted_opinions(session, case.id)
    ]
    fields = {"opinions": rows, "result": settled.result, "reasons": settled.reasons}
    return _issue(session, "settlement", case, officer, now, fields)


def withdrawal(
    session: Session,
    case: Case,
    reasons: str,
    returned: Sequence[CaseMaterial],
    officer: Staff,
    now: datetime,
) -> Document:
    """申请撤回暨终止办理通知书 with the originals that go back."""
    paid = [f"{fee.name['zh']} {fee.amount:.2f} 元" for fee in case.fees if fee.state == "paid"]
    fields = {
        "received_on": case.received_at,
        "withdrawn_on": clock.local_day(now),
        "reasons": reasons,
        "returned": returned_rows(returned),
        "fees": f"已缴{'、'.join(paid)}，请向收费窗口办理退付。" if paid else "",
    }
    return _issue(session, "withdrawal", case, officer, now, fields)


def delivery_proof(session: Session, case: Case, served: Delivery, officer: Staff, now: datetime) -> Document:
    """送达回证: papers, recipient, manner, place, time, signature or refusal, servers."""
    titles = {
        document.number: document.title
        for document in session.scalars(select(Document).where(Document.case_id == case.id))
    }
    titles |= {
        permit.number: str(permit.name["zh"])
        for permit in session.scalars(select(Permit).where(Permit.case_id == case.id))
    }
    servers = [served.first_server]
    if served.second_server_id:
        servers.append(session.get_one(Staff, served.second_server_id))
    fields = {
        "documents": [{"title": titles.get(number, ""), "number": number} for number in served.served],
        "recipient": served.recipient,
        "manner": delivery.MANNERS[served.manner].split("（")[0],
        "place": served.place,
        "at": served.at,
        "tracking": served.tracking,
        "signature": served.signature,
        "relation": served.relation,
        "refusal": served.refusal,
        "witnesses": [name for name in served.witnesses.split("、") if name],
        "servers": [{"name": server.name, "number": server.officer_number} for server in servers],
    }
    return _issue(session, "delivery_proof", case, officer, now, fields)


def _issue(
    session: Session,
    kind: str,
    case: Case,
    officer: Staff,
    now: datetime,
    fields: dict[str, Any],
    part: CasePart | None = None,
) -> Document:
    department = part.department if part is not None else case.department
    return documents.issue(
        session, kind, case=case, part=part, department=department, fields=fields, officer=officer, now=now
    )


def material_rows(case: Case) -> Rows:
    """The materials as papers list them."""
    return [
        {
            "name": name_of(material),
            "originals": material.originals,
            "copies": material.copies,
            "note": _note(material),
        }
        for material in case.materials
        if material.state not in (MaterialState.NOT_APPLICABLE, MaterialState.MISSING)
    ]


def _note(material: CaseMaterial) -> str:
    if material.state == MaterialState.DEFERRED and material.deferred_until:
        return f"容缺，{material.deferred_until}前补交"
    if material.state in (MaterialState.SHARED, MaterialState.DEFECTIVE):
        return MaterialState(material.state).label
    return ""


def returned_rows(returned: Sequence[CaseMaterial]) -> Rows:
    """The originals that go back."""
    return [
        {"name": name_of(material), "originals": material.originals, "copies": 0, "note": "当面退还"}
        for material in returned
    ]


def department_rows(case: Case, parts: Sequence[CasePart] | None = None) -> Rows:
    """Which department does what until when; none for a plain case."""
    if not catalogue.item_of(case.item).parts:
        return []
    return [
        {
            "name": part.department.zh,
            "work": part.name["zh"] + ("（牵头）" if part.department_id == case.department_id else ""),
            "due": part.promised_due or case.promised_due,
        }
        for part in (case.parts if parts is None else parts)
    ]


def limit_texts(case: Case) -> dict[str, str]:
    """Both limits in words: 45个工作日."""
    item = catalogue.item_of(case.item)
    return {"statutory": limit_text(item.statutory), "promised": limit_text(item.promised)}


def limit_text(limit: Limit | None) -> str:
    """One limit in words."""
    if limit is None:
        return ""
    if limit.days == 0:
        return "即时办结"
    return f"{limit.days}{UNITS[limit.unit]}"


def name_of(material: CaseMaterial) -> str:
    """The material's Chinese name."""
    return str(material.line["name"]["zh"])


def _how(material: CaseMaterial) -> str:
    counts = [
        f"{label} {material.line[key]} 份"
        for key, label in (("originals", "原件"), ("copies", "复印件"))
        if material.line[key]
    ]
    return "、".join(counts) or "按清单提交"
