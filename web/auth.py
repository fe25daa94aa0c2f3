"""Who is there and what they may open: sessions kept in ``sign_ins``, and default deny.

A view is refused unless it is marked: ``@public``, ``@signed_in`` or ``@requires("act", ...)`` with acts of
the authority table. The mark opens the door; domain functions check again, with the department.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from approvals import authority, people
from approvals.errors import Forbidden, NotFound
from approvals.tables import Staff

from .transactions import db, now

View = TypeVar("View", bound=Callable[..., Any])
login_manager = LoginManager()
ALWAYS = frozenset({"auth.password", "auth.logout", "home.language", "static"})
"""Open also to a person who must first choose a new password."""


class SignedIn:
    """What Flask-Login carries: the token of one signed-in browser, its member of staff, their unread reminders."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, token: str, staff: Staff, unread: int = 0) -> None:
        self.token = token
        self.staff = staff
        self.unread = unread

    def get_id(self) -> str:
        """The token; the database knows only its hash."""
        return self.token


def public(view: View) -> View:
    """Mark a view as open to everybody."""
    view.guard = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Mark a view as open to every member of staff."""
    view.guard = ()  # type: ignore[attr-defined]
    return view


def requires(*acts: str) -> Callable[[View], View]:
    """Mark a view as open to those who may do at least one of ``acts`` in some department."""
    unknown = [act for act in acts if act not in authority.RIGHTS]
    if unknown or not acts:
        raise ValueError(f"not in the authority table: {unknown}")

    def mark(view: View) -> View:
        view.guard = acts  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask) -> None:
    """Load the signed-in person and refuse what is not marked, before anything else is done."""
    login_manager.init_app(app)
    app.view_functions["static"] = public(app.view_functions["static"])
    app.before_request(_guard)


def current_staff() -> Staff:
    """The member of staff of this request; raises ``Forbidden`` where nobody is signed in."""
    if not current_user.is_authenticated:
        raise Forbidden(act=request.path)
    staff: Staff = current_user.staff
    return staff


def opens(staff: Staff, *acts: str) -> bool:
    """Whether ``staff``, or a colleague stood in for today, may do one of ``acts`` in the own department."""
    people_ = [staff, *stood_in_for(staff)]
    return any(authority.may(person, act, person.department_id) for person in people_ for act in acts)


def stood_in_for(staff: Staff) -> list[Staff]:
    """The colleagues whose tasks the signed-in person may do today, read once a request."""
    if "stood_in_for" not in g:
        g.stood_in_for = authority.stands_in_for(db(), staff, now())
    found: list[Staff] = g.stood_in_for
    return found


def begin(staff: Staff) -> None:
    """Sign ``staff`` in on this browser, with a fresh cookie."""
    session.clear()
    hours = current_app.extensions["settings"].session_hours
    token = people.begin_sign_in(db(), staff, hours=hours, now=now())
    login_user(SignedIn(token, staff))


def end() -> None:
    """Sign this browser out; its row ends, so a copied cookie is worth nothing."""
    if current_user.is_authenticated:
        people.end_sign_in(db(), current_user.token, now=now())
    logout_user()
    session.clear()


def safe_next(target: str | None) -> str:
    """``target`` where it is a path of this site, else the home page."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return url_for("home.index")
    if any(ord(sign) < 33 for sign in target) or "\\" in target or urlsplit(target).netloc:
        return url_for("home.index")
    return target


@login_manager.user_loader
def _load(token: str) -> SignedIn | None:
    found = people.signed_in_with_unread(db(), token, now=now())
    return SignedIn(token, *found) if found else None


def _guard() -> Response | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None  # no such page: the router answers 404 or 405
    guard = getattr(view, "guard", None)
    if guard == "public":
        return None
    if guard is None:
        raise NotFound
    if not current_user.is_authenticated:
        return _to_sign_in()
    if current_user.staff.must_change_password and request.endpoint not in ALWAYS:
        return _go(url_for("auth.password"))
    if guard and not opens(current_user.staff, *guard):
        raise Forbidden(act=authority.RIGHTS[guard[0]].label)
    return None


def _to_sign_in() -> Response:
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return _go(url_for("auth.login", next=back if back != "/" else None))


def _go(target: str) -> Response:
    """Redirect the whole page, also when htmx asked for a piece of it."""
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": target})
    return redirect(target)
