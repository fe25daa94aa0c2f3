"""Where the QR code leads, and the look-up by number."""

from flask import current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from approvals import clock
from approvals.public_status import PUBLIC
from approvals.queries import verification
from approvals.queries.verification import NotOurPermit
from approvals.signing.sealing import SigningUnavailable

from .. import pdf_files
from ..auth import public
from ..i18n import local, speak
from ..security import limiter
from ..transactions import db, now
from . import blueprint
from .answer import page
from .offline import verifier, verifier_of


def _asked() -> bool:
    return not request.args.get("number", "").strip()


@blueprint.get("")
@public
@limiter.limit("20 per minute; 200 per hour", exempt_when=_asked)
def index() -> Response:
    """The look-up form; a number that is ours leads to its page."""
    typed = request.args.get("number", "").strip()
    if not typed:
        return page("permits/index.html", 200, number="", error="", verifier=verifier(db()))
    try:
        public_id = verification.public_id_of(db(), typed)
    except NotOurPermit as unknown:
        return page(
            "permits/index.html",
            404,
            number=typed[:80],
            error=speak(unknown.message),
            verifier=verifier(db()),
        )
    return redirect(url_for("permits.permit", public_id=public_id))


@blueprint.get("/<public_id>")
@public
@limiter.limit("60 per minute")
def permit(public_id: str) -> Response:
    """What the paper shows, whether it holds now, and the hashes of what was issued."""
    today = clock.local_day(now())
    try:
        shown, parts = verification.verified(db(), public_id[:60], today)
    except NotOurPermit as unknown:
        return page("permits/unknown.html", 404, sentence=speak(unknown.message))
    db().rollback()  # rendering may take a while; nobody waits for this reader meanwhile
    return page(
        "permits/permit.html",
        200,
        permit=shown,
        parts=parts,
        pdf_sha256=shown.pdf_sha256 or _rendered(shown.document_id),
        checked=now(),
        public_states=PUBLIC,
        verifier=verifier_of({shown.kind: local(shown.name)}, {shown.abbreviation: local(shown.authority)}),
    )


def _rendered(document_id: int) -> str:
    """The hash of the file, rendered now; empty while nothing can be signed. The state is told all the same."""
    try:
        return pdf_files.ensure(current_app.extensions["engine"], pdf_files.store(), document_id)
    except SigningUnavailable:
        return ""
