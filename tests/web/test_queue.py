"""The queue: what stands in which tab, claims, filters, paging, the number of statements."""

import re
from datetime import date, datetime

import pytest
from sqlalchemy import Engine, select

from approvals import database, tasks
from approvals.deadlines import lamp
from approvals.queries import queue, search
from approvals.tables import Staff, StandIn, Task
from processes.steps import departments
from tests.centre import COFFEE_BAR, HOT_POT, MONDAY
from tests.web.office import HYGIENE, RESTAURANT, Office, office

__all__ = ["office"]


def tab_counts(page: str) -> list[str]:
    return re.findall(r"<a href=\"/queue/\?tab=\w+\"[^>]*>[^<]+<b>([^<]+)</b>", page)


def test_new_work_is_unclaimed_in_every_department_concerned(office: Office) -> None:
    office.accepted(RESTAURANT, HOT_POT)
    assert tab_counts(office.as_("zhouyan").get("/queue/").text) == ["0", "1", "1", "0", "0"]
    page = office.as_("zhouyan").get("/queue/?tab=unclaimed").text
    assert "公众聚集场所投入使用、营业前消防安全检查" in page
    assert "还剩 5 个工作日" in page
    assert "城镇污水排入排水管网许可" not in page
    assert "认领" in page


def test_claim_moves_a_task_into_mine_and_release_puts_it_back(office: Office) -> None:
    case_id = office.accepted(RESTAURANT, HOT_POT)
    task = office.task(case_id, "review", "fire_inspection")
    browser = office.as_("zhouyan")
    answer = browser.post(f"/queue/tasks/{task.id}/claim", data={"next": "/queue/?tab=mine"})
    assert (answer.status_code, answer.location) == (303, "/queue/?tab=mine")
    assert "周岩（示例）" in browser.get("/queue/?tab=mine").text
    assert browser.post(f"/queue/tasks/{task.id}/release").status_code == 303
    assert tab_counts(browser.get("/queue/").text)[:2] == ["0", "1"]
    assert office.acts(case_id)[-2:] == ["claim", "unclaim"]


def test_the_second_claimant_is_told_who_was_first(office: Office) -> None:
    task = office.task(office.accepted(RESTAURANT, HOT_POT), "review", "fire_inspection")
    assert office.as_("zhouyan").post(f"/queue/tasks/{task.id}/claim").status_code == 303
    late = office.as_("wuhao").post(f"/queue/tasks/{task.id}/claim")
    assert late.status_code == 409
    assert "这项待办由周岩（示例）办理中" in late.text
    with office.work() as centre:
        held = centre.session.get_one(Task, task.id)
        assert held.holder == centre.staff["zhouyan"]


def test_another_department_can_neither_claim_nor_transfer(office: Office) -> None:
    task = office.task(office.accepted(RESTAURANT, HOT_POT), "review", "fire_inspection")
    assert office.as_("heqing").post(f"/queue/tasks/{task.id}/claim").status_code == 403
    with office.work() as centre:
        colleague = centre.staff["wuhao"].id
    assert (
        office.as_("heqing")
        .post(f"/queue/tasks/{task.id}/transfer", data={"colleague": colleague})
        .status_code
        == 403
    )
    assert office.as_("jinlan").get(f"/queue/tasks/{task.id}/transfer").status_code == 404
    assert office.as_("jinlan").post("/queue/tasks/999/claim").status_code == 404


def test_transfer_inside_the_department(office: Office) -> None:
    case_id = office.accepted(RESTAURANT, HOT_POT)
    task = office.task(case_id, "review", "fire_inspection")
    browser = office.as_("xiaofang")  # the head may hand over anybody's task
    form = browser.get(f"/queue/tasks/{task.id}/transfer").text
    assert "吴昊（示例）" in form
    assert "何青（示例）" not in form
    nobody = browser.post(f"/queue/tasks/{task.id}/transfer", data={})
    assert nobody.status_code == 422
    assert "请选择一位同事。" in nobody.text
    with office.work() as centre:
        foreign, colleague = centre.staff["heqing"].id, centre.staff["wuhao"].id
    refused = browser.post(f"/queue/tasks/{task.id}/transfer", data={"colleague": foreign})
    assert refused.status_code == 422
    assert "只能转给本部门在岗且有此岗位的同事。" in refused.text
    assert browser.post(f"/queue/tasks/{task.id}/transfer", data={"colleague": colleague}).status_code == 303
    assert "吴昊（示例）" in office.as_("wuhao").get("/queue/?tab=mine").text


def test_a_stand_in_sees_the_colleagues_tasks_as_theirs_to_do(office: Office) -> None:
    case_id = office.accepted(RESTAURANT, HOT_POT)
    task = office.task(case_id, "review", "fire_inspection")
    with office.work() as centre:
        tasks.claim(centre.session, task.id, centre.staff["zhouyan"], centre.now)
        centre.session.add(
            StandIn(
                staff_id=centre.staff["zhouyan"].id, stand_in_id=centre.staff["wuhao"].id,
                first_day=date(2026, 11, 20), last_day=date(2026, 11, 27), arranged_by_id=centre.staff["xiaofang"].id,
            )
        )  # fmt: skip
    page = office.as_("wuhao").get("/queue/?tab=mine").text
    assert tab_counts(page)[0] == "1"
    assert ">代</span>" in page
    assert "给出审查意见" in office.as_("wuhao").get(f"/cases/{case_id}").text


