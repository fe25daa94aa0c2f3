"""The supervision board (电子监察): open tasks by department and lamp, joint cases in danger, the day so far.

Whatever its size the board takes six statements: the matrix with the departments' names, the figures of the day,
the joint cases in danger with their parts and their ledgers, and the orders that wait (``queries.orders``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from .. import authority, clock, critical_path, ledger_rows
from ..calendar import WorkingCalendar, start_of
from ..critical_path import CriticalPath
from ..tables import Case, Department, ServiceItem, Staff, Task
from ..terms import ACCEPTED_STATES, CaseState, ItemKind, Lamp, Role, TaskState
from .lamps import case_lamp, task_lamp, urgency
from .orders import OrderRow, waiting

MOST_IN_DANGER = 5
MOST_ORDERS = 4
HOURS = range(24)
RUNNING = tuple(state for state in CaseState if state not in (CaseState.DRAFT, CaseState.ENDED))
IN_DANGER = (Lamp.RED_ORDER, Lamp.RED, Lamp.YELLOW)
WINDOW = 0
"""Stands for the window where a department's id is asked for: its tasks are not the departments'."""


@dataclass(frozen=True)
class Row:
    """One department's open tasks by lamp, those of joint cases among them; ``earliest`` due of the running ones."""

    department_id: int
    name: Mapping[str, str] | None
    lamps: Mapping[str, int]
    joint: Mapping[str, int]
    earliest: datetime | None

    @property
    def total(self) -> int:
        """All its open tasks."""
        return sum(self.lamps.values())


@dataclass(frozen=True)
class Figures:
    """Counts of cases; ``accepted`` and ``ended`` are those of the local day by its hours."""

    open_cases: int
    ended_this_month: int
    in_time_this_month: int
    accepted: Sequence[int]
    ended: Sequence[int]


@dataclass(frozen=True)
class Danger:
    """A joint case past yellow, with its path."""

    case: Case
    path: CriticalPath


@dataclass(frozen=True)
class Board:
    """Everything the board shows."""

    rows: Sequence[Row]
    figures: Figures
    dangers: Sequence[Danger]
    orders: Sequence[OrderRow]
    orders_late: int
    orders_open: int
    lamps: Mapping[str, int] = field(default_factory=dict)
    joint: Mapping[str, int] = field(default_factory=dict)


def board(session: Session, staff: Staff, calendar: WorkingCalendar, now: datetime) -> Board:
    """The board as ``staff`` may see it: a head the own department, supervision and government all."""
    rows = matrix(session, staff, now)
    found = waiting(session, staff, MOST_ORDERS, now)
    return Board(
        rows=rows,
        figures=_figures(session, staff, now),
        dangers=dangers(session, staff, calendar, now),
        orders=found.rows,
        orders_open=found.open,
        orders_late=found.late,
        lamps={lamp.value: sum(row.lamps.get(lamp, 0) for row in rows) for lamp in Lamp},
        joint={lamp.value: sum(row.joint.get(lamp, 0) for row in rows) for lamp in Lamp},
    )


def matrix(session: Session, staff: Staff, now: datetime) -> list[Row]:
    """Departments down, lamps across, the window first; one statement."""
    counted = (
        _open_tasks(
            desk_column().label("desk"),
            task_lamp(now).label("lamp"),
            func.count().label("tasks"),
            func.sum(case((ServiceItem.kind == ItemKind.JOINT.value, 1), else_=0)).label("joint"),
            func.min(case((Task.paused.is_(False), Task.promised_due))).label("earliest"),
        )
        .where(seen_tasks(staff))
        .group_by("desk", "lamp")
        .subquery()
    )
    query = select(counted, Department.code, Department.name).outerjoin(
        Department, Department.id == counted.c.desk
    )
    found: dict[int, list[Any]] = {}
    for line in sorted(session.execute(query), key=lambda line: line.code or ""):
        found.setdefault(line.desk, []).append(line)
    return [_row(desk, lines) for desk, lines in found.items()]


def _row(desk: int, lines: Sequence[Any]) -> Row:
    earliest = [line.earliest for line in lines if line.earliest is not None]
    return Row(
        department_id=desk,
        name=lines[0].name,
        lamps={line.lamp: line.tasks for line in lines},
        joint={line.lamp: int(line.joint) for line in lines},
        earliest=min(earliest, default=None),
    )


def _open_tasks(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Task)
        .join(Case, Case.id == Task.case_id)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .where(Task.state == TaskState.OPEN)
    )


def desk_column() -> ColumnElement[int]:
    """Whose task it is on the board: a department's, or the window's (``WINDOW``) whatever it is counted under."""
    return case((Task.role == Role.WINDOW_CLERK.value, literal(WINDOW)), else_=Task.department_id)


def seen_tasks(staff: Staff) -> ColumnElement[bool]:
    """Which tasks the board counts for this person."""
    if authority.may(staff, "see_board"):
        return literal(value=True)
    return and_(Task.department_id == staff.department_id, Task.role != Role.WINDOW_CLERK.value)


def _figures(session: Session, staff: Staff, now: datetime) -> Figures:
    """The day by its hours and the month so far, in one statement."""
    visible = authority.visible_cases(staff)
    midnight = start_of(clock.local_day(now))
    month = start_of(clock.local_day(now).replace(day=1))
    decided = and_(Case.ended_at >= month, Case.decided_at.is_not(None), visible)
    in_time = and_(decided, Case.decided_at <= Case.promised_due)
    running = and_(Case.state.in_(RUNNING), visible)

    def number(condition: ColumnElement[bool]) -> Any:
        return select(func.count()).select_from(Case).where(condition).scalar_subquery()

    def within(column: Any, hour: int) -> Any:
        start = midnight + timedelta(hours=hour)
        return func.count().filter(column >= start, column < start + timedelta(hours=1))

    row = session.execute(
        select(
            number(running), number(decided), number(in_time),
            *(within(column, hour) for column in (Case.accepted_at, Case.ended_at) for hour in HOURS),
        ).where(or_(and_(Case.state.in_(ACCEPTED_STATES), Case.accepted_at >= midnight), Case.ended_at >= midnight), visible)
    ).one()  # fmt: skip
    hours = list(row[3:])
    return Figures(row[0], row[1], row[2], hours[: len(HOURS)], hours[len(HOURS) :])


def dangers(session: Session, staff: Staff, calendar: WorkingCalendar, now: datetime) -> list[Danger]:
    """The joint cases whose date is in danger, the most urgent first, each with its critical path."""
    lamp = case_lamp(now)
    cases = session.scalars(
        select(Case)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .where(
            ServiceItem.kind == ItemKind.JOINT.value,
            Case.state.in_(RUNNING),
            Case.decided_at.is_(None),
            authority.visible_cases(staff),
            lamp.in_([each.value for each in IN_DANGER]),
        )
        .options(joinedload(Case.applicant), joinedload(Case.department), selectinload(Case.parts))
        .order_by(urgency(lamp), Case.promised_due, Case.id)
        .limit(MOST_IN_DANGER)
    ).all()
    if not cases:
        return []
    lines = ledger_rows.of_cases(session, [each.id for each in cases])
    return [Danger(each, critical_path.path_of(each, lines[each.id], calendar, now)) for each in cases]


def departments(session: Session, staff: Staff, *, everybody: bool = False) -> Sequence[Department]:
    """The departments the board can show this person, by code; ``everybody``: all there are."""
    query = select(Department).order_by(Department.code)
    if not everybody and not authority.may(staff, "see_board"):
        query = query.where(Department.id == staff.department_id)
    return session.scalars(query).all()
