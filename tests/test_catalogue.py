"""The data files: whole, bilingual, refused when broken; loaded as versions; joined for a joint item."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session
from stdnum.cn import uscc

from approvals import catalogue
from approvals.catalogue import CatalogueError, ChecklistLine
from approvals.catalogue_files import DATA, FORMS
from approvals.database import Base
from approvals.item_definition import Item
from approvals.tables import Department, FormVersion, ServiceItem

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
DEFINITIONS = catalogue.read()
ITEMS = DEFINITIONS.items
RESTAURANT = ITEMS["restaurant_opening"]
PARTS = [ITEMS[part.item] for part in RESTAURANT.parts]
HAN = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")

# code → statutory (days, unit, extension), promised days, materials (originals, copies) in order, years
FACT_SHEET: dict[str, tuple[tuple[int, str, int] | None, int, list[tuple[int, int]], int | None]] = {
    "food_licence": ((10, "working", 5), 5, [(1, 0), (0, 1), (1, 0), (0, 1)], 5),
    "public_venue_hygiene": ((20, "working", 10), 5, [(1, 0), (0, 1), (1, 0), (1, 0), (0, 1)], 4),
    "fire_inspection": ((10, "working", 0), 5, [(1, 0), (1, 0), (1, 0), (0, 1)], None),
    "shop_sign": ((20, "working", 10), 3, [(1, 0), (0, 1), (0, 1), (1, 0), (1, 0), (1, 0)], 3),
    "company_registration": ((3, "working", 3), 0, [(1, 0), (0, 1), (0, 1), (1, 0)], None),
    "hotel_licence": ((20, "working", 10), 5, [(3, 0), (0, 1), (0, 1), (0, 1), (1, 0), (0, 1)], None),
    "construction_permit": (
        (7, "calendar", 0), 3, [(1, 0), (0, 1), (0, 1), (0, 1), (0, 1), (1, 0), (1, 0)], None,
    ),
    "waste_disposal": ((20, "working", 10), 5, [(1, 0), (0, 1), (1, 0), (0, 1), (0, 1)], None),
    "drainage_permit": ((20, "working", 10), 5, [(1, 0), (1, 0), (1, 0), (1, 0), (0, 1)], 5),
    "water_abstraction": ((45, "working", 0), 20, [(1, 0), (1, 0), (0, 1), (1, 0)], 5),
    "elderly_home_care": (None, 10, [(1, 0), (0, 1), (1, 0), (1, 0)], 1),
    "restaurant_opening": ((45, "working", 15), 8, [], 5),
}  # fmt: skip


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the data files, to be broken."""
    data = shutil.copytree(DATA, tmp_path / "data")
    return data, shutil.copytree(FORMS, tmp_path / "forms")


def test_the_twelve_items_say_what_the_fact_sheet_says() -> None:
    assert {code for code, item in ITEMS.items() if item.offered} - {"hotel_opening"} == FACT_SHEET.keys()
    for code, (statutory, promised, materials, years) in FACT_SHEET.items():
        item = ITEMS[code]
        limit = item.statutory
        extension = limit.extension.days if limit and limit.extension else 0
        assert (limit and (limit.days, limit.unit, extension)) == statutory, code
        assert item.promised.days == promised, code
        assert [(m.originals, m.copies) for m in item.materials] == materials, code
        assert item.certificate
        assert item.certificate.years == years, code


def test_the_check_of_the_business_licence_is_an_opinion_inside_a_joint_case_only() -> None:
    check = ITEMS["business_licence_check"]
    assert (check.offered, check.decides, check.certificate, check.department) == (False, False, None, "008")


def test_codes_are_well_formed() -> None:
    for department in DEFINITIONS.departments.values():
        assert uscc.is_valid(department.authority_code)
    for item in ITEMS.values():
        authority = DEFINITIONS.departments[item.department].authority_code
        assert item.implementation_code == f"{authority}4{item.basic_code}"
        assert (len(item.basic_code), len(item.implementation_code), len(item.handling_code)) == (12, 31, 33)
    assert len({item.basic_code for item in ITEMS.values()}) == len(ITEMS)


def test_every_certificate_has_its_printed_form() -> None:
    certificates = [item.certificate for item in ITEMS.values() if item.certificate]
    assert {certificate.template for certificate in certificates} <= DEFINITIONS.certificates.keys()
    assert len({certificate.number_prefix for certificate in certificates}) == len(certificates) == 13


