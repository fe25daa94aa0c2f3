"""What the days of a permit bring about by themselves: renewed by silence (行政许可法 50), lapsed, reminded of.

As in ``silence``, the caller holds the case's lock, and each function says whether there was still something to do.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from approvals import (
    calendars,
    clock,
    journal,
    ledger,
    limit_reminders,
    notices,
    papers,
    people,
    permit_issue,
    permit_requests,
    permit_timers,
    register_book,
    renewal,
)
from approvals.calendar import WorkingCalendar
from approvals.register_rules import IN_FORCE, status_on
from approvals.renewal_time import RenewalTime
from approvals.tables import Case, Permit, Staff, Timer
from approvals.terms import CaseState, Outcome, PartState, PermitStatus, RequestKind, Role

from .. import flow

GROUND = "《中华人民共和国行政许可法》第五十条第二款"
CONSEQUENCES = {
    "deemed_renewal": "届满前没有作出决定的，视为准予延续。",
    "renewal_lapsed": "届满后不能再准予延续。",
    "": "届满即失效，请在届满前决定。",
}
"""What the end brings → as the department is reminded of it."""
NOT_DECIDED = "申请按期提出，有效期届满前没有作出是否准予延续的决定，视为准予延续"


def deem_renewed(session: Session, case: Case, calendar: WorkingCalendar, now: datetime) -> bool:
    """Asked for in time and not decided by the end of the last day: renewed by law, and the case is over.

    Nobody signs. A request that waits for the applicant does not lie with the authority; a benefit is no licence.
    """
    found = _open_renewal(session, case, calendar, now)
    if found is None or permit_timers.at_the_end(session, case, found[1]) != "deemed_renewal":
        return False
    permit, time = found
    if not renewal.deemed_renewed(time.expires, time.asked, time.lead, None, calendar, now):
        return False
    document = papers.deemed_renewal(session, case, permit, time, now)
    new = permit_issue.renew_by_law(session, case, permit, now)
    ledger.end(session, case, None, None, now)
    flow.cancel_all(session, case, now)
    case.state, case.outcome, case.ended_at = CaseState.ENDED, Outcome.DEEMED_RENEWED, now
    for part in case.parts:
        part.state, part.ended_at = PartState.CLOSED, now
    journal.write(
        session, "deem_renewed", now=now, case=case, part=case.parts[0], ground=GROUND,
        after={
            "permit": new.number, "version": new.version, "document": document.number, "reasons": NOT_DECIDED,
            "asked": time.asked.isoformat(), "last_day": time.last.isoformat(), "expires": time.expires.isoformat(),
            "until": new.valid_until.isoformat() if new.valid_until else "",
        },
    )  # fmt: skip
    _tell(session, case, new, "deemed_renewed", now, expires=time.expires, until=new.valid_until or "长期")
    return True


def alarm(session: Session, case: Case, calendar: WorkingCalendar, now: datetime) -> bool:
    """Remind whoever is in charge that a renewal is undecided, and what follows at the end of the last day."""
    found = _open_renewal(session, case, calendar, now)
    if found is None or clock.local_day(now) > found[1].expires:
        return False
    permit, time = found
    notices.to_staff(
        session, case, limit_reminders.in_charge(session, case.department_id), "renewal_alarm", now,
        permit=permit.name["zh"], permit_number=permit.number, expires=time.expires,
        consequence=CONSEQUENCES[permit_timers.at_the_end(session, case, time)],
    )  # fmt: skip
    return True


def lapse(session: Session, case: Case, calendar: WorkingCalendar, now: datetime) -> bool:
    """The last day is over and silence renews nothing: holder and department are told, once; the case goes on.

    It can end only by withdrawal or a refusal, since what has expired cannot be renewed; the holder may apply anew.
    """
    found = _open_renewal(session, case, calendar, now)
    if found is None or permit_timers.at_the_end(session, case, found[1]) != "renewal_lapsed":
        return False
    permit, time = found
    held = time.deems and time.provisional
    if clock.local_day(now) <= time.expires or held or permit_timers.told_lapsed(session, case):
        return False
    document = papers.renewal_lapsed(session, case, permit, time, now)
    _tell(session, case, permit, "renewal_lapsed", now, expires=time.expires, document=document.number)
    return True


def _open_renewal(
    session: Session, case: Case, calendar: WorkingCalendar, now: datetime
) -> tuple[Permit, RenewalTime] | None:
    """The permit, locked, and the time of an undecided renewal; None where nothing is open or the permit has ended."""
    undecided = (
        case.request == RequestKind.RENEWAL and case.received_at is not None and case.decided_at is None
    )
    if not undecided or case.state in (CaseState.DRAFT, CaseState.ENDED):
        return None
    register_book.lock(session, permit_requests.permit_of(session, case))
    permit = permit_requests.standing(session, permit_requests.permit_of(session, case))
    time = permit_requests.time_of(session, case, calendar, now)
    return (permit, time) if time is not None and permit.status in IN_FORCE else None


def _tell(session: Session, case: Case, permit: Permit, stage: str, now: datetime, **params: object) -> None:
    """The holder, the clerk, the department and supervision."""
    words = {"permit": permit.name["zh"], "permit_number": permit.number, **params}
    notices.to_applicant(session, case, stage, now, **words)
    notices.to_staff(
        session,
        case,
        [case.clerk, *limit_reminders.in_charge(session, case.department_id)],
        stage,
        now,
        **words,
    )


def remind(session: Session, _case: Case, timer: Timer, _calendar: WorkingCalendar, now: datetime) -> bool:
    """Remind the holder that the last day to ask for the renewal comes near; not whoever has asked already."""
    permit = session.get_one(Permit, timer.subject_id)
    calendar, today = calendars.current(session), clock.local_day(now)
    at = permit_timers.reminders(session, permit, calendar).get(timer.kind)
    if at is None or now < at or status_on(permit, today) != PermitStatus.VALID:
        return False
    if any(case.request == RequestKind.RENEWAL for case in permit_requests.open_requests(session, permit)):
        return False
    time = permit_timers.time_today(session, permit, calendar, today)
    if time is None or time.late:
        return False
    notices.to_applicant(
        session, permit.case, timer.kind, now, permit=permit.name["zh"], permit_number=permit.number,
        expires=time.expires, last=time.last, since=f"（{time.first} 起可以提出）" if time.first else "",
    )  # fmt: skip
    return True


def tell_expired(
    session: Session, _case: Case, timer: Timer, _calendar: WorkingCalendar, now: datetime
) -> bool:
    """Tell the department that a permit has expired and is to be cancelled (70(1)); not while silence may renew it."""
    permit = session.get_one(Permit, timer.subject_id)
    if permit.status not in IN_FORCE or status_on(permit, clock.local_day(now)) != PermitStatus.EXPIRED:
        return False
    waiting = [
        one for one in permit_requests.open_requests(session, permit) if one.request == RequestKind.RENEWAL
    ]
    if any(_may_be_renewed(session, one, now) for one in waiting):
        return False
    notices.to_staff(
        session, permit.case, _department(session, permit.department_id), "permit_expired", now,
        permit=permit.name["zh"], permit_number=permit.number, holder=permit.holder, expires=permit.valid_until,
    )  # fmt: skip
    return True


def _may_be_renewed(session: Session, case: Case, now: datetime) -> bool:
    time = permit_requests.time_of(session, case, calendars.current(session), now)
    return case.decided_at is not None or (time is not None and time.in_time and time.deems)


def _department(session: Session, department_id: int) -> list[Staff]:
    """Whoever can cancel, and whoever prepares it."""
    return [
        person
        for role in (Role.HEAD, Role.OFFICER)
        for person in people.holders_of(session, role, department_id)
    ]
