"""A certificate issued anew after a wrong one was voided (作废重发); the comprehensive licence lists the new one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import permit_versions, permits, register_follow
from .catalogue import item_of
from .errors import DomainError
from .messages import N_
from .register_book import in_force, lock
from .tables import Case, Decision, Permit, Staff
from .terms import PermitStatus, RequestKind


class NothingToReissue(DomainError):
    """Every granted part has its valid certificate."""

    message = N_("没有需要重新制发的证照：请先作废有误的证照。")
    status = 409


def reissue(session: Session, case: Case, staff: Staff, now: datetime) -> list[Permit]:
    """Issue anew what was voided; a voided paper names the one that replaces it.

    A first version gets a new number, a later one keeps the permit's. The caller has locked ``case``. Raises
    ``NothingToReissue``, ``FeesDue`` or ``MaterialsDeferred``.
    """
    permits.require_ready(case)
    rows = sorted(permits.of_case(session, case.id), key=lambda each: each.id)
    last = {permit.part_id: permit for permit in rows}
    voided = {key: permit for key, permit in last.items() if permit.status == PermitStatus.VOIDED}
    if case.request == RequestKind.NEW:
        made = _anew(session, case, last, voided, staff, now)
    else:
        made = [new for old in voided.values() if (new := _next(session, case, old, staff, now)) is not None]
    if not made:
        raise NothingToReissue
    for permit in made:
        voided[permit.part_id].document.replaced_by_id = permit.document_id
    session.flush()
    return made


def _anew(
    session: Session,
    case: Case,
    last: dict[int | None, Permit],
    voided: dict[int | None, Permit],
    staff: Staff,
    now: datetime,
) -> list[Permit]:
    """The certificates of the parts, then the licence over them: anew where it was voided, else as a new version."""
    decisions = session.scalars(select(Decision).where(Decision.part_id.in_([key for key in voided if key])))
    issued = [
        permits.issue_decided(session, case, decision, staff, now)
        for decision in sorted(decisions, key=permits.series)
    ]
    made = {permit.part_id: permit for permit in issued if permit is not None}
    if None not in voided:
        for part_id, permit in made.items():
            register_follow.follow_reissue(session, voided[part_id], permit, now)
        return list(made.values())
    standing = {key: made.get(key) or in_force(session, permit.number) for key, permit in last.items() if key}
    if any(part.required and part.id in standing and standing[part.id] is None for part in case.parts):
        return list(made.values())  # a part it cannot be without has ended
    parts = [permit for _, permit in sorted(standing.items()) if permit is not None]
    whole = permits.issue_comprehensive(session, case, item_of(case.item), parts, staff, now)
    return [*made.values(), whole]


def _next(session: Session, case: Case, old: Permit, staff: Staff, now: datetime) -> Permit | None:
    """The next version in the place of a voided one of a request; none where a later one is in force."""
    lock(session, old)
    if in_force(session, old.number) is not None:
        return None
    return permit_versions.print_anew(session, case, old, staff, now)
