"""The supervision desk: numbers that agree with the tasks, lists behind them, orders, reminders; and who may."""

import re
from collections import Counter
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from approvals import database
from approvals.deadlines import lamp
from approvals.queries import orders, queue, search
from approvals.queries import supervision as board
from approvals.tables import Case, Message, Staff, SupervisoryOrder, Task
from approvals.terms import Lamp
from processes.steps import supervision as steps
from tests.centre import COFFEE_BAR, HOT_POT, MONDAY
from tests.web.office import HYGIENE, RESTAURANT, Office, office
from web.demo.centre import Centre
from web.lamps import light_of
from web.supervision.names import shared_place

__all__ = ["office"]

LAMPS = [each.value for each in Lamp]
AGES = (0, 1, 4, 5, 7, 9, 12, 20, 40, 90)
"""Days before Monday on which the cases of the mixed centre were accepted."""


def mixed(centre: Centre) -> None:
    """Cases of every age, joint and plain, some further on, some paused, some ended."""
    for number, days in enumerate(AGES):
        centre.now = MONDAY - timedelta(days=days)
        joint = centre.accept(centre.draft(RESTAURANT, HOT_POT if number % 2 else COFFEE_BAR))
        plain = centre.accept(centre.draft(HYGIENE, {}))
        centre.receive(centre.draft("fire_inspection", {}))
        if number % 3 == 0:
            centre.opine_all(plain)
        if number % 4 == 0:
            centre.opine(joint, centre.open_parts(joint, "review")[0])
        if number % 5 == 0:
            pause(centre, plain)
    centre.now = MONDAY


def pause(centre: Centre, case: Case) -> None:
    """As the ledger stores a pause: on the case and on its open tasks."""
    for each in (
        case,
        *centre.session.scalars(select(Task).where(Task.case_id == case.id, Task.state == "open")),
    ):
        each.paused, each.paused_left = True, 3
    centre.session.flush()


def recounted(centre: Centre, department_id: int | None = None) -> dict[tuple[int, str], int]:
    """Every open task looked at one by one: (department, or 0 for the window; lamp) → how many."""
    found: Counter[tuple[int, str]] = Counter()
    for task in centre.session.scalars(select(Task)):
        if task.state != "open":
            continue
        desk = 0 if task.role == "window_clerk" else task.department_id
        code = lamp(task.promised_due, task.statutory_due, task.yellow_at, task.paused, centre.now)
        if department_id is None or desk == department_id:
            found[desk, code.value] += 1
    return dict(found)


def shown(page: str) -> dict[tuple[int, str], int]:
    """The numbers of the matrix as its links say what they count."""
    cells = re.findall(r'href="/supervision/tasks\?department=(\d+)&amp;lamp=(\w+)">(\d+)</a>', page)
    return {(int(desk), code): int(number) for desk, code, number in cells}


def listed(browser: FlaskClient, path: str) -> list[int]:
    """The tasks of a list, over all its pages."""
    found: list[int] = []
    for number in range(1, 30):
        page = browser.get(f"{path}&page={number}").text
        found += [int(task) for task in re.findall(r'<tr data-row="(\d+)"', page)]
        if f"page={number + 1}" not in page:
            return found
    raise AssertionError("the list has no end")


# --- the numbers


def test_the_board_counts_what_a_recount_of_every_task_counts(office: Office) -> None:
    with office.work() as centre:
        mixed(centre)
        expected = recounted(centre)
    assert {code for _, code in expected} >= {"green", "yellow", "red", "paused"}
    page = office.as_("jiancha").get("/supervision/").text
    assert shown(page) == expected
    for code in ("yellow", "red_order"):
        total = sum(number for (_, own), number in expected.items() if own == code)
        assert f'href="/supervision/tasks?lamp={code}">{total}</a>' in page or (
            total == 0 and f"超法定 {total}" in page
        )


