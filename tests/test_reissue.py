"""A wrong certificate is voided and made anew in one act: nothing is lost by it, and nobody escapes by it."""

from datetime import date
from functools import partial

import pytest
from sqlalchemy import func, select

from approvals import permits, rectification, register, register_book
from approvals.clock import local_day
from approvals.errors import Forbidden
from approvals.queries import verification
from approvals.rectification import BasisOfRegister
from approvals.tables import Document, Message, Permit
from approvals.terms import CaseState, RequestKind
from approvals.terms import PermitStatus as S
from processes.steps import proceedings
from tests import permit_acts
from tests import register_acts as acts
from tests.centre import HOT_POT
from tests.register_acts import refused, succeed
from tests.register_cases import issued
from web.demo import committing


@pytest.fixture
def shop(centre) -> list[Permit]:
    """A restaurant: its comprehensive licence and the permits it lists."""
    return issued(centre, "restaurant_opening", HOT_POT)


@pytest.fixture
def joint(centre):
    """A restaurant under joint review; its fire permit was granted on a commitment and issued alone."""
    case = committing.draft(centre, "restaurant_opening", HOT_POT | {"gas_kind": "piped"}, "fire_inspection")
    for act in (committing.offer, committing.commit, committing.decide, committing.issue):
        act(centre, case)
    return case


def by_item(shop: list[Permit], code: str) -> Permit:
    return next(permit for permit in shop if permit.item_code == code)


def void(centre, permit: Permit, reasons: str = "地址印错（示例）") -> Permit:
    """Voided by the head of its department; returns the version made anew."""
    head = acts.head(centre, permit)
    rectification.void(centre.session, permit.document_id, head, reasons, centre.now)
    return acts.present(register_book.in_force(centre.session, permit.number))


def everything_granted(centre, case) -> list[Permit]:
    centre.opine_all(case)
    centre.collate(case)
    centre.grant_all(case)
    return centre.issue(case)


def test_voiding_and_making_anew_are_one_act(centre):
    [old] = issued(centre, "public_venue_hygiene")
    again = void(centre, old)
    assert (old.status, again.status) == (S.VOIDED, S.VALID)
    assert (again.number, again.version, again.replaces_id) == (old.number, 2, old.id)
    assert (again.valid_from, again.valid_until) == (old.valid_from, old.valid_until)
    assert again.fields == old.fields
    assert old.document.replaced_by_id == again.document_id
    assert again.document.number == f"{old.number}（第2版）"
    kinds = [event.kind for event in register_book.events(centre.session, old.number)]
    assert kinds == ["issued", "void", "issued"]
    shown, _ = verification.verified(centre.session, old.public_id, local_day(centre.now))
    assert (shown.status, shown.in_force) == (S.VOIDED, again.public_id)
    [body] = centre.session.scalars(
        select(Message.body).where(Message.stage == "permit_changed").order_by(Message.id.desc()).limit(1)
    )
    assert "作废" in body
    assert again.document.number in body


def test_what_the_case_says_by_now_is_on_the_new_paper(centre):
    [old] = issued(centre, "public_venue_hygiene")
    acts.present(old.case.applicant).name = "望山大宾馆（示例）"
    again = void(centre, old, "名称录入有误（示例）")
    assert again.holder == "望山大宾馆（示例）" != old.holder
    assert "望山大宾馆（示例）" in again.document.html
    assert "望山大宾馆（示例）" not in old.document.html


def test_straight_at_the_register_nothing_stands_voided_alone(centre):
    [old] = issued(centre, "public_venue_hygiene")
    register.apply(
        centre.session, old, "void", ground="wrong_paper", reasons="印错（示例）", staff=acts.head(centre, old),
        now=centre.now,
    )  # fmt: skip
    assert acts.present(register_book.in_force(centre.session, old.number)).version == 2


def test_a_part_made_anew_stays_listed_whatever_changes_meanwhile(centre, shop):
    whole, food, drain = shop[0], by_item(shop, "food_licence"), by_item(shop, "drainage_permit")
    again = void(centre, food)
    succeed(centre, drain, "change", "asked")
    standing = register_book.latest(centre.session, whole.number)
    assert standing.status == S.VALID
    assert food.number in {entry["number"] for entry in standing.fields["parts"]}
    acts.ended(centre, again, "revoke", "unqualified")
    assert register_book.latest(centre.session, whole.number).status == S.CANCELLED


