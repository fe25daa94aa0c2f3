"""Who may do which act: one table, default deny.

``department`` in the table says where a role counts: ``own`` only in the officer's own department
(the part's, or the lead's for acts of the lead), ``any`` in every department, because the window
serves them all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from . import clock
from .errors import Forbidden
from .messages import N_
from .tables import Case, CasePart, Staff, StandIn, Verification
from .terms import CaseState, Role


@dataclass(frozen=True)
class Right:
    """One line of the table: the act's label, the roles that may do it, and where."""

    label: str
    roles: frozenset[Role]
    department: str = "own"


def _right(label: str, *roles: Role, department: str = "own") -> Right:
    return Right(label, frozenset(roles), department)


_CLERK, _OFFICER, _HEAD, _LEAD = Role.WINDOW_CLERK, Role.OFFICER, Role.HEAD, Role.LEAD_OFFICER
_STAFF = (_CLERK, _OFFICER, _HEAD, _LEAD, Role.GOVERNMENT_HEAD, Role.SUPERVISOR)

RIGHTS: dict[str, Right] = {
    "intake": _right(N_("窗口收件与受理"), _CLERK, department="any"),
    "check_materials": _right(N_("审核材料"), _CLERK, department="any"),
    "answer_correction": _right(N_("收取补正材料"), _CLERK, department="any"),
    "pre_check": _right(N_("预审材料"), _OFFICER),
    "review": _right(N_("审查"), _OFFICER),
    "raise_defect": _right(N_("提出补正"), _OFFICER),
    "site_visit": _right(N_("现场核查"), _OFFICER),
    "issue_correction": _right(N_("发出补正告知"), _CLERK, department="any"),
    "let_second_correction_through": _right(N_("同意再次提出补正"), Role.SUPERVISOR, department="any"),
    "issue_correction_as_lead": _right(N_("发出补正告知"), _LEAD),
    "collate": _right(N_("汇总意见"), _LEAD),
    "add_department": _right(N_("增加征求意见部门"), _LEAD),
    "send_back": _right(N_("退回重审"), _LEAD),
    "decide": _right(N_("作出决定"), _HEAD),
    "decide_on_the_spot": _right(N_("当场决定"), _CLERK, department="any"),
    "hear_statement": _right(N_("听取陈述申辩"), _OFFICER),
    "hear_statement_at_window": _right(N_("听取陈述申辩"), _CLERK, department="any"),
    "propose_extension": _right(N_("提出延期"), _OFFICER),
    "propose_extension_of_case": _right(N_("提出整件延期"), _LEAD),
    "approve_extension": _right(N_("批准延期"), _HEAD),
    "approve_extension_of_case": _right(N_("批准整件延期"), Role.GOVERNMENT_HEAD, department="any"),
    "propose_procedure": _right(N_("提出特别程序"), _OFFICER),
    "approve_procedure": _right(N_("批准特别程序"), _HEAD),
    "end_procedure": _right(N_("登记特别程序结束"), _OFFICER, _HEAD),
    "tell_hearing_right": _right(N_("告知听证权利"), _OFFICER, _HEAD),
    "take_hearing_request": _right(N_("登记听证要求"), _CLERK, department="any"),
    "order_hearing": _right(N_("决定举行听证"), _OFFICER, _HEAD),
    "appoint_hearing": _right(N_("安排听证"), _HEAD),
    "chair_hearing": _right(N_("主持听证"), _OFFICER, _HEAD, _LEAD),
    "hold_hearing": _right(N_("举行听证并登记笔录"), _OFFICER, _HEAD, _LEAD),
    "issue": _right(N_("制证"), _CLERK, department="any"),
    "issue_joint": _right(N_("制证"), _LEAD),
    "deliver": _right(N_("送达"), _CLERK, department="any"),
    "withdraw": _right(N_("办理撤回"), _CLERK, department="any"),
    "take_fee": _right(N_("登记缴费"), _CLERK, department="any"),
    "waive_fee": _right(N_("减免收费"), _HEAD),
    "rectify_document": _right(N_("更正或作废文书"), _HEAD),
    "hand_over_tasks": _right(N_("移交待办"), _HEAD),
    "see_cases": _right(N_("查看办件"), *_STAFF, department="any"),
    "reveal": _right(N_("查看完整证件号码"), _CLERK, _OFFICER, _HEAD, _LEAD, department="any"),
    "see_board": _right(N_("查看时限监察"), Role.SUPERVISOR, Role.GOVERNMENT_HEAD, department="any"),
    "see_own_board": _right(N_("查看本部门时限"), _HEAD),
    "supervise": _right(N_("督办"), Role.SUPERVISOR, department="any"),
    "answer_order": _right(N_("答复督办单"), _HEAD),
    "urge": _right(N_("催办"), Role.SUPERVISOR, department="any"),
    "urge_own": _right(N_("催办"), _HEAD),
    "urge_as_lead": _right(N_("催办"), _LEAD),
    "urge_as_clerk": _right(N_("催办"), _CLERK, department="any"),
    "commit": _right(N_("办理告知承诺"), _CLERK, department="any"),
    "verify": _right(N_("承诺核查"), _OFFICER),
    "take_rectification": _right(N_("登记整改情况"), _OFFICER),
    "take_rectification_at_window": _right(N_("登记整改情况"), _CLERK, department="any"),
    "close_verification": _right(N_("提前结束核查"), _HEAD),
    "follow_material": _right(N_("收取承诺后补材料"), _CLERK, department="any"),
    "repair_credit": _right(N_("信用修复"), _HEAD),
    "see_register": _right(N_("查看证照登记簿"), *_STAFF, department="any"),
    "see_credit": _right(
        N_("查看信用记录"), _CLERK, _OFFICER, _HEAD, _LEAD, Role.SUPERVISOR, department="any"
    ),
    "request_on_permit": _right(N_("办理变更、延续、补证申请"), _CLERK, department="any"),
    "tell_facts": _right(N_("告知拟处理的事实"), _OFFICER),
    "hear_defence": _right(N_("听取持证人陈述申辩"), _OFFICER),
    "decide_proceeding": _right(N_("作出监管决定"), _HEAD),
    "lift_suspension": _right(N_("恢复证照效力"), _HEAD),
    "cancel_permit": _right(N_("注销证照"), _HEAD),
    "administer": _right(N_("系统管理"), Role.ADMINISTRATOR, department="any"),
    "manage_calendar": _right(N_("维护工作日历"), Role.ADMINISTRATOR, department="any"),
}


