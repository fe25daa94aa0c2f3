"""In the departments: pre-check, review with its opinion, site visit, requests for correction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import (
    authority,
    clock,
    corrections,
    intake,
    joint_review,
    journal,
    notices,
    site_visits,
    tasks,
)
from approvals.corrections import DefectInput
from approvals.errors import NotFound, ReasonRequired, WrongState
from approvals.messages import N_
from approvals.tables import Case, CasePart, SiteVisit, Staff, Task
from approvals.terms import CaseState, OpinionKind, PartState

from .. import flow, task_opening


def pre_check(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    found: Sequence[DefectInput],
    now: datetime,
) -> Case:
    """Pre-check the materials before acceptance; what is missing goes into the one notice."""
    task = tasks.take(session, task_id, version, staff, now, "pre_check")
    corrections.raise_defects(session, task.case, task.part, staff, found, now)
    journal.write(session, "pre_check", now=now, staff=staff, case=task.case, part=task.part,
                  after={"defects": len(found)})  # fmt: skip
    flow.finish(session, task, staff, {"outcome": "checked"}, now)
    return task.case


def save_draft(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    kind: OpinionKind,
    reasons: str,
    basis: str,
    now: datetime,
) -> Case:
    """Keep an opinion as a draft; other departments do not see it."""
    task = tasks.take(session, task_id, version, staff, now, "review")
    joint_review.draft_opinion(session, _part(task), staff, kind, reasons, basis)
    return task.case


def review(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    kind: OpinionKind,
    reasons: str,
    basis: str,
    now: datetime,
) -> Case:
    """Submit the department's opinion. The last one of a joint case wakes the lead, exactly once."""
    task = tasks.take(session, task_id, version, staff, now, "review")
    part = _part(task)
    joint_review.submit_opinion(session, part, staff, kind, reasons, basis, now)
    part.state = PartState.OPINED
    flow.finish(session, task, staff, {"outcome": "opinion"}, now)
    return task.case


def ask_site_visit(
    session: Session, task_id: int, version: int | None, staff: Staff, now: datetime
) -> SiteVisit:
    """Ask for a check on the spot instead of an opinion now; it stops no clock (45 does not list it)."""
    task = tasks.take(session, task_id, version, staff, now, "review")
    visit = site_visits.ask_site_visit(session, _part(task), staff, now)
    flow.finish(session, task, staff, {"outcome": "site_visit"}, now)
    _keep_holder(session, task, "site_visit", staff)
    return visit


def appoint_site_visit(
    session: Session, visit_id: int, staff: Staff, when: datetime, place: str, now: datetime
) -> Case:
    """One appointment for all departments that asked; the applicant is told."""
    case_id = session.execute(select(SiteVisit.case_id).where(SiteVisit.id == visit_id)).scalar()
    if case_id is None:
        raise NotFound
    case = tasks.lock_case(session, case_id)
    intake.require_state(case, N_("约定现场核查"), CaseState.REVIEWING)
    visit = session.get_one(SiteVisit, visit_id)
    if not any(authority.may(staff, "site_visit", finding.part.department_id) for finding in visit.findings):
        authority.require(staff, "collate", case.department_id)
    site_visits.appoint_site_visit(session, visit, case, staff, when, place, now)
    shown = clock.local(when).strftime("%Y-%m-%d %H:%M")
    notices.to_applicant(session, case, "site_visit", now, when=shown, place=visit.place)
    return case


def record_finding(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    second: Staff,
    text: str,
    now: datetime,
    *,
    passed: bool,
) -> Case:
    """Each department records its own finding, by two officers; then its review goes on."""
    task = tasks.take(session, task_id, version, staff, now, "site_visit")
    part = _part(task)
    finding = site_visits.open_finding(session, part)
    if finding is None:
        raise NotFound
    site_visits.record_finding(session, part, finding, (staff, second), text, now, passed=passed)
    flow.finish(session, task, staff, {"outcome": "recorded"}, now)
    _keep_holder(session, task, "review", staff)
    return task.case


def request_correction(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    found: Sequence[DefectInput],
    now: datetime,
) -> Case:
    """During review: what the applicant must still put right is merged with others' into one notice."""
    task = tasks.take(session, task_id, version, staff, now, "review", "site_visit")
    authority.acting_for(session, staff, "raise_defect", task.department_id, now)
    case = task.case
    if case.state not in (CaseState.REVIEWING, CaseState.COLLATING):
        raise WrongState(state=CaseState(case.state).label, act=N_("提出补正"))
    if not corrections.raise_defects(session, case, _part(task), staff, found, now):
        raise ReasonRequired
    if not tasks.open_tasks(session, case.id, "issue_correction"):
        task_opening.open_aside(session, case, "issue_correction", now)
    return case


def _part(task: Task) -> CasePart:
    if task.part is None:
        raise NotFound
    return task.part


def _keep_holder(session: Session, task: Task, step: str, staff: Staff) -> None:
    """The colleague who worked on a part goes on with it."""
    for following in tasks.open_tasks(session, task.case_id, step):
        if following.part_id == task.part_id and following.holder_id is None:
            following.holder_id = staff.id
