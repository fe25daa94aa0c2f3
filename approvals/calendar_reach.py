"""Which open cases a new calendar can touch at all: those with a date on or after the first day that differs."""

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from .calendar import WorkingCalendar, start_of
from .calendars import NEVER_RECOUNTED
from .tables import Case, CasePart, Task, Timer
from .tables.cases import UNENDED
from .terms import TaskState

AHEAD = ("waiting", "held")
"""States of a timer that has not gone off."""


@lru_cache(maxsize=16)
def first_difference(old: WorkingCalendar, new: WorkingCalendar) -> date | None:
    """As ``WorkingCalendar.first_difference``; walks 96 years, so once for two calendars."""
    return old.first_difference(new)


def counted() -> ColumnElement[bool]:
    """Cases whose dates follow the calendar: handed in and not ended. The literal lets the partial index be used."""
    return and_(UNENDED, Case.state.not_in(NEVER_RECOUNTED))


def reaches(day: date | None) -> ColumnElement[bool]:
    """Whether any date of the case, its parts, its open tasks or its timers lies on ``day`` or after it.

    What was counted up to the day before is the same on both calendars, yellow light, pauses and provisional
    marks included: a stored date is never before a day it was counted through.
    """
    if day is None:
        return Case.id < 0
    edge = start_of(day)

    def late(table: Any) -> ColumnElement[bool]:
        return or_(table.promised_due >= edge, table.statutory_due >= edge)

    return or_(
        late(Case),
        Case.notify_by >= edge,
        select(CasePart.id).where(CasePart.case_id == Case.id, late(CasePart)).exists(),
        select(Task.id).where(Task.case_id == Case.id, Task.state == TaskState.OPEN, late(Task)).exists(),
        select(Timer.id).where(Timer.case_id == Case.id, Timer.state.in_(AHEAD), Timer.due >= edge).exists(),
    )
