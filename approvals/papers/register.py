"""Papers of the register: what is told the holder before an adverse act, the record of the defence, the decision."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from .. import credit, documents, proceeding_rules
from ..hearing_words import HearingState
from ..proceedings import (
    DONE,
    Proposal,
    Resolution,
    days_to_answer,
    require_decidable,
    require_proposable,
    until_decided,
)
from ..register_book import root_of
from ..register_rules import TRANSITIONS
from ..tables import Case, CasePart, Document, Permit, Proceeding, Staff
from . import rows

TOLD = {
    "revoke": "proposed_revocation",
    "withdraw": "proposed_withdrawal_of_permit",
    "penal_revoke": "proposed_penal_revocation",
    "suspend": "proposed_suspension",
    "cancel": "proposed_cancellation",
}
"""Kind of act → kind of the paper that tells of it."""


def proposed_act(session: Session, proceeding: Proceeding, officer: Staff, now: datetime) -> Document:
    """拟撤销、拟撤回、拟吊销、拟暂扣、拟注销告知书: facts, reasons, article, the right to answer and to a hearing."""
    told = proceeding.statement_by, proceeding.hearing_by
    proposal = Proposal(
        proceeding.kind, proceeding.ground, proceeding.facts, proceeding.reasons, proceeding.until
    )
    fields = _proposed(proceeding.permit, proposal, *told)
    return _issue(session, TOLD[proceeding.kind], proceeding.permit, fields, officer, now)


def proposed_act_preview(
    session: Session, permit: Permit, proposal: Proposal, officer: Staff, now: datetime
) -> str:
    """The notice as it would be issued on this proposal today; nothing is written and no number taken.

    Raises as ``proceedings.require_proposable``, or ``GlyphMissing``.
    """
    require_proposable(session, permit, proposal, now)
    fields = _proposed(permit, proposal, *days_to_answer(session, proposal.kind, now))
    return _preview(session, TOLD[proposal.kind], permit, fields, officer, now)


def notice_preview(
    session: Session, proceeding: Proceeding, facts: str, reasons: str, officer: Staff, now: datetime
) -> str:
    """The notice of an open proceeding as it would be told now; nothing is written. Raises ``GlyphMissing``."""
    proposal = Proposal(proceeding.kind, proceeding.ground, facts, reasons, proceeding.until)
    fields = _proposed(proceeding.permit, proposal, *days_to_answer(session, proceeding.kind, now))
    return _preview(session, TOLD[proceeding.kind], proceeding.permit, fields, officer, now)


def resolution_preview(
    session: Session, proceeding: Proceeding, resolution: Resolution, officer: Staff, now: datetime
) -> str:
    """The decision as it would be issued on this resolution; nothing is written.

    Raises as ``proceedings.require_decidable``, or ``HarsherThanTold``, or ``GlyphMissing``.
    """
    require_decidable(session, proceeding, officer, resolution)
    permit, reasons = proceeding.permit, resolution.reasons.strip()
    if resolution.result != DONE:
        fields = _dropped(session, proceeding, reasons)
        return _preview(session, "proceeding_dropped", permit, fields, officer, now)
    until = until_decided(proceeding, resolution, now)
    fields = _decided(session, permit, proceeding.kind, proceeding.ground, reasons, proceeding, until)
    return _preview(session, TRANSITIONS[proceeding.kind].document, permit, fields, officer, now)


def _proposed(
    permit: Permit, proposal: Proposal, statement_by: datetime | None, hearing_by: datetime | None
) -> dict[str, Any]:
    return {
        **_of_permit(permit),
        **_of_act(proposal.kind, proposal.ground),
        "facts": proposal.facts,
        "reasons": proposal.reasons,
        "until": proposal.until,
        "statement_by": statement_by,
        "hearing_by": hearing_by,
    }


def defence_record(session: Session, proceeding: Proceeding, officer: Staff, now: datetime) -> Document:
    """陈述申辩笔录 of a proceeding."""
    fields = {
        "permit": proceeding.permit.name["zh"],
        "permit_number": proceeding.permit.number,
        "at": now,
        "place": proceeding.department.address,
        "told_on": proceeding.told_at,
        "notice_number": _number(session, proceeding.notice_document_id),
        "facts": proceeding.facts,
        "speaker": proceeding.permit.holder,
        "made": bool(proceeding.made),
        "statement": proceeding.statement,
        "assessment": proceeding.assessment,
        "recorder": officer.name,
    }
    return _issue(session, "defence_record", proceeding.permit, fields, officer, now)


def decision_on_permit(
    session: Session,
    permit: Permit,
    kind: str,
    ground: str,
    reasons: str,
    officer: Staff,
    now: datetime,
    *,
    proceeding: Proceeding | None = None,
    until: date | None = None,
) -> Document:
    """撤销、撤回、吊销、暂扣、注销、恢复效力决定书 with ground, what was heard, the effect and the remedies."""
    fields = _decided(session, permit, kind, ground, reasons, proceeding, until)
    return _issue(session, TRANSITIONS[kind].document, permit, fields, officer, now)


def _decided(
    session: Session, permit: Permit, kind: str, ground: str, reasons: str, proceeding: Proceeding | None,
    until: date | None,
) -> dict[str, Any]:  # fmt: skip
    return {
        **_of_permit(permit),
        **_of_act(kind, ground),
        "facts": proceeding.facts if proceeding else "",
        "reasons": reasons,
        "until": until,
        "notice_number": _number(session, proceeding.notice_document_id) if proceeding else "",
        "told_on": proceeding.told_at if proceeding else None,
        "statement": statement_words(proceeding) if proceeding else "",
        "hearing_record": record_words(session, proceeding) if proceeding else "",
        "hearing_right": bool(proceeding and proceeding.hearing_right),
        "compensation": TRANSITIONS[kind].grounds[ground].compensation,
        "barred": bool(proceeding and proceeding.deceit and _touches_safety(session, permit)),
        "remedied": kind != "lift",
    }


def proceeding_dropped(session: Session, proceeding: Proceeding, officer: Staff, now: datetime) -> Document:
    """不予处理决定书: what was told comes to nothing, and why."""
    fields = _dropped(session, proceeding, proceeding.decision_reasons)
    return _issue(session, "proceeding_dropped", proceeding.permit, fields, officer, now)


def _dropped(session: Session, proceeding: Proceeding, reasons: str) -> dict[str, Any]:
    return {
        **_of_permit(proceeding.permit),
        "act": TRANSITIONS[proceeding.kind].label,
        "reasons": reasons,
        "notice_number": _number(session, proceeding.notice_document_id),
        "told_on": proceeding.told_at,
        "statement": statement_words(proceeding),
        "hearing_record": record_words(session, proceeding),
    }


def statement_words(proceeding: Proceeding) -> str:
    """What the holder said and what the authority makes of it; empty where nothing was said."""
    if not proceeding.made:
        return ""
    return f"{proceeding.statement}\n复核意见：{proceeding.assessment}"


def record_words(session: Session, proceeding: Proceeding) -> str:
    """The record of the hearing a decision follows: 听证笔录（示市监听笔〔2026〕1号）; empty without one."""
    held = proceeding_rules.hearing_of(session, proceeding)
    if held is None or held.state != HearingState.CLOSED:
        return ""
    return f"听证笔录（{_number(session, held.record_document_id)}）"


def _of_permit(permit: Permit) -> dict[str, Any]:
    return {"permit": permit.name["zh"], "permit_number": permit.number, "holder": permit.holder}


def _of_act(kind: str, ground: str) -> dict[str, Any]:
    found = TRANSITIONS[kind].grounds[ground]
    return {"act": TRANSITIONS[kind].label, "ground": found.label, "article": found.article}


def _touches_safety(session: Session, permit: Permit) -> bool:
    root = root_of(session, permit)
    part = session.get(CasePart, root.part_id) if root.part_id else None
    return credit.touches_safety((part.item if part else None) or root.case.item)


def _number(session: Session, document_id: int | None) -> str:
    document = session.get(Document, document_id) if document_id else None
    return document.number if document else ""


def _issue(
    session: Session, kind: str, permit: Permit, fields: dict[str, Any], officer: Staff, now: datetime
) -> Document:
    """Under the case and the part the permit was first issued under; a comprehensive licence under its case."""
    root = root_of(session, permit)
    part = session.get(CasePart, root.part_id) if root.part_id else None
    return rows.issue(session, kind, session.get_one(Case, root.case_id), officer, now, fields, part)


def _preview(
    session: Session, kind: str, permit: Permit, fields: dict[str, Any], officer: Staff, now: datetime
) -> str:
    """The same paper as ``_issue`` would fix, as a page that is not issued."""
    root = root_of(session, permit)
    part = session.get(CasePart, root.part_id) if root.part_id else None
    department = part.department if part is not None else root.department
    case = session.get_one(Case, root.case_id)
    return documents.preview(kind, case, part, department, fields, officer, now)
