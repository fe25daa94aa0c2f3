"""What the people of the centre do, each by the pages of their own work."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from approvals.clock import ZONE
from tests.browser.pages import Browser
from web.demo.answers import BY_CODE
from web.demo.centre import Somebody

KNOWN = BY_CODE | {
    "shop_name": "山城老火锅（示例）", "sign_text": "山城老火锅（示例）", "food_staff": 18, "opening_date": "2027-01-18",
    "establishment_date": "2027-01-18",
}  # fmt: skip
UNANSWERED = """return [...new Set([...document.querySelectorAll('#situation [name]')]
  .filter((field) => field.offsetParent && !field.name.startsWith('collection') && field.tagName !== 'BUTTON')
  .filter((field) => ['radio', 'checkbox'].includes(field.type)
    ? ![...document.getElementsByName(field.name)].some((box) => box.checked) : !field.value)
  .map((field) => field.name))]"""
HOT_POT_HOUSE = Somebody(
    "organisation", "山城老火锅（示例）", "92330110MA2B0Q1X78", "13800000000", "示例县城东街道示例路 18 号", "赵某某（示例）"
)  # fmt: skip


@dataclass(frozen=True)
class Receipt:
    """What the clerk's page and the applicant's paper show after an act at the desk."""

    case_id: int
    number: str
    code: str


# --- at the window


def begin(browser: Browser, initials: str, item: str) -> None:
    """Find the item by the initials of its pinyin and begin an application."""
    browser.open("/desk")
    browser.fill("q", initials)
    browser.awaits("#hits .hit b", item)
    browser.press(item)


def introduce(browser: Browser, who: Somebody) -> None:
    """Take down who applies."""
    browser.fill("applicant-kind", who.kind)
    for name in ("number", "name", "phone", "address", "representative"):
        if getattr(who, name):
            browser.fill(f"applicant-{name}", getattr(who, name))


def answer(browser: Browser, answers: Mapping[str, Any]) -> None:
    """Answer these questions of the form."""
    for code, given in answers.items():
        browser.fill(code, given)


def answer_the_rest(browser: Browser) -> None:
    """Answer whatever the form still asks; what is answered may bring further questions."""
    browser.idle()
    while names := browser.driver.execute_script(UNANSWERED):
        for name in names:
            browser.fill(name, KNOWN[name] if name in KNOWN else first_choice(browser, name))


def first_choice(browser: Browser, name: str) -> str:
    """The first of the answers on offer."""
    field = browser.one(f'#situation [name="{name}"]')
    if field.tag_name == "select":
        return str(browser.one(f'#situation [name="{name}"] option:not([value=""])').get_attribute("value"))
    assert field.get_attribute("type") in ("radio", "checkbox"), f"no answer is known for {name}"
    return str(field.get_attribute("value"))


def receipt(browser: Browser) -> Receipt:
    """Number and query code as the clerk reads them out."""
    case_id = re.search(r"/cases/(\d+)/done", browser.driver.current_url)
    assert case_id, f"{browser.driver.current_url}:\n{browser.text()}"
    return Receipt(int(case_id[1]), browser.one(".case-number").text, browser.one(".query-code").text)


def scan(folder: Path, words: str) -> Path:
    """A scanned page."""
    page = Image.new("L", (620, 877), 250)
    ImageDraw.Draw(page).text((60, 60), words, fill=20)
    page.save(folder / "scan.png")
    return folder / "scan.png"


# --- in a department


def claim(browser: Browser, login: str, receipt: Receipt) -> None:
    """Sign in, claim every task of this case in the own queue, and open the case."""
    browser.sign_in(login)
    browser.open("/queue/?tab=unclaimed")
    row = f'tr:has(a[href="/cases/{receipt.case_id}"])'
    while browser.has(f'{row} form[action$="/claim"]'):
        browser.press("认领", row)
    browser.open("/queue/?tab=mine")
    browser.click(browser.one(f"{row} a.row"))


def agree(browser: Browser) -> None:
    """Agree to every part that waits for this officer's opinion."""
    form = 'form[action$="/opinion"]'
    assert browser.has(form), browser.text()
    for _ in browser.all(form):
        browser.fill("kind", "agree", form)
        browser.press("提交意见", form)
    assert not browser.has(form)


def visit(browser: Browser, second: str) -> None:
    """Ask for a visit, fix the day, go there in twos and record what was found."""
    browser.press("要求现场核查")
    appointment = 'form[action*="/appointment"]'
    day = (datetime.now(ZONE) + timedelta(days=3)).date().isoformat()
    browser.fill("when", f"{day}T09:30", appointment)
    browser.press("约定并通知申请人", appointment)
    browser.reads(f"{day} 09:30")
    finding = 'form[action$="/finding"]'
    browser.fill("passed", "yes", finding)
    browser.fill("finding", "安全出口两个，疏散通道畅通，灭火器在有效期内。", finding)
    browser.fill("second", second, finding)
    browser.press("登记核查结果", finding)


def grant(browser: Browser) -> None:
    """Grant every part of this authority that waits for its decision."""
    form = 'form[action$="/decision"]'
    assert browser.has(form), browser.text()
    while browser.has(form):
        browser.press("准予许可", form)


# --- at home


def follow(browser: Browser, receipt: Receipt) -> None:
    """Open the own case online with number and query code."""
    browser.driver.delete_all_cookies()
    browser.open("/tracking")
    browser.fill("number", receipt.number)
    browser.fill("code", receipt.code)
    browser.press("查询", "form")
