"""What happens by itself when an office lets a time pass: acceptance and consent by silence, called by the timers.

What the applicant lets pass stands in ``unanswered`` and is named here too. The caller holds the case's lock.
Each function looks first whether there is still something to do, and returns False where there is not, so that
calling it again does no harm. Nothing adverse rests on a provisional date.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import clock, corrections, intake, joint_review, journal, notices, papers, silence, tasks
from approvals.calendar import WorkingCalendar
from approvals.people import directory
from approvals.tables import Case, CasePart, Document, Message, Staff
from approvals.terms import CaseState, ItemKind, MaterialState, PartState, Role

from .. import flow, store, task_opening
from .acceptance import promised_day, take_in
from .unanswered import deem_withdrawn, expire_deferral, warn_correction, warn_deferral

__all__ = [
    "alarm_checking",
    "deem_accepted",
    "deem_consent",
    "deem_withdrawn",
    "expire_deferral",
    "warn_correction",
    "warn_deferral",
]

CHECKING_GROUND = "《中华人民共和国行政许可法》第三十二条第一款第四项"
NOTHING_TOLD = "五个工作日内没有一次告知需要补正的内容，自收到申请材料之日起即为受理"


# --- the five days of article 32


def alarm_checking(session: Session, case: Case, calendar: WorkingCalendar, now: datetime) -> bool:
    """Remind clerk, lead and head that the centre is about to accept by silence; once for each time materials came."""
    if case.state != CaseState.CHECKING:
        return False
    period, since = silence.checking(session, case, calendar), silence.handed_in(session, case).at
    if now > period.ends_at or _told(session, case, "five_days", since):
        return False
    notices.to_staff(session, case, _leading(session, case), "five_days", now, until=_day(period.ends_at))
    return True


def deem_accepted(session: Session, case: Case, calendar: WorkingCalendar, now: datetime) -> bool:
    """Silent past its five days the centre has accepted, as of the day the materials came (32(1)(4))."""
    if case.state != CaseState.CHECKING:
        return False
    period = silence.checking(session, case, calendar)
    if period.provisional or now <= period.ends_at:
        return False
    since, until = silence.handed_in(session, case), _day(period.ends_at)
    case.accepted_at = since.at
    for material in case.materials:  # a deferral is granted by an officer against a promise, never by silence
        if material.state == MaterialState.DEFERRED:
            material.state = MaterialState.MISSING
    document = take_in(
        session, case, None, calendar, since, now, lambda: papers.deemed_acceptance(session, case, until, now)
    )
    journal.write(
        session, "deem_accepted", now=now, case=case, ground=CHECKING_GROUND,
        after={
            **intake.snapshot(case), "document": document.number, "at": _day(since.at).isoformat(),
            "until": until.isoformat(), "reasons": NOTHING_TOLD,
        },
    )  # fmt: skip
    notices.to_applicant(session, case, "deemed_accepted", now, since=_day(since.at), due=promised_day(case))
    notices.to_staff(
        session, case, _leading(session, case), "accepted_by_silence", now, until=until, since=_day(since.at)
    )
    _go_on(session, case, now)
    return True


def _go_on(session: Session, case: Case, now: datetime) -> None:
    """As after any acceptance; what was found or is missing becomes one request after it."""
    for check in store.instances(session, case.id, flow.PRE_CHECK):
        if check.status == "running":
            check.status = "cancelled"
    for task in tasks.open_tasks(session, case.id, "pre_check"):
        tasks.cancel(task, now, "deemed_accepted")
    flow.tell_lead(session, case, "pre_checks_in", {}, now)
    for task in tasks.open_tasks(session, case.id, "check_materials"):
        flow.finish(session, task, None, {"outcome": "accepted"}, now)
    missing = corrections.unsaid(session, case, corrections.window_defects(case))
    if missing or corrections.waiting_defects(session, case.id):
        task_opening.open_aside(session, case, "issue_correction", now)


# --- an opinion that is not given


def deem_consent(session: Session, part: CasePart, calendar: WorkingCalendar, now: datetime) -> bool:
    """A department that only gives an opinion was silent past its limit: it agrees, and the case goes on.

    A department with a statutory permit of its own never agrees by silence.
    """
    case = part.case
    if part.decides or part.state != PartState.REVIEWING or case.item.kind != ItemKind.JOINT:
        return False
    period = silence.consent(part, calendar)
    if period is None or period.provisional or now <= period.ends_at:
        return False
    notice, until = _notice_to(session, part), _day(period.ends_at)
    number = notice.number if notice else ""
    opinion = joint_review.deem_consent(
        session,
        part,
        f"到{until}没有提交意见",
        f"{number}《并联审批抄告单》办理要求：届满未答复的，视为同意",
        now,
    )
    opinion.document_id = papers.deemed_consent(session, part, notice, until, now).id
    notices.to_staff(
        session, case, [*_of(session, part.department_id, Role.OFFICER, Role.HEAD), *_leading(session, case)],
        "consented_by_silence", now, part=part.name["zh"], department=part.department.zh, until=until,
    )  # fmt: skip
    _close_review(session, part, now)
    return True


def _notice_to(session: Session, part: CasePart) -> Document | None:
    """The notice that asked this department: its own where it was added later, else the case's."""
    query = select(Document).where(Document.case_id == part.case_id, Document.kind == "joint_notice")
    sent = session.scalars(query.order_by(Document.id)).all()
    return next((one for one in sent if one.part_id == part.id), next(iter(sent), None))


def _close_review(session: Session, part: CasePart, now: datetime) -> None:
    """End what the department left open, as if its opinion had been submitted."""
    for step, outcome in (("site_visit", "recorded"), ("review", "opinion")):
        for task in tasks.open_tasks(session, part.case_id, step):
            if task.part_id == part.id:
                flow.finish(session, task, None, {"outcome": outcome}, now)
                task.result = "deemed_consent"


# --- who is told, and what was


def _leading(session: Session, case: Case) -> list[Staff]:
    """The clerk, the lead's officers and the head of the department that answers for the case."""
    return [case.clerk, *_of(session, case.department_id, Role.LEAD_OFFICER, Role.HEAD)]


def _of(session: Session, department_id: int, *roles: Role) -> list[Staff]:
    return [person for role in roles for person in directory.holders_of(session, role, department_id)]


def _told(session: Session, case: Case, stage: str, since: datetime) -> bool:
    told = select(Message.id).where(
        Message.case_id == case.id, Message.stage == stage, Message.created_at >= since
    )
    return session.scalar(told.limit(1)) is not None


def _day(instant: datetime) -> date:
    return clock.local_day(instant)
