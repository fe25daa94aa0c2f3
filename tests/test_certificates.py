"""Printed forms of certificates as data: refused when broken, kept as versions, and what a permit was issued on."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import func, select

from approvals import catalogue, certificate_templates
from approvals.catalogue_files import DATA, CatalogueError
from approvals.certificate_templates import UnknownTemplate
from approvals.queries.verification import verified
from approvals.tables import CertificateTemplate, Document, Permit
from tests.centre import HOT_POT, MONDAY
from tests.register_cases import issued
from web.demo.centre import Centre

Edit = Callable[[dict[str, Any]], object]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the data files, to be changed."""
    return shutil.copytree(DATA, tmp_path / "data")


def edited(data: Path, kind: str, edit: Edit) -> None:
    path = data / "certificates" / f"{kind}.yaml"
    definition = yaml.safe_load(path.read_text("utf-8"))
    edit(definition)
    path.write_text(yaml.safe_dump(definition, allow_unicode=True), "utf-8")


BROKEN: list[tuple[str, Edit, str, str]] = [
    ("unknown key", lambda d: d.update(font="x"), "", "不认识“font”"),
    ("no title", lambda d: d.pop("title"), "", "缺少“title”"),
    ("no English", lambda d: d["title"].pop("en"), "title", "缺少“en”"),
    ("no colour", lambda d: d["colours"].update(ink="red"), "colours.ink", "不符合格式"),
    ("bad way", lambda d: d.update(orientation="upright"), "orientation", "只能是"),
    ("serial too long", lambda d: d.update(serial="0002"), "serial", "不符合格式"),
    ("number for serial", lambda d: d.update(serial=2), "serial", "类型应为 string"),
    ("no labels", lambda d: d.update(labels=[]), "labels", "至少 1 项"),
    ("label too long", lambda d: d["labels"][0].update(label="长" * 17), "labels.0.label", "最多 16 个字"),
    ("label twice", lambda d: d["labels"].append(d["labels"][0]), "labels.8", "重复"),
    ("no holder", lambda d: d["labels"].pop(0), "labels", "缺少持证人"),
    (
        "answer of no form",
        lambda d: d["labels"][0].update(answers=["moon"]),
        "labels.0.answers",
        "没有表单有字段“moon”",
    ),
    ("one answer joined", lambda d: d["labels"][2].update(between="，"), "labels.2.between", "没有要连接的"),
    ("another's serial", lambda d: d.update(serial="001"), "serial", "与“drainage”的相同"),
    ("another's code", lambda d: d.update(code="foods"), "code", "文件名应与编码“foods”一致"),
]


@pytest.mark.parametrize(("edit", "field", "reason"), [row[1:] for row in BROKEN], ids=[r[0] for r in BROKEN])
def test_a_broken_form_is_refused_with_file_field_and_reason(
    data: Path, edit: Edit, field: str, reason: str
) -> None:
    if reason.startswith("与"):
        edited(data, "drainage", lambda d: d.update(serial="001"))
        (data / "certificates" / "trade_licence.yaml").unlink()
    edited(data, "food", edit)
    with pytest.raises(CatalogueError) as caught:
        catalogue.read(data)
    found = [
        fault
        for fault in caught.value.faults
        if (fault.file, fault.field) == ("certificates/food.yaml", field)
    ]
    assert any(reason in fault.text() for fault in found), caught.value.text()


def test_an_item_names_a_form_that_is_there(data: Path) -> None:
    (data / "certificates" / "food.yaml").unlink()
    with pytest.raises(
        CatalogueError, match=r"items/food_licence\.yaml：certificate\.template：证照版式“food”不存在"
    ):
        catalogue.read(data)


def test_what_is_no_yaml_is_refused_and_nothing_is_written(centre: Centre, data: Path) -> None:
    (data / "certificates" / "food.yaml").write_text("code: a\ncode: b", "utf-8")
    (data / "certificates" / "water.yaml").write_text("", "utf-8")
    with pytest.raises(CatalogueError) as caught:
        catalogue.load(centre.session, data, MONDAY)
    assert {"certificates/food.yaml", "certificates/water.yaml"} <= {f.file for f in caught.value.faults}
    assert centre.session.scalar(select(func.max(CertificateTemplate.version))) == 1


