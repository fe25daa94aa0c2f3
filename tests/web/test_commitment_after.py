"""After a grant by commitment: what follows is received with its scans or not at all, and the applicant reads his duties."""

import io
from collections.abc import Callable

from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import Engine, select

from approvals import commitments, database
from approvals.tables import CommitmentClause, Document, StoredFile
from tests.web.public import picture
from web.demo import committing
from web.demo.centre import Centre

SignIn = Callable[[str], FlaskClient]


def test_a_scan_that_cannot_be_kept_leaves_the_material_awaited(
    as_: SignIn, centre: Centre, engine: Engine
) -> None:
    case_id = committing.by_commitment(centre, "hotel_licence", {}).id
    centre.session.commit()
    clerk = as_("linxiao")
    where = f"/desk/cases/{case_id}/following/security_rules"
    uploads = [*uploads_of("制度.png"), (io.BytesIO(b"MZ not a scan"), "制度.exe")]
    answer = clerk.post(where, data={"files-security_rules": uploads})
    assert answer.status_code == 422
    (row,) = html.fromstring(answer.text).xpath("//form[@class='follow-row'][.//*[@role='alert']]")
    assert "制度.exe" in row.text_content()
    assert "材料也没有登记收到" in answer.text
    with database.reading_session(engine) as session:
        clause = session.scalars(
            select(CommitmentClause).where(CommitmentClause.replaces == "security_rules")
        ).one()
        assert clause.followed_at is None
        assert not session.scalars(select(StoredFile)).all()

    assert clerk.post(where, data={"files-security_rules": uploads_of("制度.png")}).status_code == 303
    with database.reading_session(engine) as session:
        clause = session.scalars(
            select(CommitmentClause).where(CommitmentClause.replaces == "security_rules")
        ).one()
        assert clause.followed_at is not None
        assert [file.name for file in session.scalars(select(StoredFile))] == ["制度.png"]


def uploads_of(*names: str) -> list[tuple[io.BytesIO, str]]:
    """Good scans as a browser sends them."""
    return [(io.BytesIO(picture()), name) for name in names]


def test_what_is_granted_on_a_commitment_does_not_claim_to_have_been_examined(
    as_: SignIn, centre: Centre
) -> None:
    case = committing.draft(centre, "hotel_licence", {})
    for act in (committing.offer, committing.commit):
        act(centre, case)
    (made,) = commitments.of_case(centre.session, case)
    assert made.document is not None
    assert made.document.html.count('class="tick"') == len(made.clauses)
    number, where = made.document.number, f"/desk/cases/{case.id}/done"
    centre.session.commit()
    shown = as_("linxiao").get(where).text
    assert (
        f"申请人已作出承诺（承诺书{number}），应当提交的材料齐全，当场准予；本机关将依法核查承诺的内容。"
        in shown
    )
    assert "符合规定的条件" not in shown

    committing.decide(centre, case)
    paper = centre.session.scalars(
        select(Document).where(Document.case_id == case.id, Document.kind == "grant")
    ).one()
    assert f"作出书面承诺（承诺书{number}）" in paper.html
    assert "承诺的内容没有逐项审查，本机关将依法核查" in paper.html
    assert "经审查，该申请符合法定条件" not in paper.html
