"""Steps that wait at the window: each is one page and one post, and the second click is told who was first."""

from collections.abc import Callable

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from approvals import tasks
from approvals.decision import Ruling
from approvals.delivery import Service
from approvals.errors import DomainError, StaleTask
from approvals.people import directory
from approvals.queries import desk as queries
from approvals.tables import Staff, Task
from approvals.tasks import TaskHeld
from approvals.terms import TaskState
from processes.steps import checking, closing, decisions, second_correction

from ..auth import current_staff, requires
from ..calendars import calendar
from ..rulings import granted_of
from ..transactions import db, keep_writes, now
from . import blueprint, saving
from .acts import answer_of, extra_defects
from .drafts import Page, already
from .saving import Faults, Posted
from .stepping import step_page

Act = Callable[[Session, int, int | None, Staff], object]


@blueprint.get("/tasks/<int:task_id>")
@requires("intake")
def task(task_id: int) -> Page:
    """The page of a step; a step that is done shows the case."""
    found = queries.task(db(), task_id)
    if found.state != TaskState.OPEN:
        return redirect(url_for("desk.done", case_id=found.case_id))
    return show_task(found)


@blueprint.post("/tasks/<int:task_id>/checklist")
@requires("check_materials", "answer_correction")
def checklist(task_id: int) -> Page:
    """Keep ticks and scans of a step without ending it."""
    return _do(task_id, lambda *_: None, stays=True)


@blueprint.post("/tasks/<int:task_id>/acceptance")
@requires("check_materials")
def check_acceptance(task_id: int) -> Page:
    """受理 after checking."""
    return _check(task_id, "accepted")


@blueprint.post("/tasks/<int:task_id>/deferral")
@requires("check_materials")
def check_deferral(task_id: int) -> Page:
    """容缺受理 after checking."""
    return _check(task_id, "deferred")


@blueprint.post("/tasks/<int:task_id>/correction")
@requires("check_materials", "issue_correction")
def check_correction(task_id: int) -> Page:
    """The one notice for window and departments: before acceptance, or (issue_correction) after it."""

    def act(session: Session, id_: int, version: int | None, clerk: Staff) -> object:
        if session.get_one(Task, id_).step == "issue_correction":
            return checking.issue_correction(session, id_, version, clerk, calendar(), now())
        extra = extra_defects(request.form)
        return checking.check_materials(
            session, id_, version, clerk, "correction", calendar(), now(), extra=extra
        )

    return _do(task_id, act)


@blueprint.post("/tasks/<int:task_id>/supervision-requests")
@requires("check_materials")
def ask_supervision(task_id: int) -> Page:
    """Ask supervision to let a second notice name what was visible the first time."""
    extra = extra_defects(request.form)
    return _do(
        task_id,
        lambda session, id_, version, clerk: second_correction.ask_supervision(
            session, id_, version, clerk, now(), extra
        ),
        stays=True,
    )


@blueprint.post("/tasks/<int:task_id>/refusal")
@requires("check_materials")
def check_refusal(task_id: int) -> Page:
    """不予受理 and its kin, after checking."""
    return _check(task_id, "not_accepted")


def _check(task_id: int, outcome: str) -> Page:
    def act(session: Session, id_: int, version: int | None, clerk: Staff) -> object:
        answer = answer_of(request.form) if outcome == "not_accepted" else None
        return checking.check_materials(
            session, id_, version, clerk, outcome, calendar(), now(), answer=answer
        )

    return _do(task_id, act)


@blueprint.post("/tasks/<int:task_id>/dropped-defects")
@requires("check_materials", "issue_correction")
def drop_defects(task_id: int) -> Page:
    """A line of the notice turns out to be no defect, with reasons."""
    chosen = request.form.get("drop", "")
    ids = [int(part) for part in chosen.split(",") if part.isascii() and part.isdigit()]

    def act(session: Session, id_: int, _version: int | None, clerk: Staff) -> None:
        case = session.get_one(Task, id_).case
        for defect_id in ids:
            reasons = request.form.get(f"drop-{ids[0]}-reasons", "")
            checking.drop_defect(session, case, defect_id, clerk, reasons, now())

    return _do(task_id, act, stays=True)


