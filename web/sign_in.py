"""Sign in, sign out, change the password."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from approvals import database, people
from approvals.errors import Invalid
from approvals.messages import N_

from . import auth
from .auth import public, signed_in
from .errors import messages_of
from .i18n import speak
from .security import limiter
from .transactions import db, keep_writes, now

blueprint = Blueprint("auth", __name__)
Page = Response | str | tuple[str, int]


def _typed_login() -> str:
    return request.form.get("login", "").strip().lower()[:40]


@blueprint.route("/login", methods=["GET", "POST"])
@public
@limiter.limit("60 per minute", methods=["POST"])
@limiter.limit("15 per minute", key_func=_typed_login, methods=["POST"])
def login() -> Page:
    """The same sentence for whatever is wrong, so that nobody learns which logins exist."""
    if request.method != "POST":
        if current_user.is_authenticated:
            return redirect(auth.safe_next(request.args.get("next")))
        return render_template("auth/login.html", error="", login="")
    typed, password = _typed_login(), request.form.get("password", "")[:200]
    with database.reading_session(current_app.extensions["engine"]) as reading:
        found = people.credentials(reading, typed)
    staff = people.sign_in(db(), found, password, matched=people.matches(found, password), now=now())
    if staff is None:
        keep_writes()
        refusal = people.SignInRefused()
        text = speak(refusal.message, refusal.params)
        return render_template("auth/login.html", error=text, login=typed), refusal.status
    auth.begin(staff)
    return redirect(auth.safe_next(request.args.get("next")))


@blueprint.post("/logout")
@signed_in
def logout() -> Response:
    """End this browser's session."""
    auth.end()
    flash(_("您已退出登录。"))
    return redirect(url_for("auth.login"))


@blueprint.route("/password", methods=["GET", "POST"])
@signed_in
def password() -> Page:
    """Choose a new password; compulsory after a temporary one."""
    if request.method != "POST":
        return render_template("auth/password.html", errors={})
    old, new = request.form.get("old", ""), request.form.get("new", "")
    try:
        _same_twice(new, request.form.get("again", ""))
        people.change_password(db(), current_user.staff, old, new, token=current_user.token, now=now())
    except Invalid as error:
        return render_template("auth/password.html", errors=messages_of(error)), error.status
    flash(_("密码已修改，其他设备上的登录已退出。"))
    return redirect(url_for("home.index"))


def _same_twice(new: str, again: str) -> None:
    if new != again:
        raise Invalid({"again": (N_("两次输入的新密码不一样。"), {})})
