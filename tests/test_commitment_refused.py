"""What goes wrong with a commitment: each refused exactly, nothing half-done; and the ways it is given up."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from approvals import (
    commitment_following,
    commitment_paths,
    commitments,
    corrections,
    credit,
    documents,
    intake,
    notices,
    people,
    permits,
    tasks,
)
from approvals.commitment_eligibility import NotEligible, eligibility
from approvals.commitment_following import NothingFollows, NotYetGranted
from approvals.commitment_paths import CommitmentChosen, NothingCommitted, PathFixed
from approvals.commitment_signing import ClausesUnticked, OtherSignatory, ScanMissing, SignatureMissing
from approvals.commitments import CommitmentClosed, DecidedMeanwhile, SigningOver
from approvals.completeness import MaterialsMissing
from approvals.credit import Fact
from approvals.decision import PrerequisiteFirst, Ruling
from approvals.delivery import Service
from approvals.errors import Forbidden, StaleTask
from approvals.intake import BadTick
from approvals.permits import FeesDue
from approvals.readiness import NotReady
from approvals.tables import Case, Commitment, Timer
from approvals.terms import CaseState, CommitmentState, CreditKind, MaterialState, Outcome, PartState, Path
from processes import timers
from processes.steps import closing, commitment, decisions, window
from tests.centre import HOT_POT
from tests.test_bad_input import refused
from web.demo import committing
from web.demo.centre import Centre, Somebody

SOMEBODY = Somebody("person", "赵某某（示例）", "11010519491231002X", "13800000009", "示例县城东街道 9 号")


def hotel(centre: Centre, **answers: Any) -> Case:
    """The draft of a hotel licence by commitment, complete."""
    return committing.draft(centre, "hotel_licence", answers)


def offered(centre: Centre, **answers: Any) -> Case:
    """The same, told."""
    return committing.offer(centre, hotel(centre, **answers))


def the_row(centre: Centre, case: Case) -> Commitment:
    """The commitment of a plain case."""
    (row,) = commitments.of_case(centre.session, case)
    return row


def make(centre: Centre, case: Case, **changes: Any) -> Case:
    """Commit, with a pledge that is changed."""
    task, row = centre.task(case, "commit"), the_row(centre, case)
    clerk = centre.staff[centre.clerk]
    return commitment.make(
        centre.session,
        task.id,
        task.version,
        clerk,
        committing.pledge(row, **changes),
        centre.calendar,
        centre.now,
    )


def fire(centre: Centre, case: Case, kind: str) -> None:
    """Let what is due of this kind happen."""
    centre.sync()
    for timer in centre.session.query(Timer).filter_by(case_id=case.id, kind=kind, state="waiting"):
        if timer.due <= centre.now:
            timers.fire(centre.session, timer, centre.calendar, centre.now)


# --- who may choose it


def test_an_item_that_is_not_decided_on_commitments(centre: Centre) -> None:
    draft = centre.draft("shop_sign", {})
    choose = lambda: committing.choose(centre, draft)  # noqa: E731
    assert "不实行告知承诺" in refused(centre, NotEligible, choose).text()


@pytest.mark.parametrize(
    ("item", "answers", "why"),
    [
        ("hotel_licence", {"rooms": 300}, "客房三百间以上"),
        ("public_venue_hygiene", {"venue_kind": "swimming", "central_air": False}, "游泳场所"),
        ("public_venue_hygiene", {"venue_kind": "hotel", "central_air": True}, "集中空调"),
        ("fire_inspection", {"gas": True, "gas_kind": "bottled"}, "瓶装液化石油气"),
        ("food_licence", {"area": 301}, "不在告知承诺的范围内"),
        ("food_licence", {"area": 80, "business_scope": ["hot_food", "raw_food"]}, "生食类"),
        ("food_licence", {"area": 80, "business_scope": ["cold_food"]}, "冷食类"),
        ("drainage_permit", {"water_per_day": 100}, "一百立方米"),
    ],
)
def test_an_excluded_situation(centre: Centre, item: str, answers: dict[str, Any], why: str) -> None:
    draft = centre.draft(item, answers)
    assert why in refused(centre, NotEligible, lambda: committing.choose(centre, draft)).text()


def test_an_open_credit_record_sends_the_next_application_the_ordinary_way(centre: Centre) -> None:
    earlier = committing.by_commitment(centre, "drainage_permit", {"water_per_day": 3})
    record = credit.record(
        centre.session,
        Fact(earlier.parts[0], CreditKind.UNMET, "隔油设施没有建设"),
        centre.staff["zhujian"],
        centre.now,
    )
    draft = centre.draft("hotel_licence", {}, who=committing.HOTEL)
    assert "未修复的信用记录" in refused(centre, NotEligible, lambda: committing.choose(centre, draft)).text()

    # It is told in writing why, and repaired it weighs no more.
    case = centre.accept(draft)
    assert "未修复的信用记录" in case.parts[0].path_reason
    assert record is not None
    credit.repair(centre.session, record, centre.staff["zhujian"], "已建成并经核查", centre.now)
    assert eligibility(centre.session, case, case.parts[0], centre.now) == []


def test_whoever_does_not_choose_it_reads_so(centre: Centre) -> None:
    case = centre.accept(centre.draft("hotel_licence", {}))
    assert (case.parts[0].path, case.parts[0].path_reason) == (Path.ORDINARY, "申请人没有选择告知承诺")
    (acceptance,) = [
        paper for paper in documents.of_case(centre.session, case.id) if paper.kind == "acceptance"
    ]
    assert "“旅馆业特种行业许可”按一般程序办理（申请人没有选择告知承诺）" in acceptance.html


def test_what_needs_the_result_of_a_reviewed_part_is_not_decided_on_the_spot(centre: Centre) -> None:
    draft = centre.draft("hotel_opening", {"central_air": False, "venue_kind": "hotel"})
    choose = lambda: committing.choose(centre, draft, "hotel_licence")  # noqa: E731
    assert "不能当场决定" in refused(centre, NotEligible, choose).text()


def test_other_answers_make_a_choice_fall_back(centre: Centre) -> None:
    draft = hotel(centre)
    window.answer_situation(centre.session, draft, centre.staff["linxiao"], {**draft.form_data, "rooms": 400})
    assert "客房三百间" in refused(centre, NotEligible, lambda: committing.offer(centre, draft)).text()


# --- handed in


def test_a_draft_by_commitment_is_not_handed_in_without_it(centre: Centre) -> None:
    draft = hotel(centre)
    for act in (centre.accept, centre.receive):
        refused(centre, CommitmentChosen, partial(act, draft))


def test_nothing_chosen_is_nothing_to_tell(centre: Centre) -> None:
    draft = centre.draft("hotel_licence", {})
    refused(centre, NothingCommitted, lambda: committing.offer(centre, draft))


def test_what_is_still_asked_for_has_to_be_there(centre: Centre) -> None:
    draft = hotel(centre)
    plan = next(material for material in draft.materials if material.code == "premises_plan")
    intake.tick(plan, MaterialState.MISSING, 0, 0, "")
    centre.session.flush()
    refusal = refused(centre, NotReady, lambda: committing.offer(centre, draft))
    assert isinstance(refusal, NotReady)
    assert [problem.where for problem in refusal.problems] == ["material:premises_plan"]


def test_nobody_ticks_a_commitment_by_hand(centre: Centre) -> None:
    draft = centre.draft("hotel_licence", {})
    material = next(each for each in draft.materials if each.code == "fire_opinion")
    refused(centre, BadTick, lambda: intake.tick(material, MaterialState.COMMITTED, 0, 0, ""))


def test_the_way_is_fixed_once_it_is_told(centre: Centre) -> None:
    case = offered(centre)
    part = case.parts[0]
    refused(
        centre, PathFixed, lambda: commitment_paths.choose(centre.session, part, Path.ORDINARY, centre.now)
    )


# --- signed


def test_a_clause_unticked(centre: Centre) -> None:
    case = offered(centre)
    refusal = refused(
        centre,
        ClausesUnticked,
        lambda: make(centre, case, ticked=frozenset({"premises", "anti_theft", "fire"})),
    )
    assert "已建立旅客登记" in refusal.text()


@pytest.mark.parametrize(
    ("capacity", "name", "why"),
    [
        ("representative", "吴某某（示例）", "与登记的不一致"),
        ("self", "云栖客栈有限公司（示例）", "须由法定代表人"),
        ("agent", "吴某某（示例）", "没有登记代理人和书面授权"),
        ("friend", "周某某（示例）", "没有写明签署身份"),
        ("representative", " ", "没有填写签署人"),
    ],
)
def test_a_signature_by_somebody_without_mandate(centre: Centre, capacity: str, name: str, why: str) -> None:
    case = offered(centre)
    signing = {"capacity": capacity, "signatory": name}
    told = refused(centre, OtherSignatory, lambda: make(centre, case, **signing)).text()
    assert why in told
    assert told.endswith(f"可以签署的是：{committing.HOTEL.representative}。")


def test_an_agent_signs_with_a_written_mandate_alone(centre: Centre) -> None:
    draft = hotel(centre)
    agent = people.find_or_create(centre.session, centre.staff["linxiao"], now=centre.now, **vars(SOMEBODY))
    intake.set_applicant(draft, draft.applicant, agent, "2026年11月20日授权委托书，代签承诺书")
    case = committing.offer(centre, draft)
    make(centre, case, capacity="agent", signatory=SOMEBODY.name)
    assert the_row(centre, case).signatory == SOMEBODY.name


@pytest.mark.parametrize(
    "signing",
    [
        {"signature": ""},
        {"signature": "M10 10L10 11"},
        {"signature": "M10 10L20 20" * 4000},
        {"signature": "<svg onload=alert(1)>"},
        {"manner": "paper", "scan": None},
        {"manner": "telepathy"},
    ],
)
def test_no_signature(centre: Centre, signing: dict[str, Any]) -> None:
    case = offered(centre)
    missing = ScanMissing if signing.get("manner") == "paper" else SignatureMissing
    refused(centre, missing, lambda: make(centre, case, **signing))


def test_whoever_became_excluded_meanwhile_does_not_commit(centre: Centre) -> None:
    case = offered(centre)
    earlier = committing.by_commitment(centre, "drainage_permit", {"water_per_day": 3})
    credit.record(
        centre.session, Fact(earlier.parts[0], CreditKind.UNMET, "示例"), centre.staff["zhujian"], centre.now
    )
    refused(centre, NotEligible, lambda: make(centre, case))


def test_nobody_commits_twice(centre: Centre) -> None:
    case = offered(centre)
    task = centre.task(case, "commit")
    committing.commit(centre, case)
    row, clerk = the_row(centre, case), centre.staff["linxiao"]
    pledge = committing.pledge(row)
    refused(
        centre, StaleTask,
        lambda: commitment.make(centre.session, task.id, task.version, clerk, pledge, centre.calendar, centre.now),
    )  # fmt: skip
    refused(
        centre, CommitmentClosed,
        lambda: commitment.make_online(centre.session, case.id, row.part_id, pledge, centre.calendar, centre.now),
    )  # fmt: skip


def test_an_officer_of_a_department_takes_no_commitment(centre: Centre) -> None:
    case = offered(centre)
    task, row = centre.task(case, "commit"), the_row(centre, case)
    refused(
        centre, Forbidden,
        lambda: commitment.make(
            centre.session, task.id, task.version, centre.staff["lijing"], committing.pledge(row), centre.calendar, centre.now
        ),
    )  # fmt: skip


# --- given up


def test_declined_the_case_is_checked_within_its_five_days(centre: Centre) -> None:
    case = offered(centre)
    task = centre.task(case, "commit")
    commitment.decline(
        centre.session,
        task.id,
        task.version,
        centre.staff["linxiao"],
        "材料已经备齐",
        centre.calendar,
        centre.now,
    )
    assert case.state == CaseState.CHECKING
    assert case.parts[0].path_reason == "申请人不选择告知承诺：材料已经备齐"
    assert the_row(centre, case).state == CommitmentState.DECLINED
    lacking = [each.material_code for each in corrections.window_defects(case)]
    assert lacking == ["fire_opinion", "security_rules"]

    # The ordinary way from here: brought, accepted, reviewed, decided by the department itself.
    centre.tick_all(case)
    centre.check(case, "accepted")
    centre.opine_all(case)
    centre.grant(case)
    centre.issue(case)
    centre.deliver(case)
    assert (case.state, case.outcome) == (CaseState.ENDED, Outcome.GRANTED)
    assert not tasks.open_tasks(centre.session, case.id, "verify")


def test_unsigned_for_three_days_it_lapses_before_the_centre_has_accepted_by_silence(centre: Centre) -> None:
    case = offered(centre)
    row = the_row(centre, case)
    assert case.notify_by is not None
    assert row.sign_by < case.notify_by
    centre.later(days=2)
    fire(centre, case, "commitment_lapsed")
    assert row.state == CommitmentState.OFFERED
    centre.now = row.sign_by + timedelta(seconds=1)
    refused(centre, SigningOver, lambda: make(centre, case))
    fire(centre, case, "commitment_lapsed")
    assert (row.state, case.state) == (CommitmentState.LAPSED, CaseState.CHECKING)
    assert case.parts[0].path_reason == "逾期没有签署承诺书"
    assert [task.step for task in tasks.open_tasks(centre.session, case.id)] == ["check_materials"]


def withdraw(centre: Centre, case: Case, part: str | None = None) -> Case:
    """Take the commitment back at the window."""
    own = centre.part(case, part) if part else case.parts[0]
    return commitment.withdraw(
        centre.session, case.id, own.id, centre.staff["linxiao"], "想先经现场检查", centre.now
    )


def test_taken_back_before_the_decision(centre: Centre) -> None:
    case = committing.commit(centre, offered(centre))
    assert case.state == CaseState.DECIDING
    withdraw(centre, case)
    assert the_row(centre, case).state == CommitmentState.WITHDRAWN
    assert case.parts[0].path == Path.ORDINARY
    steps = sorted(task.step for task in tasks.open_tasks(centre.session, case.id))
    assert steps == ["issue_correction", "review"]
    assert case.accepted_at is not None

    # Reviewed like any other, and not granted before what the commitment replaced is there.
    centre.opine_all(case)
    task = centre.task(case, "decide")
    ruling = Ruling(granted=True, reasons="符合条件", articles="")
    refused(
        centre, MaterialsMissing,
        lambda: decisions.decide(centre.session, task.id, task.version, centre.who(task), ruling, centre.now),
    )  # fmt: skip
    centre.tick_all(case)
    centre.grant(case)
    assert case.parts[0].state == PartState.GRANTED


def test_nothing_is_taken_back_after_the_decision(centre: Centre) -> None:
    case = committing.decide(centre, committing.commit(centre, offered(centre)))
    refused(centre, DecidedMeanwhile, lambda: withdraw(centre, case))


def test_nothing_made_is_nothing_to_take_back(centre: Centre) -> None:
    case = offered(centre)
    refused(centre, CommitmentClosed, lambda: withdraw(centre, case))


def test_a_case_withdrawn_takes_its_commitment_with_it(centre: Centre) -> None:
    case = offered(centre)
    closing.withdraw(centre.session, case.id, None, "不再开办", centre.now)
    assert the_row(centre, case).state == CommitmentState.WITHDRAWN
    assert (case.state, case.outcome) == (CaseState.ENDED, Outcome.WITHDRAWN)
    assert not tasks.open_tasks(centre.session, case.id)


# --- what follows


def test_a_material_follows_in_time_late_or_twice(centre: Centre) -> None:
    case = offered(centre)
    clerk = centre.staff["linxiao"]

    def follow(code: str = "security_rules") -> object:
        return commitment.follow_material(centre.session, case.id, code, clerk, centre.now)

    refused(centre, NotYetGranted, follow)
    for act in (committing.commit, committing.decide, committing.issue):
        act(centre, case)
    centre.deliver(case)
    (clause,) = commitment_following.awaited(centre.session, case.id)
    assert str(clause.follow_by) == "2026-12-07"  # ten working days after the decision
    refused(centre, NothingFollows, lambda: follow("fire_opinion"))

    # Reminded before the day; when it is over applicant and department are told; late is taken and said.
    centre.now += timedelta(days=16)
    fire(centre, case, "following_warning")
    fire(centre, case, "following_over")
    follow()
    assert commitment_following.is_late(clause, centre.now.date())
    assert clause.followed_at == centre.now
    refused(centre, NothingFollows, follow)
    stages = {message.stage for message in notices.of_case(centre.session, case.id)}
    assert {"following_warning", "following_over", "following_late"} <= stages


# --- in a joint case


def test_decided_in_the_order_their_results_need(centre: Centre) -> None:
    case = committing.draft(
        centre, "hotel_opening", {"central_air": False, "venue_kind": "hotel", "gas_kind": "piped"},
        "public_venue_hygiene", "fire_inspection", "hotel_licence",
    )  # fmt: skip
    for act in (committing.offer, committing.commit):
        act(centre, case)
    task = centre.task(case, "decide_on_the_spot", "hotel_licence")
    ruling = Ruling(granted=True, reasons="已承诺", articles="")
    refused(
        centre, PrerequisiteFirst,
        lambda: decisions.decide(centre.session, task.id, task.version, centre.staff["linxiao"], ruling, centre.now),
    )  # fmt: skip

    # All parts by commitment: only the comprehensive licence waits for the lead.
    committing.decide(centre, case)
    committing.issue(centre, case)
    centre.collate(case)
    issued = centre.issue(case)
    assert issued[0].kind == "trade_licence"

    # Whoever serves the whole case serves what the window has not served of its parts.
    whole = next(
        task for task in tasks.open_tasks(centre.session, case.id, "deliver") if task.part_id is None
    )
    service = Service("in_person", "周某某（示例）", "政务服务中心 6 号窗口", signature="周某某（示例）")
    closing.deliver(
        centre.session, whole.id, whole.version, centre.staff["linxiao"], None, service, centre.now
    )
    assert (case.state, case.outcome) == (CaseState.ENDED, Outcome.GRANTED)
    assert {task.step for task in tasks.open_tasks(centre.session, case.id)} == {"verify"}


def test_one_part_declined_the_other_waits_for_the_acceptance(centre: Centre) -> None:
    answers = HOT_POT | {"gas_kind": "piped", "water_per_day": 3}
    case = committing.draft(centre, "restaurant_opening", answers, "fire_inspection", "drainage_permit")
    committing.offer(centre, case)
    drains = centre.task(case, "commit", "drainage_permit")
    commitment.decline(
        centre.session, drains.id, drains.version, centre.staff["linxiao"], "", centre.calendar, centre.now
    )
    assert case.state == CaseState.COMMITTING
    committing.commit(centre, case)
    assert case.state == CaseState.CHECKING
    centre.pre_check(case)
    centre.tick_all(case)
    centre.check(case, "accepted")
    assert centre.part(case, "fire_inspection").state == PartState.DECIDING
    assert set(centre.open_parts(case, "review")) >= {"drainage_permit", "food_licence"}


def test_taken_back_after_the_lead_released_the_decisions(centre: Centre) -> None:
    answers = HOT_POT | {"gas_kind": "piped"}
    case = committing.draft(centre, "restaurant_opening", answers, "fire_inspection")
    for act in (committing.offer, committing.commit):
        act(centre, case)
    centre.opine_all(case)
    centre.collate(case)
    withdraw(centre, case, "fire_inspection")
    centre.tick_all(case)
    centre.opine_all(case)
    centre.grant_all(case)
    assert {part.state for part in case.parts if part.decides} == {PartState.GRANTED}
    assert centre.issue(case)[0].kind == "trade_licence"


def test_a_fee_of_another_part_holds_up_no_permit_issued_at_once(centre: Centre) -> None:
    answers = HOT_POT | {"gas_kind": "piped", "road_occupied_days": 3}
    case = committing.draft(centre, "restaurant_opening", answers, "fire_inspection")
    for act in (committing.offer, committing.commit, committing.decide):
        act(centre, case)
    assert [fee.state for fee in case.fees] == ["due"]
    committing.issue(centre, case)
    assert [permit.kind for permit in permits.of_case(centre.session, case.id)] == ["fire_inspection"]

    # The rest waits for it as ever.
    centre.opine_all(case)
    centre.collate(case)
    centre.grant_all(case)
    refused(centre, FeesDue, lambda: issued_by_lead(centre, case))


def issued_by_lead(centre: Centre, case: Case) -> object:
    """The lead issues what is left."""
    task = next(task for task in tasks.open_tasks(centre.session, case.id, "issue") if task.part_id is None)
    return closing.issue(centre.session, task.id, task.version, centre.who(task), centre.now)


def test_refused_on_the_spot_after_the_applicant_was_heard(centre: Centre) -> None:
    case = committing.commit(centre, offered(centre))
    task = centre.task(case, "decide_on_the_spot")
    decisions.propose_refusal(
        centre.session, task.id, task.version, centre.staff["linxiao"], "同一场所已有旅馆", "不符合条件",
        "《旅馆业治安管理办法》第四条", centre.now,
    )  # fmt: skip
    heard = centre.task(case, "hear_statement")
    decisions.hear_statement(
        centre.session, heard.id, heard.version, centre.who(heard), "", "没有提出", centre.now, waived=True,
        hearing_waived=True,
    )  # fmt: skip
    task = centre.task(case, "decide_on_the_spot")
    ruling = Ruling(granted=False, reasons="同一场所已有旅馆", articles="《旅馆业治安管理办法》第四条")
    decisions.decide(centre.session, task.id, task.version, centre.staff["linxiao"], ruling, centre.now)
    centre.deliver(case)
    assert (case.state, case.outcome) == (CaseState.ENDED, Outcome.REFUSED)
    assert not tasks.open_tasks(centre.session, case.id, "verify")
