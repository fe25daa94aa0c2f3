"""The head voids a wrong certificate on the page of its paper; the next version is there at once."""

from sqlalchemy import select

from approvals.tables import Permit
from tests.register_cases import issued
from tests.web.office import Office, office

__all__ = ["office"]


def test_a_wrong_certificate_is_voided_and_the_new_one_is_there(office: Office) -> None:
    with office.work() as centre:
        [old] = issued(centre, "public_venue_hygiene")
        number, paper, public_id, case_id = old.number, old.document_id, old.public_id, old.case_id
    head = office.as_("weijian")
    assert "作废的同时按原编号制发新的一版" in head.get(f"/documents/{paper}/change").text
    answer = head.post(f"/documents/{paper}/voiding", data={"reasons": "地址印错（示例）"})
    assert answer.status_code == 303
    with office.work() as centre:
        versions = list(
            centre.session.scalars(select(Permit).where(Permit.number == number).order_by(Permit.version))
        )
        assert [one.status for one in versions] == ["voided", "valid"]
        new = versions[1].public_id
    shown = head.get(f"/permits/{public_id}").text
    assert "已经作废" in shown
    assert f'href="/permits/{new}"' in shown
    assert "第 2 版" in head.get(f"/cases/{case_id}?tab=documents").text
