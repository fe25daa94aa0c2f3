"""The working calendar (工作日历): looked up by all staff, kept by administrators."""

from flask import Blueprint

blueprint = Blueprint("calendar", __name__, url_prefix="/calendar")

from . import drafting, pages, versions  # noqa: E402 - the pages attach themselves to the blueprint

__all__ = ["blueprint", "drafting", "pages", "versions"]
