"""A centre lived through on a simulated clock: cases arrive, people work, are slow, away or silent, timers fire.

Everything goes through the real steps and the real job that fires timers; the clock jumps to whatever comes next,
somebody's act or a timer. What people do is drawn from a seed (``tests/simulation_people.py``), so a year can be
lived again. What must hold is asked by ``tests/simulation_checks.py`` and ``tests/simulation_history.py``.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any, cast

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, joinedload

from approvals import calendars, clock, database, people, tasks, timers
from approvals.authority import RIGHTS
from approvals.errors import DomainError
from approvals.tables import Case, CasePart, SpecialProcedure, Staff, SupervisoryOrder, Task, Timer
from approvals.terms import CaseState, Role, TaskState
from tests.recount import SHANGHAI, Days
from web.demo.applicants import organisations, persons
from web.demo.centre import Centre, Somebody
from web.jobs import timers as timer_job
from web.transactions import unit_of_work

TICK = timedelta(microseconds=1)
OPENS, WORKED_MINUTES = time(9), 8 * 60
NEVER = datetime(2100, 1, 1, tzinfo=UTC)
MOST_TRIES = 100  # of one thing somebody wants to do; more means that it never becomes possible


@dataclass(frozen=True)
class Person:
    """One of the staff, as the simulation knows them without a session."""

    id: int
    login: str
    department_id: int
    roles: frozenset[str]


@dataclass(frozen=True)
class Fired:
    """One timer seen to have fired."""

    kind: str
    case_id: int
    subject_id: int | None
    at: datetime
    result: str


@dataclass(frozen=True)
class Dates:
    """What a task's columns said from ``since`` on."""

    since: datetime
    promised_due: datetime | None
    yellow_at: datetime | None
    paused: bool


@dataclass(frozen=True)
class Year:
    """How much is lived through: cases arrive evenly over ``days`` from ``first``."""

    first: date
    days: int = 365
    cases: int = 60
    seed: int = 1

    def day(self, number: int) -> date:
        """The day so many days after the first."""
        return self.first + timedelta(days=number)


class Everybody(Mapping[str, Staff]):
    """The staff by login, each read when asked for."""

    def __init__(self, session: Session, ids: Mapping[str, int]) -> None:
        self.session, self.ids = session, ids

    def __getitem__(self, login: str) -> Staff:
        return self.session.get_one(Staff, self.ids[login])

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(order=True)
class Event:
    """Something somebody will try to do at an instant."""

    at: datetime
    order: int
    act: Callable[..., None] = field(compare=False)
    arguments: tuple[Any, ...] = field(compare=False)
    tries: int = field(compare=False, default=0)


