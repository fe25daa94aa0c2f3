"""A hearing (听证, 行政许可法 48): appointed, held, recorded with signatures, or given up.

The rules stand in ``hearing_rules``; papers, the clock and the tasks are the step's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from . import clock, notices
from .calendar import WorkingCalendar
from .errors import ReasonRequired
from .hearing_chair import sit
from .hearing_rules import is_late, note, of_case, require_chair, require_day, rows
from .hearing_words import (
    OPEN,
    AskerKind,
    ClosedWhy,
    Ground,
    HearingState,
    LateWhy,
    NotHeldYet,
    NotWithdrawable,
    PlaceRequired,
    PostponedAlready,
    SignaturesMissing,
)
from .people.directory import holders_of
from .tables import Case, CasePart, Hearing, JournalEntry, Staff
from .terms import Role


@dataclass(frozen=True)
class Appointment:
    """When and where a hearing is held, by whom; not ``public`` only with ``why_closed``.

    ``why_late``: why it is held after the twenty days.
    """

    when: datetime
    place: str
    chair: Staff | None
    recorder: Staff | None
    public: bool = True
    why_closed: str = ""
    why_late: str = ""


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

    A day after the twenty working days (47) asks for its reasons, and supervision is told.
    Raises ``HearingDay``, ``PlaceRequired``, ``ClosedWhy``, ``LateWhy``, ``ChairUnfit`` or ``ChairReviewed``.
    """
    require_day(hearing, made.when, calendar, now)
    if not made.place.strip():
        raise PlaceRequired
    if not made.public and not made.why_closed.strip():
        raise ClosedWhy
    if hearing.hold_by and clock.local_day(made.when) > hearing.hold_by and not made.why_late.strip():
        raise LateWhy(until=hearing.hold_by)
    require_chair(session, hearing, made.chair, made.recorder)
    hearing.held_at, hearing.place = made.when, made.place.strip()
    hearing.public = made.public
    hearing.chair, hearing.recorder = made.chair, made.recorder
    hearing.noticed_at, hearing.state = now, HearingState.APPOINTED
    session.flush()
    after: dict[str, Any] = {
        "at": made.when.isoformat(), "place": hearing.place, "chair": made.chair.name if made.chair else "",
        "recorder": made.recorder.name if made.recorder else "", "reasons": made.why_closed.strip(),
    }  # fmt: skip
    if is_late(hearing):
        after |= {"late": True, "why": made.why_late.strip()}
        _tell_supervision(session, hearing, made.why_late.strip(), now)
    note(session, "appoint_hearing", hearing, staff, now, after)


def _tell_supervision(session: Session, hearing: Hearing, reasons: str, now: datetime) -> None:
    """Whoever watches over the limits learns that article 47's is not kept, and why."""
    day = clock.local_day(hearing.held_at or now)
    times = session.scalar(select(times_put_off()).select_from(Hearing).where(Hearing.id == hearing.id))
    notices.to_staff(
        session, hearing.case, holders_of(session, Role.SUPERVISOR), "hearing_late", now,
        until=hearing.hold_by, when=day, times=times, reasons=reasons,
    )  # fmt: skip


def times_put_off() -> ScalarSelect[int]:
    """How often another day had to be found for a hearing since it was asked for, beside its row."""
    return (
        select(func.count(JournalEntry.id))
        .where(
            JournalEntry.case_id == Hearing.case_id, JournalEntry.part_id == Hearing.part_id,
            JournalEntry.act == "postpone_hearing", JournalEntry.at >= Hearing.asked_at,
        )
        .correlate(Hearing)
        .scalar_subquery()
    )  # fmt: skip


def postpone(session: Session, hearing: Hearing, staff: Staff, reasons: str, now: datetime) -> None:
    """It cannot be held on that day; another is named. Raises ``ReasonRequired`` or ``PostponedAlready``."""
    if not reasons.strip():
        raise ReasonRequired
    if is_late(hearing) and hearing.held_at is not None:
        raise PostponedAlready(until=hearing.hold_by, when=clock.local_day(hearing.held_at))
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

    ``staff`` is the chair, who has not reviewed since, or stands in for it and is then named instead.
    Raises ``NotHeldYet``, ``ChairOnly``, ``ChairUnfit``, ``ChairReviewed``, ``ReasonRequired`` or ``SignaturesMissing``.
    """
    if hearing.held_at is None or now < hearing.held_at:
        raise NotHeldYet(when=hearing.held_at or "")
    sit(session, hearing, staff, now)
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
