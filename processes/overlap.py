"""Can two conditions hold at once? Do some conditions cover everything? Decided by trying every critical value.

A condition that only compares facts with constants changes its truth nowhere but at those constants. So it is enough
to try each constant, a value between any two neighbours, and one value beyond. Arithmetic and comparisons of two
facts are not decided; the caller is told and refuses them.
"""

import ast
from collections.abc import Iterable, Iterator
from itertools import pairwise, product
from typing import Final

from . import expressions
from .expressions import Value

MAX_TRIES: Final = 20_000
OTHER: Final = "(other)"


class Undecidable(Exception):
    """The conditions are too clever for the test."""


def both_hold(left: str, right: str) -> dict[str, Value] | None:
    """Facts under which both conditions hold, or None; raises ``Undecidable``."""
    return next((case for case in _cases((left, right)) if _holds(left, case) and _holds(right, case)), None)


def none_holds(conditions: Iterable[str]) -> dict[str, Value] | None:
    """Facts under which no condition holds, or None when they cover everything; raises ``Undecidable``."""
    every = tuple(conditions)
    return next((case for case in _cases(every) if not any(_holds(each, case) for each in every)), None)


def _cases(conditions: tuple[str, ...]) -> Iterator[dict[str, Value]]:
    """Every combination of critical values of the facts the conditions read."""
    constants: dict[str, set[Value]] = {}
    for condition in conditions:
        _collect(expressions.parse(condition), constants)
    names = sorted(constants)
    values = [_critical(constants[name]) for name in names]
    tries = 1
    for column in values:
        tries *= len(column)
    if tries > MAX_TRIES:
        raise Undecidable
    return (dict(zip(names, combination, strict=True)) for combination in product(*values))


def _holds(condition: str, facts: dict[str, Value]) -> bool:
    try:
        return expressions.evaluate(condition, facts) is True
    except expressions.ExpressionError as error:
        raise Undecidable from error


def _collect(node: ast.expr, constants: dict[str, set[Value]]) -> None:
    """Note which constants each fact is compared with."""
    match node:
        case ast.BoolOp(values=values):
            for value in values:
                _collect(value, constants)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            _collect(operand, constants)
        case ast.Name(id=name) if name not in expressions.CONSTANTS:
            constants.setdefault(name, set()).update((True, False))
        case ast.Compare(left=left, comparators=right):
            _collect_comparison([left, *right], constants)
        case ast.Constant() | ast.Name():
            pass
        case _:
            raise Undecidable


def _collect_comparison(operands: list[ast.expr], constants: dict[str, set[Value]]) -> None:
    names = [
        node.id for node in operands if isinstance(node, ast.Name) and node.id not in expressions.CONSTANTS
    ]
    if len(names) > 1:
        raise Undecidable
    found: set[Value] = set()
    for operand in operands:
        if isinstance(operand, ast.Name) and operand.id in names:
            continue
        try:
            value = expressions.evaluate(ast.unparse(operand), {})
        except expressions.ExpressionError as error:
            raise Undecidable from error
        found |= set(value) if isinstance(value, tuple) else {value}
    for name in names:
        constants.setdefault(name, set()).update(found)


def _critical(constants: set[Value]) -> list[Value]:
    """The constants, and one value between and beyond them; for truth values simply both."""
    if any(isinstance(value, bool) for value in constants):
        return [True, False]
    values: list[Value] = list(constants)
    numbers = sorted(value for value in constants if isinstance(value, int | float))
    if numbers:
        values += [numbers[0] - 1, numbers[-1] + 1]
        values += [(low + high) / 2 for low, high in pairwise(numbers)]
    if any(isinstance(value, str) for value in constants):
        values.append(OTHER)
    return values
