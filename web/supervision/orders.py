"""Supervisory orders (督办单): the list, one order, its answer, and what supervision makes of it."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from approvals import authority
from approvals.errors import DomainError
from approvals.messages import N_
from approvals.queries import orders as query
from approvals.queries import supervision as board_query
from processes.steps import supervision as steps

from .. import options
from ..auth import current_staff, requires, stood_in_for
from ..cases import labels
from ..i18n import speak
from ..transactions import db, now
from . import blueprint
from .places import BOARD, tabs

Page = Response | str | tuple[str, int]
STATES = {
    "open": N_("待答复"),
    "late": N_("逾期"),
    "answered": N_("待审核"),
    "closed": N_("已办结"),
    "all": N_("全部"),
}
"""The lists of orders."""

ORDER_STATES = {"open": N_("待答复"), "answered": N_("已答复，待审核"), "closed": N_("已办结")}
"""What one order is in."""


@blueprint.get("/orders")
@requires(*BOARD)
def orders() -> str:
    """The orders in one state, of one department or all; both in the address."""
    state = request.args.get("state", "open")
    state = state if state in STATES else "open"
    department = max(request.args.get("department", 0, type=int), 0)
    number = max(request.args.get("page", 1, type=int), 1)
    staff = current_staff()
    counts = query.counts(db(), staff, now())
    found = query.page(db(), staff, state, department, number, now())

    def address(page: int = 1, wanted: str = state) -> str:
        return url_for(
            "supervision.orders", state=wanted, department=department or None, page=page if page > 1 else None
        )

    return render_template(
        "supervision/orders.html",
        tabs=tabs("orders", counts["open"]),
        states=[
            (_(words), address(wanted=code), code == state, str(counts[code]))
            for code, words in STATES.items()
        ],
        state=state,
        rows=found.rows,
        more=found.more,
        page=number,
        department=department,
        departments=options.of_departments(board_query.departments(db(), staff)),
        order_states=ORDER_STATES,
        address=address,
        now=now(),
    )


@blueprint.get("/orders/<int:order_id>")
@requires(*BOARD, "answer_order")
def order(order_id: int) -> str:
    """One order with its history and what can be done with it now."""
    return _order_page(order_id)


def _order_page(order_id: int, problem: str = "", where: str = "") -> str:
    staff = current_staff()
    file = query.file(db(), order_id, staff)
    department_id = file.row.order.department_id
    people = [staff, *stood_in_for(staff)]
    may_answer = any(authority.may(person, "answer_order", department_id) for person in people)
    may_supervise = authority.may(staff, "supervise")
    forms = {
        "open": {"answer"} if may_answer else set(),
        "answered": {"closing", "return"} if may_supervise else set(),
    }
    placed = where in forms.get(file.row.order.state, ())
    return render_template(
        "supervision/order.html",
        tabs=tabs("orders"),
        file=file,
        row=file.row,
        order=file.row.order,
        order_states=ORDER_STATES,
        may_answer=may_answer,
        may_supervise=may_supervise,
        problem=problem,
        above="" if placed else problem,
        act_words=labels.act_words,
        where=where,
        typed=request.form,
        now=now(),
    )


@blueprint.post("/orders/<int:order_id>/answer")
@requires("answer_order")
def answer(order_id: int) -> Page:
    """The department's head answers."""
    return _perform(
        order_id,
        "answer",
        lambda: steps.answer_order(db(), order_id, current_staff(), request.form.get("answer", ""), now()),
        N_("答复已提交，等待监察审核。"),
    )


@blueprint.post("/orders/<int:order_id>/closing")
@requires("supervise")
def closing(order_id: int) -> Page:
    """Supervision is satisfied."""
    return _perform(
        order_id,
        "closing",
        lambda: steps.close_order(db(), order_id, current_staff(), request.form.get("note", ""), now()),
        N_("督办单已办结。"),
    )


@blueprint.post("/orders/<int:order_id>/return")
@requires("supervise")
def return_(order_id: int) -> Page:
    """Supervision sends the answer back with a new limit."""
    return _perform(
        order_id,
        "return",
        lambda: steps.return_order(db(), order_id, current_staff(), request.form.get("note", ""), now()),
        N_("答复已退回，部门须在新的期限内重新答复。"),
    )


def _perform(order_id: int, where: str, run: Callable[[], object], said: str) -> Page:
    """Do it and show the order, or show the page again with the refusal and what was typed."""
    query.file(db(), order_id, current_staff())
    try:
        run()
    except DomainError as error:
        db().rollback()
        return _order_page(order_id, speak(error.message, error.params), where), error.status
    flash(_(said), "done")
    return redirect(url_for("supervision.order", order_id=order_id), 303)
