"""What a draft about a permit shows above the form: which permit, whether in time, what may change, what does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from approvals import catalogue, clock, permit_changes, permit_requests
from approvals.calendar import WorkingCalendar
from approvals.catalogue import UnknownItem
from approvals.errors import DomainError
from approvals.item_requests import HOLDER, as_asked, rules_of
from approvals.permit_changes import HOLDER_LABEL, Changed
from approvals.register_rules import FollowsItsParts, is_comprehensive, status_on
from approvals.renewal_time import RenewalTime, renewal_time
from approvals.tables import Case, Permit
from approvals.terms import PermitStatus, RequestKind

from .calendars import calendar

KINDS = (RequestKind.CHANGE, RequestKind.RENEWAL, RequestKind.REPLACEMENT)


@dataclass(frozen=True)
class Asked:
    """A request as its draft shows it; ``may_change`` are labels of both languages."""

    kind: RequestKind
    permit: Permit
    status: PermitStatus
    time: RenewalTime | None
    may_change: Sequence[Any]
    note: Any
    changes: Sequence[Changed]


@dataclass(frozen=True)
class Choice:
    """One kind of request that can be begun, or why not; ``item`` as it would see it."""

    kind: RequestKind
    item: catalogue.Item | None
    why_not: DomainError | None


def request_view(session: Session, draft: Case, now: datetime) -> Asked | None:
    """What a draft is about; None for a first application."""
    if draft.request == RequestKind.NEW:
        return None
    kind = RequestKind(draft.request)
    permit = permit_requests.standing(session, permit_requests.permit_of(session, draft))
    rules = rules_of(catalogue.item_of(draft.item), kind)
    return Asked(
        kind=kind,
        permit=permit,
        status=status_on(permit, clock.local_day(now)),
        time=permit_requests.time_of(session, draft, calendar(), now),
        may_change=_labels(draft) if kind == RequestKind.CHANGE else (),
        note=rules.note,
        changes=permit_changes.changes_of(session, draft),
    )


def _labels(draft: Case) -> list[Any]:
    """The names of what may change, as the form calls them."""
    form = catalogue.case_form(draft.form_definition, draft.item.code)
    codes = catalogue.item_of(draft.item).requests.change.fields
    named = {field.code: field.label for field in form.fields} | {HOLDER: HOLDER_LABEL}
    return [named[code] for code in codes if code in named]


def choices(session: Session, permit: Permit, now: datetime) -> tuple[list[Choice], RenewalTime | None]:
    """What can be asked of this permit today, each with its first hindrance, and the window of its renewal."""
    today, counted = clock.local_day(now), calendar()
    if is_comprehensive(permit):
        return [Choice(kind, None, FollowsItsParts(act=kind.label)) for kind in KINDS], None
    try:
        row = permit_requests.item_row(session, permit)
    except UnknownItem as error:
        return [Choice(kind, None, error) for kind in KINDS], None
    item = catalogue.item_of(row)
    found = [_choice(session, permit, kind, row, item, now, counted) for kind in KINDS]
    return found, renewal_time(permit, item, today, counted)


def _choice(
    session: Session, permit: Permit, kind: RequestKind, row: Any, item: catalogue.Item, now: datetime,
    counted: WorkingCalendar,
) -> Choice:  # fmt: skip
    refused = permit_requests.hindrances(session, permit, kind, row, clock.local_day(now), counted)
    return Choice(kind, as_asked(item, kind), refused[0] if refused else None)
