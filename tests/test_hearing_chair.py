"""The chair and the reviewers stay apart until the hearing is over, and it is put off past its days only once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from approvals import decision, people, tasks
from approvals.hearing_words import (
    ChairApart,
    ChairOnly,
    ChairReviewed,
    ChairUnfit,
    LateWhy,
    PostponedAlready,
)
from approvals.special_procedures import Needed
from approvals.tables import Hearing, JournalEntry, Message
from approvals.terms import OpinionKind
from processes.steps import departments, hearings, special
from tests.test_bad_input import refused
from tests.test_hearings import appoint, ask, heard, order, proposed, record, to_decision
from tests.test_special_procedures import accepted, at, papers_of
from web.demo.centre import Centre

HELD = at("2026-03-16")


def hand_over(centre: Centre, case, to: str, by="weijian", step="hold_hearing"):
    task = centre.task(case, step)
    return tasks.transfer(centre.session, task.id, centre.staff[by], centre.staff[to], centre.now)


def only_hearing(centre: Centre) -> Hearing:
    return centre.session.scalars(select(Hearing)).one()


def appointed(centre: Centre, **options):
    """In review; a hearing of the department's own motion is appointed, chaired by taowei."""
    case = accepted(centre)
    order(centre, case, by="weijian")
    appoint(centre, case, HELD, recorder=options.get("recorder", "jinlan"))
    return case


def stands_in(centre: Centre, stand_in: str, for_: str) -> None:
    people.arrange_stand_in(
        centre.session, centre.staff["admin"], centre.staff[for_], centre.staff[stand_in],
        first_day=date(2026, 3, 1), last_day=date(2026, 3, 31), now=centre.now,
    )  # fmt: skip


def acts(centre: Centre, case) -> list[str]:
    query = select(JournalEntry.act).where(JournalEntry.case_id == case.id).order_by(JournalEntry.id)
    return list(centre.session.scalars(query))


# --- handed over


def test_the_hearing_is_not_handed_to_a_reviewer_or_to_its_recorder(centre):
    case = proposed(centre)
    heard(centre, case)
    ask(centre, case, by="linxiao")
    appoint(centre, case, HELD)
    refused(centre, ChairUnfit, lambda: hand_over(centre, case, "jinlan"))  # recorder, and gave the opinion
    refused(centre, ChairReviewed, lambda: hand_over(centre, case, "weijian"))  # told of the refusal
    assert only_hearing(centre).chair is centre.staff["taowei"]


def test_with_the_hearing_goes_its_chair(centre):
    case = to_decision(centre)
    order(centre, case, by="jinlan")
    appoint(centre, case, HELD)
    hand_over(centre, case, "weijian")
    assert only_hearing(centre).chair is centre.staff["weijian"]
    [entry] = centre.session.scalars(select(JournalEntry).where(JournalEntry.act == "change_chair"))
    assert (entry.before["chair"][:2], entry.after["chair"][:2]) == ("陶伟", "姜平")
    told = centre.session.scalars(select(Message.body).where(Message.stage == "hearing_chair")).all()
    assert told
    assert all("姜平" in body for body in told)
    centre.now = HELD + timedelta(hours=3)
    refused(centre, tasks.TaskHeld, lambda: record(centre, case, by="taowei"))
    assert record(centre, case, by="weijian").state == "closed"


def test_put_back_into_the_queue_it_is_still_the_chairs(centre):
    case = appointed(centre)
    task = centre.task(case, "hold_hearing")
    tasks.unclaim(centre.session, task.id, centre.staff["taowei"], centre.now)
    fault = refused(
        centre, ChairOnly, lambda: tasks.claim(centre.session, task.id, centre.staff["jinlan"], centre.now)
    )
    assert fault.params["who"] == centre.staff["taowei"].name
    refused(centre, ChairOnly, lambda: hand_over(centre, case, "jinlan", by="jinlan"))
    centre.now = HELD + timedelta(hours=3)
    refused(centre, ChairOnly, lambda: record(centre, case, by="jinlan"))
    record(centre, case, by="taowei")


def test_who_stands_in_for_the_chair_chairs_only_without_having_reviewed(centre):
    case = to_decision(centre)
    order(centre, case, by="jinlan")
    appoint(centre, case, HELD, recorder="weijian")
    stands_in(centre, "jinlan", "taowei")
    centre.now = HELD + timedelta(hours=3)
    refused(centre, ChairReviewed, lambda: record(centre, case, by="jinlan"))
    other = accepted(centre)
    order(centre, other, by="weijian")
    centre.now = at("2026-03-17")
    appoint(centre, other, at("2026-03-26"), recorder="weijian")
    centre.now = at("2026-03-26", 5)
    held = record(centre, other, by="jinlan")
    assert held.chair is centre.staff["jinlan"]
    assert "change_chair" in acts(centre, other)


# --- the chair keeps out of the review


def chair_reviews(centre: Centre, case) -> None:
    task = centre.task(case, "review")
    departments.review(
        centre.session, task.id, None, centre.staff["taowei"], OpinionKind.AGREE, "", "", centre.now
    )


