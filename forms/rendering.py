"""What a page needs to draw a form: groups of fields with their names, values, hints and faults. No HTML."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .definition import DEFAULT_LENGTH, Field, Form, LocalText
from .validation import Fault, Faults

INPUT_TYPES = {"date": "date", "tel": "tel", "email": "email"}
"""HTML input types by widget; numbers are text with ``inputmode``, so that full-width digits can be typed."""


@dataclass(frozen=True)
class Choice:
    """One option as drawn: its element id, submitted value, label, and whether it is chosen."""

    id: str
    value: str
    label: LocalText
    chosen: bool


@dataclass(frozen=True)
class FormField:
    """One field as drawn. ``described_by`` joins the ids of its help and its fault for ``aria-describedby``."""

    id: str
    name: str
    label: LocalText
    widget: str
    input_type: str
    required: bool
    value: str
    choices: tuple[Choice, ...]
    help: LocalText | None
    unit: LocalText | None
    fault: Fault | None
    help_id: str
    fault_id: str
    described_by: str
    when: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FormGroup:
    """A heading with its fields."""

    code: str
    name: LocalText
    fields: tuple[FormField, ...]


YES_NO: tuple[tuple[str, LocalText], ...] = (
    ("true", {"zh": "是", "en": "Yes"}),
    ("false", {"zh": "否", "en": "No"}),
)


def fields_for(form: Form, values: Mapping[str, Any], faults: Faults) -> tuple[FormGroup, ...]:
    """All groups of the form. ``values`` may be typed answers or what a browser sent."""
    return tuple(
        FormGroup(
            code=group.code,
            name=group.name,
            fields=tuple(
                _field(asked, values.get(asked.code), faults.get(asked.code))
                for asked in form.fields
                if asked.group == group.code
            ),
        )
        for group in form.groups
    )


def text_of(asked: Field, value: Any) -> LocalText:
    """A typed answer in words, in both languages, for pages and legal documents: option labels, units, yes/no."""
    if value is None or value == []:
        return {"zh": "", "en": ""}
    labels: dict[str, LocalText] = dict(YES_NO) if asked.type == "boolean" else {}
    labels |= {option.value: option.label for option in asked.options}
    texts = shown(asked, value)
    words = [
        labels.get(text, {"zh": text, "en": text}) for text in ((texts,) if isinstance(texts, str) else texts)
    ]
    unit = asked.unit or {"zh": "", "en": ""}
    return {
        "zh": "；".join(word["zh"] for word in words) + (f" {unit['zh']}" if asked.unit else ""),
        "en": "; ".join(word["en"] for word in words) + (f" {unit['en']}" if asked.unit else ""),
    }


def shown(asked: Field, value: Any) -> str | tuple[str, ...]:
    """A typed answer as the text of its control; a list for several boxes."""
    if value is None:
        return () if asked.type == "array" else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Sequence) and not isinstance(value, str):
        texts = tuple(str(each) for each in value)
        return texts if asked.type == "array" else (texts[0] if texts else "")
    return (str(value),) if asked.type == "array" else str(value)


def _field(asked: Field, value: Any, fault: Fault | None) -> FormField:
    control = f"field-{asked.code}"
    text = shown(asked, value)
    help_id, fault_id = f"{control}-help", f"{control}-fault"
    described = [id_ for id_, present in ((help_id, asked.help), (fault_id, fault)) if present]
    return FormField(
        id=control,
        name=asked.code,
        label=asked.label,
        widget=asked.widget,
        input_type=INPUT_TYPES.get(asked.widget, "text"),
        required=asked.required and not asked.when,
        value="" if isinstance(text, tuple) else text,
        choices=_choices(asked, control, text),
        help=asked.help,
        unit=asked.unit,
        fault=fault,
        help_id=help_id,
        fault_id=fault_id,
        described_by=" ".join(described),
        when=json.dumps(asked.when) if asked.when else "",
        attributes=_attributes(asked),
    )


def _choices(asked: Field, control: str, text: str | tuple[str, ...]) -> tuple[Choice, ...]:
    """The options, or yes and no, with the chosen ones marked."""
    pairs = YES_NO if asked.type == "boolean" else tuple((o.value, o.label) for o in asked.options)
    chosen = text if isinstance(text, tuple) else (text,)
    return tuple(Choice(f"{control}-{value}", value, label, value in chosen) for value, label in pairs)


def _attributes(asked: Field) -> dict[str, str]:
    """HTML attributes that help typing; the rules themselves are checked on the server."""
    if asked.widget == "number":
        return {"inputmode": "numeric" if asked.type == "integer" else "decimal", "maxlength": "20"}
    if asked.widget in ("text", "textarea", "tel", "email"):
        return {"maxlength": str(asked.schema.get("maxLength", DEFAULT_LENGTH))}
    return {}
