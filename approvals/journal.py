"""Writing and reading the journal (操作日志)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .messages import N_
from .tables import Case, CasePart, JournalEntry, Staff

APPLICANT = N_("申请人")
SYSTEM = N_("系统")
ACTS: Mapping[str, str] = {
    "receive": N_("收件"),
    "accept": N_("受理"),
    "deem_accepted": N_("逾期未告知，视为受理"),
    "fix_on_the_spot": N_("当场更正"),
    "not_needed": N_("告知不需要许可"),
    "not_ours": N_("告知不属于本机关职权"),
    "not_accepted": N_("不予受理"),
    "pre_check": N_("预审材料"),
    "raise_defect": N_("提出补正"),
    "drop_defect": N_("撤销补正要求"),
    "issue_correction": N_("发出补正告知"),
    "ask_second_correction": N_("请求同意再次提出补正"),
    "let_second_correction_through": N_("同意再次提出补正"),
    "answer_correction": N_("收到补正答复"),
    "warn_correction": N_("提醒补正期限将满"),
    "deem_withdrawn": N_("逾期未补，视为撤回"),
    "warn_deferral": N_("提醒容缺期限将满"),
    "expire_deferral": N_("容缺期限届满"),
    "complete_missing": N_("补齐欠缺材料"),
    "complete_deferred": N_("补齐容缺材料"),
    "opinion": N_("提交审查意见"),
    "deem_consent": N_("逾期未答复，视为同意"),
    "ask_site_visit": N_("要求现场核查"),
    "appoint_site_visit": N_("约定现场核查"),
    "site_visit": N_("登记核查结果"),
    "collate": N_("汇总意见"),
    "settle": N_("协调不一致的意见"),
    "send_back": N_("退回重审"),
    "add_department": N_("增加征求意见部门"),
    "propose_refusal": N_("告知拟不予许可"),
    "hear_statement": N_("听取陈述申辩"),
    "decide": N_("作出决定"),
    "bar": N_("登记一年内不得再次申请"),
    "propose_extension": N_("提出延期"),
    "extend": N_("批准延期"),
    "propose_procedure": N_("提出特别程序"),
    "start_procedure": N_("批准特别程序，停表"),
    "refuse_procedure": N_("不批准延期或特别程序"),
    "prolong_procedure": N_("重新告知特别程序所需时间"),
    "end_procedure": N_("特别程序结束，恢复计时"),
    "tell_hearing_right": N_("告知听证权利"),
    "waive_hearing": N_("登记书面放弃听证"),
    "ask_hearing": N_("要求听证"),
    "order_hearing": N_("决定依职权举行听证"),
    "appoint_hearing": N_("安排听证"),
    "postpone_hearing": N_("听证改期"),
    "change_chair": N_("更换听证主持人"),
    "record_hearing": N_("登记听证笔录"),
    "withdraw_hearing": N_("撤回听证要求"),
    "issue_permit": N_("制发证照"),
    "choose_path": N_("选择办理方式"),
    "offer_commitment": N_("告知承诺事项"),
    "make_commitment": N_("作出承诺"),
    "decline_commitment": N_("不选择告知承诺"),
    "withdraw_commitment": N_("撤回承诺"),
    "lapse_commitment": N_("逾期未承诺，转一般程序"),
    "open_verification": N_("抄告部门核查"),
    "recount_verification": N_("重新计算核查期限"),
    "check_clause": N_("核查承诺事项"),
    "require_rectification": N_("责令限期整改"),
    "take_rectification": N_("收到整改情况"),
    "verified": N_("核查结束"),
    "close_verification": N_("提前结束核查"),
    "follow_material": N_("收到承诺后补材料"),
    "record_credit": N_("记入信用记录"),
    "repair_credit": N_("信用修复"),
    "open_proceeding": N_("启动监管程序"),
    "tell_facts": N_("告知拟处理的事实和理由"),
    "hear_defence": N_("听取持证人陈述申辩"),
    "decide_proceeding": N_("作出监管决定"),
    "change_permit": N_("证照状态变动"),
    "request_on_permit": N_("受托办理证照变更、延续、补证"),
    "deem_renewed": N_("逾期未决定，视为准予延续"),
    "deliver": N_("送达"),
    "withdraw": N_("申请人撤回"),
    "pay_fee": N_("登记缴费"),
    "waive_fee": N_("减免收费"),
    "claim": N_("认领"),
    "unclaim": N_("放回待认领"),
    "transfer": N_("转办"),
    "handed_over": N_("移交待办"),
    "open_order": N_("发出督办单"),
    "answer_order": N_("答复督办单"),
    "return_order": N_("退回督办答复"),
    "close_order": N_("办结督办单"),
    "urge": N_("催办"),
    "rectify_document": N_("更正文书"),
    "void_document": N_("作废文书"),
    "tick_materials": N_("核对材料"),
    "reveal": N_("查看完整证件号码"),
    "register_applicant": N_("登记申请人"),
    "update_applicant": N_("更新申请人信息"),
    "deactivate_staff": N_("停用人员账户"),
    "reactivate_staff": N_("恢复人员账户"),
    "arrange_stand_in": N_("安排代岗"),
    "end_stand_in": N_("结束代岗"),
    "sign_in": N_("登录"),
    "change_password": N_("修改密码"),
    "lock_account": N_("登录失败次数过多，账户锁定"),
    "first_administrator": N_("建立首个系统管理员"),
    "create_staff": N_("建立人员账户"),
    "reset_password": N_("重置密码"),
    "edit_staff": N_("修改人员信息"),
    "change_roles": N_("调整岗位"),
    "edit_department": N_("修改部门信息"),
    "draft_calendar": N_("起草工作日历"),
    "publish_calendar": N_("发布工作日历"),
    "discard_calendar": N_("丢弃日历草稿"),
}
"""Every act the journal knows, with its label; ``write`` refuses any other."""


def write(
    session: Session,
    act: str,
    *,
    now: datetime,
    staff: Staff | None = None,
    actor: str = "",
    case: Case | None = None,
    part: CasePart | None = None,
    ground: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> JournalEntry:
    """Add one entry. ``before`` and ``after`` are flat and carry masks, never private numbers.

    Raises ``ValueError`` for an act that is not in ``ACTS``: an entry nobody could read.
    """
    if act not in ACTS:
        raise ValueError(act)
    entry = JournalEntry(
        at=now,
        staff_id=staff.id if staff else None,
        actor=staff.name if staff else actor or SYSTEM,
        act=act,
        case_id=case.id if case else None,
        part_id=part.id if part else None,
        ground=ground,
        before=dict(before or {}),
        after=dict(after or {}),
    )
    session.add(entry)
    return entry


def of_case(session: Session, case_id: int) -> Sequence[JournalEntry]:
    """All entries of a case, oldest first."""
    return session.scalars(
        select(JournalEntry).where(JournalEntry.case_id == case_id).order_by(JournalEntry.id)
    ).all()
