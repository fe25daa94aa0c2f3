"""When a commitment not kept is a ground to revoke: after its verification said so, never while it is under way."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import clock
from .errors import DomainError
from .messages import N_
from .tables import Permit, Verification
from .terms import CheckOutcome, VerificationState
from .verifications import STANDING, clauses_of

GROUND = "commitment_unmet"


class NotCommitted(DomainError):
    """Where nothing was promised no promise is broken."""

    message = N_("证照%(number)s没有承诺核查，不能以“未履行承诺”为由撤销。请选择其他法定事由。")
    status = 409


class VerificationUnderWay(DomainError):
    """The holder has until the told day to put it right; then the department verifies again."""

    message = N_(
        "%(department)s的承诺核查目前为“%(state)s”，期限 %(until)s。整改期满再次核查仍不符合的，"
        "由核查部门提请撤销；在此之前不能以“未履行承诺”为由启动。"
    )
    status = 409


class CommitmentNotBroken(DomainError):
    """Every verification is over, and none found a clause unmet after its rectification."""

    message = N_("承诺核查没有“经限期整改仍不符合”的结论（%(department)s：%(state)s），不能以此为由撤销。")
    status = 409


def require_broken(session: Session, permit: Permit, ground: str) -> None:
    """Of the ground ``commitment_unmet``: a verification ended with a clause unmet after its rectification.

    Any other ground passes. Raises ``NotCommitted``, ``VerificationUnderWay`` or ``CommitmentNotBroken``
    (行政许可法 69; the rectification comes first).
    """
    if ground != GROUND:
        return
    rows = _of_permit(session, permit)
    if any(_broken(row) for row in rows):
        return
    if not rows:
        raise NotCommitted(number=permit.number)
    row = next((each for each in rows if each.state in STANDING), rows[-1])
    said = {"department": row.department.name, "state": VerificationState(row.state).label}
    if row.state not in STANDING:
        raise CommitmentNotBroken(**said)
    raise VerificationUnderWay(**said, until=_day(row))


def _of_permit(session: Session, permit: Permit) -> list[Verification]:
    """Of every version, for a promise binds whoever holds the permit; what is to be rectified first."""
    parts = select(Permit.part_id).where(Permit.number == permit.number, Permit.part_id.is_not(None))
    query = select(Verification).where(Verification.part_id.in_(parts)).order_by(Verification.id)
    rows = session.scalars(query).all()
    return sorted(rows, key=lambda row: row.state != VerificationState.RECTIFYING)


def _broken(row: Verification) -> bool:
    return (
        row.state == VerificationState.REVOKING
        and row.round > 1
        and any(clause.outcome == CheckOutcome.UNMET for clause in clauses_of(row))
    )


def _day(row: Verification) -> date:
    """The day told in writing: of the rectification, else of the verification."""
    if row.state == VerificationState.RECTIFYING and row.rectify_by is not None:
        return row.rectify_by
    return clock.local_day(row.due)
