"""Public verification of permits: by number, by the code on the paper, by the file; with and without network."""

from flask import Blueprint

blueprint = Blueprint("permits", __name__, url_prefix="/permits")

from . import files, offline, pages  # noqa: E402 - the pages attach themselves to the blueprint

__all__ = ["blueprint", "files", "offline", "pages"]
