"""Change (变更, 行政许可法 49) and replacement (补证) of a permit: the stories, and each way in which one is refused."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from approvals import catalogue, clock, intake, people, permit_changes, permit_requests, register, tasks
from approvals.catalogue import item_for
from approvals.errors import DomainError, Forbidden, NotFound
from approvals.permit_requests import NothingMayChange, NotInForce, OpenRequest
from approvals.permits import validity_end
from approvals.readiness import NotReady
from approvals.register_rules import IN_FORCE, FollowsItsParts, status_on
from approvals.tables import ApplicationBar, Case, Permit, PermitEvent
from approvals.terms import CaseState, Outcome, PermitStatus, RequestKind
from processes.steps import window
from tests import invariants, register_acts
from tests.centre import COFFEE_BAR, HOT_POT
from tests.permit_acts import (
    asked,
    at,
    begun,
    entry,
    granted,
    in_force,
    paper,
    papers,
    permit_until,
)
from tests.register_cases import HOTEL, issued
from web.demo.applicants import persons
from web.demo.centre import Centre

CHANGE, RENEWAL, REPLACEMENT = RequestKind.CHANGE, RequestKind.RENEWAL, RequestKind.REPLACEMENT
NEW_HEAD = "吴某某（示例）"


def writes_nothing(centre: Centre, act: Callable[[], object], refusal: type[DomainError]) -> DomainError:
    """The act is refused so, and no row is written."""
    before = invariants.fingerprint(centre.session)
    with pytest.raises(refusal) as refused, centre.session.begin_nested():
        act()
    assert invariants.fingerprint(centre.session) == before
    return refused.value


def messages(error: NotReady) -> list[tuple[str, str]]:
    return [(problem.where, problem.message) for problem in error.problems]


# --- the stories


def test_a_permit_is_changed(centre: Centre) -> None:
    """Another person in charge: old beside new, the same number and validity, the old version ends at the issue."""
    [old] = issued(centre, "food_licence")
    centre.later(days=2)
    case = asked(centre, old, CHANGE, person_in_charge=NEW_HEAD)
    assert item_for(case).name["zh"] == "食品经营许可证变更"
    assert [material.code for material in case.materials] == ["change_application", "change_proof"]
    assert case.promised_due is not None
    assert clock.local_day(case.promised_due) == date(2026, 12, 2)  # five working days, as the item promises
    assert "request" in entry(centre, case, "request_on_permit").after
    [changed] = permit_changes.changes_of(centre.session, case)
    assert (changed.code, changed.new["zh"], changed.allowed) == ("person_in_charge", NEW_HEAD, True)
    centre.opine_all(case)
    centre.grant(case)
    assert in_force(centre, old) is old  # until the paper is issued
    assert changed.old["zh"] in paper(centre, case, "grant_change").html
    assert NEW_HEAD in paper(centre, case, "grant_change").html
    [new] = centre.issue(case)
    centre.deliver(case)
    assert (old.status, new.status) == (PermitStatus.CHANGED, PermitStatus.VALID)
    assert (new.number, new.version, new.valid_from, new.valid_until) == (
        old.number, 2, old.valid_from, old.valid_until,
    )  # fmt: skip
    assert new.fields == {**old.fields, "representative": NEW_HEAD}
    events = centre.session.scalars(select(PermitEvent).order_by(PermitEvent.id)).all()
    assert [(event.kind, event.ground) for event in events] == [
        ("issued", ""),
        ("change", "asked"),
        ("issued", ""),
    ]
    assert (case.state, case.outcome) == (CaseState.ENDED, Outcome.GRANTED)
    assert papers(centre, case) == ["acceptance", "grant_change", "certificate_food", "delivery_proof"]
    invariants.check(centre.session)


def test_a_lost_certificate_is_replaced_on_the_spot(centre: Centre) -> None:
    [old] = issued(centre, "food_licence")
    centre.later(days=30)
    case = asked(centre, old, REPLACEMENT)
    assert [material.code for material in case.materials] == ["replacement_application"]
    assert item_for(case).procedure == "instant"
    assert [task.step for task in tasks.open_tasks(centre.session, case.id)] == ["decide_on_the_spot"]
    new = granted(centre, case)
    assert (old.status, new.status, new.version) == (PermitStatus.REPLACED, PermitStatus.VALID, 2)
    assert (new.fields, new.valid_from, new.valid_until) == (old.fields, old.valid_from, old.valid_until)
    assert "补发" in new.document.html
    assert "补发" not in old.document.html
    assert papers(centre, case) == ["acceptance", "grant_replacement", "certificate_food", "delivery_proof"]
    # The replaced paper is changed later: the mark does not go with it.
    changed = granted(centre, asked(centre, new, CHANGE, person_in_charge=NEW_HEAD))
    assert changed.version == 3
    assert "（补发）" not in changed.document.html
    invariants.check(centre.session)


def test_a_simple_change_is_decided_on_the_spot_where_the_item_says_so(centre: Centre) -> None:
    permit = permit_until(centre, "public_venue_hygiene", date(2030, 12, 31))
    case = asked(centre, permit, CHANGE, person_in_charge=NEW_HEAD)
    assert centre.task(case, "decide_on_the_spot").role == "window_clerk"
    assert granted(centre, case).fields["representative"] == NEW_HEAD


def test_a_renamed_holder_changes_the_name_on_the_paper(centre: Centre) -> None:
    [old] = issued(centre, "food_licence")
    draft = begun(centre, old, CHANGE)
    renamed = {**vars(HOTEL), "name": "望海宾馆（示例）"}
    clerk = centre.staff["linxiao"]
    intake.set_applicant(draft, people.find_or_create(centre.session, clerk, now=centre.now, **renamed))
    new = granted(centre, centre.accept(draft))
    assert (new.holder, new.fields["holder"]) == ("望海宾馆（示例）", "望海宾馆（示例）")
    assert old.holder == HOTEL.name


def test_a_refused_change_leaves_the_old_version(centre: Centre) -> None:
    [old] = issued(centre, "food_licence")
    case = asked(centre, old, CHANGE, food_safety_manager="郑某某（示例）")
    centre.opine_all(case)
    centre.refuse(case)
    centre.deliver(case)
    assert case.outcome == Outcome.REFUSED
    assert in_force(centre, old) is old
    assert old.version == 1


def test_a_part_of_a_joint_case_is_asked_about_alone_and_its_licence_follows(centre: Centre) -> None:
    """The permit came from a joint case: the request is its own item's, on the item's own procedure."""
    whole, *parts = issued(centre, "restaurant_opening", HOT_POT)
    food = next(permit for permit in parts if permit.kind == "food")
    case = asked(centre, food, CHANGE, person_in_charge=NEW_HEAD)
    assert case.item.code == "food_licence"
    assert {part.item.code for part in case.parts if part.item} == {"food_licence"}
    assert set(case.form_data) <= {field["code"] for field in case.form_definition["fields"]}
    assert case.form_data["premises_address"] == food.case.form_data["premises_address"]
    new = granted(centre, case)
    assert new.version == 2
    assert (in_force(centre, whole) or whole).status == PermitStatus.VALID
    invariants.check(centre.session)


def test_a_permit_of_an_item_not_offered_alone_can_be_asked_about(centre: Centre) -> None:
    _, *parts = issued(centre, "restaurant_opening", COFFEE_BAR)
    row = catalogue.current(centre.session, "food_licence")
    row.offered = False
    food = next(permit for permit in parts if permit.kind == "food")
    assert begun(centre, food, CHANGE).item_id == row.id


def test_what_another_request_changed_meanwhile_stays(centre: Centre) -> None:
    """A change is granted while a renewal is open: the renewed version carries the change."""
    old = permit_until(centre, "public_venue_hygiene", date(2026, 12, 31), date(2026, 1, 5))
    centre.now = at(date(2026, 11, 24))
    renewal = asked(centre, old, RENEWAL)
    changed = granted(centre, asked(centre, old, CHANGE, person_in_charge=NEW_HEAD))
    renewed = granted(centre, renewal)
    assert (changed.status, renewed.version) == (PermitStatus.RENEWED, 3)
    assert renewed.fields["representative"] == NEW_HEAD
    # The next request begins with the answers of the change, not with those the renewal was filled in with.
    assert begun(centre, renewed, REPLACEMENT).form_data["person_in_charge"] == NEW_HEAD
    invariants.check(centre.session)


# --- bad input


@pytest.mark.parametrize("kind", [CHANGE, RENEWAL, REPLACEMENT])
@pytest.mark.parametrize(
    ("act", "ground"),
    [("revoke", "unqualified"), ("withdraw", "circumstances"), ("penal_revoke", "misused"), ("suspend", "penalty"),
     ("cancel", "organisation")],
)  # fmt: skip
def test_nothing_is_asked_of_a_permit_not_in_force(
    centre: Centre, act: str, ground: str, kind: RequestKind
) -> None:
    permit = permit_until(centre, "public_venue_hygiene", date(2027, 1, 31))
    register_acts.ended(centre, permit, act, ground)
    refused = writes_nothing(centre, lambda: begun(centre, permit, kind), NotInForce)
    assert refused.params["number"] == permit.number
    assert refused.params["way"]


def test_an_expired_permit_is_not_renewed(centre: Centre) -> None:
    permit = permit_until(centre, "public_venue_hygiene", date(2026, 11, 30))
    centre.now = at(date(2026, 12, 1))
    for kind in (CHANGE, RENEWAL, REPLACEMENT):
        refused = writes_nothing(centre, lambda kind=kind: begun(centre, permit, kind), NotInForce)  # type: ignore[misc]
        assert refused.params["state"] == PermitStatus.EXPIRED.label
        assert "重新申请" in str(refused.params["way"])


@pytest.mark.parametrize("who", ["chenli", "shichang", "qiantou", "admin"])
def test_only_the_window_takes_requests(centre: Centre, who: str) -> None:
    [permit] = issued(centre, "food_licence")
    staff = centre.staff[who]
    writes_nothing(
        centre,
        lambda: permit_requests.start_request(centre.session, permit, CHANGE, staff, centre.now),
        Forbidden,
    )


def test_a_first_application_is_no_request(centre: Centre) -> None:
    [permit] = issued(centre, "food_licence")
    writes_nothing(centre, lambda: begun(centre, permit, RequestKind.NEW), NotFound)


def test_the_same_is_not_asked_twice(centre: Centre) -> None:
    """A click more goes on with the clerk's own draft; what was handed in stands in the way of another."""
    [permit] = issued(centre, "food_licence")
    draft = begun(centre, permit, CHANGE, person_in_charge=NEW_HEAD)
    assert begun(centre, permit, CHANGE, person_in_charge=NEW_HEAD) is draft
    centre.clerk = next(
        login for login, one in centre.staff.items() if one.has("window_clerk") and login != centre.clerk
    )
    other = begun(centre, permit, CHANGE, person_in_charge=NEW_HEAD)
    assert other is not draft
    case = centre.accept(other)
    refused = writes_nothing(
        centre, lambda: begun(centre, permit, CHANGE, person_in_charge=NEW_HEAD), OpenRequest
    )
    assert refused.params["case"] == case.number
    centre.clerk = "linxiao"
    late = writes_nothing(centre, lambda: centre.accept(draft), NotReady)
    assert isinstance(late, NotReady)
    assert [where for where, _ in messages(late)] == ["case"]
    assert (
        begun(centre, permit, REPLACEMENT).state == CaseState.DRAFT
    )  # another kind may be asked for beside it


