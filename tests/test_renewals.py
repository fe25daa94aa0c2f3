"""Renewal (延续, 行政许可法 50) through the product: asked for in time or not, decided, or deemed granted by silence.

Days are counted by hand: see ``test_renewal`` for the windows themselves.
"""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from approvals import calendars, permit_requests, tasks
from approvals.calendar import TICK, WorkingCalendar, end_of
from approvals.holidays import YearNotice
from approvals.permit_issue import RenewedByLaw
from approvals.permit_requests import NotInForce, TooEarly, WithoutEnd
from approvals.readiness import NotReady
from approvals.tables import Permit, PermitEvent, Timer
from approvals.terms import CaseState, Outcome, PartState, PermitStatus, RequestKind
from processes.steps import closing
from processes.steps import permit_requests as steps
from processes.steps.turning_away import Answer
from tests import invariants, register_acts
from tests.centre import COFFEE_BAR
from tests.permit_acts import (
    asked,
    at,
    begun,
    decide,
    entry,
    fires,
    granted,
    in_force,
    paper,
    papers,
    permit_until,
    timer,
    told,
)
from tests.register_cases import issued
from web.demo.applicants import persons
from web.demo.centre import Centre

RENEWAL = RequestKind.RENEWAL
ISSUED = date(2026, 1, 5)  # a Monday
YEAR_END = date(2026, 12, 31)


def test_a_permit_is_renewed_before_it_ends(centre: Centre) -> None:
    """The whole story: reminded twice, asked for in time, granted, one version in force at every moment."""
    old = permit_until(centre, "public_venue_hygiene", YEAR_END, ISSUED)
    centre.session.info.setdefault("locked_cases", set()).add(old.case_id)
    centre.sync()
    # The last day to ask is 1 December; the holder is reminded 30 and 7 days before it, when the window opens.
    centre.now = at(date(2026, 11, 1), 9)
    assert fires(centre, timer(centre, old.case, "renewal_reminder"))
    assert not timer(centre, old.case, "renewal_last_reminder").due <= centre.now  # type: ignore[union-attr]
    centre.now = at(date(2026, 11, 24), 9)
    assert fires(centre, timer(centre, old.case, "renewal_last_reminder"))
    assert all("2026-12-01" in body and old.number in body for body in told(centre, "renewal_reminder"))

    centre.now = at(date(2026, 12, 1))
    case = asked(centre, old, RENEWAL)
    assert case.form_data == old.case.form_data
    assert [material.code for material in case.materials] == ["renewal_application", "current_certificate"]
    assert entry(centre, case, "request_on_permit").after["in_time"] is True
    assert "视为准予延续" in paper(centre, case, "acceptance").html

    centre.now = at(date(2026, 12, 7))
    new = granted(centre, case)
    assert (old.status, new.status, new.number, new.version) == (
        PermitStatus.RENEWED, PermitStatus.VALID, old.number, 2,
    )  # fmt: skip
    assert (new.valid_from, new.valid_until) == (date(2026, 12, 7), date(2030, 12, 31))  # no gap, no day lost
    assert in_force(centre, old) is new
    assert new.fields == old.fields
    assert papers(centre, case) == ["acceptance", "grant_renewal", "certificate_hygiene", "delivery_proof"]
    assert "2026年12月7日至2030年12月31日" in paper(centre, case, "grant_renewal").html
    assert (case.state, case.outcome) == (CaseState.ENDED, Outcome.GRANTED)
    assert timer(centre, case, "deemed_renewal") is None
    expiry = timer(centre, old.case, "permit_expired")
    assert expiry is not None
    assert (expiry.subject_id, expiry.due) == (new.id, at(date(2031, 1, 1), 9))
    invariants.check(centre.session)


# --- the lead times of the law, item by item


