"""After the act: the number, the papers, and for an instant item the rest of the same visit."""

from collections.abc import Callable, Sequence

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from approvals import catalogue, permits
from approvals.commitment_clauses import is_committed
from approvals.errors import DomainError, NotFound
from approvals.queries import desk as queries
from approvals.tables import Case, Task
from approvals.terms import CaseState
from processes.steps import checking, closing

from ..auth import current_staff, requires, safe_next
from ..i18n import speak
from ..transactions import db, keep_writes, now
from . import blueprint, committing, saving
from .drafts import Page
from .saving import Faults
from .stepping import SHOWS, money, step_page


@blueprint.get("/cases/<int:case_id>/done")
@requires("intake")
def done(case_id: int) -> Page:
    """Number, query code, papers to print, and what comes next at this window."""
    return _show(_case(db(), case_id))


@blueprint.get("/cases/<int:case_id>/fees")
@requires("take_fee", "waive_fee")
def fees(case_id: int) -> Page:
    """The fees of a case: paid at the window, waived by the head."""
    case = _case(db(), case_id)
    return render_template(
        "desk/fees.html", case=case, faults=Faults(), posted={}, **money(case, current_staff())
    )


@blueprint.post("/cases/<int:case_id>/fees/<code>/payment")
@requires("take_fee")
def pay_fee(case_id: int, code: str) -> Page:
    """Record a payment with its receipt."""
    receipt = request.form.get(f"receipt-{code}", "")[:60]
    return _settle(case_id, lambda: closing.pay_fee(db(), case_id, code, receipt, current_staff(), now()))


@blueprint.post("/cases/<int:case_id>/fees/<code>/waiver")
@requires("waive_fee")
def waive_fee(case_id: int, code: str) -> Page:
    """Waive a reducible fee with reasons."""
    reasons = request.form.get(f"reasons-{code}", "")[:500]
    return _settle(case_id, lambda: closing.waive_fee(db(), case_id, code, reasons, current_staff(), now()))


@blueprint.post("/cases/<int:case_id>/materials/<code>/completion")
@requires("answer_correction")
def complete_deferred(case_id: int, code: str) -> Page:
    """What was deferred, or missing when silence accepted, has arrived."""
    session, clerk = db(), current_staff()
    case = _case(session, case_id)
    faults = Faults()
    line = next((m for m in checking.outstanding(case) if m.code == code), None)
    if line is None:
        raise NotFound
    originals, copies = (
        saving.count(request.form.get(f"{kind}-{code}", "")) for kind in ("originals", "copies")
    )
    faults.places |= saving.save_scans(session, line, request.files, clerk, now())
    try:
        if not faults.any():
            with session.begin_nested():
                checking.complete_deferred(session, case_id, code, originals, copies, clerk, now())
    except DomainError as error:
        faults.take(error)
        return _show(_case(session, case_id), faults, error.status)
    if faults.any():
        return _show(_case(session, case_id), faults, 422)
    return redirect(url_for("desk.done", case_id=case_id), 303)


@blueprint.get("/cases/<int:case_id>/withdrawal")
@requires("withdraw")
def withdrawal(case_id: int) -> Page:
    """What goes back, and the reasons the applicant gives."""
    return _withdrawal(_case(db(), case_id))


@blueprint.post("/cases/<int:case_id>/withdrawal")
@requires("withdraw")
def withdraw(case_id: int) -> Page:
    """The applicant withdraws at the window."""
    reasons = request.form.get("reasons", "")[:1000]
    try:
        closing.withdraw(db(), case_id, current_staff(), reasons, now())
    except DomainError as error:
        return _withdrawal(_case(db(), case_id), speak(error.message, error.params), error.status)
    return redirect(url_for("desk.done", case_id=case_id), 303)


def _withdrawal(case: Case, problem: str = "", status: int = 200) -> Page:
    originals = [material for material in case.materials if material.originals and not material.returned_at]
    page = render_template(
        "desk/withdrawal.html", case=case, originals=originals, problem=problem, reasons=request.form.get("reasons", "")
    )  # fmt: skip
    return page, status


def show_case(case_id: int, faults: Faults, status: int) -> Page:
    """The case again after a refusal."""
    return _show(_case(db(), case_id), faults, status)


def _case(session: Session, case_id: int) -> Case:
    """A case that was handed in; raises ``NotFound``, also for a draft."""
    case = queries.whole_case(session, case_id, current_staff())
    if case.state == CaseState.DRAFT:
        raise NotFound
    return case


def _show(case: Case, faults: Faults | None = None, status: int = 200) -> Page:
    """The result; an instant item and a commitment go on here, step after step, until the certificate is there."""
    if status >= 400:
        keep_writes()
    session, clerk = db(), current_staff()
    waiting = [task for task in queries.open_window_tasks(session, case.id) if task.step in SHOWS]
    context = {
        "case": case,
        "item": catalogue.item_for(case),
        "faults": faults or Faults(),
        "posted": request.form if faults else {},
        "papers": queries.papers(session, case.id),
        "permits": permits.of_case(session, case.id),
        "waiting": waiting,
        "commitments": committing.standing(session, case),
        "following": committing.following(session, case),
        **money(case, clerk),
    }
    at_once = _at_once(case, waiting)
    if at_once is not None:
        context = context | step_page(session, at_once, clerk) | money(case, clerk)
        context["faults"] = faults or Faults()
    return render_template("desk/done.html", **context), status


def _at_once(case: Case, waiting: Sequence[Task]) -> Task | None:
    """The step that is done while the applicant waits: of an instant item, or of a part that was committed to."""
    instant = catalogue.item_for(case).procedure == "instant"
    plain = not catalogue.item_of(case.item).parts
    for task in waiting:
        committed = any(is_committed(part) and (plain or part.id == task.part_id) for part in case.parts)
        if instant or committed:
            return task
    return None


def _settle(case_id: int, act: Callable[[], object]) -> Page:
    """Do it; a refusal shows the fees again."""
    back = (
        safe_next(request.form.get("next"))
        if request.form.get("next")
        else url_for("desk.fees", case_id=case_id)
    )
    try:
        act()
    except DomainError as error:
        faults = Faults()
        faults.take(error)
        case = _case(db(), case_id)
        page = render_template(
            "desk/fees.html", case=case, faults=faults, posted=request.form, **money(case, current_staff())
        )
        return page, error.status
    return redirect(back, 303)
