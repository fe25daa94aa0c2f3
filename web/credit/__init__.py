"""Credit records (信用记录): what is open, what is on record of one applicant, and its repair."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from approvals import authority, clock
from approvals.errors import DomainError, ReasonRequired
from approvals.messages import N_
from approvals.queries import credit as query
from processes.steps import credit as steps

from ..auth import current_staff, requires, stood_in_for
from ..i18n import speak
from ..transactions import db, now

blueprint = Blueprint("credit", __name__, url_prefix="/credit")
Page = Response | str | tuple[str, int]

STATES = {"open": N_("影响承诺"), "repaired": N_("已修复"), "all": N_("全部")}
"""The lists of records, by the codes of ``query.STATES``."""


@blueprint.get("/")
@requires("see_credit")
def index() -> str:
    """The records in one state, newest first; state and name stand in the address."""
    state, text = request.args.get("state", "open"), request.args.get("q", "").strip()[:80]
    state = state if state in STATES else "open"
    number, today = max(request.args.get("page", 1, type=int), 1), clock.local_day(now())
    rows, more = query.page(db(), state, text, number, today)
    counts = query.counts(db(), today)

    def address(page: int = 1, wanted: str = state) -> str:
        return url_for("credit.index", state=wanted, q=text or None, page=page if page > 1 else None)

    return render_template(
        "credit/index.html",
        rows=rows,
        more=more,
        page=number,
        today=today,
        text=text,
        state=state,
        states=[
            (_(words), address(wanted=code), code == state, str(counts[code]))
            for code, words in STATES.items()
        ],
        address=address,
    )


@blueprint.get("/applicants/<int:applicant_id>")
@requires("see_credit")
def applicant(applicant_id: int) -> str:
    """What is on record of one applicant."""
    return _page(applicant_id)


def _page(applicant_id: int, problem: str = "", record_id: int = 0, *, at_field: bool = False) -> str:
    file, staff, today = query.file_of(db(), applicant_id), current_staff(), clock.local_day(now())
    people = [staff, *stood_in_for(staff)]
    return render_template(
        "credit/applicant.html",
        file=file,
        today=today,
        repairable={
            row.record.id
            for row in file.rows
            if row.record.repaired_at is None
            and any(authority.may(each, "repair_credit", row.record.department_id) for each in people)
        },
        visible=query.visible_cases(db(), staff, file),
        problem=problem,
        problem_at=record_id,
        at_field=at_field,
        typed=request.form,
    )


@blueprint.post("/applicants/<int:applicant_id>/records/<int:record_id>/repair")
@requires("repair_credit")
def repair(applicant_id: int, record_id: int) -> Page:
    """Repair one record, with reasons; the applicant gets the decision."""
    query.file_of(db(), applicant_id).require(record_id)
    try:
        steps.repair(db(), record_id, current_staff(), request.form.get("reasons", ""), now())
    except DomainError as error:
        db().rollback()
        sentence = speak(error.message, error.params)
        return _page(
            applicant_id, sentence, record_id, at_field=isinstance(error, ReasonRequired)
        ), error.status
    flash(_("信用已修复，修复决定书已编号，申请人会收到通知。"), "done")
    return redirect(url_for("credit.applicant", applicant_id=applicant_id), 303)
