"""Extension and what article 45 does not count: by rank, in writing, once; every refusal writes nothing."""

import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from approvals import clock, guides, ledger
from approvals.catalogue_files import DATA
from approvals.decision import Ruling
from approvals.errors import Forbidden, NotFound, ReasonRequired, StaleTask, WrongState
from approvals.limits import EntryKind, ExtensionTooLate
from approvals.procedure_rules import (
    BodyRequired,
    ExtendedAlready,
    ExtensionRange,
    HearingApart,
    NeededDays,
    NotExtendable,
    NotRunning,
    OwnProposal,
    ProcedureNotListed,
    ProcedureRunning,
    ProposalOpen,
    StopsNoClock,
)
from approvals.special_procedures import MOST_DAYS, Needed
from approvals.tables import CasePart, Document, JournalEntry, LedgerEntry, Message, SpecialProcedure
from approvals.terms import ProcedureKind, ProcedureState
from processes.steps import closing, decisions, lead, special
from tests.centre import HOT_POT
from tests.test_bad_input import refused
from web import guide as guide_page
from web.demo.centre import NOODLE_SHOP, Centre, Somebody

WHY = "需要补充检测数据（示例）"
NEIGHBOUR = Somebody(
    "person", "孙某某（示例）", "11010519491231002X", "13800000001", "示例县城东街道示例路 20 号"
)
LAB = "示例县疾病预防控制中心（示例）"
HYGIENE = "public_venue_hygiene"  # 20 wd + 10 by the head, promised 5; inspection and testing
MONDAY_MARCH = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # no holiday until 4 April


def accepted(centre: Centre, item: str = HYGIENE, answers: dict | None = None, at: datetime = MONDAY_MARCH):
    """A case accepted on a day in spring, where every date is announced."""
    centre.now = at
    who = NEIGHBOUR if item == "elderly_home_care" else NOODLE_SHOP
    return centre.accept(centre.draft(item, answers or {}, who=who))


def propose(centre: Centre, case, part: CasePart | None = None, *, by="jinlan", days=10, reasons=WHY):
    part_id = part.id if part else None
    return special.propose_extension(
        centre.session, case.id, part_id, centre.staff[by], days, reasons, centre.now
    )


def approve(centre: Centre, case, *, by="weijian", note="", granted=True, version=None):
    task = centre.task(case, "approve_extension")
    return special.approve_extension(
        centre.session, task.id, version, centre.staff[by], note, centre.calendar, centre.now, granted=granted
    )


def start(
    centre: Centre,
    case,
    part: CasePart | None = None,
    *,
    by="jinlan",
    head="weijian",
    kind="testing",
    days=10,
    body=LAB,
    reasons=WHY,
):
    """Propose and approve a procedure."""
    suggest(centre, case, part, by=by, kind=kind, days=days, body=body, reasons=reasons)
    return rule(centre, case, by=head)


def suggest(centre: Centre, case, part=None, *, by="jinlan", kind="testing", days=10, body=LAB, reasons=WHY):
    part = part or case.parts[0]
    return special.propose_procedure(
        centre.session, part.id, centre.staff[by], Needed(kind, days, body, reasons), centre.now
    )


def rule(centre: Centre, case, *, by="weijian", note="", granted=True):
    task = centre.task(case, "approve_procedure")
    return special.approve_procedure(
        centre.session, task.id, None, centre.staff[by], note, centre.calendar, centre.now, granted=granted
    )


def finish(centre: Centre, procedure, *, by="jinlan", result="检测合格（示例）"):
    return special.end_procedure(
        centre.session, procedure.id, centre.staff[by], result, centre.calendar, centre.now
    )


def days_of(subject) -> tuple[date | None, date | None]:
    """Promised and statutory day."""
    promised, statutory = subject.promised_due, subject.statutory_due
    return promised and clock.local_day(promised), statutory and clock.local_day(statutory)


def at(day: str, hour: int = 2) -> datetime:
    """An instant of that day; 2 UTC is 10:00 at the centre."""
    return datetime.fromisoformat(f"{day}T{hour:02d}:00+00:00")


