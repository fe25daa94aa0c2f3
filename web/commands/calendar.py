"""``flask --app web calendar due OPENED WORKING_DAYS``: what day that many working days after another is."""

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import Engine, inspect

from approvals import calendars, database
from approvals.calendar import WorkingCalendar, default_calendar
from approvals.errors import DomainError, Invalid
from approvals.queries import calendars as query

group = AppGroup("calendar", help="The working calendar.")


@group.command("due", context_settings={"ignore_unknown_options": True})  # so that -3 is a number
@click.argument("opened")
@click.argument("working_days")
def due(opened: str, working_days: str) -> None:
    """Print the due day (ISO), and ``provisional`` where a counted year is not announced.

    OPENED (ISO) itself does not count. Wrong input ends with status 2.
    """
    try:
        answer = query.answer(_calendar(current_app.extensions["engine"]), *query.asked(opened, working_days))
    except Invalid as error:
        told = " ".join(message % params for message, params in error.fields.values())
        raise click.UsageError(told) from None
    except DomainError as error:
        raise click.UsageError(error.text()) from None
    click.echo(f"{answer.due.day.isoformat()}{' provisional' if answer.due.provisional else ''}")


def _calendar(engine: Engine) -> WorkingCalendar:
    """The calendar in force; before there are tables nothing was imported, so the built-in one."""
    if not inspect(engine).has_table("calendar_versions"):
        return default_calendar()
    with database.reading_session(engine) as session:
        return calendars.current(session)
