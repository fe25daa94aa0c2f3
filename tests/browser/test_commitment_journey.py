"""A hotel by notice and commitment, by the pages alone: licensed on the spot, a promise not kept, revoked after hearing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from approvals.tables import Case
from tests.browser import acts, later
from tests.browser.acts import Receipt
from tests.browser.conftest import PICTURES, Served, at_the_centre, serving
from tests.browser.pages import Browser, codes_on, words_of
from tests.centre import MONDAY
from web.demo import committing, telling
from web.demo.applicants import organisations
from web.demo.centre import Centre
from web.demo.committing import HOTEL

pytestmark = pytest.mark.browser

Prepared = Callable[[], AbstractContextManager[Centre]]
ITEM = "旅馆业特种行业许可"
CLAUSES = ("premises", "anti_theft", "security_rules", "fire")
ACTS = "details.clause"
TASK = "section.act-form"
LAST_DAY = "2026-12-07"


class Days:
    """The days of the story: the clock of the served product, and what the worker does when time passes."""

    def __init__(self, served: Served) -> None:
        self.served, self.file = served, served.database.parent / later.BEGINS

    def until(self, at: datetime, case_id: int) -> None:
        """Let time pass; what comes due meanwhile is done by the worker at its own time."""
        with at_the_centre(self.served) as centre:
            telling.fire_until(centre, centre.session.get_one(Case, case_id), at)
        later.put(self.file, at)


@pytest.fixture
def days(centre_template: Path, tmp_path: Path) -> Iterator[Days]:
    """The product on a Monday morning."""
    later.put(tmp_path / later.BEGINS, MONDAY)
    with serving(centre_template, tmp_path, "tests.browser.later:app()") as (served, _):
        yield Days(served)


@pytest.fixture
def at_hand(chromium: webdriver.Chrome, days: Days) -> Iterator[Browser]:
    """A browser for that product."""
    chromium.get(f"{days.served.url}/login")
    chromium.delete_all_cookies()
    chromium.get_log("browser")
    browser = Browser(chromium, days.served.url, PICTURES)
    browser.wide()
    yield browser
    browser.must_be_quiet()


def test_a_hotel_by_commitment_that_is_not_kept(at_hand: Browser, days: Days, tmp_path: Path) -> None:
    browser = at_hand
    receipt, code = on_the_spot(browser)
    verified_within_days(browser, receipt, tmp_path)
    told_to_put_it_right(browser, receipt, tmp_path)
    days.until(MONDAY + timedelta(days=15), receipt.case_id)  # Tuesday 8 December: ten working days are over
    days.until(MONDAY + timedelta(days=16), receipt.case_id)
    found_unmet_again(browser, receipt, tmp_path)
    heard_and_revoked(browser, days, receipt, code)
    the_next_application_goes_the_ordinary_way(browser)


def test_a_commitment_signed_on_paper(browser: Browser, prepared: Prepared, tmp_path: Path) -> None:
    """The notice is taken home and signed; without the scan, and with a clause left open, nothing is written."""
    with prepared() as centre:
        who = next(organisations(Random(61), "宾馆"))
        case = committing.offer(centre, committing.draft(centre, "public_venue_hygiene", {}, who=who))
        [row] = committing.offered(centre, case)
        clauses = [clause.code for clause in row.clauses]
        receipt = Receipt(case.id, case.number or "", "")
    browser.sign_in("linxiao")
    browser.open(f"/desk/cases/{receipt.case_id}/done")
    tick(browser, clauses[:-1])
    browser.fill("manner", "paper")
    browser.press("作出承诺并受理")
    browser.refused(422)
    browser.reads("还有 1 项承诺事项没有勾选")
    tick(browser, clauses[-1:])
    browser.press("作出承诺并受理")
    browser.refused(422)
    browser.reads("纸面签署请上传已签名承诺书的扫描件")
    browser.one("#scan").send_keys(str(acts.scan(tmp_path, "Signed commitment")))
    browser.picture("65-signed-on-paper")
    for seen in ("当场决定", "制证", "领取人签名"):
        browser.keys(Keys.F9)
        browser.reads(seen)
    browser.fill("signature", who.representative)
    browser.keys(Keys.F9)
    browser.reads("准予许可", "办结")


# --- at the window


def on_the_spot(browser: Browser) -> tuple[Receipt, str]:
    """One visit: told clause by clause, signed on the screen, decided, issued, handed over. Returns the paper's code too."""
    browser.sign_in("linxiao")
    begin(browser)
    browser.fill("path-hotel_licence", "commitment")
    browser.keys(Keys.F4)
    browser.reads("可以告知，签署后当场决定", "以承诺代替", "承诺后补交")
    browser.picture("50-commitment-chosen")
    browser.keys(Keys.F9)

    receipt = acts.receipt(browser)
    browser.reads("待承诺", "2026-11-26", "示例县消防救援大队")
    notice = words_of(browser.paper(browser.button("打印告知书")))
    assert "告知书" in notice
    tick(browser, CLAUSES)
    sign(browser)
    browser.picture("51-signed-on-the-screen")
    for step, seen in (
        ("52-decided-on-the-spot", "当场决定"),
        ("53-issued", "制证"),
        ("54-hand-over", "领取人签名"),
    ):
        browser.keys(Keys.F9)
        browser.reads(seen)
        browser.picture(step)
    browser.fill("signature", HOTEL.representative)
    browser.keys(Keys.F9)
    browser.reads("准予许可", "办结", "告知承诺书", "告知承诺抄告单", "承诺后补交的材料")
    browser.picture("55-licensed-in-one-visit")
    assert acts.receipt(browser) == receipt
    licence = browser.paper(browser.button("打开打印", "li:has(b):nth-child(2)"))
    [code] = codes_on(browser.keep_paper(licence, "56-licence"))
    return receipt, code


