"""What the tests of the engine share."""

import hashlib
from itertools import pairwise

from processes import definitions, engine

STEPS = frozenset(
    [
        "review",
        "site_visit",
        "decide_on_the_spot",
        "appoint_hearing",
        "hold_hearing",
        "issue",
        "deliver",
        "deliver_refusal",
        "hear_statement",
        "check_materials",
        "answer_correction",
        "decide",
        "collate",
        "issue_parts",
        "deliver_parts",
        "pre_check",
        "notify_commitment",
        "commit",
        "verify",
        "rectify",
        "tell_facts",
        "hear_defence",
        "decide_proceeding",
    ]
)

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="t">'
)


def loaded(xml: bytes) -> definitions.Definition:
    return definitions.load(hashlib.sha256(xml).hexdigest(), definitions.parse(xml))


def built_in(name: str) -> definitions.Definition:
    return loaded(definitions.built_in(name))


def process(body: str, *, lane: str = "窗口", extra: str = "", id_: str = "p") -> bytes:
    """A BPMN file with one process whose user tasks all stand in one lane."""
    tasks = [part.split('"')[0] for part in body.split('<bpmn:userTask id="')[1:]]
    refs = "".join(f"<bpmn:flowNodeRef>{task}</bpmn:flowNodeRef>" for task in tasks)
    lanes = f'<bpmn:laneSet id="ls"><bpmn:lane id="l" name="{lane}">{refs}</bpmn:lane></bpmn:laneSet>'
    return (
        f'{HEAD}<bpmn:process id="{id_}" isExecutable="true">{lanes}{body}</bpmn:process>{extra}</bpmn:definitions>'
    ).encode()


def flow(source: str, target: str, condition: str | None = None) -> str:
    inside = (
        ""
        if condition is None
        else '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
        + condition.replace("&", "&amp;").replace("<", "&lt;")
        + "</bpmn:conditionExpression>"
    )
    return (
        f'<bpmn:sequenceFlow id="f_{source}_{target}" sourceRef="{source}" targetRef="{target}">'
        f"{inside}</bpmn:sequenceFlow>"
    )


def flows(*chain: str) -> str:
    return "".join(flow(source, target) for source, target in pairwise(chain))


def node(kind: str, id_: str, inside: str = "", **attributes: str) -> str:
    extra = "".join(f' {name}="{value}"' for name, value in attributes.items())
    name = ' name="一步"' if kind == "userTask" else ""
    return f'<bpmn:{kind} id="{id_}"{name}{extra}>{inside}</bpmn:{kind}>'


class Walk:
    """Drives one instance step by step, and proves at each step that look, load and dump change nothing."""

    def __init__(self, definition: definitions.Definition, process_id: str, **facts: engine.Fact) -> None:
        self.definition, self.process_id = definition, process_id
        self.now = self.proved(engine.start(definition, process_id, facts))

    def proved(self, progress: engine.Progress) -> engine.Progress:
        looked = engine.look(self.definition, self.process_id, progress.state)
        again = engine.look(self.definition, self.process_id, looked.state)
        assert (looked.open_steps, looked.awaited, looked.ended, looked.end_event) == (
            progress.open_steps,
            progress.awaited,
            progress.ended,
            progress.end_event,
        )
        assert again.state == looked.state
        return progress

    def do(self, step: str, outcome: str | None = None, **facts: engine.Fact) -> "Walk":
        [task] = [open_ for open_ in self.now.open_steps if open_.step == step]
        if outcome:
            facts["outcome"] = outcome
        before = self.now.state
        self.now = self.proved(
            engine.complete(self.definition, self.process_id, before, task.engine_task, facts)
        )
        assert self.now == engine.complete(self.definition, self.process_id, before, task.engine_task, facts)
        return self

    def hear(self, message: str, **facts: engine.Fact) -> "Walk":
        self.now = self.proved(
            engine.deliver(self.definition, self.process_id, self.now.state, message, facts)
        )
        return self

    @property
    def steps(self) -> list[str]:
        return [open_.step for open_ in self.now.open_steps]
