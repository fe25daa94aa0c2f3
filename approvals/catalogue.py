"""The catalogue of service items (政务服务事项目录): read, load, search, and what an item asks for.

Data files → ``read`` (pure, all faults at once) → ``load`` (versions by content hash) → ``current``,
``search``, ``item_of``. A case keeps the version it began with; only the newest is active.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pypinyin import Style, lazy_pinyin
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import Form, union

from . import certificate_templates
from .catalogue_checks import cross_check
from .catalogue_files import (
    DATA,
    FORMS,
    CatalogueError,
    CatalogueFault,
    DepartmentDefinition,
    content_hash,
    definitions,
    read_sources,
)
from .checklist import (
    ChecklistLine,
    FeeLine,
    UnlistedFee,
    asked_before_merging,
    checklist,
    fee,
    fees,
)
from .errors import NotFound
from .item_definition import Item
from .item_requests import as_asked
from .messages import N_
from .tables import Case, Department, FormVersion, ServiceItem
from .terms import RequestKind

__all__ = [
    "CaseForm",
    "CatalogueError",
    "CatalogueFault",
    "ChecklistLine",
    "Definitions",
    "FeeLine",
    "Item",
    "Loaded",
    "UnknownItem",
    "UnlistedFee",
    "asked_before_merging",
    "case_form",
    "checklist",
    "current",
    "fee",
    "fees",
    "form_of",
    "form_version",
    "item_for",
    "item_of",
    "joint_form",
    "load",
    "read",
    "read_definitions",
    "search",
]

MOST_HITS = 50
Row = TypeVar("Row", ServiceItem, FormVersion)
_ITEMS: dict[str, Item] = {}
"""Items by content hash; content never changes, so an entry is never stale."""


class UnknownItem(NotFound):
    """No active item has this code."""

    message = N_("没有编码为“%(code)s”的事项，或它已停用。请重新查找事项。")


@dataclass(frozen=True)
class Definitions:
    """The checked content of the data files, by code."""

    departments: Mapping[str, DepartmentDefinition]
    items: Mapping[str, Item]
    forms: Mapping[str, Form]
    source: Mapping[str, Mapping[str, Any]]
    """Item code → the JSON its row keeps."""
    certificates: Mapping[str, Mapping[str, Any]]
    """Kind of certificate → the JSON its printed form is kept as."""


@dataclass(frozen=True)
class CaseForm:
    """What a case keeps of the form it begins with: the version's row and the definition."""

    version_id: int
    definition: dict[str, Any]


@dataclass(frozen=True)
class Loaded:
    """How many departments are known, and how many new versions of the others were written."""

    departments: int
    items: int
    forms: int
    certificates: int


def read(folder: Path = DATA, form_folder: Path = FORMS) -> Definitions:
    """Read and check all data files; raises ``CatalogueError`` with every fault found."""
    sources = read_sources(folder, form_folder)
    source = definitions(sources)
    items = {code: Item.from_json(definition) for code, definition in source.items()}
    cross_check(sources, items)
    if sources.faults:
        raise CatalogueError(sources.faults)
    return Definitions(sources.departments, items, sources.forms, source, sources.certificates)


def read_definitions(folder: Path = DATA, form_folder: Path = FORMS) -> dict[str, Item]:
    """The checked items by code; raises ``CatalogueError``."""
    return dict(read(folder, form_folder).items)


def load(session: Session, folder: Path, now: datetime, form_folder: Path = FORMS) -> Loaded:
    """Bring the tables up to the files: nothing is written where nothing changed, and nothing is deleted.

    A changed item, form or printed certificate becomes a new active version, the old stays for its cases; one whose file is
    gone is no longer active. Raises ``CatalogueError`` before anything is written.
    """
    wanted = read(folder, form_folder)
    departments = _load_departments(session, wanted)
    form_rows = {code: form.to_json() for code, form in wanted.forms.items()}
    return Loaded(
        departments=len(departments),
        forms=_load_versions(session, FormVersion, form_rows, lambda data: _form_row(data, now)),
        items=_load_versions(
            session, ServiceItem, wanted.source, lambda data: _item_row(data, departments, now)
        ),
        certificates=certificate_templates.load(session, wanted.certificates, now),
    )


def current(session: Session, code: str) -> ServiceItem:
    """The active version of the item; raises ``UnknownItem`` (404)."""
    row = session.scalar(select(ServiceItem).where(ServiceItem.code == code, ServiceItem.active))
    if row is None:
        raise UnknownItem(code=code[:60])
    return row


