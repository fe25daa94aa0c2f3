"""How a hearing (听证) comes about: told of the right, asked for (行政许可法 47), given up, or ordered (46).

While it lasts the clock of its part stands (45): each hearing has its special procedure.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from . import clock, procedure_rules
from .calendar import WorkingCalendar
from .errors import ReasonRequired
from .hearing_rules import HOLD_DAYS, applicant_told_at, ask_until, note, rows
from .hearing_words import (
    ARTICLES,
    OPEN,
    AskerKind,
    Ground,
    HearingAlready,
    HearingAskedLate,
    HearingNotTold,
    HearingState,
    HearingWaived,
    NoDecisionHere,
)
from .limits import Channel, Entry, EntryKind
from .messages import N_
from .tables import Case, CasePart, Hearing, SpecialProcedure, Staff
from .terms import ProcedureKind, ProcedureState


def tell_right(
    session: Session, part: CasePart, staff: Staff, kind: AskerKind, name: str, interest: str, now: datetime
) -> Hearing:
    """Tell somebody whose major interest the licence touches that they may ask for a hearing (36, 47).

    Raises ``WrongState``, ``NoDecisionHere``, ``HearingAlready`` or ``ReasonRequired``.
    """
    _require_possible(session, part, N_("告知听证权利"))
    applicant = part.case.applicant
    told = applicant.name if kind == AskerKind.APPLICANT and applicant else name.strip()
    if not told or not interest.strip():
        raise ReasonRequired
    hearing = Hearing(
        case_id=part.case_id, part_id=part.id, ground=Ground.ON_REQUEST, reasons=interest.strip(),
        told_at=now, asked_by=told, asker_kind=kind, state=HearingState.TOLD,
    )  # fmt: skip
    session.add(hearing)
    session.flush()
    note(session, "tell_hearing_right", hearing, staff, now, {"name": told, "reasons": hearing.reasons})
    return hearing


def waive(session: Session, part: CasePart, staff: Staff, now: datetime) -> Hearing:
    """The applicant gave the hearing up in writing. Raises ``HearingNotTold`` or ``HearingAlready``."""
    _require_possible(session, part, N_("登记放弃听证"))
    told = applicant_told_at(session, part)
    if told is None:
        raise HearingNotTold(who=AskerKind.APPLICANT.label)
    hearing = Hearing(
        case_id=part.case_id, part_id=part.id, ground=Ground.ON_REQUEST, told_at=told,
        asked_by=_applicant_name(part), asker_kind=AskerKind.APPLICANT, state=HearingState.WAIVED, closed_at=now,
    )  # fmt: skip
    session.add(hearing)
    session.flush()
    note(session, "waive_hearing", hearing, staff, now, {"name": hearing.asked_by})
    return hearing


# --- asked for, or ordered


def ask(
    session: Session,
    part: CasePart,
    staff: Staff | None,
    kind: AskerKind,
    name: str,
    reasons: str,
    calendar: WorkingCalendar,
    now: datetime,
) -> Hearing:
    """The applicant, or an interested party that was told, asks for a hearing (47); ``staff`` None: online.

    Asked for at the window after its hours, it counts as of the next working day (民法典 203). Raises ``WrongState``, ``NoDecisionHere``, ``HearingAlready``, ``HearingNotTold``, ``HearingWaived`` or
    ``HearingAskedLate``.
    """
    _require_possible(session, part, N_("登记听证要求"))
    hearing = _told(session, part, kind, name)
    told_at = hearing.told_at or now
    until = ask_until(told_at, calendar)
    asked = Entry(EntryKind.PAUSE, now, ARTICLES[Ground.ON_REQUEST], channel=channel_of(staff)).day(calendar)
    if asked > until:
        raise HearingAskedLate(told=clock.local_day(told_at), until=until, asked=asked)
    session.add(hearing)
    hearing.state, hearing.asked_at = HearingState.ASKED, now
    hearing.reasons = reasons.strip() or hearing.reasons
    _begin(session, hearing, staff, calendar, now)
    after = {"name": hearing.asked_by, "reasons": reasons.strip(), "until": str(hearing.hold_by)}
    note(session, "ask_hearing", hearing, staff, now, after)
    return hearing


def channel_of(staff: Staff | None) -> Channel:
    """Where a party's declaration was made: whoever takes it down stands at the window; nobody does online."""
    return Channel.ONLINE if staff is None else Channel.WINDOW


