"""Notice and commitment in the browser: one screen at the window, the applicant's own page, what is refused."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import Engine, select

from approvals import commitments, database
from approvals.tables import Case, Commitment, CommitmentClause, StoredFile
from approvals.terms import CaseState, CommitmentState, MaterialState, Outcome, Path
from tests.centre import HOT_POT
from tests.web.public import Known, follow, known, page, picture, statements
from web.demo import committing
from web.demo.centre import Centre
from web.demo.committing import SIGNED

SignIn = Callable[[str], FlaskClient]
NAME = committing.HOTEL.representative


@pytest.fixture
def clerk(as_: SignIn) -> FlaskClient:
    """The browser of the clerk whose drafts these are."""
    return as_("linxiao")


@pytest.fixture
def fresh(engine: Engine) -> Callable[[Any, int], Any]:
    """Read with new eyes: a session that has seen nothing."""

    def read(kind: Any, key: int) -> Any:
        with database.reading_session(engine) as session:
            return session.get_one(kind, key)

    return read


def drafted(centre: Centre, **answers: Any) -> int:
    """A complete draft of a hotel licence, by commitment."""
    draft = committing.draft(centre, "hotel_licence", answers)
    centre.session.commit()
    return draft.id


def told(centre: Centre) -> Known:
    """A case that waits for its signature."""
    case = committing.offer(centre, committing.draft(centre, "hotel_licence", {}))
    centre.session.commit()
    return known(case)


def pledge(text: str, **changes: str) -> dict[str, Any]:
    """The screen as the applicant fills it in: every box the page shows is ticked, signed on screen."""
    ticks = dict.fromkeys(re.findall(r'name="(tick-[^"]+)"', text), "yes")
    return (
        ticks
        | {"capacity": "representative", "signatory": NAME, "manner": "screen", "signature": SIGNED}
        | changes
    )


def address(text: str, act: str) -> str:
    """Where a button of this page sends its form."""
    (found,) = set(re.findall(rf'formaction="(/desk/[^"]*/{act})"', text))
    return found


def sent(text: str) -> dict[str, Any]:
    """Every field of the page's form, as a browser sends it."""
    (form,) = html.fromstring(text).xpath("//form[@id='draft']")
    return {name: value for name, value in form.form_values() if name != "csrf_token"}


def test_from_the_draft_to_the_certificate_on_one_screen(
    clerk: FlaskClient, centre: Centre, fresh: Any
) -> None:
    case_id = drafted(centre)
    text = clerk.get(f"/desk/drafts/{case_id}").text
    assert "办理方式" in text
    assert "可以告知，签署后当场决定" in text
    screen = f"/desk/cases/{case_id}/done"
    answer = clerk.post(address(text, "commitment-notices"), data=sent(text))
    assert (answer.status_code, answer.location) == (303, screen)

    text = clerk.get(screen).text
    assert text.count('type="checkbox"') == 4
    assert "打印告知书" in text
    assert clerk.post(address(text, "commitment"), data=pledge(text)).location == screen
    text = clerk.get(screen).text
    reasons = {"granted": "yes", "reasons": "已承诺，材料齐全", "articles": "《旅馆业治安管理办法》第四条"}
    assert clerk.post(address(text, "decision"), data=reasons).location == screen
    text = clerk.get(screen).text
    assert clerk.post(address(text, "certificates"), data={}).location == screen
    text = clerk.get(screen).text
    service = {"manner": "in_person", "recipient": NAME, "place": "6 号窗口", "signature": NAME}
    assert clerk.post(address(text, "delivery"), data=service).location == screen
    text = clerk.get(screen).text
    for paper in (
        "告知承诺告知书",
        "告知承诺书",
        "受理通知书",
        "准予行政许可决定书",
        "特种行业许可证",
        "送达回证",
    ):
        assert paper in text
    case = fresh(Case, case_id)
    assert (case.state, case.outcome) == (CaseState.ENDED, Outcome.GRANTED)

    # What follows is taken on the same page.
    assert "治安安全管理制度" in text
    scan = {"files-security_rules": (io.BytesIO(picture()), "制度.png")}
    answer = clerk.post(f"/desk/cases/{case_id}/following/security_rules", data=scan)
    assert (answer.status_code, answer.location) == (303, screen)
    assert "承诺后补交的材料" not in clerk.get(screen).text


