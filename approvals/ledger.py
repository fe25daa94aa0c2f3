"""The deadline ledger (期限台账) of a case or a part: written, replayed, and its dates stored on the subject.

The stored dates are what queues sort by and lamps compare; the rows of the ledger are the truth.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from .calendar import WorkingCalendar
from .deadlines import Deadline, replay
from .limits import Channel, Entry, EntryKind, Limit, Limits, Track, Unit
from .tables import Case, CasePart, LedgerEntry, Staff


class ItemLimit(Protocol):
    """A limit as the catalogue writes it."""

    @property
    def days(self) -> int:
        """How many."""

    @property
    def unit(self) -> str:
        """Of what: ``working`` or ``calendar``."""


def limits_of(promised: ItemLimit | None, statutory: ItemLimit | None) -> Limits:
    """The limits of a service item, for the start of a clock."""
    return Limits(
        *(Limit(limit.days, Unit(limit.unit)) if limit else None for limit in (promised, statutory))
    )


def start(
    session: Session,
    *,
    case: Case,
    part: CasePart | None = None,
    at: datetime,
    limits: Limits,
    article: str,
    calendar: WorkingCalendar,
    document_number: str = "",
    channel: Channel = Channel.ONLINE,
    officer: Staff | None = None,
) -> Deadline:
    """Set the clock of the case, or of one ``part``, going at ``at`` and store its dates.

    Raises what ``deadlines.replay`` raises; then nothing is written. The caller holds the case row.
    """
    entry = Entry(
        EntryKind.START,
        at,
        article,
        document_number,
        channel=channel,
        officer_id=officer.id if officer else None,
    )
    return _write(session, case, part, entry, calendar, limits)


def record(
    session: Session, *, case: Case, part: CasePart | None = None, entry: Entry, calendar: WorkingCalendar
) -> Deadline:
    """Add a pause, a resume or an extension and store the new dates.

    Raises what ``deadlines.replay`` raises, a line out of order among them; then nothing is written.
    The caller holds the case row, so that two officers do not write past each other.
    """
    return _write(session, case, part, entry, calendar, None)


def recount(
    session: Session, *, case: Case, part: CasePart | None = None, calendar: WorkingCalendar
) -> Deadline:
    """Replay the stored ledger on ``calendar`` and store the dates, as after an imported notice."""
    deadline = deadline_of(session, case=case, part=part, calendar=calendar)
    _store(part or case, deadline)
    session.flush()
    return deadline


def deadline_of(
    session: Session, *, case: Case, part: CasePart | None = None, calendar: WorkingCalendar
) -> Deadline:
    """Replay without writing: the explanation line by line for the pages (每个日期怎么算的)."""
    rows = _rows(session, case, part)
    return replay([_entry(row) for row in rows], _limits(rows), calendar)


def deadlines_of_case(session: Session, case: Case, calendar: WorkingCalendar) -> dict[int | None, Deadline]:
    """Every clock of a case in one statement: its own under ``None``, those of parts by their ids."""
    query = select(LedgerEntry).where(LedgerEntry.case_id == case.id).order_by(LedgerEntry.at, LedgerEntry.id)
    rows: dict[int | None, list[LedgerEntry]] = {}
    for row in session.scalars(query):
        rows.setdefault(row.part_id, []).append(row)
    return {
        part_id: replay([_entry(row) for row in own], _limits(own), calendar) for part_id, own in rows.items()
    }


def _write(
    session: Session,
    case: Case,
    part: CasePart | None,
    entry: Entry,
    calendar: WorkingCalendar,
    limits: Limits | None,
) -> Deadline:
    """Replay with the new entry first: what cannot be replayed is never written."""
    rows = _rows(session, case, part)
    entries = [*(_entry(row) for row in rows), entry]
    deadline = replay(entries, _limits(rows) if limits is None else limits, calendar)
    session.add(_row(entry, case, part, limits))
    _store(part or case, deadline)
    session.flush()
    return deadline


def _rows(session: Session, case: Case, part: CasePart | None) -> list[LedgerEntry]:
    """The subject's own lines: a part's pause is not the case's."""
    query = (
        select(LedgerEntry)
        .where(LedgerEntry.case_id == case.id, LedgerEntry.part_id == (part.id if part else None))
        .order_by(LedgerEntry.at, LedgerEntry.id)
    )
    return list(session.scalars(query))


def _entry(row: LedgerEntry) -> Entry:
    return Entry(
        kind=EntryKind(row.kind),
        at=row.at,
        article=row.article,
        document_number=row.document_number,
        track=Track(row.track),
        channel=Channel(row.channel),
        days=row.days or 0,
        unit=Unit(row.unit),
        officer_id=row.officer_id,
    )


def _row(entry: Entry, case: Case, part: CasePart | None, limits: Limits | None) -> LedgerEntry:
    return LedgerEntry(
        case_id=case.id,
        part_id=part.id if part else None,
        kind=entry.kind,
        at=entry.at,
        track=entry.track,
        days=entry.days or None,
        unit=entry.unit,
        channel=entry.channel,
        limits={}
        if limits is None
        else {"promised": _json(limits.promised), "statutory": _json(limits.statutory)},
        article=entry.article,
        document_number=entry.document_number,
        officer_id=entry.officer_id,
    )


def _limits(rows: list[LedgerEntry]) -> Limits:
    """The limits that the start wrote down; later changes of the item do not reach a running case."""
    stored: Mapping[str, Any] = next((row.limits for row in rows if row.limits), {})
    return Limits(_limit(stored.get("promised")), _limit(stored.get("statutory")))


def _limit(stored: Mapping[str, Any] | None) -> Limit | None:
    return Limit(stored["days"], Unit(stored["unit"])) if stored else None


def _json(limit: Limit | None) -> dict[str, object] | None:
    return {"days": limit.days, "unit": str(limit.unit)} if limit else None


def _store(subject: Case | CasePart, deadline: Deadline) -> None:
    subject.promised_due = deadline.promised_due
    subject.statutory_due = deadline.statutory_due
    subject.yellow_at = deadline.yellow_at
    subject.provisional = deadline.provisional
    subject.paused = deadline.paused
    subject.paused_left = deadline.days_left_when_paused
