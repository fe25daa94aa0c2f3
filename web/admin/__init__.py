"""The administrator's pages: staff, departments, and the printed forms of certificates."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

from . import certificates, departments, staff, staff_acts  # noqa: E402 - the pages attach themselves to the blueprint

__all__ = ["blueprint", "certificates", "departments", "staff", "staff_acts"]
