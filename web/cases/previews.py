"""Papers before they are issued (预览): certificates and decisions, marked as such; nothing is written."""

import io

from flask import request
from pypdf import PdfWriter
from sqlalchemy import select
from werkzeug.wrappers import Response

from approvals import authority, certificate_preview, papers, tasks
from approvals.decision import Ruling
from approvals.errors import NotFound
from approvals.printing.render import pdf_of
from approvals.queries import case as query
from approvals.tables import CasePart, Task

from ..auth import current_staff, requires
from ..pdf_files import send_bytes
from ..rulings import granted_of
from ..transactions import db, now
from . import blueprint

TO_ISSUE = ("issue", "issue_joint", "decide", "commit")


@blueprint.get("/<int:case_id>/certificate-preview")
@requires(*TO_ISSUE)
def certificates_preview(case_id: int) -> Response:
    """Every certificate the case would yield now, in one PDF, the comprehensive licence first."""
    case = query.load_case(db(), case_id, current_staff())
    return _pdf(*certificate_preview.pages_of(db(), case, now()))


@blueprint.get("/<int:case_id>/certificate-preview/<int:part_id>")
@requires(*TO_ISSUE)
def certificate_preview_of(case_id: int, part_id: int) -> Response:
    """The certificate of one part."""
    query.load_case(db(), case_id, current_staff())
    part = db().get(CasePart, part_id)
    if part is None or part.case_id != case_id:
        raise NotFound
    return _pdf(certificate_preview.page_of_part(db(), part, now()))


@blueprint.post("/<int:case_id>/tasks/<int:task_id>/decision-preview")
@requires("decide", "decide_on_the_spot")
def decision_preview(case_id: int, task_id: int) -> Response:
    """The decision on what is typed, as it would be issued; sent as a form since reasons belong in no address."""
    query.load_case(db(), case_id, current_staff())
    task = db().scalar(select(Task).where(Task.id == task_id, Task.case_id == case_id))
    if task is None or task.part is None:
        raise NotFound
    authority.acting_for(db(), current_staff(), tasks.act_of(task), task.department_id, now())
    form = request.form
    ruling = Ruling(
        granted=granted_of(form), reasons=form.get("reasons", ""), articles=form.get("articles", ""),
        scope=form.get("scope", ""), false_materials=bool(form.get("false_materials")),
    )  # fmt: skip
    return _pdf(papers.decision_preview(db(), task.part, ruling, current_staff(), now()))


def _pdf(*pages: str) -> Response:
    """The pages as one PDF; what was read is given back first, since rendering takes a while."""
    db().rollback()
    written, file = PdfWriter(), io.BytesIO()
    for html in pages:
        written.append(io.BytesIO(pdf_of(html)))
    written.write(file)
    return send_bytes(file.getvalue(), "预览.pdf")