def lines(centre: Centre, case, part=None) -> list[LedgerEntry]:
    query = select(LedgerEntry).where(
        LedgerEntry.case_id == case.id,
        LedgerEntry.part_id == (part.id if part else None),
        LedgerEntry.task_id.is_(None),
    )
    return list(centre.session.scalars(query.order_by(LedgerEntry.id)))


def papers_of(centre: Centre, case, kind: str) -> list[Document]:
    query = select(Document).where(Document.case_id == case.id, Document.kind == kind)
    return list(centre.session.scalars(query.order_by(Document.id)))


# --- extension


def test_an_extension_moves_the_limit_and_is_told_in_writing(centre):
    case = accepted(centre)
    assert days_of(case) == (date(2026, 3, 9), date(2026, 3, 30))
    centre.now = at("2026-03-05")
    asked = propose(centre, case)
    assert asked.state == ProcedureState.PROPOSED
    assert days_of(case) == (date(2026, 3, 9), date(2026, 3, 30))  # a proposal moves nothing
    centre.now = at("2026-03-06")
    granted = approve(centre, case, note="同意")
    # 10 working days after 9 and 30 March; 6 April is a holiday (清明节)
    assert days_of(case) == (date(2026, 3, 23), date(2026, 4, 14))
    assert days_of(case.parts[0]) == days_of(case)
    assert (granted.state, granted.approver.login, granted.approval_note) == ("granted", "weijian", "同意")
    [paper] = papers_of(centre, case, "extension")
    assert granted.document_id == paper.id
    for words in (
        WHY,
        "10个工作日",
        "姜平",
        "本机关负责人",
        "2026年3月30日",
        "2026年4月14日",
        "第四十二条第一款",
    ):
        assert words in paper.html
    [line] = [each for each in lines(centre, case) if each.kind == EntryKind.EXTEND]
    assert (line.days, line.document_number, line.officer_id) == (
        10,
        paper.number,
        centre.staff["weijian"].id,
    )
    assert "第四十二条第一款" in line.article
    message = centre.session.scalar(select(Message).where(Message.stage == "extension"))
    assert paper.number in message.body
    acts = list(centre.session.scalars(select(JournalEntry.act).where(JournalEntry.case_id == case.id)))
    assert acts[-2:] == ["propose_extension", "extend"]


def test_a_promise_missed_before_stays_recorded_as_missed(centre):
    case = accepted(centre)
    centre.now = at("2026-03-12")  # promised for the 9th
    propose(centre, case)
    approve(centre, case)
    assert days_of(case) == (date(2026, 3, 9), date(2026, 4, 14))
    [paper] = papers_of(centre, case, "extension")
    assert "仍记为逾期" in paper.html
    deadline = ledger.deadline_of(centre.session, case=case, calendar=centre.calendar)
    extended = next(line for line in deadline.lines if line.kind == EntryKind.EXTEND)
    assert extended.promised == date(2026, 3, 9)
    assert any("不因此改变" in note.message for note in extended.notes)


def test_a_refused_extension_changes_no_date_and_says_why(centre):
    case = accepted(centre)
    propose(centre, case)
    before = days_of(case)
    refused(centre, ReasonRequired, lambda: approve(centre, case, granted=False))
    said_no = approve(centre, case, granted=False, note="可以按期办结")
    assert said_no.state == ProcedureState.REFUSED
    assert days_of(case) == before
    assert not papers_of(centre, case, "extension")
    propose(centre, case)  # refused once, it may be proposed again
    assert approve(centre, case).state == ProcedureState.GRANTED


