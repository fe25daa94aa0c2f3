"""After a calendar was published: the days of verifications are counted anew, a batch in each transaction.

They run beside cases that have ended, which no recount touches, so each knows the calendar it was counted on.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from approvals import calendars, notices
from approvals.calendar import WorkingCalendar
from approvals.tables import Case, Verification
from approvals.verifications import STANDING

from . import verification_flow

log = logging.getLogger(__name__)
BATCH = 50  # verifications


@dataclass(frozen=True)
class Batch:
    """How many were brought up to date, and those that failed."""

    done: int = 0
    failed: tuple[int, ...] = ()


def to_recount(session: Session) -> bool:
    """Whether any verification under way was counted on an older calendar."""
    version = calendars.current_version(session)
    return session.scalar(select(Verification.id).where(_behind(version)).limit(1)) is not None


def recount_some(session: Session, now: datetime, without: Collection[int] = ()) -> Batch:
    """Bring the next ones to the calendar in force; ``without`` failed before. Cases somebody holds wait.

    The caller's boundary brings their timers up to date.
    """
    calendar = calendars.current(session)
    ready = and_(_behind(calendar.version), Verification.id.not_in(without))
    found = session.execute(
        select(Verification.id, Verification.case_id).where(ready).order_by(Verification.id).limit(BATCH)
    ).all()
    wanted = select(Case.id).where(Case.id.in_({case_id for _, case_id in found})).order_by(Case.id)
    held = set(session.scalars(wanted.with_for_update(of=Case, skip_locked=True)))
    session.info.setdefault("locked_cases", set()).update(held)
    done, failed = 0, []
    for verification_id, case_id in found:
        if case_id in held:
            if _recounted(session, verification_id, calendar, now):
                done += 1
            else:
                failed.append(verification_id)
    return Batch(done, tuple(failed))


def _recounted(session: Session, verification_id: int, calendar: WorkingCalendar, now: datetime) -> bool:
    """One of them; where it fails it alone stays behind."""
    try:
        with session.begin_nested():
            row = session.get_one(Verification, verification_id, populate_existing=True)
            before = row.rectify_by
            verification_flow.recount(session, row, calendar, now)
            if row.rectify_by != before:
                notices.to_applicant(
                    session, row.case, "rectify_later", now, part=row.part.name["zh"],
                    department=row.department.zh, until=row.rectify_by, before=before,
                )  # fmt: skip
    except Exception:
        log.exception("verification %s could not be recounted", verification_id)
        return False
    return True


def _behind(version: int) -> ColumnElement[bool]:
    return and_(Verification.state.in_(STANDING), Verification.calendar_version < version)
