"""Publishing a calendar version, in one step for everybody, and the recount of the open cases that follows.

Between the two a case is known by ``calendar_version``: no timer acts on one that is behind. The recount asks
each time which cases are behind, so it can stop anywhere, go on anywhere and be done by several workers.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, and_, func, select, update
from sqlalchemy.orm import Session

from . import authority, calendars, journal, ledger
from .calendar import WorkingCalendar
from .calendar_drafts import DRAFT
from .calendar_reach import counted, first_difference, reaches
from .calendar_rehearsal import loaded, totals
from .calendars import PUBLISHED
from .errors import DomainError, NotFound
from .messages import N_
from .tables import CalendarVersion, Case, Staff

log = logging.getLogger(__name__)
DISCARDED = "discarded"
LOOKED_AT, RECOUNTED = 1000, 50
"""Cases of one batch: most are passed on as they stand, those with a date in reach are counted anew.

A batch holds the rows of its cases for about half a second, which is as long as an officer may have to wait.
"""


class VersionMovedOn(DomainError):
    """Another version was published since this one was drafted."""

    message = N_(
        "日历已更新到第 %(current)s 版，这份草稿依据的是第 %(base)s 版，没有发布。请按现行日历重新起草。"
    )
    status = 409


class NoLongerDraft(DomainError):
    """Published or discarded before."""

    message = N_("这份草稿已经发布或丢弃，不能再改。")
    status = 409


class RehearsalUnfinished(DomainError):
    """Nobody publishes before every case was tried."""

    message = N_("影响试算还没有做完（%(tried)s／%(total)s 件），完成后才能发布。")
    status = 409


def get_version(session: Session, version_id: int, *, lock: bool = False) -> CalendarVersion:
    """A version by its number; raises ``NotFound``."""
    query = select(CalendarVersion).where(CalendarVersion.id == version_id)
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound
    return row


def discard(session: Session, version_id: int, staff: Staff, now: datetime) -> CalendarVersion:
    """Throw a draft away; a second click changes nothing. Raises ``Forbidden`` or ``NoLongerDraft``."""
    authority.require(staff, "manage_calendar")
    draft = get_version(session, version_id, lock=True)
    if draft.state == DISCARDED:
        return draft
    if draft.state != DRAFT:
        raise NoLongerDraft
    draft.state = DISCARDED
    journal.write(
        session, "discard_calendar", now=now, staff=staff, ground=draft.source, after={"version": draft.id}
    )
    return draft


def publish(session: Session, version_id: int, staff: Staff, now: datetime) -> CalendarVersion:
    """Put a draft in force for everybody at once; a second click changes nothing.

    Raises ``Forbidden``, ``NoLongerDraft``, ``RehearsalUnfinished``, or ``VersionMovedOn`` where another draft was
    quicker: all drafts and versions are held while one is published, so two never follow the same one.
    """
    authority.require(staff, "manage_calendar")
    held = select(CalendarVersion.id).where(CalendarVersion.state.in_((DRAFT, PUBLISHED)))
    session.execute(held.order_by(CalendarVersion.id).with_for_update())
    draft = get_version(session, version_id)
    session.refresh(draft)
    if draft.state == PUBLISHED:
        return draft
    if draft.state != DRAFT:
        raise NoLongerDraft
    newest = select(func.coalesce(func.max(CalendarVersion.id), calendars.BUILT_IN)).where(
        CalendarVersion.state == PUBLISHED
    )
    current = session.scalar(newest) or calendars.BUILT_IN
    if draft.base != current:
        raise VersionMovedOn(current=current, base=draft.base)
    tried = totals(draft)
    if not tried.done:
        raise RehearsalUnfinished(tried=tried.tried, total=tried.total)
    draft.state, draft.published_at, draft.published_by_id = PUBLISHED, now, staff.id
    draft.recount_total = session.scalar(select(func.count()).select_from(Case).where(counted())) or 0
    session.flush()
    journal.write(
        session, "publish_calendar", now=now, staff=staff, ground=draft.source,
        before={"version": current}, after={"version": draft.id, "moved": tried.moved, "earlier": tried.earlier},
    )  # fmt: skip
    return draft


@dataclass(frozen=True)
class Batch:
    """What one batch of the recount did: cases brought up to date, those a date moved in, those that failed."""

    done: int = 0
    moved: int = 0
    failed: tuple[int, ...] = ()


def to_recount(session: Session) -> bool:
    """Whether the recount has anything to do, at the cost of two look-ups."""
    version = calendars.current_version(session)
    if version == calendars.BUILT_IN:
        return False
    if session.scalar(select(Case.id).where(_behind(version)).limit(1)) is not None:
        return True
    return session.get_one(CalendarVersion, version).recount_done_at is None


def recount_some(session: Session, now: datetime, without: Collection[int] = ()) -> Batch:
    """Bring the next batch of open cases to the version in force; ``without`` are cases that failed before.

    Cases somebody holds are left for the next batch. A case whose recount fails stays where it is, and with it
    its timers.
    """
    version = calendars.current_version(session)
    ready = and_(_behind(version), Case.id.not_in(without))
    old = session.scalar(select(func.min(Case.calendar_version)).where(ready))
    if old is None:
        _close(session, version, now)
        return Batch()
    calendar = calendars.of_version(session, version)
    first = first_difference(calendars.of_version(session, old), calendar)
    looked_at = _next_cases(session, and_(ready, Case.calendar_version == old), first)
    slow = [row[0] for row in looked_at if row[1]][:RECOUNTED]
    last = slow[-1] if len(slow) == RECOUNTED else None
    fast = [row[0] for row in looked_at if not row[1] and (last is None or row[0] < last)]
    session.execute(
        update(Case)
        .where(Case.id.in_(fast))
        .values(calendar_version=version)
        .execution_options(synchronize_session=False)
    )
    batch = _counted_anew(session, slow, calendar, now, session.get_one(CalendarVersion, version).source)
    done = len(fast) + batch.done
    session.execute(
        update(CalendarVersion)
        .where(CalendarVersion.id == version)
        .values(recounted=CalendarVersion.recounted + done, moved=CalendarVersion.moved + batch.moved)
        .execution_options(synchronize_session=False)
    )
    return Batch(done, batch.moved, batch.failed)


def _next_cases(session: Session, which: ColumnElement[bool], first: date | None) -> Sequence[Row[int, bool]]:
    """The next cases, held, each with whether the change reaches it.

    In two statements: asked together with the limit, PostgreSQL reads every part, task and timer there is.
    """
    held = select(Case.id).where(which).order_by(Case.id).limit(LOOKED_AT)
    ids = session.scalars(held.with_for_update(of=Case, skip_locked=True)).all()
    return session.execute(select(Case.id, reaches(first)).where(Case.id.in_(ids)).order_by(Case.id)).all()


def _behind(version: int) -> ColumnElement[bool]:
    return and_(counted(), Case.calendar_version < version)


def _close(session: Session, version: int, now: datetime) -> None:
    """No case is behind: this recount and any older one it took over are done."""
    if session.scalar(select(Case.id).where(_behind(version)).limit(1)) is None:
        session.execute(
            update(CalendarVersion)
            .where(
                CalendarVersion.state == PUBLISHED,
                CalendarVersion.id <= version,
                CalendarVersion.recount_done_at.is_(None),
            )
            .values(recount_done_at=now)
            .execution_options(synchronize_session=False)
        )


def _counted_anew(
    session: Session, ids: Sequence[int], calendar: WorkingCalendar, now: datetime, source: str
) -> Batch:
    """All in one go; where one case fails, one by one, so that it alone stays behind."""
    if not ids:
        return Batch()
    try:
        with session.begin_nested():
            return Batch(len(ids), _recount(session, ids, calendar, now, source))
    except Exception:
        if len(ids) == 1:
            log.exception("case %s could not be recounted", ids[0])
            return Batch(failed=tuple(ids))
    each = [_counted_anew(session, [case_id], calendar, now, source) for case_id in ids]
    return Batch(
        sum(one.done for one in each),
        sum(one.moved for one in each),
        tuple(case_id for one in each for case_id in one.failed),
    )


def _recount(
    session: Session, ids: Sequence[int], calendar: WorkingCalendar, now: datetime, source: str
) -> int:
    """How many of these cases a date moved in."""
    cases = loaded(session, ids, items=True)
    checked = {case.id: case.notify_by for case in cases}
    moved = {move.case_id for move in ledger.recount_many(session, cases, calendar, now, source)}
    moved |= {case.id for case in cases if case.notify_by != checked[case.id]}
    for case in cases:
        case.calendar_version = calendar.version
    session.flush()
    # Their timers follow at the end of the transaction, and find them still loaded: a session holds weakly.
    session.info.setdefault("locked_cases", set()).update(ids)
    session.info.setdefault("kept", []).extend(cases)
    return len(moved)
