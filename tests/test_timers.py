"""Timers: what a case wants is what stands in the rows; each fires once, for whoever comes first."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from approvals import calendars, clock, database, ledger, tasks, timers
from approvals.calendar import end_of
from approvals.limits import Entry, EntryKind
from approvals.tables import Case, Message, Staff, SupervisoryOrder, Timer
from approvals.terms import CaseState, Outcome, PartState
from processes import timers as handlers
from processes.steps import closing
from processes.timers import HANDLERS
from tests.centre import HOT_POT, known
from web.demo.centre import Centre
from web.jobs.timers import adopt, fire_due
from web.transactions import unit_of_work

TICK = timedelta(microseconds=1)


def waiting(session: Session, case: Case) -> dict[str, Timer]:
    rows = session.scalars(
        select(Timer).where(Timer.case_id == case.id, Timer.state.in_(("waiting", "held")))
    )
    return {row.key: row for row in rows}


def kinds(session: Session, case: Case) -> set[str]:
    return {row.kind for row in waiting(session, case).values()}


def run(centre: Centre) -> int:
    """Fire everything due at the centre's clock, in the centre's own session."""
    fired = 0
    while True:
        centre.sync()
        due = timers.due(centre.session, centre.now, 50)
        if not due:
            return fired
        for timer_id, case_id in due:
            fired += handlers.fire_due(centre.session, timer_id, case_id, centre.now)


def test_every_kind_has_its_handler() -> None:
    assert set(HANDLERS) == set(timers.KINDS)


def test_a_case_being_checked_waits_for_its_alarm_and_its_deemed_acceptance(centre: Centre) -> None:
    case = centre.draft("food_licence", {})
    centre.receive(case)
    centre.sync()
    assert kinds(centre.session, case) == {"lamp", "checking_alarm", "deemed_acceptance"}
    assert (
        waiting(centre.session, case)[f"deemed_acceptance:case:{case.id}"].due == known(case.notify_by) + TICK
    )


def test_the_five_days_run_out_and_the_case_goes_on_accepted(centre: Centre) -> None:
    case = centre.draft("food_licence", {})
    centre.receive(case)
    received = case.received_at
    centre.now = known(case.notify_by)
    run(centre)
    assert case.accepted_at is None
    centre.now += TICK
    run(centre)
    assert case.accepted_at == received
    assert case.state == CaseState.REVIEWING
    # counted from the receipt the five promised days are over as well, and that has been told
    assert kinds(centre.session, case) == {"order"}
    assert stages(centre.session, case, "shichang")[-1] == "red"


def test_a_timer_that_has_fired_does_not_fire_again(centre: Centre) -> None:
    case = centre.draft("food_licence", {})
    centre.receive(case)
    centre.now = known(case.notify_by) + TICK
    assert run(centre) > 0
    assert run(centre) == 0
    told = centre.session.scalar(select(func.count()).select_from(Message).where(Message.case_id == case.id))
    run(centre)
    assert told == centre.session.scalar(
        select(func.count()).select_from(Message).where(Message.case_id == case.id)
    )


def stages(session: Session, case: Case, name: str) -> list[str]:
    """What the inbox of one person says of a case, oldest first."""
    person = session.scalars(select(Staff).where(Staff.login == name)).one()
    rows = session.scalars(
        select(Message)
        .where(Message.case_id == case.id, Message.staff_id == person.id)
        .order_by(Message.created_at, Message.id)
    )
    return [row.stage for row in rows if row.stage in ("soon", "yellow", "red")]


def test_officer_head_and_supervisor_are_reminded_before_yellow_at_yellow_and_at_red(centre: Centre) -> None:
    case = centre.draft("food_licence", {})
    centre.accept(case)
    centre.sync()
    task = centre.task(case, "review")
    tasks.claim(centre.session, task.id, centre.staff["chenli"], centre.now)
    for at, expected in (
        (known(task.yellow_at) - TICK, ["soon"]),
        (known(task.yellow_at), ["soon", "yellow"]),
        (known(task.promised_due), ["soon", "yellow"]),
        (known(task.promised_due) + TICK, ["soon", "yellow", "red"]),
        (known(task.promised_due) + timedelta(days=1), ["soon", "yellow", "red"]),
    ):
        centre.now = at
        run(centre)
        for login in ("chenli", "shichang", "jiancha"):
            assert stages(centre.session, case, login) == expected, (at, login)


def test_after_a_long_stop_only_the_stage_reached_is_told(centre: Centre) -> None:
    case = centre.draft("food_licence", {})
    centre.accept(case)
    centre.sync()
    centre.now = known(centre.task(case, "review").promised_due) + timedelta(days=1)
    run(centre)
    assert stages(centre.session, case, "shichang") == ["red"]


def test_past_the_law_an_order_is_opened_once(centre: Centre) -> None:
    case = centre.draft("food_licence", {})
    centre.accept(case)
    centre.now = known(case.statutory_due)
    run(centre)
    assert centre.session.scalars(select(SupervisoryOrder)).all() == []
    centre.now += TICK
    run(centre)
    run(centre)
    order = centre.session.scalars(select(SupervisoryOrder)).one()
    assert (order.case_id, order.automatic, order.opened_by_id) == (case.id, True, None)


def test_what_must_be_decided_is_never_consented_to_by_silence(centre: Centre) -> None:
    case = centre.draft("restaurant_opening", HOT_POT)
    centre.accept(case)
    centre.sync()
    wanted = {
        row.subject_id for row in waiting(centre.session, case).values() if row.kind == "deemed_consent"
    }
    assert wanted == {part.id for part in case.parts if not part.decides}
    assert wanted


def test_nothing_with_legal_effect_fires_on_a_provisional_date(centre: Centre) -> None:
    centre.now = datetime(2026, 12, 29, 2, tzinfo=UTC)
    case = centre.draft("food_licence", {})
    centre.receive(case)
    centre.sync()
    row = waiting(centre.session, case)[f"deemed_acceptance:case:{case.id}"]
    assert row.state == "held"
    assert clock.local_day(row.due).year == 2027
    centre.now = row.due + timedelta(days=3)
    run(centre)
    assert (row.state, case.accepted_at) == ("held", None)


def test_no_timer_acts_on_a_case_on_an_older_calendar(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = centre.draft("food_licence", {})
    centre.receive(case)
    centre.sync()
    centre.now = known(case.notify_by) + TICK
    monkeypatch.setattr(calendars, "current_version", lambda _session: 7)
    assert timers.due(centre.session, centre.now, 50) == []
    row = waiting(centre.session, case)[f"deemed_acceptance:case:{case.id}"]
    assert timers.claim(centre.session, row.id, case.id, centre.now) is None


def test_an_ended_case_wants_nothing(centre: Centre) -> None:
    case = centre.draft("food_licence", {})
    centre.accept(case)
    centre.sync()
    closing.withdraw(centre.session, case.id, centre.staff["linxiao"], "不再经营（示例）", centre.now)
    centre.sync()
    assert (case.outcome, waiting(centre.session, case)) == (Outcome.WITHDRAWN, {})


def test_what_was_told_of_a_date_is_not_told_again_after_a_pause(centre):
    """The promise was missed before the pause and stays missed: one red reminder is enough."""
    case = centre.draft("food_licence", {})
    centre.accept(case)
    centre.now = known(centre.task(case, "review").promised_due) + TICK
    run(centre)
    assert stages(centre.session, case, "shichang") == ["red"]
    for kind in (EntryKind.PAUSE, EntryKind.RESUME):
        centre.later(days=1)
        entry = Entry(kind, centre.now, "《中华人民共和国行政许可法》第四十五条")
        tasks.lock_case(centre.session, case.id)
        ledger.record(centre.session, case=case, entry=entry, calendar=centre.calendar)
        run(centre)
    assert stages(centre.session, case, "shichang") == ["red"]


def test_who_is_asked_when_silence_has_accepted_has_its_days_before_silence_consents(centre):
    """The opinion was promised for the day after the receipt; it was asked for on the sixth day."""
    case = centre.draft("restaurant_opening", HOT_POT)
    centre.receive(case)
    centre.now = known(case.notify_by) + TICK  # 1 December, 00:00
    run(centre)
    part = next(part for part in case.parts if not part.decides)
    assert part.opened_at == centre.now
    assert part.promised_due < centre.now
    assert part.state == PartState.REVIEWING
    centre.now = end_of(date(2026, 12, 2))
    run(centre)
    assert part.state == PartState.REVIEWING
    centre.now += TICK
    run(centre)
    assert part.state == PartState.OPINED


@pytest.fixture
def office(postgres: Engine) -> Engine:
    return postgres


def received(engine: Engine, now: datetime, count: int) -> datetime:
    """``count`` cases being checked; returns the first instant after their five days."""
    with unit_of_work(engine, now) as session:
        centre = Centre(session, {staff.login: staff for staff in session.scalars(select(Staff))}, now)
        last = now
        for _ in range(count):
            case = centre.draft("food_licence", {})
            centre.receive(case)
            last = known(case.notify_by)
    return last + TICK


@pytest.mark.postgres
def test_several_workers_fire_each_timer_once(office: Engine, now: datetime) -> None:
    due = received(office, now, 12)
    fired: list[int] = []

    def worker() -> None:
        fired.append(sum(iter(lambda: fire_due(office, lambda: due), 0)))

    crew = [threading.Thread(target=worker) for _ in range(4)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    while fire_due(office, lambda: due):  # what a worker skipped because another held the case
        pass
    with database.reading_session(office) as session:
        cases = session.scalars(select(Case).where(Case.state == CaseState.REVIEWING)).all()
        assert len(cases) == 12
        entries = select(func.count()).select_from(Timer).where(Timer.kind == "deemed_acceptance")
        assert session.scalar(entries.where(Timer.state == "done", Timer.result == "done")) == 12
        accepted = select(func.count()).select_from(Message).where(Message.stage == "deemed_accepted")
        assert session.scalar(accepted.where(Message.channel == "sms")) == 12


def test_cases_from_before_there_were_timers_are_adopted_once(centre_engine: Engine, now: datetime) -> None:
    received(centre_engine, now, 2)
    with unit_of_work(centre_engine) as session:
        before = sorted(session.execute(select(Timer.key, Timer.due, Timer.state)).all())
        session.execute(delete(Timer))
    assert adopt(centre_engine, lambda: now) == 2
    with database.reading_session(centre_engine) as session:
        assert sorted(session.execute(select(Timer.key, Timer.due, Timer.state)).all()) == before
    assert adopt(centre_engine, lambda: now) == 0


def test_an_act_that_fails_is_tried_again_and_leaves_nothing(
    centre_engine: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = received(centre_engine, now, 1)

    def broken(*_arguments: object) -> str:
        raise RuntimeError("示例")

    with monkeypatch.context() as patch:
        patch.setitem(HANDLERS, "deemed_acceptance", broken)
        fire_due(centre_engine, lambda: due)
    with database.reading_session(centre_engine) as session:
        row = session.scalars(select(Timer).where(Timer.kind == "deemed_acceptance")).one()
        assert (row.state, row.tries, row.error) == ("waiting", 1, "RuntimeError")
        assert row.due == due + timedelta(minutes=1)
        assert session.scalars(select(Case.state)).all() == [CaseState.CHECKING]
    fire_due(centre_engine, lambda: due + timedelta(minutes=1))
    with database.reading_session(centre_engine) as session:
        assert session.scalars(select(Case.state)).all() == [CaseState.REVIEWING]


def test_what_is_granted_is_issued_and_served_in_ten_days_or_ordered(centre: Centre) -> None:
    case = centre.draft("food_licence", {})
    centre.accept(case)
    centre.opine_all(case)
    centre.grant_all(case)
    centre.sync()
    task = centre.task(case, "issue")
    ten = centre.calendar.add(clock.local_day(centre.now), 10).day
    assert clock.local_day(known(task.statutory_due)) == ten
    centre.now = known(task.statutory_due)
    run(centre)
    assert centre.session.scalars(select(SupervisoryOrder)).all() == []
    centre.now += TICK
    run(centre)
    order = centre.session.scalars(select(SupervisoryOrder)).one()
    assert (order.part_id, order.automatic, "送达" in order.reasons) == (None, True, True)


def test_no_order_rests_on_the_forecast_of_a_part_that_stands(centre: Centre) -> None:
    case = centre.draft("restaurant_opening", HOT_POT)
    centre.accept(case)
    centre.sync()
    assert f"order:case:{case.id}" in waiting(centre.session, case)
    part = centre.part(case, "food_licence")
    pause = Entry(
        EntryKind.PAUSE,
        centre.now,
        "行政许可法第四十五条",
        "示例〔2026〕1号",
        until=clock.local_day(centre.now),
    )
    ledger.record(centre.session, case=case, part=part, entry=pause, calendar=centre.calendar)
    timers.sync(centre.session, case, centre.now)
    assert f"order:case:{case.id}" not in waiting(centre.session, case)
    resume = Entry(EntryKind.RESUME, centre.now + timedelta(days=60))
    ledger.record(centre.session, case=case, part=part, entry=resume, calendar=centre.calendar)
    timers.sync(centre.session, case, centre.now)
    assert f"order:case:{case.id}" in waiting(centre.session, case)
