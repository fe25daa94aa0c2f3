"""The day a suspension (暂扣) is over: the permit is in force again by itself, on the case it was first issued under."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from .calendar import TICK, WorkingCalendar, end_of
from .register_book import suspended_until
from .tables import Case, Permit
from .terms import PermitStatus
from .timer_kinds import Wanted


def wanted(session: Session, case: Case, _calendar: WorkingCalendar) -> Iterator[Wanted]:
    """The end of the suspension of every permit first issued here; a day of the civil calendar, so never provisional."""
    first = aliased(Permit)
    suspended = (
        select(Permit)
        .join(first, first.number == Permit.number)
        .where(first.case_id == case.id, first.version == 1, Permit.status == PermitStatus.SUSPENDED)
    )
    for permit in session.scalars(suspended.order_by(Permit.id)):
        until = suspended_until(session, permit)
        if until is not None:  # that of a comprehensive licence ends with that of its part
            yield Wanted("suspension_over", permit.id, end_of(until) + TICK)
