"""Fixtures everybody shares: a centre in a fresh database, a fixed instant, a signed-in browser, no network."""

import shutil
import socket
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from approvals import database, people
from approvals.people import passwords
from approvals.tables import Staff
from config import Settings
from tests.centre import (
    ENCRYPTION_KEY,
    INDEX_KEY,
    MONDAY,
    SIGNING_KEYS,
    centre,
    centre_engine,
    centre_template,
    configure_secrets,
)
from tests.postgres import Server
from web import create_app
from web.commands.database import upgrade
from web.demo.centre import set_up
from web.transactions import unit_of_work

__all__ = ["centre", "centre_engine", "centre_template"]

KEYS = {"SECRET_KEY": "s" * 40, "ENCRYPTION_KEYS": ENCRYPTION_KEY, "INDEX_KEY": INDEX_KEY} | SIGNING_KEYS

# Two test processes share few cores, so the time of one example says nothing about the code.
# The suite walks the same way for everybody, so that a red run is about the change; the night walks new ways.
hypothesis.settings.register_profile("yimen", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.register_profile("nightly", deadline=None, print_blob=True, max_examples=1000)
hypothesis.settings.load_profile("yimen")

# The real hash with little to compute: the suite signs in some hundred times.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing leaves this machine by accident."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family != socket.AF_UNIX and host not in ("127.0.0.1", "::1", "localhost"):
            pytest.fail(f"a test tried to reach {address}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def now() -> datetime:
    return MONDAY


@pytest.fixture
def settings(tmp_path: Path, centre_template: Path) -> Settings:
    """Settings of a centre of this test's own, in its own database."""
    file = tmp_path / "centre.sqlite3"
    if not file.exists():
        shutil.copyfile(centre_template, file)
    return Settings.load(KEYS | {"DATABASE_URL": f"sqlite:///{file}", "FILES_DIR": str(tmp_path / "files")})


@pytest.fixture
def engine(centre_engine: Engine) -> Engine:
    """The test's database; on SQLite one who writes keeps all others waiting until the commit."""
    return centre_engine


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session that may write.

    On SQLite its first statement locks everybody else out until it commits or rolls back: where pages are to
    write meanwhile, look with ``reading``.
    """
    with database.writing_session(engine) as session:
        yield session


@pytest.fixture
def reading(engine: Engine) -> Iterator[Session]:
    """A session that looks while pages write; ``rollback()`` before looking again."""
    with database.reading_session(engine) as session:
        yield session


@pytest.fixture
def app(engine: Engine, settings: Settings) -> Iterator[Flask]:
    """The program at the fixed instant, without CSRF tokens and rate limits (``test_auth`` has them on)."""
    app = create_app(settings, clock=lambda: MONDAY)
    app.config.update(PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    yield app
    app.extensions["engine"].dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def as_(app: Flask) -> Callable[[str], FlaskClient]:
    """``as_("linxiao")``: a browser in which that person is signed in."""

    def sign_in(login: str) -> FlaskClient:
        with unit_of_work(app.extensions["engine"]) as session:
            staff = session.scalars(select(Staff).where(Staff.login == login)).one()
            token = people.begin_sign_in(session, staff, hours=12, now=MONDAY)
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = token
        return browser

    return sign_in


@pytest.fixture
def staff_named(session: Session) -> Callable[[str], Staff]:
    """``staff_named("linxiao")``: that member of staff in the test's session."""
    return lambda login: session.scalars(select(Staff).where(Staff.login == login)).one()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server with a centre to copy."""
    configure_secrets()
    with Server() as server:
        engine = server.create("centre")
        upgrade(engine)
        with unit_of_work(engine) as session:
            set_up(session, MONDAY)
        engine.dispose()
        yield server


@pytest.fixture
def postgres(postgres_server: Server) -> Iterator[Engine]:
    """A PostgreSQL database with the same centre, for locks and races SQLite cannot show."""
    configure_secrets()
    engine = postgres_server.copy("centre")
    yield engine
    engine.dispose()
