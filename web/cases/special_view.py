"""What the case page offers of extensions, special procedures and hearings, and why something is not possible."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import authority, hearing_rules, procedure_rules, special_procedures
from approvals.calendar import WorkingCalendar
from approvals.errors import DomainError
from approvals.hearing_words import (
    OPEN,
    AskerKind,
    ChairReviewed,
    ChairUnfit,
    ClosedWhy,
    Ground,
    HearingAlready,
    HearingDay,
    HearingState,
    LateWhy,
    PlaceRequired,
    SignaturesMissing,
)
from approvals.messages import N_
from approvals.papers.special import ROLES
from approvals.procedure_rules import (
    BodyRequired,
    ExtensionRange,
    NeededDays,
    ProcedureNotListed,
    StopsNoClock,
)
from approvals.queries import special as query
from approvals.queries.case import CaseFile
from approvals.queries.special import Special
from approvals.tables import Case, CasePart, Hearing, SpecialProcedure, Staff
from approvals.terms import ItemKind, ProcedureKind

from ..i18n import local, speak

PLACES: Mapping[type[DomainError], str] = {
    ExtensionRange: "days",
    NeededDays: "days",
    BodyRequired: "body",
    StopsNoClock: "kind",
    ProcedureNotListed: "kind",
    HearingDay: "when",
    PlaceRequired: "place",
    ChairReviewed: "chair",
    ChairUnfit: "chair",
    ClosedWhy: "why_closed",
    LateWhy: "why_late",
    SignaturesMissing: "signatures",
}
"""The field a refusal belongs to."""
SIGNERS = {kind.value: kind.label for kind in AskerKind} | ROLES
UNITS = {"working": N_("个工作日"), "calendar": N_("日")}


@dataclass(frozen=True)
class Offer:
    """One form on the right: for which part (0: the whole case), or why it is not possible now."""

    part_id: int
    words: str
    why: str = ""
    most: int = 0
    unit: str = ""
    kinds: Sequence[tuple[str, str]] = ()
    until: date | None = None
    names: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Offers:
    """All the forms for this person."""

    extensions: Sequence[Offer] = ()
    procedures: Sequence[Offer] = ()
    hearings: Sequence[Offer] = ()
    requests: Sequence[Offer] = ()
    ending: Sequence[SpecialProcedure] = ()
    prolonging: Sequence[SpecialProcedure] = ()
    giving_up: Sequence[Hearing] = ()
    chairs: Sequence[tuple[str, str]] = field(default=())
    recorders: Sequence[tuple[str, str]] = field(default=())
    span: tuple[date, date] | None = None

    @property
    def any(self) -> bool:
        """Whether there is anything to show."""
        return any(
            (
                self.extensions,
                self.procedures,
                self.hearings,
                self.requests,
                self.ending,
                self.prolonging,
                self.giving_up,
            )
        )


def content(
    session: Session,
    file: CaseFile,
    staff: Staff,
    colleagues: Sequence[Staff],
    calendar: WorkingCalendar,
    now: datetime,
) -> dict[str, Any]:
    """For the templates: what there is (``special``) and what can be done (``offers``)."""
    known = query.load(session, file.case.id) if file.counts.special else Special()
    people = [staff, *colleagues]
    return {
        "special": known,
        "offers": _offers(session, file, people, known, calendar, now),
        "hearing_words": lambda hearing: _(HearingState(hearing.state).label),
        "ground_words": lambda hearing: _(Ground(hearing.ground).label),
        "held_late": hearing_rules.is_late,
        "may_ask_until": lambda part: hearing_rules.may_ask_until(session, part, calendar, now),
        "too_late_to_extend": lambda asked: _why(
            lambda: special_procedures.require_once_in_time(asked.case, asked.part, known.procedures, now)
        ),
        "AskerKind": AskerKind,
        "signer_roles": [(code, _(words)) for code, words in SIGNERS.items()],
    }


def _offers(
    session: Session,
    file: CaseFile,
    people: Sequence[Staff],
    known: Special,
    calendar: WorkingCalendar,
    now: datetime,
) -> Offers:
    case = file.case
    if case.accepted_at is None or case.decided_at is not None or case.ended_at is not None:
        return Offers()
    parts = [part for part in case.parts if part.state not in procedure_rules.CLOSED]
    own = [part for part in parts if part.item and _may(people, "propose_procedure", part.department_id)]
    asking = _may(people, "take_hearing_request", case.department_id)
    going = [each for each in known.running if each.kind != ProcedureKind.HEARING]
    return Offers(
        extensions=[*(_extension(case, part, known, now) for part in own), *_whole(case, people, known, now)],
        procedures=[offer for part in own if (offer := _procedure(case, part, known))],
        hearings=[
            _hearing(part, known)
            for part in parts
            if part.decides and _may(people, "order_hearing", part.department_id)
        ],
        requests=_requests(session, file, parts, known, calendar, now) if asking else [],
        ending=[each for each in going if _may(people, "end_procedure", _department(each))],
        prolonging=[each for each in known.running if _may(people, "approve_procedure", _department(each))],
        giving_up=[each for each in known.hearings if asking and _may_be_given_up(each)],
        **_arranging(session, file, people, known, calendar, now),
    )


def _may(people: Sequence[Staff], act: str, department_id: int) -> bool:
    """Whether this person, or a colleague stood in for, may do it."""
    return any(authority.may(person, act, department_id) for person in people)


def _may_be_given_up(hearing: Hearing) -> bool:
    return hearing.ground == Ground.ON_REQUEST and hearing.state in OPEN


def _why(check: Callable[[], object]) -> str:
    """What stands in the way, in words; empty where nothing does."""
    try:
        check()
    except DomainError as refusal:
        return speak(refusal.message, refusal.params)
    return ""


def _words(case: Case, part: CasePart | None) -> str:
    """Which clock, where a case has several."""
    if part is None:
        return str(_("整件"))
    return local(part.name) if len(case.parts) > 1 else ""


def _extension(case: Case, part: CasePart | None, known: Special, now: datetime) -> Offer:
    words = _words(case, part)
    why = _why(lambda: procedure_rules.extension_of(case, part)) or _why(
        lambda: special_procedures.require_extendable(case, part, known.procedures, now)
    )
    if why:
        return Offer(part.id if part else 0, words, why)
    item = procedure_rules.item_for(case, part)
    unit = item.statutory.unit if item.statutory else "working"
    most = procedure_rules.extension_of(case, part).days
    return Offer(part.id if part else 0, words, most=most, unit=_(UNITS[unit]))


def _whole(case: Case, people: Sequence[Staff], known: Special, now: datetime) -> list[Offer]:
    """The lead proposes for the joint case as a whole."""
    leads = _may(people, "propose_extension_of_case", case.department_id)
    return [_extension(case, None, known, now)] if leads and case.item.kind == ItemKind.JOINT else []


def _procedure(case: Case, part: CasePart, known: Special) -> Offer | None:
    kinds = procedure_rules.listed_kinds(case, part)
    if not part.decides:
        return None
    if not kinds:
        why = _("本事项的实施清单没有列明检验、检测等特别程序")
    else:
        why = _why(lambda: special_procedures.require_none_waiting(case, part, known.procedures))
    return Offer(part.id, _words(case, part), why, kinds=[(kind.value, _(kind.label)) for kind in kinds])


def _hearing(part: CasePart, known: Special) -> Offer:
    state = next(
        (h.state for h in known.hearings_of(part.id) if h.state in (*OPEN, HearingState.CLOSED)), None
    )
    why = ""
    if state is not None:
        why = speak(HearingAlready.message, {"state": HearingState(state).label})
    return Offer(part.id, _words(part.case, part), why)


def _requests(
    session: Session,
    file: CaseFile,
    parts: Sequence[CasePart],
    known: Special,
    calendar: WorkingCalendar,
    now: datetime,
) -> list[Offer]:
    """Where a request can be taken down at the window: who was told, until when."""
    offers = []
    told = {each.part_id for each in file.hearings} | {each.part_id for each in known.hearings}
    begun = {each.part_id for each in known.hearings if each.state in (*OPEN, HearingState.CLOSED)}
    for part in [part for part in parts if part.id in told - begun]:
        until = hearing_rules.may_ask_until(session, part, calendar, now)
        names = [("applicant:", _("申请人"))] if until else []
        waiting = [each for each in known.hearings_of(part.id) if each.state == HearingState.TOLD]
        names += [(f"interested:{h.asked_by}", h.asked_by) for h in waiting if h.asker_kind == "interested"]
        if names:
            offers.append(Offer(part.id, _words(file.case, part), until=until, names=names))
    return offers


def _arranging(
    session: Session,
    file: CaseFile,
    people: Sequence[Staff],
    known: Special,
    calendar: WorkingCalendar,
    now: datetime,
) -> dict[str, Any]:
    """Who may chair and record the hearing this person has to appoint, and between which days."""
    task = next((task for task in file.open_tasks if task.step == "appoint_hearing"), None)
    hearing = known.hearing(task) if task else None
    if task is None or task.part is None or hearing is None:
        return {}
    department = task.part.department_id
    if not _may(people, "appoint_hearing", department):
        return {}
    staff = session.scalars(
        select(Staff).where(Staff.department_id == department, Staff.active).order_by(Staff.login)
    ).all()
    reviewed = hearing_rules.involved(session, hearing)
    able = [each for each in staff if authority.may(each, "chair_hearing", department)]
    return {
        "chairs": [(str(each.id), each.name) for each in able if each.id not in reviewed],
        "recorders": [(str(each.id), each.name) for each in staff],
        "span": hearing_rules.span(hearing, calendar, now),
    }


def _department(procedure: SpecialProcedure) -> int:
    return (procedure.part or procedure.case).department_id
