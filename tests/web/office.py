"""The departments' side of the centre: the program on a furnished database, and what happened there before."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select

from approvals import people
from approvals.tables import Case, JournalEntry, Staff, Task
from config import Settings
from tests.centre import ENCRYPTION_KEY, INDEX_KEY, MONDAY, SIGNING_KEYS
from web import create_app
from web.demo.centre import Centre
from web.transactions import unit_of_work

RESTAURANT, HYGIENE = "restaurant_opening", "public_venue_hygiene"


@dataclass
class Office:
    """The program with its database."""

    app: Flask
    engine: Engine

    @contextmanager
    def work(self) -> Iterator[Centre]:
        """What people did before the page is opened; committed at the end."""
        with unit_of_work(self.engine) as session:
            yield Centre(session, {staff.login: staff for staff in session.scalars(select(Staff))}, MONDAY)

    def as_(self, login: str) -> FlaskClient:
        """A browser in which this person is signed in."""
        with unit_of_work(self.engine) as session:
            staff = session.scalars(select(Staff).where(Staff.login == login)).one()
            token = people.begin_sign_in(session, staff, hours=12, now=self.app.extensions["clock"]())
        browser = self.app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = token
        return browser

    def later(self, now: datetime) -> None:
        """From here on the program's clock stands at ``now``; whoever was signed in signs in again."""
        self.app.extensions["clock"] = lambda: now

    def accepted(self, item: str = RESTAURANT, answers: dict[str, Any] | None = None) -> int:
        """The id of a case just accepted at the window."""
        with self.work() as centre:
            return centre.accept(centre.draft(item, answers or {})).id

    def task(self, case_id: int, step: str, part: str | None = None) -> Task:
        """The open task of this step, as it stands now."""
        with self.work() as centre:
            return centre.task(centre.session.get_one(Case, case_id), step, part)

    def acts(self, case_id: int) -> list[str]:
        """The acts in the journal of a case, in their order."""
        with unit_of_work(self.engine) as session:
            query = select(JournalEntry.act).where(JournalEntry.case_id == case_id).order_by(JournalEntry.id)
            return list(session.scalars(query))

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """The SQL statements of the block; the begin of a transaction is none."""
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith("BEGIN"):
                seen.append(statement)

        engine = self.app.extensions["engine"]
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def office(centre_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    """The program on a copy of the furnished database, on Monday morning."""
    settings = Settings.load(
        {
            "SECRET_KEY": "s" * 40,
            "ENCRYPTION_KEYS": ENCRYPTION_KEY,
            "INDEX_KEY": INDEX_KEY,
            **SIGNING_KEYS,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'centre.sqlite3'}",
            "FILES_DIR": str(tmp_path / "files"),
        }
    )
    app = create_app(settings, clock=lambda: MONDAY)
    app.config.update(
        TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False
    )
    yield Office(app, centre_engine)
    app.extensions["engine"].dispose()


__all__ = ["HYGIENE", "RESTAURANT", "Office", "office"]
