"""What protects every page: CSRF tokens, rate limits, security headers, cookie flags, text that is text."""

import re

from flask import Flask, Response, abort, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.routing import IntegerConverter, Map

from config import Settings

LARGEST = 2**31 - 1  # what an integer column holds on either database
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, strategy="fixed-window", headers_enabled=True)

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def init_app(app: Flask, settings: Settings) -> None:
    """Set cookies and limits from ``settings`` and guard every answer."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="yimen",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        WTF_CSRF_SSL_STRICT=settings.secure,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form filled in over lunch is not lost
        MAX_CONTENT_LENGTH=settings.upload_max_mb * 1024 * 1024 + 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(settings.redis_url),
        RATELIMIT_KEY_PREFIX="yimen",
    )
    app.url_map.converters["int"] = RowNumber
    app.before_request(_refuse_control_characters)
    csrf.init_app(app)
    limiter.init_app(app)
    app.after_request(_harden)
    if settings.secure:
        app.after_request(_https_only)


class RowNumber(IntegerConverter):
    """A number in an address that a row can have; a longer one is no page of ours."""

    def __init__(self, url_map: Map) -> None:
        """Up to the largest integer of both databases."""
        super().__init__(url_map, max=LARGEST)


def _refuse_control_characters() -> None:
    """Text with NUL or other controls is no text: one database would store it, the other break on it."""
    for values in (request.args, request.form):
        if any(CONTROLS.search(text) for pair in values.items(multi=True) for text in pair):
            abort(400)


def _harden(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not response.headers.get("Cache-Control"):
        response.headers["Cache-Control"] = "no-store"
    return response


def _https_only(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
