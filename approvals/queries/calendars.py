"""What the calendar pages read: a year day by day, spans, versions, and how many cases wait for a notice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from .. import calendars, clock
from ..calendar import FIRST, LAST, CalendarRange, DueDay, Skipped, WorkingCalendar, start_of
from ..calendar_reach import counted
from ..errors import Invalid
from ..messages import N_
from ..tables import CalendarVersion, Case, CasePart, Department, ServiceItem

MOST_COUNTED = 1000
MOST_DAYS = 30_000  # working days; more lie in no calendar


@dataclass(frozen=True)
class DayCell:
    """One day of a month: ``kind`` is working, weekend, off, worked or closed."""

    day: date
    kind: str
    words: str
    changed: bool


@dataclass(frozen=True)
class Month:
    """A month by weeks from Monday; None where a week begins or ends in another month."""

    first: date
    weeks: list[list[DayCell | None]]


def months(
    calendar: WorkingCalendar, first: date, last: date, before: WorkingCalendar | None = None
) -> list[Month]:
    """The months from that of ``first`` to that of ``last``; what differs from ``before`` is marked as changed."""
    found, month = [], first.replace(day=1)
    while month <= last:
        following = (month + timedelta(days=31)).replace(day=1)
        cells: list[DayCell | None] = [None] * month.weekday()
        cells += [_cell(calendar, month + timedelta(days=n), before) for n in range((following - month).days)]
        cells += [None] * (-len(cells) % 7)
        found.append(Month(month, [cells[n : n + 7] for n in range(0, len(cells), 7)]))
        month = following
    return found


def _cell(calendar: WorkingCalendar, day: date, before: WorkingCalendar | None) -> DayCell:
    works, weekend = calendar.is_working_day(day), day.weekday() > 4
    changed = before is not None and before.is_working_day(day) != works
    if works:
        return DayCell(day, "worked" if weekend else "working", "", changed)
    if day in calendar.closures:
        return DayCell(day, "closed", calendar.closures[day], changed)
    reason = calendar.reason(day)
    feast = calendar.is_feast(day)
    return DayCell(day, "off" if feast else "weekend", reason if feast else "", changed)


@dataclass(frozen=True)
class Span:
    """Days in a row with one name."""

    name: str
    first: date
    last: date

    @property
    def length(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


def spans(days: Mapping[date, str]) -> list[Span]:
    """Days joined where they follow each other and have one name."""
    ordered = sorted(days)
    runs = groupby(enumerate(ordered), key=lambda pair: (pair[1] - timedelta(days=pair[0]), days[pair[1]]))
    joined = [(key[1], [day for _, day in run]) for key, run in runs]
    return [Span(name, own[0], own[-1]) for name, own in joined]


@dataclass(frozen=True)
class Year:
    """One year of the calendar in force."""

    year: int
    announced: bool
    source: str
    working_days: int
    feasts: list[Span]
    worked: list[date]
    closures: list[Span]

    @property
    def first(self) -> date:
        """New Year's Day."""
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        """New Year's Eve."""
        return date(self.year, 12, 31)


def year_of(session: Session, calendar: WorkingCalendar, year: int) -> Year:
    """What a year has; raises ``CalendarRange`` for one outside."""
    if not FIRST.year <= year <= LAST.year:
        raise CalendarRange(day=str(year), first=FIRST.isoformat(), last=LAST.isoformat())
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    version = session.get(CalendarVersion, calendar.version) if calendar.version else None
    notice = version.notices.get(str(year), {}) if version else {}
    return Year(
        year=year,
        announced=not calendar.is_provisional(first),
        source=notice.get("source", ""),
        working_days=sum(calendar.is_working_day(day) for day in days),
        feasts=spans({day: calendar.reason(day) for day in days if calendar.is_feast(day)}),
        worked=[day for day in days if day.weekday() > 4 and calendar.is_working_day(day)],
        closures=spans({day: words for day, words in calendar.closures.items() if day.year == year}),
    )


@dataclass(frozen=True)
class Gap:
    """A year whose notice is missing, and the open cases with a date in it (``more``: there are more)."""

    year: int
    cases: int
    more: bool


