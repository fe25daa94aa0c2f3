"""The work queue: whose turn it is, what is due first. All counts come in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from ..tables import Applicant, Case, CasePart, Department, ServiceItem, Staff, StaffRole, Task
from ..terms import Role, TaskState
from .lamps import lamp_column

PAGE_SIZE = 25
MOST_COUNTED = 99
TABS = ("mine", "unclaimed", "department", "waiting", "done")


@dataclass(frozen=True)
class Filters:
    """What the address of the page asks for; empty means everything."""

    step: str = ""
    lamp: str = ""
    text: str = ""


@dataclass(frozen=True)
class QueueRow:
    """One task as the list shows it; instants are UTC."""

    task_id: int
    case_id: int
    number: str
    item: dict[str, Any]
    applicant: str | None
    part: dict[str, Any] | None
    step: str
    name: str
    role: str
    department_id: int
    department: dict[str, Any]
    holder_id: int | None
    holder: str | None
    due: datetime | None
    statutory_due: datetime | None
    yellow_at: datetime | None
    paused: bool
    paused_left: int | None
    provisional: bool
    state: str
    done_at: datetime | None


@dataclass(frozen=True)
class QueuePage:
    """One page of rows, and whether there is another."""

    rows: Sequence[QueueRow]
    more: bool


def counts(session: Session, staff: Staff, stood_in_for: Sequence[Staff]) -> dict[str, int]:
    """How many tasks stand in each tab, in one statement; 100 stands for more than 99."""
    numbers = [_capped(tab, staff, stood_in_for) for tab in TABS]
    return dict(zip(TABS, session.execute(select(*numbers)).one(), strict=True))


def page(
    session: Session,
    staff: Staff,
    stood_in_for: Sequence[Staff],
    tab: str,
    filters: Filters,
    number: int,
    now: datetime,
) -> QueuePage:
    """One page (from 1) of a tab: what is due first, for ``done`` what was done last."""
    query = _rows().where(_of_tab(tab, staff, stood_in_for), *_filtered(filters, now))
    order = (
        (Task.done_at.desc(), Task.id.desc())
        if tab == "done"
        else (Task.promised_due.asc().nulls_last(), Task.id.asc())
    )
    start = (max(number, 1) - 1) * PAGE_SIZE
    found = session.execute(query.order_by(*order).offset(start).limit(PAGE_SIZE + 1)).all()
    return QueuePage([QueueRow(*row) for row in found[:PAGE_SIZE]], len(found) > PAGE_SIZE)


def candidates(session: Session, task: Task) -> Sequence[Staff]:
    """Who in the task's department can take it over: active, with the post, not the holder."""
    home = Staff.department_id == task.department_id
    if task.role == Role.WINDOW_CLERK:  # the window serves every department
        home = Staff.id.is_not(None)
    holds_post = select(StaffRole.staff_id).where(StaffRole.role == task.role)
    query = select(Staff).where(
        home, Staff.active, Staff.id.in_(holds_post), Staff.id != (task.holder_id or 0)
    )
    return session.scalars(query.order_by(Staff.login)).all()


def doable(people: Sequence[Staff]) -> ColumnElement[bool]:
    """Tasks that fit the posts of these people: in their own department, at the window in any."""
    return or_(false(), *(_fits(person) for person in people))


def _fits(person: Staff) -> ColumnElement[bool]:
    posts = [held.role for held in person.roles]
    return and_(
        Task.role.in_(posts),
        or_(Task.department_id == person.department_id, Task.role == Role.WINDOW_CLERK.value),
    )


def _capped(tab: str, staff: Staff, stood_in_for: Sequence[Staff]) -> Any:
    query = select(literal(1)).select_from(Task)
    if tab == "waiting":
        query = query.join(Case, Case.id == Task.case_id)
    limited = query.where(_of_tab(tab, staff, stood_in_for)).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(limited).scalar_subquery()


def _of_tab(tab: str, staff: Staff, stood_in_for: Sequence[Staff]) -> ColumnElement[bool]:
    people = [staff, *stood_in_for]
    open_ = Task.state == TaskState.OPEN
    if tab == "mine":
        return and_(open_, Task.holder_id.in_([person.id for person in people]))
    if tab == "unclaimed":
        return and_(open_, Task.holder_id.is_(None), doable(people))
    if tab == "department":
        at_window = Task.role == Role.WINDOW_CLERK.value if staff.has(Role.WINDOW_CLERK) else false()
        return and_(open_, or_(Task.department_id == staff.department_id, at_window))
    if tab == "waiting":
        return and_(open_, ~doable(people), _concerns(staff))
    return and_(Task.state == TaskState.DONE, Task.done_by_id == staff.id)


def _concerns(staff: Staff) -> ColumnElement[bool]:
    """Cases somebody waits for: handed in at their window, worked on by them, or led by them."""
    done = aliased(Task)
    worked_on = (
        select(done.id)
        .where(done.case_id == Task.case_id, done.done_by_id == staff.id, done.state == TaskState.DONE)
        .exists()
    )
    led = Case.department_id == staff.department_id if staff.has(Role.LEAD_OFFICER) else false()
    return or_(Case.clerk_id == staff.id, worked_on, led)


def _filtered(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.step:
        conditions.append(Task.step == filters.step)
    if filters.lamp:
        lamp = lamp_column(
            Task.promised_due, _of_subject("statutory_due"), Task.yellow_at, _of_subject("paused"), now
        )
        conditions.append(lamp == filters.lamp)
    if text := filters.text.strip():
        digits = "".join(text.split())
        conditions.append(
            or_(
                Case.number.contains(digits, autoescape=True),
                Applicant.name.contains(text, autoescape=True),
                Case.subject.contains(text, autoescape=True),
                ServiceItem.search_text.contains(text.lower(), autoescape=True),
            )
        )
    return conditions


def _rows() -> Select[Any]:
    holder = aliased(Staff)
    columns = {
        "task_id": Task.id, "case_id": Task.case_id, "number": Case.number, "item": ServiceItem.name,
        "applicant": Applicant.name, "part": CasePart.name, "step": Task.step, "name": Task.name,
        "role": Task.role, "department_id": Task.department_id, "department": Department.name,
        "holder_id": Task.holder_id, "holder": holder.name, "due": Task.promised_due,
        "statutory_due": _of_subject("statutory_due"), "yellow_at": Task.yellow_at,
        "paused": _of_subject("paused"), "paused_left": _of_subject("paused_left"),
        "provisional": _of_subject("provisional"), "state": Task.state, "done_at": Task.done_at,
    }  # fmt: skip
    return (
        select(*(columns[each.name] for each in fields(QueueRow)))
        .select_from(Task)
        .join(Case, Case.id == Task.case_id)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Department, Department.id == Task.department_id)
        .outerjoin(Applicant, Applicant.id == Case.applicant_id)
        .outerjoin(CasePart, CasePart.id == Task.part_id)
        .outerjoin(holder, holder.id == Task.holder_id)
    )


def _of_subject(name: str) -> Any:
    """The part's own date, or the case's where the task has no part or the part no clock."""
    return func.coalesce(getattr(CasePart, name), getattr(Case, name), type_=getattr(Case, name).type)
