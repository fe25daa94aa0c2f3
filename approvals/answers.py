"""What the answers of a form say on paper: the subject of a case and the fields of its certificate."""

from collections.abc import Mapping
from typing import Any

from forms import Form, text_of

from .item_definition import Item


def subject(item: Item, values: Mapping[str, Any]) -> str:
    """What the case is about: the shop or project the item's form asks for; empty before it is answered."""
    return str(values.get(item.subject, ""))


def paper_fields(item: Item, form: Form, values: Mapping[str, Any]) -> dict[str, str]:
    """Fields of the item's certificate, in Chinese words, as its definition takes them from the answers.

    What was not asked or not answered is left out.
    """
    sources = item.certificate.fields if item.certificate else {}
    asked = {name: form.field(code) for name, code in sources.items()}
    return {
        name: text_of(field, values[field.code])["zh"]
        for name, field in asked.items()
        if field is not None and values.get(field.code) not in (None, "", [])
    }
