"""Notice and commitment, from the draft to the certificate, and every way it can be refused or given up."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from approvals import commitment_paths, commitments, tasks
from approvals.catalogue import item_of
from approvals.documents import of_case as documents_of
from approvals.tables import Case, Verification
from approvals.terms import CaseState, CommitmentState, MaterialState, Outcome, PartState, Path
from forms.conditions import holds
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


MIXED = ("food_licence", "fire_inspection", "drainage_permit")
RESTAURANT = HOT_POT | {"area": 200, "gas_kind": "piped", "water_per_day": 3, "business_scope": ["hot_food"]}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.lists(st.sets(st.sampled_from(MIXED)), min_size=1, max_size=4))
def test_whatever_mix_is_chosen_the_rest_is_asked_for(centre: Centre, chosen: list[set[str]]) -> None:
    # Chosen, chosen otherwise, given up again: asked is what the ordinary parts and the clauses leave.
    with centre.session.begin_nested() as trial:
        draft = centre.draft("restaurant_opening", RESTAURANT, complete=False)
        for part in draft.parts:  # on what the bureau of markets only has an opinion, food need not wait here
            part.depends_on_id = None
        for mix in chosen:
            for part in draft.parts:
                code = part.item.code if part.item else ""
                path = Path.COMMITMENT if code in mix else Path.ORDINARY
                if code in MIXED:
                    commitment_paths.choose(centre.session, part, path, centre.now)
            assert asked(draft) == wanted(draft, mix)
        trial.rollback()


def asked(case: Case) -> dict[str, tuple[int, int]]:
    """Material code → originals and copies of what has to be brought now."""
    promised = (MaterialState.COMMITTED, MaterialState.FOLLOWING)
    return {
        material.code: (material.line["originals"], material.line["copies"])
        for material in case.materials
        if material.state not in promised
    }


def wanted(case: Case, mix: set[str]) -> dict[str, tuple[int, int]]:
    """The same, counted part by part from the catalogue."""
    found: dict[str, tuple[int, int]] = {}
    for part in case.parts:
        item = item_of(part.item or case.item)
        terms = item.commitment if item.code in mix else None
        replaced = {clause.replaces for clause in terms.clauses} if terms else set()
        for material in item.materials:
            if material.code not in replaced and holds(material.when, case.form_data):
                before = found.get(material.code, (0, 0))
                found[material.code] = (
                    max(before[0], material.originals),
                    max(before[1], material.copies),
                )
    return found
