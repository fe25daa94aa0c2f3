"""A form (表单): fields in order, versioned, from which a JSON Schema (draft 2020-12) and a UI schema come.

The source is a YAML file per item in ``forms/definitions``; fields many forms ask for stand once in
``_shared.yaml`` and are taken with ``use``. A form in a database row is the same structure as JSON.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

DEFAULT_LENGTH = 200
"""Longest text, in characters, where a field sets no ``maxLength``."""

LocalText = Mapping[str, str]
Condition = Mapping[str, Mapping[str, Any]]
"""Field code → JSON Schema its answer must meet: ``{sign: {const: true}}``; all must hold."""


@dataclass(frozen=True)
class FieldConflict:
    """A field code that two forms define differently, so that they cannot be asked as one."""

    field: str
    forms: tuple[str, str]


class FormFileError(ValueError):
    """Forms that cannot be joined; ``conflicts`` names the fields."""

    def __init__(self, conflicts: Sequence[FieldConflict]) -> None:
        self.conflicts = tuple(conflicts)
        super().__init__("; ".join(f"{c.field}: {c.forms[0]} / {c.forms[1]}" for c in conflicts))


@dataclass(frozen=True)
class Option:
    """One choice of a field."""

    value: str
    label: LocalText


@dataclass(frozen=True)
class Group:
    """A heading under which fields stand together."""

    code: str
    name: LocalText


@dataclass(frozen=True)
class Field:
    """One question. ``schema`` is its JSON Schema without options; ``private`` values are masked in lists.

    In the union of a joint item ``askers`` maps each item that asks to whether it requires an answer.
    """

    code: str
    group: str
    label: LocalText
    widget: str
    schema: Mapping[str, Any]
    required: bool = True
    help: LocalText | None = None
    unit: LocalText | None = None
    options: tuple[Option, ...] = ()
    when: Condition | None = None
    private: bool = False
    askers: Mapping[str, bool] | None = None

    @property
    def type(self) -> str:
        """JSON type of the answer: string, integer, number, boolean or array."""
        return str(self.schema["type"])

    def value_schema(self) -> dict[str, Any]:
        """JSON Schema of the answer, with the options as an enumeration."""
        values = [option.value for option in self.options]
        if self.type == "array":
            return {"uniqueItems": True, **self.schema, "items": {"type": "string", "enum": values}}
        if values:
            return {**self.schema, "enum": values}
        return {**({"maxLength": DEFAULT_LENGTH} if self.type == "string" else {}), **self.schema}

    def meaning(self) -> tuple[object, ...]:
        """What must agree where two forms ask for the same field; place and necessity may differ."""
        return (self.label, self.widget, self.schema, self.unit, self.options, self.when, self.private)


@dataclass(frozen=True)
class Form:
    """A version of a form."""

    code: str
    version: int
    groups: tuple[Group, ...]
    fields: tuple[Field, ...]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Build from a checked definition, of a file or of a row."""
        return cls(
            code=data["code"],
            version=data["version"],
            groups=tuple(Group(**group) for group in data["groups"]),
            fields=tuple(_field(field) for field in data["fields"]),
        )

    def to_json(self) -> dict[str, Any]:
        """The definition as plain JSON; ``from_json`` reads it back unchanged."""
        return {
            "code": self.code,
            "version": self.version,
            "groups": [{"code": group.code, "name": dict(group.name)} for group in self.groups],
            "fields": [_field_json(field) for field in self.fields],
        }

    def field(self, code: str) -> Field | None:
        """The field with this code, if the form has it."""
        return next((field for field in self.fields if field.code == code), None)

    def narrowed(self, askers: Collection[str]) -> "Form":
        """The form as far as these items ask: their fields only, required where one of them requires it.

        Fields of a form that is no union stay.
        """
        fields = [
            replace(field, required=any(field.askers.get(code, False) for code in askers))
            if field.askers
            else field
            for field in self.fields
            if field.askers is None or not field.askers.keys().isdisjoint(askers)
        ]
        used = {field.group for field in fields}
        return replace(self, groups=tuple(g for g in self.groups if g.code in used), fields=tuple(fields))

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of all answers. A field with a condition is required where the condition holds."""
        conditional = [field for field in self.fields if field.required and field.when]
        schema: dict[str, Any] = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {field.code: field.value_schema() for field in self.fields},
            "required": [field.code for field in self.fields if field.required and not field.when],
            "additionalProperties": False,
        }
        if conditional:
            schema["allOf"] = [
                {"if": condition_schema(field.when or {}), "then": {"required": [field.code]}}
                for field in conditional
            ]
        return schema

    def ui_schema(self) -> dict[str, Any]:
        """Order, groups, widgets and texts: everything a page needs that is not a rule."""
        return {
            "order": [field.code for field in self.fields],
            "groups": [{"code": group.code, "name": dict(group.name)} for group in self.groups],
            "fields": {
                field.code: {key: value for key, value in _field_json(field).items() if key not in RULES}
                for field in self.fields
            },
        }


RULES = ("code", "schema", "required", "askers")


def condition_schema(when: Condition) -> dict[str, Any]:
    """The JSON Schema over all answers that says the condition holds."""
    return {"properties": dict(when), "required": list(when)}


def union(code: str, forms: Mapping[str, Form]) -> Form:
    """One form of several (item code → its form) that asks every shared field once.

    A field is required where any form requires it, and remembers who asks. Fields and groups keep the
    order in which the forms first name them; the version is the highest. Raises ``FormFileError`` where
    one code means two things.
    """
    fields: dict[str, Field] = {}
    groups: dict[str, Group] = {}
    conflicts: list[FieldConflict] = []
    for asker, form in forms.items():
        for group in form.groups:
            groups.setdefault(group.code, group)
        for field in form.fields:
            first = fields.get(field.code, field)
            askers = {**(first.askers or {}), asker: field.required}
            if first.meaning() != field.meaning():
                conflicts.append(FieldConflict(field.code, (next(iter(askers)), asker)))
            fields[field.code] = replace(first, required=any(askers.values()), askers=askers)
    if conflicts:
        raise FormFileError(conflicts)
    used = {field.group for field in fields.values()}
    return Form(
        code=code,
        version=max(form.version for form in forms.values()),
        groups=tuple(group for group in groups.values() if group.code in used),
        fields=tuple(fields.values()),
    )


def _field(data: Mapping[str, Any]) -> Field:
    return Field(**{**data, "options": tuple(Option(**option) for option in data.get("options", ()))})


def _field_json(field: Field) -> dict[str, Any]:
    data: dict[str, Any] = {
        "code": field.code,
        "group": field.group,
        "label": dict(field.label),
        "widget": field.widget,
        "schema": dict(field.schema),
        "required": field.required,
    }
    optional: dict[str, Any] = {
        "help": field.help and dict(field.help),
        "unit": field.unit and dict(field.unit),
        "options": [{"value": option.value, "label": dict(option.label)} for option in field.options],
        "when": field.when and {code: dict(schema) for code, schema in field.when.items()},
        "private": field.private,
        "askers": field.askers and dict(field.askers),
    }
    return data | {key: value for key, value in optional.items() if value}
