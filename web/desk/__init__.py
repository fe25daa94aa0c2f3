"""The front desk: one screen from the question to the receipt, and the steps that wait at the window."""

from flask import Blueprint

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

from . import acts, cases, commitments, drafts, index, permit_requests, tasks  # noqa: E402 - the pages attach themselves to the blueprint

__all__ = ["acts", "blueprint", "cases", "commitments", "drafts", "index", "permit_requests", "tasks"]
