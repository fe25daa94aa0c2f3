"""Joins position and law: after every step the tasks follow the tokens and messages find their rows.

The engine only reports the names of the messages a step threw; which instances they concern is
decided here, from the tables, under the lock on the case. That is why the last opinion wins exactly
once, however many departments finish at the same instant.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from approvals import catalogue, commitments, hearings, ledger, special_procedures, tasks
from approvals.tables import Case, CasePart, ProcessInstance, Staff, Task
from approvals.terms import CaseState, Outcome, PartState, Path

from . import commitment_fallback, store, verification_flow
from .engine import Fact, Progress
from .standing import all_opinions_in, prerequisite, result_of
from .task_opening import COMMITMENT, open_step
from .verification_flow import Started

LEAD, DEPARTMENT, PRE_CHECK = "joint_lead", "joint_department", "joint_pre_check"
HEARING, PROCEEDING = "hearing", "proceeding"
LEAD_PROCESS = {"joint": LEAD}
"""The first process of a procedure, where it is not named like the procedure."""


def begin(session: Session, case: Case, facts: Mapping[str, Fact], now: datetime) -> None:
    """Start the case's procedure."""
    procedure = catalogue.item_for(case).procedure
    definition = store.current(session, procedure)
    instance, progress = store.start(session, case, definition, LEAD_PROCESS.get(procedure, procedure), facts)
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
    facts: dict[str, Fact] = {"decides": part.decides, "prerequisite": prerequisite(session, part)}
    part.state = PartState.REVIEWING
    part.opened_at, part.ended_at = now, None
    instance, progress = store.start(session, case, definition, DEPARTMENT, facts, part)
    _follow(session, case, instance, progress, now)


def start_beside(session: Session, case: Case, part: CasePart, process: str, now: datetime) -> None:
    """A hearing or a proceeding runs in its own process, beside the review of its part or after its end."""
    definition = store.current(session, process)
    instance, progress = store.start(session, case, definition, process, {}, part)
    _follow(session, case, instance, progress, now)


def start_commitment(session: Session, case: Case, part: CasePart, now: datetime) -> None:
    """One part goes the way of notice and commitment; that of a plain item is the case's own process."""
    own = part if catalogue.item_of(case.item).parts else None
    definition = store.current(session, COMMITMENT)
    instance, progress = store.start(session, case, definition, COMMITMENT, {"joint": bool(own)}, own)
    _follow(session, case, instance, progress, now)


def decide_committed(session: Session, case: Case, now: datetime) -> None:
    """The case is accepted: every part committed is decided on the spot; what is excluded by now is reviewed."""
    for part in commitment_fallback.excluded(session, case, now):
        end_commitment(session, part, now)
        review_after_all(session, case, part, now)
    for instance in store.instances(session, case.id, COMMITMENT):
        if instance.status == "running" and store.awaits(instance, "case_accepted"):
            for part in case.parts:
                if part.id == (instance.part_id or part.id):
                    part.state, part.opened_at = PartState.DECIDING, now
            progress = store.deliver(session, instance, "case_accepted", {})
            _follow(session, case, instance, progress, now)


def end_commitment(session: Session, part: CasePart, now: datetime) -> None:
    """End a commitment where it stands: the applicant took it back before the decision."""
    _cancel(session, part, (COMMITMENT,), now)


def review_after_all(session: Session, case: Case, part: CasePart, now: datetime) -> None:
    """A commitment was taken back after acceptance: its part is reviewed like any other."""
    if not catalogue.item_of(case.item).parts:
        begin(session, case, {"intake": "accepted"}, now)
        return
    for task in tasks.open_tasks(session, case.id, "collate"):
        finish(session, task, None, {"outcome": "send_back"}, now)
    start_part(session, case, part, now)


def cancel_part(session: Session, part: CasePart, now: datetime) -> None:
    """End a part's review where it stands; a hearing or a proposal beside it goes on."""
    _cancel(session, part, (PRE_CHECK, DEPARTMENT), now)


def cancel_beside(session: Session, part: CasePart, process: str, now: datetime) -> None:
    """End a hearing or a proceeding where it stands: it was given up, or nobody had been told yet."""
    _cancel(session, part, (process,), now)


