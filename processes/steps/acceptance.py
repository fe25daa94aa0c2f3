"""What acceptance asks and does: everything in its way named at once, the clocks started, the papers out."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

import forms
from approvals import (
    calendars,
    catalogue,
    clock,
    intake,
    journal,
    ledger,
    notices,
    papers,
    permit_requests,
    readiness,
    silence,
)
from approvals.calendar import WorkingCalendar
from approvals.errors import DomainError
from approvals.limits import Channel, Track
from approvals.messages import N_
from approvals.readiness import NotReady, Problem
from approvals.silence import HandedIn, days_after
from approvals.tables import Case, CasePart, Document, LedgerEntry, Staff
from approvals.terms import CaseState

DATES = ("promised_due", "statutory_due", "yellow_at", "provisional", "paused", "paused_left")
PAY_DAYS = 5  # working days to pay a fee
GROUND = "《中华人民共和国行政许可法》第三十二条"
LIMIT_GROUND = "《中华人民共和国行政许可法》第四十二条"


class NothingDeferred(DomainError):
    """Acceptance with deferral without a deferred material."""

    message = N_("没有记为容缺的材料，请直接受理。")
    status = 422


class NoDeferral(DomainError):
    """The item's rule does not allow deferral, or the promised limit is too short for it."""

    message = N_("本事项不适用容缺受理。")
    status = 422


def require_acceptable(session: Session, case: Case, now: datetime, *, deferral: bool) -> None:
    """Raise ``NotReady`` with everything that stands in the way of acceptance."""
    problems = acceptance_problems(session, case, now, deferral=deferral)
    require_none(N_("容缺受理") if deferral else N_("受理"), problems)


def acceptance_problems(session: Session, case: Case, now: datetime, *, deferral: bool) -> list[Problem]:
    """What stands in the way of acceptance, for the page's disabled button too."""
    return [
        *readiness.applicant_problems(case),
        *form_problems(case),
        *readiness.material_problems(case, deferral=deferral),
        *readiness.bar_problems(session, case, now),
        *permit_requests.problems(session, case, calendars.current(session), now),
    ]


def form_problems(case: Case) -> list[Problem]:
    """What is wrong with the answers, or that they do not yet say who is concerned."""
    form = case_form(case)
    problems = [
        Problem(message, params, f"field:{code}")
        for code, (message, params) in forms.check(form, case.form_data).items()
    ]
    if not case.parts:
        problems.append(Problem(N_("请先填写情形，确定要通知哪些部门"), {}, "form"))
    return problems


def case_form(case: Case) -> forms.Form:
    """The questions of this case: of its item and of the parts its answers selected."""
    codes = [part.item.code for part in case.parts if part.item]
    return catalogue.case_form(case.form_definition, case.item.code, codes)


def require_none(act: str, problems: Sequence[Problem]) -> None:
    """Raise ``NotReady`` with all ``problems``."""
    if problems:
        raise NotReady(act, problems)


def accept_now(
    session: Session, case: Case, clerk: Staff, calendar: WorkingCalendar, now: datetime, *, deferral: bool
) -> None:
    """A clerk accepts; with ``deferral`` the materials still missing get their day."""
    case.accepted_at = now
    until = _defer(case, calendar, now) if deferral else None
    document = take_in(
        session, case, clerk, calendar, counted_from(session, case, calendar, now), now,
        lambda: papers.acceptance(session, case, clerk, now, until),
    )  # fmt: skip
    journal.write(session, "accept", now=now, staff=clerk, case=case, ground=GROUND,
                  after={**intake.snapshot(case), "document": document.number})  # fmt: skip
    notices.to_applicant(session, case, "accepted", now, due=promised_day(case))


def take_in(
    session: Session,
    case: Case,
    clerk: Staff | None,
    calendar: WorkingCalendar,
    since: HandedIn,
    now: datetime,
    paper: Callable[[], Document],
) -> Document:
    """The clock starts for the case and for every part by its own law; the papers go out.

    ``clerk`` is None where the centre's silence accepted; ``paper`` prints the acceptance once its dates are known.
    """
    case.state = CaseState.REVIEWING
    start_clocks(session, case, clerk, calendar, since)
    document = paper()
    _name_ground(session, case, document)
    if any(fee.state == "due" for fee in case.fees):
        papers.fee_notice(session, case, clerk, now, clock.local_day(days_after(calendar, now, PAY_DAYS)))
    if catalogue.item_of(case.item).parts:
        notice = papers.joint_notice(session, case, clerk, now)
        for part in case.parts:
            notices.to_department(session, case, part, notice, now)
    return document


def promised_day(case: Case) -> date | str:
    """The promised day as messages name it."""
    return clock.local_day(case.promised_due) if case.promised_due else ""


def counted_from(session: Session, case: Case, calendar: WorkingCalendar, now: datetime) -> HandedIn:
    """Silent past its five days the centre has accepted by law: from the day the materials came (32(1)(4))."""
    if case.notify_by is None or now <= silence.checking(session, case, calendar).ends_at:
        return HandedIn(now, Channel.WINDOW)
    return silence.handed_in(session, case)


def start_clocks(
    session: Session, case: Case, clerk: Staff | None, calendar: WorkingCalendar, since: HandedIn
) -> None:
    """Start the ledger of the case, and of each part of a joint case by its own law."""
    _start_clock(session, case, None, catalogue.item_for(case), clerk, calendar, since)
    for part in case.parts:
        if part.item is not None and part.item_id != case.item_id:
            _start_clock(session, case, part, catalogue.item_of(part.item), clerk, calendar, since)
        else:
            for column in DATES:
                setattr(part, column, getattr(case, column))


def _start_clock(
    session: Session,
    case: Case,
    part: CasePart | None,
    item: catalogue.Item,
    clerk: Staff | None,
    calendar: WorkingCalendar,
    since: HandedIn,
) -> None:
    """Each limit from the acceptance, or from the application at the window where its law or promise says so."""
    applied = HandedIn(case.received_at, Channel.WINDOW) if case.received_at else since
    begun: dict[HandedIn, list[Track]] = {}
    for track, limit in ((Track.PROMISED, item.promised), (Track.STATUTORY, item.statutory)):
        if limit is not None:
            begun.setdefault(applied if limit.start == "application" else since, []).append(track)
    for start, tracks in sorted(begun.items(), key=lambda pair: pair[0].at):
        ledger.start(
            session,
            case=case,
            part=part,
            at=start.at,
            limits=ledger.limits_of(item.promised, item.statutory),
            article=LIMIT_GROUND,
            calendar=calendar,
            channel=start.channel,
            officer=clerk,
            track=tracks[0] if len(begun) > 1 else Track.BOTH,
        )


def _name_ground(session: Session, case: Case, document: Document) -> None:
    """The ledger's first lines name the acceptance notice that started them."""
    for entry in session.scalars(select(LedgerEntry).where(LedgerEntry.case_id == case.id)):
        entry.document_number = document.number


def _defer(case: Case, calendar: WorkingCalendar, now: datetime) -> date:
    """The day by which deferred materials must be there: by the item's rule, before the promise ends."""
    days = silence.deferral_days(catalogue.item_for(case))
    if days < 1:
        raise NoDeferral
    until = clock.local_day(days_after(calendar, now, days))
    if not intake.defer(case, until):
        raise NothingDeferred
    return until