def test_every_name_is_there_in_both_languages() -> None:
    texts = list(_texts({code: dict(data) for code, data in DEFINITIONS.source.items()}))
    texts += _texts([form.to_json() for form in DEFINITIONS.forms.values()])
    texts += _texts([dict(department.name) for department in DEFINITIONS.departments.values()])
    assert len(texts) > 300
    for path, text in texts:
        assert set(text) == {"zh", "en"}, path
        assert HAN.search(text["zh"]), path
        assert text["en"].strip(), path
        assert not HAN.search(text["en"]), path


def test_names_carry_both_languages_wherever_one_stands() -> None:
    bare = [
        path for path, key in _keys(dict(DEFINITIONS.source)) if key in ("name", "label", "criteria", "notes")
    ]
    local = [path for path, _ in _texts(dict(DEFINITIONS.source))]
    assert set(bare) <= set(local)


# Broken files: what is broken, where it must be found, and what must be said.

Edit = Callable[[dict[str, Any]], object]
BROKEN: list[tuple[str, str, Edit, str, str]] = [
    ("unknown key", "items/food_licence.yaml", lambda d: d.update(colour="red"), "", "不认识“colour”"),
    ("missing key", "items/food_licence.yaml", lambda d: d.pop("promised"), "", "缺少“promised”"),
    ("bad kind", "items/food_licence.yaml", lambda d: d.update(kind="slow"), "kind", "只能是"),
    ("no English", "items/food_licence.yaml", lambda d: d["name"].pop("en"), "name", "缺少“en”"),
    ("Han in English", "items/food_licence.yaml", lambda d: d["name"].update(en="许可"), "name.en", "不符合格式"),
    (
        "promise too long", "items/food_licence.yaml",
        lambda d: d["promised"].update(days=11), "promised.days", "承诺时限 11 长于法定时限 10",
    ),
    (
        "promise longer by its unit", "items/construction_permit.yaml",
        lambda d: d["promised"].update(days=6), "promised.days", "长于法定时限 7",
    ),
    (
        "promise starts later", "items/construction_permit.yaml",
        lambda d: d["promised"].update({"from": "acceptance"}), "promised.from", "自申请起算",
    ),
    (
        "unknown department", "items/food_licence.yaml",
        lambda d: d.update(department="099"), "department", "部门“099”不存在",
    ),
    (
        "fee without basis", "items/shop_sign.yaml",
        lambda d: d["fees"][0].pop("basis"), "fees.0", "缺少“basis”",
    ),
    (
        "fee by an unknown field", "items/shop_sign.yaml",
        lambda d: d["fees"][0].update(per="tonnes"), "fees.0.per", "没有字段“tonnes”",
    ),
    (
        "a float of yuan", "items/shop_sign.yaml",
        lambda d: d["fees"][0].update(amount=20.5), "fees.0.amount", "类型应为 string",
    ),
    (
        "unknown form", "items/food_licence.yaml",
        lambda d: d.update(form="nothing"), "form", "表单“nothing”不存在",
    ),
    (
        "unknown subject", "items/food_licence.yaml",
        lambda d: d.update(subject="nothing"), "subject", "没有字段“nothing”",
    ),
    (
        "material twice", "items/food_licence.yaml",
        lambda d: d["materials"].append(d["materials"][0]), "materials.4", "编码“application_form”重复",
    ),
    (
        "material without a count", "items/food_licence.yaml",
        lambda d: d["materials"][0].update(originals=0), "materials.0", "不能都是 0 份",
    ),
    (
        "condition on an unknown field", "items/food_licence.yaml",
        lambda d: d["materials"][0].update(when={"moon": {"const": True}}), "materials.0.when", "没有字段“moon”",
    ),
    (
        "deferral too long", "items/food_licence.yaml",
        lambda d: d["deferral"].update(days=4), "deferral.days", "最多 3 日",
    ),
    (
        "deferrable without a term", "items/food_licence.yaml",
        lambda d: d.pop("deferral"), "materials.3.necessity", "没有写明容缺期限",
    ),
    (
        "unanswered requests without an article", "items/food_licence.yaml",
        lambda d: d.update(unanswered_correction={"law": {"zh": "某条例", "en": "A regulation"}}),
        "unanswered_correction", "article",
    ),
    (
        "unanswered requests of a joint item", "items/restaurant_opening.yaml",
        lambda d: d.update(unanswered_correction={
            "law": {"zh": "某条例", "en": "A regulation"}, "article": {"zh": "第九条", "en": "Article 9"},
        }),
        "unanswered_correction", "联办事项",
    ),
    (
        "unknown part", "items/restaurant_opening.yaml",
        lambda d: d["parts"][4].update(item="noodles"), "parts.4.item", "单项“noodles”不存在",
    ),
    (
        "part depends on a stranger", "items/restaurant_opening.yaml",
        lambda d: d["parts"][4].update(depends_on="hotel_licence"), "parts.4.depends_on", "不在本事项中",
    ),
    (
        "cycle", "items/restaurant_opening.yaml",
        lambda d: d["parts"][0].update(depends_on="food_licence"), "parts.0.depends_on", "依赖自己",
    ),
    (
        "answer not asked", "items/restaurant_opening.yaml",
        lambda d: d["parts_decision"]["answers"].append("moon"), "parts_decision.answers.5", "没有字段“moon”",
    ),
    (
        "answer not required", "items/restaurant_opening.yaml",
        lambda d: d["parts_decision"]["answers"].append("opening_date"), "parts_decision.answers.5", "必须必填",
    ),
    (
        "conflicting names", "items/restaurant_opening.yaml",
        lambda d: d["merged_names"].pop("premises_plan"), "parts.2.item", "材料“premises_plan”",
    ),
    (
        "conflicting sources", "items/shop_sign.yaml",
        lambda d: d["materials"][1].update(source="own"), "parts.3.item", "材料“business_licence”",
    ),
    (
        "name for nothing", "items/restaurant_opening.yaml",
        lambda d: d["merged_names"].update(moon={"zh": "月亮", "en": "Moon"}), "merged_names.moon", "没有单项要求",
    ),
    ("parts of a plain item", "items/food_licence.yaml", lambda d: d.update(parts_issue_alone=True), "parts_issue_alone", "与事项的类型矛盾"),
    ("file under another name", "items/food_licence.yaml", lambda d: d.update(code="food"), "code", "文件名应与编码“food”一致"),
    (
        "bad check digit", "departments.yaml",
        lambda d: d["departments"][0].update(authority_code="11330110MB0D100164"), "departments.0.authority_code",
        "不是有效的 credit-code",
    ),
    (
        "department twice", "departments.yaml",
        lambda d: d["departments"].append(d["departments"][0]), "departments.9.code", "编码“001”重复",
    ),
    (
        "unknown shared field", "forms/food_licence.yaml",
        lambda d: d["fields"].append({"use": "moon"}), "fields.10.use", "共享字段“moon”不存在",
    ),
    (
        "shared field bent", "forms/food_licence.yaml",
        lambda d: d["fields"][0].update(widget="textarea"), "fields.0", "不能改“widget”",
    ),
    (
        "conflicting fields", "forms/fire_inspection.yaml",
        lambda d: d["fields"].append({**d["fields"][5], "code": "food_staff"}), "parts", "字段“food_staff”",
    ),
    (
        "condition on a later field", "forms/fire_inspection.yaml",
        lambda d: d["fields"].insert(0, d["fields"].pop()), "fields.0.when", "不在前面",
    ),
    (
        "options missing", "forms/fire_inspection.yaml",
        lambda d: d["fields"][-1].pop("options"), "fields.8", "缺少“options”",
    ),
    ("unknown group", "forms/fire_inspection.yaml", lambda d: d["fields"][5].update(group="moon"), "fields.5.group", "分组“moon”不存在"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "edit", "field", "reason"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_a_broken_file_is_refused_with_file_field_and_reason(
    folders: tuple[Path, Path], file: str, edit: Edit, field: str, reason: str
) -> None:
    data_folder, form_folder = folders
    path = form_folder / file.removeprefix("forms/") if file.startswith("forms/") else data_folder / file
    data = yaml.safe_load(path.read_text("utf-8"))
    edit(data)
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    with pytest.raises(CatalogueError) as caught:
        catalogue.read(data_folder, form_folder)
    owner = "items/restaurant_opening.yaml" if field.startswith("parts.") or field == "parts" else file
    found = [fault for fault in caught.value.faults if (fault.file, fault.field) == (owner, field)]
    assert any(reason in fault.text() for fault in found), caught.value.text()
    assert caught.value.status == 422


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: b: c", "不是有效的 YAML（第 1 行）"),
        ("", "文件是空的"),
        ("- 1", "类型应为 object"),
        ("a: &a\n  b: *a", "含有数据文件不能使用的内容"),
        ("x: !!python/object/apply:os.system [ls]", "不是有效的 YAML"),
        ("code: a\ncode: b", "不是有效的 YAML"),
        ("1: 2", "不认识"),
    ],
)
def test_what_is_no_data_file_is_refused(folders: tuple[Path, Path], text: str, reason: str) -> None:
    (folders[0] / "items" / "new.yaml").write_text(text, "utf-8")
    with pytest.raises(CatalogueError) as caught:
        catalogue.read(*folders)
    assert {fault.file for fault in caught.value.faults} == {"items/new.yaml"}
    assert reason in caught.value.text()


