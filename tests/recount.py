"""Every date of a case counted a second time, by walking from day to day over the rows of its ledger.

Nothing of the product counts here: of its calendar only whether a day works is asked. Slow and plain on
purpose, so that the two agree because both are right.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.tables import Case, Correction, LedgerEntry, Task

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
CLOSING_HOUR = 17
SERVED_DAYS = 10
TRACKS = ("promised", "statutory")


@dataclass(frozen=True)
class Days:
    """Which days work, and of which years a notice is known."""

    works: Callable[[date], bool]
    announced: Callable[[date], bool]

    def after(self, day: date, count: int) -> date:
        """So many working days after ``day``; none: the day, moved on to one that works."""
        while count or not self.works(day):
            day += DAY
            count -= self.works(day) and count > 0
        return day

    def before(self, day: date, count: int) -> date:
        """The working day that still has ``count`` working days after it up to ``day``, itself included."""
        while count or not self.works(day):
            count -= self.works(day) and count > 0
            day -= DAY
        return day

    def among(self, first: date, last: date) -> int:
        """Working days after ``first`` up to ``last``."""
        return sum(self.works(day) for day in span(first, last))


def span(first: date, last: date) -> Iterator[date]:
    """The days after ``first`` up to ``last``."""
    while first < last:
        first += DAY
        yield first


def local_day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """The first instant of a day at the centre."""
    return datetime.combine(day, datetime.min.time(), SHANGHAI)


def day_of_act(at: datetime, channel: str, days: Days) -> date:
    """An act at the window after its hours counts as of the next working day."""
    late = channel == "window" and at.astimezone(SHANGHAI).hour >= CLOSING_HOUR
    return days.after(local_day(at), 1) if late else local_day(at)


@dataclass
class Walk:
    """One limit walked up to ``day``: what is left, the days it went by, whether it stands or has run out."""

    days: Days
    day: date
    left: int
    unit: str
    gone: list[date] = field(default_factory=list)
    stands: bool = False
    missed: bool = False

    def due(self) -> date:
        """The last day, if it went on from here."""
        *_, last = [self.day, *self.ahead()]
        return last

    def ahead(self) -> Iterator[date]:
        """The days it still goes by, the last one moved on to a working day."""
        day, left = self.day, self.left
        while left or not self.days.works(day):
            day += DAY
            left -= left > 0 and (self.unit == "calendar" or self.days.works(day))
            yield day

    def walk(self, to: date) -> None:
        """Go on to ``to``: days count while it does not stand, and a day too many is a missed limit."""
        if not self.stands and not self.missed and to > self.due():
            self.missed = True
        if self.stands or self.missed:
            return
        for day in span(self.day, to):
            self.gone.append(day)
            self.left -= self.left > 0 and (self.unit == "calendar" or self.days.works(day))
        self.day = to

    def hold(self, day: date) -> None:
        if not self.missed:
            self.stands, self.day = True, day

    def release(self, day: date) -> None:
        if self.stands:
            self.stands, self.day = False, day

    def counted(self) -> list[date]:
        """Every day it goes by from the first to the last."""
        return [*self.gone, *self.ahead()]


@dataclass
class Subject:
    """What a case, a part or a task should show."""

    promised: date | None = None
    statutory: date | None = None
    paused: bool = False
    provisional: bool = False
    counted: tuple[date, ...] = ()
    days: Days | None = None

    def lamp(self, now: datetime) -> str:
        """The lamp by the days gone and left; paused before all."""
        today = local_day(now)
        if self.promised is None and self.statutory is None:
            return "none"
        if self.paused:
            return "paused"
        if self.statutory is not None and today > self.statutory:
            return "red_order"
        if self.promised is not None and today > self.promised:
            return "red"
        return "yellow" if self.nearly_used(now) else "green"

    def nearly_used(self, now: datetime) -> bool:
        """One working day left, or nine tenths of them used, today's by the part of it that is over."""
        assert self.days is not None
        today = local_day(now)
        working = [day for day in self.counted if self.days.works(day)]
        used = timedelta(days=sum(day < today for day in working))
        if today in working:
            used += now - midnight(today)
        left = sum(day > today for day in working)
        return len(working) <= 1 or left <= 1 or used * 10 >= timedelta(days=9 * len(working))