def begin(browser: Browser) -> None:
    """The item, the applicant and the answers."""
    acts.begin(browser, "旅馆业", ITEM)
    acts.introduce(browser, HOTEL)
    acts.answer(browser, {"shop_name": "云栖客栈（示例）", "person_in_charge": HOTEL.representative})
    acts.answer_the_rest(browser)


def tick(browser: Browser, clauses: Sequence[str]) -> None:
    """These clauses, one by one."""
    for clause in clauses:
        browser.click(browser.one(f'input[name^="tick-"][name$="-{clause}"]'))


def sign(browser: Browser) -> None:
    """Write a name in the field, stroke by stroke."""
    pad = browser.one("[data-signature] canvas")
    browser.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", pad)
    for left in (-200, -40, 120):
        pen = (
            ActionChains(browser.driver, duration=20)
            .move_to_element_with_offset(pad, left, -40)
            .click_and_hold()
        )
        for x, y in ((60, -8), (-36, 44), (46, -6), (-30, 60), (44, -18)):
            pen = pen.move_by_offset(x, y)
        pen.release().perform()


# --- in the verifying departments


def verified_within_days(browser: Browser, receipt: Receipt, tmp_path: Path) -> None:
    """The material follows at the window; the fire brigade finds its clause kept, in twos."""
    browser.press("登记收到")
    assert "登记收到" not in browser.text()
    browser.sign_in("zhouyan")
    to_verify(browser, receipt)
    assert len(browser.all(ACTS)) == 1
    browser.picture("57-to-verify")
    check(browser, "消防设施", "met", "吴昊（示例）", scan=acts.scan(tmp_path, "Exits"))
    browser.press("完成核查")
    browser.reads("核查符合")


def to_verify(browser: Browser, receipt: Receipt) -> None:
    """Open the case from the list of verifications, which has it for this department."""
    browser.press("承诺核查")
    browser.click(browser.one(f'a[href*="/cases/{receipt.case_id}"]'))


