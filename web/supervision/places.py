"""The tabs every page of the supervision desk has on top."""

from flask import url_for
from flask_babel import gettext as _

from approvals.messages import N_

PLACES = {"board": N_("时限"), "orders": N_("督办单"), "holding": N_("用时构成")}
BOARD = ("see_board", "see_own_board")
"""Acts of the authority table that open the desk."""

Entries = list[tuple[str, str, bool, str | None]]


def tabs(current: str, open_orders: int | None = None) -> Entries:
    """Words, address, whether open, count."""
    return [
        (
            _(words),
            url_for(f"supervision.{place}"),
            place == current,
            str(open_orders) if place == "orders" and open_orders is not None else None,
        )
        for place, words in PLACES.items()
    ]
