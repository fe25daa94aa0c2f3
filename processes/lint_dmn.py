"""Rules for DMN files: one table, simple cells, a hit policy the engine really follows."""

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Final

from lxml import etree

from approvals.messages import N_

from . import expressions, overlap
from .decisions import TYPES
from .fault import Fault
from .safe_xml import NAMESPACES, local

HIT_POLICIES: Final = ("UNIQUE", "COLLECT")
OPERATORS: Final = ("<", ">", "==", "!=")
SAMPLES: Final[dict[str, expressions.Value]] = {"number": 1, "boolean": True, "string": "a"}
DECISION_PARTS: Final = frozenset({"decisionTable", "variable", "description", "question", "allowedAnswers"})
CELL_MEND: Final = N_("请写成 >= 100、'文字'、true、-，列表写成 ? in (1, 2)")


def faults(root: etree._Element) -> list[Fault]:
    """All faults of a DMN file."""
    decisions = root.findall("dmn:decision", NAMESPACES)
    if len(decisions) != 1:
        return [Fault(root.get("id", ""), "", N_("文件中不是恰好一个决策"), N_("请每个文件只画一个决策"))]
    table = decisions[0].find("dmn:decisionTable", NAMESPACES)
    foreign = [element for element in decisions[0] if local(element) not in DECISION_PARTS]
    if table is None or foreign:
        return [_fault(decisions[0], N_("决策不是单独的一张决策表"), N_("请改为一张不依赖其他决策的决策表"))]
    found = [fault for rule in RULES for fault in rule(table)]
    return found or list(_overlapping(table))


def _shape(table: etree._Element) -> Iterator[Fault]:
    policy = table.get("hitPolicy", "UNIQUE").upper()
    if policy not in HIT_POLICIES:
        yield _fault(
            table,
            N_("命中策略“%(policy)s”不被遵守，引擎只取第一行"),
            N_("请改用 UNIQUE 或 COLLECT"),
            policy=policy,
        )
    if table.get("aggregation"):
        yield _fault(table, N_("聚合会被忽略"), N_("请删除聚合，使用 COLLECT"))
    for element in table:
        if local(element) not in {"input", "output", "rule"}:
            yield _fault(element, N_("不支持“%(tag)s”"), N_("请删除"), tag=local(element))
    if len(table.findall("dmn:output", NAMESPACES)) != 1:
        yield _fault(table, N_("输出列不是恰好一列"), N_("请只保留一个输出列"))


def _columns(table: etree._Element) -> Iterator[Fault]:
    for column in table.findall("dmn:input", NAMESPACES):
        if not _name(column).isidentifier():
            yield _fault(column, N_("输入不是一个变量名"), N_("请只写一个答案的代码，如 area"))
        if _type(column) not in TYPES:
            yield _fault(column, N_("输入没有类型"), N_("类型请选 number、boolean 或 string"))


def _rows(table: etree._Element) -> Iterator[Fault]:
    columns = table.findall("dmn:input", NAMESPACES)
    for rule in table.findall("dmn:rule", NAMESPACES):
        if not rule.findtext("dmn:description", "", NAMESPACES).strip():
            yield _fault(rule, N_("规则没有写理由"), N_("请在说明栏写明为什么，会给申请人看"))
        entries = rule.findall("dmn:inputEntry", NAMESPACES)
        if len(entries) != len(columns):
            yield _fault(rule, N_("格数与输入列数不符"), N_("请在设计器中重新填写这一行"))
            continue
        for column, entry in zip(columns, entries, strict=True):
            yield from _cell(column, entry)
        for output in rule.findall("dmn:outputEntry", NAMESPACES):
            yield from _output(output)


def _cell(column: etree._Element, entry: etree._Element) -> Iterator[Fault]:
    condition = _condition(column, entry)
    if condition is None or _type(column) not in SAMPLES:
        return
    try:
        foreign = expressions.names(condition) - {_name(column)}
        result = expressions.evaluate(condition, {_name(column): SAMPLES[_type(column)]})
    except expressions.ExpressionError as error:
        yield _fault(entry, N_("格内的写法不能使用：%(detail)s"), CELL_MEND, detail=error.params["problem"])
        return
    if foreign or not isinstance(result, bool) or ("(" in _text(entry) and "?" not in _text(entry)):
        yield _fault(entry, N_("格内不是与本列的简单比较"), CELL_MEND)


def _output(entry: etree._Element) -> Iterator[Fault]:
    try:
        value = expressions.evaluate(_text(entry), {})
    except expressions.ExpressionError:
        value = None
    if not isinstance(value, str) or not value:
        yield _fault(entry, N_("输出不是一段文字"), N_('请写成带引号的代码，如 "shop_sign"'))


def _overlapping(table: etree._Element) -> Iterator[Fault]:
    """Of two rows that both match, a UNIQUE table silently gives the first."""
    if table.get("hitPolicy", "UNIQUE").upper() != "UNIQUE":
        return
    columns = table.findall("dmn:input", NAMESPACES)
    rules = [(rule, _row(columns, rule)) for rule in table.findall("dmn:rule", NAMESPACES)]
    for (first, left), (second, right) in combinations(rules, 2):
        if _clash(left, right):
            yield _fault(
                second,
                N_("与规则“%(other)s”可能同时命中，或无法判断是否重叠"),
                N_("请改成互不重叠的简单比较，或把命中策略改为 COLLECT"),
                other=first.get("id"),
            )


def _clash(left: str | None, right: str | None) -> bool:
    """Whether both rows can match; a row without a condition always does."""
    if left is None or right is None:
        return True
    try:
        return overlap.both_hold(left, right) is not None
    except (overlap.Undecidable, expressions.ExpressionError):
        return True


def _row(columns: list[etree._Element], rule: etree._Element) -> str | None:
    entries = rule.findall("dmn:inputEntry", NAMESPACES)
    cells = [_condition(column, entry) for column, entry in zip(columns, entries, strict=True)]
    return " and ".join(f"({cell})" for cell in cells if cell is not None) or None


def _condition(column: etree._Element, entry: etree._Element) -> str | None:
    """The whole comparison a cell stands for; None for a cell that does not matter."""
    text, name = _text(entry), _name(column)
    if text in {"", "-"}:
        return None
    if "?" in text:
        return text.replace("?", name)
    return f"{name} {text}" if text.startswith(OPERATORS) else f"{name} == {text}"


def _name(column: etree._Element) -> str:
    return column.findtext("dmn:inputExpression/dmn:text", "", NAMESPACES).strip()


def _type(column: etree._Element) -> str:
    expression = column.find("dmn:inputExpression", NAMESPACES)
    return "" if expression is None else expression.get("typeRef", "")


def _text(entry: etree._Element) -> str:
    return entry.findtext("dmn:text", "", NAMESPACES).strip()


def _fault(element: etree._Element, problem: str, mend: str, **params: object) -> Fault:
    return Fault(
        element.get("id", local(element)),
        element.get("label", element.get("name", "")),
        problem,
        mend,
        params,
    )


RULES: Final[tuple[Callable[[etree._Element], Iterator[Fault]], ...]] = (_shape, _columns, _rows)
