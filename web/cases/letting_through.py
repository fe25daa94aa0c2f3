"""Supervision lets single defects of a second correction notice be told, with reasons, from the case page."""

from flask import request
from werkzeug.wrappers import Response

from approvals.messages import N_
from approvals.queries import case as query
from processes.steps import second_correction as steps

from ..auth import current_staff, requires
from ..transactions import db, now
from . import blueprint
from .task_acts import perform

Page = Response | str | tuple[str, int]


@blueprint.post("/<int:case_id>/second-corrections/<int:defect_id>")
@requires("let_second_correction_through")
def second_correction_let_through(case_id: int, defect_id: int) -> Page:
    """One defect may be told although it was visible the first time."""
    query.load_case(db(), case_id, current_staff())
    reasons = request.form.get("reasons", "")
    return perform(
        case_id,
        f"second:{defect_id}",
        lambda: steps.let_through(db(), case_id, defect_id, current_staff(), reasons, now()),
        N_("已同意提出，窗口已获通知。受理不因此推迟。"),
    )
