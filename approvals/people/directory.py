"""Finding people: what the administrator's list and its selections read."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from ..errors import NotFound
from ..tables import Department, Staff, StaffRole

PAGE_SIZE = 25


@dataclass(frozen=True)
class StaffPage:
    """One page of a list, and whether there is another."""

    people: Sequence[Staff]
    more: bool


def find_staff(
    session: Session, words: str = "", *, department_id: int | None = None, active: bool = True, page: int = 1
) -> StaffPage:
    """Staff whose name or login contains ``words``, by department and login; pages count from 1."""
    query = select(Staff).options(joinedload(Staff.department), selectinload(Staff.roles))
    query = query.join(Department, Department.id == Staff.department_id).where(Staff.active.is_(active))
    if words.strip():
        sought = words.strip().lower()
        query = query.where(
            or_(
                Staff.name.contains(words.strip(), autoescape=True),
                func.lower(Staff.login).contains(sought, autoescape=True),
            )
        )
    if department_id is not None:
        query = query.where(Staff.department_id == department_id)
    start = (max(page, 1) - 1) * PAGE_SIZE
    found = session.scalars(
        query.order_by(Department.code, Staff.login).offset(start).limit(PAGE_SIZE + 1)
    ).all()
    return StaffPage(found[:PAGE_SIZE], len(found) > PAGE_SIZE)


def get_staff(session: Session, staff_id: int, *, lock: bool = False) -> Staff:
    """One member of staff, locked where it is to be changed; raises ``NotFound``."""
    staff = session.get(Staff, staff_id, with_for_update={"of": Staff} if lock else None)
    if staff is None:
        raise NotFound
    return staff


def colleagues(session: Session, staff: Staff) -> Sequence[Staff]:
    """Active staff of the same department, without the person: who can stand in or take over."""
    return session.scalars(
        select(Staff)
        .where(Staff.department_id == staff.department_id, Staff.active, Staff.id != staff.id)
        .order_by(Staff.login)
    ).all()


def holders_of(session: Session, role: str, department_id: int | None = None) -> Sequence[Staff]:
    """Active staff who hold this post, in one department or in all."""
    posts = select(StaffRole.staff_id).where(StaffRole.role == role)
    query = select(Staff).where(Staff.active, Staff.id.in_(posts)).order_by(Staff.id)
    if department_id is not None:
        query = query.where(Staff.department_id == department_id)
    return session.scalars(query).all()


def all_departments(session: Session) -> Sequence[Department]:
    """All departments by code."""
    return session.scalars(select(Department).order_by(Department.code)).all()


def get_department(session: Session, department_id: int) -> Department:
    """One department; raises ``NotFound``."""
    department = session.get(Department, department_id)
    if department is None:
        raise NotFound
    return department