def test_all_faults_are_told_at_once(folders: tuple[Path, Path]) -> None:
    for name in ("food_licence", "shop_sign"):
        path = folders[0] / "items" / f"{name}.yaml"
        path.write_text(path.read_text("utf-8").replace("kind: committed", "kind: slow"), "utf-8")
    (folders[0] / "items" / "water_abstraction.yaml").unlink()
    with pytest.raises(CatalogueError) as caught:
        catalogue.read(*folders)
    files = {fault.file for fault in caught.value.faults}
    assert files == {"items/food_licence.yaml", "items/shop_sign.yaml", "items/restaurant_opening.yaml"}


# Materials and fees of a case.


def test_nineteen_materials_of_four_departments_become_eleven() -> None:
    lines = catalogue.checklist(RESTAURANT, PARTS, {})
    assert (catalogue.asked_before_merging(lines), len(lines)) == (19, 11)
    by_code = {line.code: line for line in lines}
    form = by_code["application_form"]
    assert form.name["zh"] == "开办餐饮店申请书"
    assert form.asked_by == ("food_licence", "fire_inspection", "shop_sign", "drainage_permit")
    assert {criterion.part for criterion in by_code["management_rules"].criteria} == {
        "food_licence", "fire_inspection",
    }  # fmt: skip
    assert by_code["business_licence"].shared_exempt
    assert [line.code for line in lines if line.deferrable] == ["management_rules", "shaft_photos"]


