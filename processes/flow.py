"""Joins position and law: after every step the tasks follow the tokens and messages find their rows.

The engine only reports the names of the messages a step threw; which instances they concern is
decided here, from the tables, under the lock on the case. That is why the last opinion wins exactly
once, however many departments finish at the same instant.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from approvals import catalogue, corrections, hearings, ledger, special_procedures, tasks
from approvals.calendar import end_of
from approvals.messages import N_
from approvals.tables import Case, CasePart, ProcessInstance, Staff, Task
from approvals.terms import CaseState, Outcome, PartState, Role

from . import store
from .engine import Fact, OpenStep, Progress
from .lanes import LANES
from .step_table import STEPS

LEAD, DEPARTMENT, PRE_CHECK = "joint_lead", "joint_department", "joint_pre_check"
HEARING = "hearing"
LEAD_PROCESS = {"joint": LEAD}
"""The first process of a procedure, where it is not named like the procedure."""


def begin(session: Session, case: Case, facts: Mapping[str, Fact], now: datetime) -> None:
    """Start the case's procedure."""
    procedure = catalogue.item_of(case.item).procedure
    definition = store.current(session, procedure)
    process = LEAD_PROCESS.get(procedure, procedure)
    instance, progress = store.start(session, case, definition, process, facts)
    _follow(session, case, instance, progress, now)


def finish(
    session: Session, task: Task, staff: Staff | None, facts: Mapping[str, Fact], now: datetime
) -> None:
    """Finish a task and let its process run on; a task without process just ends."""
    tasks.finish(task, staff, str(facts.get("outcome", "")), now)
    if task.instance_id is None or task.engine_task is None:
        return
    instance = session.get_one(ProcessInstance, task.instance_id)
    progress = store.complete(session, instance, task.engine_task, facts)
    _follow(session, task.case, instance, progress, now)


def start_part(session: Session, case: Case, part: CasePart, now: datetime) -> None:
    """Open one department's own process (a new round when it was sent back)."""
    definition = store.pinned(session, case, "joint")
    facts: dict[str, Fact] = {"decides": part.decides, "prerequisite": _prerequisite(session, part)}
    part.state = PartState.REVIEWING
    part.opened_at, part.ended_at = now, None
    instance, progress = store.start(session, case, definition, DEPARTMENT, facts, part)
    _follow(session, case, instance, progress, now)


def start_hearing(session: Session, case: Case, part: CasePart, now: datetime) -> None:
    """A hearing runs in its own process, beside the review and the decision of its part."""
    definition = store.current(session, HEARING)
    instance, progress = store.start(session, case, definition, HEARING, {}, part)
    _follow(session, case, instance, progress, now)


def cancel_part(session: Session, part: CasePart, now: datetime) -> None:
    """End a part's review where it stands; a hearing or a proposal beside it goes on."""
    _cancel(session, part, (PRE_CHECK, DEPARTMENT), now)


def cancel_hearing(session: Session, part: CasePart, now: datetime) -> None:
    """End the hearing of a part: whoever asked for it gave it up."""
    _cancel(session, part, (HEARING,), now)


def _cancel(session: Session, part: CasePart, processes: tuple[str, ...], now: datetime) -> None:
    ended = [
        instance
        for instance in store.instances(session, part.case_id)
        if instance.part_id == part.id and instance.process in processes and instance.status == "running"
    ]
    for instance in ended:
        instance.status = "cancelled"
    for task in tasks.open_tasks(session, part.case_id):
        if task.instance_id in {instance.id for instance in ended}:
            tasks.cancel(task, now)


def cancel_all(session: Session, case: Case, now: datetime) -> None:
    """End everything a case has running."""
    for instance in store.instances(session, case.id):
        if instance.status == "running":
            instance.status = "cancelled"
    for task in tasks.open_tasks(session, case.id):
        tasks.cancel(task, now)
    special_procedures.cancel(session, case, now)
    hearings.drop(session, case, now)


