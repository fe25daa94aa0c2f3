"""Versions of a permit (证照版本): the number is kept, the version grows, one version is in force at a time."""

import secrets as random_source
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import certificate_templates, permits
from .register_book import latest, move, suspended_until
from .tables import Case, CasePart, Department, Permit, Proceeding, Staff
from .terms import PermitStatus

CARRIED = "原证照的暂扣决定尚未期满，继续适用于新版证照。"


def succeed(
    session: Session,
    old: Permit,
    kind: str,
    *,
    ground: str,
    reasons: str,
    case: Case,
    part: CasePart | None,
    fields: dict[str, Any],
    valid_from: date,
    valid_until: date | None,
    staff: Staff | None,
    now: datetime,
) -> Permit:
    """Let a new version take the place of ``old``: changed, renewed or replaced; the caller holds the lock.

    A suspension goes on with the new version, and an open proceeding is one against it. Raises as
    ``register_book.move``, and ``GlyphMissing``.
    """
    suspended, until = old.status == PermitStatus.SUSPENDED, suspended_until(session, old)
    move(session, old, kind, ground=ground, reasons=reasons, staff=staff, now=now, case=case)
    new = _next(session, old, case, valid_from, valid_until)
    new.part_id, new.fields, new.issued_at = part.id if part else None, fields, now
    if case.applicant and kind == "change":
        new.holder = case.applicant.name
    permits.enter(session, new, case, session.get_one(Department, new.department_id), staff, now)
    old.document.replaced_by_id = new.document_id
    against = select(Proceeding).where(Proceeding.permit_id == old.id, Proceeding.decided_at.is_(None))
    for proceeding in session.scalars(against):
        proceeding.permit_id = new.id
    if suspended:
        move(
            session, new, "suspend", ground="carried_over", reasons=CARRIED, staff=None, now=now, until=until
        )
    session.flush()
    return new


def print_anew(
    session: Session,
    case: Case,
    voided: Permit,
    holder: str,
    fields: dict[str, Any],
    staff: Staff,
    now: datetime,
) -> Permit:
    """The next version says what a voided one should have said; no version is in force, the caller holds the lock."""
    new = _next(session, voided, case, voided.valid_from, voided.valid_until)
    new.part_id, new.holder, new.fields, new.issued_at = voided.part_id, holder, fields, now
    return permits.enter(session, new, case, session.get_one(Department, new.department_id), staff, now)


def _next(session: Session, old: Permit, case: Case, valid_from: date, valid_until: date | None) -> Permit:
    """The next version as far as it is the old one, on the printed form in force."""
    return Permit(
        number=old.number, version=latest(session, old.number).version + 1, replaces_id=old.id,
        public_id=random_source.token_urlsafe(12), kind=old.kind,
        template_id=certificate_templates.current(session, old.kind).id, item_code=old.item_code,
        applicant_id=case.applicant_id, case_id=case.id, department_id=old.department_id, name=dict(old.name),
        holder=old.holder, valid_from=valid_from, valid_until=valid_until, status=PermitStatus.VALID,
    )  # fmt: skip
