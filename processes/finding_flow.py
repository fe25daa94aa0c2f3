"""What a decision on a permit makes of the verifications behind it: settled, closed with the permit, or told next."""

from datetime import datetime

from sqlalchemy.orm import Session

from approvals import credit, proceeding_findings, verifications
from approvals.credit import Fact
from approvals.proceedings import DONE
from approvals.register_rules import ENDED
from approvals.tables import Permit, Proceeding, Staff, Verification
from approvals.terms import CreditKind, PermitStatus, VerificationState

from . import proceeding_flow, verification_flow

REVOKED = "许可已撤销"


def settle(session: Session, proceeding: Proceeding, said: str, staff: Staff, now: datetime) -> None:
    """The verifications a decided proceeding was about are settled; what was found after its telling is told next.

    ``said``: why the fact is recorded though nothing is revoked (``proceeding_findings.confirmed``). Deceit found
    without a verification leaves its record and its bar as well (79). The caller holds the case row.
    """
    permit, done = proceeding.permit, proceeding.result == DONE
    revoked = done and not said and proceeding.kind == "revoke"
    words = said or (REVOKED if revoked else "")
    standing = VerificationState.CLOSED if permit.status in ENDED else VerificationState.KEPT
    found = [
        row for row in verification_flow.of_permit(session, permit) if row.state == VerificationState.REVOKING
    ]
    covered = [row for row in found if proceeding_findings.covers(proceeding, row)]
    for row in covered:
        state = VerificationState.REVOKED if revoked else standing
        verifications.settle(session, row, state, words, staff, now)
    if words and proceeding.deceit and not covered:
        part = proceeding_flow.part_of(session, proceeding)
        facts = f"{proceeding.facts}；{words}"
        credit.record(session, Fact(part, CreditKind.DECEIT, facts), staff, now)
    close_ended(session, permit, staff, now)
    for row in found:
        if row not in covered:
            _tell_next(session, row, permit, now)


def _tell_next(session: Session, row: Verification, permit: Permit, now: datetime) -> None:
    """What waited for another decision becomes a proceeding of its own, by the officer who found it."""
    officer = verifications.clauses_of(row)[0].checks[-1].first_officer
    facts, deceit = verifications.facts_of(row), verifications.found_deceit(row)
    proceeding_flow.propose_revocation(session, row.case, permit, row, officer, facts, deceit, now)


def close_ended(session: Session, permit: Permit, staff: Staff, now: datetime) -> None:
    """What was still to be verified of a permit that is no more is not verified any more, unless it found something."""
    if permit.status in ENDED:
        label = PermitStatus(permit.status).label
        verification_flow.close_for_permit(session, permit, staff, f"证照{permit.number}{label}", now)
