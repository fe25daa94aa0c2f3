"""``flask --app web worker run``: what is done after the answer (mail, PDF, timers), from rows in the database."""

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import Engine

from config import Settings

from ..jobs import mail, recount, rendering, timers

log = logging.getLogger(__name__)
group = AppGroup("worker", help="Background work.")


@dataclass(frozen=True)
class Workshop:
    """What a job works with; it opens its own short transactions (``transactions.unit_of_work``)."""

    engine: Engine
    settings: Settings
    clock: Callable[[], datetime]


NICENESS = 10
"""Whoever waits for a page comes before any of this."""

Job = Callable[[Workshop], int]
"""Does what is due, a small batch at a time, safe to repeat; returns how many things it did."""

JOBS: dict[str, Job] = {
    "timers": lambda shop: timers.fire_due(shop.engine, shop.clock),
    "mail": lambda shop: mail.send_due(
        shop.engine, shop.settings.smtp_url, shop.settings.mail_from, shop.clock
    ),
    "recount": lambda shop: recount.recount(shop.engine, shop.clock),
    "rehearse": lambda shop: recount.rehearse(shop.engine, shop.clock),
    "certificates": lambda shop: rendering.render_certificates(shop.engine, shop.settings.files_dir),
    "documents": lambda shop: rendering.render_documents(shop.engine, shop.settings.files_dir),
}
"""The jobs of the worker, by name, in their order."""


@group.command("run")
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@click.option("--pause", default=1.0, show_default=True, help="Seconds to rest when nothing is due.")
def run(*, once: bool, pause: float) -> None:
    """Do what is due until SIGTERM or Ctrl-C; a job under way is finished first."""
    os.nice(NICENESS)
    timers.adopt(current_app.extensions["engine"], current_app.extensions["clock"])
    run_jobs(JOBS, once=once, pause=pause)


def run_jobs(jobs: Mapping[str, Job], *, once: bool, pause: float) -> None:
    """Go round these jobs until a signal says stop; ``once``: until nothing is due."""
    workshop = Workshop(
        current_app.extensions["engine"], current_app.extensions["settings"], current_app.extensions["clock"]
    )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        done = work_once(workshop, jobs.items(), stop)
        if once and not done:
            return
        if not done:
            stop.wait(pause)


def work_once(
    workshop: Workshop, jobs: Iterable[tuple[str, Job]], stop: threading.Event | None = None
) -> int:
    """One round over the jobs; a job that fails is logged and does not keep the others from their work."""
    done = 0
    for name, job in jobs:
        if stop is not None and stop.is_set():
            break
        try:
            done += job(workshop)
        except Exception:  # the next round tries again; its rows still say that the work is due
            log.exception("job %s", name)
    return done
