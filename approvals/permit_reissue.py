"""A wrong certificate is made anew (作废重发) in the act that voids it: the next version under the same number.

So a permit never stands voided without its successor, what was asked about it goes on, and the comprehensive licence
lists it as before.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import certificate_fields, permit_versions
from .catalogue import item_of
from .tables import Case, Decision, Permit, Staff
from .terms import RequestKind


def reissue(session: Session, voided: Permit, staff: Staff, now: datetime) -> Permit:
    """Print the next version in the place of one just voided, with the same validity; the caller holds the lock.

    A first application's is filled in afresh from its case and decision; what a request brought stands as it was
    granted. Raises ``GlyphMissing``.
    """
    case = session.get_one(Case, voided.case_id)
    holder, fields = voided.holder, dict(voided.fields)
    if case.request == RequestKind.NEW:
        holder = case.applicant.name if case.applicant else holder
        fields = _afresh(session, case, voided, now)
    new = permit_versions.print_anew(session, case, voided, holder, fields, staff, now)
    voided.document.replaced_by_id = new.document_id
    session.flush()
    return new


def _afresh(session: Session, case: Case, voided: Permit, now: datetime) -> dict[str, Any]:
    """What the paper shows by the case as it now stands; a comprehensive licence lists what it listed."""
    decision = session.scalar(select(Decision).where(Decision.part_id == voided.part_id, Decision.granted))
    row = decision.part.item if decision is not None and decision.part.item else case.item
    scope = decision.scope if decision is not None else ""
    fields = certificate_fields.fields_of(session, case, item_of(row), scope, now)
    return fields | ({"parts": voided.fields["parts"]} if "parts" in voided.fields else {})
