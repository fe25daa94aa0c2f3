"""The zone the law counts in. Nothing here reads the clock; ``now`` is always passed in."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def local(instant: datetime) -> datetime:
    """The instant as people at the centre read it."""
    return instant.astimezone(ZONE)


def local_day(instant: datetime) -> date:
    """The local day of an instant."""
    return instant.astimezone(ZONE).date()
