"""What a case asks for: materials and fees of one item, or the union over the parts of a joint item."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Self

from forms.conditions import holds

from .errors import DomainError
from .item_definition import Fee, Item, LocalText, Material, Necessity
from .messages import N_

STRICTNESS: dict[Necessity, int] = {"optional": 0, "may_follow": 1, "required": 2}


@dataclass(frozen=True)
class Criterion:
    """What one part looks for in a shared material."""

    part: str
    text: LocalText


@dataclass(frozen=True)
class ChecklistLine:
    """One material, asked for once: the strictest counts and necessity of all parts that ask for it."""

    code: str
    name: LocalText
    originals: int
    copies: int
    necessity: Necessity
    source: str
    shared_exempt: bool
    asked_by: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    notes: tuple[LocalText, ...]

    @property
    def deferrable(self) -> bool:
        """Whether it may follow later (容缺): only if no part insists on it at once."""
        return self.necessity == "may_follow"

    def to_json(self) -> dict[str, Any]:
        """As a case keeps the line it began with."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read back what ``to_json`` wrote."""
        return cls(
            **{
                **data,
                "asked_by": tuple(data["asked_by"]),
                "criteria": tuple(Criterion(**criterion) for criterion in data["criteria"]),
                "notes": tuple(data["notes"]),
            }
        )


@dataclass(frozen=True)
class FeeLine:
    """A fee as it applies to one case, in yuan."""

    code: str
    name: LocalText
    amount: Decimal
    basis: str
    reducible: bool


class UnlistedFee(DomainError):
    """A fee that the item does not list cannot be charged (行政许可法 58, 59)."""

    message = N_("事项“%(item)s”没有公布收费项目“%(fee)s”，不能收取。请按公布的收费目录办理。")
    status = 422


def checklist(
    item: Item,
    parts: Sequence[Item],
    answers: Mapping[str, Any],
    without: Collection[tuple[str, str]] = (),
) -> tuple[ChecklistLine, ...]:
    """The materials this case needs, each once, in the order first asked for.

    ``parts`` are the selected parts of a joint item; empty for a plain item, which then asks itself.
    Materials whose condition the ``answers`` do not meet are left out, and
    papers that are the result of another part of the same case. ``without`` are (item code, material
    code) pairs that a commitment stands in for: that part asks for it no more, the others still do.
    """
    own_results = {part.code for part in parts}
    asked: dict[str, list[tuple[Item, Material]]] = {}
    for asker in (item, *parts):
        for material in asker.materials:
            replaced = (asker.code, material.code) in without
            if not replaced and holds(material.when, answers) and material.result_of not in own_results:
                asked.setdefault(material.code, []).append((asker, material))
    return tuple(_line(item, asks) for asks in asked.values())


def asked_before_merging(lines: Iterable[ChecklistLine]) -> int:
    """How many materials the parts would have asked for one by one."""
    return sum(len(line.asked_by) for line in lines)


def fees(item: Item, parts: Sequence[Item], answers: Mapping[str, Any]) -> tuple[FeeLine, ...]:
    """The listed fees that apply to these answers; the same fee of two parts is charged once."""
    listed: dict[str, FeeLine] = {}
    for source in (item, *parts):
        for fee_ in source.fees:
            if holds(fee_.when, answers):
                listed.setdefault(fee_.code, _fee_line(fee_, answers))
    return tuple(listed.values())


def fee(item: Item, code: str) -> Fee:
    """The listed fee with this code; raises ``UnlistedFee``."""
    for listed in item.fees:
        if listed.code == code:
            return listed
    raise UnlistedFee(item=item.name, fee=code)


def _line(item: Item, asks: Sequence[tuple[Item, Material]]) -> ChecklistLine:
    """Merge all that is asked about one material; the strictest wins."""
    first = asks[0][1]
    materials = [material for _, material in asks]
    return ChecklistLine(
        code=first.code,
        name=item.merged_names.get(first.code, first.name) if len(asks) > 1 else first.name,
        originals=max(material.originals for material in materials),
        copies=max(material.copies for material in materials),
        necessity=max((material.necessity for material in materials), key=STRICTNESS.__getitem__),
        source=first.source,
        shared_exempt=all(material.shared_exempt for material in materials),
        asked_by=tuple(asker.code for asker, _ in asks),
        criteria=tuple(Criterion(asker.code, m.criteria) for asker, m in asks if m.criteria),
        notes=tuple({m.notes["zh"]: m.notes for m in materials if m.notes}.values()),
    )


def _fee_line(listed: Fee, answers: Mapping[str, Any]) -> FeeLine:
    quantity = Decimal(str(answers.get(listed.per, 0))) if listed.per else Decimal(1)
    amount = (listed.amount * quantity).quantize(Decimal("0.01"))
    return FeeLine(listed.code, listed.name, amount, listed.basis.zh, listed.reducible)
