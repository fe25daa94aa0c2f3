"""PDFs made ahead of their first opening: certificates first, then documents, the newest first.

Text and hash are fixed when a document is issued; this only spares the first reader the second it takes.
"""

import logging
from pathlib import Path

from sqlalchemy import ColumnElement, Engine, select

from approvals import database
from approvals.filestore import FileStore
from approvals.printing.fonts import GlyphMissing
from approvals.queries.tracking import CERTIFICATES
from approvals.signing.sealing import SigningUnavailable
from approvals.tables import Document

from ..pdf_files import ensure

log = logging.getLogger(__name__)
BATCH = 3  # a few seconds, then mail and other work has its turn
_given_up: set[int] = set()
"""Documents this process could not render; a restart tries them again."""


def render_certificates(engine: Engine, folder: Path) -> int:
    """Render a few certificates that have no PDF yet; returns how many."""
    return _render(engine, folder, Document.kind.startswith(CERTIFICATES, autoescape=True))


def render_documents(engine: Engine, folder: Path) -> int:
    """Render a few other documents that have no PDF yet; returns how many."""
    return _render(engine, folder, ~Document.kind.startswith(CERTIFICATES, autoescape=True))


def _render(engine: Engine, folder: Path, which: ColumnElement[bool]) -> int:
    store, done = FileStore(folder), 0
    for document_id in _waiting(engine, which):
        try:
            ensure(engine, store, document_id)
            done += 1
        except SigningUnavailable:  # logged where it happened; the next round tries again
            break
        except (OSError, ValueError, RuntimeError, GlyphMissing):
            log.exception("rendering document %s", document_id)
            _given_up.add(document_id)
    return done


def _waiting(engine: Engine, which: ColumnElement[bool]) -> list[int]:
    with database.reading_session(engine) as session:
        ids = session.scalars(
            select(Document.id)
            .where(Document.pdf_sha256.is_(None), which)
            .order_by(Document.id.desc())
            .limit(BATCH + len(_given_up))
        )
        return [document_id for document_id in ids if document_id not in _given_up][:BATCH]
