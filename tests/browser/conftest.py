"""The product as it is served: gunicorn, the real clock, a database of its own; and headless Chromium to use it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from selenium import webdriver
from sqlalchemy import select

from approvals import database
from approvals.tables import Staff
from config import ROOT
from tests.browser.pages import LEAVING, Browser
from tests.centre import ENCRYPTION_KEY, INDEX_KEY, SIGNING_KEYS, configure_secrets
from web.demo.centre import Centre

PICTURES = ROOT / "artefacts" / "journey"
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars", "--force-color-profile=srgb",
)  # fmt: skip
DRIVER = "/usr/bin/chromedriver"


@dataclass(frozen=True)
class Served:
    """The running product and its database."""

    url: str
    database: Path


@pytest.fixture(scope="session")
def served(centre_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The product on a free port, as `make run` serves it."""
    with serving(centre_template, tmp_path_factory.mktemp("served")) as (served, _):
        yield served


@contextmanager
def serving(
    template: Path, home: Path, program: str = "web:create_app()"
) -> Iterator[tuple[Served, subprocess.Popen[bytes]]]:
    """The product with a copy of the database ``template`` in the folder ``home``, until the block ends.

    ``program``: what gunicorn serves; ``later:app()`` is the same with a clock that a test sets.
    """
    file = home / "centre.sqlite3"
    shutil.copyfile(template, file)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "HOST": "127.0.0.1", "PORT": str(port), "DATABASE_URL": f"sqlite:///{file}", "FILES_DIR": str(home / "files"),
        "SECRET_KEY": "s" * 40, "ENCRYPTION_KEYS": ENCRYPTION_KEY, "INDEX_KEY": INDEX_KEY, "PUBLIC_URL": "",
        "REDIS_URL": "", "SMTP_URL": "", "DEVELOPMENT": "true", "SESSION_HOURS": "12", "UPLOAD_MAX_MB": "20",
        **SIGNING_KEYS,
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", program, "--bind", f"127.0.0.1:{port}",
               "--worker-class", "gthread", "--threads", "4", "--log-level", "warning"]  # fmt: skip
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}/login", server, home / "server.log")
            yield Served(f"http://127.0.0.1:{port}", file), server
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            pytest.fail(f"the product ended by itself:\n{log.read_text()}")
        try:
            urllib.request.urlopen(address, timeout=5)
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the product did not answer:\n{log.read_text()}")


def open_chromium() -> webdriver.Chrome:
    """A Chromium of its own, with nothing kept from before."""
    options = webdriver.ChromeOptions()
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": LEAVING})
    return driver


@pytest.fixture(scope="session")
def chromium() -> Iterator[webdriver.Chrome]:
    """One Chromium for all journeys of this process."""
    driver = open_chromium()
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium: webdriver.Chrome, served: Served) -> Iterator[Browser]:
    """A browser nobody is signed in with. At its end no page may have complained of anything."""
    chromium.get(f"{served.url}/login")
    chromium.delete_all_cookies()
    chromium.get_log("browser")
    browser = Browser(chromium, served.url, PICTURES)
    browser.wide()
    yield browser
    browser.must_be_quiet()


@pytest.fixture
def second_browser(served: Served) -> Iterator[Browser]:
    """Somebody else's computer."""
    driver = open_chromium()
    browser = Browser(driver, served.url, PICTURES)
    browser.wide()
    yield browser
    try:
        browser.must_be_quiet()
    finally:
        driver.quit()


@pytest.fixture
def prepared(served: Served) -> Callable[[], AbstractContextManager[Centre]]:
    """What happened at the centre before a test's own story begins: a context that gives the centre to act in."""
    configure_secrets()
    return lambda: at_the_centre(served)


@contextmanager
def at_the_centre(served: Served) -> Iterator[Centre]:
    """The centre of a running product, to act in; what was done is kept at the end."""
    engine = database.make_engine(f"sqlite:///{served.database}")
    with database.writing_session(engine) as session:
        staff = {one.login: one for one in session.scalars(select(Staff))}
        yield Centre(session, staff, datetime.now(UTC))
        session.commit()
    engine.dispose()