def may(staff: Staff, act: str, department_id: int | None = None) -> bool:
    """Whether ``staff`` may do ``act``; an act that is not in the table nobody may do."""
    right = RIGHTS.get(act)
    if right is None or not staff.active:
        return False
    if right.department == "own" and department_id != staff.department_id:
        return False
    return any(staff.has(role) for role in right.roles)


def require(staff: Staff, act: str, department_id: int | None = None) -> None:
    """Raise ``Forbidden`` unless ``staff`` may do ``act`` in that department."""
    if not may(staff, act, department_id):
        raise Forbidden(act=RIGHTS[act].label if act in RIGHTS else act)


def stands_in_for(session: Session, staff: Staff, now: datetime) -> list[Staff]:
    """The colleagues whose tasks ``staff`` may do today (AB 岗)."""
    today = clock.local_day(now)
    return list(
        session.scalars(
            select(Staff)
            .join(StandIn, StandIn.staff_id == Staff.id)
            .where(
                StandIn.stand_in_id == staff.id,
                StandIn.ended_at.is_(None),
                StandIn.first_day <= today,
                StandIn.last_day >= today,
            )
        )
    )


def acting_for(session: Session, staff: Staff, act: str, department_id: int | None, now: datetime) -> Staff:
    """Whose right is used: the officer's own, or that of a colleague stood in for.

    Raises ``Forbidden`` where neither has it.
    """
    if may(staff, act, department_id):
        return staff
    for colleague in stands_in_for(session, staff, now):
        if may(colleague, act, department_id):
            return colleague
    raise Forbidden(act=RIGHTS[act].label if act in RIGHTS else act)


def visible_cases(staff: Staff) -> ColumnElement[bool]:
    """The cases a person may see, as a condition on ``Case``.

    Windows and supervision see all that were handed in; departments those they take part in;
    a draft is seen by its clerk alone; administrators see none.
    """
    own_draft = and_(Case.state == CaseState.DRAFT, Case.clerk_id == staff.id)
    if not may(staff, "see_cases"):
        return false()
    if _sees_all(staff):
        return or_(Case.state != CaseState.DRAFT, own_draft)
    concerned = or_(
        Case.department_id == staff.department_id,
        select(CasePart.id)
        .where(CasePart.case_id == Case.id, CasePart.department_id == staff.department_id)
        .exists(),
        select(Verification.id)
        .where(Verification.case_id == Case.id, Verification.department_id == staff.department_id)
        .exists(),
    )
    return and_(Case.state != CaseState.DRAFT, concerned)


def sees(session: Session, staff: Staff, case: Case, part_departments: Iterable[int]) -> bool:
    """Whether a person may see a case that is loaded: by its parts, or because the department verifies a commitment."""
    if may_see(staff, case, part_departments):
        return True
    verify = select(Verification.department_id).where(Verification.case_id == case.id)
    return case.state != CaseState.DRAFT and may_see(staff, case, session.scalars(verify))


def may_see(staff: Staff, case: Case, part_departments: Iterable[int]) -> bool:
    """The same rule for one case that is already loaded, by the departments of its parts."""
    if case.state == CaseState.DRAFT:
        return case.clerk_id == staff.id and may(staff, "intake")
    if not may(staff, "see_cases"):
        return False
    return _sees_all(staff) or staff.department_id in {case.department_id, *part_departments}


def _sees_all(staff: Staff) -> bool:
    return any(staff.has(role) for role in (Role.WINDOW_CLERK, Role.SUPERVISOR, Role.GOVERNMENT_HEAD))
