"""Who held a case, and for how long (用时构成): applicant, departments, third parties, the centre's window.

Pure: spans in, working time out. Time is that of the 90 % rule: a working day is its 24 hours, any other day is
nothing. The whole runs from receipt to the end of the case, or to now.

Who holds an instant
    * A department has the case while a task of its own is open. A task of the window's post is the centre's,
      whatever department it is counted under; the lead department's tasks are the lead's.
    * While a procedure is with a body outside (article 45: appraisal, testing, expert review), its part can go no
      further: the tasks of that part do not count for their department. A procedure the authority carries out
      itself, a hearing, is the authority's own time.
    * While a deferred material is missing, making the certificate waits for the applicant: its task counts for
      nobody else.
    * Asked before acceptance to correct, the applicant has the case, although the window has a task open to take
      the answer in. A request after acceptance stops no clock, so it moves no time to the applicant either.

Where several hold an instant, the first of these has it: **departments, third party, applicant, centre**. A case is
with somebody outside only while nobody at the authorities works on it: otherwise one slow expert would hide three slow
departments. The window comes last, because its task is often only waiting for what the others do; what nobody has is
the centre's, whose duty it is to pass a case on. So the four groups never overlap and add up to the whole. The time
of each single department is its own: departments work side by side, and those times may add up to more.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .calendar import FIRST, WorkingCalendar
from .clock import local
from .messages import N_
from .terms import Term

DAY = timedelta(days=1)
TENTH = DAY / 10


class Holder(Term):
    """The groups that can hold a case, in the order in which they do where several could."""

    DEPARTMENT = "department", N_("审批部门")
    THIRD_PARTY = "third_party", N_("第三方")
    APPLICANT = "applicant", N_("申请人")
    CENTRE = "centre", N_("中心窗口")


@dataclass(frozen=True)
class Span:
    """From ``start`` to ``end`` (``None``: not over), both UTC instants."""

    start: datetime
    end: datetime | None = None

    def covers(self, instant: datetime) -> bool:
        """Whether the instant lies in [start, end)."""
        return self.start <= instant and (self.end is None or instant < self.end)


@dataclass(frozen=True)
class Work(Span):
    """An open task: of ``department_id``, or of the window for None; ``issues``: it makes the certificate."""

    department_id: int | None = None
    part_id: int | None = None
    issues: bool = False


@dataclass(frozen=True)
class Outside(Span):
    """A procedure with a body outside; of one part, or of the whole case for None."""

    part_id: int | None = None


@dataclass(frozen=True)
class History:
    """What is known of one case; ``ended`` is None while it runs."""

    received: datetime
    ended: datetime | None = None
    work: Sequence[Work] = ()
    outside: Sequence[Outside] = ()
    corrections: Sequence[Span] = ()  # before acceptance, until answered
    deferrals: Sequence[Span] = ()  # until the material came


@dataclass(frozen=True)
class HoldingTime:
    """Working time: ``groups`` add up to ``total``; ``departments`` are each one's own and may overlap."""

    total: timedelta = timedelta(0)
    groups: Mapping[Holder, timedelta] = field(default_factory=lambda: dict.fromkeys(Holder, timedelta(0)))
    departments: Mapping[int, timedelta] = field(default_factory=dict)

    def days(self) -> dict[Holder, float]:
        """The groups in working days with one decimal, which add up to those of the total."""
        whole = round(self.total / TENTH)
        tenths = {holder: int(time / TENTH) for holder, time in self.groups.items()}
        by_rest = sorted(self.groups, key=lambda holder: self.groups[holder] % TENTH, reverse=True)
        for holder in by_rest[: whole - sum(tenths.values())]:
            tenths[holder] += 1
        return {holder: count / 10 for holder, count in tenths.items()}

    @property
    def total_days(self) -> float:
        """The whole in working days with one decimal."""
        return in_days(self.total)


def in_days(time: timedelta) -> float:
    """Working time in days with one decimal."""
    return round(time / TENTH) / 10


def attribute(history: History, now: datetime, calendar: WorkingCalendar) -> HoldingTime:
    """Give every instant of the case to whoever held it. Raises ``CalendarRange``."""
    first = history.received
    last = max(first, history.ended or now)
    cuts = sorted({first, last, *(cut for cut in _cuts(history) if first < cut < last)})
    groups = dict.fromkeys(Holder, timedelta(0))
    departments: dict[int, timedelta] = {}
    for start, end in itertools.pairwise(cuts):
        time = working_time(start, end, calendar)
        at_work = departments_at(history, start)
        groups[_holder(history, start, at_work)] += time
        for department in at_work:
            departments[department] = departments.get(department, timedelta(0)) + time
    return HoldingTime(sum(groups.values(), timedelta(0)), groups, departments)


def _cuts(history: History) -> Iterable[datetime]:
    for span in (*history.work, *history.outside, *history.corrections, *history.deferrals):
        yield span.start
        if span.end is not None:
            yield span.end


def _holder(history: History, instant: datetime, at_work: set[int]) -> Holder:
    if at_work:
        return Holder.DEPARTMENT
    if any(span.covers(instant) for span in history.outside):
        return Holder.THIRD_PARTY
    if any(span.covers(instant) for span in history.corrections):
        return Holder.APPLICANT
    at_window = any(task.covers(instant) and not task.issues for task in history.work if _window(task))
    if not at_window and any(span.covers(instant) for span in history.deferrals):
        return Holder.APPLICANT
    return Holder.CENTRE


def departments_at(history: History, instant: datetime) -> set[int]:
    """The departments that can work on the case at an instant, by id."""
    stopped = {span.part_id for span in history.outside if span.covers(instant)}
    wanting = any(span.covers(instant) for span in history.deferrals)
    return {
        task.department_id
        for task in history.work
        if task.department_id is not None
        and task.covers(instant)
        and not (None in stopped or (task.part_id is not None and task.part_id in stopped))
        and not (task.issues and wanting)
    }


def _window(task: Work) -> bool:
    return task.department_id is None


def working_time(start: datetime, end: datetime, calendar: WorkingCalendar) -> timedelta:
    """The time of working days between two instants; nothing where ``end`` is not after ``start``."""
    return max(_since_first(end, calendar) - _since_first(start, calendar), timedelta(0))


def _since_first(instant: datetime, calendar: WorkingCalendar) -> timedelta:
    """The working time from the calendar's first day up to an instant."""
    here = local(instant)
    whole = calendar.between(FIRST, here.date())
    if not calendar.is_working_day(here.date()):
        return whole * DAY
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    return (whole - 1) * DAY + (here - midnight)


def shares(times: Iterable[HoldingTime]) -> dict[Holder, float]:
    """The groups' part of the time of several cases together, from 0 to 1; all 0 where there is no time."""
    known = list(times)
    whole = sum((each.total for each in known), timedelta(0))
    held = {holder: sum((each.groups[holder] for each in known), timedelta(0)) for holder in Holder}
    return {holder: time / whole if whole else 0.0 for holder, time in held.items()}
