"""What the bar on top offers, and where each post begins its day: two tables."""

from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_babel import gettext
from flask_login import current_user

from approvals.messages import N_
from approvals.tables import Staff
from approvals.terms import Role

from .auth import opens


@dataclass(frozen=True)
class Place:
    """One entry: its words, its endpoint, the acts that open it."""

    label: str
    endpoint: str
    acts: tuple[str, ...]


REVIEW = ("pre_check", "review", "decide", "collate")

PLACES = (
    Place(N_("受理"), "desk.index", ("intake",)),
    Place(N_("待办"), "queue.index", (*REVIEW, "issue", "deliver", "approve_extension_of_case")),
    Place(N_("查找办件"), "search.index", ("see_cases",)),
    Place(N_("证照登记簿"), "register.index", ("see_register",)),
    Place(N_("承诺核查"), "verifications.index", ("verify", "close_verification", "see_board")),
    Place(N_("信用记录"), "credit.index", ("see_credit",)),
    Place(N_("监察"), "supervision.board", ("see_board", "see_own_board")),
    Place(N_("工作日历"), "calendar.index", ("see_cases", "manage_calendar")),
    Place(N_("人员"), "admin.staff", ("administer",)),
    Place(N_("部门"), "admin.departments", ("administer",)),
    Place(N_("证照版式"), "admin.certificates", ("administer",)),
)

PUBLIC_PLACES = (
    Place(N_("办事指南"), "guide.index", ()),
    Place(N_("查进度"), "tracking.index", ()),
    Place(N_("核验证照"), "permits.index", ()),
)

FIRST_PAGE: tuple[tuple[Role, str], ...] = (
    (Role.WINDOW_CLERK, "desk.index"),
    (Role.LEAD_OFFICER, "queue.index"),
    (Role.HEAD, "queue.index"),
    (Role.OFFICER, "queue.index"),
    (Role.SUPERVISOR, "supervision.board"),
    (Role.GOVERNMENT_HEAD, "supervision.board"),
    (Role.ADMINISTRATOR, "admin.staff"),
)


@dataclass(frozen=True)
class Link:
    """An entry as the bar draws it."""

    label: str
    href: str
    current: bool


def init_app(app: Flask) -> None:
    """Give the templates ``places``, ``public_places`` and ``may_open``."""
    app.jinja_env.globals.update(
        places=places, public_places=public_places, may_open=may_open, has_page=has_page
    )


def has_page(endpoint: str) -> bool:
    """Whether such a page is part of this program."""
    return endpoint in current_app.view_functions


def may_open(*acts: str) -> bool:
    """Whether the person on this page may do one of ``acts``."""
    return current_user.is_authenticated and opens(current_user.staff, *acts)


def places() -> list[Link]:
    """The entries the signed-in person may open; none before the first own password is chosen."""
    if not current_user.is_authenticated or current_user.staff.must_change_password:
        return []
    return [_link(place) for place in PLACES if has_page(place.endpoint) and may_open(*place.acts)]


def public_places() -> list[Link]:
    """The entries everybody may open."""
    return [_link(place) for place in PUBLIC_PLACES if has_page(place.endpoint)]


def first_page(staff: Staff) -> str:
    """The address where this person's work begins."""
    for role, endpoint in FIRST_PAGE:
        if staff.has(role) and has_page(endpoint):
            return url_for(endpoint)
    return url_for("auth.password")


def _link(place: Place) -> Link:
    href = url_for(place.endpoint)
    return Link(
        gettext(place.label), href, request.path == href or request.path.startswith(f"{href.rstrip('/')}/")
    )
