"""What an item says of a permit that was issued: its change (变更, 行政许可法 49), renewal (延续, 50), replacement (补证).

Such a request is a case of the same item that asks for other papers, on another clock: ``as_asked`` is the item as
that case sees it, so that nothing else has to tell the requests apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Self

from .terms import ItemKind, RequestKind

if TYPE_CHECKING:
    from .item_definition import Basis, Fee, Item, Limit, LocalText, Material

HOLDER = "holder"
"""Beside form fields ``change.fields`` may name the holder's own name: renamed, not another person."""


@dataclass(frozen=True)
class Builders:
    """How the parts both files know are built; ``item_definition`` hands them over, so that it may import this file."""

    limit: Callable[[Mapping[str, Any]], Limit]
    material: Callable[[Mapping[str, Any]], Material]
    fee: Callable[[Mapping[str, Any]], Fee]
    basis: Callable[[Mapping[str, Any] | None], Basis | None]


@dataclass(frozen=True)
class Rules:
    """One kind of request: the papers and fees it asks for, its procedure and promised limit (None: the item's)."""

    materials: tuple[Material, ...] = ()
    fees: tuple[Fee, ...] = ()
    procedure: Literal["ordinary", "instant"] = "ordinary"
    promised: Limit | None = None
    basis: Basis | None = None
    note: LocalText | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any], build: Builders) -> Self:
        """Build from a checked section; raises ``TypeError`` for one that was not."""
        given = dict(data)
        if "fields" in given:
            given["fields"] = tuple(given["fields"])
        return cls(
            **{
                **given,
                "materials": tuple(build.material(material) for material in data.get("materials", ())),
                "fees": tuple(build.fee(fee) for fee in data.get("fees", ())),
                "promised": build.limit(data["promised"]) if data.get("promised") else None,
                "basis": build.basis(data.get("basis")),
            }
        )


@dataclass(frozen=True)
class Change(Rules):
    """A change: ``fields`` are the answers that may be changed; whoever changes others needs a new licence."""

    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Renewal(Rules):
    """A renewal, asked for ``latest`` days before the expiry and, where the law says so, no more than ``earliest``."""

    latest: int = 30
    earliest: int | None = None
    unit: Literal["working", "calendar"] = "calendar"


@dataclass(frozen=True)
class Replacement(Rules):
    """A new paper for a lost one; on the spot unless the item says otherwise."""

    procedure: Literal["ordinary", "instant"] = "instant"


@dataclass(frozen=True)
class Requests:
    """The three sections of an item."""

    change: Change = field(default_factory=Change)
    renewal: Renewal = field(default_factory=Renewal)
    replacement: Replacement = field(default_factory=Replacement)

    @classmethod
    def from_json(cls, data: Mapping[str, Any], build: Builders) -> Self:
        """Of a checked item; one written before there were such sections has the empty ones."""
        return cls(
            Change.from_json(data.get("change", {}), build),
            Renewal.from_json(data.get("renewal", {}), build),
            Replacement.from_json(data.get("replacement", {}), build),
        )


def rules_of(item: Item, kind: RequestKind) -> Rules:
    """The section of the item for this kind of request; raises ``KeyError`` for a first application."""
    return {
        RequestKind.CHANGE: item.requests.change,
        RequestKind.RENEWAL: item.requests.renewal,
        RequestKind.REPLACEMENT: item.requests.replacement,
    }[kind]


def as_asked(item: Item, kind: RequestKind) -> Item:
    """The item as a case with this request sees it; a first application sees it as it is.

    What the item decides on the spot it changes on the spot. A request is neither a joint case nor decided on a
    commitment, and nothing of it may follow later.
    """
    if kind == RequestKind.NEW:
        return item
    rules = rules_of(item, kind)
    instant = "instant" in (rules.procedure, item.procedure)
    promised = rules.promised or (replace(item.promised, days=0) if instant else item.promised)
    return replace(
        item, name=_name(item, kind), materials=rules.materials, fees=rules.fees,
        procedure="instant" if instant else "ordinary", promised=promised,
        kind=ItemKind.INSTANT if instant else ItemKind.COMMITTED,
        basis=(rules.basis, *item.basis) if rules.basis else item.basis,
        commitment=None, deferral=None, merged_names={}, parts=(), parts_decision=None,
    )  # fmt: skip


ENGLISH = {
    RequestKind.CHANGE: "Change of: {name}",
    RequestKind.RENEWAL: "Renewal of: {name}",
    RequestKind.REPLACEMENT: "Replacement of: {name}",
}


def _name(item: Item, kind: RequestKind) -> LocalText:
    """What is asked for in words: 食品经营许可证延续. Of an item without a certificate there are no requests."""
    of = item.certificate.name if item.certificate else item.name
    return {"zh": f"{of['zh']}{kind.label}", "en": ENGLISH[kind].format(name=of["en"])}
