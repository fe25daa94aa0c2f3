"""The days of a permit by themselves: reminders before its renewal must be asked for, its end, an open renewal at it.

What concerns a permit is timed on the case it was first issued under, like everything else about it; a renewal that
is open at the last day on its own case.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from . import calendars, permit_requests
from .calendar import TICK, WorkingCalendar, end_of, start_of
from .catalogue import UnknownItem, item_of
from .register_rules import IN_FORCE, is_comprehensive
from .renewal_time import RenewalTime, renewal_time
from .silence import OPENING
from .tables import Case, Document, Permit
from .terms import CaseState, PermitStatus, RequestKind
from .timer_kinds import Wanted

REMIND_DAYS = {"renewal_reminder": 30, "renewal_last_reminder": 7}
"""Reminder → so many days before the last day to ask the holder is reminded."""
ISSUED = (CaseState.DELIVERING, CaseState.ENDED)
ALARM_DAYS = 5
"""The department is reminded of an open renewal so many days before the last one."""
UNDER_WAY = (CaseState.CHECKING, CaseState.REVIEWING, CaseState.COLLATING, CaseState.DECIDING)
"""A renewal that waits for the applicant (补正) does not lie with the authority, so silence is not the authority's."""


def of_permits(session: Session, case: Case, _calendar: WorkingCalendar) -> Iterator[Wanted]:
    """The reminders and the end of every permit first issued here, of its version in force; none without an end.

    Counted on the calendar of today, since an ended case is not recounted.
    """
    if case.state not in ISSUED:
        return
    calendar = calendars.current(session)
    for permit in _in_force(session, case):
        if permit.valid_until is None:
            continue
        for kind, at in reminders(session, permit, calendar).items():
            yield Wanted(kind, permit.id, at)
        yield Wanted("permit_expired", permit.id, told_at(permit.valid_until + timedelta(days=1)))


def _in_force(session: Session, case: Case) -> list[Permit]:
    first, current = aliased(Permit), aliased(Permit)
    query = (
        select(current)
        .join(first, first.number == current.number)
        .where(first.case_id == case.id, first.version == 1, current.status.in_(IN_FORCE))
        .order_by(current.id)
    )
    return list(session.scalars(query))


def reminders(session: Session, permit: Permit, calendar: WorkingCalendar) -> dict[str, datetime]:
    """When the holder is reminded (UTC); never of a comprehensive licence, which is renewed by its parts."""
    if is_comprehensive(permit) or permit.status != PermitStatus.VALID:
        return {}
    time = time_today(session, permit, calendar, permit.valid_until or date.max)
    return (
        {kind: told_at(time.last - timedelta(days=days)) for kind, days in REMIND_DAYS.items()}
        if time
        else {}
    )


def time_today(
    session: Session, permit: Permit, calendar: WorkingCalendar, today: date
) -> RenewalTime | None:
    """The window of this permit if its renewal were asked for ``today``; None without end, or without its item."""
    try:
        item = item_of(permit_requests.item_row(session, permit))
    except UnknownItem:  # the catalogue has it no more: nothing to apply for
        return None
    return renewal_time(permit, item, today, calendar)


def told_at(day: date) -> datetime:
    """The instant people are told something on that day: when the window opens (UTC)."""
    return start_of(day) + OPENING


def of_renewal(session: Session, case: Case, calendar: WorkingCalendar) -> Iterator[Wanted]:
    """What becomes of an open renewal once the last day is over: renewed by silence, or told that it is not."""
    if case.request != RequestKind.RENEWAL or case.decided_at is not None or case.received_at is None:
        return
    permit = permit_requests.standing(session, permit_requests.permit_of(session, case))
    time = permit_requests.time_of(session, case, calendar, case.received_at)
    if time is None or permit.status not in IN_FORCE:
        return
    yield Wanted("renewal_alarm", None, told_at(time.expires - timedelta(days=ALARM_DAYS)))
    kind = at_the_end(session, case, time)
    if kind:
        yield Wanted(kind, None, end_of(time.expires) + TICK, provisional=time.deems and time.provisional)


def at_the_end(session: Session, case: Case, time: RenewalTime) -> str:
    """What the end of the last day brings an open renewal: renewed by silence, lapsed, or nothing.

    Nothing for a benefit asked for in time: it is decided afterwards all the same. A request that waits for the
    applicant does not lie with the authority, and what was told to have lapsed is not renewed by silence after that.
    """
    if not time.in_time:
        return "renewal_lapsed"
    if not time.deems:
        return ""
    silent = case.state in UNDER_WAY and not told_lapsed(session, case)
    return "deemed_renewal" if silent else "renewal_lapsed"


def told_lapsed(session: Session, case: Case) -> bool:
    """Whether it was told that this renewal lapsed: what comes after that cannot be renewed by silence."""
    query = select(Document.id).where(Document.case_id == case.id, Document.kind == "renewal_lapsed")
    return session.scalar(query.limit(1)) is not None
