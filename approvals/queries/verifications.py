"""Verifications as pages show them: the commitment ledger of a case, and the list of what is to be verified."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from .. import authority, clock
from ..tables import (
    Applicant,
    Case,
    CasePart,
    Commitment,
    CommitmentClause,
    CreditRecord,
    Department,
    Document,
    ServiceItem,
    Staff,
    StaffRole,
    Task,
    Verification,
    VerificationCheck,
)
from ..terms import CheckOutcome, Role, TaskState, VerificationState
from ..verifications import STANDING, put_right_late
from .lamps import lamp_condition, task_lamp

PAGE_SIZE = 25
STATES = ("standing", "open", "rectifying", "revoking", "late", "ended", "all")
ENDED = (VerificationState.MET, VerificationState.REVOKED, VerificationState.KEPT, VerificationState.CLOSED)


@dataclass(frozen=True)
class PartLedger:
    """The commitment ledger (告知承诺台账) of one part: clauses with their checks, who verifies, what credit it left."""

    commitment: Commitment
    verifications: Sequence[Verification]
    records: Sequence[CreditRecord]
    numbers: dict[int, str]  # of its papers, by their ids

    def verification_of(self, clause: CommitmentClause) -> Verification | None:
        """The verification a clause belongs to; ``None`` before the permit is out."""
        return next((one for one in self.verifications if one.department_id == clause.department_id), None)

    def followed_late(self, clause: CommitmentClause) -> bool:
        """Whether its material came after its day."""
        if clause.follow_by is None or clause.followed_at is None:
            return False
        return clock.local_day(clause.followed_at) > clause.follow_by

    def put_right_late(self, row: Verification) -> bool:
        """Whether what had to be rectified was not reported as done by its day."""
        return put_right_late(row)

    def unmet_of(self, row: Verification) -> list[CommitmentClause]:
        """The clauses of a verification that are to be put right."""
        own = [one for one in self.commitment.clauses if one.department_id == row.department_id]
        return [one for one in own if one.outcome == CheckOutcome.UNMET]

    def records_of(self, clause: CommitmentClause) -> list[CreditRecord]:
        """The credit records this clause left."""
        return [one for one in self.records if one.clause_id == clause.id]


def ledgers_of(session: Session, case_id: int) -> list[PartLedger]:
    """The ledger of every part of a case that was committed to, in six statements whatever its size."""
    person = joinedload(VerificationCheck.first_officer).lazyload(Staff.roles)
    second = joinedload(VerificationCheck.second_officer).lazyload(Staff.roles)
    clauses = joinedload(Commitment.clauses)
    checks = clauses.selectinload(CommitmentClause.checks)
    found = session.scalars(
        select(Commitment)
        .where(Commitment.case_id == case_id)
        .options(
            joinedload(Commitment.part).joinedload(CasePart.item),
            clauses.joinedload(CommitmentClause.department),
            checks.options(person, second, selectinload(VerificationCheck.evidence)),
        )
        .order_by(Commitment.id)
    )
    commitments = found.unique().all()
    if not commitments:
        return []
    verifications = session.scalars(
        select(Verification)
        .where(Verification.case_id == case_id)
        .options(joinedload(Verification.department))
        .order_by(Verification.id)
    ).all()
    records = (
        _records(session, case_id) if any(row.rectify_by or row.ended_at for row in verifications) else []
    )
    numbers = _numbers(session, commitments, verifications)
    return [
        PartLedger(
            each,
            [one for one in verifications if one.commitment_id == each.id],
            [one for one in records if one.part_id == each.part_id],
            numbers,
        )
        for each in commitments
    ]


def _records(session: Session, case_id: int) -> Sequence[CreditRecord]:
    """A verification under way for the first time has left none."""
    own = select(CreditRecord).where(CreditRecord.case_id == case_id)
    return session.scalars(own.order_by(CreditRecord.id)).all()


def _numbers(
    session: Session, commitments: Sequence[Commitment], verifications: Sequence[Verification]
) -> dict[int, str]:
    ids = {each.notice_document_id for each in commitments} | {each.document_id for each in commitments}
    for one in verifications:
        ids |= {one.notice_document_id, one.rectify_document_id, one.document_id}
    found = session.execute(
        select(Document.id, Document.number).where(Document.id.in_({id_ for id_ in ids if id_}))
    )
    return {row[0]: row[1] for row in found}


@dataclass(frozen=True)
class VerificationRow:
    """One verification as the list shows it; instants are UTC."""

    id: int
    case_id: int
    number: str
    item: dict[str, Any]
    part: dict[str, Any]
    applicant: str | None
    department_id: int
    department: dict[str, Any]
    state: str
    round: int
    due: datetime
    provisional: bool
    rectify_by: date | None
    ended_at: datetime | None
    clauses: int
    checked: int
    task_due: datetime | None
    yellow_at: datetime | None
    task_id: int | None
    holder: str | None


@dataclass(frozen=True)
class Filters:
    """What the address of the list asks for."""

    state: str = "standing"
    lamp: str = ""
    department_id: int = 0
    text: str = ""


def officers_beside(session: Session, staff: Staff) -> list[tuple[str, str]]:
    """Id and name of the colleagues who can go along: officers of the same department."""
    rows = session.execute(
        select(Staff.id, Staff.name)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .where(
            Staff.department_id == staff.department_id, Staff.active, Staff.id != staff.id,
            StaffRole.role == Role.OFFICER,
        )
        .order_by(Staff.login)
    )  # fmt: skip
    return [(str(id_), name) for id_, name in rows]


def seen(staff: Staff) -> ColumnElement[bool]:
    """Supervision, government and the windows see all; a department its own."""
    if authority.may(staff, "see_board") or authority.may(staff, "commit"):
        return true()
    return Verification.department_id == staff.department_id


def page(
    session: Session, staff: Staff, filters: Filters, number: int, now: datetime
) -> tuple[list[VerificationRow], bool]:
    """One page (from 1) and whether there is another: what is due first, of what has ended the latest first."""
    ended = filters.state in ("ended", "all")
    order = (
        (Verification.id.desc(),)
        if ended
        else (func.coalesce(Task.promised_due, Verification.due), Verification.id)
    )
    start = (max(number, 1) - 1) * PAGE_SIZE
    query = _rows().where(seen(staff), *_conditions(filters, now)).order_by(*order)
    found = session.execute(query.offset(start).limit(PAGE_SIZE + 1)).all()
    return [VerificationRow(*row) for row in found[:PAGE_SIZE]], len(found) > PAGE_SIZE


def counts(session: Session, staff: Staff, now: datetime) -> dict[str, int]:
    """How many stand in each list, in one statement."""
    columns = [func.count().filter(_in_state(state, now)).label(state) for state in STATES]
    return dict(
        zip(
            STATES,
            session.execute(select(*columns).select_from(Verification).where(seen(staff))).one(),
            strict=True,
        )
    )


def departments(session: Session, staff: Staff) -> list[Department]:
    """The departments that have anything to verify, as far as this person sees them."""
    with_any = select(Verification.department_id).where(seen(staff))
    return list(
        session.scalars(select(Department).where(Department.id.in_(with_any)).order_by(Department.code))
    )


def _in_state(state: str, now: datetime) -> ColumnElement[bool]:
    if state == "standing":
        return Verification.state.in_((*STANDING, VerificationState.REVOKING))
    if state == "late":
        return and_(Verification.state == VerificationState.OPEN, Verification.due < now)
    if state == "ended":
        return Verification.state.in_(ENDED)
    return true() if state == "all" else Verification.state == state


def _conditions(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    wanted = [_in_state(filters.state, now)]
    if filters.lamp:
        wanted.append(and_(Task.id.is_not(None), lamp_condition(task_lamp(now), filters.lamp)))
    if filters.department_id:
        wanted.append(Verification.department_id == filters.department_id)
    if text := filters.text.strip():
        wanted.append(
            or_(
                Case.number.contains("".join(text.split()), autoescape=True),
                Applicant.name.contains(text, autoescape=True),
                Case.subject.contains(text, autoescape=True),
            )
        )
    return wanted


def _rows() -> Select[Any]:
    holder = aliased(Staff)
    own = and_(
        CommitmentClause.commitment_id == Verification.commitment_id,
        CommitmentClause.department_id == Verification.department_id,
    )
    of_round = and_(
        VerificationCheck.verification_id == Verification.id, VerificationCheck.round == Verification.round
    )
    columns = {
        "id": Verification.id, "case_id": Verification.case_id, "number": Case.number, "item": ServiceItem.name,
        "part": CasePart.name, "applicant": Applicant.name, "department_id": Verification.department_id,
        "department": Department.name, "state": Verification.state, "round": Verification.round,
        "due": Verification.due, "provisional": Verification.provisional, "rectify_by": Verification.rectify_by,
        "ended_at": Verification.ended_at,
        "clauses": select(func.count(CommitmentClause.id)).where(own).correlate(Verification).scalar_subquery(),
        "checked": select(func.count(VerificationCheck.clause_id.distinct())).where(of_round)
        .correlate(Verification).scalar_subquery(),
        "task_due": Task.promised_due, "yellow_at": Task.yellow_at, "task_id": Task.id, "holder": holder.name,
    }  # fmt: skip
    open_task = and_(Task.instance_id == Verification.instance_id, Task.state == TaskState.OPEN)
    return (
        select(*(columns[each.name] for each in fields(VerificationRow)))
        .select_from(Verification)
        .join(Case, Case.id == Verification.case_id)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(CasePart, CasePart.id == Verification.part_id)
        .join(Department, Department.id == Verification.department_id)
        .outerjoin(Applicant, Applicant.id == Case.applicant_id)
        .outerjoin(Task, open_task)
        .outerjoin(holder, holder.id == Task.holder_id)
    )
