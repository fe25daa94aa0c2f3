"""Every act of the spine with arguments right and wrong, drawn by hypothesis: used by the state machine."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from approvals import corrections, tasks
from approvals.corrections import DefectInput
from approvals.decision import Ruling
from approvals.delivery import Service
from approvals.papers import Fix
from approvals.tables import Case, SiteVisit, Staff, Task
from approvals.terms import MaterialState, OpinionKind, Outcome
from processes.steps import (
    checking,
    closing,
    decisions,
    departments,
    lead,
    second_correction,
    turning_away,
    window,
)
from tests import special_acts
from web.demo.centre import Centre

Draw = Callable[[st.SearchStrategy[Any]], Any]
REASONS = st.sampled_from(["", "  ", "理由充分（示例）", "理由充分（示例）"])
DEFECTS = st.sampled_from([[], [DefectInput("", "签名不清")], [DefectInput("premises_plan", "未标注出口")]])
ARTICLES = "《中华人民共和国行政许可法》第三十八条"
ANSWERS = (
    turning_away.Answer(Outcome.NOT_ACCEPTED, "不符合受理条件", ARTICLES),
    turning_away.Answer(Outcome.NOT_NEEDED, "无须许可"),
    turning_away.Answer(Outcome.NOT_OURS, "不属本机关", competent_body="邻县市场监督管理局（示例）"),
    turning_away.Answer(Outcome.NOT_OURS, "不属本机关"),
    turning_away.Answer(Outcome.GRANTED, "不是这里的结果"),
    turning_away.Answer(Outcome.NOT_ACCEPTED, ""),
)
SERVICES = (
    Service("in_person", "赵某某（示例）", "6 号窗口", signature="赵某某（示例）"),
    Service("in_person", "赵某某（示例）", "6 号窗口", signature="赵某某（示例）"),
    Service("in_person", "赵某某（示例）", "6 号窗口"),
    Service("post", "赵某某（示例）", "示例路 18 号", tracking="示例 001"),
    Service("left", "赵某某（示例）", "示例路 18 号", refusal="拒绝签收"),
    Service("pigeon", "赵某某（示例）", "屋顶"),
)


def anybody(centre: Centre, draw: Draw) -> Staff:
    """Some member of staff, mostly not the right one."""
    return centre.staff[draw(st.sampled_from(sorted(centre.staff)))]


def with_task(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    """What ``staff`` may try with a task: mostly its own step, at times another's."""
    step = task.step if draw(st.integers(0, 9)) else draw(st.sampled_from(sorted(TASK_ACTS)))
    act = draw(st.sampled_from(TASK_ACTS[step]))
    act(centre, task, staff, version, draw)


