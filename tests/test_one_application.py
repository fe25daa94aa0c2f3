"""One application from the door to the permit, on the real engine and database. Read this first."""

import pytest

from approvals import corrections, decision, notices, permits, tasks
from approvals.corrections import DefectInput
from approvals.decision import Ruling
from approvals.documents import of_case as documents_of
from approvals.errors import ReasonRequired, StaleTask, WrongState
from approvals.joint_review import ConflictUnsettled, OpinionsMissing
from approvals.site_visits import TwoOfficers
from approvals.tables import Case
from approvals.terms import CaseState, OpinionKind, Outcome, PartState, PermitStatus
from processes import store
from processes.steps import checking, closing, departments, lead
from tests.centre import COFFEE_BAR, HOT_POT
from web.demo.centre import Centre

DEPARTMENTS = {"示例县市场监督管理局", "示例县消防救援大队", "示例县城市管理局", "示例县住房和城乡建设局"}


def test_a_restaurant_from_the_door_to_the_permit(centre: Centre) -> None:
    # The clerk fills in one form; the answers decide who is concerned, and each paper is asked for once.
    case = centre.draft("restaurant_opening", HOT_POT)
    assert {part.department.zh for part in case.parts} == DEPARTMENTS
    assert len(case.materials) < sum(len(material.line["asked_by"]) for material in case.materials)

    # One acceptance: the clock starts, every department is told at that moment and gets its task.
    centre.accept(case)
    assert case.state == CaseState.REVIEWING
    assert case.promised_due is not None
    assert case.promised_due.date().isoformat() == "2026-12-03"
    assert {task.department.zh for task in tasks.open_tasks(centre.session, case.id, "review")} == DEPARTMENTS
    told = [message for message in notices.of_case(centre.session, case.id) if message.channel == "inbox"]
    assert len(told) == len(case.parts)

    # They work at the same time; the lead is woken by the last opinion, and by it alone.
    centre.opine(case, "fire_inspection")
    centre.opine(case, "shop_sign")
    assert not tasks.open_tasks(centre.session, case.id, "collate")
    centre.opine_all(case)
    assert case.state == CaseState.COLLATING
    centre.collate(case)

    # Each authority decides its own part, with its own number.
    centre.grant_all(case)
    grants = [document for document in documents_of(centre.session, case.id) if document.kind == "grant"]
    assert [document.department.abbreviation for document in grants] == ["示市监", "示消", "示城管", "示建"]

    # The comprehensive licence and its parts are issued together and signed for.
    issued = centre.issue(case)
    assert [permit.kind for permit in issued] == [
        "trade_licence",
        "food",
        "fire_inspection",
        "shop_sign",
        "drainage",
    ]
    centre.deliver(case)
    assert (case.state, case.outcome) == (CaseState.ENDED, Outcome.GRANTED)
    assert not tasks.open_tasks(centre.session, case.id)
    assert all(instance.status == "ended" for instance in store.instances(centre.session, case.id))

    # What the QR code leads to agrees with the paper.
    licence = permits.by_public_id(centre.session, issued[0].public_id)
    assert permits.status_on(licence, licence.valid_from) == PermitStatus.VALID
    assert [part["number"] for part in licence.fields["parts"]] == [permit.number for permit in issued[1:]]
    assert licence.valid_until == min(permit.valid_until for permit in issued if permit.valid_until)


def test_a_coffee_bar_concerns_fewer_departments(centre: Centre) -> None:
    hot_pot = centre.draft("restaurant_opening", HOT_POT)
    coffee_bar = centre.draft("restaurant_opening", COFFEE_BAR)
    codes = {part.item.code for part in coffee_bar.parts if part.item}
    assert codes == {"business_licence_check", "food_licence", "shop_sign"}
    assert len(coffee_bar.parts) < len(hot_pot.parts)
    assert len(coffee_bar.materials) < len(hot_pot.materials)
    centre.accept(coffee_bar)
    centre.opine_all(coffee_bar)
    centre.collate(coffee_bar)
    centre.grant_all(coffee_bar)
    assert [permit.kind for permit in centre.issue(coffee_bar)] == ["trade_licence", "food", "shop_sign"]


