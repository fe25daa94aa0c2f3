"""Timers (计时器) as rows: what a case will do by itself, computed from its state and written as a difference.

``sync`` is called once for every case touched, at the boundary where the work commits, so no step can forget it.
A timer with legal effect whose date is provisional is ``held``: nothing adverse happens on a date that may move.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from . import (
    calendars,
    clock,
    commitment_following,
    corrections,
    limit_reminders,
    permit_timers,
    register_timers,
    silence,
    verification_timers,
)
from .calendar import TICK, WorkingCalendar, end_of
from .catalogue import item_of
from .tables import Case, Correction, SpecialProcedure, SupervisoryOrder, Task, Timer
from .terms import ACCEPTED_STATES, CaseState, PartState, ProcedureState, TaskState
from .timer_kinds import KINDS, Source, Wanted

__all__ = ["KINDS", "Wanted", "claim", "done", "due", "failed", "is_due", "sync", "sync_touched", "wanted"]

RETRY_MINUTES = (1, 5, 30, 120, 720)
"""Waits before the next try of a timer whose act failed; after the last it is shown as failed."""


def wanted(session: Session, case: Case, calendar: WorkingCalendar, told: dict[str, Timer]) -> list[Wanted]:
    """Every timer this case wants now; ``told`` are its lamp timers, which know what was told already.

    An ended case wants those of what follows it: verification, proceedings, the permit's own days.
    """
    if case.state == CaseState.DRAFT:
        return []
    open_tasks = session.scalars(
        select(Task).where(Task.case_id == case.id, Task.state == TaskState.OPEN)
    ).all()
    follow_ups = [
        *_lamps(open_tasks, calendar, told),
        *(timer for source in FOLLOW_UPS for timer in source(session, case, calendar)),
    ]
    if case.state == CaseState.ENDED:
        return follow_ups
    return [
        *follow_ups,
        *_service(case, open_tasks, calendar),
        *(timer for source in SOURCES for timer in source(session, case, calendar)),
    ]


def _lamps(open_tasks: Sequence[Task], calendar: WorkingCalendar, told: dict[str, Timer]) -> Iterator[Wanted]:
    for task in open_tasks:
        row = told.get(f"lamp:{task.id}")
        due = limit_reminders.next_due(task, row.result if row else "", calendar)
        if due is not None:
            yield Wanted("lamp", task.id, due)


def _service(case: Case, open_tasks: Sequence[Task], calendar: WorkingCalendar) -> Iterator[Wanted]:
    """Decided and not served in the ten days of article 44: whoever has the last steps is ordered to."""
    ends = [task.statutory_due for task in open_tasks if task.statutory_due]
    if case.decided_at is not None and ends:
        yield Wanted("order", None, max(ends) + TICK, calendar.is_provisional(clock.local_day(max(ends))))


def _checking(session: Session, case: Case, calendar: WorkingCalendar) -> Iterator[Wanted]:
    """The five days of article 32."""
    if case.state == CaseState.CHECKING:
        period = silence.checking(session, case, calendar)
        yield Wanted("checking_alarm", None, period.remind_at)
        yield Wanted("deemed_acceptance", None, period.ends_at + TICK, period.provisional)


def _correction(session: Session, case: Case, calendar: WorkingCalendar) -> Iterator[Wanted]:
    """The time to answer a correction that ends the case if it is not: first the warning, then the end."""
    notice = corrections.open_correction(session, case.id)
    if notice is None or not _ends_the_case(case, notice):
        return
    period = silence.correction(notice, calendar)
    if notice.warned_at is None:
        yield Wanted("correction_warning", notice.id, period.remind_at)
    else:
        yield Wanted("deemed_withdrawal", notice.id, period.ends_at + TICK, period.provisional)


def _ends_the_case(case: Case, notice: Correction) -> bool:
    """Before acceptance, where the case waits for it; after it only by an article the item cites."""
    if notice.before_acceptance:
        return case.state == CaseState.CORRECTING
    return item_of(case.item).unanswered_correction is not None


def _deferral(session: Session, case: Case, calendar: WorkingCalendar) -> Iterator[Wanted]:
    """Deferred materials: first the warning, then what the item's rule says."""
    if case.state not in ACCEPTED_STATES or case.deferral_expired_at is not None:
        return
    period = silence.deferral(session, case, calendar)
    if period is None:
        return
    if silence.deferral_warning(session, case) is None:
        yield Wanted("deferral_warning", None, period.remind_at)
    else:
        yield Wanted("deferral_expiry", None, period.ends_at + TICK, period.provisional)


def _parts(_session: Session, case: Case, calendar: WorkingCalendar) -> Iterator[Wanted]:
    """An opinion is consented to by silence; whoever must decide is ordered to past the law's limit."""
    if case.state not in ACCEPTED_STATES:
        return
    for part in case.parts:
        if part.paused or part.ended_at is not None:
            continue
        if not part.decides and part.state == PartState.REVIEWING:
            period = silence.consent(part, calendar)
            if period is not None:
                yield Wanted("deemed_consent", part.id, period.ends_at + TICK, period.provisional)
        if part.decides and part.statutory_due:
            provisional = calendar.is_provisional(clock.local_day(part.statutory_due))
            yield Wanted("order", part.id, part.statutory_due + TICK, provisional)
    # While a part stands the date of the whole is a forecast, and no order rests on one.
    standing = any(part.paused and part.ended_at is None for part in case.parts)
    if len(case.parts) > 1 and case.decided_at is None and not standing and case.statutory_due:
        provisional = calendar.is_provisional(clock.local_day(case.statutory_due))
        yield Wanted("order", None, case.statutory_due + TICK, provisional)


