"""The stories of the demo centre: on any day they reach what they are named for, in order, and the same every time."""

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from approvals import clock, register_rules, timers
from approvals.calendar import default_calendar
from approvals.filestore import FileStore
from approvals.tables import (
    ApplicationBar,
    Case,
    Commitment,
    CreditRecord,
    JournalEntry,
    Permit,
    Proceeding,
    SupervisoryOrder,
    Task,
    Timer,
    Verification,
)
from approvals.terms import CreditKind, Outcome, PermitStatus, VerificationState
from tests import invariants
from tests.centre import MONDAY
from web.demo import commitment_stages, permit_stages, story, telling
from web.demo.applicants import organisations
from web.demo.centre import Centre
from web.demo.telling import Story

STORIES = {
    f"{number}: {one.name}": one
    for number, one in enumerate((*commitment_stages.STORIES, *permit_stages.STORIES))
}


def told(centre: Centre, one: Story, folder: Path, now: datetime = MONDAY) -> Case:
    """The story up to now, with what the worker has done by then."""
    who = next(organisations(Random(one.name), one.whom))
    case = telling.tell(one, centre, who, FileStore(folder), now)
    telling.fire_until(centre, case, now)
    centre.session.flush()
    return case


def states(centre: Centre, column: object) -> set[str]:
    return set(centre.session.scalars(select(column).distinct()))  # type: ignore[call-overload]


def test_every_list_of_commitments_and_permits_has_content(centre: Centre, tmp_path: Path) -> None:
    for one in STORIES.values():
        told(centre, one, tmp_path)
    session, today = centre.session, clock.local_day(MONDAY)

    # Commitments in every state, verifications in every state but the rare early end; one of them ordered.
    assert states(centre, Commitment.state) == {"offered", "made", "declined", "lapsed"}
    assert states(centre, Verification.state) == set(VerificationState) - {VerificationState.CLOSED}
    assert session.scalars(select(SupervisoryOrder).where(SupervisoryOrder.automatic)).all()
    waiting = set(session.scalars(select(Task.step).where(Task.state == "open")))
    assert {
        "commit",
        "verify",
        "rectify",
        "tell_facts",
        "hear_defence",
        "decide_proceeding",
        "appoint_hearing",
    } <= waiting

    # What broken commitments leave: two kinds of records, one repaired, one that ends by itself, and one bar.
    records = session.scalars(select(CreditRecord)).all()
    assert {record.kind for record in records} == {CreditKind.UNMET, CreditKind.DECEIT}
    assert any(record.repaired_at for record in records)
    assert any(record.until for record in records)
    assert [bar.item_code for bar in session.scalars(select(ApplicationBar))] == ["public_venue_hygiene"]
    again = select(Case).where(Case.state == "reviewing")
    assert any("信用记录" in part.path_reason for case in session.scalars(again) for part in case.parts)

    # Permits in every state but the two nobody comes to: voided, and changed or renewed twice.
    permits = session.scalars(select(Permit)).all()
    shown = {register_rules.status_on(permit, today) for permit in permits}
    assert shown == set(PermitStatus) - {PermitStatus.VOIDED}
    assert {permit.version for permit in permits} == {1, 2}
    kinds = {
        (proceeding.kind, proceeding.result or "open") for proceeding in session.scalars(select(Proceeding))
    }
    assert {
        ("revoke", "open"), ("revoke", "done"), ("revoke", "dropped"), ("suspend", "done"), ("withdraw", "done"),
        ("penal_revoke", "open"), ("penal_revoke", "done"),
    } <= kinds  # fmt: skip

    invariants.check(session)
    assert not session.scalars(select(Timer).where(Timer.state == "failed")).all()
    assert not session.scalars(select(Timer).where(timers.is_due(MONDAY))).all()


DAYS = (
    MONDAY,
    datetime(2026, 11, 21, 16, 5, tzinfo=UTC),  # a Sunday, five past midnight
    datetime(2026, 10, 8, 0, 30, tzinfo=UTC),  # the first morning after a week of holidays
    datetime(2028, 2, 29, 9, 0, tzinfo=UTC),  # a day that most years have not
)


@pytest.mark.parametrize("now", DAYS)
def test_chapters_are_told_in_order_in_the_past(now: datetime) -> None:
    for name, one in STORIES.items():
        instants = list(telling.instants(one, default_calendar(), now))
        assert instants == sorted(set(instants)), name
        assert instants[-1] < now, name
        assert len(instants) == len(one.chapters)


def named(name: str) -> Story:
    return next(one for one in STORIES.values() if one.name == name)


@pytest.mark.parametrize("now", DAYS[2:])
def test_what_days_bring_about_holds_on_any_day(centre: Centre, tmp_path: Path, now: datetime) -> None:
    open_ = told(centre, named("renewal asked in time, open"), tmp_path, now)
    assert (open_.request, open_.outcome) == ("renewal", None)
    assert timer_of(centre, open_, "deemed_renewal")
    late = told(centre, named("renewal asked late, open"), tmp_path, now)
    assert timer_of(centre, late, "renewal_lapsed")
    silent = told(centre, named("renewed by silence"), tmp_path, now)
    assert silent.outcome == Outcome.DEEMED_RENEWED
    [ended] = permits_of(centre, told(centre, named("expired and cancelled"), tmp_path, now))
    assert ended.status == PermitStatus.CANCELLED
    [near] = permits_of(centre, told(centre, named("must be renewed within days"), tmp_path, now))
    assert register_rules.status_on(near, clock.local_day(now)) == PermitStatus.VALID


def timer_of(centre: Centre, case: Case, kind: str) -> bool:
    waiting = select(Timer).where(
        Timer.case_id == case.id, Timer.kind == kind, Timer.state.in_(("waiting", "held"))
    )
    return centre.session.scalar(waiting) is not None


def permits_of(centre: Centre, case: Case) -> list[Permit]:
    return list(centre.session.scalars(select(Permit).where(Permit.case_id == case.id)))


def test_a_story_is_the_same_every_time(centre: Centre, tmp_path: Path) -> None:
    def journal() -> list[tuple[str, datetime]]:
        with centre.session.begin_nested() as savepoint:
            told(centre, named("put right late and met"), tmp_path)
            written = [
                (entry.act, entry.at)
                for entry in centre.session.scalars(select(JournalEntry).order_by(JournalEntry.id))
            ]
            story.forget_cases(centre.session)
            savepoint.rollback()
        return written

    once = journal()
    assert len(once) > 10
    assert journal() == once
