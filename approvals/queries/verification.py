"""What anybody may know of a permit: what its paper shows, and whether it still holds (行政许可法 40, 61)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, load_only

from .. import certificate_templates, permits
from ..errors import NotFound
from ..messages import N_
from ..printing.certificates import CertificateForm
from ..tables import Document, Permit
from ..terms import PermitStatus

SHOWN_ABOVE = frozenset({"holder", "scope"})


class NotOurPermit(NotFound):
    """No permit of this centre has this address or number."""

    message = N_("本中心没有制发过这个编号的证照。请核对编号；扫码得来的，请留意网址是不是本中心的。")


@dataclass(frozen=True)
class Verified:
    """One permit as its verification page shows it; ``rows`` are the paper's own labels, in Chinese."""

    public_id: str
    number: str
    name: dict[str, Any]
    holder: str
    scope: str
    rows: Sequence[tuple[str, str]]
    authority: dict[str, Any]
    valid_from: date
    valid_until: date | None
    status: PermitStatus
    status_reasons: str
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
    """The public id of the permit with this number (or this public id); raises ``NotOurPermit``."""
    wanted = typed.strip()[:80]
    found = session.scalar(
        select(Permit.public_id).where(
            (Permit.number == wanted.replace(" ", "")) | (Permit.public_id == wanted)
        )
    )
    if found is None:
        raise NotOurPermit
    return found


def verified(session: Session, public_id: str, today: date) -> tuple[Verified, list[PartStatus]]:
    """The permit on this local day, and of a comprehensive licence each part; raises ``NotOurPermit``."""
    permit = session.scalar(
        select(Permit)
        .where(Permit.public_id == public_id)
        .options(
            joinedload(Permit.department),
            joinedload(Permit.document).options(
                load_only(Document.content_sha256, Document.pdf_sha256, Document.status_reasons)
            ),
        )
    )
    if permit is None:
        raise NotOurPermit
    parts = _parts(session, permit, today) if permit.part_id is None else []
    return _verified(permit, certificate_templates.form_of(session, permit), today), parts


def _verified(permit: Permit, form: CertificateForm, today: date) -> Verified:
    on_paper = {key: value for key, value in permit.fields.items() if key != "parts"}
    rest = {key: value for key, value in on_paper.items() if key not in SHOWN_ABOVE}
    return Verified(
        public_id=permit.public_id,
        number=permit.number,
        name=permit.name,
        holder=on_paper.get("holder", permit.holder),
        scope=on_paper.get("scope", ""),
        rows=form.rows(rest),
        authority=permit.department.name,
        valid_from=permit.valid_from,
        valid_until=permit.valid_until,
        status=permits.status_on(permit, today),
        status_reasons=permit.document.status_reasons,
        document_id=permit.document_id,
        content_sha256=permit.document.content_sha256,
        pdf_sha256=permit.document.pdf_sha256,
    )


def _parts(session: Session, whole: Permit, today: date) -> list[PartStatus]:
    """The single permits issued with it; one that was voided and issued anew stands with both numbers."""
    listed = {entry["number"] for entry in whole.fields.get("parts", ())}
    rows = session.scalars(
        select(Permit)
        .where(Permit.case_id == whole.case_id, Permit.part_id.is_not(None))
        .options(joinedload(Permit.department))
        .order_by(Permit.id)
    )
    return [
        PartStatus(
            permit.public_id,
            permit.number,
            permit.name,
            permit.department.name,
            permit.valid_until,
            permits.status_on(permit, today),
        )
        for permit in rows
        if permit.number in listed or permit.status != PermitStatus.VOIDED
    ]
