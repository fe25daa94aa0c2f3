"""The verification that follows a commitment: one instance for each department its clauses name, beside the ended case.

``flow`` asks here what a message of these processes starts; it follows what was started itself.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import clock, commitments, notices, papers, tasks, verification_dates, verifications
from approvals.calendar import WorkingCalendar, end_of, start_of
from approvals.tables import Case, CasePart, Decision, Permit, ProcessInstance, Staff, Task, Verification
from approvals.terms import VerificationState

from . import store
from .engine import Progress

VERIFICATION = "verification"
VERIFY, RECTIFY = "verify", "rectify"
Started = tuple[ProcessInstance, Progress]


def open_verifications(
    session: Session, case: Case, instance: ProcessInstance, now: datetime
) -> list[Started]:
    """The copy goes out (抄告): every department named by the clauses starts to verify at the same moment."""
    part = session.get_one(CasePart, instance.part_id) if instance.part_id else case.parts[0]
    commitment = commitments.of_part(session, part)
    if commitment is None:
        return []
    decision = session.scalar(select(Decision).where(Decision.part_id == part.id))
    definition = store.pinned(session, case, "commitment")
    started = []
    for row in verifications.open_all(session, commitment, now):
        paper = papers.verification_notice(session, row, decision.officer if decision else None, now)
        row.notice_document_id = paper.id
        notices.to_inbox(
            session, case, row.department, "verification", now,
            part=part.name["zh"], document=paper.number, until=clock.local_day(row.due),
        )  # fmt: skip
        opened, progress = store.start(session, case, definition, VERIFICATION, {}, part)
        row.instance_id = opened.id
        session.flush()
        started.append((opened, progress))
    return started


def of_instance(session: Session, instance: ProcessInstance) -> Verification | None:
    """The verification an instance runs for; ``None`` for any other process."""
    if instance.process != VERIFICATION:
        return None
    return session.scalar(select(Verification).where(Verification.instance_id == instance.id))


def due(row: Verification, step: str) -> datetime:
    """The day told in writing: of the verification, or of the rectification."""
    if step == RECTIFY and row.rectify_by is not None:
        return end_of(row.rectify_by)
    return row.due


def set_dates(session: Session, row: Verification, calendar: WorkingCalendar) -> None:
    """The open task has the day, the yellow instant and the mark of its verification, so that its lamp is right."""
    for task in open_tasks(session, row):
        task.limit, task.promised_due = {}, due(row, task.step)
        task.statutory_due = task.paused_left = None
        task.paused = False
        if task.step == VERIFY:
            counted = verification_dates.dates(row, calendar)
            task.yellow_at, task.provisional = counted.yellow_at, counted.provisional
        elif row.rectify_by is not None:
            task.yellow_at = start_of(row.rectify_by)
            task.provisional = calendar.is_provisional(row.rectify_by)
    session.flush()


def open_tasks(session: Session, row: Verification) -> list[Task]:
    """The open tasks of one verification: to verify, or to wait for the rectification."""
    return [task for task in tasks.open_tasks(session, row.case_id) if task.instance_id == row.instance_id]


def verified(_session: Session, _case: Case, _instance: ProcessInstance, _now: datetime) -> list[Started]:
    """A department found every clause met; nothing follows from it by itself."""
    return []


def revocation_proposed(
    _session: Session, _case: Case, _instance: ProcessInstance, _now: datetime
) -> list[Started]:
    """A department proposes to revoke (撤销): the step that did opens the proceeding, for it knows the officer."""
    return []


def cancel(session: Session, row: Verification, now: datetime) -> None:
    """Nothing of this verification runs on."""
    for task in open_tasks(session, row):
        tasks.cancel(task, now, "closed")
    if row.instance_id is not None:
        session.get_one(ProcessInstance, row.instance_id).status = "cancelled"
    session.flush()


def close_for_permit(
    session: Session, permit: Permit, staff: Staff | None, reasons: str, now: datetime
) -> list[Verification]:
    """The permit has ended: what was still to be verified of it, or of a version before it, is closed.

    For whoever ends permits; a verification whose revocation is being decided is settled with that decision, and one
    that has found deceit is concluded. The caller holds the case row. Returns what was closed.
    """
    closed = []
    for row in of_permit(session, permit):
        if row.state in verifications.STANDING and not verifications.must_conclude(row):
            row.state, row.ended_at, row.end_reasons = VerificationState.CLOSED, now, reasons.strip()
            row.ended_by_id = staff.id if staff else None
            verification_dates.write(
                session, "close_verification", row, staff, now, {"reasons": row.end_reasons}
            )
            cancel(session, row, now)
            closed.append(row)
    return closed


def require_no_finding(session: Session, permit: Permit) -> None:
    """The holder gives the permit up: not while a finding stands. Raises ``verifications.FindingStands``."""
    for row in of_permit(session, permit):
        if verifications.has_finding(row):
            raise verifications.FindingStands(
                department=row.department.name, state=VerificationState(row.state).label, number=permit.number
            )


def of_permit(session: Session, permit: Permit) -> list[Verification]:
    """The verifications of a permit and of the versions before it."""
    parts: list[int] = []
    version: Permit | None = permit
    while version is not None:
        if version.part_id is not None:
            parts.append(version.part_id)
        version = session.get(Permit, version.replaces_id) if version.replaces_id else None
    return [row for part_id in parts for row in verifications.of_part(session, part_id)]


def recount(session: Session, row: Verification, calendar: WorkingCalendar, now: datetime) -> bool:
    """A calendar was published: the day of the verification is counted anew, its task follows; whether it moved."""
    moved = verification_dates.recount(session, row, calendar, now)
    set_dates(session, row, calendar)
    return moved
