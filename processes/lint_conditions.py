"""Rules on gateways and the conditions on their flows."""

import ast
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Final

from lxml import etree

from approvals.messages import N_

from . import expressions, overlap
from .fault import Fault
from .model import Model
from .safe_xml import BPMN, local

CONDITION: Final = f"{{{BPMN}}}conditionExpression"


def _misplaced(model: Model) -> Iterator[Fault]:
    """A condition anywhere but behind an exclusive gateway is silently ignored."""
    for flow in model.flows:
        source = model.nodes.get(flow.get("sourceRef", ""))
        if source is None or flow.find(CONDITION) is None:
            continue
        if local(source) != "exclusiveGateway":
            yield model.fault(
                flow, N_("条件不在排他网关之后，会被忽略"), N_("请在前面加排他网关，或删除条件")
            )
        elif source.get("default") == flow.get("id"):
            yield model.fault(flow, N_("默认流上的条件会被忽略"), N_("请删除条件，或另选默认流"))


def _well_formed(model: Model) -> Iterator[Fault]:
    """The expression itself, and the facts it reads."""
    for flow in model.flows:
        element = flow.find(CONDITION)
        if element is None:
            continue
        if element.get("language"):
            yield model.fault(
                flow, N_("条件指定了其他语言"), N_("请删除 language，写成如 outcome == 'granted'")
            )
        try:
            unknown = expressions.names(_text(element)) - model.facts
        except expressions.ExpressionError as error:
            mend = N_("请写成如 outcome == 'granted' 的简单比较")
            yield model.fault(flow, N_("条件不能使用：%(detail)s"), mend, detail=error.params["problem"])
            continue
        for name in sorted(unknown):
            yield model.fault(
                flow,
                N_("条件读取了未知的变量“%(fact)s”"),
                N_("只能读取：%(known)s"),
                fact=name,
                known="、".join(sorted(model.facts)),
            )
        if not isinstance(
            expressions.parse(_text(element)), ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Name
        ):
            yield model.fault(
                flow, N_("条件的结果不是“是”或“否”"), N_("请写成如 outcome == 'granted' 的比较")
            )


def _exclusive(model: Model) -> Iterator[Fault]:
    """An exclusive gateway must always find a way, and never two."""
    for gateway in model.of_kind("exclusiveGateway"):
        flows = model.outgoing(gateway)
        default = gateway.get("default")
        if default is not None and default not in {flow.get("id") for flow in flows}:
            yield model.fault(gateway, N_("默认流不是它的去向"), N_("请重新选择默认流"))
        if len(flows) < 2:  # a gateway that only joins
            continue
        conditions = {flow: _condition(flow) for flow in flows if flow.get("id") != default}
        for flow, condition in conditions.items():
            if condition is None:
                yield model.fault(flow, N_("网关之后的顺序流没有条件"), N_("请写上条件，或设为默认流"))
        written = [condition for condition in conditions.values() if condition is not None]
        if _readable(written):
            if default is None:
                yield from _not_certain(model, gateway, written)
            yield from _ambiguous(model, gateway, written)


def _not_certain(model: Model, gateway: etree._Element, conditions: list[str]) -> Iterator[Fault]:
    try:
        gap = overlap.none_holds(conditions)
    except overlap.Undecidable:
        gap = {}
    if gap is not None:
        yield model.fault(
            gateway, N_("没有默认流，条件又未必总有一个成立"), N_("请设一条默认流，最好是不利后果最小的一条")
        )


def _ambiguous(model: Model, gateway: etree._Element, conditions: list[str]) -> Iterator[Fault]:
    """Of two true conditions the engine takes the flow whose target stands higher on the diagram."""
    for left, right in combinations(conditions, 2):
        try:
            clash = overlap.both_hold(left, right)
        except overlap.Undecidable:
            clash = {}
        if clash is not None:
            yield model.fault(
                gateway,
                N_("条件“%(left)s”与“%(right)s”可能同时成立，去向会取决于图上的位置"),
                N_("请改成互不重叠的比较"),
                left=left,
                right=right,
            )


def _condition(flow: etree._Element) -> str | None:
    element = flow.find(CONDITION)
    return None if element is None else _text(element)


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()


def _readable(conditions: list[str]) -> bool:
    try:
        for condition in conditions:
            expressions.parse(condition)
    except expressions.ExpressionError:
        return False
    return True


RULES: Final[tuple[Callable[[Model], Iterator[Fault]], ...]] = (_misplaced, _well_formed, _exclusive)
