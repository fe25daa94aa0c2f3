"""A limit as a small calendar: weeks as rows, each day counted, not counted, stopped or due. Classes only, no styles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from babel.dates import get_day_names
from flask_babel import get_locale, gettext

from approvals.calendar import WorkingCalendar
from approvals.clock import local_day
from approvals.deadlines import Deadline
from approvals.limits import EntryKind
from approvals.messages import N_
from approvals.queries.clocks import Clock

from .i18n import day as dated

WEEK = 7
ALIKE = 3  # so many weeks without anything particular are drawn as one
COUNTED, OFF, HELD, BLANK = "counted", "off", "held", "blank"
MARKS = {
    "start": N_("起算日，当日不计入"),
    "today": N_("今天"),
    "promised": N_("承诺办结日"),
    "statutory": N_("法定届满日"),
    "ended": N_("办完"),
}


@dataclass(frozen=True)
class Cell:
    """One day. ``marks``: start, today, promised, statutory, ended; ``words`` say it in full."""

    day: date
    kind: str
    words: str = ""
    marks: tuple[str, ...] = ()
    late: bool = False
    provisional: bool = False


@dataclass(frozen=True)
class Week:
    """Seven days from Monday; ``times`` > 1 stands for so many weeks that look the same."""

    cells: tuple[Cell, ...]
    times: int = 1


@dataclass(frozen=True)
class Strip:
    """The weeks of a limit, and its days up to today: counted, stopped (working days), not counted (any days).

    ``marked`` are the kinds and marks that stand in it, for the legend.
    """

    weeks: Sequence[Week]
    used: int
    held: int
    off: int
    marked: frozenset[str] = frozenset()


def strip_of(clock: Clock, calendar: WorkingCalendar, today: date) -> Strip | None:
    """The picture of one clock, up to its last day or the end told of what stops it; None where nothing runs."""
    deadline = clock.deadline
    if not deadline.lines or deadline.yellow_at is None:
        return None
    told = [pause.until for pause in clock.open_pauses if pause.until is not None]
    cells = list(_cells(clock, calendar, today, max(told, default=date.min)))
    passed = [cell for cell in cells if cell.day <= today]
    return Strip(
        list(_folded(cells)),
        used=sum(cell.kind == COUNTED for cell in passed),
        held=sum(cell.kind == HELD and calendar.is_working_day(cell.day) for cell in passed),
        off=sum(cell.kind == OFF for cell in passed),
        marked=frozenset(mark for cell in cells for mark in (*cell.marks, cell.kind)),
    )


def weekdays() -> list[str]:
    """The heads of the columns, Monday first."""
    names = get_day_names("narrow", context="stand-alone", locale=get_locale() or "zh")
    return [names[number] for number in range(WEEK)]


def _cells(clock: Clock, calendar: WorkingCalendar, today: date, told: date) -> Iterator[Cell]:
    """From the Monday of the start to the Sunday of the last day that matters; after a decision nothing counts."""
    first, held, marks = clock.deadline.lines[0].day, held_spans(clock.deadline), _marks(clock, today)
    promised = next((day for day, found in marks.items() if "promised" in found), date.max)
    drawn = max(*marks, told)
    last = clock.ended_on or drawn
    number, day = 0, first - timedelta(days=first.weekday())
    while day <= drawn + timedelta(days=WEEK - 1 - drawn.weekday()):
        kind = _kind(day, first, last, held, calendar)
        number += kind == COUNTED
        late = day > promised and kind in (COUNTED, OFF)
        cell = Cell(day, kind, "", marks.get(day, ()), late, calendar.is_provisional(day))
        yield replace(cell, words=_words(cell, number, calendar))
        day += timedelta(days=1)


def _kind(
    day: date, first: date, last: date, held: Sequence[tuple[date, date]], calendar: WorkingCalendar
) -> str:
    if not first < day <= last:
        return BLANK
    if any(start < day <= end for start, end in held):
        return HELD
    return COUNTED if calendar.is_working_day(day) else OFF


def held_spans(deadline: Deadline) -> list[tuple[date, date]]:
    """Stretches (first, last] in which no limit ran: the day of a pause counts, that of a resume does not."""
    spans: list[tuple[date, date]] = []
    since: date | None = None
    for line in deadline.lines:
        if line.kind is None:
            continue
        stands = line.promised is None and line.statutory is None and line.kind != EntryKind.END
        if stands and since is None:
            since = line.day
        elif not stands and since is not None:
            spans.append((since, line.day))
            since = None
    return [*spans, (since, date.max)] if since is not None else spans


def _marks(clock: Clock, today: date) -> dict[date, tuple[str, ...]]:
    """What is particular about a day. After the end neither today nor the law's last day is."""
    deadline, ended = clock.deadline, clock.ended_on
    found: dict[date, list[str]] = {deadline.lines[0].day: ["start"]}
    dues = {"promised": deadline.promised_due, "statutory": deadline.statutory_due}
    for line in deadline.lines:
        name = "promised" if line.promised else "statutory"
        due = dues[name]
        if line.kind is None and due is not None and not (ended and name == "statutory"):
            found.setdefault(local_day(due), []).append(name)
    if ended is not None:
        found.setdefault(max(ended, deadline.lines[0].day), []).append("ended")
    else:
        found.setdefault(max(today, deadline.lines[0].day), []).append("today")
    return {day: tuple(marks) for day, marks in found.items()}


def _words(cell: Cell, number: int, calendar: WorkingCalendar) -> str:
    said = [dated(cell.day), *(gettext(MARKS[mark]) for mark in cell.marks)]
    if cell.kind == COUNTED:
        said.append(gettext("第 %(number)s 个工作日", number=number))
    elif cell.kind == OFF:
        said.append(gettext("%(reason)s，不计", reason=gettext(calendar.reason(cell.day))))
    elif cell.kind == HELD:
        said.append(gettext("停表，不计"))
    if cell.provisional and cell.kind != BLANK:
        said.append(gettext("暂定"))
    return " · ".join(str(one) for one in said)


def _folded(cells: Sequence[Cell]) -> Iterator[Week]:
    """Weeks in which nothing particular happens are drawn once, with their number."""
    weeks = [Week(tuple(cells[at : at + WEEK])) for at in range(0, len(cells), WEEK)]
    for _look, alike in groupby(weeks, key=_look_of):
        group = list(alike)
        if len(group) >= ALIKE:
            yield Week(group[0].cells, len(group))
        else:
            yield from group


def _look_of(week: Week) -> tuple[object, ...]:
    """Weeks of the same look follow each other only where no day of them is marked."""
    if any(cell.marks for cell in week.cells):
        return (week.cells[0].day,)
    return tuple((cell.kind, cell.late, cell.provisional) for cell in week.cells)
