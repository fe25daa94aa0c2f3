"""Puts a step of a process, or one beside it, into a department's queue, with the day it is due."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import calendars, corrections, proceeding_rules, tasks
from approvals.calendar import end_of
from approvals.hearing_rules import PROCEEDING_STEPS
from approvals.messages import N_
from approvals.tables import Case, CasePart, Commitment, ProcessInstance, Task
from approvals.terms import Role

from . import store, verification_flow
from .engine import OpenStep
from .lanes import LANES
from .step_table import STEPS

COMMITMENT = "commitment"
ASIDE = {
    "issue_correction": N_("合并补正要求"),
    "answer_correction": N_("等待申请人补正"),
    "approve_extension": N_("批准延期"),
    "approve_procedure": N_("批准特别程序"),
}
"""Names of the tasks that stand beside the process."""


def open_aside(session: Session, case: Case, step: str, now: datetime) -> Task:
    """A task beside the process: a request for correction after acceptance, and its answer."""
    joint = case.item.kind == "joint"
    role = Role.LEAD_OFFICER if joint and step == "issue_correction" else Role.WINDOW_CLERK
    due = _answer_by(session, case, step)
    return tasks.open_task(session, case, step=step, name=ASIDE[step], role=role, due=due, now=now)


def open_step(session: Session, case: Case, instance: ProcessInstance, step: OpenStep, now: datetime) -> None:
    """A step of a process has become open; the case is now where the step table says, if it follows this process."""
    role = LANES.get(step.lane or "", "")
    part = session.get(CasePart, instance.part_id) if instance.part_id else _only_part(case, step.step)
    verification = verification_flow.of_instance(session, instance)
    tasks.open_task(
        session,
        case,
        step=step.step,
        name=step.name,
        role=Role.WINDOW_CLERK if role == "applicant" else Role(role),
        part=part,
        department_id=verification.department_id if verification else None,
        instance_id=instance.id,
        engine_task=step.engine_task,
        due=_due(session, case, instance, step.step),
        limit=store.limit_of(session, instance, step.step),
        now=now,
    )
    if verification is not None:
        verification_flow.set_dates(session, verification, calendars.current(session))
    state = STEPS[step.step].state
    if state is not None and not (instance.process == COMMITMENT and instance.part_id):
        case.state = state  # a joint case stands where its lead is, not where one committed part is


def _due(session: Session, case: Case, instance: ProcessInstance, step: str) -> datetime | None:
    """The day told in writing, where there is one; else the task is due with its part or case."""
    verification = verification_flow.of_instance(session, instance)
    if verification is not None:
        return verification_flow.due(verification, step)
    if step in PROCEEDING_STEPS:
        return proceeding_rules.due(session, instance.part_id, step)
    if step == "commit":
        return _sign_by(session, case, instance)
    return _answer_by(session, case, step)


def _sign_by(session: Session, case: Case, instance: ProcessInstance) -> datetime | None:
    """The commitment is awaited until the day its notice names."""
    part_id = instance.part_id or case.parts[0].id
    return session.scalar(select(Commitment.sign_by).where(Commitment.part_id == part_id))


def _answer_by(session: Session, case: Case, step: str) -> datetime | None:
    """Waiting for the applicant is measured by the notice, not by the centre's own limits."""
    notice = corrections.open_correction(session, case.id) if step == "answer_correction" else None
    return end_of(notice.answer_by) if notice else None


def _only_part(case: Case, step: str) -> CasePart | None:
    return case.parts[0] if STEPS[step].of_part and len(case.parts) == 1 else None