def rows_of(session: Session, case: Case) -> list[LedgerEntry]:
    query = select(LedgerEntry).where(LedgerEntry.case_id == case.id)
    return list(session.scalars(query.order_by(LedgerEntry.at, LedgerEntry.id)))


def walks(rows: Sequence[LedgerEntry], days: Days, added: dict[str, int] | None = None) -> dict[str, Walk]:
    """Both limits of one clock, walked through all its lines; ``added`` working days by the critical path."""
    clocks: dict[str, Walk] = {}
    pauses, last = 0, date.min
    for row in rows:
        assert row.track == "both", "nothing in the simulation stops one limit alone"
        day = max(day_of_act(row.at, row.channel, days), last)
        last = day
        for clock in clocks.values():
            clock.walk(day)
        if row.kind == "start":
            for track, limit in row.limits.items():
                if limit:
                    clocks[track] = Walk(days, day, limit["days"], limit["unit"])
        elif row.kind == "extend":
            _extend(clocks, row.days or 0)
        elif row.kind in ("pause", "resume"):
            pauses += 1 if row.kind == "pause" else -1
            for clock in clocks.values():
                clock.hold(day) if pauses else clock.release(day)
    for track, clock in clocks.items():
        _put_off(clock, (added or {}).get(track, 0), days)
    return clocks


def _extend(clocks: dict[str, Walk], more: int) -> None:
    """What was missed stays missed; where both were by a later calendar, the extension still was lawful."""
    if clocks and all(clock.missed for clock in clocks.values()):
        max(clocks.values(), key=Walk.due).missed = False
    for clock in clocks.values():
        clock.left += 0 if clock.missed else more


def _put_off(clock: Walk, more: int, days: Days) -> None:
    if more and not clock.missed:
        later = days.after(clock.due(), more)
        clock.left += more if clock.unit == "working" else (later - clock.day).days - clock.left


def subject_of(rows: Sequence[LedgerEntry], days: Days, added: dict[str, int] | None = None) -> Subject:
    """The dates of one clock: a promise never outlives the law's limit."""
    clocks = walks(rows, days, added)
    if not clocks:
        return Subject()
    ended = any(row.kind == "end" for row in rows)
    dues = {track: clock.due() for track, clock in clocks.items()}
    nearest = min(clocks, key=lambda track: (dues[track], TRACKS.index(track)))
    all_days = [day for clock in clocks.values() for day in clock.counted()]
    return Subject(
        promised=min(dues.values()) if "promised" in dues else None,
        statutory=dues.get("statutory"),
        paused=any(clock.stands for clock in clocks.values()) and not ended,
        provisional=not all(days.announced(day) for day in all_days),
        counted=tuple(clocks[nearest].counted()),
        days=days,
    )


@dataclass(frozen=True)
class Recount:
    """A whole case counted again."""

    case: Subject
    parts: dict[int, Subject]
    tasks: dict[int, Subject]


def recount(session: Session, case: Case, open_tasks: Sequence[Task], days: Days) -> Recount:
    """Case, parts and open tasks from the rows of the ledger."""
    rows = rows_of(session, case)
    own = [row for row in rows if row.part_id is None and row.task_id is None]
    by_part = {
        part.id: [row for row in rows if row.part_id == part.id and row.task_id is None]
        for part in case.parts
    }
    own_clocks = {part_id: lines for part_id, lines in by_part.items() if lines}
    parts = {part_id: subject_of(lines, days) for part_id, lines in own_clocks.items()}
    whole = _whole(case, own, own_clocks, days)
    for part in case.parts:
        parts.setdefault(part.id, whole)
    told_by = five_days(session, case, days)
    tasks = {
        task.id: _task(
            session, task, rows, own_clocks.get(task.part_id or 0, own), parts, whole, told_by, days
        )
        for task in open_tasks
    }
    return Recount(whole, parts, tasks)


def _whole(case: Case, own: Sequence[LedgerEntry], legs: dict[int, list[LedgerEntry]], days: Days) -> Subject:
    if not own:
        return Subject()
    plain = subject_of(own, days)
    added = {track: _added(case, legs, track, getattr(plain, track), days) for track in TRACKS}
    moved = subject_of(own, days, added)
    running = [legs[part.id] for part in case.parts if part.id in legs and part.ended_at is None]
    ended = any(row.kind == "end" for row in own)
    if running and all(subject_of(lines, days).paused for lines in running) and not ended:
        moved.paused = True
    return moved


