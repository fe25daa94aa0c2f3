"""Verification of a PDF: dropped on the page or chosen, read, and forgotten."""

from flask import Response, current_app, request
from werkzeug.datastructures import FileStorage

from approvals import clock, database, permit_file
from approvals.permit_file import LARGEST, FileVerdict, Outcome
from approvals.public_status import PUBLIC

from ..auth import public
from ..security import limiter
from ..transactions import now
from . import blueprint
from .answer import page

STATUS = {Outcome.TOO_LARGE: 413, Outcome.NOT_PDF: 415, Outcome.EMPTY: 422}
"""Where the file itself was no answer's ground; every other outcome is an answer."""


@blueprint.post("/verification")
@public
@limiter.limit("10 per minute; 100 per hour")
def file() -> Response:
    """Signature, fingerprint and state of the PDF; the same result as ``flask --app web permits verify``."""
    verdict = verify(_content(request.files.get("file")))
    return page(
        "permits/verification.html",
        STATUS.get(verdict.outcome, 200),
        verdict=verdict,
        rows=permit_file.rows(verdict),
        checked=now(),
        public_states=PUBLIC,
    )


def verify(content: bytes) -> FileVerdict:
    """The result for a file on the day of the clock; the register is only read."""
    today = clock.local_day(current_app.extensions["clock"]())
    with database.reading_session(current_app.extensions["engine"]) as session:
        return permit_file.verify(session, content, current_app.extensions["settings"].signing, today)


def _content(sent: FileStorage | None) -> bytes:
    """No more than shows that a file is too large."""
    return sent.stream.read(LARGEST + 1) if sent is not None and sent.filename else b""
