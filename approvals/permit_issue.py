"""The end of a request: whether it can still be decided, and the next version of the permit (变更、延续、补证)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import (
    calendars,
    catalogue,
    certificate_fields,
    clock,
    permit_changes,
    permit_requests,
    permit_timers,
    permits,
    register,
)
from .errors import DomainError, NotFound
from .item_requests import HOLDER
from .messages import N_
from .permit_requests import GONE, WAYS, NotInForce, permit_of, standing
from .register_rules import IN_FORCE, status_on
from .renewal_time import renewed_validity
from .tables import Case, Decision, Permit, Staff
from .terms import PermitStatus, RequestKind

KINDS = {RequestKind.CHANGE: "change", RequestKind.RENEWAL: "renew", RequestKind.REPLACEMENT: "replace"}
"""Request → the act of ``register_rules.TRANSITIONS`` that ends the version before."""
REASONS = {
    RequestKind.CHANGE: "依申请准予变更。",
    RequestKind.RENEWAL: "依申请准予延续。",
    RequestKind.REPLACEMENT: "依申请补发，原证件作废。",
}
DEEMED = "期限内提出延续申请，有效期届满前未作出决定，依法视为准予延续。"


class RenewedByLaw(DomainError):
    """Its last day is over and nobody had decided: there is nothing left to decide (行政许可法 50)."""

    message = N_(
        "证照%(number)s的有效期已于 %(expires)s 届满，延续申请是按期提出的，依法视为准予延续，不能再作出决定或者终止办理。"
    )
    status = 409


@dataclass(frozen=True)
class NextPaper:
    """What the next version of a permit shows, and its first and last day."""

    fields: dict[str, Any]
    first: date
    last: date | None


def require_decidable(session: Session, case: Case, now: datetime, *, granted: bool) -> None:
    """Raise unless this request can still be decided; a first application always can.

    Nothing is granted about a permit that is not in force. Raises ``RenewedByLaw`` or ``NotInForce``.
    """
    if case.request == RequestKind.NEW:
        return
    require_open(session, case, now)
    kind, permit = RequestKind(case.request), standing(session, permit_of(session, case))
    state = status_on(permit, clock.local_day(now))
    time = permit_requests.time_of(session, case, calendars.current(session), now)
    afterwards = (
        time is not None
        and state == PermitStatus.EXPIRED
        and not permit_timers.at_the_end(session, case, time)
    )
    lawful = IN_FORCE if kind == RequestKind.RENEWAL else {PermitStatus.VALID}
    if granted and state not in lawful and not afterwards:
        raise NotInForce(number=permit.number, state=state.label, kind=kind.label, way=WAYS.get(state, GONE))


def require_open(session: Session, case: Case, now: datetime) -> None:
    """Raise ``RenewedByLaw`` where the last day is over and silence has renewed, though nobody wrote it down yet."""
    if case.request != RequestKind.RENEWAL or case.received_at is None or case.decided_at is not None:
        return
    permit = standing(session, permit_of(session, case))
    time = permit_requests.time_of(session, case, calendars.current(session), now)
    over = status_on(permit, clock.local_day(now)) == PermitStatus.EXPIRED
    if over and time is not None and permit_timers.at_the_end(session, case, time) == "deemed_renewal":
        raise RenewedByLaw(number=permit.number, expires=time.expires)


def issue(session: Session, case: Case, staff: Staff, now: datetime) -> list[Permit]:
    """Issue the next version of the permit this granted request is about; the version before is no longer in force.

    Nothing is issued where the permit ended after the decision: the grant has lost its object, the case goes on to
    its service. Raises ``FeesDue``, ``IssuedAlready``, ``NotFound`` where it was not granted, and what
    ``register.succeed`` raises, of a permit that is suspended too.
    """
    permits.require_ready(case)
    decision = session.scalar(select(Decision).where(Decision.case_id == case.id, Decision.granted))
    if decision is None:
        raise NotFound
    made = session.scalar(
        select(Permit).where(Permit.case_id == case.id, Permit.status != PermitStatus.VOIDED)
    )
    if made is not None:
        raise permits.IssuedAlready(number=made.number)
    permit = standing(session, permit_of(session, case))
    if not _lives(permit, RequestKind(case.request), now):
        return []
    ground = _ground(permit, case, decision)
    return [
        _succeed(session, case, permit, ground, REASONS[RequestKind(case.request)], decision.at, staff, now)
    ]


def _lives(permit: Permit, kind: RequestKind, now: datetime) -> bool:
    """Whether a next version can still come: a renewal also after the last day, if the decision was in time."""
    state = status_on(permit, clock.local_day(now))
    return state in IN_FORCE or (kind == RequestKind.RENEWAL and state == PermitStatus.EXPIRED)


def renew_by_law(session: Session, case: Case, permit: Permit, now: datetime) -> Permit:
    """The renewed version of what silence renewed; nobody signs. The caller has locked ``case``."""
    return _succeed(session, case, permit, "deemed", DEEMED, now, None, now)


def _ground(permit: Permit, case: Case, decision: Decision) -> str:
    """The ground of the register: a renewal granted in time is one also when its paper is issued after the end."""
    if case.request == RequestKind.CHANGE:
        return "asked"
    if case.request == RequestKind.REPLACEMENT:
        return "lost"
    in_time = permit.valid_until is None or clock.local_day(decision.at) <= permit.valid_until
    return "granted" if in_time else "asked_in_time"


def _succeed(
    session: Session,
    case: Case,
    permit: Permit,
    ground: str,
    reasons: str,
    decided_at: datetime,
    staff: Staff | None,
    now: datetime,
) -> Permit:
    paper = next_paper(session, case, permit, decided_at, now)
    return register.succeed(
        session, permit, KINDS[RequestKind(case.request)], ground=ground, reasons=reasons, case=case,
        part=case.parts[0], fields=paper.fields, valid_from=paper.first, valid_until=paper.last, staff=staff, now=now,
    )  # fmt: skip


def next_paper(
    session: Session, case: Case, permit: Permit, decided_at: datetime, now: datetime
) -> NextPaper:
    """What the next version of a permit says by this request, decided at that instant."""
    first, last = permit.valid_from, permit.valid_until
    if case.request == RequestKind.RENEWAL:
        first, last = renewed_validity(permit, catalogue.item_of(case.item), clock.local_day(decided_at))
    return NextPaper(_fields(session, case, permit, now), first, last)


def _fields(session: Session, case: Case, permit: Permit, now: datetime) -> dict[str, Any]:
    """What the paper shows: as before, and of a change what has changed.

    What another request changed meanwhile stays: only the fields of the changed answers are written anew.
    """
    fields = dict(permit.fields)
    if case.request != RequestKind.CHANGE:
        return fields
    codes = {each.code for each in permit_changes.changes_of(session, case)}
    fresh = certificate_fields.fields_of(session, case, catalogue.item_of(case.item), "", now)
    for key in certificate_fields.keys_of(session, permit.kind, codes - {HOLDER}):
        fields.pop(key, None)
        fields |= {key: fresh[key]} if key in fresh else {}
    return fields | ({HOLDER: fresh[HOLDER]} if HOLDER in codes and HOLDER in fresh else {})
