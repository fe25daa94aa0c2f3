"""At the window: from the draft to acceptance, or to a written answer why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import forms
from approvals import (
    authority,
    catalogue,
    clock,
    corrections,
    deadlines,
    intake,
    journal,
    ledger,
    notices,
    papers,
    tasks,
)
from approvals.calendar import WorkingCalendar
from approvals.corrections import DefectInput
from approvals.errors import DomainError, NotFound, ReasonRequired, WrongState
from approvals.intake import NotReady, Problem
from approvals.limits import Channel, Limit
from approvals.messages import N_
from approvals.tables import Case, CasePart, Document, LedgerEntry, Staff
from approvals.terms import ACCEPTED_STATES, CaseState, MaterialState, Outcome, PartState

from .. import decisions, flow

CHECKING_DAYS = 5  # working days to tell everything at once, 行政许可法 32(4)
DATES = ("promised_due", "statutory_due", "yellow_at", "provisional", "paused", "paused_left")
MARGIN_DAYS = 2  # a deferral ends at least so many working days before the promised limit
GROUND = "《中华人民共和国行政许可法》第三十二条"
LIMIT_GROUND = "《中华人民共和国行政许可法》第四十二条"


class NothingDeferred(DomainError):
    """Acceptance with deferral without a deferred material."""

    message = N_("没有记为容缺的材料，请直接受理。")
    status = 422


class NoDeferral(DomainError):
    """The item's rule does not allow deferral, or the promised limit is too short for it."""

    message = N_("本事项不适用容缺受理。")
    status = 422


class FixesMissing(DomainError):
    """Nothing was said to be put right on the spot."""

    message = N_("请写明当场更正了哪些内容。")
    status = 422


class BadOutcome(DomainError):
    """Not one of the outcomes of article 32."""

    message = N_("请选择一种处理结果。")
    status = 422


@dataclass(frozen=True)
class Answer:
    """A written answer that is not an acceptance (不需要、不属于、不予受理)."""

    outcome: Outcome
    reasons: str
    articles: str = ""
    competent_body: str = ""
    competent_contact: str = ""


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
    case = _draft(session, case_id, clerk)
    _require(N_("收件"), intake.applicant_problems(case) + _form_problems(case))
    _number(session, case, calendar, now)
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
    case = _draft(session, case_id, clerk)
    require_acceptable(session, case, now, deferral=deferral)
    _number(session, case, calendar, now)
    if fixes:
        papers.fixed_on_spot(session, case, clerk, now, list(fixes))
        journal.write(session, "fix_on_the_spot", now=now, staff=clerk, case=case, ground=GROUND,
                      after={"fixes": "；".join(f"{fix.material}：{fix.wrong}→{fix.right}" for fix in fixes)})  # fmt: skip
    _accept(session, case, clerk, calendar, now, deferral=deferral)
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
    case = _draft(session, case_id, clerk)
    _require(N_("一次性补正"), intake.applicant_problems(case))
    found = [*corrections.window_defects(case), *extra]
    if not found:
        raise corrections.NothingToCorrect
    _number(session, case, calendar, now)
    papers.receipt(session, case, clerk, now)
    corrections.raise_defects(session, case, None, clerk, found, now)
    _notice(session, case, clerk, calendar, now, before_acceptance=True)
    flow.begin(session, case, {"intake": "correction"}, now)
    return case


def turn_away(
    session: Session, case_id: int, clerk: Staff, answer: Answer, calendar: WorkingCalendar, now: datetime
) -> Case:
    """Not needed, not ours, or not accepted: told at once, in writing, with grounds."""
    case = _draft(session, case_id, clerk)
    _require(N_("书面告知"), intake.applicant_problems(case)[:1])
    require_answer(answer)
    _number(session, case, calendar, now)
    end_unaccepted(session, case, clerk, answer, now)
    return case


