"""An applicant with case number and query code: follows, downloads, answers a correction, withdraws."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from approvals import documents
from approvals.tables import Case, Correction, Document, JournalEntry, Permit, StoredFile, Task
from approvals.terms import Outcome
from processes.steps import turning_away
from tests.centre import HOT_POT, MONDAY
from tests.web.public import (
    OTHER,
    SECRET_OPINION,
    Known,
    correcting,
    follow,
    issued,
    known,
    limited,
    page,
    picture,
    reviewing,
    statements,
)
from web.demo.centre import Centre

PDF = b"%PDF-"


def upload(case_page: str, content: bytes, text: str = "", name: str = "平面图.png") -> dict[str, Any]:
    """The correction form as a browser sends it."""
    correction = case_page.split('name="correction" value="')[1].split('"', maxsplit=1)[0]
    return {"correction": correction, "text": text, "file-premises_plan": (io.BytesIO(content), name)}


# --- in


def test_number_and_code_open_the_case_and_stand_in_no_address(centre: Centre, client: FlaskClient) -> None:
    case = reviewing(centre)
    spaced = f"{case.number[:6]} {case.number[6:9]} {case.number[9:17]}-{case.number[17:]}"
    answer = client.post("/tracking", data={"number": spaced, "code": case.code.lower()})
    assert (answer.status_code, answer.location) == (303, "/tracking/case")
    assert "开办餐饮店一件事" in page(client)
    with client.session_transaction() as cookie:
        assert case.code not in str(dict(cookie))
        assert case.number not in str(dict(cookie))


def test_whatever_is_wrong_the_answer_is_the_same(centre: Centre, client: FlaskClient) -> None:
    case, other = reviewing(centre), correcting(centre, OTHER)

    def refused(number: str, code: str) -> str:
        answer = client.post("/tracking", data={"number": number, "code": code})
        assert answer.status_code == 403
        return answer.text.replace(number, "")

    wrong_code = refused(case.number, "AAAAAAAA")
    assert wrong_code == refused(case.number, other.code)
    assert wrong_code == refused("3301100082026112399999", case.code)
    assert "没有找到对应的办件" in wrong_code
    for number, code in (("", ""), (case.number, ""), ("x" * 5000, "y" * 5000), ("' OR 1=1 --", "0" * 64)):
        assert client.post("/tracking", data={"number": number, "code": code}).status_code == 403
    assert client.get("/tracking/case").status_code == 303


def test_a_draft_cannot_be_followed(centre: Centre, client: FlaskClient) -> None:
    centre.draft("restaurant_opening", HOT_POT)
    centre.session.commit()
    assert client.post("/tracking", data={"number": "", "code": ""}).status_code == 403


def test_failures_are_limited_by_number_and_by_address_but_not_success(
    centre: Centre, app: Flask, client: FlaskClient
) -> None:
    case = reviewing(centre)
    with limited(app):
        for _ in range(25):
            assert (
                client.post("/tracking", data={"number": case.number, "code": case.code}).status_code == 303
            )
        wrong = {"number": case.number, "code": "AAAAAAAA"}
        tried = [client.post("/tracking", data=wrong).status_code for _ in range(11)]
        assert tried == [403] * 10 + [429]
        right = client.post("/tracking", data={"number": case.number, "code": case.code})
        assert right.status_code == 429  # nobody learns by going on whether the code is right
        elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
        assert client.post("/tracking", data=wrong, environ_overrides=elsewhere).status_code == 429
        others = [
            client.post("/tracking", data={"number": str(n), "code": "x"}).status_code for n in range(11)
        ]
        assert others == [403] * 10 + [429]


def test_half_an_hour_later_number_and_code_are_asked_again(
    centre: Centre, app: Flask, client: FlaskClient
) -> None:
    follow(client, reviewing(centre))
    app.extensions["clock"] = lambda: MONDAY + timedelta(minutes=29)
    page(client)
    app.extensions["clock"] = lambda: MONDAY + timedelta(minutes=31)
    answer = client.get("/tracking/case")
    assert (answer.status_code, answer.location) == (303, "/tracking")
    assert "30 分钟后自动退出" in client.get("/tracking").text


def test_leaving_forgets_the_case(centre: Centre, client: FlaskClient) -> None:
    follow(client, reviewing(centre))
    assert client.get("/tracking").location == "/tracking/case"
    assert client.post("/tracking/exit").status_code == 303
    assert client.get("/tracking/case").location == "/tracking"


# --- what is shown, and what is not


def test_the_page_tells_stage_holder_date_and_grounds(
    centre: Centre, app: Flask, client: FlaskClient
) -> None:
    follow(client, reviewing(centre))
    with statements(app.extensions["engine"]) as seen:
        text = page(client)
    assert len(seen) <= 15, "\n".join(seen)
    assert '<li class="now" aria-current="step"><span>部门同时审查' in text
    assert "4 个部门在同时审查您的申请，2 个已审查完毕" in text
    assert "您现在不用做什么" in text
    assert "还剩 8 个工作日" in text
    assert "2026-12-03 (周四)" in text
    assert "示例县消防救援大队" in text
    assert "《中华人民共和国行政许可法》第四十二条" in text
    assert "暂定" in text.split("法律规定的期限 45 个工作日")[0].rsplit("<li", 1)[1]
    assert "暂定" not in text.split("承诺期限 8 个工作日")[0].rsplit("<li", 1)[1]
    assert "noindex" in text


def test_opinions_reasons_internal_papers_and_names_stay_inside(centre: Centre, client: FlaskClient) -> None:
    text = page(follow(client, reviewing(centre)))
    centre.session.rollback()
    assert SECRET_OPINION not in text
    assert "不同意" not in text
    assert "抄告单" not in text
    assert not [person.name for person in centre.staff.values() if person.name in text]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_state_has_its_page(centre: Centre, client: FlaskClient, language: str) -> None:
    client.set_cookie("language", language)
    asleep = centre.accept(centre.draft("food_licence", {}, who=OTHER))
    refused = centre.accept(centre.draft("public_venue_hygiene", {}, who=OTHER))
    centre.opine_all(refused)
    centre.propose_refusal(centre.task(refused, "decide"))
    away = centre.receive(centre.draft("shop_sign", {}, who=OTHER))
    centre.check(
        away, "not_accepted", turning_away.Answer(outcome=Outcome.NOT_ACCEPTED, reasons="不符合条件")
    )
    centre.session.commit()
    followed = [known(asleep), known(refused), known(away), correcting(centre), issued(centre)]
    for case in followed:
        client.post("/tracking/exit")
        text = page(follow(client, case))
        assert "%(" not in text
        assert 'class="stages"' in text
    if language == "zh":
        client.post("/tracking/exit")
        assert "您有权陈述、申辩" in page(follow(client, followed[1]))
        client.post("/tracking/exit")
        assert "决定不予受理" in page(follow(client, followed[2]))


# --- documents


def test_the_own_papers_are_downloaded_and_nobody_elses(
    centre: Centre, client: FlaskClient, reading: Session
) -> None:
    mine, other = reviewing(centre), reviewing(centre, OTHER)
    papers = list(reading.execute(select(Document.id, Document.case_id, Document.kind, Document.public)))
    own = next(paper for paper in papers if paper.case_id == mine.id and paper.kind == "acceptance")
    inner = next(paper for paper in papers if paper.case_id == mine.id and not paper.public)
    foreign = next(paper for paper in papers if paper.case_id == other.id and paper.public)
    assert client.get(f"/tracking/documents/{own.id}.pdf").location == "/tracking"
    follow(client, mine)
    answer = client.get(f"/tracking/documents/{own.id}.pdf")
    assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", PDF)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert client.get(f"/tracking/documents/{own.id}.pdf").data == answer.data
    for closed in (inner.id, foreign.id, 999999):
        assert client.get(f"/tracking/documents/{closed}.pdf").status_code == 404


def test_a_pdf_is_rendered_once(
    centre: Centre, client: FlaskClient, reading: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = reviewing(centre)
    paper = reading.scalars(select(Document.id).where(Document.kind == "acceptance")).one()
    made: list[int] = []
    render = documents.render

    def counting(document: Document, store: Any) -> str:
        made.append(document.id)
        return render(document, store)

    monkeypatch.setattr(documents, "render", counting)
    follow(client, mine)
    for _ in range(2):
        assert client.get(f"/tracking/documents/{paper}.pdf").status_code == 200
    assert made == [paper]


def test_certificates_can_be_downloaded_and_checked(
    centre: Centre, client: FlaskClient, reading: Session
) -> None:
    case = issued(centre)
    text = page(follow(client, case))
    permits = list(reading.scalars(select(Permit)))
    assert len(permits) == 5
    for permit in permits:
        assert permit.number in text
        assert f"/permits/{permit.public_id}" in text
    assert client.get(f"/tracking/documents/{permits[0].document_id}.pdf").data[:5] == PDF


# --- answering a correction


def test_the_answer_reaches_the_departments(
    centre: Centre, client: FlaskClient, reading: Session, app: Flask
) -> None:
    case = correcting(centre)
    text = page(follow(client, case))
    assert text.count("平面图未标明疏散宽度") == 1  # two departments, one line
    assert "示例县消防救援大队" in text
    answer = client.post("/tracking/answer", data=upload(text, picture(), "已重新标注"))
    assert (answer.status_code, answer.location) == (303, "/tracking/case")
    stored = reading.scalars(select(StoredFile)).one()
    assert (stored.media_type, stored.name, stored.staff_id) == ("image/png", "平面图.png", None)
    kept = app.extensions["settings"].files_dir / stored.sha256[:2] / stored.sha256[2:4] / stored.sha256
    assert Path(kept).read_bytes() == picture()
    correction = reading.scalars(select(Correction)).one()
    assert (correction.answer, correction.answered_by_id) == ("已重新标注", None)
    assert not reading.scalars(
        select(Task).where(Task.step == "answer_correction", Task.state == "open")
    ).all()
    assert reading.scalars(select(Task.step).where(Task.state == "open")).all()
    assert "请您补正" not in page(client)


def test_a_second_answer_writes_nothing(centre: Centre, client: FlaskClient, reading: Session) -> None:
    case = correcting(centre)
    text = page(follow(client, case))
    assert client.post("/tracking/answer", data=upload(text, picture(), "一")).status_code == 303
    again = client.post("/tracking/answer", data=upload(text, picture(), "二"))
    assert again.status_code == 409
    assert "没有重复写入" in again.text
    assert reading.scalar(select(func.count()).select_from(StoredFile)) == 1
    assert reading.scalars(select(Correction.answer)).all() == ["一"]


@pytest.mark.parametrize(
    ("content", "name", "status", "says"),
    [
        (b"<html><script>alert(1)</script></html>", "plan.pdf", 415, "不是 PDF、JPEG 或 PNG"),
        (b"", "empty.png", 415, "不是 PDF、JPEG 或 PNG"),
        (b"MZ" + bytes(200), "plan.png", 415, "不是 PDF、JPEG 或 PNG"),
        (b"%PDF-1.7\n" + bytes(500), "broken.pdf", 415, "已损坏"),
        (b"\x89PNG\r\n\x1a\n" + bytes(1024 * 1024 + 1), "large.png", 413, "超过 1 MB"),
    ],
)
def test_a_disguised_damaged_or_large_upload_leaves_nothing(
    centre: Centre, app: Flask, client: FlaskClient, reading: Session, content: bytes, name: str, status: int, says: str
) -> None:  # fmt: skip
    settings = app.extensions["settings"]
    app.extensions["settings"] = type(settings)(
        **{field: getattr(settings, field) for field in settings.__slots__} | {"upload_max_mb": 1}
    )
    text = page(follow(client, correcting(centre)))
    sent = upload(text, content, "已更正", name)
    sent["file-premises_plan"] = [(io.BytesIO(picture()), "good.png"), sent["file-premises_plan"]]
    answer = client.post("/tracking/answer", data=sent)
    assert answer.status_code == status
    assert says in answer.text
    assert "已更正" in answer.text  # what was typed is still there
    assert 'aria-describedby="up-1-error"' in answer.text
    assert not reading.scalars(select(StoredFile)).all()
    assert reading.scalars(select(Correction.answered_at)).all() == [None]
    assert not [file for file in settings.files_dir.rglob("*") if file.is_file()]


def test_a_request_over_the_limit_is_refused_unread(centre: Centre, client: FlaskClient) -> None:
    text = page(follow(client, correcting(centre)))
    answer = client.post("/tracking/answer", data=upload(text, bytes(22 * 1024 * 1024)))
    assert answer.status_code == 413
    assert "超过了允许的大小" in answer.text


def test_an_empty_answer_is_none(centre: Centre, client: FlaskClient, reading: Session) -> None:
    text = page(follow(client, correcting(centre)))
    for words in ("  ", "字" * 2001):
        assert client.post("/tracking/answer", data=upload(text, b"", words, "")).status_code == 422
    assert client.post("/tracking/answer", data={}).status_code == 409
    assert reading.scalars(select(Correction.answered_at)).all() == [None]


def test_files_go_only_to_materials_that_were_asked_for(
    centre: Centre, client: FlaskClient, reading: Session
) -> None:
    text = page(follow(client, correcting(centre)))
    sent = upload(text, picture(), "已更正", "../../etc/平面图.png")
    sent["file-application_form"] = (io.BytesIO(picture()), "form.png")
    assert client.post("/tracking/answer", data=sent).status_code == 303
    assert reading.scalars(select(StoredFile.name)).all() == ["平面图.png"]


# --- withdrawing


def test_withdrawing_asks_twice_and_happens_once(
    centre: Centre, client: FlaskClient, reading: Session
) -> None:
    case = reviewing(centre)
    follow(client, case)
    assert "不能恢复" in page(client, "/tracking/withdrawal")
    unsure = client.post("/tracking/withdrawal", data={"reasons": "不开了"})
    assert unsure.status_code == 422
    assert "不开了" in unsure.text
    assert reading.get_one(Case, case.id).state == "reviewing"
    reading.rollback()
    done = client.post("/tracking/withdrawal", data={"reasons": "不开了", "confirmed": "yes"})
    assert (done.status_code, done.location) == (303, "/tracking/case")
    text = page(client)
    assert "申请人撤回" in text
    assert "撤回暨终止办理通知书" in text
    assert client.get("/tracking/withdrawal").status_code == 409
    assert client.post("/tracking/withdrawal", data={"confirmed": "yes"}).status_code == 409
    withdrawn = reading.scalars(select(JournalEntry).where(JournalEntry.act == "withdraw")).all()
    assert [(entry.actor, entry.staff_id) for entry in withdrawn] == [("申请人", None)]
    assert not reading.scalars(select(Task).where(Task.case_id == case.id, Task.state == "open")).all()


def test_after_a_decision_nothing_is_withdrawn(centre: Centre, client: FlaskClient) -> None:
    case = issued(centre)
    follow(client, case)
    assert "/tracking/withdrawal" not in page(client)
    assert client.post("/tracking/withdrawal", data={"confirmed": "yes"}).status_code == 409


def test_without_a_case_nothing_can_be_done(centre: Centre, client: FlaskClient, reading: Session) -> None:
    case: Known = reviewing(centre)
    for path in ("/tracking/answer", "/tracking/withdrawal"):
        answer = client.post(path, data={"confirmed": "yes", "text": case.number})
        assert (answer.status_code, answer.location) == (303, "/tracking")
    assert reading.get_one(Case, case.id).state == "reviewing"
