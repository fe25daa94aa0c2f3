"""The public catalogue: every matter is found, says what has to be public, and has its guide to print."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

import web.guide
from approvals import catalogue
from approvals.printing import render
from tests.web.public import page, statements

ITEMS = catalogue.read_definitions()
OFFERED = sorted(code for code, item in ITEMS.items() if item.offered)


def test_every_offered_matter_is_listed(client: FlaskClient) -> None:
    text = page(client, "/items")
    for code in OFFERED:
        assert f'href="/items/{code}"' in text
        assert ITEMS[code].name["zh"] in text
    for code in set(ITEMS) - set(OFFERED):
        assert f'href="/items/{code}"' not in text


@pytest.mark.parametrize(
    "typed", ["餐饮店", "kbcyd", "kaiban", "restaurant", "RESTAURANT_opening", "000131990001"]
)
def test_a_matter_is_found_by_name_pinyin_and_code(client: FlaskClient, typed: str) -> None:
    answer = client.get("/items", query_string={"q": typed})
    assert 'href="/items/restaurant_opening"' in answer.text


def test_nothing_found_says_what_to_do(client: FlaskClient) -> None:
    text = page(client, "/items?q=%25<script>")
    assert "没有找到这样的事项" in text
    assert "<script>" not in text.split("</head>")[1].replace("<script src", "")


@pytest.mark.parametrize("code", OFFERED)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_that_article_30_wants_is_there(client: FlaskClient, code: str, language: str) -> None:
    client.set_cookie("language", language)
    item, text = ITEMS[code], page(client, f"/items/{code}").replace("&#39;", "'").replace("&#34;", '"')
    asked = [item, *(ITEMS[part.item] for part in item.parts)]
    wanted = [
        item.name, item.place, item.hours, *item.conditions, *(basis.law for basis in item.basis),
        *(fee.name for one in asked for fee in one.fees),
        *(item.merged_names.get(m.code, m.name) for m in item.materials),
        *([item.certificate.name] if item.certificate else []),
    ]  # fmt: skip
    for words in wanted:
        assert words[language].replace("&", "&amp;") in text
    assert item.enquiry_phone in text
    assert item.complaint_phone in text
    assert item.implementation_code in text
    assert "%(" not in text


def test_a_paper_several_parts_want_is_listed_once(client: FlaskClient) -> None:
    text = page(client, "/items/restaurant_opening")
    assert text.count("<b>经营场所平面图（含设备布局、操作流程、疏散示意）</b>") == 1
    assert "用于：" in text
    assert "申请书要填的内容" in text


def test_unknown_and_not_offered_matters(client: FlaskClient) -> None:
    for code in ("nosuch", "business_licence_check", "x" * 500):
        assert client.get(f"/items/{code}").status_code == 404
        assert client.get(f"/items/{code}/guide.pdf").status_code == 404


def test_few_statements(app: Flask, client: FlaskClient) -> None:
    page(client, "/items/restaurant_opening")
    for path, most in (("/items", 1), ("/items/food_licence", 5), ("/items/restaurant_opening", 20)):
        with statements(app.extensions["engine"]) as seen:
            page(client, path)
        assert len(seen) <= most, "\n".join(seen)


def test_the_guide_is_printed_once(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def counting(html: str) -> bytes:
        made.append(html)
        return render.pdf_of(html)

    monkeypatch.setattr(web.guide, "pdf_of", counting)
    first = client.get("/items/restaurant_opening/guide.pdf")
    assert (first.status_code, first.mimetype) == (200, "application/pdf")
    assert client.get("/items/restaurant_opening/guide.pdf").data == first.data
    assert len(made) == 1
    printed = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(first.data)).pages)
    assert "一次性告知单" in printed.replace(" ", "")
    assert "0571-88000008" in printed
