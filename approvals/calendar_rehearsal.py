"""The rehearsal (试算): each open case whose date a draft would move, old and new, before anybody publishes.

The totals are counted in batches, by the request that drafts and then by the worker; the list is read page by
page. Nothing of a case is written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, lazyload, selectinload

from . import calendars, clock, ledger, silence
from .calendar import WorkingCalendar
from .calendar_drafts import DRAFT
from .calendar_reach import counted, reaches
from .ledger import Moved
from .tables import CalendarVersion, Case, CasePart
from .terms import CaseState

BATCH = 200  # cases


@dataclass(frozen=True)
class Totals:
    """How far a rehearsal is: cases that can be touched, tried, and what would become of them.

    ``settled`` lose their provisional mark; ``over`` would be past at once.
    """

    total: int = 0
    tried: int = 0
    moved: int = 0
    earlier: int = 0
    settled: int = 0
    over: int = 0
    last_id: int = 0
    done_at: str = ""

    @property
    def done(self) -> bool:
        """Whether every case was tried."""
        return bool(self.done_at)


@dataclass(frozen=True)
class CheckingMoved:
    """The end of the five days of article 32, moved; days, old and new."""

    case_id: int
    old_notify_by: date
    new_notify_by: date


@dataclass(frozen=True)
class CaseMoves:
    """Everything a calendar moves in one case."""

    case_id: int
    clocks: tuple[Moved, ...] = ()
    checking: CheckingMoved | None = None

    def pairs(self) -> list[tuple[date, date]]:
        """Old and new days of whatever moves."""
        days = [(move.old_promised, move.new_promised) for move in self.clocks]
        days += [(move.old_statutory, move.new_statutory) for move in self.clocks]
        days += [(self.checking.old_notify_by, self.checking.new_notify_by)] if self.checking else []
        return [(old, new) for old, new in days if old and new and old != new]

    @property
    def earlier(self) -> bool:
        """Whether some date comes nearer."""
        return any(new < old for old, new in self.pairs())

    def over(self, today: date) -> bool:
        """Whether some date that is still to come would already be past."""
        return any(new < today <= old for old, new in self.pairs())


def totals(draft: CalendarVersion) -> Totals:
    """How far the rehearsal of this draft is."""
    return Totals(**draft.change.get("rehearsal", {}))


def rehearse_some(session: Session, draft: CalendarVersion, now: datetime) -> int:
    """Try the next batch of cases on the draft; returns how many. The caller holds the draft's row."""
    so_far = totals(draft)
    if so_far.done or draft.state != DRAFT:
        return 0
    ids = _candidates(session, draft, so_far.last_id, BATCH)
    proposed = calendars.built(draft)
    moves = moves_of(session, ids, proposed)
    today = clock.local_day(now)
    counted_now = replace(
        so_far,
        total=so_far.total if so_far.last_id else count_candidates(session, draft),
        tried=so_far.tried + len(ids),
        moved=so_far.moved + len(moves),
        earlier=so_far.earlier + sum(each.earlier for each in moves),
        settled=so_far.settled + sum(_settles(case, proposed) for case in loaded(session, ids)),
        over=so_far.over + sum(each.over(today) for each in moves),
        last_id=ids[-1] if ids else so_far.last_id,
        done_at=now.isoformat() if len(ids) < BATCH else "",
    )
    draft.change = {**draft.change, "rehearsal": asdict(counted_now)}
    session.flush()
    return len(ids)


def _settles(case: Case, proposed: WorkingCalendar) -> bool:
    """Whether a provisional case lies in announced years from now on."""
    due = [day for day in (case.promised_due, case.statutory_due, case.notify_by) if day]
    return case.provisional and not any(proposed.is_provisional(clock.local_day(day)) for day in due)


ONLY: Mapping[str, Callable[[CaseMoves, date], bool]] = {
    "": lambda _moves, _today: True,
    "earlier": lambda moves, _today: moves.earlier,
    "over": lambda moves, today: moves.over(today),
}
"""What a list of the rehearsal can be narrowed to."""


def page(
    session: Session, draft: CalendarVersion, after: int, most: int, today: date, only: str = ""
) -> tuple[list[CaseMoves], int | None]:
    """The next cases after id ``after`` that would move, and the id to go on after.

    Looks at two batches at most, so a page can be short and still have one after it.
    """
    calendar = calendars.built(draft)
    found: list[CaseMoves] = []
    for _ in range(2):
        ids = _candidates(session, draft, after, BATCH)
        found += [each for each in moves_of(session, ids, calendar) if ONLY[only](each, today)]
        if len(found) >= most:
            more = len(found) > most or len(ids) == BATCH
            return found[:most], found[most - 1].case_id if more else None
        if len(ids) < BATCH:
            return found, None
        after = ids[-1]
    return found, after


def count_candidates(session: Session, draft: CalendarVersion) -> int:
    """How many open cases have a date on or after the first day the draft changes."""
    query = select(func.count()).select_from(Case).where(counted(), reaches(_first(draft)))
    return session.scalar(query) or 0


def _candidates(session: Session, draft: CalendarVersion, after: int, most: int) -> list[int]:
    query = select(Case.id).where(counted(), reaches(_first(draft)), Case.id > after).order_by(Case.id)
    return list(session.scalars(query.limit(most)))


def _first(draft: CalendarVersion) -> date | None:
    first = draft.change.get("first_difference")
    return date.fromisoformat(first) if first else None


def moves_of(session: Session, ids: Sequence[int], calendar: WorkingCalendar) -> list[CaseMoves]:
    """What ``calendar`` would move in these cases, in four statements; cases that stay are left out."""
    cases = loaded(session, ids)
    clocks: dict[int, list[Moved]] = {}
    for move in ledger.preview(session, cases, calendar):
        clocks.setdefault(move.case_id, []).append(move)
    checking = {move.case_id: move for move in _checking_moves(session, cases, calendar)}
    return [
        CaseMoves(case.id, tuple(clocks.get(case.id, ())), checking.get(case.id))
        for case in cases
        if case.id in clocks or case.id in checking
    ]


def loaded(session: Session, ids: Sequence[int], *, items: bool = False) -> list[Case]:
    """These cases with their parts, by id, in two statements; with ``items`` also what their timers ask for."""
    if not ids:
        return []
    item = selectinload(Case.item) if items else lazyload(Case.item)
    parts = selectinload(Case.parts).options(
        lazyload(CasePart.department), *([selectinload(CasePart.item)] if items else [])
    )
    return list(session.scalars(select(Case).where(Case.id.in_(ids)).order_by(Case.id).options(item, parts)))


def _checking_moves(
    session: Session, cases: Iterable[Case], calendar: WorkingCalendar
) -> list[CheckingMoved]:
    """The five days of cases still being checked, from receipt or from the answer that began them anew."""
    told = {case: case.notify_by for case in cases if case.state == CaseState.CHECKING and case.notify_by}
    if not told:
        return []
    handed_in = silence.all_handed_in(session, list(told))
    moves = []
    for case, old in told.items():
        since = handed_in[case.id]
        due = silence.days_after(calendar, since.at, silence.CHECKING_DAYS, since.channel)
        if due != old:
            moves.append(CheckingMoved(case.id, clock.local_day(old), clock.local_day(due)))
    return moves
