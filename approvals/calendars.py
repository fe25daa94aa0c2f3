"""The calendar in force (工作日历): the published version with the greatest number, read once in a process."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .calendar import WorkingCalendar, default_calendar
from .holidays import YearNotice
from .tables import CalendarVersion
from .terms import CaseState

BUILT_IN = 0
"""The version before any was published."""

PUBLISHED = "published"
NEVER_RECOUNTED = (CaseState.DRAFT, CaseState.ENDED)
"""A draft has no dates yet, an ended case keeps those it ended with."""


def current_version(session: Session) -> int:
    """The number of the version in force; ``BUILT_IN`` before the first was published."""
    newest = select(func.max(CalendarVersion.id)).where(CalendarVersion.state == PUBLISHED)
    return session.scalar(newest) or BUILT_IN


def current(session: Session) -> WorkingCalendar:
    """The calendar in force; its ``version`` says which it is."""
    return of_version(session, current_version(session))


def as_of(session: Session, instant: datetime) -> WorkingCalendar:
    """The calendar that was in force at ``instant`` (UTC): what a paper issued then was counted on."""
    newest = select(func.max(CalendarVersion.id)).where(
        CalendarVersion.state == PUBLISHED, CalendarVersion.published_at <= instant
    )
    return of_version(session, session.scalar(newest) or BUILT_IN)


def of_version(session: Session, version: int) -> WorkingCalendar:
    """The calendar of one version: what the dates of a case were counted on."""
    if version == BUILT_IN:
        return default_calendar()
    key = session.get_bind().engine.url.render_as_string(hide_password=True), version
    if key not in _known:
        if len(_known) >= MOST_KNOWN:
            _known.pop(next(iter(_known)))
        _known[key] = built(session.get_one(CalendarVersion, version))
    return _known[key]


MOST_KNOWN = 16
_known: dict[tuple[str, int], WorkingCalendar] = {}
"""A published version never changes, so it is built once; by database, because tests have several."""


def built(row: CalendarVersion) -> WorkingCalendar:
    """The calendar a row describes, drafts too. Raises what ``YearNotice`` raises."""
    notices = {int(year): notice_of(int(year), stored) for year, stored in row.notices.items()}
    closures = {date.fromisoformat(day): closed["words"] for day, closed in row.closures.items()}
    return WorkingCalendar(notices, closures, version=row.id)


def notice_of(year: int, stored: dict[str, Any]) -> YearNotice:
    """One year's notice as a version keeps it."""
    off = {date.fromisoformat(day): name for day, name in stored["off"].items()}
    return YearNotice(year, off, frozenset(date.fromisoformat(day) for day in stored["worked"]))
