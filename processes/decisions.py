"""Decision tables (DMN): which parts a joint case needs, and why, in the words of the table.

SpiffWorkflow's DMN engine does two hit policies right, UNIQUE and COLLECT without an aggregation (measured on
3.2.0); the linter refuses the others. COLLECT may name a part in several rows: each row gives one reason for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Final, cast

from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.parser.DMNParser import DMNParser
from SpiffWorkflow.dmn.specs.model import DecisionTable

from approvals.errors import DomainError
from approvals.messages import N_

from . import expressions, safe_xml
from .safe_xml import DMN

FOLDER: Final = Path(__file__).parent / "dmn"
TYPES: Final[dict[str, tuple[type, ...]]] = {
    "number": (int, float, Decimal),
    "boolean": (bool,),
    "string": (str,),
}


class NoSuchDecision(DomainError):
    """No decision table of this name."""

    message = N_("没有名为“%(name)s”的决策表。")
    status = 422


class AnswerMissing(DomainError):
    """An answer the decision table reads was not given, or not in the right form."""

    message = N_("请先填写“%(label)s”，才能确定涉及哪些单项。")
    status = 422


@dataclass(frozen=True)
class Selected:
    """One part a case needs; ``why`` are the reasons, in Chinese, in the order of the table."""

    part: str
    why: tuple[str, ...]


def select_parts(dmn_id: str, answers: Mapping[str, object]) -> tuple[Selected, ...]:
    """The parts that ``answers`` call for, in the order of the table.

    Raises ``NoSuchDecision``, and ``AnswerMissing`` when an input has no answer of its type. Answers the table does
    not read are ignored.
    """
    table = _table(dmn_id)
    task = SimpleNamespace(data=_inputs(table, answers), workflow=SimpleNamespace(script_engine=_Cells()))
    reasons: dict[str, list[str]] = {}
    for rule in DMNEngine(table).decide(task):
        reasons.setdefault(rule.output_as_dict(task)["part"], []).append(rule.description)
    return tuple(Selected(part, tuple(why)) for part, why in reasons.items())


def inputs(dmn_id: str) -> tuple[str, ...]:
    """The answers a decision reads; raises ``NoSuchDecision``."""
    return tuple(column.expression for column in _table(dmn_id).inputs)


@lru_cache(maxsize=16)
def _table(dmn_id: str) -> DecisionTable:
    path = FOLDER / f"{dmn_id}.dmn"
    if path.parent != FOLDER or not path.is_file():
        raise NoSuchDecision(name=dmn_id)
    parser = DMNParser(None, safe_xml.read(path.read_bytes()), {"dmn": DMN}, filename=path.name)
    parser.parse()
    return parser.decision.decisionTables[0]


def _inputs(table: DecisionTable, answers: Mapping[str, object]) -> dict[str, expressions.Value]:
    """Only what the table reads, each of the type its column declares."""
    found: dict[str, expressions.Value] = {}
    for column in table.inputs:
        value = answers.get(column.expression)
        wanted = TYPES.get(column.typeRef, ())
        if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
            raise AnswerMissing(label=column.label)
        found[column.expression] = (
            float(value) if isinstance(value, Decimal) else cast("expressions.Value", value)
        )
    return found


class _Cells:
    """What the DMN engine asks of a script engine, answered by the safe evaluator."""

    @staticmethod
    def evaluate(
        task: SimpleNamespace,
        expression: str,
        external_context: Mapping[str, expressions.Value] | None = None,
    ) -> expressions.Value:
        return expressions.evaluate(expression, {**task.data, **(external_context or {})})

    @staticmethod
    def validate(expression: str) -> None:
        """Raise ``SyntaxError``: by it the DMN engine tells ``>= 100`` from a whole expression."""
        try:
            expressions.parse(expression)
        except expressions.ExpressionError as error:
            raise SyntaxError(expression) from error