def test_the_comprehensive_licence_follows_its_parts(centre: Centre) -> None:
    whole, *_ = issued(centre, "restaurant_opening", COFFEE_BAR)
    for kind in (CHANGE, RENEWAL, REPLACEMENT):
        writes_nothing(centre, lambda kind=kind: begun(centre, whole, kind), FollowsItsParts)  # type: ignore[misc]


def test_an_item_that_lists_nothing_to_change_has_no_changes(centre: Centre) -> None:
    [permit] = issued(centre, "food_licence")
    row = catalogue.current(centre.session, "food_licence")
    section = {**row.definition["change"], "fields": []}
    row.definition, row.content_hash = {**row.definition, "change": section}, f"{row.content_hash[:-1]}*"
    centre.session.flush()
    writes_nothing(centre, lambda: begun(centre, permit, CHANGE), NothingMayChange)


@pytest.mark.parametrize(
    ("kind", "answers", "place", "words"),
    [
        (CHANGE, {}, "form", "没有登记事项发生变化"),
        (
            CHANGE,
            {"premises_address": "示例县城西街道示范路 9 号"},
            "field:premises_address",
            "须重新申请许可",
        ),
        (RENEWAL, {"person_in_charge": NEW_HEAD}, "field:person_in_charge", "请另行申请变更"),
        (REPLACEMENT, {"seats": 99}, "field:seats", "请另行申请变更"),
    ],
)
def test_a_request_changes_only_what_it_may(
    centre: Centre, kind: RequestKind, answers: dict[str, Any], place: str, words: str
) -> None:
    permit = permit_until(centre, "food_licence", date(2027, 1, 29))
    draft = begun(centre, permit, kind, **answers)
    for take_in in (centre.accept, centre.receive):
        refused = writes_nothing(centre, lambda take_in=take_in: take_in(draft), NotReady)  # type: ignore[misc]
        assert isinstance(refused, NotReady)
        [(where, message)] = messages(refused)
        assert where == place
        assert words in message


