"""The only file that drives SpiffWorkflow: a token's position in, one step, a token's position out.

Every function is pure: it takes the state as text and gives the next state as text, and for the same definition,
state, step and facts always the same text. No SQL, no clock, no case id. A state holds no spec (see ``definitions``),
and its text must be stored as text: the order of the tasks in it matters.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine
from SpiffWorkflow.bpmn.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.mixins import EndEventMixin, StartEventMixin
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from approvals.errors import DomainError
from approvals.messages import N_

from . import expressions, state
from .definitions import Definition

Fact: TypeAlias = str | int | bool | None

# The outcome of a step is read by the gateways behind it and by nothing after the next step.
OUTCOME: Final = "outcome"
# The library looks no deeper than 1000 tasks and takes what it does not see for finished; about 300 loops.
MAX_TASKS: Final = 900
FACT_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
FACT_TEXT: Final = re.compile(r"[A-Za-z0-9_]{0,64}")


class UnknownEngineTask(DomainError):
    """The step is not open in this state: it was done, cancelled, or never was."""

    message = N_("这一步已不在待办中，可能已由他人办理。请刷新后再看办件的最新情况。")
    status = 409


class NobodyWaits(DomainError):
    """A message was sent to an instance that does not wait for it."""

    message = N_("流程目前没有在等待“%(name)s”。")
    status = 409


class BadFact(DomainError):
    """A fact is not a short flat code: personal data and lists stay in the tables."""

    message = N_("流程变量“%(name)s”不能使用：只能是短代码、数字、是或否。")
    status = 422


class CannotGoOn(DomainError):
    """A gateway found no way, or a condition lacks its fact. Nothing has been changed."""

    message = N_("流程无法继续：%(problem)s。办件没有变动，请联系系统管理员检查流程。")
    status = 500


@dataclass(frozen=True)
class OpenStep:
    """A user task that waits for somebody. ``lane`` is the lane's Chinese name, see ``lanes.LANES``."""

    engine_task: str
    step: str
    name: str
    lane: str | None


@dataclass(frozen=True)
class Progress:
    """Where an instance stands after a step.

    ``thrown`` are the names of the messages thrown by this very step, in order; ``awaited`` those it waits for.
    ``end_event`` is the BPMN id of the end event reached when ``ended``.
    """

    state: str
    open_steps: tuple[OpenStep, ...]
    thrown: tuple[str, ...]
    awaited: tuple[str, ...]
    ended: bool
    end_event: str | None


def start(definition: Definition, process_id: str, facts: Mapping[str, Fact]) -> Progress:
    """Start an instance and run it to its first step, also through a message start event.

    Raises ``NoSuchProcess``, ``BadFact``, ``CannotGoOn``.
    """
    workflow = BpmnWorkflow(
        definition.process(process_id), dict(definition.processes), script_engine=_SCRIPTS
    )
    workflow.task_tree.set_data(**_checked(facts))
    _run(workflow)
    for task in workflow.get_tasks(state=TaskState.WAITING):
        if isinstance(task.task_spec, StartEventMixin) and task.parent == workflow.task_tree:
            _send(workflow, task.task_spec.event_definition.name, {})
    return _progress(workflow, 1)


def complete(
    definition: Definition, process_id: str, state_text: str, engine_task: str, facts: Mapping[str, Fact]
) -> Progress:
    """Complete one open step with what it found, and run on to the next ones.

    An ``outcome`` of an earlier step is forgotten. Raises ``UnknownEngineTask``, ``BadFact``, ``CannotGoOn``.
    """
    workflow, next_number = _load(definition, process_id, state_text)
    task = next((task for task in _open(workflow) if str(task.id.int) == engine_task), None)
    if task is None:
        raise UnknownEngineTask
    task.data.pop(OUTCOME, None)
    task.set_data(**_checked(facts))
    _run(workflow, task)
    return _progress(workflow, next_number)


def deliver(
    definition: Definition, process_id: str, state_text: str, message: str, facts: Mapping[str, Fact]
) -> Progress:
    """Release whoever waits for ``message`` in this instance, handing over ``facts``.

    Raises ``NobodyWaits``, ``BadFact``, ``CannotGoOn``.
    """
    workflow, next_number = _load(definition, process_id, state_text)
    if message not in _awaited(workflow):
        raise NobodyWaits(name=message)
    _send(workflow, message, _checked(facts))
    return _progress(workflow, next_number)


def look(definition: Definition, process_id: str, state_text: str) -> Progress:
    """Where an instance stands, without moving it."""
    workflow, next_number = _load(definition, process_id, state_text)
    return _progress(workflow, next_number)


