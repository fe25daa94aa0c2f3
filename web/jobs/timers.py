"""Timers: what is due is claimed one at a time, each with its act in one transaction."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, select

from approvals import calendars, database, ledger, tasks
from approvals import timers as rows
from approvals.tables import Case, Timer
from approvals.terms import CaseState
from processes import timers

from ..transactions import unit_of_work

log = logging.getLogger(__name__)
BATCH = 50


def fire_due(engine: Engine, clock: Callable[[], datetime]) -> int:
    """One sweep: fire what is due, at most ``BATCH``; returns how many fired.

    Safe with several workers: whoever locks the case fires, the others go on to the next. An act that fails is
    rolled back, noted on its timer and tried again later.
    """
    with database.reading_session(engine) as session:
        found = rows.due(session, clock(), BATCH)
    return sum(_fire(engine, timer_id, case_id, clock()) for timer_id, case_id in found)


def adopt(engine: Engine, clock: Callable[[], datetime]) -> int:
    """Open cases from before there were timers get theirs, and their tasks their dates; run once at start."""
    with database.reading_session(engine) as session:
        without = ~select(Timer.id).where(Timer.case_id == Case.id).exists()
        open_ = Case.state.not_in((CaseState.DRAFT, CaseState.ENDED))
        found = session.scalars(select(Case.id).where(open_, without).order_by(Case.id)).all()
    for case_id in found:
        with unit_of_work(engine, clock()) as session:
            case = tasks.lock_case(session, case_id)
            ledger.settle(session, case, calendars.of_version(session, case.calendar_version))
    return len(found)


def _fire(engine: Engine, timer_id: int, case_id: int, now: datetime) -> bool:
    try:
        with unit_of_work(engine, now) as session:
            return timers.fire_due(session, timer_id, case_id, now)
    except Exception as error:  # one case's trouble must not keep the others waiting
        log.exception("timer %s of case %s", timer_id, case_id)
        _note(engine, timer_id, type(error).__name__, now)
        return False


def _note(engine: Engine, timer_id: int, error: str, now: datetime) -> None:
    with unit_of_work(engine) as session:
        timer = session.scalar(select(Timer).where(Timer.id == timer_id, rows.is_due(now)))
        if timer is not None:
            rows.failed(timer, error, now)
