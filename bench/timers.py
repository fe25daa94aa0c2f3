"""What timers cost among very many open cases, and how long a new calendar takes to reach them all.

Run: ``make bench`` (10 thousand, 100 thousand and a million open cases on a private PostgreSQL), ``make bench QUICK=1``
for a tenth of it. A sweep is what the worker does: look for what is due, lock the case, fire the reminder, bring the
case's timers up to date, one transaction each. The sizes take turns, so that a busy machine is busy for all of them.
"""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median

from sqlalchemy import Engine, func, select, text

from approvals import calendar_drafts, calendar_publishing, calendar_rehearsal, database, timers
from approvals.tables import CalendarVersion, Case, Staff, Timer
from bench.centre_rows import FAR_IN, NOW, load, make_due
from bench.results import Record, machine, save, show
from tests.calendar_notices import INVENTED_2027, INVENTED_NUMBER
from tests.centre import MONDAY, configure_secrets
from tests.postgres import Server
from web.commands.database import upgrade
from web.demo.centre import set_up
from web.jobs.recount import recount
from web.jobs.timers import fire_due
from web.transactions import unit_of_work

DUE = 100
QUICK = bool(os.environ.get("QUICK"))
SIZES = (10_000, 30_000, 100_000) if QUICK else (10_000, 100_000, 1_000_000)
ROUNDS = 5 if QUICK else 9
MOST = 1.5
SHOW_EVERY = 5.0  # seconds


def main() -> None:
    """Load, measure in turns, recount the largest, print and keep."""
    configure_secrets()
    with Server() as server:
        centres = {size: _loaded(server, size) for size in SIZES}
        records = _sweeps(centres)
        show(records)
        records += _recounted(centres[SIZES[-1]], SIZES[-1])
        version = _value(centres[SIZES[0]], "SHOW server_version")
        for engine in centres.values():
            engine.dispose()
    show(records)
    save("timers quick" if QUICK else "timers", records, machine(postgresql=version.split()[0]))


def _loaded(server: Server, size: int) -> Engine:
    began = time.monotonic()
    engine = server.create(f"centre{size}")
    upgrade(engine)
    with unit_of_work(engine) as session:
        set_up(session, MONDAY)
    load(engine, size)
    weight = _value(engine, "SELECT pg_size_pretty(pg_database_size(current_database()))")
    print(f"{size:>9,} open cases loaded in {time.monotonic() - began:.0f} s, {weight}", flush=True)
    return engine


def _value(engine: Engine, statement: str) -> str:
    with engine.connect() as connection:
        return str(connection.execute(text(statement)).scalar_one())


# --- sweeps


def _sweeps(centres: dict[int, Engine]) -> list[Record]:
    taken: dict[str, dict[int, list[float]]] = {name: {size: [] for size in centres} for name in MEASURES}
    for turn in range(ROUNDS + 1):
        for size, engine in centres.items():
            make_due(engine, size, DUE)
            for name, measure in MEASURES.items():
                seconds = _timed(measure, engine)
                if turn:  # the first warms up
                    taken[name][size].append(seconds)
    return [
        _against_smallest(name, size, {of: median(seconds) for of, seconds in by_size.items()})
        for name, by_size in taken.items()
        for size in centres
    ]


def _look(engine: Engine) -> None:
    with database.reading_session(engine) as session:
        assert len(timers.due(session, NOW, DUE)) == DUE


def _fire_all(engine: Engine) -> None:
    fired = sum(iter(lambda: fire_due(engine, lambda: NOW), 0))
    assert fired == DUE, fired


def _empty(engine: Engine) -> None:
    assert fire_due(engine, lambda: NOW) == 0


MEASURES: dict[str, Callable[[Engine], None]] = {
    f"look for {DUE} due": _look,
    f"sweep of {DUE} due": _fire_all,
    "sweep with nothing due": _empty,
}
"""In this order: the look leaves them due, the sweep fires them, then nothing is left."""


def _timed(measure: Callable[[Engine], None], engine: Engine) -> float:
    began = time.perf_counter()
    measure(engine)
    return time.perf_counter() - began


def _against_smallest(name: str, size: int, seconds: dict[int, float]) -> Record:
    smallest = min(seconds)
    ratio = seconds[size] / seconds[smallest]
    return Record(
        f"{name} among {size:,}, s",
        seconds[size],
        seconds[smallest],
        ratio,
        f"<= {MOST}x {smallest:,}",
        ratio <= MOST,
    )


# --- a new calendar


def _recounted(engine: Engine, size: int) -> list[Record]:
    """An invented notice for the next year is drafted, rehearsed, published, and every open case brought to it."""
    later = NOW + timedelta(hours=1)
    began = time.monotonic()
    with unit_of_work(engine) as session:
        admin = session.scalars(select(Staff).where(Staff.login == "admin")).one()
        draft = calendar_drafts.draft_notice(
            session, admin, year=2027, source=INVENTED_NUMBER, text=INVENTED_2027, correction=False, now=later
        )
        version = draft.id
        while calendar_rehearsal.rehearse_some(session, draft, later):
            pass
        tried = calendar_rehearsal.totals(draft)
    rehearsed = time.monotonic() - began
    print(
        f"rehearsal: {tried.tried:,} cases within reach, {tried.moved:,} would move, {rehearsed:.0f} s",
        flush=True,
    )
    began = time.perf_counter()
    with unit_of_work(engine) as session:
        admin = session.scalars(select(Staff).where(Staff.login == "admin")).one()
        calendar_publishing.publish(session, version, admin, later)
    published = time.perf_counter() - began
    seconds = _brought_over(engine, version, size, later)
    behind, held = _left_behind(engine, version)
    share = f"one in {FAR_IN} counted anew"
    return [
        Record(f"publish a calendar for {size:,} cases, s", published, None, None, "one step", met=True),
        Record(f"recount of {size:,} cases ({share}), s", seconds, None, None, "finishes", met=behind == 0),
        Record("recount, cases a second", size / seconds, None, None, "shown", met=held == 0),
    ]


def _brought_over(engine: Engine, version: int, size: int, now: object) -> float:
    """The worker's job until nothing is behind, with its progress as the page shows it."""
    began = last = time.monotonic()
    while recount(engine, lambda: now):  # type: ignore[arg-type, return-value]
        if time.monotonic() - last >= SHOW_EVERY:
            last = time.monotonic()
            _progress(engine, version, size, last - began)
    seconds = time.monotonic() - began
    _progress(engine, version, size, seconds)
    return seconds


def _progress(engine: Engine, version: int, size: int, seconds: float) -> None:
    with database.reading_session(engine) as session:
        row = session.get_one(CalendarVersion, version)
        left = (row.recount_total - row.recounted) * seconds / max(row.recounted, 1)
        print(
            f"  {row.recounted:>9,} of {row.recount_total:,} cases, {row.moved:,} moved, "
            f"{row.recounted / seconds:,.0f} a second, {left:.0f} s left", flush=True,
        )  # fmt: skip
    assert size


def _left_behind(engine: Engine, version: int) -> tuple[int, int]:
    """Cases not on the new version, and timers still held though every date is announced now."""
    with database.reading_session(engine) as session:
        behind = session.scalar(
            select(func.count()).select_from(Case).where(Case.calendar_version != version)
        )
        held = session.scalar(select(func.count()).select_from(Timer).where(Timer.state == "held"))
    return behind or 0, held or 0


if __name__ == "__main__":
    main()
