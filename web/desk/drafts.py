"""The draft: one page with item, applicant, form and checklist, saved as it is typed."""

from flask import Response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from approvals import handing_in, intake
from approvals.errors import DomainError
from approvals.intake import AlreadySubmitted
from approvals.queries import desk as queries
from approvals.tables import Case
from approvals.terms import CaseState

from ..auth import current_staff, requires
from ..i18n import speak
from ..transactions import db, keep_writes, now
from . import blueprint, saving
from .saving import Faults, Posted
from .view import draft_page

Page = Response | Redirect | str | tuple[str, int]


@blueprint.get("/drafts/<int:draft_id>")
@requires("intake")
def draft(draft_id: int) -> Page:
    """The screen of one act; a draft that has become a case shows its result."""
    case = queries.whole_case(db(), draft_id, current_staff())
    if case.state != CaseState.DRAFT:
        return redirect(url_for("desk.done", case_id=case.id))
    return show(case)


@blueprint.post("/drafts/<int:draft_id>/answers")
@requires("intake")
def answers(draft_id: int) -> Page:
    """Keep everything typed. htmx gets the page again as it now stands; otherwise a new visit of it."""
    session, clerk = db(), current_staff()
    live = bool(request.headers.get("HX-Request"))
    try:
        case = opened(draft_id)
    except AlreadySubmitted as error:
        return already(draft_id, error)
    faults = saving.save_draft(session, case, clerk, request.form, request.files, now(), lenient=live)
    if live or faults.any():
        return show(case, request.form, faults, status=200 if live else 422)
    return redirect(url_for("desk.draft", draft_id=draft_id), 303)


@blueprint.post("/drafts/<int:draft_id>/removal")
@requires("intake")
def discard(draft_id: int) -> Page:
    """Throw the draft away; nothing of it stays."""
    try:
        intake.discard(db(), opened(draft_id), current_staff())
    except AlreadySubmitted as error:
        return already(draft_id, error)
    return redirect(url_for("desk.index"), 303)


@blueprint.post("/drafts/<int:draft_id>/files/<int:file_id>/removal")
@requires("intake")
def remove_file(draft_id: int, file_id: int) -> Page:
    """Take a scan off the draft; what else was typed on the page is kept."""
    session, clerk = db(), current_staff()
    try:
        case = opened(draft_id)
    except AlreadySubmitted as error:
        return already(draft_id, error)
    files = [file for material in case.materials for file in material.files]
    handing_in.remove(session, case, files, file_id)
    faults = saving.save_draft(session, case, clerk, request.form, request.files, now(), lenient=True)
    if request.headers.get("HX-Request") or faults.any():
        return show(case, request.form, faults, status=200)
    return redirect(url_for("desk.draft", draft_id=draft_id), 303)


@blueprint.get("/files/<int:file_id>")
@requires("intake")
def file(file_id: int) -> Response:
    """Look at a scan."""
    stored = queries.file_of(db(), file_id, current_staff())
    path = saving.store().verified_path(stored.sha256)
    return send_file(path, mimetype=stored.media_type, download_name=stored.name, as_attachment=False)


def opened(draft_id: int) -> Case:
    """The clerk's own draft, locked. Raises ``NotFound`` or ``AlreadySubmitted``."""
    case = saving.locked(db(), draft_id)
    intake.require_draft(case, current_staff())
    return case


def show(case: Case, posted: Posted | None = None, faults: Faults | None = None, status: int = 200) -> Page:
    """The page; after a refusal with all that was typed, and what could be kept stays kept."""
    if status >= 400:
        keep_writes()
    return render_template("desk/draft.html", **draft_page(db(), case, posted, faults)), status


def already(case_id: int, error: DomainError) -> Page:
    """The second click: told so, with the way to the case; nothing is written twice."""
    sentence = speak(error.message, error.params)
    page = render_template("desk/already.html", sentence=sentence, title=_("已经办理过了"), case_id=case_id)
    return page, error.status