def check_materials(
    session: Session,
    task_id: int,
    version: int | None,
    clerk: Staff,
    outcome: str,
    calendar: WorkingCalendar,
    now: datetime,
    *,
    answer: Answer | None = None,
    extra: Sequence[DefectInput] = (),
) -> Case:
    """After checking: accepted, one correction notice for all departments, or not accepted."""
    task = tasks.take(session, task_id, version, clerk, now, "check_materials")
    case = task.case
    if outcome == "correction":
        corrections.raise_defects(
            session, case, None, clerk, [*corrections.window_defects(case), *extra], now
        )
        _notice(session, case, clerk, calendar, now, before_acceptance=True)
    elif outcome == "not_accepted" and answer is not None:
        require_answer(answer)
        end_unaccepted(session, case, clerk, answer, now)
    elif outcome in ("accepted", "deferred"):
        _refuse_open_defects(session, case)
        require_acceptable(session, case, now, deferral=outcome == "deferred")
        _accept(session, case, clerk, calendar, now, deferral=outcome == "deferred")
        outcome = "accepted"
    else:
        raise BadOutcome
    flow.finish(session, task, clerk, {"outcome": outcome}, now)
    return case


def drop_defect(
    session: Session, case: Case, defect_id: int, staff: Staff, reasons: str, now: datetime
) -> None:
    """A defect a department raised turns out to be none, with reasons; whoever would tell it may drop it.

    Raises ``Forbidden``, ``ReasonRequired`` or, where it was told or dropped before, ``NotFound``.
    """
    tasks.lock_case(session, case.id)
    asked = tasks.open_tasks(session, case.id, "issue_correction")
    act = tasks.act_of(asked[0]) if asked else "check_materials"
    authority.acting_for(session, staff, act, case.department_id, now)
    if not reasons.strip():
        raise ReasonRequired
    waiting = {defect.id: defect for defect in corrections.waiting_defects(session, case.id)}
    defect = waiting.pop(defect_id, None)
    if defect is None:
        raise NotFound
    defect.state = "dropped"
    journal.write(session, "drop_defect", now=now, staff=staff, case=case,
                  before={"problem": defect.problem}, after={"reasons": reasons.strip()})  # fmt: skip
    if not waiting:
        for task in asked:  # nothing is left to ask for
            tasks.cancel(task, now, "dropped")


def issue_correction(
    session: Session,
    task_id: int,
    version: int | None,
    staff: Staff,
    calendar: WorkingCalendar,
    now: datetime,
) -> Case:
    """After acceptance: what several departments ask for goes out as one request; no clock stops."""
    task = tasks.take(session, task_id, version, staff, now, "issue_correction")
    case = task.case
    _notice(session, case, staff, calendar, now, before_acceptance=False)
    flow.finish(session, task, staff, {"outcome": "issued"}, now)
    flow.open_aside(session, case, "answer_correction", now)
    return case


def answer_correction(
    session: Session, task_id: int, version: int | None, clerk: Staff, text: str, now: datetime
) -> Case:
    """The applicant brings what was asked for to the window."""
    task = tasks.take(session, task_id, version, clerk, now, "answer_correction")
    return _answered(session, task, clerk, text, now)


def answer_online(session: Session, case_id: int, text: str, now: datetime) -> Case:
    """The applicant uploads what was asked for on the tracking page."""
    case = tasks.lock_case(session, case_id)
    waiting = tasks.open_tasks(session, case_id, "answer_correction")
    if not waiting:
        if corrections.open_correction(session, case_id) is not None:
            raise WrongState(state=CaseState(case.state).label, act=N_("收取补正材料"))
        raise corrections.AlreadyAnswered
    return _answered(session, waiting[0], None, text, now)


def _answered(session: Session, task: Any, staff: Staff | None, text: str, now: datetime) -> Case:
    case: Case = task.case
    correction = corrections.open_correction(session, case.id)
    if correction is None:
        raise corrections.AlreadyAnswered
    corrections.answer(session, case, correction, text, staff, now)
    flow.finish(session, task, staff, {"outcome": "answered"}, now)
    return case


