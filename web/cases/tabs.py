"""The tabs under the lanes: each reads its own content, only when it is open."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from approvals import authority, holding_time
from approvals.messages import N_
from approvals.queries import case as query
from approvals.queries import holding
from approvals.queries.case import CaseFile
from approvals.tables import Staff

from ..calendars import calendar_of
from ..holding import portions
from . import drawing, ledger, verification_view

Content = Callable[[Session, CaseFile, Staff, datetime], dict[str, Any]]


@dataclass(frozen=True)
class Tab:
    """Its words, what it reads, and the count beside the words (by name in ``Counts``)."""

    words: str
    content: Content
    counted: str = ""


def _special(_session: Session, _file: CaseFile, _staff: Staff, _now: datetime) -> dict[str, Any]:
    """What the page has read already for its forms."""
    return {}


def _documents(session: Session, file: CaseFile, staff: Staff, _now: datetime) -> dict[str, Any]:
    return {
        "documents": query.documents(session, file.case.id),
        "permits": query.permits(session, file.case.id),
        "may_change_document": lambda document: authority.may(
            staff, "rectify_document", document.department_id
        ),
    }


def _messages(session: Session, file: CaseFile, _staff: Staff, _now: datetime) -> dict[str, Any]:
    return {"messages": query.messages(session, file.case.id)}


def _diagram(session: Session, file: CaseFile, _staff: Staff, _now: datetime) -> dict[str, Any]:
    return {
        "marks": drawing.marks_of(session, file.case),
        "drawn_beside": drawing.beside(session, file.case),
    }


def _journal(session: Session, file: CaseFile, _staff: Staff, _now: datetime) -> dict[str, Any]:
    return {
        "journal": query.journal(session, file.case.id),
        "parts_by_id": {part.id: part for part in file.case.parts},
    }


def _fees(session: Session, file: CaseFile, staff: Staff, _now: datetime) -> dict[str, Any]:
    settled_by = {fee.settled_by_id for fee in file.case.fees if fee.settled_by_id}
    people = select(Staff).where(Staff.id.in_(settled_by)).options(lazyload(Staff.roles))
    return {
        "may_take": authority.may(staff, "take_fee"),
        "may_waive": authority.may(staff, "waive_fee", file.case.department_id),
        "settled_by": {person.id: person.name for person in session.scalars(people)} if settled_by else {},
    }


def _holding(session: Session, file: CaseFile, _staff: Staff, now: datetime) -> dict[str, Any]:
    """Who had the case how long; a draft nobody but its clerk."""
    history = holding.history_of(session, file.case, file.tasks, file.corrections)
    if history is None:
        return {"time": None}
    time = holding_time.attribute(history, now, calendar_of(file.case))
    names = {part.department_id: part.department.name for part in file.case.parts}
    names[file.case.department_id] = file.case.department.name
    own = [(names.get(id_, {}), holding_time.in_days(held)) for id_, held in time.departments.items()]
    return {
        "time": time,
        "portions": portions(time),
        "departments_held": sorted(own, key=lambda line: -line[1]),
    }


TABS: Mapping[str, Tab] = {
    "ledger": Tab(N_("期限台账"), ledger.content),
    "special": Tab(N_("延期与特别程序"), _special, "special"),
    "verification": Tab(N_("承诺与核查"), verification_view.tab),
    "documents": Tab(N_("文书"), _documents, "documents"),
    "messages": Tab(N_("消息"), _messages, "messages"),
    "diagram": Tab(N_("流程图"), _diagram),
    "holding": Tab(N_("用时构成"), _holding),
    "journal": Tab(N_("操作日志"), _journal, "journal"),
    "fees": Tab(N_("收费"), _fees),
}


def bar(file: CaseFile, current: str) -> list[tuple[str, str, bool, str | None]]:
    """Words, address, whether open, count; messages that failed are said in the count."""
    entries = []
    for code, tab in TABS.items():
        if code == "verification" and not verification_view.concerns(file):
            continue
        count = str(getattr(file.counts, tab.counted)) if tab.counted else None
        if code == "messages" and file.counts.undelivered:
            count = _("%(all)s，未送达 %(failed)s", all=count, failed=file.counts.undelivered)
        if code == "fees":
            count = str(len(file.case.fees))
        address = url_for("cases.page", case_id=file.case.id, tab=code, _anchor="tabs")
        entries.append((_(tab.words), address, code == current, count))
    return entries
