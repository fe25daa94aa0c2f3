"""Find a case (查找办件): by number, name, phone or item, among those the person may see."""

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from approvals.queries import search as query
from approvals.terms import CaseState

from ..auth import current_staff, requires
from ..lamps import light_of
from ..transactions import db, now

blueprint = Blueprint("search", __name__, url_prefix="/search")
STATES = frozenset(state.value for state in CaseState)


@blueprint.get("/")
@requires("see_cases")
def index() -> str:
    """Hits newest first; what is sought stands in the address."""
    text, state = request.args.get("q", "").strip()[:80], request.args.get("state", "")
    state = state if state in STATES else ""
    number = max(request.args.get("page", 1, type=int), 1)
    found = query.find(db(), current_staff(), text, state, number)
    return render_template(
        "search/index.html",
        lines=[(row, light_of(row, row.ended_at or now())) for row in found.rows],
        more=found.more,
        page=number,
        text=text,
        state=state,
        states=[(each.value, _(each.label)) for each in CaseState if each != CaseState.DRAFT],
        address=lambda page: url_for("search.index", q=text or None, state=state or None, page=page),
    )
