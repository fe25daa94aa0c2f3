"""Orders and urgings sent from the case page: one noun each, each one call of the spine."""

from flask import request
from werkzeug.wrappers import Response

from approvals.errors import NotFound
from approvals.messages import N_
from approvals.queries import case as query
from approvals.tables import Task
from processes.steps import supervision

from ..auth import current_staff, requires
from ..transactions import db, now
from . import blueprint
from .task_acts import perform

Page = Response | str | tuple[str, int]


@blueprint.post("/<int:case_id>/supervisory-orders")
@requires("supervise")
def supervisory_order(case_id: int) -> Page:
    """Order a department to act and to answer."""
    query.load_case(db(), case_id, current_staff())
    part_id, reasons = request.form.get("part", type=int), request.form.get("reasons", "")
    return perform(
        case_id,
        "order:0",
        lambda: supervision.open_order(db(), case_id, part_id, current_staff(), reasons, now()),
        N_("督办单已发出，部门负责人须在三个工作日内答复。"),
    )


@blueprint.post("/<int:case_id>/urgings")
@requires("urge", "urge_own", "urge_as_lead", "urge_as_clerk")
def urging(case_id: int) -> Page:
    """Remind whoever has a task of this case to do."""
    query.load_case(db(), case_id, current_staff())
    task = db().get(Task, request.form.get("task", 0, type=int))
    if task is None or task.case_id != case_id:
        raise NotFound
    task_id, words = task.id, request.form.get("words", "")
    return perform(
        case_id,
        "urge:0",
        lambda: supervision.urge(db(), task_id, current_staff(), words, now()),
        N_("已催办，对方会在提醒里看到。"),
    )
