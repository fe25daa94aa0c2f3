"""After receipt: checking, corrections and their answers, deferred materials that arrive."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from approvals import (
    authority,
    calendars,
    clock,
    corrections,
    intake,
    journal,
    notices,
    papers,
    readiness,
    tasks,
)
from approvals.calendar import WorkingCalendar
from approvals.corrections import DefectInput
from approvals.errors import DomainError, NotFound, ReasonRequired, WrongState
from approvals.messages import N_
from approvals.readiness import NotReady
from approvals.tables import Case, Staff, Task
from approvals.terms import ACCEPTED_STATES, CaseState, MaterialState

from .. import flow
from .acceptance import CHECKING_DAYS, GROUND, NothingDeferred, accept_now, days_after, require_acceptable
from .turning_away import Answer, BadOutcome, end_unaccepted, require_answer


class TooLateToCorrect(DomainError):
    """Silent past its five days the centre has accepted (行政许可法 32(1)(4))."""

    message = N_(
        "一次性告知的期限 %(until)s 已过，依法自收到材料之日起即为受理，不能再以补正为由不受理。请办理受理，缺的材料在审查中提出。"
    )
    status = 409


class DefectsWaiting(DomainError):
    """Departments raised defects in the pre-check; acceptance would lose them."""

    message = N_("部门预审提出了 %(count)s 项补正，请发出一次性补正告知，或写明理由逐项撤销后再受理。")
    status = 409


def check_materials(
    session: Session,
    task_id: int,
    version: int | None,
    clerk: Staff,
    outcome: str,
    calendar: WorkingCalendar,
    now: datetime,
    *,
    answer: Answer | None = None,
    extra: Sequence[DefectInput] = (),
) -> Case:
    """After checking: accepted, one correction notice for all departments, or not accepted."""
    task = tasks.take(session, task_id, version, clerk, now, "check_materials")
    case = task.case
    if outcome == "correction":
        if case.notify_by is not None and now > case.notify_by:
            raise TooLateToCorrect(until=clock.local_day(case.notify_by))
        corrections.raise_defects(
            session, case, None, clerk, [*corrections.window_defects(case), *extra], now
        )
        send_correction(session, case, clerk, calendar, now, before_acceptance=True)
    elif outcome == "not_accepted" and answer is not None:
        require_answer(answer)
        end_unaccepted(session, case, clerk, answer, now)
    elif outcome in ("accepted", "deferred"):
        _refuse_open_defects(session, case)
        require_acceptable(session, case, now, deferral=outcome == "deferred")
        accept_now(session, case, clerk, calendar, now, deferral=outcome == "deferred")
        outcome = "accepted"
    else:
        raise BadOutcome
    flow.finish(session, task, clerk, {"outcome": outcome}, now)
    return case


def _refuse_open_defects(session: Session, case: Case) -> None:
    waiting = corrections.waiting_defects(session, case.id)
    if waiting:
        raise DefectsWaiting(count=len(waiting))


def drop_defect(
    session: Session, case: Case, defect_id: int, staff: Staff, reasons: str, now: datetime
) -> None:
    """A defect a department raised turns out to be none, with reasons; whoever would tell it may drop it.

    Raises ``Forbidden``, ``ReasonRequired`` or, where it was told or dropped before, ``NotFound``.
    """
    tasks.lock_case(session, case.id)
    asked = tasks.open_tasks(session, case.id, "issue_correction")
    act = tasks.act_of(asked[0]) if asked else "check_materials"
    authority.acting_for(session, staff, act, case.department_id, now)
    if not reasons.strip():
        raise ReasonRequired
    waiting = {defect.id: defect for defect in corrections.waiting_defects(session, case.id)}
    defect = waiting.pop(defect_id, None)
    if defect is None:
        raise NotFound
    defect.state = "dropped"
    journal.write(session, "drop_defect", now=now, staff=staff, case=case,
                  before={"problem": defect.problem}, after={"reasons": reasons.strip()})  # fmt: skip
    if not waiting:
        for task in asked:  # nothing is left to ask for
            tasks.cancel(task, now, "dropped")


def issue_correction(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    calendar: WorkingCalendar,
    now: datetime,
) -> Case:
    """After acceptance: what several departments ask for goes out as one request; no clock stops."""
    task = tasks.take(session, task_id, version, staff, now, "issue_correction")
    case = task.case
    send_correction(session, case, staff, calendar, now, before_acceptance=False)
    flow.finish(session, task, staff, {"outcome": "issued"}, now)
    flow.open_aside(session, case, "answer_correction", now)
    return case


def send_correction(
    session: Session,
    case: Case,
    staff: Staff,
    calendar: WorkingCalendar,
    now: datetime,
    *,
    before_acceptance: bool,
) -> None:
    """All defects of all departments in one notice, with the day to answer by."""
    answer_by = clock.local_day(days_after(calendar, now, corrections.ANSWER_WORKING_DAYS))
    correction = corrections.issue_notice(
        session, case, staff, answer_by, before_acceptance=before_acceptance, now=now
    )
    document = papers.correction(session, case, correction, staff, now)
    correction.document_id = document.id
    if before_acceptance:
        case.state = CaseState.CORRECTING
    notices.to_applicant(session, case, "correction", now, answer_by=answer_by)


def answer_correction(
    session: Session, task_id: int, version: int | None, clerk: Staff, text: str, now: datetime
) -> Case:
    """The applicant brings what was asked for to the window."""
    task = tasks.take(session, task_id, version, clerk, now, "answer_correction")
    return _answered(session, task, clerk, text, now)


def answer_online(session: Session, case_id: int, text: str, now: datetime) -> Case:
    """The applicant uploads what was asked for on the tracking page."""
    case = tasks.lock_case(session, case_id)
    waiting = tasks.open_tasks(session, case_id, "answer_correction")
    if not waiting:
        if corrections.open_correction(session, case_id) is not None:
            raise WrongState(state=CaseState(case.state).label, act=N_("收取补正材料"))
        raise corrections.AlreadyAnswered
    return _answered(session, waiting[0], None, text, now)


def _answered(session: Session, task: Task, staff: Staff | None, text: str, now: datetime) -> Case:
    case = task.case
    correction = corrections.open_correction(session, case.id)
    if correction is None:
        raise corrections.AlreadyAnswered
    corrections.answer(session, case, correction, text, staff, now)
    if correction.before_acceptance:  # what was handed in anew is judged within five days of its own
        case.notify_by = days_after(calendars.current(session), now, CHECKING_DAYS)
    flow.finish(session, task, staff, {"outcome": "answered"}, now)
    return case


def complete_deferred(
    session: Session, case_id: int, code: str, originals: int, copies: int, clerk: Staff, now: datetime
) -> Case:
    """A deferred material has arrived (补齐容缺材料)."""
    case = tasks.lock_case(session, case_id)
    authority.require(clerk, "answer_correction")
    intake.require_state(case, N_("补齐容缺材料"), *ACCEPTED_STATES)
    for material in case.materials:
        if material.code == code and material.state == MaterialState.DEFERRED:
            intake.tick(material, MaterialState.RECEIVED, originals, copies, material.note)
            if not readiness.is_met(material):
                raise NotReady(N_("补齐容缺材料"), readiness.material_problems(case, deferral=True))
            journal.write(session, "complete_deferred", now=now, staff=clerk, case=case, ground=GROUND,
                          before={"material": code}, after={"originals": originals, "copies": copies})  # fmt: skip
            return case
    raise NothingDeferred