def test_one_authority_refuses_while_the_others_grant(centre: Centre) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    centre.opine_all(case)
    centre.collate(case)
    centre.refuse(case, "fire_inspection")
    centre.grant_all(case)
    assert centre.part(case, "fire_inspection").state == PartState.REFUSED

    refusal = next(d for d in documents_of(centre.session, case.id) if d.kind == "refusal")
    assert refusal.number.startswith("示消")
    fire = refusal.department
    for remedy in ("六十日", fire.reconsideration_body, "六个月", fire.court):
        assert remedy in refusal.html

    # The item says that granted parts issue alone; the comprehensive licence does not issue.
    issued = centre.issue(case)
    assert {permit.kind for permit in issued} == {"food", "shop_sign", "drainage"}
    centre.deliver(case)
    assert case.outcome == Outcome.PARTLY_GRANTED


def test_a_correction_that_two_departments_raise_is_one_notice(centre: Centre) -> None:
    case = centre.draft("restaurant_opening", HOT_POT)
    centre.receive(case)
    assert case.state == CaseState.CHECKING
    assert case.accepted_at is None

    # Every department pre-checks within the five days; two of them miss the same thing.
    same = DefectInput("premises_plan", "平面图未标注安全出口宽度。", "标注安全出口宽度")
    other = DefectInput("sign_rendering", "缺夜间效果图", "补交夜间效果图")
    found = {"fire_inspection": [same], "food_licence": [same], "shop_sign": [other]}
    centre.pre_check(case, found)
    with pytest.raises(checking.DefectsWaiting):
        centre.check(case, "accepted")
    centre.check(case, "correction")
    notice = corrections.open_correction(centre.session, case.id)
    assert notice is not None
    lines = corrections.merged(notice.defects)
    assert [len(line.departments) for line in lines] == [2, 1]
    assert case.state == CaseState.CORRECTING

    # Answered at the window, pre-checked again, then accepted: the clock starts only now.
    centre.later(days=2)
    centre.answer(case, "已重新绘制并补交")
    centre.pre_check(case)
    centre.check(case, "accepted")
    assert case.accepted_at == centre.now
    assert len(tasks.open_tasks(centre.session, case.id, "review")) == len(case.parts)


def test_requests_after_acceptance_are_merged_and_stop_no_clock(centre: Centre) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    due = case.statutory_due
    for part, problem in (("fire_inspection", "疏散图不清"), ("food_licence", "疏散图不清。")):
        task = centre.task(case, "review", part)
        departments.request_correction(
            centre.session,
            task.id,
            task.version,
            centre.who(task),
            [DefectInput("premises_plan", problem)],
            centre.now,
        )
    asked = centre.task(case, "issue_correction")  # one task for the lead, not two
    checking.issue_correction(
        centre.session, asked.id, asked.version, centre.staff["qiantou"], centre.calendar, centre.now
    )
    notice = corrections.open_correction(centre.session, case.id)
    assert notice is not None
    assert len(corrections.merged(notice.defects)) == 1
    checking.answer_online(centre.session, case.id, "已更正", centre.now)
    assert case.statutory_due == due
    assert case.state == CaseState.REVIEWING
    with pytest.raises(corrections.AlreadyAnswered):
        checking.answer_online(centre.session, case.id, "再次提交", centre.now)


def test_conflicting_opinions_are_settled_before_any_decision(centre: Centre) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    with pytest.raises(ReasonRequired):
        centre.opine(case, "shop_sign", OpinionKind.DISAGREE)
    centre.opine(case, "shop_sign", OpinionKind.DISAGREE, "招牌超出建筑外轮廓")
    centre.opine_all(case)
    with pytest.raises(ConflictUnsettled):
        centre.collate(case)
    assert not tasks.open_tasks(centre.session, case.id, "decide")

    # The lead sends this one back, alone; the others' opinions stand.
    lead.send_back(
        centre.session,
        centre.part(case, "shop_sign").id,
        centre.staff["qiantou"],
        "申请人已改小招牌",
        centre.now,
    )
    assert centre.open_parts(case) == ["shop_sign"]
    centre.opine(case, "shop_sign", OpinionKind.DISAGREE, "夜间亮度超标")
    centre.collate(case, "招牌亮度降至标准后设置，城市管理局同意", "申请人书面同意调整")
    assert "settlement" in {document.kind for document in documents_of(centre.session, case.id)}
    centre.grant_all(case)
    assert case.state == CaseState.ISSUING


def test_a_department_is_added_mid_way(centre: Centre) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    centre.opine_all(case)
    assert case.state == CaseState.COLLATING
    added = lead.add_department(
        centre.session, case.id, "006", centre.staff["qiantou"], "店内设儿童游乐区", centre.now
    )
    assert case.state == CaseState.REVIEWING
    assert not tasks.open_tasks(centre.session, case.id, "collate")
    assert [task.part_id for task in tasks.open_tasks(centre.session, case.id, "review")] == [added.id]
    with pytest.raises(OpinionsMissing):
        raise_if_decided(centre, case.id)
    centre.opine_all(case)
    centre.collate(case)
    assert added.state == PartState.CLOSED  # it gave an opinion and decides nothing
    centre.grant_all(case)
    assert len(centre.issue(case)) == 5


