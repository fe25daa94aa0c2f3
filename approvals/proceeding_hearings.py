"""The hearing in a proceeding against a permit (行政许可法 7, 47; 行政处罚法 63–65): asked for, or given up in writing.

It is held as any other (``hearings``); no clock stands for it, because the case of the permit has ended.
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from . import clock, hearing_rules
from .calendar import WorkingCalendar
from .hearing_requests import channel_of
from .hearing_words import (
    ARTICLES,
    AskerKind,
    Ground,
    HearingAlready,
    HearingAskedLate,
    HearingState,
    HearingWaived,
)
from .limits import Entry, EntryKind
from .messages import N_
from .proceeding_rules import (
    NoHearingRight,
    NotToldYet,
    hearing_of,
    hearing_until,
)
from .register_rules import TRANSITIONS
from .tables import Hearing, Proceeding, Staff


def ask(
    session: Session,
    proceeding: Proceeding,
    staff: Staff | None,
    reasons: str,
    calendar: WorkingCalendar,
    now: datetime,
) -> Hearing:
    """The holder asks for a hearing within five working days of being told; ``staff`` None: online.

    After the window's hours it counts as of the next working day (民法典 203). Raises ``NotToldYet``,
    ``NoHearingRight``, ``HearingWaived``, ``HearingAlready`` or ``HearingAskedLate``.
    """
    until = _require_right(session, proceeding)
    asked = Entry(EntryKind.PAUSE, now, ARTICLES[Ground.ON_REQUEST], channel=channel_of(staff)).day(calendar)
    if asked > until:
        raise HearingAskedLate(told=clock.local_day(proceeding.told_at or now), until=until, asked=asked)
    hearing = Hearing(
        case_id=proceeding.case_id, part_id=proceeding.part_id, proceeding_id=proceeding.id,
        ground=Ground.ON_REQUEST, reasons=reasons.strip(), told_at=proceeding.told_at,
        asked_by=proceeding.permit.holder, asker_kind=AskerKind.APPLICANT, asked_at=now,
        hold_by=calendar.add(clock.local_day(now), hearing_rules.HOLD_DAYS).day, state=HearingState.ASKED,
    )  # fmt: skip
    session.add(hearing)
    session.flush()
    after = {"name": hearing.asked_by, "reasons": hearing.reasons, "until": str(hearing.hold_by)}
    hearing_rules.note(session, "ask_hearing", hearing, staff, now, after)
    return hearing


def waive(session: Session, proceeding: Proceeding, now: datetime) -> None:
    """The holder gave the hearing up in writing; what was given up does not come back.

    Raises ``NotToldYet``, ``NoHearingRight``, ``HearingWaived`` or ``HearingAlready``.
    """
    _require_right(session, proceeding)
    proceeding.hearing_waived_at = now
    session.flush()


def _require_right(session: Session, proceeding: Proceeding) -> date:
    """The last day to ask, if the holder may still do anything about a hearing."""
    if proceeding.told_at is None or proceeding.decided_at is not None:
        raise NotToldYet
    until = hearing_until(session, proceeding)
    if until is None:
        raise NoHearingRight(act=TRANSITIONS[proceeding.kind].label)
    if proceeding.hearing_waived_at is not None:
        raise HearingWaived(who=N_("持证人"))
    known = hearing_of(session, proceeding)
    if known is not None:
        raise HearingAlready(state=HearingState(known.state).label)
    return until
