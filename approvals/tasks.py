"""Tasks: open, claim, unclaim, transfer, finish, cancel; the second click is told who was first."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import authority, clock, hearing_chair, journal, ledger
from .errors import DomainError, NotFound, StaleTask
from .limits import Limit
from .messages import N_
from .tables import Case, CasePart, Staff, Task
from .terms import Role, TaskState


class TaskHeld(DomainError):
    """A colleague holds the task."""

    message = N_("这项待办由%(who)s办理中。需要接手，请让其释放或转给您。")
    status = 409


class NotAColleague(DomainError):
    """A task is transferred inside the department, to somebody with the role for it."""

    message = N_("只能转给本部门在岗且有此岗位的同事。")
    status = 422


def lock_case(session: Session, case_id: int) -> Case:
    """Lock the case's row, then read it afresh; raises ``NotFound``.

    Everything read before the lock may be stale, so it is read again on next use.
    """
    session.flush()
    found = session.execute(select(Case.id).where(Case.id == case_id).with_for_update()).scalar()
    if found is None:
        raise NotFound
    session.expire_all()
    session.info.setdefault("locked_cases", set()).add(
        case_id
    )  # its timers are brought up to date at the end
    return session.get_one(Case, case_id)


def open_task(
    session: Session,
    case: Case,
    *,
    step: str,
    name: str,
    role: Role,
    now: datetime,
    part: CasePart | None = None,
    department_id: int | None = None,
    instance_id: int | None = None,
    engine_task: str | None = None,
    due: datetime | None = None,
    limit: Limit | None = None,
) -> Task:
    """Put one task into a department's queue.

    It is due with its part or case; ``limit`` is the step's own of the diagram, counted from now; ``due`` is a
    day told in writing, that no clock moves.
    """
    task = Task(
        case_id=case.id,
        part_id=part.id if part else None,
        instance_id=instance_id,
        engine_task=engine_task,
        step=step,
        name=name,
        role=role,
        department_id=department_id or (part.department_id if part else case.department_id),
        opened_at=now,
        promised_due=due,
        limit={} if due else None,
    )
    task.case, task.part = case, part
    session.add(task)
    if due is None:
        ledger.begin_task(session, task, limit)
    session.flush()
    return task


def take(
    session: Session, task_id: int, version: int | None, staff: Staff, now: datetime, *steps: str
) -> Task:
    """Lock the task's case and make sure ``staff`` may do this task now; claim it if nobody has.

    ``version`` is what the person's page showed (``None``: not checked); ``steps`` are the steps the
    caller can do (none: any). Raises ``NotFound``, ``StaleTask``, ``Forbidden``, ``TaskHeld``, and near a hearing
    ``ChairApart`` or ``ChairOnly``.
    """
    task = _locked(session, task_id)
    if steps and task.step not in steps:
        raise NotFound
    if task.state != TaskState.OPEN or (version is not None and version != task.version):
        refuse_stale(task, now)
    authority.acting_for(session, staff, act_of(task), task.department_id, now)
    if task.holder_id not in (None, staff.id):
        _require_stand_in(session, task, staff, now)
    hearing_chair.require_for(session, task, staff, now)
    if task.holder_id is None:
        task.holder_id = staff.id
    return task


def _locked(session: Session, task_id: int) -> Task:
    case_id = session.execute(select(Task.case_id).where(Task.id == task_id)).scalar()
    if case_id is None:
        raise NotFound
    lock_case(session, case_id)
    return session.get_one(Task, task_id)


def _require_stand_in(session: Session, task: Task, staff: Staff, now: datetime) -> None:
    holders = {colleague.id for colleague in authority.stands_in_for(session, staff, now)}
    if task.holder_id not in holders:
        raise TaskHeld(who=task.holder.name if task.holder else "")


def refuse_stale(task: Task, now: datetime) -> None:
    """Raise ``StaleTask``, saying who did what and when."""
    who = task.done_by.name if task.done_by else journal.SYSTEM
    when = clock.local(task.done_at or now).strftime("%Y-%m-%d %H:%M")
    raise StaleTask(who=who, when=when, what=task.name)


def claim(session: Session, task_id: int, staff: Staff, now: datetime) -> Task:
    """Take an unclaimed task of one's department; the second claimant is told who was first."""
    task = take(session, task_id, None, staff, now)
    task.version += 1
    journal.write(
        session, "claim", now=now, staff=staff, case=task.case, part=task.part, after={"step": task.step}
    )
    return task


