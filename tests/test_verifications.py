"""Verification after a grant by commitment: opened with its limit, checked, rectified, never passed by silence."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from approvals import (
    calendar_drafts,
    calendar_publishing,
    calendar_rehearsal,
    clock,
    commitment_following,
    credit,
    notices,
    tasks,
    timers,
    verifications,
)
from approvals.calendar import TICK, end_of
from approvals.catalogue import item_of
from approvals.documents import of_case as documents_of
from approvals.errors import DomainError, Forbidden, NotFound, ReasonRequired, StaleTask
from approvals.filestore import FileStore, UploadNotAllowed
from approvals.proceedings import DROPPED
from approvals.site_visits import TwoOfficers
from approvals.tables import (
    ApplicationBar,
    Case,
    CreditRecord,
    Document,
    JournalEntry,
    Message,
    Permit,
    Proceeding,
    StoredFile,
    SupervisoryOrder,
    Timer,
    Verification,
    VerificationCheck,
)
from approvals.terms import CheckManner, CheckOutcome, VerificationState
from approvals.verification_checks import (
    ClausesLeft,
    Evidence,
    EvidenceRequired,
    Finding,
    FindingRequired,
    MaterialMissing,
    OnSiteOnly,
    OutcomeRequired,
    to_check,
)
from approvals.verifications import VerificationOver, WordsRequired
from processes import timers as process_timers
from processes import verification_flow, verification_recount
from processes.steps import proceedings
from processes.steps import verification as steps
from tests import register_acts
from tests.calendar_notices import INVENTED_2027, INVENTED_NUMBER
from web.demo import committing, verifying
from web.demo.centre import Centre

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001f6"
    "1738550000000049454e44ae426082"
)
HOTEL, HYGIENE = "hotel_licence", "public_venue_hygiene"
WRITTEN = (
    VerificationCheck,
    StoredFile,
    CreditRecord,
    ApplicationBar,
    Document,
    JournalEntry,
    Message,
    Permit,
    Proceeding,
)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@pytest.fixture
def case(centre: Centre) -> Case:
    """A hygiene licence issued on a commitment; the test report follows."""
    return committing.by_commitment(centre, HYGIENE, {})


@pytest.fixture
def row(centre: Centre, case: Case) -> Verification:
    return verifying.of_case(centre, case)[0]


def follow(centre: Centre, case: Case) -> None:
    """The material that was to follow has come."""
    commitment_following.take(centre.session, case, "hygiene_test", centre.staff["linxiao"], centre.now)


def refused(centre: Centre, kind: type[DomainError], act: Callable[[], object]) -> DomainError:
    """The act is refused exactly so, and not a row was written or changed by it."""
    centre.session.flush()
    before = _state(centre)
    with pytest.raises(kind) as caught, centre.session.begin_nested():
        act()
    centre.session.expire_all()
    assert _state(centre) == before
    return caught.value


def _state(centre: Centre) -> list[object]:
    counts: list[object] = [
        centre.session.scalar(select(func.count()).select_from(table)) for table in WRITTEN
    ]
    rows = centre.session.scalars(select(Verification).order_by(Verification.id))
    counts += [(one.state, one.round, one.due, one.rectify_by, one.ended_at) for one in rows]
    return counts + [
        (task.step, task.state, task.version)
        for each in centre.cases()
        for task in tasks.open_tasks(centre.session, each.id)
    ]


def fired(centre: Centre, kind: str) -> Timer:
    """The waiting timer of this kind."""
    centre.sync()
    return centre.session.scalars(select(Timer).where(Timer.kind == kind, Timer.state == "waiting")).one()


def fire(centre: Centre, timer: Timer) -> bool:
    """What the worker does at ``centre.now``."""
    done = process_timers.fire_due(centre.session, timer.id, timer.case_id, centre.now)
    centre.sync()
    return done


# --- opened


def test_every_department_of_the_clauses_starts_at_the_same_moment_with_the_paper(centre: Centre) -> None:
    case = committing.by_commitment(centre, HOTEL, {})
    rows = verifying.of_case(centre, case)
    assert {row.department.code for row in rows} == {"002", "009"}
    assert {row.started_at for row in rows} == {centre.now}
    assert {clock.local_day(row.due) for row in rows} == {date(2026, 12, 21)}
    for row in rows:
        paper = centre.session.get_one(Document, row.notice_document_id)
        assert row.department.zh in paper.html
        assert "2026年12月21日" in paper.html
        assert not paper.public
        task = verifying.task_of(centre, row)
        assert (task.step, task.department_id, task.promised_due) == ("verify", row.department_id, row.due)
        assert task.yellow_at is not None
        assert task.yellow_at < row.due
    told = [one for one in notices.of_case(centre.session, case.id) if one.stage == "verification"]
    assert {one.department_id for one in told} == {row.department_id for row in rows}


@pytest.mark.parametrize(
    ("item", "due"), [("drainage_permit", date(2027, 1, 22)), ("company_registration", date(2027, 2, 22))]
)
def test_a_limit_in_calendar_days_is_counted_from_the_decision(centre: Centre, item: str, due: date) -> None:
    row = verifying.of_case(centre, committing.by_commitment(centre, item, {}))[0]
    assert clock.local_day(row.due) == due
    assert row.provisional == (due.year == 2027)


# --- checked


def finding(**changes: object) -> Finding:
    return replace(Finding(CheckManner.DOCUMENTS, CheckOutcome.MET, "制度齐全（示例）"), **changes)  # type: ignore[arg-type]


def check(
    centre: Centre, row: Verification, code: str, made: Finding, store: FileStore, login: str = "jinlan"
) -> None:
    clause = next(one for one in row.commitment.clauses if one.code == code)
    task = verifying.task_of(centre, row)
    steps.check(
        centre.session, task.id, task.version, centre.staff[login], clause.id, made, store, centre.now
    )


def test_a_check_keeps_manner_officers_finding_and_evidence(
    centre: Centre, row: Verification, store: FileStore
) -> None:
    evidence = (Evidence("C:\\照片\\现场.png", PICTURE), Evidence("证明.png", PICTURE))
    made = finding(manner=CheckManner.ON_SITE, second=centre.staff["taowei"], evidence=evidence)
    check(centre, row, "site_and_rooms", made, store)
    kept = centre.session.scalars(select(VerificationCheck)).one()
    assert (kept.round, kept.late, kept.first_officer.login, known_login(kept)) == (
        1,
        False,
        "jinlan",
        "taowei",
    )
    assert [file.name for file in kept.evidence] == ["现场.png", "证明.png"]
    assert store.read(kept.evidence[0].sha256) == PICTURE


def known_login(kept: VerificationCheck) -> str:
    assert kept.second_officer is not None
    return kept.second_officer.login


BAD = [
    ("site_and_rooms", {"manner": "on_site"}, TwoOfficers),
    ("site_and_rooms", {"manner": "on_site", "second": "jinlan"}, TwoOfficers),
    ("site_and_rooms", {"manner": "on_site", "second": "heqing"}, Forbidden),
    ("site_and_rooms", {"manner": "on_site", "second": "weijian"}, Forbidden),
    ("site_and_rooms", {"manner": "documents"}, OnSiteOnly),
    ("staff_health", {"words": "  "}, FindingRequired),
    ("staff_health", {"outcome": ""}, OutcomeRequired),
    ("staff_health", {"outcome": "perhaps"}, OutcomeRequired),
    ("staff_health", {"manner": "telephone"}, OutcomeRequired),
    ("staff_health", {"second": "zhouyan"}, Forbidden),
    ("staff_health", {"evidence": (Evidence("真的.pdf", b"#!/bin/sh\necho hello"),)}, UploadNotAllowed),
    (
        "staff_health",
        {"evidence": (Evidence("一.png", PICTURE), Evidence("二.png", b"GIF89a"))},
        UploadNotAllowed,
    ),
    ("hygiene_test", {}, MaterialMissing),
    ("hygiene_test", {"outcome": "unmet"}, EvidenceRequired),
    ("staff_health", {"outcome": "deceit", "words": "x"}, EvidenceRequired),
    ("staff_health", {"outcome": "deceit", "evidence": (Evidence("照片.png", b"MZ"),)}, UploadNotAllowed),
]


@pytest.mark.parametrize(("code", "changes", "kind"), BAD)
def test_a_check_that_is_none_writes_nothing(
    centre: Centre,
    row: Verification,
    store: FileStore,
    code: str,
    changes: dict[str, object],
    kind: type[DomainError],
) -> None:
    given = dict(changes)
    if "second" in given:
        given["second"] = centre.staff[str(given["second"])]
    refused(centre, kind, lambda: check(centre, row, code, finding(**given), store))
    assert not list(store.folder.rglob("*")) or kind is not UploadNotAllowed


def test_a_material_that_has_come_can_be_found_good(
    centre: Centre, case: Case, row: Verification, store: FileStore
) -> None:
    refused(centre, MaterialMissing, lambda: check(centre, row, "hygiene_test", finding(), store))
    shown = (Evidence("现场.png", PICTURE),)
    check(centre, row, "hygiene_test", finding(outcome=CheckOutcome.UNMET, evidence=shown), store)
    follow(centre, case)
    check(centre, row, "hygiene_test", finding(), store)
    outcomes = centre.session.scalars(select(VerificationCheck.outcome).order_by(VerificationCheck.id)).all()
    assert outcomes == ["unmet", "met"]


@pytest.mark.parametrize("login", ["zhouyan", "weijian", "linxiao", "jiancha"])
def test_nobody_but_the_departments_officers_check(
    centre: Centre, row: Verification, store: FileStore, login: str
) -> None:
    refused(centre, Forbidden, lambda: check(centre, row, "staff_health", finding(), store, login))


def test_a_clause_of_another_department_is_not_found(centre: Centre, store: FileStore) -> None:
    case = committing.by_commitment(centre, HOTEL, {})
    police, fire_brigade = verifying.of_case(centre, case)
    other = verifications.clauses_of(fire_brigade)[0]
    task = verifying.task_of(centre, police)
    officer = verifying.officers(centre, police)[0]
    refused(
        centre, NotFound,
        lambda: steps.check(centre.session, task.id, None, officer, other.id, finding(), store, centre.now),
    )  # fmt: skip


def test_a_second_click_is_told_who_was_first(centre: Centre, row: Verification, store: FileStore) -> None:
    version = verifying.task_of(centre, row).version
    check(centre, row, "staff_health", finding(), store)
    task, clause = (
        verifying.task_of(centre, row),
        next(c for c in row.commitment.clauses if c.code == "staff_health"),
    )
    error = refused(
        centre, steps.CheckedMeanwhile,
        lambda: steps.check(centre.session, task.id, version, centre.staff["jinlan"], clause.id, finding(), store, centre.now),
    )  # fmt: skip
    assert centre.staff["jinlan"].name in error.text()


def test_a_clause_left_out_and_a_second_end(
    centre: Centre, case: Case, row: Verification, store: FileStore
) -> None:
    follow(centre, case)
    check(centre, row, "hygiene_test", finding(), store)
    left = refused(centre, ClausesLeft, lambda: verifying.conclude(centre, row))
    assert "健康合格证明" in left.text()
    verifying.check(centre, row, store)
    task = verifying.task_of(centre, row)
    version = task.version
    verifying.conclude(centre, row)
    assert row.state == VerificationState.MET
    officer = centre.staff["jinlan"]
    refused(centre, StaleTask, lambda: steps.conclude(centre.session, task.id, version, officer, centre.now))
    refused(centre, StaleTask, lambda: steps.conclude(centre.session, task.id, None, officer, centre.now))


# --- what a round comes to


def test_all_met_ends_it_without_a_trace_in_the_credit(
    centre: Centre, case: Case, row: Verification, store: FileStore
) -> None:
    follow(centre, case)
    verifying.verify(centre, row, store)
    assert (row.state, row.ended_at) == (VerificationState.MET, centre.now)
    assert not tasks.open_tasks(centre.session, case.id)
    assert not centre.session.scalars(select(CreditRecord)).all()
    paper = centre.session.get_one(Document, row.document_id)
    assert "核查符合" in paper.html


def unmet(centre: Centre, row: Verification, store: FileStore, *codes: str) -> None:
    """The first round: these clauses are unmet, without deceit."""
    follow(centre, row.case)
    verifying.verify(centre, row, store, dict.fromkeys(codes or ("staff_health",), CheckOutcome.UNMET))


def test_unmet_is_put_right_in_time_and_leaves_nothing_but_the_ledger(
    centre: Centre, row: Verification, store: FileStore
) -> None:
    unmet(centre, row, store)
    assert (row.state, row.rectify_by) == (VerificationState.RECTIFYING, date(2026, 12, 7))
    order = next(
        one for one in documents_of(centre.session, row.case_id) if one.kind == "rectification_order"
    )
    assert "2026年12月7日" in order.html
    assert verifying.task_of(centre, row).promised_due == end_of(date(2026, 12, 7))

    centre.later(days=10)
    verifying.report(centre, row)
    assert (row.state, row.round) == (VerificationState.OPEN, 2)
    assert [clause.code for clause in to_check(row)] == ["staff_health"]
    verifying.verify(centre, row, store)
    assert row.state == VerificationState.MET
    assert not centre.session.scalars(select(CreditRecord)).all()
    assert [one.outcome for clause in verifications.clauses_of(row) for one in clause.checks] == [
        "met",
        "met",
        "unmet",
        "met",
    ]


@pytest.mark.parametrize(("days", "late"), [(14, False), (15, True)])
def test_the_last_day_of_a_rectification_is_in_time_and_the_next_is_not(
    centre: Centre, row: Verification, store: FileStore, days: int, late: bool
) -> None:
    unmet(centre, row, store)  # Monday 23 November, ten working days: Monday 7 December
    centre.later(days=days)
    verifying.report(centre, row)
    verifying.verify(centre, row, store)
    records = centre.session.scalars(select(CreditRecord)).all()
    assert [record.until for record in records] == ([date(2027, 12, 8)] if late else [])
    number = known_number(row.case)
    for day, weighs in (
        (centre.now, late),
        (centre.now + timedelta(days=365), late),
        (centre.now + timedelta(days=366), False),
    ):
        assert bool(credit.open_records(centre.session, number, clock.local_day(day))) == weighs


def known_number(case: Case) -> str:
    assert case.applicant is not None
    return case.applicant.number_index


def test_still_unmet_is_proposed_for_revocation(centre: Centre, row: Verification, store: FileStore) -> None:
    unmet(centre, row, store)
    verifying.report(centre, row)
    verifying.verify(centre, row, store, {"staff_health": CheckOutcome.UNMET})
    assert row.state == VerificationState.REVOKING
    proposed = centre.session.scalars(select(Proceeding)).one()
    assert (proposed.verification_id, proposed.deceit, proposed.kind) == (row.id, False, "revoke")
    assert "健康合格证明" in proposed.facts
    assert [task.step for task in tasks.open_tasks(centre.session, row.case_id)] == ["tell_facts"]


def test_deceit_is_not_put_right(centre: Centre, row: Verification, store: FileStore) -> None:
    verifying.verify(
        centre, row, store, {"hygiene_test": CheckOutcome.UNMET, "staff_health": CheckOutcome.DECEIT}
    )
    assert (row.state, row.rectify_by) == (VerificationState.REVOKING, None)
    assert centre.session.scalars(select(Proceeding)).one().deceit


def test_a_rectification_is_reported_with_what_was_done_and_once(
    centre: Centre, row: Verification, store: FileStore
) -> None:
    refused(centre, VerificationOver, lambda: verifying.report(centre, row))
    unmet(centre, row, store)
    task = verifying.task_of(centre, row)
    officer = centre.staff["jinlan"]
    for words in ("", "  "):
        refused(centre, WordsRequired, lambda words=words: verifying.report(centre, row, words))  # type: ignore[misc]
        refused(
            centre, WordsRequired,
            lambda words=words: steps.report_rectified(centre.session, task.id, None, officer, words, centre.now),  # type: ignore[misc]
        )  # fmt: skip
    refused(
        centre,
        NotFound,
        lambda: steps.report_online(centre.session, row.case_id, row.id + 9, "已整改", centre.now),
    )
    verifying.report(centre, row)
    assert verifying.task_of(centre, row).holder_id == officer.id
    refused(centre, VerificationOver, lambda: verifying.report(centre, row))


# --- by itself


def test_past_its_day_a_rectification_is_verified_again_by_itself(
    centre: Centre, row: Verification, store: FileStore
) -> None:
    unmet(centre, row, store)
    timer = fired(centre, "rectification_over")
    assert timer.due == end_of(date(2026, 12, 7)) + TICK
    centre.now = timer.due - TICK
    assert not fire(centre, timer)
    assert row.state == VerificationState.RECTIFYING
    centre.now = timer.due
    assert fire(centre, timer)
    assert (row.state, row.round, row.rectified_at) == (VerificationState.OPEN, 2, None)
    assert clock.local_day(row.due) == date(2026, 12, 15)
    told = [
        one.staff_id
        for one in notices.of_case(centre.session, row.case_id)
        if one.stage == "rectification_over"
    ]
    assert told == [centre.staff["jinlan"].id]
    verifying.verify(centre, row, store)
    assert row.state == VerificationState.MET
    assert centre.session.scalars(select(CreditRecord)).one().until == date(2027, 12, 8)


def test_a_missing_verification_is_ordered_at_its_instant_and_not_passed(
    centre: Centre, row: Verification, store: FileStore
) -> None:
    timer = fired(centre, "verification_overdue")
    assert timer.due == row.due + TICK
    centre.now = timer.due - TICK
    assert not fire(centre, timer)
    centre.now = timer.due
    assert fire(centre, timer)
    order = centre.session.scalars(select(SupervisoryOrder)).one()
    assert (order.automatic, order.department_id, order.part_id) == (True, row.department_id, row.part_id)
    assert "核查期限" in centre.session.get_one(Document, order.document_id).html
    assert row.state == VerificationState.OPEN
    assert not fire(centre, timer)
    follow(centre, row.case)
    verifying.verify(centre, row, store)
    assert all(one.late for one in centre.session.scalars(select(VerificationCheck)))


def test_the_order_goes_to_the_department_that_is_late(centre: Centre, store: FileStore) -> None:
    case = committing.by_commitment(centre, HOTEL, {})
    police, fire_brigade = verifying.of_case(centre, case)
    verifying.verify(centre, fire_brigade, store)
    centre.now = police.due + TICK
    assert fire(centre, fired(centre, "verification_overdue"))
    order = centre.session.scalars(select(SupervisoryOrder)).one()
    assert order.department_id == police.department_id


def test_nothing_is_ordered_on_a_provisional_date(centre: Centre) -> None:
    case = committing.by_commitment(centre, "drainage_permit", {})
    row = verifying.of_case(centre, case)[0]
    centre.sync()
    timer = centre.session.scalars(select(Timer).where(Timer.kind == "verification_overdue")).one()
    assert (row.provisional, timer.state) == (True, "held")
    centre.now = row.due + timedelta(days=3)
    assert not steps.order_overdue(centre.session, row, centre.calendar, centre.now)


def test_the_reminders_of_a_task_tell_before_the_limit(centre: Centre, row: Verification) -> None:
    timer = fired(centre, "lamp")
    stages = []
    while timer.state == "waiting" and timer.kind == "lamp":
        centre.now = timer.due
        fire(centre, timer)
        stages.append(timer.result)
    assert stages == ["soon", "yellow", "red"]
    assert centre.now == row.due + TICK


# --- the end of a verification that has lost its object


def test_a_head_closes_it_early_with_reasons(centre: Centre, row: Verification, store: FileStore) -> None:
    head, officer = centre.staff["weijian"], centre.staff["jinlan"]
    refused(
        centre,
        Forbidden,
        lambda: steps.close_early(centre.session, row.id, officer, "许可已注销", centre.now),
    )
    refused(centre, ReasonRequired, lambda: steps.close_early(centre.session, row.id, head, " ", centre.now))
    task = verifying.task_of(centre, row)
    steps.close_early(centre.session, row.id, head, "许可已注销（示例）", centre.now)
    assert (row.state, task.state) == (VerificationState.CLOSED, "cancelled")
    centre.sync()
    assert not centre.session.scalars(
        select(Timer).where(
            Timer.state.in_(("waiting", "held")), Timer.kind.in_(("verification_overdue", "lamp"))
        )
    ).all()
    refused(
        centre, VerificationOver, lambda: steps.close_early(centre.session, row.id, head, "再来", centre.now)
    )
    clause = row.commitment.clauses[2]
    refused(
        centre, StaleTask,
        lambda: steps.check(centre.session, task.id, None, officer, clause.id, finding(), store, centre.now),
    )  # fmt: skip


def test_item_data_names_departments_and_limits_that_exist(centre: Centre) -> None:
    for row in verifying.of_case(centre, committing.by_commitment(centre, HOTEL, {})):
        assert item_of(row.case.item).commitment is not None
        assert verification_flow.due(row, "verify") == row.due
    assert timers.KINDS["verification_overdue"].effect


# --- a calendar is published


def published(centre: Centre, text: str) -> None:
    """Another notice for 2027 is in force."""
    draft = calendar_drafts.draft_notice(
        centre.session, centre.staff["admin"], year=2027, source=INVENTED_NUMBER, text=text, correction=False,
        now=centre.now,
    )  # fmt: skip
    while calendar_rehearsal.rehearse_some(centre.session, draft, centre.now):
        pass
    calendar_publishing.publish(centre.session, draft.id, centre.staff["admin"], centre.now)


def test_a_published_calendar_moves_the_day_the_task_and_the_timer(centre: Centre) -> None:
    centre.later(days=56)  # Monday 18 January 2027; twenty working days run through the Spring Festival
    row = verifying.of_case(centre, committing.by_commitment(centre, HYGIENE, {}))[0]
    centre.sync()
    assert (clock.local_day(row.due), row.provisional) == (date(2027, 2, 17), True)
    centre.later(days=1)
    published(centre, INVENTED_2027)
    assert verification_recount.to_recount(centre.session)
    assert verification_recount.recount_some(centre.session, centre.now).done == 1
    centre.sync()
    assert clock.local_day(row.due) == date(2027, 2, 19)
    assert (row.provisional, row.calendar_version > 0) == (False, True)
    task = verifying.task_of(centre, row)
    assert (task.promised_due, task.provisional) == (row.due, False)
    timer = centre.session.scalars(select(Timer).where(Timer.kind == "verification_overdue")).one()
    assert (timer.due, timer.state) == (row.due + TICK, "waiting")
    assert (
        centre.session.scalars(select(JournalEntry).where(JournalEntry.act == "recount_verification"))
        .one()
        .before
    )
    assert not verification_recount.to_recount(centre.session)
    assert verification_recount.recount_some(centre.session, centre.now).done == 0


def test_a_day_told_for_rectification_only_moves_on(centre: Centre, store: FileStore) -> None:
    centre.later(
        days=63
    )  # Monday 25 January 2027; ten working days end on 10 February, by the notice on the 14th
    case = committing.by_commitment(centre, HYGIENE, {})
    row = verifying.of_case(centre, case)[0]
    unmet(centre, row, store)
    assert row.rectify_by == date(2027, 2, 10)
    centre.sync()
    timer = centre.session.scalars(select(Timer).where(Timer.kind == "rectification_over")).one()
    assert timer.state == "held"
    centre.later(days=1)
    published(centre, INVENTED_2027)
    verification_recount.recount_some(centre.session, centre.now)
    centre.sync()
    assert row.rectify_by == date(2027, 2, 14)
    assert (timer.due, timer.state) == (end_of(date(2027, 2, 14)) + TICK, "waiting")
    told = [one for one in notices.of_case(centre.session, case.id) if one.stage == "rectify_later"]
    assert "2027-02-14" in told[0].body


# --- what the decision on the permit makes of it


def revoking(centre: Centre, row: Verification, store: FileStore) -> Proceeding:
    """Deceit was found, the holder is told and heard."""
    verifying.verify(
        centre, row, store, {"staff_health": CheckOutcome.DECEIT, "hygiene_test": CheckOutcome.UNMET}
    )
    task = centre.task(row.case, "tell_facts")
    found = centre.session.scalars(select(Proceeding).where(Proceeding.decided_at.is_(None))).one()
    proceedings.tell_facts(
        centre.session, task.id, task.version, centre.who(task), found.facts, found.reasons, centre.now
    )
    register_acts.hear(centre, found)
    return found


def test_a_licence_that_is_kept_leaves_no_credit(centre: Centre, row: Verification, store: FileStore) -> None:
    register_acts.decide(centre, revoking(centre, row, store), DROPPED)
    assert (row.state, row.ended_at) == (VerificationState.KEPT, centre.now)
    assert not centre.session.scalars(select(CreditRecord)).all()
    assert not tasks.open_tasks(centre.session, row.case_id)


def test_a_licence_that_ends_otherwise_closes_its_verification(
    centre: Centre, case: Case, row: Verification
) -> None:
    permit = centre.session.scalars(select(Permit).where(Permit.case_id == case.id)).one()
    register_acts.ended(centre, permit, "revoke", "deceit")
    assert (row.state, row.ended_at) == (VerificationState.CLOSED, centre.now)
    assert permit.number in row.end_reasons
    assert not tasks.open_tasks(centre.session, case.id)
    record = centre.session.scalars(select(CreditRecord)).one()
    assert (record.kind, record.clause_id) == ("deceit", None)


def test_what_a_second_department_finds_is_told_after_the_first_proposal_was_dropped(
    centre: Centre, store: FileStore
) -> None:
    case = committing.by_commitment(centre, HOTEL, {})
    police, fire_brigade = verifying.of_case(centre, case)
    verifying.verify(
        centre, police, store, {"premises": CheckOutcome.DECEIT, "security_rules": CheckOutcome.UNMET}
    )
    first = centre.session.scalars(select(Proceeding)).one()
    task = centre.task(case, "tell_facts")
    proceedings.tell_facts(
        centre.session, task.id, task.version, centre.who(task), first.facts, first.reasons, centre.now
    )
    verifying.verify(centre, fire_brigade, store, {"fire": CheckOutcome.DECEIT})
    register_acts.hear(centre, first)
    register_acts.decide(centre, first, DROPPED)
    assert police.state == VerificationState.KEPT
    assert fire_brigade.state == VerificationState.REVOKING
    second = centre.session.scalars(select(Proceeding).where(Proceeding.decided_at.is_(None))).one()
    assert second.verification_id == fire_brigade.id


def test_the_applicant_is_warned_once_before_the_day(
    centre: Centre, row: Verification, store: FileStore
) -> None:
    unmet(centre, row, store)
    timer = fired(centre, "rectification_warning")
    assert (
        clock.local(timer.due).isoformat() == "2026-12-03T09:00:00+08:00"
    )  # two working days before the 7th
    centre.now = timer.due
    assert fire(centre, timer)
    assert not fire(centre, timer)
    told = [
        one for one in notices.of_case(centre.session, row.case_id) if one.stage == "rectification_warning"
    ]
    assert [one.channel for one in told] == ["sms"]
    assert "2026-12-07" in told[0].body
