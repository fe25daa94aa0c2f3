"""Words for the codes a case page shows: acts of the journal, papers, messages, fees."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from flask_babel import gettext, ngettext

from approvals import clock
from approvals.calendar import Skipped
from approvals.commitment_signing import Capacity, Manner
from approvals.delivery import MANNERS
from approvals.journal import ACTS
from approvals.messages import N_
from approvals.terms import CheckManner, CheckOutcome, CreditKind, Path, ProcedureKind

from ..i18n import clauses, listed

CHANGES: Mapping[str, str] = {
    "number": N_("编号"), "state": N_("状态"), "item": N_("事项"), "applicant": N_("申请人"), "parts": N_("单项"),
    "document": N_("文书"), "reasons": N_("理由"), "kind": N_("种类"), "round": N_("轮次"), "holder": N_("经办人"),
    "step": N_("环节"), "defects": N_("补正项数"), "lines": N_("合并后项数"), "answer_by": N_("答复期限"), "moves_acceptance": N_("是否影响受理时间"),
    "answer": N_("答复"), "material": N_("材料"), "problem": N_("问题"), "departments": N_("部门"),
    "department": N_("部门"), "why": N_("缘由"), "at": N_("时间"), "place": N_("地点"), "passed": N_("是否合格"),
    "second_officer": N_("第二核查人"), "finding": N_("核查结果"), "conflicts": N_("不一致意见数"),
    "result": N_("结果"), "facts": N_("事实"), "made": N_("是否提出"), "waived": N_("书面放弃"), "statement": N_("陈述申辩"),
    "assessment": N_("复核意见"), "granted": N_("是否准予"), "until": N_("截止"), "fee": N_("收费项目"),
    "amount": N_("金额"), "receipt": N_("票据号"), "originals": N_("原件"), "copies": N_("复印件"),
    "fixes": N_("更正内容"), "competent_body": N_("有权机关"), "manner": N_("送达方式"), "recipient": N_("收件人"),
    "days": N_("天数"), "body": N_("进行单位"), "chair": N_("主持人"), "recorder": N_("记录人"), "signatures": N_("参加人数"),
    "name": N_("姓名"), "phone": N_("电话"), "permit": N_("证照"), "papers": N_("送达件数"),
    "late": N_("是否逾期"), "clause": N_("承诺事项"), "check_manner": N_("核查方式"), "outcome": N_("核查结果"),
    "evidence": N_("证据份数"), "act": N_("处理"), "hearing_by": N_("要求听证期限"), "version": N_("版本"),
    "status": N_("证照状态"), "clauses": N_("承诺事项数"), "sign_by": N_("签署截止"), "signatory": N_("签署人"),
    "capacity": N_("签署身份"), "signed": N_("签署方式"), "path": N_("办理方式"), "by": N_("补交期限"),
}  # fmt: skip
"""Names of what an act changed."""

VALUES: Mapping[str, str] = {
    "agree": N_("同意"), "disagree": N_("不同意"), "agree_pass_up": N_("同意但需转报"), "True": N_("是"),
    "False": N_("否"), "review": N_("审查"), "site_visit": N_("现场核查"), "pre_check": N_("预审材料"),
    "decide": N_("作出决定"), "collate": N_("汇总意见"), "issue": N_("制证"), "deliver": N_("送达"),
    "hear_statement": N_("陈述申辩"), "check_materials": N_("审核材料"), "issue_correction": N_("合并补正要求"),
    "answer_correction": N_("等待申请人补正"), "draft": N_("窗口登记中"), "checking": N_("收件待审"),
    "correcting": N_("待补正"), "reviewing": N_("审查中"), "collating": N_("牵头汇总"), "deciding": N_("作出决定"),
    **{kind.value: kind.label for kind in ProcedureKind}, "approve_extension": N_("批准延期"),
    "approve_procedure": N_("批准特别程序"), "appoint_hearing": N_("安排听证"), "hold_hearing": N_("登记听证笔录"),
    **{one.value: one.label for one in (*CheckManner, *CheckOutcome, *CreditKind)}, "verify": N_("承诺核查"),
    "rectify": N_("限期整改"), "tell_facts": N_("告知拟处理的事实"), "hear_defence": N_("听取持证人陈述申辩"),
    **{one.value: one.label for one in (*Capacity, *Manner, *Path)}, "committing": N_("待承诺"), "commit": N_("作出承诺"),
    "decide_proceeding": N_("作出监管决定"), "issuing": N_("制证"), "delivering": N_("待送达"), "ended": N_("已办结"), **MANNERS,
}  # fmt: skip
"""Values of those changes that are codes."""

DEFECT_STATES = {"raised": N_("待合并告知"), "asked": N_("已告知申请人"), "answered": N_("申请人已答复")}
DOCUMENT_STATUS = {"valid": N_("有效"), "rectified": N_("已更正"), "voided": N_("已作废")}
MESSAGE_STATES = {
    "waiting": N_("待发送"),
    "sent": N_("已发送"),
    "recorded": N_("已记录"),
    "failed": N_("未送达"),
}
CHANNELS = {"mail": N_("邮件"), "sms": N_("短信"), "inbox": N_("站内")}
FEE_STATES = {"due": N_("待缴"), "paid": N_("已缴"), "waived": N_("已减免")}


def act_words(code: str) -> str:
    """The act in the reader's language."""
    return str(gettext(ACTS.get(code, code)))


def change_words(name: str) -> str:
    """What was changed, in the reader's language."""
    return str(gettext(CHANGES.get(name, name)))


def value_words(value: object) -> str:
    """A value of a change in words; what is no code stands as it is."""
    text = str(value)
    return str(gettext(VALUES[text])) if text in VALUES else text


def case_number(number: str | None) -> str:
    """``330110 008 20261116 00017``: region, department, day, serial."""
    if not number or len(number) != 22:
        return number or ""
    return f"{number[:6]} {number[6:9]} {number[9:17]} {number[17:]}"


def local_minute(value: datetime | None) -> str:
    """An instant as a date and time control takes it: ``2026-11-25T09:30``, at the centre."""
    return clock.local(value).strftime("%Y-%m-%dT%H:%M") if value else ""


def skipped_words(days: Sequence[Skipped]) -> str:
    """Days not counted, by reason: a few by date (``元旦 01-01、01-02``), many by their number."""
    by_reason: dict[str, list[date]] = defaultdict(list)
    for skipped in days:
        by_reason[skipped.reason].append(skipped.day)
    return clauses(f"{gettext(reason)} {_dates(own)}" for reason, own in by_reason.items())


def _dates(days: Sequence[date]) -> str:
    if len(days) > MOST_DATES:
        return str(ngettext("%(num)s 天", "%(num)s 天", len(days)))
    return listed(f"{day:%m-%d}" for day in days)


GRANT_REASONS = "申请符合法定条件、标准"
"""What the form of a decision offers as its reasons: Chinese in any language, as the document will be."""
MOST_DATES = 4
