"""The critical path (关键路径) of a joint case: which part holds its date, and what pauses of single parts add.

A pause stops only its own part. The others run on, so the case's date moves by what the pause takes from the
longest path, and not by the whole of it. Entries in, working days out; only ``of_case`` reads the tables.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from . import ledger_rows
from .calendar import WorkingCalendar
from .clock import ZONE, local_day
from .deadline_lines import Shift
from .deadlines import Deadline, replay
from .ledger_rows import CaseLines
from .limits import Entry, EntryKind, Limits, Track
from .tables import Case

CLOCK_STOPS = (EntryKind.PAUSE, EntryKind.RESUME)
NOON = time(12)


@dataclass(frozen=True)
class Leg:
    """One part with a clock of its own; ``waits_for`` is the part whose result it needs."""

    part_id: int
    entries: tuple[Entry, ...]
    limits: Limits
    waits_for: int | None = None
    done_on: date | None = None


def legs_of(case: Case, lines: CaseLines) -> list[Leg]:
    """The parts of a case that have clocks of their own."""
    return [
        Leg(
            part.id,
            lines.parts[part.id].entries,
            lines.parts[part.id].limits,
            part.depends_on_id,
            local_day(part.ended_at) if part.ended_at else None,
        )
        for part in case.parts
        if part.id in lines.parts
    ]


def shift_of(legs: Sequence[Leg], case: Deadline, calendar: WorkingCalendar) -> Shift:
    """What the parts' pauses add to the dates of the case, whose own ledger gave ``case``."""
    days = {
        track: 0 if due is None else _added(legs, track, local_day(due), calendar)
        for track, due in ((Track.PROMISED, case.promised_due), (Track.STATUTORY, case.statutory_due))
    }
    return Shift(days[Track.PROMISED], days[Track.STATUTORY])


def _added(legs: Sequence[Leg], track: Track, due: date, calendar: WorkingCalendar) -> int:
    """A pause that begins after the case's date has passed moves it no more; each that counts may move it further."""
    plain = _latest(legs, track, None, calendar)
    if plain is None:
        return 0
    added, moved = 0, due
    while True:
        actual = _latest(legs, track, moved, calendar) or plain
        more = max(0, calendar.between(plain, actual))
        if more == added:
            return added
        added, moved = more, calendar.add(due, more).day


def _latest(legs: Sequence[Leg], track: Track, until: date | None, calendar: WorkingCalendar) -> date | None:
    """The day the longest path ends, with the pauses that began up to ``until`` (``None``: with none)."""
    days = {leg.part_id: _due(leg, track, until, calendar) for leg in legs}
    waits = {leg.part_id: leg.waits_for for leg in legs}
    return max(finishes({part: day for part, day in days.items() if day}, waits).values(), default=None)


def _due(leg: Leg, track: Track, until: date | None, calendar: WorkingCalendar) -> date | None:
    deadline = replay(
        released(_begun_until(leg.entries, until)), leg.limits, calendar, recorded=len(leg.entries)
    )
    due = deadline.promised_due if track == Track.PROMISED else deadline.statutory_due
    return local_day(due) if due else None


def _begun_until(entries: Sequence[Entry], until: date | None) -> list[Entry]:
    """The entries without the pauses that began later, and without the resumes of those."""
    kept: list[Entry] = []
    going = 0
    for entry in entries:
        if entry.kind == EntryKind.PAUSE:
            if until is None or local_day(entry.at) > until:
                continue
            going += 1
        if entry.kind == EntryKind.RESUME:
            if not going:
                continue
            going -= 1
        kept.append(entry)
    return kept


def open_pauses(entries: Iterable[Entry]) -> list[Entry]:
    """The pauses that nothing has closed, oldest first; a resume closes the first of its track, the end all."""
    found: list[Entry] = []
    for entry in entries:
        if entry.kind == EntryKind.PAUSE:
            found.append(entry)
        elif entry.kind == EntryKind.RESUME:
            del found[next(i for i, pause in enumerate(found) if pause.track == entry.track)]
        elif entry.kind == EntryKind.END:
            found.clear()
    return found


