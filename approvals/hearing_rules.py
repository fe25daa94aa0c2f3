"""What law asks of a hearing (听证, 行政许可法 46–48): who may ask until when, when it is held, who may chair.

Nothing here writes. Days are working days of the calendar that is handed in (82).
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, select, union_all
from sqlalchemy.orm import Session

from . import authority, clock, journal, procedure_rules
from .calendar import WorkingCalendar
from .hearing_words import (
    ARTICLES,
    OPEN,
    PROCEEDING_ARTICLES,
    AskerKind,
    ChairReviewed,
    ChairUnfit,
    Ground,
    HearingDay,
    HearingOpen,
    HearingPeriodOpen,
    HearingState,
)
from .tables import (
    Case,
    CasePart,
    Defect,
    Hearing,
    Opinion,
    Proceeding,
    SiteVisitFinding,
    SpecialProcedure,
    Staff,
    StatementHearing,
    Task,
    VerificationCheck,
)

ASK_DAYS = 5  # to ask, after being told (47)
HOLD_DAYS = 20  # to hold it, after it was asked for (47)
NOTICE_DAYS = 7  # between the notice of time and place and the hearing (48)
REVIEW_STEPS = ("pre_check", "review", "site_visit")
PROCEEDING_STEPS = ("tell_facts", "hear_defence", "decide_proceeding")
APART_STEPS = (
    *REVIEW_STEPS,
    "hear_statement",
    "decide",
    "decide_on_the_spot",
    *PROCEEDING_STEPS,
)  # not for the chair


# --- who may ask, until when


def names_right(part: CasePart) -> bool:
    """Whether a notice of intended refusal tells of the right to a hearing: the item's record lists it."""
    return part.decides and "hearing" in procedure_rules.item_for(part.case, part).special_procedures


def ask_until(told_at: datetime, calendar: WorkingCalendar) -> date:
    """The last day to ask, as the notice says it."""
    return calendar.add(clock.local_day(told_at), ASK_DAYS).day


def rows(session: Session, part: CasePart) -> list[Hearing]:
    """Everything about hearings in the review of a part, oldest first; those of a proceeding are not among them."""
    query = select(Hearing).where(Hearing.part_id == part.id, Hearing.proceeding_id.is_(None))
    return list(session.scalars(query.order_by(Hearing.id)))


def open_one(session: Session, part: CasePart) -> Hearing | None:
    """The hearing on a part that is asked for or appointed: in its review, or after it in a proceeding."""
    query = select(Hearing).where(Hearing.part_id == part.id, Hearing.state.in_(OPEN))
    return session.scalar(query.order_by(Hearing.id.desc()).limit(1))


def of_case(session: Session, case_id: int) -> list[Hearing]:
    """Everything about hearings in a case, oldest first."""
    return list(session.scalars(select(Hearing).where(Hearing.case_id == case_id).order_by(Hearing.id)))


def applicant_told_at(session: Session, part: CasePart) -> datetime | None:
    """When the applicant was last told of the right: with an intended refusal, or by a notice of its own."""
    query = select(StatementHearing.told_at).where(StatementHearing.part_id == part.id)
    told = list(session.scalars(query)) if names_right(part) else []
    told += [
        row.told_at for row in rows(session, part) if row.asker_kind == AskerKind.APPLICANT and row.told_at
    ]
    return max(told, default=None)


def may_ask_until(session: Session, part: CasePart, calendar: WorkingCalendar, now: datetime) -> date | None:
    """Until when the applicant may ask today; None where not told, too late, given up or asked already."""
    told = applicant_told_at(session, part)
    if told is None or any(row.state in (*OPEN, HearingState.CLOSED) for row in rows(session, part)):
        return None
    until = ask_until(told, calendar)
    return until if clock.local_day(now) <= until and not _given_up(session, part, told) else None


def _given_up(session: Session, part: CasePart, told: datetime) -> bool:
    given_up = (HearingState.WAIVED, HearingState.WITHDRAWN)
    return any(
        row.asker_kind == AskerKind.APPLICANT
        and row.state in given_up
        and row.told_at
        and row.told_at >= told
        for row in rows(session, part)
    )


# --- before a decision


def require_none_open(session: Session, part: CasePart) -> None:
    """Raise ``HearingOpen`` while a hearing is asked for or appointed."""
    for row in rows(session, part):
        if row.state in OPEN:
            raise HearingOpen(state=HearingState(row.state).label)


def require_period_over(
    session: Session, part: CasePart, calendar: WorkingCalendar, now: datetime, *, granted: bool
) -> None:
    """Nobody who was told of the right may still ask. Raises ``HearingPeriodOpen``.

    A grant waits for interested parties that were told, a refusal for the applicant as well.
    """
    held = any(row.state == HearingState.CLOSED for row in rows(session, part))
    today = clock.local_day(now)
    for row in rows(session, part):
        if row.state == HearingState.TOLD and row.told_at and not held:
            until = ask_until(row.told_at, calendar)
            if today <= until:
                raise HearingPeriodOpen(who=row.asked_by, until=until)
    told = None if granted or held else applicant_told_at(session, part)
    if told is not None and not _given_up(session, part, told):
        until = ask_until(told, calendar)
        if today <= until:
            raise HearingPeriodOpen(who=AskerKind.APPLICANT.label, until=until)


# --- when, and who


