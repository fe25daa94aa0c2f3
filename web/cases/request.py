"""The request in words: the answers of the form as people read them, private numbers masked."""

from dataclasses import dataclass

import forms
from approvals.secrets import mask
from approvals.tables import Case
from processes.steps.acceptance import case_form

PRIVATE = frozenset({"resident-id", "cn-phone"})
"""Formats of answers that are shown by their ends only."""


@dataclass(frozen=True)
class Answered:
    """A group of the form with its answered questions: (label, answer), each in both languages."""

    name: dict[str, str]
    lines: list[tuple[dict[str, str], dict[str, str]]]


def answers_of(case: Case) -> list[Answered]:
    """The answers by group; what was not asked or not answered is left out."""
    form = case_form(case)
    groups = []
    for group in form.groups:
        lines = [
            (dict(asked.label), dict(text))
            for asked in form.fields
            if asked.group == group.code and (text := _text(asked, case.form_data.get(asked.code)))["zh"]
        ]
        if lines:
            groups.append(Answered(dict(group.name), lines))
    return groups


def _text(asked: forms.definition.Field, value: object) -> dict[str, str]:
    if asked.schema.get("format") in PRIVATE and isinstance(value, str):
        shown = mask(value)
        return {"zh": shown, "en": shown}
    return dict(forms.text_of(asked, value))
