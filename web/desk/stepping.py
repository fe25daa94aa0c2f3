"""What each step at the window shows: one function a step, named in one table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from approvals import (
    authority,
    catalogue,
    corrections,
    decision,
    delivery,
    papers,
    permits,
    second_correction,
)
from approvals.errors import DomainError, NotFound
from approvals.queries import desk as queries
from approvals.queries import orders
from approvals.tables import Case, Defect, Staff, Task
from approvals.terms import MaterialState
from processes.steps import acceptance, checking

from .. import options
from ..i18n import speak
from ..transactions import now
from . import committing
from .saving import Faults, Posted
from .view import lines_of, sentences

Shown = dict[str, Any]
# For the document, so Chinese in any language.
GRANT_REASONS = "申请材料齐全、符合法定形式，符合规定的条件。"
COMMITTED_REASONS = (
    "申请人已作出承诺（承诺书{number}），应当提交的材料齐全，当场准予；本机关将依法核查承诺的内容。"
)


@dataclass(frozen=True)
class AskedDefect:
    """One line of a correction notice: the same defect of several departments stands once.

    ``seen``: it was visible when the notice before went out; ``let_through``: why supervision lets it be told.
    """

    ids: list[int]
    problem: str
    demands: tuple[str, ...]
    departments: tuple[Mapping[str, str], ...]
    seen: bool = False
    let_through: str = ""


def step_page(
    session: Session, task: Task, staff: Staff, posted: Posted | None = None, faults: Faults | None = None
) -> Shown:
    """Everything the template of a step needs. Raises ``NotFound`` for a step that is done elsewhere."""
    if task.step not in SHOWS:
        raise NotFound
    case = queries.whole_case(session, task.case_id, staff)
    faults = faults or Faults()
    return {
        "task": task,
        "case": case,
        "item": catalogue.item_for(case),
        "faults": faults,
        "posted": posted or {},
        "papers": queries.papers(session, case.id),
        "urgings": [each for each in orders.urgings_of(session, case.id) if each.task_id == task.id],
        "lines": [],
        **SHOWS[task.step](session, task, case, staff, posted, faults),
    }


def _checking(
    session: Session, _task: Task, case: Case, _staff: Staff, posted: Posted | None, faults: Faults
) -> Shown:
    problems = acceptance.acceptance_problems(session, case, now(), deferral=False)
    deferrable = any(material.state == MaterialState.DEFERRED for material in case.materials)
    later = acceptance.acceptance_problems(session, case, now(), deferral=True) if deferrable else []
    waiting = corrections.waiting_defects(session, case.id)
    window = corrections.unsaid(session, case, corrections.window_defects(case))
    second = second_correction.told_before(session, case)
    found: list[second_correction.Found] = [*waiting, *window]
    seen = second_correction.seen_before(session, case, found) if second else []
    asked = merged_with_ids(waiting, [defect for defect in waiting if defect in seen])
    return {
        "form": "check_materials",
        "lines": lines_of(case, posted, faults),
        "asked": asked,
        "second": second,
        "blocked": any(entry in seen for entry in window)
        or any(line.seen and not line.let_through for line in asked),
        "beside": any(line.let_through for line in asked),
        "problems": sentences(acceptance.case_form(case), problems),
        "may_defer": deferrable and not later,
        "window_defects": window,
    }


def _answering(
    session: Session, _task: Task, case: Case, _staff: Staff, posted: Posted | None, faults: Faults
) -> Shown:
    notice = corrections.open_correction(session, case.id)
    return {
        "form": "answer_correction",
        "lines": lines_of(case, posted, faults),
        "notice": notice,
        "asked": merged_with_ids(notice.defects if notice else []),
    }


def _asking(
    session: Session, _task: Task, case: Case, _staff: Staff, _posted: Posted | None, _faults: Faults
) -> Shown:
    return {
        "form": "issue_correction",
        "asked": merged_with_ids(corrections.waiting_defects(session, case.id)),
        "window_defects": corrections.unsaid(session, case, corrections.window_defects(case)),
    }


def _deciding(
    session: Session, task: Task, case: Case, _staff: Staff, _posted: Posted | None, _faults: Faults
) -> Shown:
    hearing = decision.latest_hearing(session, task.part) if task.part else None
    committed = papers.commitment_number(session, task.part) if task.part else ""
    item = catalogue.item_for(case)
    return {
        "form": "decide_on_the_spot",
        "hearing": hearing,
        "reasons": COMMITTED_REASONS.format(number=committed) if committed else GRANT_REASONS,
        "articles": "；".join(basis.zh for basis in item.basis),
        "scope": permits.scope_of(session, case, item, now()),
    }


def _hearing(
    session: Session, task: Task, _case: Case, _staff: Staff, _posted: Posted | None, _faults: Faults
) -> Shown:
    hearing = decision.latest_hearing(session, task.part) if task.part else None
    return {"form": "hear_statement", "hearing": hearing}


def _issuing(
    _session: Session, _task: Task, case: Case, staff: Staff, _posted: Posted | None, _faults: Faults
) -> Shown:
    try:
        permits.require_ready(case)
        hindrance = ""
    except DomainError as error:
        hindrance = speak(error.message, error.params)
    return {"form": "issue", "hindrance": hindrance, **money(case, staff)}


def _delivering(
    session: Session, _task: Task, case: Case, staff: Staff, _posted: Posted | None, _faults: Faults
) -> Shown:
    return {
        "form": "deliver",
        "served": delivery.served_papers(session, case),
        "permits": permits.of_case(session, case.id),
        "manners": [(code, _(words)) for code, words in delivery.MANNERS.items()],
        "servers": options.of_staff(queries.second_servers(session, staff)),
        "by_post": case.collection.get("manner") == "post",
    }


def _committing(
    session: Session, _task: Task, case: Case, _staff: Staff, posted: Posted | None, _faults: Faults
) -> Shown:
    return {"form": "commit", "signing": committing.signing(session, case, posted)}


SHOWS: dict[str, Callable[..., Shown]] = {
    "check_materials": _checking,
    "answer_correction": _answering,
    "issue_correction": _asking,
    "notify_commitment": _committing,
    "commit": _committing,
    "decide_on_the_spot": _deciding,
    "hear_statement": _hearing,
    "issue": _issuing,
    "issue_parts": _issuing,
    "deliver": _delivering,
    "deliver_parts": _delivering,
    "deliver_refusal": _delivering,
}
"""Steps that have a page at the desk."""


def money(case: Case, staff: Staff) -> Shown:
    """The fees with what this person may do about them, and what the case was accepted without."""
    return {
        "may_take": authority.may(staff, "take_fee"),
        "may_waive": authority.may(staff, "waive_fee", case.department_id),
        "deferred": checking.outstanding(case) if case.accepted_at else [],
    }


def merged_with_ids(defects: list[Defect], seen: Sequence[Defect] = ()) -> list[AskedDefect]:
    """The lines of the notice, each with the defects it stands for and whether they were ``seen`` before."""
    known, lines = {defect.id for defect in seen}, []
    for line in corrections.merged(defects):
        first = next(
            d for d in defects if d.problem == line.problem and d.material_code == line.material_code
        )
        same = [defect for defect in defects if len(corrections.merged([first, defect])) == 1]
        lines.append(
            AskedDefect(
                [defect.id for defect in same],
                line.problem,
                line.demands,
                line.departments,
                seen=any(defect.id in known for defect in same),
                let_through=next((d.let_through_why for d in same if d.let_through_by_id), ""),
            )
        )
    return lines
