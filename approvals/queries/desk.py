"""What the front desk reads: drafts, window tasks, figures of the day, papers of a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import case as when
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, load_only, selectinload

from .. import authority, clock
from ..errors import NotFound
from ..people.applicants import NUMBERS
from ..secrets import blind_index
from ..tables import Applicant, Case, CaseMaterial, CasePart, Document, Message, Staff, StoredFile, Task
from ..terms import CaseState, Role, TaskState

MOST = 30
MOST_UNDELIVERED = 5


@dataclass(frozen=True)
class Today:
    """Figures of one clerk's local day: handed in, accepted, ended."""

    received: int
    accepted: int
    ended: int


def my_drafts(session: Session, clerk: Staff) -> Sequence[Case]:
    """The clerk's unfinished drafts, newest first."""
    return session.scalars(
        select(Case)
        .options(joinedload(Case.applicant))
        .where(Case.clerk_id == clerk.id, Case.state == CaseState.DRAFT)
        .order_by(Case.id.desc())
        .limit(MOST)
    ).all()


def window_tasks(session: Session, clerk: Staff) -> Sequence[Task]:
    """Open tasks of the windows that nobody else holds, the clerk's own and the most urgent first."""
    return session.scalars(
        select(Task)
        .options(
            joinedload(Task.case).joinedload(Case.applicant),
            joinedload(Task.part),
            joinedload(Task.holder),
        )
        .where(
            Task.state == TaskState.OPEN,
            Task.role == Role.WINDOW_CLERK,
            or_(Task.holder_id.is_(None), Task.holder_id == clerk.id),
        )
        .order_by(Task.holder_id.is_(None), Task.promised_due.is_(None), Task.promised_due, Task.id)
        .limit(MOST)
    ).all()


def undelivered(session: Session, clerk: Staff) -> Sequence[Message]:
    """Messages that did not reach applicants whose cases this clerk took, of cases still open; newest first."""
    return session.scalars(
        select(Message)
        .join(Case, Message.case_id == Case.id)
        .options(joinedload(Message.case).joinedload(Case.applicant))
        .where(Message.state == "failed", Case.clerk_id == clerk.id, Case.state != CaseState.ENDED)
        .order_by(Message.id.desc())
        .limit(MOST_UNDELIVERED)
    ).all()


def today(session: Session, clerk: Staff, now: datetime) -> Today:
    """What passed over this clerk's desk today."""
    start, end = _day_bounds(clock.local_day(now))

    def within(column: object) -> object:
        return func.sum(when((column.between(start, end), 1), else_=0))  # type: ignore[attr-defined]

    row = session.execute(
        select(within(Case.received_at), within(Case.accepted_at), within(Case.ended_at)).where(  # type: ignore[call-overload]
            Case.clerk_id == clerk.id, or_(Case.received_at >= start, Case.ended_at >= start)
        )
    ).one()
    return Today(*(int(count or 0) for count in row))


def _day_bounds(day: date) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time(), clock.ZONE)
    return start, start + timedelta(days=1) - timedelta(microseconds=1)


def whole_case(session: Session, case_id: int, staff: Staff) -> Case:
    """A case with its parts, materials, scans and fees; raises ``NotFound`` where ``staff`` may not see it."""
    case = session.scalar(
        select(Case)
        .options(
            joinedload(Case.applicant),
            joinedload(Case.agent),
            joinedload(Case.department),
            joinedload(Case.clerk),
            selectinload(Case.parts).joinedload(CasePart.item),
            selectinload(Case.materials).selectinload(CaseMaterial.files),
            selectinload(Case.fees),
        )
        .where(Case.id == case_id)
    )
    if case is None or not authority.may_see(staff, case, [part.department_id for part in case.parts]):
        raise NotFound
    return case


def task(session: Session, task_id: int) -> Task:
    """A task, open or done; raises ``NotFound``."""
    found = session.scalar(
        select(Task).options(joinedload(Task.part), joinedload(Task.holder)).where(Task.id == task_id)
    )
    if found is None:
        raise NotFound
    return found


def open_window_tasks(session: Session, case_id: int) -> Sequence[Task]:
    """The steps of a case that wait at a window."""
    return session.scalars(
        select(Task)
        .where(Task.case_id == case_id, Task.state == TaskState.OPEN, Task.role == Role.WINDOW_CLERK)
        .order_by(Task.id)
    ).all()


def papers(session: Session, case_id: int) -> Sequence[Document]:
    """The documents of a case without their text: what the applicant gets, then the rest, newest first."""
    return session.scalars(
        select(Document)
        .options(
            load_only(
                Document.number, Document.title, Document.kind, Document.issued_at, Document.status,
                Document.public, Document.part_id,
            )
        )
        .where(Document.case_id == case_id)
        .order_by(Document.public.desc(), Document.id.desc())
    ).all()  # fmt: skip


def file_of(session: Session, file_id: int, staff: Staff) -> StoredFile:
    """A scan of a case ``staff`` may see; raises ``NotFound``."""
    file = session.get(StoredFile, file_id)
    if file is None:
        raise NotFound
    case = session.get_one(Case, file.case_id)
    parts = session.scalars(select(CasePart.department_id).where(CasePart.case_id == case.id)).all()
    if not authority.sees(session, staff, case, parts):
        raise NotFound
    return file


def known_applicant(session: Session, clerk: Staff, kind: str, number: str) -> Applicant | None:
    """Whoever has this number, if they applied here before. Raises ``formats.FormatFault``."""
    authority.require(clerk, "intake")
    if kind not in NUMBERS:
        return None
    wanted = NUMBERS[kind](number)
    return session.scalar(
        select(Applicant).where(Applicant.kind == kind, Applicant.number_index == blind_index(wanted))
    )


def second_servers(session: Session, staff: Staff) -> Sequence[Staff]:
    """Colleagues who can witness a service: active, of the same department."""
    return session.scalars(
        select(Staff)
        .where(Staff.active, Staff.department_id == staff.department_id, Staff.id != staff.id)
        .order_by(Staff.login)
    ).all()


__all__ = [
    "Today", "file_of", "known_applicant", "my_drafts", "open_window_tasks", "papers", "second_servers",
    "task", "today", "whole_case", "window_tasks",
]  # fmt: skip
