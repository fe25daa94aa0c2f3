"""Find a case (查找办件): by number, name, phone or item, among those the person may see."""

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from approvals.messages import N_
from approvals.queries import search as query
from approvals.queries.lamps import LATE
from approvals.queries.search import RUNNING, Sought
from approvals.terms import CaseState, Lamp

from .. import sorting
from ..auth import current_staff, requires
from ..lamps import light_of
from ..transactions import db, now

blueprint = Blueprint("search", __name__, url_prefix="/search")
STATES = frozenset({RUNNING, *(state.value for state in CaseState)})
LAMPS = frozenset({LATE, *(lamp.value for lamp in Lamp)})
ALL_RUNNING, ALL_LATE = N_("在办（未办结）"), N_("超期（红灯和督办）")


@blueprint.get("/")
@requires("see_cases")
def index() -> str:
    """Hits newest first; what is sought and how it is sorted stands in the address."""
    sought = _sought()
    number = max(request.args.get("page", 1, type=int), 1)
    found = query.find(db(), current_staff(), sought, number, now())

    def address(page: int = 1, sort: str = sought.sort) -> str:
        return url_for(
            "search.index", q=sought.text or None, state=sought.state or None, lamp=sought.lamp or None,
            sort=sort or None, page=page if page > 1 else None,
        )  # fmt: skip

    return render_template(
        "search/index.html",
        lines=[(row, light_of(row, now())) for row in found.rows],
        more=found.more,
        page=number,
        sought=sought,
        states=[(RUNNING, _(ALL_RUNNING))]
        + [(each.value, _(each.label)) for each in CaseState if each != CaseState.DRAFT],
        lamps=[(LATE, _(ALL_LATE))] + [(lamp.value, _(lamp.label)) for lamp in Lamp],
        sorts=sorting.links(query.SORTS, sought.sort, lambda sort: address(sort=sort)),
        address=address,
    )


def _sought() -> Sought:
    state, lamp, sort = (request.args.get(name, "") for name in ("state", "lamp", "sort"))
    return Sought(
        text=request.args.get("q", "").strip()[:80],
        state=state if state in STATES else "",
        lamp=lamp if lamp in LAMPS else "",
        sort=sorting.known(sort, query.SORTS),
    )
