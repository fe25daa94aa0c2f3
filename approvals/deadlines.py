"""Replays the deadline ledger (期限台账) into due dates: one pure function over entries, limits and calendar.

Due instants are the last instant of the due day in Asia/Shanghai (24:00, 民法典 203), as UTC: an act at or
before one is in time. Each date explains itself line by line (每个日期怎么算的).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from . import limit_clock
from .calendar import Skipped, WorkingCalendar, end_of
from .clock import local
from .ledger_acts import ACTS, State, Text, settled
from .limit_clock import LimitClock
from .limits import (
    CLOSING,
    Channel,
    ClockNotStarted,
    Entry,
    EntryKind,
    LedgerOrder,
    Limit,
    Limits,
    Track,
    Unit,
)
from .messages import N_
from .terms import Lamp


@dataclass(frozen=True)
class ReplayLine:
    """One line of the explanation: an entry, or (``kind`` None) the end of a limit.

    ``day`` is the day it counts as; ``promised`` and ``statutory`` the due days it leads to (None while
    held or absent); ``skipped`` and ``worked`` the days not counted and the weekend days counted since
    the line before.
    """

    day: date
    text: Text
    kind: EntryKind | None = None
    at: datetime | None = None
    notes: tuple[Text, ...] = ()
    article: str = ""
    document_number: str = ""
    officer_id: int | None = None
    promised: date | None = None
    statutory: date | None = None
    skipped: tuple[Skipped, ...] = ()
    worked: tuple[date, ...] = ()


@dataclass(frozen=True)
class Deadline:
    """What a replay yields; instants are UTC.

    The lamp is yellow from ``yellow_at``, red after ``red_at``, red with order after ``order_at``.
    ``paused``: every limit is held; dates are then those of a resume on the day of the pause, and
    ``days_left_when_paused`` working days were left (negative where it was missed before).
    ``provisional``: a counted day falls in a year without notice.
    """

    promised_due: datetime | None = None
    statutory_due: datetime | None = None
    yellow_at: datetime | None = None
    paused: bool = False
    days_left_when_paused: int | None = None
    provisional: bool = False
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
    entries: Sequence[Entry], limits: Limits, calendar: WorkingCalendar, closing: time = CLOSING
) -> Deadline:
    """The dates of one subject (a case, or a part with its own clock) from its ledger.

    ``closing`` is the end of the window's hours. Pauses that overlap count once; an act after hours
    counts as of the next working day, and never before the act ahead of it. Raises ``ClockNotStarted``,
    ``ClockStartedTwice``, ``LedgerOrder``, ``ResumeWithoutPause``, ``ExtensionTooLate``, ``ExtensionDays``
    or ``CalendarRange``. No entries: nothing runs, all dates are None.
    """
    state = State(limits, calendar, {})
    lines: list[ReplayLine] = []
    last: datetime | None = None
    for entry in entries:
        if last is not None and entry.at < last:
            raise LedgerOrder(at=_minute(entry.at), last=_minute(last))
        if state.started is None and entry.kind != EntryKind.START:
            raise ClockNotStarted(kind=entry.kind.label)
        before, last = state, entry.at
        state = settled(state, max(entry.day(calendar, closing), state.day))
        state, text = ACTS[entry.kind](state, entry)
        lines.append(_line(before, state, entry, text, closing))
    return _concluded(state, lines)


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


def _line(before: State, after: State, entry: Entry, text: Text, closing: time) -> ReplayLine:
    """One entry explained; what was skipped since the line before matters only where a clock ran."""
    running = any(not clock.held for clock in before.clocks.values())
    span = (before.day, after.day) if running else (after.day, after.day)
    return ReplayLine(
        day=after.day,
        text=text,
        kind=entry.kind,
        at=entry.at,
        notes=(*_hours_notes(entry, closing), *_missed_notes(after, entry)),
        article=entry.article,
        document_number=entry.document_number,
        officer_id=entry.officer_id,
        promised=_promised_day(after),
        statutory=_running_day(after, Track.STATUTORY),
        skipped=tuple(after.calendar.skipped(*span)),
        worked=tuple(after.calendar.worked_weekends(*span)),
    )


def _hours_notes(entry: Entry, closing: time) -> tuple[Text, ...]:
    if not entry.after_hours(closing):
        return ()
    return (Text(N_("窗口 %(closing)s 下班后办理，按次一工作日计。"), {"closing": f"{closing:%H:%M}"}),)


def _missed_notes(state: State, entry: Entry) -> tuple[Text, ...]:
    promised = state.clocks.get(Track.PROMISED)
    if promised is None or not promised.missed or entry.kind == EntryKind.RESUME:
        return ()
    due = limit_clock.due_day(promised, state.calendar)
    return (Text(N_("承诺期限已于 %(day)s 届满，不因此改变。"), {"day": due}),)


def _running_day(state: State, track: Track) -> date | None:
    """The due day of a clock that is there and not held."""
    clock = state.clocks.get(track)
    return None if clock is None or clock.held else limit_clock.due_day(clock, state.calendar)


def _promised_day(state: State) -> date | None:
    """The promised due day; a promise never reaches beyond the law's limit (承诺 ≤ 法定)."""
    days = [_running_day(state, track) for track in (Track.PROMISED, Track.STATUTORY)]
    return None if days[0] is None else min(day for day in days if day is not None)


def _concluded(state: State, lines: list[ReplayLine]) -> Deadline:
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
        paused=leading.held,
        days_left_when_paused=_left(binding, leading, calendar) if leading.held else None,
        provisional=any(limit_clock.is_provisional(clock, calendar) for clock in state.clocks.values()),
        lines=tuple(sorted([*lines, *_end_lines(state)], key=lambda line: line.day)),
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


def _end_lines(state: State) -> list[ReplayLine]:
    """The last day of each limit that is not held, with what was skipped since the last entry."""
    lines, since = [], state.day
    running = [track for track, clock in state.clocks.items() if not clock.held]
    for track in sorted(running, key=lambda track: limit_clock.due_day(state.clocks[track], state.calendar)):
        clock = state.clocks[track]
        due = limit_clock.due_day(clock, state.calendar)
        promised = _promised_day(state) if track == Track.PROMISED else None
        capped = promised is not None and promised < due
        lines.append(
            ReplayLine(
                day=due,
                text=Text(_ENDS[track, clock.limit.unit], {"days": clock.days}),
                notes=(Text(N_("承诺期限不超过法定期限，以法定期限届满日为准。"), {}),) if capped else (),
                promised=promised,
                statutory=due if track == Track.STATUTORY else None,
                skipped=tuple(state.calendar.skipped(since, due)),
                worked=tuple(state.calendar.worked_weekends(since, due)),
            )
        )
        since = max(since, due)
    return lines


def _minute(at: datetime) -> str:
    return f"{local(at):%Y-%m-%d %H:%M}"


_ENDS = {
    (Track.PROMISED, Unit.WORKING): N_("承诺期限 %(days)s 个工作日，至此届满。"),
    (Track.PROMISED, Unit.CALENDAR): N_("承诺期限 %(days)s 日，至此届满；末日不是工作日的，顺延。"),
    (Track.STATUTORY, Unit.WORKING): N_("法定期限 %(days)s 个工作日，至此届满。"),
    (Track.STATUTORY, Unit.CALENDAR): N_("法定期限 %(days)s 日，至此届满；末日不是工作日的，顺延。"),
}
