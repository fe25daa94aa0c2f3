"""Extensions (42) and the procedures article 45 does not count: proposed, approved, told in writing, ended."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import (
    authority,
    calendars,
    clock,
    ledger,
    notices,
    papers,
    procedure_rules,
    special_procedures,
    tasks,
)
from approvals.calendar import WorkingCalendar
from approvals.errors import NotFound
from approvals.limits import Entry, EntryKind, Unit
from approvals.procedure_rules import HearingApart, clock_of, goes_by
from approvals.special_procedures import Needed
from approvals.tables import Case, CasePart, LedgerEntry, SpecialProcedure, Staff, Task
from approvals.terms import ProcedureKind, Role

from .. import flow, task_opening
from .procedure_clock import file_paper, record, restart_clock, stop_clock, tell

GRANTED, REFUSED = "granted", "refused"
EXTENSION, PROCEDURE = "approve_extension", "approve_procedure"


# --- extension


def propose_extension(
    session: Session, case_id: int, part_id: int | None, staff: Staff, days: int, reasons: str, now: datetime
) -> SpecialProcedure:
    """Propose to extend the clock of one part, or of a joint case as a whole (``part_id`` None).

    An officer of the part's department proposes, for the whole the lead; the approval waits for the rank
    the item's law names. ``days`` are in the unit of the statutory limit.
    """
    case, part = _found(session, case_id, part_id)
    act = "propose_extension" if part is not None else "propose_extension_of_case"
    authority.acting_for(session, staff, act, (part or case).department_id, now)
    proposed = special_procedures.propose_extension(session, case, part, staff, days, reasons, now)
    rank = procedure_rules.approver_role(procedure_rules.extension_of(case, part))
    _ask_approval(session, proposed, EXTENSION, rank, now)
    return proposed


def approve_extension(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    note: str,
    calendar: WorkingCalendar,
    now: datetime,
    *,
    granted: bool,
) -> SpecialProcedure:
    """Approve or refuse an extension; approved, the limit moves and the applicant is told in writing."""
    task, proposed = _taken(session, task_id, version, staff, now, EXTENSION)
    before = goes_by(proposed.case, proposed.part).statutory_due
    special_procedures.approve(session, proposed, staff, note, now, granted=granted)
    if granted:
        _extend(session, proposed, staff, calendar, now)
        paper = papers.extension(session, proposed, staff, Role(task.role), before, now)
        file_paper(session, proposed, paper, EntryKind.EXTEND, now)
        due = goes_by(proposed.case, proposed.part).statutory_due
        notices.to_applicant(
            session, proposed.case, "extension", now, days=papers.extended_by(proposed),
            due=clock.local_day(due) if due else "", document=paper.number,
        )  # fmt: skip
    flow.finish(session, task, staff, {"outcome": GRANTED if granted else REFUSED}, now)
    return proposed


def _extend(
    session: Session, approved: SpecialProcedure, staff: Staff, calendar: WorkingCalendar, now: datetime
) -> None:
    statutory = procedure_rules.item_for(approved.case, approved.part).statutory
    entry = Entry(
        EntryKind.EXTEND, now, approved.basis, days=approved.days, officer_id=staff.id,
        unit=Unit(statutory.unit) if statutory else Unit.WORKING,
    )  # fmt: skip
    record(session, approved, entry, calendar)


# --- article 45


def propose_procedure(
    session: Session, part_id: int, staff: Staff, needed: Needed, now: datetime
) -> SpecialProcedure:
    """An officer of the part's department proposes a procedure that stops its clock."""
    part = part_of(session, part_id)
    authority.acting_for(session, staff, "propose_procedure", part.department_id, now)
    proposed = special_procedures.propose_procedure(session, part, staff, needed, now)
    _ask_approval(session, proposed, PROCEDURE, Role.HEAD, now)
    return proposed


def approve_procedure(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    note: str,
    calendar: WorkingCalendar,
    now: datetime,
    *,
    granted: bool,
) -> SpecialProcedure:
    """Approve or refuse; approved, the applicant is told the time needed and the clock of the part stands."""
    task, proposed = _taken(session, task_id, version, staff, now, PROCEDURE)
    special_procedures.approve(session, proposed, staff, note, now, granted=granted)
    if granted:
        proposed.ends_on = special_procedures.told_end(calendar, clock.local_day(now), proposed.days)
        stop_clock(session, proposed, staff, calendar, now)
    flow.finish(session, task, staff, {"outcome": GRANTED if granted else REFUSED}, now)
    return proposed


