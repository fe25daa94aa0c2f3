"""The paper of supervision: the order to act and to answer (督办单)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import documents
from ..tables import Case, CasePart, Department, Document, Staff, StaffRole, SupervisoryOrder, Verification
from ..terms import Role


def supervisory_order(
    session: Session,
    case: Case,
    part: CasePart | None,
    order: SupervisoryOrder,
    officer: Staff | None,
    now: datetime,
    verification: Verification | None = None,
) -> Document:
    """督办单 in the name of the supervising body: what is late or wrong, and by when to answer."""
    timed = part if part is not None and part.promised_due else case
    fields = {
        "department": (verification or part or case).department.zh,
        "matter": str((part or case.item).name["zh"]) + ("（承诺核查）" if verification else ""),
        "limit": "承诺核查期限" if verification else "法定办理期限",
        "verify_by": verification.due if verification else None,
        "accepted_on": case.accepted_at,
        "promised_due": None if verification else timed.promised_due,
        "statutory_due": None if verification else timed.statutory_due,
        "reasons": order.reasons,
        "automatic": order.automatic,
        "answer_by": order.answer_by,
    }
    body = officer.department if officer else supervising_body(session)
    return documents.issue(
        session, "supervisory_order", case=case, part=part, department=body, fields=fields, officer=officer, now=now
    )  # fmt: skip


def supervising_body(session: Session) -> Department:
    """Where supervision sits; while nobody holds that post, the centre itself (the first department)."""
    supervisors = (
        select(Staff.id)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .where(Staff.department_id == Department.id, Staff.active, StaffRole.role == Role.SUPERVISOR)
        .exists()
    )
    return session.scalars(select(Department).order_by(~supervisors, Department.code).limit(1)).one()
