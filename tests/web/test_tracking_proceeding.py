"""The holder on the tracking page: told of a proceeding, asks for a hearing in time, reads how it ended."""

import re

from approvals import tasks
from approvals.tables import Hearing, Permit, Proceeding
from tests import register_acts as acts
from tests.register_cases import issued
from tests.web.office import Office, office
from tests.web.public import Known, follow, known

__all__ = ["office"]


def told(office: Office, kind: str = "revoke", ground: str = "unqualified") -> tuple[Known, int]:
    """The case of a permit, and a proceeding against it whose facts were told."""
    with office.work() as centre:
        [permit] = issued(centre, "public_venue_hygiene")
        return known(permit.case), acts.tell(centre, permit, kind, ground).id


def test_the_holder_reads_what_is_intended_and_asks_for_a_hearing(office: Office) -> None:
    case, proceeding = told(office)
    browser = follow(office.app.test_client(), case)
    page = browser.get("/tracking/case").text
    for words in ("拟撤销", "告知书（PDF）", "前向部门陈述申辩", "您有权要求听证"):
        assert words in page
    links = re.findall(r'<a href="#proceeding">([^<]+)</a>', page)
    assert [link.split(" 前")[1] for link in links] == ["陈述申辩", "要求听证"]
    with office.work() as centre:
        notice = centre.session.get_one(Proceeding, proceeding).notice_document_id
    assert browser.get(f"/tracking/documents/{notice}.pdf").mimetype == "application/pdf"
    assert browser.post("/tracking/proceeding-hearing", data={"proceeding": "999"}).status_code == 404
    long = {"proceeding": proceeding, "reasons": "过重" * 2000}
    assert browser.post("/tracking/proceeding-hearing", data=long).status_code == 422
    asked = {"proceeding": proceeding, "reasons": "处理过重"}
    assert browser.post("/tracking/proceeding-hearing", data=asked).status_code == 303
    assert browser.post("/tracking/proceeding-hearing", data=asked).status_code == 409
    with office.work() as centre:
        [hearing] = centre.session.query(Hearing).all()
        assert (hearing.proceeding_id, hearing.reasons, hearing.state) == (proceeding, "处理过重", "asked")
        assert [task.step for task in tasks.open_tasks(centre.session, case.id)] == [
            "hear_defence",
            "appoint_hearing",
        ]
    page = browser.get("/tracking/case").text
    assert "您已要求听证" in page
    assert "您有权要求听证" not in page


def test_somebody_elses_proceeding_is_not_found(office: Office) -> None:
    _, proceeding = told(office)
    with office.work() as centre:
        [other] = issued(centre, "food_licence")
        mine = known(other.case)
    browser = follow(office.app.test_client(), mine)
    answer = browser.post("/tracking/proceeding-hearing", data={"proceeding": proceeding})
    assert answer.status_code == 404


def test_the_end_is_read_with_its_paper(office: Office) -> None:
    case, proceeding = told(office, "suspend", "penalty")
    browser = follow(office.app.test_client(), case)
    assert "您有权要求听证" not in browser.get("/tracking/case").text
    with office.work() as centre:
        row = centre.session.get_one(Proceeding, proceeding)
        acts.hear(centre, row)
        acts.decide(centre, row)
        assert centre.session.get_one(Permit, row.permit_id).status == "suspended"
    page = browser.get("/tracking/case").text
    assert 'href="#proceeding"' not in page
    for words in ("已暂扣", "决定书（PDF）", "陈述申辩笔录（PDF）", "救济途径", "已暂停"):
        assert words in page