def test_the_whole_joint_case_is_extended_by_the_head_of_government_and_parts_by_their_own(centre):
    case = accepted(centre, "restaurant_opening", HOT_POT)
    food = centre.part(case, "food_licence")
    # 45 working days after 2 March: 6 April and 1, 4, 5 May are off, 9 May is worked
    assert days_of(case)[1] == date(2026, 5, 8)
    propose(centre, case, by="qiantou", days=15)
    refused(centre, Forbidden, lambda: approve(centre, case, by="shichang"))
    refused(centre, Forbidden, lambda: approve(centre, case, by="qiantou"))
    approve(centre, case, by="xianzhang")
    assert days_of(case)[1] == date(2026, 5, 28)
    assert days_of(food)[1] == date(2026, 3, 16)  # the part keeps its own clock
    [paper] = papers_of(centre, case, "extension")
    assert "本级人民政府负责人" in paper.html
    propose(centre, case, food, by="chenli", days=5)
    refused(centre, Forbidden, lambda: approve(centre, case, by="xianzhang"))
    approve(centre, case, by="shichang")
    assert days_of(food)[1] == date(2026, 3, 23)
    assert days_of(case)[1] == date(2026, 5, 28)


def test_an_extension_during_a_pause_lengthens_what_is_left(centre):
    case = accepted(centre)
    centre.now = at("2026-03-04")  # 2 of 20 used, 3 of the promised 5 left
    running = start(centre, case, days=5)
    assert case.paused
    assert case.paused_left == 3
    centre.now = at("2026-03-06")
    propose(centre, case, days=10)
    approve(centre, case)
    assert case.paused_left == 13
    centre.now = at("2026-03-11")
    finish(centre, running)
    # 13 and 28 working days after the 11th
    assert days_of(case) == (date(2026, 3, 30), date(2026, 4, 21))


def test_who_wrote_the_proposal_does_not_approve_it(centre):
    case = accepted(centre)
    propose(centre, case)
    centre.session.scalars(select(SpecialProcedure)).one().requested_by_id = centre.staff["weijian"].id
    refused(centre, OwnProposal, lambda: approve(centre, case))


@pytest.mark.parametrize(
    ("item", "by", "days", "reasons", "why"),
    [
        (HYGIENE, "jinlan", 11, WHY, ExtensionRange),
        (HYGIENE, "jinlan", 0, WHY, ExtensionRange),
        (HYGIENE, "jinlan", -3, WHY, ExtensionRange),
        (HYGIENE, "jinlan", 10, "  ", ReasonRequired),
        (HYGIENE, "chenli", 10, WHY, Forbidden),  # an officer of another department
        (HYGIENE, "weijian", 10, WHY, Forbidden),  # the head approves, and does not propose
        (HYGIENE, "linxiao", 10, WHY, Forbidden),  # the window has no part in it
        ("fire_inspection", "zhouyan", 5, WHY, NotExtendable),  # the law of the item gives none
        ("construction_permit", "zhangjian", 5, WHY, NotExtendable),
        ("elderly_home_care", "minzhengyuan", 5, WHY, NotExtendable),  # no statutory limit at all
    ],
)
def test_no_such_extension(centre, item, by, days, reasons, why):
    case = accepted(centre, item)
    refused(centre, why, lambda: propose(centre, case, by=by, days=days, reasons=reasons))


def test_why_an_item_cannot_be_extended_is_said(centre):
    case = accepted(centre, "elderly_home_care")
    fault = refused(centre, NotExtendable, lambda: propose(centre, case, by="minzhengyuan"))
    assert fault.params["why"] == "没有规定法定期限"
    joint = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    check = centre.part(joint, "business_licence_check")
    refused(centre, NotExtendable, lambda: propose(centre, joint, check, by="chenli"))


def test_once_and_never_after_the_limit_has_run_out(centre):
    case = accepted(centre)
    propose(centre, case)
    refused(centre, ProposalOpen, lambda: propose(centre, case))
    approve(centre, case)
    fault = refused(centre, ExtendedAlready, lambda: propose(centre, case))
    assert fault.params["number"] == papers_of(centre, case, "extension")[0].number
    late = accepted(centre)
    centre.now = at("2026-03-31")  # the day after the last
    fault = refused(centre, ExtensionTooLate, lambda: propose(centre, late))
    assert fault.params["day"] == date(2026, 3, 30)
    centre.now = at("2026-03-30", 15)  # 23:00 of the last day
    propose(centre, late)
    centre.now = at("2026-03-30", 16)  # 00:00 of the day after: asked in time, approved too late
    refused(centre, ExtensionTooLate, lambda: approve(centre, late))
    assert centre.task(late, "approve_extension")


