"""The working days (工作日) of the centre: counted, explained, and honest about years not announced.

A year without notice has weekends and statutory days only; every date counted through it is
*provisional* (暂定). Instants are cut into days in Asia/Shanghai.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple

from .clock import ZONE
from .errors import DomainError
from .holidays import WEEKEND, YearNotice, announced, statutory
from .messages import N_

FIRST = date(2004, 1, 1)
LAST = date(2099, 12, 31)
_ONE_DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)  # from the last instant of a limit to the first after it


class CalendarRange(DomainError):
    """A date before or after anything the calendar can know."""

    message = N_("日期 %(day)s 超出工作日历的范围（%(first)s 至 %(last)s）。请核对日期。")
    status = 422


class CalendarDays(DomainError):
    """A count of days that is no count."""

    message = N_("天数须为不小于 0 的整数，收到的是 %(days)s。")
    status = 422


class DueDay(NamedTuple):
    """A day reached by counting; provisional when an unannounced year was counted on the way."""

    day: date
    provisional: bool


class Skipped(NamedTuple):
    """A day that does not count, with the reason (a message id, or the words of a local closure)."""

    day: date
    reason: str


@dataclass(frozen=True, eq=False)
class WorkingCalendar:
    """Working days from 2004 to 2099, indexed once so that counting costs the same at any distance.

    ``notices`` add announced years or replace built-in ones; ``closures`` are days on which this
    centre alone is shut, each with its words; ``version`` is the published version it was read from (0:
    built in). Raises ``CalendarRange`` for any day outside.
    """

    notices: Mapping[int, YearNotice] = field(default_factory=dict)
    closures: Mapping[date, str] = field(default_factory=dict)
    version: int = 0
    _years: Mapping[int, YearNotice] = field(init=False, repr=False)
    _off: Mapping[date, str] = field(init=False, repr=False)
    _worked: frozenset[date] = field(init=False, repr=False)
    _days: Sequence[int] = field(init=False, repr=False)
    _upto: Sequence[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Build the index: ordinals of working days, and for each day how many there are up to it."""
        years = _built_in() | dict(self.notices)
        off: dict[date, str] = {}
        for year in range(FIRST.year, LAST.year + 1):
            off |= years[year].off if year in years else statutory(year)
        # A notice also rules over the December before it, whatever that year's own notice said.
        worked = frozenset(day for notice in years.values() for day in notice.worked)
        for notice in self.notices.values():
            worked -= set(notice.off)
            off = {day: name for day, name in off.items() if day not in notice.worked} | dict(notice.off)
        off |= self.closures
        days, upto = array("l"), array("l")
        for ordinal in range(FIRST.toordinal(), LAST.toordinal() + 1):
            day = date.fromordinal(ordinal)
            if day not in off and (day.weekday() < 5 or day in worked):
                days.append(ordinal)
            upto.append(len(days))
        built = {"_years": years, "_off": off, "_worked": worked, "_days": days, "_upto": upto}
        for name, value in built.items():
            object.__setattr__(self, name, value)

    def is_working_day(self, day: date) -> bool:
        """Whether ``day`` counts."""
        count = self._count(day)
        return count > 0 and self._days[count - 1] == day.toordinal()

    def is_provisional(self, day: date) -> bool:
        """Whether no notice is known for the year of ``day``."""
        self._count(day)
        return day.year not in self._years

    def add(self, day: date, n: int) -> DueDay:
        """The ``n``-th working day after ``day``, which itself does not count (民法典 201).

        ``n`` = 0 gives ``day``, moved on to a working day where it is none (民法典 203).
        Raises ``CalendarDays`` for a negative count.
        """
        if n < 0:
            raise CalendarDays(days=n)
        before = self._count(day)
        index = before + n - 1 if n or self.is_working_day(day) else before
        if index >= len(self._days):
            raise _out_of_range(LAST + _ONE_DAY)
        due = date.fromordinal(self._days[index])
        return DueDay(due, self.is_provisional_between(day, due))

    def on_or_after(self, day: date) -> DueDay:
        """``day``, or the next working day where it is none (民法典 203)."""
        return self.add(day, 0)

    def between(self, a: date, b: date) -> int:
        """How many working days lie in (a, b]; negative when ``b`` lies before ``a``."""
        return self._count(b) - self._count(a)

    def is_provisional_between(self, a: date, b: date) -> bool:
        """Whether a day counted in (a, b] falls in a year without notice."""
        self._count(a)
        self._count(b)
        first = min(a + _ONE_DAY, b)
        return any(year not in self._years for year in range(first.year, b.year + 1))

    def skipped(self, a: date, b: date) -> list[Skipped]:
        """The days of (a, b] that do not count, each with its reason."""
        return [Skipped(day, self.reason(day)) for day in self._span(a, b) if not self.is_working_day(day)]

    def worked_weekends(self, a: date, b: date) -> list[date]:
        """The Saturdays and Sundays of (a, b] that do count (调休上班)."""
        return [day for day in self._span(a, b) if day.weekday() > 4 and self.is_working_day(day)]

    def reason(self, day: date) -> str:
        """Why ``day`` does not count; of a working day the weekend's name, if it were one."""
        return self._off.get(day, WEEKEND)

    def is_feast(self, day: date) -> bool:
        """Whether a notice or the statute gives ``day`` off, be it a weekend or not; a closure is no feast."""
        return day in self._off and day not in self.closures

    def first_difference(self, other: "WorkingCalendar") -> date | None:
        """The first day that counts in one of the two only, or is provisional in one only.

        Whatever was counted up to the day before is the same on both. None where they do not differ.
        """
        for ordinal in range(FIRST.toordinal(), LAST.toordinal() + 1):
            day = date.fromordinal(ordinal)
            if self.is_working_day(day) != other.is_working_day(day):
                return day
            if day.day == day.month == 1 and self.is_provisional(day) != other.is_provisional(day):
                return day
        return None

    def _span(self, a: date, b: date) -> Iterator[date]:
        self._count(a)
        self._count(b)
        return (date.fromordinal(n) for n in range(a.toordinal() + 1, b.toordinal() + 1))

    def _count(self, day: date) -> int:
        """Working days from the beginning up to ``day``, included."""
        if isinstance(day, datetime):
            raise TypeError("a day of the calendar is a date; cut an instant with clock.local_day")
        if not FIRST <= day <= LAST:
            raise _out_of_range(day)
        return self._upto[day.toordinal() - FIRST.toordinal()]


def _out_of_range(day: date) -> CalendarRange:
    return CalendarRange(day=day.isoformat(), first=FIRST.isoformat(), last=LAST.isoformat())


@cache
def _built_in() -> dict[int, YearNotice]:
    return announced()


@cache
def default_calendar() -> WorkingCalendar:
    """The calendar without imported notices and closures, built once in a process."""
    return WorkingCalendar()


def start_of(day: date) -> datetime:
    """The first instant of a day in Asia/Shanghai, as UTC."""
    return datetime.combine(day, time(0), ZONE).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The last instant of a day (24:00, 民法典 203) as UTC: one microsecond before the next day."""
    return start_of(day + _ONE_DAY) - TICK
