"""At the desk: a change, a renewal or a replacement is begun from the permit it is about."""

from flask import redirect, render_template, request, url_for

from approvals import clock, permit_requests, register_book
from approvals.errors import DomainError, NotFound
from approvals.queries import register as query
from approvals.queries.register import Sought
from approvals.register_rules import status_on
from approvals.tables import Permit
from approvals.terms import RequestKind

from ..auth import current_staff, requires
from ..i18n import speak
from ..request_view import choices
from ..transactions import db, now
from . import blueprint
from .drafts import Page
from .view import limit_words


@blueprint.get("/requests")
@requires("request_on_permit")
def requests() -> Page:
    """Find the permit by number, identifier or holder; a single hit is shown at once."""
    words = request.args.get("q", "").strip()[:80]
    found = query.find(db(), Sought(text=words), 1, clock.local_day(now())).rows if words else ()
    if len(found) == 1:
        return redirect(url_for("desk.permit", number=found[0].number))
    return render_template("desk/requests.html", words=words, rows=found, today=clock.local_day(now()))


@blueprint.get("/requests/<number>")
@requires("request_on_permit")
def permit(number: str) -> Page:
    """One permit: what can be asked of it today, and why the rest cannot. Raises ``NotFound``."""
    return _show(_standing(number))


@blueprint.post("/requests/<number>/<kind>")
@requires("request_on_permit")
def begin(number: str, kind: str) -> Page:
    """Begin the request; a refusal shows the page again with its reason."""
    session, subject = db(), _standing(number)
    if kind not in set(RequestKind) - {RequestKind.NEW}:
        raise NotFound
    try:
        with session.begin_nested():
            draft = permit_requests.start_request(session, subject, RequestKind(kind), current_staff(), now())
    except DomainError as error:
        return _show(subject, speak(error.message, error.params), error.status)
    return redirect(url_for("desk.draft", draft_id=draft.id), 303)


def _standing(number: str) -> Permit:
    session = db()
    return register_book.in_force(session, number) or register_book.latest(session, number)


def _show(permit: Permit, refused: str = "", status: int = 200) -> Page:
    session = db()
    found, time = choices(session, permit, now())
    page = render_template(
        "desk/request.html",
        permit=permit,
        status=status_on(permit, clock.local_day(now())),
        choices=found,
        time=time,
        open_requests=permit_requests.open_requests(session, permit),
        refused=refused,
        limit=limit_words,
    )
    return page, status