def complete_deferred(
    session: Session, case_id: int, code: str, originals: int, copies: int, clerk: Staff, now: datetime
) -> Case:
    """A deferred material has arrived (补齐容缺材料)."""
    case = tasks.lock_case(session, case_id)
    authority.require(clerk, "answer_correction")
    intake.require_state(case, N_("补齐容缺材料"), *ACCEPTED_STATES)
    for material in case.materials:
        if material.code == code and material.state == MaterialState.DEFERRED:
            intake.tick(material, MaterialState.RECEIVED, originals, copies, material.note)
            if not intake.is_met(material):
                raise NotReady(N_("补齐容缺材料"), intake.material_problems(case, deferral=True))
            journal.write(session, "complete_deferred", now=now, staff=clerk, case=case, ground=GROUND,
                          before={"material": code}, after={"originals": originals, "copies": copies})  # fmt: skip
            return case
    raise NothingDeferred


def require_acceptable(session: Session, case: Case, now: datetime, *, deferral: bool) -> None:
    """Raise ``NotReady`` with everything that stands in the way of acceptance."""
    problems = acceptance_problems(session, case, now, deferral=deferral)
    _require(N_("容缺受理") if deferral else N_("受理"), problems)


def acceptance_problems(session: Session, case: Case, now: datetime, *, deferral: bool) -> list[Problem]:
    """What stands in the way of acceptance, for the page's disabled button too."""
    return [
        *intake.applicant_problems(case),
        *_form_problems(case),
        *intake.material_problems(case, deferral=deferral),
        *intake.bar_problems(session, case, now),
    ]


def _form_problems(case: Case) -> list[Problem]:
    form = case_form(case)
    problems = [
        Problem(message, params, f"field:{code}")
        for code, (message, params) in forms.check(form, case.form_data).items()
    ]
    if not case.parts:
        problems.append(Problem(N_("请先填写情形，确定要通知哪些部门"), {}, "form"))
    return problems


def case_form(case: Case) -> forms.Form:
    """The questions of this case: of its item and of the parts its answers selected."""
    codes = [part.item.code for part in case.parts if part.item]
    return catalogue.case_form(case.form_definition, case.item.code, codes)


def _require(act: str, problems: Sequence[Problem]) -> None:
    if problems:
        raise NotReady(act, problems)


def _draft(session: Session, case_id: int, clerk: Staff) -> Case:
    case = tasks.lock_case(session, case_id)
    intake.require_draft(case, clerk)
    return case


def _number(session: Session, case: Case, calendar: WorkingCalendar, now: datetime) -> None:
    intake.give_number(session, case, now)
    case.notify_by = days_after(calendar, now, CHECKING_DAYS)


def days_after(calendar: WorkingCalendar, now: datetime, days: int) -> datetime:
    """The end of the working day so many days after an act at the window."""
    due = deadlines.single(now, Limit(days), calendar, Channel.WINDOW).promised_due
    if due is None:  # a promised limit always has its end
        raise AssertionError
    return due


def _accept(
    session: Session, case: Case, clerk: Staff, calendar: WorkingCalendar, now: datetime, *, deferral: bool
) -> None:
    """The clock starts for the case and for every part by its own law; the papers go out."""
    case.accepted_at = now
    case.state = CaseState.REVIEWING
    until = _defer(case, calendar, now) if deferral else None
    start_clocks(session, case, clerk, calendar, now)
    document = papers.acceptance(session, case, clerk, now, until)
    _name_ground(session, case, document)
    journal.write(session, "accept", now=now, staff=clerk, case=case, ground=GROUND,
                  after={**intake.snapshot(case), "document": document.number})  # fmt: skip
    if any(fee.state == "due" for fee in case.fees):
        papers.fee_notice(session, case, clerk, now, clock.local_day(days_after(calendar, now, 5)))
    if catalogue.item_of(case.item).parts:
        notice = papers.joint_notice(session, case, clerk, now)
        for part in case.parts:
            notices.to_department(session, case, part, notice, now)
    due = clock.local_day(case.promised_due) if case.promised_due else ""
    notices.to_applicant(session, case, "accepted", now, due=due)


def start_clocks(
    session: Session, case: Case, clerk: Staff, calendar: WorkingCalendar, now: datetime
) -> None:
    """Start the ledger of the case, and of each part of a joint case by its own law."""
    _start_clock(session, case, None, catalogue.item_of(case.item), clerk, calendar, now)
    for part in case.parts:
        if part.item is not None and part.item_id != case.item_id:
            _start_clock(session, case, part, catalogue.item_of(part.item), clerk, calendar, now)
        else:
            for column in DATES:
                setattr(part, column, getattr(case, column))