def raise_if_decided(centre: Centre, case_id: int) -> None:
    """A decision behind the engine's back is refused by the law itself."""
    part = next(part for part in centre.session.get_one(Case, case_id).parts if part.decides)
    decision.decide(centre.session, part, centre.staff["shichang"], Ruling(True, "", ""), centre.now)


def test_two_departments_go_on_one_site_visit(centre: Centre) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    visits = []
    for part in ("fire_inspection", "drainage_permit"):
        task = centre.task(case, "review", part)
        visits.append(
            departments.ask_site_visit(centre.session, task.id, task.version, centre.who(task), centre.now)
        )
    assert visits[0].id == visits[1].id
    assert len(visits[0].findings) == 2
    when = centre.now.replace(hour=6, day=25)
    departments.appoint_site_visit(
        centre.session, visits[0].id, centre.staff["zhouyan"], when, "示例路 18 号", centre.now
    )
    task = centre.task(case, "site_visit", "fire_inspection")
    zhou, wu = centre.staff["zhouyan"], centre.staff["wuhao"]
    with pytest.raises(TwoOfficers):
        departments.record_finding(
            centre.session, task.id, task.version, zhou, zhou, "合格", centre.now, passed=True
        )
    departments.record_finding(
        centre.session, task.id, task.version, zhou, wu, "疏散通道畅通", centre.now, passed=True
    )
    centre.opine(case, "fire_inspection")
    centre.task(case, "site_visit", "drainage_permit")  # the other one still has to record its own


def test_a_part_sent_back_does_not_wait_for_the_visit_of_the_round_before(centre: Centre) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    task = centre.task(case, "review", "fire_inspection")
    departments.ask_site_visit(centre.session, task.id, task.version, centre.who(task), centre.now)
    part = centre.part(case, "fire_inspection")
    lead.send_back(centre.session, part.id, centre.staff["qiantou"], "图纸已更换", centre.now)
    centre.opine(case, "fire_inspection")
    assert part.state == PartState.OPINED


def test_the_applicant_withdraws(centre: Centre) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    centre.opine(case, "fire_inspection")
    closing.withdraw(centre.session, case.id, None, "另行选址", centre.now)
    assert (case.state, case.outcome) == (CaseState.ENDED, Outcome.WITHDRAWN)
    assert not tasks.open_tasks(centre.session, case.id)
    assert all(instance.status != "running" for instance in store.instances(centre.session, case.id))
    assert any(material.returned_at for material in case.materials)
    with pytest.raises(WrongState):
        closing.withdraw(centre.session, case.id, None, "再次撤回", centre.now)


def test_the_second_officer_is_told_who_was_first(centre: Centre) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    task = centre.task(case, "review", "fire_inspection")
    version = task.version
    centre.opine(case, "fire_inspection")
    with pytest.raises(StaleTask, match="周岩"):
        departments.review(
            centre.session, task.id, version, centre.staff["wuhao"], OpinionKind.AGREE, "", "", centre.now
        )


def test_a_part_that_depends_on_another_waits_for_its_result(centre: Centre) -> None:
    case = centre.accept(centre.draft("hotel_opening", {}))
    assert "fire_opinion" not in {material.code for material in case.materials}  # a result of the case itself
    centre.opine_all(case)  # the police pre-review while the fire inspection is still going on
    centre.collate(case)
    assert centre.open_parts(case, "decide") == ["public_venue_hygiene", "fire_inspection"]
    centre.grant(case, "fire_inspection")
    centre.task(case, "decide", "hotel_licence")
    centre.grant_all(case)
    assert len(centre.issue(case)) == 4


def test_where_the_item_says_so_no_part_issues_alone(centre: Centre) -> None:
    case = centre.accept(centre.draft("hotel_opening", {}))
    centre.opine_all(case)
    centre.collate(case)
    centre.refuse(case, "fire_inspection")
    centre.grant_all(case)
    assert centre.task(case, "deliver_refusal").name == "送达不予许可决定"
    centre.deliver(case)
    assert (case.state, case.outcome) == (CaseState.ENDED, Outcome.REFUSED)
    assert permits.of_case(centre.session, case.id) == []
