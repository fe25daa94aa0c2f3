"""Extensions (延期) and special procedures (特别程序): proposed, approved by rank, prolonged, ended.

An officer proposes with reasons; whoever has the rank approves or refuses. The rules stand in
``procedure_rules``; what an act does to the clock, and its paper, are the step's.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from . import clock, hearing_chair, journal
from .calendar import WorkingCalendar
from .errors import ReasonRequired
from .limits import ExtensionTooLate
from .messages import N_
from .procedure_rules import (
    TO_PROPOSE,
    BodyRequired,
    ExtendedAlready,
    ExtensionRange,
    HearingApart,
    NeededDays,
    NotRunning,
    OwnProposal,
    ProcedureNotListed,
    ProposalOpen,
    StopsNoClock,
    basis_of,
    extension_of,
    goes_by,
    item_for,
    listed_kinds,
    of_case,
    require_underway,
    waiting_among,
)
from .tables import Case, CasePart, SpecialProcedure, Staff
from .terms import ProcedureKind, ProcedureState

MOST_DAYS = 250  # working days of one notice, about a year; who needs more tells anew


@dataclass(frozen=True)
class Needed:
    """What a procedure of article 45 asks for: its kind (a code), the working days, who carries it out."""

    kind: str
    days: int
    body: str
    reasons: str


# --- extension


def propose_extension(
    session: Session,
    case: Case,
    part: CasePart | None,
    staff: Staff,
    days: int,
    reasons: str,
    now: datetime,
) -> SpecialProcedure:
    """Propose to extend the clock of a part, or of the whole case (``part`` None), in the limit's unit.

    Raises ``WrongState``, ``NotExtendable``, ``ExtensionRange``, ``ReasonRequired``, ``ExtendedAlready``,
    ``ProposalOpen`` or ``ExtensionTooLate``.
    """
    require_underway(case, part, N_("申请延期"))
    extension = extension_of(case, part)
    if not 1 <= days <= extension.days:
        raise ExtensionRange(most=extension.days)
    if not reasons.strip():
        raise ReasonRequired
    require_extendable(case, part, of_case(session, case.id), now)
    if part is not None:
        hearing_chair.require_apart(session, part, staff)
    return _proposed(
        session, case, part, staff,
        Needed(ProcedureKind.EXTENSION, days, "", reasons), extension.basis.zh, "propose_extension", now,
    )  # fmt: skip


def require_extendable(
    case: Case, part: CasePart | None, known: Sequence[SpecialProcedure], now: datetime
) -> None:
    """Proposed: nothing waits on this clock. Raises ``ProposalOpen`` and what ``require_once_in_time`` raises."""
    require_once_in_time(case, part, known, now)
    require_none_waiting(case, part, known)


def require_once_in_time(
    case: Case, part: CasePart | None, known: Sequence[SpecialProcedure], now: datetime
) -> None:
    """Once, and before the limit has run out. Raises ``ExtendedAlready`` or ``ExtensionTooLate``.

    ``known`` are all procedures of the case.
    """
    clocked = goes_by(case, part)
    for earlier in known:
        same = goes_by(case, earlier.part) is clocked
        if same and earlier.kind == ProcedureKind.EXTENSION and earlier.state == ProcedureState.GRANTED:
            number = earlier.document.number if earlier.document else ""
            raise ExtendedAlready(day=clock.local_day(earlier.approved_at or now), number=number)
    due = clocked.statutory_due
    if due is not None and now > due and not clocked.paused:
        raise ExtensionTooLate(day=clock.local_day(due))


# --- article 45


def propose_procedure(
    session: Session, part: CasePart, staff: Staff, needed: Needed, now: datetime
) -> SpecialProcedure:
    """Propose a procedure that stops the clock of one part.

    Raises ``StopsNoClock`` for anything article 45 does not list, ``HearingApart``, ``ProcedureNotListed``,
    ``NeededDays``, ``BodyRequired``, ``ReasonRequired``, ``ProposalOpen`` or ``WrongState``.
    """
    case = part.case
    require_underway(case, part, N_("申请特别程序"))
    kind = _kind_of(case, part, needed.kind)
    if not 1 <= needed.days <= MOST_DAYS:
        raise NeededDays(most=MOST_DAYS)
    if not needed.body.strip():
        raise BodyRequired
    if not needed.reasons.strip():
        raise ReasonRequired
    require_none_waiting(case, part, of_case(session, case.id))
    hearing_chair.require_apart(session, part, staff)
    return _proposed(
        session, case, part, staff,
        Needed(kind, needed.days, needed.body, needed.reasons), basis_of(item_for(case, part)),
        "propose_procedure", now,
    )  # fmt: skip


def _kind_of(case: Case, part: CasePart, code: str) -> ProcedureKind:
    if code == ProcedureKind.HEARING:
        raise HearingApart
    if code not in TO_PROPOSE:
        raise StopsNoClock
    kind = ProcedureKind(code)
    if kind not in listed_kinds(case, part):
        raise ProcedureNotListed(item=item_for(case, part).name, kind=kind.label)
    return kind


def require_none_waiting(case: Case, part: CasePart | None, known: Sequence[SpecialProcedure]) -> None:
    """One proposal at a time on one clock. Raises ``ProposalOpen``."""
    waiting = waiting_among(case, part, known)
    if waiting is not None:
        raise ProposalOpen(kind=ProcedureKind(waiting.kind).label)


def _proposed(
    session: Session,
    case: Case,
    part: CasePart | None,
    staff: Staff,
    needed: Needed,
    basis: str,
    act: str,
    now: datetime,
) -> SpecialProcedure:
    procedure = SpecialProcedure(
        case_id=case.id, part_id=part.id if part else None, kind=needed.kind, state=ProcedureState.PROPOSED,
        basis=basis, reasons=needed.reasons.strip(), body=needed.body.strip(), days=needed.days,
        requested_by_id=staff.id, requested_at=now,
    )  # fmt: skip
    session.add(procedure)
    session.flush()
    after = {"kind": needed.kind, "days": needed.days, "reasons": procedure.reasons, "body": procedure.body}
    journal.write(session, act, now=now, staff=staff, case=case, part=part, ground=basis, after=after)
    return procedure


# --- approval


def approve(
    session: Session, procedure: SpecialProcedure, staff: Staff, note: str, now: datetime, *, granted: bool
) -> None:
    """Approve or, with reasons in ``note``, refuse a proposal.

    Raises ``OwnProposal``, ``ReasonRequired``, ``WrongState``, and for an extension what
    ``require_once_in_time`` raises: time has passed since it was proposed.
    """
    case, part = procedure.case, procedure.part
    if procedure.requested_by_id == staff.id:
        raise OwnProposal
    if not granted and not note.strip():
        raise ReasonRequired
    extension = procedure.kind == ProcedureKind.EXTENSION
    if granted:
        require_underway(case, part, N_("批准特别程序"))
        if extension:
            require_once_in_time(case, part, of_case(session, case.id), now)
    good = ProcedureState.GRANTED if extension else ProcedureState.RUNNING
    procedure.state = good if granted else ProcedureState.REFUSED
    procedure.approver_id, procedure.approved_at, procedure.approval_note = staff.id, now, note.strip()
    session.flush()
    act = ("extend" if extension else "start_procedure") if granted else "refuse_procedure"
    after = {"kind": procedure.kind, "days": procedure.days, "reasons": procedure.approval_note}
    journal.write(
        session, act, now=now, staff=staff, case=case, part=part, ground=procedure.basis, after=after
    )


# --- while it runs, and its end


def told_end(calendar: WorkingCalendar, start: date, days: int) -> date:
    """The day on which so many working days are over; the first day does not count."""
    return calendar.add(start, days).day


def prolong(
    session: Session,
    procedure: SpecialProcedure,
    staff: Staff,
    days: int,
    reasons: str,
    calendar: WorkingCalendar,
    now: datetime,
) -> date:
    """Tell a later end: ``days`` more working days after the end told so far, or after today where that is over.

    Returns the end told until now. Raises ``NotRunning``, ``NeededDays`` or ``ReasonRequired``.
    """
    _require_going(procedure)
    if not 1 <= days <= MOST_DAYS:
        raise NeededDays(most=MOST_DAYS)
    if not reasons.strip():
        raise ReasonRequired
    today = clock.local_day(now)
    before = procedure.ends_on or today
    procedure.ends_on = told_end(calendar, max(before, today), days)
    procedure.days += days
    session.flush()
    journal.write(
        session, "prolong_procedure", now=now, staff=staff, case=procedure.case, part=procedure.part,
        ground=procedure.basis, before={"until": before.isoformat()},
        after={"until": procedure.ends_on.isoformat(), "reasons": reasons.strip()},
    )  # fmt: skip
    return before


def end(
    session: Session, procedure: SpecialProcedure, staff: Staff | None, result: str, now: datetime
) -> None:
    """Record the end and the result; ``staff`` None: by an act of the applicant. Raises ``NotRunning`` or ``ReasonRequired``."""
    _require_going(procedure)
    if not result.strip():
        raise ReasonRequired
    procedure.state, procedure.ended_at = ProcedureState.ENDED, now
    procedure.ended_by_id, procedure.result = staff.id if staff else None, result.strip()
    session.flush()
    journal.write(
        session, "end_procedure", now=now, staff=staff, actor=journal.APPLICANT, case=procedure.case,
        part=procedure.part, ground=procedure.basis, after={"kind": procedure.kind, "result": procedure.result},
    )  # fmt: skip


def _require_going(procedure: SpecialProcedure) -> None:
    if procedure.state != ProcedureState.RUNNING:
        raise NotRunning(
            kind=ProcedureKind(procedure.kind).label, state=ProcedureState(procedure.state).label
        )


def cancel(session: Session, case: Case, now: datetime, parts: Collection[CasePart] | None = None) -> None:
    """Drop what nobody waits for any more: proposals of ``parts`` that are decided, or all that is open (None)."""
    ids = None if parts is None else {part.id for part in parts}
    for each in of_case(session, case.id):
        waits = each.state == ProcedureState.PROPOSED and (ids is None or each.part_id in ids)
        if waits or (ids is None and each.state == ProcedureState.RUNNING):
            each.state, each.ended_at = ProcedureState.CANCELLED, now
    session.flush()
