"""The words of the field: one English code for each thing, with its Chinese label as message id."""

from enum import StrEnum
from typing import Self

from .messages import N_


class Term(StrEnum):
    """A code that is a string, with the message id of its label."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        """Build a member from its code and label; a look-up by code alone needs no label."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member


class Role(Term):
    """Posts (岗位) a member of staff can hold."""

    WINDOW_CLERK = "window_clerk", N_("窗口人员")
    OFFICER = "officer", N_("审查人员")
    HEAD = "head", N_("部门负责人")
    LEAD_OFFICER = "lead_officer", N_("牵头人员")
    GOVERNMENT_HEAD = "government_head", N_("政府负责人（或书面受托人）")
    SUPERVISOR = "supervisor", N_("效能监察")
    ADMINISTRATOR = "administrator", N_("系统管理员")


class ItemKind(Term):
    """Kinds of service item (办件类型)."""

    INSTANT = "instant", N_("即办件")
    COMMITTED = "committed", N_("承诺件")
    JOINT = "joint", N_("联办件")


class CaseState(Term):
    """Where a case (办件) stands as a whole."""

    DRAFT = "draft", N_("窗口登记中")
    CHECKING = "checking", N_("收件待审")
    CORRECTING = "correcting", N_("待补正")
    REVIEWING = "reviewing", N_("审查中")
    COLLATING = "collating", N_("牵头汇总")
    DECIDING = "deciding", N_("作出决定")
    ISSUING = "issuing", N_("制证")
    DELIVERING = "delivering", N_("待送达")
    ENDED = "ended", N_("已办结")


ACCEPTED_STATES = (
    CaseState.REVIEWING,
    CaseState.COLLATING,
    CaseState.DECIDING,
    CaseState.ISSUING,
    CaseState.DELIVERING,
)
"""A case that was accepted and has not ended: only now are fees due and deferred materials awaited."""


class Outcome(Term):
    """How a case ended (办理结果)."""

    GRANTED = "granted", N_("准予许可")
    PARTLY_GRANTED = "partly_granted", N_("部分准予")
    REFUSED = "refused", N_("不予许可")
    NOT_ACCEPTED = "not_accepted", N_("不予受理")
    NOT_NEEDED = "not_needed", N_("不需要许可")
    NOT_OURS = "not_ours", N_("不属于本机关职权")
    WITHDRAWN = "withdrawn", N_("申请人撤回")
    DEEMED_WITHDRAWN = "deemed_withdrawn", N_("视为撤回")


class PartState(Term):
    """Where one department's part (单项) of a case stands."""

    PENDING = "pending", N_("尚未开始")
    CHECKING = "checking", N_("预审材料")
    REVIEWING = "reviewing", N_("审查")
    OPINED = "opined", N_("已提交意见")
    DECIDING = "deciding", N_("待决定")
    GRANTED = "granted", N_("准予")
    REFUSED = "refused", N_("不予")
    CLOSED = "closed", N_("已完成")
    CANCELLED = "cancelled", N_("已终止")


class OpinionKind(Term):
    """The only three opinions (审查意见) of a joint review."""

    AGREE = "agree", N_("同意")
    DISAGREE = "disagree", N_("不同意")
    AGREE_PASS_UP = "agree_pass_up", N_("同意但需转报")


class TaskState(Term):
    """Life of a task (待办)."""

    OPEN = "open", N_("待办")
    DONE = "done", N_("已办")
    CANCELLED = "cancelled", N_("已取消")


class MaterialState(Term):
    """What the clerk ticked for one material (材料核对)."""

    MISSING = "missing", N_("未交")
    RECEIVED = "received", N_("已收")
    SHARED = "shared", N_("部门共享，免交")
    DEFERRED = "deferred", N_("容缺")
    DEFECTIVE = "defective", N_("不合格")
    NOT_APPLICABLE = "not_applicable", N_("不适用")


class Lamp(Term):
    """Lamps (红黄绿灯) of a deadline."""

    GREEN = "green", N_("绿灯")
    YELLOW = "yellow", N_("黄灯")
    RED = "red", N_("红灯")
    RED_ORDER = "red_order", N_("红灯·督办")
    PAUSED = "paused", N_("停表")
    NONE = "none", N_("未起算")


class ProcedureKind(Term):
    """Special procedures (特别程序): an extension (42), or what article 45 does not count."""

    EXTENSION = "extension", N_("延期")
    HEARING = "hearing", N_("听证")
    TENDER = "tender", N_("招标")
    AUCTION = "auction", N_("拍卖")
    INSPECTION = "inspection", N_("检验")
    TESTING = "testing", N_("检测")
    QUARANTINE = "quarantine", N_("检疫")
    APPRAISAL = "appraisal", N_("鉴定")
    EXPERT_REVIEW = "expert_review", N_("专家评审")


class ProcedureState(Term):
    """Life of a special procedure."""

    PROPOSED = "proposed", N_("待批准")
    RUNNING = "running", N_("进行中")
    ENDED = "ended", N_("已结束")
    GRANTED = "granted", N_("已批准")
    REFUSED = "refused", N_("未批准")
    CANCELLED = "cancelled", N_("已取消")


class PermitStatus(Term):
    """Public status of a permit (证照状态)."""

    VALID = "valid", N_("有效")
    EXPIRED = "expired", N_("已过有效期")
    VOIDED = "voided", N_("已作废")
