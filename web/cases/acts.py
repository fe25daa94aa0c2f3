"""What the person on this page can do now, each with its form, or with the reason why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from approvals import authority, tasks
from approvals.catalogue import item_of
from approvals.decision import FourEyes
from approvals.hearing_rules import APART_STEPS
from approvals.hearing_words import ChairApart
from approvals.messages import N_
from approvals.queries.case import CaseFile
from approvals.tables import Staff, StatementHearing, Task
from approvals.terms import CaseState, Role

from ..i18n import speak
from ..lamps import Light, light_of_task
from ..navigation import has_page

FORMS = {
    "pre_check": "pre_check",
    "review": "review",
    "site_visit": "site_visit",
    "collate": "collate",
    "issue_correction": "issue_correction",
    "decide": "decide",
    "decide_on_the_spot": "decide",
    "hear_statement": "hear_statement",
    "issue": "issue",
    "issue_parts": "issue",
    "approve_extension": "approve_extension",
    "approve_procedure": "approve_procedure",
    "appoint_hearing": "appoint_hearing",
    "hold_hearing": "hold_hearing",
    "verify": "verify",
    "rectify": "rectify",
    "tell_facts": "proceeding",
    "hear_defence": "proceeding",
    "decide_proceeding": "proceeding",
}
"""Step → template under cases/acts/; steps that stand only at the window are not here."""

AT_THE_DESK = frozenset({
    "check_materials", "answer_correction", "issue_correction", "decide_on_the_spot", "issue", "issue_parts", "deliver",
    "deliver_parts", "deliver_refusal", "notify_commitment", "commit",
})  # fmt: skip
NEXT_ACT = {
    "pre_check": N_("预审材料"),
    "check_materials": N_("审核材料"),
    "answer_correction": N_("收取补正材料"),
    "issue_correction": N_("发出合并补正告知"),
    "review": N_("给出审查意见"),
    "site_visit": N_("登记现场核查结果"),
    "collate": N_("汇总意见"),
    "decide": N_("作出决定"),
    "decide_on_the_spot": N_("当场决定"),
    "hear_statement": N_("登记陈述申辩"),
    "approve_extension": N_("批准延期"),
    "approve_procedure": N_("批准特别程序"),
    "appoint_hearing": N_("安排听证"),
    "hold_hearing": N_("登记听证笔录"),
    "notify_commitment": N_("告知承诺事项"),
    "commit": N_("签署承诺书"),
    "verify": N_("核查承诺事项"),
    "rectify": N_("登记整改情况"),
    "tell_facts": N_("告知拟处理的事实"),
    "hear_defence": N_("听取持证人陈述申辩"),
    "decide_proceeding": N_("作出监管决定"),
    "issue": N_("制证"),
    "issue_parts": N_("单项制证"),
    "deliver": N_("送达"),
    "deliver_parts": N_("送达单项决定"),
    "deliver_refusal": N_("送达不予许可决定"),
}


@dataclass(frozen=True)
class Act:
    """One open task this person may do. ``why`` says what stands in the way; empty where nothing does."""

    task: Task
    words: str
    template: str
    at_desk: bool
    why: str
    light: Light
    stood_in_for: bool
    transferable: bool
    hearing: StatementHearing | None = None

    @property
    def anchor(self) -> str:
        """Where on the page its form stands."""
        return f"task-{self.task.id}"


@dataclass(frozen=True)
class Waiting:
    """One open task that somebody else does."""

    task: Task
    who: str
    light: Light


def acts_of(file: CaseFile, staff: Staff, stood_in_for: Sequence[Staff], now: datetime) -> list[Act]:
    """The open tasks this person may do, by their own posts or for a colleague; the possible ones first."""
    people = [staff, *stood_in_for]
    acts = [_act(file, task, staff, stood_in_for, now) for task in file.open_tasks if _may(people, task)]
    return sorted(acts, key=lambda act: (bool(act.why), act.task.holder_id != staff.id, act.task.id))


def waiting_of(file: CaseFile, staff: Staff, stood_in_for: Sequence[Staff], now: datetime) -> list[Waiting]:
    """The open tasks of others: who has them."""
    people = [staff, *stood_in_for]
    return [
        Waiting(task, task.holder.name if task.holder else _("未认领"), light_of_task(task, now))
        for task in file.open_tasks
        if not _may(people, task)
    ]


def _may(people: Sequence[Staff], task: Task) -> bool:
    return any(authority.may(person, tasks.act_of(task), task.department_id) for person in people)


def _act(file: CaseFile, task: Task, staff: Staff, stood_in_for: Sequence[Staff], now: datetime) -> Act:
    at_window = task.role == Role.WINDOW_CLERK and task.step in AT_THE_DESK
    at_desk = at_window and (has_page("desk.task") or task.step not in FORMS)
    colleague = task.holder_id in {person.id for person in stood_in_for}
    return Act(
        task=task,
        words=_(NEXT_ACT.get(task.step, task.name)),
        template="" if at_desk else f"cases/acts/{FORMS[task.step]}.html",
        at_desk=at_desk,
        why=_why_not(file, task, staff, colleague=colleague),
        light=light_of_task(task, now),
        stood_in_for=colleague,
        transferable=task.holder_id in (None, staff.id)
        or colleague
        or authority.may(staff, "hand_over_tasks", task.department_id),
        hearing=_hearing(file, task),
    )


def _why_not(file: CaseFile, task: Task, staff: Staff, *, colleague: bool) -> str:
    if task.holder_id not in (None, staff.id) and not colleague:
        return str(_("由%(who)s办理中", who=task.holder.name if task.holder else ""))
    if task.step in APART_STEPS and _chairs(file, task, staff):
        return speak(ChairApart.message, {"who": staff.name})
    if task.step == "decide" and task.part is not None and task.part.item is not None:
        reviewed = any(each.part_id == task.part_id and each.officer_id == staff.id for each in file.opinions)
        if reviewed and item_of(task.part.item).four_eyes:
            return speak(FourEyes.message)
    return ""


def _chairs(file: CaseFile, task: Task, staff: Staff) -> bool:
    """Whether this person holds the hearing on the task's part."""
    return any(
        each.step == "hold_hearing" and each.part_id == task.part_id and each.holder_id == staff.id
        for each in file.open_tasks
    )


def _hearing(file: CaseFile, task: Task) -> StatementHearing | None:
    """The last time facts were told for this part."""
    return next((each for each in reversed(file.hearings) if each.part_id == task.part_id), None)


def leads(file: CaseFile, staff: Staff) -> bool:
    """Whether this person may send parts back and add departments now."""
    open_ = file.case.state in (CaseState.REVIEWING, CaseState.COLLATING) and file.case.item.kind == "joint"
    return open_ and authority.may(staff, "send_back", file.case.department_id)
