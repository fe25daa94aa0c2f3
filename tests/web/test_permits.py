"""Anybody verifies a permit: what the paper shows, whether it holds, and nothing else."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from approvals.tables import Document, Permit
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
    assert answer.text.count('class="status valid"') == len(parts)
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


def test_each_status_has_its_word_and_shape(
    permits: list[Permit], client: FlaskClient, app: Flask, engine: Engine
) -> None:
    whole, food, fire = permits[:3]
    with unit_of_work(engine) as session:
        session.execute(update(Permit).where(Permit.id == fire.id).values(status="voided"))
    assert "已经作废，不能再使用" in page(client, f"/permits/{fire.public_id}")
    listed = page(client, f"/permits/{whole.public_id}")
    assert 'class="status voided"' in listed
    assert "#close" in listed.split('class="status voided"')[1][:300]
    app.extensions["clock"] = lambda: datetime(
        2031, 11, 22, 15, 59, tzinfo=UTC
    )  # its last minute in Shanghai
    assert '<article class="card verdict valid">' in page(client, f"/permits/{food.public_id}")
    app.extensions["clock"] = lambda: datetime(2031, 11, 22, 15, 59, tzinfo=UTC) + timedelta(minutes=1)
    expired = page(client, f"/permits/{food.public_id}")
    assert '<article class="card verdict expired">' in expired
    assert "有效期已于 2031-11-22 (周六) 届满" in expired


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
    for typed in (whole.number, f" {whole.number[:3]} {whole.number[3:]} ", whole.public_id):
        answer = client.get("/permits", query_string={"number": typed})
        assert (answer.status_code, answer.location) == (302, f"/permits/{whole.public_id}")
    assert "证照编号" in page(client, "/permits")


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
    assert len(seen) <= 3, "\n".join(seen)


def test_in_english(permits: list[Permit], client: FlaskClient) -> None:
    client.set_cookie("language", "en")
    text = page(client, f"/permits/{permits[0].public_id}")
    assert "Comprehensive trade licence (catering)" in text
    assert "渝记小面馆（示例）" in text  # the paper itself stays as it is
