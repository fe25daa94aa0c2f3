"""A second correction notice before acceptance: supervision is asked, and lets single defects through."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import corrections, journal, notices, second_correction, tasks
from approvals.corrections import DefectInput
from approvals.tables import Case, Defect, Staff, StaffRole
from approvals.terms import Role

from .checking import raise_at_window


def ask_supervision(
    session: Session,
    task_id: int,
    version: int | None,
    clerk: Staff,
    now: datetime,
    extra: Sequence[DefectInput] = (),
) -> Case:
    """The clerk puts what a notice may not name any more before supervision; checking stays open.

    Raises ``NothingToCorrect`` where every defect may be told without being let through.
    """
    task = tasks.take(session, task_id, version, clerk, now, "check_materials")
    case = task.case
    raise_at_window(session, case, clerk, extra, now)
    waiting = corrections.waiting_defects(session, case.id)
    blocked = [
        defect
        for defect in second_correction.seen_before(session, case, waiting)
        if defect.let_through_by_id is None
    ]
    if not blocked:
        raise corrections.NothingToCorrect
    supervisors = session.scalars(
        select(Staff).join(StaffRole).where(StaffRole.role == Role.SUPERVISOR, Staff.active)
    ).unique()
    notices.to_staff(session, case, supervisors, "second_correction", now)
    journal.write(session, "ask_second_correction", now=now, staff=clerk, case=case,
                  ground=second_correction.GROUND, after={"defects": len(blocked)})  # fmt: skip
    return case


def let_through(
    session: Session, case_id: int, defect_id: int, staff: Staff, why: str, now: datetime
) -> Defect:
    """Supervision lets one defect be told; the clerk hears of it and sends the notice."""
    case = tasks.lock_case(session, case_id)
    defect = second_correction.let_through(session, case, defect_id, staff, why, now)
    notices.to_staff(
        session, case, [case.clerk], "let_through", now, problem=defect.problem, why=defect.let_through_why
    )
    return defect
