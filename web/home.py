"""The door: each post to its own work, everybody else to the public pages; and the language switch."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from . import i18n, navigation
from .auth import public, safe_next

blueprint = Blueprint("home", __name__)
A_YEAR = 365 * 24 * 3600


@blueprint.get("/")
@public
def index() -> Response | str:
    """Staff go to where their work begins; visitors see what they can do here."""
    if current_user.is_authenticated:
        if current_user.staff.must_change_password:
            return redirect(url_for("auth.password"))
        return redirect(navigation.first_page(current_user.staff))
    return render_template("home.html")


@blueprint.get("/language/<code>")
@public
def language(code: str) -> Response:
    """Keep the language in a cookie and go back to the page."""
    if code not in i18n.LANGUAGES:
        raise NotFound
    response = redirect(safe_next(request.args.get("next")))
    response.set_cookie(
        i18n.COOKIE, code, max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure
    )
    return response
