"""Supervisory orders and urging: their life, who may, and that a refusal writes nothing."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from approvals import clock, supervision, urging
from approvals.errors import DomainError, Forbidden, NotFound, ReasonRequired, StaleTask, WrongState
from approvals.queries import orders
from approvals.supervision import AnswerRequired, OrderAnswered, OrderClosed, OrderStands, OrderUnanswered
from approvals.tables import Case, Document, JournalEntry, Message, SupervisoryOrder, Task, Urging
from approvals.terms import CaseState
from approvals.urging import UrgedToday, WordsRequired
from processes.steps import supervision as steps
from tests.centre import HOT_POT
from web.demo.centre import Centre

TABLES = (SupervisoryOrder, Urging, JournalEntry, Message, Document)


@pytest.fixture
def case(centre: Centre) -> Case:
    """A restaurant accepted on Monday morning."""
    return centre.accept(centre.draft("restaurant_opening", HOT_POT))


def rows(centre: Centre) -> list[int]:
    """How much stands in every table an order or an urging writes to."""
    centre.session.flush()
    return [centre.session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def refused(centre: Centre, error: type[DomainError], act: Callable[[], object]) -> str:
    """The sentence of a refusal, which wrote nothing."""
    before = rows(centre)
    states = centre.session.execute(select(SupervisoryOrder.id, SupervisoryOrder.state)).all()
    with pytest.raises(error) as raised:
        act()
    assert rows(centre) == before
    assert centre.session.execute(select(SupervisoryOrder.id, SupervisoryOrder.state)).all() == states
    return raised.value.text()


def order_fire(centre: Centre, case: Case, reasons: str = "仍未提交审查意见") -> SupervisoryOrder:
    part = centre.part(case, "fire_inspection")
    return steps.open_order(centre.session, case.id, part.id, centre.staff["jiancha"], reasons, centre.now)


def inbox(centre: Centre, stage: str) -> set[str]:
    """Who was told."""
    return set(centre.session.scalars(select(Message.to_mask).where(Message.stage == stage)))


# --- orders


def test_an_order_is_numbered_told_and_due_in_three_working_days(centre: Centre, case: Case) -> None:
    task = centre.task(case, "review", "fire_inspection")
    task.holder_id = centre.staff["wuhao"].id
    order = order_fire(centre, case)
    assert clock.local_day(order.answer_by) == date(2026, 11, 26)
    assert (order.state, order.automatic, order.department.zh) == ("open", False, "示例县消防救援大队")
    document = centre.session.get_one(Document, order.document_id)
    assert document.number == "示政务督〔2026〕1号"
    assert not document.public
    assert "示例县消防救援大队：" in document.html
    assert inbox(centre, "order") == {"示例县消防救援大队", "郑安（示例）", "吴昊（示例）"}
    entry = centre.session.scalars(select(JournalEntry).where(JournalEntry.act == "open_order")).one()
    assert entry.after == {
        "document": document.number, "department": "示例县消防救援大队", "reasons": "仍未提交审查意见",
    }  # fmt: skip


def test_an_order_opened_on_friday_is_due_on_wednesday(centre: Centre, case: Case) -> None:
    centre.later(days=4)
    assert clock.local_day(order_fire(centre, case).answer_by) == date(2026, 12, 2)


def test_an_order_on_the_whole_case_goes_to_the_lead(centre: Centre, case: Case) -> None:
    order = steps.open_order(centre.session, case.id, None, centre.staff["jiancha"], "拖延", centre.now)
    assert (order.part_id, order.department_id) == (None, case.department_id)


def test_the_automatic_order_is_the_systems_and_stands_once(centre: Centre, case: Case) -> None:
    part = centre.part(case, "fire_inspection")

    def past_the_limit() -> SupervisoryOrder:
        return supervision.open_order(
            centre.session, case, part, None, "法定期限届满", centre.now, centre.calendar, automatic=True
        )

    first = past_the_limit()
    document = centre.session.get_one(Document, first.document_id)
    assert (first.opened_by_id, document.issued_by_id) == (None, None)
    assert "系统自动出具" in document.html
    assert document.number.startswith("示政务督")  # of the department where supervision sits
    before = rows(centre)
    assert past_the_limit() is first
    assert rows(centre) == before
    other = supervision.open_order(
        centre.session, case, centre.part(case, "shop_sign"), None, "届满", centre.now, centre.calendar, automatic=True
    )  # fmt: skip
    assert other.id != first.id


def test_an_automatic_order_stands_beside_one_given_by_supervision(centre: Centre, case: Case) -> None:
    given = order_fire(centre, case)
    part = centre.part(case, "fire_inspection")
    own = supervision.open_order(
        centre.session, case, part, None, "届满", centre.now, centre.calendar, automatic=True
    )
    assert own.id != given.id


def test_answered_returned_answered_late_and_closed(centre: Centre, case: Case) -> None:
    session, head, supervisor = centre.session, centre.staff["xiaofang"], centre.staff["jiancha"]
    order = order_fire(centre, case)
    centre.later(days=1)
    steps.answer_order(session, order.id, head, "  正在办理 ", centre.now)
    assert (order.state, order.answer, order.answered_by_id) == ("answered", "正在办理", head.id)
    assert inbox(centre, "order_answered") == {"严正（示例）"}
    centre.later(days=1)
    steps.return_order(session, order.id, supervisor, "没有写明原因", centre.now)
    assert (order.state, order.answer, order.answered_at) == ("open", "", None)
    assert clock.local_day(order.answer_by) == date(2026, 11, 30)  # three working days from Wednesday
    assert inbox(centre, "order_returned") == {"郑安（示例）"}
    centre.later(days=7)
    steps.answer_order(session, order.id, head, "经办人病假，已改派", centre.now)
    steps.close_order(session, order.id, supervisor, "", centre.now)
    assert order.state == "closed"
    file = orders.file(session, order.id, supervisor)
    assert [entry.act for entry in file.history] == [
        "open_order", "answer_order", "return_order", "answer_order", "close_order",
    ]  # fmt: skip
    assert [entry.after.get("late") for entry in file.history] == [None, False, None, True, None]
    assert file.row.late(centre.now)
    assert file.history[1].after["answer"] == "正在办理"  # the first answer is not lost


@pytest.mark.parametrize("reasons", ["", "  \n"])
def test_an_order_without_reasons(centre: Centre, case: Case, reasons: str) -> None:
    assert refused(centre, ReasonRequired, lambda: order_fire(centre, case, reasons)) == "请写明理由。"


@pytest.mark.parametrize("login", ["linxiao", "chenli", "xiaofang", "qiantou", "xianzhang", "admin"])
def test_only_supervision_gives_orders(centre: Centre, case: Case, login: str) -> None:
    staff = centre.staff[login]
    refused(
        centre,
        Forbidden,
        lambda: steps.open_order(centre.session, case.id, None, staff, "拖延", centre.now),
    )


def test_a_second_order_on_the_same_matter(centre: Centre, case: Case) -> None:
    order_fire(centre, case)
    sentence = refused(centre, OrderStands, lambda: order_fire(centre, case))
    assert "示政务督〔2026〕1号" in sentence


def test_no_order_on_a_draft_or_on_what_has_ended(centre: Centre, case: Case) -> None:
    draft = centre.draft("public_venue_hygiene", {})
    supervisor = centre.staff["jiancha"]
    for each in (draft, case):
        each.state = CaseState.ENDED if each is case else each.state
        centre.session.flush()
        refused(
            centre,
            WrongState,
            lambda each=each: steps.open_order(  # type: ignore[misc]
                centre.session, each.id, None, supervisor, "拖延", centre.now
            ),
        )


def test_a_part_of_another_case_and_an_unknown_order(centre: Centre, case: Case) -> None:
    other = centre.accept(centre.draft("public_venue_hygiene", {}))
    staff = centre.staff["jiancha"]
    refused(
        centre,
        NotFound,
        lambda: steps.open_order(centre.session, case.id, other.parts[0].id, staff, "拖延", centre.now),
    )
    refused(centre, NotFound, lambda: steps.answer_order(centre.session, 99, staff, "是", centre.now))


@pytest.mark.parametrize("login", ["zhouyan", "chengguan", "jiancha", "xianzhang"])
def test_only_the_head_of_the_department_answers(centre: Centre, case: Case, login: str) -> None:
    order = order_fire(centre, case)
    staff = centre.staff[login]
    refused(
        centre,
        Forbidden,
        lambda: steps.answer_order(centre.session, order.id, staff, "是我们的错", centre.now),
    )


def test_empty_second_and_too_late_answers(centre: Centre, case: Case) -> None:
    session, head = centre.session, centre.staff["xiaofang"]
    order = order_fire(centre, case)
    refused(centre, AnswerRequired, lambda: steps.answer_order(session, order.id, head, "  ", centre.now))
    steps.answer_order(session, order.id, head, "已改派", centre.now)
    sentence = refused(
        centre, OrderAnswered, lambda: steps.answer_order(session, order.id, head, "又一份", centre.now)
    )
    assert "郑安（示例）" in sentence
    assert order.answer == "已改派"
    steps.close_order(session, order.id, centre.staff["jiancha"], "", centre.now)
    refused(centre, OrderClosed, lambda: steps.answer_order(session, order.id, head, "又一份", centre.now))


def test_closing_and_returning_need_an_answer_and_the_right(centre: Centre, case: Case) -> None:
    session, head, supervisor = centre.session, centre.staff["xiaofang"], centre.staff["jiancha"]
    order = order_fire(centre, case)

    def close(staff: object = supervisor) -> Callable[[], object]:
        return lambda: steps.close_order(session, order.id, staff, "好", centre.now)  # type: ignore[arg-type]

    def give_back(note: str) -> Callable[[], object]:
        return lambda: steps.return_order(session, order.id, supervisor, note, centre.now)

    refused(centre, OrderUnanswered, close())
    refused(centre, OrderUnanswered, give_back("再答"))
    steps.answer_order(session, order.id, head, "已改派", centre.now)
    refused(centre, Forbidden, close(head))
    refused(centre, ReasonRequired, give_back(" "))
    steps.close_order(session, order.id, supervisor, "好", centre.now)
    refused(centre, OrderClosed, close())
    refused(centre, OrderClosed, give_back("再答"))


def test_a_head_sees_the_orders_of_the_own_department_alone(centre: Centre, case: Case) -> None:
    order = order_fire(centre, case)
    session, now = centre.session, centre.now
    assert orders.counts(session, centre.staff["xiaofang"], now)["open"] == 1
    assert orders.counts(session, centre.staff["chengguan"], now)["open"] == 0
    assert orders.counts(session, centre.staff["xianzhang"], now)["open"] == 1
    with pytest.raises(NotFound):
        orders.file(session, order.id, centre.staff["chengguan"])


def test_late_orders_are_those_past_their_limit_or_answered_after_it(centre: Centre, case: Case) -> None:
    supervisor, head = centre.staff["jiancha"], centre.staff["xiaofang"]
    order = order_fire(centre, case)
    last, first_late = order.answer_by, order.answer_by + timedelta(microseconds=1)
    for instant, late in ((last, 0), (first_late, 1)):
        assert orders.counts(centre.session, supervisor, instant)["late"] == late
        assert orders.waiting(centre.session, supervisor, 9, instant).late == late
    steps.answer_order(centre.session, order.id, head, "迟了", first_late)
    assert orders.counts(centre.session, supervisor, first_late)["late"] == 1
    assert orders.page(centre.session, supervisor, "late", 0, 1, first_late).rows[0].late(first_late)
    steps.close_order(centre.session, order.id, supervisor, "", first_late)
    assert orders.counts(centre.session, supervisor, first_late)["late"] == 0


# --- urging


def urge(centre: Centre, task: Task, login: str, words: str = "请尽快") -> Urging:
    return steps.urge(centre.session, task.id, centre.staff[login], words, centre.now)


def test_an_urging_reaches_the_holder_alone(centre: Centre, case: Case) -> None:
    task = centre.task(case, "review", "fire_inspection")
    task.holder_id = centre.staff["wuhao"].id
    urge(centre, task, "jiancha")
    assert inbox(centre, "urged") == {"吴昊（示例）"}
    message = centre.session.scalars(select(Message).where(Message.stage == "urged")).one()
    assert message.task_id == task.id
    assert "审查" in message.body
    assert "严正（示例）催办。请尽快" in message.body


def test_an_unclaimed_step_is_brought_to_all_who_could_do_it(centre: Centre, case: Case) -> None:
    urge(centre, centre.task(case, "review", "fire_inspection"), "jiancha")
    assert inbox(centre, "urged") == {"周岩（示例）", "吴昊（示例）"}


def test_a_window_step_is_brought_to_the_clerk_of_the_case(centre: Centre) -> None:
    centre.clerk = "wangyu"
    case = centre.receive(centre.draft("public_venue_hygiene", {}))
    urge(centre, centre.task(case, "check_materials"), "jiancha")
    assert inbox(centre, "urged") == {"王雨（示例）"}
    centre.staff["wangyu"].active = False
    centre.later(days=1)
    urge(centre, centre.task(case, "check_materials"), "jiancha")
    assert inbox(centre, "urged") == {"王雨（示例）", "林晓（示例）"}


MAY_URGE = {
    "jiancha": True, "qiantou": True, "linxiao": True, "xiaofang": True, "wangyu": False, "chengguan": False,
    "zhouyan": False, "xianzhang": False, "lijing": False, "admin": False,
}  # fmt: skip
"""Supervision, the lead, the clerk of the case and the department's head; not other clerks, heads and leads."""


