"""What silence leads to, and when: the periods of articles 32 and of deferral, each with its reminder.

A day told in writing stands. Where the calendar of today makes the period longer the later day holds: nobody
loses a right on a day that has turned out to be a holiday.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import clock, deadlines
from .calendar import WorkingCalendar, end_of, start_of
from .catalogue import Item, item_for, item_of
from .limits import Channel, Limit
from .tables import Case, CasePart, Correction, Document
from .terms import MaterialState

CHECKING_DAYS = 5  # working days to tell everything at once (行政许可法 32(1)(4))
ANSWER_DAYS = 10  # working days to answer a correction; the law leaves it to the authority
ALARM_DAYS = 1  # the centre is reminded so many working days before it has accepted by silence
WARNING_DAYS = 2  # the applicant is warned so many working days before a period ends
WARNED_DAYS = 1  # and has at least so many of them after the warning
MARGIN_DAYS = 2  # a deferral ends at least so many working days before the promised limit
ASKED_DAYS = 2  # working days a department has at least to answer, however late it was asked
OPENING = timedelta(hours=9)  # reminders go out when the window opens, not at midnight


@dataclass(frozen=True)
class HandedIn:
    """When the materials came that are being checked, and whether at the window or online."""

    at: datetime
    channel: Channel


@dataclass(frozen=True)
class Period:
    """A time somebody may let pass in silence (UTC): when to remind, its last instant.

    ``provisional``: a day of it falls in a year without notice, so nothing adverse may rest on it.
    """

    remind_at: datetime
    ends_at: datetime
    provisional: bool


def handed_in(session: Session, case: Case) -> HandedIn:
    """The last answer that moves the acceptance, or else the receipt at the window (32(1)(4), (5))."""
    return all_handed_in(session, [case])[case.id]


def all_handed_in(session: Session, cases: Sequence[Case]) -> dict[int, HandedIn]:
    """The same for many cases, by their ids, in one statement."""
    answers = (
        select(Correction)
        .where(
            Correction.case_id.in_([case.id for case in cases]),
            Correction.before_acceptance,
            Correction.moves_acceptance,
            Correction.answered_at.is_not(None),
        )
        .order_by(Correction.id)
    )
    last = {answered.case_id: answered for answered in session.scalars(answers)}
    return {case.id: _handed_in(case, last.get(case.id)) for case in cases}


def _handed_in(case: Case, answered: Correction | None) -> HandedIn:
    if answered is None or answered.answered_at is None:
        return HandedIn(case.received_at or case.created_at, Channel.WINDOW)
    channel = Channel.WINDOW if answered.answered_by_id else Channel.ONLINE
    return HandedIn(answered.answered_at, channel)


def checking(session: Session, case: Case, calendar: WorkingCalendar) -> Period:
    """The five days to tell everything at once; the reminder is for the centre."""
    since = handed_in(session, case)
    counted = days_after(calendar, since.at, CHECKING_DAYS, since.channel)
    last = clock.local_day(max(case.notify_by or counted, counted))
    return _period(since.at, last, ALARM_DAYS, calendar)


def correction(notice: Correction, calendar: WorkingCalendar, warned_at: datetime | None = None) -> Period:
    """The time to answer a correction; a warning that came late (``warned_at``) leaves a working day all the same."""
    warned_at = warned_at or notice.warned_at
    counted = clock.local_day(days_after(calendar, notice.issued_at, ANSWER_DAYS))
    last = max(notice.answer_by, counted)
    return _period(notice.issued_at, _warned(last, warned_at, calendar), WARNING_DAYS, calendar)


def deferral(
    session: Session, case: Case, calendar: WorkingCalendar, warned_at: datetime | None = None
) -> Period | None:
    """The time to bring what was deferred, the earliest day of several; ``None`` where nothing is."""
    told = [
        m.deferred_until for m in case.materials if m.state == MaterialState.DEFERRED and m.deferred_until
    ]
    if not told or case.accepted_at is None:
        return None
    counted = clock.local_day(days_after(calendar, case.accepted_at, deferral_days(item_for(case))))
    warning = deferral_warning(session, case)
    warned_at = warned_at or (warning.issued_at if warning else None)
    last = _warned(max(min(told), counted), warned_at, calendar)
    return _period(case.accepted_at, last, WARNING_DAYS, calendar)


def deferral_warning(session: Session, case: Case) -> Document | None:
    """The paper that warned of the end of the deferral."""
    query = select(Document).where(Document.case_id == case.id, Document.kind == "deferral_warning")
    return session.scalar(query.order_by(Document.id.desc()).limit(1))


def deferral_days(item: Item) -> int:
    """Working days to bring deferred materials by the item's rule; 0 where it allows none."""
    return min(item.deferral.days, item.promised.days - MARGIN_DAYS) if item.deferral else 0


def consent(part: CasePart, calendar: WorkingCalendar) -> Period | None:
    """The time to give an opinion before silence counts as consent; ``None`` while no limit runs.

    However late it was asked, a department has its promised days from then on, ``ASKED_DAYS`` at most; as many
    where it was added later or is asked again. Reminders are those of its lamp.
    """
    if part.promised_due is None or part.opened_at is None or part.paused:
        return None
    asked = days_after(calendar, part.opened_at, _days_to_answer(part))
    ends_at = max(part.promised_due, asked)
    opened, last = clock.local_day(part.opened_at), clock.local_day(ends_at)
    provisional = calendar.is_provisional_between(opened, last)
    return Period(part.yellow_at or ends_at, ends_at, provisional)


def _days_to_answer(part: CasePart) -> int:
    """Silence may accept a case on the sixth day as of the first: then the promise is over before anybody was asked."""
    if part.round > 1 or part.added_by_id is not None or part.item is None:
        return ASKED_DAYS
    return min(ASKED_DAYS, item_of(part.item).promised.days)


def days_after(
    calendar: WorkingCalendar, at: datetime, days: int, channel: Channel = Channel.WINDOW
) -> datetime:
    """The end of the working day so many days after an act (民法典 201, 203)."""
    due = deadlines.single(at, Limit(days), calendar, channel).promised_due
    if due is None:  # a promised limit always has its end
        raise AssertionError
    return due


def working_days_before(last: date, days: int, calendar: WorkingCalendar) -> date:
    """The working day after which so many working days are left up to ``last``."""
    day = last
    while calendar.between(day, last) < days or not calendar.is_working_day(day):
        day -= timedelta(days=1)
    return day


def _warned(last: date, warned_at: datetime | None, calendar: WorkingCalendar) -> date:
    return last if warned_at is None else max(last, calendar.add(clock.local_day(warned_at), WARNED_DAYS).day)


def _period(start: datetime, last: date, days: int, calendar: WorkingCalendar) -> Period:
    remind = start_of(working_days_before(last, days, calendar)) + OPENING
    provisional = calendar.is_provisional_between(clock.local_day(start), last)
    return Period(max(start, remind), end_of(last), provisional)
