"""The administrator's pages: staff and departments."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

from . import departments, staff, staff_acts  # noqa: E402 - the pages attach themselves to the blueprint

__all__ = ["blueprint", "departments", "staff", "staff_acts"]