def test_the_chair_neither_claims_nor_gives_the_opinion(centre):
    case = appointed(centre)
    task = centre.task(case, "review")
    fault = refused(centre, ChairApart, lambda: chair_reviews(centre, case))
    assert "听证主持人" in fault.text()
    refused(
        centre, ChairApart, lambda: tasks.claim(centre.session, task.id, centre.staff["taowei"], centre.now)
    )
    refused(centre, ChairApart, lambda: hand_over(centre, case, "taowei", step="review"))
    refused(
        centre,
        ChairApart,
        lambda: departments.ask_site_visit(centre.session, task.id, None, centre.staff["taowei"], centre.now),
    )
    centre.now = HELD + timedelta(hours=3)
    record(centre, case)
    chair_reviews(centre, case)  # over: bound to the record like everybody


def test_the_chair_is_not_the_second_officer_on_the_spot(centre):
    case = appointed(centre, recorder="weijian")
    task = centre.task(case, "review")
    departments.ask_site_visit(centre.session, task.id, None, centre.staff["jinlan"], centre.now)
    visit = centre.task(case, "site_visit")

    def found(first: str, second: str) -> None:
        departments.record_finding(
            centre.session, visit.id, None, centre.staff[first], centre.staff[second], "符合", centre.now,
            passed=True,
        )  # fmt: skip

    refused(centre, ChairApart, lambda: found("jinlan", "taowei"))


def test_the_chair_proposes_nothing_and_decides_nothing(centre):
    case = appointed(centre)
    part = case.parts[0]
    taowei = centre.staff["taowei"]
    testing = Needed("testing", 5, "示例县疾控中心", "复检")
    refused(
        centre,
        ChairApart,
        lambda: special.propose_extension(centre.session, case.id, part.id, taowei, 5, "复杂", centre.now),
    )
    refused(
        centre,
        ChairApart,
        lambda: special.propose_procedure(centre.session, part.id, taowei, testing, centre.now),
    )
    decided = to_decision(centre)
    order(centre, decided, by="jinlan")
    appoint(centre, decided, HELD, chair="weijian")
    refused(centre, ChairApart, lambda: centre.propose_refusal(centre.task(decided, "decide")))
    assert decision.latest_hearing(centre.session, decided.parts[0]) is None


def test_a_chair_who_leaves_is_not_succeeded_by_a_reviewer(centre):
    case = to_decision(centre)
    order(centre, case, by="jinlan")
    appoint(centre, case, HELD, recorder="weijian")

    def leave() -> int:
        return people.deactivate(
            centre.session, centre.staff["admin"], centre.staff["taowei"], successor=centre.staff["jinlan"],
            now=centre.now,
        )  # fmt: skip

    refused(centre, ChairReviewed, leave)


# --- past the twenty days


def put_off(centre: Centre, case, reasons="场地另有安排") -> None:
    task = centre.task(case, "hold_hearing")
    hearings.postpone(
        centre.session, task.id, None, centre.staff["taowei"], reasons, centre.calendar, centre.now
    )


def test_past_the_twenty_days_with_reasons_told_to_supervision_and_once(centre):
    case = accepted(centre)
    order(centre, case, by="weijian")  # to be held by 30 March
    appoint(centre, case, HELD)
    put_off(centre, case)
    centre.now = at("2026-03-27")
    fault = refused(centre, LateWhy, lambda: appoint(centre, case, at("2026-04-08")))
    assert fault.params == {"until": date(2026, 3, 30)}
    refused(centre, LateWhy, lambda: appoint(centre, case, at("2026-04-08"), why_late=" "))
    appoint(centre, case, at("2026-04-08"), why_late="听证室被征用")
    first, second = papers_of(centre, case, "hearing_notice")
    assert "延期举行" not in first.html
    assert "2026年3月30日前举行。因下述理由延期举行：听证室被征用" in second.html
    [told] = centre.session.scalars(select(Message).where(Message.stage == "hearing_late"))
    assert told.staff_id == centre.staff["jiancha"].id
    for words in ("2026-03-30", "2026-04-08", "改期 1 次", "听证室被征用"):
        assert words in told.body
    fault = refused(centre, PostponedAlready, lambda: put_off(centre, case))
    assert fault.params == {"until": date(2026, 3, 30), "when": date(2026, 4, 8)}
    centre.now = at("2026-04-08", 5)
    assert record(centre, case).state == "closed"


@pytest.mark.parametrize("times", [1, 2])
def test_inside_the_twenty_days_no_reasons_are_asked_for(centre, times):
    case = accepted(centre)
    order(centre, case, by="weijian")
    for _each in range(times):
        appoint(centre, case, HELD)
        put_off(centre, case)
    appoint(centre, case, at("2026-03-30"))
    assert not centre.session.scalars(select(Message).where(Message.stage == "hearing_late")).all()
    assert acts(centre, case).count("postpone_hearing") == times
