"""What must hold of every case at every moment, read from the tables alone: used by properties and races."""

import hashlib
from collections import Counter, defaultdict

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from approvals import authority, clock, hearing_rules, procedure_rules, tasks
from approvals.catalogue import item_for, item_of
from approvals.database import Base
from approvals.hearing_words import OPEN
from approvals.tables import (
    Case,
    CasePart,
    Decision,
    Document,
    JournalEntry,
    LedgerEntry,
    NumberSeries,
    Opinion,
    Permit,
    ProcessDefinition,
    SpecialProcedure,
    Staff,
    StatementHearing,
    Task,
)
from approvals.terms import (
    CaseState,
    Outcome,
    PartState,
    Path,
    PermitStatus,
    ProcedureKind,
    ProcedureState,
    RequestKind,
    TaskState,
)
from processes import definitions, engine, store, task_opening
from tests import invariants_after

FIXED = {"process_definitions", "service_items", "form_versions", "staff", "staff_roles", "departments"}

STEPS_OF = {
    CaseState.CHECKING: {"pre_check", "check_materials"},
    CaseState.COMMITTING: {"notify_commitment", "commit"},
    CaseState.CORRECTING: {"answer_correction"},
    CaseState.REVIEWING: {"review", "site_visit"},
    CaseState.COLLATING: {"collate"},
    CaseState.DECIDING: {"decide", "decide_on_the_spot", "hear_statement"},
    CaseState.ISSUING: {"issue", "issue_parts"},
    CaseState.DELIVERING: {"deliver", "deliver_parts", "deliver_refusal"},
}
"""In each state at least one of these steps waits for somebody."""


AFTER_REVIEW = (CaseState.COLLATING, CaseState.DECIDING, CaseState.ISSUING, CaseState.DELIVERING)


def fingerprint(session: Session) -> str:
    """A hash of all rows that acts can write."""
    session.flush()
    digest = hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        if table.name not in FIXED:
            every = select(text("*")).select_from(table).order_by(*table.primary_key.columns)
            rows = session.execute(every)
            digest.update(repr((table.name, [tuple(row) for row in rows])).encode())
    return digest.hexdigest()


def journal_length(session: Session) -> int:
    """How many acts the journal knows."""
    return len(session.scalars(select(JournalEntry.id)).all())


def check(session: Session) -> None:
    """Assert every invariant of every case."""
    session.flush()
    numbers_are_whole(session)
    versions_follow(session)
    for case in session.scalars(select(Case)).unique():
        states_and_tasks_agree(session, case)
        engine_and_tasks_agree(session, case)
        decisions_are_lawful(session, case)
        procedures_are_lawful(session, case)
        permits_are_lawful(session, case)
        outcome_agrees(session, case)
        invariants_after.check(session, case)


def numbers_are_whole(session: Session) -> None:
    """No number twice, and every series runs from 1 without a gap to the last number given."""
    for column in (Case.number, Document.number, Permit.public_id):
        given = [number for number in session.scalars(select(column)) if number is not None]
        assert len(given) == len(set(given)), column
    held: defaultdict[tuple[str, str, int], list[int]] = defaultdict(list)
    for document in session.scalars(select(Document)):
        held[document.authority, document.kind, document.year].append(document.serial)
    for permit in session.scalars(select(Permit).where(Permit.version == 1)):  # later ones keep the number
        series = (permit.department.abbreviation, f"permit {permit.kind}", int(permit.number[-10:-6]))
        held[series].append(int(permit.number[-6:]))
    for number in session.scalars(select(Case.number).where(Case.number.is_not(None))):
        assert number is not None
        held[number[6:9], f"case {number[13:17]}", int(number[9:13])].append(int(number[17:]))
    last = {(row.authority, row.kind, row.year): row.last for row in session.scalars(select(NumberSeries))}
    assert {series: sorted(serials) for series, serials in held.items()} == {
        series: list(range(1, count + 1)) for series, count in last.items()
    }


def versions_follow(session: Session) -> None:
    """The versions of a permit are counted from 1, each taking the place of the one before; one at most is in force."""
    by_number: defaultdict[str, list[Permit]] = defaultdict(list)
    for permit in session.scalars(select(Permit).order_by(Permit.version)):
        by_number[permit.number].append(permit)
    for versions in by_number.values():
        assert [permit.version for permit in versions] == list(range(1, len(versions) + 1))
        assert [permit.replaces_id for permit in versions] == [None, *(permit.id for permit in versions[:-1])]
        assert all(permit.status in (PermitStatus.CHANGED, PermitStatus.RENEWED, PermitStatus.REPLACED)
                   for permit in versions[:-1])  # fmt: skip


