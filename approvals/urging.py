"""Urging (催办): a word to whoever has an open task to do, kept with the case."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import authority, clock, journal, notices, people, tasks
from .calendar import WorkingCalendar
from .errors import DomainError, Forbidden, NotFound
from .messages import N_
from .tables import Case, Staff, Task, Urging
from .terms import Role, TaskState


class WordsRequired(DomainError):
    """An urging without a word."""

    message = N_("请写明催办的内容。")
    status = 422


class UrgedToday(DomainError):
    """Once a working day is enough."""

    message = N_("您今天已于%(when)s催办过这一步，同一工作日不重复催办。")
    status = 409


def may_urge(staff: Staff, case: Case, task: Task) -> bool:
    """Supervision, the lead, the case's clerk and the department's head; nobody urges himself."""
    if task.state != TaskState.OPEN or task.holder_id == staff.id:
        return False
    return (
        authority.may(staff, "urge")
        or authority.may(staff, "urge_own", task.department_id)
        or authority.may(staff, "urge_as_lead", case.department_id)
        or (case.clerk_id == staff.id and authority.may(staff, "urge_as_clerk"))
    )


def urge(
    session: Session, task_id: int, staff: Staff, words: str, now: datetime, calendar: WorkingCalendar
) -> Urging:
    """Remind whoever holds an open task, or all who could do it; once a working day by each person.

    Raises ``NotFound``, ``StaleTask``, ``Forbidden``, ``WordsRequired`` or ``UrgedToday``.
    """
    case_id = session.execute(select(Task.case_id).where(Task.id == task_id)).scalar()
    if case_id is None:
        raise NotFound
    case = tasks.lock_case(session, case_id)
    task = session.get_one(Task, task_id)
    if task.state != TaskState.OPEN:
        tasks.refuse_stale(task, now)
    if not may_urge(staff, case, task):
        raise Forbidden(act=N_("催办"))
    if not words.strip():
        raise WordsRequired
    _once_a_day(session, task, staff, now, calendar)
    urging = Urging(case_id=case.id, task_id=task.id, words=words.strip(), at=now, by_id=staff.id)
    session.add(urging)
    session.flush()
    reached = [task.holder] if task.holder else able(session, task)
    notices.to_staff(session, case, reached, "urged", now, task=task, who=staff.name, words=urging.words)
    journal.write(
        session, "urge", now=now, staff=staff, case=case, part=task.part,
        after={"step": task.step, "reasons": urging.words},
    )  # fmt: skip
    return urging


def _once_a_day(session: Session, task: Task, staff: Staff, now: datetime, calendar: WorkingCalendar) -> None:
    """A weekend counts with the working day after it."""
    query = select(Urging.at).where(Urging.task_id == task.id, Urging.by_id == staff.id)
    last = session.scalar(query.order_by(Urging.at.desc()).limit(1))
    if last is None:
        return
    days = [calendar.on_or_after(clock.local_day(instant)).day for instant in (last, now)]
    if days[0] == days[1]:
        raise UrgedToday(when=last)


def able(session: Session, task: Task) -> Sequence[Staff]:
    """All who could take an unclaimed task: its post in its department; at the window the clerk of the case."""
    if task.role != Role.WINDOW_CLERK:
        return people.holders_of(session, task.role, task.department_id)
    return [task.case.clerk] if task.case.clerk.active else people.holders_of(session, task.role)
