"""What law asks of a proceeding against a permit (监管程序): told, heard, a hearing where one is due, two people.

Nothing here writes. Days are working days of the calendar in force (行政许可法 82, 行政处罚法 85).
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import calendars, clock
from .calendar import WorkingCalendar, end_of
from .catalogue import item_of
from .errors import DomainError
from .hearing_words import OPEN, HearingOpen, HearingPeriodOpen, HearingState
from .messages import N_
from .register_grounds import Ground
from .register_rules import ENDED, TRANSITIONS, HearFirst, NoProceedingNeeded, require_lawful, status_on
from .tables import CasePart, Hearing, Permit, Proceeding, Staff
from .terms import PermitStatus

TELL_DAYS = 5  # to tell the facts, after a proceeding is proposed; the law leaves it to the authority
STATEMENT_DAYS = 3  # to make a statement and defence, after being told
HEARING_DAYS = 5  # to ask for a hearing, after being told (行政许可法 47, 行政处罚法 64)
RECORD_DAYS = 2  # to record it, after its days are over
DECIDE_DAYS = 10  # to decide, after the holder was heard or a hearing was held


class ProceedingOpen(DomainError):
    """One proceeding against a permit at a time."""

    message = N_("证照%(number)s已有监管程序正在办理（拟%(act)s，%(since)s 启动），办结后才能另行处理。")
    status = 409


class ProceedingDecided(DomainError):
    """A proceeding is decided once."""

    message = N_("该监管程序已由%(who)s于 %(when)s 作出决定，没有重复写入。")
    status = 409


class NotToldYet(DomainError):
    """Nobody can answer what has not been told."""

    message = N_("还没有告知拟处理的事实和理由，不能办理这一步。请先发出告知书。")
    status = 409


class ToldAlready(DomainError):
    """The facts are told once; what is new needs a proceeding of its own."""

    message = N_("事实和理由已于 %(when)s 告知，没有重复发出告知书。")
    status = 409


class StatementNotOver(DomainError):
    """The holder still has time to be heard (行政许可法 7, 行政处罚法 45)."""

    message = N_("持证人可以在 %(until)s 前陈述申辩；期限未满，只能登记已提出的陈述，或持证人的书面放弃。")
    status = 409


class AnswersNotOver(DomainError):
    """Until its days are over the holder may add to what was said (行政许可法 7, 行政处罚法 45)."""

    message = N_(
        "持证人在 %(until)s 前还可以补充陈述申辩；期限届满后才能作出处理决定。"
        "持证人在陈述时书面放弃其余期限的，可以提前决定。"
    )
    status = 409


class ToldAndDecides(DomainError):
    """Whoever told the facts does not decide, where the item says so."""

    message = N_("本事项实行调查与决定分离：您办理了告知或者听取陈述申辩，须由另一位负责人作出决定。")
    status = 403


class GraveHarmUnsaid(DomainError):
    """A licence is not revoked where that gravely harms the public (行政许可法 69(3))."""

    message = N_("撤销许可须写明是否会对公共利益造成重大损害；可能造成重大损害的，不予撤销。")
    status = 422


class GraveHarm(DomainError):
    """It would gravely harm the public, so the law forbids it (行政许可法 69(3))."""

    message = N_("撤销可能对公共利益造成重大损害的，依法不予撤销，请作出不予处理的决定。")
    status = 422


class NoHearingRight(DomainError):
    """Law gives a hearing before the acts that end a permit for good."""

    message = N_("拟%(act)s不属于应当告知听证权利的情形，不能要求听证。可以陈述申辩。")
    status = 409


# --- reading


def open_of(session: Session, permit_id: int) -> Proceeding | None:
    """The proceeding against a permit that is not decided yet."""
    return session.scalar(
        select(Proceeding).where(Proceeding.permit_id == permit_id, Proceeding.decided_at.is_(None))
    )


def of_task(session: Session, part: CasePart | None) -> Proceeding | None:
    """The open proceeding whose tasks stand on this part."""
    if part is None:
        return None
    return session.scalar(
        select(Proceeding).where(Proceeding.part_id == part.id, Proceeding.decided_at.is_(None))
    )


def hearing_of(session: Session, proceeding: Proceeding) -> Hearing | None:
    """The last hearing in a proceeding that was asked for, held or given up."""
    return session.scalar(
        select(Hearing).where(Hearing.proceeding_id == proceeding.id).order_by(Hearing.id.desc()).limit(1)
    )


def statement_until(session: Session, proceeding: Proceeding) -> date | None:
    """The last day to make a statement: as the notice told it, or later by the calendar of today; None: not told."""
    return _told_day(session, proceeding, proceeding.statement_by, STATEMENT_DAYS)


def hearing_until(session: Session, proceeding: Proceeding) -> date | None:
    """The last day to ask for a hearing; None where nobody was told of the right to."""
    return _told_day(session, proceeding, proceeding.hearing_by, HEARING_DAYS)


def _told_day(session: Session, proceeding: Proceeding, told: datetime | None, days: int) -> date | None:
    """A day told in writing stands; a holiday that became known since only makes it later."""
    if told is None or proceeding.told_at is None:
        return None
    counted = calendars.current(session).add(clock.local_day(proceeding.told_at), days).day
    return max(clock.local_day(told), counted)


def end_after(calendar: WorkingCalendar, day: date, days: int) -> datetime:
    """The end of the working day so many days after a day (民法典 201, 203)."""
    return end_of(calendar.add(day, days).day)


def due(session: Session, part_id: int | None, step: str) -> datetime | None:
    """Until when a step of the open proceeding on a part is to be done; None where there is none."""
    part = session.get(CasePart, part_id) if part_id else None
    proceeding = of_task(session, part)
    if proceeding is None:
        return None
    held = hearing_of(session, proceeding)
    last = {
        "tell_facts": (_day(proceeding.opened_at), TELL_DAYS),
        "hear_defence": (_day(proceeding.statement_by), RECORD_DAYS),
        "decide_proceeding": (_day(proceeding.heard_at), DECIDE_DAYS),
    }
    since, days = last[step]
    if since is None:
        return None
    if step == "decide_proceeding" and held is not None and held.state in (*OPEN, HearingState.CLOSED):
        since = max(since, (_day(held.closed_at) or held.hold_by or since))
    return end_after(calendars.current(session), since, days)


def _day(instant: datetime | None) -> date | None:
    return clock.local_day(instant) if instant else None


def may_ask_until(session: Session, proceeding: Proceeding, now: datetime) -> date | None:
    """Until when the holder may ask for a hearing today; None where that is over, given up or done already."""
    until = hearing_until(session, proceeding)
    if until is None or proceeding.decided_at is not None or proceeding.hearing_waived_at is not None:
        return None
    return until if clock.local_day(now) <= until and hearing_of(session, proceeding) is None else None


# --- what stands in the way


def require_possible(session: Session, permit: Permit) -> None:
    """Raise ``ProceedingOpen`` while one is."""
    known = open_of(session, permit.id)
    if known is not None:
        raise ProceedingOpen(
            number=permit.number, act=TRANSITIONS[known.kind].label, since=clock.local_day(known.opened_at)
        )


def require_needed(kind: str, ground: str) -> None:
    """Only what the holder is heard about is a proceeding. Raises ``NoProceedingNeeded``."""
    each = TRANSITIONS[kind]
    found = each.grounds.get(ground)
    if found is not None and not found.heard and not found.own:
        raise NoProceedingNeeded(ground=found.label, act=each.label)


def require_heard(session: Session, permit: Permit, kind: str, ground: str, now: datetime) -> None:
    """The holder was told and heard on exactly this, and no hearing is owed any more.

    Raises ``HearFirst``, ``AnswersNotOver``, ``HearingOpen`` or ``HearingPeriodOpen``.
    """
    open_ = open_of(session, permit.id)
    if open_ is None or open_.heard_at is None or (open_.kind, open_.ground) != (kind, ground):
        raise HearFirst(act=TRANSITIONS[kind].label)
    require_answers_over(session, open_, now)
    require_hearing_over(session, open_, now)


def require_answers_over(session: Session, proceeding: Proceeding, now: datetime) -> None:
    """The days to answer are over, or the holder gave up the rest in writing. Raises ``AnswersNotOver``."""
    until = statement_until(session, proceeding)
    if until is not None and proceeding.statement_waived_at is None and clock.local_day(now) <= until:
        raise AnswersNotOver(until=until)


def require_hearing_over(session: Session, proceeding: Proceeding, now: datetime) -> None:
    """No hearing is open, and nobody may still ask for one. Raises ``HearingOpen`` or ``HearingPeriodOpen``."""
    hearing = hearing_of(session, proceeding)
    if hearing is not None and hearing.state in OPEN:
        raise HearingOpen(state=HearingState(hearing.state).label)
    until = may_ask_until(session, proceeding, now)
    if until is not None:
        raise HearingPeriodOpen(who=N_("持证人"), until=until)


def require_statement_over(
    session: Session, proceeding: Proceeding, statement: str, now: datetime, *, waived: bool
) -> None:
    """That none was made is recorded after its days, or ``waived`` in writing. Raises ``StatementNotOver``."""
    until = statement_until(session, proceeding)
    if until is None:
        raise NotToldYet
    if not statement.strip() and not waived and clock.local_day(now) <= until:
        raise StatementNotOver(until=until)


def require_other_eyes(proceeding: Proceeding, staff: Staff) -> None:
    """Whoever told or heard does not decide, where the item says so. Raises ``ToldAndDecides``."""
    part = proceeding.part
    item = item_of((part.item if part is not None else None) or proceeding.case.item)
    if item.four_eyes and staff.id in (
        proceeding.opened_by_id,
        proceeding.told_by_id,
        proceeding.heard_by_id,
    ):
        raise ToldAndDecides


def is_over(permit: Permit, now: datetime) -> bool:
    """Whether nothing of a permit is left to be taken: it has ended or expired."""
    return status_on(permit, clock.local_day(now)) in {*ENDED, PermitStatus.EXPIRED}


def ground_to_tell(permit: Permit, kind: str, ground: str, now: datetime, *, of_verification: bool) -> Ground:
    """The ground that may be told today; of a permit that is over only what a verification found.

    Raises ``GroundRequired`` or ``UnlawfulTransition``.
    """
    if of_verification and is_over(permit, now):
        return TRANSITIONS[kind].grounds[ground]
    return require_lawful(permit, kind, ground, clock.local_day(now))


def moot(proceeding: Proceeding, now: datetime) -> bool:
    """Whether the permit is no longer in a state the act is lawful from, so that it can only be dropped."""
    each = TRANSITIONS[proceeding.kind]
    ground = each.grounds[proceeding.ground]
    return status_on(proceeding.permit, clock.local_day(now)) not in each.states_of(ground)
