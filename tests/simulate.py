"""Live a year and judge it: ``python -m tests.simulate 5000`` shows its progress; the tests live shorter ones.

The small year of ``make test`` and the 5,000 cases of ``make nightly`` differ in nothing but their number.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine, func, select

from approvals import database
from approvals.tables import Case, CasePart, Task, Timer
from approvals.terms import CaseState, TaskState
from tests import simulation_people
from tests.centre import MONDAY, configure_secrets
from tests.postgres import Server
from tests.simulation import Simulation, Year, days_of
from tests.simulation_checks import Checks
from tests.simulation_history import History, compare
from web.commands.database import upgrade
from web.demo.centre import set_up
from web.transactions import unit_of_work

ANNOUNCED = date(2025, 1, 1)
"""A year from here has every date announced, with the year after it."""


@dataclass(frozen=True)
class Lived:
    """What a year came to."""

    simulation: Simulation
    checks: Checks
    outcomes: Counter[str]
    effects: Counter[str]

    def lines(self) -> list[str]:
        """For people to read."""
        sim = self.simulation
        return [
            f"cases ended        {self.outcomes.total():6}  {_counts(self.outcomes)}",
            f"acts of people     {sim.acts.total():6}  {_counts(sim.acts)}",
            f"not yet possible   {sim.refusals.total():6}  {_counts(sim.refusals)}",
            f"by itself, once    {self.effects.total():6}  {_counts(self.effects)}",
            f"timers fired       {len(sim.fired):6}  in {sim.sweeps} sweeps",
            f"looked at closely  {self.checks.looked_at:6}  {self.checks.compared} comparisons with the recount",
            f"lamps compared     {sum(self.checks.lamps.values()):6}  {_counts(Counter(self.checks.lamps))}",
        ]


def _counts(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counted.most_common(14))


def live(
    engine: Engine, year: Year, *, edges: float = 0.04, plan: Callable[[Simulation], None] | None = None
) -> Lived:
    """Live it to the end of the last case; ``plan`` puts more on the calendar beforehand."""
    checks = Checks(edges)
    sim = Simulation(engine, year, simulation_people, checks)
    if plan is not None:
        plan(sim)
    sim.run()
    return Lived(sim, checks, every_case_ended(engine), Counter())


def judged(lived: Lived) -> Lived:
    """The whole year told again, case by case: nothing missing, nothing too much."""
    engine, effects = lived.simulation.engine, Counter[str]()
    with database.reading_session(engine) as session:
        for case_id in session.scalars(select(Case.id).order_by(Case.id)).all():
            with database.reading_session(engine) as one:
                case = one.get_one(Case, case_id)
                effects += compare(History(one, case, days_of(one), lived.simulation.dates))
    return Lived(lived.simulation, lived.checks, lived.outcomes, effects)


def every_case_ended(engine: Engine) -> Counter[str]:
    """No case, task, part or timer is left open; how the cases ended."""
    with database.reading_session(engine) as session:
        ends = Counter(dict(session.execute(select(Case.outcome, func.count()).group_by(Case.outcome)).all()))
        states = set(session.scalars(select(Case.state).distinct()))
        assert states == {CaseState.ENDED}, states
        assert session.scalar(select(func.count()).select_from(Task).where(Task.state == TaskState.OPEN)) == 0
        pending = select(Timer.key).where(Timer.state.in_(("waiting", "held", "failed")))
        assert session.scalars(pending).all() == []
        assert (
            session.scalars(select(CasePart.id).where(CasePart.paused, CasePart.ended_at.is_(None))).all()
            == []
        )
        return Counter({str(outcome): count for outcome, count in ends.items()})


# --- from the command line


def main() -> None:
    """Live a year of so many cases and print what it came to."""
    parser = argparse.ArgumentParser(description="A year of a centre on a simulated clock.")
    parser.add_argument("cases", type=int)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--edges", type=float, default=0.04, help="share of tasks looked at at their edges")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    options = parser.parse_args()
    configure_secrets()
    year = Year(ANNOUNCED, options.days, options.cases, options.seed)
    began = time.monotonic()
    if options.postgres:
        with Server() as server:
            lived = _lived(server.create("centre"), year, options.edges)
    else:
        with tempfile.TemporaryDirectory(prefix="yimen-year-") as folder:
            lived = _lived(
                database.make_engine(f"sqlite:///{Path(folder)}/centre.sqlite3"), year, options.edges
            )
    seconds = time.monotonic() - began
    last = f"{year.cases} cases in {year.days} days: {seconds:.0f} s, {seconds / year.cases:.2f} s a case"
    sys.stdout.write("\n".join([*lived.lines(), last, ""]))


def _lived(engine: Engine, year: Year, edges: float) -> Lived:
    upgrade(engine)
    with unit_of_work(engine) as session:
        set_up(session, MONDAY)
    lived = judged(live(engine, year, edges=edges, plan=_show_months))
    engine.dispose()
    return lived


def _show_months(sim: Simulation) -> None:
    """A line at the beginning of each month of the simulated year."""
    months = sorted({(day.year, day.month) for day in map(sim.year.day, range(sim.year.days))})
    for of_year, month in months:
        sim.plan(datetime(of_year, month, 1, 4, tzinfo=MONDAY.tzinfo), _show)


def _show(sim: Simulation, _centre: object) -> None:
    sys.stderr.write(
        f"{sim.now:%Y-%m-%d}  {sim.acts['arrive']} of {sim.year.cases} cases, {len(sim.fired)} timers\n"
    )


if __name__ == "__main__":
    main()
