"""Five working days to tell everything at once; after them the law has accepted (行政许可法 32(1)(4))."""

import pytest
from sqlalchemy import select

from approvals import clock
from approvals.calendar import default_calendar
from approvals.corrections import DefectInput
from approvals.tables import LedgerEntry
from processes.steps.checking import TooLateToCorrect
from tests.centre import HOT_POT, known
from web.demo.centre import Centre


def started(centre: Centre, case_id: int) -> set[object]:
    return set(
        centre.session.scalars(
            select(LedgerEntry.at).where(LedgerEntry.case_id == case_id, LedgerEntry.task_id.is_(None))
        )
    )


def test_silent_past_the_five_days_the_clock_runs_from_the_receipt(centre: Centre) -> None:
    case = centre.draft("restaurant_opening", HOT_POT)
    centre.receive(case)
    centre.pre_check(case)
    centre.later(days=14)
    centre.check(case, "accepted")
    assert case.accepted_at == centre.now
    assert started(centre, case.id) == {case.received_at}


def test_within_the_five_days_it_runs_from_the_acceptance(centre: Centre) -> None:
    case = centre.draft("restaurant_opening", HOT_POT)
    centre.receive(case)
    centre.pre_check(case)
    centre.later(days=1)
    centre.check(case, "accepted")
    assert started(centre, case.id) == {centre.now}


def test_an_answered_correction_is_judged_within_five_days_of_its_own(centre: Centre) -> None:
    case = centre.draft("restaurant_opening", HOT_POT)
    centre.receive(case)
    centre.pre_check(case, {"shop_sign": [DefectInput("sign_rendering", "缺夜间效果图", "补交")]})
    centre.check(case, "correction")
    centre.later(days=8)
    centre.answer(case, "已补交")
    answered = centre.now
    assert case.notify_by is not None
    assert clock.local_day(case.notify_by) == default_calendar().add(clock.local_day(answered), 5).day
    two_days = default_calendar().add(clock.local_day(answered), 2).day  # the diagram's limit for this step
    assert clock.local_day(known(centre.task(case, "pre_check").promised_due)) == two_days
    centre.pre_check(case)
    centre.later(days=14)
    centre.check(case, "accepted")
    assert started(centre, case.id) == {answered}


def test_after_the_five_days_no_correction_stands_in_the_way_of_acceptance(centre: Centre) -> None:
    case = centre.draft("restaurant_opening", HOT_POT)
    centre.receive(case)
    centre.pre_check(case, {"shop_sign": [DefectInput("sign_rendering", "缺夜间效果图", "补交")]})
    centre.later(days=14)
    with pytest.raises(TooLateToCorrect):
        centre.check(case, "correction")
