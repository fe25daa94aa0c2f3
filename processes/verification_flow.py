"""The verification that follows a commitment: one instance for each department its clauses name, beside the ended case.

``flow`` asks here what a message of these processes starts; it follows what was started itself.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import calendars, catalogue, clock, commitments, deadlines, journal
from approvals.calendar import end_of
from approvals.limits import Channel, Limit, Unit
from approvals.tables import Case, CasePart, ProcessInstance, Verification

from . import store
from .engine import Progress

VERIFICATION = "verification"
Started = tuple[ProcessInstance, Progress]


def open_verifications(
    session: Session, case: Case, instance: ProcessInstance, now: datetime
) -> list[Started]:
    """The copy goes out (抄告): every department named by the clauses starts to verify at the same moment."""
    part = session.get_one(CasePart, instance.part_id) if instance.part_id else case.parts[0]
    commitment = commitments.of_part(session, part)
    terms = catalogue.item_of(part.item or case.item).commitment
    if commitment is None or terms is None:
        return []
    limit, calendar = terms.verification, calendars.current(session)
    counted = deadlines.single(now, Limit(limit.days, Unit(limit.unit)), calendar, Channel.WINDOW)
    definition = store.pinned(session, case, "commitment")
    started = []
    for department_id in sorted({clause.department_id for clause in commitment.clauses}):
        verification = Verification(
            commitment_id=commitment.id, case_id=case.id, part_id=part.id, department_id=department_id,
            started_at=now, limit={"days": limit.days, "unit": limit.unit},
            calendar_version=calendar.version, due=counted.promised_due, provisional=counted.provisional,
        )  # fmt: skip
        session.add(verification)
        opened, progress = store.start(session, case, definition, VERIFICATION, {}, part)
        verification.instance_id = opened.id
        session.flush()
        journal.write(
            session, "open_verification", now=now, case=case, part=part,
            after={"department": verification.department.name["zh"], "due": str(clock.local_day(verification.due))},
        )  # fmt: skip
        started.append((opened, progress))
    return started


def of_instance(session: Session, instance: ProcessInstance) -> Verification | None:
    """The verification an instance runs for; ``None`` for any other process."""
    if instance.process != VERIFICATION:
        return None
    return session.scalar(select(Verification).where(Verification.instance_id == instance.id))


def due(verification: Verification, step: str) -> datetime:
    """The day told in writing: of the verification, or of the rectification."""
    if step == "rectify" and verification.rectify_by is not None:
        return end_of(verification.rectify_by)
    return verification.due


def verified(_session: Session, _case: Case, _instance: ProcessInstance, _now: datetime) -> list[Started]:
    """A department found every clause met; nothing follows from it by itself."""
    return []


def revocation_proposed(
    _session: Session, _case: Case, _instance: ProcessInstance, _now: datetime
) -> list[Started]:
    """A department proposes that the permit be revoked (撤销)."""
    return []
