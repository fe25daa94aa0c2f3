"""One case as its page shows it: everything in a fixed number of statements, whatever its size."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from .. import authority, ledger_rows
from ..errors import NotFound
from ..ledger_rows import CaseLines
from ..tables import (
    Case,
    CaseMaterial,
    CasePart,
    Correction,
    Decision,
    Defect,
    Document,
    Hearing,
    JournalEntry,
    Message,
    Opinion,
    Permit,
    Settlement,
    SiteVisit,
    SiteVisitFinding,
    SpecialProcedure,
    Staff,
    StatementHearing,
    StoredFile,
    SupervisoryOrder,
    Task,
    Urging,
)
from ..terms import TaskState

JOURNAL_SHOWN = 200
Counted = Document | Message | JournalEntry | SupervisoryOrder | Urging | SpecialProcedure | Hearing


def _person(relation: Any) -> _AbstractLoad:
    """Somebody by name: what posts they hold is of no interest here."""
    return joinedload(relation).lazyload(Staff.roles)


@dataclass(frozen=True)
class Counts:
    """How much stands behind each tab; ``undelivered`` messages failed for good."""

    documents: int
    messages: int
    undelivered: int
    journal: int
    orders: int
    urgings: int
    special: int


@dataclass(frozen=True)
class CaseFile:
    """A case with what its departments did, and its ledger; drafts and unsent requests of others are left out."""

    case: Case
    tasks: Sequence[Task]
    opinions: Sequence[Opinion]
    visits: Sequence[SiteVisit]
    defects: Sequence[Defect]
    corrections: Sequence[Correction]
    hearings: Sequence[StatementHearing]
    decisions: Sequence[Decision]
    settlements: Sequence[Settlement]
    counts: Counts
    lines: CaseLines

    @property
    def open_tasks(self) -> list[Task]:
        """What is still to be done, oldest first."""
        return [task for task in self.tasks if task.state == TaskState.OPEN]

    def task(self, task_id: int) -> Task:
        """One open task of this case; raises ``NotFound``."""
        for task in self.tasks:
            if task.id == task_id:
                return task
        raise NotFound


def load_case(session: Session, case_id: int, staff: Staff) -> Case:
    """The case with applicant, parts, materials, scans and fees; raises ``NotFound`` for what may not be seen."""
    case = session.scalar(
        select(Case)
        .where(Case.id == case_id)
        .options(
            joinedload(Case.applicant),
            joinedload(Case.agent),
            joinedload(Case.department),
            _person(Case.clerk),
            selectinload(Case.parts).joinedload(CasePart.item),
            selectinload(Case.materials).selectinload(CaseMaterial.files),
            selectinload(Case.fees),
        )
        .execution_options(populate_existing=True)
    )
    if case is None or not authority.sees(session, staff, case, [part.department_id for part in case.parts]):
        raise NotFound
    return case


def load_file(session: Session, case_id: int, staff: Staff) -> CaseFile:
    """The case as ``staff`` may see it; raises ``NotFound``."""
    case = load_case(session, case_id, staff)
    return CaseFile(
        case=case,
        tasks=session.scalars(
            select(Task)
            .where(Task.case_id == case_id)
            .options(_person(Task.holder), _person(Task.done_by))
            .order_by(Task.id)
        ).all(),
        opinions=_opinions(session, case, staff),
        visits=_visits(session, case_id),
        defects=session.scalars(
            select(Defect)
            .where(Defect.case_id == case_id)
            .options(joinedload(Defect.department))
            .order_by(Defect.id)
        ).all(),
        corrections=session.scalars(
            select(Correction).where(Correction.case_id == case_id).order_by(Correction.id)
        ).all(),
        hearings=session.scalars(
            select(StatementHearing).where(StatementHearing.case_id == case_id).order_by(StatementHearing.id)
        ).all(),
        decisions=session.scalars(
            select(Decision)
            .where(Decision.case_id == case_id)
            .options(_person(Decision.officer))
            .order_by(Decision.id)
        ).all(),
        settlements=session.scalars(
            select(Settlement).where(Settlement.case_id == case_id).order_by(Settlement.id)
        ).all(),
        counts=_counts(session, case_id),
        lines=ledger_rows.of_case(session, case_id),
    )


def _opinions(session: Session, case: Case, staff: Staff) -> list[Opinion]:
    """Submitted ones for everybody who sees the case; a draft for its own department alone."""
    own = {part.id for part in case.parts if part.department_id == staff.department_id}
    rows = session.scalars(
        select(Opinion)
        .where(Opinion.case_id == case.id)
        .options(_person(Opinion.officer))
        .order_by(Opinion.id)
    )
    return [opinion for opinion in rows if opinion.submitted_at is not None or opinion.part_id in own]


def _visits(session: Session, case_id: int) -> Sequence[SiteVisit]:
    """The visits with what each department found."""
    return session.scalars(
        select(SiteVisit)
        .where(SiteVisit.case_id == case_id)
        .options(
            selectinload(SiteVisit.findings).options(
                _person(SiteVisitFinding.first_officer), _person(SiteVisitFinding.second_officer)
            )
        )
        .order_by(SiteVisit.id)
    ).all()


def _counts(session: Session, case_id: int) -> Counts:
    def number(table: type[Counted], *conditions: object) -> Any:
        query = select(func.count()).select_from(table).where(table.case_id == case_id, *conditions)  # type: ignore[arg-type]
        return query.scalar_subquery()

    row = session.execute(
        select(
            number(Document),
            number(Message),
            number(Message, Message.state == "failed"),
            number(JournalEntry),
            number(SupervisoryOrder),
            number(Urging),
            number(SpecialProcedure) + number(Hearing),
        )
    ).one()
    return Counts(*row)


def documents(session: Session, case_id: int) -> Sequence[Document]:
    """The papers of a case, newest first, without their text."""
    return session.scalars(
        select(Document)
        .where(Document.case_id == case_id)
        .options(defer(Document.html), joinedload(Document.department))
        .order_by(Document.id.desc())
    ).all()


def permits(session: Session, case_id: int) -> Sequence[Permit]:
    """The certificates of a case, the comprehensive licence first."""
    rows = session.scalars(select(Permit).where(Permit.case_id == case_id).order_by(Permit.id)).all()
    return sorted(rows, key=lambda permit: (permit.part_id is not None, permit.id))


def messages(session: Session, case_id: int) -> Sequence[Message]:
    """Everything sent or recorded, newest first."""
    return session.scalars(
        select(Message).where(Message.case_id == case_id).order_by(Message.id.desc())
    ).all()


def journal(session: Session, case_id: int) -> Sequence[JournalEntry]:
    """The acts, newest first, at most ``JOURNAL_SHOWN``."""
    return session.scalars(
        select(JournalEntry)
        .where(JournalEntry.case_id == case_id)
        .options(_person(JournalEntry.staff))
        .order_by(JournalEntry.id.desc())
        .limit(JOURNAL_SHOWN)
    ).all()


def file_of(session: Session, file_id: int, staff: Staff) -> StoredFile:
    """A scan of a case the person may see; raises ``NotFound``."""
    file = session.get(StoredFile, file_id)
    if file is None:
        raise NotFound
    load_case(session, file.case_id, staff)
    return file


def document_of(session: Session, document_id: int, staff: Staff) -> Document:
    """A paper of a case the person may see; raises ``NotFound``."""
    document = session.get(Document, document_id)
    if document is None or document.case_id is None:
        raise NotFound
    load_case(session, document.case_id, staff)
    return document
