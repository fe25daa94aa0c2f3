"""What the administrator does to one account: posts, password, leaving and coming back, stand-ins."""

from datetime import date

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from approvals import people
from approvals.errors import DomainError, Invalid, NotFound
from approvals.messages import N_
from approvals.tables import Staff, StandIn

from ..auth import current_staff, requires
from ..transactions import db, now
from . import blueprint
from .staff import Page, person_page, refused


@blueprint.post("/staff/<int:staff_id>/roles")
@requires("administer")
def roles(staff_id: int) -> Page:
    """Give exactly the ticked posts."""
    person = people.get_staff(db(), staff_id, lock=True)
    wanted, mandate = request.form.getlist("roles"), request.form.get("mandate", "")
    try:
        people.change_roles(db(), current_staff(), person, wanted, mandate=mandate, now=now())
    except DomainError as error:
        return refused(person, error)
    return _saved(person, _("岗位已调整，立即生效。"))


@blueprint.post("/staff/<int:staff_id>/password")
@requires("administer")
def reset_password(staff_id: int) -> str:
    """A temporary password, shown once on the answer."""
    person = people.get_staff(db(), staff_id, lock=True)
    return person_page(person, secret=people.reset_password(db(), current_staff(), person, now=now()))


@blueprint.post("/staff/<int:staff_id>/closure")
@requires("administer")
def closure(staff_id: int) -> Page:
    """Close the account; open work goes to the chosen colleague."""
    person = people.get_staff(db(), staff_id, lock=True)
    chosen = request.form.get("successor", type=int)
    try:
        successor = people.get_staff(db(), chosen) if chosen else None
        moved = people.deactivate(db(), current_staff(), person, successor=successor, now=now())
    except DomainError as error:
        return refused(person, error)
    return _saved(person, _("账户已停用，移交 %(count)s 件。", count=moved))


@blueprint.post("/staff/<int:staff_id>/reopening")
@requires("administer")
def reopening(staff_id: int) -> str:
    """Open a closed account again."""
    person = people.get_staff(db(), staff_id, lock=True)
    return person_page(person, secret=people.reactivate(db(), current_staff(), person, now=now()))


@blueprint.post("/staff/<int:staff_id>/stand-ins")
@requires("administer")
def stand_in(staff_id: int) -> Page:
    """Arrange who acts for the person, from and until which day."""
    person = people.get_staff(db(), staff_id)
    try:
        days = {name: _typed_day(name) for name in ("first_day", "last_day")}
        colleague = people.get_staff(db(), request.form.get("stand_in", 0, type=int))
        people.arrange_stand_in(db(), current_staff(), person, colleague, now=now(), **days)
    except DomainError as error:
        return refused(person, error)
    return _saved(person, _("代岗已安排。"))


@blueprint.post("/stand-ins/<int:stand_in_id>/end")
@requires("administer")
def stand_in_end(stand_in_id: int) -> Response:
    """End an arrangement today."""
    arrangement = db().get(StandIn, stand_in_id)
    if arrangement is None:
        raise NotFound
    people.end_stand_in(db(), current_staff(), arrangement, now=now())
    return _saved(arrangement.staff, _("代岗已结束。"))


def _typed_day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise Invalid({name: (N_("请填写日期，如 2026-11-23。"), {})}) from None


def _saved(person: Staff, sentence: str) -> Response:
    flash(sentence, "done")
    return redirect(url_for("admin.person", staff_id=person.id))
