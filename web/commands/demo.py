"""``flask --app web demo load | accounts``: an invented centre to look at and to try things in."""

import time

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from approvals.filestore import FileStore
from approvals.tables import Case, Department, Staff
from config import Settings

from ..demo.centre import Centre, set_up
from ..demo.people import ONE_PER_ROLE, PASSWORD
from ..demo.story import load_cases
from ..transactions import unit_of_work
from .database import upgrade

FOLLOWED = {"reviewing": "follow a case", "committing": "sign a commitment"}
"""State of a case → what an applicant may do with it online."""

group = AppGroup("demo", help="The demo centre: invented people and cases.")


@group.command("load")
def load() -> None:
    """Bring the tables up to date; load catalogue, procedures and, into an empty centre, the demo staff and cases."""
    upgrade(current_app.extensions["engine"])
    now = current_app.extensions["clock"]()
    files = current_app.extensions["settings"].files_dir
    began = time.monotonic()
    with unit_of_work(current_app.extensions["engine"]) as session:
        staff = set_up(session, now)
        if session.scalar(select(Case.id).limit(1)) is not None:
            click.echo("demo: loaded before, kept as it is")
            return
        click.echo("demo: driving about 260 cases through the real steps, this takes a minute ...")
        told = load_cases(session, Centre(session, staff, now), FileStore(files), now)
    click.echo(f"demo: {told} cases in {time.monotonic() - began:.0f} s")


@group.command("accounts")
def accounts() -> None:
    """Print the address, one account per role, and cases to follow online."""
    settings: Settings = current_app.extensions["settings"]
    with unit_of_work(current_app.extensions["engine"]) as session:
        click.echo(f"\n  {settings.public_url}   (password of every demo account: {PASSWORD})\n")
        for staff in session.scalars(select(Staff).where(Staff.login.in_(ONE_PER_ROLE)).order_by(Staff.id)):
            roles = ", ".join(held.role for held in staff.roles)
            department = session.get_one(Department, staff.department_id)
            click.echo(f"  {staff.login:<12}{roles:<24}{department.zh} {staff.name}")
        click.echo()
        for state, words in FOLLOWED.items():
            case = session.scalar(select(Case).where(Case.state == state).order_by(Case.id).limit(1))
            if case is not None:
                click.echo(f"  {words}: {settings.public_url}/tracking   {case.number}  {case.query_code}")
        click.echo()
