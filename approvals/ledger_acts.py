"""What each entry of the ledger does to the clocks of its subject: start, pause, resume, extend."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from . import limit_clock
from .calendar import WorkingCalendar
from .clock import local
from .limit_clock import LimitClock
from .limits import (
    ClockStartedTwice,
    Entry,
    EntryKind,
    ExtensionDays,
    ExtensionTooLate,
    Limits,
    ResumeWithoutPause,
    Track,
    Unit,
)
from .messages import N_


@dataclass(frozen=True)
class Text:
    """A message id with its parameters."""

    message: str
    params: dict[str, object]


@dataclass(frozen=True)
class State:
    """Where the replay stands: clocks by track, open pauses by track, the day of the last entry.

    ``trusting``: the entry was written before and was lawful on the calendar of its day.
    """

    limits: Limits
    calendar: WorkingCalendar
    clocks: dict[Track, LimitClock]
    started: Entry | None = None
    day: date = date.min
    pauses: tuple[Track, ...] = ()
    ended: Entry | None = None
    trusting: bool = False


def settled(state: State, day: date) -> State:
    """The state on ``day``, before the entry of that day: limits that ran out are marked missed."""
    clocks = {t: limit_clock.settle(clock, day, state.calendar) for t, clock in state.clocks.items()}
    return replace(state, day=day, clocks=clocks)


def _start(state: State, entry: Entry) -> tuple[State, Text]:
    """Both limits at once, or each on its own day (自申请之日起、自受理之日起)."""
    if any(track in state.clocks for track in _tracks((entry.track,))):
        raise ClockStartedTwice(day=local(state.started.at).date() if state.started else state.day)
    limits = {Track.PROMISED: state.limits.promised, Track.STATUTORY: state.limits.statutory}
    begun = {
        track: limit_clock.begin(limit, state.day)
        for track, limit in limits.items()
        if limit and track in _tracks((entry.track,))
    }
    after = replace(state, clocks=state.clocks | begun, started=state.started or entry)
    return _held_anew(after), Text(N_("开始计算期限，当日不计入。"), {})


def _pause(state: State, entry: Entry) -> tuple[State, Text]:
    after = _held_anew(replace(state, pauses=(*state.pauses, entry.track)))
    if _tracks(state.pauses) >= _tracks((entry.track,)):
        return after, Text(N_("又一项停表事由开始，重叠的时间只扣除一次。"), {})
    if entry.track == Track.PROMISED and Track.STATUTORY in state.clocks:
        return after, Text(N_("承诺期限停表，法定期限照常计算。"), {})
    return after, Text(N_("停表：当日计入，此后的时间不计入期限。"), {})


def _resume(state: State, entry: Entry) -> tuple[State, Text]:
    if entry.track not in state.pauses:
        raise ResumeWithoutPause(track=entry.track.label)
    open_pauses = Counter(state.pauses) - Counter([entry.track])
    after = _held_anew(replace(state, pauses=tuple(open_pauses.elements())))
    if _tracks(after.pauses) >= _tracks((entry.track,)):
        return after, Text(N_("一项停表事由结束，其他停表事由仍在继续。"), {})
    if after.pauses:
        return after, Text(N_("法定期限恢复计时，承诺期限仍在停表。"), {})
    return after, Text(N_("恢复计时，当日不计入。"), {})


def _extend(state: State, entry: Entry) -> tuple[State, Text]:
    """Both limits together where both run; a promise that was missed stays missed."""
    touched = {track: state.clocks[track] for track in _tracks((entry.track,)) if track in state.clocks}
    for clock in touched.values():
        if clock.limit.unit != entry.unit:
            raise ExtensionDays(unit=clock.limit.unit.label)
    if not touched:
        raise ExtensionDays(unit=entry.unit.label)
    if all(clock.missed for clock in touched.values()):
        if not state.trusting:
            raise ExtensionTooLate(day=max(limit_clock.due_day(c, state.calendar) for c in touched.values()))
        last = max(touched, key=lambda track: limit_clock.due_day(touched[track], state.calendar))
        touched[last] = replace(touched[last], missed=False)
    extended = {track: limit_clock.extend(clock, entry.days) for track, clock in touched.items()}
    return replace(state, clocks=state.clocks | extended), Text(_EXTENDED[entry.unit], {"days": entry.days})


def _change_calendar(state: State, entry: Entry) -> tuple[State, Text]:
    """The replay counts on one calendar from the first day on; the line only tells what was said before."""
    before: dict[str, object] = {name: entry.before.get(name) or "—" for name in ("promised", "statutory")}
    return state, Text(
        N_("工作日历更新，按新日历重新计算。原承诺办结日 %(promised)s，原法定届满日 %(statutory)s。"), before
    )


def _end(state: State, entry: Entry) -> tuple[State, Text]:
    """The decision is made: the clocks stand still, what is paused is paused no longer."""
    return replace(state, ended=entry, pauses=()), Text(N_("作出决定，期限停止计算。"), {})


def _tracks(entries: Iterable[Track]) -> set[Track]:
    """The clocks a set of tracks touches."""
    touched = set(entries)
    return {Track.PROMISED, Track.STATUTORY} if Track.BOTH in touched else touched


def _held_anew(state: State) -> State:
    """Hold the clocks that an open pause covers, release the others."""
    covered = _tracks(state.pauses)
    clocks = {
        track: limit_clock.hold(clock, state.day, state.calendar)
        if track in covered
        else limit_clock.release(clock, state.day)
        for track, clock in state.clocks.items()
    }
    return replace(state, clocks=clocks)


ACTS: dict[EntryKind, Callable[[State, Entry], tuple[State, Text]]] = {
    EntryKind.START: _start,
    EntryKind.PAUSE: _pause,
    EntryKind.RESUME: _resume,
    EntryKind.EXTEND: _extend,
    EntryKind.CALENDAR: _change_calendar,
    EntryKind.END: _end,
}
_EXTENDED = {
    Unit.WORKING: N_("延长 %(days)s 个工作日。"),
    Unit.CALENDAR: N_("延长 %(days)s 日。"),
}
