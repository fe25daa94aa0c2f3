"""What anybody may know of a permit: what its paper shows, and whether it still holds (行政许可法 40, 61)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, load_only

from .. import certificate_templates, clock, register_rules
from ..certificate_identifier import is_mistyped
from ..errors import NotFound
from ..messages import N_
from ..register_rules import IN_FORCE
from ..tables import Document, Permit, PermitEvent
from ..terms import PermitStatus

SHOWN_ABOVE = frozenset({"holder", "scope"})


class NotOurPermit(NotFound):
    """No permit of this centre has this address or number."""

    message = N_("本中心没有制发过这个编号的证照。请核对编号；扫码得来的，请留意网址是不是本中心的。")


class MistypedIdentifier(NotOurPermit):
    """An identifier whose check character does not fit the rest."""

    message = N_("电子证照标识的校验码不对：至少抄错了一个字符。请对照证照再核对一遍。")


@dataclass(frozen=True)
class Verified:
    """One version of a permit as its page shows it; ``rows`` are the paper's own labels, in Chinese.

    ``in_force`` is the public id of the version that took its place and holds now, empty where there is none.
    """

    public_id: str
    number: str
    version: int
    versions: int
    in_force: str
    identifier: str
    kind: str
    name: dict[str, Any]
    holder: str
    scope: str
    rows: Sequence[tuple[str, str]]
    authority: dict[str, Any]
    abbreviation: str
    valid_from: date
    valid_until: date | None
    status: PermitStatus
    since: date | None
    until: date | None
    article: str
    document_id: int
    content_sha256: str
    pdf_sha256: str | None


@dataclass(frozen=True)
class PartStatus:
    """A single permit that the comprehensive licence stands on."""

    public_id: str
    number: str
    name: dict[str, Any]
    authority: dict[str, Any]
    valid_until: date | None
    status: PermitStatus


def public_id_of(session: Session, typed: str) -> str:
    """The public id for a permit's number, identifier or public id: the version in force, else the last.

    Raises ``NotOurPermit``, for an identifier with a slip of the pen ``MistypedIdentifier``.
    """
    wanted = typed.strip()[:80]
    squeezed = "".join(wanted.split())
    if is_mistyped(squeezed):
        raise MistypedIdentifier
    found = session.scalar(
        select(Permit.public_id)
        .where((Permit.number == squeezed) | (Permit.identifier == squeezed) | (Permit.public_id == wanted))
        .order_by(Permit.status.in_(IN_FORCE).desc(), Permit.version.desc())
        .limit(1)
    )
    if found is None or not wanted:
        raise NotOurPermit
    return found


def verified(session: Session, public_id: str, today: date) -> tuple[Verified, list[PartStatus]]:
    """The permit on this local day, and of a comprehensive licence each part; raises ``NotOurPermit``."""
    permit = session.scalar(
        select(Permit)
        .where(Permit.public_id == public_id)
        .options(
            joinedload(Permit.department),
            joinedload(Permit.document).options(load_only(Document.content_sha256, Document.pdf_sha256)),
        )
    )
    if permit is None:
        raise NotOurPermit
    parts = _parts(session, permit, today) if permit.part_id is None else []
    return _verified(session, permit, today), parts


def _verified(session: Session, permit: Permit, today: date) -> Verified:
    form = certificate_templates.form_of(session, permit)
    on_paper = {key: value for key, value in permit.fields.items() if key != "parts"}
    rest = {key: value for key, value in on_paper.items() if key not in SHOWN_ABOVE}
    status = register_rules.status_on(permit, today)
    event = _last_event(session, permit, status)
    versions, in_force = _versions(session, permit)
    return Verified(
        public_id=permit.public_id,
        number=permit.number,
        version=permit.version,
        versions=versions,
        in_force=in_force,
        identifier=permit.identifier,
        kind=permit.kind,
        name=permit.name,
        holder=on_paper.get("holder", permit.holder),
        scope=on_paper.get("scope", ""),
        rows=form.rows(rest),
        authority=permit.department.name,
        abbreviation=permit.department.abbreviation,
        valid_from=permit.valid_from,
        valid_until=permit.valid_until,
        status=status,
        since=clock.local_day(event.at) if event else None,
        until=event.until if event else None,
        article=event.article if event else "",
        document_id=permit.document_id,
        content_sha256=permit.document.content_sha256,
        pdf_sha256=permit.document.pdf_sha256,
    )


def _last_event(session: Session, permit: Permit, status: PermitStatus) -> PermitEvent | None:
    """The act that gave the permit its state; none for a valid one and for one that ended by its own date."""
    if status in (PermitStatus.VALID, PermitStatus.EXPIRED):
        return None
    wanted = (PermitEvent.permit_id == permit.id, PermitEvent.to_status == status)
    return session.scalar(select(PermitEvent).where(*wanted).order_by(PermitEvent.id.desc()).limit(1))


def _versions(session: Session, permit: Permit) -> tuple[int, str]:
    """How many versions the permit has, and the public id of another one that is in force."""
    rows = session.execute(
        select(Permit.public_id, Permit.status).where(Permit.number == permit.number)
    ).all()
    others = [row.public_id for row in rows if row.status in IN_FORCE and row.public_id != permit.public_id]
    return len(rows), others[0] if others else ""


def _parts(session: Session, whole: Permit, today: date) -> list[PartStatus]:
    """The single permits it lists, each by its version in force, else by its last; the first version's case has them.

    One that was voided and issued anew stands with both numbers.
    """
    listed = {entry["number"] for entry in whole.fields.get("parts", ())}
    same_case = (
        (Permit.case_id == whole.case_id)
        & Permit.part_id.is_not(None)
        & (Permit.status != PermitStatus.VOIDED)
    )
    rows = session.scalars(
        select(Permit)
        .where(same_case | Permit.number.in_(listed))
        .options(joinedload(Permit.department))
        .order_by(Permit.status.in_(IN_FORCE), Permit.version)
    )
    last = {permit.number: permit for permit in rows}
    return [
        PartStatus(
            permit.public_id,
            permit.number,
            permit.name,
            permit.department.name,
            permit.valid_until,
            register_rules.status_on(permit, today),
        )
        for permit in sorted(last.values(), key=lambda permit: permit.id)
    ]
