"""Find a case by number, applicant, phone or item, among those the person may see."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased

from forms import formats

from ..authority import visible_cases
from ..secrets import blind_index
from ..tables import Applicant, Case, Department, ServiceItem, Staff

PAGE_SIZE = 25


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
    ended_at: datetime | None


@dataclass(frozen=True)
class SearchPage:
    """One page of hits, and whether there is another."""

    rows: Sequence[FoundCase]
    more: bool


def find(session: Session, staff: Staff, text: str, state: str, page: int) -> SearchPage:
    """Hits newest first; pages count from 1. An empty ``text`` finds all that may be seen."""
    agent = aliased(Applicant)
    columns: dict[str, Any] = {
        "case_id": Case.id, "item": ServiceItem.name, "applicant": Applicant.name,
        "number_mask": Applicant.number_mask, "phone_mask": Applicant.phone_mask, "department": Department.name,
    }  # fmt: skip
    names: list[Any] = [columns.get(each.name, getattr(Case, each.name, None)) for each in fields(FoundCase)]
    query: Select[Any] = (
        select(*names)
        .select_from(Case)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Department, Department.id == Case.department_id)
        .outerjoin(Applicant, Applicant.id == Case.applicant_id)
        .outerjoin(agent, agent.id == Case.agent_id)
        .where(visible_cases(staff))
    )
    if state:
        query = query.where(Case.state == state)
    if text.strip():
        query = query.where(_matches(text.strip(), agent))
    start = (max(page, 1) - 1) * PAGE_SIZE
    found = session.execute(query.order_by(Case.id.desc()).offset(start).limit(PAGE_SIZE + 1)).all()
    return SearchPage([FoundCase(*row) for row in found[:PAGE_SIZE]], len(found) > PAGE_SIZE)


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
