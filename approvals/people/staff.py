"""Staff: accounts, posts, stand-ins (AB 岗), leaving. Every verb is the administrator's and is journalled."""

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import authority, journal
from ..errors import DomainError, Forbidden, Invalid
from ..messages import N_
from ..tables import Department, Staff, StaffRole
from ..terms import Role
from . import passwords
from .signing_in import end_sign_ins

LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,38}")


class LastAdministrator(DomainError):
    """Without an administrator nobody could ever make one."""

    message = N_("这是最后一名系统管理员，请先指定另一名系统管理员。")
    status = 409


def first_administrator(
    session: Session, login: str, name: str, department: Department, *, password: str = "", now: datetime
) -> tuple[Staff, str]:
    """The account a new centre begins with; refused once there is an administrator."""
    if _administrators(session):
        raise Forbidden(act=authority.RIGHTS["administer"].label)
    staff, secret = _new(session, login, name, department, [Role.ADMINISTRATOR], password)
    journal.write(session, "first_administrator", now=now, after={"login": staff.login})
    return staff, secret


def create_staff(
    session: Session,
    by: Staff,
    *,
    login: str,
    name: str,
    department: Department,
    roles: Iterable[str],
    now: datetime,
    mandate: str = "",
    window: str = "",
    officer_number: str = "",
    password: str = "",
) -> tuple[Staff, str]:
    """Make an account; returns it with its password, to be shown once.

    Without ``password`` a temporary one is made, to be changed at the first sign-in. ``mandate`` is the
    written delegation of a government head's delegate. Raises ``Forbidden`` or ``Invalid`` by field.
    """
    authority.require(by, "administer")
    staff, secret = _new(session, login, name, department, roles, password, mandate)
    staff.window, staff.officer_number = window.strip(), officer_number.strip()
    journal.write(session, "create_staff", now=now, staff=by, after=_summary(staff))
    return staff, secret


def edit_staff(
    session: Session, by: Staff, staff: Staff, *, name: str, window: str, officer_number: str, now: datetime
) -> None:
    """Correct name, window and law-enforcement number (执法证号)."""
    authority.require(by, "administer")
    if not name.strip():
        raise Invalid({"name": (N_("请填写姓名。"), {})})
    before = _summary(staff)
    staff.name, staff.window, staff.officer_number = name.strip(), window.strip(), officer_number.strip()
    _journal_change(session, by, staff, "edit_staff", before, now)


def change_roles(
    session: Session, by: Staff, staff: Staff, roles: Iterable[str], *, mandate: str = "", now: datetime
) -> None:
    """Give exactly these posts. Raises ``LastAdministrator``, ``Invalid``, ``Forbidden``."""
    authority.require(by, "administer")
    wanted = _known_roles(roles, mandate)
    if Role.ADMINISTRATOR not in wanted:
        keep_an_administrator(session, staff)
    before = _summary(staff)
    staff.roles = [held for held in staff.roles if held.role in wanted]
    kept = {held.role for held in staff.roles}
    staff.roles.extend(StaffRole(role=role) for role in wanted if role not in kept)
    for held in staff.roles:
        held.mandate = mandate.strip() if held.role == Role.GOVERNMENT_HEAD else ""
    session.flush()
    _journal_change(session, by, staff, "change_roles", before, now)


def reset_password(session: Session, by: Staff, staff: Staff, *, now: datetime) -> str:
    """A temporary password, to be shown once; ends the person's sessions and any lock."""
    authority.require(by, "administer")
    temporary = passwords.new_temporary_password()
    staff.password_hash = passwords.hashed(temporary)
    staff.must_change_password = True
    staff.failures, staff.locked_until = 0, None
    end_sign_ins(session, staff, now=now)
    journal.write(session, "reset_password", now=now, staff=by, after={"login": staff.login})
    return temporary


def _new(
    session: Session,
    login: str,
    name: str,
    department: Department,
    roles: Iterable[str],
    password: str,
    mandate: str = "",
) -> tuple[Staff, str]:
    login = login.strip().lower()
    if not LOGIN.fullmatch(login):
        raise Invalid(
            {"login": (N_("登录名由小写字母、数字和 . _ - 组成，以字母开头，2 至 39 个字符。"), {})}
        )
    if session.scalar(select(Staff.id).where(Staff.login == login)) is not None:
        raise Invalid({"login": (N_("登录名“%(login)s”已有人使用。"), {"login": login})})
    if not name.strip():
        raise Invalid({"name": (N_("请填写姓名。"), {})})
    wanted = _known_roles(roles, mandate)
    secret = password or passwords.new_temporary_password()
    staff = Staff(
        login=login,
        name=name.strip(),
        department_id=department.id,
        department=department,
        password_hash=passwords.hashed(secret),
        must_change_password=not password,
        failures=0,
        active=True,
        roles=[
            StaffRole(role=role, mandate=mandate if role == Role.GOVERNMENT_HEAD else "") for role in wanted
        ],
    )
    session.add(staff)
    session.flush()
    return staff, secret


def _known_roles(roles: Iterable[str], mandate: str) -> list[str]:
    wanted = set(roles)
    if not wanted or not wanted <= set(Role):
        raise Invalid({"roles": (N_("请至少选择一个岗位。"), {})})
    if Role.GOVERNMENT_HEAD in wanted and not mandate.strip():
        raise Invalid({"mandate": (N_("请写明任命或书面委托的文号。"), {})})
    return [role for role in Role if role in wanted]


def _administrators(session: Session) -> set[int]:
    return set(
        session.scalars(
            select(Staff.id)
            .join(StaffRole, StaffRole.staff_id == Staff.id)
            .where(StaffRole.role == Role.ADMINISTRATOR, Staff.active)
        )
    )


def _summary(staff: Staff) -> dict[str, str]:
    return {
        "login": staff.login,
        "name": staff.name,
        "window": staff.window or "",
        "officer_number": staff.officer_number or "",
        "roles": " ".join(sorted(held.role for held in staff.roles)),
    }


def _journal_change(
    session: Session, by: Staff, staff: Staff, act: str, before: dict[str, str], now: datetime
) -> None:
    after = _summary(staff)
    if after != before:
        journal.write(session, act, now=now, staff=by, before=before, after=after)


def keep_an_administrator(session: Session, staff: Staff) -> None:
    """Raise ``LastAdministrator`` where ``staff`` is the only one.

    Counted under a lock on all administrators, so that two cannot remove each other at once.
    """
    session.execute(
        select(StaffRole.staff_id)
        .where(StaffRole.role == Role.ADMINISTRATOR)
        .order_by(StaffRole.staff_id)
        .with_for_update()
    )
    if _administrators(session) == {staff.id}:
        raise LastAdministrator