@pytest.mark.parametrize(("login", "may"), MAY_URGE.items())
def test_who_may_urge(centre: Centre, case: Case, login: str, may: bool) -> None:
    task = centre.task(case, "review", "fire_inspection")
    assert urging.may_urge(centre.staff[login], case, task) == may
    if may:
        assert urge(centre, task, login).by_id == centre.staff[login].id
    else:
        refused(centre, Forbidden, lambda: urge(centre, task, login))


def test_nobody_urges_himself(centre: Centre, case: Case) -> None:
    task = centre.task(case, "review", "food_licence")
    task.holder_id = centre.staff["qiantou"].id
    refused(centre, Forbidden, lambda: urge(centre, task, "qiantou"))


def test_once_a_working_day_by_each_person(centre: Centre, case: Case) -> None:
    task = centre.task(case, "review", "fire_inspection")
    centre.later(days=5)  # Saturday
    urge(centre, task, "jiancha")
    urge(centre, task, "qiantou")
    for days in (0, 1, 1):  # the weekend counts with its Monday
        centre.later(days=days)
        assert "同一工作日不重复催办" in refused(centre, UrgedToday, lambda: urge(centre, task, "jiancha"))
    centre.later(days=1)
    urge(centre, task, "jiancha")
    urge(centre, centre.task(case, "review", "shop_sign"), "jiancha")


def test_urging_without_words_or_what_is_done(centre: Centre, case: Case) -> None:
    task = centre.task(case, "review", "fire_inspection")
    refused(centre, WordsRequired, lambda: urge(centre, task, "jiancha", " "))
    centre.opine(case, "fire_inspection")
    refused(centre, StaleTask, lambda: urge(centre, task, "jiancha"))
    staff = centre.staff["jiancha"]
    refused(centre, NotFound, lambda: steps.urge(centre.session, 999, staff, "快", centre.now))
