"""Versions of the printed forms (证照版式): a permit shows for ever what it was issued on.

Data files → ``catalogue.read`` (checked with the catalogue) → ``load`` (a version for each new content) →
``current`` for what is issued next, ``form_of`` for what was issued.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .catalogue_files import content_hash
from .errors import NotFound
from .messages import N_
from .printing.certificates import CertificateForm
from .tables import CertificateTemplate, Permit

_FORMS: dict[str, CertificateForm] = {}
"""Forms by content hash; content never changes, so an entry is never stale."""


class UnknownTemplate(NotFound):
    """No such kind of certificate, or no such version of it."""

    message = N_("没有“%(kind)s”这种证照版式，或它没有这个版本。请先载入事项目录。")


def load(session: Session, wanted: Mapping[str, Mapping[str, Any]], now: datetime) -> int:
    """Make the wanted forms current, by kind; content never seen becomes the next version of its kind.

    A kind whose file is gone issues nothing more; its versions stay. Returns how many versions were added.
    """
    rows = list(session.scalars(select(CertificateTemplate)))
    known = {(row.kind, row.content_hash): row for row in rows}
    active = {(kind, content_hash(definition)) for kind, definition in wanted.items()}
    for key, row in known.items():
        row.active = key in active
    added = sorted(active - known.keys())
    for kind, digest in added:
        version = max((row.version for row in rows if row.kind == kind), default=0) + 1
        session.add(
            CertificateTemplate(
                kind=kind, version=version, content_hash=digest, active=True,
                definition=dict(wanted[kind]), loaded_at=now,
            )
        )  # fmt: skip
    session.flush()
    return len(added)


def current(session: Session, kind: str) -> CertificateTemplate:
    """The version a certificate of this kind is issued on now; raises ``UnknownTemplate``."""
    query = select(CertificateTemplate).where(CertificateTemplate.kind == kind, CertificateTemplate.active)
    row = session.scalar(query)
    if row is None:
        raise UnknownTemplate(kind=kind[:60])
    return row


def version(session: Session, kind: str, number: int) -> CertificateTemplate:
    """One version of a kind; raises ``UnknownTemplate``."""
    row = session.scalar(
        select(CertificateTemplate).where(
            CertificateTemplate.kind == kind, CertificateTemplate.version == number
        )
    )
    if row is None:
        raise UnknownTemplate(kind=kind[:60])
    return row


def of_permit(session: Session, permit: Permit) -> CertificateTemplate:
    """The version a permit was issued on; one older than the versions was issued on the first."""
    if permit.template_id is None:
        return version(session, permit.kind, 1)
    return session.get_one(CertificateTemplate, permit.template_id)


def form_of(session: Session, permit: Permit) -> CertificateForm:
    """The printed form a permit was issued on; raises ``UnknownTemplate``."""
    return form(of_permit(session, permit))


def form(row: CertificateTemplate) -> CertificateForm:
    """The form of a row; built once per process for each content."""
    if row.content_hash not in _FORMS:
        _FORMS[row.content_hash] = CertificateForm.from_json(row.definition)
    return _FORMS[row.content_hash]


def versions(session: Session) -> Sequence[CertificateTemplate]:
    """Every version of every kind, the newest of each kind first."""
    order = (CertificateTemplate.kind, CertificateTemplate.version.desc())
    return session.scalars(select(CertificateTemplate).order_by(*order)).all()
