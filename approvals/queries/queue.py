"""The work queue: whose turn it is, what is due first. All counts come in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from ..tables import Applicant, Case, CasePart, Department, ServiceItem, Staff, StaffRole, Task
from ..terms import Role, TaskState
from .lamps import lamp_condition, task_lamp, urgency
from .orders import under_order

PAGE_SIZE = 25
MOST_COUNTED = 99
SORTS = ("due", "lamp", "opened", "number")
EVERYWHERE = (Role.WINDOW_CLERK.value, Role.GOVERNMENT_HEAD.value)
"""Posts that serve every department: the window, and the head of government or who has the mandate."""
TABS = ("mine", "unclaimed", "department", "waiting", "done")


@dataclass(frozen=True)
class Filters:
    """What the address of the page asks for; empty means everything."""

    step: str = ""
    lamp: str = ""
    text: str = ""
    sort: str = ""


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
    opened_at: datetime
    done_at: datetime | None
    under_order: bool


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
    wanted = [_of_tab(tab, staff, stood_in_for), *_filtered(filters, now)]
    if tab == "done" and not filters.sort:
        return _page(wanted, (Task.done_at.desc(), Task.id.desc()), number, session)
    return _page(wanted, order_of(filters.sort, now), number, session)


def listed(
    session: Session, wanted: Sequence[ColumnElement[bool]], filters: Filters, number: int, now: datetime
) -> QueuePage:
    """One page of the open tasks that meet these conditions, whoever's they are."""
    open_ = Task.state == TaskState.OPEN
    return _page([open_, *wanted, *_filtered(filters, now)], order_of(filters.sort, now), number, session)


def _page(
    wanted: Sequence[ColumnElement[bool]], order: Sequence[Any], number: int, session: Session
) -> QueuePage:
    start = (max(number, 1) - 1) * PAGE_SIZE
    query = _rows().where(*wanted).order_by(*order).offset(start).limit(PAGE_SIZE + 1)
    found = session.execute(query).all()
    return QueuePage([QueueRow(*row) for row in found[:PAGE_SIZE]], len(found) > PAGE_SIZE)


def order_of(sort: str, now: datetime) -> Sequence[Any]:
    """The order a list is asked for: one of ``SORTS``, with a minus in front the other way round."""
    due = (Task.promised_due.asc().nulls_last(), Task.id.asc())
    column = {"lamp": urgency(task_lamp(now)), "opened": Task.opened_at, "number": Case.number}.get(
        sort.lstrip("-")
    )
    if column is None:
        return (Task.promised_due.desc().nulls_last(), Task.id.desc()) if sort == "-due" else due
    return (column.desc() if sort.startswith("-") else column.asc(), *due)


def candidates(session: Session, task: Task) -> Sequence[Staff]:
    """Who in the task's department can take it over: active, with the post, not the holder."""
    home = Staff.department_id == task.department_id
    if task.role in EVERYWHERE:
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
        or_(Task.department_id == person.department_id, Task.role.in_(EVERYWHERE)),
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
        everywhere = Task.role.in_([role for role in EVERYWHERE if staff.has(role)])
        return and_(open_, or_(Task.department_id == staff.department_id, everywhere))
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
        conditions.append(lamp_condition(task_lamp(now), filters.lamp))
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
        "statutory_due": Task.statutory_due, "yellow_at": Task.yellow_at, "paused": Task.paused,
        "paused_left": Task.paused_left, "provisional": Task.provisional, "state": Task.state,
        "opened_at": Task.opened_at, "done_at": Task.done_at, "under_order": under_order(Task.case_id),
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
