"""A hearing (听证, 行政许可法 48): appointed, held, recorded with signatures, or given up.

The rules stand in ``hearing_rules``; papers, the clock and the tasks are the step's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from .calendar import WorkingCalendar
from .errors import ReasonRequired
from .hearing_rules import note, of_case, require_chair, require_day, rows
from .hearing_words import (
    OPEN,
    AskerKind,
    ClosedWhy,
    Ground,
    HearingState,
    NotHeldYet,
    NotWithdrawable,
    PlaceRequired,
    SignaturesMissing,
)
from .tables import Case, CasePart, Hearing, Staff


@dataclass(frozen=True)
class Appointment:
    """When and where a hearing is held, by whom; not ``public`` only with ``why_closed``."""

    when: datetime
    place: str
    chair: Staff | None
    recorder: Staff | None
    public: bool = True
    why_closed: str = ""


@dataclass(frozen=True)
class Signature:
    """One who took part: signed the record, or did not for a reason."""

    name: str
    role: str
    signed: bool
    why_not: str = ""


def appoint(
    session: Session,
    hearing: Hearing,
    staff: Staff,
    made: Appointment,
    calendar: WorkingCalendar,
    now: datetime,
) -> None:
    """Name day, place, chair and recorder.

    Raises ``HearingDay``, ``PlaceRequired``, ``ClosedWhy``, ``ChairUnfit`` or ``ChairReviewed``.
    """
    require_day(hearing, made.when, calendar, now)
    if not made.place.strip():
        raise PlaceRequired
    if not made.public and not made.why_closed.strip():
        raise ClosedWhy
    require_chair(session, hearing.part, made.chair, made.recorder)
    hearing.held_at, hearing.place = made.when, made.place.strip()
    hearing.public = made.public
    hearing.chair, hearing.recorder = made.chair, made.recorder
    hearing.noticed_at, hearing.state = now, HearingState.APPOINTED
    session.flush()
    after = {
        "at": made.when.isoformat(), "place": hearing.place, "chair": made.chair.name if made.chair else "",
        "recorder": made.recorder.name if made.recorder else "", "reasons": made.why_closed.strip(),
    }  # fmt: skip
    note(session, "appoint_hearing", hearing, staff, now, after)


def postpone(session: Session, hearing: Hearing, staff: Staff, reasons: str, now: datetime) -> None:
    """It cannot be held on that day; another is named. Raises ``ReasonRequired``."""
    if not reasons.strip():
        raise ReasonRequired
    before = {"at": hearing.held_at.isoformat() if hearing.held_at else ""}
    hearing.state, hearing.held_at = HearingState.ASKED, None
    session.flush()
    note(session, "postpone_hearing", hearing, staff, now, {"reasons": reasons.strip()}, before)


def close(
    session: Session,
    hearing: Hearing,
    staff: Staff,
    record: str,
    conclusion: str,
    signatures: Sequence[Signature],
    now: datetime,
) -> None:
    """Keep the record with its signatures: what the decision will follow (48).

    Raises ``NotHeldYet``, ``ReasonRequired`` or ``SignaturesMissing``.
    """
    if hearing.held_at is None or now < hearing.held_at:
        raise NotHeldYet(when=hearing.held_at or "")
    if not (record.strip() and conclusion.strip()):
        raise ReasonRequired
    _require_signatures(signatures)
    hearing.record, hearing.conclusion = record.strip(), conclusion.strip()
    hearing.signatures = [
        {"name": each.name.strip(), "role": each.role, "signed": each.signed, "why_not": each.why_not.strip()}
        for each in signatures
    ]
    hearing.closed_at, hearing.state = now, HearingState.CLOSED
    session.flush()
    after = {"result": hearing.conclusion, "signatures": len(hearing.signatures)}
    note(session, "record_hearing", hearing, staff, now, after)


def _require_signatures(signatures: Sequence[Signature]) -> None:
    """Who asked or applied is named, and everybody named signed or it is said why not."""
    complete = all(each.name.strip() and (each.signed or each.why_not.strip()) for each in signatures)
    concerned = any(each.role in (AskerKind.APPLICANT, AskerKind.INTERESTED) for each in signatures)
    if not (complete and concerned):
        raise SignaturesMissing


def withdraw(session: Session, hearing: Hearing, staff: Staff | None, reasons: str, now: datetime) -> None:
    """Whoever asked gives it up before it is held. Raises ``NotWithdrawable``."""
    if hearing.ground != Ground.ON_REQUEST or hearing.state not in OPEN:
        raise NotWithdrawable
    hearing.state, hearing.closed_at = HearingState.WITHDRAWN, now
    session.flush()
    after = {"name": hearing.asked_by, "reasons": reasons.strip()}
    note(session, "withdraw_hearing", hearing, staff, now, after)


def drop(session: Session, case: Case, now: datetime) -> None:
    """The case ends: nobody is heard any more."""
    for hearing in of_case(session, case.id):
        if hearing.state in OPEN:
            hearing.state, hearing.closed_at = HearingState.WITHDRAWN, now
    session.flush()


def record_of(session: Session, part: CasePart) -> Hearing | None:
    """The hearing whose record the decision follows."""
    closed = [row for row in rows(session, part) if row.state == HearingState.CLOSED]
    return closed[-1] if closed else None
