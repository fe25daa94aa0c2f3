"""The working-day calendar against notices entered here by hand, and where nothing is announced."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.calendar import (
    FIRST,
    LAST,
    CalendarDays,
    CalendarRange,
    Skipped,
    WorkingCalendar,
    default_calendar,
    end_of,
    start_of,
)
from approvals.calendar_import import read
from approvals.calendar_notice import judged, warnings
from approvals.holidays import ContradictoryNotice, ForeignNotice, YearNotice, announced, statutory
from tests.calendar_notices import NOTICES as PUBLISHED

CALENDAR = default_calendar()
DAYS = st.dates(FIRST, date(2090, 12, 31))

# State Council notices as published: spans off (first, last) and weekend days worked, month and day.
NOTICES = {
    2024: (
        ["0101 0101", "0210 0217", "0404 0406", "0501 0505", "0610 0610", "0915 0917", "1001 1007"],
        "0204 0218 0407 0428 0511 0914 0929 1012",
    ),
    2025: (
        ["0101 0101", "0128 0204", "0404 0406", "0501 0505", "0531 0602", "1001 1008"],
        "0126 0208 0427 0928 1011",
    ),
    2026: (
        ["0101 0103", "0215 0223", "0404 0406", "0501 0505", "0619 0621", "0925 0927", "1001 1007"],
        "0104 0214 0228 0509 0920 1010",
    ),
}


@pytest.mark.parametrize("year", NOTICES)
def test_the_published_sentences_read_as_the_same_days(year):
    """Entered twice by different hands: as a table above, and as published, read by the importer."""
    spans, swaps = NOTICES[year]
    notice = judged(read(PUBLISHED[year], year), year)
    assert set(notice.off) == {
        day for span in spans for day in _days(*(_day(year, end) for end in span.split()))
    }
    assert set(notice.worked) == {_day(year, day) for day in swaps.split()}
    assert notice.worked == announced()[year].worked
    assert notice.off == announced()[year].off
    assert warnings(notice) == []
    assert WorkingCalendar({year: notice}).first_difference(CALENDAR) is None


def _day(year: int, text: str) -> date:
    return date(year, int(text[:2]), int(text[2:]))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize("year", NOTICES)
def test_announced_years_agree_with_the_notices_day_by_day(year):
    spans, swaps = NOTICES[year]
    off = {day for span in spans for day in _days(*(_day(year, end) for end in span.split()))}
    worked = {_day(year, day) for day in swaps.split()}
    for day in _days(date(year, 1, 1), date(year, 12, 31)):
        expected = day in worked or (day.weekday() < 5 and day not in off)
        assert CALENDAR.is_working_day(day) == expected, day
        assert not CALENDAR.is_provisional(day)


def test_2027_has_its_statutory_days_and_no_invented_swap():
    off = ["0101", "0205", "0206", "0207", "0208", "0405", "0501", "0502", "0609", "0915"]
    off += ["1001", "1002", "1003"]
    assert set(statutory(2027)) == {_day(2027, day) for day in off}
    for day in _days(date(2027, 1, 1), date(2027, 12, 31)):
        expected = day.weekday() < 5 and f"{day:%m%d}" not in off
        assert CALENDAR.is_working_day(day) == expected, day
        assert CALENDAR.is_provisional(day)


@pytest.mark.parametrize("year", range(2027, 2100))
def test_every_year_to_come_has_thirteen_statutory_days_unless_two_coincide(year):
    days = statutory(year)
    named = list(days.values())
    # 中秋 falls into 国庆 in some years, then one day carries both.
    expected = {
        "元旦": 1,
        "除夕": 1,
        "春节": 3,
        "清明节": 1,
        "劳动节": 2,
        "端午节": 1,
        "国庆节": 3,
        "中秋节": 1,
    }
    merged = sum(expected.values()) - len(days)
    assert merged in (0, 1)
    assert {name: named.count(name) for name in expected if name not in ("国庆节", "中秋节")} == {
        name: count for name, count in expected.items() if name not in ("国庆节", "中秋节")
    }
    assert {date(year, 10, 1), date(year, 10, 2), date(year, 10, 3)} <= set(days)


@pytest.mark.parametrize(
    ("opened", "n", "due", "provisional"),
    [
        (date(2026, 2, 10), 5, date(2026, 2, 24), False),
        (date(2026, 4, 29), 20, date(2026, 5, 29), False),
        (date(2026, 9, 18), 10, date(2026, 10, 9), False),
        (date(2026, 12, 24), 5, date(2026, 12, 31), False),
        (date(2026, 12, 24), 6, date(2027, 1, 4), True),
        (date(2027, 2, 4), 1, date(2027, 2, 9), True),
        (date(2026, 12, 31), 0, date(2026, 12, 31), False),
        (date(2027, 1, 1), 0, date(2027, 1, 4), True),
        (date(2004, 1, 1), 1, date(2004, 1, 2), False),
    ],
)
def test_due_days(opened, n, due, provisional):
    assert CALENDAR.add(opened, n) == (due, provisional)


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2100, 1, 1), date.min, date.max])
def test_a_day_outside_is_refused_with_the_range(day):
    for ask in (CALENDAR.is_working_day, CALENDAR.is_provisional, CALENDAR.on_or_after):
        with pytest.raises(CalendarRange, match="2004-01-01 至 2099-12-31"):
            ask(day)
    with pytest.raises(CalendarRange):
        CALENDAR.between(FIRST, day)
    with pytest.raises(CalendarRange):
        CALENDAR.skipped(day, LAST)


def test_counting_past_the_end_and_backwards_is_refused():
    with pytest.raises(CalendarRange):
        CALENDAR.add(LAST, 1)
    with pytest.raises(CalendarRange):
        CALENDAR.add(FIRST, 10**9)
    with pytest.raises(CalendarDays):
        CALENDAR.add(date(2026, 3, 2), -1)


def test_an_instant_is_no_day():
    with pytest.raises(TypeError):
        CALENDAR.is_working_day(datetime(2026, 3, 2, 18, tzinfo=UTC))


def test_what_is_skipped_says_why_and_what_is_worked_is_named():
    assert CALENDAR.skipped(date(2026, 9, 24), date(2026, 9, 28)) == [
        Skipped(date(2026, 9, 25), "中秋节"),
        Skipped(date(2026, 9, 26), "中秋节"),
        Skipped(date(2026, 9, 27), "中秋节"),
    ]
    assert CALENDAR.skipped(date(2026, 3, 6), date(2026, 3, 9)) == [
        Skipped(date(2026, 3, 7), "周末"),
        Skipped(date(2026, 3, 8), "周末"),
    ]
    assert CALENDAR.worked_weekends(date(2026, 2, 1), date(2026, 2, 28)) == [
        date(2026, 2, 14),
        date(2026, 2, 28),
    ]


def test_a_local_closure_does_not_count_and_is_not_provisional():
    closed = WorkingCalendar(closures={date(2026, 3, 3): "台风停工"})
    assert closed.add(date(2026, 3, 2), 1) == (date(2026, 3, 4), False)
    assert closed.skipped(date(2026, 3, 2), date(2026, 3, 4)) == [Skipped(date(2026, 3, 3), "台风停工")]


def test_an_imported_notice_settles_its_year_and_may_move_a_date_either_way():
    """A provisional date is early as a rule, but late where the notice works a weekend before the feast."""
    invented = YearNotice(
        2027,
        dict.fromkeys(_days(date(2027, 2, 5), date(2027, 2, 12)), "春节") | {date(2027, 1, 1): "元旦"},
        frozenset({date(2027, 1, 31)}),
    )
    informed = WorkingCalendar(notices={2027: invented})
    assert CALENDAR.add(date(2027, 2, 4), 1) == (date(2027, 2, 9), True)
    assert informed.add(date(2027, 2, 4), 1) == (date(2027, 2, 15), False)
    assert CALENDAR.add(date(2027, 1, 29), 1) == (date(2027, 2, 1), True)
    assert informed.add(date(2027, 1, 29), 1) == (date(2027, 1, 31), False)
    assert informed.add(date(2027, 12, 31), 1).provisional


def test_a_notice_rules_over_the_december_before_it():
    notice = YearNotice(
        2027,
        {date(2026, 12, 31): "元旦", date(2027, 1, 1): "元旦"},
        frozenset({date(2026, 12, 27)}),
    )
    informed = WorkingCalendar(notices={2027: notice})
    assert not informed.is_working_day(date(2026, 12, 31))
    assert informed.is_working_day(date(2026, 12, 27))


def test_a_notice_that_cannot_be_true_is_refused():
    with pytest.raises(ContradictoryNotice):
        YearNotice(2027, {date(2027, 1, 2): "元旦"}, frozenset({date(2027, 1, 2)}))
    with pytest.raises(ForeignNotice):
        YearNotice(2027, {date(2028, 1, 1): "元旦"})
    with pytest.raises(ForeignNotice):
        YearNotice(2027, {}, frozenset({date(2026, 11, 29)}))


def test_a_day_begins_and_ends_in_shanghai():
    assert start_of(date(2026, 3, 2)) == datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert end_of(date(2026, 3, 2)) == datetime(2026, 3, 2, 15, 59, 59, 999999, tzinfo=UTC)


@given(DAYS, st.integers(1, 400))
def test_add_and_between_are_inverse(day, n):
    due = CALENDAR.add(day, n)
    assert CALENDAR.is_working_day(due.day)
    assert CALENDAR.between(day, due.day) == n
    assert CALENDAR.between(due.day, day) == -n


@given(DAYS, st.integers(0, 60))
def test_counting_agrees_with_walking_day_by_day(day, n):
    walked, left = day, n
    while left or not CALENDAR.is_working_day(walked):
        walked += timedelta(days=1)
        left -= left > 0 and CALENDAR.is_working_day(walked)
    assert CALENDAR.add(day, n).day == walked


@given(DAYS, st.integers(0, 300))
def test_skipped_and_counted_days_make_up_the_span(day, length):
    end = day + timedelta(days=length)
    assert len(CALENDAR.skipped(day, end)) + CALENDAR.between(day, end) == length


def test_the_first_difference_of_two_calendars():
    closed = WorkingCalendar(closures={date(2026, 12, 1): "停电", date(2026, 12, 5): "停电"})
    assert CALENDAR.first_difference(CALENDAR) is None
    assert closed.first_difference(CALENDAR) == date(2026, 12, 1)
    saturday_alone = WorkingCalendar(closures={date(2026, 12, 5): "停电"})
    assert saturday_alone.first_difference(CALENDAR) is None
    # Announced at last: every date through it loses its mark, so the year's first day counts as different.
    as_expected = WorkingCalendar({2027: YearNotice(2027, statutory(2027))})
    assert as_expected.first_difference(CALENDAR) == date(2027, 1, 1)
    december = YearNotice(2027, statutory(2027), frozenset({date(2026, 12, 27)}))
    assert CALENDAR.first_difference(WorkingCalendar({2027: december})) == date(2026, 12, 27)


@given(DAYS, st.integers(0, 60), st.sets(st.dates(date(2026, 1, 1), date(2028, 12, 31)), max_size=5))
def test_what_is_counted_before_the_first_difference_is_the_same(day, n, closed):
    other = WorkingCalendar(closures=dict.fromkeys(closed, "停办"))
    first = CALENDAR.first_difference(other)
    due = CALENDAR.add(day, n)
    if first is None or due.day < first:
        assert other.add(day, n) == due
