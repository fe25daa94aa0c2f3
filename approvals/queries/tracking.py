"""What an applicant may know of the own case: one picture, read in a fixed number of statements.

Never here: drafts, opinions and their reasons (a department has "reviewed" until it has decided), names of
officers, internal papers, notices between departments.
"""

from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from .. import calendars, clock, silence
from ..calendar import WorkingCalendar
from ..errors import NotFound
from ..secrets import blind_index, same
from ..silence import Period
from ..tables import (
    Case,
    CaseMaterial,
    CasePart,
    Correction,
    Decision,
    Defect,
    Department,
    Document,
    Message,
    Opinion,
    Permit,
    SiteVisit,
    SpecialProcedure,
    Task,
)
from ..terms import CaseState, MaterialState, ProcedureKind, ProcedureState, TaskState
from . import clocks, estimates
from .clocks import Clocks
from .tracking_rows import Certificate, OpenTask, Pace, Paper, PartLine, Pause, Told, Tracked

NOBODY = "0" * 64  # compared with when there is no such case, so that both take the same time
CERTIFICATES = "certificate_"


def plain_number(typed: str) -> str:
    """A case number as people type it, with spaces or dashes, without them."""
    return "".join(sign for sign in typed if sign.isascii() and sign.isdigit())[:30]


def plain_code(typed: str) -> str:
    """A query code as people type it: letters and digits, in capitals."""
    return "".join(sign for sign in typed if sign.isascii() and sign.isalnum()).upper()[:30]


def identify(session: Session, number: str, code: str) -> int | None:
    """The case these two belong to, or None; the same work is done whether or not the number exists."""
    row = session.execute(
        select(Case.id, Case.query_code_index).where(Case.number == plain_number(number))
    ).one_or_none()
    known = row.query_code_index if row and row.query_code_index else NOBODY
    right = same(blind_index(plain_code(code)), known)
    return row.id if row and right else None


def tracked(session: Session, case_id: int, calendar: WorkingCalendar, now: datetime) -> Tracked:
    """The picture of one case, in at most fifteen statements; raises ``NotFound``.

    Its dates are replayed on the calendar they were counted on; ``calendar`` is the one in force.
    """
    case = _case(session, case_id)
    running = case.state != CaseState.ENDED
    parts = _parts(session, case)
    own_calendar = calendars.of_version(session, case.calendar_version)
    counted = clocks.of_case(session, case, (), own_calendar)
    notice = open_correction(session, case_id) if running else None
    return Tracked(
        case=case,
        parts=parts,
        tasks=_tasks(session, case_id) if running else (),
        clocks=counted,
        pauses=_pauses(session, case, counted) if running else (),
        correction=notice,
        answer=silence.correction(notice, own_calendar) if notice else None,
        deferral=_deferral(session, case, own_calendar) if running else None,
        visits=_visits(session, case_id) if running else (),
        papers=_papers(session, case_id),
        certificates=_certificates(session, case_id),
        messages=_messages(session, case_id),
        pace=_pace(session, case, counted, calendar, now) if running and case.decided_at is None else None,
    )


def _case(session: Session, case_id: int) -> Case:
    case = session.scalars(
        select(Case)
        .where(Case.id == case_id, Case.number.is_not(None))
        .options(joinedload(Case.applicant), joinedload(Case.department), joinedload(Case.fees))
    ).unique().one_or_none()  # fmt: skip
    if case is None:
        raise NotFound
    materials = select(CaseMaterial).where(CaseMaterial.case_id == case_id).order_by(CaseMaterial.id)
    with_files = session.scalars(materials.options(joinedload(CaseMaterial.files))).unique()
    set_committed_value(case, "materials", list(with_files))  # or the page would read them again
    return case


def _parts(session: Session, case: Case) -> list[PartLine]:
    """Each part with its review and its decision; the case gets its parts, so that nobody reads them again."""
    given = and_(
        Opinion.part_id == CasePart.id, Opinion.submitted_at.is_not(None), Opinion.superseded_at.is_(None)
    )
    rows = session.execute(
        select(CasePart, Opinion.submitted_at, Decision.granted, Decision.at)
        .outerjoin(Opinion, given)
        .outerjoin(Decision, Decision.part_id == CasePart.id)
        .where(CasePart.case_id == case.id)
        .order_by(CasePart.id, Opinion.id)
    ).unique()
    known = {part.id: (part, reviewed_at, granted, at) for part, reviewed_at, granted, at in rows}
    set_committed_value(case, "parts", [part for part, *_ in known.values()])
    return [_part_line(case, *row) for row in known.values()]


def _part_line(
    case: Case,
    part: CasePart,
    reviewed_at: datetime | None,
    granted: bool | None,  # noqa: FBT001 - a column
    decided_at: datetime | None,
) -> PartLine:
    return PartLine(
        id=part.id,
        department=part.department.name,
        phone=part.department.phone,
        name=part.name,
        why=part.why,
        state=part.state,
        leads=part.department_id == case.department_id,
        due=part.promised_due or case.promised_due,
        provisional=part.provisional,
        paused=part.paused,
        reviewed_at=reviewed_at,
        granted=granted,
        decided_at=decided_at,
    )


