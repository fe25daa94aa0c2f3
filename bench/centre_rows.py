"""Open cases by the million: two cases of the real centre, copied inside the database with new ids.

Each copy has the rows of an accepted case that its dates need: case, part, open task, first line of the ledger, the
timers that wait. Papers, materials and form stay with the two originals; no timer and no date looks at them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, Table, select, text

from approvals.tables import Case, CasePart, LedgerEntry, Staff, Task, Timer
from web.demo.centre import Centre
from web.transactions import unit_of_work

ACCEPTED = datetime(2026, 12, 7, 2, 0, tzinfo=UTC)
NOW = datetime(2026, 12, 8, 2, 0, tzinfo=UTC)
"""A day later nothing of what was accepted is due yet."""
BASE = 1000  # ids of copies begin above
FAR_IN = 20  # one case in so many has a date in the year without notice
SPREAD = 200_000  # seconds over which the waiting timers lie


@dataclass(frozen=True)
class Original:
    """One accepted case whose rows are copied, by their ids."""

    case: int
    part: int
    task: int
    ledger: int
    timers: tuple[int, ...]


def load(engine: Engine, count: int) -> None:
    """Put ``count`` open cases into a fresh centre: most end this year, one in ``FAR_IN`` reaches into the next."""
    near, far = (_original(engine, item) for item in ("food_licence", "water_abstraction"))
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # the copies' keys are right
        connection.execute(text("SET LOCAL work_mem = '256MB'"))
        _copy(connection, near, count, f"i % {FAR_IN} <> 0")
        _copy(connection, far, count, f"i % {FAR_IN} = 0")
        for table in ("cases", "case_parts", "tasks", "ledger_entries", "timers"):
            connection.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))  # noqa: S608
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _original(engine: Engine, item: str) -> Original:
    with unit_of_work(engine, ACCEPTED) as session:
        centre = Centre(session, {staff.login: staff for staff in session.scalars(select(Staff))}, ACCEPTED)
        case_id = centre.accept(centre.draft(item, {})).id
    with unit_of_work(engine) as session:
        [part] = session.scalars(select(CasePart.id).where(CasePart.case_id == case_id))
        [task] = session.scalars(select(Task.id).where(Task.case_id == case_id))
        [line] = session.scalars(select(LedgerEntry.id).where(LedgerEntry.case_id == case_id))
        timers = session.scalars(select(Timer.id).where(Timer.case_id == case_id).order_by(Timer.id)).all()
    return Original(case_id, part, task, line, tuple(timers))


def _copy(connection: Connection, of: Original, count: int, which: str) -> None:
    own, case = f"{BASE} + i", {"case_id": f"{BASE} + i"}
    part = case | {"part_id": f"{BASE} + i"}
    number = "'copy-' || i"
    _rows(
        connection, Case.__table__, of.case, count, which,
        {"id": own, "number": number, "query_code_index": number, "form_definition": "'{}'"},
    )  # fmt: skip
    _rows(connection, CasePart.__table__, of.part, count, which, case | {"id": own})
    _rows(connection, Task.__table__, of.task, count, which, part | {"id": own})
    _rows(connection, LedgerEntry.__table__, of.ledger, count, which, case | {"id": own})
    for place, timer in enumerate(of.timers):
        _rows(
            connection, Timer.__table__, timer, count, which,
            case | {
                "id": f"{BASE} + {len(of.timers)} * i + {place}",
                "key": f"t.kind || ':' || ({own})",
                "subject_id": own,
                "due": f"t.due + (i::bigint * 7919 % {SPREAD}) * interval '1 second'",
            },
        )  # fmt: skip


def _rows(
    connection: Connection, table: object, original: int, count: int, which: str, changed: Mapping[str, str]
) -> None:
    assert isinstance(table, Table)
    names = [column.name for column in table.columns]
    values = [changed.get(name, f't."{name}"') for name in names]
    quoted = ", ".join(f'"{name}"' for name in names)
    connection.execute(
        text(
            f"INSERT INTO {table.name} ({quoted}) SELECT {', '.join(values)} "  # noqa: S608 - names of the program
            f"FROM {table.name} t, generate_series(1, {count}) i WHERE t.id = {original} AND {which}"
        )
    )


def make_due(engine: Engine, count: int, due: int) -> None:
    """Make ``due`` reminders due now, spread over all cases; their tasks have turned yellow this minute."""
    chosen = {"base": BASE + 1, "step": count // due, "last": due - 1, "at": NOW - timedelta(minutes=1)}
    near = "(SELECT :base + n * :step FROM generate_series(0, :last) n)"
    with engine.begin() as connection:
        for statement in (
            "DELETE FROM messages WHERE task_id IN ",
            "UPDATE tasks SET yellow_at = :at WHERE id IN ",
            "UPDATE timers SET due = :at, state = 'waiting', result = '', done_at = NULL WHERE kind = 'lamp' AND case_id IN ",
        ):
            connection.execute(text(statement + near), chosen)
