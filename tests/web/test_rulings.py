"""What is neither granted nor refused is no ruling: the page again, and nothing written."""

from datetime import datetime

import pytest

from approvals.tables import Case
from tests import invariants
from tests.web.office import HYGIENE, Office, office
from tests.web.test_special import EXTENSION, TESTING, page, part_id, post, rule

__all__ = ["office"]
ASK = "请选择准予（批准）或者不予（不批准）"
STEPS = {
    "decision": "decide",
    "extension-ruling": "approve_extension",
    "procedure-ruling": "approve_procedure",
}
NO_RULINGS: tuple[dict[str, str], ...] = ({"granted": "maybe"}, {"granted": ""}, {})


def waiting(office: Office, noun: str) -> int:
    """An accepted case on which a ruling of this kind waits for the head."""
    case_id = office.accepted(HYGIENE)
    part = str(part_id(office, case_id))
    if noun == "decision":
        with office.work() as centre:
            centre.opine_all(centre.session.get_one(Case, case_id))
    elif noun == "extension-ruling":
        assert post(office, "jinlan", case_id, "extensions", part=part, **EXTENSION).status_code == 303
    else:
        assert post(office, "jinlan", case_id, "procedures", part=part, **TESTING).status_code == 303
    return case_id


def written(office: Office) -> str:
    """All that acts have written."""
    with office.work() as centre:
        return invariants.fingerprint(centre.session)


@pytest.mark.parametrize("noun", STEPS)
def test_only_the_two_known_words_rule(office: Office, noun: str) -> None:
    case_id = waiting(office, noun)
    words = {"note": "理由若干", "reasons": "理由若干", "articles": "第四条"}
    browser = office.as_("weijian")
    task = office.task(case_id, STEPS[noun])
    before = written(office)
    for typed in NO_RULINGS:
        data = {"version": str(task.version), **words, **typed}
        answer = browser.post(f"/cases/{case_id}/tasks/{task.id}/{noun}", data=data)
        assert answer.status_code == 422
        assert ASK in answer.text
    assert written(office) == before
    assert rule(office, "weijian", case_id, STEPS[noun], noun, granted="yes", **words).status_code == 303


def test_the_window_rules_by_the_same_two_words(office: Office) -> None:
    case_id = office.accepted("company_registration")
    task = office.task(case_id, "decide_on_the_spot")
    before = office.acts(case_id)
    for typed in NO_RULINGS:
        data = {"version": str(task.version), "reasons": "住所不实", "articles": "第十九条", **typed}
        answer = office.as_("linxiao").post(f"/desk/tasks/{task.id}/decision", data=data)
        assert answer.status_code == 422
        assert ASK in answer.text
        assert "住所不实" in answer.text
    assert office.acts(case_id) == before
    assert office.task(case_id, "decide_on_the_spot").version == task.version


def test_an_extension_past_the_limit_says_that_it_can_only_be_refused(office: Office) -> None:
    case_id = waiting(office, "extension-ruling")
    assert "只能不予批准" not in page(office, "weijian", case_id)
    office.later(datetime.fromisoformat("2027-03-01T02:00+00:00"))
    late = page(office, "weijian", case_id)
    assert "届满后不能再延期。只能不予批准。" in late
    assert 'value="yes" disabled' in late
    granted = rule(office, "weijian", case_id, "approve_extension", "extension-ruling", granted="yes")
    assert granted.status_code == 409
    refused = rule(
        office, "weijian", case_id, "approve_extension", "extension-ruling", granted="no", note="期限已届满"
    )
    assert refused.status_code == 303


def test_the_lane_of_an_ordinary_case_goes_by_its_open_step(office: Office) -> None:
    case_id = office.accepted(HYGIENE)
    reviewing = page(office, "jinlan", case_id)
    assert "审查中" in reviewing
    assert "尚未开始" not in reviewing
    assert post(
        office, "jinlan", case_id, "extensions", part=str(part_id(office, case_id)), **EXTENSION
    ).status_code == 303  # fmt: skip
    assert "尚未开始" not in page(office, "jinlan", case_id)