def test_every_number_opens_a_list_of_so_many(office: Office) -> None:
    with office.work() as centre:
        mixed(centre)
        expected = recounted(centre)
    browser = office.as_("jiancha")
    for (desk, code), number in expected.items():
        tasks = listed(browser, f"/supervision/tasks?department={desk}&lamp={code}")
        assert len(tasks) == len(set(tasks)) == number, (desk, code)
    everything = listed(browser, "/supervision/tasks?q=")
    assert len(everything) == sum(expected.values())
    late = listed(browser, "/supervision/tasks?lamp=late")
    red = [number for (_, code), number in expected.items() if code in ("red", "red_order")]
    assert len(late) == sum(red)


def test_joint_tasks_are_counted_and_listed_apart(office: Office) -> None:
    with office.work() as centre:
        mixed(centre)
        yellow = [
            task for task in centre.session.scalars(select(Task).where(Task.state == "open"))
            if task.case.item.kind == "joint"
            and lamp(task.promised_due, task.statutory_due, task.yellow_at, task.paused, MONDAY) == Lamp.YELLOW
        ]  # fmt: skip
    browser = office.as_("jiancha")
    assert f"其中联办 {len(yellow)}" in browser.get("/supervision/").text
    assert sorted(listed(browser, "/supervision/tasks?lamp=yellow&joint=1")) == sorted(
        task.id for task in yellow
    )


def test_the_board_takes_six_statements_whatever_its_size(office: Office) -> None:
    with office.work() as centre:
        staff = centre.staff["jiancha"]
        for _ in range(2):
            mixed(centre)
        for case in centre.cases()[:12:3]:
            steps.open_order(centre.session, case.id, None, staff, "拖延", MONDAY)
    with database.reading_session(office.engine) as session:
        for login in ("jiancha", "shichang"):
            staff = session.scalars(select(Staff).where(Staff.login == login)).one()
            calendar = Centre(session, {}, MONDAY).calendar
            with counting(office.engine) as statements:
                found = board.board(session, staff, calendar, MONDAY)
            assert found.dangers
            assert len(statements) <= 6, statements
    browser = office.as_("jiancha")
    browser.get("/supervision/")
    with office.counted() as statements:
        browser.get("/supervision/")
    assert len(statements) <= 9, statements  # with who is signed in, stand-ins and the calendar in force


def counting(engine: Engine):
    """The statements of an engine of the test's own."""
    return Office(FakeApp(engine), engine).counted()  # type: ignore[arg-type]


class FakeApp:
    def __init__(self, engine: Engine) -> None:
        self.extensions = {"engine": engine}


def test_the_day_by_its_hours_and_the_month_in_time(office: Office) -> None:
    with office.work() as centre:
        centre.accept(centre.draft(HYGIENE, {}))  # 10:00 in Shanghai
        centre.later(hours=5)
        centre.accept(centre.draft(HYGIENE, {}))
        centre.now = MONDAY - timedelta(days=1)
        centre.accept(centre.draft(HYGIENE, {}))
        for late in (False, True):
            centre.now = MONDAY - timedelta(days=20 if late else 4)
            case = centre.accept(centre.draft(HYGIENE, {}))
            centre.now = MONDAY
            finish(centre, case)
        figures = board.board(centre.session, centre.staff["jiancha"], centre.calendar, MONDAY).figures
    assert (figures.accepted[10], figures.accepted[15], sum(figures.accepted)) == (1, 1, 2)
    assert (figures.ended[10], sum(figures.ended)) == (2, 2)
    assert (figures.open_cases, figures.ended_this_month, figures.in_time_this_month) == (3, 2, 1)
    page = office.as_("jiancha").get("/supervision/").text
    assert "50.0 %" in page
    assert "今日受理 2 · 办结 2" in page


def finish(centre: Centre, case: Case) -> None:
    centre.opine_all(case)
    centre.grant_all(case)
    centre.pay_fees(case)
    centre.issue(case)
    centre.deliver(case)