def _start_clock(
    session: Session,
    case: Case,
    part: CasePart | None,
    item: catalogue.Item,
    clerk: Staff,
    calendar: WorkingCalendar,
    now: datetime,
) -> None:
    from_application = item.statutory is not None and item.statutory.start == "application"
    ledger.start(
        session,
        case=case,
        part=part,
        at=case.received_at if from_application and case.received_at else now,
        limits=ledger.limits_of(item.promised, item.statutory),
        article=LIMIT_GROUND,
        calendar=calendar,
        channel=Channel.WINDOW,
        officer=clerk,
    )


def _name_ground(session: Session, case: Case, document: Document) -> None:
    """The ledger's first lines name the acceptance notice that started them."""
    for entry in session.scalars(select(LedgerEntry).where(LedgerEntry.case_id == case.id)):
        entry.document_number = document.number


def _defer(case: Case, calendar: WorkingCalendar, now: datetime) -> date:
    """The day by which deferred materials must be there: by the item's rule, before the promise ends."""
    item = catalogue.item_of(case.item)
    if item.deferral is None:
        raise NoDeferral
    days = min(item.deferral.days, item.promised.days - MARGIN_DAYS)
    if days < 1:
        raise NoDeferral
    until = clock.local_day(days_after(calendar, now, days))
    if not intake.defer(case, until):
        raise NothingDeferred
    return until


def _notice(
    session: Session,
    case: Case,
    staff: Staff,
    calendar: WorkingCalendar,
    now: datetime,
    *,
    before_acceptance: bool,
) -> None:
    answer_by = clock.local_day(days_after(calendar, now, corrections.ANSWER_WORKING_DAYS))
    correction = corrections.issue_notice(
        session, case, staff, answer_by, before_acceptance=before_acceptance, now=now
    )
    document = papers.correction(session, case, correction, staff, now)
    correction.document_id = document.id
    if before_acceptance:
        case.state = CaseState.CORRECTING
    notices.to_applicant(session, case, "correction", now, answer_by=answer_by)


def require_answer(answer: Answer) -> None:
    """Reasons always; the competent body where the matter is not ours; articles for a refusal."""
    if answer.outcome not in (Outcome.NOT_NEEDED, Outcome.NOT_OURS, Outcome.NOT_ACCEPTED):
        raise BadOutcome
    if not answer.reasons.strip():
        raise ReasonRequired
    if answer.outcome == Outcome.NOT_OURS and not answer.competent_body.strip():
        raise CompetentBodyRequired


class CompetentBodyRequired(DomainError):
    """A matter that is not ours is sent to the body named (行政许可法 32(2))."""

    message = N_("不属于本机关职权的，须写明应当向哪个机关申请。")
    status = 422


def end_unaccepted(session: Session, case: Case, clerk: Staff, answer: Answer, now: datetime) -> None:
    """End a case that is not accepted; originals go back."""
    returned = intake.return_originals(case, now)
    competent = (answer.competent_body, answer.competent_contact)
    papers.turned_away(
        session, case, answer.outcome, answer.reasons, answer.articles, competent, returned, clerk, now
    )
    case.state, case.outcome, case.ended_at = CaseState.ENDED, answer.outcome, now
    for part in case.parts:
        part.state, part.ended_at = PartState.CANCELLED, now
    journal.write(session, answer.outcome, now=now, staff=clerk, case=case, ground=answer.articles or GROUND,
                  after={"reasons": answer.reasons, "competent_body": answer.competent_body})  # fmt: skip
    stage = "not_accepted" if answer.outcome == Outcome.NOT_ACCEPTED else "turned_away"
    notices.to_applicant(session, case, stage, now)


class DefectsWaiting(DomainError):
    """Departments raised defects in the pre-check; acceptance would lose them."""

    message = N_("部门预审提出了 %(count)s 项补正，请发出一次性补正告知，或写明理由逐项撤销后再受理。")
    status = 409


def _refuse_open_defects(session: Session, case: Case) -> None:
    waiting = corrections.waiting_defects(session, case.id)
    if waiting:
        raise DefectsWaiting(count=len(waiting))
