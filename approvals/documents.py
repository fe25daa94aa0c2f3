"""Legal documents (文书): numbered and fixed at issue, rendered once, corrected only by another document.

The text and its hash are written in the issuing transaction. The PDF is made and signed afterwards, since that
takes a while: ``render`` outside any transaction, then ``record_pdf``, where the first rendering wins.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from . import certificate_identifier, certificate_templates, clock, numbers, paper_context
from .errors import DomainError, NotFound, ReasonRequired
from .filestore import FileStore
from .messages import N_
from .printing.fonts import require_glyphs, text_of
from .printing.kinds import KINDS
from .printing.render import certificate_html, html_of, pdf_of
from .signing.sealing import sealed
from .tables import Case, CasePart, Department, Document, Permit, Staff

CERTIFICATE = "certificate_"  # the kinds of certificates begin with it


class DocumentClosed(DomainError):
    """A document is rectified or voided once; what it says stays."""

    message = N_("文书%(number)s已经更正或者作废，不能再次处理。请以替代它的文书为准。")
    status = 409


def issue(
    session: Session,
    kind: str,
    *,
    case: Case,
    part: CasePart | None,
    department: Department,
    fields: Mapping[str, Any],
    officer: Staff | None,
    now: datetime,
) -> Document:
    """Issue a document of ``kind`` in the name of ``department``; ``fields`` as ``printing.kinds`` lists them.

    ``officer`` is None where a limit ran out and nobody acted.

    Numbered 示市监受〔2026〕17号 per authority, kind and local year; the number is given back with the
    transaction. Raises ``GlyphMissing`` before a number is taken, ``TypeError`` for wrong fields.
    """
    form = KINDS[kind]
    day = clock.local_day(now)
    shared = paper_context.document(case, part, department, officer) | dict(fields)
    title = form.title_for(licence=shared["case"]["licence"])
    draft = html_of(kind, shared | {"document": paper_context.head("", title, now)})
    require_glyphs(text_of(draft))
    serial = numbers.next_serial(session, department.abbreviation, kind, day.year)
    number = f"{department.abbreviation}{form.short}〔{day.year}〕{serial}号"
    html = html_of(kind, shared | {"document": paper_context.head(number, title, now)})
    document = _fixed(html, number, kind, serial, title, department, officer, now)
    document.case_id, document.part_id, document.public = case.id, part.id if part else None, form.public
    session.add(document)
    session.flush()
    return document


def preview(
    kind: str, case: Case, part: CasePart | None, department: Department, fields: Mapping[str, Any],
    officer: Staff, now: datetime,
) -> str:  # fmt: skip
    """The page as it would be issued, marked 预览, without number and seal; nothing is written.

    Raises ``GlyphMissing``.
    """
    shared = paper_context.document(case, part, department, officer) | dict(fields)
    title = KINDS[kind].title_for(licence=shared["case"]["licence"])
    html = html_of(kind, shared | {"document": paper_context.head("", title, now) | {"preview": True}})
    require_glyphs(text_of(html))
    return html


def issue_certificate(
    session: Session,
    permit: Permit,
    department: Department,
    case: Case,
    staff: Staff | None,
    now: datetime,
) -> Document:
    """Issue the paper of ``permit`` (its number, names, fields and validity are set) as a document.

    ``permit.fields`` are the keys of its ``CertificateForm`` and ``parts``. Its identifier is set; a later version
    keeps the serial of the first. ``staff`` None: by law. Raises ``GlyphMissing`` before
    a number is taken, ``KeyError`` for a field without a place on the paper.
    """
    year = clock.local_day(now).year
    kind = f"certificate_{permit.kind}"
    title = str(permit.name["zh"])
    require_glyphs("".join([title, permit.holder, permit.number, *paper_context.texts(permit.fields)]))
    serial = numbers.next_serial(session, department.abbreviation, kind, year)
    form = certificate_templates.form_of(session, permit)
    before = session.get(Permit, permit.replaces_id) if permit.replaces_id else None
    own = certificate_identifier.serial_of(before.identifier) if before else ""
    permit.identifier = certificate_identifier.certificate_identifier(
        department.authority_code + form.serial, department.authority_code, own or f"{year}{serial:07d}",
        f"{permit.version:03d}",
    )  # fmt: skip
    html = certificate_html(form, paper_context.certificate(permit, department, now, case.request))
    require_glyphs(text_of(html))
    number = paper_context.certificate_number(permit)
    document = _fixed(html, number, kind, serial, title, department, staff, now)
    document.case_id, document.part_id = case.id, permit.part_id
    session.add(document)
    session.flush()
    return document


def rectify(
    session: Session,
    document: Document,
    *,
    case: Case,
    changes: Sequence[Mapping[str, str]],
    reasons: str,
    officer: Staff,
    now: datetime,
) -> Document:
    """Put a slip of the pen right by a 更正通知书; the original keeps its number and its text.

    ``changes`` are ``where``, ``wrong``, ``right``. Raises ``ReasonRequired`` or ``DocumentClosed``.
    """
    _require_open(document, reasons)
    notice = issue(
        session,
        "rectification",
        case=case,
        part=session.get(CasePart, document.part_id) if document.part_id else None,
        department=document.department,
        fields={
            "original_number": document.number,
            "original_title": document.title,
            "original_on": document.issued_at,
            "changes": [dict(change) for change in changes],
            "reasons": reasons,
        },
        officer=officer,
        now=now,
    )
    document.status, document.status_reasons, document.replaced_by_id = "rectified", reasons, notice.id
    session.flush()
    return notice


def void(session: Session, document: Document, reasons: str, replaced_by: Document | None = None) -> None:
    """Void a document: its number stays used and says so. Raises ``ReasonRequired`` or ``DocumentClosed``."""
    _require_open(document, reasons)
    document.status, document.status_reasons = "voided", reasons
    document.replaced_by_id = replaced_by.id if replaced_by else None
    session.flush()


def of_case(session: Session, case_id: int, *, public_only: bool = False) -> list[Document]:
    """The documents of a case in the order of issue; for the applicant only the public ones."""
    query = select(Document).where(Document.case_id == case_id).order_by(Document.id)
    if public_only:
        query = query.where(Document.public)
    return list(session.scalars(query))


def by_number(session: Session, number: str) -> Document:
    """The document of that number; raises ``NotFound``."""
    document = session.scalar(select(Document).where(Document.number == number))
    if document is None:
        raise NotFound
    return document


def render(document: Document, store: FileStore) -> str:
    """Render the stored text, sign it if it is a certificate, and keep the file; returns its SHA-256.

    Slow: call outside a transaction. Raises ``SigningUnavailable``; then nothing was kept.
    """
    pdf = pdf_of(document.html)
    if document.kind.startswith(CERTIFICATE):
        office = document.department
        pdf = sealed(
            pdf,
            number=document.number,
            reason=f"颁发{document.title}",
            location=office.address,
            name=office.zh,
        )
    return store.put(pdf)


def record_pdf(session: Session, document_id: int, sha256: str) -> str:
    """Make ``sha256`` the document's PDF unless it has one; returns the one that holds for ever."""
    result = session.execute(
        update(Document)
        .where(Document.id == document_id, Document.pdf_sha256.is_(None))
        .values(pdf_sha256=sha256)
        .execution_options(synchronize_session=False)
    )
    if isinstance(result, CursorResult) and result.rowcount:
        return sha256
    held = session.scalar(select(Document.pdf_sha256).where(Document.id == document_id))
    if held is None:
        raise NotFound
    return held


def ensure_pdf(session: Session, document: Document, store: FileStore) -> Path:
    """The document's PDF file, rendered now if it never was; raises ``FileDamaged`` if it was altered.

    Renders inside the caller's transaction: for workers and commands. Pages use ``render``, then
    ``record_pdf`` in a short transaction of its own.
    """
    if document.pdf_sha256 is None:
        held = record_pdf(session, document.id, render(document, store))
        session.refresh(document, ["pdf_sha256"])
        return store.verified_path(held)
    return store.verified_path(document.pdf_sha256)


def _require_open(document: Document, reasons: str) -> None:
    if not reasons.strip():
        raise ReasonRequired
    if document.status != "valid":
        raise DocumentClosed(number=document.number)


def _fixed(
    html: str,
    number: str,
    kind: str,
    serial: int,
    title: str,
    department: Department,
    staff: Staff | None,
    now: datetime,
) -> Document:
    return Document(
        number=number,
        authority=department.abbreviation,
        kind=kind,
        year=clock.local_day(now).year,
        serial=serial,
        title=title,
        department_id=department.id,
        html=html,
        content_sha256=hashlib.sha256(html.encode()).hexdigest(),
        issued_at=now,
        issued_by_id=staff.id if staff else None,
    )