def test_a_refusal_shows_the_screen_again_with_what_was_typed(
    clerk: FlaskClient, centre: Centre, engine: Engine
) -> None:
    case = told(centre)
    text = clerk.get(f"/desk/cases/{case.id}/done").text
    where = address(text, "commitment")
    whole = pledge(text)
    wrong = [
        (
            {name: value for name, value in whole.items() if not name.endswith("-fire")},
            "还有 1 项承诺事项没有勾选",
        ),
        (whole | {"signatory": "吴某某（示例）"}, "与登记的不一致"),
        (whole | {"capacity": "agent"}, "没有登记代理人和书面授权"),
        (whole | {"capacity": "x" * 500}, "没有写明签署身份"),
        (whole | {"signature": "M1 1L1 2"}, "没有签名：请在签名框内书写姓名。"),
        (whole | {"manner": "paper"}, "请上传已签名承诺书的扫描件"),
    ]
    for data, sentence in wrong:
        answer = clerk.post(where, data=data)
        assert answer.status_code == 422, sentence
        assert sentence in answer.text
        assert answer.text.count(" checked") >= 4
    bad = whole | {"manner": "paper", "scan": (io.BytesIO(b"MZ not a scan"), "承诺书.exe")}
    assert clerk.post(where, data=bad).status_code == 415
    with database.reading_session(engine) as session:
        (row,) = session.scalars(select(Commitment).where(Commitment.case_id == case.id))
        assert row.state == CommitmentState.OFFERED
        assert not session.scalars(select(StoredFile)).all()
        assert not any(clause.ticked_at for clause in row.clauses)


def test_signed_on_paper_the_scan_is_kept(clerk: FlaskClient, centre: Centre, engine: Engine) -> None:
    case = told(centre)
    text = clerk.get(f"/desk/cases/{case.id}/done").text
    (blank,) = re.findall(r'href="(/desk/commitments/\d+/paper.pdf)"', text)
    assert clerk.get(blank).data.startswith(b"%PDF-")
    signed = pledge(text, manner="paper", signature="") | {"scan": (io.BytesIO(picture()), "承诺书.png")}
    assert clerk.post(address(text, "commitment"), data=signed).status_code == 303
    with database.reading_session(engine) as session:
        (row,) = session.scalars(select(Commitment).where(Commitment.case_id == case.id))
        assert row.scan is not None
        assert (row.manner, row.scan.name, row.signature) == ("paper", "承诺书.png", "")
    assert clerk.get(blank).status_code == 404


def test_the_draft_says_who_may_not_and_why(clerk: FlaskClient, centre: Centre, fresh: Any) -> None:
    case_id = drafted(centre)
    text = clerk.get(f"/desk/drafts/{case_id}").text
    assert "以承诺代替" in text
    answer = clerk.post(
        f"/desk/drafts/{case_id}/answers", data={"rooms": "350", "path-hotel_licence": "commitment"}
    )
    assert answer.status_code == 303
    text = clerk.get(f"/desk/drafts/{case_id}").text
    assert "客房三百间以上的，须先经现场检查" in text
    assert "以承诺代替" not in text


def test_chosen_on_the_page_and_given_up_again(clerk: FlaskClient, centre: Centre, engine: Engine) -> None:
    draft = centre.draft("hotel_licence", {}, who=committing.HOTEL, complete=False)
    centre.session.commit()
    for way, state in ((Path.COMMITMENT, MaterialState.COMMITTED), (Path.ORDINARY, MaterialState.MISSING)):
        data = {code: str(value) for code, value in draft.form_data.items()}
        clerk.post(f"/desk/drafts/{draft.id}/answers", data=data | {"path-hotel_licence": way.value})
        with database.reading_session(engine) as session:
            case = session.get_one(Case, draft.id)
            assert case.parts[0].path == way
            assert {m.code: m.state for m in case.materials}["fire_opinion"] == state


def test_the_second_click_is_told_who_was_first(clerk: FlaskClient, centre: Centre) -> None:
    case = told(centre)
    text = clerk.get(f"/desk/cases/{case.id}/done").text
    version = re.findall(r'name="version" value="(\d+)"', text)[0]
    data = pledge(text) | {"version": version}
    assert clerk.post(address(text, "commitment"), data=data).status_code == 303
    assert clerk.post(address(text, "commitment"), data=data).status_code == 409


def test_declined_and_taken_back_at_the_window(clerk: FlaskClient, centre: Centre, fresh: Any) -> None:
    declined = told(centre)
    text = clerk.get(f"/desk/cases/{declined.id}/done").text
    assert clerk.post(address(text, "declination"), data={"decline-reasons": "先不承诺"}).status_code == 303
    assert fresh(Case, declined.id).state == CaseState.CHECKING

    made = committing.commit(centre, committing.offer(centre, committing.draft(centre, "hotel_licence", {})))
    centre.session.commit()
    text = clerk.get(f"/desk/cases/{made.id}/done").text
    assert "申请人撤回承诺" in text
    where = f"/desk/cases/{made.id}/commitments/{made.parts[0].id}/withdrawal"
    assert clerk.post(where, data={"withdraw-reasons": ""}).status_code == 303
    assert fresh(Case, made.id).state == CaseState.REVIEWING
    assert clerk.post(where, data={}).status_code == 409


