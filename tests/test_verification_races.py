"""Departments and clicks at the same instant: each verification ends once, one proposal to revoke stands at a time."""

from pathlib import Path

from sqlalchemy import Engine, func, select

from approvals import commitment_following
from approvals.errors import StaleTask
from approvals.filestore import FileStore
from approvals.tables import Case, Document, Proceeding, Verification, VerificationCheck
from approvals.terms import CheckManner, CheckOutcome, VerificationState
from approvals.verification_checks import Finding
from approvals.verifications import VerificationOver
from processes.steps import verification
from tests.test_races import all_holds, alone, at_once, office, refusals
from web.demo import committing, verifying
from web.demo.centre import Centre
from web.transactions import unit_of_work

__all__ = ["office"]


def hotel(centre: Centre) -> int:
    """A hotel licence issued on a commitment; what followed has come."""
    case = committing.by_commitment(centre, "hotel_licence", {})
    commitment_following.take(centre.session, case, "security_rules", centre.staff["linxiao"], centre.now)
    return case.id


def rows(centre: Centre, case_id: int) -> list[Verification]:
    return verifying.of_case(centre, centre.session.get_one(Case, case_id))


def states(office: Engine, case_id: int) -> list[str]:
    with unit_of_work(office) as session:
        query = select(Verification.state).where(Verification.case_id == case_id).order_by(Verification.id)
        return list(session.scalars(query))


def test_two_departments_finish_at_once(office: Engine, tmp_path: Path) -> None:
    case_id, store = alone(office, hotel), FileStore(tmp_path)

    def verify(which: int):
        return lambda centre: verifying.verify(centre, rows(centre, case_id)[which], store).state

    assert at_once(office, verify(0), verify(1)) == [VerificationState.MET, VerificationState.MET]
    assert states(office, case_id) == ["met", "met"]
    with unit_of_work(office) as session:
        records = select(func.count()).select_from(Document).where(Document.kind == "verification_record")
        assert session.scalar(records) == 2
        assert session.scalar(select(func.count()).select_from(VerificationCheck)) == 4
    all_holds(office)


def test_one_department_concludes_once(office: Engine, tmp_path: Path) -> None:
    case_id, store = alone(office, hotel), FileStore(tmp_path)
    task_id, version, officer = alone(office, lambda centre: _checked(centre, case_id, store))

    def conclude(centre: Centre) -> str:
        staff = next(one for one in centre.staff.values() if one.id == officer)
        return verification.conclude(centre.session, task_id, version, staff, centre.now).state

    assert refusals(at_once(office, conclude, conclude)) == [StaleTask]
    assert states(office, case_id) == ["rectifying", "open"]
    with unit_of_work(office) as session:
        orders = select(func.count()).select_from(Document).where(Document.kind == "rectification_order")
        assert session.scalar(orders) == 1
    all_holds(office)


def _checked(centre: Centre, case_id: int, store: FileStore) -> tuple[int, int, int | None]:
    row = rows(centre, case_id)[0]
    verifying.check(centre, row, store, {"anti_theft": CheckOutcome.UNMET})
    task = verifying.task_of(centre, row)
    return task.id, task.version, task.holder_id


def test_a_double_click_records_a_clause_once(office: Engine, tmp_path: Path) -> None:
    case_id, store = alone(office, hotel), FileStore(tmp_path)

    def check(centre: Centre) -> int:
        row = rows(centre, case_id)[0]
        task, officer = verifying.task_of(centre, row), verifying.officers(centre, row)[0]
        clause = next(one for one in row.commitment.clauses if one.code == "security_rules")
        finding = Finding(CheckManner.DOCUMENTS, CheckOutcome.MET, "制度齐全（示例）")
        return verification.check(
            centre.session, task.id, 1, officer, clause.id, finding, store, centre.now
        ).id

    assert refusals(at_once(office, check, check)) == [verification.CheckedMeanwhile]
    with unit_of_work(office) as session:
        assert session.scalar(select(func.count()).select_from(VerificationCheck)) == 1
    all_holds(office)


def test_two_departments_propose_to_revoke_one_permit(office: Engine, tmp_path: Path) -> None:
    case_id, store = alone(office, hotel), FileStore(tmp_path)
    deceit = ({"premises": CheckOutcome.DECEIT}, {"fire": CheckOutcome.DECEIT})

    def verify(which: int):
        return lambda centre: (
            verifying.verify(centre, rows(centre, case_id)[which], store, deceit[which]).state
        )

    assert refusals(at_once(office, verify(0), verify(1))) == []
    assert states(office, case_id) == ["revoking", "revoking"]
    with unit_of_work(office) as session:
        assert session.scalar(select(func.count()).select_from(Proceeding)) == 1
    all_holds(office)


def test_a_rectification_is_reported_once(office: Engine, tmp_path: Path) -> None:
    case_id, store = alone(office, hotel), FileStore(tmp_path)
    unmet = {"anti_theft": CheckOutcome.UNMET}
    alone(office, lambda centre: verifying.verify(centre, rows(centre, case_id)[0], store, unmet).id)

    def report(centre: Centre) -> int:
        return verifying.report(centre, rows(centre, case_id)[0]).round

    assert refusals(at_once(office, report, report)) == [VerificationOver]
    assert states(office, case_id) == ["open", "open"]
    all_holds(office)
