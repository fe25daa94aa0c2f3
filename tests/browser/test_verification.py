"""A permit is verified in the browser: online beside its live state, by its file, and without any network."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import zxingcpp
from selenium.webdriver.support.ui import WebDriverWait
from sqlalchemy import select, update

from approvals import qr_payload
from approvals.qr_payload import CodeKeys
from approvals.tables import Document, Permit
from tests.browser.conftest import PICTURES, Served, at_the_centre, open_chromium, serving
from tests.browser.pages import Browser
from tests.centre import HOT_POT, configure_secrets
from tests.test_printing import picture
from tests.web.public import WITH_MAIL

pytestmark = pytest.mark.browser

OTHERS = CodeKeys.parse("b3RoZXJzIGFyZSAzMiBieXRlcyBvZiB0aGUgdGVzdHM=")
DROP = """
    const bytes = Uint8Array.from(atob(arguments[0]), (letter) => letter.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], "certificate.pdf", { type: "application/pdf" }));
    document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
"""
WRONG_ANSWER = """
    const real = window.fetch;
    window.fetch = (address, ...more) =>
        String(address) === "/permits/revocations" ? Promise.resolve(new Response(%s)) : real(address, ...more);
"""
LATER = "const now = Date.now; Date.now = () => now() + 9 * 24 * 3600 * 1000;"


@dataclass(frozen=True)
class Held:
    """What somebody holds of a permit: its address with the code, and the number on the paper."""

    public_id: str
    number: str
    code: str
    facts: qr_payload.Facts

    def path(self, code: str = "") -> str:
        return f"/permits/{self.public_id}#{code or self.code}"


def issue(served: Served) -> list[Held]:
    """A restaurant's permits, the comprehensive licence last."""
    with at_the_centre(served) as centre:
        case = centre.accept(centre.draft("restaurant_opening", HOT_POT, who=WITH_MAIL))
        centre.opine_all(case)
        centre.collate(case)
        centre.grant_all(case)
        centre.pay_fees(case)
        permits = sorted(centre.issue(case), key=lambda permit: permit.part_id or 10**9)
        return [held(permit) for permit in permits]


def held(permit: Permit) -> Held:
    facts = qr_payload.Facts(
        permit.public_id, permit.number, permit.version, permit.holder, permit.kind, permit.valid_from,
        permit.valid_until, permit.department.abbreviation,
    )  # fmt: skip
    return Held(permit.public_id, permit.number, qr_payload.payload_of(facts, qr_payload.current()), facts)


@pytest.fixture
def offline_later(centre_template: Path, tmp_path: Path) -> Iterator[tuple[Served, Browser, object]]:
    """A product that a test may stop, and a browser that was never there."""
    configure_secrets()
    with serving(centre_template, tmp_path) as (served, server):
        driver = open_chromium()
        yield served, Browser(driver, served.url, PICTURES), server
        driver.quit()


def answered(browser: Browser, tone: str, *words: str) -> None:
    """The verifier of the page has judged."""
    WebDriverWait(browser.driver, 20).until(
        lambda driver: (
            driver.execute_script("return document.querySelector('[data-verifier]')?.dataset.shown") == tone
        )
    )
    browser.reads(*words)


def go(browser: Browser, path: str) -> None:
    """Open an address as a scanned one is: in a fresh page, also where only the fragment is another."""
    browser.driver.get("about:blank")
    browser.driver.get(browser.url + path)


def leads(browser: Browser) -> bool:
    """Whether what the verifier found stands above the state of the permit."""
    first = browser.driver.execute_script(
        "return document.querySelector('.verdict').closest('[data-verifier]')"
    )
    return first is not None


def kept(browser: Browser) -> None:
    """The service worker looks after the pages and holds a list."""
    script = """const done = arguments[0];
        caches.open('permits-list').then((kept) => kept.match('/permits/revocations')).then((list) => done(Boolean(list)));"""
    WebDriverWait(browser.driver, 20).until(lambda driver: driver.execute_async_script(script))


