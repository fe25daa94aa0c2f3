"""The hearing (46–48): the right told, asked for or ordered, appointed, put off, held and recorded, given up."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import (
    authority,
    clock,
    hearing_requests,
    hearing_rules,
    hearings,
    notices,
    papers,
    proceeding_rules,
    special_procedures,
    tasks,
)
from approvals.calendar import WorkingCalendar, end_of
from approvals.errors import NotFound
from approvals.hearing_words import AskerKind
from approvals.hearings import Appointment, Signature
from approvals.limits import Channel
from approvals.tables import CasePart, Hearing, Staff, Task

from .. import flow
from .procedure_clock import restart_clock, stop_clock
from .special import part_of

HELD = "听证已举行，笔录已登记。结论意见：{conclusion}"
GIVEN_UP = "要求听证的人已撤回听证要求。"


# --- how it comes about


def tell_right(
    session: Session,
    part_id: int,
    staff: Staff,
    kind: AskerKind,
    name: str,
    interest: str,
    calendar: WorkingCalendar,
    now: datetime,
) -> Hearing:
    """Tell the applicant or an interested party that they may ask for a hearing within five working days."""
    part = part_of(session, part_id)
    authority.acting_for(session, staff, "tell_hearing_right", part.department_id, now)
    told = hearing_requests.tell_right(session, part, staff, kind, name, interest, now)
    paper = papers.hearing_right(session, told, staff, calendar, now)
    told.notice_document_id = paper.id
    if kind == AskerKind.APPLICANT:
        until = hearing_rules.ask_until(now, calendar)
        notices.to_applicant(session, part.case, "hearing_right", now, until=until, document=paper.number)
    return told


def ask(
    session: Session,
    part_id: int,
    staff: Staff | None,
    kind: AskerKind,
    name: str,
    reasons: str,
    calendar: WorkingCalendar,
    now: datetime,
) -> Hearing:
    """The applicant or an interested party asks for a hearing, at the window or (``staff`` None) online."""
    part = part_of(session, part_id)
    if staff is not None:
        authority.acting_for(session, staff, "take_hearing_request", part.department_id, now)
    asked = hearing_requests.ask(session, part, staff, kind, name, reasons, calendar, now)
    channel = hearing_requests.channel_of(staff)
    begin(session, part, asked, staff or part.case.clerk, calendar, now, channel)
    return asked


def order(
    session: Session, part_id: int, staff: Staff, reasons: str, calendar: WorkingCalendar, now: datetime
) -> Hearing:
    """The department holds a hearing of its own motion."""
    part = part_of(session, part_id)
    authority.acting_for(session, staff, "order_hearing", part.department_id, now)
    ordered = hearing_requests.order(session, part, staff, reasons, calendar, now)
    begin(session, part, ordered, staff, calendar, now)
    return ordered


def begin(
    session: Session,
    part: CasePart,
    hearing: Hearing,
    officer: Staff,
    calendar: WorkingCalendar,
    now: datetime,
    channel: Channel = Channel.ONLINE,
) -> None:
    """The clock stands, where one runs, and the head of the department is asked to appoint the hearing."""
    if hearing.procedure is not None:
        stop_clock(session, hearing.procedure, officer, calendar, now, channel)
    flow.start_beside(session, part.case, part, flow.HEARING, now)
    _put_off_decision(session, part)
    _due(session, part, "appoint_hearing", hearing_rules.notice_by(hearing, calendar), calendar)


def _put_off_decision(session: Session, part: CasePart) -> None:
    """In a proceeding the decision follows the record, so it is due after the hearing; nothing in a review."""
    due = proceeding_rules.due(session, part.id, "decide_proceeding")
    for task in tasks.open_tasks(session, part.case_id, "decide_proceeding"):
        if task.part_id == part.id and due is not None:
            task.promised_due = due
    session.flush()


def _due(session: Session, part: CasePart, step: str, day: date | None, calendar: WorkingCalendar) -> None:
    """A hearing goes by its own days, which no pause moves: it is the reason of the pause."""
    for task in tasks.open_tasks(session, part.case_id, step):
        if task.part_id == part.id and day is not None:
            task.limit, task.promised_due, task.provisional = {}, end_of(day), calendar.is_provisional(day)
            task.statutory_due = task.yellow_at = task.paused_left = None
            task.paused = False
    session.flush()


# --- how it is held


def appoint(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    made: Appointment,
    calendar: WorkingCalendar,
    now: datetime,
) -> Hearing:
    """Name day, place, chair and recorder; everybody concerned gets the notice, the chair the task."""
    task = tasks.take(session, task_id, version, staff, now, "appoint_hearing")
    hearing = _open(session, task)
    hearings.appoint(session, hearing, staff, made, calendar, now)
    paper = papers.hearing_notice(session, hearing, made, staff, now)
    hearing.notice_document_id = paper.id
    when = clock.local(made.when).strftime("%Y-%m-%d %H:%M")
    notices.to_applicant(
        session, task.case, "hearing", now, when=when, place=hearing.place, document=paper.number
    )
    flow.finish(session, task, staff, {"outcome": "appointed"}, now)
    _due(session, hearing.part, "hold_hearing", clock.local_day(made.when), calendar)
    for following in tasks.open_tasks(session, task.case_id, "hold_hearing"):
        if following.part_id == hearing.part_id:
            following.holder_id = hearing.chair_id
    return hearing


def postpone(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    reasons: str,
    calendar: WorkingCalendar,
    now: datetime,
) -> Hearing:
    """It cannot be held on that day: the head appoints another."""
    task = tasks.take(session, task_id, version, staff, now, "hold_hearing")
    hearing = _open(session, task)
    hearings.postpone(session, hearing, staff, reasons, now)
    notices.to_applicant(session, task.case, "hearing_put_off", now, reasons=reasons.strip())
    flow.finish(session, task, staff, {"outcome": "postponed"}, now)
    _due(session, hearing.part, "appoint_hearing", hearing_rules.notice_by(hearing, calendar), calendar)
    return hearing


def record(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    text: str,
    conclusion: str,
    signatures: Sequence[Signature],
    calendar: WorkingCalendar,
    now: datetime,
) -> Hearing:
    """Keep the signed record that the decision will follow; the clock goes on."""
    task = tasks.take(session, task_id, version, staff, now, "hold_hearing")
    hearing = _open(session, task)
    hearings.close(session, hearing, staff, text, conclusion, signatures, now)
    hearing.record_document_id = papers.hearing_record(session, hearing, staff, now).id
    flow.finish(session, task, staff, {"outcome": "held"}, now)
    _end(session, hearing, staff, HELD.format(conclusion=hearing.conclusion), calendar, now)
    return hearing


def withdraw(
    session: Session,
    hearing_id: int,
    staff: Staff | None,
    reasons: str,
    calendar: WorkingCalendar,
    now: datetime,
) -> Hearing:
    """Whoever asked for the hearing gives it up, at the window or (``staff`` None) online; the clock goes on."""
    case_id = session.execute(select(Hearing.case_id).where(Hearing.id == hearing_id)).scalar()
    if case_id is None:
        raise NotFound
    tasks.lock_case(session, case_id)
    hearing = session.get_one(Hearing, hearing_id)
    if staff is not None:
        authority.acting_for(session, staff, "take_hearing_request", hearing.part.department_id, now)
    hearings.withdraw(session, hearing, staff, reasons, now)
    flow.cancel_beside(session, hearing.part, flow.HEARING, now)
    _end(session, hearing, staff, GIVEN_UP, calendar, now, hearing_requests.channel_of(staff))
    return hearing


def _end(
    session: Session,
    hearing: Hearing,
    staff: Staff | None,
    result: str,
    calendar: WorkingCalendar,
    now: datetime,
    channel: Channel = Channel.ONLINE,
) -> None:
    _put_off_decision(session, hearing.part)
    if hearing.procedure is not None:
        special_procedures.end(session, hearing.procedure, staff, result, now)
        restart_clock(session, hearing.procedure, staff or hearing.case.clerk, calendar, now, channel)


def _open(session: Session, task: Task) -> Hearing:
    """The hearing a task is about. Raises ``NotFound``."""
    found = hearing_rules.open_one(session, task.part) if task.part is not None else None
    if found is None:
        raise NotFound
    return found