def unclaim(session: Session, task_id: int, staff: Staff, now: datetime) -> Task:
    """Put a task back into the department's queue."""
    task = take(session, task_id, None, staff, now)
    task.holder_id = None
    task.version += 1
    journal.write(
        session, "unclaim", now=now, staff=staff, case=task.case, part=task.part, after={"step": task.step}
    )
    return task


def transfer(session: Session, task_id: int, staff: Staff, colleague: Staff, now: datetime) -> Task:
    """Give a task to a colleague of the department; its head may transfer anybody's.

    Raises ``NotAColleague``, and what ``hearing_chair.hand_over`` raises: with a hearing goes its chair.
    """
    task = _locked(session, task_id)
    if task.state != TaskState.OPEN:
        refuse_stale(task, now)
    act = act_of(task)
    if not authority.may(staff, "hand_over_tasks", task.department_id):
        authority.acting_for(session, staff, act, task.department_id, now)
        if task.holder_id not in (None, staff.id):
            _require_stand_in(session, task, staff, now)
        hearing_chair.require_of_chair(session, task, staff, now)
    if not authority.may(colleague, act, task.department_id):
        raise NotAColleague
    hearing_chair.hand_over(session, task, staff, colleague, now)
    before = task.holder.name if task.holder else ""
    task.holder_id = colleague.id
    task.version += 1
    journal.write(
        session, "transfer", now=now, staff=staff, case=task.case, part=task.part,
        before={"holder": before}, after={"holder": colleague.name, "step": task.step},
    )  # fmt: skip
    return task


def finish(task: Task, staff: Staff | None, result: str, now: datetime) -> None:
    """Mark a task done by ``staff`` (``None``: by the applicant)."""
    task.state = TaskState.DONE
    task.done_at = now
    task.done_by_id = staff.id if staff else None
    task.result = result
    task.version += 1


def cancel(task: Task, now: datetime, result: str = "") -> None:
    """Close a task nobody will do."""
    task.state = TaskState.CANCELLED
    task.done_at = now
    task.result = result
    task.version += 1


def open_tasks(session: Session, case_id: int, step: str | None = None) -> list[Task]:
    """The open tasks of a case, oldest first."""
    query = select(Task).where(Task.case_id == case_id, Task.state == TaskState.OPEN).order_by(Task.id)
    if step is not None:
        query = query.where(Task.step == step)
    return list(session.scalars(query))


ACTS = {
    ("issue", Role.LEAD_OFFICER): "issue_joint",
    ("issue_parts", Role.LEAD_OFFICER): "issue_joint",
    ("deliver_parts", Role.WINDOW_CLERK): "deliver",
    ("deliver_refusal", Role.WINDOW_CLERK): "deliver",
    ("issue_correction", Role.LEAD_OFFICER): "issue_correction_as_lead",
    ("hear_statement", Role.WINDOW_CLERK): "hear_statement_at_window",
    ("notify_commitment", Role.WINDOW_CLERK): "commit",
    ("rectify", Role.OFFICER): "take_rectification",
    ("approve_extension", Role.GOVERNMENT_HEAD): "approve_extension_of_case",
}
"""Steps whose act in the authority table bears another name than the step."""


def act_of(task: Task) -> str:
    """The act of the authority table that does this task."""
    return ACTS.get((task.step, Role(task.role)), task.step)