def test_window_tasks_reach_every_clerk_and_wait_for_others_in_the_lead(office: Office) -> None:
    with office.work() as centre:
        case = centre.accept(centre.draft(RESTAURANT, COFFEE_BAR))
        centre.opine_all(case)
        centre.collate(case)
        centre.grant_all(case)
        centre.pay_fees(case)
        centre.issue(case)
    assert "送达" in office.as_("wangyu").get("/queue/?tab=unclaimed").text
    assert "送达" in office.as_("qiantou").get("/queue/?tab=waiting").text
    assert tab_counts(office.as_("heqing").get("/queue/").text) == ["0", "0", "0", "1", "1"]


def test_filters_stand_in_the_address_and_page_on_the_server(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "PAGE_SIZE", 3)
    with office.work() as centre:
        for _ in range(queue.PAGE_SIZE + 1):
            centre.accept(centre.draft(HYGIENE, {}))
        number = centre.cases()[0].number
    browser = office.as_("jinlan")
    first = browser.get("/queue/?tab=unclaimed").text
    assert first.count("<tr data-row=") == queue.PAGE_SIZE
    assert "page=2" in first
    assert browser.get("/queue/?tab=unclaimed&page=2").text.count("<tr data-row=") == 1
    assert browser.get(f"/queue/?tab=unclaimed&q={number}").text.count("<tr data-row=") == 1
    assert "没有符合筛选条件的待办" in browser.get("/queue/?tab=unclaimed&q=没有这样的").text
    assert "没有符合筛选条件的待办" in browser.get("/queue/?tab=unclaimed&step=decide").text
    assert browser.get("/queue/?tab=unclaimed&lamp=green").text.count("<tr data-row=") == queue.PAGE_SIZE
    assert "没有符合筛选条件的待办" in browser.get("/queue/?tab=unclaimed&lamp=red").text
    assert browser.get("/queue/?tab=nonsense&step=nonsense&lamp=nonsense&page=-3").status_code == 200


def test_a_queue_takes_at_most_eight_statements_whatever_its_size(office: Office) -> None:
    with office.work() as centre:
        for _ in range(6):
            case = centre.accept(centre.draft(HYGIENE, {}))
            task = centre.task(case, "review")
            departments.ask_site_visit(
                centre.session, task.id, task.version, centre.staff["jinlan"], centre.now
            )
    browser = office.as_("jinlan")
    browser.get("/queue/")
    for tab in queue.TABS:
        with office.counted() as statements:
            assert browser.get(f"/queue/?tab={tab}").status_code == 200
        assert len(statements) <= 8, (tab, statements)


def test_htmx_renews_the_list_alone_and_finds_new_work(office: Office) -> None:
    browser = office.as_("zhouyan")
    piece = browser.get("/queue/?tab=unclaimed", headers={"HX-Request": "true"}).text
    assert "<html" not in piece
    assert "没有待认领的办件" in piece
    office.accepted(RESTAURANT, HOT_POT)
    assert "<tr data-row=" in browser.get("/queue/?tab=unclaimed", headers={"HX-Request": "true"}).text


def test_the_lamp_in_sql_and_the_lamp_of_a_row_agree(office: Office) -> None:
    with office.work() as centre:
        for _ in range(3):
            centre.accept(centre.draft(RESTAURANT, HOT_POT))
        session, staff = centre.session, centre.staff["chenli"]
        for days in (0, 1, 2, 6, 9, 30, 90):
            centre.later(days=days)
            everything = queue.page(session, staff, [], "department", queue.Filters(), 1, centre.now).rows
            for code in ("green", "yellow", "red", "red_order", "paused", "none"):
                filters = queue.Filters(lamp=code)
                by_sql = {
                    row.task_id
                    for row in queue.page(session, staff, [], "department", filters, 1, centre.now).rows
                }
                assert by_sql == {row.task_id for row in everything if _lamp(row, centre.now) == code}


def _lamp(row: queue.QueueRow, now: datetime) -> str:
    return lamp(row.due, row.statutory_due, row.yellow_at, row.paused, now)


def test_visitors_and_supervisors_have_no_queue(office: Office) -> None:
    assert office.app.test_client().get("/queue/").status_code == 302
    assert office.as_("jiancha").get("/queue/").status_code == 403


@pytest.mark.postgres
def test_the_same_questions_are_asked_of_postgresql(postgres: Engine) -> None:
    with database.reading_session(postgres) as session:
        staff = session.scalars(select(Staff).where(Staff.login == "chenli")).one()
        filters = queue.Filters(step="review", lamp="red", text="渝记", sort="-lamp")
        for tab in queue.TABS:
            assert queue.page(session, staff, [staff], tab, filters, 1, MONDAY).rows == []
        assert set(queue.counts(session, staff, [staff]).values()) == {0}
        assert (
            search.find(
                session, staff, search.Sought("13800000000", "reviewing", "red", "lamp"), 1, MONDAY
            ).rows
            == []
        )