def progress_of(definition: Definition, process_id: str, state_text: str) -> dict[str, str]:
    """BPMN element id → ``done``, ``active`` or ``waiting``, inside called processes too, for the diagram.

    An element passed again in a loop shows where it is now, not that it was done once.
    """
    workflow, _ = _load(definition, process_id, state_text)
    marks: dict[str, str] = {}
    for task in state.tasks(workflow):
        mark = _mark(task)
        if (
            mark
            and task.task_spec.bpmn_id
            and RANK[mark] >= RANK.get(marks.get(task.task_spec.bpmn_id, ""), 0)
        ):
            marks[task.task_spec.bpmn_id] = mark
    return marks


RANK: Final = {"done": 1, "waiting": 2, "active": 3}


class _Conditions(BasePythonScriptEngineEnvironment):
    """Conditions through the safe evaluator; anything else from a diagram is refused."""

    def evaluate(
        self,
        expression: str,
        context: Mapping[str, expressions.Value],
        external_context: Mapping[str, expressions.Value] | None = None,
    ) -> expressions.Value:
        return expressions.evaluate(expression, {**context, **(external_context or {})})

    def execute(self, script: str, context: object, external_context: object = None) -> None:
        raise CannotGoOn(problem=N_("流程文件含有脚本，脚本从不执行"))

    def call_service(self, context: object, **kwargs: object) -> None:
        raise CannotGoOn(problem=N_("流程文件含有服务任务，服务任务从不执行"))


_SCRIPTS: Final = PythonScriptEngine(_Conditions())


def _checked(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Facts stay flat and short; a key named ``typename`` would make the state unloadable."""
    for name, value in facts.items():
        if not FACT_NAME.fullmatch(name) or name == "typename":
            raise BadFact(name=name)
        if isinstance(value, str) and not FACT_TEXT.fullmatch(value):
            raise BadFact(name=name)
        if value is not None and not isinstance(value, str | int):
            raise BadFact(name=name)
    return dict(facts)


def _load(definition: Definition, process_id: str, state_text: str) -> tuple[BpmnWorkflow, int]:
    spec = definition.process(process_id)
    workflow, next_number = state.load(state_text, spec, definition.processes)
    # Without this the library would fall back to plain eval.
    workflow.script_engine = _SCRIPTS
    return workflow, next_number


def _run(workflow: BpmnWorkflow, task: Task | None = None) -> None:
    try:
        if task is not None:
            task.run()
        workflow.do_engine_steps()
    except SpiffWorkflowException as error:
        raise CannotGoOn(problem=str(error)) from error


def _send(workflow: BpmnWorkflow, message: str, facts: Mapping[str, Fact]) -> None:
    event = BpmnEvent(MessageEventDefinition(message), payload=dict(facts))
    try:
        workflow.send_event(event)
    except SpiffWorkflowException as error:
        raise CannotGoOn(problem=str(error)) from error
    _run(workflow)


def _open(workflow: BpmnWorkflow) -> list[Task]:
    return [task for task in workflow.get_tasks(state=TaskState.READY) if task.task_spec.manual]


def _awaited(workflow: BpmnWorkflow) -> tuple[str, ...]:
    return tuple(
        event.name for event in workflow.waiting_events() if event.event_type == "MessageEventDefinition"
    )


def _progress(workflow: BpmnWorkflow, next_number: int) -> Progress:
    if sum(1 for _ in state.tasks(workflow)) > MAX_TASKS:
        raise CannotGoOn(problem=N_("退回、补正的次数过多"))
    thrown = tuple(event.event_definition.name for event in workflow.get_events())
    ended = workflow.is_completed()
    open_tasks, awaited = _open(workflow), _awaited(workflow)
    if not (ended or open_tasks or awaited):
        # A join that waits for a branch nobody took.
        raise CannotGoOn(problem=N_("没有待办的步骤，也没有结束"))
    numbers, next_number = state.number_tasks(workflow, next_number)
    return Progress(
        state=state.dump(workflow, numbers, next_number),
        open_steps=tuple(_open_step(task, numbers) for task in open_tasks),
        thrown=thrown,
        awaited=awaited,
        ended=ended,
        end_event=_end_event(workflow) if ended else None,
    )


def _open_step(task: Task, numbers: state.Numbers) -> OpenStep:
    spec = task.task_spec
    return OpenStep(str(numbers[task.id]), spec.bpmn_id, spec.bpmn_name or spec.bpmn_id, spec.lane)


def _end_event(workflow: BpmnWorkflow) -> str | None:
    """The last end event reached in the process itself, not in one it calls."""
    reached = [
        task.task_spec.bpmn_id
        for task in workflow.tasks.values()
        if isinstance(task.task_spec, EndEventMixin) and task.state == TaskState.COMPLETED
    ]
    return reached[-1] if reached else None


def _mark(task: Task) -> str | None:
    if task.state == TaskState.COMPLETED:
        return "done"
    if task.state == TaskState.WAITING:
        return "waiting"
    return "active" if task.has_state(TaskState.READY | TaskState.STARTED) else None
