"""A centre lives a year on a simulated clock: every case ends, every timer fires once, every lamp is recounted.

``make test`` lives ``SMALL`` cases, ``make nightly`` 5,000 (``python -m tests.simulate 5000`` shows its progress).
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from approvals import calendar_drafts, calendar_publishing, calendar_rehearsal, database, tasks
from approvals.tables import Case, Timer
from tests.calendar_notices import INVENTED_2027, INVENTED_NUMBER
from tests.recount import local_day
from tests.simulate import ANNOUNCED, judged, live
from tests.simulation import Simulation, Year
from tests.simulation_history import History, happened
from web.demo.centre import Centre
from web.jobs.recount import recount

SMALL = 16
UNANNOUNCED = Year(date(2026, 12, 21), 11, 4, seed=4)
"""Cases of the last days of 2026: whatever they wait for falls in a year without a notice."""
FORGOTTEN = datetime(2026, 12, 29, 2, 0, tzinfo=UTC)
NOTICE_COMES = datetime(2027, 1, 14, 2, 0, tzinfo=UTC)
ADVERSE = ("deemed_acceptance", "correction_over", "deferral_over", "deemed_consent", "order")


def test_a_year_of_a_centre(centre_engine: Engine) -> None:
    lived = judged(live(centre_engine, Year(ANNOUNCED, 365, SMALL, seed=2), edges=0.3))
    assert lived.outcomes.total() == SMALL
    assert lived.checks.looked_at > SMALL
    assert {"granted", "refused"} <= set(lived.outcomes)
    assert {"deemed_acceptance", "deemed_consent", "order", "lamp yellow", "lamp red"} <= set(lived.effects)
    assert {"green", "yellow", "red", "paused"} <= set(lived.checks.lamps)


@pytest.mark.postgres
def test_some_weeks_of_a_centre_on_postgresql(postgres: Engine) -> None:
    lived = judged(live(postgres, Year(ANNOUNCED, 15, 3, seed=3), edges=0.1))
    assert lived.outcomes.total() == 3


def test_nothing_adverse_happens_on_a_day_nobody_has_announced(centre_engine: Engine) -> None:
    """An invented notice comes in the middle of January: until then nothing rests on a day of that year."""
    lived = live(centre_engine, UNANNOUNCED, edges=0.2, plan=announce)
    assert lived.outcomes.total() == UNANNOUNCED.cases + 1
    in_doubt = 0
    with database.reading_session(centre_engine) as session:
        for case in session.scalars(select(Case).order_by(Case.id)):
            for effect in happened(History(session, case, lived.simulation.days, lived.simulation.dates)):
                last_day = local_day(effect.at - timedelta(microseconds=1))
                if effect.kind in ADVERSE and last_day.year == 2027:
                    assert effect.at >= NOTICE_COMES, (case.id, effect)
                    in_doubt += 1
    assert in_doubt, "something must have waited for the notice"
    assert lived.simulation.acts["publish"] == 1


def announce(sim: Simulation) -> None:
    sim.plan(FORGOTTEN, forget_one)
    sim.plan(NOTICE_COMES - timedelta(microseconds=1), some_are_held)
    sim.plan(NOTICE_COMES, publish)
    sim.plan(NOTICE_COMES, count_anew)


def forget_one(sim: Simulation, centre: Centre) -> None:
    """One case that nobody checks: its five days end in a year without a notice."""
    case = centre.draft("food_licence", {}, who=sim.applicant("food_licence"))
    centre.receive(case)
    for task in tasks.open_tasks(centre.session, case.id):
        sim.plan_once("task", task.id)


def some_are_held(sim: Simulation, centre: Centre) -> None:
    held = centre.session.scalars(select(Timer).where(Timer.state == "held", Timer.due <= sim.now)).all()
    assert held, "their day has come, and they wait"


def publish(sim: Simulation, centre: Centre) -> None:
    """The administrator imports the notice, has it rehearsed, and publishes it."""
    draft = calendar_drafts.draft_notice(
        centre.session, centre.staff["admin"], year=2027, source=INVENTED_NUMBER, text=INVENTED_2027,
        correction=False, now=centre.now,
    )  # fmt: skip
    while calendar_rehearsal.rehearse_some(centre.session, draft, centre.now):
        pass
    calendar_publishing.publish(centre.session, draft.id, centre.staff["admin"], centre.now)


def count_anew(sim: Simulation, centre: Centre) -> None:
    """The job brings every case to the new version; what was held and is certain now fires."""
    centre.session.rollback()  # the job writes by itself
    while recount(sim.engine, lambda: sim.now):
        pass
    sim.renew_days()
    sim.sweep()
    with database.reading_session(sim.engine) as session:
        open_cases = sim.open_case_ids(session)
        assert set(session.scalars(select(Case.calendar_version).where(Case.id.in_(open_cases)))) <= {1}
        for case_id in open_cases:
            sim.checks.case(sim, session, session.get_one(Case, case_id))
    sim.look(set(open_cases))
