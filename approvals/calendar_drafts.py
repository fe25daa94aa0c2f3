"""Drafts of the next calendar version: an imported notice, a local closure, a closure withdrawn.

A draft is complete in itself and changes nothing until it is published (``calendar_publishing``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from . import authority, calendar_import, calendar_notice, calendars, clock, journal
from .calendar import FIRST, LAST, WorkingCalendar
from .errors import DomainError, Invalid
from .holidays import YearNotice
from .messages import N_
from .tables import CalendarVersion, Staff

DRAFT = "draft"
LONGEST_CLOSURE = 31  # days
LONGEST_SOURCE, LONGEST_WORDS = 80, 60  # characters; the source stands in every ledger line of the recount


class AnnouncedAlready(DomainError):
    """A notice for an announced year replaces what is in force, and says so."""

    message = N_("%(year)s 年的放假安排已在现行日历中。如确需更正，请勾选“更正已公布的安排”。")
    status = 409


class NothingChanges(DomainError):
    """A version like the one in force."""

    message = N_("与现行日历没有差别，不用发布。")
    status = 422


class NotClosed(DomainError):
    """No closure to withdraw on those days."""

    message = N_("%(first)s 至 %(last)s 没有可以撤销的停办日。")
    status = 422


@dataclass(frozen=True)
class Closure:
    """The centre alone is shut from ``first`` to ``last`` (停办); ``source`` is the number of the order."""

    first: date
    last: date
    words: str
    source: str


def draft_notice(
    session: Session, staff: Staff, *, year: int, source: str, text: str, correction: bool, now: datetime
) -> CalendarVersion:
    """Draft a version with one State Council notice.

    Raises ``Forbidden``, ``Invalid``, ``UnreadableNotice``, ``NoticeYear``, ``AnnouncedAlready`` or ``NothingChanges``.
    """
    authority.require(staff, "manage_calendar")
    _require_texts(source=(source, LONGEST_SOURCE))
    if not FIRST.year <= year <= LAST.year:
        raise calendar_notice.NoticeYear(first=str(FIRST.year), last=str(LAST.year))
    notice = calendar_notice.judged(calendar_import.read(text, year), year)
    return _with_notice(session, staff, notice, source, now, correction=correction)


def _with_notice(
    session: Session, staff: Staff, notice: YearNotice, source: str, now: datetime, *, correction: bool
) -> CalendarVersion:
    current, year = calendars.current(session), notice.year
    announced = not current.is_provisional(date(year, 1, 1))
    if announced and not correction:
        raise AnnouncedAlready(year=str(year))
    draft = _copy_of_current(session, staff, source, now)
    draft.notices = {**draft.notices, str(year): stored(notice, source)}
    draft.change = {"kind": "notice", "year": year, "correction": announced, **stored(notice, source)}
    counts = {"year": year, "off": len(notice.off), "worked": len(notice.worked)}
    return _kept(session, draft, current, staff, counts)


def draft_closure(session: Session, staff: Staff, closure: Closure, now: datetime) -> CalendarVersion:
    """Draft a version in which the centre is shut on the working days of a span, from today on.

    Raises ``Forbidden``, ``Invalid`` or ``NothingChanges``.
    """
    authority.require(staff, "manage_calendar")
    _require_texts(source=(closure.source, LONGEST_SOURCE), words=(closure.words, LONGEST_WORDS))
    _require_span(closure.first, closure.last, now)
    return _without_days(
        session, staff, _days(closure.first, closure.last), closure.words, closure.source, now
    )


def _without_days(
    session: Session, staff: Staff, days: Sequence[date], words: str, source: str, now: datetime
) -> CalendarVersion:
    current = calendars.current(session)
    shut = [day.isoformat() for day in days if current.is_working_day(day)]
    if not shut:
        raise Invalid({"first": (N_("这几天本来就不上班，不用登记停办。"), {})})
    closed = {"words": words.strip(), "source": source.strip()}
    draft = _copy_of_current(session, staff, source, now)
    draft.closures = {**draft.closures, **dict.fromkeys(shut, closed)}
    draft.change = {"kind": "closure", "days": shut, "words": closed["words"]}
    return _kept(session, draft, current, staff, {"closed": len(shut), "why": closed["words"]})


def draft_reopening(
    session: Session, staff: Staff, first: date, last: date, source: str, now: datetime
) -> CalendarVersion:
    """Draft a version without the closures of a span, from today on.

    Raises ``Forbidden``, ``Invalid`` or ``NotClosed``.
    """
    authority.require(staff, "manage_calendar")
    _require_texts(source=(source, LONGEST_SOURCE))
    _require_span(first, last, now)
    return _with_days(session, staff, _days(first, last), source, now)


def _with_days(
    session: Session, staff: Staff, days: Sequence[date], source: str, now: datetime
) -> CalendarVersion:
    draft = _copy_of_current(session, staff, source, now)
    opened = [day.isoformat() for day in days if day.isoformat() in draft.closures]
    if not opened:
        raise NotClosed(first=days[0], last=days[-1])
    draft.closures = {day: words for day, words in draft.closures.items() if day not in opened}
    draft.change = {"kind": "reopening", "days": opened}
    return _kept(session, draft, calendars.current(session), staff, {"opened": len(opened)})


def draft_again(session: Session, staff: Staff, stale: CalendarVersion, now: datetime) -> CalendarVersion:
    """The same change on the version in force, where another was published meanwhile; what is past is left out.

    Raises ``Forbidden``, and what drafting it the first time raises where it no longer changes anything.
    """
    authority.require(staff, "manage_calendar")
    change, source = stale.change, stale.source
    if change["kind"] == "notice":
        notice = calendars.notice_of(change["year"], change)
        return _with_notice(session, staff, notice, source, now, correction=change["correction"])
    days = [date.fromisoformat(day) for day in change["days"]]
    ahead = [day for day in days if day >= clock.local_day(now)] or days[-1:]
    _require_span(ahead[0], ahead[-1], now)
    if change["kind"] == "closure":
        return _without_days(session, staff, ahead, change["words"], source, now)
    return _with_days(session, staff, ahead, source, now)


def stored(notice: YearNotice, source: str) -> dict[str, Any]:
    """One year's notice as a version keeps it."""
    return {
        "off": {day.isoformat(): name for day, name in sorted(notice.off.items())},
        "worked": [day.isoformat() for day in sorted(notice.worked)],
        "source": source.strip(),
    }


