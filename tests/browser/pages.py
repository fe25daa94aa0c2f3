"""The verbs of a person in front of a browser: sign in, fill in, press, look, open a paper."""

import base64
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import zxingcpp
from PIL import Image
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from web.demo.people import PASSWORD

PATIENCE = 20
LEAVING = """window.addEventListener('submit', (event) => { if (!event.defaultPrevented) window.leaving = true; });
window.addEventListener('click', (event) => {
  const link = event.target.closest && event.target.closest('a[href]');
  const here = link && link.hash && link.href.split('#')[0] === location.href.split('#')[0];
  if (link && !link.target && !here && !event.defaultPrevented) window.leaving = true; });"""
"""Runs in every page: from the moment a form is sent or a link followed, the page is no longer the one to look at."""
IDLE = """return document.readyState === 'complete' && !window.leaving
  && !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"""
SET_VALUE = (
    "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change', {bubbles: true}))"
)
TEXTS = "return [...document.querySelectorAll(arguments[0])].map((element) => element.innerText.trim())"
SEEN = """const found = [...document.querySelectorAll(arguments[0])];
return found.find((element) => element.getClientRects().length > 0) || found[0];"""
BUTTON = """const [within, words] = [arguments[0], arguments[1].replace(/\\s+/g, '')];
const kinds = ['button', 'a', 'summary'].map((kind) => `${within} ${kind}`).join(',');
return [...document.querySelectorAll(kinds)].find((element) => element.getClientRects().length > 0
  && element.innerText.replace(/\\s+/g, '').startsWith(words));"""
FETCH = """const [address, done] = [arguments[0], arguments[1]];
fetch(address, {credentials: 'same-origin'}).then(async (answer) => {
  const bytes = new Uint8Array(await answer.arrayBuffer());
  let text = ''; for (const byte of bytes) text += String.fromCharCode(byte);
  done([answer.status, answer.headers.get('Content-Type'), btoa(text)]);
}).catch((error) => done([0, String(error), '']));"""


