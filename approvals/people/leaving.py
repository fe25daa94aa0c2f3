"""Absence and leaving: hand-over of open work, closed accounts, stand-ins (AB 岗)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import authority, clock, hearing_chair, journal
from ..errors import DomainError, Invalid
from ..messages import N_
from ..tables import Case, Staff, StandIn, Task
from ..terms import CaseState, Role, TaskState
from .signing_in import end_sign_ins
from .staff import keep_an_administrator, reset_password


class HandOverNeeded(DomainError):
    """A leaver's open work goes to a colleague, never into nowhere."""

    message = N_("%(name)s还有 %(tasks)s 件待办、%(drafts)s 份登记中的申请，请选择接手的同事。")
    status = 409


class CannotTakeOver(DomainError):
    """The successor must be able to do what is handed over."""

    message = N_("%(name)s不能接手：须是同一部门的在岗人员，并担任%(roles)s。")
    status = 409


@dataclass(frozen=True)
class OpenWork:
    """What stands on one person's desk: tasks held and drafts begun."""

    tasks: Sequence[Task]
    drafts: Sequence[Case]

    def __bool__(self) -> bool:
        return bool(self.tasks or self.drafts)

    @property
    def roles(self) -> set[str]:
        """The posts somebody needs to go on with it."""
        return {task.role for task in self.tasks} | ({Role.WINDOW_CLERK} if self.drafts else set())


def open_work(session: Session, staff: Staff, *, lock: bool = False) -> OpenWork:
    """The open tasks ``staff`` holds and the drafts begun; locked where they are to be handed over."""
    tasks = select(Task).where(Task.holder_id == staff.id, Task.state == TaskState.OPEN).order_by(Task.id)
    drafts = select(Case).where(Case.clerk_id == staff.id, Case.state == CaseState.DRAFT).order_by(Case.id)
    if lock:
        tasks, drafts = tasks.with_for_update(of=Task), drafts.with_for_update(of=Case)
    return OpenWork(session.scalars(tasks).all(), session.scalars(drafts).all())


def hand_over_tasks(session: Session, by: Staff, staff: Staff, successor: Staff, *, now: datetime) -> int:
    """The head of a department hands a person's open work to a colleague; returns how many things."""
    authority.require(by, "hand_over_tasks", staff.department_id)
    return _hand_over(session, by, staff, open_work(session, staff, lock=True), successor, now)


def deactivate(session: Session, by: Staff, staff: Staff, *, successor: Staff | None, now: datetime) -> int:
    """Close an account; open work goes to ``successor``. Returns how many things were handed over.

    Raises ``HandOverNeeded`` where there is open work and no successor, ``CannotTakeOver``,
    ``LastAdministrator``.
    """
    authority.require(by, "administer")
    keep_an_administrator(session, staff)
    work = open_work(session, staff, lock=True)
    if work and successor is None:
        raise HandOverNeeded(name=staff.name, tasks=len(work.tasks), drafts=len(work.drafts))
    moved = _hand_over(session, by, staff, work, successor, now) if work and successor else 0
    staff.active = False
    end_sign_ins(session, staff, now=now)
    for arrangement in _standing(session, staff):
        arrangement.ended_at = now
    journal.write(
        session, "deactivate_staff", now=now, staff=by, after={"login": staff.login, "handed_over": moved}
    )
    return moved


def reactivate(session: Session, by: Staff, staff: Staff, *, now: datetime) -> str:
    """Open a closed account again, with a temporary password that is returned to be shown once."""
    authority.require(by, "administer")
    staff.active = True
    journal.write(session, "reactivate_staff", now=now, staff=by, after={"login": staff.login})
    return reset_password(session, by, staff, now=now)


def arrange_stand_in(
    session: Session,
    by: Staff,
    staff: Staff,
    stand_in: Staff,
    *,
    first_day: date,
    last_day: date,
    now: datetime,
) -> StandIn:
    """``stand_in`` acts on the tasks of ``staff`` on these local days, both included (AB 岗)."""
    authority.require(by, "administer")
    if stand_in.id == staff.id or stand_in.department_id != staff.department_id:
        raise Invalid({"stand_in": (N_("请选择同一部门的另一位同事。"), {})})
    if not (staff.active and stand_in.active):
        raise Invalid({"stand_in": (N_("停用的人员不能代岗。"), {})})
    if last_day < first_day or last_day < clock.local_day(now):
        raise Invalid({"last_day": (N_("结束日期不能早于开始日期，也不能早于今天。"), {})})
    arrangement = StandIn(
        staff_id=staff.id,
        stand_in_id=stand_in.id,
        first_day=first_day,
        last_day=last_day,
        arranged_by_id=by.id,
    )
    session.add(arrangement)
    journal.write(
        session, "arrange_stand_in", now=now, staff=by, after=_days(staff, stand_in, first_day, last_day)
    )
    return arrangement


def end_stand_in(session: Session, by: Staff, arrangement: StandIn, *, now: datetime) -> None:
    """End an arrangement before its last day; ending it twice changes nothing."""
    authority.require(by, "administer")
    if arrangement.ended_at is not None:
        return
    arrangement.ended_at = now
    summary = _days(arrangement.staff, arrangement.stand_in, arrangement.first_day, arrangement.last_day)
    journal.write(session, "end_stand_in", now=now, staff=by, before=summary)


def stand_ins(session: Session, staff: Staff) -> Sequence[StandIn]:
    """Arrangements for or by ``staff`` that have not ended, the next first."""
    return _standing(session, staff)


def _hand_over(
    session: Session, by: Staff, staff: Staff, work: OpenWork, successor: Staff, now: datetime
) -> int:
    missing = [role for role in Role if role in work.roles and not successor.has(role)]
    other_place = successor.department_id != staff.department_id
    if missing or other_place or not successor.active or successor.id == staff.id:
        raise CannotTakeOver(name=successor.name, roles=missing or sorted(Role(role) for role in work.roles))
    for task in work.tasks:
        hearing_chair.hand_over(session, task, by, successor, now)
        task.holder_id = successor.id
        task.version += 1
    for case in work.drafts:
        case.clerk_id = successor.id
        case.version += 1
    moved = len(work.tasks) + len(work.drafts)
    journal.write(
        session,
        "handed_over",
        now=now,
        staff=by,
        before={"holder": staff.login},
        after={"holder": successor.login, "tasks": len(work.tasks), "drafts": len(work.drafts)},
    )
    return moved


def _standing(session: Session, staff: Staff) -> Sequence[StandIn]:
    return session.scalars(
        select(StandIn)
        .where(StandIn.ended_at.is_(None), (StandIn.staff_id == staff.id) | (StandIn.stand_in_id == staff.id))
        .order_by(StandIn.first_day)
    ).all()


def _days(staff: Staff, stand_in: Staff, first_day: date, last_day: date) -> dict[str, str]:
    return {
        "staff": staff.login,
        "stand_in": stand_in.login,
        "first_day": first_day.isoformat(),
        "last_day": last_day.isoformat(),
    }
