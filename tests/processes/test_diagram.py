"""The picture of a case: one pool for each department, and every id in it drawn once."""

from itertools import combinations, pairwise

import pytest
from lxml import etree

from processes import definitions, diagram
from processes.safe_xml import NAMESPACES

PARTS = [
    ("part_1", "市场监督管理局（示例）"),
    ("part_2", "消防救援大队（示例）"),
    ("part_3", "综合执法局（示例）"),
]


def root_of(drawing: diagram.Drawing) -> etree._Element:
    return etree.fromstring(drawing.xml)


def boxes(root: etree._Element) -> dict[str, tuple[float, float]]:
    """Top and bottom of every pool."""
    found = {}
    for participant in root.iterfind(".//bpmn:participant", NAMESPACES):
        [bounds] = root.xpath(
            f".//bpmndi:BPMNShape[@bpmnElement='{participant.get('id')}']/dc:Bounds", namespaces=NAMESPACES
        )
        top = float(bounds.get("y"))
        found[participant.get("name", "")] = (top, top + float(bounds.get("height")))
    return found


@pytest.mark.parametrize("pre_checks", [[], PARTS])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_each_department_has_its_own_pool(count, pre_checks):
    parts = PARTS[:count]
    drawing = diagram.case_diagram(
        definitions.built_in("joint"), {"joint_department": parts, "joint_pre_check": pre_checks}
    )
    root = root_of(drawing)
    ids = root.xpath(".//@id")
    assert len(ids) == len(set(ids))
    assert set(root.xpath(".//@bpmnElement")) <= set(ids)
    assert set(root.xpath(".//@processRef")) == set(root.xpath("bpmn:process/@id", namespaces=NAMESPACES)) - {
        "department_review"
    }
    for key, _ in parts:
        assert f"{key}__decide" in drawing.ids
    names = root.xpath(".//bpmn:participant/@name", namespaces=NAMESPACES)
    assert names.count(PARTS[0][1]) == (2 if pre_checks else 1)


def test_pools_do_not_overlap():
    drawing = diagram.case_diagram(
        definitions.built_in("joint"), {"joint_department": PARTS, "joint_pre_check": [("x", "预审（示例）")]}
    )
    pools = sorted(boxes(root_of(drawing)).values())
    assert len(pools) == 5
    for (_, bottom), (top, _) in pairwise(pools):
        assert bottom < top


def test_tokens_are_found_under_the_prefix_of_their_part():
    drawing = diagram.case_diagram(
        definitions.built_in("joint"), {"joint_department": PARTS, "joint_pre_check": []}
    )
    marks = drawing.statuses(
        [
            ("", {"collate": "active"}),
            ("part_2", {"decide": "done", "review": "active"}),
            ("part_2", {"decide": "active"}),
            ("part_9", {"decide": "active"}),
        ]
    )
    assert marks == {"collate": "active", "part_2__decide": "active"}


def test_a_plain_case_shows_the_inside_of_the_review_below():
    drawing = diagram.case_diagram(definitions.built_in("ordinary"), {})
    assert {"review", "site_visit", "decide"} <= drawing.ids
    pools = sorted(boxes(root_of(drawing)).values())
    assert pools[0][1] < pools[1][0]
    assert len(root_of(drawing).findall("bpmndi:BPMNDiagram", NAMESPACES)) == 1


@pytest.mark.parametrize("name", ["joint", "ordinary", "instant", "department_review"])
def test_every_node_and_flow_of_our_files_is_drawn_and_nothing_overlaps(name):
    root = etree.parse(definitions.FOLDER / f"{name}.bpmn").getroot()
    drawn = set(root.xpath(".//@bpmnElement"))
    for kind in (
        "participant",
        "lane",
        "sequenceFlow",
        "userTask",
        "exclusiveGateway",
        "startEvent",
        "endEvent",
    ):
        assert set(root.xpath(f".//bpmn:{kind}/@id", namespaces=NAMESPACES)) <= drawn
    frames = set(root.xpath(".//bpmn:participant/@id | .//bpmn:lane/@id", namespaces=NAMESPACES))
    rectangles = [
        rectangle(bounds, corner=shape.get("isMarkerVisible") == "true")
        for shape in root.iterfind(".//bpmndi:BPMNShape", NAMESPACES)
        if shape.get("bpmnElement") not in frames
        for bounds in shape.iterfind(".//dc:Bounds", NAMESPACES)
    ]
    for one, other in combinations(rectangles, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def rectangle(bounds: etree._Element, *, corner: bool) -> tuple[float, float, float, float]:
    """Left, top, right, bottom; of a gateway the diamond's middle, as its corners are empty."""
    x, y, width, height = (float(bounds.get(side, "")) for side in ("x", "y", "width", "height"))
    spare = width / 4 if corner and width == height else 0
    return x + spare, y + spare, x + width - spare, y + height - spare
