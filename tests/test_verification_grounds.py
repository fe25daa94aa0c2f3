"""A commitment not kept is a ground to revoke by hand only after its verification found it so, never before."""

from pathlib import Path

import pytest
from sqlalchemy import select

from approvals import clock, verification_grounds
from approvals.filestore import FileStore
from approvals.proceeding_rules import ProceedingOpen
from approvals.tables import Case, Permit, Proceeding, Verification
from approvals.terms import CheckOutcome, VerificationState
from approvals.verification_grounds import CommitmentNotBroken, NotCommitted, VerificationUnderWay
from processes.steps import proceedings
from tests import register_acts as acts
from tests.register_cases import issued
from tests.test_verifications import follow, refused
from web.demo import committing, verifying
from web.demo.centre import Centre

HYGIENE, KIND, GROUND = "public_venue_hygiene", "revoke", verification_grounds.GROUND
UNMET = {"staff_health": CheckOutcome.UNMET}


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@pytest.fixture
def case(centre: Centre) -> Case:
    case = committing.by_commitment(centre, HYGIENE, {})
    follow(centre, case)
    return case


def licence(centre: Centre, case: Case) -> tuple[Permit, Verification]:
    permit = centre.session.scalars(select(Permit).where(Permit.case_id == case.id)).one()
    return permit, verifying.of_case(centre, case)[0]


def test_nobody_is_told_while_the_rectification_runs(centre: Centre, case: Case, store: FileStore) -> None:
    permit, row = licence(centre, case)
    before = refused(centre, VerificationUnderWay, lambda: acts.tell(centre, permit, KIND, GROUND))
    assert str(clock.local_day(row.due)) in before.text()
    verifying.verify(centre, row, store, UNMET)
    assert row.state == VerificationState.RECTIFYING
    while_ = refused(centre, VerificationUnderWay, lambda: acts.tell(centre, permit, KIND, GROUND))
    assert str(row.rectify_by) in while_.text()
    assert row.department.name["zh"] in while_.text()
    verifying.report(centre, row)
    refused(centre, VerificationUnderWay, lambda: acts.tell(centre, permit, KIND, GROUND))


def test_another_ground_is_not_held_up(centre: Centre, case: Case, store: FileStore) -> None:
    permit, row = licence(centre, case)
    verifying.verify(centre, row, store, UNMET)
    assert acts.tell(centre, permit, KIND, "procedure").told_at == centre.now


def test_what_was_kept_is_no_ground(centre: Centre, case: Case, store: FileStore) -> None:
    permit, row = licence(centre, case)
    verifying.verify(centre, row, store)
    refused(centre, CommitmentNotBroken, lambda: acts.tell(centre, permit, KIND, GROUND))


def test_where_nothing_was_promised_nothing_is_broken(centre: Centre) -> None:
    permit = issued(centre, "food_licence")[0]
    refused(centre, NotCommitted, lambda: acts.tell(centre, permit, KIND, GROUND))


def test_still_unmet_the_verification_proposes_it_by_itself(
    centre: Centre, case: Case, store: FileStore
) -> None:
    permit, row = licence(centre, case)
    verifying.verify(centre, row, store, UNMET)
    verifying.report(centre, row)
    verifying.verify(centre, row, store, UNMET)
    assert row.state == VerificationState.REVOKING
    verification_grounds.require_broken(centre.session, permit, GROUND)
    found = centre.session.scalars(select(Proceeding)).one()
    assert (found.ground, found.verification_id) == (GROUND, row.id)
    refused(centre, ProceedingOpen, lambda: acts.tell(centre, permit, KIND, GROUND))
    proceedings.abandon(
        centre.session, found.id, acts.head(centre, permit), "事实有待核实（示例）", centre.now
    )
    assert row.state == VerificationState.KEPT
    refused(centre, CommitmentNotBroken, lambda: acts.tell(centre, permit, KIND, GROUND))


def test_deceit_alone_is_not_this_ground(centre: Centre, case: Case, store: FileStore) -> None:
    permit, row = licence(centre, case)
    verifying.verify(centre, row, store, {"staff_health": CheckOutcome.DECEIT})
    assert row.state == VerificationState.REVOKING
    with pytest.raises(CommitmentNotBroken):
        verification_grounds.require_broken(centre.session, permit, GROUND)
