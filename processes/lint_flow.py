"""Rules on how the nodes of a process hang together."""

from collections.abc import Callable, Iterator
from typing import Final

from lxml import etree

from approvals.messages import N_

from .fault import Fault
from .model import Model
from .safe_xml import local

WAITS: Final = frozenset({"userTask", "intermediateCatchEvent"})
SPLITS: Final = frozenset({"exclusiveGateway", "parallelGateway"})


def _ends_of_flows(model: Model) -> Iterator[Fault]:
    """A flow into nowhere, or into another process, is dropped by the parser."""
    for flow in model.flows:
        source, target = (model.nodes.get(flow.get(end, "")) for end in ("sourceRef", "targetRef"))
        if source is None or target is None or source.getparent() is not target.getparent():
            yield model.fault(flow, N_("顺序流的两端不在同一流程内"), N_("请在同一流程内连接两个元素"))


def _dead_ends(model: Model) -> Iterator[Fault]:
    """A token that cannot leave a node leaves its case without a task and without an end."""
    for node in model.nodes.values():
        if local(node) != "endEvent" and not model.outgoing(node):
            yield model.fault(node, N_("没有去向，办件会停在这里"), N_("请画出通往下一步或结束事件的顺序流"))
        if local(node) == "endEvent" and model.outgoing(node):
            yield model.fault(node, N_("结束事件之后还有顺序流"), N_("请删除结束事件之后的顺序流"))
        if local(node) == "startEvent" and model.incoming(node):
            yield model.fault(node, N_("有顺序流指向开始事件"), N_("请指向开始事件之后的元素"))


def _unreachable(model: Model) -> Iterator[Fault]:
    for process in model.processes:
        nodes = model.nodes_of(process)
        reached = _reached(model, [node for node in nodes if local(node) == "startEvent"])
        for node in nodes:
            if node not in reached:
                yield model.fault(node, N_("从开始事件走不到这里"), N_("请连接，或删除它"))


def _implicit_splits(model: Model) -> Iterator[Fault]:
    """Several flows out of a task are a parallel split nobody sees on the diagram."""
    for node in model.nodes.values():
        if local(node) not in SPLITS and len(model.outgoing(node)) > 1:
            yield model.fault(node, N_("有几条去向却不是网关"), N_("请在它后面放一个排他网关或并行网关"))


def _endless(model: Model) -> Iterator[Fault]:
    """A loop in which nobody does anything would never return from the engine."""
    running = [node for node in model.nodes.values() if local(node) not in WAITS]
    for node in running:
        behind = [other for other in model.following(node) if local(other) not in WAITS]
        if node in _reached(model, behind, through=WAITS):
            yield model.fault(
                node, N_("循环中没有人办理的步骤，会无休止地空转"), N_("请在循环中放一个用户任务或等待事件")
            )


def _reached(
    model: Model, start: list[etree._Element], through: frozenset[str] = frozenset()
) -> set[etree._Element]:
    """Every node that can be reached from ``start`` without passing a node of the kinds ``through``."""
    found: set[etree._Element] = set()
    pending = list(start)
    while pending:
        node = pending.pop()
        if node not in found and local(node) not in through:
            found.add(node)
            pending.extend(model.following(node))
    return found


RULES: Final[tuple[Callable[[Model], Iterator[Fault]], ...]] = (
    _ends_of_flows,
    _dead_ends,
    _unreachable,
    _implicit_splits,
    _endless,
)