class Simulation:
    """One centre, one clock; ``run`` lives the year and goes on until nothing is left to do."""

    def __init__(self, engine: Engine, year: Year, habits: Any, checks: Any) -> None:
        """``habits`` says what people do, ``checks`` looks on."""
        self.engine, self.year, self.habits, self.checks = engine, year, habits, checks
        self.random = Random(year.seed)
        self.now = datetime.combine(year.first, time(0), SHANGHAI).astimezone(UTC)
        self.events: list[Event] = []
        self.orders = 0
        self.planned: set[tuple[str, int]] = set()
        self.refusals: Counter[str] = Counter()
        self.acts: Counter[str] = Counter()
        self.fired: list[Fired] = []
        self.dates: dict[int, list[Dates]] = {}
        self.sweeps = 0
        self.shops, self.builders = (
            organisations(self.random, "小面馆"),
            organisations(self.random, "建设有限公司"),
        )
        self.elders = persons(self.random)
        self.people = self._people()
        self.away = self._absences()
        self.renew_days()

    # --- who is there

    def _people(self) -> dict[str, Person]:
        with database.reading_session(self.engine) as session:
            rows = session.scalars(select(Staff).options(joinedload(Staff.roles))).unique()
            return {
                row.login: Person(row.id, row.login, row.department_id, frozenset(r.role for r in row.roles))
                for row in rows
            }

    def _absences(self) -> dict[str, list[tuple[date, date, str]]]:
        """Three whole weeks a year for everybody; half of the time a colleague stands in."""
        away: dict[str, list[tuple[date, date, str]]] = {}
        for person in self.people.values():
            if person.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR}:
                continue
            for week in self.random.sample(range(max(3, self.year.days // 7)), 3):
                first = self.year.first + timedelta(days=7 * week - self.year.first.weekday())
                colleagues = [
                    one.login
                    for one in self.people.values()
                    if one.department_id == person.department_id
                    and one != person
                    and Role.HEAD not in one.roles
                ]  # a head who has reviewed for somebody could not decide (four eyes), and there is no other
                deputy = self.random.choice(colleagues) if colleagues and self.random.random() < 0.5 else ""
                away.setdefault(person.login, []).append((first, first + timedelta(days=6), deputy))
        with unit_of_work(self.engine) as session:
            staff = self.everybody(session)
            for login, weeks in away.items():
                for first, last, deputy in weeks:
                    if deputy and last >= clock.local_day(self.now):
                        people.arrange_stand_in(
                            session, staff["admin"], staff[login], staff[deputy], first_day=first, last_day=last,
                            now=self.now,
                        )  # fmt: skip
        return away

    def everybody(self, session: Session) -> dict[str, Staff]:
        """The staff as ``Centre`` takes them, each read when asked for."""
        return cast(
            "dict[str, Staff]", Everybody(session, {one.login: one.id for one in self.people.values()})
        )

    def is_away(self, login: str) -> bool:
        today = clock.local_day(self.now)
        return any(first <= today <= last for first, last, _ in self.away.get(login, ()))

    def deputies_of(self, login: str) -> list[str]:
        today = clock.local_day(self.now)
        return [
            deputy
            for first, last, deputy in self.away.get(login, ())
            if deputy and first <= today <= last and not self.is_away(deputy)
        ]

    def able(self, act: str, department_id: int, holder: str = "") -> list[str]:
        """Who is at work today and may do this act there; for a task somebody holds, they or who stands in."""
        right = RIGHTS[act]
        may = [
            one.login
            for one in self.people.values()
            if one.roles & right.roles and (right.department == "any" or one.department_id == department_id)
        ]
        if holder:
            may = [holder]
        return [one for one in may if not self.is_away(one)] or [
            deputy for one in may for deputy in self.deputies_of(one)
        ]

    def applicant(self, item: str) -> Somebody:
        if item == "elderly_home_care":
            return next(self.elders)
        return next(self.builders if item == "construction_permit" else self.shops)

    # --- when

    def renew_days(self) -> None:
        """Read the calendar in force."""
        with database.reading_session(self.engine) as session:
            self.days: Days = days_of(session)

    def office(self, days: float, random: Random, since: datetime | None = None) -> datetime:
        """A minute of office hours about so many working days from now (or ``since``)."""
        since = since or self.now
        day = self.days.after(clock.local_day(since), int(days))
        minute = random.randrange(WORKED_MINUTES)
        when = _minute_of(day, minute)
        if when <= since:
            when = _minute_of(self.days.after(clock.local_day(since), 1), minute)
        return when

    def plan(self, at: datetime, act: Callable[..., None], *arguments: Any, tries: int = 0) -> None:
        self.orders += 1
        heapq.heappush(self.events, Event(max(at, self.now), self.orders, act, arguments, tries))

    def plan_once(self, what: str, number: int) -> bool:
        """Whether this is the first time that somebody plans for that row."""
        new = (what, number) not in self.planned
        self.planned.add((what, number))
        return new

    # --- living

    def run(self) -> None:
        """Live until nobody plans anything and no timer waits."""
        self.habits.arrivals(self)
        while (following := min(self._next_timer(), self._next_event())) != NEVER:
            assert following >= self.now, "the clock never goes back"
            self.now = following
            if self._next_timer() <= self.now:
                self.sweep()
            else:
                self._act(heapq.heappop(self.events))

    def _next_event(self) -> datetime:
        return self.events[0].at if self.events else NEVER

    def _next_timer(self) -> datetime:
        with database.reading_session(self.engine) as session:
            first = session.scalar(select(func.min(Timer.due)).where(Timer.state == "waiting"))
        return max(first, self.now) if first else NEVER

    def _act(self, event: Event) -> None:
        """One act in one transaction, whole or refused; what is not possible yet is tried another day."""
        touched: set[int] = set()
        try:
            with unit_of_work(self.engine, self.now) as session:
                centre = Centre(session, self.everybody(session), self.now)
                event.act(self, centre, *event.arguments)
                touched = set(session.info.get("locked_cases", ()))
            self.acts[event.act.__name__] += 1
        except NotToday as later:
            self._try_again(event, str(later))
        except DomainError as refusal:
            if type(refusal).__name__ not in self.habits.MAY_BE_REFUSED:
                raise
            self._try_again(event, type(refusal).__name__)
        self.look(touched)

    def _try_again(self, event: Event, why: str) -> None:
        self.refusals[why] += 1
        assert event.tries < MOST_TRIES, (event.act.__name__, event.arguments, why)
        again = self.office(1, Random(f"{self.year.seed}:{event.order}:{event.tries}"))
        self.plan(again, event.act, *event.arguments, tries=event.tries + 1)

    def sweep(self) -> None:
        """Fire what is due now through the job, and see what did."""
        while due := self._due():
            case_ids = {case_id for _, case_id in due}
            before = self._done_now(case_ids)
            count = timer_job.fire_due(self.engine, lambda: self.now)
            after = self._done_now(case_ids)
            self.checks.swept(self, [timer_id for timer_id, _ in due], count, before, after)
            self.fired += [fired for key, fired in after.items() if key not in before]
            self.sweeps += 1
            self.look(case_ids)

    def _due(self) -> list[tuple[int, int]]:
        with database.reading_session(self.engine) as session:
            return timers.due(session, self.now, timer_job.BATCH)

    def _done_now(self, case_ids: set[int]) -> dict[tuple[str, str], Fired]:
        with database.reading_session(self.engine) as session:
            rows = session.scalars(
                select(Timer).where(Timer.case_id.in_(case_ids), Timer.done_at == self.now)
            )
            return {
                (row.key, row.result): Fired(row.kind, row.case_id, row.subject_id, self.now, row.result)
                for row in rows
            }

    # --- seeing what is to be done

    def look(self, case_ids: set[int]) -> None:
        """After every transaction: note the dates of open tasks, plan what nobody has planned yet."""
        if not case_ids:
            return
        with database.reading_session(self.engine) as session:
            for case_id in sorted(case_ids):
                self._look_at(session, case_id)

    def _look_at(self, session: Session, case_id: int) -> None:
        query = (
            select(Task)
            .where(Task.case_id == case_id, Task.state == TaskState.OPEN)
            .options(joinedload(Task.part))
        )
        for task in session.scalars(query.order_by(Task.id)):
            seen = self.dates.setdefault(task.id, [])
            here = (task.promised_due, task.yellow_at, task.paused)
            if not seen or here != (seen[-1].promised_due, seen[-1].yellow_at, seen[-1].paused):
                seen.append(Dates(self.now, *here))
                self.checks.dated(self, task)
            if self.plan_once("task", task.id):
                self.habits.plan_task(self, task)
        for procedure in session.scalars(
            select(SpecialProcedure).where(
                SpecialProcedure.case_id == case_id, SpecialProcedure.state == "running"
            )
        ):
            if procedure.kind != "hearing" and self.plan_once("procedure", procedure.id):
                self.habits.plan_procedure(self, procedure)
        for order in session.scalars(select(SupervisoryOrder).where(SupervisoryOrder.case_id == case_id)):
            if self.plan_once("order", order.id):
                self.habits.plan_order(self, order)

    def open_case_ids(self, session: Session) -> list[int]:
        """Cases under way."""
        states = (CaseState.DRAFT, CaseState.ENDED)
        return list(session.scalars(select(Case.id).where(Case.state.not_in(states)).order_by(Case.id)))


class NotToday(Exception):
    """Nobody who could do it is there, or what it waits for has not come."""


def _minute_of(day: date, minute: int) -> datetime:
    return (datetime.combine(day, OPENS, SHANGHAI) + timedelta(minutes=minute)).astimezone(UTC)


def days_of(session: Session) -> Days:
    """The calendar in force, as two questions about a single day."""
    return _days(calendars.current(session))


@cache
def _days(calendar: Any) -> Days:
    return Days(cache(calendar.is_working_day), lambda day: not calendar.is_provisional(day))


def act_and_department(task: Task) -> tuple[str, int]:
    """What the authority table asks of whoever does this task."""
    return tasks.act_of(task), task.department_id


def part_of(task: Task) -> CasePart:
    assert task.part is not None
    return task.part
