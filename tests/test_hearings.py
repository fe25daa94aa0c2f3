"""The hearing (46–48): told, asked for in time, held in time by somebody else, recorded, and the decision follows it."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from approvals import hearing_rules, tasks
from approvals.decision import Ruling
from approvals.errors import Forbidden, NotFound, ReasonRequired, WrongState
from approvals.hearing_words import (
    AskerKind,
    ChairReviewed,
    ChairUnfit,
    ClosedWhy,
    HearingAlready,
    HearingAskedLate,
    HearingDay,
    HearingNotTold,
    HearingOpen,
    HearingPeriodOpen,
    HearingWaived,
    NoDecisionHere,
    NotHeldYet,
    NotWithdrawable,
    PlaceRequired,
    SignaturesMissing,
)
from approvals.hearings import Appointment, Signature
from approvals.limits import EntryKind
from approvals.procedure_rules import HearingApart
from approvals.tables import Decision, Hearing, JournalEntry, Message, SpecialProcedure
from approvals.terms import ProcedureKind, ProcedureState
from processes.steps import closing, decisions, hearings, special
from tests.centre import HOT_POT
from tests.test_bad_input import refused
from tests.test_special_procedures import accepted, at, days_of, lines, papers_of
from web.demo.centre import Centre

APPLICANT, INTERESTED = AskerKind.APPLICANT, AskerKind.INTERESTED
NEIGHBOUR = "李某某（示例）"
ROOM = "示例县政务服务中心二楼听证室"
ARTICLE = "《公共场所卫生管理条例》第四条"


def to_decision(centre: Centre, **options):
    """Reviewed by an officer, the head is to decide."""
    case = accepted(centre, **options)
    centre.opine_all(case)
    return case


def proposed(centre: Centre, **options):
    """The head told the applicant of an intended refusal on 2 March; to be asked until the 9th."""
    case = to_decision(centre, **options)
    centre.propose_refusal(centre.task(case, "decide"))
    return case


def ask(centre: Centre, case, by: str | None = None, kind=APPLICANT, name="", reasons="对核查结论有异议"):
    staff = centre.staff[by] if by else None
    return hearings.ask(
        centre.session, case.parts[0].id, staff, kind, name, reasons, centre.calendar, centre.now
    )


def tell(centre: Centre, case, by="jinlan", kind=INTERESTED, name=NEIGHBOUR, interest="噪声可能影响休息"):
    return hearings.tell_right(
        centre.session, case.parts[0].id, centre.staff[by], kind, name, interest, centre.calendar, centre.now
    )


def order(centre: Centre, case, by="jinlan", reasons="涉及公众健康的重大公共利益", part=None):
    part = part or case.parts[0]
    return hearings.order(centre.session, part.id, centre.staff[by], reasons, centre.calendar, centre.now)


def appoint(
    centre: Centre, case, when: datetime, by="weijian", chair="taowei", recorder="jinlan", place=ROOM, **more
):
    task = centre.task(case, "appoint_hearing")
    made = Appointment(when, place, centre.staff.get(chair or ""), centre.staff.get(recorder or ""), **more)
    return hearings.appoint(
        centre.session, task.id, None, centre.staff[by], made, centre.calendar, centre.now
    )


SIGNED = (Signature("赵某某（示例）", "applicant", signed=True),)


def record(
    centre: Centre,
    case,
    by="taowei",
    text="申请人陈述：……",
    conclusion="建议补充检测后再作决定",
    signatures=SIGNED,
):
    task = centre.task(case, "hold_hearing")
    return hearings.record(
        centre.session,
        task.id,
        None,
        centre.staff[by],
        text,
        conclusion,
        signatures,
        centre.calendar,
        centre.now,
    )


def rule(centre: Centre, case, *, granted: bool):
    task = centre.task(case, "decide")
    ruling = Ruling(granted=granted, reasons="根据听证查明的事实", articles=ARTICLE)
    decisions.decide(centre.session, task.id, None, centre.staff["weijian"], ruling, centre.now)
    return centre.session.scalars(select(Decision).where(Decision.case_id == case.id)).one()


def heard(centre: Centre, case, statement="正在整改", **options):
    task = centre.task(case, "hear_statement")
    decisions.hear_statement(
        centre.session, task.id, None, centre.staff["jinlan"], statement, "不予采纳", centre.now, **options
    )


# --- the whole way


def test_from_the_notice_to_a_decision_bound_to_the_record(centre):
    case = proposed(centre)
    [notice] = papers_of(centre, case, "proposed_refusal")
    assert "有权要求听证" in notice.html
    assert "2026年3月9日" in notice.html  # five working days after the 2nd
    centre.now = at("2026-03-09", 15)  # 23:00 of the last day, online
    hearing = ask(centre, case)
    assert (hearing.asked_by, hearing.hold_by) == (
        "渝记小面馆（示例）",
        date(2026, 4, 7),
    )  # 6 April is a holiday
    assert case.paused
    pause = lines(centre, case)[-1]
    assert (pause.kind, pause.until) == (EntryKind.PAUSE, date(2026, 4, 7))
    [told] = papers_of(centre, case, "special_procedure")
    assert pause.document_number == told.number
    for words in ("听证", "20个工作日", "2026年4月7日"):
        assert words in told.html
    assert centre.task(case, "appoint_hearing").promised_due.date() == date(
        2026, 3, 26
    )  # 15:59 UTC; 7 ahead of 7 April

    centre.now = at("2026-03-12")
    appoint(centre, case, at("2026-03-23", 1))
    [invited] = papers_of(centre, case, "hearing_notice")
    for words in ("2026年3月23日9时00分", ROOM, "陶伟", "金兰", "公开举行", "第四十七条"):
        assert words in invited.html
    task = centre.task(case, "hold_hearing")
    assert task.holder.login == "taowei"
    assert task.promised_due.date() == date(2026, 3, 23)

    centre.now = at("2026-03-23", 4)
    held = record(centre, case)
    assert held.state == "closed"
    [written] = papers_of(centre, case, "hearing_record")
    for words in ("申请人陈述", "建议补充检测", "赵某某（示例）", "已签名", invited.number):
        assert words in written.html
    resume = lines(centre, case)[-1]
    [over] = papers_of(centre, case, "special_procedure_end")
    assert (resume.kind, resume.document_number) == (EntryKind.RESUME, over.number)
    assert not case.paused
    # started on the 2nd, five days used on the 9th: 15 of the 20 are left after the 23rd
    assert days_of(case)[1] == date(2026, 4, 14)

    heard(centre, case)
    made = rule(centre, case, granted=False)
    assert made.details == {"hearing_record": written.number}
    [refusal] = papers_of(centre, case, "refusal")
    assert f"根据听证笔录（{written.number}）作出" in refusal.html
    acts = list(centre.session.scalars(select(JournalEntry.act).where(JournalEntry.case_id == case.id)))
    wanted = [
        "propose_refusal",
        "ask_hearing",
        "appoint_hearing",
        "record_hearing",
        "end_procedure",
        "hear_statement",
        "decide",
    ]
    assert [act for act in acts if act in wanted] == wanted


def test_ex_officio_with_reasons_and_the_grant_cites_the_record(centre):
    case = to_decision(centre)
    refused(centre, ReasonRequired, lambda: order(centre, case, reasons=" "))
    refused(centre, Forbidden, lambda: order(centre, case, by="linxiao"))
    refused(centre, Forbidden, lambda: order(centre, case, by="chenli"))
    ordered = order(centre, case, by="taowei")
    assert ordered.ground == "ex_officio"
    appoint(centre, case, at("2026-03-11"), chair="weijian")
    [invited] = papers_of(centre, case, "hearing_notice")
    assert "依职权" in invited.html
    assert "第四十六条" in invited.html
    centre.now = at("2026-03-11", 5)
    record(centre, case, by="weijian")
    made = rule(centre, case, granted=True)
    [grant] = papers_of(centre, case, "grant")
    assert made.details["hearing_record"] in grant.html


def test_an_interested_party_is_told_asks_at_the_window_and_may_give_it_up(centre):
    case = to_decision(centre)
    tell(centre, case)
    [told] = papers_of(centre, case, "hearing_right")
    assert not told.public  # addressed to somebody else
    for words in (f"{NEIGHBOUR}：", "噪声可能影响休息", "2026年3月9日", "不收取任何费用"):
        assert words in told.html
    fault = refused(centre, HearingPeriodOpen, lambda: rule(centre, case, granted=True))
    assert fault.params == {"who": NEIGHBOUR, "until": date(2026, 3, 9)}
    refused(centre, HearingNotTold, lambda: ask(centre, case, "linxiao", INTERESTED, "别人（示例）"))
    refused(centre, Forbidden, lambda: ask(centre, case, "jinlan", INTERESTED, NEIGHBOUR))
    hearing = ask(centre, case, "linxiao", INTERESTED, NEIGHBOUR)
    assert (hearing.state, hearing.asker_kind) == ("asked", "interested")
    refused(centre, HearingOpen, lambda: rule(centre, case, granted=True))
    appoint(centre, case, at("2026-03-12"))
    [invited] = papers_of(centre, case, "hearing_notice")
    assert f"渝记小面馆（示例）、{NEIGHBOUR}：" in invited.html
    centre.now = at("2026-03-06")
    hearings.withdraw(
        centre.session, hearing.id, centre.staff["linxiao"], "已协商一致", centre.calendar, centre.now
    )
    assert hearing.state == "withdrawn"
    assert not case.paused
    assert days_of(case) == (
        date(2026, 3, 13),
        date(2026, 4, 3),
    )  # nothing used on the 2nd: 5 and 20 after the 6th
    assert [task.step for task in tasks.open_tasks(centre.session, case.id)] == ["decide"]
    rule(centre, case, granted=True)


def test_the_time_to_ask_passes_and_the_grant_is_free(centre):
    case = to_decision(centre)
    tell(centre, case)
    centre.now = at("2026-03-09", 16)  # 00:00 of the day after
    rule(centre, case, granted=True)


# --- asked in time


def test_asked_late_is_refused_with_the_dates(centre):
    case = proposed(centre)
    centre.now = at("2026-03-09", 16)  # 00:00 of the 10th
    fault = refused(centre, HearingAskedLate, lambda: ask(centre, case))
    assert fault.params == {"told": date(2026, 3, 2), "until": date(2026, 3, 9), "asked": date(2026, 3, 10)}
    assert hearing_rules.may_ask_until(centre.session, case.parts[0], centre.calendar, centre.now) is None


CLOSED, MINUTE = at("2026-03-09", 9), timedelta(minutes=1)  # 17:00 of the last day
MIDNIGHT = at("2026-03-09", 16)


@pytest.mark.parametrize(
    ("asked_at", "by", "in_time"),
    [
        (CLOSED - MINUTE, "linxiao", True),
        (CLOSED, "linxiao", False),
        (MIDNIGHT - MINUTE, "linxiao", False),
        (CLOSED, None, True),
        (MIDNIGHT - MINUTE, None, True),
    ],
)
def test_on_the_last_day_the_window_ends_with_its_hours_and_online_with_the_day(
    centre, asked_at, by, in_time
):
    case = proposed(centre)
    centre.now = asked_at
    if not in_time:
        fault = refused(centre, HearingAskedLate, lambda: ask(centre, case, by))
        assert (fault.params["until"], fault.params["asked"]) == (date(2026, 3, 9), date(2026, 3, 10))
        return
    ask(centre, case, by)
    [pause] = [line for line in lines(centre, case) if line.kind == EntryKind.PAUSE]
    assert pause.channel == ("window" if by else "online")


def test_a_request_at_the_window_after_hours_and_its_end_count_as_of_the_next_working_day(centre):
    case = proposed(centre)
    centre.now = at("2026-03-06", 9) + 30 * MINUTE  # Friday 17:30: Monday the 9th
    hearing = ask(centre, case, "linxiao")
    [told] = papers_of(centre, case, "special_procedure")
    assert told.number == next(
        row.document_number for row in lines(centre, case) if row.kind == EntryKind.PAUSE
    )
    assert "2026年3月9日" in told.html
    assert "2026年3月6日起" not in told.html
    centre.now += 10 * MINUTE  # given up ten minutes later, online: not before it was asked for
    hearings.withdraw(centre.session, hearing.id, None, "想好了", centre.calendar, centre.now)
    [over] = papers_of(centre, case, "special_procedure_end")
    assert "0个工作日" in over.html
    assert not case.paused
    assert days_of(case) == (date(2026, 3, 9), date(2026, 3, 30))


def test_nobody_asks_who_was_not_told_or_gave_it_up_or_asked_before(centre):
    case = to_decision(centre)
    refused(centre, HearingNotTold, lambda: ask(centre, case))
    centre.propose_refusal(centre.task(case, "decide"))
    assert hearing_rules.may_ask_until(centre.session, case.parts[0], centre.calendar, centre.now) == date(
        2026, 3, 9
    )
    heard(centre, case, hearing_waived=True)
    refused(centre, HearingWaived, lambda: ask(centre, case))
    other = proposed(centre)
    ask(centre, other, "linxiao")
    refused(centre, HearingAlready, lambda: ask(centre, other))
    refused(centre, HearingAlready, lambda: order(centre, other))
    refused(centre, HearingAlready, lambda: tell(centre, other))


def test_no_hearing_before_acceptance_after_the_decision_or_where_nothing_is_decided(centre):
    centre.now = at("2026-03-02")
    waiting = centre.receive(centre.draft("public_venue_hygiene", {}))
    refused(centre, WrongState, lambda: order(centre, waiting))
    joint = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    check = centre.part(joint, "business_licence_check")
    refused(centre, NoDecisionHere, lambda: order(centre, joint, by="chenli", part=check))
    case = to_decision(centre)
    rule(centre, case, granted=True)
    refused(centre, WrongState, lambda: order(centre, case))
    refused(centre, NotFound, lambda: hearings.order(
        centre.session, 10_000, centre.staff["jinlan"], "理由", centre.calendar, centre.now
    ))  # fmt: skip


# --- a refusal waits for the right


def test_a_refusal_waits_until_nobody_may_ask_any_more(centre):
    case = proposed(centre)
    centre.now = at("2026-03-06")
    heard(centre, case)
    fault = refused(centre, HearingPeriodOpen, lambda: rule(centre, case, granted=False))
    assert fault.params == {"who": "申请人", "until": date(2026, 3, 9)}
    centre.now = at("2026-03-10")
    assert rule(centre, case, granted=False).details == {}


def test_a_grant_after_all_need_not_wait_for_the_applicant(centre):
    case = proposed(centre)
    heard(centre, case)
    rule(centre, case, granted=True)


def test_given_up_in_writing_the_refusal_need_not_wait(centre):
    case = proposed(centre)
    heard(centre, case, hearing_waived=True)
    rule(centre, case, granted=False)


def test_an_item_without_hearings_tells_of_none_and_waits_for_none(centre):
    case = to_decision(centre, item="elderly_home_care")
    centre.propose_refusal(centre.task(case, "decide"))
    [notice] = papers_of(centre, case, "proposed_refusal")
    assert "要求听证" not in notice.html
    task = centre.task(case, "hear_statement")
    decisions.hear_statement(
        centre.session, task.id, None, centre.staff["minzhengyuan"], "说明", "不予采纳", centre.now
    )
    decide = centre.task(case, "decide")
    ruling = Ruling(granted=False, reasons="不符合条件", articles="《老年人权益保障法》第三十七条")
    decisions.decide(centre.session, decide.id, None, centre.staff["minzheng"], ruling, centre.now)


# --- appointed


@pytest.mark.parametrize(
    ("day", "in_time"),
    [
        ("2026-03-02", False),  # at once
        ("2026-03-10", False),  # six working days after the 2nd
        ("2026-03-11", True),  # seven
        ("2026-03-14", False),  # a Saturday
        ("2026-03-30", True),  # the twentieth working day
        ("2026-03-31", False),
    ],
)
def test_seven_days_ahead_and_within_twenty(centre, day, in_time):
    case = to_decision(centre)
    order(centre, case)
    if in_time:
        assert appoint(centre, case, at(day)).state == "appointed"
    else:
        fault = refused(centre, HearingDay, lambda: appoint(centre, case, at(day)))
        assert fault.params == {"first": date(2026, 3, 11), "last": date(2026, 3, 30)}


def test_a_notice_too_late_for_both_periods_leaves_the_first_day_possible(centre):
    case = to_decision(centre)
    order(centre, case)
    centre.now = at("2026-03-26")  # 7 working days on is the 7th of April, past the 30th of March
    fault = refused(centre, HearingDay, lambda: appoint(centre, case, at("2026-04-08")))
    assert fault.params == {"first": date(2026, 4, 7), "last": date(2026, 4, 7)}
    appoint(centre, case, at("2026-04-07"), why_late="通知期限不足")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"chair": "jinlan", "recorder": "taowei"}, ChairReviewed),  # gave the opinion
        ({"chair": "taowei", "recorder": "taowei"}, ChairUnfit),
        ({"chair": ""}, ChairUnfit),
        ({"recorder": ""}, ChairUnfit),
        ({"chair": "chenli"}, ChairUnfit),  # of another department
        ({"recorder": "chenli"}, ChairUnfit),
        ({"chair": "linxiao"}, ChairUnfit),
        ({"place": " "}, PlaceRequired),
        ({"public": False}, ClosedWhy),
        ({"by": "jinlan"}, Forbidden),
        ({"by": "shichang"}, Forbidden),
    ],
)
def test_who_may_chair_and_where(centre, changed, why):
    case = to_decision(centre)
    order(centre, case, by="weijian")
    refused(centre, why, lambda: appoint(centre, case, at("2026-03-12"), **changed))


def test_whoever_proposed_the_refusal_does_not_chair(centre):
    case = proposed(centre)
    ask(centre, case)
    refused(centre, ChairReviewed, lambda: appoint(centre, case, at("2026-03-12"), chair="weijian"))
    closed = appoint(centre, case, at("2026-03-12"), public=False, why_closed="涉及商业秘密")
    assert not closed.public
    [invited] = papers_of(centre, case, "hearing_notice")
    assert "涉及商业秘密" in invited.html


def test_put_off_and_appointed_again_with_a_new_notice(centre):
    case = to_decision(centre)
    order(centre, case)
    appoint(centre, case, at("2026-03-12"))
    task = centre.task(case, "hold_hearing")
    postpone = lambda reasons: hearings.postpone(  # noqa: E731
        centre.session, task.id, None, centre.staff["taowei"], reasons, centre.calendar, centre.now
    )
    refused(centre, ReasonRequired, lambda: postpone(" "))
    postpone("申请人因病不能到场")
    centre.now = at("2026-03-11")
    appoint(centre, case, at("2026-03-24"))
    first, second = papers_of(centre, case, "hearing_notice")
    assert first.number in second.html
    centre.now = at("2026-03-24", 5)
    record(centre, case)
    sent = list(centre.session.scalars(select(Message.stage).where(Message.case_id == case.id)))
    assert "hearing_put_off" in sent


# --- recorded


def test_a_record_needs_the_day_words_and_signatures(centre):
    case = to_decision(centre)
    order(centre, case)
    appoint(centre, case, at("2026-03-12"))
    centre.now = at("2026-03-11")
    refused(centre, NotHeldYet, lambda: record(centre, case))
    centre.now = at("2026-03-12", 5)
    for signatures in (
        (),
        (Signature("", "applicant", signed=True),),
        (Signature("赵某某（示例）", "applicant", signed=False),),
        (Signature("金兰（示例）", "officer", signed=True),),
    ):
        refused(centre, SignaturesMissing, lambda: record(centre, case, signatures=signatures))  # noqa: B023
    refused(centre, ReasonRequired, lambda: record(centre, case, text=" "))
    refused(centre, ReasonRequired, lambda: record(centre, case, conclusion=" "))
    refused(centre, tasks.TaskHeld, lambda: record(centre, case, by="jinlan"))
    away = Signature("赵某某（示例）", "applicant", signed=False, why_not="经通知无正当理由未到场")
    assert (
        record(centre, case, signatures=(away, Signature("金兰（示例）", "officer", signed=True))).state
        == "closed"
    )
    [written] = papers_of(centre, case, "hearing_record")
    assert "未签名：经通知无正当理由未到场" in written.html


def test_only_who_asked_gives_it_up_and_only_before_it_is_held(centre):
    case = to_decision(centre)
    ordered = order(centre, case)
    give_up = lambda hearing, by="linxiao": hearings.withdraw(  # noqa: E731
        centre.session, hearing.id, centre.staff[by] if by else None, "", centre.calendar, centre.now
    )
    refused(centre, NotWithdrawable, lambda: give_up(ordered))
    other = proposed(centre)
    asked = ask(centre, other)
    refused(centre, Forbidden, lambda: give_up(asked, by="jinlan"))
    give_up(asked, by=None)
    refused(centre, NotWithdrawable, lambda: give_up(asked))
    heard(centre, other)
    rule(centre, other, granted=False)  # given up: the refusal need not wait


def test_the_pause_of_a_hearing_ends_with_its_record_alone(centre):
    case = to_decision(centre)
    ordered = order(centre, case)
    refused(centre, HearingApart, lambda: special.end_procedure(
        centre.session, ordered.procedure_id, centre.staff["jinlan"], "结束", centre.calendar, centre.now
    ))  # fmt: skip


def test_a_case_that_ends_needs_no_hearing(centre):
    case = proposed(centre)
    asked = ask(centre, case)
    closing.withdraw(centre.session, case.id, centre.staff["linxiao"], "不办了", centre.now)
    assert asked.state == "withdrawn"
    assert asked.procedure.state == ProcedureState.CANCELLED
    assert not tasks.open_tasks(centre.session, case.id)


def test_what_was_said_in_a_hearing_is_encrypted_at_rest(centre):
    case = to_decision(centre)
    order(centre, case)
    appoint(centre, case, at("2026-03-12"))
    centre.now = at("2026-03-12", 5)
    record(centre, case, text="当面说的话")
    centre.session.flush()
    raw = centre.session.connection().exec_driver_sql("SELECT record FROM hearings").scalar()
    assert "当面说的话" not in str(raw)
    assert centre.session.scalars(select(Hearing)).one().record == "当面说的话"
    procedure = centre.session.scalars(select(SpecialProcedure)).one()
    assert (procedure.kind, procedure.state) == (ProcedureKind.HEARING, ProcedureState.ENDED)
