"""Numbers without gap or double: one counter row per authority, kind and year."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from . import clock

# One statement on either database: two transactions that open a series at once cannot both get 1.
_NEXT = text(
    "INSERT INTO number_series (authority, kind, year, last) VALUES (:authority, :kind, :year, 1) "
    "ON CONFLICT (authority, kind, year) DO UPDATE SET last = number_series.last + 1 RETURNING last"
)


def next_serial(session: Session, authority: str, kind: str, year: int) -> int:
    """The next serial number; it is given back if the transaction is rolled back."""
    return int(session.execute(_NEXT, {"authority": authority, "kind": kind, "year": year}).scalar_one())


def case_number(session: Session, region: str, department_code: str, now: datetime) -> str:
    """Case number (办件编号): region 6 + department 3 + local day 8 + serial 5 of that day."""
    day = clock.local_day(now)
    serial = next_serial(session, department_code, f"case {day:%m%d}", day.year)
    return f"{region}{department_code}{day:%Y%m%d}{serial:05d}"
