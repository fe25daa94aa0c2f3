"""Pages of the register: the search, one permit, one holder."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from approvals import authority, clock, credit, people
from approvals.errors import NotFound
from approvals.queries import register as query
from approvals.queries.register import PROCEEDING, SOON, Sought
from approvals.tables import Applicant
from approvals.terms import PermitStatus

from .. import sorting
from ..auth import current_staff, requires
from ..i18n import local
from ..transactions import db, now
from . import blueprint, view

QUICK = (
    "",
    PermitStatus.VALID.value,
    SOON,
    PermitStatus.SUSPENDED.value,
    PermitStatus.EXPIRED.value,
    PROCEEDING,
)
"""The states offered above the list, each by one click."""


@blueprint.get("/")
@requires("see_register")
def index() -> str:
    """Permits by number, identifier, holder, kind, department, state and last day; all of it stands in the address."""
    sought = _sought()
    number = max(request.args.get("page", 1, type=int), 1)
    found = query.find(db(), sought, number, clock.local_day(now()))
    address = _address(sought)
    return render_template(
        "register/index.html",
        found=found,
        page=number,
        sought=sought,
        searching=sought != Sought(sort=sought.sort),
        states=[(code, _state_words(code)) for code in query.STATES],
        quick=[(_state_words(code), address(state=code), sought.state == code, None) for code in QUICK],
        kinds=[(kind, local(title)) for kind, title in query.kinds(db())],
        departments=[(each.code, local(each.name)) for each in people.all_departments(db())],
        sorts=sorting.links(query.SORTS, sought.sort, lambda sort: address(sort=sort)),
        address=lambda page: address(page=page if page > 1 else None),
        today=clock.local_day(now()),
    )


@blueprint.get("/<number>")
@requires("see_register")
def permit(number: str) -> str:
    """One permit through its life, and what this person may do about it."""
    return view.render(number)


@blueprint.get("/holders/<int:applicant_id>")
@requires("see_register")
def holder(applicant_id: int) -> str:
    """Everything one holder has, and what weighs on their credit."""
    found = db().get(Applicant, applicant_id)
    if found is None:
        raise NotFound
    today = clock.local_day(now())
    return render_template(
        "register/holder.html",
        holder=found,
        rows=query.of_holder(db(), applicant_id, today),
        open_credit=credit.open_records(db(), found.number_index, today),
        may_see_credit=authority.may(current_staff(), "see_credit", current_staff().department_id),
        today=today,
    )


def _sought() -> Sought:
    """What the address asks for; what no page of ours would ask for counts as not asked."""
    asked = request.args
    state = asked.get("state", "")
    return Sought(
        text=asked.get("q", "").strip()[:80],
        state=state if state in query.STATES else "",
        kind=asked.get("kind", "")[:40],
        department=asked.get("department", "")[:20],
        first=_day(asked.get("from", "")),
        last=_day(asked.get("to", "")),
        sort=sorting.known(asked.get("sort", ""), query.SORTS),
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _address(sought: Sought) -> Callable[..., str]:
    """The address of this search with something changed; ``page`` counts from 1 and is left out for the first."""
    kept: dict[str, Any] = {
        "q": sought.text, "state": sought.state, "kind": sought.kind, "department": sought.department,
        "from": sought.first, "to": sought.last, "sort": sought.sort,
    }  # fmt: skip

    def address(**changed: Any) -> str:
        wanted = {name: value or None for name, value in {**kept, **changed}.items()}
        return url_for("register.index", **wanted)

    return address


def _state_words(code: str) -> str:
    own = {"": _("全部"), SOON: _("%(days)s 日内到期", days=query.SOON_DAYS), PROCEEDING: _("监管程序中")}
    return str(own[code] if code in own else _(PermitStatus(code).label))
