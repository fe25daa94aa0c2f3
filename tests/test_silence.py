"""What silence leads to, at the instant and not a microsecond before; dates counted by hand from Monday 23 November 2026."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from approvals import catalogue, corrections, decision, intake, journal, permits, tasks
from approvals import documents as papers_of
from approvals import silence as periods
from approvals.calendar import WorkingCalendar
from approvals.completeness import DeferralExpired, MaterialsMissing, StillDeferred
from approvals.corrections import DefectInput
from approvals.decision import Ruling
from approvals.errors import WrongState
from approvals.holidays import YearNotice
from approvals.tables import Case, CasePart, Correction, Document, LedgerEntry, Message, Opinion, Task
from approvals.terms import CaseState, MaterialState, OpinionKind, Outcome, PartState, TaskState
from processes import store
from processes.steps import checking, departments, lead, silence, window
from tests import invariants
from tests.centre import HOT_POT
from web.demo.centre import Centre

TICK = timedelta(microseconds=1)
PLAN = DefectInput("premises_plan", "平面图未标注安全出口宽度", "标注安全出口宽度")
ARTICLE = {"law": {"zh": "示例许可条例（示例）", "en": "Sample"}, "article": {"zh": "第九条", "en": "9"}}


def midnight(month: int, day: int, year: int = 2026) -> datetime:
    """The first instant after that day in Shanghai."""
    return datetime(year, month, day, 16, 0, tzinfo=UTC)


def again(centre: Centre, act: Callable[..., bool], subject: object) -> None:
    """A second call finds nothing to do and writes nothing."""
    before = invariants.fingerprint(centre.session)
    assert act(centre.session, subject, centre.calendar, centre.now) is False
    assert invariants.fingerprint(centre.session) == before
    invariants.check(centre.session)


def exactly(centre: Centre, act: Callable[..., bool], subject: object, instant: datetime) -> None:
    """Nothing happens a microsecond before ``instant``; at it the act is done, once."""
    before = invariants.fingerprint(centre.session)
    centre.now = instant - TICK
    assert act(centre.session, subject, centre.calendar, centre.now) is False
    assert invariants.fingerprint(centre.session) == before
    centre.now = instant
    assert act(centre.session, subject, centre.calendar, centre.now) is True
    again(centre, act, subject)


def received(centre: Centre, item: str = "restaurant_opening", *, complete: bool = True) -> Case:
    answers = HOT_POT if item == "restaurant_opening" else {}
    return centre.receive(centre.draft(item, answers, complete=complete))


def told(centre: Centre, case: Case, stage: str) -> list[str]:
    query = select(Message).where(Message.case_id == case.id, Message.stage == stage).order_by(Message.id)
    return [message.body for message in centre.session.scalars(query)]


def kinds(centre: Centre, case: Case) -> list[str]:
    return [document.kind for document in papers_of.of_case(centre.session, case.id)]


def paper(centre: Centre, case: Case, kind: str) -> Document:
    return next(d for d in papers_of.of_case(centre.session, case.id) if d.kind == kind)


def acts(centre: Centre, case: Case) -> list[str]:
    return [entry.act for entry in journal.of_case(centre.session, case.id)]


def cite(centre: Centre, case: Case) -> None:
    """The item says by which article an unanswered request counts as withdrawn."""
    row = catalogue.current(centre.session, case.item.code)
    row.definition = {**row.definition, "unanswered_correction": ARTICLE}
    row.content_hash = f"{row.content_hash[:-1]}*"
    centre.session.flush()
    centre.session.expire(case, ["item"])


# --- five working days: 24, 25, 26, 27 and 30 November


def test_the_office_is_reminded_on_the_working_day_before(centre: Centre) -> None:
    case = received(centre)
    period = periods.checking(centre.session, case, centre.calendar)
    assert period == periods.Period(datetime(2026, 11, 27, 1, 0, tzinfo=UTC), midnight(11, 30) - TICK, False)
    centre.now = period.remind_at
    assert silence.alarm_checking(centre.session, case, centre.calendar, centre.now)
    again(centre, silence.alarm_checking, case)
    heard = centre.session.scalars(select(Message).where(Message.stage == "five_days")).all()
    assert {m.staff_id for m in heard} == {centre.staff[who].id for who in ("linxiao", "qiantou", "shichang")}
    assert "2026-11-30" in heard[0].body


def test_after_an_answer_the_office_is_reminded_anew(centre: Centre) -> None:
    case = received(centre)
    centre.pre_check(case, {"fire_inspection": [PLAN]})
    assert silence.alarm_checking(centre.session, case, centre.calendar, centre.now)
    centre.check(case, "correction")
    assert not silence.alarm_checking(centre.session, case, centre.calendar, centre.now)
    centre.later(days=1)
    centre.answer(case, "已补正")
    assert silence.alarm_checking(centre.session, case, centre.calendar, centre.now)


def test_silence_accepts_a_joint_case_as_of_the_day_of_receipt(centre: Centre) -> None:
    case = received(centre)
    first = tasks.open_tasks(centre.session, case.id, "pre_check")[0]
    departments.pre_check(centre.session, first.id, None, centre.who(first), [PLAN], centre.now)
    exactly(centre, silence.deem_accepted, case, midnight(11, 30))

    assert case.accepted_at == case.received_at
    assert case.state == CaseState.REVIEWING
    assert (
        case.promised_due == midnight(12, 3) - TICK
    )  # eight working days after the receipt, not after today
    starts = centre.session.scalars(select(LedgerEntry).where(LedgerEntry.part_id.is_(None)))
    assert {(entry.at, entry.officer_id) for entry in starts if entry.task_id is None} == {
        (case.received_at, None)
    }
    # The departments go on as after any acceptance, and nothing they found is lost.
    assert len(tasks.open_tasks(centre.session, case.id, "review")) == len(case.parts)
    assert not tasks.open_tasks(centre.session, case.id, "pre_check")
    asked = centre.task(case, "issue_correction")
    assert [d.problem for d in corrections.waiting_defects(centre.session, case.id)] == [PLAN.problem]
    assert asked.instance_id is None
    checked = centre.session.scalars(select(Task).where(Task.step == "check_materials")).one()
    assert (checked.state, checked.done_by_id, checked.result) == (TaskState.DONE, None, "accepted")
    assert {i.status for i in store.instances(centre.session, case.id, "joint_pre_check")} == {
        "ended",
        "cancelled",
    }

    notice = paper(centre, case, "deemed_acceptance")
    assert notice.issued_by_id is None
    for words in ("2026年11月23日", "2026年11月30日", "第三十二条第一款第（四）项", "2026年12月3日"):
        assert words in notice.html
    assert case.query_code
    assert case.query_code in notice.html
    entry = next(e for e in journal.of_case(centre.session, case.id) if e.act == "deem_accepted")
    assert (entry.staff_id, entry.actor) == (None, "系统")
    assert "第三十二条第一款第四项" in entry.ground
    assert "五个工作日" in entry.after["reasons"]
    assert "2026-11-23" in told(centre, case, "deemed_accepted")[0]
    assert len(told(centre, case, "joint_notice")) == len(case.parts)
    assert kinds(centre, case).count("joint_notice") == 1


def test_silence_accepts_with_every_pre_check_open_or_all_done(centre: Centre) -> None:
    waiting, done = received(centre), received(centre)
    centre.pre_check(done)
    centre.now = midnight(11, 30)
    for case in (waiting, done):
        assert silence.deem_accepted(centre.session, case, centre.calendar, centre.now)
        assert not tasks.open_tasks(centre.session, case.id, "issue_correction")  # nothing is missing
        invariants.check(centre.session)
        centre.opine_all(case)
        centre.collate(case)
        centre.grant_all(case)
        centre.issue(case)


def test_what_was_missing_is_asked_for_after_acceptance_and_stops_the_grant(centre: Centre) -> None:
    case = received(centre, "food_licence", complete=False)
    rules = next(m for m in case.materials if m.code == "management_rules")
    intake.tick(rules, MaterialState.DEFERRED, 0, 0, "")  # nobody granted the deferral
    exactly(centre, silence.deem_accepted, case, midnight(11, 30))
    assert rules.state == MaterialState.MISSING
    assert "尚缺或者不合格的材料" in paper(centre, case, "deemed_acceptance").html
    clerk = centre.staff["linxiao"]
    task = centre.task(case, "issue_correction")
    checking.issue_correction(centre.session, task.id, None, clerk, centre.calendar, centre.now)
    notice = corrections.open_correction(centre.session, case.id)
    assert notice
    assert {d.material_code for d in notice.defects} == {
        "application_form",
        "premises_plan",
        "management_rules",
    }
    due = case.statutory_due

    centre.opine_all(case)
    with pytest.raises(MaterialsMissing):
        centre.grant(case)
    checking.answer_online(centre.session, case.id, "已寄出", centre.now)
    with pytest.raises(MaterialsMissing):
        centre.grant(case)
    for code, originals, copies in (
        ("application_form", 1, 0),
        ("premises_plan", 1, 0),
        ("management_rules", 0, 1),
    ):
        checking.complete_deferred(centre.session, case.id, code, originals, copies, clerk, centre.now)
    assert acts(centre, case).count("complete_missing") == 3
    centre.grant(case)
    assert case.statutory_due == due


def test_an_answered_correction_starts_the_five_days_that_silence_ends(centre: Centre) -> None:
    case = received(centre, "food_licence")
    task = centre.task(case, "check_materials")
    checking.check_materials(
        centre.session,
        task.id,
        None,
        centre.staff["linxiao"],
        "correction",
        centre.calendar,
        centre.now,
        extra=[PLAN],
    )
    assert not silence.deem_accepted(
        centre.session, case, centre.calendar, midnight(11, 30)
    )  # it was told in time
    centre.now = datetime(
        2026, 11, 25, 13, 0, tzinfo=UTC
    )  # 21:00 on Wednesday, online: the day counts as it is
    checking.answer_online(centre.session, case.id, "已补正", centre.now)
    exactly(centre, silence.deem_accepted, case, midnight(12, 2))
    assert case.accepted_at == datetime(2026, 11, 25, 13, 0, tzinfo=UTC)
    assert case.promised_due == midnight(12, 2) - TICK
    assert "补正后的" in paper(centre, case, "deemed_acceptance").html


def test_silence_accepts_nothing_that_is_no_longer_being_checked(centre: Centre) -> None:
    accepted = centre.accept(centre.draft("food_licence", {}))
    draft = centre.draft("food_licence", {})
    centre.now = midnight(12, 31)
    for case in (accepted, draft):
        assert not silence.deem_accepted(centre.session, case, centre.calendar, centre.now)


def test_on_a_provisional_day_silence_accepts_nothing_until_the_notice_is_known(centre: Centre) -> None:
    centre.now = datetime(2026, 12, 29, 2, 0, tzinfo=UTC)
    case = received(centre, "food_licence")
    assert (
        case.notify_by == midnight(1, 6, 2027) - TICK
    )  # 30, 31, 4, 5, 6: New Year's Day is the only one off
    centre.now = midnight(1, 20, 2027)
    again(centre, silence.deem_accepted, case)
    # The notice makes the 4th a day off: the five days end a day later than was told.
    known = WorkingCalendar({2027: YearNotice(2027, {date(2027, 1, 1): "元旦", date(2027, 1, 4): "元旦"})})
    assert not silence.deem_accepted(centre.session, case, known, midnight(1, 7, 2027) - TICK)
    assert silence.deem_accepted(centre.session, case, known, midnight(1, 7, 2027))


# --- a correction: ten working days to 7 December, the warning on the 3rd


def corrected(centre: Centre, item: str = "restaurant_opening") -> tuple[Case, Correction]:
    case = centre.draft(item, HOT_POT if item == "restaurant_opening" else {})
    line = next(m for m in case.materials if m.code == "premises_plan")
    intake.tick(line, MaterialState.DEFECTIVE, 1, 0, "未标注安全出口")
    window.correct_at_window(centre.session, case.id, centre.staff["linxiao"], centre.calendar, centre.now)
    notice = corrections.open_correction(centre.session, case.id)
    assert notice is not None
    return case, notice


def warned(centre: Centre, notice: Correction) -> None:
    centre.now = periods.correction(notice, centre.calendar).remind_at
    assert silence.warn_correction(centre.session, notice, centre.calendar, centre.now)
    again(centre, silence.warn_correction, notice)


@pytest.mark.parametrize("item", ["restaurant_opening", "food_licence"])
def test_an_unanswered_correction_ends_after_a_warning(centre: Centre, item: str) -> None:
    case, notice = corrected(centre, item)
    assert notice.answer_by == date(2026, 12, 7)
    period = periods.correction(notice, centre.calendar)
    assert period == periods.Period(datetime(2026, 12, 3, 1, 0, tzinfo=UTC), midnight(12, 7) - TICK, False)
    warned(centre, notice)
    assert "2026-12-07" in told(centre, case, "correction_warning")[0]
    assert "2026年12月7日" in paper(centre, case, "correction_warning").html
    exactly(centre, silence.deem_withdrawn, notice, midnight(12, 7))
    assert (case.state, case.outcome, case.ended_at) == (
        CaseState.ENDED,
        Outcome.DEEMED_WITHDRAWN,
        centre.now,
    )
    assert not tasks.open_tasks(centre.session, case.id)
    assert all(i.status != "running" for i in store.instances(centre.session, case.id))
    assert all(m.returned_at == centre.now for m in case.materials if m.originals)
    html = paper(centre, case, "deemed_withdrawal").html
    for words in ("2026年12月7日", "2026年12月3日", "六十日", case.department.court, "视为撤回"):
        assert words in html
    assert acts(centre, case)[-1] == "deem_withdrawn"
    assert "2026-12-07" in told(centre, case, "deemed_withdrawn")[0]


def test_without_a_warning_nothing_ends(centre: Centre) -> None:
    case, notice = corrected(centre)
    centre.now = midnight(12, 31)
    again(centre, silence.deem_withdrawn, notice)
    # Warned late, on Thursday 31 December, the applicant still has a whole working day.
    centre.now = datetime(2026, 12, 24, 3, 0, tzinfo=UTC)
    assert silence.warn_correction(centre.session, notice, centre.calendar, centre.now)
    assert "2026-12-25" in told(centre, case, "correction_warning")[0]
    exactly(centre, silence.deem_withdrawn, notice, midnight(12, 25))


def test_an_answer_after_the_day_counts_until_the_case_has_ended(centre: Centre) -> None:
    case, notice = corrected(centre)
    warned(centre, notice)
    centre.now = midnight(12, 7) + timedelta(hours=3)
    centre.answer(case, "已补正")
    again(centre, silence.deem_withdrawn, notice)
    assert case.state == CaseState.CHECKING

    ended, other = corrected(centre)
    other.warned_at = centre.now
    centre.now = midnight(12, 30)
    task = centre.task(ended, "answer_correction")
    assert silence.deem_withdrawn(centre.session, other, centre.calendar, centre.now)
    with pytest.raises(WrongState):
        checking.answer_online(centre.session, ended.id, "晚了", centre.now)
    assert task.state == TaskState.CANCELLED


def test_a_provisional_day_ends_nothing(centre: Centre) -> None:
    centre.now = datetime(2026, 12, 22, 2, 0, tzinfo=UTC)
    case, notice = corrected(centre)
    warned(centre, notice)
    assert "（暂定）" in told(centre, case, "correction_warning")[0]
    assert "（暂定）" in paper(centre, case, "correction_warning").html
    centre.now = midnight(2, 20, 2027)
    again(centre, silence.deem_withdrawn, notice)
    known = WorkingCalendar({2027: YearNotice(2027, {date(2027, 1, 1): "元旦"})})
    assert silence.deem_withdrawn(centre.session, notice, known, centre.now)


def asked_after_acceptance(centre: Centre, case: Case) -> Correction:
    task = centre.task(case, "review")
    departments.request_correction(centre.session, task.id, None, centre.who(task), [PLAN], centre.now)
    task = centre.task(case, "issue_correction")
    checking.issue_correction(centre.session, task.id, None, centre.who(task), centre.calendar, centre.now)
    notice = corrections.open_correction(centre.session, case.id)
    assert notice is not None
    return notice


@pytest.mark.parametrize("item", ["restaurant_opening", "food_licence"])
def test_a_request_after_acceptance_stops_no_clock_and_never_ends_the_case(centre: Centre, item: str) -> None:
    case = centre.accept(centre.draft(item, HOT_POT if item == "restaurant_opening" else {}))
    dates = (case.promised_due, case.statutory_due)
    notice = asked_after_acceptance(centre, case)
    assert (case.promised_due, case.statutory_due) == dates
    assert not case.paused
    centre.now = midnight(12, 31)
    again(centre, silence.warn_correction, notice)
    notice.warned_at = notice.issued_at  # even if somebody had warned
    again(centre, silence.deem_withdrawn, notice)


def test_where_the_item_cites_its_article_an_unanswered_request_ends_the_case(centre: Centre) -> None:
    case = centre.accept(centre.draft("food_licence", {}))
    cite(centre, case)
    notice = asked_after_acceptance(centre, case)
    assert "第九条" in paper(centre, case, "correction").html
    warned(centre, notice)
    assert "第九条" in paper(centre, case, "correction_warning").html
    exactly(centre, silence.deem_withdrawn, notice, midnight(12, 7))
    assert case.outcome == Outcome.DEEMED_WITHDRAWN
    assert "《示例许可条例（示例）》第九条" in paper(centre, case, "deemed_withdrawal").html
    assert "示例许可条例" in journal.of_case(centre.session, case.id)[-1].ground


def test_a_decided_case_no_longer_ends_by_silence(centre: Centre) -> None:
    case = centre.accept(centre.draft("food_licence", {}))
    cite(centre, case)
    notice = asked_after_acceptance(centre, case)
    warned(centre, notice)
    centre.opine_all(case)
    centre.grant_all(case)
    centre.now = midnight(12, 31)
    again(centre, silence.deem_withdrawn, notice)


def test_departments_may_ask_again_before_the_first_request_is_answered(centre: Centre) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    first = asked_after_acceptance(centre, case)
    second = asked_after_acceptance(centre, case)
    assert first.id != second.id
    assert len(tasks.open_tasks(centre.session, case.id, "answer_correction")) == 1
    checking.answer_online(centre.session, case.id, "一并补充", centre.now)
    assert first.answered_at == second.answered_at == centre.now
    invariants.check(centre.session)


# --- deferral: six working days to 1 December (three, to 26 November, for the food licence)


def deferred(centre: Centre, item: str = "restaurant_opening") -> Case:
    case = centre.draft(item, HOT_POT if item == "restaurant_opening" else {})
    line = next(m for m in case.materials if m.code == "management_rules")
    intake.tick(line, MaterialState.DEFERRED, 0, 0, "")
    return centre.accept(case, deferral=True)


def reminded(centre: Centre, case: Case) -> None:
    period = periods.deferral(centre.session, case, centre.calendar)
    assert period is not None
    centre.now = period.remind_at
    assert silence.warn_deferral(centre.session, case, centre.calendar, centre.now)
    again(centre, silence.warn_deferral, case)


def refused_instead(centre: Centre, case: Case) -> None:
    """The item's rule says refused instead of withdrawn."""
    row = case.item
    row.definition = {**row.definition, "deferral": {**row.definition["deferral"], "outcome": "refused"}}
    row.content_hash = f"{row.content_hash[:-1]}#"
    centre.session.flush()


