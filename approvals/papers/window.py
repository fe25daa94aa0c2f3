"""Papers of the window: receipt, acceptance, correction, turning away, notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from .. import catalogue, corrections, intake, permits
from ..printing.render import day
from ..tables import Case, CaseMaterial, CasePart, Correction, Document, Staff
from ..terms import MaterialState, Outcome
from . import rows
from .requests import request_note

CONSEQUENCES = {
    "withdrawn": "逾期未补交的，视为撤回申请，本机关终止办理并退还材料。",
    "refused": "逾期未补交的，本机关依据已有材料审查，不符合条件的不予许可。",
}
ARTICLES_OF_OUTCOME = {
    Outcome.NOT_NEEDED: "《中华人民共和国行政许可法》第三十二条第一款第（一）项",
    Outcome.NOT_OURS: "《中华人民共和国行政许可法》第三十二条第一款第（二）项",
    Outcome.NOT_ACCEPTED: "《中华人民共和国行政许可法》第三十二条",
}


@dataclass(frozen=True)
class Fix:
    """One error put right on the spot."""

    material: str
    wrong: str
    right: str


def receipt(session: Session, case: Case, officer: Staff, now: datetime) -> Document:
    """收件凭证: what was received, and until when everything is told at once."""
    fields = {
        "materials": rows.material_rows(case),
        "received_on": case.received_at,
        "notify_by": case.notify_by,
        "remark": "",
    }
    return rows.issue(session, "receipt", case, officer, now, fields)


def fixed_on_spot(
    session: Session, case: Case, officer: Staff, now: datetime, fixes: Sequence[Fix]
) -> Document:
    """当场更正确认单."""
    entries = [{"material": fix.material, "wrong": fix.wrong, "right": fix.right} for fix in fixes]
    return rows.issue(
        session, "fixed_on_spot", case, officer, now, {"received_on": case.received_at, "fixes": entries}
    )


def acceptance(
    session: Session, case: Case, officer: Staff, now: datetime, deferred_until: date | None
) -> Document:
    """受理通知书, or with deferred materials 容缺受理告知书."""
    shared = {
        "accepted_on": case.accepted_at,
        "departments": rows.department_rows(case),
        "statutory_due": case.statutory_due,
        "promised_due": case.promised_due,
        "provisional": case.provisional,
        **rows.limit_texts(case),
    }
    if deferred_until is None:
        own = {"materials": rows.material_rows(case), "request_note": request_note(session, case, now)}
        return rows.issue(session, "acceptance", case, officer, now, {**shared, **own})
    deferral = catalogue.item_for(case).deferral
    deferred = [
        {"name": rows.name_of(material), "how": rows.how_to_submit(material), "by": deferred_until}
        for material in case.materials
        if material.state == MaterialState.DEFERRED
    ]
    consequence = CONSEQUENCES[deferral.outcome if deferral else "refused"]
    return rows.issue(
        session, "deferral", case, officer, now, {**shared, "deferred": deferred, "consequence": consequence}
    )


def correction(session: Session, case: Case, notice: Correction, officer: Staff, now: datetime) -> Document:
    """一次性补正告知书: all defects of all departments, each once, and what follows if it is not answered."""
    names = {material.code: rows.name_of(material) for material in case.materials}
    entries = [
        {
            "departments": [name["zh"] for name in line.departments],
            "material": names.get(line.material_code, "申请内容"),
            "problem": line.problem,
            "demand": "；".join(line.demands) or "按要求更正",
        }
        for line in corrections.merged(notice.defects)
    ]
    fields = {
        "before_acceptance": notice.before_acceptance,
        "received_on": case.received_at,
        "defects": entries,
        "answer_by": notice.answer_by,
        "consequence": _consequence(case, notice),
    }
    return rows.issue(session, "correction", case, officer, now, fields)


def _consequence(case: Case, notice: Correction) -> str:
    """What the form's own words do not say: of a notice let through, and of an item with its own law."""
    if notice.before_acceptance and not notice.moves_acceptance:
        return BESIDE.format(day=day(case.notify_by))
    basis = catalogue.item_of(case.item).unanswered_correction
    if notice.before_acceptance or basis is None:
        return ""
    return CITED.format(basis=basis.zh)


BESIDE = (
    "本次告知的内容在首次告知时已能发现，经效能监察人员写明理由同意提出，不影响受理：本机关仍须在{day}前作出是否受理的处理，"
    "逾期未处理的，自收到申请材料之日起即为受理。逾期不补充的，不因此视为撤回申请。"
)
CITED = "本次补充不停止法定期限的计算；逾期不补充的，本机关先行提醒，提醒后仍不补充的，根据{basis}，视为撤回申请。"


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
        "returned": rows.returned_rows(returned),
    }
    if outcome != Outcome.NOT_NEEDED:
        fields["competent_body"] = competent[0]
    if outcome == Outcome.NOT_OURS:
        fields["competent_contact"] = competent[1]
    return rows.issue(session, outcome.value, case, officer, now, fields)


def joint_notice(
    session: Session, case: Case, officer: Staff | None, now: datetime, only: CasePart | None = None
) -> Document:
    """并联审批抄告单 to all departments concerned, or to one that is added later and named on the row."""
    parts = [only] if only is not None else case.parts
    fields = {
        "accepted_on": case.accepted_at,
        "departments": rows.department_rows(case, parts),
        "materials": rows.material_rows(case),
        "scope": permits.scope_of(session, case, catalogue.item_of(case.item), now),
        "statutory_due": case.statutory_due,
        "promised_due": case.promised_due,
        "provisional": case.provisional,
        "contact": (officer or case.clerk).name,
    }
    document = rows.issue(session, "joint_notice", case, officer, now, fields)
    document.part_id = only.id if only is not None else None
    return document


def fee_notice(session: Session, case: Case, officer: Staff | None, now: datetime, pay_by: date) -> Document:
    """缴费通知书 with the basis of every fee."""
    item = catalogue.item_of(case.item)
    lines = catalogue.fees(item, intake.part_items(case), case.form_data)
    entries = [
        {"name": line.name["zh"], "basis": line.basis, "amount": line.amount, "reducible": line.reducible}
        for line in lines
    ]
    total = sum((line.amount for line in lines), Decimal(0))
    fields = {
        "fees": entries,
        "total": total,
        "pay_by": pay_by,
        "manner": "政务服务中心收费窗口或者非税收入电子缴款",
    }
    return rows.issue(session, "fee_notice", case, officer, now, fields)
