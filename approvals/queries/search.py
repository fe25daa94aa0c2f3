"""Find a case by number, applicant, phone or item, among those the person may see."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from forms import formats

from ..authority import visible_cases
from ..secrets import blind_index
from ..tables import Applicant, Case, Department, ServiceItem, Staff
from ..terms import CaseState
from .lamps import case_lamp, lamp_condition, urgency
from .orders import under_order

PAGE_SIZE = 25
SORTS = ("due", "lamp", "received", "number")
RUNNING = "running"
"""The state asked for by who wants every case that has not ended."""


@dataclass(frozen=True)
class FoundCase:
    """One hit; numbers and phones as masks only, instants in UTC."""

    case_id: int
    number: str | None
    item: dict[str, Any]
    subject: str
    applicant: str | None
    number_mask: str | None
    phone_mask: str | None
    department: dict[str, Any]
    state: str
    outcome: str | None
    received_at: datetime | None
    notify_by: datetime | None
    promised_due: datetime | None
    statutory_due: datetime | None
    yellow_at: datetime | None
    paused: bool
    paused_left: int | None
    provisional: bool
    decided_at: datetime | None
    ended_at: datetime | None
    request: str
    under_order: bool

    @property
    def stopped_at(self) -> datetime | None:
        """When its limit was kept or missed for good, as of ``Case``."""
        return self.decided_at or self.ended_at


@dataclass(frozen=True)
class Sought:
    """What is looked for; empty means everything. ``lamp`` finds running cases alone."""

    text: str = ""
    state: str = ""
    lamp: str = ""
    sort: str = ""


@dataclass(frozen=True)
class SearchPage:
    """One page of hits, and whether there is another."""

    rows: Sequence[FoundCase]
    more: bool


def find(session: Session, staff: Staff, sought: Sought, page: int, now: datetime) -> SearchPage:
    """Hits newest first, or as ``sought.sort`` says; pages count from 1."""
    agent = aliased(Applicant)
    columns: dict[str, Any] = {
        "case_id": Case.id, "item": ServiceItem.name, "applicant": Applicant.name,
        "number_mask": Applicant.number_mask, "phone_mask": Applicant.phone_mask, "department": Department.name,
        "under_order": under_order(Case.id),
    }  # fmt: skip
    names: list[Any] = [
        columns[each.name] if each.name in columns else getattr(Case, each.name) for each in fields(FoundCase)
    ]
    query: Select[Any] = (
        select(*names)
        .select_from(Case)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Department, Department.id == Case.department_id)
        .outerjoin(Applicant, Applicant.id == Case.applicant_id)
        .outerjoin(agent, agent.id == Case.agent_id)
        .where(visible_cases(staff), *_conditions(sought, agent, now))
    )
    start = (max(page, 1) - 1) * PAGE_SIZE
    found = session.execute(
        query.order_by(*_order(sought.sort, now)).offset(start).limit(PAGE_SIZE + 1)
    ).all()
    return SearchPage([FoundCase(*row) for row in found[:PAGE_SIZE]], len(found) > PAGE_SIZE)


def _conditions(sought: Sought, agent: Any, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if sought.state == RUNNING or sought.lamp:
        conditions.append(
            Case.state.in_([state for state in CaseState if state not in (CaseState.DRAFT, CaseState.ENDED)])
        )
    if sought.state and sought.state != RUNNING:
        conditions.append(Case.state == sought.state)
    if sought.lamp:
        conditions.append(lamp_condition(case_lamp(now), sought.lamp))
    if sought.text.strip():
        conditions.append(_matches(sought.text.strip(), agent))
    return conditions


def _order(sort: str, now: datetime) -> Sequence[Any]:
    """One of ``SORTS``, with a minus in front the other way round; else the newest first."""
    due: Any = func.coalesce(Case.promised_due, Case.notify_by)
    columns: dict[str, Any] = {
        "due": due, "lamp": urgency(case_lamp(now)), "received": Case.received_at, "number": Case.number,
    }  # fmt: skip
    column = columns.get(sort.lstrip("-"))
    if column is None:
        return (Case.id.desc(),)
    way = column.desc() if sort.startswith("-") else column.asc()
    return (way.nulls_last(), due.asc().nulls_last(), Case.id)


def _matches(text: str, agent: Any) -> ColumnElement[bool]:
    compact = "".join(text.split())
    ways = [
        Case.number.contains(compact, autoescape=True),
        Case.subject.contains(text, autoescape=True),
        Applicant.name.contains(text, autoescape=True),
        agent.name.contains(text, autoescape=True),
        ServiceItem.search_text.contains(text.lower(), autoescape=True),
    ]
    for person in (Applicant, agent):
        if phone := _normal(text, formats.phone):
            ways.append(person.phone_index == blind_index(phone))
        if number := _normal(text, formats.resident_id) or _normal(text, formats.credit_code):
            ways.append(person.number_index == blind_index(number))
    return or_(*ways)


def _normal(text: str, form: Any) -> str:
    """``text`` as the table keeps it, or empty where it is no such number."""
    try:
        return str(form(text))
    except formats.FormatFault:
        return ""
