"""One clock running against one limit: begun, held, released, extended. Days only, nothing stored.

A day is counted in (day the clock was set going, due day]: neither the opening day (民法典 201) nor the
day of a resume counts, the day of a pause does. What is left when it is held is left when it is released.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from .calendar import WorkingCalendar, start_of
from .limits import Limit, Unit

Run = tuple[date, date]  # counted from the first, excluded, to the second, included


@dataclass(frozen=True)
class LimitClock:
    """``left`` units run after ``day``; a clock whose limit has passed is ``missed`` for good."""

    limit: Limit
    day: date
    left: int
    runs: tuple[Run, ...] = ()
    held: bool = False
    missed: bool = False
    extended: int = 0

    @property
    def days(self) -> int:
        """The whole limit with its extensions, in its unit."""
        return self.limit.days + self.extended


def begin(limit: Limit, day: date) -> LimitClock:
    """Set the clock going on ``day``, which does not count."""
    return LimitClock(limit, day, limit.days)


def due_day(clock: LimitClock, calendar: WorkingCalendar) -> date:
    """The last day of the limit; of a held clock: as if it were released on the day it was held.

    A last day that is no working day moves on to the next (民法典 203).
    """
    if clock.limit.unit == Unit.CALENDAR:
        return calendar.on_or_after(clock.day + timedelta(days=clock.left)).day
    return calendar.add(clock.day, clock.left).day


def settle(clock: LimitClock, day: date, calendar: WorkingCalendar) -> LimitClock:
    """The clock as it stands on ``day``: marked missed where its limit ran out before."""
    late = not clock.held and day > due_day(clock, calendar)
    return replace(clock, missed=True) if late else clock


def hold(clock: LimitClock, day: date, calendar: WorkingCalendar) -> LimitClock:
    """Stop on ``day``, which still counts; a missed clock stays as it is."""
    if clock.missed or clock.held:
        return clock
    if clock.limit.unit == Unit.CALENDAR:
        left = max(0, clock.left - (day - clock.day).days)
    else:
        left = calendar.between(day, due_day(clock, calendar))
    return replace(clock, day=day, left=left, runs=(*clock.runs, (clock.day, day)), held=True)


def release(clock: LimitClock, day: date) -> LimitClock:
    """Go on after ``day`` with what was left; on the last day itself that is ``day``."""
    return replace(clock, day=day, held=False) if clock.held else clock


def extend(clock: LimitClock, days: int) -> LimitClock:
    """Add ``days`` of the limit's unit; a missed clock stays missed."""
    return clock if clock.missed else replace(clock, left=clock.left + days, extended=clock.extended + days)


def put_off(clock: LimitClock, days: int, calendar: WorkingCalendar) -> LimitClock:
    """``days`` working days later, without counting as an extension; a missed clock stays as it is."""
    if not days or clock.missed:
        return clock
    if clock.limit.unit == Unit.WORKING:
        return replace(clock, left=clock.left + days)
    later = calendar.add(due_day(clock, calendar), days).day
    return replace(clock, left=(later - clock.day).days)


def counted(clock: LimitClock, due: date) -> tuple[Run, ...]:
    """Everything that counts up to ``due``, pauses left out."""
    return (*clock.runs, (clock.day, due))


def is_provisional(clock: LimitClock, calendar: WorkingCalendar) -> bool:
    """Whether any counted day falls in a year without notice."""
    runs = counted(clock, due_day(clock, calendar))
    return any(calendar.is_provisional_between(first, last) for first, last in runs)


def yellow_at(runs: tuple[Run, ...], started_at: datetime, calendar: WorkingCalendar) -> datetime:
    """When one working day is left or 90 % of the working days are used, whichever comes first.

    One is left from 00:00 of the last working day but one; a tenth of a working day is 144 minutes of
    its 24 hours, so that 90 % falls on a whole minute. Never before the start.
    """
    total = sum(calendar.between(first, last) for first, last in runs)
    if total <= 1:
        return started_at
    one_left = start_of(_nth(runs, total - 1, calendar))
    whole, tenths = divmod(total * 9, 10)
    if tenths:
        nine_tenths = start_of(_nth(runs, whole + 1, calendar)) + timedelta(minutes=144 * tenths)
    else:
        nine_tenths = start_of(_nth(runs, whole, calendar) + timedelta(days=1))
    return max(started_at, min(one_left, nine_tenths))


def _nth(runs: tuple[Run, ...], n: int, calendar: WorkingCalendar) -> date:
    """The ``n``-th counted working day, from 1."""
    for first, last in runs:
        inside = calendar.between(first, last)
        if n <= inside:
            return calendar.add(first, n).day
        n -= inside
    raise ValueError("fewer counted working days than asked for")