def test_the_comprehensive_licence_made_anew_follows_as_before(centre, shop):
    whole, food = shop[0], by_item(shop, "food_licence")
    again = void(centre, whole)
    assert again.fields["parts"] == whole.fields["parts"]
    assert again.valid_until == whole.valid_until
    acts.ended(centre, food, "suspend", "penalty")
    assert again.status == S.SUSPENDED


def test_a_later_version_made_anew_says_what_the_request_brought(centre):
    [first] = issued(centre, "public_venue_hygiene")
    second = succeed(centre, first, "change", "asked", fields={**first.fields, "scope": "住宿（示例）"})
    second.case.request = RequestKind.CHANGE
    third = void(centre, second)
    assert (third.version, third.replaces_id, third.fields["scope"]) == (3, second.id, "住宿（示例）")


def test_an_open_renewal_goes_on_and_is_granted(centre):
    old = permit_acts.permit_until(centre, "public_venue_hygiene", date(2026, 12, 31), date(2026, 1, 5))
    centre.now = permit_acts.at(date(2026, 12, 1))
    renewal = permit_acts.asked(centre, old, RequestKind.RENEWAL)
    again = void(centre, old)
    centre.sync()
    assert permit_acts.timer(centre, renewal, "deemed_renewal") is not None
    new = permit_acts.granted(centre, renewal)
    assert (again.status, new.status, new.version) == (S.RENEWED, S.VALID, 3)


def test_silence_renews_what_was_made_anew_meanwhile(centre):
    old = permit_acts.permit_until(centre, "public_venue_hygiene", date(2026, 12, 31), date(2026, 1, 5))
    centre.now = permit_acts.at(date(2026, 12, 1))
    renewal = permit_acts.asked(centre, old, RequestKind.RENEWAL)
    again = void(centre, old)
    centre.sync()
    row = permit_acts.timer(centre, renewal, "deemed_renewal")
    centre.now = permit_acts.at(date(2027, 1, 1))
    assert permit_acts.fires(centre, row)
    assert again.status == S.RENEWED
    assert acts.present(register_book.in_force(centre.session, old.number)).version == 3


def test_a_part_issued_alone_is_made_anew_while_the_others_are_reviewed(centre, joint):
    [fire] = permits.of_case(centre.session, joint.id)
    again = void(centre, fire)
    assert joint.state == CaseState.REVIEWING
    whole = everything_granted(centre, joint)[0]
    assert whole.status == S.VALID
    assert again.number in {entry["number"] for entry in whole.fields["parts"]}
    acts.ended(centre, again, "revoke", "unqualified")
    assert whole.status == S.CANCELLED


def test_a_licence_over_a_suspended_part_is_suspended_from_the_start(centre, joint):
    [fire] = permits.of_case(centre.session, joint.id)
    acts.ended(centre, fire, "suspend", "penalty")
    whole = everything_granted(centre, joint)[0]
    assert (fire.status, whole.status) == (S.SUSPENDED, S.SUSPENDED)
    assert [event.kind for event in register_book.events(centre.session, whole.number)] == [
        "issued",
        "suspend",
    ]
    head = acts.head(centre, fire)
    proceedings.lift(centre.session, fire.id, "put_right", "已经改正（示例）", head, centre.now)
    assert whole.status == S.VALID


def test_the_papers_of_a_proceeding_are_not_voided(centre):
    [permit] = issued(centre, "public_venue_hygiene")
    made = acts.ended(centre, permit, "revoke", "unqualified")
    head = acts.head(centre, permit)
    for paper in (made.notice_document_id, made.record_document_id, made.document_id):
        if paper is None:
            continue
        void_it = partial(rectification.void, centre.session, paper, head, "重复（示例）", centre.now)
        error = refused(centre, BasisOfRegister, void_it)
        assert "更正通知书" in str(error)
        assert centre.session.get_one(Document, paper).status == "valid"
    assert made.notice_document_id
    assert made.document_id
    assert permit.status == S.REVOKED


def test_only_the_head_of_its_department_voids(centre):
    [permit] = issued(centre, "public_venue_hygiene")
    clerk = centre.staff["linxiao"]
    refused(
        centre, Forbidden,
        lambda: rectification.void(centre.session, permit.document_id, clerk, "印错（示例）", centre.now),
    )  # fmt: skip
    assert centre.session.scalar(select(func.count(Permit.id))) == 1
