"""Every date of a case from its ledger at once: case, parts, tasks. Pure over rows already read.

The clocks hang together: a part's pause moves the case over the critical path, and what stops or extends a
part stops or extends the tasks open in it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from . import clock, critical_path
from .calendar import WorkingCalendar, end_of
from .critical_path import Leg
from .deadline_lines import UNMOVED
from .deadlines import Deadline, replay
from .ledger_rows import CaseLines, Lines
from .limits import Channel, Entry, EntryKind
from .tables import Case, CasePart, Task

FOLLOWS = (EntryKind.PAUSE, EntryKind.RESUME, EntryKind.EXTEND)
"""What happens to the clock of a case or part happens to the tasks open in it."""


SERVED_DAYS = 10  # working days from the decision to issue the certificate and serve it, 行政许可法 44


class Dated(Protocol):
    """A case, a part or a task: whatever stores the dates of a clock."""

    promised_due: datetime | None
    statutory_due: datetime | None
    yellow_at: datetime | None
    provisional: bool
    paused: bool
    paused_left: int | None


@dataclass(frozen=True)
class CaseDates:
    """The deadline of the case and of each part with a clock of its own."""

    case: Deadline
    parts: dict[int, Deadline]


def dates_of(case: Case, lines: CaseLines, calendar: WorkingCalendar) -> CaseDates:
    """Replay every clock of the case, and move its own dates by the critical path of its parts."""
    parts = {
        part: replay(own.entries, own.limits, calendar, recorded=len(own.entries))
        for part, own in lines.parts.items()
    }
    return CaseDates(_case_deadline(case, lines, calendar), parts)


def _case_deadline(case: Case, lines: CaseLines, calendar: WorkingCalendar) -> Deadline:
    own = lines.case
    plain = replay(own.entries, own.limits, calendar, recorded=len(own.entries))
    legs = critical_path.legs_of(case, lines)
    if not any(entry.kind == EntryKind.PAUSE for leg in legs for entry in leg.entries):
        return plain
    shift = critical_path.shift_of(legs, plain, calendar)
    moved = (
        plain
        if shift == UNMOVED
        else replay(own.entries, own.limits, calendar, recorded=len(own.entries), shift=shift)
    )
    return _held(moved, plain, legs, calendar)


def _held(moved: Deadline, plain: Deadline, legs: Sequence[Leg], calendar: WorkingCalendar) -> Deadline:
    """The case stands still only while every part that is not finished does."""
    running = [leg for leg in legs if leg.done_on is None]
    held = [replay(leg.entries, leg.limits, calendar, recorded=len(leg.entries)).paused for leg in running]
    if not held or not all(held) or moved.ended_on or plain.promised_due is None:
        return moved
    since = max(held_since(leg.entries) for leg in running)
    day = clock.local_day(since)
    then = [replace(leg, entries=_until(leg.entries, since)) for leg in legs]
    due = calendar.add(
        clock.local_day(plain.promised_due), critical_path.shift_of(then, plain, calendar).promised
    ).day
    return replace(moved, paused=True, days_left_when_paused=calendar.between(day, due))


def held_since(entries: Iterable[Entry]) -> datetime:
    """When the pause of this clock began that still goes on, counting pauses that overlap as one."""
    open_pauses, since = 0, datetime.min.replace(tzinfo=UTC)
    for entry in entries:
        if entry.kind == EntryKind.PAUSE:
            since = since if open_pauses else entry.at
            open_pauses += 1
        elif entry.kind == EntryKind.RESUME:
            open_pauses -= 1
    return since


def _until(entries: Iterable[Entry], at: datetime) -> tuple[Entry, ...]:
    """The lines as they stood then, a pause that went on counted up to that day."""
    return tuple(
        replace(entry, until=clock.local_day(at)) if entry.kind == EntryKind.PAUSE else entry
        for entry in entries
        if entry.at <= at
    )


def store(subject: Dated, deadline: Deadline) -> None:
    """Keep the dates on the row, for queues and lamps."""
    subject.promised_due = deadline.promised_due
    subject.statutory_due = deadline.statutory_due
    subject.yellow_at = deadline.yellow_at
    subject.provisional = deadline.provisional
    subject.paused = deadline.paused
    subject.paused_left = deadline.days_left_when_paused


def mirror(part: CasePart, case: Case) -> None:
    """A part without a clock of its own runs by that of its case."""
    for column in ("promised_due", "statutory_due", "yellow_at", "provisional", "paused", "paused_left"):
        setattr(part, column, getattr(case, column))


def task_entries(task: Task, lines: CaseLines) -> list[Entry]:
    """The task's own start and what happened since to the clock it follows; a pause already open holds it too."""
    own = lines.tasks[task.id].entries
    followed = _followed(task, lines).entries
    begun = own[0].at
    open_before = critical_path.open_pauses(entry for entry in followed if entry.at < begun)
    return [
        own[0],
        *(replace(pause, at=begun, channel=Channel.ONLINE) for pause in open_before),
        *(entry for entry in followed if entry.kind in FOLLOWS and entry.at >= begun),
    ]


def _followed(task: Task, lines: CaseLines) -> Lines:
    return lines.parts.get(task.part_id or 0, lines.case)


def task_deadline(task: Task, subject: Dated, lines: CaseLines, calendar: WorkingCalendar) -> Deadline:
    """A task with a limit of the diagram: that limit, never beyond the day promised for its part or case.

    Once the decision is made only the task's own limit counts (制证、送达, 行政许可法 44).
    """
    entries = task_entries(task, lines)
    limits = lines.tasks[task.id].limits
    return bound(replay(entries, limits, calendar, recorded=len(entries)), task, subject, calendar)


def bound(own: Deadline, task: Task, subject: Dated, calendar: WorkingCalendar) -> Deadline:
    """A task's own date bound by the decision's limit before it, and by that of issue and service after it (44)."""
    if task.case.decided_at is None:
        return _capped(own, task, subject)
    served_by = calendar.add(clock.local_day(task.case.decided_at), SERVED_DAYS).day
    return replace(own, statutory_due=end_of(served_by))


def _capped(own: Deadline, task: Task, subject: Dated) -> Deadline:
    """The task's own day, or that of its part or case where it is nearer; before acceptance the five days.

    By another's day it has another's lamp: a limit that was missed before a pause stays missed, for its tasks too.
    """
    due = subject.promised_due or task.case.notify_by
    if due is None or own.promised_due is None:
        return own
    if own.promised_due <= due:
        return replace(own, statutory_due=subject.statutory_due)
    return replace(
        own, promised_due=due, yellow_at=subject.yellow_at, statutory_due=subject.statutory_due,
        provisional=subject.provisional, paused=subject.paused, days_left_when_paused=subject.paused_left,
    )  # fmt: skip
