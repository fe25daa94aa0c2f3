"""One service item (政务服务事项) as its data file says it: frozen, typed, with no database behind it.

Names follow GB/T 39554; every text is bilingual. ``Item.from_json`` reads what ``catalogue_files`` has
checked and what a row of ``service_items`` keeps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Self

from .item_commitment import Commitment
from .item_requests import Builders, Requests
from .terms import ItemKind

LocalText = Mapping[str, str]
"""``{"zh": …, "en": …}``."""

Condition = Mapping[str, Mapping[str, Any]]
"""Form field → JSON Schema its answer must meet; all fields must be answered and meet theirs."""

Unit = Literal["working", "calendar"]
Necessity = Literal["required", "may_follow", "optional"]


@dataclass(frozen=True)
class Basis:
    """A legal ground (设定依据)."""

    law: LocalText
    article: LocalText | None = None
    text: LocalText | None = None

    @property
    def zh(self) -> str:
        """As legal documents cite it: 《食品安全法》第三十五条."""
        return f"《{self.law['zh']}》{self.article['zh'] if self.article else ''}"


@dataclass(frozen=True)
class Extension:
    """By how much a limit may be extended, by whom, on what ground (行政许可法 42)."""

    days: int
    approver: Literal["head", "government_head"]
    basis: Basis


@dataclass(frozen=True)
class Limit:
    """A time limit: ``days`` of ``unit`` counted from acceptance or from the application; 0 = the same day."""

    days: int
    unit: Unit
    start: Literal["acceptance", "application"]
    extension: Extension | None = None
    note: LocalText | None = None


@dataclass(frozen=True)
class Material:
    """One paper asked for (申请材料); ``code`` is shared by all items that ask for the same paper.

    A paper that is the result of another item (``result_of``) is not asked for where that item is part
    of the same case: the departments wait for it instead.
    """

    code: str
    name: LocalText
    originals: int
    copies: int
    necessity: Necessity
    source: Literal["own", "government", "other"]
    shared_exempt: bool = False
    criteria: LocalText | None = None
    notes: LocalText | None = None
    basis: Basis | None = None
    when: Condition | None = None
    result_of: str | None = None

    @property
    def kind(self) -> Literal["original", "copy", "both"]:
        """What is handed in: the original, copies, or both."""
        if self.originals and self.copies:
            return "both"
        return "original" if self.originals else "copy"


@dataclass(frozen=True)
class Fee:
    """A fee (收费项目) in yuan; times the number in field ``per`` where one is named."""

    code: str
    name: LocalText
    amount: Decimal
    basis: Basis
    reducible: bool
    unit: LocalText | None = None
    per: str | None = None
    when: Condition | None = None


@dataclass(frozen=True)
class Certificate:
    """The result (审批结果): ``template`` chooses the printed form; ``years`` None = without end."""

    template: str
    name: LocalText
    number_prefix: str
    years: int | None = None
    note: LocalText | None = None


@dataclass(frozen=True)
class Deferral:
    """Deferred documents (容缺受理): days (working) to hand them in, and what follows if not."""

    days: int
    outcome: Literal["withdrawn", "refused"]


@dataclass(frozen=True)
class Part:
    """One item inside a joint item; ``required`` parts must be granted for the comprehensive licence."""

    item: str
    required: bool
    depends_on: str | None = None


@dataclass(frozen=True)
class PartsDecision:
    """The decision table that selects the parts, and the form fields it reads."""

    dmn: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class CompetentBody:
    """Where to send somebody whose request is not ours (行政许可法 32(2))."""

    matter: LocalText
    body: LocalText


@dataclass(frozen=True)
class Item:
    """A service item (事项实施清单). ``department`` is the code of the responsible (lead) department.

    ``subject`` is the form field that says what the case is about: a shop, a project.

    ``unanswered_correction`` is the article by which a request after acceptance that is not answered counts as
    withdrawal; without one it never does.

    ``merged_names`` (joint items): what a material is called when several parts ask for it under one code.
    """

    code: str
    basic_code: str
    implementation_code: str
    handling_code: str
    name: LocalText
    type: str
    kind: ItemKind
    offered: bool
    basis: tuple[Basis, ...]
    level: str
    department: str
    clients: tuple[str, ...]
    statutory: Limit | None
    promised: Limit
    conditions: tuple[LocalText, ...]
    procedure: Literal["instant", "ordinary", "joint"]
    special_procedures: tuple[str, ...]
    channels: tuple[str, ...]
    visits: int
    place: LocalText
    hours: LocalText
    enquiry_phone: str
    complaint_phone: str
    form: str
    subject: str
    four_eyes: bool
    decides: bool
    materials: tuple[Material, ...]
    merged_names: Mapping[str, LocalText]
    fees: tuple[Fee, ...]
    certificate: Certificate | None
    commitment: Commitment | None
    requests: Requests
    deferral: Deferral | None
    unanswered_correction: Basis | None
    parts: tuple[Part, ...]
    parts_issue_alone: bool
    parts_decision: PartsDecision | None
    not_needed: tuple[LocalText, ...]
    competent_bodies: tuple[CompetentBody, ...]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Build from a checked definition; raises ``KeyError`` for one that was not."""
        plain: dict[str, Any] = {name: data[name] for name in PLAIN_FIELDS}
        plain |= {name: tuple(data.get(name, ())) for name in LIST_FIELDS}
        decision = data.get("parts_decision")
        return cls(
            **plain,
            kind=KINDS[data["kind"]],
            offered=data.get("offered", True),
            decides=data.get("decides", True),
            parts_issue_alone=data.get("parts_issue_alone", False),
            basis=tuple(Basis(**basis) for basis in data["basis"]),
            statutory=_limit(data.get("statutory")),
            promised=_required_limit(data["promised"]),
            materials=tuple(_material(material) for material in data["materials"]),
            fees=tuple(_fee(fee) for fee in data.get("fees", ())),
            merged_names=data.get("merged_names", {}),
            certificate=Certificate(**data["certificate"]) if data.get("certificate") else None,
            commitment=_commitment(data.get("commitment")),
            requests=Requests.from_json(data, Builders(_required_limit, _material, _fee, _basis)),
            deferral=Deferral(**data["deferral"]) if data.get("deferral") else None,
            unanswered_correction=_basis(data.get("unanswered_correction")),
            parts=tuple(Part(**part) for part in data.get("parts", ())),
            parts_decision=PartsDecision(decision["dmn"], tuple(decision["answers"])) if decision else None,
            competent_bodies=tuple(CompetentBody(**body) for body in data.get("competent_bodies", ())),
        )


