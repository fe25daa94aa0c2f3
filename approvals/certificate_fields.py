"""What stands in each field of a certificate: the answers its printed form names, or what the case knows."""

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy.orm import Session

import forms
from forms import Form

from . import certificate_templates, clock
from .item_definition import Item
from .printing.certificates import Label
from .tables import Case


def fields_of(session: Session, case: Case, item: Item, scope: str, now: datetime) -> dict[str, str]:
    """Every field the printed form in force has a label for and the case an answer to.

    A person's number stands on no certificate; an organisation's credit code does. Raises ``UnknownTemplate``.
    """
    if item.certificate is None:
        return {}
    form = Form.from_json(case.form_definition)
    paper = certificate_templates.form(certificate_templates.current(session, item.certificate.template))
    found = {label.key: _value(case, form, item, label, now) for label in paper.labels}
    if scope and "scope" in found:
        found["scope"] = scope
    return {key: value for key, value in found.items() if value}


def keys_of(session: Session, kind: str, codes: Collection[str]) -> set[str]:
    """The fields of this kind of certificate that any of these answers fills; raises ``UnknownTemplate``."""
    paper = certificate_templates.form(certificate_templates.current(session, kind))
    return {label.key for label in paper.labels if set(label.answers) & set(codes)}


def answer(case: Case, form: Form, code: str) -> str:
    """One answer in words, with its unit; empty if there is none."""
    asked = form.field(code)
    value = case.form_data.get(code)
    return "" if asked is None or value is None else forms.text_of(asked, value)["zh"]


def _value(case: Case, form: Form, item: Item, label: Label, now: datetime) -> str:
    answers = [text for code in label.answers if (text := answer(case, form, code))]
    if answers:
        return label.between.join(answers) if label.between else answers[0]
    own = OWN.get(label.key)
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