def test_no_extension_before_acceptance_or_after_the_decision(centre):
    centre.now = MONDAY_MARCH
    waiting = centre.receive(centre.draft(HYGIENE, {}))
    refused(centre, WrongState, lambda: propose(centre, waiting))
    decided = accepted(centre)
    centre.opine_all(decided)
    propose(centre, decided)
    centre.grant_all(decided)  # the decision needs no more time: what was proposed is dropped
    [dropped] = centre.session.scalars(select(SpecialProcedure))
    assert dropped.state == ProcedureState.CANCELLED
    refused(centre, WrongState, lambda: propose(centre, decided))
    ended = accepted(centre)
    propose(centre, ended)
    task = centre.task(ended, "approve_extension")
    closing.withdraw(centre.session, ended.id, centre.staff["linxiao"], "不办了", centre.now)
    refused(centre, WrongState, lambda: propose(centre, ended))
    gone = lambda: special.approve_extension(  # noqa: E731
        centre.session, task.id, None, centre.staff["weijian"], "", centre.calendar, centre.now, granted=True
    )
    refused(centre, StaleTask, gone)


def test_an_extension_of_another_case_or_part_is_not_found(centre):
    case, other = accepted(centre), accepted(centre)
    refused(centre, NotFound, lambda: propose(centre, case, other.parts[0]))
    refused(centre, NotFound, lambda: special.propose_extension(
        centre.session, 10_000, None, centre.staff["jinlan"], 5, WHY, centre.now
    ))  # fmt: skip


# --- article 45


def test_a_test_stops_the_clock_and_its_end_starts_it_again(centre):
    case = accepted(centre)
    centre.now = at("2026-03-04")
    running = start(centre, case)
    assert running.state == ProcedureState.RUNNING
    assert running.ends_on == date(2026, 3, 18)  # 10 working days after the 4th
    assert case.paused
    assert case.paused_left == 3
    [paper] = papers_of(centre, case, "special_procedure")
    for words in ("检测", LAB, "10个工作日", "2026年3月4日", "2026年3月18日", "第四十五条", "姜平"):
        assert words in paper.html
    pause = lines(centre, case)[-1]
    assert (pause.kind, pause.article) == (EntryKind.PAUSE, "《中华人民共和国行政许可法》第四十五条")
    assert (pause.document_number, pause.until) == (paper.number, date(2026, 3, 18))
    centre.now = at("2026-03-17")
    finish(centre, running)
    # 3 and 18 working days after the 17th; 6 April is a holiday
    assert days_of(case) == (date(2026, 3, 20), date(2026, 4, 13))
    assert not case.paused
    [over] = papers_of(centre, case, "special_procedure_end")
    for words in (paper.number, "2026年3月17日", "9个工作日", "检测合格", "2026年4月13日"):
        assert words in over.html
    resume = lines(centre, case)[-1]
    assert (resume.kind, resume.document_number) == (EntryKind.RESUME, over.number)
    assert (running.state, running.result, running.end_document_id) == ("ended", "检测合格（示例）", over.id)
    bodies = [each.body for each in centre.session.scalars(select(Message).where(Message.channel == "sms"))]
    assert any("所需时间至 2026-03-18" in body for body in bodies)


def test_a_resume_on_a_holiday_counts_from_the_next_working_day(centre):
    case = accepted(centre, at=at("2026-04-27"))
    assert days_of(case)[0] == date(2026, 5, 7)  # 1 to 5 May off
    centre.now = at("2026-04-29")
    running = start(centre, case, days=3)
    assert running.ends_on == date(2026, 5, 7)
    centre.now = at("2026-05-02")
    finish(centre, running)
    assert days_of(case)[0] == date(2026, 5, 8)  # 3 left: 6, 7, 8 May


