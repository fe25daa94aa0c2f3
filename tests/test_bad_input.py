"""What people get wrong, each answered with its own refusal and nothing written."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from approvals import authority, catalogue, clock, decision, intake, joint_review, people, tasks
from approvals.completeness import StillDeferred
from approvals.corrections import DefectInput, NothingToCorrect
from approvals.decision import FourEyes, HearFirst, NotToldYet, Ruling, StatementNotOver
from approvals.delivery import ServersMissing, Service, SignatureMissing, TrackingMissing
from approvals.errors import DomainError, Forbidden, Invalid, NotFound, ReasonRequired, StaleTask, WrongState
from approvals.fees import FeeSettled, ReceiptRequired, UnknownFee
from approvals.intake import AlreadySubmitted, BadTick
from approvals.joint_review import AlreadyTakingPart, NobodyReviews, OpinionsMissing, TooLateToSendBack
from approvals.people.leaving import CannotTakeOver, HandOverNeeded
from approvals.permits import FeesDue, MaterialsDeferred
from approvals.readiness import NotReady
from approvals.site_visits import BadAppointment, TwoOfficers, VisitOpen
from approvals.tables import (
    ApplicationBar,
    Case,
    CaseMaterial,
    CasePart,
    Decision,
    Fee,
    NumberSeries,
    Permit,
    Staff,
    StoredFile,
    Task,
)
from approvals.terms import CaseState, MaterialState, OpinionKind, Outcome, Role
from processes.steps import acceptance, checking, closing, decisions, departments, lead, turning_away, window
from tests import invariants
from tests.centre import COFFEE_BAR, MONDAY
from web.demo.centre import NOODLE_SHOP, Centre

ARTICLE = "《中华人民共和国行政许可法》第三十八条"
AGREE = OpinionKind.AGREE


def refused(centre: Centre, kind: type[DomainError], act: Callable[[], object]) -> DomainError:
    """The act is refused as ``kind``; rolled back as at the boundary, nothing of it stays."""
    before = invariants.fingerprint(centre.session)
    with pytest.raises(kind) as caught, centre.session.begin_nested():
        act()
    assert invariants.fingerprint(centre.session) == before
    assert type(caught.value) is kind
    return caught.value


# --- at the window


@pytest.mark.parametrize(
    ("kind", "field", "wrong"),
    [
        ("person", "number", "110105194912310021"),  # check digit
        ("person", "number", "11010519491331002X"),  # no such month
        ("organisation", "number", "92330110MA2B0Q1X79"),  # check digit
        ("organisation", "number", "11010519491231002X"),  # a resident ID is no credit code
        ("person", "phone", "1380000"),
        ("person", "name", " "),
        ("person", "email", "nobody@"),
        ("ghost", "kind", ""),
    ],
)
def test_who_applies_is_checked_field_by_field(centre, kind, field, wrong):
    number = "11010519491231002X" if kind == "person" else NOODLE_SHOP.number
    typed = {"name": "赵某某（示例）", "number": number, "phone": "13800000000", "email": ""} | {field: wrong}
    typed["kind"] = kind
    fault = refused(
        centre,
        Invalid,
        lambda: people.find_or_create(centre.session, centre.staff["linxiao"], now=MONDAY, **typed),
    )
    assert isinstance(fault, Invalid)
    assert set(fault.fields) == {field}


def without_applicant(centre: Centre, case: Case) -> None:
    intake.set_applicant(case, None)


def agent_without_mandate(centre: Centre, case: Case) -> None:
    intake.set_applicant(case, case.applicant, case.applicant, " ")


def missing(centre: Centre, case: Case) -> None:
    own_material(case).state = MaterialState.MISSING


def too_few(centre: Centre, case: Case) -> None:
    own_material(case).originals = 0


def defective(centre: Centre, case: Case) -> None:
    line = own_material(case)
    intake.tick(line, MaterialState.DEFECTIVE, 1, 0, "未签名")


def deferred_without_saying_so(centre: Centre, case: Case) -> None:
    line = next(one for one in case.materials if one.line["necessity"] == "may_follow")
    intake.tick(line, MaterialState.DEFERRED, 0, 0, "")


def answer_missing(centre: Centre, case: Case) -> None:
    case.form_data = {name: value for name, value in case.form_data.items() if name != "shop_name"}


def barred(centre: Centre, case: Case) -> None:
    assert case.applicant is not None
    day = clock.local_day(MONDAY)
    centre.session.add(
        ApplicationBar(
            number_index=case.applicant.number_index, item_code="food_licence", article="第七十八条", first_day=day,
            last_day=day, reasons="虚假材料", case_id=None, recorded_by_id=centre.staff["shichang"].id,
        )
    )  # fmt: skip


def own_material(case: Case) -> Any:
    return next(
        one for one in case.materials if one.line["necessity"] == "required" and one.line["originals"]
    )


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (without_applicant, "applicant"),
        (agent_without_mandate, "applicant"),
        (missing, "material"),
        (too_few, "material"),
        (defective, "material"),
        (deferred_without_saying_so, "material"),
        (answer_missing, "field:shop_name"),
        (barred, "applicant"),
    ],
)
def test_what_is_not_in_order_is_not_accepted_and_is_named(centre, spoil, where):
    case = centre.draft("food_licence", {})
    spoil(centre, case)
    shown = acceptance.acceptance_problems(centre.session, case, MONDAY, deferral=False)
    fault = refused(centre, NotReady, lambda: centre.accept(case))
    assert isinstance(fault, NotReady)
    assert fault.problems == tuple(shown)
    assert [problem.where.startswith(where) for problem in shown] == [True]


def test_a_bar_ends_on_its_last_day(centre):
    case = centre.draft("food_licence", {})
    barred(centre, case)
    centre.later(days=1)
    assert centre.accept(case).state == CaseState.REVIEWING


def test_false_materials_bar_the_applicant_for_a_year(centre):
    case = centre.accept(centre.draft("food_licence", {}))
    centre.opine_all(case)
    centre.propose_refusal(centre.task(case, "decide"))
    hear(centre, case)
    rule(centre, case, Ruling(False, "材料虚假", ARTICLE, false_materials=True))
    again = centre.draft("food_licence", {})
    refused(centre, NotReady, lambda: centre.accept(again))
    centre.later(days=366)
    assert centre.accept(again).accepted_at == centre.now


@pytest.mark.parametrize(
    ("state", "necessity", "note"),
    [
        (MaterialState.DEFERRED, "required", ""),
        (MaterialState.SHARED, "required", ""),
        (MaterialState.DEFECTIVE, "required", " "),
        (MaterialState.NOT_APPLICABLE, "required", ""),
    ],
)
def test_a_tick_that_is_not_lawful(centre, state, necessity, note):
    case = centre.draft("food_licence", {})
    refused(centre, BadTick, lambda: intake.tick(own_material(case), state, 1, 0, note))


def test_an_unknown_an_inner_and_a_closed_item_cannot_be_applied_for(centre):
    refused(centre, catalogue.UnknownItem, lambda: catalogue.current(centre.session, "flying_carpets"))
    for spoil in ("offered", "active"):
        item = catalogue.current(centre.session, "food_licence")
        with centre.session.begin_nested() as savepoint:
            setattr(item, spoil, False)
            clerk = centre.staff["linxiao"]
            refused(centre, NotFound, partial(intake.open_draft, centre.session, item, clerk, MONDAY))
            savepoint.rollback()


def test_a_draft_is_its_clerks_own_and_is_handed_in_once(centre):
    case = centre.draft("food_licence", {})
    colleague = centre.staff["wangyu"]
    refused(
        centre, NotFound, lambda: window.accept(centre.session, case.id, colleague, centre.calendar, MONDAY)
    )
    centre.accept(case)
    discard = partial(intake.discard, centre.session, case, centre.staff["linxiao"])
    for again in (partial(centre.accept, case), partial(centre.receive, case), discard):
        refused(centre, AlreadySubmitted, again)


def test_of_a_discarded_draft_nothing_stays(centre):
    draft = centre.draft("restaurant_opening", COFFEE_BAR)
    draft_id = draft.id
    assert draft.parts
    assert draft.materials
    intake.discard(centre.session, draft, centre.staff["linxiao"])
    centre.session.flush()
    centre.session.expire_all()
    assert centre.session.get(Case, draft_id) is None
    for rows in (CasePart, CaseMaterial, Fee, StoredFile, Task):
        assert centre.session.scalar(select(func.count()).where(rows.case_id == draft_id)) == 0
    assert centre.session.scalar(select(func.count()).select_from(NumberSeries)) == 0


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (turning_away.Answer(Outcome.NOT_OURS, "不属本机关"), turning_away.CompetentBodyRequired),
        (turning_away.Answer(Outcome.NOT_ACCEPTED, " "), ReasonRequired),
        (turning_away.Answer(Outcome.GRANTED, "理由"), turning_away.BadOutcome),
    ],
)
def test_turning_away_needs_its_grounds(centre, answer, kind):
    case = centre.draft("food_licence", {})
    clerk = centre.staff["linxiao"]
    refused(
        centre,
        kind,
        lambda: window.turn_away(centre.session, case.id, clerk, answer, centre.calendar, MONDAY),
    )


def test_nothing_missing_is_no_ground_for_a_correction(centre):
    case, clerk = centre.draft("food_licence", {}), centre.staff["linxiao"]
    refused(
        centre, NothingToCorrect,
        lambda: window.correct_at_window(centre.session, case.id, clerk, centre.calendar, MONDAY),
    )  # fmt: skip


# --- in the departments


def reviewing(centre: Centre, item: str = "shop_sign", answers: Any = None) -> Case:
    return centre.accept(centre.draft(item, answers or {}))


def deciding(centre: Centre, item: str = "shop_sign", answers: Any = None) -> Case:
    case = reviewing(centre, item, answers)
    centre.opine_all(case)
    return case


def hear(centre: Centre, case: Case) -> None:
    task = centre.task(case, "hear_statement")
    decisions.hear_statement(
        centre.session, task.id, task.version, centre.who(task), "", "未作陈述", centre.now, waived=True,
        hearing_waived=True,
    )  # fmt: skip


def rule(centre: Centre, case: Case, ruling: Ruling, staff: Staff | None = None) -> None:
    task = centre.task(case, "decide")
    decisions.decide(centre.session, task.id, task.version, staff or centre.who(task), ruling, centre.now)


@pytest.mark.parametrize("kind", [OpinionKind.DISAGREE, OpinionKind.AGREE_PASS_UP])
def test_an_opinion_that_is_no_plain_agreement_needs_reasons(centre, kind):
    case = reviewing(centre)
    refused(centre, ReasonRequired, lambda: centre.opine(case, None, kind, "  "))


def test_an_opinion_waits_for_the_finding_and_the_finding_for_two_officers(centre):
    case = reviewing(centre)
    task = centre.task(case, "review")
    he, lv = centre.staff["heqing"], centre.staff["lvmei"]
    visit = departments.ask_site_visit(centre.session, task.id, task.version, he, MONDAY)

    def appoint(staff: Staff, hours: int, place: str) -> None:
        when = MONDAY + timedelta(hours=hours)
        departments.appoint_site_visit(centre.session, visit.id, staff, when, place, MONDAY)

    refused(centre, BadAppointment, lambda: appoint(he, -1, "示例路 18 号"))
    refused(centre, BadAppointment, lambda: appoint(he, 5, " "))
    refused(centre, Forbidden, lambda: appoint(centre.staff["chenli"], 5, "示例路 18 号"))
    asked = centre.task(case, "site_visit")

    def record(second: Staff, text: str) -> None:
        departments.record_finding(
            centre.session, asked.id, asked.version, he, second, text, MONDAY, passed=True
        )

    refused(centre, TwoOfficers, lambda: record(he, "合格"))
    refused(centre, Forbidden, lambda: record(centre.staff["chenli"], "合格"))  # of another department
    refused(centre, ReasonRequired, lambda: record(lv, " "))
    part = case.parts[0]
    with pytest.raises(VisitOpen):
        joint_review.submit_opinion(centre.session, part, he, AGREE, "", "", MONDAY)
    closing.withdraw(centre.session, case.id, None, "另行选址", MONDAY)
    refused(centre, WrongState, lambda: appoint(he, 5, "示例路 18 号"))


def test_a_stale_page_is_told_what_happened(centre):
    case = reviewing(centre)
    task = centre.task(case, "review")
    tasks.claim(centre.session, task.id, centre.staff["heqing"], MONDAY)
    old = task.version - 1
    review = lambda login, version: departments.review(  # noqa: E731
        centre.session, task.id, version, centre.staff[login], AGREE, "", "", MONDAY
    )
    refused(centre, StaleTask, lambda: review("heqing", old))
    refused(centre, tasks.TaskHeld, lambda: review("lvmei", task.version))
    refused(
        centre,
        NotFound,
        lambda: departments.review(centre.session, 999, 1, centre.staff["heqing"], AGREE, "", "", MONDAY),
    )


def test_the_lead_cannot_act_too_late_or_without_reasons(centre):
    case = reviewing(centre, "restaurant_opening", COFFEE_BAR)
    head_of_lead = centre.staff["qiantou"]
    part = case.parts[0]

    def send_back(reasons: str = "补充", staff: Staff = head_of_lead) -> None:
        lead.send_back(centre.session, part.id, staff, reasons, MONDAY)

    def add(code: str, why: str = "设儿童游乐区") -> None:
        lead.add_department(centre.session, case.id, code, head_of_lead, why, MONDAY)

    refused(centre, ReasonRequired, lambda: send_back(" "))
    refused(centre, Forbidden, lambda: send_back(staff=centre.staff["zhouyan"]))
    refused(centre, AlreadyTakingPart, lambda: add("007"))
    refused(
        centre, NobodyReviews, lambda: add("001")
    )  # the service centre has no officers: nobody would answer
    refused(centre, NotFound, lambda: add("999"))
    refused(centre, ReasonRequired, lambda: add("006", " "))
    centre.opine_all(case)
    centre.collate(case)
    refused(centre, TooLateToSendBack, send_back)
    refused(centre, TooLateToSendBack, lambda: add("006"))


# --- decisions


def test_no_decision_before_acceptance_or_before_all_opinions(centre):
    draft = centre.draft("shop_sign", {})
    head, ruling = centre.staff["chengguan"], Ruling(True, "符合条件", "")
    refused(centre, WrongState, lambda: decision.decide(centre.session, draft.parts[0], head, ruling, MONDAY))
    case = reviewing(centre, "restaurant_opening", COFFEE_BAR)
    sign = centre.part(case, "shop_sign")
    centre.opine(case, "shop_sign")
    refused(centre, OpinionsMissing, lambda: decision.decide(centre.session, sign, head, ruling, MONDAY))


def test_a_refusal_is_heard_first_and_gives_reasons_and_articles(centre):
    case = deciding(centre)
    refused(centre, HearFirst, lambda: rule(centre, case, Ruling(False, "不符合", ARTICLE)))
    refused(centre, ReasonRequired, lambda: rule(centre, case, Ruling(False, " ", ARTICLE)))
    refused(centre, ReasonRequired, lambda: rule(centre, case, Ruling(False, "不符合", " ")))
    head = centre.staff["chengguan"]
    with pytest.raises(NotToldYet):
        decision.record_statement(centre.session, case.parts[0], head, "", "无", MONDAY, waived=True)
    centre.propose_refusal(centre.task(case, "decide"))
    hear(centre, case)
    rule(centre, case, Ruling(False, "不符合", ARTICLE))
    refused(
        centre, decision.DecidedAlready,
        lambda: decision.decide(centre.session, case.parts[0], head, Ruling(True, "", ""), MONDAY),
    )  # fmt: skip


def test_whoever_reviewed_does_not_decide(centre):
    officer = centre.staff["heqing"]
    people.change_roles(centre.session, centre.staff["admin"], officer, [Role.OFFICER, Role.HEAD], now=MONDAY)
    case = reviewing(centre)
    task = centre.task(case, "review")
    departments.review(centre.session, task.id, task.version, officer, AGREE, "", "", MONDAY)
    refused(centre, FourEyes, lambda: rule(centre, case, Ruling(True, "符合", ""), officer))
    rule(centre, case, Ruling(True, "符合", ""), centre.staff["chengguan"])


# --- the end


def test_no_certificate_before_fees_and_deferred_papers(centre):
    case = centre.draft("shop_sign", {"road_occupied_days": 3})
    pay = lambda code, receipt: closing.pay_fee(  # noqa: E731
        centre.session, case.id, code, receipt, centre.staff["linxiao"], MONDAY
    )
    refused(
        centre, WrongState, lambda: pay("road_occupation", "票据 1")
    )  # nothing is charged before acceptance
    centre.accept(case)
    centre.opine_all(case)
    centre.grant_all(case)
    refused(centre, FeesDue, lambda: centre.issue(case))
    refused(centre, ReceiptRequired, lambda: pay("road_occupation", " "))
    refused(centre, UnknownFee, lambda: pay("goodwill", "票据 1"))
    pay("road_occupation", "票据 1")
    refused(centre, FeeSettled, lambda: pay("road_occupation", "票据 2"))
    assert len(centre.issue(case)) == 1

    food = centre.draft("food_licence", {})
    deferred_without_saying_so(centre, food)
    centre.accept(food, deferral=True)
    centre.opine_all(food)
    refused(centre, StillDeferred, lambda: centre.grant_all(food))
    clerk = centre.staff["linxiao"]
    complete = lambda copies: checking.complete_deferred(  # noqa: E731
        centre.session, food.id, "management_rules", 0, copies, clerk, MONDAY
    )
    refused(centre, NotReady, lambda: complete(0))
    complete(1)
    centre.grant_all(food)
    intake.tick(food.materials[-1], MaterialState.DEFERRED, 0, 0, "")  # as a case granted before could stand
    refused(centre, MaterialsDeferred, lambda: centre.issue(food))
    intake.tick(food.materials[-1], MaterialState.RECEIVED, 0, 1, "")
    assert len(centre.issue(food)) == 1


@pytest.mark.parametrize(
    ("service", "kind"),
    [
        (Service("in_person", "赵某某（示例）", "6 号窗口"), SignatureMissing),
        (Service("pigeon", "赵某某（示例）", "屋顶", signature="赵"), SignatureMissing),
        (Service("in_person", " ", "6 号窗口", signature="赵"), SignatureMissing),
        (Service("post", "赵某某（示例）", "示例路 18 号"), TrackingMissing),
        (Service("left", "赵某某（示例）", "示例路 18 号"), SignatureMissing),
        (Service("left", "赵某某（示例）", "示例路 18 号", refusal="拒签"), ServersMissing),
    ],
)
def test_service_without_its_proof(centre, service, kind):
    case = deciding(centre)
    centre.grant_all(case)
    centre.issue(case)
    task, clerk = centre.task(case, "deliver"), centre.staff["linxiao"]
    refused(
        centre,
        kind,
        lambda: closing.deliver(centre.session, task.id, task.version, clerk, clerk, service, MONDAY),
    )


def test_a_withdrawal_needs_words_and_comes_before_the_decision(centre):
    case = deciding(centre)
    withdraw = lambda reasons: closing.withdraw(centre.session, case.id, None, reasons, MONDAY)  # noqa: E731
    refused(centre, ReasonRequired, lambda: withdraw(" "))
    centre.grant_all(case)
    refused(centre, WrongState, lambda: withdraw("另行选址"))


def test_an_unissued_request_falls_with_the_decision(centre):
    case = reviewing(centre)
    task = centre.task(case, "review")
    found = [DefectInput("", "签名不清")]
    departments.request_correction(
        centre.session, task.id, task.version, centre.staff["heqing"], found, MONDAY
    )
    asked = centre.task(case, "issue_correction")
    checking.issue_correction(
        centre.session, asked.id, asked.version, centre.staff["linxiao"], centre.calendar, MONDAY
    )
    centre.opine_all(case)
    centre.grant_all(case)
    assert not tasks.open_tasks(centre.session, case.id, "answer_correction")
    refused(centre, WrongState, lambda: checking.answer_online(centre.session, case.id, "已更正", MONDAY))


# --- who may


WATCHES = {
    Role.ADMINISTRATOR: {"manage_calendar"},
    Role.SUPERVISOR: {
        "see_board",
        "supervise",
        "urge",
        "let_second_correction_through",
        "see_register",
        "see_credit",
    },
}
"""They run or watch the centre and decide nothing in a case; these acts apart."""

CASE_ACTS = sorted(set(authority.RIGHTS) - {"administer", "see_cases", "reveal"})


@pytest.mark.parametrize("act", CASE_ACTS)
@pytest.mark.parametrize("role", list(Role))
def test_a_right_counts_for_its_roles_and_in_its_department_alone(act, role):
    holder: Any = SimpleNamespace(active=True, department_id=7, has=lambda held: held == role)
    right = authority.RIGHTS[act]
    entitled = role in right.roles
    assert authority.may(holder, act, 7) == entitled
    assert authority.may(holder, act, 8) == (entitled and right.department == "any")
    assert role not in WATCHES or not entitled or act in WATCHES[role]
    holder.active = False
    assert not authority.may(holder, act, 7)
    holder.active = True
    assert not authority.may(holder, "an act nobody wrote down", 7)


STAGES: dict[str, Callable[[Centre], Case]] = {
    "review": reviewing,
    "decide": deciding,
    "collate": lambda centre: deciding(centre, "restaurant_opening", COFFEE_BAR),
    "decide_on_the_spot": lambda centre: reviewing(centre, "company_registration"),
}


@pytest.mark.parametrize("step", STAGES)
def test_the_wrong_person_is_turned_back_at_every_task(centre, step):
    case = STAGES[step](centre)
    task = centre.task(case, step)
    act = tasks.act_of(task)
    wrong = [one for one in centre.staff.values() if not authority.may(one, act, task.department_id)]
    assert len(wrong) > len(centre.staff) // 2
    right = centre.who(task)
    for staff in wrong:
        refused(centre, Forbidden, partial(tasks.claim, centre.session, task.id, staff, MONDAY))
        if not authority.may(staff, "hand_over_tasks", task.department_id):
            refused(centre, Forbidden, partial(tasks.transfer, centre.session, task.id, staff, right, MONDAY))
    with pytest.raises(tasks.NotAColleague):
        tasks.transfer(centre.session, task.id, centre.who(task), wrong[0], MONDAY)


# --- absence and leaving


def test_a_stand_in_acts_only_on_the_days_arranged(centre):
    admin, he, lv = (centre.staff[login] for login in ("admin", "heqing", "lvmei"))
    case = reviewing(centre)
    task = centre.task(case, "review")
    tasks.claim(centre.session, task.id, he, MONDAY)
    today = clock.local_day(MONDAY)
    arranged = people.arrange_stand_in(
        centre.session, admin, he, lv, first_day=today, last_day=today + timedelta(days=1), now=MONDAY
    )
    centre.session.flush()

    def stand_in() -> None:
        departments.review(centre.session, task.id, None, lv, AGREE, "", "", centre.now)

    centre.later(days=2)
    refused(centre, tasks.TaskHeld, stand_in)
    centre.now = MONDAY - timedelta(days=1)
    refused(centre, tasks.TaskHeld, stand_in)
    centre.now = MONDAY + timedelta(days=1)
    with centre.session.begin_nested() as savepoint:
        people.end_stand_in(centre.session, admin, arranged, now=MONDAY)
        refused(centre, tasks.TaskHeld, stand_in)
        savepoint.rollback()
    stand_in()
    assert task.done_by_id == lv.id


def test_a_leavers_tasks_go_to_a_colleague_who_can_do_them(centre):
    admin, he, lv, chen = (centre.staff[login] for login in ("admin", "heqing", "lvmei", "chenli"))
    case = reviewing(centre)
    task = centre.task(case, "review")
    tasks.claim(centre.session, task.id, he, MONDAY)

    def leave(successor: Staff | None) -> None:
        people.deactivate(centre.session, admin, he, successor=successor, now=MONDAY)

    refused(centre, HandOverNeeded, lambda: leave(None))
    refused(centre, CannotTakeOver, lambda: leave(chen))  # of another department
    refused(centre, CannotTakeOver, lambda: leave(he))
    refused(centre, CannotTakeOver, lambda: leave(centre.staff["chengguan"]))  # a head is no officer
    refused(centre, Forbidden, lambda: people.deactivate(centre.session, lv, he, successor=lv, now=MONDAY))
    leave(lv)
    assert task.holder_id == lv.id
    refused(centre, Forbidden, lambda: tasks.claim(centre.session, task.id, he, MONDAY))
    departments.review(centre.session, task.id, task.version, lv, AGREE, "", "", MONDAY)


def test_an_instant_item_is_decided_only_after_acceptance(centre):
    case = centre.draft("company_registration", {}, complete=False)
    window.correct_at_window(centre.session, case.id, centre.staff["linxiao"], centre.calendar, MONDAY)
    assert [task.step for task in tasks.open_tasks(centre.session, case.id)] == ["answer_correction"]
    centre.answer(case, "已补交")
    refused(centre, NotReady, lambda: centre.check(case, "accepted"))
    centre.tick_all(case)
    centre.check(case, "accepted")
    centre.decide_on_the_spot(case)
    assert centre.session.scalar(select(func.count()).select_from(Decision)) == 1
    assert centre.session.scalar(select(func.count()).select_from(Permit)) == 0
    assert centre.session.scalar(select(func.count()).where(Task.step == "issue", Task.state == "open")) == 1


def test_that_no_statement_was_made_is_recorded_only_when_its_days_are_over(centre):
    case = deciding(centre)
    centre.propose_refusal(centre.task(case, "decide"))
    task = centre.task(case, "hear_statement")
    arguments = (centre.session, task.id, task.version, centre.who(task), "", "未作陈述")
    refused(centre, StatementNotOver, lambda: decisions.hear_statement(*arguments, MONDAY))
    decisions.hear_statement(*arguments, MONDAY + timedelta(days=4))  # three working days ended on Thursday
    assert centre.task(case, "decide")
