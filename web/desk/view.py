"""What the draft's page shows: facts of the item, form, checklist, and what is not yet possible and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

import forms
from approvals import catalogue, commitment_paths, corrections, readiness, silence
from approvals.item_definition import Limit
from approvals.material_lines import PROMISED
from approvals.readiness import Problem
from approvals.tables import Case, CaseMaterial, StoredFile
from approvals.terms import MaterialState
from processes.steps import acceptance

from ..i18n import local, speak
from ..request_view import request_view
from ..transactions import now
from . import committing
from .parties import view as party_view
from .saving import Faults, Posted

NOTED = (MaterialState.DEFECTIVE, MaterialState.NOT_APPLICABLE)
BOXES = {
    MaterialState.RECEIVED: "on",
    MaterialState.SHARED: "on",
    MaterialState.DEFERRED: "half",
    MaterialState.DEFECTIVE: "no",
    MaterialState.NOT_APPLICABLE: "off",
    MaterialState.COMMITTED: "on",
    MaterialState.FOLLOWING: "half",
}


@dataclass(frozen=True)
class Line:
    """One line of the checklist as drawn."""

    code: str
    name: dict[str, str]
    necessity: str
    wants_originals: int
    wants_copies: int
    state: str
    box: str
    options: list[tuple[str, str]]
    originals: int
    copies: int
    note: str
    noted: bool
    fault: str
    files: list[StoredFile]
    criteria: list[dict[str, Any]]


def draft_page(
    session: Session, draft: Case, posted: Posted | None = None, faults: Faults | None = None
) -> dict[str, Any]:
    """Everything the template of a draft needs."""
    faults = faults or Faults()
    item = catalogue.item_for(draft)
    form = acceptance.case_form(draft)
    lines = lines_of(draft, posted, faults)
    problems = acceptance.acceptance_problems(session, draft, now(), deferral=False)
    return {
        "draft": draft,
        "item": item,
        "faults": faults,
        "groups": forms.fields_for(form, _answers(draft, posted, faults), faults.fields),
        "form_version": draft.form_definition["version"],
        "applicant": party_view("applicant", draft.applicant, posted, faults.places),
        "agent": party_view("agent", draft.agent, posted, faults.places),
        "agent_on": bool(posted.get("agent-on")) if posted is not None else draft.agent is not None,
        "mandate": posted.get("mandate", "") if posted is not None else draft.mandate,
        "departments": _departments(draft),
        "ways": committing.ways(session, draft),
        "committed": commitment_paths.committed(draft),
        "lines": lines,
        "done": sum(line.box in ("on", "half", "off") for line in lines),
        "asked_before": sum(len(material.line["asked_by"]) for material in draft.materials),
        "problems": sentences(form, problems),
        "deferral_problems": _deferral_problems(session, draft, item, form),
        "applicant_problems": sentences(form, readiness.applicant_problems(draft)),
        "defects": corrections.window_defects(draft),
        "bars": readiness.bars(session, draft, now()),
        "duplicates": readiness.duplicates(session, draft),
        "posted": posted or {},
        "collection": draft.collection or {"manner": "pick_up"},
        "limit": limit_words,
        "asked": request_view(session, draft, now()),
    }


def limit_words(limit: Limit) -> str:
    """One limit: ``8 个工作日``, or that it is done on the spot."""
    if limit.days == 0:
        return str(_("当场办结"))
    if limit.unit == "working":
        return str(_("%(days)s 个工作日", days=limit.days))
    return str(_("%(days)s 日", days=limit.days))


def lines_of(case: Case, posted: Posted | None, faults: Faults) -> list[Line]:
    """The checklist; a line that could not be kept shows what was typed."""
    return [
        _line(case, material, posted, faults.places.get(f"material:{material.code}", ""))
        for material in case.materials
    ]


def _line(case: Case, material: CaseMaterial, posted: Posted | None, fault: str) -> Line:
    line = material.line
    state, note = material.state, material.note
    if posted is not None and fault and f"state-{material.code}" in posted:
        state, note = posted[f"state-{material.code}"], posted.get(f"note-{material.code}", "")
    held = material.state in (MaterialState.RECEIVED, MaterialState.DEFECTIVE)
    short = material.state == MaterialState.RECEIVED and not readiness.is_met(material)
    return Line(
        code=material.code,
        name=line["name"],
        necessity=line["necessity"],
        wants_originals=line["originals"],
        wants_copies=line["copies"],
        state=state,
        box="half" if short else BOXES.get(MaterialState(material.state), ""),
        options=_options(case, line, material.state),
        originals=material.originals if held else line["originals"],
        copies=material.copies if held else line["copies"],
        note=note,
        noted=state in NOTED,
        fault=fault,
        files=list(material.files),
        criteria=line["criteria"],
    )


def _options(case: Case, line: dict[str, Any], state: str) -> list[tuple[str, str]]:
    """Only the states that are lawful for this line."""
    deferrable = line["necessity"] == "may_follow" and catalogue.item_for(case).deferral is not None
    unlawful = {MaterialState.COMMITTED, MaterialState.FOLLOWING} - {MaterialState(state)}
    if MaterialState(state) in PROMISED:
        return [(each.value, _(each.label)) for each in (MaterialState(state), MaterialState.RECEIVED)]
    if not deferrable:
        unlawful.add(MaterialState.DEFERRED)
    if not line["shared_exempt"]:
        unlawful.add(MaterialState.SHARED)
    return [(state.value, _(state.label)) for state in MaterialState if state not in unlawful]


def _answers(draft: Case, posted: Posted | None, faults: Faults) -> dict[str, Any]:
    """Kept answers, and beside a fault what was typed."""
    values = dict(draft.form_data)
    for code in faults.fields if posted is not None else ():
        if posted is not None and code in posted:
            values[code] = posted.getlist(code)
    return values


def _departments(draft: Case) -> list[dict[str, Any]]:
    """Departments to be notified, the lead first, each with its parts and reasons."""
    found: dict[int, dict[str, Any]] = {}
    for part in sorted(draft.parts, key=lambda part: part.department_id != draft.department_id):
        entry = found.setdefault(
            part.department_id,
            {"name": part.department.name, "lead": part.department_id == draft.department_id, "parts": []},
        )
        entry["parts"].append({"name": part.name, "why": part.why})
    return list(found.values())


def _deferral_problems(session: Session, draft: Case, item: catalogue.Item, form: forms.Form) -> list[str]:
    """Why acceptance with deferral is not possible; empty when it is."""
    if silence.deferral_days(item) < 1:
        return [_("本事项不适用容缺受理。")]
    if not any(material.state == MaterialState.DEFERRED for material in draft.materials):
        return [_("没有记为容缺的材料，请直接受理。")]
    problems = acceptance.acceptance_problems(session, draft, now(), deferral=True)
    return sentences(form, problems)


def sentences(form: forms.Form, problems: Iterable[Problem]) -> list[str]:
    """What stands in the way, each with the name of its field."""
    return [_sentence(form, problem).rstrip("。") for problem in problems]


def _sentence(form: forms.Form, problem: Problem) -> str:
    words = speak(problem.message, problem.params)
    asked = form.field(problem.where.removeprefix("field:")) if problem.where.startswith("field:") else None
    return _("%(field)s：%(fault)s", field=local(asked.label), fault=words) if asked else words


__all__ = ["Line", "draft_page", "limit_words", "lines_of", "sentences"]
