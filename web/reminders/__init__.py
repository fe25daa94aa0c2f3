"""Reminders (提醒): what a member of staff was told of, unread first; the bar shows how many wait."""

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from approvals import reminders

from ..auth import current_staff, signed_in
from ..transactions import db, now

blueprint = Blueprint("reminders", __name__, url_prefix="/reminders")
MOST_COUNTED = 99


@blueprint.record_once
def _offer_count(state: object) -> None:
    """Give the bar ``unread_reminders``."""
    app: Flask = state.app  # type: ignore[attr-defined]
    app.jinja_env.globals["unread_reminders"] = unread


def unread() -> str:
    """The number in the bar, read together with who is signed in; empty where nothing waits."""
    count = current_user.unread if current_user.is_authenticated else 0
    if count > MOST_COUNTED:
        return f"{MOST_COUNTED}+"
    return str(count) if count else ""


@blueprint.get("/")
@signed_in
def index() -> str:
    """The inbox, page by page."""
    number = max(request.args.get("page", 1, type=int), 1)
    found = reminders.page(db(), current_staff(), number)
    return render_template(
        "reminders/index.html",
        rows=found.rows,
        more=found.more,
        page=number,
        address=lambda page: url_for("reminders.index", page=page),
        waiting=any(row.message.read_at is None for row in found.rows),
    )


@blueprint.post("/<int:message_id>/reading")
@signed_in
def reading(message_id: int) -> Response:
    """Mark one as read, and with ``open`` go on to its case."""
    message = reminders.read(db(), current_staff(), message_id, now())
    if "open" in request.form:
        anchor = request.form["open"][:40]
        return redirect(url_for("cases.page", case_id=message.case_id, _anchor=anchor), 303)
    return redirect(url_for("reminders.index"), 303)


@blueprint.post("/readings")
@signed_in
def readings() -> Response:
    """Mark all as read."""
    reminders.read_all(db(), current_staff(), now())
    flash(_("已全部标为已读。"), "done")
    return redirect(url_for("reminders.index"), 303)
