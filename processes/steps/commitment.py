"""Notice and commitment: offered, made, declined, taken back or lapsed; and the materials that follow it."""

from datetime import datetime

from sqlalchemy.orm import Session

from approvals import (
    authority,
    commitment_following,
    commitment_paths,
    commitments,
    intake,
    journal,
    notices,
    papers,
    tasks,
)
from approvals.calendar import WorkingCalendar
from approvals.clock import local_day
from approvals.commitment_signing import Pledge
from approvals.errors import NotFound
from approvals.messages import N_
from approvals.tables import Case, CaseMaterial, CasePart, Commitment, CommitmentClause, Staff, Task
from approvals.terms import CaseState, CommitmentState, PartState, Path

from .. import commitment_fallback, flow
from .acceptance import GROUND, accept_now, require_acceptable
from .window import number


def choose_path(
    session: Session, case_id: int, part_id: int, path: Path, clerk: Staff, now: datetime
) -> Case:
    """At the draft: one part goes the way of commitment, or the ordinary way again."""
    draft = tasks.lock_case(session, case_id)
    intake.require_draft(draft, clerk)
    commitment_paths.choose(session, _part(draft, part_id), path, now)
    return draft


def offer(session: Session, case_id: int, clerk: Staff, calendar: WorkingCalendar, now: datetime) -> Case:
    """Tell the clauses of every part that chose commitment; everything else the case asks for is there.

    The draft becomes a case that waits for the signature; the five days of article 32 run. Raises
    ``NothingCommitted``, ``NotEligible`` or ``NotReady``.
    """
    case = tasks.lock_case(session, case_id)
    intake.require_draft(case, clerk)
    authority.require(clerk, "commit")
    chosen = commitment_paths.require_all_eligible(session, case, now)
    require_acceptable(session, case, now, deferral=False)
    number(session, case, clerk, calendar, now)
    journal.write(
        session, "receive", now=now, staff=clerk, case=case, ground=GROUND, after=intake.snapshot(case)
    )
    commitment_paths.record_paths(session, case, clerk, now)
    papers.receipt(session, case, clerk, now)
    for part in chosen:
        row = commitments.offer(session, part, clerk, calendar, now)
        row.notice_document_id = papers.commitment_notice(session, row, clerk, now).id
        flow.start_commitment(session, case, part, now)
        for task in _open(session, part, "notify_commitment"):
            flow.finish(session, task, clerk, {"outcome": "notified"}, now)
    case.state = CaseState.COMMITTING
    until = min(row.sign_by for row in commitments.of_case(session, case))
    notices.to_applicant(session, case, "commitment_offered", now, until=local_day(until))
    return case


def make(
    session: Session,
    task_id: int,
    version: int | None,
    clerk: Staff,
    pledge: Pledge,
    calendar: WorkingCalendar,
    now: datetime,
) -> Case:
    """The applicant commits at the window; the last commitment accepts the case, which is then decided on the spot."""
    task = tasks.take(session, task_id, version, clerk, now, "commit")
    return _make(session, task, clerk, pledge, calendar, now)


def make_online(
    session: Session, case_id: int, part_id: int, pledge: Pledge, calendar: WorkingCalendar, now: datetime
) -> Case:
    """The applicant commits on the tracking page. Raises as ``commitments.make`` does."""
    return _make(session, _task(session, case_id, part_id), None, pledge, calendar, now)


def _make(
    session: Session,
    task: Task,
    clerk: Staff | None,
    pledge: Pledge,
    calendar: WorkingCalendar,
    now: datetime,
) -> Case:
    case, part = task.case, _part_of(task)
    row = commitments.make(session, commitments.require_of(session, part), pledge, clerk, now)
    row.document_id = papers.commitment_paper(session, row, clerk or case.clerk, now).id
    flow.finish(session, task, clerk, {"outcome": "committed"}, now)
    _settle(session, case, calendar, now)
    return case


def decline(
    session: Session,
    task_id: int,
    version: int | None,
    clerk: Staff,
    reasons: str,
    calendar: WorkingCalendar,
    now: datetime,
) -> Case:
    """At the window: the applicant does not choose commitment after all."""
    task = tasks.take(session, task_id, version, clerk, now, "commit")
    return _decline(session, task, CommitmentState.DECLINED, clerk, reasons, calendar, now)


def decline_online(
    session: Session, case_id: int, part_id: int, reasons: str, calendar: WorkingCalendar, now: datetime
) -> Case:
    """On the tracking page: the applicant does not choose commitment after all."""
    task = _task(session, case_id, part_id)
    return _decline(session, task, CommitmentState.DECLINED, None, reasons, calendar, now)


def lapse(session: Session, row: Commitment, calendar: WorkingCalendar, now: datetime) -> bool:
    """Unsigned when its days are over the part goes the ordinary way; ``False`` where there is nothing to do."""
    if row.state != CommitmentState.OFFERED or now <= row.sign_by:
        return False
    for task in _open(session, row.part, "commit"):
        _decline(session, task, CommitmentState.LAPSED, None, "", calendar, now, actor=journal.SYSTEM)
    return True


