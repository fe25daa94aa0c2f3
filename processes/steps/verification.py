"""Verification after a grant by commitment: each clause checked, the round concluded, rectified, verified again.

The timers call the last functions: what a day passed brings about, never that anything is passed by silence.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import (
    authority,
    calendars,
    clock,
    filestore,
    limit_reminders,
    notices,
    papers,
    people,
    supervision,
    tasks,
    verification_checks,
    verifications,
)
from approvals.calendar import WorkingCalendar
from approvals.errors import DomainError, NotFound
from approvals.filestore import FileStore
from approvals.messages import N_
from approvals.tables import Permit, Staff, Task, Verification, VerificationCheck
from approvals.terms import Role, VerificationState
from approvals.verification_checks import MET, RECTIFY, Finding

from .. import flow, proceeding_flow, verification_flow

OVERDUE = N_("承诺核查期限 %(day)s 已过，还有承诺事项没有登记核查结果。请立即核查，并书面说明原因。")
LATE = "其中有承诺事项逾期才整改到位，已记入信用记录。"


class CheckedMeanwhile(DomainError):
    """A second click, or a colleague was quicker: what the page shows is old."""

    message = N_("“%(clause)s”已由%(who)s于%(when)s登记核查结果。本次提交没有写入任何内容，请查看最新情况。")
    status = 409


def check(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    clause_id: int,
    finding: Finding,
    store: FileStore,
    now: datetime,
    largest: int = filestore.LARGEST,
) -> VerificationCheck:
    """Record what was found of one clause. Raises as ``tasks.take``, ``verification_checks.check``, ``CheckedMeanwhile``."""
    task = tasks.take(session, task_id, None, staff, now, verification_flow.VERIFY)
    row = of_task(session, task)
    _require_fresh(row, task, version, now)
    made = verification_checks.check(session, row, clause_id, staff, finding, store, now, largest)
    task.version += 1
    return made


def _require_fresh(row: Verification, task: Task, version: int | None, now: datetime) -> None:
    if version is None or version == task.version:
        return
    done = [
        one for clause in verifications.clauses_of(row) for one in clause.checks if one.round == row.round
    ]
    if not done:
        tasks.refuse_stale(task, now)
    last = max(done, key=lambda one: one.id)
    when = clock.local(last.at).strftime("%Y-%m-%d %H:%M")
    raise CheckedMeanwhile(clause=last.clause.text, who=last.first_officer.name, when=when)


def conclude(
    session: Session, task_id: int, version: int | None, staff: Staff, now: datetime
) -> Verification:
    """All clauses are recorded: met, to be rectified by a day, or a revocation is proposed.

    Raises as ``tasks.take``, ``CheckedMeanwhile``, ``ClausesLeft``, and ``ProceedingOpen`` while another department's
    proposal to revoke the same permit is being decided: then it is concluded after that, or closed with the permit.
    """
    task = tasks.take(session, task_id, None, staff, now, verification_flow.VERIFY)
    row = of_task(session, task)
    _require_fresh(row, task, version, now)
    outcome = verification_checks.conclusion(row)
    if outcome == MET:
        verifications.pass_(session, row, staff, now)
    elif outcome == RECTIFY:
        verifications.demand_rectification(session, row, staff, calendars.current(session), now)
    else:
        verifications.propose_revocation(session, row, staff, now)
    row.document_id = papers.verification_record(session, row, staff, now).id
    flow.finish(session, task, staff, {"outcome": outcome}, now)
    CONCLUDED[VerificationState(row.state)](session, row, staff, now)
    return row


def _tell_met(session: Session, row: Verification, _staff: Staff, now: datetime) -> None:
    late = LATE if verifications.put_right_late(row) else ""
    _tell(session, row, "verified", now, late=late)


def _order_rectification(session: Session, row: Verification, staff: Staff, now: datetime) -> None:
    paper = papers.rectification_order(session, row, staff, calendars.current(session), now)
    row.rectify_document_id = paper.id
    _keep(session, row, staff)
    _tell(session, row, "rectify", now, until=row.rectify_by, document=paper.number)


def _propose_revocation(session: Session, row: Verification, staff: Staff, now: datetime) -> None:
    """The authority of the permit tells the holder the facts; until it decides the permit stands."""
    issued = select(Permit).where(Permit.part_id == row.part_id).order_by(Permit.id.desc()).limit(1)
    permit = session.scalars(issued).one()
    facts, deceit = verifications.facts_of(row), verifications.found_deceit(row)
    proceeding_flow.propose_revocation(session, row.case, permit, row, staff, facts, deceit, now)


def report_rectified(
    session: Session, task_id: int, version: int | None, staff: Staff, words: str, now: datetime
) -> Verification:
    """The applicant reports at the department that it is put right. Raises as ``tasks.take``, ``WordsRequired``."""
    task = tasks.take(session, task_id, version, staff, now, verification_flow.RECTIFY)
    row = of_task(session, task)
    verifications.report_rectified(session, row, staff, words, calendars.current(session), now)
    _again(session, row, task, staff, now)
    return row


def report_online(
    session: Session, case_id: int, verification_id: int, words: str, now: datetime
) -> Verification:
    """The applicant reports it on the tracking page. Raises ``NotFound``, ``VerificationOver`` or ``WordsRequired``."""
    return _report(session, case_id, verification_id, None, words, now)


def report_at_window(
    session: Session, case_id: int, verification_id: int, clerk: Staff, words: str, now: datetime
) -> Verification:
    """The applicant reports it at the window. Raises as ``report_online``, and ``Forbidden``."""
    authority.require(clerk, "take_rectification_at_window")
    return _report(session, case_id, verification_id, clerk, words, now)


def _report(
    session: Session, case_id: int, verification_id: int, clerk: Staff | None, words: str, now: datetime
) -> Verification:
    case = tasks.lock_case(session, case_id)
    row = session.get(Verification, verification_id)
    if row is None or row.case_id != case.id:
        raise NotFound
    verifications.report_rectified(session, row, clerk, words, calendars.current(session), now)
    task = next(iter(verification_flow.open_tasks(session, row)), None)
    if task is None:
        raise NotFound
    _again(session, row, task, clerk, now)
    return row


def _again(session: Session, row: Verification, task: Task, staff: Staff | None, now: datetime) -> None:
    """It is verified again, by the officer who did before; officer and applicant are told until when."""
    officer = task.holder
    flow.finish(session, task, staff, {"outcome": "rectified" if row.rectified_at else "over"}, now)
    if officer is not None:
        _keep(session, row, officer)
    until = clock.local_day(row.due)
    stage = "rectified" if row.rectified_at else "rectification_over"
    notices.to_staff(
        session, row.case, [officer] if officer else _officers(session, row), stage, now,
        part=row.part.name["zh"], until=until, day=row.rectify_by, words=row.rectified_words,
    )  # fmt: skip
    _tell(session, row, "verified_again", now, until=until)


def close_early(
    session: Session, verification_id: int, staff: Staff, reasons: str, now: datetime
) -> Verification:
    """The head ends a verification that has lost its object. Raises as ``verifications.close_early``, ``NotFound``."""
    case_id = session.execute(select(Verification.case_id).where(Verification.id == verification_id)).scalar()
    if case_id is None:
        raise NotFound
    tasks.lock_case(session, case_id)
    row = session.get_one(Verification, verification_id)
    verifications.close_early(session, row, staff, reasons, now)
    verification_flow.cancel(session, row, now)
    _tell(session, row, "verification_closed", now, reasons=row.end_reasons)
    return row


# --- what the timers call


def order_overdue(session: Session, row: Verification, calendar: WorkingCalendar, now: datetime) -> bool:
    """The limit has passed and clauses are not checked: the department is ordered to."""
    if row.state != VerificationState.OPEN or row.provisional or now <= row.due:
        return False
    reasons = OVERDUE % {"day": clock.local_day(row.due)}
    supervision.open_order(
        session, row.case, row.part, None, reasons, now, calendar, automatic=True, verification=row
    )
    return True


def warn_rectification(
    session: Session, row: Verification, _calendar: WorkingCalendar, now: datetime
) -> bool:
    """The day of a rectification comes near: the applicant is reminded."""
    if row.state != VerificationState.RECTIFYING:
        return False
    _tell(session, row, "rectification_warning", now, until=row.rectify_by)
    return True


def rectification_over(session: Session, row: Verification, calendar: WorkingCalendar, now: datetime) -> bool:
    """The day has passed and nobody reported: verified again, by itself."""
    task = next(iter(verification_flow.open_tasks(session, row)), None)
    if task is None or not verifications.rectification_over(session, row, calendar, now):
        return False
    _again(session, row, task, None, now)
    return True


def of_task(session: Session, task: Task) -> Verification:
    """The verification a task is of. Raises ``NotFound``."""
    row = session.scalar(select(Verification).where(Verification.instance_id == task.instance_id))
    if row is None:
        raise NotFound
    return row


def _keep(session: Session, row: Verification, officer: Staff) -> None:
    """The officer who worked on it goes on with it."""
    for task in verification_flow.open_tasks(session, row):
        if task.holder_id is None and officer.active and officer.department_id == row.department_id:
            task.holder_id = officer.id


def _officers(session: Session, row: Verification) -> list[Staff]:
    return [
        *people.holders_of(session, Role.OFFICER, row.department_id),
        *limit_reminders.in_charge(session, row.department_id),
    ]


def _tell(session: Session, row: Verification, stage: str, now: datetime, **words: object) -> None:
    notices.to_applicant(
        session, row.case, stage, now, part=row.part.name["zh"], department=row.department.zh, **words
    )


CONCLUDED = {
    VerificationState.MET: _tell_met,
    VerificationState.RECTIFYING: _order_rectification,
    VerificationState.REVOKING: _propose_revocation,
}
"""What follows from what a round came to."""
