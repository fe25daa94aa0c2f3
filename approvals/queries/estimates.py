"""How long cases of an item take (实际用时): counted from those decided lately, said with their number, never promised.

Working days from acceptance to decision. What the ledger stopped is left out: a day counts on which at least one
clock of the case ran, so a joint case is held only while every part of it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..calendar import WorkingCalendar
from ..ledger_rows import CaseLines
from ..limits import Channel, Entry, EntryKind
from ..tables import Case, LedgerEntry, ServiceItem
from ..terms import RequestKind

MOST_CASES, PERIOD_DAYS, FEWEST_CASES = 200, 365, 5
MEDIAN, NINE_TENTHS = 50, 90
STOPS = (EntryKind.PAUSE, EntryKind.RESUME)
SOME_ARTICLE = "—"  # the ground of a line says nothing about its day, so it is not read


class Turn(NamedTuple):
    """A line of a ledger as far as time is concerned: from the day after ``day`` on the clock runs or stands."""

    kind: EntryKind
    day: date


@dataclass(frozen=True)
class Estimate:
    """Working days of the cases behind it, sorted, and when the first and the last of them were decided.

    With fewer than ``FEWEST_CASES`` nothing can be said: ``median`` and ``most`` are None.
    """

    days: tuple[int, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def cases(self) -> int:
        """How many cases stand behind it."""
        return len(self.days)

    @property
    def median(self) -> int | None:
        """The days within which half of them were decided."""
        return self.within(MEDIAN)

    @property
    def most(self) -> int | None:
        """The days within which nine of ten were decided."""
        return self.within(NINE_TENTHS)

    def within(self, percent: int) -> int | None:
        """The fewest days within which at least so many percent were decided (nearest rank)."""
        if self.cases < FEWEST_CASES:
            return None
        return self.days[ceil(self.cases * percent / 100) - 1]

    def after(self, used: int) -> "Estimate":
        """What was left to those that took at least ``used`` days, counted from there."""
        return Estimate(tuple(days - used for days in self.days if days >= used), self.since, self.until)


def of_item(
    session: Session, code: str, calendar: WorkingCalendar, now: datetime, request: str = RequestKind.NEW
) -> Estimate:
    """The last cases of an item (by its code, all versions) that asked for the same, of the last year; two statements."""
    items = select(ServiceItem.id).where(ServiceItem.code == code)
    rows = session.execute(
        select(Case.id, Case.accepted_at, Case.decided_at)
        .where(
            Case.item_id.in_(items),
            Case.request == request,
            Case.accepted_at.is_not(None),
            Case.decided_at > now - timedelta(days=PERIOD_DAYS),
            Case.decided_at <= now,
        )
        .order_by(Case.decided_at.desc())
        .limit(MOST_CASES)
    ).all()
    if not rows:
        return Estimate()
    ledgers = _stopped(session, [row.id for row in rows], calendar)
    spans = [
        (row.id, clock.local_day(row.accepted_at), clock.local_day(row.decided_at))
        for row in rows
        if row.accepted_at and row.decided_at
    ]
    return Estimate(
        tuple(sorted(days_used(ledgers.get(id_, ()), first, last, calendar) for id_, first, last in spans)),
        min(last for _, _, last in spans),
        max(last for _, _, last in spans),
    )


def _stopped(
    session: Session, case_ids: Sequence[int], calendar: WorkingCalendar
) -> dict[int, list[list[Turn]]]:
    """The clocks of those among the cases that were ever paused; most never were."""
    paused = select(LedgerEntry.case_id).where(
        LedgerEntry.case_id.in_(case_ids), LedgerEntry.kind == EntryKind.PAUSE
    )
    rows = session.execute(
        select(
            LedgerEntry.case_id, LedgerEntry.part_id, LedgerEntry.kind, LedgerEntry.at, LedgerEntry.channel
        )
        .where(
            LedgerEntry.case_id.in_(paused),
            LedgerEntry.task_id.is_(None),
            LedgerEntry.kind.in_((EntryKind.START, EntryKind.END, *STOPS)),
        )
        .order_by(LedgerEntry.at, LedgerEntry.id)
    )
    found: dict[int, dict[int | None, list[Turn]]] = {}
    for case_id, part_id, kind, at, channel in rows:
        entry = Entry(EntryKind(kind), at, SOME_ARTICLE, channel=Channel(channel))
        found.setdefault(case_id, {}).setdefault(part_id, []).append(_turn(entry, calendar))
    return {case_id: _own_clocks(clocks) for case_id, clocks in found.items()}


def turns(lines: CaseLines, calendar: WorkingCalendar) -> list[list[Turn]]:
    """The clocks of one case whose ledger has been read, as ``days_used`` takes them."""
    clocks: dict[int | None, list[Turn]] = {None: _turns(lines.case.entries, calendar)}
    clocks |= {part: _turns(own.entries, calendar) for part, own in lines.parts.items()}
    return _own_clocks(clocks)


def _turns(entries: Iterable[Entry], calendar: WorkingCalendar) -> list[Turn]:
    return [_turn(entry, calendar) for entry in entries]


def _turn(entry: Entry, calendar: WorkingCalendar) -> Turn:
    return Turn(entry.kind, entry.day(calendar))


def _own_clocks(clocks: Mapping[int | None, list[Turn]]) -> list[list[Turn]]:
    """Those of the parts where they have their own, else the case's."""
    return [own for part, own in clocks.items() if part is not None] or list(clocks.values())


def days_used(clocks: Sequence[Sequence[Turn]], first: date, last: date, calendar: WorkingCalendar) -> int:
    """Working days in (first, last] on which at least one clock ran; all of them where none ever stood."""
    if last <= first:
        return 0
    if not any(turn.kind in STOPS for own in clocks for turn in own):
        return calendar.between(first, last)
    cuts = sorted({first, last, *(turn.day for own in clocks for turn in own if first < turn.day < last)})
    return sum(
        calendar.between(start, end)
        for start, end in pairwise(cuts)
        if any(_runs_after(own, start) for own in clocks)
    )


def _runs_after(turns: Sequence[Turn], day: date) -> bool:
    """Whether a clock runs on the days after ``day``: started, not ended, no pause open."""
    kinds = [turn.kind for turn in turns if turn.day <= day]
    pauses = kinds.count(EntryKind.PAUSE) - kinds.count(EntryKind.RESUME)
    return EntryKind.START in kinds and EntryKind.END not in kinds and pauses == 0
