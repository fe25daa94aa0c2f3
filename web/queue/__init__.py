"""The work queue (待办): what waits for a person, what is due first."""

from flask import Blueprint

blueprint = Blueprint("queue", __name__, url_prefix="/queue")

from . import acts, pages  # noqa: E402 - the pages attach themselves to the blueprint

__all__ = ["acts", "blueprint", "pages"]
