"""The only evaluator of conditions: gateways, decision tables, nothing else runs text from a diagram.

A condition is a Python expression over flat facts, walked node by node over a short allow-list. There is no call,
no attribute, no subscript, no comprehension, no lambda, so there is nothing to escape with; length, depth and the
size of numbers are capped, so there is nothing to exhaust.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias, cast

from approvals.errors import DomainError
from approvals.messages import N_

MAX_LENGTH: Final = 300
MAX_DEPTH: Final = 12
MAX_NUMBER: Final = 10**12

Value: TypeAlias = "str | int | float | bool | tuple[Value, ...] | None"

# The words of FEEL, which modelers write for the constants.
CONSTANTS: Final[dict[str, Value]] = {"true": True, "false": False, "null": None}

COMPARISONS: Final[dict[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
ARITHMETIC: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class ExpressionError(DomainError):
    """A condition that is not allowed, or that cannot be decided from the facts at hand."""

    message = N_("条件“%(expression)s”不能使用：%(problem)s。")
    status = 422


def evaluate(expression: str, facts: Mapping[str, Value]) -> Value:
    """The value of ``expression`` over ``facts``; raises ``ExpressionError``."""
    tree = parse(expression)
    try:
        return _value(tree, facts)
    except _Refused as refused:
        raise ExpressionError(expression=expression, problem=refused.text()) from refused
    except (TypeError, ZeroDivisionError, OverflowError) as error:
        raise ExpressionError(expression=expression, problem=N_("数据类型不符或除数为零")) from error


@lru_cache(maxsize=1024)
def parse(expression: str) -> ast.expr:
    """The checked tree of ``expression``; raises ``ExpressionError`` for anything off the allow-list."""
    if len(expression) > MAX_LENGTH:
        raise ExpressionError(expression=expression[:40] + "…", problem=N_("超过 300 个字符"))
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ExpressionError(expression=expression, problem=N_("写法有误")) from error
    try:
        _check(tree, MAX_DEPTH)
    except _Refused as refused:
        raise ExpressionError(expression=expression, problem=refused.text()) from refused
    return tree


def names(expression: str) -> frozenset[str]:
    """The facts that ``expression`` reads; raises ``ExpressionError``."""
    found = {node.id for node in ast.walk(parse(expression)) if isinstance(node, ast.Name)}
    return frozenset(found - CONSTANTS.keys())


class _Refused(Exception):
    """Why one node is refused; carries the message id and its parameters."""

    def __init__(self, message: str, **params: object) -> None:
        self.message = message
        self.params = params
        super().__init__(message)

    def text(self) -> str:
        return self.message % self.params if self.params else self.message


def _check(node: ast.expr, depth: int) -> None:
    """Walk the tree before it is ever evaluated."""
    if depth == 0:
        raise _Refused(N_("嵌套过深"))
    if type(node) not in EVALUATORS:
        raise _Refused(N_("不允许使用“%(kind)s”"), kind=type(node).__name__)
    checker = CHECKERS.get(type(node))
    if checker is not None:
        checker(node)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            _check(child, depth - 1)


def _check_constant(node: ast.Constant) -> None:
    value = node.value
    if value is not None and not isinstance(value, str | int | float):
        raise _Refused(N_("不允许使用“%(kind)s”"), kind=type(value).__name__)
    if isinstance(value, int | float) and abs(value) > MAX_NUMBER:
        raise _Refused(N_("数字过大"))


def _check_name(node: ast.Name) -> None:
    if node.id.startswith("_"):
        raise _Refused(N_("名称“%(name)s”不允许"), name=node.id)


def _check_compare(node: ast.Compare) -> None:
    for op, operand in zip(node.ops, node.comparators, strict=True):
        if type(op) not in COMPARISONS:
            raise _Refused(N_("只能使用 == != < <= > >= in not in"))
        if isinstance(op, ast.In | ast.NotIn) and not isinstance(operand, ast.Tuple | ast.List):
            raise _Refused(N_("in 的右边必须是写明的列表"))


def _check_arithmetic(node: ast.BinOp) -> None:
    if type(node.op) not in ARITHMETIC:
        raise _Refused(N_("只能使用 + - * /"))


def _check_unary(node: ast.UnaryOp) -> None:
    if not isinstance(node.op, ast.Not | ast.USub | ast.UAdd):
        raise _Refused(N_("只能使用 not 和正负号"))


def _value(node: ast.expr, facts: Mapping[str, Value]) -> Value:
    return EVALUATORS[type(node)](node, facts)


def _constant(node: ast.Constant, _facts: Mapping[str, Value]) -> Value:
    value: Any = node.value
    return cast("Value", value)


def _fact(node: ast.Name, facts: Mapping[str, Value]) -> Value:
    for known in (facts, CONSTANTS):
        if node.id in known:
            return known[node.id]
    raise _Refused(N_("缺少“%(name)s”"), name=node.id)


def _tuple(node: ast.Tuple | ast.List, facts: Mapping[str, Value]) -> Value:
    return tuple(_value(element, facts) for element in node.elts)


def _logic(node: ast.BoolOp, facts: Mapping[str, Value]) -> Value:
    test = all if isinstance(node.op, ast.And) else any
    return test(_truth(value, facts) for value in node.values)


def _unary(node: ast.UnaryOp, facts: Mapping[str, Value]) -> Value:
    if isinstance(node.op, ast.Not):
        return not _truth(node.operand, facts)
    sign = ast.Sub if isinstance(node.op, ast.USub) else ast.Add
    return _number(0, sign, _value(node.operand, facts))


def _arithmetic(node: ast.BinOp, facts: Mapping[str, Value]) -> Value:
    return _number(_value(node.left, facts), type(node.op), _value(node.right, facts))


def _truth(node: ast.expr, facts: Mapping[str, Value]) -> bool:
    """A condition's operand must be a truth value: ``'no'`` is not silently true."""
    value = _value(node, facts)
    if not isinstance(value, bool):
        raise _Refused(N_("and、or、not 只能连接是或否"))
    return value


def _number(left: Value, op: type[ast.operator], right: Value) -> Value:
    for operand in (left, right):
        if isinstance(operand, bool) or not isinstance(operand, int | float):
            raise _Refused(N_("只能对数字做运算"))
    result: int | float = ARITHMETIC[op](left, right)
    if abs(result) > MAX_NUMBER:
        raise _Refused(N_("数字过大"))
    return result


def _compare(node: ast.Compare, facts: Mapping[str, Value]) -> bool:
    left = _value(node.left, facts)
    for op, operand in zip(node.ops, node.comparators, strict=True):
        right = _value(operand, facts)
        if not COMPARISONS[type(op)](left, right):
            return False
        left = right
    return True


CHECKERS: Final[dict[type[ast.expr], Callable[[Any], None]]] = {
    ast.Constant: _check_constant,
    ast.Name: _check_name,
    ast.Compare: _check_compare,
    ast.BinOp: _check_arithmetic,
    ast.UnaryOp: _check_unary,
}
# The allow-list itself: a node that is not here is refused by ``_check``.
EVALUATORS: Final[dict[type[ast.expr], Callable[[Any, Mapping[str, Value]], Value]]] = {
    ast.Constant: _constant,
    ast.Name: _fact,
    ast.Tuple: _tuple,
    ast.List: _tuple,
    ast.BoolOp: _logic,
    ast.UnaryOp: _unary,
    ast.BinOp: _arithmetic,
    ast.Compare: _compare,
}
