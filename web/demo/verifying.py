"""What departments do after a grant by commitment: clauses checked, concluded, rectified, a revocation decided."""

from collections.abc import Mapping

from sqlalchemy import select

from approvals.filestore import FileStore
from approvals.tables import Case, Staff, Task, Verification
from approvals.terms import CheckManner, CheckOutcome, Role
from approvals.verification_checks import PROVED, Evidence, Finding, to_check
from processes import verification_flow
from processes.steps import verification

from .centre import Centre
from .scans import drawn

WORDS = {
    CheckOutcome.MET: "经核查，与承诺一致（示例）。",
    CheckOutcome.UNMET: "经核查，与承诺不一致：设施尚未安装（示例）。",
    CheckOutcome.DECEIT: "经核查，所称设施从未设置，提供的说明系编造（示例）。",
}


def of_case(centre: Centre, case: Case) -> list[Verification]:
    """The verifications of a case, in the order they were opened."""
    query = select(Verification).where(Verification.case_id == case.id).order_by(Verification.id)
    return list(centre.session.scalars(query))


def officers(centre: Centre, row: Verification) -> list[Staff]:
    """The officers of the department that verifies."""
    return [
        each
        for each in centre.staff.values()
        if each.department_id == row.department_id and each.has(Role.OFFICER)
    ]


def task_of(centre: Centre, row: Verification) -> Task:
    """The open task of a verification: to verify, or to wait for the rectification."""
    return next(iter(verification_flow.open_tasks(centre.session, row)))


def check(
    centre: Centre, row: Verification, store: FileStore, found: Mapping[str, CheckOutcome] | None = None,
    evidence: tuple[Evidence, ...] = (),
) -> None:  # fmt: skip
    """Two officers check every clause of the round; what is not named in ``found`` (by the clause's code) is met.

    What is not met comes with a drawn picture, unless there is other ``evidence``.
    """
    task = task_of(centre, row)
    first = task.holder or officers(centre, row)[0]
    second = next(each for each in officers(centre, row) if each.id != first.id)
    for clause in to_check(row):
        outcome = (found or {}).get(clause.code, CheckOutcome.MET)
        manner = CheckManner.ON_SITE if clause.on_site else CheckManner.DOCUMENTS
        shown = evidence or (_photograph(row) if outcome in PROVED else ())
        finding = Finding(manner, outcome, WORDS[outcome], second if clause.on_site else None, shown)
        verification.check(centre.session, task.id, None, first, clause.id, finding, store, centre.now)


def _photograph(row: Verification) -> tuple[Evidence, ...]:
    """What is found unmet, or deceit, is shown by a picture: drawn, and plainly invented."""
    applicant = row.case.applicant
    return (Evidence("现场照片（示例）.png", drawn("现场核查照片", applicant.name if applicant else "")),)


def verify(
    centre: Centre, row: Verification, store: FileStore, found: Mapping[str, CheckOutcome] | None = None
) -> Verification:
    """Check every clause of the round and conclude it."""
    check(centre, row, store, found)
    return conclude(centre, row)


def conclude(centre: Centre, row: Verification) -> Verification:
    """The officer concludes the round."""
    task = task_of(centre, row)
    officer = task.holder or officers(centre, row)[0]
    return verification.conclude(centre.session, task.id, task.version, officer, centre.now)


def report(centre: Centre, row: Verification, words: str = "已按要求整改（示例）") -> Verification:
    """The applicant reports on the tracking page that it is put right."""
    return verification.report_online(centre.session, row.case_id, row.id, words, centre.now)