def test_nobody_has_anything_to_do(office: Office) -> None:
    page = office.as_("jiancha").get("/supervision/").text
    assert "没有待办" in page
    assert "没有日期吃紧的联办件" in page
    assert "没有待答复的督办单" in page
    assert "今天还没有受理和办结。" in page
    assert "还没有办结的办件" in office.as_("jiancha").get("/supervision/holding-times").text


def test_a_joint_case_in_danger_names_who_holds_its_date(office: Office) -> None:
    with office.work() as centre:
        centre.now = MONDAY - timedelta(days=3)  # Friday
        case = centre.accept(centre.draft(RESTAURANT, HOT_POT))
        for part in centre.open_parts(case, "review"):
            if part not in ("fire_inspection", "shop_sign"):
                centre.opine(case, part)
        case.yellow_at = centre.now = MONDAY
        dangers = board.dangers(centre.session, centre.staff["jiancha"], centre.calendar, centre.now)
        assert [danger.case.id for danger in dangers] == [case.id]
        slack = {lane.part_id: lane.slack for lane in dangers[0].path.lanes}
        assert slack[centre.part(case, "fire_inspection").id] == 0  # five days, the sign three
        assert slack[centre.part(case, "shop_sign").id] == 2
        number = str(case.number)
        case_id = case.id
    page = office.as_("jiancha").get("/supervision/").text
    assert f"…{number[-5:]}" in page
    chips = re.findall(r'slack-chip( tight)?" title="[^"]*">(\S+) <b>([^<]+)</b>', page)
    assert chips == [(" tight", "消防救援大队", "占用"), ("", "城市管理局", "余 2 日")]
    lane = office.as_("jiancha").get(f"/cases/{case_id}").text
    assert lane.count("占用总期限") == 1
    assert "余 2 个工作日" in lane


def test_a_decided_case_is_in_no_danger_and_keeps_its_lamp(office: Office) -> None:
    with office.work() as centre:
        centre.now = MONDAY - timedelta(days=12)
        case = centre.accept(centre.draft(RESTAURANT, COFFEE_BAR))
        centre.opine_all(case)
        centre.collate(case)
        centre.grant_all(case)  # on the first day
        centre.now = MONDAY
        staff = centre.staff["jiancha"]
        assert board.dangers(centre.session, staff, centre.calendar, MONDAY) == []
        rows = search.find(centre.session, staff, search.Sought(lamp="green"), 1, MONDAY).rows
        assert [row.case_id for row in rows] == [case.id]


# --- who may


@pytest.mark.parametrize("login", ["linxiao", "chenli", "qiantou", "admin"])
def test_the_desk_is_closed_to_others(office: Office, login: str) -> None:
    browser = office.as_(login)
    for path in ("/", "/tasks", "/orders", "/orders/1", "/holding-times"):
        assert browser.get(f"/supervision{path}").status_code in (403, 404), path
    assert ">监察</a>" not in browser.get("/search/" if login != "admin" else "/admin/staff").text


def test_visitors_are_sent_to_sign_in(office: Office) -> None:
    assert office.app.test_client().get("/supervision/").status_code == 302
    assert office.app.test_client().get("/reminders/").status_code == 302


def test_supervision_and_government_begin_their_day_at_the_board(office: Office) -> None:
    for login in ("jiancha", "xianzhang"):
        assert office.as_(login).get("/").location == "/supervision/"


def test_a_head_sees_the_own_department_alone(office: Office) -> None:
    with office.work() as centre:
        mixed(centre)
        fire = centre.staff["xiaofang"].department_id
        own, all_ = recounted(centre, fire), recounted(centre)
        others = {desk for desk, _ in all_} - {fire}
        case = centre.cases()[0]
        steps.open_order(centre.session, case.id, None, centre.staff["jiancha"], "拖延", MONDAY)
    browser = office.as_("xiaofang")
    page = browser.get("/supervision/").text
    assert shown(page) == own
    assert "没有待答复的督办单" in page  # the order is another department's
    assert len(listed(browser, "/supervision/tasks?q=")) == sum(own.values())
    for desk in others:
        assert listed(browser, f"/supervision/tasks?department={desk}") == []
    assert browser.get("/supervision/orders/1").status_code == 404
    assert shown(office.as_("xianzhang").get("/supervision/").text) == all_


