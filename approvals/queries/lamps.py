"""The lamp of a row as SQL, band for band the same as ``deadlines.lamp``; of tasks by their own columns."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal

from ..tables import Case, Task
from ..terms import CaseState, Lamp

URGENCY = (Lamp.RED_ORDER, Lamp.RED, Lamp.YELLOW, Lamp.GREEN, Lamp.PAUSED, Lamp.NONE)
"""The lamps, the one to look at first in front."""

LATE = "late"
"""What a list is asked for by who wants all that is past its promised limit."""


def lamp_column(
    promised: Any, statutory: Any, yellow_at: Any, paused: Any, now: datetime | ColumnElement[datetime]
) -> ColumnElement[str]:
    """An expression that yields the lamp's code; a comparison with an absent date is never true."""
    return case(
        (and_(promised.is_(None), statutory.is_(None)), Lamp.NONE.value),
        (paused, Lamp.PAUSED.value),
        (statutory < now, Lamp.RED_ORDER.value),
        (promised < now, Lamp.RED.value),
        (yellow_at <= now, Lamp.YELLOW.value),
        else_=Lamp.GREEN.value,
    )


def case_lamp(now: datetime) -> ColumnElement[str]:
    """The lamp of a case as ``web.lamps.light_of`` shows it.

    One still being checked goes by the end of its five days (行政许可法 32); one decided keeps the lamp it had then.
    """
    told_by = func.coalesce(Case.promised_due, Case.notify_by, type_=Case.notify_by.type)
    promised = case((Case.state == CaseState.CHECKING.value, told_by), else_=Case.promised_due)
    instant = bindparam(None, now, type_=Case.decided_at.type)
    stopped = func.coalesce(Case.decided_at, Case.ended_at, type_=Case.decided_at.type)
    until = case((stopped < instant, stopped), else_=instant)
    return lamp_column(promised, Case.statutory_due, Case.yellow_at, Case.paused, until)


def task_lamp(now: datetime) -> ColumnElement[str]:
    """The lamp of a task by its own columns, which the ledger keeps in step with its part and case."""
    return lamp_column(Task.promised_due, Task.statutory_due, Task.yellow_at, Task.paused, now)


def lamp_condition(lamp: ColumnElement[str], asked: str) -> ColumnElement[bool]:
    """Whether a lamp is the one asked for; ``LATE`` asks for both red ones."""
    return lamp.in_([Lamp.RED.value, Lamp.RED_ORDER.value]) if asked == LATE else lamp == asked


def urgency(lamp: ColumnElement[str]) -> ColumnElement[int]:
    """The place of a lamp in ``URGENCY``, to sort by."""
    places = {each.value: literal(place) for place, each in enumerate(URGENCY)}
    return case(places, value=lamp, else_=literal(len(URGENCY)))
