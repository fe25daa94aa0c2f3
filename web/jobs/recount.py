"""After a calendar version: the open cases counted anew, and drafts rehearsed, a batch in each transaction."""

import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, select

from approvals import calendar_publishing, calendar_rehearsal, database
from approvals.calendar_drafts import DRAFT
from approvals.tables import CalendarVersion
from processes import verification_recount

from ..transactions import unit_of_work

TURN = 2.0  # seconds, then mail and other work has its turn
_given_up: set[int] = set()
"""Cases this process could not recount; they stay on their version, and a restart tries them again."""
_given_up_after: set[int] = set()
"""Verifications likewise."""


def recount(engine: Engine, clock: Callable[[], datetime]) -> int:
    """Bring open cases to the calendar in force for a turn; returns how many."""
    done, ends = 0, time.monotonic() + TURN
    while time.monotonic() < ends and _anything_behind(engine):
        now = clock()
        with unit_of_work(engine, now) as session:
            batch = calendar_publishing.recount_some(session, now, _given_up)
        _given_up.update(batch.failed)
        done += batch.done
        if not batch.done:
            break
    return done + _recount_verifications(engine, clock)


def _recount_verifications(engine: Engine, clock: Callable[[], datetime]) -> int:
    """What runs after the grant of ended cases is counted on the calendar in force too; returns how many."""
    with database.reading_session(engine) as session:
        if not verification_recount.to_recount(session):
            return 0
    now = clock()
    with unit_of_work(engine, now) as session:
        batch = verification_recount.recount_some(session, now, _given_up_after)
    _given_up_after.update(batch.failed)
    return batch.done


def _anything_behind(engine: Engine) -> bool:
    """A look without any lock, since the worker comes by every second."""
    with database.reading_session(engine) as session:
        return calendar_publishing.to_recount(session)


def rehearse(engine: Engine, clock: Callable[[], datetime]) -> int:
    """Go on with the rehearsals that a request began; returns how many cases were tried."""
    with database.reading_session(engine) as session:
        drafts = session.scalars(select(CalendarVersion).where(CalendarVersion.state == DRAFT)).all()
        unfinished = [draft.id for draft in drafts if not calendar_rehearsal.totals(draft).done]
    return sum(_rehearse(engine, version_id, clock()) for version_id in unfinished)


def _rehearse(engine: Engine, version_id: int, now: datetime) -> int:
    with unit_of_work(engine) as session:
        query = select(CalendarVersion).where(CalendarVersion.id == version_id)
        draft = session.scalar(query.with_for_update(skip_locked=True))
        return calendar_rehearsal.rehearse_some(session, draft, now) if draft else 0
