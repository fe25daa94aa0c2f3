"""Random walks over commitments: whatever is chosen, signed, declined, taken back or left, every case stays lawful."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine

from approvals import commitments
from approvals.tables import Case, Task
from approvals.terms import CaseState, CommitmentState, MaterialState, PartState, Path, Role
from tests import acts, commitment_acts, test_properties
from tests.centre import HOT_POT
from tests.test_properties import Cases
from web.demo import committing

PIPED = {"gas_kind": "piped", "water_per_day": 3}
APPLICATIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("hotel_licence", {}),
    ("drainage_permit", {"water_per_day": 3}),
    ("company_registration", {}),
    ("restaurant_opening", HOT_POT | PIPED),
    ("hotel_opening", PIPED | {"venue_kind": "hotel", "central_air": False}),
)
WAYS: dict[str, list[tuple[str, ...]]] = {
    "hotel_licence": [("hotel_licence",)],
    "drainage_permit": [("drainage_permit",)],
    "company_registration": [("company_registration",)],
    "restaurant_opening": [("fire_inspection",), ("fire_inspection", "drainage_permit")],
    "hotel_opening": [("fire_inspection",), ("public_venue_hygiene", "fire_inspection", "hotel_licence")],
}
"""Which parts are committed to at first."""
AFTER = ("verify", "rectify", "tell_facts", "hear_defence", "decide_proceeding")
PROMISED = (MaterialState.COMMITTED, MaterialState.FOLLOWING)


class Commitments(Cases):
    """The walk over cases, in which parts may be committed to."""

    @initialize(data=st.data())
    def first(self, data: st.DataObject) -> None:
        item, answers = data.draw(st.sampled_from(APPLICATIONS))
        case = committing.draft(self.centre, item, answers, *data.draw(st.sampled_from(WAYS[item])))
        committing.offer(self.centre, case)
        self.cases.append(case)
        note(f"  {item}: {case.state}")

    @precondition(lambda self: any(case.state == CaseState.DRAFT for case in self.cases))
    @rule(data=st.data())
    def choose(self, data: st.DataObject) -> None:
        case, clerk = self.case(data), self.somebody(data, "linxiao")
        if self.attempt(lambda: commitment_acts.choose(self.centre, case, clerk, data.draw), silent=True):
            assert clerk.login == "linxiao"

    @precondition(lambda self: any(case.state == CaseState.DRAFT for case in self.cases))
    @rule(data=st.data())
    def offer(self, data: st.DataObject) -> None:
        case, clerk = self.case(data), self.somebody(data, "linxiao")
        if self.attempt(lambda: commitment_acts.offer(self.centre, case, clerk)):
            assert case.state == CaseState.COMMITTING

    @rule(data=st.data())
    def online(self, data: st.DataObject) -> None:
        case = self.case(data)
        self.attempt(lambda: commitment_acts.online(self.centre, case, data.draw))

    @rule(data=st.data())
    def follow(self, data: st.DataObject) -> None:
        case, staff = self.case(data), self.somebody(data, "linxiao")
        if self.attempt(lambda: commitment_acts.follow(self.centre, case, staff, data.draw)):
            assert staff.has(Role.WINDOW_CLERK)

    def waiting(self) -> list[Task]:
        """What comes after the grant has its own walk."""
        return [task for task in super().waiting() if task.step not in AFTER]

    def teardown(self) -> None:
        for case in self.cases:
            self.commitments_agree(case)
        super().teardown()

    def commitments_agree(self, case: Case) -> None:
        """The way of a part, the state of its commitment and the checklist say the same."""
        rows = {row.part_id: row for row in commitments.of_case(self.centre.session, case)}
        for part in case.parts:
            row = rows.get(part.id)
            if case.state != CaseState.DRAFT and part.path == Path.COMMITMENT and case.outcome is None:
                assert row is not None
                assert row.state in (CommitmentState.OFFERED, CommitmentState.MADE)
            if row is not None and row.state == CommitmentState.MADE:
                assert all(clause.ticked_at for clause in row.clauses)
                assert row.document_id
            if part.state == PartState.GRANTED and part.path == Path.COMMITMENT:
                assert row is not None
                assert row.state == CommitmentState.MADE
        if not any(part.path == Path.COMMITMENT for part in case.parts):
            assert not [material.code for material in case.materials if material.state in PROMISED]


@pytest.fixture
def more_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk knows the steps of a commitment, and leaves those after the grant alone."""
    for step in ("notify_commitment", "commit"):
        monkeypatch.setitem(
            acts.TASK_ACTS, step, [commitment_acts.make, commitment_acts.make, commitment_acts.decline]
        )
        monkeypatch.setitem(test_properties.ROLES_OF, step, {Role.WINDOW_CLERK})
    for step in AFTER:
        monkeypatch.setitem(acts.TASK_ACTS, step, [commitment_acts.left_to_others])
    monkeypatch.setitem(acts.PLAIN, "commit", committing.commit)


@pytest.mark.usefixtures("more_steps")
def test_whatever_becomes_of_a_commitment_every_case_stays_lawful(
    centre_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_properties, "APPLICATIONS", APPLICATIONS)
    machine = type("CommitmentsHere", (Commitments,), {"engine": centre_engine})
    long = test_properties.LONG
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=100 if long else 8,
            stateful_step_count=60 if long else 30,
            deadline=None,
            phases=list(Phase) if long else [Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
