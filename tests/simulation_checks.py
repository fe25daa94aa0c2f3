"""What is asked of the simulated centre while it lives: of every sweep, and of single cases at single instants."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import calendars, database, deadlines, ledger, timers
from approvals.queries.lamps import case_lamp, lamp_column, task_lamp
from approvals.tables import Case, CasePart, Task, Timer
from approvals.terms import CaseState, TaskState
from tests import invariants
from tests.recount import Recount, Subject, five_days, local_day, recount
from tests.simulation import TICK, Fired, Simulation, days_of
from web.demo.centre import Centre

EDGES_LOOKED_AT = 0.04
"""Of so many tasks the case is looked at on both sides of each edge of its lamp."""


class Checks:
    """Counts what was compared, so that a run says how much it has seen."""

    def __init__(self, edges: float = EDGES_LOOKED_AT) -> None:
        self.edges = edges
        self.looked_at = 0
        self.compared = 0
        self.lamps: dict[str, int] = {}

    # --- every sweep

    def swept(
        self,
        sim: Simulation,
        due: list[int],
        count: int,
        before: dict[tuple[str, str], Fired],
        after: dict[tuple[str, str], Fired],
    ) -> None:
        """What was due has fired now, or is no longer wanted; nothing failed, nothing is still due."""
        with database.reading_session(sim.engine) as session:
            for row in session.scalars(select(Timer).where(Timer.id.in_(due))):
                still_due = row.state == "waiting" and row.due <= sim.now
                assert not still_due, (row.key, row.state, row.due)
                assert row.done_at == sim.now or row.state != "done" or row.kind == "lamp", row.key
                assert (row.tries, row.error) == (0, ""), (row.key, row.error)
        assert 1 <= count <= len(due)
        assert len(set(after) - set(before)) <= count

    def dated(self, sim: Simulation, task: Task) -> None:
        """A task has new dates: now and then be there at the edges of its lamp."""
        random = Random(f"{sim.year.seed}:edges:{task.id}:{sim.now}")
        if random.random() >= self.edges or task.promised_due is None:
            return
        edges = [task.promised_due, task.promised_due + TICK]
        edges += [task.yellow_at - TICK, task.yellow_at] if task.yellow_at else []
        anywhere = sim.now + timedelta(minutes=random.randrange(20 * 24 * 60))
        for at in [*edges, anywhere]:
            if at > sim.now:
                sim.plan(at, _look, task.case_id)

    # --- one case at one instant

    def case(self, sim: Simulation, session: Session, case: Case) -> None:
        """The columns, the lamps and the timers of a case are what its ledger and its state say."""
        tasks = session.scalars(
            select(Task).where(Task.case_id == case.id, Task.state == TaskState.OPEN)
        ).all()
        again = recount(session, case, tasks, days_of(session))
        self._dates(case, case, again.case)
        for part in case.parts:
            self._dates(case, part, again.parts[part.id])
        for task in tasks:
            self._task(session, task, again)
        self._lamps(sim, session, case, tasks, again)
        self._ledger(session, case)
        self._timers(sim, session, case)
        if case.calendar_version == calendars.current_version(session):
            invariants.states_and_tasks_agree(session, case)
            invariants.engine_and_tasks_agree(session, case)
        self.looked_at += 1

    def _dates(self, case: Case, row: Any, again: Subject) -> None:
        if again.promised is None and again.statutory is None:
            assert row.promised_due is None
            return
        stored = (_day(row.promised_due), _day(row.statutory_due), row.paused, row.provisional)
        counted = (again.promised, again.statutory, again.paused, again.provisional)
        assert stored == counted, (case.id, type(row).__name__, row.id, stored, counted)
        self.compared += 1

    def _task(self, session: Session, task: Task, again: Recount) -> None:
        if task.limit == {}:  # a day told in writing: of a correction, of a hearing
            assert task.promised_due is not None
            return
        counted = again.tasks[task.id]
        assert (_day(task.promised_due), task.paused) == (counted.promised, counted.paused), (
            task.case_id, task.step, _day(task.promised_due), counted.promised, task.paused, counted.paused,
        )  # fmt: skip
        self.compared += 1

    def _lamps(self, sim: Simulation, session: Session, case: Case, tasks: Any, again: Recount) -> None:
        now = sim.now
        shown = session.execute(select(case_lamp(now)).where(Case.id == case.id)).scalar_one()
        if case.state == CaseState.CHECKING:
            self._same(case, shown, five_days(session, case, days_of(session)).lamp(now), now, "checking")
        else:
            stopped = min(now, case.decided_at or now)  # what was decided keeps the lamp it had then
            self._same(case, shown, again.case.lamp(stopped), now, "case")
        for part in case.parts:
            columns = (part.promised_due, part.statutory_due, part.yellow_at, part.paused)
            lamp = lamp_column(
                CasePart.promised_due, CasePart.statutory_due, CasePart.yellow_at, CasePart.paused, now
            )
            in_sql = session.execute(select(lamp).where(CasePart.id == part.id)).scalar_one()
            assert in_sql == deadlines.lamp(*columns, now)
            self._same(case, in_sql, again.parts[part.id].lamp(now), now, f"part {part.id}")
        for task in tasks:
            in_sql = session.execute(select(task_lamp(now)).where(Task.id == task.id)).scalar_one()
            if task.limit != {}:
                self._same(case, in_sql, again.tasks[task.id].lamp(now), now, f"{task.step} {task.id}")

    def _same(self, case: Case, shown: str, counted: str, now: datetime, what: str) -> None:
        assert shown == counted, (f"case {case.id}", what, str(now), shown, counted)
        self.lamps[shown] = self.lamps.get(shown, 0) + 1
        self.compared += 1

    def _ledger(self, session: Session, case: Case) -> None:
        """The replay of the product's own agrees with what is stored."""
        calendar = calendars.of_version(session, case.calendar_version)
        rows: dict[int | None, Any] = {None: case} | {part.id: part for part in case.parts}
        for part_id, deadline in ledger.deadlines_of_case(session, case, calendar).items():
            row = rows[part_id]
            stored = (row.promised_due, row.statutory_due, row.yellow_at, row.paused, row.provisional)
            assert stored == (
                deadline.promised_due, deadline.statutory_due, deadline.yellow_at, deadline.paused,
                deadline.provisional,
            )  # fmt: skip

    def _timers(self, sim: Simulation, session: Session, case: Case) -> None:
        """What waits in the rows is what the case wants, and nothing of it is due and forgotten."""
        rows = {row.key: row for row in session.scalars(select(Timer).where(Timer.case_id == case.id))}
        calendar = calendars.of_version(session, case.calendar_version)
        wants = {want.key(case): want for want in timers.wanted(session, case, calendar, rows)}
        pending = {key: row for key, row in rows.items() if row.state in ("waiting", "held")}
        assert set(pending) <= set(wants), (case.id, set(pending) - set(wants))
        for key, want in wants.items():
            row = rows[key]
            assert row.state not in ("cancelled", "failed"), (key, row.error)
            if key in pending:
                assert (row.due, row.state) == (want.due, want.state), (key, row.due, want.due)
                assert row.due > sim.now or row.state == "held" or _behind(session, case), key
            else:  # done, and no later date of its own came since
                assert want.due <= max(row.due, row.done_at or row.due), (key, want.due, row.due)


def _look(sim: Simulation, centre: Centre, case_id: int) -> None:
    """Somebody opens the case at this instant; nothing is written."""
    case = centre.session.get_one(Case, case_id)
    if case.state not in (CaseState.DRAFT, CaseState.ENDED):
        sim.checks.case(sim, centre.session, case)


def _behind(session: Session, case: Case) -> bool:
    return case.calendar_version != calendars.current_version(session)


def _day(instant: datetime | None) -> Any:
    return local_day(instant) if instant else None