def _told(session: Session, part: CasePart, kind: AskerKind, name: str) -> Hearing:
    """The row of whoever asks: told by a notice of its own, or with the intended refusal."""
    own = [row for row in rows(session, part) if row.asker_kind == kind]
    named = [row for row in own if kind == AskerKind.APPLICANT or row.asked_by == name.strip()]
    waiting = [row for row in named if row.state == HearingState.TOLD]
    if kind == AskerKind.INTERESTED:
        if not waiting:
            raise HearingNotTold(who=name.strip() or kind.label)
        return waiting[-1]
    told = applicant_told_at(session, part)
    if told is None:
        raise HearingNotTold(who=kind.label)
    if any(row.state == HearingState.WAIVED and row.told_at and row.told_at >= told for row in named):
        raise HearingWaived(who=kind.label)
    if waiting and waiting[-1].told_at == told:
        return waiting[-1]
    return Hearing(
        case_id=part.case_id, part_id=part.id, ground=Ground.ON_REQUEST, told_at=told,
        asked_by=_applicant_name(part), asker_kind=kind,
    )  # fmt: skip


def order(
    session: Session, part: CasePart, staff: Staff, reasons: str, calendar: WorkingCalendar, now: datetime
) -> Hearing:
    """The authority holds a hearing of its own motion: a law asks for it, or a major public interest (46).

    Raises ``WrongState``, ``NoDecisionHere``, ``HearingAlready`` or ``ReasonRequired``.
    """
    _require_possible(session, part, N_("决定举行听证"))
    if not reasons.strip():
        raise ReasonRequired
    hearing = Hearing(
        case_id=part.case_id, part_id=part.id, ground=Ground.EX_OFFICIO, reasons=reasons.strip(), asked_at=now,
        state=HearingState.ASKED,
    )  # fmt: skip
    session.add(hearing)
    _begin(session, hearing, staff, calendar, now)
    note(
        session,
        "order_hearing",
        hearing,
        staff,
        now,
        {"reasons": hearing.reasons, "until": str(hearing.hold_by)},
    )
    return hearing


def _begin(
    session: Session, hearing: Hearing, staff: Staff | None, calendar: WorkingCalendar, now: datetime
) -> None:
    """The special procedure that stops the clock, with the time needed as it is told in writing."""
    case = session.get_one(Case, hearing.case_id)
    part = session.get_one(CasePart, hearing.part_id)
    hearing.hold_by = calendar.add(clock.local_day(now), HOLD_DAYS).day
    procedure = SpecialProcedure(
        case_id=case.id, part_id=part.id, kind=ProcedureKind.HEARING, state=ProcedureState.RUNNING,
        basis=procedure_rules.basis_of(procedure_rules.item_for(case, part)),
        reasons=hearing.reasons or Ground(hearing.ground).label, days=HOLD_DAYS, ends_on=hearing.hold_by,
        requested_by_id=(staff or case.clerk).id, requested_at=now, approved_at=now,
    )  # fmt: skip
    session.add(procedure)
    session.flush()
    hearing.procedure_id = procedure.id
    session.flush()


def _require_possible(session: Session, part: CasePart, act: str) -> None:
    procedure_rules.require_underway(part.case, part, act)
    if not part.decides:
        raise NoDecisionHere
    for row in rows(session, part):
        if row.state in (*OPEN, HearingState.CLOSED):
            raise HearingAlready(state=HearingState(row.state).label)


def _applicant_name(part: CasePart) -> str:
    return part.case.applicant.name if part.case.applicant else ""
