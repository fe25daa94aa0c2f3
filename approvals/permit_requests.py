"""What is asked of a permit that was issued (变更、延续、补证): begun at the window, and refused exactly where it must be.

A request is a case of the permit's own item with ``Case.request`` and ``Case.permit_id``, the version it was asked for.
"""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import authority, calendars, catalogue, clock, intake, journal, permit_changes, register_book
from .calendar import WorkingCalendar
from .catalogue import Item
from .errors import DomainError, NotFound
from .item_requests import rules_of
from .messages import N_
from .readiness import Problem
from .register_rules import FollowsItsParts, is_comprehensive, status_on
from .renewal_time import RenewalTime, renewal_time
from .tables import Case, CasePart, Permit, ServiceItem, Staff
from .terms import CaseState, PermitStatus, RequestKind


class NotInForce(DomainError):
    """Nothing can be asked of a permit that is not in force."""

    message = N_("证照%(number)s目前是“%(state)s”，不能申请%(kind)s。%(way)s")
    status = 409


class WithoutEnd(DomainError):
    """What never ends is not renewed."""

    message = N_("证照%(number)s长期有效，不需要延续。")
    status = 409


class TooEarly(DomainError):
    """The item's law says from when on a renewal may be asked for."""

    message = N_("现在还不能申请延续：证照%(number)s有效期至 %(expires)s，最早 %(first)s 可以提出申请。")
    status = 409


class OpenRequest(DomainError):
    """The same is asked for already."""

    message = N_("证照%(number)s已有一件%(kind)s申请在办（办件 %(case)s），请在那件上办理，没有重复登记。")
    status = 409


class NothingMayChange(DomainError):
    """The item lists nothing that can be changed without a new licence."""

    message = N_("“%(item)s”没有可以变更的登记事项；内容改变的，须重新申请许可。")
    status = 409


WAYS = {
    PermitStatus.SUSPENDED: N_("请在暂扣期满或者恢复效力后申请。"),
    PermitStatus.EXPIRED: N_("有效期已满的，须重新申请许可。"),
}
"""State → the way on; in every other the permit is no more."""
GONE = N_("需要继续从事该活动的，须重新申请许可。")


def start_request(session: Session, permit: Permit, kind: RequestKind, clerk: Staff, now: datetime) -> Case:
    """Begin a request: a draft of the permit's own item with holder, answers and checklist filled in.

    Of the number's version in force, whichever version is shown. The clerk's own draft of the same request is gone
    on with. Raises ``Forbidden``, ``FollowsItsParts``, ``NotInForce``, ``WithoutEnd``, ``TooEarly``,
    ``NothingMayChange``, ``OpenRequest`` or ``UnknownItem``.
    """
    authority.require(clerk, "request_on_permit")
    if kind == RequestKind.NEW:
        raise NotFound
    subject = standing(session, permit)
    row, today = item_row(session, subject), clock.local_day(now)
    for hindrance in hindrances(session, subject, kind, row, today, calendars.current(session)):
        raise hindrance
    for draft in _requests(session, subject, kind):
        if draft.state == CaseState.DRAFT and draft.clerk_id == clerk.id:
            return draft
    draft = intake.new_draft(session, row, clerk, now, request=kind, permit_id=subject.id)
    draft.applicant = permit_changes.holder_of(session, subject)
    draft.form_data = permit_changes.answers_before(session, draft)
    named = catalogue.item_of(row).subject
    draft.subject = str(draft.form_data.get(named, ""))[:200]
    intake.set_parts(session, draft, [(row, "")])
    draft.parts[0].name = dict(catalogue.item_for(draft).name)
    return draft


def standing(session: Session, permit: Permit) -> Permit:
    """The version of this permit's number that is in force, or else its last."""
    return register_book.in_force(session, permit.number) or register_book.latest(session, permit.number)


def item_row(session: Session, permit: Permit) -> ServiceItem:
    """The item in force that this permit is of: the part's own where it came from a joint case.

    Raises ``UnknownItem`` where the catalogue has it no more.
    """
    part = session.get(CasePart, permit.part_id) if permit.part_id else None
    code = permit.item_code or (part.item.code if part and part.item else permit.case.item.code)
    return catalogue.current(session, code)


def permit_of(session: Session, case: Case) -> Permit:
    """The version the request was asked for. Raises ``NotFound`` for a first application."""
    found = session.get(Permit, case.permit_id) if case.permit_id else None
    if found is None:
        raise NotFound
    return found


def asked_on(case: Case, now: datetime) -> date:
    """The local day of the request: when it was handed in, or today while it is a draft."""
    return clock.local_day(case.received_at or now)


def time_of(session: Session, case: Case, calendar: WorkingCalendar, now: datetime) -> RenewalTime | None:
    """Whether this renewal was asked for in time; None for any other case and for a permit without end."""
    if case.request != RequestKind.RENEWAL:
        return None
    permit = standing(session, permit_of(session, case))
    return renewal_time(permit, catalogue.item_of(case.item), asked_on(case, now), calendar)