# --- orders


def ordered(office: Office) -> tuple[int, int]:
    """A case under an order to the fire brigade, by the form of the case page: (case, order)."""
    case_id = office.accepted(RESTAURANT, HOT_POT)
    with office.work() as centre:
        part = centre.part(centre.session.get_one(Case, case_id), "fire_inspection").id
    answer = office.as_("jiancha").post(
        f"/cases/{case_id}/supervisory-orders", data={"part": part, "reasons": "仍未提交意见"}
    )
    assert (answer.status_code, answer.location) == (303, f"/cases/{case_id}")
    return case_id, 1


def state(office: Office, order_id: int = 1) -> str:
    with office.work() as centre:
        return centre.session.get_one(SupervisoryOrder, order_id).state


def test_an_order_from_the_case_page_to_its_end(office: Office) -> None:
    case_id, _ = ordered(office)
    supervisor, head = office.as_("jiancha"), office.as_("xiaofang")
    assert "示政务督〔2026〕1号" in supervisor.get("/supervision/").text
    assert "仍未提交意见" in supervisor.get("/supervision/orders").text
    page = head.get("/supervision/orders/1").text
    assert "2026-11-26 (周四)" in page
    assert "提交答复" in page
    assert "提交答复" not in supervisor.get("/supervision/orders/1").text
    assert head.post("/supervision/orders/1/answer", data={"answer": "已改派，明日提交"}).status_code == 303
    assert "等待监察审核" in head.get("/supervision/orders/1").text
    assert (
        "已改派，明日提交"
        in supervisor.get("/supervision/orders?state=answered").text
        + supervisor.get("/supervision/orders/1").text
    )
    assert supervisor.post("/supervision/orders/1/return", data={"note": "原因不明"}).status_code == 303
    assert "原因不明" in head.get("/supervision/orders/1").text
    assert head.post("/supervision/orders/1/answer", data={"answer": "经办人病假"}).status_code == 303
    assert supervisor.post("/supervision/orders/1/closing", data={"note": "同意"}).status_code == 303
    page = supervisor.get("/supervision/orders/1").text
    for words in ("已办结", "已改派，明日提交", "原因不明", "经办人病假", "同意"):
        assert words in page
    assert office.acts(case_id)[-5:] == [
        "open_order", "answer_order", "return_order", "answer_order", "close_order",
    ]  # fmt: skip


def test_the_case_and_the_lists_show_a_standing_order(office: Office) -> None:
    case_id, _ = ordered(office)
    assert "还剩" in office.as_("zhouyan").get("/queue/?tab=unclaimed").text  # a green case, and yet:
    for login in ("zhouyan", "xiaofang", "linxiao", "jiancha"):
        page = office.as_(login).get(f"/cases/{case_id}").text
        assert 'href="#oversight">督办</a>' in page, login
        assert "示政务督〔2026〕1号" in page
    mark = '<span class="badge red">督办</span>'
    assert mark in office.as_("zhouyan").get("/queue/?tab=unclaimed").text
    assert mark in office.as_("jiancha").get("/search/").text
    assert mark in office.as_("jiancha").get("/supervision/tasks").text
    with office.work() as centre:
        steps.answer_order(centre.session, 1, centre.staff["xiaofang"], "好", MONDAY)
        steps.close_order(centre.session, 1, centre.staff["jiancha"], "", MONDAY)
    assert mark not in office.as_("zhouyan").get("/queue/?tab=unclaimed").text
    assert 'href="#oversight"' not in office.as_("zhouyan").get(f"/cases/{case_id}").text


