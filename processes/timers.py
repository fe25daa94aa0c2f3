"""What fires by itself: one handler for each kind of timer, under the lock on the case, and who runs them."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from approvals import calendars, clock, limit_reminders, notices, supervision, timers
from approvals.calendar import TICK, WorkingCalendar
from approvals.messages import N_
from approvals.tables import (
    Case,
    CasePart,
    Commitment,
    CommitmentClause,
    Correction,
    Permit,
    SpecialProcedure,
    SupervisoryOrder,
    Task,
    Timer,
    Verification,
)
from approvals.terms import ProcedureKind, ProcedureState, TaskState

from .steps import commitment, permit_requests, proceedings, silence, unanswered, verification

DONE, NOTHING = "done", "nothing"
Row = TypeVar("Row")
Handler = Callable[[Session, Case, Timer, WorkingCalendar, datetime], str]
"""Does what a timer is for, under the lock on the case; returns what came of it."""

SERVICE_REASONS = N_("已超过颁发、送达证件的法定期限 %(day)s，仍未送达。请立即办理，并书面说明原因。")
ORDER_REASONS = N_("已超过法定办理期限 %(day)s，仍未作出决定。请立即办理，并书面说明原因和办结时间。")


def fire(session: Session, timer: Timer, calendar: WorkingCalendar, now: datetime) -> None:
    """Do what a claimed timer is for and mark it done; the caller commits both together."""
    case = session.get_one(Case, timer.case_id)
    timers.done(timer, HANDLERS[timer.kind](session, case, timer, calendar, now), now)


def _remind(session: Session, _case: Case, timer: Timer, calendar: WorkingCalendar, now: datetime) -> str:
    """Returns the stage told, which is how the timer knows the next."""
    task = session.get(Task, timer.subject_id)
    if task is None or task.state != TaskState.OPEN:
        return timer.result
    return limit_reminders.tell(session, task, timer.result, calendar, now)


def _of_case(act: Callable[[Session, Case, WorkingCalendar, datetime], bool]) -> Handler:
    """The handler of an act on the case itself."""

    def handle(session: Session, case: Case, _timer: Timer, calendar: WorkingCalendar, now: datetime) -> str:
        return DONE if act(session, case, calendar, now) else NOTHING

    return handle


def _of(kind: type[Row], act: Callable[[Session, Row, WorkingCalendar, datetime], bool]) -> Handler:
    """The handler of an act on the row the timer is of."""

    def handle(session: Session, _case: Case, timer: Timer, calendar: WorkingCalendar, now: datetime) -> str:
        return DONE if act(session, session.get_one(kind, timer.subject_id), calendar, now) else NOTHING

    return handle


def _if_done(act: Callable[[Session, Case, Timer, WorkingCalendar, datetime], bool]) -> Handler:
    """The handler of an act that reads the timer itself."""

    def handle(session: Session, case: Case, timer: Timer, calendar: WorkingCalendar, now: datetime) -> str:
        return DONE if act(session, case, timer, calendar, now) else NOTHING

    return handle


def _order(session: Session, case: Case, timer: Timer, calendar: WorkingCalendar, now: datetime) -> str:
    """Past the limit of the law: the department that has not decided is ordered to."""
    part = session.get(CasePart, timer.subject_id) if timer.subject_id else None
    served = case.decided_at is not None and part is None
    due = timer.due - TICK if served else (part or case).statutory_due
    if due is None or now <= due:
        return NOTHING
    reasons = (SERVICE_REASONS if served else ORDER_REASONS) % {"day": clock.local_day(due)}
    supervision.open_order(session, case, part, None, reasons, now, calendar, automatic=True)
    return DONE


def _procedure_over(
    session: Session, case: Case, timer: Timer, _calendar: WorkingCalendar, now: datetime
) -> str:
    """The day told for the end of a special procedure has passed and nobody ended it."""
    procedure = session.get_one(SpecialProcedure, timer.subject_id)
    if procedure.state != ProcedureState.RUNNING:
        return NOTHING
    department = procedure.part.department_id if procedure.part else case.department_id
    notices.to_staff(
        session, case, [procedure.requested_by, *limit_reminders.in_charge(session, department)],
        "procedure_over", now, procedure=ProcedureKind(procedure.kind).label, until=procedure.ends_on,
    )  # fmt: skip
    return DONE


def _order_unanswered(
    session: Session, case: Case, timer: Timer, _calendar: WorkingCalendar, now: datetime
) -> str:
    order = session.get_one(SupervisoryOrder, timer.subject_id)
    if order.state != "open":
        return NOTHING
    notices.to_staff(
        session, case, limit_reminders.in_charge(session, order.department_id), "order_unanswered", now,
        department=order.department.zh, answer_by=clock.local_day(order.answer_by),
    )  # fmt: skip
    return DONE


HANDLERS: dict[str, Handler] = {
    "lamp": _remind,
    "checking_alarm": _of_case(silence.alarm_checking),
    "deemed_acceptance": _of_case(silence.deem_accepted),
    "correction_warning": _of(Correction, unanswered.warn_correction),
    "deemed_withdrawal": _of(Correction, unanswered.deem_withdrawn),
    "deferral_warning": _of_case(unanswered.warn_deferral),
    "deferral_expiry": _of_case(unanswered.expire_deferral),
    "deemed_consent": _of(CasePart, silence.deem_consent),
    "order": _order,
    "procedure_over": _procedure_over,
    "order_unanswered": _order_unanswered,
    "deemed_renewal": _of_case(permit_requests.deem_renewed),
    "renewal_alarm": _of_case(permit_requests.alarm),
    "renewal_lapsed": _of_case(permit_requests.lapse),
    "renewal_reminder": _if_done(permit_requests.remind),
    "renewal_last_reminder": _if_done(permit_requests.remind),
    "permit_expired": _if_done(permit_requests.tell_expired),
    "commitment_lapsed": _of(Commitment, commitment.lapse),
    "following_warning": _of(CommitmentClause, commitment.warn_following),
    "following_over": _of(CommitmentClause, commitment.tell_following_over),
    "suspension_over": _of(Permit, proceedings.end_suspension),
    "verification_overdue": _of(Verification, verification.order_overdue),
    "rectification_warning": _of(Verification, verification.warn_rectification),
    "rectification_over": _of(Verification, verification.rectification_over),
}
"""Kind → what it does; every kind of ``timers.KINDS`` has its line."""


def fire_due(session: Session, timer_id: int, case_id: int, now: datetime) -> bool:
    """Claim one due timer and do its act in this transaction; ``False`` where somebody was quicker."""
    timer = timers.claim(session, timer_id, case_id, now)
    if timer is None:
        return False
    fire(session, timer, calendars.current(session), now)
    return True
