"""How migrations reach the database: the connection the program gives, else that of the settings."""

from typing import Any

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

import approvals.tables  # noqa: F401 - the tables have to be known
from approvals.database import Base, make_engine
from config import Settings, read_environment


def render(kind: str, column_type: Any, _context: Any) -> str | bool:
    """Our column types stand in migrations as what they are in the database."""
    if kind == "type" and isinstance(column_type, TypeDecorator):
        return f"sa.{column_type.impl_instance!r}"
    return False


def migrate(connection: Connection) -> None:
    """Run on ``connection``, inside its transaction."""
    context.configure(
        connection=connection, target_metadata=Base.metadata, render_item=render, transactional_ddl=True
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with make_engine(Settings.load(read_environment()).database_url).begin() as own:
        migrate(own)