def test_refused_orders_show_the_page_again_with_what_was_typed(office: Office) -> None:
    case_id = office.accepted(RESTAURANT, HOT_POT)
    path = f"/cases/{case_id}/supervisory-orders"
    supervisor = office.as_("jiancha")
    empty = supervisor.post(path, data={"reasons": "  "})
    assert empty.status_code == 422
    assert "请写明理由。" in empty.text
    assert supervisor.post(path, data={"part": 999, "reasons": "慢"}).status_code == 404
    assert office.as_("xiaofang").post(path, data={"reasons": "慢"}).status_code == 403
    assert supervisor.post(path, data={"reasons": "慢"}).status_code == 303
    again = supervisor.post(path, data={"reasons": "还是慢"})
    assert again.status_code == 409
    assert "示政务督〔2026〕1号尚未办结" in again.text
    assert "还是慢" in again.text
    with office.work() as centre:
        assert len(centre.session.scalars(select(SupervisoryOrder)).all()) == 1


def test_refused_answers_and_judgements(office: Office) -> None:
    ordered(office)
    supervisor, head = office.as_("jiancha"), office.as_("xiaofang")
    early = supervisor.post("/supervision/orders/1/closing", data={"note": "好"})
    assert early.status_code == 409
    assert "还没有答复" in early.text
    assert head.post("/supervision/orders/1/answer", data={"answer": " "}).status_code == 422
    assert (
        office.as_("chengguan").post("/supervision/orders/1/answer", data={"answer": "我"}).status_code == 404
    )
    assert (
        office.as_("zhouyan").post("/supervision/orders/1/answer", data={"answer": "我"}).status_code == 403
    )
    assert head.post("/supervision/orders/1/closing", data={}).status_code == 403
    assert state(office) == "open"
    head.post("/supervision/orders/1/answer", data={"answer": "第一份"})
    second = head.post("/supervision/orders/1/answer", data={"answer": "第二份"})
    assert second.status_code == 409
    assert "已由郑安（示例）于" in second.text
    blank = supervisor.post("/supervision/orders/1/return", data={"note": ""})
    assert blank.status_code == 422
    assert state(office) == "answered"
    supervisor.post("/supervision/orders/1/closing", data={})
    for path, data in (("answer", {"answer": "又一份"}), ("closing", {}), ("return", {"note": "再答"})):
        login = "xiaofang" if path == "answer" else "jiancha"
        assert office.as_(login).post(f"/supervision/orders/1/{path}", data=data).status_code == 409, path
    with office.work() as centre:
        assert centre.session.get_one(SupervisoryOrder, 1).answer == "第一份"


def test_the_lists_of_orders(office: Office) -> None:
    with office.work() as centre:
        case = centre.accept(centre.draft(RESTAURANT, HOT_POT))
        supervisor = centre.staff["jiancha"]
        centre.now = MONDAY - timedelta(days=10)
        late = steps.open_order(centre.session, case.id, None, supervisor, "很久了", centre.now)
        part = centre.part(case, "shop_sign")
        steps.open_order(centre.session, case.id, part.id, supervisor, "刚刚", MONDAY)
        department = late.department_id
    browser = office.as_("jiancha")
    page = browser.get("/supervision/orders").text
    assert page.index("很久了") < page.index("刚刚")
    assert "逾期未答复" in page
    assert "刚刚" not in browser.get("/supervision/orders?state=late").text
    assert "刚刚" not in browser.get(f"/supervision/orders?department={department}").text
    assert "这里没有督办单" in browser.get("/supervision/orders?state=closed").text
    assert browser.get("/supervision/orders?state=nonsense&department=-4&page=-1").status_code == 200
    assert browser.get("/supervision/orders/99").status_code == 404


# --- urging


