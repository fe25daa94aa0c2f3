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
    COMMITTING = "committing", N_("待承诺")
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
    DEEMED_RENEWED = "deemed_renewed", N_("视为准予延续")


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
    COMMITTED = "committed", N_("以承诺代替")
    FOLLOWING = "following", N_("承诺后补交")


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


class Path(Term):
    """The two ways a part is decided (办理方式)."""

    ORDINARY = "ordinary", N_("一般程序")
    COMMITMENT = "commitment", N_("告知承诺")


class CommitmentState(Term):
    """Life of a commitment (告知承诺)."""

    OFFERED = "offered", N_("已告知，待承诺")
    MADE = "made", N_("已承诺")
    DECLINED = "declined", N_("不选择承诺")
    WITHDRAWN = "withdrawn", N_("已撤回承诺")
    LAPSED = "lapsed", N_("逾期未承诺")


class VerificationState(Term):
    """Life of a department's verification (核查) of a commitment."""

    OPEN = "open", N_("待核查")
    RECTIFYING = "rectifying", N_("限期整改")
    MET = "met", N_("核查符合")
    REVOKING = "revoking", N_("拟撤销")
    REVOKED = "revoked", N_("已撤销许可")
    KEPT = "kept", N_("不予撤销")
    CLOSED = "closed", N_("提前结束")


class CheckOutcome(Term):
    """What a check of one clause found (核查结果): unmet and deceit are different findings."""

    MET = "met", N_("符合承诺")
    UNMET = "unmet", N_("不符合承诺")
    DECEIT = "deceit", N_("弄虚作假骗取许可")


class CheckManner(Term):
    """How a clause was checked (核查方式)."""

    ON_SITE = "on_site", N_("现场核查")
    DOCUMENTS = "documents", N_("书面核查")
    DATA = "data", N_("数据比对")


class CreditKind(Term):
    """What a credit record (信用记录) is of."""

    UNMET = "unmet", N_("未履行承诺")
    DECEIT = "deceit", N_("虚假承诺骗取许可")
    FALSE_MATERIALS = "false_materials", N_("提供虚假材料")


class RequestKind(Term):
    """What a case asks for (申请类型): a first permit, or something about one that was issued."""

    NEW = "new", N_("新办")
    CHANGE = "change", N_("变更")
    RENEWAL = "renewal", N_("延续")
    REPLACEMENT = "replacement", N_("补证")


class PermitStatus(Term):
    """Public status of a permit (证照状态)."""

    VALID = "valid", N_("有效")
    SUSPENDED = "suspended", N_("已暂停")
    EXPIRED = "expired", N_("已过有效期")
    CHANGED = "changed", N_("已变更")
    RENEWED = "renewed", N_("已延续")
    REPLACED = "replaced", N_("已补发新证")
    WITHDRAWN = "withdrawn", N_("已撤回")
    REVOKED = "revoked", N_("已撤销")
    CANCELLED = "cancelled", N_("已注销")
    PENAL_REVOKED = "penal_revoked", N_("已吊销")
    VOIDED = "voided", N_("已作废")
