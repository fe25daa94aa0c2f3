"""What the case page shows of a commitment: its ledger in a tab, and what the forms of verification offer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import g
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from approvals import authority, clock, verification_checks, verification_dates, verifications
from approvals.errors import DomainError
from approvals.filestore import UploadActive, UploadDamaged, UploadNotAllowed, UploadTooLarge
from approvals.queries import verifications as query
from approvals.queries.case import CaseFile
from approvals.queries.verifications import PartLedger
from approvals.tables import CommitmentClause, Staff, Verification, VerificationCheck
from approvals.terms import CheckManner, CheckOutcome, Path

from .acts import Act

PLACES: Mapping[type[DomainError], str] = {
    verification_checks.OnSiteOnly: "manner",
    verification_checks.OutcomeRequired: "outcome",
    verification_checks.FindingRequired: "finding",
    verification_checks.MaterialMissing: "outcome",
    verification_checks.EvidenceRequired: "evidence",
    verification_checks.TooMuchEvidence: "evidence",
    verifications.WordsRequired: "words",
    UploadTooLarge: "evidence",
    UploadNotAllowed: "evidence",
    UploadActive: "evidence",
    UploadDamaged: "evidence",
}
"""The field a refusal belongs to."""

STEPS = ("verify", "rectify")


@dataclass(frozen=True)
class ToCheck:
    """One clause of this round with what was recorded of it so far."""

    clause: CommitmentClause
    recorded: VerificationCheck | None

    @property
    def missing(self) -> bool:
        """Whether its material was to follow and has not come."""
        return self.clause.follow_by is not None and self.clause.followed_at is None

    def follow_late(self, today: date) -> bool:
        """Whether that day has passed."""
        return self.missing and self.clause.follow_by is not None and self.clause.follow_by < today


def concerns(file: CaseFile) -> bool:
    """Whether any part of this case goes by commitment, or was told why it does not."""
    return any(part.path == Path.COMMITMENT or part.path_reason for part in file.case.parts)


def content(session: Session, acts: Sequence[Act], staff: Staff) -> dict[str, Any]:
    """What the forms of verification need, read only where there is one."""
    mine = [act.task for act in acts if act.task.step in STEPS and not act.why]
    if not mine:
        return {"verifying": {}}
    rows = [row for ledger in _ledgers(session, mine[0].case_id) for row in ledger.verifications]
    by_instance = {row.instance_id: row for row in rows}
    return {
        "verifying": {
            task.id: by_instance[task.instance_id] for task in mine if task.instance_id in by_instance
        },
        "to_check": to_check,
        "seconds": query.officers_beside(session, staff),
        "manners": [(one.value, _(one.label)) for one in CheckManner],
        "outcomes": [(one.value, _(one.label)) for one in CheckOutcome],
        "RECHECKED": verifications.RECHECK_DAYS,
        "rectification_days": lambda row: verification_dates.terms_of(row.part).rectification_days,
        "facts_of": verifications.facts_of,
        "conclusion_of": conclusion_of,
    }


def _ledgers(session: Session, case_id: int) -> list[PartLedger]:
    """Read once for a page: its form and its tab show the same."""
    if "ledgers" not in g:
        g.ledgers = query.ledgers_of(session, case_id)
    ledgers: list[PartLedger] = g.ledgers
    return ledgers


def to_check(row: Verification) -> list[ToCheck]:
    """The clauses of this round, each with its latest record."""
    return [
        ToCheck(clause, next((one for one in reversed(clause.checks) if one.round == row.round), None))
        for clause in verification_checks.to_check(row)
    ]


def conclusion_of(row: Verification) -> str:
    """What the records of this round come to; empty while clauses are left."""
    return "" if verification_checks.left(row) else verification_checks.conclusion(row)


def tab(session: Session, file: CaseFile, staff: Staff, now: datetime) -> dict[str, Any]:
    """The commitment ledger, and which verifications this person may close early."""
    ledgers = _ledgers(session, file.case.id)
    return {
        "ledgers": ledgers,
        "today": clock.local_day(now),
        "takes_rectification": authority.may(staff, "take_rectification_at_window"),
        "closable": {
            row.id
            for ledger in ledgers
            for row in ledger.verifications
            if row.state in verifications.STANDING
            and authority.may(staff, "close_verification", row.department_id)
        },
    }
