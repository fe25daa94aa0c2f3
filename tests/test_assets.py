"""The built browser files do their work under the policy every page is served with."""

import json
import threading
from collections.abc import Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

from config import ROOT

DIST = ROOT / "web" / "static" / "dist"
POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'"
MARKS = {"accept": "done", "review": "active", "end": "waiting", "not_in_the_diagram": "done"}
LABELS = {"done": "已完成", "active": "办理中", "waiting": "等待"}
SHAPES = {"start": (100, 36), "accept": (200, 100), "review": (360, 100), "end": (520, 36)}
BPMN = f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t" id="d"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">
<process id="p"><startEvent id="start"/><userTask id="accept" name="受理"/><userTask id="review" name="审查"/>
<endEvent id="end"/></process>
<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="p">{
    "".join(
        f'<bpmndi:BPMNShape id="{name}_shape" bpmnElement="{name}">'
        f'<dc:Bounds x="{x}" y="100" width="{width}" height="{min(width, 80)}"/></bpmndi:BPMNShape>'
        for name, (x, width) in SHAPES.items()
    )
}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"""


def manifest() -> dict[str, str]:
    return json.loads((DIST / "manifest.json").read_text())


def page(diagram: str) -> str:
    built = manifest()
    return f"""<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/{built["app.css"]}"><link rel="stylesheet" href="/{built["diagram.css"]}">
<script src="/{built["app.js"]}" defer></script><script src="/{built["diagram.js"]}" defer></script>
<div class="diagram" data-diagram="{diagram}" data-marks="{escape(json.dumps(MARKS))}"
 data-labels="{escape(json.dumps(LABELS))}" data-failure="流程图打不开，请刷新页面。"></div>
<a hx-get="/fragment" hx-swap="outerHTML" href="/whole">打开</a>"""


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answers = {
            "/": ("text/html", page("/drawn.bpmn")),
            "/broken": ("text/html", page("/broken.bpmn")),
            "/drawn.bpmn": ("application/xml", BPMN),
            "/broken.bpmn": ("application/xml", "<not-bpmn/>"),
            "/fragment": ("text/html", "<p id='swapped'>已换</p>"),
        }
        types = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
        for name in manifest().values():
            answers[f"/{name}"] = (types[Path(name).suffix], (DIST / name).read_text())
        kind, body = answers[self.path]
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1000,700"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


def diagram_state(driver: webdriver.Chrome) -> str:
    return driver.execute_script("return document.querySelector('.diagram').dataset.shown || ''")


@pytest.mark.browser
def test_diagram_marks_every_step_with_a_colour_and_a_word(chromium: webdriver.Chrome, site: str) -> None:
    chromium.get(site)
    assert WebDriverWait(chromium, 20).until(diagram_state) == "yes"
    badges = chromium.find_elements("css selector", ".step-badge")
    assert [badge.text for badge in badges] == ["已完成", "办理中", "等待"]
    filled = "return getComputedStyle(document.querySelector('.step-active .djs-visual > :first-child')).fill"
    assert chromium.execute_script(filled) == "rgb(227, 239, 253)"
    assert chromium.get_log("browser") == [], "something asked for what the content security policy forbids"


@pytest.mark.browser
def test_htmx_swaps_a_fragment_under_the_policy(chromium: webdriver.Chrome, site: str) -> None:
    chromium.get(site)
    WebDriverWait(chromium, 20).until(diagram_state)
    chromium.find_element("link text", "打开").click()
    WebDriverWait(chromium, 20).until(lambda driver: driver.find_elements("id", "swapped"))
    assert chromium.current_url == f"{site}/"
    assert chromium.get_log("browser") == [], "something asked for what the content security policy forbids"


@pytest.mark.browser
def test_diagram_that_cannot_be_read_says_so_instead_of_staying_empty(
    chromium: webdriver.Chrome, site: str
) -> None:
    chromium.get(f"{site}/broken")
    assert WebDriverWait(chromium, 20).until(diagram_state) == "no"
    assert "流程图打不开" in chromium.find_element("css selector", ".diagram").text


def test_every_file_of_the_manifest_was_built_and_carries_its_hash() -> None:
    built = manifest()
    assert set(built) >= {"app.js", "app.css", "diagram.js", "diagram.css"}
    for plain, hashed in built.items():
        assert (DIST / hashed).stat().st_size > 0, plain
        assert hashed != plain


def test_lock_file_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in packages.items() if name)