@pytest.mark.parametrize(
    ("item", "remind", "ends"),
    [("restaurant_opening", (11, 27), (12, 1)), ("food_licence", (11, 24), (11, 26))],
)
def test_deferred_materials_that_do_not_come_end_the_case(
    centre: Centre, item: str, remind: tuple[int, int], ends: tuple[int, int]
) -> None:
    case = deferred(centre, item)
    period = periods.deferral(centre.session, case, centre.calendar)
    assert period is not None
    assert period.remind_at == datetime(2026, *remind, 1, 0, tzinfo=UTC)
    reminded(centre, case)
    assert (
        "管理制度" in told(centre, case, "deferral_warning")[0]
        or "制度" in told(centre, case, "deferral_warning")[0]
    )
    exactly(centre, silence.expire_deferral, case, midnight(*ends))
    assert (case.state, case.outcome) == (CaseState.ENDED, Outcome.DEEMED_WITHDRAWN)
    assert "容缺受理告知书" in paper(centre, case, "deemed_withdrawal").html
    assert "容缺受理告知书" in journal.of_case(centre.session, case.id)[-1].ground


def test_where_the_rule_says_refused_nothing_more_is_taken_and_nothing_granted(centre: Centre) -> None:
    case = deferred(centre, "food_licence")
    refused_instead(centre, case)
    centre.opine_all(case)
    with pytest.raises(StillDeferred):
        centre.grant(case)
    reminded(centre, case)
    exactly(centre, silence.expire_deferral, case, midnight(11, 26))
    assert case.deferral_expired_at == centre.now
    assert case.state == CaseState.DECIDING
    with pytest.raises(checking.DeferralOver, match="2026-11-26"):
        checking.complete_deferred(
            centre.session, case.id, "management_rules", 0, 1, centre.staff["linxiao"], centre.now
        )
    with pytest.raises(DeferralExpired):
        centre.grant(case)
    with pytest.raises(permits.MaterialsDeferred):
        permits.require_ready(case)
    part = case.parts[0]
    with pytest.raises(decision.HearFirst):
        decision.decide(
            centre.session, part, centre.staff["shichang"], Ruling(False, "缺材料", "第九条"), centre.now
        )
    assert "陈述和申辩" in paper(centre, case, "deferral_expired").html
    assert told(centre, case, "deferral_expired")


