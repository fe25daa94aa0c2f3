"""Renewal asked for in time, and deemed granted if nobody decides (行政许可法 50); every day counted by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from approvals import renewal
from approvals.calendar import WorkingCalendar, default_calendar
from approvals.holidays import YearNotice
from approvals.limits import Unit
from approvals.renewal import Lead

GENERAL = Lead()  # 有效期届满三十日前
FOOD = Lead(latest=15, earliest=90, unit=Unit.WORKING)  # 届满前 90 个工作日至 15 个工作日期间
WATER = Lead(latest=45)  # 届满 45 日前
END_OF_2026 = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # the first instant of 2027 in Shanghai


@pytest.mark.parametrize(
    ("lead", "expires", "first", "last"),
    [
        (GENERAL, date(2026, 12, 31), date.min, date(2026, 12, 1)),
        (GENERAL, date(2026, 3, 31), date.min, date(2026, 3, 1)),  # a Sunday; counted backwards it stays
        (GENERAL, date(2028, 3, 1), date.min, date(2028, 1, 31)),  # over 29 February
        (WATER, date(2026, 12, 31), date.min, date(2026, 11, 16)),
        # 25 November is the first working day before; 20 September and 10 October are working weekend days.
        (FOOD, date(2026, 11, 26), date(2026, 7, 17), date(2026, 11, 5)),
        (
            FOOD,
            date(2026, 11, 29),
            date(2026, 7, 21),
            date(2026, 11, 9),
        ),  # a Sunday: 27 November is the first
        (Lead(latest=0), date(2026, 12, 31), date.min, date(2026, 12, 31)),
    ],
)
def test_the_window_to_ask_in(lead: Lead, expires: date, first: date, last: date) -> None:
    calendar = default_calendar()
    assert renewal.window(expires, lead, calendar) == (first, last)
    assert renewal.asked_in_time(expires, last, lead, calendar)
    assert not renewal.asked_in_time(expires, last + timedelta(days=1), lead, calendar)
    assert renewal.asked_in_time(expires, first, lead, calendar)
    if first > date.min:
        assert not renewal.asked_in_time(expires, first - timedelta(days=1), lead, calendar)


@pytest.mark.parametrize(
    ("asked", "decided_at", "now", "deemed"),
    [
        (date(2026, 12, 1), None, END_OF_2026 - timedelta(microseconds=1), False),
        (date(2026, 12, 1), None, END_OF_2026, True),
        (date(2026, 12, 2), None, END_OF_2026, False),  # asked late: never
        (date(2026, 12, 1), END_OF_2026 - timedelta(microseconds=1), END_OF_2026, False),
        (date(2026, 12, 1), END_OF_2026, END_OF_2026, True),  # decided too late
    ],
)
def test_silence_renews_what_was_asked_for_in_time(
    asked: date, decided_at: datetime | None, now: datetime, deemed: bool
) -> None:
    expires, calendar = date(2026, 12, 31), default_calendar()
    assert renewal.deemed_renewed(expires, asked, GENERAL, decided_at, calendar, now) is deemed


def test_nothing_is_deemed_on_working_days_nobody_knows_yet() -> None:
    expires, asked, now = date(2027, 2, 26), date(2026, 12, 1), datetime(2027, 3, 1, tzinfo=UTC)
    assert not renewal.deemed_renewed(expires, asked, FOOD, None, default_calendar(), now)
    known = WorkingCalendar({2027: YearNotice(2027, {date(2027, 1, 1): "元旦"})})
    assert renewal.deemed_renewed(expires, asked, FOOD, None, known, now)
    assert renewal.deemed_renewed(expires, asked, GENERAL, None, default_calendar(), now)


@pytest.mark.parametrize(("latest", "earliest"), [(-1, None), (30, 29)])
def test_a_window_that_is_none_is_refused(latest: int, earliest: int | None) -> None:
    with pytest.raises(renewal.LeadTimes):
        Lead(latest, earliest)