def test_an_urging_from_the_case_page_is_seen_by_the_holder(office: Office) -> None:
    case_id = office.accepted(RESTAURANT, HOT_POT)
    task = office.task(case_id, "review", "fire_inspection")
    office.as_("zhouyan").post(f"/queue/tasks/{task.id}/claim")
    path, form = f"/cases/{case_id}/urgings", {"task": task.id, "words": "商户周五开业"}
    lead = office.as_("qiantou")
    assert "催办…" in lead.get(f"/cases/{case_id}").text
    assert lead.post(path, data=form).status_code == 303
    page = office.as_("zhouyan").get(f"/cases/{case_id}").text
    assert "钱涛（示例） 于 2026-11-23 10:00 催办：商户周五开业" in page
    again = lead.post(path, data=form | {"words": "又催"})
    assert again.status_code == 409
    assert "同一工作日不重复催办" in again.text
    assert "又催" in again.text
    blank = office.as_("jiancha").post(path, data=form | {"words": ""})
    assert blank.status_code == 422
    assert "请写明催办的内容。" in blank.text
    assert office.as_("chengguan").post(path, data=form).status_code == 403
    assert office.as_("jinlan").post(path, data=form).status_code in (403, 404)
    other = office.accepted(HYGIENE, {})
    assert office.as_("jiancha").post(f"/cases/{other}/urgings", data=form).status_code == 404
    assert office.acts(case_id).count("urge") == 1


def test_an_urged_window_step_says_so_at_the_window(office: Office) -> None:
    with office.work() as centre:
        case = centre.receive(centre.draft(HYGIENE, {}))
        task = centre.task(case, "check_materials")
        steps.urge(centre.session, task.id, centre.staff["jiancha"], "申请人在等", MONDAY)
        task_id = task.id
    assert (
        "严正（示例） 于 2026-11-23 10:00 催办：申请人在等"
        in office.as_("linxiao").get(f"/desk/tasks/{task_id}").text
    )


# --- who held the case


def test_the_tab_and_the_page_of_holding_times(office: Office) -> None:
    with office.work() as centre:
        centre.now = MONDAY - timedelta(days=7)
        case = centre.accept(centre.draft(HYGIENE, {}))
        running = centre.accept(centre.draft(HYGIENE, {}))
        centre.later(days=2)
        centre.opine_all(case)
        centre.grant_all(case)
        centre.pay_fees(case)
        centre.later(days=1)
        centre.issue(case)
        centre.deliver(case)
        ended, open_ = case.id, running.id
        draft = centre.draft(HYGIENE, {}).id
    browser = office.as_("jiancha")
    page = browser.get(f"/cases/{ended}?tab=holding").text
    assert "从收件到办结 3.0 个工作日" in page
    assert '<rect class="held-department" x="0" y="0" width="667"' in page
    assert '<rect class="held-centre" x="667" y="0" width="333"' in page
    assert "自收件起 5.0 个工作日" in browser.get(f"/cases/{open_}?tab=holding").text
    assert office.as_("linxiao").get(f"/cases/{draft}?tab=holding").status_code == 302
    table = browser.get("/supervision/holding-times").text
    assert "最近办结的 1 件，平均 3.0 个工作日" in table
    assert f'href="/cases/{ended}?tab=holding#tabs"' in table
    assert f"/cases/{open_}?" not in table
    assert '示例县卫生健康局</td><td class="n">1</td><td class="n">2.0' in table


# --- reminders


def test_the_bar_counts_what_is_unread_and_reading_takes_it_off(office: Office) -> None:
    case_id, _ = ordered(office)
    head = office.as_("xiaofang")
    assert re.search(r'href="/reminders/">提醒 <b>1</b>', head.get("/queue/").text)
    page = head.get("/reminders/").text
    assert "仍未提交意见" in page
    assert f'href="/cases/{case_id}#oversight"' in page
    assert '<li class="unread">' in page
    message = int(re.findall(r"/reminders/(\d+)/reading", page)[0])
    assert office.as_("chengguan").post(f"/reminders/{message}/reading").status_code == 404
    opened = head.post(f"/reminders/{message}/reading", data={"open": "oversight"})
    assert (opened.status_code, opened.location) == (303, f"/cases/{case_id}#oversight")
    assert re.search(r'href="/reminders/">提醒</a>', head.get("/queue/").text)
    assert '<li class="read">' in head.get("/reminders/").text
    with office.work() as centre:
        first = centre.session.get_one(Message, message).read_at
    head.post(f"/reminders/{message}/reading")
    with office.work() as centre:
        assert centre.session.get_one(Message, message).read_at == first


