"""A proceeding against a permit put into its process: by a person, or proposed by a verification.

``steps.proceedings`` has the steps; whoever verifies a commitment only proposes.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from approvals import proceeding_rules, proceedings, register_book
from approvals.proceedings import Proposal
from approvals.tables import Case, CasePart, Permit, Proceeding, Staff, Verification

from . import flow


def propose_revocation(
    session: Session,
    case: Case,  # noqa: ARG001 - locked by the caller; the proceeding finds it by the permit
    permit: Permit,
    verification: Verification,
    staff: Staff,
    facts: str,
    deceit: bool,  # noqa: FBT001 - as the finding says it
    now: datetime,
) -> Proceeding | None:
    """A department found a commitment broken: the authority of the permit is to tell the holder the facts.

    The task falls to the officers of the permit's department. What a second department finds before the holder was
    told anything is told with it; what is found while another proceeding is being decided waits for that decision
    (``None``). Where the permit is no more the proceeding can only record what was found. The caller holds ``case``,
    under which the permit was first issued. Raises ``UnlawfulTransition`` of a certificate declared void.
    """
    current = register_book.in_force(session, permit.number) or permit
    ground = "deceit" if deceit else "commitment_unmet"
    reasons = REASONS_OVER if proceeding_rules.is_over(current, now) else REASONS
    known = proceeding_rules.open_of(session, current.id)
    if known is not None and known.told_at is None and known.ground in REASONS:
        together = "deceit" if "deceit" in (known.ground, ground) else ground
        proceedings.join(session, known, together, facts, reasons[together], staff, now)
        return known
    if known is not None:
        return None
    proposal = Proposal("revoke", ground, facts, reasons[ground])
    return begin(session, current, proposal, staff, now, verification)


REASONS = {
    "deceit": "以虚假承诺骗取行政许可，依法应当撤销。",
    "commitment_unmet": "未履行承诺，经限期整改仍不符合许可条件，依法予以撤销。",
}
"""Ground → the reasons a proposal begins with; whoever tells the facts words them for the notice."""


REASONS_OVER = {
    "deceit": "证照已另行终止，不再撤销；以虚假承诺骗取行政许可的事实经认定属实的，依法记入信用记录并限制再次申请。",
    "commitment_unmet": "证照已另行终止，不再撤销；未履行承诺、经整改仍不符合许可条件的事实经认定属实的，记入信用记录。",
}
"""The same for a permit that is no more."""


def begin(
    session: Session,
    permit: Permit,
    proposal: Proposal,
    staff: Staff | None,
    now: datetime,
    verification: Verification | None = None,
) -> Proceeding:
    """Open a proceeding and its process: the officers of the permit's department have to tell the facts.

    Raises as ``proceedings.open_``.
    """
    register_book.lock(session, permit)
    opened = proceedings.open_(session, permit, proposal, staff, now, verification)
    flow.start_beside(session, opened.case, part_of(session, opened), flow.PROCEEDING, now)
    return opened


def part_of(session: Session, proceeding: Proceeding) -> CasePart:
    """The part the permit was first issued for."""
    return session.get_one(CasePart, proceeding.part_id)