def tell_lead(session: Session, case: Case, message: str, facts: Mapping[str, Fact], now: datetime) -> None:
    """Hand a message to the lead's process if it waits for it; once, because nobody waits twice."""
    for lead in store.instances(session, case.id, LEAD):
        if store.awaits(lead, message):
            progress = store.deliver(session, lead, message, facts)
            _follow(session, case, lead, progress, now)


def _follow(
    session: Session, case: Case, instance: ProcessInstance, progress: Progress, now: datetime
) -> None:
    """Open a task for every step that has become open, then route what was thrown."""
    have = {
        task.engine_task for task in tasks.open_tasks(session, case.id) if task.instance_id == instance.id
    }
    for step in progress.open_steps:
        if step.engine_task not in have:
            _open(session, case, instance, step, now)
    for message in progress.thrown:
        ROUTES[message](session, case, instance, now)
    if progress.ended and instance.part_id is None and progress.end_event in ENDS:
        case.state, case.outcome, case.ended_at = CaseState.ENDED, ENDS[progress.end_event], now


def open_aside(session: Session, case: Case, step: str, now: datetime) -> Task:
    """A task beside the process: a request for correction after acceptance, and its answer."""
    joint = case.item.kind == "joint"
    role = Role.LEAD_OFFICER if joint and step == "issue_correction" else Role.WINDOW_CLERK
    due = _answer_by(session, case, step)
    return tasks.open_task(session, case, step=step, name=ASIDE[step], role=role, due=due, now=now)


def _answer_by(session: Session, case: Case, step: str) -> datetime | None:
    """Waiting for the applicant is measured by the notice, not by the centre's own limits."""
    notice = corrections.open_correction(session, case.id) if step == "answer_correction" else None
    return end_of(notice.answer_by) if notice else None


ASIDE = {
    "issue_correction": N_("合并补正要求"),
    "answer_correction": N_("等待申请人补正"),
    "approve_extension": N_("批准延期"),
    "approve_procedure": N_("批准特别程序"),
}
"""Names of the tasks that stand beside the process."""

ENDS = {
    "end_granted": Outcome.GRANTED,
    "end_partly": Outcome.PARTLY_GRANTED,
    "end_refused": Outcome.REFUSED,
}
"""End events of a case's first process; a case not accepted is ended by its own step."""


def _open(session: Session, case: Case, instance: ProcessInstance, step: OpenStep, now: datetime) -> None:
    role = LANES.get(step.lane or "", "")
    part = session.get(CasePart, instance.part_id) if instance.part_id else _only_part(case, step.step)
    tasks.open_task(
        session,
        case,
        step=step.step,
        name=step.name,
        role=Role.WINDOW_CLERK if role == "applicant" else Role(role),
        part=part,
        instance_id=instance.id,
        engine_task=step.engine_task,
        due=_answer_by(session, case, step.step),
        limit=store.limit_of(session, instance, step.step),
        now=now,
    )
    state = STEPS[step.step].state
    if state is not None:
        case.state = state


def _only_part(case: Case, step: str) -> CasePart | None:
    return case.parts[0] if STEPS[step].of_part and len(case.parts) == 1 else None


def _ask_pre_checks(session: Session, case: Case, _instance: ProcessInstance, now: datetime) -> None:
    """Every department concerned pre-checks the materials at the same time."""
    case.state = CaseState.CHECKING
    definition = store.pinned(session, case, "joint")
    for part in case.parts:
        part.state = PartState.CHECKING
        opened, progress = store.start(session, case, definition, PRE_CHECK, {}, part)
        _follow(session, case, opened, progress, now)


def _pre_check_done(session: Session, case: Case, instance: ProcessInstance, now: datetime) -> None:
    if instance.part_id:
        session.get_one(CasePart, instance.part_id).state = PartState.PENDING
    checks = store.instances(session, case.id, PRE_CHECK)
    if all(check.status != "running" for check in checks):
        tell_lead(session, case, "pre_checks_in", {}, now)


