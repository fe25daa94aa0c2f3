"""A comprehensive licence (行业综合许可证) stands and falls with the permits it lists."""

import pytest
from sqlalchemy import select

from approvals import permits, register_book
from approvals.clock import local_day
from approvals.queries import verification
from approvals.register_rules import FollowsItsParts
from approvals.tables import CasePart, Message, Permit
from approvals.terms import PermitStatus as S
from processes.steps import proceedings
from tests import register_acts as acts
from tests.centre import HOT_POT
from tests.register_acts import refused, succeed
from tests.register_cases import issued

V, H, C = S.VALID, S.SUSPENDED, S.CANCELLED


@pytest.fixture
def shop(centre) -> list[Permit]:
    """A restaurant: its comprehensive licence and the permits it lists, in the order of its parts."""
    return issued(centre, "restaurant_opening", HOT_POT)


@pytest.fixture
def optional_sign(centre, shop) -> Permit:
    """The sign's permit of a restaurant that is one without it."""
    sign = by_item(shop, "shop_sign")
    centre.session.get_one(CasePart, sign.part_id).required = False
    return sign


def by_item(shop: list[Permit], code: str) -> Permit:
    return next(permit for permit in shop if permit.item_code == code)


def listed(whole: Permit) -> set[str]:
    return {entry["number"] for entry in whole.fields["parts"]}


def latest(centre, whole: Permit) -> Permit:
    return register_book.latest(centre.session, whole.number)


def test_it_ends_with_the_first_of_its_parts(shop):
    whole, *parts = shop
    assert whole.valid_until == min(part.valid_until for part in parts if part.valid_until)
    assert listed(whole) == {part.number for part in parts}


@pytest.mark.parametrize(
    ("kind", "ground"),
    [("revoke", "unqualified"), ("withdraw", "law_changed"), ("penal_revoke", "misused"), ("cancel", "organisation")],
)  # fmt: skip
def test_a_required_part_that_ends_ends_it(centre, shop, kind, ground):
    whole, part = shop[0], by_item(shop, "food_licence")
    acts.ended(centre, part, kind, ground)
    event = register_book.events(centre.session, whole.number)[-1]
    assert (whole.status, event.kind, event.ground, event.staff_id) == (C, "cancel", "part_ended", None)
    assert part.number in event.reasons
    shown, _ = verification.verified(centre.session, whole.public_id, local_day(centre.now))
    assert shown.status == S.CANCELLED
    told = [
        each.body for each in centre.session.scalars(select(Message).where(Message.stage == "permit_changed"))
    ]
    assert any("行业综合许可证" in body for body in told)


def test_an_optional_part_that_ends_leaves_it_with_the_others(centre, shop, optional_sign):
    whole, sign = shop[0], optional_sign
    proceedings.cancel(
        centre.session, sign.id, "own_request", "拆除招牌", acts.head(centre, sign), centre.now
    )
    new = latest(centre, whole)
    assert (whole.status, new.status, new.version) == ("changed", V, 2)
    assert listed(new) == listed(whole) - {sign.number}
    assert new.valid_until is not None
    assert new.document.number.endswith("（第2版）")


def test_it_is_suspended_with_a_required_part_and_lifted_with_the_last(centre, shop):
    whole, food, fire = shop[0], by_item(shop, "food_licence"), by_item(shop, "fire_inspection")
    acts.ended(centre, food, "suspend", "penalty")
    assert whole.status == H
    acts.ended(centre, fire, "suspend", "penalty")
    proceedings.lift(centre.session, food.id, "put_right", "已改正", acts.head(centre, food), centre.now)
    assert (food.status, whole.status) == (V, H)
    proceedings.lift(centre.session, fire.id, "put_right", "已改正", acts.head(centre, fire), centre.now)
    assert (fire.status, whole.status) == (V, V)


def test_an_optional_part_that_is_suspended_suspends_nothing_else(centre, shop, optional_sign):
    whole, sign = shop[0], optional_sign
    acts.ended(centre, sign, "suspend", "penalty")
    assert (sign.status, whole.status) == (H, V)
    _, parts = verification.verified(centre.session, whole.public_id, local_day(centre.now))
    assert {part.number: part.status for part in parts}[sign.number] == S.SUSPENDED


def test_a_part_renewed_renews_it_also_after_it_had_expired_with_that_part(centre, shop):
    whole = shop[0]
    first = min((part for part in shop[1:] if part.valid_until), key=lambda part: part.valid_until)
    others = [part.valid_until for part in shop[1:] if part.valid_until and part is not first]
    centre.now = centre.now.replace(year=first.valid_until.year + 1)
    assert permits.status_on(whole, local_day(centre.now)) == S.EXPIRED
    until = first.valid_until.replace(year=first.valid_until.year + 30)
    succeed(centre, first, "renew", "asked_in_time", valid_from=first.valid_until, valid_until=until)
    new = latest(centre, whole)
    assert (whole.status, new.version) == ("renewed", 2)
    assert new.valid_until in others
    assert permits.status_on(new, local_day(centre.now)) == S.VALID


def test_it_is_not_touched_directly(centre, shop):
    whole, head = shop[0], acts.head(centre, shop[0])
    error = refused(
        centre, FollowsItsParts,
        lambda: proceedings.cancel(centre.session, whole.id, "organisation", acts.LAW, head, centre.now),
    )  # fmt: skip
    assert "单项许可" in str(error)
    refused(centre, FollowsItsParts, lambda: acts.tell(centre, whole, "revoke", "unqualified"))
    refused(centre, FollowsItsParts, lambda: succeed(centre, whole, "replace", "lost"))