@blueprint.post("/tasks/<int:task_id>/answer")
@requires("answer_correction")
def answer(task_id: int) -> Page:
    """What the applicant brought to the window."""
    text = request.form.get("answer", "")[:2000]
    return _do(
        task_id, lambda session, id_, version, clerk: checking.answer_correction(session, id_, version, clerk, text, now())
    )  # fmt: skip


@blueprint.post("/tasks/<int:task_id>/decision")
@requires("decide_on_the_spot")
def decide(task_id: int) -> Page:
    """Granted, or after the hearing refused, on the spot."""
    form = request.form

    def act(session: Session, id_: int, version: int | None, clerk: Staff) -> object:
        ruling = Ruling(
            granted=granted_of(form),
            reasons=form.get("reasons", "")[:2000],
            articles=form.get("articles", "")[:1000],
            scope=form.get("scope", "")[:500],
        )
        return decisions.decide(session, id_, version, clerk, ruling, now())

    return _do(task_id, act)


@blueprint.post("/tasks/<int:task_id>/proposed-refusal")
@requires("decide_on_the_spot")
def propose_refusal(task_id: int) -> Page:
    """Tell the facts of an intended refusal and the right to be heard."""
    facts, reasons, articles = (
        request.form.get(f"refuse-{name}", "")[:2000] for name in ("facts", "reasons", "articles")
    )
    return _do(
        task_id,
        lambda session, id_, version, clerk: decisions.propose_refusal(
            session, id_, version, clerk, facts, reasons, articles, now()
        ),
    )


@blueprint.post("/tasks/<int:task_id>/statement")
@requires("hear_statement_at_window")
def hear_statement(task_id: int) -> Page:
    """The statement and defence, or that none was made."""
    statement, assessment = (request.form.get(name, "")[:2000] for name in ("statement", "assessment"))
    waived, hearing_waived = (request.form.get(name) == "yes" for name in ("waived", "hearing_waived"))
    return _do(
        task_id,
        lambda session, id_, version, clerk: decisions.hear_statement(
            session,
            id_,
            version,
            clerk,
            statement,
            assessment,
            now(),
            waived=waived,
            hearing_waived=hearing_waived,
        ),
    )


@blueprint.post("/tasks/<int:task_id>/certificates")
@requires("issue")
def issue(task_id: int) -> Page:
    """制证."""
    return _do(
        task_id, lambda session, id_, version, clerk: closing.issue(session, id_, version, clerk, now())
    )


@blueprint.post("/tasks/<int:task_id>/delivery")
@requires("deliver")
def deliver(task_id: int) -> Page:
    """送达 with its proof."""
    form = request.form
    names = ("manner", "recipient", "place", "signature", "tracking", "relation", "refusal", "witnesses")
    service = Service(**{name: form.get(name, "").strip()[:200] for name in names})
    second_id = form.get("second", "")

    def act(session: Session, id_: int, version: int | None, clerk: Staff) -> object:
        known = second_id.isascii() and second_id.isdigit()
        second = directory.get_staff(session, int(second_id)) if known else None
        return closing.deliver(session, id_, version, clerk, second, service, now())

    return _do(task_id, act)


def _do(task_id: int, act: Act, *, stays: bool = False) -> Page:
    """Take the task, keep ticks and scans, then act wholly or not at all."""
    session, clerk, version = db(), current_staff(), version_of(request.form)
    try:
        found = tasks.take(session, task_id, version, clerk, now())
    except (StaleTask, TaskHeld) as error:
        return already(queries.task(session, task_id).case_id, error)
    faults = Faults()
    faults.places |= saving.save_materials(session, found.case, clerk, request.form, request.files, now())
    try:
        if not faults.any():
            with session.begin_nested():
                act(session, task_id, version, clerk)
    except DomainError as error:
        faults.take(error)
        return show_task(session.get_one(Task, task_id), faults, error.status)
    if faults.any():
        return show_task(found, faults, 422)
    if stays:
        return redirect(url_for("desk.task", task_id=task_id), 303)
    return redirect(url_for("desk.done", case_id=found.case_id), 303)


def version_of(posted: Posted) -> int | None:
    """The version of the task that the page showed."""
    text = posted.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def show_task(found: Task, faults: Faults | None = None, status: int = 200) -> Page:
    """The page of a step; after a refusal with what was typed."""
    if status >= 400:
        keep_writes()
    posted = request.form if faults else None
    page = step_page(db(), found, current_staff(), posted, faults)
    return render_template("desk/task.html", **page), status
