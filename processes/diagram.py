"""The diagram of one case: the pool of a department is drawn once for each department, each with its own tokens.

Only the picture is changed; nothing runs on it. Ids of a repeated pool carry the part's key as a prefix.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

from lxml import etree

from . import safe_xml
from .safe_xml import BPMNDI, DC, DI, NAMESPACES

GAP: Final = 30


@dataclass(frozen=True)
class Drawing:
    """BPMN 2.0 XML for the viewer, and the ids drawn in it."""

    xml: bytes
    ids: frozenset[str]

    def statuses(self, marks: Iterable[tuple[str, Mapping[str, str]]]) -> dict[str, str]:
        """Element id in the drawing → status.

        Each pair is a part's key (``""`` for the case's own process) with ``engine.progress_of`` of its instance;
        of several instances of one part the later one wins. What is not drawn is left out.
        """
        found: dict[str, str] = {}
        for key, progress in marks:
            for element, status in progress.items():
                if _prefixed(key, element) in self.ids:
                    found[_prefixed(key, element)] = status
        return found


def case_diagram(xml: bytes, parts: Mapping[str, Sequence[tuple[str, str]]]) -> Drawing:
    """Draw a definition for one case.

    ``parts`` maps the id of a process that runs once for each part to its (key, label) pairs: its pool is repeated
    with the label as its name, or left out where there are none. A key must be an XML name, such as ``part_7``.
    Processes that are called (部门审查) are drawn below when the file has a single pool; otherwise the call activity
    alone shows that somebody works inside. Message flows are left out: across a dozen pools they hide the tokens.
    """
    root = safe_xml.read(xml)
    _one_plane(root)
    _drop_message_flows(root)
    for process_id, pairs in parts.items():
        _repeat(root, process_id, pairs)
    ids = frozenset(root.xpath(".//bpmndi:BPMNPlane//@bpmnElement", namespaces=NAMESPACES))
    return Drawing(etree.tostring(root, xml_declaration=True, encoding="UTF-8"), ids)


def _one_plane(root: etree._Element) -> None:
    """A viewer shows the first diagram only: bring called processes onto it, or leave them out."""
    first, *others = root.findall("bpmndi:BPMNDiagram", NAMESPACES)
    collaboration, *foreign = root.findall("bpmn:collaboration", NAMESPACES)
    plane = _plane(first)
    bring = len(collaboration.findall("bpmn:participant", NAMESPACES)) == 1
    for diagram in others:
        if bring:
            shapes = list(_plane(diagram))
            _shift(shapes, _bottom(plane) + GAP - _top(shapes))
            plane.extend(shapes)
        root.remove(diagram)
    for other in foreign:
        if bring:
            collaboration.extend(list(other))
        root.remove(other)


def _repeat(root: etree._Element, process_id: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Replace the pool of a process by one pool for each pair."""
    process = root.find(f"bpmn:process[@id='{process_id}']", NAMESPACES)
    participant = root.find(f".//bpmn:participant[@processRef='{process_id}']", NAMESPACES)
    if process is None or participant is None:
        return
    plane = _plane(root)
    ids = {participant.get("id", ""), process_id, *process.xpath(".//@id")}
    drawn = [shape for shape in plane if shape.get("bpmnElement") in ids]
    bounds = _bounds(next(shape for shape in drawn if shape.get("bpmnElement") == participant.get("id")))
    step = float(bounds.get("height", "0")) + GAP
    bottom = float(bounds.get("y", "0")) + float(bounds.get("height", "0"))
    _shift(
        [shape for shape in plane if shape not in drawn and _top([shape]) >= bottom], (len(pairs) - 1) * step
    )
    for row, (key, label) in enumerate(pairs):
        _copy(process, ids, key)
        _copy(participant, ids, key).set("name", label)
        for shape in drawn:
            _shift([_copy(shape, ids, key)], row * step)
    for original in (process, participant, *drawn):
        _remove(original)


def _copy(element: etree._Element, ids: set[str], key: str) -> etree._Element:
    """A copy put before the original, with every id and every reference to one prefixed."""
    copied = deepcopy(element)
    for node in copied.iter():
        for name, value in node.attrib.items():
            if value in ids or name == "id":
                node.set(name, _prefixed(key, value))
        if node.text and node.text.strip() in ids:
            node.text = _prefixed(key, node.text.strip())
    element.addprevious(copied)
    return copied


def _prefixed(key: str, element: str) -> str:
    return f"{key}__{element}" if key else element


def _drop_message_flows(root: etree._Element) -> None:
    for flow in root.findall(".//bpmn:messageFlow", NAMESPACES):
        _remove(root.find(f".//bpmndi:BPMNEdge[@bpmnElement='{flow.get('id')}']", NAMESPACES))
        _remove(flow)


def _remove(element: etree._Element | None) -> None:
    parent = None if element is None else element.getparent()
    if element is not None and parent is not None:
        parent.remove(element)


def _plane(element: etree._Element) -> etree._Element:
    plane = next(element.iter(f"{{{BPMNDI}}}BPMNPlane"), None)
    if plane is None:
        raise safe_xml.UnsafeXml(problem="BPMNPlane")
    return plane


def _bounds(shape: etree._Element) -> etree._Element:
    bounds = shape.find("dc:Bounds", NAMESPACES)
    if bounds is None:
        raise safe_xml.UnsafeXml(problem="Bounds")
    return bounds


def _places(shapes: Iterable[etree._Element]) -> list[etree._Element]:
    """Everything with a y: bounds of shapes and labels, waypoints of edges."""
    return [place for shape in shapes for place in shape.iter(f"{{{DC}}}Bounds", f"{{{DI}}}waypoint")]


def _shift(shapes: Iterable[etree._Element], by: float) -> None:
    for place in _places(shapes):
        place.set("y", f"{float(place.get('y', '0')) + by:g}")


def _top(shapes: Iterable[etree._Element]) -> float:
    return min(float(place.get("y", "0")) for place in _places(shapes))


def _bottom(plane: etree._Element) -> float:
    return max(float(place.get("y", "0")) + float(place.get("height", "0")) for place in _places(plane))