def _cancel(session: Session, part: CasePart, processes: tuple[str, ...], now: datetime) -> None:
    ended = [
        instance
        for instance in store.instances(session, part.case_id)
        if (instance.part_id or part.id) == part.id
        and instance.process in processes
        and instance.status == "running"
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
    commitments.drop_all(session, case, now)


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
            open_step(session, case, instance, step, now)
    for message in progress.thrown:
        ROUTES[message](session, case, instance, now)
    if progress.ended and instance.part_id is None and progress.end_event in ENDS:
        case.state, case.outcome, case.ended_at = CaseState.ENDED, ENDS[progress.end_event], now


ENDS = {
    "end_granted": Outcome.GRANTED,
    "end_partly": Outcome.PARTLY_GRANTED,
    "end_refused": Outcome.REFUSED,
}
"""End events of a case's first process; a case not accepted is ended by its own step."""


def _ask_pre_checks(session: Session, case: Case, _instance: ProcessInstance, now: datetime) -> None:
    """Every department concerned pre-checks the materials at the same time."""
    case.state = CaseState.CHECKING
    definition = store.pinned(session, case, "joint")
    for part in case.parts:
        if part.path == Path.COMMITMENT:
            continue
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
    """The department notice (抄告单) goes out and every department starts at the same moment.

    A part by commitment needs no review: it is decided on the spot while the others work.
    """
    case.state = CaseState.REVIEWING
    for part in case.parts:
        if part.path != Path.COMMITMENT and part.state in (PartState.PENDING, PartState.CHECKING):
            start_part(session, case, part, now)
    decide_committed(session, case, now)
    if all_opinions_in(case):
        tell_lead(session, case, "opinions_in", {}, now)


def _opinion_given(session: Session, case: Case, instance: ProcessInstance, now: datetime) -> None:
    """Under the lock on the case: the last opinion, and only the last, wakes the lead."""
    part = session.get_one(CasePart, instance.part_id)
    part.state = PartState.OPINED
    if not part.decides:  # what it was asked for is given: its time is over
        part.ended_at = now
    if _released(session, case):  # a part whose commitment was taken back comes after the others
        _release(session, case, now)
    elif all_opinions_in(case):
        tell_lead(session, case, "opinions_in", {}, now)


def _release_decisions(session: Session, case: Case, _instance: ProcessInstance, now: datetime) -> None:
    """After the lead's collation every authority decides its own part."""
    case.state = CaseState.DECIDING
    for part in case.parts:
        if not part.decides and part.state == PartState.OPINED:
            part.state = PartState.CLOSED
    _release(session, case, now)
    _conclude(session, case, now)


def _release(session: Session, case: Case, now: datetime) -> None:
    for department in store.instances(session, case.id, DEPARTMENT):
        if store.awaits(department, "decision_released"):
            part = session.get_one(CasePart, department.part_id)
            part.state = PartState.DECIDING
            facts = {"prerequisite": prerequisite(session, part)}
            progress = store.deliver(session, department, "decision_released", facts)
            _follow(session, case, department, progress, now)


def _decided(session: Session, case: Case, instance: ProcessInstance, now: datetime) -> None:
    """A result may free a part that depends on it; the last decision frees the lead."""
    if instance.part_id is None:  # a plain item by commitment: there is no lead to tell
        return
    decided = session.get_one(CasePart, instance.part_id)
    for department in store.instances(session, case.id, DEPARTMENT):
        part = session.get_one(CasePart, department.part_id)
        if part.depends_on_id == decided.id and store.awaits(department, "prerequisite_decided"):
            progress = store.deliver(session, department, "prerequisite_decided", {})
            _follow(session, case, department, progress, now)
    _conclude(session, case, now)


def _conclude(session: Session, case: Case, now: datetime) -> None:
    """Once released, the last decision frees the lead; parts by commitment may all be decided before."""
    if not _released(session, case):
        return
    deciding = [part for part in case.parts if part.decides and part.state != PartState.CANCELLED]
    if all(part.state in (PartState.GRANTED, PartState.REFUSED) for part in deciding):
        decided_all(session, case, now)
        alone = catalogue.item_of(case.item).parts_issue_alone
        tell_lead(session, case, "decisions_in", {"result": result_of(deciding, alone=alone)}, now)


def _released(session: Session, case: Case) -> bool:
    """Whether the lead has released the decisions and waits for them."""
    return any(store.awaits(lead, "decisions_in") for lead in store.instances(session, case.id, LEAD))


def decided_all(session: Session, case: Case, now: datetime) -> None:
    """The last decision is made: what the applicant was still asked for can change nothing any more."""
    case.decided_at = now
    ledger.end(session, case, None, None, now)
    for task in tasks.open_tasks(session, case.id):
        if task.instance_id is None:
            tasks.cancel(task, now, "decided")
    special_procedures.cancel(session, case, now)


Route = Callable[[Session, Case, ProcessInstance, datetime], None]


def _beside(starts: Callable[[Session, Case, ProcessInstance, datetime], list[Started]]) -> Route:
    """A route that follows whatever was started beside the instance that threw the message."""

    def route(session: Session, case: Case, instance: ProcessInstance, now: datetime) -> None:
        for started, progress in starts(session, case, instance, now):
            _follow(session, case, started, progress, now)

    return route


ROUTES: dict[str, Route] = {
    "pre_check_asked": _ask_pre_checks,
    "pre_check_done": _pre_check_done,
    "parts_opened": _open_parts,
    "opinion_given": _opinion_given,
    "decisions_released": _release_decisions,
    "decided": _decided,
    "copied_to_departments": _beside(verification_flow.open_verifications),
    "verified": _beside(verification_flow.verified),
    "revocation_proposed": _beside(verification_flow.revocation_proposed),
}
