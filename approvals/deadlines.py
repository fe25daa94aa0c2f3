"""Replays the deadline ledger (期限台账) into due dates: one pure function over entries, limits and calendar.

Due instants are the last instant of the due day in Asia/Shanghai (24:00, 民法典 203), as UTC: an act at or
before one is in time. Each date explains itself line by line (每个日期怎么算的).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from . import limit_clock
from .calendar import WorkingCalendar, end_of
from .clock import local
from .deadline_lines import UNMOVED, ReplayLine, Shift, end_lines, line_of
from .ledger_acts import ACTS, State, settled
from .limit_clock import LimitClock
from .limits import (
    CLOSING,
    Channel,
    ClockEnded,
    ClockNotStarted,
    Entry,
    EntryKind,
    LedgerOrder,
    Limit,
    Limits,
    Track,
)
from .terms import Lamp


@dataclass(frozen=True)
class Deadline:
    """What a replay yields; instants are UTC.

    The lamp is yellow from ``yellow_at``, red after ``red_at``, red with order after ``order_at``.
    ``paused``: every limit is held; dates are then those of a resume on the day of the pause, and
    ``days_left_when_paused`` working days were left (negative where it was missed before).
    ``provisional``: a counted day falls in a year without notice. ``ended_on``: the day of the decision.
    """

    promised_due: datetime | None = None
    statutory_due: datetime | None = None
    yellow_at: datetime | None = None
    paused: bool = False
    days_left_when_paused: int | None = None
    provisional: bool = False
    ended_on: date | None = None
    lines: tuple[ReplayLine, ...] = ()

    @property
    def red_at(self) -> datetime | None:
        """The last instant that is not red."""
        return self.promised_due

    @property
    def order_at(self) -> datetime | None:
        """The last instant without supervisory order."""
        return self.statutory_due


def replay(
    entries: Sequence[Entry],
    limits: Limits,
    calendar: WorkingCalendar,
    closing: time = CLOSING,
    *,
    recorded: int = 0,
    shift: Shift = UNMOVED,
) -> Deadline:
    """The dates of one subject (a case, or a part with its own clock) from its ledger.

    ``closing`` is the end of the window's hours. Pauses that overlap count once; an act after hours
    counts as of the next working day, and never before the act ahead of it. The first ``recorded`` entries
    were lawful when they were written: an extension among them stands, though a later calendar may put it
    behind the day. ``shift`` is what the parts of a joint case add. Raises ``ClockNotStarted``,
    ``ClockStartedTwice``, ``ClockEnded``, ``LedgerOrder``, ``ResumeWithoutPause``, ``ExtensionTooLate``,
    ``ExtensionDays`` or ``CalendarRange``. No entries: nothing runs, all dates are None.
    """
    state = State(limits, calendar, {})
    lines: list[ReplayLine] = []
    last: datetime | None = None
    for index, entry in enumerate(entries):
        _require_in_order(state, entry, last)
        before, last = state, entry.at
        state = settled(state, max(entry.day(calendar, closing), state.day))
        state, text = ACTS[entry.kind](replace(state, trusting=index < recorded), entry)
        lines.append(line_of(before, state, entry, text, closing))
    return _concluded(_shifted(state, shift), lines, shift)


def _require_in_order(state: State, entry: Entry, last: datetime | None) -> None:
    if last is not None and entry.at < last:
        raise LedgerOrder(at=_minute(entry.at), last=_minute(last))
    if state.started is None and entry.kind != EntryKind.START:
        raise ClockNotStarted(kind=entry.kind.label)
    if state.ended is not None and entry.kind != EntryKind.CALENDAR:
        raise ClockEnded(day=local(state.ended.at).date())


def _shifted(state: State, shift: Shift) -> State:
    """Days the parts' pauses take on the critical path are added like days that were never counted."""
    days = {Track.PROMISED: shift.promised, Track.STATUTORY: shift.statutory}
    clocks = {
        track: limit_clock.put_off(clock, days[track], state.calendar)
        for track, clock in state.clocks.items()
    }
    return replace(state, clocks=clocks)


