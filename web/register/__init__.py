"""The register of permits (证照登记簿): search, one permit through its life, what its holder has."""

from flask import Blueprint

from .words import icon, tone

blueprint = Blueprint("register", __name__, url_prefix="/register")
blueprint.add_app_template_global(icon, "permit_icon")
blueprint.add_app_template_global(tone, "permit_tone")

from . import acts, pages, view  # noqa: E402 - the pages attach themselves to the blueprint

blueprint.add_app_template_global(view.act_label, "act_label")
blueprint.add_app_template_global(view.permit_state, "permit_state")

__all__ = ["acts", "blueprint", "pages", "view"]
