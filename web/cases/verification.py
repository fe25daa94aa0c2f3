"""What is sent of verification: the check of one clause with its evidence, the conclusion, a rectification, the early end."""

from collections.abc import Callable

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from approvals import verification_checks
from approvals.errors import DomainError, NotFound
from approvals.messages import N_
from approvals.queries import case as query
from approvals.tables import Staff, Task, Verification
from approvals.terms import VerificationState
from approvals.verification_checks import Evidence, Finding
from processes.steps import verification as steps

from .. import pdf_files
from ..auth import current_staff, requires
from ..transactions import db, now
from . import blueprint
from .pages import refuse, render_case
from .sent import Sent
from .task_acts import NOUNS, perform

Page = Response | str | tuple[str, int]

CONCLUDED = {
    VerificationState.MET: N_("核查完成：各项承诺符合要求。"),
    VerificationState.RECTIFYING: N_("责令限期整改通知书已发出，等待申请人整改。"),
    VerificationState.REVOKING: N_("核查完成：已提请撤销许可，须先告知事实并听取陈述申辩。"),
}
"""What is said after a round was concluded."""


@blueprint.post("/<int:case_id>/tasks/<int:task_id>/clauses/<int:clause_id>/checks")
@requires("verify")
def clause_check(case_id: int, task_id: int, clause_id: int) -> Page:
    """Record what was found of one clause; with files, so the form comes in parts."""
    _require_of_case(case_id, task_id)
    form = request.form
    largest = current_app.extensions["settings"].upload_max_mb * 1024 * 1024
    files = [each for each in request.files.getlist("evidence") if each.filename]
    chosen = form.get("second", 0, type=int)

    def run() -> None:
        finding = Finding(
            manner=form.get("manner", ""),
            outcome=form.get("outcome", ""),
            words=form.get("finding", ""),
            second=db().get(Staff, chosen) if chosen else None,
            evidence=[Evidence(each.filename or "", each.stream.read(largest + 1)) for each in files],
        )
        steps.check(
            db(), task_id, form.get("version", type=int), current_staff(), clause_id, finding,
            pdf_files.store(), now(), largest,
        )  # fmt: skip

    return _perform(case_id, task_id, f"check:{clause_id}", run)


def _require_of_case(case_id: int, task_id: int) -> None:
    query.load_case(db(), case_id, current_staff())
    if db().scalar(select(Task.case_id).where(Task.id == task_id)) != case_id:
        raise NotFound


def _perform(case_id: int, task_id: int, where: str, run: Callable[[], None]) -> Page:
    """Do it and go back to the form, or show the page with the refusal at the clause it came from."""
    try:
        run()
    except DomainError as error:
        db().rollback()
        return render_case(case_id, refuse(error, where)), error.status
    left = verification_checks.left(steps.of_task(db(), db().get_one(Task, task_id)))
    said = _("核查结果已登记，可以完成核查。")
    if left:
        said = ngettext("核查结果已登记，还有 %(num)s 项。", "核查结果已登记，还有 %(num)s 项。", len(left))
    flash(said, "done")
    return redirect(
        url_for("cases.page", case_id=case_id, tab="verification", _anchor=f"task-{task_id}"), 303
    )


@blueprint.post("/<int:case_id>/tasks/<int:task_id>/verification-conclusion")
@requires("verify")
def verification_conclusion(case_id: int, task_id: int) -> Page:
    """Conclude the round: met, to be rectified, or a revocation is proposed."""
    _require_of_case(case_id, task_id)
    try:
        row = steps.conclude(db(), task_id, request.form.get("version", type=int), current_staff(), now())
    except DomainError as error:
        db().rollback()
        return render_case(case_id, refuse(error, f"verification-conclusion:{task_id}")), error.status
    flash(_(CONCLUDED[VerificationState(row.state)]), "done")
    return redirect(url_for("cases.page", case_id=case_id, tab="verification", _anchor="tabs"), 303)


def _rectification(sent: Sent) -> None:
    steps.report_rectified(sent.session, sent.task_id, sent.version, sent.staff, sent.text("words"), sent.now)


NOUNS |= {"rectification": (_rectification, N_("整改情况已登记，请再次核查。"))}


@blueprint.post("/<int:case_id>/verifications/<int:verification_id>/rectification")
@requires("take_rectification_at_window")
def rectification_at_window(case_id: int, verification_id: int) -> Page:
    """The applicant reports at the window that what was unmet is put right."""
    query.load_case(db(), case_id, current_staff())
    words = request.form.get("words", "")
    return perform(
        case_id,
        f"rectified:{verification_id}",
        lambda: steps.report_at_window(db(), case_id, verification_id, current_staff(), words, now()),
        N_("整改情况已登记，部门将再次核查。"),
    )


@blueprint.post("/<int:case_id>/verifications/<int:verification_id>/closing")
@requires("close_verification")
def verification_closing(case_id: int, verification_id: int) -> Page:
    """The head ends a verification that has lost its object, with reasons."""
    query.load_case(db(), case_id, current_staff())
    if db().scalar(select(Verification.case_id).where(Verification.id == verification_id)) != case_id:
        raise NotFound
    reasons = request.form.get("reasons", "")
    return perform(
        case_id,
        f"verification-closing:{verification_id}",
        lambda: steps.close_early(db(), verification_id, current_staff(), reasons, now()),
        N_("核查已提前结束，理由已告知申请人。"),
    )
