"""From what a browser sends to typed answers, with a fault beside every field that is wrong."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from .conditions import holds
from .definition import DEFAULT_LENGTH, Field, Form
from .formats import CHECKER, FORMATS, FormatFault, ascii_digits, clean_text
from .messages import N_

Fault = tuple[str, dict[str, object]]
"""A message id and its parameters."""

Faults = dict[str, Fault]
"""Field code → what is wrong with it; empty when all is well."""

Raw = Mapping[str, str | Sequence[str]]
"""What a browser sent: one string, or a list where several boxes share a name."""

NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,6})?")
BOOLEANS = {"true": True, "false": False}


def validate(form: Form, raw: Raw) -> tuple[dict[str, Any], Faults]:
    """Typed answers and faults. Answers to fields whose condition does not hold are left out, unread.

    A field the form does not have is a fault: nothing is silently dropped or kept.
    """
    values: dict[str, Any] = {}
    faults: Faults = {
        code: (N_("表单没有“%(field)s”这一项，请刷新页面后重新填写。"), {"field": code[:60]})
        for code in raw
        if form.field(code) is None
    }
    for field in form.fields:
        if not holds(field.when, values):
            continue
        try:
            value = _coerce(field, raw.get(field.code, ""))
        except FormatFault as fault:
            faults[field.code] = (fault.message, fault.params)
            continue
        if value is not None:
            values[field.code] = value
    schema_faults = check(form, values)
    return values, {**schema_faults, **faults}


def check(form: Form, values: Mapping[str, Any]) -> Faults:
    """Faults of answers that are already typed (a stored draft, an interface), by the form's JSON Schema."""
    validator = Draft202012Validator(form.json_schema(), format_checker=CHECKER)
    faults: Faults = {}
    for error in sorted(validator.iter_errors(dict(values)), key=lambda error: str(error.json_path)):
        for code in _fields_of(form, error):
            faults.setdefault(code, _say(form, code, error))
    return faults


def _coerce(field: Field, given: str | Sequence[str]) -> Any:
    """One answer in its JSON type; ``None`` for an empty one. Raises ``FormatFault``."""
    if field.type == "array":
        boxes = [given] if isinstance(given, str) else list(given)
        return [cleaned for box in boxes if (cleaned := clean_text(box))] or None
    if not isinstance(given, str):
        if len(given) > 1:
            raise FormatFault(N_("这一项只能有一个答案。"))
        given = given[0] if given else ""
    text = clean_text(given, lines=field.widget == "textarea")
    return COERCE[field.type](field, text) if text else None


def _string(field: Field, text: str) -> str:
    """Text within its length, in the normal form of its format."""
    limit = int(field.schema.get("maxLength", DEFAULT_LENGTH))
    if len(text) > limit:
        raise FormatFault(N_("最多 %(limit)s 个字，现在是 %(count)s 个。"), limit=limit, count=len(text))
    word = field.schema.get("format")
    return FORMATS[word](text) if word else text


def _number(field: Field, text: str) -> int | float:
    """A number; full-width digits and thousands separators are understood, exponents are not."""
    plain = re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", ascii_digits(text))
    if not NUMBER.fullmatch(plain):
        raise FormatFault(N_("请填写数字，如 86 或 86.5。"))
    number = float(plain)
    if field.type == "integer":
        if not number.is_integer():
            raise FormatFault(N_("请填写整数。"))
        return int(number)
    return int(number) if number.is_integer() else number


def _boolean(_field: Field, text: str) -> bool:
    """The value of a yes/no pair."""
    if text not in BOOLEANS:
        raise FormatFault(N_("请选择“是”或“否”。"))
    return BOOLEANS[text]


COERCE: dict[str, Callable[[Field, str], Any]] = {
    "string": _string,
    "integer": _number,
    "number": _number,
    "boolean": _boolean,
}


def _fields_of(form: Form, error: ValidationError) -> list[str]:
    """The field an error belongs to; for ``required`` and extra properties they stand in the error."""
    if error.absolute_path:
        return [str(error.absolute_path[0])]
    answers: Mapping[str, Any] = error.instance  # type: ignore[assignment]
    if error.validator == "required":
        required: Sequence[str] = error.validator_value  # type: ignore[assignment]
        return [code for code in required if code not in answers]
    return [code for code in answers if form.field(code) is None]


def _say(form: Form, code: str, error: ValidationError) -> Fault:
    """The sentence for one schema error."""
    field = form.field(code)
    if field is None:
        return N_("表单没有“%(field)s”这一项，请刷新页面后重新填写。"), {"field": code[:60]}
    if error.validator == "required":
        return (N_("请选择一项。") if field.options or field.type == "boolean" else N_("请填写这一项。")), {}
    if error.validator == "format":
        return _format_fault(str(error.validator_value), error.instance)
    return SAYINGS.get(str(error.validator), N_("填写的内容不合要求，请看填写说明。")), {
        "limit": error.validator_value
    }


def _format_fault(word: str, value: object) -> Fault:
    try:
        FORMATS[word](str(value))
    except FormatFault as fault:
        return fault.message, fault.params
    return N_("填写的内容不合要求，请看填写说明。"), {}


SAYINGS = {
    "minimum": N_("不能小于 %(limit)s。"),
    "maximum": N_("不能大于 %(limit)s。"),
    "minLength": N_("至少填写 %(limit)s 个字。"),
    "maxLength": N_("最多填写 %(limit)s 个字。"),
    "minItems": N_("至少选择 %(limit)s 项。"),
    "maxItems": N_("最多选择 %(limit)s 项。"),
    "enum": N_("请从列出的选项中选择。"),
    "uniqueItems": N_("同一选项只能选一次。"),
    "multipleOf": N_("应为 %(limit)s 的整数倍。"),
    "pattern": N_("格式不对，请看填写说明。"),
    "type": N_("填写的内容类型不对。"),
}
