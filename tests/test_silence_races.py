"""A word and silence at the same instant, on both databases: exactly one of them counts, and nothing is doubled."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, func, select

from approvals import corrections, tasks
from approvals.corrections import DefectInput
from approvals.errors import DomainError, StaleTask, WrongState
from approvals.tables import Case, CasePart, Correction, Document, Opinion
from approvals.terms import CaseState, Outcome
from processes.steps import checking, departments, silence
from tests.centre import HOT_POT
from tests.test_races import AGREE, all_holds, alone, at_once, office, refusals
from web.demo.centre import Centre
from web.transactions import unit_of_work

__all__ = ["office"]
FIVE_DAYS_OVER = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
ANSWER_OVER = datetime(2026, 12, 7, 16, 0, tzinfo=UTC)
CONSENT_OVER = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


def by_itself_accepted(case_id: int):
    def act(centre: Centre) -> bool:
        case = tasks.lock_case(centre.session, case_id)
        return silence.deem_accepted(centre.session, case, centre.calendar, FIVE_DAYS_OVER)

    return act


def received(centre: Centre) -> tuple[int, int]:
    case = centre.receive(centre.draft("food_licence", {}))
    return case.id, centre.task(case, "check_materials").id


@pytest.mark.parametrize("silent_first", [True, False])
def test_the_clerk_accepts_while_silence_does(office: Engine, silent_first: bool) -> None:
    case_id, task_id = alone(office, received)

    def clerk(centre: Centre) -> None:
        checking.check_materials(
            centre.session,
            task_id,
            None,
            centre.staff["linxiao"],
            "accepted",
            centre.calendar,
            FIVE_DAYS_OVER,
        )

    both = [by_itself_accepted(case_id), clerk]
    results = at_once(office, *(both if silent_first else reversed(both)))
    with unit_of_work(office) as session:
        kinds = [d.kind for d in session.scalars(select(Document).where(Document.case_id == case_id))]
        assert kinds.count("deemed_acceptance") + kinds.count("acceptance") == 1
    assert True in results or False in results
    assert refusals(results) == ([StaleTask] if True in results else [])
    all_holds(office)


def test_two_workers_let_silence_accept_once(office: Engine) -> None:
    case_id, _ = alone(office, received)
    results = at_once(office, by_itself_accepted(case_id), by_itself_accepted(case_id))
    assert sorted(results, key=bool) == [False, True]
    all_holds(office)


def corrected(centre: Centre) -> tuple[int, int]:
    case = centre.receive(centre.draft("food_licence", {}))
    task = centre.task(case, "check_materials")
    checking.check_materials(
        centre.session, task.id, None, centre.staff["linxiao"], "correction", centre.calendar, centre.now,
        extra=[DefectInput("premises_plan", "未标注安全出口")],
    )  # fmt: skip
    notice = corrections.open_correction(centre.session, case.id)
    assert notice is not None
    assert silence.warn_correction(centre.session, notice, centre.calendar, centre.now)
    return case.id, notice.id


def test_the_answer_comes_as_the_application_counts_as_withdrawn(office: Engine) -> None:
    case_id, notice_id = alone(office, corrected)

    def answer(centre: Centre) -> str:
        checking.answer_online(centre.session, case_id, "已补正", ANSWER_OVER)
        return "answered"

    def withdrawn(centre: Centre) -> bool:
        tasks.lock_case(centre.session, case_id)
        notice = centre.session.get_one(Correction, notice_id)
        return silence.deem_withdrawn(centre.session, notice, centre.calendar, ANSWER_OVER)

    answered, ended = at_once(office, answer, withdrawn)
    with unit_of_work(office) as session:
        case = session.get_one(Case, case_id)
        if ended:
            assert isinstance(answered, WrongState)
            assert (case.state, case.outcome) == (CaseState.ENDED, Outcome.DEEMED_WITHDRAWN)
        else:
            assert answered == "answered"
            assert case.state == CaseState.CHECKING
    all_holds(office)


def test_the_opinion_comes_as_the_department_is_taken_to_agree(office: Engine) -> None:
    def accepted(centre: Centre) -> tuple[int, int]:
        case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
        return centre.part(case, "business_licence_check").id, centre.task(
            case, "review", "business_licence_check"
        ).id

    part_id, task_id = alone(office, accepted)

    def opinion(centre: Centre) -> None:
        departments.review(centre.session, task_id, None, centre.staff["chenli"], AGREE, "", "", CONSENT_OVER)

    def consent(centre: Centre) -> bool:
        part = centre.session.get_one(CasePart, part_id)
        tasks.lock_case(centre.session, part.case_id)
        return silence.deem_consent(centre.session, part, centre.calendar, CONSENT_OVER)

    given, deemed = at_once(office, opinion, consent)
    assert isinstance(given, DomainError) == bool(deemed)
    with unit_of_work(office) as session:
        in_force = select(func.count()).where(Opinion.part_id == part_id, Opinion.superseded_at.is_(None))
        assert session.scalar(in_force) == 1
    all_holds(office)
