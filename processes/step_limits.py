"""Limits of single steps (环节时限), as the diagram gives them: ``yimen:limit="P2D"`` on a user task.

An ISO 8601 duration in whole days. They are working days; with ``yimen:unit="calendar"`` calendar days.
"""

import re
from typing import Final

from lxml import etree

from . import safe_xml
from .safe_xml import BPMN

NAMESPACE: Final = "https://yimen.example/bpmn"
LIMIT: Final = f"{{{NAMESPACE}}}limit"
UNIT: Final = f"{{{NAMESPACE}}}unit"
UNITS: Final = ("working", "calendar")
_DURATION: Final = re.compile(r"P([1-9][0-9]{0,2})D")


def limits_of(xml: bytes) -> dict[str, dict[str, object]]:
    """Step → its limit (``days``, ``unit``), for every user task that has one that can be read."""
    found = {}
    for task in safe_xml.read(xml).iter(f"{{{BPMN}}}userTask"):
        days = days_of(task)
        if days is not None:
            found[task.get("id", "")] = {"days": days, "unit": task.get(UNIT, UNITS[0])}
    return found


def days_of(task: etree._Element) -> int | None:
    """The days of a task's limit; ``None`` where it has none or none that can be read."""
    match = _DURATION.fullmatch(task.get(LIMIT, ""))
    return int(match[1]) if match else None


def is_readable(task: etree._Element) -> bool:
    """Whether what stands there can be read; a task without limit is."""
    return (task.get(LIMIT) is None or days_of(task) is not None) and task.get(UNIT, UNITS[0]) in UNITS