def test_only_the_holder_asks(centre: Centre) -> None:
    [permit] = issued(centre, "food_licence")
    draft = begun(centre, permit, REPLACEMENT)
    stranger = next(persons(Random(7)))
    clerk = centre.staff["linxiao"]
    intake.set_applicant(
        draft, people.find_or_create(centre.session, clerk, now=centre.now, **vars(stranger))
    )
    refused = writes_nothing(centre, lambda: centre.accept(draft), NotReady)
    assert isinstance(refused, NotReady)
    assert messages(refused) == [("applicant", permit_changes.NOT_THE_HOLDER)]


def test_a_bar_stops_a_renewal_and_neither_a_change_nor_a_lost_paper(centre: Centre) -> None:
    """Articles 78 and 79 bar a new application; a permit in force can be put right and its paper replaced."""
    permit = permit_until(centre, "public_venue_hygiene", date(2027, 1, 31))
    drafts = [begun(centre, permit, kind) for kind in (RENEWAL, REPLACEMENT)]
    assert permit.case.applicant
    centre.session.add(
        ApplicationBar(
            number_index=permit.case.applicant.number_index, item_code="public_venue_hygiene", article="七十八",
            first_day=date(2026, 11, 1), last_day=date(2027, 10, 31), reasons="提供虚假材料（示例）",
            case_id=permit.case_id, recorded_by_id=centre.staff["linxiao"].id,
        )
    )  # fmt: skip
    centre.session.flush()
    refused = writes_nothing(centre, lambda: centre.accept(drafts[0]), NotReady)
    assert isinstance(refused, NotReady)
    assert len(refused.problems) == 1
    assert centre.accept(drafts[1]).accepted_at == centre.now


