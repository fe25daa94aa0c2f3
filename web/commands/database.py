"""``flask --app web database upgrade``: bring the tables to this version of the program."""

from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import Engine, text

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
UPGRADE_LOCK = 2_026_112_201  # any fixed number: two programs that start at once migrate one after the other

group = AppGroup("database", help="The database's tables.")


@group.command("upgrade")
def upgrade_command() -> None:
    """Bring the tables to this version of the program."""
    upgrade(current_app.extensions["engine"])
    click.echo("database: up to date")


def upgrade(engine: Engine) -> None:
    """Run the missing migrations in one transaction, under a lock."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
