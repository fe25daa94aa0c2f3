"""What the database itself refuses, on both databases: a changed journal, a changed or removed document."""

from datetime import datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from approvals.database import Base, writing_session
from approvals.tables import Department, Document, JournalEntry

NOTHING_CHANGES = [
    "UPDATE journal SET act = 'nothing happened'",
    "DELETE FROM journal",
    "UPDATE documents SET html = 'other'",
    "UPDATE documents SET number = 'other'",
    "UPDATE documents SET content_sha256 = 'other'",
    "UPDATE documents SET serial = 2",
    "UPDATE documents SET pdf_sha256 = 'second'",
    "UPDATE documents SET pdf_sha256 = NULL",
    "DELETE FROM documents",
]


@pytest.fixture(params=["engine", pytest.param("postgres", marks=pytest.mark.postgres)])
def records(request: pytest.FixtureRequest, now: datetime) -> Engine:
    """A database with one journal entry and one issued document, rendered once."""
    engine: Engine = request.getfixturevalue(request.param)
    with writing_session(engine) as session, session.begin():
        session.add(JournalEntry(at=now, actor="系统", act="受理"))
        session.add(
            Document(
                number="示市监受〔2026〕1 号",
                authority="示市监",
                kind="acceptance",
                year=2026,
                serial=1,
                title="受理通知书",
                department=session.query(Department).filter_by(code="008").one(),
                html="<p>文</p>",
                content_sha256="a" * 64,
                issued_at=now,
            )
        )
    with engine.begin() as connection:
        connection.execute(text("UPDATE documents SET pdf_sha256 = 'first'"))
    return engine


@pytest.mark.parametrize("statement", NOTHING_CHANGES)
def test_the_database_refuses(records, statement):
    with pytest.raises(DBAPIError, match=r"append-only|fixed"), records.begin() as connection:
        connection.execute(text(statement))


def test_a_documents_status_may_change(records):
    with records.begin() as connection:
        connection.execute(text("UPDATE documents SET status = 'voided', status_reasons = '笔误'"))
        assert connection.execute(text("SELECT status FROM documents")).scalar_one() == "voided"


def test_replacing_or_emptying_is_no_way_round(records):
    statement = (
        "TRUNCATE journal"
        if records.dialect.name == "postgresql"
        else "INSERT OR REPLACE INTO journal SELECT * FROM journal"
    )
    with pytest.raises(DBAPIError, match="append-only"), records.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("database", ["engine", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_the_migrations_make_exactly_the_tables_of_the_program(request, database):
    with request.getfixturevalue(database).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
