"""What must hold of whatever follows a grant: verifications, proceedings, credit; read from the tables alone."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import tasks
from approvals.tables import ApplicationBar, Case, CreditRecord, Proceeding, Verification
from approvals.terms import CheckOutcome, VerificationState

AFTER = {
    "verify", "rectify", "tell_facts", "hear_defence", "decide_proceeding", "appoint_hearing", "hold_hearing",
}  # fmt: skip
"""Steps that may wait for somebody after the case has ended."""

PROCESSES_AFTER = {"verification", "proceeding", "hearing"}
WAITING = {VerificationState.OPEN: "verify", VerificationState.RECTIFYING: "rectify"}


def check(session: Session, case: Case) -> None:
    """Assert every invariant of what follows one case."""
    for row in session.scalars(select(Verification).where(Verification.case_id == case.id)):
        _one_task_with_its_day(session, row)
        _outcomes_are_the_last_checks(row)
        _the_state_follows_the_checks(session, row)
    _credit_is_founded(session, case)


def _one_task_with_its_day(session: Session, row: Verification) -> None:
    own = [task for task in tasks.open_tasks(session, row.case_id) if task.instance_id == row.instance_id]
    step = WAITING.get(VerificationState(row.state))
    assert [task.step for task in own] == ([step] if step else []), (row.state, [task.step for task in own])
    assert all(task.department_id == row.department_id for task in own)
    assert all(task.promised_due == row.due for task in own if task.step == "verify")
    assert (row.ended_at is None) == (step is not None or row.state == VerificationState.REVOKING)


def _outcomes_are_the_last_checks(row: Verification) -> None:
    """Of each clause the last check is what counts; one on the spot had two officers, one against the holder has evidence."""
    for clause in row.commitment.clauses:
        assert clause.outcome == (clause.checks[-1].outcome if clause.checks else None)
        for check_ in clause.checks:
            assert check_.first_officer_id != check_.second_officer_id
            assert check_.manner != "on_site" or check_.second_officer_id is not None
            assert check_.manner == "on_site" or not clause.on_site
            assert check_.outcome == CheckOutcome.MET or check_.evidence


def _the_state_follows_the_checks(session: Session, row: Verification) -> None:
    own = [clause for clause in row.commitment.clauses if clause.department_id == row.department_id]
    broken = [clause for clause in own if clause.outcome in (CheckOutcome.UNMET, CheckOutcome.DECEIT)]
    if row.state == VerificationState.MET:
        assert all(clause.outcome == CheckOutcome.MET for clause in own)
        assert all(clause.follow_by is None or clause.followed_at for clause in own)
    if row.state in (VerificationState.RECTIFYING, VerificationState.REVOKING, VerificationState.REVOKED):
        assert broken
    proposed = session.scalars(select(Proceeding).where(Proceeding.verification_id == row.id)).all()
    undecided = [each for each in proposed if each.decided_at is None]
    if (
        row.state == VerificationState.REVOKING
    ):  # by itself, with another's finding, or after what is decided first
        on_case = select(Proceeding).where(Proceeding.case_id == row.case_id, Proceeding.decided_at.is_(None))
        assert session.scalars(on_case).first() is not None
    else:
        assert not undecided


def _credit_is_founded(session: Session, case: Case) -> None:
    """Every bar has the record of the fact it rests on; what is repaired was not barred any more."""
    records = session.scalars(select(CreditRecord).where(CreditRecord.case_id == case.id)).all()
    for bar in session.scalars(select(ApplicationBar).where(ApplicationBar.case_id == case.id)):
        assert any((each.article, each.item_code) == (bar.article, bar.item_code) for each in records)
    for each in records:
        assert (
            (each.repaired_at is None) == (each.repaired_by_id is None) == (each.repair_document_id is None)
        )
