"""What of BPMN is supported, and what to do instead of the rest."""

from typing import Final

from approvals.messages import N_

NODES: Final = frozenset(
    {
        "startEvent",
        "endEvent",
        "userTask",
        "callActivity",
        "exclusiveGateway",
        "parallelGateway",
        "intermediateThrowEvent",
        "intermediateCatchEvent",
    }
)

SUPPORTED: Final = NODES | {
    "definitions",
    "collaboration",
    "participant",
    "messageFlow",
    "process",
    "laneSet",
    "lane",
    "flowNodeRef",
    "sequenceFlow",
    "conditionExpression",
    "incoming",
    "outgoing",
    "messageEventDefinition",
    "message",
    "documentation",
    "textAnnotation",
    "text",
    "association",
}

# kind of event → least and most message definitions
EVENT_OWNERS: Final = {
    "startEvent": (0, 1),
    "endEvent": (0, 0),
    "intermediateThrowEvent": (1, 1),
    "intermediateCatchEvent": (1, 1),
}

NOT_SUPPORTED: Final = (N_("不支持“%(tag)s”"), N_("请删除，或改用支持范围内的元素（见 docs/bpmn-subset.md）"))

_NO_CODE: Final = (N_("图中的代码从不执行（%(tag)s）"), N_("请改为用户任务，或把计算交给开发人员"))
_NOT_YET: Final = (N_("定时事件尚不支持"), N_("请删除；期限由期限台账和红黄绿灯管理"))
_IGNORED: Final = (N_("引擎会悄悄忽略“%(tag)s”"), N_("请改用顺序流和网关画出这条路径"))
_USE_MESSAGE: Final = (N_("不支持“%(tag)s”"), N_("请改用消息的抛出或捕获事件"))
_USE_CALL: Final = (N_("不支持“%(tag)s”"), N_("请画成单独的流程，用调用活动调用"))
_USE_USER_TASK: Final = (N_("不支持“%(tag)s”"), N_("请改为用户任务，编号为步骤代码"))
_USE_EXCLUSIVE: Final = (N_("不支持“%(tag)s”"), N_("请改用排他网关或并行网关"))
_USE_PARTICIPANTS: Final = (
    N_("不支持多实例和循环活动"),
    N_("多个部门请画成协作：每个部门一个流程实例；重复请用顺序流画回去"),
)
_NO_EXTENSION: Final = (N_("引擎会悄悄忽略扩展内容"), N_("请删除设计器写入的扩展属性、监听器和表单定义"))
_NO_DATA: Final = (N_("数据对象不起作用"), N_("请删除；办件数据保存在数据库中，网关只读取约定的变量"))

MENDS: Final[dict[str, tuple[str, str]]] = {
    "scriptTask": _NO_CODE,
    "serviceTask": _NO_CODE,
    "businessRuleTask": _NO_CODE,
    "script": _NO_CODE,
    "timerEventDefinition": _NOT_YET,
    "linkEventDefinition": _IGNORED,
    "compensateEventDefinition": _IGNORED,
    "complexGateway": _USE_EXCLUSIVE,
    "inclusiveGateway": _USE_EXCLUSIVE,
    "eventBasedGateway": _USE_EXCLUSIVE,
    "signalEventDefinition": _USE_MESSAGE,
    "errorEventDefinition": _USE_MESSAGE,
    "escalationEventDefinition": _USE_MESSAGE,
    "conditionalEventDefinition": _USE_MESSAGE,
    "sendTask": _USE_MESSAGE,
    "receiveTask": _USE_MESSAGE,
    "boundaryEvent": _USE_MESSAGE,
    "subProcess": _USE_CALL,
    "transaction": _USE_CALL,
    "adHocSubProcess": _USE_CALL,
    "task": _USE_USER_TASK,
    "manualTask": _USE_USER_TASK,
    "multiInstanceLoopCharacteristics": _USE_PARTICIPANTS,
    "standardLoopCharacteristics": _USE_PARTICIPANTS,
    "participantMultiplicity": _USE_PARTICIPANTS,
    "extensionElements": _NO_EXTENSION,
    "dataObject": _NO_DATA,
    "dataObjectReference": _NO_DATA,
    "dataStore": _NO_DATA,
    "dataStoreReference": _NO_DATA,
    "ioSpecification": _NO_DATA,
}
