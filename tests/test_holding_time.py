"""Who held a case: a table of cases by hand, and what must hold of any."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals import holding_time
from approvals.calendar import default_calendar
from approvals.clock import ZONE
from approvals.holding_time import History, Holder, HoldingTime, Outside, Span, Work, attribute, working_time
from approvals.queries import holding
from approvals.tables import Case, SpecialProcedure
from approvals.terms import MaterialState, ProcedureKind, ProcedureState
from tests.centre import HOT_POT
from web.demo.centre import Centre
from web.holding import WHOLE, portions

CALENDAR = default_calendar()
MARKET, FIRE, CITY = 8, 9, 7
FOOD_PART, FIRE_PART = 1, 2


def at(day: int, hour: int = 0, month: int = 11) -> datetime:
    """An hour of a day in November 2026 in Shanghai; the 23rd is a Monday."""
    return datetime(2026, month, day, hour, tzinfo=ZONE).astimezone(UTC)


def held(history: History, now: datetime) -> tuple[float, float, float, float]:
    """Days of departments, third party, applicant, centre."""
    days = attribute(history, now, CALENDAR).days()
    return days[Holder.DEPARTMENT], days[Holder.THIRD_PARTY], days[Holder.APPLICANT], days[Holder.CENTRE]


MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (at(day) for day in range(23, 28))
NEXT_MONDAY, NEXT_TUESDAY = at(30), at(1, month=12)

TABLE = {
    "nobody has it: passing on is the centre's": (History(MONDAY), WEDNESDAY, (0, 0, 0, 2.0)),
    "a window task": (History(MONDAY, work=[Work(MONDAY)]), WEDNESDAY, (0, 0, 0, 2.0)),
    "one department": (
        History(MONDAY, THURSDAY, [Work(MONDAY, THURSDAY, MARKET)]), NEXT_MONDAY, (3.0, 0, 0, 0),
    ),
    "two departments at once count once": (
        History(MONDAY, work=[Work(MONDAY, WEDNESDAY, MARKET, FOOD_PART), Work(MONDAY, THURSDAY, FIRE, FIRE_PART)]),
        FRIDAY, (3.0, 0, 0, 1.0),
    ),
    "a weekend is nobody's": (
        History(FRIDAY, work=[Work(FRIDAY, None, MARKET)]), NEXT_TUESDAY, (2.0, 0, 0, 0),
    ),
    "half a day": (History(MONDAY, at(23, 12), [Work(MONDAY, at(23, 12), MARKET)]), FRIDAY, (0.5, 0, 0, 0)),
    "a correction before acceptance is the applicant's though the window waits": (
        History(
            MONDAY, work=[Work(MONDAY, TUESDAY), Work(TUESDAY, THURSDAY), Work(THURSDAY)],
            corrections=[Span(TUESDAY, THURSDAY)],
        ), FRIDAY, (0, 0, 2.0, 2.0),
    ),
    "an unanswered correction runs on": (
        History(MONDAY, work=[Work(MONDAY)], corrections=[Span(TUESDAY)]), FRIDAY, (0, 0, 3.0, 1.0),
    ),
    "a department that still pre-checks has it before the applicant": (
        History(MONDAY, work=[Work(MONDAY, WEDNESDAY, FIRE, FIRE_PART)], corrections=[Span(TUESDAY, THURSDAY)]),
        FRIDAY, (2.0, 0, 1.0, 1.0),
    ),
    "an expert's report stops its department": (
        History(
            MONDAY, work=[Work(MONDAY, FRIDAY, FIRE, FIRE_PART)], outside=[Outside(TUESDAY, THURSDAY, FIRE_PART)]
        ), FRIDAY, (2.0, 2.0, 0, 0),
    ),
    "but not another department, which then has the case": (
        History(
            MONDAY,
            work=[Work(MONDAY, FRIDAY, FIRE, FIRE_PART), Work(MONDAY, WEDNESDAY, MARKET, FOOD_PART)],
            outside=[Outside(TUESDAY, THURSDAY, FIRE_PART)],
        ), FRIDAY, (3.0, 1.0, 0, 0),
    ),
    "a procedure of the whole case stops every department": (
        History(
            MONDAY,
            work=[Work(MONDAY, FRIDAY, FIRE, FIRE_PART), Work(MONDAY, WEDNESDAY, MARKET, FOOD_PART)],
            outside=[Outside(MONDAY, THURSDAY)],
        ), FRIDAY, (1.0, 3.0, 0, 0),
    ),
    "two overlapping procedures count once": (
        History(
            MONDAY, work=[Work(MONDAY, FRIDAY, FIRE, FIRE_PART)],
            outside=[Outside(TUESDAY, THURSDAY, FIRE_PART), Outside(WEDNESDAY, THURSDAY, FIRE_PART)],
        ), FRIDAY, (2.0, 2.0, 0, 0),
    ),
    "waiting for a deferred material, with nothing left but the certificate": (
        History(MONDAY, work=[Work(TUESDAY, None, MARKET, issues=True)], deferrals=[Span(MONDAY, THURSDAY)]),
        FRIDAY, (1.0, 0, 3.0, 0),
    ),
    "a deferral while the department reviews is the department's": (
        History(
            MONDAY, work=[Work(MONDAY, WEDNESDAY, MARKET), Work(WEDNESDAY, None, issues=True)],
            deferrals=[Span(MONDAY, THURSDAY)],
        ), FRIDAY, (2.0, 0, 1.0, 1.0),
    ),
    "what the window still has to do comes before a deferral": (
        History(MONDAY, work=[Work(MONDAY, WEDNESDAY)], deferrals=[Span(MONDAY)]), THURSDAY, (0, 0, 1.0, 2.0),
    ),
    "the end, not now, ends it": (History(MONDAY, TUESDAY), at(31, month=12), (0, 0, 0, 1.0)),
    "received on a holiday": (History(at(28), work=[Work(at(28))]), NEXT_TUESDAY, (0, 0, 0, 1.0)),
    "a worked Saturday counts": (
        History(at(9, month=5), work=[Work(at(9, month=5), None, MARKET)]), at(11, month=5), (1.0, 0, 0, 0),
    ),
    "no time at all": (History(MONDAY, MONDAY, [Work(MONDAY, MONDAY, MARKET)]), FRIDAY, (0, 0, 0, 0)),
}  # fmt: skip


@pytest.mark.parametrize(("history", "now", "expected"), TABLE.values(), ids=TABLE.keys())
def test_by_hand(history: History, now: datetime, expected: tuple[float, float, float, float]) -> None:
    assert held(history, now) == expected


def test_each_department_has_its_own_time_and_they_may_overlap() -> None:
    history = History(
        MONDAY,
        work=[
            Work(MONDAY, WEDNESDAY, MARKET, FOOD_PART),
            Work(TUESDAY, WEDNESDAY, MARKET),  # a second task of the same department counts once
            Work(MONDAY, THURSDAY, FIRE, FIRE_PART),
            Work(MONDAY, THURSDAY, CITY, 3),
        ],
        outside=[Outside(TUESDAY, WEDNESDAY, FIRE_PART)],
    )
    found = attribute(history, FRIDAY, CALENDAR)
    assert {id_: holding_time.in_days(time) for id_, time in found.departments.items()} == {
        MARKET: 2.0, FIRE: 2.0, CITY: 3.0,
    }  # fmt: skip
    assert found.groups[Holder.DEPARTMENT] == timedelta(days=3)


def test_shares_of_several_cases_together() -> None:
    one = attribute(History(MONDAY, WEDNESDAY, [Work(MONDAY, WEDNESDAY, MARKET)]), FRIDAY, CALENDAR)
    other = attribute(History(MONDAY, WEDNESDAY), FRIDAY, CALENDAR)
    shares = holding_time.shares([one, other])
    assert (shares[Holder.DEPARTMENT], shares[Holder.CENTRE]) == (0.5, 0.5)
    assert set(holding_time.shares([]).values()) == {0.0}


FIRST, LAST = datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2026-12-31")
instants = st.datetimes(FIRST, LAST).map(lambda instant: instant.replace(tzinfo=UTC))


@st.composite
def spans(draw: st.DrawFn) -> tuple[datetime, datetime | None]:
    start, end = draw(instants), draw(st.none() | instants)
    return start, max(start, end) if end else None


@st.composite
def histories(draw: st.DrawFn) -> History:
    departments, parts = st.sampled_from([None, MARKET, FIRE, CITY]), st.sampled_from([None, 1, 2])
    work = [
        Work(*span, draw(departments), draw(parts), draw(st.booleans()))
        for span in draw(st.lists(spans(), max_size=5))
    ]
    outside = [Outside(*span, draw(parts)) for span in draw(st.lists(spans(), max_size=2))]
    corrections = [Span(*span) for span in draw(st.lists(spans(), max_size=2))]
    deferrals = [Span(*span) for span in draw(st.lists(spans(), max_size=1))]
    received, ended = draw(spans())
    return History(received, ended, work, outside, corrections, deferrals)


@given(histories(), instants)
def test_the_groups_add_up_to_the_whole(history: History, now: datetime) -> None:
    found = attribute(history, now, CALENDAR)
    end = history.ended or now
    assert found.total == working_time(history.received, end, CALENDAR)
    assert sum(found.groups.values(), timedelta(0)) == found.total
    assert round(sum(found.days().values()), 1) == found.total_days
    assert all(time >= timedelta(0) for time in found.groups.values())


@given(histories(), instants)
def test_no_department_has_more_than_the_departments_together(history: History, now: datetime) -> None:
    found = attribute(history, now, CALENDAR)
    own = found.departments.values()
    assert max(own, default=timedelta(0)) <= found.groups[Holder.DEPARTMENT] <= sum(own, timedelta(0))


@given(histories(), instants)
def test_the_bar_is_as_wide_as_it_is(history: History, now: datetime) -> None:
    found = attribute(history, now, CALENDAR)
    drawn = portions(found)
    assert sum(portion.width for portion in drawn) == (WHOLE if found.total else 0)
    assert [portion.x for portion in drawn[1:]] == [
        portion.x + portion.width for portion in drawn[:-1]
    ] or not found.total


@given(instants, instants, instants)
def test_working_time_is_additive(one: datetime, two: datetime, three: datetime) -> None:
    first, middle, last = sorted((one, two, three))
    whole = working_time(first, last, CALENDAR)
    assert whole == working_time(first, middle, CALENDAR) + working_time(middle, last, CALENDAR)
    assert timedelta(0) <= whole <= last - first
    assert working_time(last, first, CALENDAR) == timedelta(0)


# --- read from the tables


def shares_of(centre: Centre, case: Case) -> HoldingTime:
    history = holding.histories(centre.session, [case])[case.id]
    return attribute(history, centre.now, centre.calendar)


def test_a_real_case_corrected_before_acceptance(centre: Centre) -> None:
    case = centre.draft("public_venue_hygiene", {}, complete=False)
    for material in case.materials[1:]:
        material.state, material.originals = MaterialState.RECEIVED, material.line["originals"]
        material.copies = material.line["copies"]
    centre.receive(case)
    centre.later(days=1)
    centre.check(case, "correction")
    centre.later(days=2)
    centre.tick_all(case)
    centre.answer(case, "已补交")
    centre.check(case, "accepted")
    centre.later(days=4)  # from Thursday to Monday: a weekend in between
    days = shares_of(centre, case).days()
    assert days[Holder.APPLICANT] == 2.0
    assert days[Holder.CENTRE] == 1.0
    assert days[Holder.DEPARTMENT] == 2.0


def test_a_body_outside_holds_a_part_and_a_hearing_of_the_authority_does_not(centre: Centre) -> None:
    case = centre.accept(centre.draft("fire_inspection", {}))
    staff = centre.staff["zhouyan"]
    for kind, body, days in ((ProcedureKind.TESTING, "示例检测院", 1), (ProcedureKind.HEARING, "", 1)):
        centre.later(days=1)
        procedure = SpecialProcedure(
            case_id=case.id, part_id=case.parts[0].id, kind=kind, state=ProcedureState.RUNNING, basis="第四十五条",
            reasons="需要", body=body, days=5, requested_by_id=staff.id, requested_at=centre.now,
            approved_at=centre.now, ends_on=date(2026, 12, 1),
        )  # fmt: skip
        centre.session.add(procedure)
        centre.later(days=days)
        procedure.state, procedure.ended_at = ProcedureState.ENDED, centre.now
    centre.session.flush()
    days_of = shares_of(centre, case).days()
    assert days_of[Holder.THIRD_PARTY] == 1.0
    assert days_of[Holder.DEPARTMENT] == 3.0


def test_window_tasks_are_the_centres_and_the_leads_its_departments(centre: Centre) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    centre.later(days=1)
    centre.opine_all(case)
    centre.later(days=1)
    centre.collate(case)  # the lead had it a day
    centre.grant_all(case)
    centre.pay_fees(case)
    centre.issue(case)
    centre.later(days=1)
    found = shares_of(centre, case)
    assert found.days()[Holder.DEPARTMENT] == 2.0
    assert found.days()[Holder.CENTRE] == 1.0
    lead = holding_time.in_days(found.departments[case.department_id])
    assert lead == 2.0
    others = [time for id_, time in found.departments.items() if id_ != case.department_id]
    assert {holding_time.in_days(time) for time in others} == {1.0}


def test_a_draft_has_no_history(centre: Centre) -> None:
    assert holding.histories(centre.session, [centre.draft("fire_inspection", {})]) == {}
