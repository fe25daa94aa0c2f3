"""The end of a case: fees, certificates, service, or withdrawal by the applicant."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import (
    authority,
    delivery,
    fees,
    intake,
    journal,
    notices,
    papers,
    permit_issue,
    permits,
    tasks,
)
from approvals.delivery import Service
from approvals.errors import ReasonRequired, WrongState
from approvals.messages import N_
from approvals.tables import Case, CaseMaterial, Decision, Fee, Permit, Staff, Task
from approvals.terms import CaseState, Outcome, PartState, RequestKind

from .. import flow

CLOSED = (CaseState.DRAFT, CaseState.ISSUING, CaseState.DELIVERING, CaseState.ENDED)


def pay_fee(session: Session, case_id: int, code: str, receipt: str, staff: Staff, now: datetime) -> Fee:
    """Record that a fee was paid, with the number of its receipt."""
    return fees.pay(session, tasks.lock_case(session, case_id), code, receipt, staff, now)


def waive_fee(session: Session, case_id: int, code: str, reasons: str, staff: Staff, now: datetime) -> Fee:
    """Waive a reducible fee, with reasons."""
    return fees.waive(session, tasks.lock_case(session, case_id), code, reasons, staff, now)


def issue(session: Session, task_id: int, version: int | None, staff: Staff, now: datetime) -> list[Permit]:
    """Issue every certificate of the case, each in its own authority's name; the lead issues together.

    A part of a joint case that was committed to is issued alone, at once; what the window has not issued yet of
    such parts the lead issues with the rest.
    """
    task = tasks.take(session, task_id, version, staff, now, "issue", "issue_parts")
    case = task.case
    if task.part is not None:
        alone = permits.issue_part(session, case, task.part, staff, now)
        issued = [alone] if alone else []
    else:
        make = permits.issue_all if case.request == RequestKind.NEW else permit_issue.issue
        issued = make(session, case, staff, now)
    flow.finish(session, task, staff, {"outcome": "issued"}, now)
    _done_with_it(session, task, staff, "issued", now)
    notices.to_applicant(session, case, "ready", now)
    return issued


def _done_with_it(session: Session, task: Task, staff: Staff, outcome: str, now: datetime) -> None:
    """What the lead does for the whole case is done for its committed parts too."""
    step = "issue" if outcome == "issued" else "deliver"
    for other in tasks.open_tasks(session, task.case_id, step):
        if task.part_id is None and other.part_id is not None:
            flow.finish(session, other, staff, {"outcome": outcome}, now)


def deliver(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    second: Staff | None,
    service: Service,
    now: datetime,
) -> Case:
    """Serve the papers and end the case; of a part issued alone serve its own, and the case goes on."""
    task = tasks.take(session, task_id, version, staff, now, "deliver", "deliver_parts", "deliver_refusal")
    case = task.case
    served = delivery.serve(session, case, staff, second, service, now, task.part)
    served.document_id = papers.delivery_proof(session, case, served, staff, now).id
    notices.to_applicant(session, case, "delivered", now)
    _done_with_it(session, task, staff, "delivered", now)
    flow.finish(session, task, staff, {"outcome": "delivered"}, now)
    return case


def withdraw(session: Session, case_id: int, staff: Staff | None, reasons: str, now: datetime) -> Case:
    """The applicant withdraws before the decision: tasks closed, originals returned.

    ``staff`` is the clerk who takes the request at the window, ``None`` online.
    """
    case = tasks.lock_case(session, case_id)
    if staff is not None:
        authority.require(staff, "withdraw")
    decided = session.scalar(select(Decision.id).where(Decision.case_id == case.id).limit(1))
    if case.state in CLOSED or decided is not None:
        raise WrongState(state=CaseState(case.state).label, act=N_("撤回申请"))
    permit_issue.require_open(session, case, now)
    if not reasons.strip():
        raise ReasonRequired
    before = intake.snapshot(case)
    returned = end_early(session, case, Outcome.WITHDRAWN, now)
    papers.withdrawal(session, case, reasons.strip(), returned, staff or case.clerk, now)
    journal.write(session, "withdraw", now=now, staff=staff, actor=journal.APPLICANT, case=case,
                  before=before, after={"reasons": reasons.strip(), "originals": len(returned)})  # fmt: skip
    notices.to_applicant(session, case, "withdrawn", now)
    return case


def end_early(session: Session, case: Case, outcome: Outcome, now: datetime) -> list[CaseMaterial]:
    """End a case without a decision: nothing runs on, the originals go back and are returned."""
    flow.cancel_all(session, case, now)
    returned = intake.return_originals(case, now)
    case.state, case.outcome, case.ended_at = CaseState.ENDED, outcome, now
    for part in case.parts:
        if part.state not in (PartState.GRANTED, PartState.REFUSED, PartState.CLOSED):
            part.state, part.ended_at = PartState.CANCELLED, now
    return returned
