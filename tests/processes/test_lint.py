"""Our own files pass; each thing the engine would misread is refused with its element and a mend."""

import pytest

from approvals.errors import DomainError
from processes import definitions, lint, safe_xml
from tests.processes.support import HEAD, STEPS, flow, flows, node, process

START, END = node("startEvent", "s"), node("endEvent", "e")
TASK = node("userTask", "review")
LINE = START + TASK + END + flows("s", "review", "e")


def problems(xml: bytes) -> list[tuple[str, str]]:
    return [(fault.element, fault.problem) for fault in lint.check(xml, "x.bpmn", steps=STEPS)]


def gateway(*conditions: tuple[str, str | None], default: str | None = None) -> bytes:
    """A gateway with one user task behind each condition."""
    attributes = {"default": default} if default else {}
    targets = ["decide", "issue", "deliver"][: len(conditions)]
    body = START + node("exclusiveGateway", "g", **attributes) + END + flows("s", "g")
    for target, (_, condition) in zip(targets, conditions, strict=True):
        body += node("userTask", target) + flow("g", target, condition) + flow(target, "e")
    return process(body)


def conditions(*texts: str | None, default: str | None = None) -> bytes:
    return gateway(*[("", text) for text in texts], default=default)


@pytest.mark.parametrize(
    "path", sorted([*definitions.FOLDER.glob("*.bpmn"), *definitions.FOLDER.parent.glob("dmn/*.dmn")])
)
def test_our_own_files_pass(path):
    assert [fault.line() for fault in lint.check(path.read_bytes(), path.name, steps=STEPS)] == []


@pytest.mark.parametrize("name", ["ordinary", "joint", "instant"])
def test_they_also_pass_as_bundled(name):
    assert problems(definitions.built_in(name)) == []


def test_a_plain_line_passes():
    assert problems(process(LINE)) == []


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        (node("scriptTask", "x", "<bpmn:script>1</bpmn:script>"), "代码"),
        (node("serviceTask", "x"), "代码"),
        (node("businessRuleTask", "x"), "代码"),
        (node("sendTask", "x"), "不支持"),
        (node("receiveTask", "x"), "不支持"),
        (node("manualTask", "x"), "不支持"),
        (node("task", "x"), "不支持"),
        (node("subProcess", "x"), "不支持"),
        (node("transaction", "x"), "不支持"),
        (node("adHocSubProcess", "x"), "不支持"),
        (node("complexGateway", "x"), "不支持"),
        (node("inclusiveGateway", "x"), "不支持"),
        (node("eventBasedGateway", "x"), "不支持"),
        (node("somethingNew", "x"), "不支持"),
        (node("intermediateThrowEvent", "x", node("linkEventDefinition", "y")), "忽略"),
        (node("intermediateThrowEvent", "x", node("compensateEventDefinition", "y")), "忽略"),
        (node("intermediateCatchEvent", "x", node("timerEventDefinition", "y")), "定时"),
        (node("intermediateCatchEvent", "x", node("signalEventDefinition", "y")), "不支持"),
        (node("intermediateCatchEvent", "x", node("conditionalEventDefinition", "y")), "不支持"),
        (node("userTask", "decide", node("multiInstanceLoopCharacteristics", "y")), "多实例"),
        (node("userTask", "decide", node("standardLoopCharacteristics", "y")), "多实例"),
        (node("userTask", "decide", "<bpmn:extensionElements/>"), "扩展"),
    ],
)
def test_an_unsupported_element_is_refused(inside, says):
    id_ = inside.split('id="')[1].split('"')[0]
    xml = process(START + inside + END + flows("s", id_, "e"))
    assert any(says in problem for _, problem in problems(xml))


def test_an_event_sub_process_and_a_boundary_event_are_refused():
    inside = node("subProcess", "sub", START.replace('"s"', '"s2"'), triggeredByEvent="true")
    boundary = node("boundaryEvent", "b", attachedToRef="review")
    found = problems(process(LINE + inside + boundary))
    assert {"sub", "b"} <= {element for element, _ in found}


