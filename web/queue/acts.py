"""Claim, put back, hand to a colleague: three nouns under a task."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from approvals import authority, tasks
from approvals.errors import DomainError, NotFound
from approvals.queries import queue
from approvals.tables import Staff, Task

from .. import options
from ..auth import current_staff, requires, safe_next
from ..i18n import local, speak
from ..transactions import db, now
from . import blueprint
from .pages import WORK, refused

Page = Response | str | tuple[str, int]


@blueprint.post("/tasks/<int:task_id>/claim")
@requires(*WORK)
def claim(task_id: int) -> Page:
    """Take a task; the second claimant is told who was first."""
    try:
        task = tasks.claim(db(), task_id, current_staff(), now())
    except DomainError as error:
        return _refused(error)
    flash(_("已认领：%(step)s，%(item)s。", step=_(task.name), item=local(task.case.item.name)), "done")
    return _back()


@blueprint.post("/tasks/<int:task_id>/release")
@requires(*WORK)
def release(task_id: int) -> Page:
    """Put a task back for the department."""
    try:
        task = tasks.unclaim(db(), task_id, current_staff(), now())
    except DomainError as error:
        return _refused(error)
    flash(_("已放回待认领：%(step)s。", step=_(task.name)), "done")
    return _back()


@blueprint.get("/tasks/<int:task_id>/transfer")
@requires(*WORK, "hand_over_tasks")
def transfer_form(task_id: int) -> str:
    """Who can take the task over."""
    return _transfer_page(_visible_task(task_id))


@blueprint.post("/tasks/<int:task_id>/transfer")
@requires(*WORK, "hand_over_tasks")
def transfer(task_id: int) -> Page:
    """Give a task to a colleague with the post for it."""
    task = _visible_task(task_id)
    colleague = db().get(Staff, request.form.get("colleague", 0, type=int))
    if colleague is None:
        return _transfer_page(task, _("请选择一位同事。")), 422
    try:
        task = tasks.transfer(db(), task_id, current_staff(), colleague, now())
    except DomainError as error:
        db().rollback()
        return _transfer_page(_visible_task(task_id), speak(error.message, error.params)), error.status
    flash(_("已转给%(who)s。", who=colleague.name), "done")
    return _back()


def _visible_task(task_id: int) -> Task:
    """The task, if the person may see its case; raises ``NotFound``."""
    task = db().get(Task, task_id)
    if task is None:
        raise NotFound
    if not authority.sees(db(), current_staff(), task.case, [part.department_id for part in task.case.parts]):
        raise NotFound
    return task


def _transfer_page(task: Task, problem: str = "") -> str:
    template = "queue/_transfer.html" if request.headers.get("HX-Request") else "queue/transfer.html"
    return render_template(
        template, task=task, problem=problem, colleagues=options.of_staff(queue.candidates(db(), task)),
        back=safe_next(request.values.get("next") or url_for("queue.index")),
    )  # fmt: skip


def _refused(error: DomainError) -> Page:
    """The list again with the sentence; nothing was written."""
    db().rollback()
    return refused(error.message, error.params), error.status


def _back() -> Response:
    return redirect(safe_next(request.form.get("next") or url_for("queue.index")), 303)
