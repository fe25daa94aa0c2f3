"""The days of the permits a case led to, for their holder: how long each is valid, and when its renewal can be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from .. import permit_timers
from ..calendar import WorkingCalendar
from ..register_rules import IN_FORCE, is_comprehensive, status_on
from ..renewal_time import RenewalTime
from ..tables import Permit
from ..terms import PermitStatus


@dataclass(frozen=True)
class PermitDays:
    """One permit in its version in force, which may be a later one; ``time``: the window of its renewal, if any."""

    number: str
    name: dict[str, str]
    version: int
    status: PermitStatus
    valid_until: date | None
    time: RenewalTime | None


def of_case(session: Session, case_id: int, calendar: WorkingCalendar, today: date) -> Sequence[PermitDays]:
    """The permits in force of the numbers this case issued, in the order of issue; those that have ended are left out."""
    issued = aliased(Permit)
    query = (
        select(Permit)
        .join(issued, issued.number == Permit.number)
        .where(issued.case_id == case_id, Permit.status.in_(IN_FORCE))
        .order_by(Permit.id)
        .distinct()
    )
    return [
        PermitDays(
            permit.number, permit.name, permit.version, status_on(permit, today), permit.valid_until,
            None if is_comprehensive(permit) else permit_timers.time_today(session, permit, calendar, today),
        )
        for permit in session.scalars(query)
    ]  # fmt: skip