def check(browser: Browser, clause: str, outcome: str, second: str = "", scan: Path | None = None) -> None:
    """Record what was found of the clause that speaks of this."""
    box = next(each for each in browser.all(ACTS) if clause in each.text)
    if not box.get_dom_attribute("open"):
        browser.click(box.find_element("css selector", "summary"))
    address = box.find_element("css selector", "form").get_dom_attribute("action")
    form = f'form[action="{address}"]'
    browser.fill("outcome", outcome, form)
    browser.fill("finding", "与承诺一致（示例）" if outcome == "met" else "监控没有安装（示例）", form)
    if second:
        browser.fill("second", second, form)
    if scan:
        browser.fill("evidence", scan, form)
    browser.press("登记这一项", form)


def told_to_put_it_right(browser: Browser, receipt: Receipt, tmp_path: Path) -> None:
    """The police find one clause of three unmet, without deceit: ten working days to put it right; the holder reads it."""
    browser.sign_in("lijing")
    to_verify(browser, receipt)
    check(browser, "房屋建筑", "met", "胡岚（示例）")
    check(browser, "防盗安全设施", "unmet", "胡岚（示例）", scan=acts.scan(tmp_path, "No cameras"))
    check(browser, "治安安全管理制度", "met")
    browser.press("责令限期整改")
    browser.reads("限期整改", LAST_DAY)
    browser.picture("58-rectification-ordered")
    acts.follow(browser, receipt)
    browser.reads("整改", LAST_DAY, "监控没有安装")
    browser.picture("59-rectification-at-home")


# --- when the day has passed


def found_unmet_again(browser: Browser, receipt: Receipt, tmp_path: Path) -> None:
    """Nobody reported: it is verified again, by itself; only the clause that was unmet, and it still is."""
    browser.sign_in("lijing")
    to_verify(browser, receipt)
    browser.reads("申请人没有报告")
    assert len(browser.all(ACTS)) == 1
    check(browser, "防盗安全设施", "unmet", "胡岚（示例）", scan=acts.scan(tmp_path, "No cameras"))
    browser.reads("将提请撤销许可")
    browser.press("提请撤销")
    browser.picture("60-revocation-proposed")


def heard_and_revoked(browser: Browser, days: Days, receipt: Receipt, code: str) -> None:
    """The facts are told, the holder is heard, the head decides; whoever scans the paper sees it at once."""
    browser.press("到证照登记簿办理")
    browser.press("发出告知书", TASK)
    browser.reads("拟撤销")
    public(browser, code, "有效")
    browser.sign_in("lijing")
    browser.open(f"/cases/{receipt.case_id}")
    browser.press("到证照登记簿办理")
    browser.fill("statement", "监控已于昨日装好，逾期是因为供货延误（示例）。", TASK)
    browser.fill("assessment", "逾期属实，申请时不具备条件，不予采纳（示例）。", TASK)
    browser.fill("hearing_waived", "yes", TASK)
    browser.press("记入笔录", TASK)
    days.until(MONDAY + timedelta(days=28), receipt.case_id)  # the days to answer are over
    browser.sign_in("gongan")
    browser.open(f"/cases/{receipt.case_id}")
    browser.press("到证照登记簿办理")
    browser.fill("result", "done", TASK)
    browser.fill("grave_harm", "no", TASK)
    browser.picture("61-head-decides")
    browser.press("作出决定", TASK)
    browser.reads("已撤销")
    browser.picture("62-revoked-in-the-register")
    public(browser, code, "已撤销")
    browser.picture("63-revoked-for-everybody")


def public(browser: Browser, code: str, state: str) -> None:
    """What anybody sees who scans the code of the paper."""
    browser.driver.delete_all_cookies()
    browser.open(code)
    browser.awaits("main > article .stamp .word", state)


def the_next_application_goes_the_ordinary_way(browser: Browser) -> None:
    """The same applicant is told at the draft why there is no commitment any more."""
    browser.sign_in("linxiao")
    begin(browser)
    browser.reads("按一般程序办理", "未修复的信用记录")
    assert not browser.has('[name="path-hotel_licence"][value="commitment"]')
    browser.picture("64-ordinary-way-with-the-reason")
    browser.keys(Keys.F4)
    browser.keys(Keys.F9)
    browser.reads("已受理", "受理通知书")
    assert "作出承诺" not in browser.text()