def test_late_but_before_the_timer_a_deferred_material_is_taken(centre: Centre) -> None:
    case = deferred(centre)
    reminded(centre, case)
    centre.now = midnight(12, 1) + timedelta(hours=2)
    checking.complete_deferred(
        centre.session, case.id, "management_rules", 0, 1, centre.staff["linxiao"], centre.now
    )
    again(centre, silence.expire_deferral, case)
    assert case.state == CaseState.REVIEWING


def test_without_a_warning_no_deferral_ends_and_the_earliest_day_counts(centre: Centre) -> None:
    case = deferred(centre)
    centre.now = midnight(12, 20)
    again(centre, silence.expire_deferral, case)
    later = next(m for m in case.materials if m.code == "premises_plan")
    later.state, later.deferred_until = MaterialState.DEFERRED, date(2026, 12, 18)
    period = periods.deferral(centre.session, case, centre.calendar)
    assert period is not None
    assert period.ends_at == midnight(12, 1) - TICK


def test_once_a_part_is_refused_the_end_of_the_deferral_withdraws_nothing(centre: Centre) -> None:
    case = deferred(centre)
    centre.opine_all(case)
    centre.collate(case)
    centre.refuse(case, "shop_sign")
    reminded(centre, case)
    exactly(centre, silence.expire_deferral, case, midnight(12, 1))
    assert case.state == CaseState.DECIDING
    assert case.deferral_expired_at == centre.now