@pytest.mark.parametrize(
    ("item", "expires", "day", "in_time"),
    [
        ("public_venue_hygiene", YEAR_END, date(2026, 12, 1), True),  # 30 calendar days
        ("public_venue_hygiene", YEAR_END, date(2026, 12, 2), False),
        ("water_abstraction", YEAR_END, date(2026, 11, 16), True),  # 45 calendar days
        ("water_abstraction", YEAR_END, date(2026, 11, 17), False),
        ("food_licence", date(2026, 11, 26), date(2026, 7, 17), True),  # 90 to 15 working days
        ("food_licence", date(2026, 11, 26), date(2026, 11, 5), True),
        ("food_licence", date(2026, 11, 26), date(2026, 11, 6), False),
    ],
)
def test_silence_renews_only_what_was_asked_for_in_time(
    centre: Centre, item: str, expires: date, day: date, *, in_time: bool
) -> None:
    old = permit_until(centre, item, expires, ISSUED)
    centre.now = at(day)
    case = asked(centre, old, RENEWAL)
    assert entry(centre, case, "request_on_permit").after["in_time"] is in_time
    assert ("属于按期申请" if in_time else "不视为准予延续") in paper(centre, case, "acceptance").html
    kind = "deemed_renewal" if in_time else "renewal_lapsed"
    centre.now = end_of(expires)
    assert not fires(centre, timer(centre, case, kind))
    assert old.status == PermitStatus.VALID
    centre.now += TICK
    assert fires(centre, timer(centre, case, kind))
    invariants.check(centre.session)
    if in_time:
        new = in_force(centre, old)
        assert new is not None
        assert (old.status, new.version, new.valid_from) == (
            PermitStatus.RENEWED,
            2,
            expires + timedelta(days=1),
        )
        assert case.outcome == Outcome.DEEMED_RENEWED
    else:
        assert in_force(centre, old) is old
        assert case.outcome is None
        assert papers(centre, case)[-1] == "renewal_lapsed"


def test_too_early_is_refused_with_the_first_day(centre: Centre) -> None:
    old = permit_until(centre, "food_licence", date(2026, 11, 26), ISSUED)
    centre.now = at(date(2026, 7, 16))
    before = invariants.fingerprint(centre.session)
    with pytest.raises(TooEarly) as refused:
        begun(centre, old, RENEWAL)
    assert refused.value.params["first"] == date(2026, 7, 17)
    assert invariants.fingerprint(centre.session) == before


# --- deemed renewal


def test_deemed_renewal_is_written_down_told_and_ends_the_case(centre: Centre) -> None:
    old = permit_until(centre, "public_venue_hygiene", YEAR_END, ISSUED)
    centre.now = at(date(2026, 12, 1))
    case = asked(centre, old, RENEWAL)
    centre.opine_all(case)  # reviewed, and nobody decides
    centre.now = end_of(YEAR_END) + TICK
    row = timer(centre, case, "deemed_renewal")
    assert fires(centre, row)
    new = in_force(centre, old)
    assert new is not None
    assert (new.valid_from, new.valid_until) == (date(2027, 1, 1), date(2030, 12, 31))
    assert papers(centre, case)[-2:] == ["deemed_renewal", "certificate_hygiene"]
    notice = paper(centre, case, "deemed_renewal")
    assert notice.issued_by_id is None
    for words in ("第五十条第二款", "2026年12月1日", "2027年1月1日至2030年12月31日"):
        assert words in notice.html
    written = entry(centre, case, "deem_renewed")
    assert (written.staff_id, written.actor) == (None, "系统")
    assert written.after["last_day"] == "2026-12-01"
    events = centre.session.scalars(select(PermitEvent).where(PermitEvent.permit_id == old.id)).all()
    assert [(event.kind, event.ground, event.staff_id) for event in events][-1] == ("renew", "deemed", None)
    assert tasks.open_tasks(centre.session, case.id) == []
    assert (case.state, case.outcome) == (CaseState.ENDED, Outcome.DEEMED_RENEWED)
    assert [part.state for part in case.parts] == [PartState.CLOSED]
    holder, *staff = told(centre, "deemed_renewed")
    assert "视为准予延续" in holder
    assert len(staff) >= 2  # clerk, head, supervision
    # Once.
    before = invariants.fingerprint(centre.session)
    assert not steps.deem_renewed(centre.session, case, centre.calendar, centre.now)
    assert not steps.lapse(centre.session, case, centre.calendar, centre.now)
    assert invariants.fingerprint(centre.session) == before


def test_after_the_last_day_nobody_decides_what_the_law_has_renewed(centre: Centre) -> None:
    """The sweep is late, a head is quick: the decision is refused, then silence is written down."""
    old = permit_until(centre, "public_venue_hygiene", YEAR_END, ISSUED)
    centre.now = at(date(2026, 12, 1))
    case = asked(centre, old, RENEWAL)
    centre.opine_all(case)
    centre.now = end_of(YEAR_END) + TICK
    before = invariants.fingerprint(centre.session)
    with pytest.raises(RenewedByLaw), centre.session.begin_nested():
        centre.grant(case)
    assert invariants.fingerprint(centre.session) == before
    assert fires(centre, timer(centre, case, "deemed_renewal"))
    assert in_force(centre, old) is not old


