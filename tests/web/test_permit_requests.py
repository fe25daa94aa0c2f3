"""A change, a renewal and a replacement begun at the desk, in the browser; what the holder sees on the tracking page."""

from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.tables import Case, Permit, Staff
from approvals.terms import CaseState, PermitStatus, RequestKind
from tests.centre import MONDAY
from tests.permit_acts import asked, fires, granted, permit_until, timer
from tests.register_cases import issued
from web.demo.centre import Centre

As = Callable[[str], FlaskClient]


def centre_of(session: Session) -> Centre:
    return Centre(session, {staff.login: staff for staff in session.scalars(select(Staff))}, MONDAY)


def test_a_change_from_the_number_on_the_paper_to_the_new_certificate(as_: As, session: Session) -> None:
    [permit] = issued(centre_of(session), "food_licence")
    number, permit_id = permit.number, permit.id
    session.commit()
    clerk = as_("linxiao")
    found = clerk.get(f"/desk/requests?q={number[-6:]}")
    assert found.status_code == 302  # the only hit is shown at once
    page = clerk.get(found.location).text
    assert "开始办理变更" in page
    assert "现在还不能申请延续" in page  # the food licence: not before 90 working days
    assert "开始办理延续" not in page

    begun = clerk.post(f"/desk/requests/{number}/change")
    assert begun.status_code == 303
    draft = clerk.get(begun.location).text
    assert "食品经营许可证变更" in draft
    assert "经营场所迁址的，须在新址重新申请食品经营许可" in draft
    assert clerk.post(f"/desk/requests/{number}/change").location == begun.location  # the second click

    draft_id = int(begun.location.rsplit("/", 1)[1])
    case = session.get_one(Case, draft_id)
    answers = {**case.form_data, "person_in_charge": "吴某某（示例）"}
    session.rollback()
    form = {
        "applicant-kind": "organisation", "applicant-name": "望山宾馆（示例）", "tick": "all",
        **{code: _typed(value) for code, value in answers.items()},
        "state-change_application": "received", "originals-change_application": "1", "copies-change_application": "0",
        "state-change_proof": "received", "originals-change_proof": "0", "copies-change_proof": "1",
    }  # fmt: skip
    kept = clerk.post(f"/desk/drafts/{draft_id}/answers", data=form)
    assert kept.status_code == 303, kept.text
    shown = clerk.get(begun.location).text
    assert "<del>赵某某（示例）</del>" in shown
    assert "<ins>吴某某（示例）</ins>" in shown
    moved = {**form, "premises_address": "示例县城西街道示范路 9 号"}
    refused = clerk.post(f"/desk/drafts/{draft_id}/acceptance", data=moved)
    assert refused.status_code == 422
    assert "须重新申请许可" in refused.text
    accepted = clerk.post(f"/desk/drafts/{draft_id}/acceptance", data=form)
    assert accepted.status_code == 303
    session.expire_all()
    case = session.get_one(Case, draft_id)
    assert (case.state, case.request, case.permit_id) == (CaseState.REVIEWING, RequestKind.CHANGE, permit_id)
    session.rollback()
    assert (
        "<del>赵某某（示例）</del>" in as_("shichang").get(f"/cases/{draft_id}").text
    )  # who decides sees old beside new


def _typed(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return list(value) if isinstance(value, list | tuple) else str(value)


def test_a_late_renewal_is_said_before_it_is_accepted(as_: As, session: Session) -> None:
    centre = centre_of(session)
    in_time = permit_until(centre, "public_venue_hygiene", date(2026, 12, 31))
    late = permit_until(centre, "public_venue_hygiene", date(2026, 12, 10))
    numbers = in_time.number, late.number
    session.commit()
    clerk = as_("linxiao")
    for number, words in zip(numbers, ("按期申请", "已过申请的最后一日"), strict=True):
        assert words in clerk.get(f"/desk/requests/{number}").text
        draft = clerk.post(f"/desk/requests/{number}/renewal").location
        assert words in clerk.get(draft).text


def test_refusals_have_their_status_and_reason(as_: As, session: Session) -> None:
    permit = permit_until(centre_of(session), "fire_inspection", None)
    number = permit.number
    permit.status = PermitStatus.REVOKED
    session.commit()
    clerk = as_("linxiao")
    refused = clerk.post(f"/desk/requests/{number}/renewal")
    assert refused.status_code == 409
    assert "已撤销" in refused.text
    assert clerk.post(f"/desk/requests/{number}/new").status_code == 404
    assert clerk.post(f"/desk/requests/{number}/theft").status_code == 404
    assert clerk.get("/desk/requests/NOWHERE").status_code == 404
    assert clerk.get("/desk/requests?q=NOWHERE").status_code == 200
    assert as_("chenli").get(f"/desk/requests/{number}").status_code == 403
    assert session.scalars(select(Case).where(Case.request != RequestKind.NEW)).all() == []


def test_the_holder_sees_until_when_it_is_valid_and_when_to_ask(
    client: FlaskClient, session: Session
) -> None:
    centre = centre_of(session)
    permit = permit_until(centre, "public_venue_hygiene", date(2026, 12, 31))
    first = permit.case
    renewal = asked(centre, permit, RequestKind.RENEWAL)
    codes = [(case.number, case.query_code) for case in (first, renewal)]
    session.commit()
    client.post("/tracking", data={"number": codes[0][0], "code": codes[0][1]})
    page = client.get("/tracking/case").text
    assert "2026-12-01" in page  # the last day to ask
    assert "现在可以，最晚" in page
    centre.now = timer(centre, renewal, "deemed_renewal").due  # type: ignore[union-attr]
    assert fires(centre, timer(centre, renewal, "deemed_renewal"))
    session.commit()
    client.post("/tracking/exit")
    client.post("/tracking", data={"number": codes[1][0], "code": codes[1][1]})
    page = client.get("/tracking/case").text
    assert "视为准予延续" in page
    assert "2030-12-31" in page


def test_the_page_of_a_replaced_certificate_names_the_version_in_force(as_: As, session: Session) -> None:
    centre = centre_of(session)
    [permit] = issued(centre, "food_licence")
    granted(centre, asked(centre, permit, RequestKind.REPLACEMENT))
    number = permit.number
    session.commit()
    page = as_("linxiao").get(f"/desk/requests/{number}").text
    assert "第 2 版" in page
    assert session.scalars(select(Permit.version).where(Permit.number == number)).all() == [1, 2]
