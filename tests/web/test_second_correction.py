"""A second correction notice at the desk and under supervision; what silence accepted without is brought later."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from approvals import corrections, intake, tasks
from approvals.corrections import DefectInput
from approvals.tables import Case, Defect, Task
from approvals.terms import CaseState, MaterialState
from processes.steps import checking, silence
from tests.centre import HOT_POT
from tests.web.office import RESTAURANT, Office, office
from web.demo.centre import Centre

__all__ = ["office"]
LATER = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # the five days from Monday 23 November are over


def second(office: Office) -> tuple[int, int, int]:
    """A case whose second pre-check found what the first notice did not name: case, task, defect."""
    with office.work() as centre:
        case = centre.receive(centre.draft(RESTAURANT, HOT_POT))
        centre.pre_check(case, {"shop_sign": [DefectInput("sign_rendering", "缺夜间效果图", "补交")]})
        centre.check(case, "correction")
        centre.answer(case, "已补交")
        centre.pre_check(case, {"fire_inspection": [DefectInput("premises_plan", "未标注安全出口", "标注")]})
        defect = corrections.waiting_defects(centre.session, case.id)[0]
        return case.id, centre.task(case, "check_materials").id, defect.id


def state(office: Office, case_id: int) -> tuple[str, list[str]]:
    with office.work() as centre:
        case = centre.session.get_one(Case, case_id)
        return case.state, sorted(task.step for task in tasks.open_tasks(centre.session, case_id))


def defect(office: Office, defect_id: int) -> Defect:
    with office.work() as centre:
        return centre.session.get_one(Defect, defect_id)


def test_the_desk_marks_what_was_visible_and_sends_no_notice(office: Office) -> None:
    case_id, task_id, _ = second(office)
    clerk = office.as_("linxiao")
    page = clerk.get(f"/desk/tasks/{task_id}").text
    assert "前一次告知时已能发现" in page
    assert "请效能监察同意提出" in page
    before = office.acts(case_id)
    answer = clerk.post(f"/desk/tasks/{task_id}/correction", data={})
    assert answer.status_code == 409
    assert "未标注安全出口" in answer.text
    assert "写明理由撤销" in answer.text
    assert office.acts(case_id) == before
    assert state(office, case_id)[0] == CaseState.CHECKING


def test_a_first_check_says_nothing_of_a_second_notice(office: Office) -> None:
    with office.work() as centre:
        case = centre.receive(centre.draft("food_licence", {}))
        task_id = centre.task(case, "check_materials").id
    assert "请效能监察同意提出" not in office.as_("linxiao").get(f"/desk/tasks/{task_id}").text


def test_supervision_is_asked_lets_it_through_and_the_notice_goes_out_beside(office: Office) -> None:
    case_id, task_id, defect_id = second(office)
    clerk, supervisor = office.as_("linxiao"), office.as_("jiancha")
    form = {"extra-0-problem": "经营范围写得不清楚", "extra-0-demand": "写明"}
    assert clerk.post(f"/desk/tasks/{task_id}/supervision-requests", data=form).status_code == 303
    assert "ask_second_correction" in office.acts(case_id)

    page = supervisor.get(f"/cases/{case_id}").text
    assert "再次补正" in page
    assert "未标注安全出口" in page
    assert "经营范围写得不清楚" in page
    assert "同意的理由" not in clerk.get(f"/cases/{case_id}").text
    address = f"/cases/{case_id}/second-corrections/{defect_id}"
    refused = supervisor.post(address, data={"reasons": " "})
    assert refused.status_code == 422
    assert "请写明理由" in refused.text
    assert defect(office, defect_id).let_through_by_id is None
    with office.counted() as statements:
        assert supervisor.get(f"/cases/{case_id}").status_code == 200
    assert len(statements) <= 25
    assert supervisor.post(address, data={"reasons": "安全出口关系公共安全"}).status_code == 303
    assert defect(office, defect_id).let_through_why == "安全出口关系公共安全"
    assert supervisor.post(address, data={"reasons": "再来"}).status_code == 409

    page = clerk.get(f"/desk/tasks/{task_id}").text
    assert "已同意提出" in page
    assert "安全出口关系公共安全" in page
    # The other one was not let through; it is dropped, and the notice goes out.
    with office.work() as centre:
        other = next(d for d in corrections.waiting_defects(centre.session, case_id) if d.id != defect_id)
        other_id = other.id
    drop = {"drop": str(other_id), f"drop-{other_id}-reasons": "首次已能发现"}
    assert clerk.post(f"/desk/tasks/{task_id}/dropped-defects", data=drop).status_code == 303
    assert clerk.post(f"/desk/tasks/{task_id}/correction", data={}).status_code == 303
    assert state(office, case_id) == (CaseState.CHECKING, ["answer_correction", "check_materials"])


def test_only_supervision_lets_through_and_only_what_waits(office: Office) -> None:
    case_id, _, defect_id = second(office)
    other_id, _, other_defect = second(office)
    for login in ("linxiao", "shichang", "zhouyan", "admin"):
        answer = office.as_(login).post(
            f"/cases/{case_id}/second-corrections/{defect_id}", data={"reasons": "有"}
        )
        assert answer.status_code in (403, 404), login
    supervisor = office.as_("jiancha")
    for address in (
        f"/cases/{case_id}/second-corrections/{other_defect}",
        f"/cases/{case_id}/second-corrections/99999",
        f"/cases/99999/second-corrections/{defect_id}",
    ):
        assert supervisor.post(address, data={"reasons": "有理由"}).status_code == 404
    assert defect(office, defect_id).let_through_by_id is None
    assert other_id != case_id


def accepted_by_silence(centre: Centre) -> Case:
    case = centre.draft("food_licence", {})
    line = next(m for m in case.materials if m.code == "premises_plan")
    intake.tick(line, MaterialState.MISSING, 0, 0, "")
    centre.receive(case)
    assert silence.deem_accepted(centre.session, case, centre.calendar, LATER)
    return case


def test_what_silence_accepted_without_is_asked_for_and_brought(office: Office) -> None:
    with office.work() as centre:
        case = accepted_by_silence(centre)
        case_id, task_id = case.id, centre.task(case, "issue_correction").id
    clerk = office.as_("linxiao")
    page = clerk.get(f"/desk/tasks/{task_id}").text
    assert "受理时尚缺" in page
    assert "未提交" in page
    assert clerk.post(f"/desk/tasks/{task_id}/correction", data={}).status_code == 303
    page = clerk.get(f"/desk/cases/{case_id}/done").text
    assert "补齐材料" in page
    address = f"/desk/cases/{case_id}/materials/premises_plan/completion"
    counts: dict[str, Any] = {"originals-premises_plan": "0", "copies-premises_plan": "0"}
    assert clerk.post(address, data=counts).status_code == 422
    assert clerk.post(address, data=counts | {"originals-premises_plan": "1"}).status_code == 303
    assert "补齐材料" not in clerk.get(f"/desk/cases/{case_id}/done").text
    assert office.acts(case_id)[-1] == "complete_missing"


def test_the_lead_sees_on_the_case_page_what_silence_accepted_without(office: Office) -> None:
    with office.work() as centre:
        case = centre.draft(RESTAURANT, HOT_POT)
        line = next(m for m in case.materials if m.code == "premises_plan")
        intake.tick(line, MaterialState.MISSING, 0, 0, "")
        centre.receive(case)
        assert silence.deem_accepted(centre.session, case, centre.calendar, LATER)
        case_id, task = case.id, centre.task(case, "issue_correction").id
    lead = office.as_("qiantou")
    page = lead.get(f"/cases/{case_id}").text
    assert "受理时尚缺" in page
    assert "系统" in lead.get(f"/cases/{case_id}?tab=journal").text
    sent = lead.post(f"/cases/{case_id}/tasks/{task}/correction-notice", data={})
    assert sent.status_code == 303
    with office.work() as centre:
        assert centre.session.get_one(Task, task).state == "done"
        asked = centre.session.scalars(select(Defect).where(Defect.case_id == case_id)).all()
        assert [one.material_code for one in asked] == ["premises_plan"]


def test_after_the_deferral_ended_the_desk_takes_nothing_more_and_says_why(office: Office) -> None:
    with office.work() as centre:
        case = centre.draft("food_licence", {})
        line = next(m for m in case.materials if m.code == "management_rules")
        intake.tick(line, MaterialState.DEFERRED, 0, 0, "")
        centre.accept(case, deferral=True)
        case.deferral_expired_at = LATER
        case_id = case.id
    clerk = office.as_("linxiao")
    page = clerk.get(f"/desk/cases/{case_id}/done").text
    assert "不能再补交" in page
    address = f"/desk/cases/{case_id}/materials/management_rules/completion"
    assert address not in page
    refused = clerk.post(address, data={"originals-management_rules": "0", "copies-management_rules": "1"})
    assert refused.status_code == 409
    assert "2026-11-26" in refused.text


def test_the_applicant_reads_that_silence_withdrew_the_application(office: Office) -> None:
    with office.work() as centre:
        case = centre.receive(centre.draft("food_licence", {}))
        task = centre.task(case, "check_materials")
        checking.check_materials(
            centre.session, task.id, None, centre.staff["linxiao"], "correction", centre.calendar, centre.now,
            extra=[DefectInput("premises_plan", "未标注安全出口")],
        )  # fmt: skip
        notice = corrections.open_correction(centre.session, case.id)
        assert notice is not None
        assert silence.warn_correction(centre.session, notice, centre.calendar, centre.now)
        over = datetime(2026, 12, 7, 16, 0, tzinfo=UTC)
        assert silence.deem_withdrawn(centre.session, notice, centre.calendar, over)
        number, code = case.number, case.query_code
    applicant = office.app.test_client()
    applicant.post("/tracking", data={"number": number, "code": code})
    page = applicant.get("/tracking/case").text
    assert "视为撤回" in page
    assert "视为撤回申请告知书" in page
    assert "补正期限届满提醒书" in page
