"""Whether a condition over answers holds; a condition maps a field to the JSON Schema its answer must meet."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

from .definition import Condition


def holds(when: Condition | None, answers: Mapping[str, Any]) -> bool:
    """True where there is no condition, or every field it names is answered and meets its schema."""
    return all(
        field in answers and Draft202012Validator(schema).is_valid(answers[field])
        for field, schema in (when or {}).items()
    )