def _open_parts(session: Session, case: Case, _instance: ProcessInstance, now: datetime) -> None:
    """The department notice (抄告单) goes out and every department starts at the same moment."""
    case.state = CaseState.REVIEWING
    for part in case.parts:
        if part.state in (PartState.PENDING, PartState.CHECKING):
            start_part(session, case, part, now)


def _opinion_given(session: Session, case: Case, instance: ProcessInstance, now: datetime) -> None:
    """Under the lock on the case: the last opinion, and only the last, wakes the lead."""
    part = session.get_one(CasePart, instance.part_id)
    part.state = PartState.OPINED
    if not part.decides:  # what it was asked for is given: its time is over
        part.ended_at = now
    if all_opinions_in(case):
        tell_lead(session, case, "opinions_in", {}, now)


def all_opinions_in(case: Case) -> bool:
    """Whether every part has submitted its opinion."""
    return all(part.state in (PartState.OPINED, PartState.CLOSED, PartState.CANCELLED) for part in case.parts)


def _release_decisions(session: Session, case: Case, _instance: ProcessInstance, now: datetime) -> None:
    """After the lead's collation every authority decides its own part."""
    case.state = CaseState.DECIDING
    for part in case.parts:
        if not part.decides and part.state == PartState.OPINED:
            part.state = PartState.CLOSED
    for department in store.instances(session, case.id, DEPARTMENT):
        if store.awaits(department, "decision_released"):
            part = session.get_one(CasePart, department.part_id)
            part.state = PartState.DECIDING
            facts = {"prerequisite": _prerequisite(session, part)}
            progress = store.deliver(session, department, "decision_released", facts)
            _follow(session, case, department, progress, now)


def _prerequisite(session: Session, part: CasePart) -> str:
    """``open`` while the part this one depends on has no result yet."""
    if part.depends_on_id is None:
        return "none"
    before = session.get_one(CasePart, part.depends_on_id)
    settled = (PartState.GRANTED, PartState.REFUSED, PartState.CLOSED, PartState.CANCELLED)
    return "none" if before.state in settled else "open"


def _decided(session: Session, case: Case, instance: ProcessInstance, now: datetime) -> None:
    """A result may free a part that depends on it; the last decision frees the lead."""
    decided = session.get_one(CasePart, instance.part_id)
    for department in store.instances(session, case.id, DEPARTMENT):
        part = session.get_one(CasePart, department.part_id)
        if part.depends_on_id == decided.id and store.awaits(department, "prerequisite_decided"):
            progress = store.deliver(session, department, "prerequisite_decided", {})
            _follow(session, case, department, progress, now)
    deciding = [part for part in case.parts if part.decides and part.state != PartState.CANCELLED]
    if all(part.state in (PartState.GRANTED, PartState.REFUSED) for part in deciding):
        decided_all(session, case, now)
        alone = catalogue.item_of(case.item).parts_issue_alone
        tell_lead(session, case, "decisions_in", {"result": result_of(deciding, alone=alone)}, now)


def decided_all(session: Session, case: Case, now: datetime) -> None:
    """The last decision is made: what the applicant was still asked for can change nothing any more."""
    case.decided_at = now
    ledger.end(session, case, None, None, now)
    for task in tasks.open_tasks(session, case.id):
        if task.instance_id is None:
            tasks.cancel(task, now, "decided")
    special_procedures.cancel(session, case, now)


def result_of(parts: list[CasePart], *, alone: bool) -> str:
    """Which certificates issue: all, some or none; some only where the item lets granted parts issue ``alone``."""
    granted = [part.state == PartState.GRANTED for part in parts]
    if all(part.state == PartState.GRANTED or not part.required for part in parts) and any(granted):
        return "all_granted"
    return "some_granted" if any(granted) and alone else "none_granted"


ROUTES: dict[str, Callable[[Session, Case, ProcessInstance, datetime], None]] = {
    "pre_check_asked": _ask_pre_checks,
    "pre_check_done": _pre_check_done,
    "parts_opened": _open_parts,
    "opinion_given": _opinion_given,
    "decisions_released": _release_decisions,
    "decided": _decided,
}
