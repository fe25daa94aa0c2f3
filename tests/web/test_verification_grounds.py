"""The page of a permit: a commitment not kept cannot be chosen as a ground while its rectification runs."""

from pathlib import Path

from sqlalchemy import func, select

from approvals.filestore import FileStore
from approvals.tables import Permit, Proceeding
from approvals.terms import CheckOutcome
from tests.test_verifications import follow
from tests.web.office import HYGIENE, Office, office
from web.demo import committing, verifying

__all__ = ["office"]


def test_the_ground_is_shown_disabled_with_its_reason(office: Office, tmp_path: Path) -> None:
    with office.work() as centre:
        case = committing.by_commitment(centre, HYGIENE, {})
        follow(centre, case)
        row = verifying.of_case(centre, case)[0]
        verifying.verify(centre, row, FileStore(tmp_path), {"staff_health": CheckOutcome.UNMET})
        number = centre.session.scalars(select(Permit.number).where(Permit.case_id == case.id)).one()
    browser = office.as_("jinlan")
    page = browser.get(f"/register/{number}").text
    assert 'value="commitment_unmet" required disabled' in page
    assert "承诺核查目前为“限期整改”，期限 2026-12-07" in page
    assert page.count("required disabled") == 1
    fields = {
        "kind": "revoke",
        "ground": "commitment_unmet",
        "facts": "健康证不全（示例）",
        "reasons": "第六十九条",
    }
    answer = browser.post(f"/register/{number}/proceedings", data=fields)
    assert (answer.status_code, "期限 2026-12-07" in answer.text) == (409, True)
    with office.work() as centre:
        assert centre.session.scalar(select(func.count()).select_from(Proceeding)) == 0
