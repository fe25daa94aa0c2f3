"""The calendar of this request: one statement finds the version in force, however often a page asks for it."""

from flask import g

from approvals import calendars
from approvals.calendar import WorkingCalendar
from approvals.tables import Case

from .transactions import db


def calendar() -> WorkingCalendar:
    """The calendar in force."""
    if "calendar" not in g:
        g.calendar = calendars.current(db())
    found: WorkingCalendar = g.calendar
    return found


def calendar_of(case: Case) -> WorkingCalendar:
    """The calendar the dates of ``case`` were counted on, which its explanation is replayed on."""
    return calendars.of_version(db(), case.calendar_version)


def is_behind(case: Case) -> bool:
    """Whether the dates of ``case`` wait for the recount after a newer calendar was published."""
    return case.state not in calendars.NEVER_RECOUNTED and case.calendar_version < calendar().version
