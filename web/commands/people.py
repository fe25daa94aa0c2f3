"""``flask --app web people administrator LOGIN NAME DEPARTMENT``: the first account of a new centre."""

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from approvals import people
from approvals.errors import DomainError
from approvals.tables import Department

from ..transactions import unit_of_work

group = AppGroup("people", help="Accounts.")


@group.command("administrator")
@click.argument("login")
@click.argument("name")
@click.argument("department")
def administrator(login: str, name: str, department: str) -> None:
    """Make the first administrator, in the department of that code; prints a temporary password."""
    instant = current_app.extensions["clock"]()
    try:
        with unit_of_work(current_app.extensions["engine"]) as session:
            home = session.scalars(select(Department).where(Department.code == department)).one_or_none()
            if home is None:
                raise click.ClickException(f"no department with the code {department}")
            staff, password = people.first_administrator(session, login, name, home, now=instant)
    except DomainError as error:
        raise click.ClickException(error.text()) from None
    click.echo(f"{staff.login}  {password}")