def prolong(
    session: Session,
    procedure_id: int,
    staff: Staff,
    days: int,
    reasons: str,
    calendar: WorkingCalendar,
    now: datetime,
) -> SpecialProcedure:
    """Tell a later end in a new notice; the pause just goes on. By whoever may approve it."""
    running = _running(session, procedure_id)
    authority.acting_for(session, staff, "approve_procedure", _department(running), now)
    before = special_procedures.prolong(session, running, staff, days, reasons, calendar, now)
    paper = papers.special_procedure(
        session, running, staff, calendar, now, reasons=reasons.strip(), earlier_end=before
    )
    running.document_id = paper.id
    _tell_later(session, running, before)
    tell(session, running, paper, now)
    return running


def _tell_later(session: Session, running: SpecialProcedure, before: date) -> None:
    """The line of the pause carries the end told last: what the date of a joint case is forecast by."""
    case, part = running.case, clock_of(running.part) if running.part is not None else None
    line = session.scalars(
        select(LedgerEntry).where(
            LedgerEntry.case_id == case.id, LedgerEntry.part_id == (part.id if part else None),
            LedgerEntry.kind == EntryKind.PAUSE, LedgerEntry.at == running.approved_at,
            LedgerEntry.until == before,
        )
    ).first()  # fmt: skip
    if line is not None:
        line.until = running.ends_on
        session.flush()
        ledger.settle(session, case, calendars.of_version(session, case.calendar_version))


def end_procedure(
    session: Session, procedure_id: int, staff: Staff, result: str, calendar: WorkingCalendar, now: datetime
) -> SpecialProcedure:
    """Record the result and the end; the clock goes on the next day, and the applicant is told."""
    running = _running(session, procedure_id)
    authority.acting_for(session, staff, "end_procedure", _department(running), now)
    if running.kind == ProcedureKind.HEARING:
        raise HearingApart
    special_procedures.end(session, running, staff, result, now)
    restart_clock(session, running, staff, calendar, now)
    return running


def drop_proposals(session: Session, part: CasePart, now: datetime) -> None:
    """The part is decided: what was proposed for its clock needs no approval any more."""
    special_procedures.cancel(session, part.case, now, [part])
    for task in tasks.open_tasks(session, part.case_id):
        if task.part_id == part.id and task.step in (EXTENSION, PROCEDURE):
            tasks.cancel(task, now, "decided")


# --- finding, under the lock


def part_of(session: Session, part_id: int) -> CasePart:
    """A part, its case locked. Raises ``NotFound``."""
    case_id = session.execute(select(CasePart.case_id).where(CasePart.id == part_id)).scalar()
    if case_id is None:
        raise NotFound
    tasks.lock_case(session, case_id)
    return session.get_one(CasePart, part_id)


def _found(session: Session, case_id: int, part_id: int | None) -> tuple[Case, CasePart | None]:
    """The case locked and its part; the only part of a plain case stands for the whole."""
    case = tasks.lock_case(session, case_id)
    if part_id is None:
        return case, case.parts[0] if case.item.kind != "joint" and len(case.parts) == 1 else None
    part = next((part for part in case.parts if part.id == part_id), None)
    if part is None:
        raise NotFound
    return case, part


def _ask_approval(session: Session, proposed: SpecialProcedure, step: str, rank: Role, now: datetime) -> None:
    tasks.open_task(
        session,
        proposed.case,
        step=step,
        name=task_opening.ASIDE[step],
        role=rank,
        part=proposed.part,
        now=now,
    )


def _taken(
    session: Session, task_id: int, version: int | None, staff: Staff, now: datetime, step: str
) -> tuple[Task, SpecialProcedure]:
    task = tasks.take(session, task_id, version, staff, now, step)
    proposed = procedure_rules.proposal(session, task.case, task.part)
    if proposed is None:
        raise NotFound
    return task, proposed


def _running(session: Session, procedure_id: int) -> SpecialProcedure:
    case_id = session.execute(
        select(SpecialProcedure.case_id).where(SpecialProcedure.id == procedure_id)
    ).scalar()
    if case_id is None:
        raise NotFound
    tasks.lock_case(session, case_id)
    return session.get_one(SpecialProcedure, procedure_id)


def _department(procedure: SpecialProcedure) -> int:
    return (procedure.part or procedure.case).department_id