def gap(session: Session, calendar: WorkingCalendar, now: datetime) -> Gap | None:
    """The first of this year and the next without notice that open cases depend on."""
    today = clock.local_day(now)
    for year in (today.year, today.year + 1):
        if year > LAST.year or not calendar.is_provisional(date(year, 1, 1)):
            continue
        edge = start_of(date(year, 1, 1))
        late = or_(Case.promised_due >= edge, Case.statutory_due >= edge, Case.notify_by >= edge)
        found = select(Case.id).where(counted(), late).limit(MOST_COUNTED + 1).subquery()
        cases = session.scalar(select(func.count()).select_from(found)) or 0
        if cases:
            return Gap(year, min(cases, MOST_COUNTED), cases > MOST_COUNTED)
    return None


@dataclass(frozen=True)
class Answer:
    """What was asked of the calendar, and the day it gives, with everything on the way there."""

    opened: date
    days: int
    due: DueDay
    skipped: Sequence[Skipped]
    worked: Sequence[date]


def asked(opened: str, days: str) -> tuple[date, int]:
    """A day and a number of working days as typed. Raises ``Invalid`` with what is wrong in which field."""
    wrong: dict[str, tuple[str, dict[str, object]]] = {}
    day, number = FIRST, 0
    try:
        day = date.fromisoformat(opened.strip())
    except ValueError:
        wrong["opened"] = (N_("请填写日期，如 2026-11-23。"), {})
    if len(days.strip()) <= 9 and days.strip().isascii() and days.strip().isdecimal():
        number = int(days)
    else:
        wrong["days"] = (N_("请填写天数：0 或正整数。"), {})
    if number > MOST_DAYS:
        wrong["days"] = (N_("天数太大，超出工作日历的范围。"), {})
    if wrong:
        raise Invalid(wrong)
    return day, number


def answer(calendar: WorkingCalendar, opened: date, days: int) -> Answer:
    """The due day and why. Raises ``CalendarRange``."""
    due = calendar.add(opened, days)
    return Answer(
        opened, days, due, calendar.skipped(opened, due.day), calendar.worked_weekends(opened, due.day)
    )


def versions(session: Session, most: int = 50) -> Sequence[CalendarVersion]:
    """Versions and drafts, the newest first, without those discarded."""
    query = select(CalendarVersion).where(CalendarVersion.state != "discarded")
    people = (joinedload(CalendarVersion.drafted_by), joinedload(CalendarVersion.published_by))
    roles = [each.lazyload("*") for each in people]
    return session.scalars(query.order_by(CalendarVersion.id.desc()).limit(most).options(*roles)).all()


def behind(session: Session, version: int) -> int:
    """How many open cases still wait for the recount on this version."""
    query = select(func.count()).select_from(Case).where(counted(), Case.calendar_version < version)
    return session.scalar(query) or 0


def coming_closures(session: Session, now: datetime) -> list[Span]:
    """Closures in force from today on."""
    calendar = calendars.current(session)
    today = clock.local_day(now)
    return spans({day: words for day, words in calendar.closures.items() if day >= today})


@dataclass(frozen=True)
class Named:
    """What a list calls a case: no applicant, as administrators read it."""

    number: str
    item: Mapping[str, Any]
    department: Mapping[str, Any]


def named(session: Session, case_ids: Iterable[int]) -> dict[int, Named]:
    """Number, item and department of cases, by id."""
    query = (
        select(Case.id, Case.number, ServiceItem.name, Department.name)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Department, Department.id == Case.department_id)
        .where(Case.id.in_(list(case_ids)))
    )
    return {row[0]: Named(row[1] or "", row[2], row[3]) for row in session.execute(query)}


def parts_named(
    session: Session, part_ids: Iterable[int]
) -> dict[int, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Department and name of parts, by id."""
    query = (
        select(CasePart.id, Department.name, CasePart.name)
        .join(Department, Department.id == CasePart.department_id)
        .where(CasePart.id.in_(list(part_ids)))
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}