def test_only_the_window_commits(as_: SignIn, centre: Centre) -> None:
    case = told(centre)
    officer = as_("zhouyan")
    assert officer.post(f"/desk/drafts/{case.id}/commitment-notices").status_code == 403
    assert officer.post(f"/desk/cases/{case.id}/following/security_rules").status_code == 403


# --- the applicant


def test_the_applicant_reads_ticks_and_signs(client: FlaskClient, centre: Centre, engine: Engine) -> None:
    case = told(centre)
    follow(client, case)
    text = page(client)
    assert "等您承诺" in text
    assert "您（签署承诺书）" in text
    assert "您现在不用做什么" not in text
    commitment = re.findall(r'name="commitment" value="(\d+)"', text)[0]
    unsigned = pledge(text, commitment=commitment, signature="")
    refused = client.post("/tracking/commitment", data=unsigned)
    assert refused.status_code == 422
    assert "没有签名：请在签名框内书写姓名。" in refused.text
    assert "扫描件" not in refused.text
    assert refused.text.count(" checked") == 5

    assert client.post("/tracking/commitment", data=pledge(text, commitment=commitment)).status_code == 303
    text = page(client)
    assert "作出决定前可以撤回" in text
    assert client.post("/tracking/commitment", data=pledge(text, commitment=commitment)).status_code == 409
    with database.reading_session(engine) as session:
        row = session.get_one(Commitment, int(commitment))
        assert (row.state, row.taken_by_id, row.signatory) == (CommitmentState.MADE, None, NAME)

    # Before the decision it may be taken back, and nobody is asked why.
    assert client.post("/tracking/commitment/withdrawal", data={"commitment": commitment}).status_code == 303
    assert "转按一般程序办理" in page(client)
    assert client.post("/tracking/commitment/withdrawal", data={"commitment": commitment}).status_code == 409


def test_the_applicant_declines(client: FlaskClient, centre: Centre, fresh: Any) -> None:
    case = told(centre)
    follow(client, case)
    commitment = re.findall(r'name="commitment" value="(\d+)"', page(client))[0]
    assert client.post("/tracking/commitment/declination", data={"commitment": commitment}).status_code == 303
    assert fresh(Case, case.id).state == CaseState.CHECKING
    assert "申请人不选择告知承诺" in page(client)


def test_nobody_signs_for_another_case(client: FlaskClient, centre: Centre, fresh: Any) -> None:
    own, other = told(centre), told(centre)
    row = commitments.of_case(centre.session, centre.session.get_one(Case, other.id))[0]
    centre.session.commit()
    follow(client, own)
    for act in ("", "/declination", "/withdrawal"):
        assert client.post(f"/tracking/commitment{act}", data={"commitment": str(row.id)}).status_code == 404
        assert client.post(f"/tracking/commitment{act}", data={"commitment": "x"}).status_code == 404
    assert fresh(Case, other.id).state == CaseState.COMMITTING


def test_after_the_grant_every_clause_is_shown_with_what_became_of_it(
    client: FlaskClient, centre: Centre
) -> None:
    case = committing.by_commitment(centre, "hotel_licence", {})
    clause = centre.session.scalars(select(CommitmentClause).where(CommitmentClause.code == "fire")).one()
    clause.outcome = "met"
    centre.session.commit()
    (own,) = html.fromstring(page(follow(client, known(case)))).xpath(
        "//section[starts-with(@id, 'commitment-')]"
    )
    text = own.text_content()
    assert text.count("待核查") == 3
    assert "符合承诺" in text
    assert "前补交" in text


def test_pages_are_read_in_few_statements(
    client: FlaskClient, clerk: FlaskClient, centre: Centre, app: Flask
) -> None:
    case = committing.draft(centre, "restaurant_opening", HOT_POT | {"gas_kind": "piped", "water_per_day": 3},
                            "fire_inspection", "drainage_permit")  # fmt: skip
    committing.offer(centre, case)
    centre.session.commit()
    follow(client, known(case))
    with statements(app.extensions["engine"]) as counted:
        page(client)
    assert len(counted) <= 30
    with statements(app.extensions["engine"]) as counted:
        assert clerk.get(f"/desk/cases/{case.id}/done").status_code == 200
    assert len(counted) <= 30


def test_a_part_decided_on_the_spot_is_done_for_the_applicant(client: FlaskClient, centre: Centre) -> None:
    case = committing.draft(centre, "restaurant_opening", HOT_POT | {"gas_kind": "piped"}, "fire_inspection")
    for act in (committing.offer, committing.commit, committing.decide, committing.issue):
        act(centre, case)
    centre.session.commit()
    text = page(follow(client, known(case)))
    assert "4 个部门在同时审查您的申请，1 个已审查完毕" in text
    assert "公众聚集场所投入使用、营业前消防安全检查合格证" in text
