"""The lamp of a row as SQL, band for band the same as ``deadlines.lamp``."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case

from ..terms import Lamp


def lamp_column(
    promised: Any, statutory: Any, yellow_at: Any, paused: Any, now: datetime
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