def test_the_department_is_reminded_of_what_silence_will_do(centre: Centre) -> None:
    """Five days before the end, when the window opens; of a late request it hears that nothing can be granted then."""
    permits = [permit_until(centre, "public_venue_hygiene", YEAR_END, ISSUED) for _ in range(2)]
    for permit, day in zip(permits, (date(2026, 12, 1), date(2026, 12, 2)), strict=True):
        centre.now = at(day)
        asked(centre, permit, RENEWAL)
    in_time, late = (permit_requests.open_requests(centre.session, permit)[0] for permit in permits)
    centre.now = at(date(2026, 12, 26), 9) - TICK
    assert not fires(centre, timer(centre, in_time, "renewal_alarm"))
    centre.now += TICK
    assert fires(centre, timer(centre, in_time, "renewal_alarm"))
    assert all("视为准予延续" in body for body in told(centre, "renewal_alarm"))
    assert fires(centre, timer(centre, late, "renewal_alarm"))
    assert "不能再准予延续" in told(centre, "renewal_alarm")[-1]


def test_what_is_granted_on_the_last_day_is_issued_after_it(centre: Centre) -> None:
    old = permit_until(centre, "public_venue_hygiene", YEAR_END, ISSUED)
    centre.now = at(date(2026, 12, 1))
    case = asked(centre, old, RENEWAL)
    centre.now = end_of(YEAR_END)
    decide(centre, case)
    centre.sync()
    assert timer(centre, case, "deemed_renewal") is None
    centre.now = at(date(2027, 1, 4))
    [new] = centre.issue(case)
    assert (new.valid_from, new.valid_until) == (YEAR_END, date(2030, 12, 31))
    assert old.status == PermitStatus.RENEWED
    invariants.check(centre.session)


def test_a_late_request_can_be_granted_before_the_end_and_not_after(centre: Centre) -> None:
    first, second = (permit_until(centre, "public_venue_hygiene", YEAR_END, ISSUED) for _ in range(2))
    centre.now = at(date(2026, 12, 10))
    early, late = (asked(centre, permit, RENEWAL) for permit in (first, second))
    centre.now = at(YEAR_END)
    assert granted(centre, early).status == PermitStatus.VALID
    centre.opine_all(late)
    centre.now = end_of(YEAR_END) + TICK
    assert fires(centre, timer(centre, late, "renewal_lapsed"))
    assert "2026年12月10日" in paper(centre, late, "renewal_lapsed").html
    assert len(told(centre, "renewal_lapsed")) >= 3
    with pytest.raises(NotInForce), centre.session.begin_nested():
        centre.grant(late)
    centre.refuse(late)  # heard and refused, as the notice says
    assert late.parts[0].state == PartState.REFUSED
    assert in_force(centre, second) is second
    assert second.status == PermitStatus.VALID  # expired by its date alone
    invariants.check(centre.session)


def test_who_has_not_answered_a_correction_is_not_renewed_by_silence(centre: Centre) -> None:
    """The request lies with the applicant, not with the authority, and an answer after the end is too late."""
    old = permit_until(centre, "food_licence", date(2026, 11, 26), ISSUED)
    centre.now = at(date(2026, 11, 5))
    draft = permit_requests.start_request(centre.session, old, RENEWAL, centre.staff["linxiao"], centre.now)
    case = centre.receive(draft)
    centre.later(days=4)
    centre.check(case, "correction")
    centre.sync()
    assert timer(centre, case, "deemed_renewal") is None
    centre.now = end_of(date(2026, 11, 26)) + TICK
    assert fires(centre, timer(centre, case, "renewal_lapsed"))
    centre.answer(case, "已补交")
    centre.sync()
    answer = Answer(
        Outcome.NOT_ACCEPTED, "原许可已过有效期，不能延续", "《中华人民共和国行政许可法》第三十二条"
    )
    assert timer(centre, case, "deemed_renewal") is None
    assert not steps.deem_renewed(centre.session, case, centre.calendar, centre.now)
    centre.tick_all(case)
    with pytest.raises(NotReady), centre.session.begin_nested():
        centre.check(case, "accepted")
    centre.check(case, "not_accepted", answer)
    assert in_force(centre, old) is old


