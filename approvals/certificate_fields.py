"""Which answer stands in which field of a certificate: one table from the labels of the paper to the form."""

from collections.abc import Callable
from datetime import datetime

import forms
from forms import Form

from . import clock
from .item_definition import Item
from .printing.certificates import FORMS
from .tables import Case

ANSWERS: dict[str, tuple[str, ...]] = {
    "holder": ("company_name", "elder_name"),
    "representative": ("person_in_charge",),
    "place": (
        "premises_address",
        "project_address",
        "company_address",
        "home_address",
        "intake_place",
    ),
    "scope": (
        "business_scope",
        "services",
        "venue_kind",
        "scope_text",
        "water_use",
        "building_scale",
        "waste_amount",
        "sign_text",
    ),
    "project": ("project_name",),
    "sign_type": ("sign_kind",),
    "contract_price": ("contract_price",),
    "design": ("designer",),
    "builder": ("builder",),
    "supervision": ("supervisor_company",),
    "carrier": ("carrier",),
    "route": ("route",),
    "disposal_site": ("disposal_site",),
    "outlet": ("outlet_place",),
    "water_source": ("water_source",),
    "discharge": ("discharge",),
    "enterprise_type": ("company_kind",),
    "capital": ("capital",),
    "building": ("building_storeys",),
}
"""Key of a certificate's label → form fields that may answer it, the first that has an answer."""

JOINED: dict[str, tuple[tuple[str, ...], str]] = {
    "size": (("sign_width", "sign_height"), " × "),
    "rooms": (("rooms", "beds"), "，"),
}
"""Keys whose value is several answers together."""


def fields_of(case: Case, item: Item, scope: str, now: datetime) -> dict[str, str]:
    """Every field the item's certificate has a label for and the case an answer to.

    A person's number stands on no certificate; an organisation's credit code does.
    """
    if item.certificate is None:
        return {}
    form = Form.from_json(case.form_definition)
    keys = [key for key, _ in FORMS[item.certificate.template].labels]
    found = {key: _value(case, form, item, key, now) for key in keys}
    if scope:
        found["scope"] = scope
    return {key: value for key, value in found.items() if value and key in keys}


def answer(case: Case, form: Form, code: str) -> str:
    """One answer in words, with its unit; empty if there is none."""
    asked = form.field(code)
    value = case.form_data.get(code)
    return "" if asked is None or value is None else forms.text_of(asked, value)["zh"]


def _value(case: Case, form: Form, item: Item, key: str, now: datetime) -> str:
    if key in JOINED:
        codes, between = JOINED[key]
        return between.join(text for code in codes if (text := answer(case, form, code)))
    for code in ANSWERS.get(key, ()):
        if text := answer(case, form, code):
            return text
    own = OWN.get(key)
    return own(case, item, now) if own else ""


def _credit_code(case: Case, _item: Item, _now: datetime) -> str:
    applicant = case.applicant
    return applicant.number if applicant and applicant.kind == "organisation" else ""


def _trade(_case: Case, item: Item, _now: datetime) -> str:
    """The trade in brackets of the certificate's name: 行业综合许可证（餐饮）."""
    name = item.certificate.name["zh"] if item.certificate else ""
    return name.partition("（")[2].rstrip("）")


OWN: dict[str, Callable[[Case, Item, datetime], str]] = {
    "holder": lambda case, _item, _now: case.applicant.name if case.applicant else "",
    "credit_code": _credit_code,
    "representative": lambda case, _item, _now: case.applicant.representative if case.applicant else "",
    "residence": lambda case, _item, _now: case.applicant.address if case.applicant else "",
    "place": lambda case, _item, _now: case.applicant.address if case.applicant else "",
    "scope": lambda _case, item, _now: item.name["zh"],
    "trade": _trade,
    "founded": lambda _case, _item, now: clock.local_day(now).isoformat(),
}
"""Keys the case answers by itself where the form does not."""