def _copy_of_current(session: Session, staff: Staff, source: str, now: datetime) -> CalendarVersion:
    number = calendars.current_version(session)
    current = session.get(CalendarVersion, number)
    return CalendarVersion(
        base=number, state=DRAFT, source=source.strip(), drafted_at=now, drafted_by_id=staff.id,
        notices=dict(current.notices) if current else {}, closures=dict(current.closures) if current else {},
    )  # fmt: skip


def _kept(
    session: Session,
    draft: CalendarVersion,
    current: WorkingCalendar,
    staff: Staff,
    after: Mapping[str, object],
) -> CalendarVersion:
    """Write the draft down with the first day it changes; refuse one that changes nothing."""
    proposed = calendars.built(draft)
    first = proposed.first_difference(current)
    if first is None and not _renames(draft, proposed, current):
        raise NothingChanges
    draft.change = {**draft.change, "first_difference": first.isoformat() if first else None}
    session.add(draft)
    session.flush()
    journal.write(
        session, "draft_calendar", now=draft.drafted_at, staff=staff, ground=draft.source,
        after={"version": draft.id, **after},
    )  # fmt: skip
    return draft


def _renames(draft: CalendarVersion, proposed: WorkingCalendar, current: WorkingCalendar) -> bool:
    """Whether a notice gives some day off another name."""
    days = (date.fromisoformat(day) for day in draft.change.get("off", ()))
    return any(proposed.reason(day) != current.reason(day) for day in days)


def _require_texts(**texts: tuple[str, int]) -> None:
    wrong: dict[str, tuple[str, dict[str, object]]] = {}
    for name, (text, most) in texts.items():
        if not text.strip():
            wrong[name] = (N_("请填写。"), {})
        elif len(text.strip()) > most:
            wrong[name] = (N_("最多 %(most)s 个字。"), {"most": most})
    if wrong:
        raise Invalid(wrong)


def _require_span(first: date, last: date, now: datetime) -> None:
    if first < clock.local_day(now):
        raise Invalid({"first": (N_("不能改变已经过去的日子。"), {})})
    if last < first:
        raise Invalid({"last": (N_("末日不能早于首日。"), {})})
    if (last - first).days >= LONGEST_CLOSURE:
        raise Invalid({"last": (N_("一次最多 %(most)s 天。"), {"most": LONGEST_CLOSURE})})
    if last > LAST:
        raise Invalid({"last": (N_("工作日历到 %(last)s 为止。"), {"last": LAST.isoformat()})})


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
