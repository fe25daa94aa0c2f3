"""Staff: the list, a new account, one person's page."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from approvals import clock, people
from approvals.errors import DomainError, Invalid
from approvals.tables import Staff
from approvals.terms import Role

from .. import options
from ..auth import current_staff, requires
from ..errors import messages_of
from ..i18n import speak
from ..transactions import db, now
from . import blueprint

Page = Response | str | tuple[str, int]
NEW = ("login", "name", "department_id", "window", "officer_number", "mandate")


@blueprint.get("/staff")
@requires("administer")
def staff() -> str:
    """The list, searched on the server; what is sought stands in the address."""
    words, active = request.args.get("q", ""), request.args.get("closed") is None
    department_id, page = request.args.get("department", type=int), request.args.get("page", 1, type=int)
    found = people.find_staff(db(), words, department_id=department_id, active=active, page=page)
    return render_template(
        "admin/staff.html",
        found=found,
        words=words,
        department_id=department_id,
        active=active,
        page=max(page, 1),
        departments=options.of_departments(people.all_departments(db())),
        address=lambda number: url_for("admin.staff", **{**request.args, "page": number}),
    )


@blueprint.route("/staff/new", methods=["GET", "POST"])
@requires("administer")
def new_staff() -> Page:
    """Make an account; its temporary password is shown once, on the next page."""
    if request.method == "GET":
        return _new_page({}, [], {})
    typed = {name: request.form.get(name, "") for name in NEW}
    roles = request.form.getlist("roles")
    try:
        department = people.get_department(db(), int(typed["department_id"] or 0))
        fields = {name: value for name, value in typed.items() if name != "department_id"}
        person, password = people.create_staff(
            db(), current_staff(), department=department, roles=roles, now=now(), **fields
        )
    except Invalid as error:
        return _new_page(typed, roles, messages_of(error)), error.status
    return person_page(person, secret=password)


@blueprint.route("/staff/<int:staff_id>", methods=["GET", "POST"])
@requires("administer")
def person(staff_id: int) -> Page:
    """One person: data, posts, password, stand-ins, leaving."""
    found = people.get_staff(db(), staff_id, lock=request.method == "POST")
    if request.method == "GET":
        return person_page(found)
    typed = {name: request.form.get(name, "") for name in ("name", "window", "officer_number")}
    try:
        people.edit_staff(db(), current_staff(), found, now=now(), **typed)
    except DomainError as error:
        return refused(found, error)
    flash(_("已保存。"), "done")
    return redirect(url_for("admin.person", staff_id=found.id))


def person_page(
    person: Staff, *, secret: str = "", problem: str = "", errors: dict[str, str] | None = None
) -> str:
    """The page of one person; ``secret`` is a temporary password, shown this once."""
    return render_template(
        "admin/person.html",
        person=person,
        secret=secret,
        problem=problem,
        errors=errors or {},
        work=people.open_work(db(), person),
        stand_ins=people.stand_ins(db(), person),
        colleagues=options.of_staff(people.colleagues(db(), person)),
        roles=options.of_terms(Role),
        held={held.role for held in person.roles},
        mandate=next((held.mandate for held in person.roles if held.mandate), ""),
        locked=person.locked_until is not None and person.locked_until > now(),
        today=clock.local_day(now()).isoformat(),
    )


def refused(person: Staff, error: DomainError) -> tuple[str, int]:
    """The person's page again, as it stands in the database, with what is in the way."""
    db().rollback()
    db().refresh(person)
    errors = messages_of(error) if isinstance(error, Invalid) else {}
    page = person_page(person, problem=speak(error.message, error.params), errors=errors)
    return page, error.status


def _new_page(values: dict[str, Any], roles: list[str], errors: dict[str, str]) -> str:
    return render_template(
        "admin/new_staff.html",
        values=values,
        chosen=roles,
        errors=errors,
        roles=options.of_terms(Role),
        departments=options.of_departments(people.all_departments(db())),
    )