KINDS = {kind.value: kind for kind in ItemKind}
PLAIN_FIELDS = (
    "code",
    "basic_code",
    "implementation_code",
    "handling_code",
    "name",
    "type",
    "level",
    "department",
    "procedure",
    "visits",
    "place",
    "hours",
    "enquiry_phone",
    "complaint_phone",
    "form",
    "subject",
    "four_eyes",
)
LIST_FIELDS = ("clients", "conditions", "special_procedures", "channels", "not_needed")


def _basis(data: Mapping[str, Any] | None) -> Basis | None:
    return Basis(**data) if data else None


def _required_limit(data: Mapping[str, Any]) -> Limit:
    extension = data.get("extension")
    return Limit(
        days=data["days"],
        unit=data["unit"],
        start=data["from"],
        extension=Extension(extension["days"], extension["approver"], Basis(**extension["basis"]))
        if extension
        else None,
        note=data.get("note"),
    )


def _limit(data: Mapping[str, Any] | None) -> Limit | None:
    return _required_limit(data) if data else None


def _material(data: Mapping[str, Any]) -> Material:
    return Material(**{**data, "basis": _basis(data.get("basis"))})


def _fee(data: Mapping[str, Any]) -> Fee:
    return Fee(**{**data, "amount": Decimal(data["amount"]), "basis": Basis(**data["basis"])})


def _commitment(data: Mapping[str, Any] | None) -> Commitment | None:
    if not data:
        return None
    return Commitment.from_json(data, _required_limit(data["verification"]))
