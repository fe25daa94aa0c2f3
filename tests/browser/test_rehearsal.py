"""A State Council notice comes out: pasted, rehearsed, published, recounted, and read on the case it moved."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest

from approvals import clock, database
from tests.browser.conftest import Served
from tests.browser.pages import Browser
from tests.calendar_notices import INVENTED_2027, INVENTED_NUMBER
from tests.centre import HOT_POT
from web.demo.centre import Centre
from web.jobs import recount

pytestmark = pytest.mark.browser
DECEMBER = datetime(
    2026, 12, 7, 2, tzinfo=UTC
)  # 45 working days from here end after the Spring Festival of 2027


def test_a_notice_from_the_paper_to_the_dates_of_a_case(
    browser: Browser, served: Served, prepared: Callable[[], AbstractContextManager[Centre]]
) -> None:
    with prepared() as centre:
        centre.now = DECEMBER
        case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
        case_id, number = case.id, case.number or ""
        told = f"{clock.local_day(case.statutory_due or DECEMBER):%Y-%m-%d}"
    at_the_old_calendar(browser, case_id, told)
    new = rehearsed(browser, number, told)
    published(browser, served, case_id)
    moved(browser, case_id, told, new)


def at_the_old_calendar(browser: Browser, case_id: int, told: str) -> None:
    browser.sign_in("jiancha")
    browser.open(f"/cases/{case_id}")
    browser.reads(told, "暂定")


def rehearsed(browser: Browser, number: str, told: str) -> str:
    """The administrator pastes the notice, first with a slip in it, and sees what it will move; the new day."""
    browser.sign_in("admin")
    browser.reads("2027 年的放假通知还没有导入")
    browser.press("导入放假通知")
    browser.fill("source", INVENTED_NUMBER)
    paste(browser, INVENTED_2027.replace("2月5日（周五）", "2月5日（周四）"))
    browser.press("读取并试算")
    browser.refused(422)
    browser.reads("2027-02-05 是周五，不是周四")
    assert browser.one('[name="source"]').get_attribute("value") == INVENTED_NUMBER
    browser.picture("rehearsal-1-wrong-line")
    paste(browser, INVENTED_2027)
    browser.press("读取并试算")

    row = f"//tr[td//*[text()='{number[:6]} {number[6:9]} {number[9:17]} {number[17:]}']]"
    cells = browser.driver.find_element("xpath", row).find_elements("tag name", "td")
    old, new = (line[:10] for line in cells[3].text.splitlines())
    assert old == told
    assert new > old
    browser.reads("推后", "日期移动")
    browser.picture("rehearsal-2-draft")
    browser.narrow()
    browser.picture("rehearsal-3-draft-on-a-phone")
    browser.wide()
    return new


def paste(browser: Browser, text: str) -> None:
    """What the clipboard would put in."""
    browser.driver.execute_script("arguments[0].value = arguments[1]", browser.one('[name="text"]'), text)


def published(browser: Browser, served: Served, case_id: int) -> None:
    """One click for everybody; until the worker came by, the case says that its dates are being counted."""
    browser.press("发布", "aside")
    browser.reads("已发布", "还没有重算")
    here = browser.driver.current_url
    browser.sign_in("jiancha")
    browser.open(f"/cases/{case_id}")
    browser.reads("本办件的日期正在重新计算", "暂定")

    engine = database.make_engine(f"sqlite:///{served.database}")
    while recount.recount(engine, lambda: datetime.now(UTC)):
        pass
    engine.dispose()
    browser.sign_in("admin")
    browser.open(here)
    browser.reads("全部重算完毕")
    browser.picture("rehearsal-4-recounted")


def moved(browser: Browser, case_id: int, told: str, new: str) -> None:
    """The case shows the new day without a mark, and its ledger the line that says why."""
    browser.sign_in("jiancha")
    browser.open(f"/cases/{case_id}")
    head = browser.one(".case-head").text
    assert new in head
    assert told not in head
    assert "暂定" not in head
    browser.reads("日历变更", INVENTED_NUMBER)
    ledger = browser.all("table.clock-lines")[0].text
    assert "春节" in ledger
    assert "1月31日" in ledger  # a worked Sunday, counted
    browser.picture("rehearsal-5-case")
