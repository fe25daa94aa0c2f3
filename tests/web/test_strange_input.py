"""Numbers no column holds and characters that are no text, on every kind of page."""

import pytest

HUGE = "9" * 30


@pytest.mark.parametrize(
    "address", [f"/cases/{HUGE}", f"/documents/{HUGE}.pdf", f"/files/{HUGE}", f"/desk/drafts/{HUGE}"]
)
def test_a_number_no_row_can_have_is_no_page(as_, address):
    assert as_("linxiao").get(address).status_code == 404


@pytest.mark.parametrize("address", [f"/queue/?page={HUGE}", f"/search/?text=a&page={HUGE}"])
def test_a_page_far_beyond_the_last_is_refused_or_empty(as_, address):
    assert as_("chenli").get(address).status_code in (200, 400)


@pytest.mark.parametrize("text", ["a\x00b", "\x07", "a\x7f"])
def test_control_characters_are_refused_before_any_page(as_, client, text):
    assert as_("chenli").get("/search/", query_string={"text": text}).status_code == 400
    assert client.post("/login", data={"login": text, "password": "x"}).status_code == 400


def test_lines_and_tabs_are_text(as_):
    assert as_("chenli").get("/search/", query_string={"text": "一行\r\n又一行\t"}).status_code == 200
