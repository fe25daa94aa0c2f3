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
    ledger,
    notices,
    papers,
    readiness,
    second_correction,
    silence,
    tasks,
)
from approvals.calendar import WorkingCalendar
from approvals.corrections import DefectInput
from approvals.errors import DomainError, NotFound, ReasonRequired, WrongState
from approvals.messages import N_
from approvals.readiness import NotReady
from approvals.tables import Case, CaseMaterial, Correction, Staff, Task
from approvals.terms import ACCEPTED_STATES, CaseState, MaterialState

from .. import flow, task_opening
from .acceptance import GROUND, NothingDeferred, accept_now, require_acceptable
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
    """After checking: accepted, one correction notice for all departments, or not accepted.

    A notice with a defect let through goes out beside the process: checking goes on, the five days run on.
    """
    task = tasks.take(session, task_id, version, clerk, now, "check_materials")
    case = task.case
    if outcome == "correction":
        _require_in_time(session, case, calendar, now)
        raise_at_window(session, case, clerk, extra, now)
        notice = send_correction(session, case, clerk, calendar, now, before_acceptance=True)
        if not notice.moves_acceptance:
            task_opening.open_aside(session, case, "answer_correction", now)
            return case
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


def _require_in_time(session: Session, case: Case, calendar: WorkingCalendar, now: datetime) -> None:
    until = silence.checking(session, case, calendar).ends_at
    if now > until:
        raise TooLateToCorrect(until=clock.local_day(until))


def raise_at_window(
    session: Session, case: Case, staff: Staff, extra: Sequence[DefectInput], now: datetime
) -> None:
    """What the checklist says is missing or wrong, and what the clerk adds; nothing twice."""
    found = corrections.unsaid(session, case, [*corrections.window_defects(case), *extra])
    corrections.raise_defects(session, case, None, staff, found, now)


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
    if not waiting and not corrections.unsaid(session, case, corrections.window_defects(case)):
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
    """After acceptance: what several departments ask for, and what was missing when silence accepted, in one request.

    No clock stops.
    """
    task = tasks.take(session, task_id, version, staff, now, "issue_correction")
    case = task.case
    raise_at_window(session, case, staff, (), now)
    send_correction(session, case, staff, calendar, now, before_acceptance=False)
    flow.finish(session, task, staff, {"outcome": "issued"}, now)
    if not tasks.open_tasks(session, case.id, "answer_correction"):
        task_opening.open_aside(session, case, "answer_correction", now)
    return case


def send_correction(
    session: Session,
    case: Case,
    staff: Staff,
    calendar: WorkingCalendar,
    now: datetime,
    *,
    before_acceptance: bool,
) -> Correction:
    """All defects of all departments in one notice, with the day to answer by.

    Before acceptance raises ``SeenBefore`` for what could have been told the first time.
    """
    if before_acceptance:
        second_correction.require_new(session, case, corrections.waiting_defects(session, case.id))
    answer_by = clock.local_day(silence.days_after(calendar, now, silence.ANSWER_DAYS))
    correction = corrections.issue_notice(
        session, case, staff, answer_by, before_acceptance=before_acceptance, now=now
    )
    document = papers.correction(session, case, correction, staff, now)
    correction.document_id = document.id
    if not correction.moves_acceptance and case.notify_by is not None:
        until = clock.local_day(case.notify_by)
        notices.to_applicant(session, case, "correction_beside", now, answer_by=answer_by, notify_by=until)
        return correction
    if before_acceptance:
        case.state = CaseState.CORRECTING
    notices.to_applicant(session, case, "correction", now, answer_by=answer_by)
    return correction


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
    """One answer for every notice that waits; what moves the acceptance starts the five days anew."""
    case = task.case
    waiting = corrections.open_corrections(session, case.id)
    if not waiting:
        raise corrections.AlreadyAnswered
    for correction in waiting:
        corrections.answer(session, case, correction, text, staff, now)
    if any(notice.before_acceptance and notice.moves_acceptance for notice in waiting):
        ledger.recount_checking(session, case, calendars.current(session))
    flow.finish(session, task, staff, {"outcome": "answered"}, now)
    return case


class DeferralOver(DomainError):
    """What was deferred came after its time; the item's rule has taken effect."""

    message = N_(
        "容缺期限已于 %(until)s 届满，不能再补交。可以听取陈述申辩后作出不予许可的决定；条件具备后申请人可以重新申请。"
    )
    status = 409


def complete_deferred(
    session: Session, case_id: int, code: str, originals: int, copies: int, clerk: Staff, now: datetime
) -> Case:
    """What was deferred, or missing when silence accepted, has arrived (补齐).

    Raises ``DeferralOver`` once the end of the deferral has taken effect; until then a late paper is taken.
    """
    case = tasks.lock_case(session, case_id)
    authority.require(clerk, "answer_correction")
    intake.require_state(case, N_("补齐容缺材料"), *ACCEPTED_STATES)
    material = next((one for one in outstanding(case) if one.code == code), None)
    if material is None:
        raise NothingDeferred
    deferred = material.state == MaterialState.DEFERRED
    if deferred and case.deferral_expired_at is not None:
        raise DeferralOver(until=material.deferred_until)
    intake.tick(material, MaterialState.RECEIVED, originals, copies, material.note)
    if not readiness.is_met(material):
        raise NotReady(N_("补齐容缺材料"), readiness.material_problems(case, deferral=True))
    act = "complete_deferred" if deferred else "complete_missing"
    journal.write(session, act, now=now, staff=clerk, case=case, ground=GROUND,
                  before={"material": code}, after={"originals": originals, "copies": copies})  # fmt: skip
    return case


def outstanding(case: Case) -> list[CaseMaterial]:
    """What an accepted case still lacks: deferred, or missing, short or defective when silence accepted it."""
    return [material for material in case.materials if not readiness.is_met(material)]
