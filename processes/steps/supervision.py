"""What supervision does with a case: orders (督办) and urgings (催办), each under the lock on the case."""

from datetime import datetime

from sqlalchemy.orm import Session

from approvals import calendars, supervision, tasks, urging
from approvals.errors import NotFound
from approvals.tables import Staff, SupervisoryOrder, Urging


def open_order(
    session: Session, case_id: int, part_id: int | None, staff: Staff, reasons: str, now: datetime
) -> SupervisoryOrder:
    """Order the department of a part, or of the case, to act. Raises as ``supervision.open_order``, ``NotFound``."""
    case = tasks.lock_case(session, case_id)
    part = next((part for part in case.parts if part.id == part_id), None)
    if part_id is not None and part is None:
        raise NotFound
    calendar = calendars.current(session)
    return supervision.open_order(session, case, part, staff, reasons, now, calendar)


def answer_order(session: Session, order_id: int, staff: Staff, text: str, now: datetime) -> SupervisoryOrder:
    """The department's head answers. Raises as ``supervision.answer_order``."""
    return supervision.answer_order(session, order_id, staff, text, now)


def close_order(session: Session, order_id: int, staff: Staff, note: str, now: datetime) -> SupervisoryOrder:
    """Supervision accepts the answer. Raises as ``supervision.close_order``."""
    return supervision.close_order(session, order_id, staff, note, now)


def return_order(session: Session, order_id: int, staff: Staff, note: str, now: datetime) -> SupervisoryOrder:
    """Supervision sends the answer back. Raises as ``supervision.return_order``."""
    return supervision.return_order(session, order_id, staff, note, now, calendars.current(session))


def urge(session: Session, task_id: int, staff: Staff, words: str, now: datetime) -> Urging:
    """A word to whoever has the task. Raises as ``urging.urge``."""
    return urging.urge(session, task_id, staff, words, now, calendars.current(session))