def search(session: Session, text: str, *, offered_only: bool = True) -> list[ServiceItem]:
    """Active items whose Chinese or English name, pinyin, pinyin initials or code contains every word.

    An empty text lists all. At most 50, those whose name begins with the text first.
    """
    query = select(ServiceItem).where(ServiceItem.active)
    if offered_only:
        query = query.where(ServiceItem.offered)
    words = text.lower().split()[:6]
    for word in words:
        query = query.where(ServiceItem.search_text.contains(word[:40], autoescape=True))
    rows = list(session.scalars(query.order_by(ServiceItem.code).limit(MOST_HITS)))
    return sorted(rows, key=lambda row: (not _begins(row, words), row.kind != "joint", row.code))


def item_of(row: ServiceItem) -> Item:
    """The item of a row; built once per process for each content."""
    if row.content_hash not in _ITEMS:
        _ITEMS[row.content_hash] = Item.from_json(row.definition)
    return _ITEMS[row.content_hash]


def item_for(case: Case) -> Item:
    """The item as this case sees it: a change, renewal or replacement asks for other papers in another time."""
    item = item_of(case.item)
    return as_asked(item, RequestKind(case.request)) if case.request != RequestKind.NEW else item


def form_version(session: Session, code: str) -> FormVersion:
    """The active version of a form; raises ``UnknownItem``."""
    row = session.scalar(select(FormVersion).where(FormVersion.code == code, FormVersion.active))
    if row is None:
        raise UnknownItem(code=code[:60])
    return row


def form_of(session: Session, row: ServiceItem) -> CaseForm:
    """The form a new case of this item begins with; of a joint item the union with all its parts' forms.

    The case keeps the whole ``definition``; ``case_form`` narrows it to the parts the answers select.
    """
    item = item_of(row)
    version = form_version(session, item.form)
    if not item.parts:
        return CaseForm(version.id, version.definition)
    askers = [item, *(item_of(current(session, part.item)) for part in item.parts)]
    forms = {asker.code: Form.from_json(form_version(session, asker.form).definition) for asker in askers}
    return CaseForm(version.id, joint_form(item, forms).to_json())


def joint_form(item: Item, forms: Mapping[str, Form]) -> Form:
    """The union of the forms (item code → form) under the item's own form code: shared fields once.

    Raises ``forms.FormFileError`` for conflicting fields, which ``read`` has refused before.
    """
    return union(item.form, forms)


def case_form(definition: Mapping[str, Any], item_code: str, part_codes: Collection[str] = ()) -> Form:
    """The questions of a case: of its item and the selected parts. Without parts: the situation only."""
    return Form.from_json(definition).narrowed({item_code, *part_codes})


def _load_departments(session: Session, wanted: Definitions) -> dict[str, Department]:
    """Departments by code. The file only adds: what administrators enter later stays as they entered it."""
    rows = {row.code: row for row in session.scalars(select(Department))}
    for code, definition in wanted.departments.items():
        if code not in rows:
            rows[code] = Department(**asdict(definition))
            session.add(rows[code])
    session.flush()
    return rows


def _load_versions(
    session: Session, table: type[Row], wanted: Mapping[str, Mapping[str, Any]], new_row: Callable[..., Row]
) -> int:
    """Make the wanted content active, adding a row for what was never seen; returns how many were added."""
    known = {(row.code, row.content_hash): row for row in session.scalars(select(table))}
    active = {(code, content_hash(definition)) for code, definition in wanted.items()}
    for key, row in known.items():
        row.active = key in active
    added = active - known.keys()
    session.add_all(new_row(wanted[code]) for code, _ in sorted(added))
    session.flush()
    return len(added)


def search_text(definition: Mapping[str, Any]) -> str:
    """What a search looks through, in lower case: names, pinyin, pinyin initials, codes."""
    name = definition["name"]
    han = "".join(c for c in name["zh"] if c.isalnum())
    initials = "".join(lazy_pinyin(han, style=Style.FIRST_LETTER))
    pinyin = "".join(lazy_pinyin(han))
    words = (name["zh"], name["en"], initials, pinyin, definition["code"], definition["basic_code"])
    return " ".join(words).lower()[:400]


def _form_row(data: Mapping[str, Any], now: datetime) -> FormVersion:
    return FormVersion(
        code=data["code"],
        version=data["version"],
        content_hash=content_hash(data),
        active=True,
        definition=dict(data),
        loaded_at=now,
    )


def _item_row(data: Mapping[str, Any], departments: Mapping[str, Department], now: datetime) -> ServiceItem:
    return ServiceItem(
        code=data["code"],
        content_hash=content_hash(data),
        kind=data["kind"],
        name=data["name"],
        search_text=search_text(data),
        department=departments[data["department"]],
        offered=data.get("offered", True),
        active=True,
        definition=dict(data),
        loaded_at=now,
    )


def _begins(row: ServiceItem, words: Sequence[str]) -> bool:
    """Whether the name, or its initials, begins with the first word."""
    parts = row.search_text.split(" ")
    return bool(words) and any(part.startswith(words[0]) for part in (row.search_text, *parts))
