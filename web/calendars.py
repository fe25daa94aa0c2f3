"""The calendar of this request: one statement finds the version in force, however often a page asks for it."""

from flask import g

from approvals import calendars
from approvals.calendar import WorkingCalendar
from approvals.queries import calendars as queries
from approvals.queries.calendars import Gap
from approvals.tables import Case

from .transactions import db, now


def calendar() -> WorkingCalendar:
    """The calendar in force."""
    if "calendar" not in g:
        g.calendar = calendars.current(db())
    found: WorkingCalendar = g.calendar
    return found


def calendar_of(case: Case) -> WorkingCalendar:
    """The calendar the dates of ``case`` were counted on, which its explanation is replayed on."""
    return calendars.of_version(db(), case.calendar_version)


def missing_notice() -> Gap | None:
    """The year whose notice is missing although open cases depend on it; one statement more on the page that asks."""
    return queries.gap(db(), calendar(), now())


def is_behind(case: Case) -> bool:
    """Whether the dates of ``case`` wait for the recount after a newer calendar was published."""
    return case.state not in calendars.NEVER_RECOUNTED and case.calendar_version < calendar().version
