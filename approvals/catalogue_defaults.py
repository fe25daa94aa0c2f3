"""What every item says, and how an item's own file replaces it."""

from collections.abc import Mapping
from typing import Any

SECTIONS = ("change", "renewal", "replacement")
"""Sections of an item of which it says only what differs from the defaults."""


def with_defaults(defaults: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """The item's data over the defaults: line by line of the top, and of its sections."""
    sections = {
        name: {**defaults[name], **data[name]}
        for name in SECTIONS
        if isinstance(defaults.get(name), dict) and isinstance(data.get(name), dict)
    }
    return {**defaults, **data, **sections}