def test_an_urging_leads_to_the_task_while_it_is_open(office: Office) -> None:
    case_id = office.accepted(HYGIENE, {})
    task = office.task(case_id, "review")
    with office.work() as centre:
        steps.urge(centre.session, task.id, centre.staff["jiancha"], "快", MONDAY)
    assert f'href="/cases/{case_id}#task-{task.id}"' in office.as_("jinlan").get("/reminders/").text
    with office.work() as centre:
        centre.opine_all(centre.session.get_one(Case, case_id))
    assert f'href="/cases/{case_id}"' in office.as_("jinlan").get("/reminders/").text


def test_everything_is_marked_as_read_and_pages_go_on(office: Office) -> None:
    with office.work() as centre:
        jinlan = centre.staff["jinlan"].id
        case = centre.accept(centre.draft(HYGIENE, {}))
        for number in range(120):
            centre.session.add(
                Message(
                    case_id=case.id, channel="inbox", staff_id=jinlan, stage="soon", subject="即将亮黄灯",
                    body=f"第 {number} 条", state="recorded", created_at=MONDAY + timedelta(seconds=number),
                )
            )  # fmt: skip
    browser = office.as_("jinlan")
    page = browser.get("/reminders/").text
    assert "<b>99+</b>" in page
    assert page.count('<li class="unread">') == 25
    assert page.index("第 119 条") < page.index("第 118 条")
    assert "第 0 条" in browser.get("/reminders/?page=5").text
    assert browser.post("/reminders/readings").status_code == 303
    assert '<li class="unread">' not in browser.get("/reminders/").text
    assert office.as_("admin").get("/reminders/").status_code == 200


def test_counting_the_unread_costs_no_statement_of_its_own(office: Office) -> None:
    browser = office.as_("jinlan")
    with office.counted() as statements:
        assert browser.get("/reminders/").status_code == 200
    assert len(statements) <= 3, statements


# --- sorting and filtering lists


def test_queues_sort_by_due_lamp_arrival_and_number(office: Office) -> None:
    with office.work() as centre:
        mixed(centre)
        staff = centre.staff["qiantou"]
        session = centre.session

        def rows(sort: str) -> list[queue.QueueRow]:
            filters = queue.Filters(sort=sort)
            return list(queue.page(session, staff, [], "department", filters, 1, MONDAY).rows)

        def code(row: queue.QueueRow) -> int:
            order = ["red_order", "red", "yellow", "green", "paused", "none"]
            return order.index(lamp(row.due, row.statutory_due, row.yellow_at, row.paused, MONDAY))

        dues = [row.due for row in rows("due") if row.due]
        assert dues == sorted(dues)
        assert [row.task_id for row in rows("")] == [row.task_id for row in rows("due")]
        codes = [code(row) for row in rows("lamp")]
        assert codes == sorted(codes)
        assert len(set(codes)) > 1
        assert code(rows("-lamp")[0]) == max(code(row) for row in rows("-lamp"))
        arrivals = [row.opened_at for row in rows("-opened")]
        assert arrivals == sorted(arrivals, reverse=True)
        numbers = [row.number for row in rows("number")]
        assert numbers == sorted(numbers)
        assert [row.task_id for row in rows("nonsense")] == [row.task_id for row in rows("")]