# --- consent by silence: opinions only


def only_opinion(centre: Centre, case: Case) -> CasePart:
    return centre.part(case, "business_licence_check")


def test_a_department_that_only_gives_an_opinion_consents_by_silence(centre: Centre) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    part = only_opinion(centre, case)
    assert not part.decides
    task = centre.task(case, "review", "business_licence_check")
    departments.save_draft(
        centre.session, task.id, None, centre.who(task), OpinionKind.DISAGREE, "草稿", "", centre.now
    )
    assert part.promised_due
    exactly(centre, silence.deem_consent, part, part.promised_due + TICK)
    assert part.state == PartState.OPINED
    opinion = centre.session.scalars(
        select(Opinion).where(Opinion.part_id == part.id, Opinion.superseded_at.is_(None))
    ).one()
    assert (opinion.kind, opinion.officer_id, opinion.submitted_at) == ("agree", None, centre.now)
    notice = paper(centre, case, "joint_notice")
    assert notice.number in opinion.basis
    assert notice.number in paper(centre, case, "deemed_consent").html
    assert not paper(centre, case, "deemed_consent").public
    assert opinion.document_id == paper(centre, case, "deemed_consent").id
    assert centre.session.get_one(Task, task.id).result == "deemed_consent"
    assert "deem_consent" in acts(centre, case)
    assert told(centre, case, "consented_by_silence")