def test_a_permit_that_ends_while_a_change_is_open_is_not_changed(centre: Centre) -> None:
    [permit] = issued(centre, "food_licence")
    case = asked(centre, permit, CHANGE, person_in_charge=NEW_HEAD)
    centre.opine_all(case)
    register_acts.ended(centre, permit, "revoke", "unqualified")
    writes_nothing(centre, lambda: centre.grant(case), NotInForce)
    centre.refuse(case)
    assert in_force(centre, permit) is None


def test_a_permit_that_ends_between_decision_and_issue_has_no_next_version(centre: Centre) -> None:
    [permit] = issued(centre, "food_licence")
    case = asked(centre, permit, CHANGE, person_in_charge=NEW_HEAD)
    centre.opine_all(case)
    centre.grant(case)
    register_acts.ended(centre, permit, "revoke", "unqualified")
    assert centre.issue(case) == []
    centre.deliver(case)
    assert in_force(centre, permit) is None


def test_a_suspension_goes_on_with_the_renewed_version(centre: Centre) -> None:
    permit = permit_until(centre, "public_venue_hygiene", date(2026, 12, 31))
    centre.now = at(date(2026, 11, 24))
    case = asked(centre, permit, RENEWAL)
    register_acts.ended(centre, permit, "suspend", "penalty")
    new = granted(centre, case)
    assert new.status == PermitStatus.SUSPENDED


