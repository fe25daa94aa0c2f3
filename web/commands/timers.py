"""``flask --app web timers run``: fire what is due, and nothing else (the worker of ``make run`` does it too)."""

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import func, select

from approvals import database
from approvals.tables import Timer

from .worker import JOBS, run_jobs

group = AppGroup("timers", help="What a case does by itself when its time comes.")


@group.command("run")
@click.option("--once", is_flag=True, help="Fire what is due now, then end.")
@click.option("--pause", default=1.0, show_default=True, help="Seconds to rest when nothing is due.")
def run(*, once: bool, pause: float) -> None:
    """Fire what is due until SIGTERM or Ctrl-C; a case behind the calendar is counted anew first."""
    run_jobs({name: JOBS[name] for name in ("recount", "timers")}, once=once, pause=pause)


@group.command("list")
def list_() -> None:
    """How many timers wait, are held by a provisional date, or have failed, by kind."""
    with database.reading_session(current_app.extensions["engine"]) as session:
        query = select(Timer.state, Timer.kind, func.count(), func.min(Timer.due)).group_by(
            Timer.state, Timer.kind
        )
        for state, kind, count, first in session.execute(query.order_by(Timer.state, Timer.kind)):
            click.echo(f"{state:10} {kind:20} {count:8}  {first.isoformat(timespec='minutes')}")
