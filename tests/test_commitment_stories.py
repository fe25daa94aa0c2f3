"""Licences by notice and commitment, from the window to what became of them. Three stories; read the first one first."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from approvals import (
    clock,
    commitment_following,
    commitment_paths,
    credit,
    notices,
    proceeding_rules,
    readiness,
    tasks,
)
from approvals.commitment_eligibility import NotEligible
from approvals.documents import of_case as documents_of
from approvals.filestore import FileStore
from approvals.proceedings import DONE, Resolution
from approvals.queries import verification as public_page
from approvals.tables import ApplicationBar, Case, CreditRecord, Permit, Proceeding, Staff, Timer
from approvals.terms import CaseState, CheckOutcome, CreditKind, Outcome, PermitStatus, VerificationState
from processes import timers as process_timers
from processes.steps import credit as credit_steps
from processes.steps import proceedings
from tests import register_acts
from web.demo import committing, verifying
from web.demo.centre import Centre

HOTEL, HYGIENE = "hotel_licence", "public_venue_hygiene"


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def test_a_hotel_that_does_not_keep_its_promise(centre: Centre, store: FileStore) -> None:
    # One visit to the window: told clause by clause, committed to, decided and issued on the spot.
    case = committing.by_commitment(centre, HOTEL, {})
    assert (case.state, case.outcome, clock.local_day(centre.now)) == (
        CaseState.ENDED,
        Outcome.GRANTED,
        date(2026, 11, 23),
    )
    permit = permit_of(centre, case)
    assert public_status(centre, permit) == PermitStatus.VALID

    # At that moment police and fire brigade are told, each to verify its own clauses within twenty working days.
    police, fire_brigade = verifying.of_case(centre, case)
    assert [row.department.code for row in (police, fire_brigade)] == ["002", "009"]
    assert [clock.local_day(row.due) for row in (police, fire_brigade)] == [date(2026, 12, 21)] * 2
    assert kinds(centre, case).count("verification_notice") == 2

    # The fire brigade finds its clause kept. The police find one clause unmet, without deceit: to be put right in ten days.
    centre.later(days=3)
    commitment_following.take(centre.session, case, "security_rules", centre.staff["linxiao"], centre.now)
    verifying.verify(centre, fire_brigade, store)
    verifying.verify(centre, police, store, {"anti_theft": CheckOutcome.UNMET})
    assert fire_brigade.state == VerificationState.MET
    assert (police.state, police.rectify_by) == (VerificationState.RECTIFYING, date(2026, 12, 10))
    assert public_status(centre, permit) == PermitStatus.VALID

    # The day passes and nobody reports: nothing is taken for granted, the police have to verify again by themselves.
    pass_time_until(centre, "rectification_over")
    assert (police.state, police.round, police.rectified_at) == (VerificationState.OPEN, 2, None)
    verifying.verify(centre, police, store, {"anti_theft": CheckOutcome.UNMET})
    assert police.state == VerificationState.REVOKING

    # Before anything is revoked the facts are told, and the holder is heard: it has put things right, but too late.
    assert [task.step for task in tasks.open_tasks(centre.session, case.id)] == ["tell_facts"]
    proceeding = tell_facts(centre, case)
    assert "anti" not in proceeding.facts
    assert "防盗" in proceeding.facts
    register_acts.hear(centre, proceeding, "门禁和监控已于昨日装好，逾期事出有因（示例）")
    assert public_status(centre, permit) == PermitStatus.VALID
    decide(centre, proceeding, "承诺的设施逾期才装好，申请时不具备条件（示例）")
    assert police.state == VerificationState.REVOKED
    assert {"proposed_revocation", "defence_record", "revocation"} <= set(kinds(centre, case))

    # Whoever scans the code of the certificate sees it at once.
    assert public_status(centre, permit) == PermitStatus.REVOKED

    # It was no deceit: nothing is barred, but the next application goes the ordinary way, with the reason told.
    [record] = records(centre)
    assert (record.kind, record.until, bars(centre)) == (CreditKind.UNMET, None, [])
    again = centre.draft(HOTEL, {}, who=committing.HOTEL)
    with pytest.raises(NotEligible, match="未修复的信用记录"), centre.session.begin_nested():
        committing.choose(centre, again)
    commitment_paths.refresh(centre.session, again, centre.now)  # as every saving of the draft does
    centre.accept(again)
    assert again.parts[0].path == "ordinary"
    assert "信用记录" in again.parts[0].path_reason
    assert [task.step for task in tasks.open_tasks(centre.session, again.id)] == ["review"]

    # Once the record is repaired a commitment is open to the applicant again.
    head = head_of(centre, record)
    credit_steps.repair(
        centre.session, record.id, head, "已整改，满一定期间没有新的失信行为（示例）", centre.now
    )
    third = committing.by_commitment(centre, HYGIENE, {})
    assert third.outcome == Outcome.GRANTED


def test_a_hotel_that_deceived(centre: Centre, store: FileStore) -> None:
    case = committing.by_commitment(centre, HYGIENE, {})
    permit = permit_of(centre, case)
    [row] = verifying.of_case(centre, case)
    centre.later(days=4)

    # The health certificates were forged. Deceit is not put right: the revocation is proposed at once.
    verifying.verify(
        centre, row, store, {"hygiene_test": CheckOutcome.UNMET, "staff_health": CheckOutcome.DECEIT}
    )
    assert (row.state, row.rectify_by) == (VerificationState.REVOKING, None)
    proceeding = tell_facts(centre, case)
    assert proceeding.deceit
    register_acts.hear(centre, proceeding, "不清楚员工证件的来源（示例）")
    decide(centre, proceeding, "以伪造的健康证明骗取许可（示例）")
    assert (row.state, public_status(centre, permit)) == (VerificationState.REVOKED, PermitStatus.REVOKED)

    # Two findings, kept apart: one clause was deceit, the other merely unmet.
    assert sorted(record.kind for record in records(centre)) == [CreditKind.DECEIT, CreditKind.UNMET]

    # Three years, for that licence alone, by the civil calendar (行政许可法 79).
    [bar] = bars(centre)
    assert (bar.item_code, bar.first_day, bar.last_day) == (HYGIENE, date(2026, 11, 27), date(2029, 11, 27))
    barred = centre.draft(HYGIENE, {}, who=committing.HOTEL)
    assert readiness.bars(centre.session, barred, centre.now)
    other = centre.accept(centre.draft(HOTEL, {}, who=committing.HOTEL))
    assert (other.state, other.parts[0].path) == (CaseState.REVIEWING, "ordinary")

    # The record of deceit is not repaired while its bar lasts.
    deceit = next(record for record in records(centre) if record.kind == CreditKind.DECEIT)
    head = head_of(centre, deceit)
    with pytest.raises(credit.RepairTooEarly), centre.session.begin_nested():
        credit_steps.repair(centre.session, deceit.id, head, "已经改正（示例）", centre.now)
    centre.later(days=3 * 365 + 2)
    credit_steps.repair(centre.session, deceit.id, head, "三年期满，没有新的失信行为（示例）", centre.now)
    assert deceit not in credit.open_records(centre.session, deceit.number_index, clock.local_day(centre.now))


def test_a_hotel_that_keeps_its_promise(centre: Centre, store: FileStore) -> None:
    case = committing.by_commitment(centre, HOTEL, {})
    permit = permit_of(centre, case)
    centre.later(days=8)
    commitment_following.take(centre.session, case, "security_rules", centre.staff["linxiao"], centre.now)
    for row in verifying.of_case(centre, case):
        verifying.verify(centre, row, store)
        assert row.state == VerificationState.MET
    assert kinds(centre, case).count("verification_record") == 2
    assert [one.stage for one in notices.of_case(centre.session, case.id)].count("verified") == 2

    # Nothing is left to do, nothing weighs, the permit stands, and the next commitment is welcome.
    centre.sync()
    waiting = select(Timer.kind).where(Timer.case_id == case.id, Timer.state.in_(("waiting", "held")))
    assert "verification_overdue" not in set(centre.session.scalars(waiting))
    assert not tasks.open_tasks(centre.session, case.id)
    assert (records(centre), bars(centre)) == ([], [])
    assert public_status(centre, permit) == PermitStatus.VALID
    assert committing.by_commitment(centre, HYGIENE, {}).outcome == Outcome.GRANTED


# --- the same words as in the stories


def permit_of(centre: Centre, case: Case) -> Permit:
    return centre.session.scalars(select(Permit).where(Permit.case_id == case.id)).one()


def public_status(centre: Centre, permit: Permit) -> PermitStatus:
    """What the public page says today to whoever scans the code."""
    shown, _parts = public_page.verified(centre.session, permit.public_id, clock.local_day(centre.now))
    return shown.status


def kinds(centre: Centre, case: Case) -> list[str]:
    return [document.kind for document in documents_of(centre.session, case.id)]


def records(centre: Centre) -> list[CreditRecord]:
    return list(centre.session.scalars(select(CreditRecord).order_by(CreditRecord.id)))


def bars(centre: Centre) -> list[ApplicationBar]:
    return list(centre.session.scalars(select(ApplicationBar)))


def pass_time_until(centre: Centre, kind: str) -> None:
    """The next timer of this kind comes due and the worker fires it."""
    centre.sync()
    timer = centre.session.scalars(select(Timer).where(Timer.kind == kind, Timer.state == "waiting")).one()
    centre.now = timer.due
    assert process_timers.fire_due(centre.session, timer.id, timer.case_id, centre.now)


def tell_facts(centre: Centre, case: Case) -> Proceeding:
    """An officer of the permit's department tells the facts, as the verification found them."""
    task = centre.task(case, "tell_facts")
    found = proceeding_rules.of_task(centre.session, task.part)
    assert found is not None
    return proceedings.tell_facts(
        centre.session, task.id, task.version, centre.who(task), found.facts, found.reasons, centre.now
    )


def decide(centre: Centre, proceeding: Proceeding, reasons: str) -> None:
    """The head decides to revoke; the public would not be gravely harmed by it."""
    task = register_acts.task_of(centre, proceeding, "decide_proceeding")
    head = register_acts.head(centre, proceeding.permit)
    resolution = Resolution(DONE, reasons, grave_harm=False)
    proceedings.decide(centre.session, task.id, task.version, head, resolution, centre.now)


def head_of(centre: Centre, record: CreditRecord) -> Staff:
    """The head of the department that wrote the record down."""
    heads = [one for one in centre.staff.values() if one.has("head")]
    return next(one for one in heads if one.department_id == record.department_id)