def test_a_code_is_verified_without_network_after_a_first_visit(offline_later) -> None:
    served, browser, server = offline_later
    food, fire, *_ = issue(served)
    browser.wide()
    go(browser, food.path())
    answered(browser, "code", "有效", "二维码真实", "请与纸面逐项核对", food.number)
    kept(browser)
    browser.picture("60-permit-online")
    browser.narrow()
    browser.picture("61-permit-online-narrow")
    browser.wide()
    assert not leads(browser)
    go(browser, food.path(qr_payload.payload_of(food.facts, OTHERS)))
    answered(browser, "ended", "不是本中心的二维码", "有效")
    assert leads(browser), "a forged code is read before the state of the permit it names"
    browser.picture("61-permit-online-forged")

    with at_the_centre(served) as centre:
        centre.session.execute(
            update(Permit).where(Permit.public_id == fire.public_id).values(status="revoked")
        )
    go(browser, f"/permits/{fire.public_id}")
    browser.reads("已撤销", "证照不能再使用")
    go(browser, fire.path())  # the list is fetched anew at every visit
    kept(browser)
    go(browser, "/permits")
    browser.picture("62-verification-index")
    browser.narrow()
    browser.picture("63-verification-index-narrow")
    browser.wide()

    server.terminate()
    server.wait(timeout=30)
    go(browser, food.path())
    answered(
        browser,
        "good",
        "二维码真实",
        "不在失效名单上",
        "失效名单生成于",
        "是今天的",
        food.facts.holder,
        food.number,
    )
    browser.reads("食品经营许可证", "示例县市场监督管理局", "现在没有网络")
    browser.picture("64-offline-good")
    browser.narrow()
    browser.picture("65-offline-good-narrow")
    browser.wide()
    go(browser, fire.path())
    answered(browser, "ended", "已撤销", "证照不能再使用", "失效名单生成于")
    browser.picture("66-offline-revoked")
    changed = food.code[:-4] + ("A" if food.code[-4] != "A" else "B") + food.code[-3:]
    go(browser, food.path(changed))
    answered(browser, "ended", "二维码被改动")
    browser.picture("67-offline-tampered")
    go(browser, f"/permits/{fire.public_id}#{food.code}")
    answered(browser, "ended", "二维码被改动")
    go(browser, food.path(qr_payload.payload_of(food.facts, OTHERS)))
    answered(browser, "ended", "不是本中心的二维码")
    go(browser, food.path("NONSENSE"))
    answered(browser, "pause", "无法读取")
    go(browser, f"/permits/{food.public_id}")
    answered(browser, "pause", "没有网络，这里也没有二维码的内容")
    browser.fill("text", f"https://hall.example{food.path()}")
    browser.one("[data-code] button").click()
    answered(browser, "good", "不在失效名单上")

    browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": LATER})
    go(browser, food.path())
    answered(browser, "pause", "已经 9 天", "名单已经超过 7 天")
    browser.picture("68-offline-old-list")


def list_kept(browser: Browser) -> str:
    """The text of the list that this browser keeps, empty without one."""
    script = """const done = arguments[0];
        caches.open('permits-list').then((kept) => kept.match('/permits/revocations'))
            .then((list) => list?.text() ?? '').then(done);"""
    return str(browser.driver.execute_async_script(script))


def test_a_wrong_answer_never_replaces_the_last_good_list(browser: Browser, served: Served) -> None:
    food, *_ = issue(served)
    go(browser, food.path())
    answered(browser, "code", "二维码真实")
    kept(browser)
    good = list_kept(browser)
    told = json.loads(good)
    wrong = (
        "null",
        "<p>Sign in to this network</p>",
        json.dumps(told | {"signature": "%%%"}),
        json.dumps(told | {"signature": None}),
        json.dumps(told | {"signed": told["signed"].replace("{", "{ ", 1)}),
    )
    for answer in wrong:
        script = {"source": WRONG_ANSWER % json.dumps(answer)}
        added = browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", script)
        go(browser, "/permits")
        browser.fill("text", f"https://hall.example{food.path()}")
        browser.one("[data-code] button").click()
        answered(browser, "pause", "下载的失效名单签名不对，没有采用")
        assert list_kept(browser) == good
        browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)

    asked = """const done = arguments[0];
        caches.delete('permits-list').then(() => fetch('/permits/revocations')).then((list) => done(list.status));"""
    go(browser, "/permits/offline")  # its script asks for no list by itself
    assert browser.driver.execute_script("return Boolean(navigator.serviceWorker.controller)")
    assert browser.driver.execute_async_script(asked) == 200
    assert list_kept(browser) == ""  # the worker itself, which reads no signature, keeps nothing


def test_the_printed_code_and_the_file_lead_to_the_permit(
    browser: Browser, served: Served, tmp_path: Path
) -> None:
    food, *_ = issue(served)
    go(browser, f"/permits/{food.public_id}")
    browser.reads("有效", food.number)
    with at_the_centre(served) as centre:
        sha256 = centre.session.scalar(
            select(Document.pdf_sha256)
            .join(Permit, Permit.document_id == Document.id)
            .where(Permit.public_id == food.public_id)
        )
    assert sha256 is not None
    pdf = (served.database.parent / "files" / sha256[:2] / sha256[2:4] / sha256).read_bytes()
    (code,) = zxingcpp.read_barcodes(picture(pdf))
    assert code.text.endswith(food.path())

    (tmp_path / "certificate.pdf").write_bytes(pdf)
    go(browser, "/permits")
    browser.one("input[type=file][name=file]").send_keys(str(tmp_path / "certificate.pdf"))
    browser.press("核验文件")
    browser.reads("原件，签名有效 · 有效", food.number, "一门 开发用签名（非正式）")
    browser.picture("69-file-verified")
    browser.narrow()
    browser.picture("70-file-verified-narrow")
    browser.wide()
    go(browser, "/permits")
    browser.driver.execute_script(DROP, base64.b64encode(pdf).decode())
    browser.reads("原件，签名有效 · 有效", food.number)
    changed = bytearray(pdf)
    changed[len(changed) // 3] ^= 1
    (tmp_path / "changed.pdf").write_bytes(changed)
    go(browser, "/permits")
    browser.one("input[type=file][name=file]").send_keys(str(tmp_path / "changed.pdf"))
    browser.press("核验文件")
    browser.reads("已被改动", "不要凭它办事")
    browser.picture("71-file-altered")