def _decline(
    session: Session,
    task: Task,
    state: CommitmentState,
    clerk: Staff | None,
    reasons: str,
    calendar: WorkingCalendar,
    now: datetime,
    actor: str = journal.APPLICANT,
) -> Case:
    case, part = task.case, _part_of(task)
    row = commitments.require_of(session, part)
    commitments.end(session, row, state, clerk, now, reasons=reasons, actor=actor)
    flow.finish(session, task, clerk, {"outcome": "declined"}, now)
    commitment_fallback.tell(session, part, now)
    _settle(session, case, calendar, now)
    return case


def withdraw(
    session: Session, case_id: int, part_id: int, clerk: Staff | None, reasons: str, now: datetime
) -> Case:
    """Before the decision the commitment is taken back; ``clerk`` at the window, ``None`` on the tracking page.

    The part goes the ordinary way: what the commitment replaced is asked for again.
    """
    case = tasks.lock_case(session, case_id)
    if clerk is not None:
        authority.require(clerk, "commit")
    part = _part(case, part_id)
    row = commitments.require_of(session, part)
    commitments.end(session, row, CommitmentState.WITHDRAWN, clerk, now, reasons=reasons)
    flow.end_commitment(session, part, now)
    commitment_fallback.tell(session, part, now)
    if case.accepted_at is not None:
        part.state = PartState.PENDING
        commitment_fallback.ask_again(session, case, part, clerk or case.clerk, now)
        flow.review_after_all(session, case, part, now)
    elif case.state == CaseState.COMMITTING:
        _settle_unaccepted(session, case, now)
    return case


def follow_material(session: Session, case_id: int, code: str, clerk: Staff, now: datetime) -> CaseMaterial:
    """At the window a material follows, also of a case that has ended; late is written down."""
    case = tasks.lock_case(session, case_id)
    return commitment_following.take(session, case, code, clerk, now)


def warn_following(
    session: Session, clause: CommitmentClause, _calendar: WorkingCalendar, now: datetime
) -> bool:
    """Remind the applicant that the day of a material that follows is near; ``False`` where it came."""
    return _remind_following(session, clause, "following_warning", now)


def tell_following_over(
    session: Session, clause: CommitmentClause, _calendar: WorkingCalendar, now: datetime
) -> bool:
    """Its day is over: applicant and verifying department are told; whoever verifies cannot find the clause met."""
    if not _remind_following(session, clause, "following_over", now):
        return False
    case, name = clause.commitment.case, clause.replaced_name["zh"]
    notices.to_inbox(
        session, case, clause.department, "following_late", now, material=name, until=clause.follow_by
    )
    return True


def _remind_following(session: Session, clause: CommitmentClause, stage: str, now: datetime) -> bool:
    if clause.followed_at is not None or clause.follow_by is None:
        return False
    case, name = clause.commitment.case, clause.replaced_name["zh"]
    notices.to_applicant(session, case, stage, now, material=name, until=clause.follow_by)
    return True


def _settle(session: Session, case: Case, calendar: WorkingCalendar, now: datetime) -> None:
    """The last answer of the applicant: everything is there, and the case is accepted; or it goes to checking."""
    rows = commitments.of_case(session, case)
    if case.state != CaseState.COMMITTING or any(row.state == CommitmentState.OFFERED for row in rows):
        return
    if any(row.state != CommitmentState.MADE for row in rows):
        _settle_unaccepted(session, case, now)
        return
    require_acceptable(session, case, now, deferral=False)
    accept_now(session, case, case.clerk, calendar, now, deferral=False)
    if case.item.kind == "joint":
        flow.begin(session, case, {"intake": "accepted"}, now)
    else:
        flow.decide_committed(session, case, now)


def _settle_unaccepted(session: Session, case: Case, now: datetime) -> None:
    """A part goes the ordinary way and lacks what its commitment replaced: the case is checked within its five days.

    Parts committed to wait for the acceptance. Once every answer is in, not before.
    """
    rows = commitments.of_case(session, case)
    if any(row.state == CommitmentState.OFFERED for row in rows):
        return
    case.state = CaseState.CHECKING
    flow.begin(session, case, {"intake": "checking"}, now)


def _open(session: Session, part: CasePart, step: str) -> list[Task]:
    return [task for task in tasks.open_tasks(session, part.case_id, step) if task.part_id == part.id]


def _task(session: Session, case_id: int, part_id: int) -> Task:
    """The open commitment of a part; where there is none, what became of it is said."""
    case = tasks.lock_case(session, case_id)
    part = _part(case, part_id)
    waiting = _open(session, part, "commit")
    if not waiting:
        row = commitments.require_of(session, part)
        raise commitments.CommitmentClosed(
            part=part.name, state=CommitmentState(row.state), act=N_("作出承诺")
        )
    return waiting[0]


def _part(case: Case, part_id: int) -> CasePart:
    part = next((each for each in case.parts if each.id == part_id), None)
    if part is None:
        raise NotFound
    return part


def _part_of(task: Task) -> CasePart:
    if task.part is None:
        raise NotFound
    return task.part
