"""Credit records as pages show them: of one applicant with the bars that stand, and the list of what is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from .. import authority, credit
from ..errors import NotFound
from ..tables import (
    Applicant,
    ApplicationBar,
    Case,
    CommitmentClause,
    CreditRecord,
    Document,
    ServiceItem,
    Staff,
)

PAGE_SIZE = 25
STATES = ("open", "repaired", "all")


@dataclass(frozen=True)
class RecordRow:
    """One record with the names a page shows."""

    record: CreditRecord
    applicant: str
    item: dict[str, str]
    clause: dict[str, str] | None = None
    repair_number: str = ""
    barred_until: date | None = None

    def weighs(self, today: date) -> bool:
        """Whether it sends the next application the ordinary way."""
        over = self.record.until is not None and self.record.until < today
        return self.record.repaired_at is None and not over


@dataclass(frozen=True)
class CreditFile:
    """What is on record of one applicant, newest first."""

    applicant: Applicant
    rows: Sequence[RecordRow]
    bars: Sequence[tuple[ApplicationBar, dict[str, str]]]

    def require(self, record_id: int) -> None:
        """Raise ``NotFound`` unless the record is one of this applicant."""
        if all(row.record.id != record_id for row in self.rows):
            raise NotFound

    def open(self, today: date) -> int:
        """How many records weigh today."""
        return sum(row.weighs(today) for row in self.rows)


def file_of(session: Session, applicant_id: int) -> CreditFile:
    """The credit of an applicant, under whatever name it was written down. Raises ``NotFound``."""
    applicant = session.get(Applicant, applicant_id)
    if applicant is None:
        raise NotFound
    own = CreditRecord.number_index == applicant.number_index
    records = session.scalars(
        select(CreditRecord).options(*_options()).where(own).order_by(CreditRecord.id.desc())
    ).all()
    bars = session.scalars(
        select(ApplicationBar)
        .where(ApplicationBar.number_index == applicant.number_index)
        .order_by(ApplicationBar.last_day.desc())
    ).all()
    names = _item_names(session, {each.item_code for each in records} | {each.item_code for each in bars})
    clauses = _clauses(session, records)
    numbers = _numbers(session, records)
    rows = [
        RecordRow(
            each, applicant.name, names.get(each.item_code, {}), clauses.get(each.clause_id or 0),
            numbers.get(each.repair_document_id or 0, ""), credit.barred_until(session, each),
        )
        for each in records
    ]  # fmt: skip
    return CreditFile(applicant, rows, [(each, names.get(each.item_code, {})) for each in bars])


def visible_cases(session: Session, staff: Staff, file: CreditFile) -> set[int]:
    """Which of the cases behind the records this person may open."""
    ids = {row.record.case_id for row in file.rows if row.record.case_id}
    return set(session.scalars(select(Case.id).where(Case.id.in_(ids), authority.visible_cases(staff))))


def page(session: Session, state: str, text: str, number: int, today: date) -> tuple[list[RecordRow], bool]:
    """One page (from 1) of the records in a state, newest first, and whether there is another."""
    query = select(CreditRecord, Applicant.name).join(Applicant, Applicant.id == CreditRecord.applicant_id)
    query = query.options(*_options()).where(*_in_state(state, today))
    if text.strip():
        query = query.where(Applicant.name.contains(text.strip(), autoescape=True))
    start = (max(number, 1) - 1) * PAGE_SIZE
    found = session.execute(query.order_by(CreditRecord.id.desc()).offset(start).limit(PAGE_SIZE + 1)).all()
    names = _item_names(session, {each.item_code for each, _ in found})
    rows = [RecordRow(each, name, names.get(each.item_code, {})) for each, name in found[:PAGE_SIZE]]
    return rows, len(found) > PAGE_SIZE


def counts(session: Session, today: date) -> dict[str, int]:
    """How many records stand in each list."""
    columns = [func.count().filter(*_in_state(state, today)).label(state) for state in STATES]
    return dict(zip(STATES, session.execute(select(*columns).select_from(CreditRecord)).one(), strict=True))


def _in_state(state: str, today: date) -> list[ColumnElement[bool]]:
    if state == "open":
        weighs = or_(CreditRecord.until.is_(None), CreditRecord.until >= today)
        return [CreditRecord.repaired_at.is_(None), weighs]
    return [CreditRecord.repaired_at.is_not(None)] if state == "repaired" else [true()]


def _options() -> tuple[_AbstractLoad, ...]:
    """Those who wrote and repaired, by name alone."""
    return (
        joinedload(CreditRecord.department),
        joinedload(CreditRecord.recorded_by).lazyload(Staff.roles),
        joinedload(CreditRecord.repaired_by).lazyload(Staff.roles),
        joinedload(CreditRecord.case),
    )


def _item_names(session: Session, codes: set[str]) -> dict[str, dict[str, str]]:
    rows = session.execute(
        select(ServiceItem.code, ServiceItem.name).where(ServiceItem.code.in_(codes)).order_by(ServiceItem.id)
    )
    return {row[0]: row[1] for row in rows}


def _clauses(session: Session, records: Sequence[CreditRecord]) -> dict[int, dict[str, str]]:
    ids = {each.clause_id for each in records if each.clause_id}
    rows = session.execute(
        select(CommitmentClause.id, CommitmentClause.text).where(CommitmentClause.id.in_(ids))
    )
    return {row[0]: row[1] for row in rows}


def _numbers(session: Session, records: Sequence[CreditRecord]) -> dict[int, str]:
    ids = {each.repair_document_id for each in records if each.repair_document_id}
    rows = session.execute(select(Document.id, Document.number).where(Document.id.in_(ids)))
    return {row[0]: row[1] for row in rows}