def _pre_check(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    departments.pre_check(centre.session, task.id, version, staff, draw(DEFECTS), centre.now)


def _check_materials(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    outcome = draw(
        st.sampled_from(["accepted", "accepted", "deferred", "correction", "not_accepted", "granted"])
    )
    answer = draw(st.sampled_from(ANSWERS)) if outcome == "not_accepted" else None
    checking.check_materials(
        centre.session, task.id, version, staff, outcome, centre.calendar, centre.now,
        answer=answer, extra=draw(DEFECTS) if outcome == "correction" else (),
    )  # fmt: skip


def _ask_supervision(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    second_correction.ask_supervision(centre.session, task.id, version, staff, centre.now, draw(DEFECTS))


def _answer(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    text = draw(st.sampled_from(["", "已补交", "已补交"]))
    checking.answer_correction(centre.session, task.id, version, staff, text, centre.now)


def _review(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    kind = draw(st.sampled_from([OpinionKind.AGREE, OpinionKind.AGREE, *OpinionKind]))
    departments.review(centre.session, task.id, version, staff, kind, draw(REASONS), "", centre.now)


def _save_draft(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    kind = draw(st.sampled_from(list(OpinionKind)))
    departments.save_draft(centre.session, task.id, version, staff, kind, draw(REASONS), "", centre.now)


def _ask_visit(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    departments.ask_site_visit(centre.session, task.id, version, staff, centre.now)


def _request_correction(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    departments.request_correction(centre.session, task.id, version, staff, draw(DEFECTS), centre.now)


def _record_finding(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    colleagues = [one for one in centre.staff.values() if one.department_id == task.department_id]
    second = draw(st.sampled_from(colleagues)) if colleagues else anybody(centre, draw)
    passed, text = draw(st.booleans()), draw(REASONS)
    departments.record_finding(
        centre.session, task.id, version, staff, second, text, centre.now, passed=passed
    )


def _issue_correction(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    checking.issue_correction(centre.session, task.id, version, staff, centre.calendar, centre.now)


def _collate(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    lead.collate(centre.session, task.id, version, staff, draw(REASONS), draw(REASONS), centre.now)


def _decide(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    granted = draw(st.integers(0, 2)) > 0
    ruling = Ruling(
        granted, draw(REASONS), draw(st.sampled_from(["", ARTICLES])), false_materials=draw(st.booleans())
    )
    decisions.decide(centre.session, task.id, version, staff, ruling, centre.now)


def _propose(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    decisions.propose_refusal(
        centre.session, task.id, version, staff, draw(REASONS), "不符合条件", ARTICLES, centre.now
    )


def _hear(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    statement, assessment = draw(REASONS), draw(REASONS)
    decisions.hear_statement(
        centre.session, task.id, version, staff, statement, assessment, centre.now, waived=draw(st.booleans()),
        hearing_waived=draw(st.booleans()),
    )  # fmt: skip


def _issue(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    closing.issue(centre.session, task.id, version, staff, centre.now)


def _deliver(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    second = draw(st.sampled_from([None, staff, centre.staff["wangyu"]]))
    service = draw(st.sampled_from(SERVICES))
    closing.deliver(centre.session, task.id, version, staff, second, service, centre.now)


TASK_ACTS: dict[str, list[Callable[[Centre, Task, Staff, int | None, Draw], None]]] = {
    "pre_check": [_pre_check],
    "check_materials": [_check_materials, _check_materials, _ask_supervision],
    "answer_correction": [_answer],
    "review": [_review, _review, _review, _save_draft, _ask_visit, _request_correction],
    "site_visit": [_record_finding, _record_finding, _request_correction],
    "issue_correction": [_issue_correction],
    "collate": [_collate],
    "decide": [_decide, _decide, _propose],
    "decide_on_the_spot": [_decide, _decide, _propose],
    "hear_statement": [_hear],
    "approve_extension": [special_acts.rule],
    "approve_procedure": [special_acts.rule],
    "appoint_hearing": [special_acts.appoint],
    "hold_hearing": [special_acts.record, special_acts.record, special_acts.postpone],
    "issue": [_issue],
    "issue_parts": [_issue],
    "deliver": [_deliver],
    "deliver_parts": [_deliver],
    "deliver_refusal": [_deliver],
}


def begin(centre: Centre, case: Case, staff: Staff, draw: Draw) -> None:
    """What a clerk may do with a draft, or try to do a second time with a case."""
    session, calendar, now = centre.session, centre.calendar, centre.now
    way = draw(st.sampled_from(["accept", "accept", "receive", "correct", "turn_away", "deferral", "fixes"]))
    if way == "receive":
        window.receive(session, case.id, staff, calendar, now)
    elif way == "correct":
        window.correct_at_window(session, case.id, staff, calendar, now, draw(DEFECTS))
    elif way == "turn_away":
        window.turn_away(session, case.id, staff, draw(st.sampled_from(ANSWERS)), calendar, now)
    else:
        fixes = [Fix("申请表", "2025 年", "2026 年")] if way == "fixes" else []
        window.accept(session, case.id, staff, calendar, now, deferral=way == "deferral", fixes=fixes)


def of_lead(centre: Centre, case: Case, staff: Staff, draw: Draw) -> None:
    """Send back any part, or add any department."""
    if draw(st.booleans()) and case.parts:
        part = draw(st.sampled_from(case.parts))
        lead.send_back(centre.session, part.id, staff, draw(REASONS), centre.now)
    else:
        code = draw(st.sampled_from(["001", "002", "003", "005", "006", "008", "999"]))
        lead.add_department(centre.session, case.id, code, staff, draw(REASONS), centre.now)


def of_money(centre: Centre, case: Case, staff: Staff, draw: Draw) -> None:
    """Pay or waive a fee, listed or not."""
    code = draw(st.sampled_from([*(fee.code for fee in case.fees), "unlisted"]))
    if draw(st.integers(0, 3)):
        closing.pay_fee(
            centre.session, case.id, code, draw(st.sampled_from(["", "票据 1", "票据 2"])), staff, centre.now
        )
    else:
        closing.waive_fee(centre.session, case.id, code, draw(REASONS), staff, centre.now)


def of_visit(centre: Centre, case: Case, staff: Staff, draw: Draw) -> None:
    """Appoint a visit somebody asked for."""
    visits = centre.session.scalars(select(SiteVisit.id).where(SiteVisit.case_id == case.id)).all()
    when = centre.now + timedelta(days=draw(st.integers(-1, 2)))
    visit_id = draw(st.sampled_from([*visits, *visits, 10_000]))
    departments.appoint_site_visit(centre.session, visit_id, staff, when, "示例路 18 号", centre.now)


def of_holder(centre: Centre, task: Task, staff: Staff, draw: Draw) -> None:
    """Claim, put back or transfer a task."""
    way = draw(st.sampled_from(["claim", "unclaim", "transfer"]))
    if way == "transfer":
        tasks.transfer(centre.session, task.id, staff, anybody(centre, draw), centre.now)
    else:
        getattr(tasks, way)(centre.session, task.id, staff, centre.now)


def of_defects(centre: Centre, case: Case, staff: Staff, draw: Draw) -> None:
    """Drop a defect nobody has told yet."""
    waiting = corrections.waiting_defects(centre.session, case.id)
    defect_id = draw(st.sampled_from([*(defect.id for defect in waiting), 10_000]))
    checking.drop_defect(centre.session, case, defect_id, staff, draw(REASONS), centre.now)


def of_second_correction(centre: Centre, case: Case, staff: Staff, draw: Draw) -> None:
    """Supervision, or somebody else, lets a defect through that was visible the first time."""
    waiting = corrections.waiting_defects(centre.session, case.id)
    defect_id = draw(st.sampled_from([*(defect.id for defect in waiting), 10_000]))
    second_correction.let_through(centre.session, case.id, defect_id, staff, draw(REASONS), centre.now)


def of_deferred(centre: Centre, case: Case, staff: Staff, draw: Draw) -> None:
    """A material that was to follow arrives, or not all of it."""
    code = draw(st.sampled_from([material.code for material in case.materials]))
    checking.complete_deferred(
        centre.session, case.id, code, draw(st.integers(0, 2)), draw(st.integers(0, 2)), staff, centre.now
    )


def hand_in(centre: Centre, case: Case, draw: Draw) -> None:
    """Leave something out of what was handed in, defer it, or complete it."""
    way = draw(st.sampled_from(["missing", "deferred", "all", "all"]))
    material = draw(st.sampled_from(case.materials))
    if way == "all":
        centre.tick_all(case)
    elif way == "missing":
        material.state = MaterialState.MISSING
    elif material.line["necessity"] == "may_follow":
        material.state = MaterialState.DEFERRED


def one_stage_on(centre: Centre, case: Case) -> None:
    """What happens on most days: everybody concerned does the plain thing, and the case is one stage further."""
    step = tasks.open_tasks(centre.session, case.id)[0].step
    if step in PLAIN:
        PLAIN[step](centre, case)


def _checked(centre: Centre, case: Case) -> None:
    centre.tick_all(case)
    centre.check(case, "accepted")


def _found(centre: Centre, case: Case) -> None:
    for task in tasks.open_tasks(centre.session, case.id, "site_visit"):
        first = task.holder or centre.who(task)
        second = next(
            one for one in centre.staff.values() if one.department_id == first.department_id and one != first
        )
        departments.record_finding(
            centre.session, task.id, None, first, second, "符合", centre.now, passed=True
        )


def _heard(centre: Centre, case: Case) -> None:
    for task in tasks.open_tasks(centre.session, case.id, "hear_statement"):
        staff = task.holder or centre.who(task)
        decisions.hear_statement(
            centre.session, task.id, None, staff, "", "未作陈述", centre.now, waived=True, hearing_waived=True
        )


def _complete_deferred(centre: Centre, case: Case) -> None:
    for material in case.materials:
        if material.state == MaterialState.DEFERRED:
            line, clerk = material.line, centre.staff["linxiao"]
            numbers = (line["originals"], line["copies"])
            checking.complete_deferred(centre.session, case.id, material.code, *numbers, clerk, centre.now)


def _granted(centre: Centre, case: Case) -> None:
    _complete_deferred(centre, case)
    special_acts.all_ended(centre, case)
    centre.grant_all(case)


def _issued(centre: Centre, case: Case) -> None:
    centre.pay_fees(case)
    centre.issue(case)


PLAIN: dict[str, Callable[[Centre, Case], object]] = {
    "pre_check": lambda centre, case: centre.pre_check(case),
    "check_materials": _checked,
    "answer_correction": lambda centre, case: centre.answer(case, "已补交"),
    "review": lambda centre, case: centre.opine_all(case),
    "site_visit": _found,
    "collate": lambda centre, case: centre.collate(case, "已协调一致", "各部门书面同意"),
    "decide": _granted,
    "decide_on_the_spot": lambda centre, case: centre.decide_on_the_spot(case),
    "hear_statement": _heard,
    "approve_extension": special_acts.approved,
    "approve_procedure": special_acts.approved,
    "appoint_hearing": special_acts.appointed,
    "hold_hearing": special_acts.held,
    "issue": _issued,
    "issue_parts": _issued,
    "deliver": lambda centre, case: centre.deliver(case),
    "deliver_parts": lambda centre, case: centre.deliver(case),
    "deliver_refusal": lambda centre, case: centre.deliver(case),
}