@pytest.mark.parametrize(
    ("xml", "element", "says"),
    [
        (process(LINE.replace("review", "dance")), "dance", "步骤"),
        (process(LINE.replace(' name="一步"', "")), "review", "名称"),
        (process(LINE, lane="访客"), "review", "岗位"),
        (process(LINE).replace(b"<bpmn:flowNodeRef>review</bpmn:flowNodeRef>", b""), "review", "泳道"),
        (process(LINE).replace(b'"true"', b'"false"'), "p", "不可执行"),
        (process(LINE + node("startEvent", "s2") + flow("s2", "review")), "p", "开始事件"),
        (process(TASK + END + flows("review", "e")), "p", "开始事件"),
        (process(START + TASK + flows("s", "review", "s")), "p", "结束事件"),
        (process(LINE + node("userTask", "decide")), "decide", "去向"),
        (process(LINE + node("userTask", "decide") + flow("decide", "e")), "decide", "走不到"),
        (
            process(LINE + node("userTask", "decide") + flow("s", "decide") + flow("decide", "e")),
            "s",
            "不是网关",
        ),
        (process(LINE + flow("e", "review")), "e", "结束事件"),
        (process(LINE + flow("review", "s")), "s", "开始事件"),
        (process(LINE + flow("review", "nowhere")), "f_review_nowhere", "两端"),
        (process(LINE + node("startEvent", "review")), "review", "重复"),
        (
            process(
                LINE.replace(
                    '"f_s_review" sourceRef="s" targetRef="review">',
                    '"f_s_review" sourceRef="s" targetRef="review">'
                    "<bpmn:conditionExpression>gas</bpmn:conditionExpression>",
                )
            ),
            "f_s_review",
            "忽略",
        ),
        (process(START + node("intermediateThrowEvent", "t") + END + flows("s", "t", "e")), "t", "消息"),
        (
            process(
                START
                + node("intermediateCatchEvent", "t", node("messageEventDefinition", "m"))
                + END
                + flows("s", "t", "e")
            ),
            "t",
            "消息",
        ),
        (
            process(START + node("callActivity", "c", calledElement="${x}") + END + flows("s", "c", "e")),
            "c",
            "固定",
        ),
        (
            process(START + node("callActivity", "c", calledElement="p") + END + flows("s", "c", "e")),
            "c",
            "自己",
        ),
        (
            process(START + node("callActivity", "c", calledElement="missing") + END + flows("s", "c", "e")),
            "x.bpmn",
            "解析",
        ),
        (f"{HEAD}</bpmn:definitions>".encode(), "", "没有流程"),
    ],
)
def test_a_faulty_process_is_refused(xml, element, says):
    found = problems(xml)
    assert any(at == element and says in problem for at, problem in found), found


def test_a_loop_without_anybody_in_it_is_refused_before_it_hangs_the_engine():
    xml = process(
        START
        + TASK
        + END
        + node("exclusiveGateway", "a")
        + node("exclusiveGateway", "b", default="f_b_a")
        + flows("s", "a", "b")
        + flow("b", "a")
        + flow("b", "review", "outcome == 'x'")
        + flow("review", "e")
    )
    assert ("a", "循环中没有人办理的步骤，会无休止地空转") in problems(xml)


def test_a_message_thrown_and_awaited_in_one_process_is_refused():
    event = '<bpmn:messageEventDefinition id="{}" messageRef="m"/>'
    xml = process(
        START
        + node("intermediateThrowEvent", "t", event.format("d1"))
        + node("intermediateCatchEvent", "c", event.format("d2"))
        + END
        + flows("s", "t", "c", "e"),
        extra='<bpmn:message id="m" name="ping"/>',
    )
    assert any(element == "p" and "又等待" in problem for element, problem in problems(xml))


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        (conditions("outcome == 'a'", "outcome == 'b'"), "没有默认流"),
        (conditions("outcome == 'a'", None), "没有条件"),
        (conditions("outcome == 'a'", "outcome in ('a', 'b')", None, default="f_g_deliver"), "同时成立"),
        (conditions("outcome == 'a'", "result == 'b'", None, default="f_g_deliver"), "同时成立"),
        (conditions("outcome == 'a'", "outcome == 'b'", default="f_g_issue"), "默认流上的条件"),
        (conditions("outcome == 'a'", None, default="f_s_g"), "默认流不是"),
        (conditions("weather == 'a'", None, default="f_g_issue"), "未知的变量"),
        (conditions("outcome.upper() == 'A'", None, default="f_g_issue"), "不能使用"),
        (conditions("${outcome}", None, default="f_g_issue"), "不能使用"),
        (conditions("'yes'", None, default="f_g_issue"), "是”或“否"),
        (conditions("outcome == 'a'" + " " * 300, None, default="f_g_issue"), None),
        (conditions("outcome == '" + "a" * 300 + "'", None, default="f_g_issue"), "不能使用"),
        (conditions("not " * 15 + "decides", None, default="f_g_issue"), "不能使用"),
        (conditions("decides", "not decides"), None),
    ],
)
def test_gateways(xml, says):
    found = problems(xml)
    assert (found == []) if says is None else any(says in problem for _, problem in found), found


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(12))
    + "]><l>&m;</l>"
)


@pytest.mark.parametrize(
    "xml",
    [
        LAUGHS.encode(),
        LAUGHS.replace('<?xml version="1.0"?>', '<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16"),
        b'<!DOCTYPE x SYSTEM "http://example.invalid/x.dtd"><x/>',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        b"<not closed",
        b"",
        b"\x00\x01",
        b"<x>" * 100_000,
        b"<x>" + b" " * safe_xml.MAX_BYTES + b"</x>",
        b"<html/>",
    ],
)
def test_hostile_and_broken_files_are_one_fault(xml):
    assert len(problems(xml)) == 1
    if xml != b"<html/>":
        with pytest.raises(DomainError):
            safe_xml.read(xml)


def test_every_fault_is_one_line_with_element_and_mend():
    [fault] = lint.check(process(LINE, lane="访客"), "x.bpmn", steps=STEPS)
    assert (
        fault.line()
        == "review（一步）：泳道“访客”没有对应的岗位。泳道名称只能是：窗口、审查人员、部门负责人、牵头人员、申请人。"
    )
