"""How long cases of an item take: percentiles against a plain count, pauses left out, too few cases say nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from approvals import clock
from approvals.calendar import default_calendar
from approvals.limits import EntryKind
from approvals.queries import clocks, estimates
from approvals.queries.estimates import Estimate, Turn
from approvals.tables import Case, ServiceItem
from tests.centre import MONDAY
from tests.test_special_procedures import finish, start
from tests.web.public import OTHER, statements
from web.demo.centre import Centre

SIGN = "shop_sign"
SPRING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # a Monday; the next holiday is on 4 April
DAYS = st.lists(st.integers(0, 40), min_size=5, max_size=200)


def estimate(days: list[int]) -> Estimate:
    return Estimate(tuple(sorted(days)), date(2026, 1, 1), date(2026, 6, 1))


# --- percentiles


@given(days=DAYS, percent=st.sampled_from([50, 90]))
def test_at_least_so_many_percent_were_decided_within_and_fewer_a_day_before(days, percent):
    within = estimate(days).within(percent)
    assert within is not None
    assert 100 * sum(took <= within for took in days) >= percent * len(days)
    assert 100 * sum(took <= within - 1 for took in days) < percent * len(days)


@pytest.mark.parametrize(
    ("days", "median", "most"),
    [
        ([3, 3, 3, 3, 3], 3, 3),
        ([1, 2, 3, 4, 5], 3, 5),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5, 9),
        ([0, 0, 0, 0, 20], 0, 20),
        ([8, 2, 4, 6, 5, 5, 3, 7, 4, 30], 5, 8),
        (list(range(1, 101)), 50, 90),
    ],
)
def test_median_and_ninetieth_percentile(days, median, most):
    assert (estimate(days).median, estimate(days).most) == (median, most)


@pytest.mark.parametrize("days", [[], [4], [4, 4, 4, 4]])
def test_fewer_than_five_cases_say_nothing(days):
    few = estimate(days)
    assert (few.median, few.most, few.cases) == (None, None, len(days))


@given(days=DAYS, used=st.integers(0, 45))
def test_what_is_left_is_counted_among_those_that_took_as_long(days, used):
    rest = estimate(days).after(used)
    longer = [took - used for took in sorted(days) if took >= used]
    assert list(rest.days) == longer
    assert (rest.median is None) == (len(longer) < 5)
    assert rest.most is None or 0 <= rest.most <= max(longer)


def test_the_longer_it_has_taken_the_fewer_stand_behind_it():
    whole = estimate([2, 3, 3, 4, 5, 6, 7, 9, 12, 20])
    assert (whole.after(5).cases, whole.after(5).median, whole.after(5).most) == (6, 2, 15)
    assert whole.after(7).median is None  # 7, 9, 12, 20: four cases


# --- days used


def test_without_a_pause_every_working_day_counts_but_the_first():
    assert estimates.days_used([], date(2026, 9, 29), date(2026, 10, 12), default_calendar()) == 5


@given(
    begins=st.integers(0, 30),
    pauses=st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=4),
    length=st.integers(0, 90),
)
def test_days_used_agree_with_a_count_day_by_day(begins, pauses, length):
    """Pauses one after the other: the day of a pause counts, that of a resume does not (行政许可法 45)."""
    calendar, first = default_calendar(), date(2026, 9, 1)
    last, day = first + timedelta(days=length), first + timedelta(days=begins)
    turns, held = [Turn(EntryKind.START, first)], set()
    for wait, lasts in pauses:
        day += timedelta(days=wait)
        resumed = day + timedelta(days=lasts)
        turns += [Turn(EntryKind.PAUSE, day), Turn(EntryKind.RESUME, resumed)]
        held |= {day + timedelta(days=n) for n in range(1, lasts + 1)}
        day = resumed
    counted = [first + timedelta(days=n) for n in range(1, length + 1)]
    expected = sum(calendar.is_working_day(each) and each not in held for each in counted)
    assert estimates.days_used([turns], first, last, calendar) == expected


def test_a_joint_case_stands_only_while_every_part_of_it_does():
    first, last = date(2026, 3, 2), date(2026, 3, 20)  # 14 working days
    running = [Turn(EntryKind.START, first), Turn(EntryKind.END, date(2026, 3, 12))]
    held = [
        Turn(EntryKind.START, first),
        Turn(EntryKind.PAUSE, date(2026, 3, 4)),
        Turn(EntryKind.RESUME, date(2026, 3, 17)),
        Turn(EntryKind.END, last),
    ]
    # up to the 12th the other part runs; 13, 16, 17 March nobody does
    assert estimates.days_used([running, held], first, last, default_calendar()) == 14 - 3


# --- from the database


def decided(centre: Centre, days: int, item: str = SIGN) -> Case:
    """A case accepted on the Monday and decided so many working days later."""
    centre.now = SPRING
    case = centre.accept(centre.draft(item, {}, who=OTHER))
    centre.now = SPRING + timedelta(days=days // 5 * 7 + days % 5)
    centre.opine_all(case)
    centre.grant(case)
    return case


def of(centre: Centre, item: str = SIGN, now: datetime = MONDAY) -> Estimate:
    centre.session.flush()
    return estimates.of_item(centre.session, item, centre.calendar, now)


def test_the_cases_of_the_item_and_no_others_in_two_statements(centre: Centre, centre_engine: Engine):
    for days in (1, 2, 3, 3, 3):
        decided(centre, days)
    decided(centre, 4, "food_licence")
    centre.accept(centre.draft(SIGN, {}, who=OTHER))  # not decided
    centre.session.flush()
    with statements(centre_engine) as seen:
        found = estimates.of_item(centre.session, SIGN, default_calendar(), MONDAY)
    assert len(seen) == 2, seen
    assert found.days == (1, 2, 3, 3, 3)
    assert (found.median, found.most, found.cases) == (3, 3, 5)
    assert (found.since, found.until) == (date(2026, 3, 3), date(2026, 3, 5))


def test_a_new_version_of_the_item_keeps_its_cases(centre: Centre):
    for days in (1, 1, 2, 2, 4):
        decided(centre, days)
    old = centre.session.query(ServiceItem).filter_by(code=SIGN, active=True).one()
    columns = {
        column.key: getattr(old, column.key) for column in ServiceItem.__table__.columns if column.key != "id"
    }
    old.active = False
    centre.session.add(ServiceItem(**columns | {"content_hash": "f" * 64, "active": True}))
    centre.session.flush()
    decided(centre, 5)
    assert of(centre).days == (1, 1, 2, 2, 4, 5)


def test_what_was_decided_more_than_a_year_ago_is_left_out(centre: Centre):
    for days in (1, 2):
        decided(centre, days)
    assert of(centre, now=SPRING + timedelta(days=1 + 365)).days == (2,)
    assert of(centre, now=SPRING).days == ()  # nothing of the future either


def test_the_time_of_a_procedure_is_no_time_of_the_case(centre: Centre):
    """Accepted 2 March; stopped from the 4th to the 18th; decided the 20th: 3, 4, 19 and 20 March count."""
    centre.now = SPRING
    case = centre.accept(centre.draft("public_venue_hygiene", {}, who=OTHER))
    centre.now = SPRING + timedelta(days=2)
    procedure = start(centre, case)
    centre.now = SPRING + timedelta(days=16)
    finish(centre, procedure)
    centre.now = SPRING + timedelta(days=18)
    centre.opine_all(case)
    centre.grant(case)
    assert clock.local_day(centre.now) == date(2026, 3, 20)
    assert of(centre, "public_venue_hygiene").days == (4,)
    lines = clocks.of_case(centre.session, case, (), centre.calendar).lines
    turns = estimates.turns(lines, centre.calendar)
    assert estimates.days_used(turns, date(2026, 3, 2), date(2026, 3, 20), centre.calendar) == 4


def test_only_so_many_cases_are_looked_at(centre: Centre, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(estimates, "MOST_CASES", 5)
    for days in (9, 1, 2, 3, 4, 5, 6):
        decided(centre, days)
    assert of(centre).days == (3, 4, 5, 6, 9)  # the last five by the day of their decision