def test_the_heads_of_the_columns_sort_turn_round_and_let_go(office: Office) -> None:
    office.accepted(RESTAURANT, HOT_POT)
    browser = office.as_("zhouyan")
    page = browser.get("/queue/?tab=unclaimed&lamp=green").text
    assert 'aria-sort="none"><a class="sort" href="/queue/?tab=unclaimed&amp;lamp=green&amp;sort=lamp' in page
    page = browser.get("/queue/?tab=unclaimed&lamp=green&sort=lamp").text
    assert (
        'aria-sort="ascending"><a class="sort" href="/queue/?tab=unclaimed&amp;lamp=green&amp;sort=-lamp'
        in page
    )
    page = browser.get("/queue/?tab=unclaimed&lamp=green&sort=-lamp").text
    assert (
        'aria-sort="descending"><a class="sort" href="/queue/?tab=unclaimed&amp;lamp=green&amp;page=1"'
        in page
    )
    assert browser.get("/queue/?tab=unclaimed&sort=--due").status_code == 200


def test_a_paused_task_is_found_by_its_own_column(office: Office) -> None:
    case_id = office.accepted(HYGIENE, {})
    browser = office.as_("jinlan")
    assert "没有符合筛选条件的待办" in browser.get("/queue/?tab=unclaimed&lamp=paused").text
    with office.work() as centre:
        pause(centre, centre.session.get_one(Case, case_id))
    page = browser.get("/queue/?tab=unclaimed&lamp=paused").text
    assert "停表，余 3 个工作日" in page
    assert "没有符合筛选条件的待办" in browser.get("/queue/?tab=unclaimed&lamp=green").text
    assert "停表，余 3 个工作日" in office.as_("jiancha").get("/search/?lamp=paused").text


def test_the_lamp_of_a_search_is_the_lamp_of_its_rows(office: Office) -> None:
    with office.work() as centre:
        mixed(centre)
        staff, session = centre.staff["jiancha"], centre.session
        everything = [
            row
            for page in range(1, 5)
            for row in search.find(session, staff, search.Sought(state=search.RUNNING), page, MONDAY).rows
        ]
        ids = {case.id for case in centre.cases() if case.state not in ("draft", "ended")}
        assert {row.case_id for row in everything} == ids
        with office.app.test_request_context():
            lamps = {row.case_id: light_of(row, MONDAY).code for row in everything}
        for code in LAMPS:
            found = [
                row.case_id
                for page in range(1, 5)
                for row in search.find(session, staff, search.Sought(lamp=code), page, MONDAY).rows
            ]
            assert set(found) == {case_id for case_id, own in lamps.items() if own == code}, code
        late = search.find(session, staff, search.Sought(lamp="late", sort="due"), 1, MONDAY).rows
        dues = [row.promised_due or row.notify_by for row in late]
        assert dues == sorted(dues, key=lambda due: due or datetime.max.replace(tzinfo=MONDAY.tzinfo))
    browser = office.as_("jiancha")
    assert browser.get("/search/?lamp=red&sort=-due&state=running").status_code == 200
    with office.counted() as statements:
        browser.get("/search/?lamp=red&sort=lamp")
    assert len(statements) <= 6, statements


# --- words


@pytest.mark.parametrize(
    ("names", "place"),
    [
        (["示例县公安局", "示例县水利局"], "示例县"),
        (["示例县市场监督管理局", "示例县市政局"], "示例县"),
        (["Shili County Fire Brigade", "Shili County Water Bureau"], "Shili County "),
        (["示例县公安局"], ""),
        (["公安局", "水利局"], ""),
        (["示例县", "示例县公安局"], ""),
        ([], ""),
    ],
)
def test_names_on_the_wall_leave_out_the_place_they_share(names: list[str], place: str) -> None:
    assert shared_place(names) == place


@pytest.mark.postgres
def test_the_same_questions_are_asked_of_postgresql(postgres: Engine) -> None:
    with database.reading_session(postgres) as session:
        staff = session.scalars(select(Staff).where(Staff.login == "jiancha")).one()
        found = board.board(session, staff, Centre(session, {}, MONDAY).calendar, MONDAY)
        assert (found.rows, found.dangers, found.orders) == ([], [], [])
        assert set(orders.counts(session, staff, MONDAY).values()) == {0}
        for state_ in orders.STATES:
            assert orders.page(session, staff, state_, 1, 1, MONDAY).rows == []
