"""The deadline ledger (期限台账) of a case, its parts and tasks: written, replayed, its dates stored on the rows.

The stored dates are what queues sort by and lamps compare; the rows of the ledger are the truth. The dates of a
case are counted on ``case.calendar_version`` until it is recounted on a newer one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import calendars, clock, ledger_dates, ledger_rows, silence
from .calendar import WorkingCalendar
from .deadlines import Deadline, replay, single
from .ledger_dates import CaseDates, Dated
from .ledger_rows import CaseLines, Lines
from .limits import Channel, Entry, EntryKind, Limit, Limits, Track, Unit
from .messages import N_
from .tables import Case, CasePart, Staff, Task
from .terms import CaseState, TaskState

CALENDAR_GROUND = "《中华人民共和国行政许可法》第八十二条"
STEP_GROUND = N_("办理流程规定的本环节时限")


class ItemLimit(Protocol):
    """A limit as the catalogue writes it."""

    @property
    def days(self) -> int:
        """How many."""

    @property
    def unit(self) -> str:
        """Of what: ``working`` or ``calendar``."""


def limits_of(promised: ItemLimit | None, statutory: ItemLimit | None) -> Limits:
    """The limits of a service item, for the start of a clock."""
    return Limits(
        *(Limit(limit.days, Unit(limit.unit)) if limit else None for limit in (promised, statutory))
    )


def start(
    session: Session,
    *,
    case: Case,
    part: CasePart | None = None,
    at: datetime,
    limits: Limits,
    article: str,
    calendar: WorkingCalendar,
    document_number: str = "",
    channel: Channel = Channel.ONLINE,
    officer: Staff | None = None,
    track: Track = Track.BOTH,
) -> Deadline:
    """Set the clock of the case, or of one ``part``, going at ``at`` and store its dates.

    ``track``: both limits, or one where the two begin on days of their own (自申请之日起、自受理之日起).
    Raises what ``deadlines.replay`` raises; then nothing is written. The caller holds the case row.
    """
    entry = Entry(
        EntryKind.START,
        at,
        article,
        document_number,
        track=track,
        channel=channel,
        officer_id=officer.id if officer else None,
    )
    own = _of(ledger_rows.of_case(session, case.id), part)
    deadline = replay([*own.entries, entry], limits, calendar, recorded=len(own.entries))
    session.add(ledger_rows.row_of(entry, case, part, limits=limits))
    ledger_dates.store(part or case, deadline)
    case.calendar_version = calendar.version
    session.flush()
    return deadline


def begin_task(session: Session, task: Task, limit: Limit | None) -> None:
    """Give a new task its dates: those of its part or case and, from now, the ``limit`` of its step in the diagram."""
    follow(task, timing(task), task.case)
    session.flush()
    if limit is None:
        return
    entry = Entry(EntryKind.START, task.opened_at, STEP_GROUND)
    session.add(ledger_rows.row_of(entry, task.case, task.part, task, Limits(limit)))
    task.limit = {"days": limit.days, "unit": str(limit.unit)}
    calendar = calendars.of_version(session, task.case.calendar_version)
    subject = timing(task)
    if subject.paused:  # what is paused holds the new task too
        lines = ledger_rows.of_case(session, task.case_id)
        deadline = ledger_dates.task_deadline(task, subject, lines, calendar)
    else:
        deadline = ledger_dates.bound(replay([entry], Limits(limit), calendar), task, subject, calendar)
    ledger_dates.store(task, deadline)


def record(
    session: Session, *, case: Case, part: CasePart | None = None, entry: Entry, calendar: WorkingCalendar
) -> Deadline:
    """Add a pause, a resume, an extension or the end, and store every date it moves.

    Counted on the calendar the case is on. Raises what ``deadlines.replay`` raises, a line out of order among
    them; then nothing is written. The caller holds the case row, so that two officers do not write past each other.
    """
    if calendar.version != case.calendar_version:
        calendar = calendars.of_version(session, case.calendar_version)
    own = _of(ledger_rows.of_case(session, case.id), part)
    replay([*own.entries, entry], own.limits, calendar, recorded=len(own.entries))
    session.add(ledger_rows.row_of(entry, case, part))
    session.flush()
    dates = settle(session, case, calendar)
    return dates.case if part is None else dates.parts[part.id]


def end(session: Session, case: Case, part: CasePart | None, staff: Staff | None, now: datetime) -> None:
    """The decision is made: the clock stands still. A clock never started, or ended before, is left alone."""
    own = _of(ledger_rows.of_case(session, case.id), part)
    if own.entries and not any(entry.kind == EntryKind.END for entry in own.entries):
        entry = Entry(EntryKind.END, now, officer_id=staff.id if staff else None)
        record(
            session, case=case, part=part, entry=entry,
            calendar=calendars.of_version(session, case.calendar_version),
        )  # fmt: skip


def settle(session: Session, case: Case, calendar: WorkingCalendar) -> CaseDates:
    """Count every clock of the case anew and store its dates: case, parts, open tasks."""
    tasks = session.scalars(select(Task).where(Task.case_id == case.id, Task.state == TaskState.OPEN)).all()
    dates = _store_all(case, ledger_rows.of_case(session, case.id), tasks, calendar)
    session.flush()
    return dates


def _store_all(case: Case, lines: CaseLines, tasks: Sequence[Task], calendar: WorkingCalendar) -> CaseDates:
    dates = ledger_dates.dates_of(case, lines, calendar)
    if lines.case.entries:
        ledger_dates.store(case, dates.case)
    for part in case.parts:
        if part.id in dates.parts:
            ledger_dates.store(part, dates.parts[part.id])
        elif lines.case.entries:
            ledger_dates.mirror(part, case)
    for task in tasks:
        _store_task(task, case, lines, calendar)
    case.calendar_version = calendar.version
    return dates


def _store_task(task: Task, case: Case, lines: CaseLines, calendar: WorkingCalendar) -> None:
    """By its own limit, else as its part or case; a day told in writing stays (``limit`` is empty then)."""
    subject = timing(task)
    if task.id in lines.tasks:
        ledger_dates.store(task, ledger_dates.task_deadline(task, subject, lines, calendar))
    elif task.limit is None:
        follow(task, subject, case)


def timing(task: Task) -> Case | CasePart:
    """Whose clock a task follows: its part's where that has one, else the case's."""
    return task.part if task.part is not None and task.part.promised_due else task.case


def follow(task: Task, subject: Dated, case: Case) -> None:
    """A task without a limit of its own is due with its part or case; before acceptance, within the five days."""
    for column in ("promised_due", "statutory_due", "yellow_at", "provisional", "paused", "paused_left"):
        setattr(task, column, getattr(subject, column))
    if task.promised_due is None:
        task.promised_due = case.notify_by


@dataclass(frozen=True)
class Moved:
    """A clock whose dates a new calendar moves; days, old and new."""

    case_id: int
    part_id: int | None
    old_promised: date | None
    new_promised: date | None
    old_statutory: date | None
    new_statutory: date | None


def preview(session: Session, cases: Sequence[Case], calendar: WorkingCalendar) -> list[Moved]:
    """What ``recount_many`` would move; nothing is written."""
    lines = ledger_rows.of_cases(session, [case.id for case in cases])
    return [
        move for case in cases for move in _moves(case, ledger_dates.dates_of(case, lines[case.id], calendar))
    ]


def recount_many(
    session: Session, cases: Sequence[Case], calendar: WorkingCalendar, now: datetime, document_number: str
) -> list[Moved]:
    """Count these cases anew on a newer calendar; a date that moves leaves its line in the ledger.

    What was lawful on the calendar of its day stays (an extension on a last day, say). The caller holds the rows.
    """
    ids = [case.id for case in cases]
    lines = ledger_rows.of_cases(session, ids)
    tasks: dict[int, list[Task]] = {case_id: [] for case_id in ids}
    for task in session.scalars(select(Task).where(Task.case_id.in_(ids), Task.state == TaskState.OPEN)):
        tasks[task.case_id].append(task)
    moved: list[Moved] = []
    for case in cases:
        own = lines[case.id]
        moves = _moves(case, ledger_dates.dates_of(case, own, calendar))
        session.add_all(_calendar_line(case, move, own, now, document_number) for move in moves)
        if case.accepted_at is None:
            recount_checking(session, case, calendar)
        _store_all(case, own, tasks[case.id], calendar)
        moved += moves
    session.flush()
    return moved


def _moves(case: Case, dates: CaseDates) -> list[Moved]:
    subjects: list[tuple[int | None, Dated, Deadline]] = [(None, case, dates.case)]
    subjects += [(part.id, part, dates.parts[part.id]) for part in case.parts if part.id in dates.parts]
    moves = [
        Moved(
            case.id,
            part_id,
            _day(subject.promised_due),
            _day(deadline.promised_due),
            _day(subject.statutory_due),
            _day(deadline.statutory_due),
        )
        for part_id, subject, deadline in subjects
        if deadline.lines and not deadline.ended_on
    ]
    return [m for m in moves if (m.old_promised, m.old_statutory) != (m.new_promised, m.new_statutory)]


def _day(instant: datetime | None) -> date | None:
    return clock.local_day(instant) if instant else None


def _calendar_line(case: Case, move: Moved, lines: CaseLines, now: datetime, document_number: str) -> object:
    part = next((part for part in case.parts if part.id == move.part_id), None)
    last = _of(lines, part).entries[-1].at
    before = {"promised": move.old_promised, "statutory": move.old_statutory}
    entry = Entry(
        EntryKind.CALENDAR, max(now, last), CALENDAR_GROUND, document_number,
        before={name: day.isoformat() for name, day in before.items() if day},
    )  # fmt: skip
    return ledger_rows.row_of(entry, case, part)


def recount_checking(session: Session, case: Case, calendar: WorkingCalendar) -> None:
    """The five days of article 32, from receipt or the last answer that restarts them; the lamp until acceptance."""
    if case.received_at is not None and case.state != CaseState.ENDED:
        since = silence.handed_in(session, case)
        five = single(since.at, Limit(silence.CHECKING_DAYS), calendar, since.channel)
        case.notify_by, case.yellow_at = five.promised_due, five.yellow_at
    case.calendar_version = calendar.version


def deadline_of(
    session: Session, *, case: Case, part: CasePart | None = None, calendar: WorkingCalendar
) -> Deadline:
    """Replay without writing: the explanation line by line for the pages (每个日期怎么算的)."""
    dates = ledger_dates.dates_of(case, ledger_rows.of_case(session, case.id), calendar)
    return dates.case if part is None else dates.parts.get(part.id, Deadline())


def deadlines_of_case(session: Session, case: Case, calendar: WorkingCalendar) -> dict[int | None, Deadline]:
    """Every clock of a case in one statement: its own under ``None``, those of parts by their ids."""
    lines = ledger_rows.of_case(session, case.id)
    dates = ledger_dates.dates_of(case, lines, calendar)
    return ({None: dates.case} if lines.case.entries else {}) | dict(dates.parts)


def _of(lines: CaseLines, part: CasePart | None) -> Lines:
    """The subject's own lines: a part's pause is not the case's."""
    return lines.case if part is None else lines.parts.get(part.id, Lines())