def states_and_tasks_agree(session: Session, case: Case) -> None:
    """A case that runs has somebody to do the next step; one that has ended has nothing left to do."""
    waiting = tasks.open_tasks(session, case.id)
    if case.state in (CaseState.DRAFT, CaseState.ENDED):
        assert {task.step for task in waiting} <= invariants_after.AFTER, case.state
        assert (case.outcome is not None) == (case.ended_at is not None) == (case.state == CaseState.ENDED)
        return
    steps = {task.step for task in waiting}
    assert steps & STEPS_OF[CaseState(case.state)], (case.state, steps)
    everybody = session.scalars(select(Staff).where(Staff.active)).unique().all()
    for task in waiting:
        able = [staff for staff in everybody if authority.may(staff, tasks.act_of(task), task.department_id)]
        assert able, f"nobody may do {task.step} in {task.department.zh}"
    assert max(Counter((task.step, task.part_id, task.department_id) for task in waiting).values()) == 1
    accepted = case.state not in (CaseState.CHECKING, CaseState.COMMITTING, CaseState.CORRECTING)
    assert accepted == (case.accepted_at is not None), case.state


def engine_and_tasks_agree(session: Session, case: Case) -> None:
    """The open steps of every running instance are its open tasks; nothing runs in a case that has ended."""
    by_instance: defaultdict[int | None, set[tuple[str | None, str]]] = defaultdict(set)
    for task in tasks.open_tasks(session, case.id):
        by_instance[task.instance_id].add((task.engine_task, task.step))
    for instance in store.instances(session, case.id):
        found = by_instance.pop(instance.id, set())
        if instance.status != "running":
            assert not found, (instance.process, instance.status, found)
            continue
        assert case.state != CaseState.ENDED or instance.process in invariants_after.PROCESSES_AFTER
        row = session.get_one(ProcessDefinition, instance.definition_id)
        here = engine.look(definitions.load(row.sha256, row.specs), instance.process, instance.state)
        assert {(step.engine_task, step.step) for step in here.open_steps} == found
        assert " ".join(here.awaited) == instance.awaited
        assert not here.ended
    aside = {step for steps in by_instance.values() for _, step in steps}
    assert aside <= set(task_opening.ASIDE), "a task without its process"
    assert not aside or case.decided_at is None, "a request that can change nothing any more"


def procedures_are_lawful(session: Session, case: Case) -> None:
    """Every pause has its procedure and every procedure its paper; who waits for approval has an approver."""
    known = procedure_rules.of_case(session, case.id)
    waiting = {(task.step, task.part_id) for task in tasks.open_tasks(session, case.id)}
    for each in known:
        extends = each.kind == ProcedureKind.EXTENSION
        step = "approve_extension" if extends else "approve_procedure"
        assert ((step, each.part_id) in waiting) >= (each.state == ProcedureState.PROPOSED), each.kind
        if each.state in (ProcedureState.GRANTED, ProcedureState.RUNNING, ProcedureState.ENDED):
            assert each.document_id is not None
            assert each.approver_id != each.requested_by_id
        assert each.state != ProcedureState.ENDED or each.end_document_id is not None
    granted = [
        procedure_rules.goes_by(case, each.part) for each in known if each.state == ProcedureState.GRANTED
    ]
    assert len(granted) == len(set(granted)), "extended twice"
    for part in [None, *case.parts]:
        _pauses_are_procedures(session, case, part, known)
    for hearing in hearing_rules.of_case(session, case.id):
        steps = {step for step, part_id in waiting if part_id == hearing.part_id}
        assert (hearing.state in OPEN) <= bool(steps & {"appoint_hearing", "hold_hearing"})
        decided = hearing.part.state in (PartState.GRANTED, PartState.REFUSED)
        assert hearing.state not in OPEN or hearing.proceeding_id or not decided
        assert hearing.chair_id is None or hearing.chair_id != hearing.recorder_id


def _pauses_are_procedures(
    session: Session, case: Case, part: CasePart | None, known: list[SpecialProcedure]
) -> None:
    """On each clock as many pauses are open as procedures run."""
    lines = [
        line
        for line in session.scalars(select(LedgerEntry).where(LedgerEntry.case_id == case.id))
        if line.task_id is None and line.part_id == (part.id if part else None)
    ]
    kinds = [line.kind for line in lines]
    if case.state == CaseState.ENDED or (part is not None and procedure_rules.clock_of(part) is None):
        return
    clocked = case if part is None else part
    running = [
        each
        for each in known
        if each.state == ProcedureState.RUNNING and procedure_rules.goes_by(case, each.part) is clocked
    ]
    assert kinds.count("pause") - kinds.count("resume") == len(running)
    if part is not None or len(case.parts) == 1:
        assert running or not clocked.paused
        if running and _held_in_time(clocked, lines):
            assert clocked.paused


def _held_in_time(clocked: Case | CasePart, lines: list[LedgerEntry]) -> bool:
    """The last pause began before the last day; a limit that was missed before is held no more."""
    due = clocked.statutory_due or clocked.promised_due
    paused_at = max(line.at for line in lines if line.kind == "pause")
    return due is not None and clock.local_day(paused_at) < clock.local_day(due)


