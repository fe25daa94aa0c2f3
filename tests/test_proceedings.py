"""A proceeding against a permit: told, heard, decided; and each way in which it is refused, with nothing written."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from approvals import authority, hearing_rules, permits, proceeding_rules, register_book, tasks
from approvals.clock import local_day
from approvals.errors import Forbidden, Invalid, NotFound, ReasonRequired, StaleTask
from approvals.hearing_words import (
    ChairReviewed,
    HearingAlready,
    HearingAskedLate,
    HearingOpen,
    HearingPeriodOpen,
    HearingWaived,
)
from approvals.hearings import Appointment, Signature
from approvals.proceeding_rules import (
    GraveHarm,
    GraveHarmUnsaid,
    NoHearingRight,
    ProceedingOpen,
    StatementNotOver,
    ToldAlready,
    ToldAndDecides,
)
from approvals.proceedings import DONE, DROPPED, HarsherThanTold, Proposal, Resolution
from approvals.register_rules import (
    FollowsByLaw,
    GroundRequired,
    LawRequired,
    NoProceedingNeeded,
    UnlawfulTransition,
)
from approvals.tables import (
    ApplicationBar,
    CreditRecord,
    Document,
    Hearing,
    JournalEntry,
    Message,
    Permit,
    Proceeding,
    StaffRole,
)
from approvals.terms import CaseState, Role
from processes import proceeding_flow
from processes.steps import hearings, proceeding_hearings, proceedings
from tests import register_acts as acts
from tests.register_acts import present, refused
from tests.register_cases import issued


@pytest.fixture
def permit(centre) -> Permit:
    [made] = issued(centre, "public_venue_hygiene")
    return made


def paper(centre, document_id: int | None) -> Document:
    return centre.session.get_one(Document, document_id)


def told(centre, stage: str) -> list[str]:
    rows = select(Message).where(Message.stage == stage, Message.channel == "sms").order_by(Message.id)
    return [message.body for message in centre.session.scalars(rows)]


# --- the way through


def test_revoked_after_a_statement_was_heard(centre, permit):
    officer = acts.officer(centre, permit)
    proceeding = acts.tell(centre, permit, "revoke", "unqualified")
    notice = paper(centre, proceeding.notice_document_id)
    assert notice.title == "拟撤销行政许可告知书"
    for words in (
        acts.FACTS,
        acts.LAW,
        "2026年11月26日",
        "有权要求听证",
        "2026年11月30日",
        "第六十九条第一款第（四）项",
    ):
        assert words in notice.html
    assert "可以在 2026-11-26 前陈述申辩、在 2026-11-30 前要求听证" in told(centre, "facts_told")[0]
    assert permit.status == "valid"  # nothing has happened yet
    assert permit.case.state == CaseState.ENDED
    task = acts.task_of(centre, proceeding, "hear_defence")
    due = local_day(present(task.promised_due))
    assert due.isoformat() == "2026-11-30"  # two working days after the statement's
    assert task.department_id == permit.department_id

    acts.hear(centre, proceeding, "已经整改，请求从轻（示例）")
    record = paper(centre, proceeding.record_document_id)
    assert "已经整改，请求从轻（示例）" in record.html
    assert proceeding.hearing_waived_at == centre.now

    acts.decide(centre, proceeding)
    decision = paper(centre, proceeding.document_id)
    assert decision.title == "撤销行政许可决定书"
    for words in (
        notice.number,
        "已经整改，请求从轻（示例）",
        "不影响认定（示例）",
        "六十日",
        "六个月",
        "赔偿",
    ):
        assert words in decision.html
    assert permit.status == "revoked"
    event = register_book.events(centre.session, permit.number)[-1]
    assert (event.document_id, event.ground) == (decision.id, "unqualified")
    assert event.staff is acts.head(centre, permit)
    assert decision.number in told(centre, "permit_changed")[0]
    done = [entry.act for entry in centre.session.scalars(select(JournalEntry).order_by(JournalEntry.id))]
    assert [act for act in done if act in PROCEEDING_ACTS] == list(PROCEEDING_ACTS)
    assert tasks.open_tasks(centre.session, permit.case_id) == []
    assert officer.id == proceeding.told_by_id


PROCEEDING_ACTS = (
    "open_proceeding", "tell_facts", "hear_defence", "waive_hearing", "change_permit", "decide_proceeding",
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "ground", "status", "title"),
    [
        ("suspend", "penalty", "suspended", "暂扣许可证件决定书"),
        ("withdraw", "circumstances", "withdrawn", "撤回行政许可决定书"),
        ("revoke", "abuse", "revoked", "撤销行政许可决定书"),
        ("penal_revoke", "beyond_scope", "penal_revoked", "吊销许可证件决定书"),
        ("cancel", "force_majeure", "cancelled", "注销行政许可决定书"),
    ],
)
def test_every_kind_goes_the_same_way(centre, permit, kind, ground, status, title):
    proceeding = acts.ended(centre, permit, kind, ground)
    assert permit.status == status
    assert paper(centre, proceeding.document_id).title == title
    assert proceeding.hearing_right == (kind in ("withdraw", "revoke", "penal_revoke"))
    assert ("依法给予补偿" in paper(centre, proceeding.document_id).html) == (kind == "withdraw")


def test_dropped_after_the_statement(centre, permit):
    proceeding = acts.tell(centre, permit, "revoke", "unqualified")
    acts.hear(centre, proceeding, "现场记录有误（示例）")
    acts.decide(centre, proceeding, DROPPED)
    assert permit.status == "valid"
    assert paper(centre, proceeding.document_id).title == "不予处理决定书"
    assert "决定不予撤销" in told(centre, "proceeding_dropped")[0]
    assert [event.kind for event in register_book.events(centre.session, permit.number)] == ["issued"]
    again = acts.ended(centre, permit, "revoke", "unqualified")  # a new proceeding is possible
    assert again.result == DONE


def test_deceit_leaves_its_record_and_bars_three_years(centre, permit):
    acts.ended(centre, permit, "revoke", "deceit")
    [record] = centre.session.scalars(select(CreditRecord)).all()
    [bar] = centre.session.scalars(select(ApplicationBar)).all()
    assert (record.kind, record.item_code) == ("deceit", "public_venue_hygiene")
    assert bar.last_day.year == local_day(centre.now).year + 3
    decision = centre.session.scalars(select(Document).where(Document.kind == "revocation")).one()
    assert "三年内不得再次申请" in decision.html


def test_another_ground_leaves_none(centre, permit):
    acts.ended(centre, permit, "revoke", "procedure")
    assert centre.session.scalar(select(func.count(CreditRecord.id))) == 0
    assert centre.session.scalar(select(func.count(ApplicationBar.id))) == 0


def test_the_decision_may_be_milder_than_what_was_told_but_not_harsher(centre, permit):
    proceeding = acts.tell(centre, permit, "suspend", "penalty")
    acts.hear(centre, proceeding)
    later = local_day(centre.now) + timedelta(days=31)
    refused(centre, HarsherThanTold, lambda: acts.decide(centre, proceeding, until=later))
    shorter = local_day(centre.now) + timedelta(days=10)
    acts.decide(centre, proceeding, until=shorter)
    assert register_book.suspended_until(centre.session, permit) == shorter
    assert shorter.strftime("%Y年%-m月%-d日") in paper(centre, proceeding.document_id).html


def test_days_told_are_counted_from_the_decision(centre, permit):
    proceeding = acts.tell(centre, permit, "suspend", "penalty")
    centre.later(days=40)  # past the last day that was told
    acts.hear(centre, proceeding)
    acts.decide(centre, proceeding)
    assert register_book.suspended_until(centre.session, permit) == local_day(centre.now) + timedelta(days=30)


# --- begun


def test_who_may_begin(centre, permit):
    proposal = acts.proposal(centre, "revoke", "unqualified")
    for login, person in centre.staff.items():
        if person.department_id == permit.department_id and person.has(Role.OFFICER):
            continue
        begin = partial(proceedings.open_proceeding, centre.session, permit.id, person, proposal, centre.now)
        refused(centre, Forbidden, begin)
        assert not authority.may(person, "tell_facts", permit.department_id), login
    officer = acts.officer(centre, permit)
    refused(
        centre,
        NotFound,
        lambda: proceedings.open_proceeding(centre.session, 9_999, officer, proposal, centre.now),
    )


@pytest.mark.parametrize(
    ("proposal", "error"),
    [
        (("revoke", "", "事实", acts.LAW), GroundRequired),
        (("revoke", "because", "事实", acts.LAW), GroundRequired),
        (("nothing", "unqualified", "事实", acts.LAW), Invalid),
        (("revoke", "unqualified", "  ", acts.LAW), ReasonRequired),
        (("revoke", "unqualified", "事实", ""), ReasonRequired),
        (("revoke", "other_may", "事实", "应当撤销"), LawRequired),
        (("cancel", "own_request", "事实", acts.LAW), NoProceedingNeeded),
        (("cancel", "part_ended", "事实", acts.LAW), FollowsByLaw),
        (("cancel", "expired", "事实", acts.LAW), NoProceedingNeeded),
        (("lift", "put_right", "事实", acts.LAW), NoProceedingNeeded),
        (("void", "wrong_paper", "事实", acts.LAW), NoProceedingNeeded),
        (("renew", "granted", "事实", acts.LAW), NoProceedingNeeded),
        (("cancel", "ended_before", "事实", acts.LAW), NoProceedingNeeded),
        (("suspend", "penalty", "事实", acts.LAW), Invalid),
    ],
)
def test_what_is_no_proposal(centre, permit, proposal, error):
    officer = acts.officer(centre, permit)
    refused(
        centre, error,
        lambda: proceedings.open_proceeding(
            centre.session, permit.id, officer, Proposal(*proposal), centre.now
        ),
    )  # fmt: skip


def test_one_proceeding_against_a_permit_at_a_time(centre, permit):
    acts.tell(centre, permit, "suspend", "penalty")
    error = refused(centre, ProceedingOpen, lambda: acts.tell(centre, permit, "revoke", "unqualified"))
    assert "拟暂扣" in str(error)
    head = acts.head(centre, permit)
    refused(
        centre, ProceedingOpen,
        lambda: proceedings.cancel(centre.session, permit.id, "own_request", "申请注销", head, centre.now),
    )  # fmt: skip


def test_an_ended_permit_has_nothing_to_be_taken(centre, permit):
    acts.ended(centre, permit, "revoke", "unqualified")
    for kind, ground in (("revoke", "deceit"), ("suspend", "penalty"), ("penal_revoke", "misused")):
        refused(centre, UnlawfulTransition, partial(acts.tell, centre, permit, kind, ground))


def test_a_proposal_nobody_was_told_of_is_dropped_by_the_head(centre, permit):
    proposed = proceeding_flow.begin(
        centre.session,
        permit,
        acts.proposal(centre, "revoke", "unqualified"),
        acts.officer(centre, permit),
        centre.now,
    )
    task = acts.task_of(centre, proposed, "tell_facts")
    assert local_day(present(task.promised_due)).isoformat() == "2026-11-30"
    head, officer = acts.head(centre, permit), acts.officer(centre, permit)
    drop = proceedings.abandon
    refused(centre, Forbidden, lambda: drop(centre.session, proposed.id, officer, "没有必要", centre.now))
    refused(centre, ReasonRequired, lambda: drop(centre.session, proposed.id, head, "", centre.now))
    drop(centre.session, proposed.id, head, "没有必要", centre.now)
    assert (proposed.result, proposed.document_id) == (DROPPED, None)
    assert tasks.open_tasks(centre.session, permit.case_id) == []
    assert told(centre, "facts_told") == []
    second = acts.tell(centre, permit, "revoke", "unqualified")
    refused(centre, ToldAlready, lambda: drop(centre.session, second.id, head, "已告知", centre.now))


# --- heard


def test_that_nothing_was_said_is_recorded_after_its_days_or_given_up_in_writing(centre, permit):
    proceeding = acts.tell(centre, permit, "suspend", "penalty")
    error = refused(centre, StatementNotOver, lambda: acts.hear(centre, proceeding, ""))
    assert "2026-11-26" in str(error)
    centre.later(days=3)  # the last day itself
    refused(centre, StatementNotOver, lambda: acts.hear(centre, proceeding, " "))
    centre.later(days=1)
    acts.hear(centre, proceeding, "")
    assert proceeding.made is False
    acts.decide(centre, proceeding)
    assert "未提出（明确放弃）陈述、申辩" in paper(centre, proceeding.document_id).html


def test_given_up_in_writing(centre, permit):
    proceeding = acts.tell(centre, permit, "suspend", "penalty")
    acts.hear(centre, proceeding, "", waived=True)
    assert proceeding.made is False
    assert proceeding.heard_at == centre.now


def test_the_assessment_is_written(centre, permit):
    proceeding = acts.tell(centre, permit, "suspend", "penalty")
    task, officer = acts.task_of(centre, proceeding, "hear_defence"), acts.officer(centre, permit)
    refused(
        centre, ReasonRequired,
        lambda: proceedings.hear_defence(centre.session, task.id, None, officer, "陈述", " ", centre.now),
    )  # fmt: skip


def test_the_second_click_is_told_who_was_first(centre, permit):
    proceeding = acts.tell(centre, permit, "suspend", "penalty")
    task, officer = acts.task_of(centre, proceeding, "hear_defence"), acts.officer(centre, permit)
    act = lambda: proceedings.hear_defence(  # noqa: E731
        centre.session, task.id, 1, officer, "陈述", "不采纳", centre.now
    )
    act()
    error = refused(centre, StaleTask, act)
    assert officer.name in str(error)


# --- decided


def test_no_decision_before_the_days_to_ask_for_a_hearing_are_over(centre, permit):
    proceeding = acts.tell(centre, permit, "penal_revoke", "misused")
    acts.hear(centre, proceeding, hearing_waived=False)
    for result in (DONE, DROPPED):
        error = refused(centre, HearingPeriodOpen, partial(acts.decide, centre, proceeding, result))
        assert "2026-11-30" in str(error)
    centre.later(days=8)
    acts.decide(centre, proceeding)
    assert permit.status == "penal_revoked"
    assert "未在期限内要求听证" in paper(centre, proceeding.document_id).html


def test_whoever_told_the_facts_does_not_decide(centre, permit):
    officer = acts.officer(centre, permit)
    officer.roles.append(StaffRole(role=Role.HEAD, mandate=""))
    proceeding = acts.tell(centre, permit, "suspend", "penalty")
    acts.hear(centre, proceeding)
    task = acts.task_of(centre, proceeding, "decide_proceeding")
    resolution = Resolution(DONE, acts.LAW)
    refused(
        centre, ToldAndDecides,
        lambda: proceedings.decide(centre.session, task.id, None, officer, resolution, centre.now),
    )  # fmt: skip
    proceedings.decide(centre.session, task.id, None, centre.staff["weijian"], resolution, centre.now)
    assert permit.status == "suspended"


@pytest.mark.parametrize(
    ("resolution", "error"),
    [
        (Resolution(DONE, acts.LAW), GraveHarmUnsaid),
        (Resolution(DONE, acts.LAW, grave_harm=True), GraveHarm),
        (Resolution(DONE, " ", grave_harm=False), ReasonRequired),
        (Resolution("perhaps", acts.LAW, grave_harm=False), Invalid),
        (Resolution(DROPPED, ""), ReasonRequired),
    ],
)
def test_a_decision_is_complete(centre, permit, resolution, error):
    proceeding = acts.tell(centre, permit, "revoke", "unqualified")
    acts.hear(centre, proceeding)
    task, head = acts.task_of(centre, proceeding, "decide_proceeding"), acts.head(centre, permit)
    refused(
        centre, error, lambda: proceedings.decide(centre.session, task.id, None, head, resolution, centre.now)
    )


def test_only_the_head_of_the_department_decides_and_once(centre, permit):
    proceeding = acts.tell(centre, permit, "suspend", "penalty")
    acts.hear(centre, proceeding)
    task = acts.task_of(centre, proceeding, "decide_proceeding")
    resolution = Resolution(DONE, acts.LAW)
    decide = proceedings.decide
    for person in centre.staff.values():
        if not (person.has(Role.HEAD) and person.department_id == permit.department_id):
            refused(
                centre,
                Forbidden,
                partial(decide, centre.session, task.id, None, person, resolution, centre.now),
            )
    head = acts.head(centre, permit)
    decide(centre.session, task.id, task.version, head, resolution, centre.now)
    refused(centre, StaleTask, lambda: decide(centre.session, task.id, None, head, resolution, centre.now))


def test_what_expired_meanwhile_is_dropped_not_done(centre, permit):
    proceeding = acts.tell(centre, permit, "revoke", "unqualified")
    acts.hear(centre, proceeding)
    centre.now = centre.now.replace(year=centre.now.year + 5)
    refused(centre, UnlawfulTransition, lambda: acts.decide(centre, proceeding))
    assert proceeding_rules.moot(proceeding, centre.now)
    acts.decide(centre, proceeding, DROPPED)
    assert permits.status_on(permit, local_day(centre.now)) == "expired"


# --- a hearing


def asked(centre, permit: Permit, kind: str = "revoke", ground: str = "unqualified") -> Hearing:
    proceeding = acts.tell(centre, permit, kind, ground)
    return proceeding_hearings.ask(
        centre.session, proceeding.id, None, "处理过重（示例）", centre.calendar, centre.now
    )


def appoint(centre, hearing: Hearing, chair: str = "taowei", recorder: str = "weijian") -> None:
    [task] = tasks.open_tasks(centre.session, hearing.case_id, "appoint_hearing")
    day = centre.calendar.add(local_day(centre.now), hearing_rules.NOTICE_DAYS).day
    made = Appointment(
        datetime.combine(day, datetime.min.time(), centre.now.tzinfo) + timedelta(hours=2), "二楼听证室",
        centre.staff[chair], centre.staff[recorder],
    )  # fmt: skip
    head = acts.head(centre, hearing_permit(centre, hearing))
    hearings.appoint(centre.session, task.id, None, head, made, centre.calendar, centre.now)


def hearing_permit(centre, hearing: Hearing) -> Permit:
    return centre.session.get_one(Proceeding, hearing.proceeding_id).permit


def hold(centre, hearing: Hearing) -> None:
    centre.now = present(hearing.held_at)
    [task] = tasks.open_tasks(centre.session, hearing.case_id, "hold_hearing")
    signed = [Signature("周某某（示例）", "applicant", signed=True)]
    hearings.record(
        centre.session, task.id, None, present(hearing.chair), "双方质证（示例）", "事实清楚", signed, centre.calendar,
        centre.now,
    )  # fmt: skip


def test_the_decision_follows_the_record_of_the_hearing(centre, permit):
    hearing = asked(centre, permit)
    proceeding = acts.open_one(centre, permit)
    assert hearing.procedure_id is None  # no clock runs in a case that has ended
    assert (hearing.told_at, hearing.asked_by) == (proceeding.told_at, permit.holder)
    acts.hear(centre, proceeding, hearing_waived=False)
    refused(centre, HearingOpen, lambda: acts.decide(centre, proceeding))
    appoint(centre, hearing)
    notice = paper(centre, hearing.notice_document_id)
    assert "作出撤销决定一事" in notice.html
    assert permit.number in notice.html
    refused(centre, HearingOpen, lambda: acts.decide(centre, proceeding))
    due = present(acts.task_of(centre, proceeding, "decide_proceeding").promised_due)
    assert local_day(due) > present(hearing.hold_by)
    hold(centre, hearing)
    acts.decide(centre, proceeding)
    record = paper(centre, hearing.record_document_id)
    assert f"听证笔录（{record.number}）" in paper(centre, proceeding.document_id).html
    assert permit.status == "revoked"


def test_the_hearing_of_a_penalty_rests_on_the_law_of_penalties(centre, permit):
    hearing = asked(centre, permit, "penal_revoke", "misused")
    appoint(centre, hearing)
    html = paper(centre, hearing.notice_document_id).html
    assert "行政处罚法》第六十三条、第六十四条的规定" in html
    entry = centre.session.scalars(select(JournalEntry).where(JournalEntry.act == "ask_hearing")).one()
    assert "行政处罚法" in entry.ground


def test_who_investigated_does_not_chair(centre, permit):
    hearing = asked(centre, permit)
    told_by = acts.officer(centre, permit)
    refused(centre, ChairReviewed, lambda: appoint(centre, hearing, chair=told_by.login))
    appoint(centre, hearing)


def test_a_hearing_is_asked_for_in_time_once_and_not_after_it_was_given_up(centre, permit):
    hearing = asked(centre, permit)
    proceeding = acts.open_one(centre, permit)
    ask = lambda staff=None: proceeding_hearings.ask(  # noqa: E731
        centre.session, proceeding.id, staff, "", centre.calendar, centre.now
    )
    refused(centre, HearingAlready, ask)
    hearings.withdraw(centre.session, hearing.id, None, "不再要求", centre.calendar, centre.now)
    refused(centre, HearingAlready, ask)
    acts.hear(centre, proceeding, hearing_waived=False)
    acts.decide(centre, proceeding)
    assert "撤回听证要求" in paper(centre, proceeding.document_id).html


def test_asked_too_late(centre, permit):
    proceeding = acts.tell(centre, permit, "revoke", "unqualified")
    centre.later(days=8)
    refused(
        centre, HearingAskedLate,
        lambda: proceeding_hearings.ask(centre.session, proceeding.id, None, "", centre.calendar, centre.now),
    )  # fmt: skip


def test_given_up_at_the_window(centre, permit):
    proceeding = acts.tell(centre, permit, "revoke", "unqualified")
    officer, clerk = acts.officer(centre, permit), centre.staff["linxiao"]
    refused(
        centre,
        Forbidden,
        lambda: proceeding_hearings.waive(centre.session, proceeding.id, officer, centre.now),
    )
    proceeding_hearings.waive(centre.session, proceeding.id, clerk, centre.now)
    refused(
        centre, HearingWaived,
        lambda: proceeding_hearings.ask(centre.session, proceeding.id, clerk, "", centre.calendar, centre.now),
    )  # fmt: skip


def test_a_suspension_brings_no_hearing(centre, permit):
    proceeding = acts.tell(centre, permit, "suspend", "penalty")
    refused(
        centre, NoHearingRight,
        lambda: proceeding_hearings.ask(centre.session, proceeding.id, None, "", centre.calendar, centre.now),
    )  # fmt: skip
    refused(centre, NoHearingRight, lambda: acts.hear(centre, proceeding, hearing_waived=True))
