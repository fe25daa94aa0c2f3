"""Acts beside the tasks: appointments, another round, another department, fees, full numbers."""

from datetime import UTC, datetime

from flask import request
from werkzeug.wrappers import Response

from approvals import clock, people
from approvals.errors import DomainError, NotFound
from approvals.messages import N_
from approvals.queries import case as query
from approvals.site_visits import BadAppointment
from approvals.tables import CasePart, SiteVisit
from processes.steps import checking, closing, departments, lead

from ..auth import current_staff, requires
from ..transactions import db, now
from . import blueprint
from .pages import refuse, render_case
from .task_acts import perform

Page = Response | str | tuple[str, int]


@blueprint.post("/<int:case_id>/site-visits/<int:visit_id>/appointment")
@requires("site_visit", "collate")
def appointment(case_id: int, visit_id: int) -> Page:
    """One appointment for all departments that asked."""
    query.load_case(db(), case_id, current_staff())
    visit = db().get(SiteVisit, visit_id)
    if visit is None or visit.case_id != case_id:
        raise NotFound
    return perform(
        case_id,
        f"appointment:{visit_id}",
        lambda: departments.appoint_site_visit(
            db(), visit_id, current_staff(), _when(), request.form.get("place", ""), now()
        ),
        N_("现场核查已约定，申请人已获通知。"),
    )


def _when() -> datetime:
    """What the date and time control sent, as people at the centre read it; raises ``BadAppointment``."""
    try:
        typed = datetime.fromisoformat(request.form.get("when", ""))
    except ValueError as error:
        raise BadAppointment from error
    return typed.replace(tzinfo=clock.ZONE).astimezone(UTC)


@blueprint.post("/<int:case_id>/rounds")
@requires("send_back")
def another_round(case_id: int) -> Page:
    """Send one department's part back, alone."""
    query.load_case(db(), case_id, current_staff())
    part_id = request.form.get("part", 0, type=int)
    part = db().get(CasePart, part_id)
    if part is None or part.case_id != case_id:
        raise NotFound
    return perform(
        case_id,
        "round:0",
        lambda: lead.send_back(db(), part_id, current_staff(), request.form.get("reasons", ""), now()),
        N_("已退回重审，其他部门的意见不受影响。"),
    )


@blueprint.post("/<int:case_id>/departments")
@requires("add_department")
def another_department(case_id: int) -> Page:
    """Ask one more department while the others work on."""
    query.load_case(db(), case_id, current_staff())
    code, why = request.form.get("department", ""), request.form.get("reasons", "")
    return perform(
        case_id,
        "department:0",
        lambda: lead.add_department(db(), case_id, code, current_staff(), why, now()),
        N_("已增加征求意见部门，抄告单已发出。"),
    )


@blueprint.post("/<int:case_id>/fees/<code>/payment")
@requires("take_fee")
def payment(case_id: int, code: str) -> Page:
    """A fee was paid."""
    query.load_case(db(), case_id, current_staff())
    receipt = request.form.get("receipt", "")
    return perform(
        case_id,
        f"payment:{code}",
        lambda: closing.pay_fee(db(), case_id, code, receipt, current_staff(), now()),
        N_("缴费已登记。"),
    )


@blueprint.post("/<int:case_id>/fees/<code>/waiver")
@requires("waive_fee")
def waiver(case_id: int, code: str) -> Page:
    """A reducible fee is waived, with reasons."""
    query.load_case(db(), case_id, current_staff())
    reasons = request.form.get("reasons", "")
    return perform(
        case_id,
        f"waiver:{code}",
        lambda: closing.waive_fee(db(), case_id, code, reasons, current_staff(), now()),
        N_("减免已登记。"),
    )


@blueprint.post("/<int:case_id>/dropped-defects")
@requires("issue_correction", "issue_correction_as_lead")
def dropped_defect(case_id: int) -> Page:
    """What a department asked for turns out not to be needed, with reasons; the applicant never hears of it."""
    case = query.load_case(db(), case_id, current_staff())
    defect_id, reasons = request.form.get("defect", 0, type=int), request.form.get("reasons", "")
    return perform(
        case_id,
        "dropped:0",
        lambda: checking.drop_defect(db(), case, defect_id, current_staff(), reasons, now()),
        N_("已撤销，不再要求申请人补正这一项。"),
    )


@blueprint.post("/<int:case_id>/identity")
@requires("reveal")
def identity(case_id: int) -> Page:
    """Show full number, phone and mail once, against a reason that is journalled; never kept in an address."""
    case = query.load_case(db(), case_id, current_staff())
    who = "agent" if request.form.get("who") == "agent" else "applicant"
    person = case.agent if who == "agent" else case.applicant
    if person is None:
        raise NotFound
    try:
        shown = people.reveal(db(), current_staff(), person, case, request.form.get("reasons", ""), now=now())
    except DomainError as error:
        db().rollback()
        return render_case(case_id, refuse(error, f"identity:{who}")), error.status
    db().flush()
    return render_case(case_id, revealed=shown, revealed_who=who)
