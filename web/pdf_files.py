"""A legal document as a download: its PDF is rendered once, outside any transaction, and kept for ever."""

import io
from pathlib import Path

from flask import current_app, send_file
from sqlalchemy import Engine, select
from sqlalchemy.orm import joinedload, load_only
from werkzeug.wrappers import Response

from approvals import database, documents
from approvals.errors import NotFound
from approvals.filestore import FileStore
from approvals.tables import Document

from .transactions import unit_of_work


def store() -> FileStore:
    """The file store of this installation."""
    return FileStore(current_app.extensions["settings"].files_dir)


def ensure(engine: Engine, files: FileStore, document_id: int) -> str:
    """The SHA-256 of the document's PDF, rendered now if it never was. Raises ``NotFound``.

    Reading, rendering with its signature, and recording are three separate things, so that nobody waits for a
    lock meanwhile; of two that render at once the first counts.
    """
    with database.reading_session(engine) as session:
        held = session.execute(select(Document.pdf_sha256).where(Document.id == document_id)).one_or_none()
        if held is None:
            raise NotFound
        if held.pdf_sha256 is not None:
            return str(held.pdf_sha256)
        document = session.get_one(Document, document_id, options=[joinedload(Document.department)])
    rendered = documents.render(document, files)
    with unit_of_work(engine) as session:
        return documents.record_pdf(session, document_id, rendered)


def download(document_id: int) -> Response:
    """The PDF, shown in the browser under the document's number. The caller has checked the right to it.

    Raises ``NotFound``, or ``FileDamaged`` where the stored bytes are no longer those that were put there.
    """
    engine: Engine = current_app.extensions["engine"]
    files = store()
    path = files.verified_path(ensure(engine, files, document_id))
    with database.reading_session(engine) as session:
        only = load_only(Document.number, Document.title)
        named = session.scalars(select(Document).where(Document.id == document_id).options(only)).one()
        name = f"{named.title}{named.number}.pdf"  # no blank: of a Chinese name the ASCII fallback would begin with it
    return send_pdf(path, name)


def send_pdf(path: Path, name: str) -> Response:
    """A PDF file under a readable name, kept by nobody on the way."""
    return _private(send_file(path, mimetype="application/pdf", download_name=name, max_age=0))


def send_bytes(pdf: bytes, name: str) -> Response:
    """A PDF that was made for this answer alone and is kept nowhere."""
    return _private(send_file(io.BytesIO(pdf), mimetype="application/pdf", download_name=name, max_age=0))


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