def span(hearing: Hearing, calendar: WorkingCalendar, now: datetime) -> tuple[date, date]:
    """First and last day on which the hearing can be held, if its notice goes out now.

    Where the notice is so late that the twenty days cannot be kept any more, the first day on which it
    can be held at all is also the last: it is held late rather than never.
    """
    first = calendar.add(clock.local_day(now), NOTICE_DAYS).day
    return first, max(first, hearing.hold_by or first)


def is_late(hearing: Hearing) -> bool:
    """Whether the day it is appointed for, or was held on, lies after the twenty days."""
    if hearing.held_at is None or hearing.hold_by is None:
        return False
    return clock.local_day(hearing.held_at) > hearing.hold_by


def notice_by(hearing: Hearing, calendar: WorkingCalendar) -> date | None:
    """The last day on which the notice keeps both periods: seven days ahead, within the twenty."""
    if hearing.hold_by is None:
        return None
    day = hearing.hold_by
    while calendar.between(day, hearing.hold_by) < NOTICE_DAYS:
        day -= timedelta(days=1)
    return day


def require_day(hearing: Hearing, when: datetime, calendar: WorkingCalendar, now: datetime) -> None:
    """Raise ``HearingDay`` unless ``when`` is a working day of the span."""
    first, last = span(hearing, calendar, now)
    day = clock.local_day(when)
    if not (first <= day <= last and calendar.is_working_day(day)):
        raise HearingDay(first=first, last=last)


def reviewers(session: Session, part: CasePart) -> set[int]:
    """Whoever reviewed this part or moved its decision: opinion, visit, defect, intended refusal, proposal."""
    worked = (Task.part_id == part.id) & Task.step.in_(REVIEW_STEPS)
    visited = SiteVisitFinding.part_id == part.id
    told = StatementHearing.part_id == part.id
    proposed = (SpecialProcedure.part_id == part.id) & (
        SpecialProcedure.requested_by_id != part.case.clerk_id  # who stands for the applicant online
    )
    found: CompoundSelect[Any] = union_all(
        select(Opinion.officer_id).where(Opinion.part_id == part.id),
        select(Defect.raised_by_id).where(Defect.part_id == part.id),
        select(Task.done_by_id).where(worked),
        select(Task.holder_id).where(worked),
        select(SiteVisitFinding.asked_by_id).where(visited),
        select(SiteVisitFinding.first_officer_id).where(visited),
        select(SiteVisitFinding.second_officer_id).where(visited),
        select(StatementHearing.told_by_id).where(told),
        select(StatementHearing.recorded_by_id).where(told),
        select(SpecialProcedure.requested_by_id).where(proposed),
    )
    return {person for person in session.scalars(found) if person is not None}


def involved(session: Session, hearing: Hearing) -> set[int]:
    """Whoever worked on what is heard: the review of the part, or the proceeding and the verification before it."""
    if hearing.proceeding_id is None:
        return reviewers(session, hearing.part)
    proceeding = session.get_one(Proceeding, hearing.proceeding_id)
    worked = (Task.part_id == hearing.part_id) & Task.step.in_(PROCEEDING_STEPS)
    checked = VerificationCheck.verification_id == proceeding.verification_id
    found: CompoundSelect[Any] = union_all(
        select(Task.done_by_id).where(worked),
        select(Task.holder_id).where(worked),
        select(VerificationCheck.first_officer_id).where(checked),
        select(VerificationCheck.second_officer_id).where(checked),
    )
    named = (proceeding.opened_by_id, proceeding.told_by_id, proceeding.heard_by_id)
    return {person for person in (*session.scalars(found), *named) if person is not None}


def require_chair(session: Session, hearing: Hearing, chair: Staff | None, recorder: Staff | None) -> None:
    """Raise ``ChairUnfit`` or ``ChairReviewed``."""
    if chair is None or recorder is None or chair.id == recorder.id:
        raise ChairUnfit
    if not (recorder.active and recorder.department_id == hearing.part.department_id):
        raise ChairUnfit
    require_fit(session, hearing, chair)


def require_fit(session: Session, hearing: Hearing, chair: Staff) -> None:
    """The chair has the post for it and did not work on what is heard. Raises ``ChairUnfit`` or ``ChairReviewed``."""
    if not authority.may(chair, "chair_hearing", hearing.part.department_id):
        raise ChairUnfit
    if chair.id in involved(session, hearing):
        raise ChairReviewed(who=chair.name)


def article_of(session: Session, hearing: Hearing) -> str:
    """The article a hearing rests on: that of its ground, in a proceeding that of the act it is about."""
    if hearing.proceeding_id is None:
        return ARTICLES[Ground(hearing.ground)]
    return PROCEEDING_ARTICLES.get(
        session.get_one(Proceeding, hearing.proceeding_id).kind, ARTICLES[Ground.ON_REQUEST]
    )


def note(
    session: Session,
    act: str,
    hearing: Hearing,
    staff: Staff | None,
    now: datetime,
    after: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> None:
    """Write an act about a hearing into the journal; ``staff`` None: the applicant's own."""
    case, part = session.get_one(Case, hearing.case_id), session.get_one(CasePart, hearing.part_id)
    journal.write(
        session, act, now=now, staff=staff, actor=journal.APPLICANT, case=case, part=part,
        ground=article_of(session, hearing), before=before, after=after,
    )  # fmt: skip