def test_procedures_that_overlap_count_once(centre):
    case = accepted(centre)
    centre.now = at("2026-03-04")
    testing = start(centre, case)
    centre.now = at("2026-03-06")
    inspection = start(centre, case, kind="inspection", days=3)
    centre.now = at("2026-03-10")
    finish(centre, testing)
    assert case.paused
    [over] = papers_of(centre, case, "special_procedure_end")
    assert "尚未结束，办理期限仍停止计算" in over.html
    centre.now = at("2026-03-17")
    finish(centre, inspection)
    assert days_of(case) == (date(2026, 3, 20), date(2026, 4, 13))


def test_in_a_joint_case_only_the_own_part_stands(centre):
    case = accepted(centre, "restaurant_opening", HOT_POT)
    food, fire = centre.part(case, "food_licence"), centre.part(case, "fire_inspection")
    before = days_of(case)
    centre.now = at("2026-03-04")
    running = start(centre, case, food, by="chenli", head="shichang", kind="inspection")
    assert food.paused
    assert not fire.paused
    assert not case.paused
    assert days_of(fire) == (date(2026, 3, 9), date(2026, 3, 16))
    assert [each.kind for each in lines(centre, case)] == [EntryKind.START]
    assert [each.kind for each in lines(centre, case, food)] == [EntryKind.START, EntryKind.PAUSE]
    centre.now = at("2026-03-17")
    finish(centre, running, by="chenli")
    assert days_of(food) == (date(2026, 3, 20), date(2026, 3, 27))
    after = days_of(case)
    assert after[1] is not None
    assert before[1] is not None
    assert after[1] >= before[1]


def test_a_later_end_is_told_in_a_new_notice_and_the_pause_goes_on(centre):
    case = accepted(centre)
    centre.now = at("2026-03-04")
    running = start(centre, case)
    count = len(lines(centre, case))
    prolong = lambda by="weijian", days=5, reasons=WHY: special.prolong(  # noqa: E731
        centre.session, running.id, centre.staff[by], days, reasons, centre.calendar, centre.now
    )
    refused(centre, Forbidden, lambda: prolong(by="jinlan"))
    refused(centre, NeededDays, lambda: prolong(days=0))
    refused(centre, ReasonRequired, lambda: prolong(reasons=""))
    centre.now = at("2026-03-16")
    prolong()
    assert (running.ends_on, running.days) == (date(2026, 3, 25), 15)
    first, second = papers_of(centre, case, "special_procedure")
    assert first.number in second.html
    assert "2026年3月25日" in second.html
    assert len(lines(centre, case)) == count
    centre.now = at("2026-03-30")  # past the end that was told: from today on
    prolong(days=2)
    assert running.ends_on == date(2026, 4, 1)
    finish(centre, running)
    refused(centre, NotRunning, prolong)


def test_a_later_end_moves_the_forecast_of_the_joint_case(centre):
    case = accepted(centre, "restaurant_opening", HOT_POT)
    food = centre.part(case, "food_licence")
    centre.now = at("2026-03-04")
    running = start(centre, case, food, by="chenli", head="shichang", kind="inspection")
    # three promised days left after 18 March: the 23rd, ten working days after the other parts' 9th
    assert days_of(case) == (date(2026, 3, 26), date(2026, 5, 8))
    special.prolong(centre.session, running.id, centre.staff["shichang"], 5, WHY, centre.calendar, centre.now)
    [pause] = [line for line in lines(centre, case, food) if line.kind == EntryKind.PAUSE]
    assert pause.until == date(2026, 3, 25)
    # after the 25th: promised the 30th, fifteen after the 9th; by law 7 April, five after the 30th; 9 May is worked
    assert days_of(case) == (date(2026, 4, 2), date(2026, 5, 14))


def test_the_review_goes_on_but_the_decision_waits_for_the_end(centre):
    case = accepted(centre)
    running = start(centre, case)
    centre.opine_all(case)
    task = centre.task(case, "decide")
    grant = lambda: decisions.decide(  # noqa: E731
        centre.session,
        task.id,
        None,
        centre.staff["weijian"],
        Ruling(granted=True, reasons="符合条件", articles=""),
        centre.now,
    )
    fault = refused(centre, ProcedureRunning, grant)
    assert "请先登记结束" in fault.message
    finish(centre, running)
    grant()
    assert case.parts[0].state == "granted"