def test_a_benefit_is_never_renewed_by_silence_and_can_be_granted_afterwards(centre: Centre) -> None:
    """It is no licence, so article 50 deems nothing; asked for in time it is decided all the same."""
    old = permit_until(centre, "elderly_home_care", YEAR_END, ISSUED, next(persons(Random(1))))
    centre.now = at(date(2026, 11, 2))
    case = asked(centre, old, RENEWAL)
    assert "不属于行政许可" in paper(centre, case, "acceptance").html
    assert timer(centre, case, "deemed_renewal") is None
    assert timer(centre, case, "renewal_lapsed") is None
    centre.now = end_of(YEAR_END) + TICK
    for act in (steps.deem_renewed, steps.lapse):
        assert not act(centre.session, case, centre.calendar, centre.now)
    new = granted(centre, case)
    assert (new.valid_from, new.valid_until) == (date(2027, 1, 1), YEAR_END.replace(year=2027))
    event = centre.session.scalars(select(PermitEvent).where(PermitEvent.permit_id == old.id)).all()[-1]
    assert (event.kind, event.ground) == ("renew", "asked_in_time")


@pytest.mark.parametrize("silent", [False, True])
def test_the_comprehensive_licence_goes_on_with_the_part_that_ended_first(
    centre: Centre,
    silent: bool,
) -> None:
    """The shop sign ends after three years and the licence over all with it; renewed, both go on."""
    centre.now = at(ISSUED)
    whole, *parts = issued(centre, "restaurant_opening", COFFEE_BAR)
    sign = next(permit for permit in parts if permit.kind == "shop_sign")
    assert sign.valid_until
    assert whole.valid_until == sign.valid_until == date(2029, 1, 4)
    centre.now = at(date(2028, 12, 1))
    case = asked(centre, sign, RENEWAL)
    if silent:
        centre.now = end_of(sign.valid_until) + TICK
        row = timer(centre, case, "deemed_renewal")
        assert row is not None
        assert row.state == "waiting"  # counted in calendar days, so no notice is waited for
        assert fires(centre, row)
    else:
        granted(centre, case)
    new_sign, new_whole = in_force(centre, sign), in_force(centre, whole)
    assert new_sign is not None
    assert new_whole is not None
    assert (new_sign.valid_until, new_whole.version) == (date(2032, 1, 4), 2)
    assert new_whole.valid_until == date(2031, 1, 4)  # now the food licence ends first
    listed = {entry["number"]: entry["valid_until"] for entry in new_whole.fields["parts"]}
    assert listed[sign.number] == "2032-01-04"
    invariants.check(centre.session)


def test_a_suspension_goes_on_with_what_silence_renewed(centre: Centre) -> None:
    old = permit_until(centre, "public_venue_hygiene", YEAR_END, ISSUED)
    centre.now = at(date(2026, 12, 1))
    case = asked(centre, old, RENEWAL)
    centre.now = at(date(2026, 12, 20))
    register_acts.ended(centre, old, "suspend", "penalty")
    centre.now = end_of(YEAR_END) + TICK
    centre.sync()
    assert fires(centre, timer(centre, case, "deemed_renewal"))
    assert [one.status for one in (old, in_force(centre, old)) if one] == ["renewed", "suspended"]


def test_what_the_law_has_renewed_is_not_withdrawn_before_the_sweep(centre: Centre) -> None:
    old = permit_until(centre, "public_venue_hygiene", YEAR_END, ISSUED)
    centre.now = at(date(2026, 12, 1))
    case = asked(centre, old, RENEWAL)
    centre.now = end_of(YEAR_END) + TICK
    before = invariants.fingerprint(centre.session)
    with pytest.raises(RenewedByLaw), centre.session.begin_nested():
        closing.withdraw(centre.session, case.id, None, "不再需要（示例）", centre.now)
    assert invariants.fingerprint(centre.session) == before
    assert fires(centre, timer(centre, case, "deemed_renewal"))