def released(entries: Sequence[Entry]) -> list[Entry]:
    """The entries with every open pause ended on the day that was told in writing."""
    ends = [replace(pause, kind=EntryKind.RESUME, at=_end_of_pause(pause)) for pause in open_pauses(entries)]
    last = entries[-1].at if entries else None
    return [*entries, *(replace(end, at=max(end.at, last or end.at)) for end in sorted(ends, key=_at))]


def _end_of_pause(pause: Entry) -> datetime:
    return max(pause.at, datetime.combine(pause.until, NOON, ZONE)) if pause.until else pause.at


def _at(entry: Entry) -> datetime:
    return entry.at


def finishes(days: Mapping[int, date], waits: Mapping[int, int | None]) -> dict[int, date]:
    """Part → the day it can be finished: its own, or that of the part whose result it needs.

    It decides the same day that result arrives (domain §3), so waiting adds nothing of its own.
    """

    def finish(part: int, seen: frozenset[int] = frozenset()) -> date:
        before = waits.get(part)
        if before is None or before not in days or before in seen:
            return days[part]
        return max(days[part], finish(before, seen | {part}))

    return {part: finish(part) for part in days}


@dataclass(frozen=True)
class Lane:
    """One part on the path: the day it is due to finish and how many working days it may slip (``slack``)."""

    part_id: int
    department_id: int
    finish: date
    slack: int | None  # None: finished
    holds: bool
    waits_for: int | None
    done: bool
    paused: bool


@dataclass(frozen=True)
class CriticalPath:
    """The lanes of a joint case, and the working days left for everything behind the last of them (``tail``)."""

    lanes: tuple[Lane, ...]
    tail: int | None


def of_case(session: Session, case: Case, calendar: WorkingCalendar, now: datetime) -> CriticalPath:
    """The path as it stands today; without lanes where the parts have no clocks of their own."""
    return path_of(case, ledger_rows.of_case(session, case.id), calendar, now)


def path_of(case: Case, lines: CaseLines, calendar: WorkingCalendar, now: datetime) -> CriticalPath:
    """The same for a case whose ledger has been read already, as with many cases at once."""
    legs = legs_of(case, lines)
    departments = {part.id: part.department_id for part in case.parts}
    found = lanes(legs, departments, local_day(now), calendar)
    last = max((lane.finish for lane in found), default=None)
    due = local_day(case.promised_due) if case.promised_due else None
    return CriticalPath(tuple(found), calendar.between(last, due) if last and due else None)


def lanes(
    legs: Sequence[Leg], departments: Mapping[int, int], today: date, calendar: WorkingCalendar
) -> list[Lane]:
    """Every part with its slack; the unfinished ones that end last hold the date of the case.

    A part past its own day cannot end before ``today``; a finished one ended when it did.
    """
    days, paused = {}, {}
    for leg in legs:
        own = replay(leg.entries, leg.limits, calendar, recorded=len(leg.entries))
        due = _due(leg, Track.PROMISED, date.max, calendar) or _due(leg, Track.STATUTORY, date.max, calendar)
        if leg.done_on or due:
            days[leg.part_id] = leg.done_on or max(due or today, calendar.on_or_after(today).day)
        paused[leg.part_id] = own.paused
    waits = {leg.part_id: leg.waits_for for leg in legs}
    ends = finishes(days, waits)
    running = {leg.part_id: ends[leg.part_id] for leg in legs if not leg.done_on and leg.part_id in ends}
    last = max(running.values(), default=None)
    return [
        Lane(
            leg.part_id,
            departments[leg.part_id],
            ends[leg.part_id],
            calendar.between(ends[leg.part_id], last) if last and not leg.done_on else None,
            holds=not leg.done_on and ends[leg.part_id] == last,
            waits_for=leg.waits_for,
            done=leg.done_on is not None,
            paused=paused[leg.part_id],
        )
        for leg in legs
        if leg.part_id in ends
    ]
