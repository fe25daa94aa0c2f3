"""What happens to a permit after its issue: facts told, holder heard, decided by the head; or at once where law lets.

Every act goes through ``approvals.register``; nothing adverse happens by itself.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from approvals import (
    authority,
    clock,
    notices,
    papers,
    permits,
    proceeding_findings,
    proceeding_rules,
    proceedings,
    register,
    register_book,
    tasks,
)
from approvals.calendar import WorkingCalendar
from approvals.errors import NotFound
from approvals.proceedings import DONE, Proposal, Resolution
from approvals.register_rules import TRANSITIONS
from approvals.tables import Permit, PermitEvent, Proceeding, Staff, Task
from approvals.terms import PermitStatus

from .. import finding_flow, flow, proceeding_flow, verification_flow
from .proceeding_hearings import waive_with_statement


def open_proceeding(
    session: Session, permit_id: int, staff: Staff, proposal: Proposal, now: datetime
) -> Proceeding:
    """An officer of the issuing department begins a proceeding and tells the facts in the same act.

    Of the version in force, whichever version the page showed. Raises ``NotFound``, ``Forbidden`` and what
    ``proceedings.open_`` and ``proceedings.tell`` raise.
    """
    permit = _current(session, permit_id)
    authority.acting_for(session, staff, "tell_facts", permit.department_id, now)
    opened = proceeding_flow.begin(session, permit, proposal, staff, now)
    [task] = [
        each
        for each in tasks.open_tasks(session, opened.case_id, "tell_facts")
        if each.part_id == opened.part_id
    ]
    _tell(session, opened, task, staff, proposal.facts, proposal.reasons, now)
    return opened


def tell_facts(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    facts: str,
    reasons: str,
    now: datetime,
) -> Proceeding:
    """Tell the holder facts, reasons and articles, the right to answer, and to a hearing where one is due.

    Raises as ``tasks.take`` and ``proceedings.tell``.
    """
    task = tasks.take(session, task_id, version, staff, now, "tell_facts")
    proceeding = _of(session, task)
    _tell(session, proceeding, task, staff, facts, reasons, now)
    return proceeding


def _tell(
    session: Session,
    proceeding: Proceeding,
    task: Task,
    staff: Staff,
    facts: str,
    reasons: str,
    now: datetime,
) -> None:
    proceedings.tell(session, proceeding, staff, facts, reasons, now)
    paper = papers.proposed_act(session, proceeding, staff, now)
    proceeding.notice_document_id = paper.id
    hearing = f"、在 {clock.local_day(proceeding.hearing_by)} 前要求听证" if proceeding.hearing_by else ""
    notices.to_applicant(
        session, proceeding.case, "facts_told", now, permit=proceeding.permit.name["zh"],
        permit_number=proceeding.permit.number, act=TRANSITIONS[proceeding.kind].label,
        until=clock.local_day(proceeding.statement_by or now), hearing=hearing, document=paper.number,
    )  # fmt: skip
    flow.finish(session, task, staff, {"outcome": "told"}, now)


def hear_defence(
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
) -> Proceeding:
    """Record the holder's statement and defence (陈述申辩), or that none was made in time.

    ``waived``, ``hearing_waived``: the holder gave up the statement, a hearing, in writing. Raises as ``tasks.take``
    and ``proceedings.hear``.
    """
    task = tasks.take(session, task_id, version, staff, now, "hear_defence")
    proceeding = _of(session, task)
    proceedings.hear(session, proceeding, staff, statement, assessment, now, waived=waived)
    if hearing_waived:
        waive_with_statement(session, proceeding, staff, now)
    proceeding.record_document_id = papers.defence_record(session, proceeding, staff, now).id
    flow.finish(session, task, staff, {"outcome": "heard"}, now)
    return proceeding


def decide(
    session: Session, task_id: int, version: int | None, staff: Staff, resolution: Resolution, now: datetime
) -> Proceeding:
    """The head of the department decides: the act is done, or nothing is, or what was found is only recorded.

    Raises as ``tasks.take``, ``proceedings.require_decidable`` and ``register.apply``; whatever is raised, nothing is
    written.
    """
    task = tasks.take(session, task_id, version, staff, now, "decide_proceeding")
    proceeding = _of(session, task)
    proceedings.require_decidable(session, proceeding, staff, resolution)
    said = proceeding_findings.confirmed(proceeding, resolution, now)
    if said:
        proceeding_findings.require_recordable(session, proceeding, staff, now)
    elif resolution.result == DONE:
        _do(session, proceeding, staff, resolution, now)
    else:
        proceeding_rules.require_hearing_over(session, proceeding, now)
    words = "\n".join(filter(None, (resolution.reasons.strip(), said)))
    proceedings.decide(session, proceeding, staff, replace(resolution, reasons=words), now)
    if said or resolution.result != DONE:
        _drop(session, proceeding, staff, now)
    flow.finish(session, task, staff, {"outcome": resolution.result}, now)
    finding_flow.settle(session, proceeding, said, staff, now)
    return proceeding


def _do(
    session: Session, proceeding: Proceeding, staff: Staff, resolution: Resolution, now: datetime
) -> None:
    permit, kind, ground = proceeding.permit, proceeding.kind, proceeding.ground
    until = proceedings.until_decided(proceeding, resolution, now)
    register.require(session, permit, kind, ground, staff, now)  # before a number is taken
    paper = papers.decision_on_permit(
        session,
        permit,
        kind,
        ground,
        resolution.reasons.strip(),
        staff,
        now,
        proceeding=proceeding,
        until=until,
    )
    proceeding.document_id = paper.id
    register.apply(
        session, permit, kind, ground=ground, reasons=resolution.reasons, staff=staff, now=now,
        document_id=paper.id, case=proceeding.case, until=until,
    )  # fmt: skip


def _drop(session: Session, proceeding: Proceeding, staff: Staff, now: datetime) -> None:
    """What was told comes to nothing, and the holder learns why."""
    proceeding.document_id = papers.proceeding_dropped(session, proceeding, staff, now).id
    notices.to_applicant(
        session, proceeding.case, "proceeding_dropped", now, permit=proceeding.permit.name["zh"],
        permit_number=proceeding.permit.number, act=TRANSITIONS[proceeding.kind].label,
        reasons=proceeding.decision_reasons,
    )  # fmt: skip


def abandon(session: Session, proceeding_id: int, staff: Staff, reasons: str, now: datetime) -> Proceeding:
    """The head drops a proposal nobody was told of: no notice, no paper.

    Raises ``NotFound``, ``Forbidden``, ``ToldAlready``, ``ProceedingDecided`` or ``ReasonRequired``.
    """
    found = session.get(Proceeding, proceeding_id)
    if found is None:
        raise NotFound
    register_book.lock(session, found.permit)
    proceeding = session.get_one(Proceeding, proceeding_id)
    authority.acting_for(session, staff, "decide_proceeding", proceeding.department_id, now)
    proceedings.abandon(session, proceeding, staff, reasons, now)
    flow.cancel_beside(session, proceeding_flow.part_of(session, proceeding), flow.PROCEEDING, now)
    finding_flow.settle(session, proceeding, "", staff, now)
    return proceeding


# --- at once


def cancel(
    session: Session, permit_id: int, ground: str, reasons: str, staff: Staff, now: datetime
) -> PermitEvent:
    """注销 where there is nothing to hear anybody about: expired, asked for by the holder, ended before.

    Raises ``NotFound`` and what ``register.apply`` raises; ``HearFirst`` for a ground that needs a proceeding, and
    ``FindingStands`` where the holder gives up what a verification has found something of.
    """
    if ground == "own_request":
        verification_flow.require_no_finding(session, _current(session, permit_id))
    return _at_once(session, permit_id, "cancel", ground, reasons, staff, now)


def lift(
    session: Session, permit_id: int, ground: str, reasons: str, staff: Staff, now: datetime
) -> PermitEvent:
    """恢复效力 before the last day of a suspension. Raises ``NotFound`` and what ``register.apply`` raises."""
    return _at_once(session, permit_id, "lift", ground, reasons, staff, now)


def _at_once(
    session: Session, permit_id: int, kind: str, ground: str, reasons: str, staff: Staff, now: datetime
) -> PermitEvent:
    permit = _current(session, permit_id)
    register.require(session, permit, kind, ground, staff, now)
    register.require_words(permit, kind, ground, reasons, now)
    paper = papers.decision_on_permit(session, permit, kind, ground, reasons.strip(), staff, now)
    event = register.apply(
        session, permit, kind, ground=ground, reasons=reasons, staff=staff, now=now, document_id=paper.id
    )
    finding_flow.close_ended(session, permit, staff, now)
    return event


def end_suspension(session: Session, permit: Permit, _calendar: WorkingCalendar, now: datetime) -> bool:
    """The last day of a suspension has passed: it ends by itself; whether it did.

    A suspension is for a fixed time (行政处罚法 9(3)): when that is over the decision is carried out and nothing keeps
    the permit from being used, so no act is asked for. It favours the holder; nothing adverse happens by itself.
    """
    until = register_book.suspended_until(session, permit)
    if until is None or clock.local_day(now) <= until:
        return False
    if permits.status_on(permit, clock.local_day(now)) != PermitStatus.SUSPENDED:
        return False  # it has expired meanwhile, which stays as it is
    register.apply(session, permit, "lift", ground="term_over", reasons=TERM_OVER, staff=None, now=now)
    return True


TERM_OVER = "暂扣期限届满，证照自动恢复效力。"


# --- helpers


def _current(session: Session, permit_id: int) -> Permit:
    """The permit, or the version in force of its number where that is another; its case is locked."""
    shown = session.get(Permit, permit_id)
    if shown is None:
        raise NotFound
    register_book.lock(session, shown)
    return register_book.in_force(session, shown.number) or session.get_one(Permit, permit_id)


def _of(session: Session, task: Task) -> Proceeding:
    found = proceeding_rules.of_task(session, task.part)
    if found is None:
        raise NotFound
    return found
