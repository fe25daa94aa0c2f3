"""The supervision desk (电子监察): the board, the lists behind its numbers, orders, who held the cases."""

from flask import Blueprint

blueprint = Blueprint("supervision", __name__, url_prefix="/supervision")

from . import board, holding, lists, orders  # noqa: E402 - the pages attach themselves to the blueprint

__all__ = ["blueprint", "board", "holding", "lists", "orders"]
