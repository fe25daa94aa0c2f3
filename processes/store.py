"""Definitions and instances in the database: state, version, and who drives them.

The row of the case is locked by whoever calls (see ``approvals.tasks.lock_case``), so two steps of
one case never run at once; ``version`` proves it.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from approvals.errors import DomainError
from approvals.limits import Limit, Unit
from approvals.messages import N_
from approvals.tables import Case, CasePart, ProcessDefinition, ProcessInstance

from . import definitions, engine, lint
from .engine import Fact, Progress
from .step_limits import limits_of
from .step_table import STEPS


class NotDeployed(DomainError):
    """No process of this name has been deployed."""

    message = N_("流程“%(name)s”尚未部署。请系统管理员先部署流程文件。")
    status = 409


class FaultyDiagram(DomainError):
    """The linter found something the engine would ignore, misread or execute."""

    message = N_("流程“%(name)s”不能部署：%(faults)s")
    status = 422


def deploy(session: Session, name: str, xml: bytes, now: datetime) -> ProcessDefinition:
    """Check a definition, store it by its hash and make it the one new cases start on.

    Cases that run keep the definition they began with. Raises ``FaultyDiagram`` with every fault.
    """
    faults = lint.check(xml, f"{name}.bpmn", steps=frozenset(STEPS))
    if faults:
        raise FaultyDiagram(name=name, faults="；".join(fault.line() for fault in faults))
    sha256 = hashlib.sha256(xml).hexdigest()
    row = session.scalar(select(ProcessDefinition).where(ProcessDefinition.sha256 == sha256))
    if row is None:
        row = ProcessDefinition(
            sha256=sha256,
            name=name,
            xml=xml.decode(),
            specs=definitions.parse(xml),
            deployed_at=now,
            limits=limits_of(xml),
        )
        session.add(row)
    session.execute(update(ProcessDefinition).where(ProcessDefinition.name == name).values(active=False))
    row.active = True
    session.flush()
    return row


def current(session: Session, name: str) -> ProcessDefinition:
    """The definition new cases start on; raises ``NotDeployed``."""
    row = session.scalar(
        select(ProcessDefinition).where(ProcessDefinition.name == name, ProcessDefinition.active)
    )
    if row is None:
        raise NotDeployed(name=name)
    return row


def pinned(session: Session, case: Case, name: str) -> ProcessDefinition:
    """The definition this case began on, or the current one for its first instance."""
    row = session.scalar(
        select(ProcessDefinition)
        .join(ProcessInstance, ProcessInstance.definition_id == ProcessDefinition.id)
        .where(ProcessInstance.case_id == case.id, ProcessDefinition.name == name)
        .order_by(ProcessInstance.id)
        .limit(1)
    )
    return row or current(session, name)


def start(
    session: Session,
    case: Case,
    definition: ProcessDefinition,
    process: str,
    facts: Mapping[str, Fact],
    part: CasePart | None = None,
) -> tuple[ProcessInstance, Progress]:
    """Start one instance for a case or one of its parts."""
    progress = engine.start(_loaded(definition), process, facts)
    instance = ProcessInstance(
        case_id=case.id,
        part_id=part.id if part else None,
        definition_id=definition.id,
        process=process,
        state="",
    )
    session.add(instance)
    _keep(session, instance, progress)
    return instance, progress


def complete(
    session: Session, instance: ProcessInstance, engine_task: str, facts: Mapping[str, Fact]
) -> Progress:
    """Complete one step of an instance."""
    definition = _loaded(session.get_one(ProcessDefinition, instance.definition_id))
    progress = engine.complete(definition, instance.process, instance.state, engine_task, facts)
    _keep(session, instance, progress)
    return progress


def deliver(session: Session, instance: ProcessInstance, message: str, facts: Mapping[str, Fact]) -> Progress:
    """Hand a message to an instance that waits for it."""
    definition = _loaded(session.get_one(ProcessDefinition, instance.definition_id))
    progress = engine.deliver(definition, instance.process, instance.state, message, facts)
    _keep(session, instance, progress)
    return progress


def instances(session: Session, case_id: int, process: str | None = None) -> list[ProcessInstance]:
    """The instances of a case, oldest first."""
    query = select(ProcessInstance).where(ProcessInstance.case_id == case_id).order_by(ProcessInstance.id)
    if process is not None:
        query = query.where(ProcessInstance.process == process)
    return list(session.scalars(query))


def marks(session: Session, instance: ProcessInstance) -> dict[str, str]:
    """Element id → done, active or waiting, for the diagram."""
    definition = _loaded(session.get_one(ProcessDefinition, instance.definition_id))
    return engine.progress_of(definition, instance.process, instance.state)


def limit_of(session: Session, instance: ProcessInstance, step: str) -> Limit | None:
    """The limit the diagram gives a step, if it gives one."""
    limit = session.get_one(ProcessDefinition, instance.definition_id).limits.get(step)
    return Limit(limit["days"], Unit(limit["unit"])) if limit else None


def awaits(instance: ProcessInstance, message: str) -> bool:
    """Whether a running instance waits for this message."""
    return instance.status == "running" and message in instance.awaited.split()


def _loaded(row: ProcessDefinition) -> definitions.Definition:
    return definitions.load(row.sha256, row.specs)


def _keep(session: Session, instance: ProcessInstance, progress: Progress) -> None:
    instance.state = progress.state
    instance.awaited = " ".join(progress.awaited)
    instance.status = "ended" if progress.ended else "running"
    instance.version = (instance.version or 0) + 1
    session.flush()