class Browser:
    """One browser window and what a person does with it."""

    def __init__(self, driver: webdriver.Chrome, url: str, pictures: Path) -> None:
        self.driver, self.url, self.pictures = driver, url, pictures
        self.complaints: list[str] = []

    # --- where to

    def open(self, path: str) -> None:
        """Go to an address of the product."""
        self.driver.get(path if path.startswith("http") else self.url + path)
        self.idle()

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        """Sign in as a member of staff, whoever was here before."""
        self.driver.delete_all_cookies()
        self.open("/login")
        self.fill("login", login)
        self.fill("password", password)
        self.press("登录")

    def language(self, code: str) -> None:
        """Switch the language by the link in the bar, staying on the page."""
        if not self.has(f'html[lang^="{code}"]'):
            self.click(self.one("a.language"))

    def wide(self, width: int = 1440, height: int = 900) -> None:
        """A desk's screen."""
        self.screen = (width, height)
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )

    def narrow(self) -> None:
        """A phone's screen."""
        self.wide(390, 844)

    # --- looking

    def idle(self) -> None:
        """Wait until nothing is on its way."""
        WebDriverWait(self.driver, PATIENCE, poll_frequency=0.05).until(
            lambda driver: driver.execute_script(IDLE)
        )

    def one(self, selector: str) -> WebElement:
        """The first element of this CSS selector that is seen, or the first at all."""
        found = self.driver.execute_script(SEEN, selector)
        assert found, f"nothing matches {selector} on {self.driver.current_url}:\n{self.text()}"
        return found

    def all(self, selector: str) -> list[WebElement]:
        """Every element of this CSS selector."""
        return self.driver.find_elements("css selector", selector)

    def has(self, selector: str) -> bool:
        """Whether the page has such an element."""
        return bool(self.all(selector))

    def awaits(self, selector: str, *texts: str) -> None:
        """Wait until these elements, and no others of this selector, are on the page."""
        WebDriverWait(self.driver, PATIENCE, poll_frequency=0.05).until(
            lambda driver: driver.execute_script(TEXTS, selector) == list(texts), f"{selector}: {texts}"
        )

    def text(self) -> str:
        """All that can be read on the page."""
        return str(self.driver.execute_script("return document.body.innerText"))

    def reads(self, *words: str) -> None:
        """The page says all of this."""
        text = self.text()
        for word in words:
            assert word in text, f"{word} is not on {self.driver.current_url}:\n{text}"

    def picture(self, name: str) -> None:
        """Keep a picture of the page from top to end, as on a screen that is high enough."""
        self.idle()
        self.pictures.mkdir(parents=True, exist_ok=True)
        height = self.driver.execute_script("return document.documentElement.scrollHeight")
        screen = self.screen
        self.wide(screen[0], max(screen[1], min(height, 4000)))
        shot = self.driver.get_screenshot_as_png()
        self.wide(*screen)
        (self.pictures / f"{name}.png").write_bytes(shot)

    # --- doing

    def fill(self, name: str, value: object, within: str = "") -> None:
        """Fill in the field of this name, whatever kind it is, and leave it."""
        self._patiently(lambda: self._fill(f'{within} [name="{name}"]', value))

    def _patiently(self, act: Callable[[], object]) -> None:
        """Do it when the page is at rest, and again where a part of the page was renewed under the hand."""
        for attempt in range(3):
            self.idle()
            try:
                act()
            except StaleElementReferenceException:
                if attempt == 2:
                    raise
            else:
                break
        self.idle()

    def _fill(self, selector: str, value: object) -> None:
        field = self.one(selector)
        kind = field.get_dom_attribute("type") or ""
        if field.tag_name == "select":
            choose = Select(field)
            (choose.select_by_value if value in [each.get_dom_attribute("value") for each in choose.options]
             else choose.select_by_visible_text)(str(value))  # fmt: skip
        elif kind in ("radio", "checkbox"):
            for one in value if isinstance(value, list) else [value]:
                box = self.one(f'{selector}[value="{str(one).lower() if isinstance(one, bool) else one}"]')
                if not box.is_selected():
                    self.click(box)
        elif kind in ("date", "datetime-local"):  # what its calendar would put in
            self.driver.execute_script(SET_VALUE, field, str(value))
        elif kind == "file":
            field.send_keys(str(value))
        else:
            field.send_keys(Keys.CONTROL, "a")
            field.send_keys(str(value), Keys.TAB)

    def button(self, words: str, within: str = "") -> WebElement:
        """The button or link that begins with these words and is seen."""
        found = self.driver.execute_script(BUTTON, within, words)
        assert found, f"no button or link {words} {within} on {self.driver.current_url}:\n{self.text()}"
        return found

    def press(self, words: str, within: str = "") -> None:
        """Press the button or follow the link that begins with these words."""
        self._patiently(lambda: self.click(self.button(words, within)))

    def click(self, element: WebElement) -> None:
        """Click and wait for what comes."""
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()
        self.idle()

    def keys(self, *keys: str) -> None:
        """Type on the keyboard, wherever the cursor is."""
        ActionChains(self.driver).send_keys(*keys).perform()
        self.idle()

    def refused(self, status: int) -> None:
        """The answer to what was just done had this status; the browser notes it as an error, and is right."""
        self._listen()
        noted = [line for line in self.complaints if f"status of {status} " in line]
        assert noted, f"no answer with {status}; noted: {self.complaints}\n{self.text()}"
        self.complaints = [line for line in self.complaints if line not in noted]

    def must_be_quiet(self) -> None:
        """No page complained: no failed request, no script error, nothing the content security policy forbids."""
        self._listen()
        assert not self.complaints, "\n".join(self.complaints)

    def _listen(self) -> None:
        self.complaints += [f"{line['level']} {line['message']}" for line in self.driver.get_log("browser")]

    # --- papers

    def paper(self, link: WebElement) -> bytes:
        """Open what the link leads to as this person: it has to be a PDF."""
        status, kind, body = self.driver.execute_async_script(FETCH, link.get_attribute("href"))
        assert (status, kind) == (200, "application/pdf"), (
            link.text,
            link.get_attribute("href"),
            status,
            kind,
        )
        paper = base64.b64decode(body)
        assert paper.startswith(b"%PDF-")
        return paper

    def keep_paper(self, paper: bytes, name: str) -> Path:
        """Keep a picture of the paper's first page."""
        self.pictures.mkdir(parents=True, exist_ok=True)
        target = self.pictures / name
        subprocess.run(
            ["pdftoppm", "-r", "110", "-png", "-singlefile", "-", target],
            input=paper,
            check=True,
            capture_output=True,
        )
        return target.with_suffix(".png")


def codes_on(picture: Path) -> list[str]:
    """What the QR codes on a picture say."""
    with Image.open(picture) as image:
        return [read.text for read in zxingcpp.read_barcodes(image)]


def words_of(paper: bytes) -> str:
    """The text of a PDF without any white space."""
    done = subprocess.run(["pdftotext", "-", "-"], input=paper, capture_output=True, check=True)
    return re.sub(r"\s+", "", done.stdout.decode())
