"""The centre for tests: real catalogue, procedures and staff, made once and copied for every test."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from approvals import database, qr_payload, secrets
from approvals.signing import development, source
from approvals.tables import Staff
from web.commands.database import upgrade
from web.demo.centre import Centre, set_up

ENCRYPTION_KEY = "dGVzdHMgb25seTogMzIgYnl0ZXMgb2Yga2V5IG1hdGU="  # 32 bytes, of no use outside the tests
INDEX_KEY = "index key of the tests, of no use elsewhere"
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, a working day
SIGNING_KEYS = {
    "SIGNING_DEVELOPMENT_KEY": development.make(MONDAY),
    "QR_SIGNING_KEY": "cXIgY29kZSBrZXkgb2YgdGhlIHRlc3RzIChzaWduKSE=",  # 32 bytes, of no use outside the tests
}
HOT_POT = {"seats": 120, "area": 320, "gas": True, "sign": True, "hot_kitchen": True}
COFFEE_BAR = {"seats": 12, "area": 40, "gas": False, "sign": True, "hot_kitchen": False}


@pytest.fixture(scope="session")
def centre_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with catalogue, procedures and staff, made once per test process."""
    configure_secrets()
    path = tmp_path_factory.mktemp("centre") / "template.sqlite3"
    engine = database.make_engine(f"sqlite:///{path}")
    upgrade(engine)
    with database.writing_session(engine) as session:
        set_up(session, MONDAY)
        session.commit()
    engine.dispose()  # the last connection folds the write-ahead log into the file
    return path


@pytest.fixture
def centre_engine(centre_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """A fresh copy of the centre's database."""
    configure_secrets()
    path = tmp_path / "centre.sqlite3"
    shutil.copy(centre_template, path)
    engine = database.make_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def centre(centre_engine: Engine) -> Iterator[Centre]:
    """The centre on a Monday morning."""
    with database.writing_session(centre_engine) as session:
        yield Centre(session, {staff.login: staff for staff in session.scalars(select(Staff))}, MONDAY)


def configure_secrets() -> None:
    """Fixed keys for tests; the signing key is another in every test process."""
    secrets.configure([ENCRYPTION_KEY], INDEX_KEY)
    qr_payload.configure(qr_payload.CodeKeys.parse(SIGNING_KEYS["QR_SIGNING_KEY"]))
    source.configure(source.KeySource(development=SIGNING_KEYS["SIGNING_DEVELOPMENT_KEY"]))


def known(instant: datetime | None) -> datetime:
    """An instant that has to be there."""
    assert instant is not None
    return instant
