"""Drafting, rehearsing, publishing and recounting: nothing by halves, nothing twice, and as rehearsed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from approvals import (
    calendar_drafts,
    calendar_publishing,
    calendar_rehearsal,
    calendars,
    clock,
    ledger,
    tasks,
)
from approvals.calendar import WorkingCalendar, default_calendar
from approvals.calendar_drafts import AnnouncedAlready, Closure, NotClosed, NothingChanges
from approvals.calendar_import import UnreadableNotice
from approvals.calendar_notice import NoticeYear
from approvals.calendar_publishing import NoLongerDraft, RehearsalUnfinished, VersionMovedOn
from approvals.calendar_reach import reaches
from approvals.errors import DomainError, Forbidden, Invalid
from approvals.holidays import YearNotice, statutory
from approvals.tables import CalendarVersion, Case, JournalEntry, LedgerEntry, Staff
from tests.calendar_notices import INVENTED_2027, INVENTED_NUMBER, NOTICES
from tests.centre import HOT_POT, MONDAY
from web.demo.centre import Centre
from web.transactions import unit_of_work

RESTAURANT, HYGIENE, FOOD = "restaurant_opening", "public_venue_hygiene", "food_licence"


def draft_2027(centre: Centre, text: str = INVENTED_2027, year: int = 2027, **options) -> CalendarVersion:
    return calendar_drafts.draft_notice(
        centre.session, centre.staff["admin"], year=year, source=INVENTED_NUMBER, text=text,
        correction=options.get("correction", False), now=centre.now,
    )  # fmt: skip


def rehearse(centre: Centre, draft: CalendarVersion) -> calendar_rehearsal.Totals:
    while calendar_rehearsal.rehearse_some(centre.session, draft, centre.now):
        pass
    return calendar_rehearsal.totals(draft)


def publish(centre: Centre, draft: CalendarVersion) -> CalendarVersion:
    rehearse(centre, draft)
    return calendar_publishing.publish(centre.session, draft.id, centre.staff["admin"], centre.now)


def recount(centre: Centre) -> int:
    done = 0
    while batch := calendar_publishing.recount_some(centre.session, centre.now).done:
        done += batch
    return done


def cases_of_all_kinds(centre: Centre) -> list[Any]:
    """Accepted, joint, being checked, ended, and one whose dates stay in this year."""
    short = centre.accept(centre.draft(FOOD, {}))
    centre.later(days=21)
    joint = centre.accept(centre.draft(RESTAURANT, HOT_POT))
    long = centre.accept(centre.draft(HYGIENE, {}))
    ended = centre.accept(centre.draft(HYGIENE, {}))
    ended.state = "ended"
    centre.later(days=10)
    checking = centre.receive(centre.draft(HYGIENE, {}))
    centre.session.flush()
    return [short, joint, long, ended, checking]


def dates_of(case: Case) -> list[tuple[datetime | None, datetime | None, datetime | None]]:
    own = [(case.promised_due, case.statutory_due, case.notify_by)]
    return own + [(part.promised_due, part.statutory_due, None) for part in case.parts]


def all_moves(centre: Centre, draft: CalendarVersion) -> list[Any]:
    moves: list[Any] = []
    after: int | None = 0
    while after is not None:
        found, after = calendar_rehearsal.page(centre.session, draft, after, 2, clock.local_day(centre.now))
        moves += found
    return moves


def test_what_the_rehearsal_shows_is_what_then_moves_and_nothing_else(centre):
    cases = cases_of_all_kinds(centre)
    short, joint, _, ended, checking = cases
    assert short.statutory_due < joint.statutory_due
    before = {case.id: dates_of(case) for case in cases}
    draft = draft_2027(centre)
    told = {move.case_id: move for move in all_moves(centre, draft)}
    totals = rehearse(centre, draft)
    assert {case.id: dates_of(case) for case in cases} == before  # a rehearsal writes nothing
    assert joint.id in told
    assert ended.id not in told
    assert (totals.moved, totals.done) == (len(told), True)
    assert totals.tried == totals.total

    publish(centre, draft)
    assert all(case.calendar_version == 0 for case in cases)
    recount(centre)
    centre.session.expire_all()
    really = {case.id for case in cases if dates_of(case) != before[case.id]}
    assert really == set(told)
    for case in cases:
        days = {None: case} | {part.id: part for part in case.parts}
        for move in told[case.id].clocks if case.id in told else ():
            subject = days[move.part_id]
            assert (clock.local_day(subject.promised_due), clock.local_day(subject.statutory_due)) == (
                move.new_promised,
                move.new_statutory,
            )
    if checking.id in told and told[checking.id].checking:
        assert clock.local_day(checking.notify_by) == told[checking.id].checking.new_notify_by
    version = calendar_publishing.get_version(centre.session, draft.id)
    assert (version.moved, version.recounted, version.recount_total) == (len(told), 4, 4)
    assert version.recount_done_at == centre.now
    assert ended.calendar_version == 0


@given(
    closed=st.sets(st.dates(date(2026, 11, 20), date(2027, 4, 30)), max_size=6),
    worked=st.sets(st.integers(0, 20), max_size=3),
    announced=st.booleans(),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_for_any_calendar_the_rehearsed_cases_are_those_that_move(centre, closed, worked, announced):
    if not centre.cases():
        cases_of_all_kinds(centre)
        centre.session.commit()
    sundays = [date(2026, 12, 6) + timedelta(weeks=n) for n in worked]
    notice = YearNotice(2027, statutory(2027), frozenset(sundays) - set(statutory(2027)))
    proposed = WorkingCalendar({2027: notice} if announced else {}, dict.fromkeys(closed, "停办（示例）"), 99)
    cases = [case for case in centre.cases() if case.state != "ended"]
    first = default_calendar().first_difference(proposed)
    within = list(centre.session.scalars(select(Case.id).where(reaches(first), Case.state != "ended")))
    told = {move.case_id for move in calendar_rehearsal.moves_of(centre.session, within, proposed)}
    before = {case.id: (dates_of(case), marks_of(case)) for case in cases}
    trial = centre.session.begin_nested()
    ledger.recount_many(centre.session, cases, proposed, centre.now, "示例")
    after = {case.id: (dates_of(case), marks_of(case)) for case in cases}
    trial.rollback()
    assert {case_id for case_id in after if after[case_id][0] != before[case_id][0]} == told
    untouched = {case.id for case in cases} - set(within)
    assert all(after[case_id] == before[case_id] for case_id in untouched)  # yellow, marks, all


def marks_of(case: Any) -> list[object]:
    return [(each.yellow_at, each.provisional, each.paused, each.paused_left) for each in (case, *case.parts)]


def test_a_moved_date_has_its_line_and_loses_its_provisional_mark(centre):
    centre.later(days=14)
    joint = centre.accept(centre.draft(RESTAURANT, HOT_POT))
    assert joint.provisional
    draft = publish(centre, draft_2027(centre))
    recount(centre)
    centre.session.refresh(joint)
    assert not joint.provisional
    lines = centre.session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "calendar")).all()
    assert {line.document_number for line in lines} == {INVENTED_NUMBER}
    calendar = calendars.of_version(centre.session, draft.id)
    for part_id, deadline in ledger.deadlines_of_case(centre.session, joint, calendar).items():
        subject = next((part for part in joint.parts if part.id == part_id), joint)
        assert (deadline.promised_due, deadline.statutory_due) == (
            subject.promised_due,
            subject.statutory_due,
        )


def test_a_case_out_of_reach_is_only_brought_to_the_version(centre):
    short = centre.accept(centre.draft(FOOD, {}))
    centre.session.flush()
    publish(centre, draft_2027(centre))
    with Counted(centre.session) as statements:
        batch = calendar_publishing.recount_some(centre.session, centre.now)
    assert (batch.done, batch.moved) == (1, 0)
    assert not [each for each in statements if "ledger_entries" in each]
    centre.session.refresh(short)
    assert short.calendar_version == calendars.current_version(centre.session)


class Counted:
    """The SQL statements of a session."""

    def __init__(self, session: Session) -> None:
        self.engine = session.get_bind().engine
        self.seen: list[str] = []

    def note(self, _connection, _cursor, statement: str, *_rest) -> None:
        self.seen.append(statement)

    def __enter__(self) -> list[str]:
        event.listen(self.engine, "before_cursor_execute", self.note)
        return self.seen

    def __exit__(self, *_) -> None:
        event.remove(self.engine, "before_cursor_execute", self.note)


def test_a_batch_costs_the_same_number_of_statements_for_any_number_of_cases(centre):
    costs: list[int] = []
    for _ in range(2):
        for _ in range(3 if costs else 1):
            centre.accept(centre.draft(RESTAURANT, HOT_POT))
        centre.session.flush()
        draft = draft_2027(centre)
        centre.session.expire_all()
        centre.session.refresh(draft)
        with Counted(centre.session) as statements:
            calendar_rehearsal.rehearse_some(centre.session, draft, centre.now)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 8, costs
    publish(centre, draft)
    centre.session.commit()
    centre.session.expire_all()
    with Counted(centre.session) as statements:
        assert calendar_publishing.recount_some(centre.session, centre.now).done == 4
    reads = [each for each in statements if each.startswith("SELECT")]
    assert len(reads) <= 11, reads


def test_the_recount_stops_and_goes_on_and_a_second_worker_finds_nothing_to_do(centre, monkeypatch):
    monkeypatch.setattr(calendar_publishing, "RECOUNTED", 1)
    centre.later(days=14)  # so that 45 working days end after the Spring Festival
    cases = [centre.accept(centre.draft(RESTAURANT, HOT_POT)) for _ in range(3)]
    centre.session.flush()
    draft = publish(centre, draft_2027(centre))
    current = draft.id
    for number in range(1, 4):
        assert calendar_publishing.to_recount(centre.session)
        assert calendar_publishing.recount_some(centre.session, centre.now).done == 1
        centre.session.commit()  # the worker ends here; another goes on
        centre.session.expire_all()
        assert [case.calendar_version for case in cases].count(current) == number
    assert not is_done(centre, draft)
    assert calendar_publishing.recount_some(centre.session, centre.now).done == 0
    assert is_done(centre, draft)
    assert not calendar_publishing.to_recount(centre.session)
    lines = select(func.count()).select_from(LedgerEntry).where(LedgerEntry.kind == "calendar")
    written = centre.session.scalar(lines)
    assert calendar_publishing.recount_some(centre.session, centre.now) == calendar_publishing.Batch()
    assert centre.session.scalar(lines) == written > 0
    assert (draft.recounted, draft.moved) == (3, 3)


def is_done(centre: Centre, version: CalendarVersion) -> bool:
    centre.session.refresh(version)
    return version.recount_done_at is not None


def test_a_case_that_cannot_be_recounted_stays_behind_alone(centre, monkeypatch):
    good, bad = (centre.accept(centre.draft(RESTAURANT, HOT_POT)) for _ in range(2))
    centre.session.flush()
    draft = publish(centre, draft_2027(centre))
    real = ledger.recount_many

    def failing(session, cases, *rest):
        if bad.id in [case.id for case in cases]:
            raise ValueError("a ledger nobody can replay")
        return real(session, cases, *rest)

    monkeypatch.setattr(ledger, "recount_many", failing)
    batch = calendar_publishing.recount_some(centre.session, centre.now)
    assert (batch.done, batch.failed) == (1, (bad.id,))
    centre.session.refresh(good)
    centre.session.refresh(bad)
    assert (good.calendar_version, bad.calendar_version) == (draft.id, 0)
    assert calendar_publishing.recount_some(centre.session, centre.now, without=batch.failed).done == 0
    centre.session.refresh(draft)
    assert draft.recount_done_at is None
    monkeypatch.setattr(ledger, "recount_many", real)
    assert recount(centre) == 1


def test_a_case_begun_on_the_old_calendar_while_it_was_published_is_found_later(centre):
    draft = publish(centre, draft_2027(centre))
    recount(centre)
    late = centre.accept(centre.draft(RESTAURANT, HOT_POT))
    late.calendar_version = 0  # its request had read the old version
    centre.session.flush()
    assert calendar_publishing.to_recount(centre.session)
    assert recount(centre) == 1
    centre.session.refresh(late)
    assert late.calendar_version == draft.id


def test_the_days_of_a_case_still_being_checked_are_rehearsed_and_recounted(centre):
    centre.now = datetime(2027, 1, 28, 2, tzinfo=UTC)
    checking = centre.receive(centre.draft(HYGIENE, {}))
    assert clock.local_day(checking.notify_by) == date(2027, 2, 4)
    draft = draft_2027(centre)
    (move,) = all_moves(centre, draft)
    assert move.checking.old_notify_by == date(2027, 2, 4)
    assert move.checking.new_notify_by == date(2027, 2, 3)  # Sunday 31 January is worked
    assert move.earlier
    publish(centre, draft)
    recount(centre)
    centre.session.refresh(checking)
    assert clock.local_day(checking.notify_by) == date(2027, 2, 3)
    assert not checking.provisional


def test_a_date_that_comes_nearer_or_would_be_over_is_pointed_out(centre):
    centre.now = datetime(2027, 1, 29, 2, tzinfo=UTC)
    centre.receive(centre.draft(HYGIENE, {}))
    centre.now = datetime(2027, 2, 4, 2, tzinfo=UTC)
    totals = rehearse(centre, draft_2027(centre))
    assert (totals.moved, totals.earlier, totals.over) == (1, 1, 0)


# --- who is quicker


def refused(engine: Engine, act: Callable[[Centre], Any]) -> Any:
    try:
        with unit_of_work(engine) as session:
            return act(Centre(session, {one.login: one for one in session.scalars(select(Staff))}, MONDAY))
    except DomainError as refusal:
        return refusal


def at_once(engine: Engine, *acts: Callable[[Centre], Any]) -> list[Any]:
    together = Barrier(len(acts))

    def run(act: Callable[[Centre], Any]) -> Any:
        together.wait(timeout=30)
        return refused(engine, act)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize("which", ["centre_engine", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_of_two_drafts_published_at_once_one_wins(which, request):
    engine = request.getfixturevalue(which)
    for round_ in range(3):

        def draft(centre: Centre, round_: int = round_) -> list[int]:
            first = date(2026, 12, 1) + timedelta(days=round_ * 7)
            made = [
                calendar_drafts.draft_closure(
                    centre.session, centre.staff["admin"],
                    Closure(first, first, f"停电（示例）{n}", "示例〔2026〕1号"), MONDAY,
                )
                for n in range(2)
            ]  # fmt: skip
            for each in made:
                rehearse(centre, each)
            return [each.id for each in made]

        ids = refused(engine, draft)
        results = at_once(
            engine,
            *(lambda centre, id_=id_: calendar_publishing.publish(centre.session, id_, centre.staff["admin"], MONDAY).id
              for id_ in ids),
        )  # fmt: skip
        assert sorted(type(result).__name__ for result in results) == ["VersionMovedOn", "int"]
        with unit_of_work(engine) as session:
            states = dict(session.execute(select(CalendarVersion.id, CalendarVersion.state)).all())
            assert sorted(states[id_] for id_ in ids) == ["draft", "published"]


@pytest.mark.postgres
def test_two_workers_share_the_recount(postgres, monkeypatch):
    monkeypatch.setattr(calendar_publishing, "LOOKED_AT", 2)

    def prepare(centre: Centre) -> int:
        centre.later(days=14)
        for _ in range(6):
            centre.accept(centre.draft(RESTAURANT, HOT_POT))
        return publish(centre, draft_2027(centre)).id

    version = refused(postgres, prepare)

    def work(centre: Centre) -> int:
        return calendar_publishing.recount_some(centre.session, MONDAY).done

    done = [sum(at_once(postgres, work, work)) for _ in range(4)]
    assert sum(done) == 6
    with unit_of_work(postgres) as session:
        row = session.get_one(CalendarVersion, version)
        assert row.recounted == 6
        written = select(LedgerEntry.case_id, LedgerEntry.part_id, func.count()).where(
            LedgerEntry.kind == "calendar"
        )
        for line in session.execute(written.group_by(LedgerEntry.case_id, LedgerEntry.part_id)):
            assert line[2] == 1
        assert row.moved == 6


# --- what is refused, with nothing written


def nothing_written(centre: Centre, kind: type[DomainError], act: Callable[[], object]) -> Any:
    with pytest.raises(kind) as refusal:
        act()
    assert centre.session.scalar(select(func.count()).select_from(CalendarVersion)) == 0
    assert not centre.session.scalars(
        select(JournalEntry).where(JournalEntry.act.endswith("_calendar"))
    ).all()
    return refusal.value


def test_an_announced_year_is_replaced_only_where_that_is_said(centre):
    nothing_written(centre, AnnouncedAlready, lambda: draft_2027(centre, NOTICES[2026], 2026))
    nothing_written(centre, NothingChanges, lambda: draft_2027(centre, NOTICES[2026], 2026, correction=True))
    moved = NOTICES[2026].replace("10月10日（周六）上班", "10月11日（周日）上班")
    assert draft_2027(centre, moved, 2026, correction=True).change["correction"]


def test_nobody_but_an_administrator_touches_the_calendar(centre):
    draft = draft_2027(centre)
    rehearse(centre, draft)
    for login in ("linxiao", "shichang", "jiancha", "xianzhang"):
        staff = centre.staff[login]
        for act in (
            lambda staff=staff: calendar_drafts.draft_notice(
                centre.session, staff, year=2027, source="x", text=INVENTED_2027, correction=False, now=MONDAY
            ),
            lambda staff=staff: calendar_publishing.publish(centre.session, draft.id, staff, MONDAY),
            lambda staff=staff: calendar_publishing.discard(centre.session, draft.id, staff, MONDAY),
        ):
            with pytest.raises(Forbidden):
                act()


@pytest.mark.parametrize(("year", "kind"), [(2003, NoticeYear), (2100, NoticeYear), (10**9, NoticeYear)])
def test_a_year_outside_the_calendar_is_refused(centre, year, kind):
    nothing_written(centre, kind, lambda: draft_2027(centre, year=year))


def test_a_notice_of_another_year_is_refused(centre):
    nothing_written(centre, UnreadableNotice, lambda: draft_2027(centre, INVENTED_2027, 2028))


def test_the_number_of_the_notice_is_asked_for(centre):
    def without() -> object:
        return calendar_drafts.draft_notice(
            centre.session, centre.staff["admin"], year=2027, source=" ", text=INVENTED_2027, correction=False,
            now=MONDAY,
        )  # fmt: skip

    assert "source" in nothing_written(centre, Invalid, without).fields


def close(centre: Centre, first: date, last: date | None = None, **changes: str) -> CalendarVersion:
    closure = Closure(
        first,
        last or first,
        changes.get("words", "台风停工（示例）"),
        changes.get("source", "示例令〔2026〕2号"),
    )
    return calendar_drafts.draft_closure(centre.session, centre.staff["admin"], closure, centre.now)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 11, 22), date(2026, 11, 24), "first"),  # yesterday
        (date(2026, 11, 28), date(2026, 11, 29), "first"),  # a weekend
        (date(2026, 11, 25), date(2026, 11, 24), "last"),
        (date(2026, 11, 25), date(2027, 11, 24), "last"),
        (date(2099, 12, 20), date(2100, 1, 4), "last"),
    ],
)
def test_a_closure_that_makes_no_sense_is_refused(centre, first, last, field):
    assert field in nothing_written(centre, Invalid, lambda: close(centre, first, last)).fields


@pytest.mark.parametrize(
    "wrong", [{"words": " "}, {"source": ""}, {"words": "长" * 61}, {"source": "长" * 81}]
)
def test_a_closure_is_told_with_its_words_and_its_order(centre, wrong):
    refusal = nothing_written(centre, Invalid, lambda: close(centre, date(2026, 12, 1), **wrong))
    assert set(refusal.fields) == set(wrong)


def test_a_closure_moves_dates_and_its_withdrawal_moves_them_back(centre):
    case = centre.accept(centre.draft(FOOD, {}))
    centre.session.flush()
    told = case.promised_due
    shut = close(centre, clock.local_day(told))
    publish(centre, shut)
    recount(centre)
    centre.session.refresh(case)
    assert clock.local_day(case.promised_due) > clock.local_day(told)
    lines = ledger.deadlines_of_case(centre.session, case, calendars.current(centre.session))[None].lines
    assert any(skipped.reason == "台风停工（示例）" for line in lines for skipped in line.skipped)
    with pytest.raises(NotClosed):
        calendar_drafts.draft_reopening(
            centre.session, centre.staff["admin"], date(2027, 3, 1), date(2027, 3, 2), "示例令〔2026〕3号", centre.now
        )  # fmt: skip
    day = clock.local_day(told)
    publish(centre, calendar_drafts.draft_reopening(
        centre.session, centre.staff["admin"], day, day, "示例令〔2026〕3号", centre.now))  # fmt: skip
    recount(centre)
    centre.session.refresh(case)
    assert case.promised_due == told


def test_a_draft_is_published_once_and_only_after_its_rehearsal(centre):
    centre.accept(centre.draft(RESTAURANT, HOT_POT))
    centre.session.flush()
    draft = draft_2027(centre)
    admin = centre.staff["admin"]
    with pytest.raises(RehearsalUnfinished):
        calendar_publishing.publish(centre.session, draft.id, admin, MONDAY)
    published = publish(centre, draft)
    again = calendar_publishing.publish(centre.session, draft.id, admin, MONDAY + timedelta(hours=1))
    assert (again.published_at, again.state) == (published.published_at, "published") == (MONDAY, "published")
    with pytest.raises(NoLongerDraft):
        calendar_publishing.discard(centre.session, draft.id, admin, MONDAY)
    acts = select(JournalEntry.act).where(JournalEntry.act.endswith("_calendar"))
    assert list(centre.session.scalars(acts)) == ["draft_calendar", "publish_calendar"]


def test_a_discarded_draft_stays_discarded(centre):
    draft = draft_2027(centre)
    admin = centre.staff["admin"]
    calendar_publishing.discard(centre.session, draft.id, admin, MONDAY)
    calendar_publishing.discard(centre.session, draft.id, admin, MONDAY)
    with pytest.raises(NoLongerDraft):
        calendar_publishing.publish(centre.session, draft.id, admin, MONDAY)
    assert calendars.current_version(centre.session) == 0


def test_a_draft_on_an_older_version_is_refused(centre):
    stale, quick = draft_2027(centre), close(centre, date(2026, 12, 1))
    rehearse(centre, stale)
    publish(centre, quick)
    with pytest.raises(VersionMovedOn):
        calendar_publishing.publish(centre.session, stale.id, centre.staff["admin"], MONDAY)
    centre.session.refresh(stale)
    assert stale.state == "draft"


def test_a_new_case_is_counted_on_the_version_in_force(centre):
    draft = publish(centre, draft_2027(centre))
    case = centre.accept(centre.draft(RESTAURANT, HOT_POT))
    waiting = centre.receive(centre.draft(HYGIENE, {}))
    assert (case.calendar_version, waiting.calendar_version) == (draft.id, draft.id)
    assert not case.provisional
    assert tasks.open_tasks(centre.session, case.id)


def test_what_was_told_in_writing_never_comes_nearer(centre):
    assert calendars.as_of(centre.session, MONDAY).version == 0
    draft = publish(centre, draft_2027(centre))
    assert calendars.as_of(centre.session, MONDAY - timedelta(minutes=1)).version == 0
    assert calendars.as_of(centre.session, MONDAY).version == draft.id