def _added(case: Case, legs: dict[int, list[LedgerEntry]], track: str, due: date | None, days: Days) -> int:
    """By how much the last of the parts ends later than it would without its pauses; a late pause adds nothing."""
    if due is None:
        return 0
    without = _last_end(case, legs, track, date.min, days)
    if without is None:
        return 0
    added = 0
    while True:
        with_pauses = _last_end(case, legs, track, days.after(due, added) if added else due, days) or without
        more = days.among(without, with_pauses)
        if more == added:
            return added
        added = more


def _last_end(
    case: Case, legs: dict[int, list[LedgerEntry]], track: str, until: date, days: Days
) -> date | None:
    ends = {part_id: getattr(_closed(lines, until, days), track) for part_id, lines in legs.items()}
    waits = {part.id: part.depends_on_id for part in case.parts}

    def end(part_id: int) -> date | None:
        before = waits[part_id]
        known = [day for day in (ends[part_id], end(before) if before in ends else None) if day]
        return max(known, default=None) if ends[part_id] else None

    return max((day for day in map(end, ends) if day), default=None)


def _closed(lines: Sequence[LedgerEntry], until: date, days: Days) -> Subject:
    """One part with the pauses begun up to ``until``, an open one ended on the day that was told."""
    kept: list[LedgerEntry] = []
    waiting: list[LedgerEntry] = []
    for row in lines:
        if row.kind == "pause" and local_day(row.at) > until:
            continue
        if row.kind == "resume" and not waiting:
            continue
        waiting = [*waiting, row] if row.kind == "pause" else waiting[row.kind == "resume" :]
        waiting = [] if row.kind == "end" else waiting
        kept.append(row)
    last = lines[-1].at
    for row in waiting:
        noon = midnight(row.until) + timedelta(hours=12) if row.until else row.at
        kept.append(LedgerEntry(kind="resume", at=max(noon, row.at, last), track="both", channel="online"))
    return subject_of(sorted(kept, key=lambda row: row.at), days)


def five_days(session: Session, case: Case, days: Days) -> Subject:
    """The five days of article 32, from the receipt or from the last answer that moves the acceptance."""
    if case.received_at is None:
        return Subject()
    query = select(Correction).where(
        Correction.case_id == case.id, Correction.before_acceptance, Correction.moves_acceptance,
        Correction.answered_at.is_not(None),
    )  # fmt: skip
    at, channel = case.received_at, "window"
    for answered in session.scalars(query.order_by(Correction.id)):
        assert answered.answered_at is not None
        at, channel = answered.answered_at, "window" if answered.answered_by_id else "online"
    first = day_of_act(at, channel, days)
    last = days.after(first, 5)
    counted = tuple(span(first, last))
    return Subject(last, None, provisional=not all(map(days.announced, counted)), counted=counted, days=days)


def _task(
    session: Session,
    task: Task,
    rows: Sequence[LedgerEntry],
    followed: Sequence[LedgerEntry],
    parts: dict[int, Subject],
    whole: Subject,
    told_by: Subject,
    days: Days,
) -> Subject:
    subject = parts[task.part_id] if task.part_id and parts[task.part_id].promised else whole
    start = next((row for row in rows if row.task_id == task.id), None)
    if start is None:
        return replace(subject if subject.promised is not None else told_by)
    pauses, open_before = [], 0
    for row in followed:
        if row.at >= start.at and row.kind in ("pause", "resume", "extend"):
            pauses.append(row)
        elif row.at < start.at:
            open_before += {"pause": 1, "resume": -1}.get(row.kind, 0)
    held = [LedgerEntry(kind="pause", at=start.at, track="both", channel="online")] * max(open_before, 0)
    own = subject_of([start, *held, *pauses], days)
    if task.case.decided_at is not None:  # issued and served within ten days of the grant (行政许可法 44)
        own.statutory = days.after(local_day(task.case.decided_at), SERVED_DAYS)
        return own
    cap = subject if subject.promised else told_by
    if cap.promised is None or own.promised is None:
        return own
    own.statutory = subject.statutory
    if own.promised > cap.promised:
        own.promised, own.provisional, own.counted = cap.promised, cap.provisional, cap.counted
        own.paused = cap.paused
    return own
