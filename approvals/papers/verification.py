"""Papers of verification and credit: the copy to a department, the record, the order to rectify, the repair."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import catalogue, documents, verification_checks, verification_dates, verifications
from ..calendar import WorkingCalendar
from ..tables import (
    CommitmentClause,
    CreditRecord,
    Decision,
    Department,
    Document,
    Permit,
    ServiceItem,
    Staff,
    Verification,
)
from ..terms import CheckManner, CheckOutcome, CreditKind, VerificationState
from . import rows


def verification_notice(
    session: Session, row: Verification, officer: Staff | None, now: datetime
) -> Document:
    """告知承诺抄告单 to one department: what was committed to, what it stands in for, by when to verify it."""
    commitment = row.commitment
    signed = session.get(Document, commitment.document_id) if commitment.document_id else None
    terms = verification_dates.terms_of(row.part)
    fields = {
        "department": row.department.zh,
        "part": _part_name(row),
        "permits": permit_numbers(session, row),
        "made_on": commitment.made_at,
        "decided_on": session.scalar(select(Decision.at).where(Decision.part_id == row.part_id)),
        "commitment_number": signed.number if signed else "",
        "clauses": [_promised(clause) for clause in verifications.clauses_of(row)],
        "limit": rows.limit_text(terms.verification),
        "verify_by": row.due,
        "provisional": row.provisional,
    }
    return _issue(session, "verification_notice", row, row.part.department, fields, officer, now)


def verification_record(session: Session, row: Verification, officer: Staff, now: datetime) -> Document:
    """承诺核查结果记录 of one round: every clause with manner, officers, finding and outcome."""
    notice = session.get(Document, row.notice_document_id) if row.notice_document_id else None
    again = row.round > 1
    fields = {
        "department": row.department.zh,
        "part": _part_name(row),
        "permits": permit_numbers(session, row),
        "round": row.round,
        "notice_number": notice.number if notice else "",
        "verify_by": row.due,
        "late": now > row.due,
        "clauses": [_checked(clause) for clause in verification_checks.to_check(row)],
        "result": VerificationState(row.state).label,
        "rectified_on": row.rectified_at if again else None,
        "rectified_words": row.rectified_words if again else "",
        "rectify_by": row.rectify_by if again else None,
    }
    return _issue(session, "verification_record", row, row.department, fields, officer, now)


def rectification_order(
    session: Session, row: Verification, officer: Staff, calendar: WorkingCalendar, now: datetime
) -> Document:
    """责令限期整改通知书: what is unmet, what it has to meet, the last day, and what follows otherwise."""
    unmet = [one for one in verifications.clauses_of(row) if one.outcome == CheckOutcome.UNMET]
    item = catalogue.item_of(row.part.item or row.case.item)
    fields = {
        "part": _part_name(row),
        "permits": permit_numbers(session, row),
        "checked_on": now,
        "clauses": [_checked(clause) for clause in unmet],
        "rectify_by": row.rectify_by,
        "provisional": row.rectify_by is not None and calendar.is_provisional(row.rectify_by),
        "basis": "、".join(basis.zh for basis in item.basis),
    }
    return _issue(session, "rectification_order", row, row.department, fields, officer, now)


def credit_repair(session: Session, record: CreditRecord, officer: Staff, now: datetime) -> Document:
    """信用修复决定书: which record, why it is repaired, and what that means. Raises ``ValueError`` without a case."""
    if record.case is None:
        raise ValueError(record.id)
    item = session.scalars(
        select(ServiceItem)
        .where(ServiceItem.code == record.item_code)
        .order_by(ServiceItem.id.desc())
        .limit(1)
    ).one()
    fields = {
        "finding": CreditKind(record.kind).label,
        "article": record.article,
        "facts": record.facts,
        "recorded_on": record.at,
        "item": str(item.name["zh"]),
        "reasons": record.repair_reasons,
        "repaired_on": record.repaired_at,
    }
    part = next((one for one in record.case.parts if one.id == record.part_id), None)
    return documents.issue(
        session, "credit_repair", case=record.case, part=part, department=record.department, fields=fields,
        officer=officer, now=now,
    )  # fmt: skip


def permit_numbers(session: Session, row: Verification) -> str:
    """The permits of the part in question, by number."""
    numbers = session.scalars(select(Permit.number).where(Permit.part_id == row.part_id).order_by(Permit.id))
    return "、".join(dict.fromkeys(numbers))


def _issue(
    session: Session, kind: str, row: Verification, department: Department, fields: Mapping[str, object],
    officer: Staff | None, now: datetime,
) -> Document:  # fmt: skip
    return documents.issue(
        session,
        kind,
        case=row.case,
        part=row.part,
        department=department,
        fields=fields,
        officer=officer,
        now=now,
    )


def _part_name(row: Verification) -> str:
    return str(row.part.name["zh"]) if len(row.case.parts) > 1 else ""


def _promised(clause: CommitmentClause) -> dict[str, object]:
    return {
        "text": clause.text["zh"],
        "standard": clause.standard["zh"],
        "replaces": clause.replaced_name.get("zh", ""),
        "follow_by": clause.follow_by,
        "followed_on": clause.followed_at,
        "on_site": clause.on_site,
    }


def _checked(clause: CommitmentClause) -> dict[str, object]:
    last = clause.checks[-1]
    officers = [last.first_officer, last.second_officer]
    return {
        "text": clause.text["zh"],
        "standard": clause.standard["zh"],
        "manner": CheckManner(last.manner).label,
        "officers": "、".join(officer.name for officer in officers if officer),
        "finding": last.finding,
        "outcome": CheckOutcome(last.outcome).label,
        "at": last.at,
        "evidence": len(last.evidence),
    }
