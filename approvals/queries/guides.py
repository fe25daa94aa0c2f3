"""The public catalogue: one item with everything its parts ask for (行政许可法 30)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import Form

from .. import catalogue
from ..catalogue import ChecklistLine, Item, UnknownItem
from ..item_definition import Basis, Fee
from ..tables import Department, ServiceItem


@dataclass(frozen=True)
class Guide:
    """What is made public of one item.

    ``conditional`` are materials only some situations need; ``askers`` name the part that asks, by item
    code; ``form`` is what the application asks, all situations together.
    """

    row: ServiceItem
    item: Item
    parts: Sequence[ServiceItem]
    materials: Sequence[ChecklistLine]
    conditional: frozenset[str]
    askers: Mapping[str, dict[str, Any]]
    form: Form
    fees: Sequence[Fee]
    bases: Sequence[Basis]
    departments: Sequence[Department]


def guide(session: Session, code: str) -> Guide:
    """The item offered under this code; raises ``UnknownItem``."""
    row = catalogue.current(session, code)
    if not row.offered:
        raise UnknownItem(code=code[:60])
    item = catalogue.item_of(row)
    wanted = [part.item for part in item.parts]
    rows = session.scalars(
        select(ServiceItem).where(ServiceItem.code.in_(wanted), ServiceItem.active)
    ).all() if wanted else []  # fmt: skip
    parts = sorted(rows, key=lambda part: wanted.index(part.code))
    askers = [item, *(catalogue.item_of(part) for part in parts)]
    return Guide(
        row=row,
        item=item,
        parts=parts,
        materials=_materials(askers),
        conditional=_conditional(askers),
        askers={part.code: part.name for part in parts},
        form=Form.from_json(catalogue.form_of(session, row).definition),
        fees=list({fee.code: fee for asker in askers for fee in asker.fees}.values()),
        bases=list({basis.zh: basis for asker in askers for basis in asker.basis}.values()),
        departments=list({part.department.code: part.department for part in (row, *parts)}.values()),
    )


def _materials(askers: Sequence[Item]) -> tuple[ChecklistLine, ...]:
    """All materials any situation can ask for, each once."""
    first, *others = [
        replace(asker, materials=tuple(replace(material, when=None) for material in asker.materials))
        for asker in askers
    ]
    return catalogue.checklist(first, others, {})


def _conditional(askers: Sequence[Item]) -> frozenset[str]:
    """Materials that everybody who asks for them asks for only in some situations."""
    materials = [material for asker in askers for material in asker.materials]
    always = {material.code for material in materials if material.when is None}
    return frozenset(material.code for material in materials) - always


def offered(session: Session, text: str) -> list[ServiceItem]:
    """The offered items that match name, pinyin or code; all for an empty text."""
    return catalogue.search(session, text[:80])


def grouped(rows: Sequence[ServiceItem]) -> list[tuple[dict[str, Any], list[ServiceItem]]]:
    """Joint matters first, then by department in the order of their codes."""
    groups: dict[str, tuple[dict[str, Any], list[ServiceItem]]] = {}
    for row in sorted(rows, key=lambda row: (row.kind != "joint", row.department.code, row.code)):
        key = "joint" if row.kind == "joint" else row.department.code
        groups.setdefault(key, (row.department.name, []))[1].append(row)
    return list(groups.values())