def _procedures(session: Session, case: Case, _calendar: WorkingCalendar) -> Iterator[Wanted]:
    running = select(SpecialProcedure).where(
        SpecialProcedure.case_id == case.id, SpecialProcedure.state == ProcedureState.RUNNING
    )
    for procedure in session.scalars(running):
        if procedure.ends_on is not None:
            yield Wanted("procedure_over", procedure.id, end_of(procedure.ends_on) + TICK)


def _orders(session: Session, case: Case, _calendar: WorkingCalendar) -> Iterator[Wanted]:
    unanswered = select(SupervisoryOrder).where(
        SupervisoryOrder.case_id == case.id, SupervisoryOrder.state == "open"
    )
    for order in session.scalars(unanswered):
        yield Wanted("order_unanswered", order.id, order.answer_by + TICK)


FOLLOW_UPS: tuple[Source, ...] = (
    _orders,
    commitment_following.wanted,
    register_timers.wanted,
    verification_timers.wanted,
    permit_timers.of_permits,
)
"""What wants a timer also after the case has ended; one line each."""

SOURCES: tuple[Source, ...] = (
    _checking,
    _correction,
    _deferral,
    _parts,
    _procedures,
    permit_timers.of_renewal,
    commitment_following.lapses,
)
"""What can make a case under way want a timer; one line each."""


def sync(session: Session, case: Case, now: datetime) -> None:
    """Make the rows what the case wants now. The caller holds the case row."""
    session.flush()
    rows = {row.key: row for row in session.scalars(select(Timer).where(Timer.case_id == case.id))}
    calendar = calendars.of_version(session, case.calendar_version)
    limit_reminders.forget_what_moved(session, rows, now, calendar)
    wants = {want.key(case): want for want in wanted(session, case, calendar, rows)}
    for key, row in rows.items():
        if key not in wants and row.state in ("waiting", "held"):
            _drop(session, row)
    for key, want in wants.items():
        _write(session, case, rows.get(key), key, want, now)
    session.flush()


def _drop(session: Session, row: Timer) -> None:
    """Not wanted any more, or not now: what a lamp has told already is kept, so that no pause makes it tell again."""
    if row.kind == "lamp" and row.result:
        row.state = "done"
    else:
        session.delete(row)


def _write(session: Session, case: Case, row: Timer | None, key: str, want: Wanted, now: datetime) -> None:
    """A new row, or the old one with its new time; what has fired fires again only on a later date of its own."""
    if row is None:
        session.add(
            Timer(kind=want.kind, key=key, case_id=case.id, subject_id=want.subject_id, due=want.due,
                  state=want.state)
        )  # fmt: skip
    elif row.state in ("waiting", "held"):
        if row.tries == 0:
            row.due = want.due
        row.state = want.state
    elif want.kind == "lamp" or (row.state == "done" and want.due > row.due and want.due > now):
        row.due, row.state, row.tries, row.error = want.due, want.state, 0, ""


def sync_touched(session: Session, now: datetime) -> None:
    """Sync every case whose row was locked in this session; the boundary calls it before it commits."""
    touched: set[int] = session.info.pop("locked_cases", set())
    for case_id in sorted(touched):
        case = session.get(Case, case_id)
        if case is not None:
            sync(session, case, now)


def due(session: Session, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(timer, case) of what is due, oldest first; cases still on an older calendar wait for their recount."""
    version = calendars.current_version(session)
    counted = or_(Case.calendar_version == version, Case.state == CaseState.ENDED)
    query = (
        select(Timer.id, Timer.case_id)
        .join(Case, Case.id == Timer.case_id)
        .where(is_due(now), counted)
        .order_by(Timer.due)
        .limit(limit)
    )
    return [(timer_id, case_id) for timer_id, case_id in session.execute(query)]


def is_due(now: datetime) -> ColumnElement[bool]:
    """The condition the index of waiting timers answers."""
    return and_(Timer.state == "waiting", Timer.due <= now)


def claim(session: Session, timer_id: int, case_id: int, now: datetime) -> Timer | None:
    """Lock the case, skipping it where somebody works on it, and read the timer afresh: still due, or ``None``.

    The case is locked before the timer is read, in the order every act takes, so the two cannot wait for each other.
    """
    locked = select(Case.id).where(Case.id == case_id).with_for_update(skip_locked=True)
    if session.execute(locked).scalar() is None:
        return None
    session.info.setdefault("locked_cases", set()).add(case_id)
    timer = session.scalar(select(Timer).where(Timer.id == timer_id, is_due(now)))
    if timer is None:
        return None
    case = session.get_one(Case, case_id)
    if case.state == CaseState.ENDED:  # never recounted: what follows it carries dates of its own
        return timer
    return timer if case.calendar_version == calendars.current_version(session) else None


def done(timer: Timer, result: str, now: datetime) -> None:
    """It has fired; ``result`` says what came of it."""
    timer.state, timer.result, timer.done_at, timer.error = "done", result, now, ""


def failed(timer: Timer, error: str, now: datetime) -> None:
    """Its act failed: later again, then shown as failed."""
    timer.tries += 1
    timer.error = error[:200]
    if timer.tries > len(RETRY_MINUTES):
        timer.state = "failed"
    else:
        timer.due = now + timedelta(minutes=RETRY_MINUTES[timer.tries - 1])
