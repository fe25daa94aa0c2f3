"""The words that explain a date line by line (每个日期怎么算的): every entry, every day skipped, every end."""

from dataclasses import dataclass
from datetime import date, datetime, time

from . import limit_clock
from .calendar import Skipped
from .ledger_acts import State, Text
from .limits import Entry, EntryKind, Track, Unit
from .messages import N_


@dataclass(frozen=True)
class ReplayLine:
    """One line of the explanation: an entry, or (``kind`` None) the end of a limit.

    ``day`` is the day it counts as; ``promised`` and ``statutory`` the due days it leads to (None while
    held or absent); ``skipped`` and ``worked`` the days not counted and the weekend days counted since
    the line before.
    """

    day: date
    text: Text
    kind: EntryKind | None = None
    at: datetime | None = None
    notes: tuple[Text, ...] = ()
    article: str = ""
    document_number: str = ""
    officer_id: int | None = None
    promised: date | None = None
    statutory: date | None = None
    skipped: tuple[Skipped, ...] = ()
    worked: tuple[date, ...] = ()


@dataclass(frozen=True)
class Shift:
    """By how many working days pauses of single parts move the dates of the whole case (关键路径)."""

    promised: int = 0
    statutory: int = 0


UNMOVED = Shift()


def line_of(before: State, after: State, entry: Entry, text: Text, closing: time) -> ReplayLine:
    """One entry explained; what was skipped since the line before matters only where a clock ran."""
    running = any(not clock.held for clock in before.clocks.values())
    span = (before.day, after.day) if running else (after.day, after.day)
    return ReplayLine(
        day=after.day,
        text=text,
        kind=entry.kind,
        at=entry.at,
        notes=(*_hours_notes(entry, closing), *_missed_notes(after, entry)),
        article=entry.article,
        document_number=entry.document_number,
        officer_id=entry.officer_id,
        promised=promised_day(after),
        statutory=running_day(after, Track.STATUTORY),
        skipped=tuple(after.calendar.skipped(*span)),
        worked=tuple(after.calendar.worked_weekends(*span)),
    )


def _hours_notes(entry: Entry, closing: time) -> tuple[Text, ...]:
    if not entry.after_hours(closing):
        return ()
    return (Text(N_("窗口 %(closing)s 下班后办理，按次一工作日计。"), {"closing": f"{closing:%H:%M}"}),)


def _missed_notes(state: State, entry: Entry) -> tuple[Text, ...]:
    promised = state.clocks.get(Track.PROMISED)
    if promised is None or not promised.missed or entry.kind == EntryKind.RESUME:
        return ()
    due = limit_clock.due_day(promised, state.calendar)
    return (Text(N_("承诺期限已于 %(day)s 届满，不因此改变。"), {"day": due}),)


def running_day(state: State, track: Track) -> date | None:
    """The due day of a clock that is there and not held."""
    clock = state.clocks.get(track)
    return None if clock is None or clock.held else limit_clock.due_day(clock, state.calendar)


def promised_day(state: State) -> date | None:
    """The promised due day; a promise never reaches beyond the law's limit (承诺 ≤ 法定)."""
    days = [running_day(state, track) for track in (Track.PROMISED, Track.STATUTORY)]
    return None if days[0] is None else min(day for day in days if day is not None)


def end_lines(state: State, shift: Shift) -> list[ReplayLine]:
    """The last day of each limit that is not held, with what was skipped since the last entry."""
    put_off = {Track.PROMISED: shift.promised, Track.STATUTORY: shift.statutory}
    lines, since = [], state.day
    running = [track for track, clock in state.clocks.items() if not clock.held]
    for track in sorted(running, key=lambda track: limit_clock.due_day(state.clocks[track], state.calendar)):
        clock = state.clocks[track]
        due = limit_clock.due_day(clock, state.calendar)
        promised = promised_day(state) if track == Track.PROMISED else None
        capped = promised is not None and promised < due
        lines.append(
            ReplayLine(
                day=due,
                text=Text(_ENDS[track, clock.limit.unit], {"days": clock.days}),
                notes=(*_capped_notes(capped=capped), *_shift_notes(put_off[track])),
                promised=promised,
                statutory=due if track == Track.STATUTORY else None,
                skipped=tuple(state.calendar.skipped(since, due)),
                worked=tuple(state.calendar.worked_weekends(since, due)),
            )
        )
        since = max(since, due)
    return lines


def _capped_notes(*, capped: bool) -> tuple[Text, ...]:
    return (Text(N_("承诺期限不超过法定期限，以法定期限届满日为准。"), {}),) if capped else ()


def _shift_notes(days: int) -> tuple[Text, ...]:
    if not days:
        return ()
    return (Text(N_("单项依法停表，其中 %(days)s 个工作日在关键路径上，整件顺延。"), {"days": days}),)


_ENDS = {
    (Track.PROMISED, Unit.WORKING): N_("承诺期限 %(days)s 个工作日，至此届满。"),
    (Track.PROMISED, Unit.CALENDAR): N_("承诺期限 %(days)s 日，至此届满；末日不是工作日的，顺延。"),
    (Track.STATUTORY, Unit.WORKING): N_("法定期限 %(days)s 个工作日，至此届满。"),
    (Track.STATUTORY, Unit.CALENDAR): N_("法定期限 %(days)s 日，至此届满；末日不是工作日的，顺延。"),
}
