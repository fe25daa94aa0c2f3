"""Two people at the same instant, with real threads: PostgreSQL's row locks and SQLite's one writer.

Whoever comes second is told so; nothing is lost, doubled or left waiting for ever.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from approvals import intake, people, tasks
from approvals.decision import Ruling
from approvals.errors import DomainError, StaleTask, WrongState
from approvals.fees import FeeSettled
from approvals.permits import FeesDue
from approvals.tables import Applicant, Case, Document, JournalEntry, Opinion, Staff, Task
from approvals.terms import CaseState, OpinionKind
from processes.steps import checking, closing, decisions, departments, lead, window
from tests import invariants
from tests.centre import COFFEE_BAR, HOT_POT, MONDAY
from web.demo.centre import NOODLE_SHOP, Centre
from web.transactions import unit_of_work

Act = Callable[[Centre], object]
AGREE = OpinionKind.AGREE


@pytest.fixture(params=["centre_engine", pytest.param("postgres", marks=pytest.mark.postgres)])
def office(request: pytest.FixtureRequest) -> Engine:
    """The centre on either database."""
    engine: Engine = request.getfixturevalue(request.param)
    return engine


def alone(office: Engine, act: Callable[[Centre], Any]) -> Any:
    """One act in a transaction of its own."""
    with unit_of_work(office) as session:
        return act(_centre(session))


def at_once(office: Engine, *acts: Act) -> list[object]:
    """Every act in a thread and a transaction of its own, begun together; results or refusals in order."""
    together = Barrier(len(acts))

    def run(act: Act) -> object:
        together.wait(timeout=30)
        try:
            return alone(office, act)
        except DomainError as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def all_holds(office: Engine) -> None:
    with unit_of_work(office) as session:
        invariants.check(session)


def _centre(session: Session) -> Centre:
    staff = {one.login: one for one in session.scalars(select(Staff)).unique()}
    return Centre(session, staff, MONDAY)


def accepted(item: str = "restaurant_opening", answers: Any = HOT_POT) -> Callable[[Centre], int]:
    def act(centre: Centre) -> int:
        return centre.accept(centre.draft(item, answers)).id

    return act


def case_of(centre: Centre, case_id: int) -> Case:
    return centre.session.get_one(Case, case_id)


def opinion_on(task_id: int, version: int | None = None, login: str = "") -> Act:
    def act(centre: Centre) -> None:
        task = centre.session.get_one(Task, task_id)
        staff = centre.staff[login] if login else centre.who(task)
        departments.review(centre.session, task_id, version, staff, AGREE, "", "", MONDAY)

    return act


def open_ids(office: Engine, case_id: int, *steps: str) -> list[int]:
    with unit_of_work(office) as session:
        return [task.id for task in tasks.open_tasks(session, case_id) if task.step in steps]


def refusals(results: list[object]) -> list[type[DomainError]]:
    return [type(result) for result in results if isinstance(result, DomainError)]


def test_the_last_opinions_at_the_same_instant_wake_the_lead_once(office):
    case_id = alone(office, accepted())
    rounds = [5, 2, 4, 5] * (5 if office.dialect.name == "postgresql" else 1)
    for last in rounds:
        waiting = open_ids(office, case_id, "review")
        for task_id in waiting[last:]:
            alone(office, opinion_on(task_id))
        assert refusals(at_once(office, *(opinion_on(task_id) for task_id in waiting[:last]))) == []
        assert len(open_ids(office, case_id, "collate")) == 1
        assert open_ids(office, case_id, "review") == []
        all_holds(office)
        alone(office, _send_all_back(case_id))
    with unit_of_work(office) as session:
        told = select(func.count()).where(JournalEntry.case_id == case_id, JournalEntry.act == "opinion")
        assert session.scalar(told) == len(rounds) * 5


def _send_all_back(case_id: int) -> Act:
    def act(centre: Centre) -> None:
        for part_id in [part.id for part in case_of(centre, case_id).parts]:
            _send_back(centre, part_id)

    return act


def _send_back(centre: Centre, part_id: int) -> None:
    lead.send_back(centre.session, part_id, centre.staff["qiantou"], "请补充（示例）", MONDAY)


def test_one_task_is_done_once_and_the_second_officer_is_told(office):
    case_id = alone(office, accepted("shop_sign", {}))
    (task_id,) = open_ids(office, case_id, "review")
    results = at_once(office, opinion_on(task_id, 1, "heqing"), opinion_on(task_id, 1, "lvmei"))
    assert refusals(results) == [StaleTask]
    with unit_of_work(office) as session:
        assert session.scalar(select(func.count()).select_from(Opinion)) == 1
    assert len(open_ids(office, case_id, "decide")) == 1
    all_holds(office)


def test_one_of_two_colleagues_claims(office):
    case_id = alone(office, accepted("shop_sign", {}))
    (task_id,) = open_ids(office, case_id, "review")
    assert refusals(at_once(office, _claim(task_id, "heqing"), _claim(task_id, "lvmei"))) == [tasks.TaskHeld]


def _claim(task_id: int, login: str = "") -> Act:
    def act(centre: Centre) -> None:
        staff = centre.staff[login] if login else centre.who(centre.session.get_one(Task, task_id))
        tasks.claim(centre.session, task_id, staff, MONDAY)

    return act


def test_a_double_click_makes_one_case(office):
    draft_id = alone(office, lambda centre: centre.draft("restaurant_opening", COFFEE_BAR).id)

    def click(centre: Centre) -> None:
        centre.accept(case_of(centre, draft_id))

    assert refusals(at_once(office, click, click, click)) == [intake.AlreadySubmitted] * 2
    with unit_of_work(office) as session:
        accepted_papers = select(func.count()).where(Document.kind == "acceptance")
        assert session.scalar(accepted_papers) == 1
    all_holds(office)


def test_a_decision_against_a_withdrawal(office):
    for _ in range(4):
        case_id = alone(office, accepted("shop_sign", {}))
        for task_id in open_ids(office, case_id, "review"):
            alone(office, opinion_on(task_id))
        (task_id,) = open_ids(office, case_id, "decide")
        results = at_once(office, _grant(task_id), _withdraw(case_id))
        assert refusals(results) in ([StaleTask], [WrongState])
        all_holds(office)


def _grant(task_id: int) -> Act:
    ruling = Ruling(True, "符合条件", "")
    return lambda centre: decisions.decide(
        centre.session, task_id, 1, centre.who(centre.session.get_one(Task, task_id)), ruling, MONDAY
    )


def _withdraw(case_id: int) -> Act:
    return lambda centre: closing.withdraw(centre.session, case_id, None, "另行选址", MONDAY)


def test_a_transfer_against_the_completion(office):
    for _ in range(4):
        case_id = alone(office, accepted("shop_sign", {}))
        (task_id,) = open_ids(office, case_id, "review")
        results = at_once(office, opinion_on(task_id, 1, "heqing"), _transfer(task_id))
        assert refusals(results) == [StaleTask]
        all_holds(office)


def _transfer(task_id: int) -> Act:
    return lambda centre: tasks.transfer(
        centre.session, task_id, centre.staff["heqing"], centre.staff["lvmei"], MONDAY
    )


def test_a_leavers_tasks_are_handed_over_while_they_are_done(office):
    case_id = alone(office, accepted())
    waiting = open_ids(office, case_id, "review")
    for task_id in waiting:
        alone(office, _claim(task_id))

    def leave(centre: Centre) -> None:
        admin, leaver, successor = (centre.staff[login] for login in ("admin", "chenli", "zhaomin"))
        people.deactivate(centre.session, admin, leaver, successor=successor, now=MONDAY)

    at_once(office, leave, *(opinion_on(task_id) for task_id in waiting))
    with unit_of_work(office) as session:
        left = select(func.count()).where(
            Task.holder_id == Staff.id, Staff.login == "chenli", Task.state == "open"
        )
        assert session.scalar(left) == 0
    all_holds(office)


def test_twenty_cases_numbered_at_once_some_of_which_fail_at_the_end(office):
    drafts = [alone(office, lambda centre: centre.draft("food_licence", {}).id) for _ in range(20)]

    def accept(draft_id: int) -> Act:
        def act(centre: Centre) -> None:
            centre.accept(case_of(centre, draft_id))
            if draft_id % 3 == 0:
                raise WrongState(state="示例", act="示例")  # after the numbers were given

        return act

    failed = refusals(at_once(office, *(accept(draft_id) for draft_id in drafts)))
    with unit_of_work(office) as session:
        given = session.scalars(
            select(Case.number).where(Case.number.is_not(None)).order_by(Case.number)
        ).all()
    assert [number[-5:] for number in given if number] == [f"{n:05d}" for n in range(1, 21 - len(failed))]
    assert len(failed) == sum(draft_id % 3 == 0 for draft_id in drafts)
    all_holds(office)


def test_certificates_of_cases_decided_in_opposite_order_do_not_wait_for_each_other(office):
    ready = [alone(office, _decided(backwards=backwards)) for backwards in (False, True, False, True)]
    assert refusals(at_once(office, *(_issue(case_id) for case_id in ready))) == []
    all_holds(office)


def _issue(case_id: int) -> Act:
    return lambda centre: centre.issue(case_of(centre, case_id))


def _decided(*, backwards: bool) -> Callable[[Centre], int]:
    def act(centre: Centre) -> int:
        case = case_of(centre, accepted()(centre))
        centre.opine_all(case)
        centre.collate(case)
        for task in sorted(
            tasks.open_tasks(centre.session, case.id, "decide"), key=lambda t: t.id, reverse=backwards
        ):
            _grant(task.id)(centre)
        centre.grant_all(case)
        return case.id

    return act


def test_an_answer_at_the_window_and_online_is_taken_once(office):
    case_id = alone(office, lambda centre: _corrected(centre).id)
    (task_id,) = open_ids(office, case_id, "answer_correction")

    def at_window(centre: Centre) -> None:
        clerk = centre.staff["linxiao"]
        checking.answer_correction(centre.session, task_id, None, clerk, "已补交", MONDAY)

    def online(centre: Centre) -> None:
        checking.answer_online(centre.session, case_id, "已补交", MONDAY)

    assert len(refusals(at_once(office, at_window, online))) == 1
    all_holds(office)


def _corrected(centre: Centre) -> Case:
    case = centre.draft("shop_sign", {}, complete=False)
    return window.correct_at_window(centre.session, case.id, centre.staff["linxiao"], centre.calendar, MONDAY)


@pytest.mark.parametrize("against", ["send_back", "add_department", "collate"])
def test_the_lead_acts_while_the_last_opinion_comes_in(office, against):
    for _ in range(2):
        case_id = alone(office, accepted(answers=COFFEE_BAR))
        first, *others = open_ids(office, case_id, "review")
        for task_id in others:
            alone(office, opinion_on(task_id))
        act = {"send_back": _send_back_last, "add_department": _add, "collate": _collate}[against](case_id)
        at_once(office, opinion_on(first), act)
        all_holds(office)


def _send_back_last(case_id: int) -> Act:
    return lambda centre: _send_back(centre, case_of(centre, case_id).parts[-1].id)


def _add(case_id: int) -> Act:
    return lambda centre: lead.add_department(
        centre.session, case_id, "006", centre.staff["qiantou"], "设儿童游乐区", MONDAY
    )


def _collate(case_id: int) -> Act:
    def act(centre: Centre) -> None:
        for task in tasks.open_tasks(centre.session, case_id, "collate"):
            lead.collate(centre.session, task.id, task.version, centre.staff["qiantou"], "", "", MONDAY)

    return act


def test_a_fee_is_paid_once_and_nothing_is_issued_before(office):
    case_id = alone(office, accepted("shop_sign", {"road_occupied_days": 3}))
    for task_id in open_ids(office, case_id, "review"):
        alone(office, opinion_on(task_id))
    for task_id in open_ids(office, case_id, "decide"):
        alone(office, _grant(task_id))

    def pay(centre: Centre) -> None:
        clerk = centre.staff["linxiao"]
        closing.pay_fee(centre.session, case_id, "road_occupation", "票据 1", clerk, MONDAY)

    refused = refusals(at_once(office, pay, pay, _issue(case_id)))
    assert refused.count(FeeSettled) == 1
    assert set(refused) <= {FeeSettled, FeesDue}
    all_holds(office)


def test_two_windows_enter_the_same_new_applicant(office):
    def enter(centre: Centre) -> int:
        clerk = centre.staff["linxiao"]
        return people.find_or_create(centre.session, clerk, now=MONDAY, **vars(NOODLE_SHOP)).id

    results = at_once(office, *[enter] * 6)
    assert len(set(results)) == 1
    with unit_of_work(office) as session:
        assert session.scalar(select(func.count()).select_from(Applicant)) == 1
        assert session.scalar(select(func.count()).where(Case.state != CaseState.DRAFT)) == 0
