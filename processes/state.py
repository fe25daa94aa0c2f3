"""The text of an instance's state: no spec, no clock, no random number.

The library writes specs, UUIDs and wall-clock instants into its state. Here specs are left out, tasks are numbered
in the order they came into being (a number is never given twice, so a stale page cannot hit another task), and
instants become ranks, of which only the order matters (at a join the later branch wins).
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final, TypeAlias
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.workflow import (
    BpmnWorkflowConverter,
    TaskConverter,
    WorkflowConverter,
)
from SpiffWorkflow.bpmn.specs import BpmnProcessSpec
from SpiffWorkflow.task import Task

from approvals.errors import DomainError
from approvals.messages import N_

FORMAT: Final = 1
NUMBER_BITS: Final = 64  # an id below this is one of our numbers; a random UUID is always above
_UUID: Final = re.compile(r'"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"')
_NUMBER: Final = re.compile(r'"#(\d+)"')

Numbers: TypeAlias = dict[UUID, int]


class UnreadableState(DomainError):
    """The stored state was not written by this programme, or was damaged."""

    message = N_("办件的流程位置无法读取。办件的材料、意见和日期都在，请联系系统管理员。")
    status = 500


def load(
    text: str, spec: BpmnProcessSpec, processes: Mapping[str, BpmnProcessSpec]
) -> tuple[BpmnWorkflow, int]:
    """The instance of a state and the next free task number; raises ``UnreadableState``."""
    try:
        stored = json.loads(_NUMBER.sub(lambda match: f'"{UUID(int=int(match[1]))}"', text))
        if stored["format"] != FORMAT:
            raise UnreadableState
        workflow = _REGISTRY.from_dict(stored["workflow"], spec=spec, processes=dict(processes))
        next_number = int(stored["next"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableState from error
    if not isinstance(workflow, BpmnWorkflow):
        raise UnreadableState
    return workflow, next_number


def number_tasks(workflow: BpmnWorkflow, next_number: int) -> tuple[Numbers, int]:
    """Every task's number, new tasks counted on from ``next_number``; and the next free one."""
    numbers: Numbers = {}
    for task in tasks(workflow):
        if task.id.int >> NUMBER_BITS:
            numbers[task.id] = next_number
            next_number += 1
        else:
            numbers[task.id] = task.id.int
    return numbers, next_number


def dump(workflow: BpmnWorkflow, numbers: Numbers, next_number: int) -> str:
    """The text of the state of ``workflow``."""
    for rank, task in enumerate(sorted(tasks(workflow), key=lambda task: task.last_state_change)):
        task.last_state_change = rank
    stored = {"format": FORMAT, "next": next_number, "workflow": _REGISTRY.to_dict(workflow)}
    text = json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
    return _UUID.sub(lambda match: f'"#{numbers[UUID(match[1])]}"', text)


def tasks(workflow: BpmnWorkflow) -> Iterator[Task]:
    """All tasks, of the process itself first, then of those it called."""
    yield from workflow.tasks.values()
    for called in workflow.subprocesses.values():
        yield from called.tasks.values()


class _Tasks(TaskConverter):
    """Leaves out what is empty, which is most of it."""

    def to_dict(self, task: Task) -> dict[str, Any]:
        full = super().to_dict(task)
        if not any(full["delta"].values()):
            del full["delta"]
        return {key: value for key, value in full.items() if key in ("state", "parent") or value}

    def from_dict(self, dct: dict[str, Any], workflow: BpmnWorkflow) -> Task:
        empty: dict[str, Any] = {
            "triggered": False,
            "internal_data": {},
            "children": [],
            "last_state_change": 0,
            "data": {},
            # Without a delta a task would forget its parent's data.
            "delta": {"updates": {}, "deletions": []},
        }
        return super().from_dict({**empty, **dct}, workflow)


class _Workflows(BpmnWorkflowConverter):
    """Takes the specs as an argument instead of writing them into every state."""

    def to_dict(self, workflow: BpmnWorkflow) -> dict[str, Any]:
        stored: dict[str, Any] = WorkflowConverter.to_dict(self, workflow)
        stored["subprocesses"] = self.mapping_to_dict(workflow.subprocesses)
        return stored

    def from_dict(
        self, dct: dict[str, Any], spec: BpmnProcessSpec, processes: dict[str, BpmnProcessSpec]
    ) -> BpmnWorkflow:
        workflow = self.target_class(spec, processes, deserializing=True)
        workflow.tasks = self.mapping_from_dict(dct["tasks"], UUID, workflow=workflow)
        workflow.task_tree = workflow.tasks.get(UUID(dct["root"]))
        self.set_default_attributes(workflow, dct)
        self.subprocesses_from_dict(dct["subprocesses"], workflow)
        return workflow


_REGISTRY: Final = BpmnWorkflowSerializer(
    BpmnWorkflowSerializer.configure(
        {**DEFAULT_CONFIG, BpmnWorkflow: _Workflows, Task: partial(_Tasks, typename="T")}
    )
)
