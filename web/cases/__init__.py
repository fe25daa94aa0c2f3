"""The case page (办件): request, departments side by side, what can be done, and everything on record."""

from flask import Blueprint

from . import labels

blueprint = Blueprint("cases", __name__, url_prefix="/cases")
blueprint.add_app_template_filter(labels.case_number, "case_number")
blueprint.add_app_template_filter(labels.local_minute, "local_minute")

from . import (  # noqa: E402 - the pages attach themselves to the blueprint
    asides,
    letting_through,
    pages,
    previews,
    proceeding_acts,
    special,
    supervising,
    task_acts,
    verification,
)

__all__ = [
    "asides",
    "blueprint",
    "letting_through",
    "pages",
    "previews",
    "proceeding_acts",
    "special",
    "supervising",
    "task_acts",
    "verification",
]
