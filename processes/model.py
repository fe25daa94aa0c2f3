"""A BPMN file as the linter sees it: nodes, flows, lanes and messages, looked up by id."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from lxml import etree

from .fault import Fault
from .lint_tables import NODES
from .safe_xml import BPMN, NAMESPACES, local


@dataclass(frozen=True)
class Model:
    """Lookups over one file; ``steps`` and ``facts`` are what the programme knows."""

    root: etree._Element
    steps: frozenset[str]
    facts: frozenset[str]
    nodes: dict[str, etree._Element]
    flows: list[etree._Element]
    lanes: dict[str, list[str]]
    messages: dict[str, str]

    @classmethod
    def of(cls, root: etree._Element, steps: frozenset[str], facts: frozenset[str]) -> Self:
        """Index a parsed file."""
        lanes: dict[str, list[str]] = {}
        for reference in root.iter(f"{{{BPMN}}}flowNodeRef"):
            lane = reference.getparent()
            if lane is not None:
                lanes.setdefault((reference.text or "").strip(), []).append(lane.get("name", ""))
        return cls(
            root=root,
            steps=steps,
            facts=facts,
            nodes={node.get("id", ""): node for node in root.iter(f"{{{BPMN}}}*") if local(node) in NODES},
            flows=list(root.iter(f"{{{BPMN}}}sequenceFlow")),
            lanes=lanes,
            messages={
                message.get("id", ""): message.get("name", "") for message in root.iter(f"{{{BPMN}}}message")
            },
        )

    @property
    def processes(self) -> list[etree._Element]:
        """The processes of the file."""
        return self.root.findall("bpmn:process", NAMESPACES)

    def nodes_of(self, process: etree._Element) -> list[etree._Element]:
        """The flow nodes of one process."""
        return [node for node in process if isinstance(node.tag, str) and local(node) in NODES]

    def of_kind(self, *kinds: str) -> Iterator[etree._Element]:
        """The flow nodes of these kinds, in all processes."""
        return (node for node in self.nodes.values() if local(node) in kinds)

    def outgoing(self, node: etree._Element) -> list[etree._Element]:
        """The sequence flows that leave a node."""
        return [flow for flow in self.flows if flow.get("sourceRef") == node.get("id")]

    def incoming(self, node: etree._Element) -> list[etree._Element]:
        """The sequence flows that reach a node."""
        return [flow for flow in self.flows if flow.get("targetRef") == node.get("id")]

    def following(self, node: etree._Element) -> list[etree._Element]:
        """The nodes right behind a node."""
        targets = (self.nodes.get(flow.get("targetRef", "")) for flow in self.outgoing(node))
        return [target for target in targets if target is not None]

    def message_names(self, process: etree._Element, *kinds: str) -> set[str]:
        """The names of the messages that events of these kinds handle in one process."""
        return {
            self.messages.get(definition.get("messageRef", ""), "")
            for node in self.nodes_of(process)
            if local(node) in kinds
            for definition in node.findall("bpmn:messageEventDefinition", NAMESPACES)
        } - {""}

    def callers_of(self, call: etree._Element) -> set[str]:
        """The process a call stands in and all that call that one, within this file."""
        owner = call.getparent()
        found = {owner.get("id", "")} if owner is not None else set()
        while True:
            more = {
                process.get("id", "")
                for process in self.processes
                for other in process.findall("bpmn:callActivity", NAMESPACES)
                if other.get("calledElement") in found
            }
            if more <= found:
                return found
            found |= more

    @staticmethod
    def fault(element: etree._Element | None, problem: str, mend: str, **params: object) -> Fault:
        """A fault of an element of this file."""
        if element is None:
            return Fault("", "", problem, mend, params)
        return Fault(element.get("id", local(element)), element.get("name", ""), problem, mend, params)