def single(
    at: datetime, limit: Limit, calendar: WorkingCalendar, channel: Channel = Channel.ONLINE
) -> Deadline:
    """The dates of one promised limit that nothing interrupts: a task, the five days of article 32."""
    day = Entry(EntryKind.RESUME, at, channel=channel).day(calendar)
    clock = limit_clock.begin(limit, day)
    due = limit_clock.due_day(clock, calendar)
    return Deadline(
        promised_due=end_of(due),
        yellow_at=limit_clock.yellow_at(limit_clock.counted(clock, due), at, calendar),
        provisional=limit_clock.is_provisional(clock, calendar),
    )


def lamp(
    promised_due: datetime | None,
    statutory_due: datetime | None,
    yellow_at: datetime | None,
    paused: bool,  # noqa: FBT001 - the columns in their order
    now: datetime,
) -> Lamp:
    """The lamp by comparisons alone; the bands touch and do not overlap.

    Green before ``yellow_at``, yellow from it, red after ``promised_due``, red with order after
    ``statutory_due``; paused before all of them.
    """
    if promised_due is None and statutory_due is None:
        return Lamp.NONE
    if paused:
        return Lamp.PAUSED
    if statutory_due is not None and now > statutory_due:
        return Lamp.RED_ORDER
    if promised_due is not None and now > promised_due:
        return Lamp.RED
    return Lamp.YELLOW if yellow_at is not None and now >= yellow_at else Lamp.GREEN


def days_left(due: datetime, now: datetime, calendar: WorkingCalendar) -> int:
    """Working days after today up to the due day: 0 on the last day, negative once it is over.

    Over by a weekend or a holiday only is already over: -1.
    """
    left = calendar.between(local(now).date(), local(due).date())
    return min(left, -1) if now > due else left


def _concluded(state: State, lines: list[ReplayLine], shift: Shift) -> Deadline:
    """Instants from days, and the last lines of the explanation."""
    if state.started is None or not state.clocks:
        return Deadline(lines=tuple(lines))
    calendar = state.calendar
    leading = state.clocks.get(Track.STATUTORY) or state.clocks[Track.PROMISED]
    binding = _binding(state.clocks, leading, calendar)
    due = limit_clock.due_day(binding, calendar)
    runs = limit_clock.counted(binding, due)
    return Deadline(
        promised_due=end_of(due) if Track.PROMISED in state.clocks else None,
        statutory_due=end_of(limit_clock.due_day(leading, calendar))
        if Track.STATUTORY in state.clocks
        else None,
        yellow_at=limit_clock.yellow_at(runs, state.started.at, calendar),
        paused=leading.held and state.ended is None,
        days_left_when_paused=_left(binding, leading, calendar)
        if leading.held and state.ended is None
        else None,
        provisional=any(limit_clock.is_provisional(clock, calendar) for clock in state.clocks.values()),
        ended_on=local(state.ended.at).date() if state.ended else None,
        lines=tuple(sorted([*lines, *end_lines(state, shift)], key=lambda line: line.day)),
    )


def _binding(clocks: dict[Track, LimitClock], leading: LimitClock, calendar: WorkingCalendar) -> LimitClock:
    """The clock that runs out first: the promise, unless the law's limit (``leading``) is nearer.

    A promise held alone yields to the law's limit; one held longer than it is taken up with it.
    """
    promised = clocks.get(Track.PROMISED, leading)
    if promised.held and not leading.held:
        return leading
    if promised.held:
        promised = replace(promised, day=leading.day)
    return min(promised, leading, key=lambda clock: limit_clock.due_day(clock, calendar))


def _left(binding: LimitClock, leading: LimitClock, calendar: WorkingCalendar) -> int:
    """Working days left on the day of the pause; a limit missed before it is over by a day or more."""
    left = calendar.between(leading.day, limit_clock.due_day(binding, calendar))
    return min(left, -1) if binding.missed else left


def _minute(at: datetime) -> str:
    return f"{local(at):%Y-%m-%d %H:%M}"
