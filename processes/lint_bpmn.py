"""Rules for BPMN files: one function for each thing that must not reach the engine."""

from collections.abc import Callable, Collection, Iterator
from typing import Final

from lxml import etree

from approvals.messages import N_

from . import lint_conditions, lint_flow, step_limits
from .fault import Fault
from .lanes import LANES
from .lint_tables import EVENT_OWNERS, MENDS, NOT_SUPPORTED, SUPPORTED
from .model import Model
from .safe_xml import BPMN, local


def faults(root: etree._Element, steps: Collection[str], facts: Collection[str]) -> list[Fault]:
    """All faults of a BPMN file."""
    model = Model.of(root, frozenset(steps), frozenset(facts))
    return [fault for rule in RULES for fault in rule(model)]


def _unsupported(model: Model) -> Iterator[Fault]:
    """An element the engine ignores, misreads or would execute."""
    for element in model.root.iter():
        tag = local(element)
        if etree.QName(element).namespace == BPMN and tag not in SUPPORTED:
            owner = element if element.get("id") else element.getparent()
            problem, mend = MENDS.get(tag, NOT_SUPPORTED)
            yield model.fault(owner, problem, mend, tag=tag)


def _duplicate_ids(model: Model) -> Iterator[Fault]:
    seen: set[str] = set()
    for element in model.root.iter(f"{{{BPMN}}}*"):
        id_ = element.get("id")
        if id_ in seen:
            yield model.fault(element, N_("编号重复"), N_("请给每个元素不同的编号"))
        seen.add(id_ or "")


def _processes(model: Model) -> Iterator[Fault]:
    if not model.processes:
        yield Fault("", "", N_("文件中没有流程"), N_("请在文件中画出至少一个流程"))
    for process in model.processes:
        if process.get("isExecutable", "true") != "true":
            yield model.fault(
                process, N_("流程标为不可执行，引擎会略过它"), N_("请把 isExecutable 设为 true")
            )
        starts = [node for node in model.nodes_of(process) if local(node) == "startEvent"]
        ends = [node for node in model.nodes_of(process) if local(node) == "endEvent"]
        if len(starts) != 1:
            yield model.fault(
                process, N_("有 %(count)s 个开始事件"), N_("每个流程画且只画一个开始事件"), count=len(starts)
            )
        if not ends:
            yield model.fault(process, N_("没有结束事件"), N_("请画出结束事件"))


def _steps(model: Model) -> Iterator[Fault]:
    """A user task nobody can do: no step, no name, no lane."""
    for task in model.of_kind("userTask"):
        if task.get("id") not in model.steps:
            yield model.fault(
                task,
                N_("不是已知的办理步骤"),
                N_("请把编号改为已有步骤的代码，如 review；新步骤须先由开发人员添加"),
            )
        if not task.get("name"):
            yield model.fault(task, N_("没有名称"), N_("请写上中文名称"))
        if not step_limits.is_readable(task):
            yield model.fault(
                task,
                N_("时限“%(limit)s”不能识别"),
                N_("请写成 P3D 这样的整天数（默认按工作日计）"),
                limit=task.get(step_limits.LIMIT, ""),
            )
        lanes = model.lanes.get(task.get("id", ""), [])
        if len(lanes) != 1:
            yield model.fault(task, N_("不在泳道内，或同时在几个泳道内"), N_("请把它放进一个泳道"))
        elif lanes[0] not in LANES:
            yield model.fault(
                task,
                N_("泳道“%(lane)s”没有对应的岗位"),
                N_("泳道名称只能是：%(known)s"),
                lane=lanes[0],
                known="、".join(LANES),
            )


def _events(model: Model) -> Iterator[Fault]:
    """An event that catches nothing is passed at once; one with two definitions is not what it looks like."""
    for kind, (least, most) in EVENT_OWNERS.items():
        for event in model.of_kind(kind):
            messages = event.findall(f"{{{BPMN}}}messageEventDefinition")
            if not least <= len(messages) <= most:
                yield model.fault(
                    event,
                    N_("消息定义的个数不对（%(count)s 个）"),
                    N_("中间事件恰好一个消息；开始事件至多一个；结束事件不带消息，请在它前面放一个抛出事件"),
                    count=len(messages),
                )
            for message in messages:
                if not model.messages.get(message.get("messageRef", "")):
                    yield model.fault(event, N_("没有指明消息"), N_("请选择一个有名称的消息"))


def _own_messages(model: Model) -> Iterator[Fault]:
    """A message thrown and awaited in one process never leaves it, so nobody outside would hear of it."""
    for process in model.processes:
        thrown = model.message_names(process, "intermediateThrowEvent")
        caught = model.message_names(process, "intermediateCatchEvent", "startEvent")
        for name in sorted(thrown & caught):
            yield model.fault(
                process, N_("消息“%(message)s”由同一流程发出又等待"), N_("请使用两个不同的消息"), message=name
            )


def _calls(model: Model) -> Iterator[Fault]:
    for call in model.of_kind("callActivity"):
        called = call.get("calledElement", "")
        if not called.isidentifier():
            yield model.fault(
                call,
                N_("调用的流程“%(called)s”不是固定的编号"),
                N_("请写明一个流程的编号，不能用表达式"),
                called=called,
            )
        elif called in model.callers_of(call):
            yield model.fault(call, N_("流程直接或间接调用自己"), N_("请改为循环的顺序流"))


RULES: Final[tuple[Callable[[Model], Iterator[Fault]], ...]] = (
    _unsupported,
    _duplicate_ids,
    _processes,
    _steps,
    _events,
    _own_messages,
    _calls,
    *lint_flow.RULES,
    *lint_conditions.RULES,
)
