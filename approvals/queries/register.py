"""The register of permits as staff search it (证照登记簿): one line for each number, in its last version."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, or_, select
from sqlalchemy.orm import Session, aliased

from forms import formats

from ..register_rules import IN_FORCE
from ..secrets import blind_index
from ..tables import Applicant, CertificateTemplate, Department, Permit, Proceeding
from ..terms import PermitStatus

PAGE_SIZE = 25
MOST_OF_HOLDER = 200
SORTS = ("number", "holder", "until", "issued")
SOON_DAYS = 90
"""Calendar days before the last day within which a permit counts as expiring soon."""
SOON, PROCEEDING = "soon", "proceeding"
STATES = (SOON, PROCEEDING, *(status.value for status in PermitStatus))


@dataclass(frozen=True)
class FoundPermit:
    """One line of the register; ``status`` is the effective one today."""

    permit_id: int
    number: str
    version: int
    identifier: str
    kind: str
    name: dict[str, Any]
    holder: str
    number_mask: str | None
    department: dict[str, Any]
    issued_at: datetime
    valid_from: date
    valid_until: date | None
    comprehensive: bool
    status: str
    proceeding: str | None


@dataclass(frozen=True)
class Sought:
    """What is looked for; empty means everything. ``state``: one of ``STATES``; days are local."""

    text: str = ""
    state: str = ""
    kind: str = ""
    department: str = ""
    first: date | None = None
    last: date | None = None
    sort: str = ""


@dataclass(frozen=True)
class RegisterPage:
    """One page of the register, and whether there is another."""

    rows: Sequence[FoundPermit]
    more: bool


def find(session: Session, sought: Sought, page: int, today: date) -> RegisterPage:
    """Permits the newest first, or as ``sought.sort`` says; pages count from 1. One statement."""
    query = _lines(today).where(*_conditions(sought, today)).order_by(*_order(sought.sort))
    start = (max(page, 1) - 1) * PAGE_SIZE
    found = session.execute(query.offset(start).limit(PAGE_SIZE + 1)).all()
    return RegisterPage([FoundPermit(*row) for row in found[:PAGE_SIZE]], len(found) > PAGE_SIZE)


def of_holder(session: Session, applicant_id: int, today: date) -> Sequence[FoundPermit]:
    """The permits of one holder, those in force first; the 200 newest."""
    query = _lines(today).where(Permit.applicant_id == applicant_id)
    standing = case((effective(today).in_(IN_FORCE), 0), else_=1)
    found = session.execute(query.order_by(standing, Permit.id.desc()).limit(MOST_OF_HOLDER))
    return [FoundPermit(*row) for row in found]


def by_numbers(session: Session, numbers: Sequence[str], today: date) -> Sequence[FoundPermit]:
    """The lines of these numbers, in the order of issue."""
    found = session.execute(_lines(today).where(Permit.number.in_(numbers)).order_by(Permit.id))
    return [FoundPermit(*row) for row in found]


def _lines(today: date) -> Select[Any]:
    """The last version of every number, as lines of the register."""
    columns: dict[str, Any] = {
        "permit_id": Permit.id, "number_mask": Applicant.number_mask, "department": Department.name,
        "comprehensive": Permit.part_id.is_(None), "status": effective(today), "proceeding": _proceeding(),
    }  # fmt: skip
    names: list[Any] = [
        columns[each.name] if each.name in columns else getattr(Permit, each.name)
        for each in fields(FoundPermit)
    ]
    return (
        select(*names)
        .join(Department, Department.id == Permit.department_id)
        .outerjoin(Applicant, Applicant.id == Permit.applicant_id)
        .where(_latest())
    )


def kinds(session: Session) -> list[tuple[str, dict[str, Any]]]:
    """The kinds of certificate with their names, those no longer issued too."""
    rows = session.scalars(select(CertificateTemplate).order_by(CertificateTemplate.version))
    names = {row.kind: (row.definition["serial"], row.definition["title"]) for row in rows}
    return [(kind, title) for kind, (_, title) in sorted(names.items(), key=lambda each: each[1][0])]


def effective(today: date) -> ColumnElement[str]:
    """The effective status as a column, as ``register_rules.status_on`` says it of one permit."""
    over = and_(Permit.status.in_(IN_FORCE), Permit.valid_until < today)
    return case((over, PermitStatus.EXPIRED.value), else_=Permit.status)


def _latest() -> ColumnElement[bool]:
    newer = aliased(Permit)
    return ~exists().where(newer.number == Permit.number, newer.version > Permit.version)


def _proceeding() -> Any:
    """The kind of act an open proceeding proposes."""
    return (
        select(Proceeding.kind)
        .where(Proceeding.permit_id == Permit.id, Proceeding.decided_at.is_(None))
        .scalar_subquery()
    )


def _conditions(sought: Sought, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if sought.state == SOON:
        last = today + timedelta(days=SOON_DAYS)
        conditions += [Permit.status.in_(IN_FORCE), Permit.valid_until.between(today, last)]
    elif sought.state == PROCEEDING:
        open_ = and_(Proceeding.permit_id == Permit.id, Proceeding.decided_at.is_(None))
        conditions.append(exists().where(open_))
    elif sought.state:
        conditions.append(effective(today) == sought.state)
    if sought.kind:
        conditions.append(Permit.kind == sought.kind)
    if sought.department:
        conditions.append(Department.code == sought.department)
    if sought.first:
        conditions.append(Permit.valid_until >= sought.first)
    if sought.last:
        conditions.append(Permit.valid_until <= sought.last)
    if sought.text.strip():
        conditions.append(_matches(sought.text.strip()))
    return conditions


def _matches(text: str) -> ColumnElement[bool]:
    """Number, identifier or holder contain the text; a whole document number or phone is the holder's."""
    compact = "".join(text.split())
    ways: list[ColumnElement[bool]] = [
        Permit.number.contains(compact, autoescape=True),
        Permit.holder.contains(text, autoescape=True),
        Permit.identifier.contains(compact.removeprefix("1.2.156.3005.2."), autoescape=True),
    ]
    numbers = {_normal(compact, form) for form in (formats.resident_id, formats.credit_code)} - {""}
    ways += [Applicant.number_index == blind_index(number) for number in sorted(numbers)]
    return or_(*ways)


def _normal(text: str, form: Any) -> str:
    """``text`` as the table keeps it, or empty where it is no such number."""
    try:
        return str(form(text))
    except formats.FormatFault:
        return ""


def _order(sort: str) -> Sequence[Any]:
    """One of ``SORTS``, with a minus in front the other way round; else the newest first."""
    columns: dict[str, Any] = {
        "number": Permit.number, "holder": Permit.holder, "until": Permit.valid_until, "issued": Permit.issued_at,
    }  # fmt: skip
    column = columns.get(sort.lstrip("-"))
    if column is None:
        return (Permit.id.desc(),)
    way = column.desc() if sort.startswith("-") else column.asc()
    return (way.nulls_last(), Permit.id)
