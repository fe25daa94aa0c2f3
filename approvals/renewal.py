"""Renewal (延续, 行政许可法 50): asked for in time or not, and what follows if nobody decides before the expiry.

Pure; the register of permits asks it. The only grant the law ever deems is the renewal asked for in time.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from . import clock
from .calendar import WorkingCalendar
from .errors import DomainError
from .limits import Unit
from .messages import N_
from .silence import working_days_before


class LeadTimes(DomainError):
    """A window that closes before it opens."""

    message = N_(
        "延续申请的期限有误：最早 %(earliest)s 天、最晚 %(latest)s 天。最早的天数不能少于最晚的天数。"
    )
    status = 422


@dataclass(frozen=True)
class Lead:
    """How long before the expiry a renewal is asked for: at the latest, and at the earliest where the law says so.

    Days of ``unit`` before the last day of validity. Raises ``LeadTimes``.
    """

    latest: int = 30
    earliest: int | None = None
    unit: Unit = Unit.CALENDAR

    def __post_init__(self) -> None:
        """Refuse a window that is none."""
        if self.latest < 0 or (self.earliest is not None and self.earliest < self.latest):
            raise LeadTimes(earliest=self.earliest, latest=self.latest)


def window(expires: date, lead: Lead, calendar: WorkingCalendar) -> tuple[date, date]:
    """The first and the last day to ask for the renewal of what is valid up to ``expires``; ``date.min`` = any time.

    The last day is not moved by a holiday: it is counted backwards, and asking earlier was always possible.
    """
    first = _before(expires, lead.earliest, lead, calendar) if lead.earliest is not None else date.min
    return first, _before(expires, lead.latest, lead, calendar)


def asked_in_time(expires: date, asked: date, lead: Lead, calendar: WorkingCalendar) -> bool:
    """Whether the renewal was asked for on a day of its window."""
    first, last = window(expires, lead, calendar)
    return first <= asked <= last


def deemed_renewed(
    expires: date,
    asked: date,
    lead: Lead,
    decided_at: datetime | None,
    calendar: WorkingCalendar,
    now: datetime,
) -> bool:
    """Whether silence has renewed it: asked for in time, and not decided by the end of its last day.

    Never on a day counted through a year without notice.
    """
    over = clock.local_day(now) > expires
    decided = decided_at is not None and clock.local_day(decided_at) <= expires
    if not over or decided or not asked_in_time(expires, asked, lead, calendar):
        return False
    return lead.unit == Unit.CALENDAR or not calendar.is_provisional_between(asked, expires)


def _before(expires: date, days: int, lead: Lead, calendar: WorkingCalendar) -> date:
    """Counted backwards from the day of expiry, which itself does not count."""
    if days == 0 or lead.unit == Unit.CALENDAR:
        return expires - timedelta(days=days)
    return working_days_before(expires - timedelta(days=1), days - 1, calendar)