def decisions_are_lawful(session: Session, case: Case) -> None:
    """One decision a part, after acceptance and all opinions; a refusal after the applicant was heard."""
    made = session.scalars(select(Decision).where(Decision.case_id == case.id)).all()
    assert len({decision.part_id for decision in made}) == len(made)
    for decision in made:
        assert case.accepted_at is not None
        assert decision.part.decides
        assert decision.part.state == (PartState.GRANTED if decision.granted else PartState.REFUSED)
        assert decision.document_id is not None
        if decision.part.path != Path.COMMITMENT:  # decided on the spot, while the others are reviewed
            opinions_are_complete(session, case)
        if not decision.granted:
            heard = select(StatementHearing).where(
                StatementHearing.part_id == decision.part_id, StatementHearing.recorded_at.is_not(None)
            )
            assert session.scalars(heard).first() is not None
            assert decision.reasons
            assert decision.articles
    decided = {decision.part_id for decision in made}
    for part in case.parts:
        assert (part.state in (PartState.GRANTED, PartState.REFUSED)) == (part.id in decided)
        in_force = select(Opinion).where(Opinion.part_id == part.id, Opinion.superseded_at.is_(None))
        assert {opinion.round for opinion in session.scalars(in_force)} <= {part.round}
        assert len(session.scalars(in_force).all()) <= 1
    if case.state in AFTER_REVIEW:
        opinions_are_complete(session, case)


def opinions_are_complete(session: Session, case: Case) -> None:
    """Every part has given the opinion of its present round (an instant item and a commitment ask for none)."""
    if item_for(case).procedure == "instant":
        return
    for part in case.parts:
        if part.path == Path.COMMITMENT:
            continue
        given = select(Opinion).where(
            Opinion.part_id == part.id,
            Opinion.round == part.round,
            Opinion.submitted_at.is_not(None),
            Opinion.superseded_at.is_(None),
        )
        assert session.scalars(given).one_or_none() is not None, f"{part.department.zh} gave no opinion"


def permits_are_lawful(session: Session, case: Case) -> None:
    """A permit stands on its own grant; the comprehensive licence on all required ones."""
    issued = session.scalars(select(Permit).where(Permit.case_id == case.id)).all()
    granted = {
        d.part_id for d in session.scalars(select(Decision).where(Decision.case_id == case.id)) if d.granted
    }
    deciding = [part for part in case.parts if part.decides and part.state != PartState.CANCELLED]
    for permit in issued:
        part = session.get(CasePart, permit.part_id) if permit.part_id else None
        alone = part is not None and part.path == Path.COMMITMENT  # issued at once, its own fees paid
        own_fees = {fee.code for fee in item_of(part.item).fees} if alone and part and part.item else None
        assert all(fee.state != "due" for fee in case.fees if own_fees is None or fee.code in own_fees)
        assert all(material.state != "deferred" for material in case.materials)
        assert permit.department_id == _issuer(session, case, permit)
        if permit.part_id is not None:
            assert permit.part_id in granted or case.outcome == Outcome.DEEMED_RENEWED
        else:
            assert all(part.id in granted for part in deciding if part.required)
    first = [permit for permit in issued if permit.replaces_id is None or case.request != RequestKind.NEW]
    own = [permit.part_id for permit in first]
    assert len(own) == len(set(own))
    if case.state in (CaseState.DELIVERING, CaseState.ENDED) and granted:
        with_paper = {part.id for part in deciding if item_of(part.item or case.item).certificate}
        assert granted & with_paper == {part_id for part_id in own if part_id is not None}


def _issuer(session: Session, case: Case, permit: Permit) -> int:
    if permit.part_id is None:
        return case.department_id
    return session.get_one(CasePart, permit.part_id).department_id


def outcome_agrees(session: Session, case: Case) -> None:
    """How a case ended agrees with the decisions made in it."""
    made = session.scalars(select(Decision).where(Decision.case_id == case.id)).all()
    required = [decision.granted for decision in made if decision.part.required]
    if case.outcome == Outcome.GRANTED:
        assert required
        assert all(required)
    elif case.outcome == Outcome.PARTLY_GRANTED:
        assert len({decision.granted for decision in made}) == 2
    elif case.outcome == Outcome.REFUSED:
        assert made
        withheld = not item_of(case.item).parts_issue_alone and not all(required)
        assert withheld or not any(decision.granted for decision in made)
        assert session.scalar(select(Permit.id).where(Permit.case_id == case.id)) is None
    elif case.outcome is not None:
        assert not made
        assert all(part.state in (PartState.CANCELLED, PartState.CLOSED) for part in case.parts)
    done = session.scalars(select(Task).where(Task.case_id == case.id, Task.state == TaskState.DONE)).all()
    assert all(task.done_at is not None for task in done)