def test_the_last_silent_department_wakes_the_lead(centre: Centre) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    for task in tasks.open_tasks(centre.session, case.id, "review"):
        if task.part and task.part.decides:
            departments.review(
                centre.session, task.id, None, centre.who(task), OpinionKind.AGREE, "", "", centre.now
            )
    assert not tasks.open_tasks(centre.session, case.id, "collate")
    part = only_opinion(centre, case)
    assert part.promised_due
    centre.now = part.promised_due + TICK
    assert silence.deem_consent(centre.session, part, centre.calendar, centre.now)
    centre.collate(case)
    centre.grant_all(case)
    assert case.state == CaseState.ISSUING


def test_a_department_with_its_own_permit_never_consents_by_silence(centre: Centre) -> None:
    joint = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    single = centre.accept(centre.draft("food_licence", {}))
    centre.now = midnight(12, 31)
    for part in (*joint.parts, *single.parts):
        if part.decides:
            state = part.state
            again(centre, silence.deem_consent, part)
            assert part.state == state


def test_a_visit_the_silent_department_asked_for_is_not_waited_for(centre: Centre) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    part = only_opinion(centre, case)
    task = centre.task(case, "review", "business_licence_check")
    departments.ask_site_visit(centre.session, task.id, None, centre.who(task), centre.now)
    assert part.promised_due
    exactly(centre, silence.deem_consent, part, part.promised_due + TICK)
    assert part.state == PartState.OPINED
    assert not [t for t in tasks.open_tasks(centre.session, case.id) if t.part_id == part.id]


