"""Notice and commitment, from the draft to the certificate, and every way it can be refused or given up."""


from sqlalchemy import select

from approvals import commitments, tasks
from approvals.documents import of_case as documents_of
from approvals.tables import Case, Verification
from approvals.terms import CaseState, CommitmentState, MaterialState, Outcome, PartState
from tests.centre import HOT_POT
from web.demo import committing
from web.demo.centre import Centre


def standing(case: Case) -> dict[str, str]:
    """Material code → its state."""
    return {material.code: material.state for material in case.materials}


def test_a_hotel_licence_on_the_spot(centre: Centre) -> None:
    # At the draft the applicant chooses commitment: what it stands in for is asked for no more.
    draft = committing.draft(centre, "hotel_licence", {})
    assert standing(draft)["fire_opinion"] == MaterialState.COMMITTED
    assert standing(draft)["security_rules"] == MaterialState.FOLLOWING

    # The clauses are told in writing; the case waits for the signature.
    case = committing.offer(centre, draft)
    assert case.state == CaseState.COMMITTING
    (row,) = commitments.of_case(centre.session, case)
    assert [clause.code for clause in row.clauses] == ["premises", "anti_theft", "security_rules", "fire"]
    assert row.text_version.startswith("2026-1+")

    # The applicant commits: accepted in the same act, decided on the spot, issued, delivered.
    committing.commit(centre, case)
    assert (case.state, row.state) == (CaseState.DECIDING, CommitmentState.MADE)
    assert case.accepted_at == centre.now
    committing.decide(centre, case)
    committing.issue(centre, case)
    assert case.state == CaseState.DELIVERING
    centre.deliver(case)
    assert (case.state, case.outcome) == (CaseState.ENDED, Outcome.GRANTED)
    kinds = [document.kind for document in documents_of(centre.session, case.id)]
    assert {"commitment_notice", "commitment", "acceptance", "grant", "delivery_proof"} <= set(kinds)

    # The departments named by the clauses were copied and verify within the item's limit, beside the ended case.
    opened = centre.session.scalars(select(Verification).where(Verification.case_id == case.id)).all()
    assert {row.department.code for row in opened} == {"002", "009"}
    assert {task.department.code for task in tasks.open_tasks(centre.session, case.id, "verify")} == {
        "002",
        "009",
    }


def test_a_restaurant_with_one_part_by_commitment(centre: Centre) -> None:
    answers = HOT_POT | {"gas_kind": "piped"}
    case = committing.draft(centre, "restaurant_opening", answers, "fire_inspection")
    for act in (committing.offer, committing.commit):
        act(centre, case)
    fire = centre.part(case, "fire_inspection")
    assert case.state == CaseState.REVIEWING
    assert fire.state == PartState.DECIDING
    assert "fire_inspection" not in centre.open_parts(case, "review")

    # Its permit is out while the others are still reviewed.
    committing.decide(centre, case)
    committing.issue(centre, case)
    assert case.state == CaseState.REVIEWING
    centre.deliver(case)
    assert case.state == CaseState.REVIEWING
    assert fire.state == PartState.GRANTED

    centre.opine_all(case)
    centre.collate(case)
    centre.grant_all(case)
    issued = centre.issue(case)
    assert issued[0].kind == "trade_licence"
    centre.deliver(case)
    assert (case.state, case.outcome) == (CaseState.ENDED, Outcome.GRANTED)
