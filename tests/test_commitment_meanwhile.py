"""What changes between the telling of the clauses, the signing and the decision."""

from datetime import UTC, datetime

from sqlalchemy import select

from approvals.clock import local_day
from approvals.tables import Timer
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
