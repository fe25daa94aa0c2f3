"""The decision table of the restaurant, and the tables the engine would misread."""

from decimal import Decimal

import pytest

from processes import decisions, lint
from processes.decisions import Selected, select_parts

COFFEE_BAR = {"seats": 12, "area": 40, "gas": False, "sign": True, "hot_kitchen": False}
HOT_POT = {"seats": 120, "area": Decimal(300), "gas": True, "sign": True, "hot_kitchen": True}


def codes(**changes: object) -> list[str]:
    return [selected.part for selected in select_parts("restaurant_parts", COFFEE_BAR | changes)]


def test_a_coffee_bar_needs_fewer_departments_than_a_hot_pot():
    assert codes() == ["business_licence_check", "food_licence", "shop_sign"]
    assert codes(**HOT_POT) == [
        "business_licence_check",
        "food_licence",
        "fire_inspection",
        "shop_sign",
        "drainage_permit",
    ]


@pytest.mark.parametrize(
    ("changes", "opened"),
    [
        ({"seats": 49}, set()),
        ({"seats": 50}, {"fire_inspection"}),
        ({"area": 99.5}, set()),
        ({"area": 100}, {"fire_inspection", "drainage_permit"}),
        ({"gas": True}, {"fire_inspection", "drainage_permit"}),
        ({"hot_kitchen": True}, {"drainage_permit"}),
    ],
)
def test_each_condition_at_its_edge(changes, opened):
    assert set(codes(**changes)) - set(codes()) == opened


def test_without_a_sign_there_is_no_sign_permit():
    assert "shop_sign" not in codes(sign=False)


def test_each_part_says_why_in_the_words_of_the_table():
    parts = select_parts("restaurant_parts", COFFEE_BAR | {"seats": 60, "gas": True})
    assert parts[2] == Selected("fire_inspection", ("座位 50 个以上", "使用燃气"))


@pytest.mark.parametrize(
    "changes", [{"seats": None}, {"seats": "12"}, {"seats": True}, {"gas": 1}, {"gas": "no"}]
)
def test_a_missing_answer_is_asked_for_by_its_label(changes):
    with pytest.raises(decisions.AnswerMissing, match=r"座位数|燃气"):
        codes(**changes)


@pytest.mark.parametrize("name", ["missing", "../bpmn/joint", ""])
def test_an_unknown_table_is_named(name):
    with pytest.raises(decisions.NoSuchDecision):
        select_parts(name, COFFEE_BAR)


def test_the_answers_a_table_reads():
    assert decisions.inputs("restaurant_parts") == ("seats", "area", "gas", "sign", "hot_kitchen")


def table(
    *cells: str,
    policy: str = "UNIQUE",
    output: str = '"a"',
    kind: str = "number",
    extra: str = "",
    why: str = "因为",
) -> bytes:
    rules = "".join(
        f'<rule id="r{row}"><description>{why}</description><inputEntry id="i{row}"><text>'
        f"{cell.replace('&', '&amp;').replace('<', '&lt;')}</text></inputEntry>"
        f'<outputEntry id="o{row}"><text>{output}</text></outputEntry></rule>'
        for row, cell in enumerate(cells)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="n" namespace="x">'
        f'<decision id="t"><decisionTable id="dt" hitPolicy="{policy}"{extra}><input id="c"><inputExpression id="x" '
        f'typeRef="{kind}"><text>area</text></inputExpression></input><output id="o" name="part"/>{rules}'
        "</decisionTable></decision></definitions>"
    ).encode()


@pytest.mark.parametrize(
    "cells", [("< 100", ">= 100"), ("1", "2"), ("? in (1, 2)", "> 2"), ("-",), ("0 < ? < 5",)]
)
def test_good_unique_tables_pass(cells):
    assert lint.check(table(*cells), "x.dmn", steps=()) == []


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        (table("< 100", "<= 100"), "同时命中"),
        (table("-", "1"), "同时命中"),
        (table("1", "1"), "同时命中"),
        (table("? + 1 > 3", "1"), "同时命中"),
        (table("1", policy="FIRST"), "不被遵守"),
        (table("1", policy="ANY"), "不被遵守"),
        (table("1", policy="PRIORITY"), "不被遵守"),
        (table("1", policy="RULE ORDER"), "不被遵守"),
        (table("1", policy="OUTPUT ORDER"), "不被遵守"),
        (table("1", policy="COLLECT", extra=' aggregation="SUM"'), "聚合"),
        (table("1, 2"), "格内"),
        (table("in (1, 2)"), "格内"),
        (table("not(1)"), "格内"),
        (table("[1..5]"), "格内"),
        (table("> other"), "格内"),
        (table("open('x')"), "格内"),
        (table("> 'x'"), "格内"),
        (table("1", output="part"), "输出"),
        (table("1", output="open('x')"), "输出"),
        (table("1", kind=""), "类型"),
        (table("1", why=""), "理由"),
        (table("1").replace(b"<text>area</text>", b"<text>area.real</text>"), "变量名"),
        (table("1").replace(b"</decisionTable>", b"</decisionTable><literalExpression/>"), "决策表"),
        (table("1").replace(b"</decision>", b'</decision><decision id="u"/>'), "恰好一个"),
    ],
)
def test_a_table_the_engine_would_misread_is_refused(xml, says):
    found = [fault.line() for fault in lint.check(xml, "x.dmn", steps=())]
    assert any(says in line for line in found), found


def test_overlapping_rows_are_fine_where_all_of_them_count():
    assert lint.check(table("> 1", "> 2", policy="COLLECT"), "x.dmn", steps=()) == []
