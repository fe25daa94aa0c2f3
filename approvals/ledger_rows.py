"""Rows of the ledger read as entries and written from them, by the clock they belong to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .limits import Channel, Entry, EntryKind, Limit, Limits, Track, Unit
from .tables import Case, CasePart, LedgerEntry, Task


@dataclass(frozen=True)
class Lines:
    """One clock's lines in their order, with the limits its start wrote down."""

    entries: tuple[Entry, ...] = ()
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class CaseLines:
    """Every clock of a case: its own, those of its parts and those of its tasks, by their ids."""

    case: Lines
    parts: Mapping[int, Lines]
    tasks: Mapping[int, Lines]


def of_case(session: Session, case_id: int) -> CaseLines:
    """All ledger lines of one case, in one statement."""
    return of_cases(session, [case_id])[case_id]


def of_cases(session: Session, case_ids: Sequence[int]) -> dict[int, CaseLines]:
    """The ledgers of many cases, in one statement."""
    query = (
        select(LedgerEntry)
        .where(LedgerEntry.case_id.in_(case_ids))
        .order_by(LedgerEntry.at, LedgerEntry.id)
        .execution_options(populate_existing=False)
    )
    rows: dict[int, list[LedgerEntry]] = {case_id: [] for case_id in case_ids}
    for row in session.scalars(query):
        rows[row.case_id].append(row)
    return {case_id: _by_clock(own) for case_id, own in rows.items()}


def _by_clock(rows: Sequence[LedgerEntry]) -> CaseLines:
    case: list[LedgerEntry] = []
    parts: dict[int, list[LedgerEntry]] = {}
    tasks: dict[int, list[LedgerEntry]] = {}
    for row in rows:
        if row.task_id is not None:
            tasks.setdefault(row.task_id, []).append(row)
        elif row.part_id is not None:
            parts.setdefault(row.part_id, []).append(row)
        else:
            case.append(row)
    return CaseLines(
        _lines(case),
        {part: _lines(own) for part, own in parts.items()},
        {task: _lines(own) for task, own in tasks.items()},
    )


def _lines(rows: Sequence[LedgerEntry]) -> Lines:
    return Lines(tuple(_entry(row) for row in rows), _limits(rows))


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
        until=row.until,
        before=row.before,
    )


def row_of(
    entry: Entry,
    case: Case,
    part: CasePart | None = None,
    task: Task | None = None,
    limits: Limits | None = None,
) -> LedgerEntry:
    """The row of a new entry; ``limits`` with a start."""
    return LedgerEntry(
        case_id=case.id,
        part_id=part.id if part else None,
        task_id=task.id if task else None,
        kind=entry.kind,
        at=entry.at,
        track=entry.track,
        days=entry.days or None,
        unit=entry.unit,
        channel=entry.channel,
        limits={}
        if limits is None
        else {"promised": _json(limits.promised), "statutory": _json(limits.statutory)},
        before=dict(entry.before),
        until=entry.until,
        article=entry.article,
        document_number=entry.document_number,
        officer_id=entry.officer_id,
    )


def _limits(rows: Sequence[LedgerEntry]) -> Limits:
    """The limits that the start wrote down; later changes of the item do not reach a running case."""
    stored: Mapping[str, Any] = next((row.limits for row in rows if row.limits), {})
    return Limits(_limit(stored.get("promised")), _limit(stored.get("statutory")))


def _limit(stored: Mapping[str, Any] | None) -> Limit | None:
    return Limit(stored["days"], Unit(stored["unit"])) if stored else None


def _json(limit: Limit | None) -> dict[str, object] | None:
    return {"days": limit.days, "unit": str(limit.unit)} if limit else None
