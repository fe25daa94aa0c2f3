"""Each authority decides its own part; before a refusal the applicant is heard."""

from datetime import datetime

from sqlalchemy.orm import Session

from approvals import (
    calendars,
    commitments,
    decision,
    hearing_requests,
    hearing_rules,
    ledger,
    notices,
    papers,
    permit_issue,
    tasks,
)
from approvals.catalogue import item_of
from approvals.decision import Ruling
from approvals.errors import NotFound
from approvals.tables import Case, CasePart, Staff, Task

from .. import flow
from .special import drop_proposals

GRANTED, REFUSED = "准予", "不予"


def propose_refusal(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    facts: str,
    reasons: str,
    articles: str,
    now: datetime,
) -> Case:
    """Tell the facts, reasons and articles of an intended refusal, and the right to be heard."""
    task = tasks.take(session, task_id, version, staff, now, "decide", "decide_on_the_spot")
    part = _part(task)
    hearing = decision.tell_facts(session, part, staff, facts, now)
    hearing.document_id = papers.proposed_refusal(session, part, hearing, reasons, articles, staff, now).id
    notices.to_applicant(session, task.case, "proposed_refusal", now, part=part.name["zh"])
    flow.finish(session, task, staff, {"outcome": "propose_refusal"}, now)
    return task.case


def hear_statement(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    statement: str,
    assessment: str,
    now: datetime,
    *,
    waived: bool = False,
    hearing_waived: bool = False,
) -> Case:
    """Record the statement and defence (陈述申辩), or that none was made in time.

    ``waived``, ``hearing_waived``: the applicant gave up the statement, a hearing, in writing.
    """
    task = tasks.take(session, task_id, version, staff, now, "hear_statement")
    part = _part(task)
    hearing = decision.record_statement(session, part, staff, statement, assessment, now, waived=waived)
    if hearing_waived and hearing_rules.names_right(part):
        hearing_requests.waive(session, part, staff, now)
    papers.statement_record(session, part, hearing, staff, now)
    flow.finish(session, task, staff, {"outcome": "heard"}, now)
    return task.case


def decide(
    session: Session, task_id: int, version: int | None, staff: Staff, ruling: Ruling, now: datetime
) -> Case:
    """Grant or refuse one part, in its own authority's name, with its own number and remedies."""
    task = tasks.take(session, task_id, version, staff, now, "decide", "decide_on_the_spot")
    case, part = task.case, _part(task)
    permit_issue.require_decidable(session, case, now, granted=ruling.granted)
    made = decision.decide(session, part, staff, ruling, now)
    if ruling.granted:
        commitments.granted(session, part, calendars.of_version(session, case.calendar_version), now)
    drop_proposals(session, part, now)
    ledger.end(session, case, part, staff, now)
    paper = papers.granted if ruling.granted else papers.refusal
    made.document_id = paper(session, part, made, staff, now).id
    result = GRANTED if ruling.granted else REFUSED
    notices.to_applicant(session, case, "decided", now, part=part.name["zh"], result=result)
    if not item_of(case.item).parts:
        flow.decided_all(session, case, now)
    flow.finish(session, task, staff, {"outcome": "granted" if ruling.granted else "refused"}, now)
    return case


def _part(task: Task) -> CasePart:
    if task.part is None:
        raise NotFound
    return task.part
