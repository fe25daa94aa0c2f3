"""Departments: list, and what their documents and remedies print."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from approvals import people
from approvals.errors import Invalid

from ..auth import current_staff, requires
from ..errors import messages_of
from ..transactions import db, now
from . import blueprint

FIELDS = ("abbreviation", "reconsideration_body", "court", "phone", "address")


@blueprint.get("/departments")
@requires("administer")
def departments() -> str:
    """All departments."""
    return render_template("admin/departments.html", departments=people.all_departments(db()))


@blueprint.route("/departments/<int:department_id>", methods=["GET", "POST"])
@requires("administer")
def department(department_id: int) -> Response | str | tuple[str, int]:
    """One department, to be edited."""
    found = people.get_department(db(), department_id)
    shown = {name: getattr(found, name) for name in FIELDS} | {"name_en": found.name.get("en", "")}
    if request.method == "GET":
        return render_template("admin/department.html", department=found, values=shown, errors={})
    typed = {name: request.form.get(name, "") for name in shown}
    try:
        people.edit_department(db(), current_staff(), found, now=now(), **typed)
    except Invalid as error:
        page = render_template(
            "admin/department.html", department=found, values=typed, errors=messages_of(error)
        )
        return page, error.status
    flash(_("已保存。已出具的文书不受影响。"), "done")
    return redirect(url_for("admin.departments"))