def _tasks(session: Session, case_id: int) -> list[OpenTask]:
    rows = session.execute(
        select(
            Task.step,
            Department.name,
            Department.phone,
            Task.part_id,
            Task.promised_due,
            Task.paused,
            Task.limit,
        )
        .join(Department, Department.id == Task.department_id)
        .where(Task.case_id == case_id, Task.state == TaskState.OPEN)
        .order_by(Task.id)
    )
    return [OpenTask(*row) for row in rows]


def _pauses(session: Session, case: Case, counted: Clocks) -> list[Pause]:
    """The clocks that stand, each with the procedure it stands for."""
    owned = {None: (case, counted.case)} | {
        part.id: (part, counted.parts[part.id]) for part in case.parts if part.id in counted.parts
    }
    open_ = [
        (part_id, subject, entry) for part_id, (subject, own) in owned.items() for entry in own.open_pauses
    ]
    known = _procedures(session, case, counted) if open_ else {}
    return [
        Pause(
            part_id,
            ProcedureKind(procedure.kind) if (procedure := known.get((part_id, entry.at))) else None,
            entry,
            (procedure.ends_on if procedure else None) or entry.until,
            subject.paused_left,
        )
        for part_id, subject, entry in open_
    ]


def _procedures(
    session: Session, case: Case, counted: Clocks
) -> dict[tuple[int | None, datetime | None], SpecialProcedure]:
    """The procedures that run, by the clock they stop and since when."""
    running = select(SpecialProcedure).where(
        SpecialProcedure.case_id == case.id, SpecialProcedure.state == ProcedureState.RUNNING
    )
    return {
        (each.part_id if each.part_id in counted.parts else None, each.approved_at): each
        for each in session.scalars(running)
    }


def _deferral(session: Session, case: Case, calendar: WorkingCalendar) -> Period | None:
    """The time to bring what was deferred, while it can still be brought."""
    awaited = any(material.state == MaterialState.DEFERRED for material in case.materials)
    if not awaited or case.deferral_expired_at is not None:
        return None
    return silence.deferral(session, case, calendar)


def open_correction(session: Session, case_id: int) -> Correction | None:
    """The notice that waits for its answer, with its defects."""
    return session.scalars(
        select(Correction)
        .where(Correction.case_id == case_id, Correction.answered_at.is_(None))
        .options(joinedload(Correction.defects).joinedload(Defect.department))
        .order_by(Correction.id.desc())
    ).unique().first()  # fmt: skip


def _visits(session: Session, case_id: int) -> list[SiteVisit]:
    """Appointments that are still ahead: made, and nothing recorded yet."""
    visits = session.scalars(
        select(SiteVisit)
        .where(SiteVisit.case_id == case_id, SiteVisit.appointed_for.is_not(None))
        .options(joinedload(SiteVisit.findings))
        .order_by(SiteVisit.appointed_for)
    ).unique()  # fmt: skip
    return [visit for visit in visits if any(found.recorded_at is None for found in visit.findings)]


def _papers(session: Session, case_id: int) -> list[Paper]:
    """The public documents without their texts, which are long; certificates are listed by themselves."""
    rows = session.execute(
        select(
            Document.id, Document.number, Document.title, Document.kind, Document.status, Document.issued_at
        )
        .where(
            Document.case_id == case_id,
            Document.public,
            ~Document.kind.startswith(CERTIFICATES, autoescape=True),
        )
        .order_by(Document.id)
    )
    return [Paper(*row) for row in rows]


def _certificates(session: Session, case_id: int) -> list[Certificate]:
    rows = session.execute(
        select(
            Permit.document_id,
            Permit.public_id,
            Permit.number,
            Permit.name,
            Permit.status,
            Permit.valid_until,
            Permit.part_id.is_(None),
        )
        .where(Permit.case_id == case_id)
        .order_by(Permit.part_id.is_not(None), Permit.id)
    )
    return [Certificate(*row) for row in rows]


def _messages(session: Session, case_id: int) -> list[Told]:
    rows = session.execute(
        select(
            Message.channel, Message.subject, Message.body, Message.to_mask, Message.state, Message.created_at
        )
        .where(Message.case_id == case_id, Message.channel.in_(("sms", "mail")))
        .order_by(Message.id.desc())
    )
    return [Told(*row) for row in rows]


def _pace(session: Session, case: Case, counted: Clocks, calendar: WorkingCalendar, now: datetime) -> Pace:
    """How long the last cases of this item took, and what was left to those that took as long as this one has."""
    whole = estimates.of_item(session, case.item.code, calendar, now, case.request)
    used = 0
    if case.accepted_at is not None:
        first, last = clock.local_day(case.accepted_at), clock.local_day(case.decided_at or now)
        used = estimates.days_used(estimates.turns(counted.lines, calendar), first, last, calendar)
    return Pace(whole, used, whole.after(used))


def document_of(session: Session, case_id: int, document_id: int) -> int | None:
    """The id of a document of this case that the applicant may download, or None."""
    return session.scalar(
        select(Document.id).where(Document.id == document_id, Document.case_id == case_id, Document.public)
    )