# --- what is refused


def hindrances(
    session: Session, permit: Permit, kind: RequestKind, row: ServiceItem, asked: date, calendar: WorkingCalendar
) -> list[DomainError]:  # fmt: skip
    """Why this cannot be asked of this permit on that day; empty where it can."""
    item = catalogue.item_of(row)
    if is_comprehensive(permit):
        return [FollowsItsParts(act=kind.label)]
    state = status_on(permit, asked)
    if state != PermitStatus.VALID:
        way = WAYS.get(state, GONE)
        return [NotInForce(number=permit.number, state=state.label, kind=kind.label, way=way)]
    found = OWN[kind](permit, item, asked, calendar) if kind in OWN else None
    running = next((one for one in _requests(session, permit, kind) if one.state != CaseState.DRAFT), None)
    if found is None and running is not None:
        found = OpenRequest(number=permit.number, kind=kind.label, case=running.number or "")
    return [found] if found else []


def _renewable(permit: Permit, item: Item, asked: date, calendar: WorkingCalendar) -> DomainError | None:
    time = renewal_time(permit, item, asked, calendar)
    if time is None:
        return WithoutEnd(number=permit.number)
    if time.first is not None and asked < time.first:
        return TooEarly(number=permit.number, expires=time.expires, first=time.first)
    return None


def _changeable(_permit: Permit, item: Item, _asked: date, _calendar: WorkingCalendar) -> DomainError | None:
    return None if item.requests.change.fields else NothingMayChange(item=item.name)


OWN: dict[RequestKind, Callable[[Permit, Item, date, WorkingCalendar], DomainError | None]] = {
    RequestKind.RENEWAL: _renewable,
    RequestKind.CHANGE: _changeable,
}
"""What else one kind of request asks for."""


def _requests(session: Session, permit: Permit, kind: RequestKind) -> list[Case]:
    """What is asked of any version of this permit and has not ended, drafts too."""
    query = (
        select(Case)
        .join(Permit, Permit.id == Case.permit_id)
        .where(Permit.number == permit.number, Case.request == kind, Case.state != CaseState.ENDED)
        .order_by(Case.id)
    )
    return list(session.scalars(query).unique())


def open_requests(session: Session, permit: Permit) -> list[Case]:
    """What was handed in about this permit and has not ended, of every kind."""
    return [
        case
        for kind in RequestKind
        for case in _requests(session, permit, kind)
        if case.state != CaseState.DRAFT
    ]


def problems(session: Session, case: Case, calendar: WorkingCalendar, now: datetime) -> list[Problem]:
    """What stands in the way of taking this request in; nothing for a first application."""
    if case.request == RequestKind.NEW:
        return []
    kind = RequestKind(case.request)
    permit = standing(session, permit_of(session, case))
    refused = hindrances(session, permit, kind, case.item, asked_on(case, now), calendar)
    own = [each for each in refused if not _is_itself(session, each, permit, kind, case)]
    over = status_on(permit, clock.local_day(now))
    if not own and over != PermitStatus.VALID:
        way = WAYS.get(over, GONE)
        own = [NotInForce(number=permit.number, state=over.label, kind=kind.label, way=way)]
    found = [Problem(each.message, each.params, "case") for each in own]
    return [
        *found,
        *permit_changes.problems(session, case, permit, rules_of(catalogue.item_of(case.item), kind)),
    ]


def _is_itself(session: Session, error: DomainError, permit: Permit, kind: RequestKind, case: Case) -> bool:
    """A case that was handed in does not stand in its own way."""
    others = [
        one for one in _requests(session, permit, kind) if one.state != CaseState.DRAFT and one.id != case.id
    ]
    return isinstance(error, OpenRequest) and not others


def hold(session: Session, case: Case) -> None:
    """Hold the permit while a request is taken in, so that of two windows the second finds the first.

    The caller has locked the case, and takes numbers only afterwards.
    """
    if case.request != RequestKind.NEW:
        register_book.lock(session, permit_of(session, case))


def record(session: Session, case: Case, clerk: Staff, calendar: WorkingCalendar, now: datetime) -> None:
    """Write down what was asked for and, of a renewal, whether in time; of a first application nothing."""
    if case.request == RequestKind.NEW:
        return
    kind, permit = RequestKind(case.request), permit_of(session, case)
    time = time_of(session, case, calendar, now)
    basis = rules_of(catalogue.item_of(case.item), kind).basis
    told = (
        {"last_day": time.last.isoformat(), "in_time": time.in_time, "expires": time.expires.isoformat()}
        if time
        else {}
    )
    journal.write(
        session, "request_on_permit", now=now, staff=clerk, case=case, ground=basis.zh if basis else "",
        after={"request": kind.label, "permit": permit.number, "version": permit.version,
               "asked": asked_on(case, now).isoformat(), **told},
    )  # fmt: skip
