"""The repair of a credit record (信用修复), with its paper."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import credit, notices, papers, tasks
from approvals.errors import NotFound
from approvals.tables import CreditRecord, Staff


def repair(session: Session, record_id: int, staff: Staff, reasons: str, now: datetime) -> CreditRecord:
    """Repair a record and serve the decision. Raises ``NotFound`` and what ``credit.repair`` raises."""
    case_id = session.execute(select(CreditRecord.case_id).where(CreditRecord.id == record_id)).scalar()
    if case_id is None:
        raise NotFound
    case = tasks.lock_case(session, case_id)
    row = credit.repair(session, session.get_one(CreditRecord, record_id), staff, reasons, now)
    paper = papers.credit_repair(session, row, staff, now)
    row.repair_document_id = paper.id
    notices.to_applicant(session, case, "credit_repaired", now, document=paper.number)
    return row
