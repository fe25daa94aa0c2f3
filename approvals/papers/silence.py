"""Papers nobody signs: what silence led to, and the warnings before it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import catalogue, corrections, documents, readiness, silence
from ..silence import Period
from ..tables import Case, CaseMaterial, CasePart, Correction, Document
from ..terms import MaterialState
from . import rows
from .requests import request_note
from .window import CONSEQUENCES


def deemed_acceptance(session: Session, case: Case, notify_by: date, now: datetime) -> Document:
    """视为受理通知书: the day the materials came, the five days without a word, and what is still missing."""
    missing = [material for material in case.materials if not readiness.is_met(material)]
    fields = {
        "received_on": case.received_at,
        "accepted_on": case.accepted_at,
        "notify_by": notify_by,
        "statutory_due": case.statutory_due,
        "promised_due": case.promised_due,
        "provisional": case.provisional,
        **rows.limit_texts(case),
        "departments": rows.department_rows(case),
        "materials": rows.material_rows(case),
        "missing": [rows.name_of(material) for material in missing],
        "request_note": request_note(session, case, now),
    }
    return rows.issue(session, "deemed_acceptance", case, None, now, fields)


def correction_warning(
    session: Session, case: Case, notice: Correction, period: Period, now: datetime
) -> Document:
    """补正期限届满提醒书: what is still asked for, by when, and what follows."""
    basis = catalogue.item_of(case.item).unanswered_correction
    fields = {
        "notice_number": number_of(session, notice.document_id),
        "told_on": notice.issued_at,
        "asked": _asked(case, notice),
        "until": period.ends_at,
        "provisional": period.provisional,
        "basis": "" if notice.before_acceptance or basis is None else basis.zh,
    }
    return rows.issue(session, "correction_warning", case, None, now, fields)


def deferral_warning(
    session: Session, case: Case, materials: Sequence[CaseMaterial], period: Period, now: datetime
) -> Document:
    """容缺材料补交提醒书: which, by when, and what follows by the item's rule."""
    fields = {
        "accepted_on": case.accepted_at,
        "deferred": _deferred(materials),
        "until": period.ends_at,
        "provisional": period.provisional,
        "consequence": consequence(case),
    }
    return rows.issue(session, "deferral_warning", case, None, now, fields)


def consequence(case: Case) -> str:
    """What follows by the item's rule if deferred materials do not come."""
    rule = catalogue.item_of(case.item).deferral
    return CONSEQUENCES[rule.outcome if rule else "refused"]


def deferral_expired(
    session: Session, case: Case, materials: Sequence[CaseMaterial], until: date, now: datetime
) -> Document:
    """容缺期限届满告知书: nothing is taken any more, a grant is not possible, the applicant will be heard."""
    fields = {
        "accepted_on": case.accepted_at,
        "deferred": _deferred(materials),
        "until": until,
        "warned_on": _issued_on(silence.deferral_warning(session, case)),
    }
    return rows.issue(session, "deferral_expired", case, None, now, fields)


def withdrawn_for_correction(
    session: Session,
    case: Case,
    notice: Correction,
    until: date,
    returned: Sequence[CaseMaterial],
    now: datetime,
) -> Document:
    """视为撤回申请告知书 after a correction that was not answered."""
    basis = catalogue.item_of(case.item).unanswered_correction
    cited = "" if notice.before_acceptance or basis is None else basis.zh
    told = {
        "what": "correction",
        "notice_number": number_of(session, notice.document_id),
        "told_on": notice.issued_at,
        "asked": _asked(case, notice),
        "warned_on": notice.warned_at,
        "basis": cited,
    }
    return _withdrawn(session, case, told, until, returned, now)


def withdrawn_for_deferral(
    session: Session,
    case: Case,
    materials: Sequence[CaseMaterial],
    until: date,
    returned: Sequence[CaseMaterial],
    now: datetime,
) -> Document:
    """视为撤回申请告知书 after a deferral that ran out, where the item's rule says so."""
    promise = session.scalar(
        select(Document).where(Document.case_id == case.id, Document.kind == "deferral").order_by(Document.id)
    )
    told = {
        "what": "deferral",
        "notice_number": promise.number if promise else "",
        "told_on": case.accepted_at,
        "asked": [{"material": row["name"], "problem": row["how"]} for row in _deferred(materials)],
        "warned_on": _issued_on(silence.deferral_warning(session, case)),
        "basis": "",
    }
    return _withdrawn(session, case, told, until, returned, now)


def _withdrawn(
    session: Session,
    case: Case,
    told: dict[str, Any],
    until: date,
    returned: Sequence[CaseMaterial],
    now: datetime,
) -> Document:
    fields = {
        **told,
        "received_on": case.received_at,
        "until": until,
        "accepted": case.accepted_at is not None,
        "returned": rows.returned_rows(returned, "请到受理窗口领取"),
        "fees": rows.paid_fees(case),
    }
    return rows.issue(session, "deemed_withdrawal", case, None, now, fields)


def deemed_consent(
    session: Session, part: CasePart, notice: Document | None, until: date, now: datetime
) -> Document:
    """默认同意记录, in the name of the lead that keeps it: what was asked, when, until when, and the rule told."""
    fields = {
        "department": part.department.zh,
        "part": part.name["zh"],
        "notice_number": notice.number if notice else "",
        "asked_on": part.opened_at,
        "until": until,
    }
    return documents.issue(
        session, "deemed_consent", case=part.case, part=part, department=part.case.department, fields=fields,
        officer=None, now=now,
    )  # fmt: skip


def _asked(case: Case, notice: Correction) -> list[dict[str, str]]:
    names = {material.code: rows.name_of(material) for material in case.materials}
    return [
        {"material": names.get(defect.material_code, "申请内容"), "problem": defect.problem}
        for defect in corrections.merged(notice.defects)
    ]


def _deferred(materials: Sequence[CaseMaterial]) -> list[dict[str, str]]:
    return [
        {"name": rows.name_of(material), "how": rows.how_to_submit(material)}
        for material in materials
        if material.state == MaterialState.DEFERRED
    ]


def number_of(session: Session, document_id: int | None) -> str:
    """The number of a document there may be."""
    document = session.get(Document, document_id) if document_id else None
    return document.number if document else ""


def _issued_on(document: Document | None) -> datetime | None:
    return document.issued_at if document else None