def permit_of(centre: Centre) -> Permit:
    """A water permit, issued the ordinary way."""
    return issued(centre, "water_abstraction")[0]


def paper_of(centre: Centre, permit: Permit) -> str:
    return centre.session.get_one(Document, permit.document_id).html


def test_a_changed_form_is_a_new_version_and_issued_permits_keep_theirs(centre: Centre, data: Path) -> None:
    old = permit_of(centre)
    before = paper_of(centre, old)
    assert certificate_templates.of_permit(centre.session, old).version == 1
    edited(data, "water", lambda d: d["labels"][0].update(label="取水单位"))
    assert catalogue.load(centre.session, data, MONDAY).certificates == 1
    assert catalogue.load(centre.session, data, MONDAY).certificates == 0
    new = permit_of(centre)
    assert certificate_templates.current(centre.session, "water").version == 2
    assert certificate_templates.of_permit(centre.session, new).version == 2
    assert "取水单位" in paper_of(centre, new)
    centre.session.refresh(old)
    assert paper_of(centre, old) == before
    assert "取水单位" not in before
    rows = certificate_templates.form_of(centre.session, old).rows({"holder": "某单位（示例）"})
    assert rows == [("取水权人名称", "某单位（示例）")]


def test_the_verification_page_shows_the_form_a_permit_was_issued_on(centre: Centre, data: Path) -> None:
    old = permit_of(centre)
    edited(data, "water", lambda d: d["labels"][3].update(label="取水口位置"))
    catalogue.load(centre.session, data, MONDAY)
    new = permit_of(centre)
    shown = {
        permit.id: [label for label, _ in verified(centre.session, permit.public_id, MONDAY.date())[0].rows]
        for permit in (old, new)
    }
    assert ("取水地点" in shown[old.id], "取水口位置" in shown[old.id]) == (True, False)
    assert ("取水地点" in shown[new.id], "取水口位置" in shown[new.id]) == (False, True)


def test_a_form_that_comes_back_is_the_version_it_was(centre: Centre, data: Path) -> None:
    edited(data, "water", lambda d: d.update(note="另一段说明。"))
    catalogue.load(centre.session, data, MONDAY)
    assert catalogue.load(centre.session, DATA, MONDAY).certificates == 0
    assert certificate_templates.current(centre.session, "water").version == 1
    versions = [row for row in certificate_templates.versions(centre.session) if row.kind == "water"]
    assert [(row.version, row.active) for row in versions] == [(2, False), (1, True)]


def test_a_permit_older_than_the_versions_was_issued_on_the_first(centre: Centre, data: Path) -> None:
    permit = permit_of(centre)
    permit.template_id = None
    edited(data, "water", lambda d: d.update(note="另一段说明。"))
    catalogue.load(centre.session, data, MONDAY)
    assert certificate_templates.of_permit(centre.session, permit).version == 1


def test_a_kind_whose_file_is_gone_issues_no_more(centre: Centre, data: Path) -> None:
    permit = permit_of(centre)
    (data / "certificates" / "general.yaml").unlink()
    catalogue.load(centre.session, data, MONDAY)
    with pytest.raises(UnknownTemplate, match="general") as caught:
        certificate_templates.current(centre.session, "general")
    assert caught.value.status == 404
    with pytest.raises(UnknownTemplate):
        certificate_templates.version(centre.session, "water", 7)
    assert certificate_templates.form_of(centre.session, permit).code == "water"


def test_each_certificate_is_filled_from_the_answers_of_its_own_part(centre: Centre) -> None:
    """In a joint case the food licence's scope does not stand on the sign's certificate."""
    permits = issued(centre, "restaurant_opening", HOT_POT)
    scopes = {permit.kind: permit.fields["scope"] for permit in permits}
    assert scopes["shop_sign"] == "渝记小面馆（示例）"
    assert scopes["food"] != scopes["drainage"] == "城镇污水排入排水管网许可"
    assert {permit.template_id for permit in permits} <= {
        certificate_templates.current(centre.session, permit.kind).id for permit in permits
    }
