"""The supervision desk in the browser: a number opens its cases, an order is given, answered and settled."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from tests.browser.pages import Browser, words_of
from tests.centre import HOT_POT
from web.demo.applicants import organisations
from web.demo.centre import Centre

pytestmark = pytest.mark.browser

Prepared = Callable[[], AbstractContextManager[Centre]]
AGO = 21
"""Days: long enough for a promise of eight working days to have passed, whatever day it is."""


def overdue(prepared: Prepared) -> tuple[int, int]:
    """A restaurant three departments have let lie; the lead and the sign are done. Returns case and fire brigade."""
    with prepared() as centre:
        centre.now = datetime.now(UTC) - timedelta(days=AGO)
        who = next(organisations(Random(31), "茶馆"))
        case = centre.accept(centre.draft("restaurant_opening", HOT_POT, who=who))
        for part in ("food_licence", "shop_sign"):
            centre.opine(case, part)
        return case.id, centre.part(case, "fire_inspection").department_id


def test_a_number_opens_its_cases_and_an_order_is_given_answered_and_settled(
    browser: Browser, prepared: Prepared
) -> None:
    case_id, fire = overdue(prepared)
    browser.sign_in("jiancha")
    assert browser.driver.current_url.endswith("/supervision/")
    browser.wide(1920, 1080)
    browser.reads("部门待办", "联办件：谁占着日期", "督办单", "消防救援大队")
    browser.picture("40-board-on-the-wall")
    browser.wide()

    row = f'#matrix tr[data-department="{fire}"]'
    late = [link for link in browser.all(f"{row} a.heat") if "lamp=red" in str(link.get_attribute("href"))]
    number, address = int(late[0].text), str(late[0].get_attribute("href"))
    browser.click(late[0])
    assert browser.driver.current_url == address
    rows = browser.all("table[data-rows] tbody tr")
    assert len(rows) == number
    assert browser.has(f'tr a[href="/cases/{case_id}"]')
    assert all("示例县消防救援大队" in each.text for each in rows)
    browser.picture("41-tasks-behind-a-number")

    browser.click(browser.one(f'tr a.row[href="/cases/{case_id}"]'))
    browser.reads("占用总期限")
    browser.press("督办…")
    form = 'form[action$="/supervisory-orders"]'
    option = next(each.text for each in browser.all(f"{form} option") if "消防救援大队" in each.text)
    browser.fill("part", option, form)
    browser.fill("reasons", "承诺期限已过，至今没有提交意见。", form)
    browser.press("发出督办单", form)
    browser.reads("督办单已发出", "示政务督〔", "承诺期限已过，至今没有提交意见。")
    browser.picture("42-order-on-the-case")
    browser.click(browser.one("#oversight a.num"))
    paper = words_of(browser.paper(browser.one('a[href^="/documents/"]')))
    assert "承诺期限已过，至今没有提交意见。" in paper
    assert "消防救援大队：" in paper
    order = browser.driver.current_url

    browser.sign_in("xiaofang")
    assert int(browser.one(".reminders-link b").text) >= 1
    browser.click(browser.one(".reminders-link"))
    browser.press("打开办件")
    assert f"/cases/{case_id}" in browser.driver.current_url
    browser.click(browser.one("#oversight a.num"))
    assert browser.driver.current_url == order
    browser.fill("answer", "经办人外出培训，已改派，两个工作日内提交意见。")
    browser.picture("43-answer-to-an-order")
    browser.press("提交答复", "form")
    browser.reads("答复已提交", "等待监察审核")

    browser.sign_in("jiancha")
    browser.open("/supervision/orders?state=answered")
    browser.click(browser.one("table a.row"))
    browser.reads("经办人外出培训，已改派，两个工作日内提交意见。")
    browser.fill("note", "同意，继续跟踪。", 'form[action$="/closing"]')
    browser.press("同意，办结", "form")
    browser.reads("督办单已办结", "同意，继续跟踪。")
    browser.picture("44-order-settled")
    browser.open("/supervision/orders?state=closed")
    assert len(browser.all("table a.row")) == 1


def test_urged_on_the_case_page_and_read_in_the_reminders(browser: Browser, prepared: Prepared) -> None:
    with prepared() as centre:
        who = next(organisations(Random(32), "茶馆"))
        case_id = centre.accept(centre.draft("public_venue_hygiene", {}, who=who)).id
    browser.sign_in("jiancha")
    browser.open(f"/cases/{case_id}")
    browser.press("催办…")
    browser.fill("words", "商户周五开业，请尽快。", 'form[action$="/urgings"]')
    browser.press("催办", 'form[action$="/urgings"]')
    browser.reads("已催办", "商户周五开业，请尽快。")
    browser.sign_in("jinlan")
    browser.narrow()
    browser.open("/reminders/")
    browser.reads("商户周五开业，请尽快。")
    browser.picture("45-reminders-on-a-phone")
    browser.press("打开办件")
    assert re.search(rf"/cases/{case_id}#task-\d+$", browser.driver.current_url)
    browser.reads("催办：商户周五开业，请尽快。")
    assert not browser.has(".reminders-link b")


@pytest.mark.parametrize("width", [390, 1440, 1920])
def test_the_desk_fits_every_screen_and_renews_itself(
    browser: Browser, prepared: Prepared, width: int
) -> None:
    with prepared() as centre:
        who = next(organisations(Random(width), "面馆"))
        centre.now = datetime.now(UTC) - timedelta(days=AGO)
        centre.accept(centre.draft("restaurant_opening", HOT_POT, who=who))
    browser.sign_in("jiancha")
    browser.wide(width, 1080)
    for path in ("", "tasks", "orders", "holding-times"):
        browser.open(f"/supervision/{path}")
        across = browser.driver.execute_script(
            "return document.documentElement.scrollWidth - window.innerWidth"
        )
        assert across <= 0, f"{path} is {across} px wider than the screen"
    browser.open("/supervision/")
    before = int(browser.one(".kpi b").text)
    with prepared() as centre:
        who = next(organisations(Random(width + 1), "面馆"))
        centre.accept(centre.draft("public_venue_hygiene", {}, who=who))
    browser.driver.execute_script("document.querySelector('#board').dispatchEvent(new Event('renew'))")
    browser.idle()
    assert int(browser.one(".kpi b").text) == before + 1
    assert browser.has("#matrix")
