"""A commitment that is not decided on after all: the applicant learns why, and what it replaced is asked for again."""

from datetime import datetime

from sqlalchemy.orm import Session

from approvals import commitment_eligibility, commitments, corrections, notices, tasks
from approvals.tables import Case, CasePart, Staff
from approvals.terms import CommitmentState, PartState

from . import task_opening


def excluded(session: Session, case: Case, now: datetime) -> list[CasePart]:
    """The parts signed for that are excluded by now, each ended with its reason: days may lie before the decision.

    Asked until nothing changes, since a part may wait for one that goes the ordinary way only now.
    """
    found: list[CasePart] = []
    while part := _next(session, case, now):
        tell(session, part, now)
        part.state = PartState.PENDING
        ask_again(session, case, part, case.clerk, now)
        found.append(part)
    return found


def _next(session: Session, case: Case, now: datetime) -> CasePart | None:
    for row in commitments.of_case(session, case):
        if row.state != CommitmentState.MADE or row.part.state in (PartState.GRANTED, PartState.REFUSED):
            continue
        problems = commitment_eligibility.eligibility(session, case, row.part, now)
        if problems:
            why = commitment_eligibility.in_words(problems)
            return commitments.exclude(session, row, why, now).part
    return None


def tell(session: Session, part: CasePart, now: datetime) -> None:
    """The applicant learns that the part goes the ordinary way, and why."""
    name, why = part.name["zh"], part.path_reason
    notices.to_applicant(session, part.case, "commitment_ended", now, part=name, reasons=why)


def ask_again(session: Session, case: Case, part: CasePart, clerk: Staff, now: datetime) -> None:
    """After acceptance: what was replaced is asked for in a notice of its own, which stops no clock."""
    found = corrections.unsaid(session, case, corrections.window_defects(case))
    raised = found and corrections.raise_defects(session, case, part, clerk, found, now)
    if raised and not tasks.open_tasks(session, case.id, "issue_correction"):
        task_opening.open_aside(session, case, "issue_correction", now)
