"""Anybody verifies a permit: what the paper shows, whether it holds, and nothing else."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from approvals.public_status import PUBLIC
from approvals.tables import Document, Permit
from approvals.terms import PermitStatus
from tests.web.public import issued, limited, page, statements
from web.demo.centre import Centre
from web.transactions import unit_of_work


@pytest.fixture
def permits(centre: Centre, reading: Session) -> list[Permit]:
    """The comprehensive licence and its parts."""
    issued(centre)
    found = list(reading.scalars(select(Permit).order_by(Permit.part_id.is_not(None), Permit.id)))
    reading.expunge_all()
    reading.rollback()
    return found


def test_the_code_leads_to_what_the_paper_shows(
    permits: list[Permit], client: FlaskClient, app: Flask, reading: Session
) -> None:
    whole, *parts = permits
    answer = client.get(f"/permits/{whole.public_id}")
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    for shown in (
        whole.number,
        "行业综合许可证（餐饮）",
        "示例县市场监督管理局",
        "92330110MA2B0Q1X78",
        "有效",
    ):
        assert shown in answer.text
    assert "2026-11-23 10:00" in answer.text  # when it was checked
    for part in parts:
        assert part.number in answer.text
        assert f"/permits/{part.public_id}" in answer.text
    assert answer.text.count('class="status good"') == len(parts)
    assert whole.identifier in answer.text
    paper = reading.get_one(Document, whole.document_id)
    assert paper.content_sha256 in answer.text
    assert paper.pdf_sha256 is not None
    assert paper.pdf_sha256 in answer.text
    held = (
        app.extensions["settings"].files_dir / paper.pdf_sha256[:2] / paper.pdf_sha256[2:4] / paper.pdf_sha256
    )
    assert hashlib.sha256(held.read_bytes()).hexdigest() == paper.pdf_sha256


def test_nothing_private_is_shown(permits: list[Permit], client: FlaskClient) -> None:
    for permit in permits:
        text = page(client, f"/permits/{permit.public_id}")
        for private in ("13800000000", "zhao@shop.example", "330110008202611230", "查询码"):
            assert private not in text


def test_each_status_has_its_word_sentence_and_shape(
    permits: list[Permit], client: FlaskClient, engine: Engine
) -> None:
    whole, food, fire = permits[:3]
    assert set(PUBLIC) == set(PermitStatus)
    for status in set(PermitStatus) - {PermitStatus.EXPIRED}:
        with unit_of_work(engine) as session:
            session.execute(update(Permit).where(Permit.id == fire.id).values(status=status))
        told = PUBLIC[status]
        shown = page(client, f"/permits/{fire.public_id}")
        assert f'<article class="card verdict {told.tone}">' in shown
        assert told.sentence in shown
        assert f'<p class="word">{status.label}</p>' in shown
        listed = page(client, f"/permits/{whole.public_id}")
        assert f"#{told.symbol}" in listed.split(f'class="status {told.tone}"', 1)[1]
    assert '<article class="card verdict good">' in page(client, f"/permits/{food.public_id}")


def test_a_permit_ends_with_its_last_day_in_shanghai(
    permits: list[Permit], client: FlaskClient, app: Flask
) -> None:
    food = permits[1]
    last_minute = datetime(2031, 11, 22, 15, 59, tzinfo=UTC)
    app.extensions["clock"] = lambda: last_minute
    assert '<article class="card verdict good">' in page(client, f"/permits/{food.public_id}")
    app.extensions["clock"] = lambda: last_minute + timedelta(minutes=1)
    expired = page(client, f"/permits/{food.public_id}")
    assert '<article class="card verdict pause">' in expired
    assert "有效期已于 2031-11-22 (周六) 届满" in expired


def test_an_old_version_says_so_and_leads_to_the_one_in_force(
    permits: list[Permit], client: FlaskClient, engine: Engine, reading: Session
) -> None:
    food = permits[1]
    with unit_of_work(engine) as session:
        session.execute(update(Permit).where(Permit.id == food.id).values(status="changed"))
        old = session.get_one(Permit, food.id)
        kept = {
            column.key: getattr(old, column.key) for column in Permit.__table__.columns if column.key != "id"
        }
        session.add(
            Permit(
                **kept
                | {
                    "version": 2,
                    "public_id": "the-new-version",
                    "status": "valid",
                    "part_id": None,
                    "replaces_id": food.id,
                }
            )
        )
    before = page(client, f"/permits/{food.public_id}")
    assert "内容已经变更，由新的一版取代" in before
    assert 'href="/permits/the-new-version"' in before
    assert "第 1 版，共 2 版" in before
    after = page(client, "/permits/the-new-version")
    assert "第 2 版，共 2 版" in after
    assert "看这张证照现行的一版" not in after
    answer = client.get("/permits", query_string={"number": food.number})
    assert answer.location == "/permits/the-new-version"


@pytest.mark.parametrize("unknown", ["nosuch", "x" * 300, "%00", "' OR 1=1"])
def test_what_is_not_ours_is_said_clearly(permits: list[Permit], client: FlaskClient, unknown: str) -> None:
    answer = client.get(f"/permits/{unknown}")
    assert answer.status_code == 404
    assert "不是本中心的证照" in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    typed = client.get("/permits", query_string={"number": unknown})
    assert typed.status_code == 404
    assert "没有制发过这个编号的证照" in typed.text


def test_a_number_typed_in_leads_there(permits: list[Permit], client: FlaskClient) -> None:
    whole = permits[0]
    for typed in (
        whole.number,
        f" {whole.number[:3]} {whole.number[3:]} ",
        whole.public_id,
        whole.identifier,
    ):
        answer = client.get("/permits", query_string={"number": typed})
        assert (answer.status_code, answer.location) == (302, f"/permits/{whole.public_id}")
    assert "证照编号" in page(client, "/permits")


def test_a_slip_of_the_pen_in_an_identifier_is_told_from_an_unknown_one(
    permits: list[Permit], client: FlaskClient
) -> None:
    right = permits[0].identifier
    wrong = right[:-1] + ("A" if right[-1] != "A" else "B")
    answer = client.get("/permits", query_string={"number": wrong})
    assert answer.status_code == 404
    assert "至少抄错了一个字符" in answer.text
    unknown = client.get(
        "/permits",
        query_string={"number": "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U"},
    )
    assert "没有制发过这个编号的证照" in unknown.text


def test_look_ups_are_limited(permits: list[Permit], app: Flask, client: FlaskClient) -> None:
    with limited(app):
        tried = [client.get(f"/permits?number={n}").status_code for n in range(21)]
        assert tried == [404] * 20 + [429]
        assert client.get("/permits").status_code == 200


def test_few_statements(permits: list[Permit], app: Flask, client: FlaskClient) -> None:
    path = f"/permits/{permits[0].public_id}"
    page(client, path)  # the first opening renders
    with statements(app.extensions["engine"]) as seen:
        page(client, path)
    assert len(seen) <= 4, "\n".join(seen)


def test_in_english(permits: list[Permit], client: FlaskClient) -> None:
    client.set_cookie("language", "en")
    text = page(client, f"/permits/{permits[0].public_id}")
    assert "Comprehensive trade licence (catering)" in text
    assert "渝记小面馆（示例）" in text  # the paper itself stays as it is