def test_a_department_added_late_has_its_own_days_and_its_own_notice_is_cited(centre: Centre) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    centre.now = datetime(2026, 12, 7, 2, 0, tzinfo=UTC)  # past the promised day of the case, 3 December
    part = lead.add_department(
        centre.session, case.id, "006", centre.staff["qiantou"], "儿童游乐区", centre.now
    )
    exactly(centre, silence.deem_consent, part, midnight(12, 10))
    own = [d for d in papers_of.of_case(centre.session, case.id) if d.kind == "joint_notice"][-1]
    assert own.part_id == part.id
    assert own.number in paper(centre, case, "deemed_consent").html


def test_a_part_sent_back_past_its_limit_has_two_working_days(centre: Centre) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    part = only_opinion(centre, case)
    centre.now = datetime(2026, 12, 7, 2, 0, tzinfo=UTC)
    centre.opine(case, "business_licence_check")
    lead.send_back(centre.session, part.id, centre.staff["qiantou"], "执照已变更", centre.now)
    exactly(centre, silence.deem_consent, part, midnight(12, 9))


def test_after_acceptance_by_silence_a_department_has_its_promised_day_from_when_it_was_asked(
    centre: Centre,
) -> None:
    case = received(centre)
    centre.now = midnight(11, 30)  # the first instant of Tuesday 1 December; the promise ended on 24 November
    assert silence.deem_accepted(centre.session, case, centre.calendar, centre.now)
    exactly(centre, silence.deem_consent, only_opinion(centre, case), midnight(12, 2))


def test_consent_waits_for_a_certain_day(centre: Centre) -> None:
    centre.now = datetime(
        2026, 12, 31, 2, 0, tzinfo=UTC
    )  # its one working day is 4 January, if that stays one
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    centre.now = midnight(2, 1, 2027)
    again(centre, silence.deem_consent, only_opinion(centre, case))


def test_consent_stands_still_with_the_clock(centre: Centre) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT))
    part = only_opinion(centre, case)
    part.paused = True
    assert not silence.deem_consent(centre.session, part, centre.calendar, midnight(11, 24))
    part.paused = False
    assert silence.deem_consent(centre.session, part, centre.calendar, midnight(11, 24))
