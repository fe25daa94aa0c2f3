"""The list behind a number of the board: open tasks of one department and lamp."""

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from approvals.queries import queue
from approvals.queries import supervision as query
from approvals.queries.queue import Filters, QueueRow
from approvals.tables import ServiceItem
from approvals.terms import ItemKind

from .. import sorting
from ..auth import current_staff, requires
from ..i18n import local
from ..lamps import light
from ..queue.pages import LAMPS
from ..transactions import db, now
from . import blueprint
from .places import BOARD, tabs

WINDOW = query.WINDOW


@blueprint.get("/tasks")
@requires(*BOARD)
def tasks() -> str:
    """The open tasks a number of the board counts, the most urgent first."""
    department = request.args.get("department", type=int)
    lamp, joint = request.args.get("lamp", ""), request.args.get("joint", "") == "1"
    filters = Filters(
        lamp=lamp if lamp in LAMPS else "",
        text=request.args.get("q", "").strip()[:80],
        sort=sorting.known(request.args.get("sort", ""), queue.SORTS),
    )
    number = max(request.args.get("page", 1, type=int), 1)
    found = queue.listed(db(), _wanted(department, joint=joint), filters, number, now())

    def address(page: int = 1, sort: str = filters.sort) -> str:
        return url_for(
            "supervision.tasks", department=department, lamp=filters.lamp or None, joint=1 if joint else None,
            q=filters.text or None, sort=sort or None, page=page if page > 1 else None,
        )  # fmt: skip

    departments = query.departments(db(), current_staff())
    return render_template(
        "supervision/tasks.html",
        tabs=tabs("board"),
        lines=[(row, _light(row)) for row in found.rows],
        more=found.more,
        page=number,
        filters=filters,
        department=department,
        joint=joint,
        departments=[(str(WINDOW), _("综合窗口"))]
        + [(str(each.id), local(each.name)) for each in departments],
        lamps=[(code, _(words)) for code, words in LAMPS.items()],
        sorts=sorting.links(queue.SORTS, filters.sort, lambda sort: address(sort=sort)),
        address=address,
    )


def _wanted(department: int | None, *, joint: bool) -> list[ColumnElement[bool]]:
    wanted = [query.seen_tasks(current_staff())]
    if department is not None:
        wanted.append(query.desk_column() == department)
    if joint:
        wanted.append(ServiceItem.kind == ItemKind.JOINT.value)
    return wanted


def _light(row: QueueRow) -> object:
    return light(
        promised_due=row.due, statutory_due=row.statutory_due, yellow_at=row.yellow_at, paused=row.paused,
        paused_left=row.paused_left, provisional=row.provisional, now=now(),
    )  # fmt: skip