def test_nothing_is_deemed_on_days_nobody_knows_yet(centre: Centre) -> None:
    """The window of the food licence runs through a year without notice: held until the notice comes."""
    old = permit_until(centre, "food_licence", date(2027, 2, 26), ISSUED)
    centre.now = at(date(2026, 12, 1))
    case = asked(centre, old, RENEWAL)
    row = timer(centre, case, "deemed_renewal")
    assert row is not None
    assert row.state == "held"
    assert "暂定日期" in paper(centre, case, "acceptance").html
    centre.now = end_of(date(2027, 2, 26)) + TICK
    assert not fires(centre, row)
    assert not steps.deem_renewed(centre.session, case, centre.calendar, centre.now)
    assert not steps.tell_expired(centre.session, case, _expiry(centre, old), centre.calendar, centre.now)
    assert in_force(centre, old) is old
    known = WorkingCalendar({2027: YearNotice(2027, {date(2027, 1, 1): "元旦"})})
    assert steps.deem_renewed(centre.session, case, known, centre.now)
    new = in_force(centre, old)
    assert new is not None
    assert new.valid_from == date(2027, 2, 27)  # as of the day the law says, however late it is known


def _expiry(centre: Centre, permit: Permit) -> Timer:
    row = timer(centre, permit.case, "permit_expired")
    assert row is not None
    return row


def test_a_permit_without_end_is_not_renewed(centre: Centre) -> None:
    permit = permit_until(centre, "fire_inspection", None, ISSUED)
    with pytest.raises(WithoutEnd):
        begun(centre, permit, RENEWAL)
    assert timer(centre, permit.case, "permit_expired") is None
    assert timer(centre, permit.case, "renewal_reminder") is None


# --- what comes by itself


def test_whoever_has_asked_is_not_reminded_and_what_expired_is_told_to_the_department(centre: Centre) -> None:
    asked_for, forgotten = (permit_until(centre, "public_venue_hygiene", YEAR_END, ISSUED) for _ in range(2))
    for permit in (asked_for, forgotten):
        centre.session.info.setdefault("locked_cases", set()).add(permit.case_id)
    centre.sync()
    centre.now = at(date(2026, 11, 20))
    asked(centre, asked_for, RENEWAL)
    centre.now = at(date(2026, 11, 24), 9)
    assert not fires(centre, timer(centre, asked_for.case, "renewal_last_reminder"))
    assert fires(centre, timer(centre, forgotten.case, "renewal_last_reminder"))
    row = timer(centre, forgotten.case, "permit_expired")
    centre.now = at(date(2027, 1, 1), 9) - TICK
    assert not fires(centre, row)
    centre.now += TICK
    assert fires(centre, row)
    bodies = told(centre, "permit_expired")
    assert bodies
    assert all(forgotten.number in body and "第七十条第一项" in body for body in bodies)


# --- against an independent telling


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    general=st.booleans(),
    lead=st.integers(0, 160),
    seen=st.sampled_from([-1, 0, 1, 1, 2]),
    decided=st.sampled_from([None, None, None, -1, 0, 1]),
)
def test_silence_renews_exactly_when_article_50_says(
    centre: Centre, general: bool, lead: int, seen: int, decided: int | None
) -> None:
    """Over random days of the request, of the look and of a decision; nothing of an example stays."""
    expires = date(2026, 10, 30)
    with centre.session.begin_nested() as example:
        old = permit_until(centre, "public_venue_hygiene" if general else "food_licence", expires, ISSUED)
        centre.now = at(date(2026, 10, 8) if general else date(2026, 9, 1))
        if general:
            old.valid_until = date(2027, 10, 29)
        case = asked(centre, old, RENEWAL)
        old.valid_until = expires
        case.received_at = at(expires - timedelta(days=lead))
        case.decided_at = at(expires + timedelta(days=decided)) if decided is not None else None
        now = at(expires + timedelta(days=seen), 23)
        in_time = _in_time(centre, expires, expires - timedelta(days=lead), general=general)
        wanted = in_time and seen > 0 and decided is None
        assert steps.deem_renewed(centre.session, case, centre.calendar, now) is wanted
        assert (old.status == PermitStatus.RENEWED) is wanted
        example.rollback()


def _in_time(centre: Centre, expires: date, day: date, *, general: bool) -> bool:
    """As the articles say it, counted day by day: thirty days before, or between 90 and 15 working days before."""
    if general:
        return (expires - day).days >= 30
    calendar = calendars.current(centre.session)
    days = [day + timedelta(days=n) for n in range((expires - day).days)]
    working = sum(calendar.is_working_day(each) for each in days)
    return 15 <= working <= (90 if calendar.is_working_day(day) else 89)
