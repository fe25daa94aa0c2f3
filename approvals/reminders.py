"""The inbox of one member of staff (提醒): what was brought to a person's notice, unread first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from .errors import NotFound
from .tables import Case, Message, ServiceItem, Staff, Task

PAGE_SIZE = 25


@dataclass(frozen=True)
class Reminder:
    """One line of the inbox with the case and, while it is open, the task it is about."""

    message: Message
    number: str
    item: dict[str, Any]
    open_task_id: int | None

    @property
    def anchor(self) -> str | None:
        """Where on the case page it leads: to the task while that is open, or to the orders."""
        if self.open_task_id is not None:
            return f"task-{self.open_task_id}"
        return "oversight" if self.message.stage.startswith("order") else None


@dataclass(frozen=True)
class ReminderPage:
    """One page, and whether there is another."""

    rows: Sequence[Reminder]
    more: bool


def count_unread(staff_id: InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """How many lines a person has not read, as part of another statement; an index holds just these."""
    query = select(func.count()).where(Message.staff_id == staff_id, Message.read_at.is_(None))
    return query.scalar_subquery()


def page(session: Session, staff: Staff, number: int) -> ReminderPage:
    """One page (from 1): what is unread first, then the newest."""
    task = select(Task.id).where(Task.id == Message.task_id, Task.state == "open").scalar_subquery()
    start = (max(number, 1) - 1) * PAGE_SIZE
    found = session.execute(
        select(Message, Case.number, ServiceItem.name, task)
        .join(Case, Case.id == Message.case_id)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .where(Message.staff_id == staff.id)
        .order_by(Message.read_at.is_not(None), Message.created_at.desc(), Message.id.desc())
        .offset(start)
        .limit(PAGE_SIZE + 1)
    ).all()
    return ReminderPage([Reminder(*row) for row in found[:PAGE_SIZE]], len(found) > PAGE_SIZE)


def read(session: Session, staff: Staff, message_id: int, now: datetime) -> Message:
    """Mark one line as read; a second time changes nothing. Raises ``NotFound`` for somebody else's."""
    message = session.get(Message, message_id)
    if message is None or message.staff_id != staff.id:
        raise NotFound
    message.read_at = message.read_at or now
    return message


def read_all(session: Session, staff: Staff, now: datetime) -> None:
    """Mark everything as read."""
    session.execute(
        update(Message)
        .where(Message.staff_id == staff.id, Message.read_at.is_(None))
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )
