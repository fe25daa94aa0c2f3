"""A restaurant from the door to the verified permit, by the pages alone: clerk, officers, lead, heads, applicant."""

from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser import acts
from tests.browser.acts import HOT_POT_HOUSE, Receipt
from tests.browser.pages import Browser, codes_on, words_of
from tests.centre import HOT_POT

pytestmark = pytest.mark.browser

OFFICERS = {
    "chenli": "示例县市场监督管理局",
    "heqing": "示例县城市管理局",
    "zhangjian": "示例县住房和城乡建设局",
}
HEADS = ("shichang", "xiaofang", "chengguan", "zhujian")
PERMITS = ("行业综合许可证", "食品经营许可证", "消防", "招牌", "排水")


def test_a_restaurant_from_the_door_to_the_permit(browser: Browser, tmp_path: Path) -> None:
    receipt = at_the_window(browser, tmp_path)
    in_the_departments(browser, receipt)
    with_the_lead_and_the_heads(browser, receipt)
    handed_over(browser, receipt)
    at_home(browser, receipt)


def at_the_window(browser: Browser, tmp_path: Path) -> Receipt:
    browser.sign_in("linxiao")
    browser.picture("01-desk")
    acts.begin(browser, "kbcyd", "开办餐饮店一件事")

    # A slip of the pen in the credit code is told beside the field, at once.
    browser.fill("applicant-kind", "organisation")
    browser.fill("applicant-number", HOT_POT_HOUSE.number[:-1] + "7")
    browser.reads("校验位不对")
    browser.picture("02-wrong-check-digit")
    acts.introduce(browser, HOT_POT_HOUSE)
    assert "校验位不对" not in browser.text()

    # The answers name the departments and make the one list of materials.
    acts.answer(browser, HOT_POT)
    browser.reads("同时通知 4 个部门", *OFFICERS.values(), "示例县消防救援大队", "合并后只交")
    acts.answer_the_rest(browser)
    browser.one("#files-premises_plan").send_keys(str(acts.scan(tmp_path, "Plan")))
    browser.idle()
    browser.reads("scan.png")
    browser.keys(Keys.F4)
    browser.reads("可以受理")
    browser.picture("03-draft-complete")
    browser.keys(Keys.F9)

    receipt = acts.receipt(browser)
    browser.reads("承诺办结日期", "受理通知书")
    browser.picture("04-accepted")
    paper = browser.paper(browser.button("打开打印", "li:has(b)"))
    browser.keep_paper(paper, "05-acceptance-paper")
    assert receipt.number.replace(" ", "") in words_of(paper)
    return receipt


def in_the_departments(browser: Browser, receipt: Receipt) -> None:
    acts.claim(browser, "zhouyan", receipt)
    browser.picture("06-fire-officer")
    acts.visit(browser, "吴昊（示例）")
    acts.agree(browser)
    for login in OFFICERS:
        acts.claim(browser, login, receipt)
        acts.agree(browser)
    browser.picture("07-all-opinions-given")


def with_the_lead_and_the_heads(browser: Browser, receipt: Receipt) -> None:
    acts.claim(browser, "qiantou", receipt)
    browser.picture("08-lead")
    browser.press("汇总，请各部门决定")
    for login in HEADS:
        acts.claim(browser, login, receipt)
        acts.grant(browser)
    browser.picture("09-all-decided")
    acts.claim(browser, "qiantou", receipt)
    browser.press("制发证照")
    browser.open(f"/cases/{receipt.case_id}?tab=documents")
    browser.reads(*PERMITS)
    browser.picture("10-case-with-permits")
    browser.language("en")
    browser.picture("10-case-with-permits-en")
    browser.language("zh")


def handed_over(browser: Browser, receipt: Receipt) -> None:
    browser.sign_in("linxiao")
    browser.click(browser.one('tr:has(a[href^="/desk/tasks/"]) a.row'))
    browser.fill("signature", HOT_POT_HOUSE.representative)
    browser.picture("11-delivery")
    browser.keys(Keys.F9)
    assert acts.receipt(browser).number == receipt.number
    browser.reads("办结", "送达回证")


def at_home(browser: Browser, receipt: Receipt) -> None:
    acts.follow(browser, receipt)
    browser.reads("山城老火锅", *PERMITS)
    browser.picture("12-tracking")
    browser.narrow()
    browser.picture("12-tracking-on-a-phone")
    browser.language("en")
    browser.picture("12-tracking-on-a-phone-en")
    browser.language("zh")
    browser.wide()
    papers = {link.text.split("\n")[0]: browser.paper(link) for link in browser.all("a.paper")}
    licence = next(paper for name, paper in papers.items() if name.startswith("行业综合许可证"))
    [address] = codes_on(browser.keep_paper(licence, "13-licence"))

    # Anybody who scans the paper sees that it is real.
    browser.driver.delete_all_cookies()
    browser.open(address)
    browser.reads("有效", "山城老火锅", "所含各单项许可", "SHA-256")
    browser.picture("14-verification")
