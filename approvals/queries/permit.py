"""One permit through its life: versions, what happened, proceedings, what it stands on; in a fixed number of reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, load_only, selectinload

from .. import credit
from ..authority import visible_cases
from ..errors import NotFound
from ..messages import N_
from ..register_rules import status_on
from ..tables import (
    Applicant,
    Case,
    Commitment,
    CommitmentClause,
    Document,
    Permit,
    PermitEvent,
    Proceeding,
    Staff,
    Verification,
)
from ..terms import PermitStatus
from .register import FoundPermit, by_numbers

PAPER = (Document.number, Document.title, Document.status, Document.status_reasons, Document.issued_at)


class UnknownPermit(NotFound):
    """No permit of this centre has this number."""

    message = N_("登记簿里没有编号为“%(number)s”的证照。请核对编号，或到证照登记簿查找。")


@dataclass(frozen=True)
class PermitFile:
    """Everything the page of a permit shows; ``versions`` the newest first, ``events`` too."""

    versions: Sequence[Permit]
    status: PermitStatus
    events: Sequence[PermitEvent]
    proceedings: Sequence[Proceeding]
    holder: Applicant | None
    cases: Mapping[int, str]
    listed: Sequence[FoundPermit]
    whole: Permit | None
    commitment: Commitment | None
    verifications: Sequence[Verification]
    open_credit: int
    staff: Mapping[int, str]
    papers: Mapping[int, str]

    @property
    def permit(self) -> Permit:
        """The last version."""
        return self.versions[0]

    @property
    def root(self) -> Permit:
        """The first version: under its case everything about the permit is written down."""
        return self.versions[-1]

    @property
    def proceeding(self) -> Proceeding | None:
        """The proceeding that is not decided yet."""
        return next((each for each in self.proceedings if each.decided_at is None), None)


def load(session: Session, number: str, staff: Staff, today: date) -> PermitFile:
    """The permit of this number; cases only as far as ``staff`` may see them. Raises ``UnknownPermit``."""
    versions = _versions(session, number)
    if not versions:
        raise UnknownPermit(number=number[:60])
    ids = [each.id for each in versions]
    permit, root = versions[0], versions[-1]
    proceedings = _proceedings(session, ids)
    holder = session.get(Applicant, permit.applicant_id) if permit.applicant_id else None
    commitment = _commitment(session, root)
    numbers = [entry["number"] for entry in permit.fields.get("parts", ())]
    return PermitFile(
        versions=versions,
        status=status_on(permit, today),
        events=_events(session, ids),
        proceedings=proceedings,
        holder=holder,
        cases=_cases(session, {each.case_id for each in versions}, staff),
        listed=by_numbers(session, numbers, today) if numbers else (),
        whole=_whole(session, root) if root.part_id is not None else None,
        commitment=commitment,
        verifications=_verifications(session, commitment) if commitment else (),
        open_credit=len(credit.open_records(session, holder.number_index, today)) if holder else 0,
        staff=_names(session, proceedings),
        papers=_papers(session, proceedings),
    )


def _versions(session: Session, number: str) -> Sequence[Permit]:
    return session.scalars(
        select(Permit)
        .where(Permit.number == number)
        .options(joinedload(Permit.department), joinedload(Permit.document).options(load_only(*PAPER)))
        .order_by(Permit.version.desc())
    ).all()


def _events(session: Session, ids: Sequence[int]) -> Sequence[PermitEvent]:
    return session.scalars(
        select(PermitEvent)
        .where(PermitEvent.permit_id.in_(ids))
        .options(
            joinedload(PermitEvent.staff).joinedload(Staff.department),
            joinedload(PermitEvent.document).options(load_only(*PAPER)),
        )
        .order_by(PermitEvent.id.desc())
    ).all()


def _proceedings(session: Session, ids: Sequence[int]) -> Sequence[Proceeding]:
    return session.scalars(
        select(Proceeding)
        .where(Proceeding.permit_id.in_(ids))
        .options(selectinload(Proceeding.hearings), joinedload(Proceeding.department))
        .order_by(Proceeding.id.desc())
    ).all()


def _cases(session: Session, ids: set[int], staff: Staff) -> dict[int, str]:
    """The numbers of the cases that this person may open."""
    rows = session.execute(select(Case.id, Case.number).where(Case.id.in_(ids), visible_cases(staff)))
    return {case_id: number or "" for case_id, number in rows}


def _whole(session: Session, root: Permit) -> Permit | None:
    """The comprehensive licence that lists this permit, in its last version."""
    query = select(Permit).where(Permit.case_id == root.case_id, Permit.part_id.is_(None))
    wholes = session.scalars(query.order_by(Permit.version.desc())).all()
    listed = {whole.id: {entry["number"] for entry in whole.fields.get("parts", ())} for whole in wholes}
    return next((whole for whole in wholes if root.number in listed[whole.id]), None)


def _commitment(session: Session, root: Permit) -> Commitment | None:
    if root.part_id is None:
        return None
    return session.scalar(
        select(Commitment)
        .where(Commitment.part_id == root.part_id)
        .options(selectinload(Commitment.clauses).joinedload(CommitmentClause.department))
    )


def _verifications(session: Session, commitment: Commitment) -> Sequence[Verification]:
    return session.scalars(
        select(Verification)
        .where(Verification.commitment_id == commitment.id)
        .options(joinedload(Verification.department))
        .order_by(Verification.id)
    ).all()


def _names(session: Session, proceedings: Sequence[Proceeding]) -> dict[int, str]:
    """Who opened, told, heard and decided, by id."""
    ids = {
        person
        for each in proceedings
        for person in (each.opened_by_id, each.told_by_id, each.heard_by_id, each.decided_by_id)
        if person is not None
    }
    if not ids:
        return {}
    return dict(session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids))).all())


def _papers(session: Session, proceedings: Sequence[Proceeding]) -> dict[int, str]:
    """The numbers of the papers of proceedings and their hearings, by id."""
    ids = {
        paper
        for each in proceedings
        for paper in (
            each.notice_document_id,
            each.record_document_id,
            each.document_id,
            *(held.notice_document_id for held in each.hearings),
            *(held.record_document_id for held in each.hearings),
        )
        if paper is not None
    }
    if not ids:
        return {}
    rows = session.execute(select(Document.id, Document.number).where(Document.id.in_(ids)))
    return dict(rows.all())
