"""Supervisory orders (督办): the department of a case or a part is to act, and to answer in three working days."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import authority, clock, journal, notices, papers, people, tasks
from .calendar import WorkingCalendar, end_of
from .errors import DomainError, NotFound, ReasonRequired, WrongState
from .messages import N_
from .tables import Case, CasePart, Department, Document, Staff, SupervisoryOrder, Task, Verification
from .terms import CaseState, Role, TaskState

ANSWER_WORKING_DAYS = 3
OPEN, ANSWERED, CLOSED = "open", "answered", "closed"


class OrderStands(DomainError):
    """The same matter is under an order already."""

    message = N_("同一事项的督办单%(order)s尚未办结，请在那份督办单上处理，不重复督办。")
    status = 409


class OrderClosed(DomainError):
    """An order that is settled stays as it is."""

    message = N_("督办单%(order)s已于%(when)s办结，本次提交没有写入任何内容。")
    status = 409


class OrderAnswered(DomainError):
    """Somebody of the department answered first."""

    message = N_("督办单%(order)s已由%(who)s于%(when)s答复，本次提交没有写入任何内容。")
    status = 409


class OrderUnanswered(DomainError):
    """Only an answer can be accepted or sent back."""

    message = N_("督办单%(order)s还没有答复，不能办结或退回。")
    status = 409


class AnswerRequired(DomainError):
    """An answer that says nothing."""

    message = N_("请写明未按期办理的原因、已采取的措施和预计办结的时间。")
    status = 422


def open_order(
    session: Session,
    case: Case,
    part: CasePart | None,
    staff: Staff | None,
    reasons: str,
    now: datetime,
    calendar: WorkingCalendar,
    *,
    automatic: bool = False,
    verification: Verification | None = None,
) -> SupervisoryOrder:
    """Order the department of ``part`` (of the case, for None) to act, and to answer in three working days.

    ``automatic``: a statutory limit ran out; while such an order on the same matter stands, that one is returned.
    ``verification``: what is late is not the decision but that verification, by its own department, after the end
    of the case as well. The caller holds the case row.
    Raises ``Forbidden``, ``ReasonRequired``, ``WrongState`` or ``OrderStands``.
    """
    if staff is not None:
        authority.require(staff, "supervise")
    if not reasons.strip():
        raise ReasonRequired
    ended = case.state == CaseState.ENDED and verification is None
    if ended or case.state == CaseState.DRAFT:
        raise WrongState(state=CaseState(case.state).label, act=N_("督办"))
    ordered = (verification or part or case).department
    for standing in _standing(session, case, part, ordered):
        if automatic and standing.automatic:
            return standing
        if not automatic:
            raise OrderStands(order=number_of(session, standing))
    order = _order(case, part, ordered, staff, reasons, now, calendar, automatic=automatic)
    document = papers.supervisory_order(session, case, part, order, staff, now, verification)
    order.document_id = document.id
    session.add(order)
    session.flush()
    _tell_of(session, case, order, document.number, now)
    _journal(session, "open_order", order, staff, now, {"reasons": order.reasons})
    return order


def _order(
    case: Case, part: CasePart | None, ordered: Department, staff: Staff | None, reasons: str, now: datetime,
    calendar: WorkingCalendar, *, automatic: bool,
) -> SupervisoryOrder:  # fmt: skip
    return SupervisoryOrder(
        case_id=case.id,
        part_id=part.id if part else None,
        department_id=ordered.id,
        automatic=automatic,
        reasons=reasons.strip(),
        opened_at=now,
        opened_by_id=staff.id if staff else None,
        answer_by=end_of(answer_day(now, calendar)),
        state=OPEN,
    )


def answer_day(now: datetime, calendar: WorkingCalendar) -> date:
    """The last day to answer an order opened, or sent back, at ``now``."""
    return calendar.add(clock.local_day(now), ANSWER_WORKING_DAYS).day


def _standing(
    session: Session, case: Case, part: CasePart | None, ordered: Department
) -> Sequence[SupervisoryOrder]:
    return session.scalars(
        select(SupervisoryOrder)
        .where(
            SupervisoryOrder.case_id == case.id,
            SupervisoryOrder.part_id == (part.id if part else None),
            SupervisoryOrder.department_id == ordered.id,
            SupervisoryOrder.state != CLOSED,
        )
        .order_by(SupervisoryOrder.automatic.desc(), SupervisoryOrder.id)
    ).all()


def _tell_of(session: Session, case: Case, order: SupervisoryOrder, number: str, now: datetime) -> None:
    """A line for the department, and one for its heads and for whoever holds its tasks in this case."""
    words: dict[str, Any] = {
        "department": order.department.zh,
        "order": number,
        "answer_by": clock.local_day(order.answer_by),
        "reasons": order.reasons,
    }
    notices.to_inbox(session, case, order.department, "order", now, **words)
    holders = session.scalars(
        select(Staff)
        .join(Task, Task.holder_id == Staff.id)
        .where(
            Task.case_id == case.id, Task.department_id == order.department_id, Task.state == TaskState.OPEN
        )
    )
    heads = people.holders_of(session, Role.HEAD, order.department_id)
    notices.to_staff(session, case, [*heads, *holders], "order", now, **words)


def answer_order(session: Session, order_id: int, staff: Staff, text: str, now: datetime) -> SupervisoryOrder:
    """The head of the department answers; whether late is seen by comparing with ``answer_by``.

    Raises ``NotFound``, ``Forbidden``, ``AnswerRequired``, ``OrderAnswered`` or ``OrderClosed``.
    """
    order = _locked(session, order_id)
    authority.acting_for(session, staff, "answer_order", order.department_id, now)
    _refuse_closed(session, order)
    if order.state == ANSWERED:
        who = session.get(Staff, order.answered_by_id)
        raise OrderAnswered(
            order=number_of(session, order), who=who.name if who else "", when=order.answered_at
        )
    if not text.strip():
        raise AnswerRequired
    order.state, order.answer, order.answered_at, order.answered_by_id = ANSWERED, text.strip(), now, staff.id
    notices.to_staff(
        session, order.case, _supervisors(session, order), "order_answered", now,
        department=order.department.zh, order=number_of(session, order),
    )  # fmt: skip
    late = {"late": now > order.answer_by}
    _journal(session, "answer_order", order, staff, now, {"answer": order.answer, **late})
    return order


def close_order(session: Session, order_id: int, staff: Staff, note: str, now: datetime) -> SupervisoryOrder:
    """Supervision is satisfied with the answer. Raises ``Forbidden``, ``OrderUnanswered`` or ``OrderClosed``."""
    order = _answered(session, order_id, staff)
    order.state, order.closing_note, order.closed_at, order.closed_by_id = CLOSED, note.strip(), now, staff.id
    _tell_heads(session, order, "order_closed", now, note=order.closing_note)
    _journal(session, "close_order", order, staff, now, {"reasons": order.closing_note})
    return order


def return_order(
    session: Session, order_id: int, staff: Staff, note: str, now: datetime, calendar: WorkingCalendar
) -> SupervisoryOrder:
    """Send the answer back with a note and a new limit; the old answer stays in the journal.

    Raises as ``close_order``, and ``ReasonRequired``.
    """
    order = _answered(session, order_id, staff)
    if not note.strip():
        raise ReasonRequired
    order.state, order.answer, order.answered_at, order.answered_by_id = OPEN, "", None, None
    order.closing_note, order.answer_by = note.strip(), end_of(answer_day(now, calendar))
    _tell_heads(
        session, order, "order_returned", now, note=order.closing_note, answer_by=clock.local_day(order.answer_by)
    )  # fmt: skip
    _journal(session, "return_order", order, staff, now, {"reasons": order.closing_note})
    return order


def _answered(session: Session, order_id: int, staff: Staff) -> SupervisoryOrder:
    order = _locked(session, order_id)
    authority.require(staff, "supervise")
    _refuse_closed(session, order)
    if order.state != ANSWERED:
        raise OrderUnanswered(order=number_of(session, order))
    return order


def _locked(session: Session, order_id: int) -> SupervisoryOrder:
    """The order, read after its case is locked, so that two answers cannot pass each other."""
    case_id = session.execute(
        select(SupervisoryOrder.case_id).where(SupervisoryOrder.id == order_id)
    ).scalar()
    if case_id is None:
        raise NotFound
    tasks.lock_case(session, case_id)
    return session.get_one(SupervisoryOrder, order_id)


def _refuse_closed(session: Session, order: SupervisoryOrder) -> None:
    if order.state == CLOSED:
        raise OrderClosed(order=number_of(session, order), when=order.closed_at)


def number_of(session: Session, order: SupervisoryOrder) -> str:
    """The number of its paper: 示政务督〔2026〕1号."""
    document = session.get(Document, order.document_id) if order.document_id else None
    return document.number if document else str(order.id)


def _supervisors(session: Session, order: SupervisoryOrder) -> Sequence[Staff]:
    """Who waits for the answer: whoever gave the order, or all of supervision."""
    if order.opened_by is not None and order.opened_by.active:
        return [order.opened_by]
    return people.holders_of(session, Role.SUPERVISOR)


def _tell_heads(session: Session, order: SupervisoryOrder, stage: str, now: datetime, **words: Any) -> None:
    heads = people.holders_of(session, Role.HEAD, order.department_id)
    notices.to_staff(session, order.case, heads, stage, now, order=number_of(session, order), **words)


def _journal(
    session: Session,
    act: str,
    order: SupervisoryOrder,
    staff: Staff | None,
    now: datetime,
    after: dict[str, object],
) -> None:
    journal.write(
        session, act, now=now, staff=staff, case=order.case, part=order.part,
        after={"document": number_of(session, order), "department": order.department.zh, **after},
    )  # fmt: skip
