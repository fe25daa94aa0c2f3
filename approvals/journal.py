"""Writing and reading the journal (操作日志)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .messages import N_
from .tables import Case, CasePart, JournalEntry, Staff

APPLICANT = N_("申请人")
SYSTEM = N_("系统")


def write(
    session: Session,
    act: str,
    *,
    now: datetime,
    staff: Staff | None = None,
    actor: str = "",
    case: Case | None = None,
    part: CasePart | None = None,
    ground: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> JournalEntry:
    """Add one entry. ``before`` and ``after`` are flat and carry masks, never private numbers."""
    entry = JournalEntry(
        at=now,
        staff_id=staff.id if staff else None,
        actor=staff.name if staff else actor or SYSTEM,
        act=act,
        case_id=case.id if case else None,
        part_id=part.id if part else None,
        ground=ground,
        before=dict(before or {}),
        after=dict(after or {}),
    )
    session.add(entry)
    return entry


def of_case(session: Session, case_id: int) -> Sequence[JournalEntry]:
    """All entries of a case, oldest first."""
    return session.scalars(
        select(JournalEntry).where(JournalEntry.case_id == case_id).order_by(JournalEntry.id)
    ).all()