def test_a_smaller_shop_is_asked_less() -> None:
    lines = catalogue.checklist(RESTAURANT, [ITEMS["business_licence_check"], ITEMS["food_licence"]], {})
    assert [line.code for line in lines] == [
        "application_form",
        "business_licence",
        "premises_plan",
        "management_rules",
    ]
    assert lines[0].name["zh"] == "食品经营许可申请书"


def test_the_strictest_count_and_necessity_win() -> None:
    one = _asking("one", originals=1, copies=0, necessity="may_follow", shared_exempt=True)
    two = _asking("two", originals=0, copies=3, necessity="optional", shared_exempt=True)
    three = _asking("three", originals=2, copies=1, necessity="required", shared_exempt=False)
    (both,) = catalogue.checklist(RESTAURANT, [one, two], {})
    assert (both.originals, both.copies, both.necessity, both.shared_exempt) == (1, 3, "may_follow", True)
    assert both.deferrable
    (line,) = catalogue.checklist(RESTAURANT, [one, two, three], {})
    assert (line.originals, line.copies, line.necessity, line.shared_exempt) == (2, 3, "required", False)
    assert not line.deferrable


def test_a_material_is_asked_only_where_its_condition_holds() -> None:
    gas = _asking("one", when={"gas": {"const": True}})
    assert catalogue.checklist(gas, [], {"gas": True})
    assert not catalogue.checklist(gas, [], {"gas": False})
    assert not catalogue.checklist(gas, [], {})


def test_a_plain_item_asks_for_its_own() -> None:
    item = ITEMS["hotel_licence"]
    lines = catalogue.checklist(item, [], {})
    assert [line.code for line in lines] == [material.code for material in item.materials]
    assert lines[0].originals == 3
    assert {line.asked_by for line in lines} == {("hotel_licence",)}


def test_a_line_survives_storage() -> None:
    for line in catalogue.checklist(RESTAURANT, PARTS, {}):
        assert ChecklistLine.from_json(json.loads(json.dumps(line.to_json()))) == line


def test_fees_are_those_listed_for_these_answers() -> None:
    (line,) = catalogue.fees(RESTAURANT, PARTS, {"road_occupied_days": 3})
    assert (line.code, line.amount, line.basis) == (
        "road_occupation",
        Decimal("60.00"),
        "《城市道路管理条例》第三十七条",
    )
    assert catalogue.fees(RESTAURANT, PARTS, {"road_occupied_days": 0}) == ()
    assert catalogue.fee(ITEMS["shop_sign"], "road_occupation").reducible
    with pytest.raises(catalogue.UnlistedFee, match="没有公布收费项目“tea_money”"):
        catalogue.fee(ITEMS["shop_sign"], "tea_money")


# Tables.


def test_loading_twice_changes_nothing(session: Session) -> None:
    first = catalogue.load(session, DATA, NOW)
    assert (first.departments, first.items, first.forms) == (9, 14, 14)
    assert catalogue.load(session, DATA, NOW).items == 0
    assert session.scalar(select(func.count()).select_from(Department)) == 9


