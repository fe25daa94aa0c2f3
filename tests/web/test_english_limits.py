"""English pages of time limits: calendar, ledger, special procedures, hearings, silence, supervision, reminders."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from approvals import hearing_rules, intake
from approvals.hearing_words import AskerKind
from approvals.tables import Case, Hearing, Staff, SupervisoryOrder, Task
from approvals.terms import CaseState, MaterialState, OpinionKind
from processes.steps import checking, hearings, lead, special, supervision
from tests.calendar_notices import INVENTED_2027, INVENTED_NUMBER
from tests.centre import HOT_POT, MONDAY
from tests.special_acts import appointed, held
from tests.test_special_procedures import approve, finish, propose, start, suggest
from tests.web.office import HYGIENE, RESTAURANT, Office, office
from tests.web.public import OTHER, PLAN, WITH_MAIL, follow, known
from tests.web.test_english import chinese_left, in_english, left_on, natural
from web.cases.tabs import TABS
from web.demo.centre import Centre
from web.jobs import timers
from web.jobs.recount import recount

__all__ = ["office"]
OCTOBER = datetime(2026, 10, 12, 2, 0, tzinfo=UTC)  # a Monday; every date in reach is announced
NEIGHBOUR = "李某某（示例）"
ABOVE = ("government_head", "supervisor")
ORDERS = ("open", "late", "answered", "closed", "all")
BOARD = (
    "/supervision/",
    "/supervision/tasks?sort=lamp",
    "/supervision/tasks?lamp=none&joint=1",
    "/supervision/holding-times",
    "/search/?state=running&sort=lamp",
)
YEARS = ("/calendar/2025", "/calendar/2026", "/calendar/2027")
DATES = (
    "/calendar/due",
    "/calendar/due?opened=2026-02-10&days=5",
    "/calendar/due?opened=2026-12-24&days=30",
    "/calendar/due?opened=2026-12-26&days=0",
)
WRONG = (
    "",
    "2027-02-05 放假 春节",
    "2027-02-05 春节",
    "2027-02-05 放假",
    "2027-02-30 放假 春节",
    "2027-02-05 至 放假 春节",
    "2027-02-11 至 2027-02-05 放假 春节",
    "2027-01-01 至 2027-03-01 放假 春节",
    "春节：2月5日（周四）放假。",
    "春节：2月5日至11日放假，共8天。",
    "2月5日放假调休。1月31日上班。",
    f"{INVENTED_2027}2027-01-02 上班 元旦",
    f"{INVENTED_2027}2027-03-03 上班 春节",
)


def autumn(office: Office) -> list[int]:
    """Six weeks in which everything has happened that can happen to a limit; the cases."""
    with office.work() as centre:
        centre.now = OCTOBER
        cases = [*procedures(centre), *with_hearings(centre), *unanswered(centre), finished(centre)]
        centre.sync()
        ids = [case.id for case in cases]
    day = OCTOBER
    while day < MONDAY:
        day += timedelta(days=1)
        now = day
        while timers.fire_due(office.engine, lambda: now):  # noqa: B023 - called at once
            pass
    with office.work() as centre:
        supervised(centre, ids)
        centre.sync()
    return ids


def procedures(centre: Centre) -> Iterator[Case]:
    """Extension asked for, given and refused; a test that goes on too long, one that has ended, one asked for."""
    for granted in (None, True, False):
        case = centre.accept(centre.draft(HYGIENE, {}, who=OTHER))
        propose(centre, case)
        if granted is not None:
            approve(centre, case, granted=granted, note="" if granted else "期限足够（示例）")
        yield case
    for ends in (None, False, True):
        case = centre.accept(centre.draft(HYGIENE, {}, who=OTHER))
        if ends is None:
            suggest(centre, case)
        else:
            running = start(centre, case, days=6)
            if ends:
                finish(centre, running)
        yield case
    joint = centre.accept(centre.draft(RESTAURANT, HOT_POT, who=WITH_MAIL))
    special.propose_extension(
        centre.session, joint.id, None, centre.staff["qiantou"], 10, "情况复杂（示例）", centre.now
    )
    yield joint


def with_hearings(centre: Centre) -> Iterator[Case]:
    """A hearing told of, asked for, appointed, held; one ordered."""
    for stage in ("told", "asked", "appointed", "held"):
        case = centre.accept(centre.draft(HYGIENE, {}, who=OTHER))
        centre.opine_all(case)
        centre.propose_refusal(centre.task(case, "decide"))
        part = case.parts[0]
        if stage != "told":
            hearings.ask(
                centre.session,
                part.id,
                None,
                AskerKind.APPLICANT,
                "",
                "有异议（示例）",
                centre.calendar,
                centre.now,
            )
        if stage in ("appointed", "held"):
            appointed(centre, case)
        if stage == "held":
            [hearing] = hearing_rules.rows(centre.session, part)
            assert hearing.held_at is not None
            before, centre.now = centre.now, hearing.held_at + timedelta(hours=1)
            held(centre, case)
            centre.now = before
        yield case
    case = centre.accept(centre.draft(HYGIENE, {}, who=OTHER))
    officer, part = centre.staff["jinlan"], case.parts[0]
    hearings.order(centre.session, part.id, officer, "公众健康（示例）", centre.calendar, centre.now)
    yield case
    case = centre.accept(centre.draft(HYGIENE, {}, who=OTHER))
    hearings.tell_right(
        centre.session, case.parts[0].id, officer, AskerKind.INTERESTED, NEIGHBOUR, "噪声（示例）", centre.calendar, centre.now
    )  # fmt: skip
    yield case


def unanswered(centre: Centre) -> Iterator[Case]:
    """Nobody checks, corrects, completes, answers or decides."""
    yield centre.receive(centre.draft(RESTAURANT, HOT_POT, who=WITH_MAIL))
    lacking = centre.receive(centre.draft("food_licence", {}, who=WITH_MAIL))
    clerk, task = centre.staff[centre.clerk], centre.task(lacking, "check_materials")
    checking.check_materials(
        centre.session, task.id, None, clerk, "correction", centre.calendar, centre.now, extra=[PLAN]
    )
    yield lacking
    deferred = centre.draft(RESTAURANT, HOT_POT, who=WITH_MAIL)
    late = next(line for line in deferred.materials if line.line["necessity"] == "may_follow")
    intake.tick(late, MaterialState.DEFERRED, 0, 0, "")
    yield centre.accept(deferred, deferral=True)
    yield centre.accept(centre.draft("shop_sign", {}, who=WITH_MAIL))
    joint = centre.accept(centre.draft(RESTAURANT, HOT_POT, who=WITH_MAIL))
    code = centre.staff["jinlan"].department.code
    lead.add_department(
        centre.session, joint.id, code, centre.staff["qiantou"], "征求意见（示例）", centre.now
    )
    centre.opine(joint, "fire_inspection", OpinionKind.DISAGREE, "疏散宽度不足（示例）")
    yield joint


def finished(centre: Centre) -> Case:
    """Paused for a day, then granted and delivered."""
    case = centre.accept(centre.draft(HYGIENE, {}, who=OTHER))
    finish(centre, start(centre, case, days=1))
    centre.opine_all(case)
    centre.grant_all(case)
    centre.pay_fees(case)
    centre.issue(case)
    centre.deliver(case)
    return case


def supervised(centre: Centre, ids: list[int]) -> None:
    """On Monday: a fresh order, one answered, one closed; a step urged; new cases at work, one to correct again."""
    session, supervisor = centre.session, centre.staff["jiancha"]
    fresh, correcting = (
        centre.accept(centre.draft(RESTAURANT, HOT_POT, who=WITH_MAIL)),
        centre.receive(centre.draft(RESTAURANT, HOT_POT, who=WITH_MAIL)),
    )
    centre.pre_check(correcting, {"shop_sign": [PLAN]})
    centre.check(correcting, "correction")
    centre.answer(correcting, "已补交（示例）")
    centre.pre_check(correcting, {"fire_inspection": [PLAN]})
    ids += [fresh.id, correcting.id]
    supervision.open_order(session, fresh.id, None, supervisor, "拖延（示例）", centre.now)
    automatic = session.scalars(select(SupervisoryOrder).where(SupervisoryOrder.state == "open")).all()
    answered, closed = automatic[0], automatic[1]
    for order in (answered, closed):
        supervision.answer_order(session, order.id, head_of(centre, order), "已催（示例）", centre.now)
    supervision.close_order(session, closed.id, supervisor, "同意（示例）", centre.now)
    task = centre.task(fresh, "review", "fire_inspection")
    supervision.urge(session, task.id, supervisor, "商户周五开业（示例）", centre.now)


def head_of(centre: Centre, order: SupervisoryOrder) -> Staff:
    """Who answers it."""
    return next(
        one for one in centre.staff.values() if one.has("head") and one.department_id == order.department_id
    )


def at_work(office: Office) -> list[tuple[str, str]]:
    """(login, address) of a case page for everybody who has a step there, and for whoever supervises or governs."""
    with office.work() as centre:
        logins = {role: next(one.login for one in centre.staff.values() if one.has(role)) for role in ABOVE}
        found = {
            (logins.get(task.role) or centre.who(task).login, f"/cases/{task.case_id}")
            for task in centre.session.scalars(select(Task).where(Task.state == "open"))
        }
        found |= {
            (head_of(centre, order).login, f"/supervision/orders/{order.id}")
            for order in centre.session.scalars(select(SupervisoryOrder))
        }
    return sorted(found)


def test_pages_of_an_autumn_of_time_limits(office: Office) -> None:
    ids = autumn(office)
    with office.work() as centre:
        cases = [known(centre.session.get_one(Case, case_id)) for case_id in ids]
        states = {case.state for case in centre.cases()}
        held_states = set(centre.session.scalars(select(Hearing.state)))
        tasks = list(centre.session.scalars(select(Task.id).where(Task.role == "window_clerk")))
        staff = list(centre.staff)
    assert states >= {CaseState.CHECKING, CaseState.REVIEWING, CaseState.DECIDING, CaseState.ENDED}
    assert held_states >= {"told", "asked", "appointed", "closed"}
    for case in cases:
        assert left_on(follow(office.app.test_client(), case), ["/tracking/case"], office.engine) == {}
    tabs = [f"/cases/{case_id}?tab={tab}" for case_id in ids for tab in ("ledger", "special")]
    tabs += [f"/cases/{case_id}?tab={tab}" for case_id in ids[::5] for tab in TABS]
    assert left_on(office.as_("jiancha"), tabs, office.engine) == {}
    desk = [*BOARD, *(f"/supervision/orders?state={state}" for state in ORDERS)]
    assert left_on(office.as_("jiancha"), desk, office.engine) == {}
    for login, address in at_work(office):
        assert left_on(office.as_(login), [address], office.engine) == {}
    clerk = office.as_("linxiao")
    steps = [path for task in tasks if clerk.get(path := f"/desk/tasks/{task}").status_code == 200]
    assert steps
    assert left_on(clerk, ["/desk", "/queue/?tab=waiting", *steps, f"/items/{HYGIENE}"], office.engine) == {}
    for login in staff:
        assert left_on(office.as_(login), ["/reminders/"], office.engine) == {}


# --- the calendar


def test_pages_of_the_calendar(office: Office) -> None:
    with office.work() as centre:
        centre.later(days=14)
        centre.accept(centre.draft(RESTAURANT, HOT_POT, who=WITH_MAIL))  # its last day is in 2027
    admin, clerk = office.as_("admin"), office.as_("linxiao")
    assert left_on(clerk, ["/calendar/", *YEARS, *DATES], office.engine) == {}
    pages = ["/calendar/versions", "/calendar/closures", "/calendar/notices/new"]
    assert left_on(admin, pages, office.engine) == {}
    notice = {"year": "2027", "source": INVENTED_NUMBER, "text": INVENTED_2027}
    draft = in_english(admin).post("/calendar/notices", data=notice).location
    assert left_on(admin, [draft, "/calendar/versions"], office.engine) == {}
    assert admin.post(f"{draft}/publication").status_code == 303
    recount(office.engine, office.app.extensions["clock"])
    shut = {
        "first": "2026-12-01",
        "last": "2026-12-02",
        "words": "设备检修（示例）",
        "source": "示例〔2026〕2号",
    }
    closed = admin.post("/calendar/closures", data=shut).location
    pages += ["/calendar/2027", draft, closed]
    assert left_on(admin, pages, office.engine) == {}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_with_a_notice_is_said_in_english(office: Office, text: str) -> None:
    admin = in_english(office.as_("admin"))
    notice = {"year": "2027", "source": INVENTED_NUMBER, "text": text}
    answer = admin.post("/calendar/notices", data=notice)
    assert answer.status_code == 422
    typed = [INVENTED_NUMBER, text, *text.splitlines(), *text.split()] if text else [INVENTED_NUMBER]
    assert chinese_left(answer.text, [*typed, *natural(office.engine)]) == set()
