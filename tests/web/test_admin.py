"""The administrator's pages, as a browser without JavaScript uses them."""

import re

from sqlalchemy import func, select

from approvals.tables import Department, JournalEntry, Staff, StandIn


def person(reading, login):
    reading.rollback()
    return reading.scalars(select(Staff).where(Staff.login == login)).one()


def test_the_list_is_searched_by_name_login_and_department(as_, reading):
    browser = as_("admin")
    page = browser.get("/admin/staff?q=linxiao").text
    assert "林晓（示例）" in page
    assert "shichang" not in page
    market = reading.scalars(select(Department.id).where(Department.code == "008")).one()
    page = browser.get(f"/admin/staff?department={market}").text
    assert "shichang" in page
    assert "zhouyan" not in page
    assert "没有符合条件的人员" in browser.get("/admin/staff?q=%25").text  # a percent sign is a percent sign
    first, second = browser.get("/admin/staff").text, browser.get("/admin/staff?page=2").text
    assert "下一页" in first
    assert "上一页" in second


def test_a_new_account_shows_its_password_once_and_a_faulty_one_keeps_what_was_typed(as_, reading):
    browser = as_("admin")
    home = str(reading.scalars(select(Department.id).where(Department.code == "008")).one())
    faulty = browser.post(
        "/admin/staff/new",
        data={"login": "linxiao", "name": "新人", "department_id": home, "roles": "officer"},
    )
    assert faulty.status_code == 422
    assert "已有人使用" in faulty.text
    assert 'value="新人"' in faulty.text
    assert 'aria-invalid="true"' in faulty.text
    made = browser.post(
        "/admin/staff/new",
        data={"login": "newone", "name": "新人", "department_id": home, "roles": "officer"},
    )
    password = re.findall(r'class="secret">([^<]+)<', made.text)[0]
    staff = person(reading, "newone")
    assert staff.must_change_password
    assert password not in browser.get(f"/admin/staff/{staff.id}").text
    visitor = browser.application.test_client()
    assert visitor.post("/login", data={"login": "newone", "password": password}).status_code == 302


def test_posts_password_stand_in_and_leaving(as_, reading):
    browser, officer = as_("admin"), person(reading, "chenli")
    colleague = person(reading, "zhaomin")
    address = f"/admin/staff/{officer.id}"
    assert browser.post(f"{address}/roles", data={"roles": ["officer", "head"]}).status_code == 302
    assert {held.role for held in person(reading, "chenli").roles} == {"officer", "head"}
    assert 'class="secret"' in browser.post(f"{address}/password").text
    days = {"stand_in": colleague.id, "first_day": "2026-11-23", "last_day": "2026-11-27"}
    assert browser.post(f"{address}/stand-ins", data=days).status_code == 302
    bad = browser.post(f"{address}/stand-ins", data=days | {"last_day": "soon"})
    assert bad.status_code == 422
    assert "请填写日期" in bad.text
    reading.rollback()
    arranged = reading.scalars(select(StandIn)).one()
    assert "2026-11-27 (周五)" in browser.get(address).text
    assert browser.post(f"/admin/stand-ins/{arranged.id}/end").status_code == 302
    assert browser.post(f"{address}/closure").status_code == 302
    assert not person(reading, "chenli").active
    assert 'class="secret"' in browser.post(f"{address}/reopening").text
    assert person(reading, "chenli").active


def test_what_is_refused_writes_nothing_and_says_why(as_, reading):
    browser, admin = as_("admin"), person(reading, "admin")
    before = reading.scalar(select(func.count(JournalEntry.id)))
    refused = browser.post(f"/admin/staff/{admin.id}/closure")
    assert refused.status_code == 409
    assert "最后一名系统管理员" in refused.text
    assert person(reading, "admin").active
    assert reading.scalar(select(func.count(JournalEntry.id))) == before
    assert browser.post("/admin/staff/999999/closure").status_code == 404


def test_a_departments_remedies_are_kept_and_journalled(as_, reading):
    browser = as_("admin")
    department = reading.scalars(select(Department).where(Department.code == "008")).one()
    address = f"/admin/departments/{department.id}"
    typed = {
        "abbreviation": "示市监",
        "reconsideration_body": "",
        "court": "示例市中级人民法院",
        "phone": "",
        "address": "",
        "name_en": "Market",
    }
    faulty = browser.post(address, data=typed)
    assert faulty.status_code == 422
    assert "这一栏必须填写" in faulty.text
    assert browser.post(address, data=typed | {"reconsideration_body": "示例市人民政府"}).status_code == 302
    reading.expire_all()
    reading.rollback()
    assert (department.court, department.reconsideration_body) == ("示例市中级人民法院", "示例市人民政府")
    assert department.name["zh"] != "Market"
    assert department.name["en"] == "Market"
    entry = reading.scalars(select(JournalEntry).where(JournalEntry.act == "edit_department")).one()
    assert entry.after["court"] == "示例市中级人民法院"
