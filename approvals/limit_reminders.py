"""Reminders of a task's limit: before yellow, at yellow and at red, each once for each date.

One timer a task: it knows in ``result`` which stage was told last and waits for the next.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import clock, notices, people
from .calendar import TICK, WorkingCalendar, start_of
from .tables import Staff, Task, Timer
from .terms import Role

STAGES = ("soon", "yellow", "red")
NOT_THE_CENTRES = ("answer_correction", "rectify")
"""Steps in which the applicant has the next word; other timers warn of their end."""


def instants(task: Task, calendar: WorkingCalendar) -> tuple[datetime, datetime, datetime] | None:
    """When each stage is told (UTC): from the last working day before that of yellow, at yellow, when red begins."""
    if task.promised_due is None or task.paused or task.step in NOT_THE_CENTRES:
        return None
    red = task.promised_due + TICK
    yellow = min(task.yellow_at or start_of(clock.local_day(task.promised_due)), red)
    return start_of(_working_day_before(clock.local_day(yellow), calendar)), yellow, red


def _working_day_before(day: date, calendar: WorkingCalendar) -> date:
    before = day - timedelta(days=1)
    return before if calendar.is_working_day(before) else _working_day_before(before, calendar)


def next_due(task: Task, told: str, calendar: WorkingCalendar) -> datetime | None:
    """When the stage after ``told`` is told; ``None`` after the last, or where nothing runs."""
    when = instants(task, calendar)
    following = _rank(told)
    return when[following] if when is not None and following < len(STAGES) else None


def stage_at(task: Task, now: datetime, calendar: WorkingCalendar) -> str:
    """The stage reached at ``now``; empty before the first."""
    when = instants(task, calendar)
    reached = [stage for stage, at in zip(STAGES, when or (), strict=False) if at <= now]
    return reached[-1] if reached else ""


def forget_what_moved(
    session: Session, rows: Mapping[str, Timer], now: datetime, calendar: WorkingCalendar
) -> None:
    """A date that was put off is told anew: what was told beyond the stage of today no longer holds."""
    lamps = {row.subject_id: row for row in rows.values() if row.kind == "lamp" and row.result}
    if not lamps:
        return
    for task in session.scalars(select(Task).where(Task.id.in_(lamps))):
        row, stage = lamps[task.id], stage_at(task, now, calendar)
        if not task.paused and _rank(row.result) > _rank(stage):
            row.result = stage


def tell(session: Session, task: Task, told: str, calendar: WorkingCalendar, now: datetime) -> str:
    """Tell officer, head and supervisor the stage reached, the highest only where several passed at once.

    Returns the stage told last.
    """
    when, stage = instants(task, calendar), stage_at(task, now, calendar)
    if when is None or _rank(stage) <= _rank(told):
        return told
    notices.to_staff(
        session, task.case, recipients(session, task), stage, now, task,
        yellow=_minute(when[1]), due=_minute(when[2] - TICK),
    )  # fmt: skip
    return stage


def recipients(session: Session, task: Task) -> list[Staff]:
    """Whoever holds the task (or all who could), the heads of its department, supervision."""
    officers = [task.holder] if task.holder is not None else _could(session, task)
    return [*officers, *in_charge(session, task.department_id)]


def in_charge(session: Session, department_id: int) -> list[Staff]:
    """The heads of a department, and supervision."""
    return [
        *people.holders_of(session, Role.HEAD, department_id),
        *people.holders_of(session, Role.SUPERVISOR),
    ]


def _could(session: Session, task: Task) -> list[Staff]:
    """Those of the department with the post for it; at the window the clerk who took the case."""
    if task.role == Role.WINDOW_CLERK:
        return [task.case.clerk]
    return list(people.holders_of(session, Role(task.role), task.department_id))


def _rank(stage: str) -> int:
    return STAGES.index(stage) + 1 if stage in STAGES else 0


def _minute(at: datetime) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M}"