# --- any sequence


@pytest.mark.parametrize("seed", [4, 49])
def test_whatever_is_asked_in_whatever_order_one_version_is_in_force(centre: Centre, seed: int) -> None:
    """A random walk of requests, refusals, suspensions and time; what is not lawful is refused and writes nothing."""
    random = Random(seed)
    permit = permit_until(centre, "public_venue_hygiene", date(2027, 1, 31))
    for _ in range(14):
        before = invariants.fingerprint(centre.session)
        try:
            with centre.session.begin_nested():
                _something(centre, permit, random)
        except DomainError:
            assert invariants.fingerprint(centre.session) == before
        versions = centre.session.scalars(select(Permit).where(Permit.number == permit.number)).all()
        assert sum(version.status in IN_FORCE for version in versions) <= 1
        invariants.versions_follow(centre.session)
    assert len(versions) > 2


def _something(centre: Centre, permit: Permit, random: Random) -> None:
    standing = permit_requests.standing(centre.session, permit)
    way = random.choice(["change", "change", "renewal", "renewal", "replacement", "time", "suspend", "lift"])
    if way == "time":
        centre.later(days=random.randint(1, 200))
    elif way in ("suspend", "lift"):
        _of_department(centre, standing, way)
    else:
        name = f"{random.choice('赵钱孙李周')}某{random.choice('一二三四五')}（示例）"
        answers = {"person_in_charge": name} if way == "change" else {}
        case = asked(centre, standing, RequestKind(way), **answers)
        new = granted(centre, case)
        assert new.valid_until is not None
        if way == "renewal":
            following = (standing.valid_until or date.max) + timedelta(days=1)
            assert new.valid_until == validity_end(following, 4)


def _of_department(centre: Centre, permit: Permit, way: str) -> None:
    if way == "suspend":
        register_acts.ended(centre, permit, "suspend", "penalty")
        return
    head = register_acts.head(centre, permit)
    register.apply(
        centre.session,
        permit,
        "lift",
        ground="put_right",
        reasons="已改正（示例）",
        staff=head,
        now=centre.now,
    )


def test_status_of_every_version_is_what_the_day_says(centre: Centre) -> None:
    [old] = issued(centre, "food_licence")
    new = granted(centre, asked(centre, old, CHANGE, person_in_charge=NEW_HEAD))
    assert new.valid_until
    after = new.valid_until + timedelta(days=1)
    assert [status_on(one, after) for one in (old, new)] == [PermitStatus.CHANGED, PermitStatus.EXPIRED]
    assert isinstance(centre.session.get(Case, new.case_id), Case)


def test_a_draft_that_is_thrown_away_leaves_nothing(centre: Centre) -> None:
    [permit] = issued(centre, "food_licence")
    before = invariants.fingerprint(centre.session)
    draft = begun(centre, permit, CHANGE, person_in_charge=NEW_HEAD)
    window.answer_situation(centre.session, draft, centre.staff["linxiao"], dict(draft.form_data))
    intake.discard(centre.session, draft, centre.staff["linxiao"])
    assert invariants.fingerprint(centre.session) == before
