"""What changes between the telling of the clauses, the signing and the decision."""

from datetime import UTC, datetime

from sqlalchemy import select

from approvals import commitments, credit, notices
from approvals.clock import local_day
from approvals.credit import Fact
from approvals.tables import Timer
from approvals.terms import CreditKind, PartState, Path
from processes.steps import commitment
from tests.centre import HOT_POT
from web.demo import committing
from web.demo.centre import Centre


def lapses(centre: Centre) -> list[tuple[str, bool]]:
    """The state of each timer that ends the days to sign, and whether its day may still move."""
    centre.sync()
    query = select(Timer).where(Timer.kind == "commitment_lapsed").order_by(Timer.id)
    return [
        (timer.state, centre.calendar.is_provisional(local_day(timer.due)))
        for timer in centre.session.scalars(query)
    ]


def test_nothing_lapses_on_a_day_that_may_still_move(centre: Centre) -> None:
    committing.offer(centre, committing.draft(centre, "hotel_licence", {}))
    assert lapses(centre) == [("waiting", False)]
    centre.now = datetime(2026, 12, 30, 2, tzinfo=UTC)  # the next year's calendar is not published yet
    committing.offer(centre, committing.draft(centre, "hotel_licence", {}))
    assert lapses(centre)[-1] == ("held", True)


def test_who_is_excluded_between_the_signing_and_the_decision_is_reviewed(centre: Centre) -> None:
    answers = HOT_POT | {"gas_kind": "piped", "water_per_day": 3}
    case = committing.draft(centre, "restaurant_opening", answers, "fire_inspection", "drainage_permit")
    committing.offer(centre, case)
    clerk, task = centre.staff["linxiao"], centre.task(case, "commit", "fire_inspection")
    fire, drainage = centre.part(case, "fire_inspection"), centre.part(case, "drainage_permit")
    pledge = committing.pledge(commitments.require_of(centre.session, fire))
    commitment.make(centre.session, task.id, task.version, clerk, pledge, centre.calendar, centre.now)
    unmet = Fact(centre.part(case, "food_licence"), CreditKind.UNMET, "承诺未履行（示例）")
    credit.record(centre.session, unmet, clerk, centre.now)  # of the same applicant, days later
    task = centre.task(case, "commit", "drainage_permit")
    commitment.decline(centre.session, task.id, task.version, clerk, "", centre.calendar, centre.now)
    assert fire.path == Path.COMMITMENT
    centre.pre_check(case)
    centre.tick_all(case)
    centre.check(case, "accepted")
    assert (fire.path, fire.state, drainage.state) == (
        Path.ORDINARY,
        PartState.REVIEWING,
        PartState.REVIEWING,
    )
    assert "未修复的信用记录" in fire.path_reason
    told = [row for row in notices.of_case(centre.session, case.id) if row.stage == "commitment_ended"]
    assert any("未修复的信用记录" in row.body for row in told)