def test_a_changed_item_is_a_new_version_and_the_old_stays(
    session: Session, folders: tuple[Path, Path]
) -> None:
    catalogue.load(session, DATA, NOW)
    old = catalogue.current(session, "food_licence")
    path = folders[0] / "items" / "food_licence.yaml"
    path.write_text(path.read_text("utf-8").replace("promised: {days: 5", "promised: {days: 6"), "utf-8")
    assert catalogue.load(session, folders[0], NOW, folders[1]).items == 1
    new = catalogue.current(session, "food_licence")
    assert (catalogue.item_of(old).promised.days, catalogue.item_of(new).promised.days) == (5, 6)
    assert (old.active, new.active) == (False, True)
    assert catalogue.load(session, DATA, NOW).items == 0
    assert catalogue.current(session, "food_licence").id == old.id


def test_an_item_whose_file_is_gone_is_offered_no_more(session: Session, folders: tuple[Path, Path]) -> None:
    catalogue.load(session, DATA, NOW)
    (folders[0] / "items" / "water_abstraction.yaml").unlink()
    catalogue.load(session, folders[0], NOW, folders[1])
    with pytest.raises(catalogue.UnknownItem, match="water_abstraction") as caught:
        catalogue.current(session, "water_abstraction")
    assert caught.value.status == 404
    assert session.scalar(select(func.count()).select_from(ServiceItem)) == 14


def test_a_broken_file_writes_nothing(session: Session, folders: tuple[Path, Path]) -> None:
    (folders[0] / "items" / "new.yaml").write_text("a: b", "utf-8")
    with pytest.raises(CatalogueError):
        catalogue.load(session, folders[0], NOW, folders[1])
    assert session.scalar(select(func.count()).select_from(FormVersion)) == 0


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("kbcyd", "restaurant_opening"),
        ("CYD", "restaurant_opening"),
        ("餐饮店", "restaurant_opening"),
        ("restaurant", "restaurant_opening"),
        ("restaurant_opening", "restaurant_opening"),
        ("000131023000", "food_licence"),
        ("spjyxk", "food_licence"),
        ("shipin", "food_licence"),
        ("food new", "food_licence"),
    ],
)
def test_an_item_is_found_by_name_pinyin_initials_or_code(session: Session, text: str, first: str) -> None:
    catalogue.load(session, DATA, NOW)
    assert catalogue.search(session, text)[0].code == first


def test_a_search_finds_no_more_than_it_should(session: Session) -> None:
    catalogue.load(session, DATA, NOW)
    assert catalogue.search(session, "%") == []
    assert catalogue.search(session, "没有这个事项") == []
    assert catalogue.search(session, "zhizhao") == [] or all(
        row.offered for row in catalogue.search(session, "zhizhao")
    )
    assert len(catalogue.search(session, "")) == 13
    assert len(catalogue.search(session, "", offered_only=False)) == 14


def test_the_form_of_a_joint_case_asks_what_its_parts_ask(session: Session) -> None:
    catalogue.load(session, DATA, NOW)
    row = catalogue.current(session, "restaurant_opening")
    form = catalogue.form_of(session, row)
    definition = json.loads(json.dumps(form.definition))
    situation = catalogue.case_form(definition, row.code)
    assert set(RESTAURANT.parts_decision.answers if RESTAURANT.parts_decision else ()) <= {
        field.code for field in situation.fields
    }
    small = {field.code for field in catalogue.case_form(definition, row.code, ["food_licence"]).fields}
    assert "business_scope" in small
    assert "sign_width" not in small
    whole = catalogue.case_form(definition, row.code, [part.code for part in PARTS])
    assert len(whole.fields) == len({field.code for field in whole.fields}) == 26


def _asking(code: str, **changes: object) -> Item:
    """An item that asks for one paper."""
    material = {
        "code": "paper", "name": {"zh": "纸", "en": "Paper"}, "originals": 1, "copies": 0,
        "necessity": "required", "source": "own", **changes,
    }  # fmt: skip
    return Item.from_json({**DEFINITIONS.source["food_licence"], "code": code, "materials": [material]})


def _texts(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every bilingual text with its path."""
    if isinstance(node, dict):
        if "zh" in node or "en" in node:
            yield path, node
        else:
            for key, value in node.items():
                yield from _texts(value, f"{path}.{key}")
    elif isinstance(node, list | tuple):
        for index, value in enumerate(node):
            yield from _texts(value, f"{path}.{index}")


def _keys(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every key of every mapping with the path of its value."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield f"{path}.{key}", key
            yield from _keys(value, f"{path}.{key}")
    elif isinstance(node, list | tuple):
        for index, value in enumerate(node):
            yield from _keys(value, f"{path}.{index}")
