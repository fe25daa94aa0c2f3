"""Built styles and scripts by their plain names; the build names each by the hash of its content."""

import json
from pathlib import Path
from typing import ClassVar

from flask import Flask, Response, request, url_for

DIST = Path(__file__).parent / "static" / "dist"
A_YEAR = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Give the templates ``asset``; let browsers keep hashed files."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(_keep)


def asset(name: str) -> str:
    """The address of a built file. Raises ``KeyError`` for a name the build does not know."""
    return url_for("static", filename=f"dist/{file_name(name)}")


def file_name(name: str) -> str:
    """The hashed name of a built file in ``DIST``. Raises ``KeyError`` for a name the build does not know."""
    return _manifest()[name]


def _manifest() -> dict[str, str]:
    path = DIST / "manifest.json"
    stamp = path.stat().st_mtime_ns if path.exists() else 0
    if _Kept.stamp != stamp or not _Kept.names:
        if not stamp:
            raise FileNotFoundError("web/static/dist/manifest.json is missing: run `make setup`")
        _Kept.names, _Kept.stamp = json.loads(path.read_text()), stamp
    return _Kept.names


class _Kept:
    """The manifest as last read; read again when a build has written a new one."""

    names: ClassVar[dict[str, str]] = {}
    stamp = 0


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code == 200 and "/dist/" in request.path:
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response
