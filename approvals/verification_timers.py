"""What verification wants a timer for, after the case has ended too: its limit, and the day of a rectification."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import calendars
from .calendar import TICK, WorkingCalendar, end_of, start_of
from .silence import OPENING, WARNING_DAYS, working_days_before
from .tables import Case, Verification
from .terms import Path, VerificationState
from .timer_kinds import Wanted
from .verifications import STANDING


def wanted(session: Session, case: Case, _calendar: WorkingCalendar) -> Iterator[Wanted]:
    """Past its limit a verification is ordered; past its day a rectification is verified again, after a warning.

    An ended case is not recounted, so the calendar in force tells what is provisional.
    """
    if all(part.path != Path.COMMITMENT for part in case.parts):  # nothing is read of the many others
        return
    standing = select(Verification).where(Verification.case_id == case.id, Verification.state.in_(STANDING))
    for row in session.scalars(standing):
        if row.state == VerificationState.OPEN:
            yield Wanted("verification_overdue", row.id, row.due + TICK, row.provisional)
        elif row.rectify_by is not None:
            calendar, last = calendars.current(session), row.rectify_by
            warned = working_days_before(last, WARNING_DAYS, calendar)
            yield Wanted("rectification_warning", row.id, start_of(warned) + OPENING)
            provisional = calendar.is_provisional(last)
            yield Wanted("rectification_over", row.id, end_of(last) + TICK, provisional)
