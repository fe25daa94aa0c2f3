"""Verifications (承诺核查): what departments still have to verify after a grant by commitment, what is due first."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from approvals.messages import N_
from approvals.queries import verifications as query
from approvals.queries.verifications import Filters, VerificationRow
from approvals.terms import Lamp, VerificationState

from .. import options
from ..auth import current_staff, requires
from ..lamps import Light, light
from ..transactions import db, now

blueprint = Blueprint("verifications", __name__, url_prefix="/verifications")

STATES = {
    "standing": N_("未结束"),
    "open": N_("待核查"),
    "rectifying": N_("限期整改"),
    "revoking": N_("拟撤销"),
    "late": N_("逾期未核查"),
    "ended": N_("已结束"),
    "all": N_("全部"),
}
"""The lists of verifications, by the codes of ``query.STATES``."""

LAMPS = {lamp.value: lamp.label for lamp in (Lamp.GREEN, Lamp.YELLOW, Lamp.RED)}
COLOURS = {
    VerificationState.OPEN: "blue",
    VerificationState.RECTIFYING: "amber",
    VerificationState.MET: "green",
    VerificationState.REVOKING: "red",
    VerificationState.REVOKED: "red",
}


@dataclass(frozen=True)
class Line:
    """A row with its lamp, if its department or the applicant has something to do."""

    row: VerificationRow
    light: Light | None


@blueprint.get("/")
@requires("verify", "close_verification", "see_board", "commit")
def index() -> str:
    """The list in one state; state, lamp, department and text stand in the address."""
    staff, number = current_staff(), max(request.args.get("page", 1, type=int), 1)
    filters = _filters()
    rows, more = query.page(db(), staff, filters, number, now())
    counts = query.counts(db(), staff, now())
    departments = query.departments(db(), staff)

    def address(page: int = 1, state: str = filters.state) -> str:
        return url_for(
            "verifications.index", state=state, lamp=filters.lamp or None, q=filters.text or None,
            department=filters.department_id or None, page=page if page > 1 else None,
        )  # fmt: skip

    return render_template(
        "verifications/index.html",
        lines=[Line(row, _light(row)) for row in rows],
        more=more,
        page=number,
        filters=filters,
        states=[
            (_(words), address(state=state), state == filters.state, str(counts[state]))
            for state, words in STATES.items()
        ],
        lamps=[(code, _(words)) for code, words in LAMPS.items()],
        departments=options.of_departments(departments) if len(departments) > 1 else [],
        colours=COLOURS,
        address=address,
    )


def _filters() -> Filters:
    state, lamp = request.args.get("state", "standing"), request.args.get("lamp", "")
    return Filters(
        state=state if state in STATES else "standing",
        lamp=lamp if lamp in LAMPS else "",
        department_id=max(request.args.get("department", 0, type=int), 0),
        text=request.args.get("q", "").strip()[:80],
    )


def _light(row: VerificationRow) -> Light | None:
    if row.task_due is None:
        return None
    return light(
        promised_due=row.task_due, statutory_due=None, yellow_at=row.yellow_at, paused=False, paused_left=None,
        provisional=row.provisional, now=now(),
    )  # fmt: skip
