"""Formats, validation, the union of forms, and the model a page draws."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from stdnum.cn import ric, uscc

from approvals import catalogue
from forms import Faults, Form, FormFileError, check, fields_for, text_of, union, validate
from forms.formats import FORMATS, FormatFault, credit_code, email, name, phone, real_date, resident_id

FORMS = catalogue.read().forms
FOOD = FORMS["food_licence"]
FIRE = FORMS["fire_inspection"]

FOOD_ANSWERS: dict[str, str | list[str]] = {
    "shop_name": "渝记小面馆（示例）",
    "area": "８６.５",
    "seats": " 32 ",
    "hot_kitchen": "true",
    "premises_address": "示例县城东街道示例路 18 号 1 层",
    "person_in_charge": "赵某某（示例）",
    "business_scope": ["hot_food", "home_made_drinks"],
    "food_safety_manager": "钱某某（示例）",
    "food_staff": "1,200",
    "online_sale": "false",
}

resident_ids = st.builds(
    lambda region, day, serial: _with_check(f"{region}{day:%Y%m%d}{serial:03d}"),
    st.sampled_from(["330110", "330113", "110105", "650102", "810000"]),
    st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.integers(0, 999),
)
credit_codes = st.builds(
    lambda head, body: (head + body) + uscc.calc_check_digit(head + body),
    st.sampled_from(["91330110", "92330110", "11330110", "N2330110"]),
    st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9),
)


def _with_check(first: str) -> str:
    return first + ric.calc_check_digit(first + "0")


@given(resident_ids)
def test_a_resident_id_with_its_check_digit_holds(number: str) -> None:
    assert resident_id(number.lower()) == number


@given(resident_ids, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_of_a_resident_id_is_found(number: str, place: int, step: int) -> None:
    wrong = str((int(number[place]) + step) % 10)
    with pytest.raises(FormatFault):
        resident_id(number[:place] + wrong + number[place + 1 :])


@given(credit_codes)
def test_a_credit_code_with_its_check_character_holds(code: str) -> None:
    assert credit_code(f" {code[:8]} {code[8:].lower()}") == code


@given(credit_codes, st.integers(2, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_character_of_a_credit_code_is_found(code: str, place: int, wrong: str) -> None:
    if code[place] == wrong:
        return
    with pytest.raises(FormatFault):
        credit_code(code[:place] + wrong + code[place + 1 :])


@pytest.mark.parametrize(
    ("word", "typed", "kept"),
    [
        ("resident-id", "１１０１０５１９４９１２３１００２x", "11010519491231002X"),
        ("credit-code", "9111 0000 6000 3734 1l", "91110000600037341L"),
        ("cn-phone", "+86 138-0013-8000", "13800138000"),
        ("cn-phone", "（0571）88000000", "0571-88000000"),
        ("cn-phone", "02188000000", "021-88000000"),
        ("cn-phone", "12345", "12345"),
        ("email", "Zhao@Example.CN", "Zhao@example.cn"),
        ("date", "2026年1月5日", "2026-01-05"),
        ("date", "20280229", "2028-02-29"),
        ("name", "阿卜杜拉·买买提", "阿卜杜拉·买买提"),
    ],
)
def test_what_people_type_is_kept_in_one_form(word: str, typed: str, kept: str) -> None:
    assert FORMATS[word](typed) == kept
    assert FORMATS[word](kept) == kept


@pytest.mark.parametrize(
    ("word", "typed", "part_of_message"),
    [
        ("resident-id", "110105491231002", "15 位"),
        ("resident-id", "11010519490231002X", "出生日期"),
        ("resident-id", "99010519491231002X", "地区代码"),
        ("resident-id", "110105194912310021", "校验位"),
        ("resident-id", "1101051949123100", "18 位"),
        ("resident-id", "1101051949123100XX", "最后一位"),
        ("credit-code", "9111OOOO600037341L", "I、O、S、V、Z"),
        ("credit-code", "91110000600037341M", "校验位"),
        ("credit-code", "9111000060003734", "18 位"),
        ("cn-phone", "2222", "手机号码"),
        ("cn-phone", "23800138000", "手机号码"),
        ("email", "a@b", "邮箱"),
        ("date", "2026-02-29", "没有 2026 年 2 月 29 日"),
        ("date", "昨天", "年-月-日"),
        ("name", "赵", "2 至 100"),
        ("name", "<b>赵某某", "符号"),
        ("name", "赵\u202e某某", "控制字符"),
        ("name", "赵\x00某某", "控制字符"),
    ],
)
def test_a_broken_value_says_what_to_do(word: str, typed: str, part_of_message: str) -> None:
    with pytest.raises(FormatFault, match=part_of_message):
        FORMATS[word](typed)


@given(st.sampled_from(sorted(FORMATS)), st.text(max_size=40))
def test_no_text_breaks_a_format(word: str, typed: str) -> None:
    try:
        kept = FORMATS[word](typed)
    except FormatFault:
        return
    assert FORMATS[word](kept) == kept


def test_formats_stand_alone() -> None:
    for format_, bad in ((phone, "1"), (email, "1"), (real_date, "1"), (name, "")):
        with pytest.raises(FormatFault) as caught:
            format_(bad)
        assert caught.value.message


def test_strings_become_typed_answers() -> None:
    values, faults = validate(FOOD, FOOD_ANSWERS)
    assert faults == {}
    assert values["area"] == 86.5
    assert (values["seats"], values["food_staff"]) == (32, 1200)
    assert (values["hot_kitchen"], values["online_sale"]) == (True, False)
    assert values["business_scope"] == ["hot_food", "home_made_drinks"]
    assert check(FOOD, json.loads(json.dumps(values))) == {}


@pytest.mark.parametrize(
    ("code", "typed", "message"),
    [
        ("area", "", "请填写这一项。"),
        ("area", "很大", "请填写数字，如 86 或 86.5。"),
        ("area", "1e3", "请填写数字，如 86 或 86.5。"),
        ("area", "0.5", "不能小于 %(limit)s。"),
        ("seats", "3.5", "请填写整数。"),
        ("seats", "99999", "不能大于 %(limit)s。"),
        ("seats", ["1", "2"], "这一项只能有一个答案。"),
        ("hot_kitchen", "", "请选择一项。"),
        ("hot_kitchen", "maybe", "请选择“是”或“否”。"),
        ("premises_address", "路", "至少填写 %(limit)s 个字。"),
        ("premises_address", "路" * 121, "最多 %(limit)s 个字，现在是 %(count)s 个。"),
        ("premises_address", "示例县示例路\n1 号", "含有看不见的控制字符，请删去后重新输入。"),
        ("business_scope", "", "请选择一项。"),
        ("business_scope", ["opium"], "请从列出的选项中选择。"),
        ("business_scope", ["hot_food", "hot_food"], "同一选项只能选一次。"),
        ("food_safety_manager", "赵", "名称应为 2 至 100 个字，请填写与证件一致的全称。"),
        ("secret", "1", "表单没有“%(field)s”这一项，请刷新页面后重新填写。"),
    ],
)
def test_each_fault_stands_beside_its_field(code: str, typed: str | list[str], message: str) -> None:
    values, faults = validate(FOOD, {**FOOD_ANSWERS, code: typed})
    assert list(faults) == [code]
    found, params = faults[code]
    assert found == message
    assert found % params if params else found
    assert "secret" not in values


def test_all_faults_are_told_at_once() -> None:
    _, faults = validate(FOOD, {})
    assert set(faults) == {field.code for field in FOOD.fields if field.required}


def test_a_conditional_field_is_asked_only_where_its_condition_holds() -> None:
    answers = {
        "shop_name": "渝记小面馆（示例）", "area": "86", "premises_address": "示例县示例路 18 号",
        "person_in_charge": "赵某某（示例）", "building_storeys": "3", "exits": "2", "fire_facilities": "hydrant",
    }  # fmt: skip
    _, with_gas = validate(FIRE, {**answers, "gas": "true"})
    values, without = validate(FIRE, {**answers, "gas": "false", "gas_kind": "piped"})
    assert list(with_gas) == ["gas_kind"]
    assert without == {}
    assert "gas_kind" not in values
    assert values["fire_facilities"] == ["hydrant"]


@given(st.dictionaries(st.sampled_from([field.code for field in FOOD.fields]), st.text(max_size=30)))
def test_no_input_breaks_the_form(raw: dict[str, str]) -> None:
    values, faults = validate(FOOD, raw)
    assert set(values).isdisjoint(faults) or all(faults[code][0] for code in faults)
    assert json.loads(json.dumps(values)) == values
    fields_for(FOOD, raw, faults)


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.code)
def test_every_form_is_a_json_schema_and_survives_storage(form: Form) -> None:
    Draft202012Validator.check_schema(form.json_schema())
    assert Form.from_json(json.loads(json.dumps(form.to_json()))) == form
    assert form.ui_schema()["order"] == [field.code for field in form.fields]


def test_a_shared_field_is_asked_once_and_by_the_strictest() -> None:
    lenient = replace(FIRE, fields=tuple(replace(field, required=False) for field in FIRE.fields))
    both = union("joint", {"fire": lenient, "food": FOOD})
    codes = [field.code for field in both.fields]
    assert len(codes) == len(set(codes))
    shop, exits = both.field("shop_name"), both.field("exits")
    assert shop
    assert shop.required
    assert shop.askers == {"fire": False, "food": True}
    assert exits
    assert not exits.required
    narrowed = both.narrowed(["fire"])
    assert {field.code for field in narrowed.fields} == {field.code for field in FIRE.fields}
    assert not any(field.required for field in narrowed.fields)
    assert {group.code for group in narrowed.groups} == {group.code for group in FIRE.groups}


def test_one_code_with_two_meanings_is_refused() -> None:
    other = replace(
        FIRE, fields=tuple(replace(f, schema={"type": "integer", "minimum": 0}) for f in FIRE.fields)
    )
    with pytest.raises(FormFileError) as caught:
        union("joint", {"food": FOOD, "fire": other})
    assert {conflict.field for conflict in caught.value.conflicts} >= {"area", "shop_name"}
    assert caught.value.conflicts[0].forms == ("food", "fire")


def test_the_page_gets_everything_it_needs() -> None:
    faults: Faults = {"area": ("请填写数字，如 86 或 86.5。", {})}
    groups = fields_for(FOOD, {**FOOD_ANSWERS, "area": "很大"}, faults)
    drawn = {field.name: field for group in groups for field in group.fields}
    assert list(drawn) == [
        field.code for group in FOOD.groups for field in FOOD.fields if field.group == group.code
    ]
    area, scope, kitchen = drawn["area"], drawn["business_scope"], drawn["hot_kitchen"]
    assert (area.value, area.fault, area.described_by) == ("很大", faults["area"], "field-area-fault")
    assert area.attributes["inputmode"] == "decimal"
    assert [choice.value for choice in scope.choices if choice.chosen] == ["hot_food", "home_made_drinks"]
    assert [choice.value for choice in kitchen.choices if choice.chosen] == ["true"]
    assert drawn["shop_name"].described_by == "field-shop_name-help"
    ids = [field.id for field in drawn.values()]
    assert len(ids) == len(set(ids))


def test_typed_answers_are_drawn_as_they_were_typed() -> None:
    values, _ = validate(FOOD, FOOD_ANSWERS)
    drawn = {field.name: field for group in fields_for(FOOD, values, {}) for field in group.fields}
    raw = {code: [c.value for c in f.choices if c.chosen] or f.value for code, f in drawn.items()}
    assert validate(FOOD, raw) == (values, {})


def test_answers_in_words() -> None:
    values, _ = validate(FOOD, FOOD_ANSWERS)
    words = {field.code: text_of(field, values.get(field.code)) for field in FOOD.fields}
    assert words["business_scope"] == {
        "zh": "热食类食品制售；自制饮品制售",
        "en": "Hot food made and sold; Drinks made and sold",
    }
    assert words["hot_kitchen"]["zh"] == "是"
    assert words["area"]["zh"] == "86.5 平方米"
    assert text_of(FOOD.fields[0], None)["zh"] == ""
