"""Search: by number, name, phone, item, state; masks only; never what may not be seen."""

import pytest

from approvals.queries import search
from tests.centre import HOT_POT
from tests.web.office import HYGIENE, RESTAURANT, Office, office

__all__ = ["office"]


@pytest.fixture
def numbers(office: Office) -> tuple[str, str]:
    """A restaurant and a venue."""
    with office.work() as centre:
        restaurant = centre.accept(centre.draft(RESTAURANT, HOT_POT))
        venue = centre.accept(centre.draft(HYGIENE, {}))
        return str(restaurant.number), str(venue.number)


@pytest.mark.parametrize(
    "sought",
    ["渝记", "13800000000", "138 0000 0000", "92330110MA2B0Q1X78", "开办餐饮店", "kbcyd", "00820261123"],
)
def test_found_by_any_of_its_marks(office: Office, numbers: tuple[str, str], sought: str) -> None:
    page = office.as_("linxiao").get("/search/", query_string={"q": sought}).text
    assert "330110 008 20261123 00001" in page


def test_the_number_with_its_blanks_finds_one_case(office: Office, numbers: tuple[str, str]) -> None:
    page = office.as_("linxiao").get("/search/", query_string={"q": "330110 006 20261123 00001"}).text
    assert page.count('<a class="row') == 1
    assert numbers[1][-5:] in page


def test_part_of_a_phone_finds_nothing_and_masks_alone_are_shown(
    office: Office, numbers: tuple[str, str]
) -> None:
    browser = office.as_("linxiao")
    assert "没有找到符合的办件" in browser.get("/search/?q=1380000").text
    page = browser.get("/search/?q=13800000000").text
    assert "92330110MA2B0Q1X78" not in page
    assert "138****0000" in page


def test_departments_find_only_what_they_take_part_in(office: Office, numbers: tuple[str, str]) -> None:
    assert office.as_("zhouyan").get("/search/").text.count('<a class="row') == 1
    assert office.as_("jinlan").get("/search/?q=渝记").text.count('<a class="row') == 1
    assert office.as_("jiancha").get("/search/").text.count('<a class="row') == 2
    assert "没有找到" in office.as_("lijing").get("/search/?q=渝记").text
    assert office.as_("admin").get("/search/").status_code == 403
    assert office.app.test_client().get("/search/").status_code == 302


def test_filter_by_state_and_pages(
    office: Office, numbers: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = office.as_("linxiao")
    assert browser.get("/search/?state=reviewing").text.count('<a class="row') == 2
    assert "没有找到" in browser.get("/search/?state=ended").text
    assert browser.get("/search/?state=nonsense&page=-1").status_code == 200
    monkeypatch.setattr(search, "PAGE_SIZE", 1)
    assert browser.get("/search/").text.count('<a class="row') == 1
    assert "page=2" in browser.get("/search/").text
    assert browser.get("/search/?page=2").text.count('<a class="row') == 1


def test_a_search_takes_at_most_six_statements(office: Office, numbers: tuple[str, str]) -> None:
    browser = office.as_("linxiao")
    with office.counted() as statements:
        assert browser.get("/search/?q=13800000000&state=reviewing").status_code == 200
    assert len(statements) <= 6, statements
