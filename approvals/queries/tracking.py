"""What an applicant may know of the own case: one picture, read in a fixed number of statements.

Never here: drafts, opinions and their reasons (a department has "reviewed" until it has decided), names of
officers, internal papers, notices between departments.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from .. import calendars, clock, ledger
from ..calendar import WorkingCalendar
from ..deadlines import Deadline
from ..errors import NotFound
from ..secrets import blind_index, same
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
    Task,
)
from ..terms import CaseState, Outcome, TaskState
from .tracking_rows import Certificate, OpenTask, Pace, Paper, PartLine, Told, Tracked

NOBODY = "0" * 64  # compared with when there is no such case, so that both take the same time
CERTIFICATES = "certificate_"
SIMILAR_CASES, SIMILAR_DAYS, FEWEST_SIMILAR = 120, 365, 10


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
    """The picture of one case, in at most fifteen statements; raises ``NotFound``."""
    case = _case(session, case_id)
    running = case.state != CaseState.ENDED
    return Tracked(
        case=case,
        parts=_parts(session, case),
        tasks=_tasks(session, case_id) if running else (),
        deadline=ledger.deadline_of(
            session, case=case, calendar=calendars.of_version(session, case.calendar_version)
        )
        if case.accepted_at
        else Deadline(),
        correction=open_correction(session, case_id) if running else None,
        visits=_visits(session, case_id) if running else (),
        papers=_papers(session, case_id),
        certificates=_certificates(session, case_id),
        messages=_messages(session, case_id),
        pace=_pace(session, case, calendar, now) if running else None,
    )


def _case(session: Session, case_id: int) -> Case:
    case = session.scalar(
        select(Case)
        .where(Case.id == case_id, Case.number.is_not(None))
        .options(joinedload(Case.applicant), joinedload(Case.department))
    )
    if case is None:
        raise NotFound
    materials = select(CaseMaterial).where(CaseMaterial.case_id == case_id).order_by(CaseMaterial.id)
    with_files = session.scalars(materials.options(joinedload(CaseMaterial.files))).unique()
    set_committed_value(case, "materials", list(with_files))  # or the page would read them again
    return case


def _parts(session: Session, case: Case) -> list[PartLine]:
    parts = list(session.scalars(select(CasePart).where(CasePart.case_id == case.id).order_by(CasePart.id)))
    submitted = session.execute(
        select(Opinion.part_id, Opinion.submitted_at).where(
            Opinion.case_id == case.id, Opinion.submitted_at.is_not(None), Opinion.superseded_at.is_(None)
        )
    )
    reviewed = {row.part_id: row.submitted_at for row in submitted}
    decided = {
        part_id: (granted, at)
        for part_id, granted, at in session.execute(
            select(Decision.part_id, Decision.granted, Decision.at).where(Decision.case_id == case.id)
        )
    }
    return [_part_line(case, part, reviewed.get(part.id), decided.get(part.id)) for part in parts]


def _part_line(
    case: Case, part: CasePart, reviewed_at: datetime | None, decision: tuple[bool, datetime] | None
) -> PartLine:
    granted, decided_at = decision or (None, None)
    return PartLine(
        department=part.department.name,
        phone=part.department.phone,
        name=part.name,
        why=part.why,
        state=part.state,
        leads=part.department_id == case.department_id,
        due=part.promised_due or case.promised_due,
        provisional=part.provisional,
        reviewed_at=reviewed_at,
        granted=granted,
        decided_at=decided_at,
    )


def _tasks(session: Session, case_id: int) -> list[OpenTask]:
    rows = session.execute(
        select(Task.step, Department.name, Department.phone, Task.part_id)
        .join(Department, Department.id == Task.department_id)
        .where(Task.case_id == case_id, Task.state == TaskState.OPEN)
        .order_by(Task.id)
    )
    return [OpenTask(*row) for row in rows]


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


def _pace(session: Session, case: Case, calendar: WorkingCalendar, now: datetime) -> Pace | None:
    """How long the last cases of this item took; nothing where too few were decided."""
    rows = session.execute(
        select(Case.accepted_at, Case.decided_at)
        .where(
            Case.item_id == case.item_id,
            Case.outcome.in_((Outcome.GRANTED, Outcome.PARTLY_GRANTED, Outcome.REFUSED)),
            Case.accepted_at.is_not(None),
            Case.decided_at > now - timedelta(days=SIMILAR_DAYS),
        )
        .order_by(Case.decided_at.desc())
        .limit(SIMILAR_CASES)
    ).all()
    if len(rows) < FEWEST_SIMILAR:
        return None
    took = sorted(
        calendar.between(clock.local_day(start), clock.local_day(end)) for start, end in rows if start and end
    )
    return Pace(took[len(took) // 2], took[min(len(took) - 1, len(took) * 9 // 10)], len(took))


def document_of(session: Session, case_id: int, document_id: int) -> int | None:
    """The id of a document of this case that the applicant may download, or None."""
    return session.scalar(
        select(Document.id).where(Document.id == document_id, Document.case_id == case_id, Document.public)
    )