def test_a_case_that_ends_drops_what_runs(centre):
    case = accepted(centre)
    running = start(centre, case)
    closing.withdraw(centre.session, case.id, centre.staff["linxiao"], "不办了", centre.now)
    assert running.state == ProcedureState.CANCELLED
    refused(centre, NotRunning, lambda: finish(centre, running))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"kind": "site_visit"}, StopsNoClock),
        ({"kind": "publicity"}, StopsNoClock),
        ({"kind": "consultation"}, StopsNoClock),
        ({"kind": "extension"}, StopsNoClock),
        ({"kind": ""}, StopsNoClock),
        ({"kind": "hearing"}, HearingApart),
        ({"kind": "tender"}, ProcedureNotListed),
        ({"kind": "expert_review"}, ProcedureNotListed),
        ({"days": 0}, NeededDays),
        ({"days": MOST_DAYS + 1}, NeededDays),
        ({"body": " "}, BodyRequired),
        ({"reasons": ""}, ReasonRequired),
        ({"by": "weijian"}, Forbidden),
        ({"by": "chenli"}, Forbidden),
        ({"by": "linxiao"}, Forbidden),
    ],
)
def test_nothing_else_stops_the_clock(centre, changed, why):
    case = accepted(centre)
    refused(centre, why, lambda: suggest(centre, case, **changed))
    assert not case.paused


def test_a_site_visit_is_refused_in_words_that_say_it_stops_no_clock(centre):
    case = accepted(centre)
    fault = refused(centre, StopsNoClock, lambda: suggest(centre, case, kind="site_visit"))
    for words in ("现场核查", "公示", "征求意见", "计入期限", "专家评审"):
        assert words in fault.text()


def test_a_procedure_needs_its_approval_and_ends_once(centre):
    case = accepted(centre)
    asked = suggest(centre, case)
    refused(centre, NotRunning, lambda: finish(centre, asked))
    refused(centre, ProposalOpen, lambda: suggest(centre, case, kind="inspection"))
    refused(centre, Forbidden, lambda: rule(centre, case, by="jinlan"))
    refused(centre, Forbidden, lambda: rule(centre, case, by="shichang"))
    refused(centre, ReasonRequired, lambda: rule(centre, case, granted=False))
    rule(centre, case, granted=False, note="现有材料已经足够")
    assert not case.paused
    assert [each.kind for each in lines(centre, case)] == [EntryKind.START]
    running = start(centre, case)
    refused(centre, ReasonRequired, lambda: finish(centre, running, result=" "))
    refused(centre, Forbidden, lambda: finish(centre, running, by="chenli"))
    finish(centre, running)
    refused(centre, NotRunning, lambda: finish(centre, running))


def test_an_opinion_only_part_has_no_clock_to_stop(centre):
    case = accepted(centre, "restaurant_opening", HOT_POT)
    check = centre.part(case, "business_licence_check")
    refused(centre, ProcedureNotListed, lambda: suggest(centre, case, check, by="chenli", kind="inspection"))


def test_sending_a_part_back_leaves_its_procedure_alone(centre):
    case = accepted(centre, "restaurant_opening", HOT_POT)
    food = centre.part(case, "food_licence")
    suggest(centre, case, food, by="chenli", kind="inspection")
    centre.opine(case, "food_licence")
    lead.send_back(centre.session, food.id, centre.staff["qiantou"], "补充意见", centre.now)
    running = rule(centre, case, by="shichang")
    assert running.state == ProcedureState.RUNNING
    assert food.paused


def test_every_procedure_an_item_may_list_has_its_words_everywhere():
    schema = json.loads((DATA / "schema" / "item.schema.json").read_text())
    listed = set(schema["properties"]["special_procedures"]["items"]["enum"])
    assert listed == {kind.value for kind in ProcedureKind}
    assert listed <= set(guides.SPECIAL)
    assert listed <= set(guide_page.SPECIAL)
