"""Two departments verify one commitment: what both find before anybody was told is one proceeding and one decision."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from approvals import commitment_following, tasks
from approvals.filestore import FileStore
from approvals.tables import CreditRecord, Permit, Proceeding
from approvals.terms import CheckOutcome, VerificationState
from processes.steps import proceedings
from tests import register_acts as acts
from web.demo import committing, verifying

DECEIT = CheckOutcome.DECEIT


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def tell(centre, proceeding: Proceeding) -> None:
    task = acts.task_of(centre, proceeding, "tell_facts")
    officer = acts.officer(centre, proceeding.permit)
    proceedings.tell_facts(
        centre.session, task.id, None, officer, proceeding.facts, proceeding.reasons, centre.now
    )


def permit_and_rows(centre):
    case = committing.by_commitment(centre, "hotel_licence", {})
    permit = centre.session.scalars(select(Permit).where(Permit.case_id == case.id)).one()
    centre.later(days=3)
    commitment_following.take(centre.session, case, "security_rules", centre.staff["linxiao"], centre.now)
    return permit, verifying.of_case(centre, case)


def test_found_by_both_before_anybody_was_told(centre, store):
    permit, (police, fire) = permit_and_rows(centre)
    verifying.verify(centre, police, store, {"anti_theft": DECEIT})
    verifying.verify(centre, fire, store, {"fire": DECEIT})
    proceeding = acts.open_one(centre, permit)
    assert centre.session.scalar(select(func.count(Proceeding.id))) == 1
    assert len(tasks.open_tasks(centre.session, permit.case_id, "tell_facts")) == 1
    assert proceeding.deceit
    assert proceeding.facts.count("弄虚作假骗取许可") == 2
    tell(centre, proceeding)
    acts.hear(centre, proceeding)
    acts.decide(centre, proceeding)
    assert permit.status == "revoked"
    assert {police.state, fire.state} == {VerificationState.REVOKED}
    assert [record.kind for record in centre.session.scalars(select(CreditRecord))] == ["deceit", "deceit"]
    assert tasks.open_tasks(centre.session, permit.case_id) == []


def test_kept_for_both(centre, store):
    permit, (police, fire) = permit_and_rows(centre)
    verifying.verify(centre, police, store, {"anti_theft": DECEIT})
    verifying.verify(centre, fire, store, {"fire": DECEIT})
    proceeding = acts.open_one(centre, permit)
    tell(centre, proceeding)
    acts.hear(centre, proceeding)
    acts.decide(centre, proceeding, "dropped")
    assert permit.status == "valid"
    assert {police.state, fire.state} == {VerificationState.KEPT}
    assert centre.session.scalar(select(func.count(CreditRecord.id))) == 0


def test_what_comes_after_the_telling_is_told_and_decided_next(centre, store):
    permit, (police, fire) = permit_and_rows(centre)
    verifying.verify(centre, police, store, {"anti_theft": DECEIT})
    first = acts.open_one(centre, permit)
    tell(centre, first)
    verifying.verify(centre, fire, store, {"fire": DECEIT})
    assert centre.session.scalar(select(func.count(Proceeding.id))) == 1
    acts.hear(centre, first)
    acts.decide(centre, first)
    assert (police.state, fire.state) == (VerificationState.REVOKED, VerificationState.REVOKING)
    assert centre.session.scalar(select(func.count(CreditRecord.id))) == 1
    second = acts.open_one(centre, permit)
    assert second.verification_id == fire.id
    tell(centre, second)
    acts.hear(centre, second)
    acts.decide(centre, second)
    assert (fire.state, permit.status) == (VerificationState.CLOSED, "revoked")
    assert centre.session.scalar(select(func.count(CreditRecord.id))) == 2
    assert tasks.open_tasks(centre.session, permit.case_id) == []
