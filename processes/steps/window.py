"""At the window: from the draft to acceptance, or to a written answer why not."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from approvals import (
    catalogue,
    commitment_paths,
    corrections,
    intake,
    journal,
    ledger,
    notices,
    papers,
    permit_requests,
    readiness,
    tasks,
)
from approvals.calendar import WorkingCalendar
from approvals.corrections import DefectInput
from approvals.errors import DomainError
from approvals.messages import N_
from approvals.tables import Case, Staff

from .. import decisions, flow
from .acceptance import (
    GROUND,
    accept_now,
    form_problems,
    require_acceptable,
    require_none,
)
from .checking import send_correction
from .turning_away import Answer, end_unaccepted, require_answer


class FixesMissing(DomainError):
    """Nothing was said to be put right on the spot."""

    message = N_("请写明当场更正了哪些内容。")
    status = 422


def answer_situation(session: Session, draft: Case, clerk: Staff, values: Mapping[str, Any]) -> None:
    """Keep the form's answers; they decide which departments, which form and which materials."""
    intake.require_draft(draft, clerk)
    draft.form_data = dict(values)
    subject = catalogue.item_of(draft.item).subject
    draft.subject = str(values.get(subject, ""))[:200] if subject else ""
    intake.set_parts(session, draft, _selected(session, draft))


def _selected(session: Session, draft: Case) -> list[tuple[Any, str]]:
    """The parts a case has: itself, all of a joint item, or those its decision table selects."""
    item = catalogue.item_of(draft.item)
    if not item.parts:
        return [(draft.item, "")]
    if item.parts_decision is None:
        return [(catalogue.current(session, part.item), "") for part in item.parts]
    answers = {name: draft.form_data.get(name) for name in item.parts_decision.answers}
    if any(value is None for value in answers.values()):
        return []
    return [
        (catalogue.current(session, chosen.part), "；".join(chosen.why))
        for chosen in decisions.select_parts(item.parts_decision.dmn, answers)
    ]


def receive(session: Session, case_id: int, clerk: Staff, calendar: WorkingCalendar, now: datetime) -> Case:
    """Received for checking (收件): receipt printed, the five-day clock runs, departments pre-check."""
    case = _ordinary_draft(session, case_id, clerk)
    asked = permit_requests.problems(session, case, calendar, now)
    require_none(N_("收件"), [*readiness.applicant_problems(case), *form_problems(case), *asked])
    number(session, case, clerk, calendar, now)
    journal.write(
        session, "receive", now=now, staff=clerk, case=case, ground=GROUND, after=intake.snapshot(case)
    )
    papers.receipt(session, case, clerk, now)
    notices.to_applicant(session, case, "received", now)
    flow.begin(session, case, {"intake": "checking"}, now)
    return case


def accept(
    session: Session,
    case_id: int,
    clerk: Staff,
    calendar: WorkingCalendar,
    now: datetime,
    *,
    deferral: bool = False,
    fixes: Sequence[papers.Fix] = (),
) -> Case:
    """Accept at the window, everything complete; with ``deferral`` some materials may follow.

    ``fixes`` are errors put right on the spot (当场更正), confirmed in a paper of their own.
    """
    case = _ordinary_draft(session, case_id, clerk)
    require_acceptable(session, case, now, deferral=deferral)
    number(session, case, clerk, calendar, now)
    if fixes:
        papers.fixed_on_spot(session, case, clerk, now, list(fixes))
        journal.write(session, "fix_on_the_spot", now=now, staff=clerk, case=case, ground=GROUND,
                      after={"fixes": "；".join(f"{fix.material}：{fix.wrong}→{fix.right}" for fix in fixes)})  # fmt: skip
    accept_now(session, case, clerk, calendar, now, deferral=deferral)
    flow.begin(session, case, {"intake": "accepted"}, now)
    return case


def correct_at_window(
    session: Session,
    case_id: int,
    clerk: Staff,
    calendar: WorkingCalendar,
    now: datetime,
    extra: Sequence[DefectInput] = (),
) -> Case:
    """Tell everything that is missing on the spot (一次性补正告知)."""
    case = _ordinary_draft(session, case_id, clerk)
    unknown = [problem for problem in form_problems(case) if problem.where == "form"]
    asked = [each for each in permit_requests.problems(session, case, calendar, now) if each.where == "case"]
    require_none(
        N_("一次性补正"), [*readiness.applicant_problems(case), *unknown, *asked]
    )  # who is concerned, and what to ask
    found = [*corrections.window_defects(case), *extra]
    if not found:
        raise corrections.NothingToCorrect
    number(session, case, clerk, calendar, now)
    papers.receipt(session, case, clerk, now)
    corrections.raise_defects(session, case, None, clerk, found, now)
    send_correction(session, case, clerk, calendar, now, before_acceptance=True)
    flow.begin(session, case, {"intake": "correction"}, now)
    return case


def turn_away(
    session: Session, case_id: int, clerk: Staff, answer: Answer, calendar: WorkingCalendar, now: datetime
) -> Case:
    """Not needed, not ours, or not accepted: told at once, in writing, with grounds."""
    case = _draft(session, case_id, clerk)
    require_none(N_("书面告知"), readiness.applicant_problems(case)[:1])
    require_answer(answer)
    number(session, case, clerk, calendar, now)
    end_unaccepted(session, case, clerk, answer, now)
    return case


def _draft(session: Session, case_id: int, clerk: Staff) -> Case:
    case = tasks.lock_case(session, case_id)
    intake.require_draft(case, clerk)
    return case


def _ordinary_draft(session: Session, case_id: int, clerk: Staff) -> Case:
    """A draft none of whose parts chose commitment: that is handed in by ``commitment.offer``."""
    case = _draft(session, case_id, clerk)
    commitment_paths.require_none_committed(case)
    permit_requests.hold(session, case)
    return case


def number(session: Session, case: Case, clerk: Staff, calendar: WorkingCalendar, now: datetime) -> None:
    """A draft becomes a case: number, query code, its place on the list of requests, the five days of article 32."""
    commitment_paths.explain(session, case, now)
    intake.give_number(session, case, now)
    permit_requests.record(session, case, clerk, calendar, now)
    ledger.recount_checking(session, case, calendar)
