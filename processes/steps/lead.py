"""The lead department brings the opinions together; it settles opinions, never another's decision."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import authority, calendars, joint_review, ledger, notices, papers, tasks
from approvals.errors import NotFound
from approvals.joint_review import OpinionsMissing, TooLateToSendBack
from approvals.limits import Limit, Limits
from approvals.tables import Case, CasePart, Department, Staff
from approvals.terms import CaseState, PartState

from .. import flow, standing

OPINION_DAYS = 3  # working days a department asked in the midst has for its opinion
OPINION_GROUND = "《中华人民共和国行政许可法》第二十六条第二款"


def collate(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    result: str,
    reasons: str,
    now: datetime,
) -> Case:
    """Release the decisions, after settling conflicting opinions with result and reasons."""
    task = tasks.take(session, task_id, version, staff, now, "collate")
    case = task.case
    if not standing.all_opinions_in(case):
        reviewing = [part for part in case.parts if part.state == PartState.REVIEWING]
        waiting = {part.department_id: part.department.name for part in reviewing}
        raise OpinionsMissing(departments=tuple(waiting.values()))
    settlement = joint_review.settle(session, case, staff, result, reasons, now)
    if settlement is not None:
        settlement.document_id = papers.settlement(session, case, settlement, staff, now).id
    flow.finish(session, task, staff, {"outcome": "release"}, now)
    return case


def send_back(session: Session, part_id: int, staff: Staff, reasons: str, now: datetime) -> Case:
    """Send one department's part back for review, alone; the others' opinions stand."""
    part, case = _locked_part(session, part_id)
    authority.require(staff, "send_back", case.department_id)
    _require_before_release(case)
    if part.state not in (PartState.REVIEWING, PartState.OPINED):
        raise TooLateToSendBack
    joint_review.supersede_opinion(session, part, staff, reasons, now)
    _wait_again(session, case, staff, now)
    flow.cancel_part(session, part, now)
    flow.start_part(session, case, part, now)
    case.state = CaseState.REVIEWING
    return case


def add_department(
    session: Session, case_id: int, department_code: str, staff: Staff, why: str, now: datetime
) -> CasePart:
    """Ask one more department while the others work on."""
    case = tasks.lock_case(session, case_id)
    department = session.scalar(
        select(Department).where(Department.code == department_code, Department.active)
    )
    if department is None:
        raise NotFound
    _require_before_release(case)
    part = joint_review.add_department(session, case, department, staff, why, now)
    ledger.start(
        session, case=case, part=part, at=now, limits=Limits(Limit(OPINION_DAYS)), article=OPINION_GROUND,
        calendar=calendars.of_version(session, case.calendar_version), officer=staff,
    )  # fmt: skip
    _wait_again(session, case, staff, now)
    notices.to_department(session, case, part, papers.joint_notice(session, case, staff, now, part), now)
    flow.start_part(session, case, part, now)
    case.state = CaseState.REVIEWING
    return part


def _locked_part(session: Session, part_id: int) -> tuple[CasePart, Case]:
    case_id = session.execute(select(CasePart.case_id).where(CasePart.id == part_id)).scalar()
    if case_id is None:
        raise NotFound
    case = tasks.lock_case(session, case_id)
    return session.get_one(CasePart, part_id), case


def _require_before_release(case: Case) -> None:
    if case.item.kind != "joint" or case.state not in (CaseState.REVIEWING, CaseState.COLLATING):
        raise TooLateToSendBack


def _wait_again(session: Session, case: Case, staff: Staff, now: datetime) -> None:
    """If the collation is open already, the lead's process goes back to waiting for opinions."""
    for task in tasks.open_tasks(session, case.id, "collate"):
        flow.finish(session, task, staff, {"outcome": "send_back"}, now)
