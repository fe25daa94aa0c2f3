"""On the pages: who chairs keeps out of the review, and past the twenty days a hearing says so and why."""

from datetime import datetime

from tests.web.office import HYGIENE, Office, office
from tests.web.test_special import page, part_id, post, rule

__all__ = ["office"]
WHY = "听证室被征用"


def people_of(office: Office) -> dict[str, str]:
    """The chair and the recorder, as the form sends them."""
    with office.work() as centre:
        return {
            name: str(centre.staff[login].id) for name, login in (("chair", "taowei"), ("recorder", "jinlan"))
        }


def ordered(office: Office) -> int:
    """In review, a hearing ordered on 23 November: to be held by 21 December."""
    case_id = office.accepted(HYGIENE)
    part = str(part_id(office, case_id))
    assert post(office, "weijian", case_id, "hearings", part=part, reasons="公众健康").status_code == 303
    return case_id


def test_the_chair_reads_why_the_review_is_not_theirs(office: Office) -> None:
    case_id = ordered(office)
    made = {"when": "2026-12-04T09:00", "place": "二楼听证室", **people_of(office)}
    assert "听证主持人，听证结束前不能参与审查" not in page(office, "taowei", case_id)
    assert (
        rule(office, "weijian", case_id, "appoint_hearing", "hearing-appointment", **made).status_code == 303
    )
    assert "听证主持人，听证结束前不能参与审查" in page(office, "taowei", case_id)
    assert "听证主持人，听证结束前不能参与审查" not in page(office, "jinlan", case_id)
    given = rule(office, "taowei", case_id, "review", "opinion", kind="agree")
    assert given.status_code == 409
    assert "请由其他同事办理" in given.text
    task = office.task(case_id, "hold_hearing")
    with office.work() as centre:
        reviewer = str(centre.staff["jinlan"].id)
    moved = office.as_("weijian").post(f"/queue/tasks/{task.id}/transfer", data={"colleague": reviewer})
    assert moved.status_code == 422


def test_past_the_twenty_days_the_head_says_why_and_everybody_reads_it(office: Office) -> None:
    case_id = ordered(office)
    assert "延期举行的理由" not in page(office, "weijian", case_id)
    office.later(datetime.fromisoformat("2026-12-17T02:00+00:00"))
    form = page(office, "weijian", case_id)
    assert "延期举行的理由" in form
    made = {"when": "2026-12-28T09:00", "place": "二楼听证室", **people_of(office)}
    silent = rule(office, "weijian", case_id, "appoint_hearing", "hearing-appointment", **made)
    assert silent.status_code == 422
    assert "请写明延期举行的理由" in silent.text
    made["why_late"] = WHY
    assert (
        rule(office, "weijian", case_id, "appoint_hearing", "hearing-appointment", **made).status_code == 303
    )
    assert "超过二十个工作日举行" in page(office, "jinlan", case_id, "special")
    assert "不能再次改期" in page(office, "taowei", case_id)
    again = rule(office, "taowei", case_id, "hold_hearing", "hearing-postponement", reasons=WHY)
    assert again.status_code == 409
    assert "听证已延期到" in again.text
