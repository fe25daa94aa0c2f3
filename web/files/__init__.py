"""Scans (扫描件): a page to look at them one after the other, and their bytes."""

from flask import Blueprint, Response, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from approvals.queries import case as query

from .. import pdf_files
from ..auth import current_staff, requires
from ..transactions import db

blueprint = Blueprint("files", __name__, url_prefix="/files")


@blueprint.get("/<int:file_id>")
@requires("see_cases", "intake")
def view(file_id: int) -> BaseResponse | str:
    """One scan with the others of its case beside it."""
    file = query.file_of(db(), file_id, current_staff())
    case = query.load_case(db(), file.case_id, current_staff())
    entries = [(line, each) for line in case.materials for each in line.files]
    at = next((index for index, (_line, each) in enumerate(entries) if each.id == file_id), None)
    if at is None:  # evidence of a check, or a signed commitment: no scan of a material
        return redirect(url_for("files.content", file_id=file_id))
    return render_template(
        "files/view.html", file=file, case=case, line=entries[at][0], entries=entries, at=at
    )


@blueprint.get("/<int:file_id>/content")
@requires("see_cases", "intake")
def content(file_id: int) -> Response:
    """The bytes under their own type, as the content was judged at upload; kept by nobody on the way."""
    file = query.file_of(db(), file_id, current_staff())
    path = pdf_files.store().verified_path(file.sha256)
    response = send_file(path, mimetype=file.media_type, download_name=file.name, max_age=0)
    response.headers["Cache-Control"] = "private, no-store"
    return response
