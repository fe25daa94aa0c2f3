"""Shorter stories in the browser: fewer departments, the keyboard alone, one visit, and what the applicant does at home."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser import acts
from tests.browser.acts import Receipt
from tests.browser.pages import PATIENCE, Browser
from tests.centre import COFFEE_BAR, HOT_POT
from tests.web import public
from web.demo.applicants import organisations, persons
from web.demo.centre import Centre, Somebody
from web.demo.people import PASSWORD

pytestmark = pytest.mark.browser

Prepared = Callable[[], AbstractContextManager[Centre]]
FOCUS = """const field = document.activeElement;
return [field.name || '', field.type || '', field.value || '', field.innerText || '', !!field.closest('#hits')]"""

HIDDEN = """const field = document.activeElement.getBoundingClientRect();
const bar = document.querySelector('.sticky-foot').getBoundingClientRect();
return !document.activeElement.closest('.sticky-foot') && field.bottom > bar.top + 2"""


def somebody(kind: str, seed: int) -> Somebody:
    """Another applicant for every story."""
    return next(organisations(Random(seed), "咖啡馆") if kind == "organisation" else persons(Random(seed)))


def as_receipt(case: public.Known) -> Receipt:
    return Receipt(case.id, case.number, case.code)


def test_a_coffee_bar_by_the_keyboard_alone_concerns_fewer_departments(browser: Browser) -> None:
    browser.open("/login")
    browser.keys("linxiao", Keys.TAB, PASSWORD, Keys.ENTER)
    browser.keys("kbcyd")  # the cursor is in the search from the start
    browser.awaits("#hits .hit b", "开办餐饮店一件事")
    tab_until(browser, lambda focus: focus[4])
    browser.keys(Keys.ENTER)
    who = somebody("organisation", 1)
    typed = {
        f"applicant-{name}": getattr(who, name) for name in ("kind", "number", "name", "phone", "address")
    }
    type_through(browser, acts.KNOWN | COFFEE_BAR | typed)
    browser.reads("同时通知 2 个部门", "示例县市场监督管理局", "示例县城市管理局")
    assert "示例县消防救援大队" not in browser.one(".hint.departments").text
    browser.keys(Keys.F4)
    type_through(browser, acts.KNOWN | COFFEE_BAR | typed)  # what the answers brought in above the cursor
    browser.reads("可以受理")
    browser.picture("20-coffee-bar")
    browser.keys(Keys.F9)
    assert acts.receipt(browser).number
    browser.keys(Keys.F2)
    assert browser.driver.current_url.endswith("/desk")


def tab_until(browser: Browser, there: Callable[[list], bool]) -> None:
    for _ in range(60):
        browser.keys(Keys.TAB)
        if there(browser.driver.execute_script(FOCUS)):
            return
    raise AssertionError("the keyboard does not get there")


def type_through(browser: Browser, answers: dict[str, object]) -> None:
    """Tab from field to field down to the checklist and type what is not there yet."""
    browser.one("#f-applicant-kind").send_keys("")  # the cursor at the top of the form
    for _ in range(120):
        name, kind, value, _, _ = browser.driver.execute_script(FOCUS)
        assert not browser.driver.execute_script(HIDDEN), f"{name} has the cursor and lies behind the bar"
        if name.startswith("state-"):
            return
        if kind == "select-one" and name == "applicant-kind" and value != answers[name]:
            browser.keys(Keys.ARROW_DOWN)
        elif kind in ("radio", "checkbox") and name in browser.driver.execute_script(acts.UNANSWERED):
            browser.keys(Keys.ARROW_RIGHT if answers.get(name) is False else Keys.SPACE)
        elif kind in ("text", "textarea", "email") and not value and name in answers:
            browser.keys(str(answers[name]))
        browser.keys(Keys.TAB)
    raise AssertionError("the form has no end")


def test_a_company_is_registered_and_its_licence_handed_over_in_one_visit(browser: Browser) -> None:
    browser.sign_in("wangyu")
    acts.begin(browser, "qysldj", "企业设立登记")
    acts.introduce(browser, somebody("person", 2))
    acts.answer_the_rest(browser)
    browser.keys(Keys.F4)
    browser.keys(Keys.F9)
    receipt = acts.receipt(browser)
    browser.reads("接着办")
    browser.picture("21-decide-on-the-spot")
    browser.keys(Keys.F9)
    browser.reads("准予", "制证")
    browser.keys(Keys.F9)
    browser.reads("营业执照", "领取人签名")
    browser.fill("signature", "王某某（示例）")
    browser.picture("22-hand-over")
    browser.keys(Keys.F9)
    browser.reads("准予许可", "办结", "送达回证")
    browser.picture("23-one-visit")
    for link in browser.all('a[href^="/documents/"]'):
        browser.paper(link)
    assert acts.receipt(browser) == receipt


def test_a_correction_is_answered_by_upload_at_home(
    browser: Browser, prepared: Prepared, tmp_path: Path
) -> None:
    with prepared() as centre:
        case = public.correcting(centre, somebody("organisation", 3))
    acts.follow(browser, as_receipt(case))
    browser.narrow()
    browser.reads("请您补正", public.PLAN.problem, "未说明灭火器配置")
    browser.picture("24-correction-on-a-phone")
    wrong = tmp_path / "plan.pdf"
    wrong.write_bytes(b"MZ this is no PDF")
    upload = browser.one('#correction input[type="file"]')
    upload.send_keys(str(wrong))
    browser.fill("text", "已标注疏散宽度；配灭火器 8 具。", "#correction")
    browser.press("提交补正")
    browser.refused(415)
    browser.picture("25-disguised-upload-refused")
    browser.one('#correction input[type="file"]').send_keys(str(acts.scan(tmp_path, "New plan")))
    browser.press("提交补正")
    browser.reads("已收到您的补正")
    assert not browser.has("#correction")


def test_an_application_is_withdrawn_at_home(browser: Browser, prepared: Prepared) -> None:
    with prepared() as centre:
        case = public.reviewing(centre, somebody("organisation", 4))
    wrong = Receipt(case.id, case.number, "AAAAAAAA")
    acts.follow(browser, wrong)
    browser.refused(403)
    browser.reads("没有找到对应的办件")
    acts.follow(browser, as_receipt(case))
    assert public.SECRET_OPINION not in browser.text()
    browser.press("撤回申请")
    browser.picture("26-withdrawal")
    browser.fill("confirmed", "yes")
    browser.press("撤回申请", "form")
    browser.reads("申请已撤回", "已撤回")
    browser.picture("27-withdrawn")


def test_the_second_officer_is_told_who_was_first(
    browser: Browser, second_browser: Browser, prepared: Prepared
) -> None:
    with prepared() as centre:
        case = centre.accept(centre.draft("restaurant_opening", HOT_POT, who=somebody("organisation", 5)))
    opinion = 'form[action$="/opinion"]'
    for login, each in (("zhouyan", browser), ("wuhao", second_browser)):
        each.sign_in(login)
        each.open(f"/cases/{case.id}")
        each.fill("kind", "agree", opinion)
    browser.press("提交意见", opinion)
    second_browser.press("提交意见", opinion)
    second_browser.refused(409)
    second_browser.reads("周岩（示例）")
    second_browser.picture("28-stale-page")
    browser.open(f"/cases/{case.id}?tab=journal")
    assert browser.one(".journal").text.count("公众聚集场所投入使用、营业前消防安全检查") == 1


def test_the_diagram_marks_where_the_case_is(browser: Browser, prepared: Prepared) -> None:
    with prepared() as centre:
        case = public.reviewing(centre, somebody("organisation", 6))
    browser.sign_in("qiantou")
    browser.open(f"/cases/{case.id}/diagram")
    shown = WebDriverWait(browser.driver, PATIENCE).until(
        lambda _: browser.one(".diagram").get_attribute("data-shown")
    )
    assert shown == "yes"
    words = [badge.text for badge in browser.all(".diagram .step-badge")]
    assert {"已完成", "办理中"} <= set(words)
    assert words.count("办理中") >= 3, "three departments are still at work"
    browser.picture("29-diagram")
    browser.language("en")
    browser.picture("29-diagram-en")
    browser.language("zh")


@pytest.mark.parametrize("login", ["", "linxiao", "chenli", "jiancha", "admin"])
def test_every_place_in_the_bar_fits_the_screen_and_complains_of_nothing(
    browser: Browser, login: str
) -> None:
    if login:
        browser.sign_in(login)
    browser.open("/")
    places = [str(link.get_dom_attribute("href")) for link in browser.all("header.bar nav a")]
    assert places
    for path in ["/", *places, "/password"] if login else ["/", *places, "/login"]:
        for resize in (browser.wide, browser.narrow):
            resize()
            browser.open(path)
            assert browser.has("main h1, main form"), path
            across = browser.driver.execute_script(
                "return document.documentElement.scrollWidth - window.innerWidth"
            )
            assert across <= 0, f"{path} is {across} px wider than the screen"
