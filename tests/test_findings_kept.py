"""What a department found of a commitment is not lost because the permit ends, or stands, for another reason."""

from pathlib import Path

import pytest
from sqlalchemy import select

from approvals import commitment_following, proceeding_findings
from approvals.filestore import FileStore
from approvals.register_rules import HearFirst
from approvals.tables import ApplicationBar, Case, CreditRecord, Document, Permit, Proceeding, Verification
from approvals.terms import CheckOutcome, PermitStatus, VerificationState
from approvals.verifications import FindingStands
from processes.steps import proceedings
from tests import register_acts as acts
from tests.register_acts import refused
from tests.test_proceedings_together import tell
from web.demo import committing, verifying
from web.demo.centre import Centre

DECEIT, UNMET = CheckOutcome.DECEIT, CheckOutcome.UNMET


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@pytest.fixture
def case(centre: Centre) -> Case:
    """A hotel licensed by commitment, whose material followed."""
    made = committing.by_commitment(centre, "hotel_licence", {})
    centre.later(days=3)
    commitment_following.take(centre.session, made, "security_rules", centre.staff["linxiao"], centre.now)
    return made


@pytest.fixture
def rows(centre: Centre, case: Case) -> list[Verification]:
    """Its verifications: of the police, of the fire brigade."""
    return verifying.of_case(centre, case)


@pytest.fixture
def permit(centre: Centre, case: Case) -> Permit:
    return centre.session.scalars(select(Permit).where(Permit.case_id == case.id)).one()


def records(centre: Centre) -> list[str]:
    """The kinds of the credit records there are."""
    return [record.kind for record in centre.session.scalars(select(CreditRecord).order_by(CreditRecord.id))]


def bars(centre: Centre) -> list[str]:
    """The items that are barred."""
    return [bar.item_code for bar in centre.session.scalars(select(ApplicationBar))]


def give_up(centre: Centre, permit: Permit) -> object:
    """The holder asks for the cancellation."""
    head = acts.head(centre, permit)
    return proceedings.cancel(centre.session, permit.id, "own_request", "持证人书面申请", head, centre.now)


def test_nobody_escapes_a_recorded_deceit_by_giving_the_permit_up(centre, permit, rows, store):
    police, _fire = rows
    verifying.check(centre, police, store, {"anti_theft": DECEIT})  # recorded, not concluded yet
    error = refused(centre, FindingStands, lambda: give_up(centre, permit))
    assert permit.number in str(error)
    verifying.conclude(centre, police)
    refused(centre, FindingStands, lambda: give_up(centre, permit))
    assert police.state == VerificationState.REVOKING


def test_what_is_to_be_rectified_keeps_the_permit_until_it_is_verified_again(centre, permit, rows, store):
    police, _fire = rows
    verifying.verify(centre, police, store, {"anti_theft": UNMET})
    refused(centre, FindingStands, lambda: give_up(centre, permit))
    verifying.report(centre, police)
    refused(centre, FindingStands, lambda: give_up(centre, permit))  # to be verified again
    verifying.verify(centre, police, store)
    give_up(centre, permit)
    assert permit.status == PermitStatus.CANCELLED


def test_without_a_finding_the_permit_may_be_given_up(centre, permit, rows):
    give_up(centre, permit)
    assert permit.status == PermitStatus.CANCELLED
    assert {row.state for row in rows} == {VerificationState.CLOSED}


def test_what_a_second_department_found_is_told_after_the_permit_was_revoked_on_another_ground(
    centre, permit, rows, store
):
    police, fire = rows
    other = acts.tell(centre, permit, "revoke", "unqualified")
    verifying.check(
        centre, police, store, {"anti_theft": DECEIT}
    )  # recorded, and concluded after the revocation
    verifying.verify(centre, fire, store, {"fire": DECEIT})
    acts.hear(centre, other)
    acts.decide(centre, other)
    assert permit.status == PermitStatus.REVOKED
    assert (police.state, fire.state) == (VerificationState.OPEN, VerificationState.REVOKING)
    assert records(centre) == []  # nobody was heard about it yet
    verifying.conclude(centre, police)
    found = acts.open_one(centre, permit)
    assert "不再撤销" in found.reasons
    assert found.facts.count("弄虚作假骗取许可") == 2  # both are told together
    tell(centre, found)
    refused(centre, HearFirst, lambda: record_unheard(centre, found))
    acts.hear(centre, found)
    acts.decide(centre, found)
    assert {police.state, fire.state} == {VerificationState.CLOSED}
    assert records(centre) == ["deceit", "deceit"]
    assert permit.status == PermitStatus.REVOKED
    decision = centre.session.get_one(Document, found.document_id)
    assert "证照已另行终止，不再撤销" in decision.html


def record_unheard(centre: Centre, found: Proceeding) -> None:
    """The head records before the holder was heard."""
    proceeding_findings.require_recordable(centre.session, found, acts.head(centre, found.permit), centre.now)


def test_what_waited_revokes_a_permit_that_stands(centre, permit, rows, store):
    _police, fire = rows
    other = acts.tell(centre, permit, "suspend", "penalty")
    verifying.verify(centre, fire, store, {"fire": DECEIT})
    acts.hear(centre, other)
    acts.decide(centre, other, "dropped")
    found = acts.open_one(centre, permit)
    assert (found.verification_id, fire.state) == (fire.id, VerificationState.REVOKING)
    tell(centre, found)
    acts.hear(centre, found)
    acts.decide(centre, found)
    assert (permit.status, fire.state) == (PermitStatus.REVOKED, VerificationState.REVOKED)
    assert records(centre) == ["deceit"]


def test_grave_harm_spares_the_permit_and_not_the_record(centre, permit, rows, store):
    police, _fire = rows
    verifying.verify(centre, police, store, {"anti_theft": DECEIT})
    found = acts.open_one(centre, permit)
    tell(centre, found)
    acts.hear(centre, found)
    acts.decide(centre, found, "dropped", grave_harm=True)
    assert (permit.status, police.state) == (PermitStatus.VALID, VerificationState.KEPT)
    assert records(centre) == ["deceit"]
    assert bars(centre) == ["hotel_licence"]
    assert "不予撤销" in centre.session.get_one(Document, found.document_id).html
