"""Legal documents (文书): the PDF, and what the head of a department does about a wrong one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from approvals import authority, rectification
from approvals.errors import DomainError
from approvals.queries import case as query
from approvals.tables import Document

from .. import pdf_files
from ..auth import current_staff, requires
from ..i18n import speak
from ..transactions import db, now

blueprint = Blueprint("documents", __name__, url_prefix="/documents")
Page = Response | str | tuple[str, int]
ROWS = 3


@blueprint.get("/<int:document_id>.pdf")
@requires("see_cases")
def pdf(document_id: int) -> Response:
    """The paper itself, for whoever may see its case."""
    return pdf_files.download(query.document_of(db(), document_id, current_staff()).id)


@blueprint.get("/<int:document_id>/change")
@requires("rectify_document")
def change(document_id: int) -> str:
    """Two forms: a notice that puts a slip of the pen right, or voiding."""
    return _change_page(_own(document_id))


@blueprint.post("/<int:document_id>/rectification")
@requires("rectify_document")
def rectify(document_id: int) -> Page:
    """Put a slip of the pen right; the original keeps its number and its text."""
    _own(document_id)
    names = rectification.CHANGE
    rows = zip(*(request.form.getlist(name) for name in names), strict=False)
    changes = [dict(zip(names, row, strict=True)) for row in rows]
    try:
        notice = rectification.rectify(
            db(), document_id, current_staff(), changes, request.form.get("reasons", ""), now()
        )
    except DomainError as error:
        return _refused(document_id, error, "rectification")
    flash(_("更正通知书 %(number)s 已发出。", number=notice.number), "done")
    return _to_case(notice)


@blueprint.post("/<int:document_id>/voiding")
@requires("rectify_document")
def void(document_id: int) -> Page:
    """Void a document; its number stays used and says so."""
    _own(document_id)
    try:
        document = rectification.void(
            db(), document_id, current_staff(), request.form.get("reasons", ""), now()
        )
    except DomainError as error:
        return _refused(document_id, error, "voiding")
    flash(_("文书 %(number)s 已作废。", number=document.number), "done")
    return _to_case(document)


def _own(document_id: int) -> Document:
    """A document of one's own department; raises ``NotFound`` or ``Forbidden``."""
    document = query.document_of(db(), document_id, current_staff())
    authority.require(current_staff(), "rectify_document", document.department_id)
    return document


def _change_page(document: Document, problem: str = "", form: str = "") -> str:
    return render_template(
        "documents/change.html", document=document, problem=problem, form=form, typed=request.form,
        rows=max(ROWS, len(request.form.getlist("where"))),
    )  # fmt: skip


def _refused(document_id: int, error: DomainError, form: str) -> Page:
    db().rollback()
    return _change_page(_own(document_id), speak(error.message, error.params), form), error.status


def _to_case(document: Document) -> Response:
    return redirect(url_for("cases.page", case_id=document.case_id, tab="documents", _anchor="tabs"), 303)
