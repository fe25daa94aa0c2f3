"""Supervisory orders as lists and pages show them, and what hangs over one case: orders and urgings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, aliased, joinedload

from .. import authority
from ..errors import NotFound
from ..supervision import ANSWERED, CLOSED, OPEN
from ..tables import (
    Case,
    CasePart,
    Department,
    Document,
    JournalEntry,
    ServiceItem,
    Staff,
    SupervisoryOrder,
    Urging,
)

PAGE_SIZE = 25
STATES = ("open", "late", "answered", "closed", "all")
ACTS = ("open_order", "answer_order", "return_order", "close_order")


@dataclass(frozen=True)
class OrderRow:
    """One order with what a list shows of its case; instants are UTC."""

    order: SupervisoryOrder
    number: str
    case_id: int
    case_number: str
    item: dict[str, Any]
    part: dict[str, Any] | None
    department: dict[str, Any]
    opened_by: str | None

    def late(self, now: datetime) -> bool:
        """Answered after its limit, or not answered although it is over."""
        return (self.order.answered_at or now) > self.order.answer_by


@dataclass(frozen=True)
class OrderPage:
    """One page of orders; ``open`` and ``late`` count all that wait for an answer."""

    rows: Sequence[OrderRow]
    more: bool = False
    open: int = 0
    late: int = 0


@dataclass(frozen=True)
class OrderFile:
    """One order with its history, oldest first."""

    row: OrderRow
    answered_by: str | None
    closed_by: str | None
    history: Sequence[JournalEntry]


def seen_orders(staff: Staff) -> ColumnElement[bool]:
    """Supervision and government see all orders; a head, or who stands in for one, those of the own department."""
    if authority.may(staff, "see_board"):
        return true()
    return SupervisoryOrder.department_id == staff.department_id


def waiting(session: Session, staff: Staff, most: int, now: datetime) -> OrderPage:
    """The orders that wait for an answer, the next due first, and how many there are; one statement."""
    query = _rows(
        func.count().over(),
        func.count().filter(SupervisoryOrder.answer_by < now).over(),
    ).where(SupervisoryOrder.state == OPEN, seen_orders(staff))
    found = session.execute(query.order_by(SupervisoryOrder.answer_by, SupervisoryOrder.id).limit(most)).all()
    if not found:
        return OrderPage([])
    return OrderPage([OrderRow(*line[:-2]) for line in found], open=found[0][-2], late=found[0][-1])


def page(
    session: Session, staff: Staff, state: str, department_id: int, number: int, now: datetime
) -> OrderPage:
    """One page (from 1) of the orders in ``state`` (of ``STATES``), of one department or (0) of all."""
    conditions = [seen_orders(staff), _in_state(state, now)]
    if department_id:
        conditions.append(SupervisoryOrder.department_id == department_id)
    order = (
        (SupervisoryOrder.answer_by, SupervisoryOrder.id)
        if state in ("open", "late")
        else (SupervisoryOrder.id.desc(),)
    )
    start = (max(number, 1) - 1) * PAGE_SIZE
    query = _rows().where(and_(*conditions)).order_by(*order).offset(start).limit(PAGE_SIZE + 1)
    found = session.execute(query).all()
    return OrderPage([OrderRow(*line) for line in found[:PAGE_SIZE]], len(found) > PAGE_SIZE)


def counts(session: Session, staff: Staff, now: datetime) -> dict[str, int]:
    """How many orders are in each of ``STATES``, in one statement."""
    numbers = [func.count().filter(_in_state(state, now)) for state in STATES]
    row = session.execute(select(*numbers).select_from(SupervisoryOrder).where(seen_orders(staff))).one()
    return dict(zip(STATES, row, strict=True))


def _in_state(state: str, now: datetime) -> ColumnElement[bool]:
    """``late``: the limit passed without an answer, or the answer came after it and is not settled."""
    if state == "late":
        unanswered = and_(SupervisoryOrder.state == OPEN, SupervisoryOrder.answer_by < now)
        too_late = and_(
            SupervisoryOrder.state == ANSWERED, SupervisoryOrder.answered_at > SupervisoryOrder.answer_by
        )
        return or_(unanswered, too_late)
    return true() if state == "all" else SupervisoryOrder.state == state


def file(session: Session, order_id: int, staff: Staff) -> OrderFile:
    """One order; raises ``NotFound`` for what may not be seen."""
    answered_by, closed_by = aliased(Staff), aliased(Staff)
    query = (
        _rows(answered_by.name, closed_by.name)
        .outerjoin(answered_by, answered_by.id == SupervisoryOrder.answered_by_id)
        .outerjoin(closed_by, closed_by.id == SupervisoryOrder.closed_by_id)
        .where(SupervisoryOrder.id == order_id, seen_orders(staff))
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound
    row = OrderRow(*found[:-2])
    entries = session.scalars(
        select(JournalEntry)
        .where(JournalEntry.case_id == row.case_id, JournalEntry.act.in_(ACTS))
        .order_by(JournalEntry.id)
    )
    history = [entry for entry in entries if entry.after.get("document") == row.number]
    return OrderFile(row, found[-2], found[-1], history)


def of_case(session: Session, case_id: int) -> list[OrderRow]:
    """The orders on one case, newest first."""
    query = _rows().where(SupervisoryOrder.case_id == case_id).order_by(SupervisoryOrder.id.desc())
    return [OrderRow(*line) for line in session.execute(query)]


def urgings_of(session: Session, case_id: int) -> Sequence[Urging]:
    """The urgings of one case, newest first, each with its task and by whom."""
    return session.scalars(
        select(Urging)
        .where(Urging.case_id == case_id)
        .options(joinedload(Urging.by).lazyload(Staff.roles), joinedload(Urging.task))
        .order_by(Urging.id.desc())
    ).all()


def under_order(case_id: Any) -> ColumnElement[bool]:
    """Whether an order on this case is not settled yet."""
    return (
        select(SupervisoryOrder.id)
        .where(SupervisoryOrder.case_id == case_id, SupervisoryOrder.state != CLOSED)
        .exists()
    )


def _rows(*more: Any) -> Select[Any]:
    opener = aliased(Staff)
    return (
        select(
            SupervisoryOrder, Document.number, Case.id, Case.number, ServiceItem.name, CasePart.name,
            Department.name, opener.name, *more,
        )
        .select_from(SupervisoryOrder)
        .join(Case, Case.id == SupervisoryOrder.case_id)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Department, Department.id == SupervisoryOrder.department_id)
        .outerjoin(CasePart, CasePart.id == SupervisoryOrder.part_id)
        .outerjoin(Document, Document.id == SupervisoryOrder.document_id)
        .outerjoin(opener, opener.id == SupervisoryOrder.opened_by_id)
    )  # fmt: skip
