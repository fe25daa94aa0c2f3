"""Public verification of permits: where the QR code leads, and a look-up by number."""

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from approvals import clock
from approvals.queries import verification
from approvals.queries.verification import NotOurPermit

from .. import pdf_files
from ..auth import public
from ..i18n import speak
from ..security import limiter
from ..transactions import db, now

blueprint = Blueprint("permits", __name__, url_prefix="/permits")
SHAPES = {"valid": "check", "expired": "clock", "voided": "close"}
"""Status → symbol; with its word it says the same without colour."""


def _asked() -> bool:
    return not request.args.get("number", "").strip()


@blueprint.get("")
@public
@limiter.limit("20 per minute; 200 per hour", exempt_when=_asked)
def index() -> AnyResponse:
    """The look-up form; a number that is ours leads to its page."""
    typed = request.args.get("number", "").strip()
    if not typed:
        return _page("permits/index.html", 200, number="", error="")
    try:
        public_id = verification.public_id_of(db(), typed)
    except NotOurPermit as unknown:
        return _page("permits/index.html", 404, number=typed[:80], error=speak(unknown.message))
    return redirect(url_for("permits.permit", public_id=public_id))


@blueprint.get("/<public_id>")
@public
@limiter.limit("60 per minute")
def permit(public_id: str) -> AnyResponse:
    """What the paper shows, whether it holds now, and the hashes of what was issued."""
    today = clock.local_day(now())
    try:
        shown, parts = verification.verified(db(), public_id[:60], today)
    except NotOurPermit as unknown:
        return _page("permits/unknown.html", 404, sentence=speak(unknown.message))
    db().rollback()  # rendering may take a second; nobody waits for this reader meanwhile
    pdf_sha256 = shown.pdf_sha256 or pdf_files.ensure(
        current_app.extensions["engine"], pdf_files.store(), shown.document_id
    )
    return _page(
        "permits/permit.html",
        200,
        permit=shown,
        parts=parts,
        pdf_sha256=pdf_sha256,
        checked=now(),
        shapes=SHAPES,
    )


def _page(template: str, status: int, **shown: object) -> Response:
    response = make_response(render_template(template, **shown), status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
