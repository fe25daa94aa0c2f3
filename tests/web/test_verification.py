"""Verifying on the pages: a clause at a time with its evidence, refusals at their place, the ledger, lists, repair."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from approvals import commitment_following
from approvals.filestore import FileStore
from approvals.tables import Case, CommitmentClause, CreditRecord, StoredFile, Verification, VerificationCheck
from approvals.terms import CheckOutcome
from processes.steps import verification as steps
from tests.test_verifications import PICTURE
from tests.web.office import HYGIENE, Office, office
from tests.web.public import follow, known
from web.demo import committing, verifying

__all__ = ["office"]
SEEN = "制度和健康证明齐全（示例）"


@pytest.fixture
def case_id(office: Office) -> int:
    """A hygiene licence issued on a commitment; what followed has come."""
    with office.work() as centre:
        case = committing.by_commitment(centre, HYGIENE, {})
        commitment_following.take(centre.session, case, "hygiene_test", centre.staff["linxiao"], centre.now)
        return case.id


def clause_id(office: Office, case_id: int, code: str) -> int:
    with office.work() as centre:
        return next(
            each.id
            for each in centre.session.scalars(select(CommitmentClause))
            if each.code == code and each.commitment.case_id == case_id
        )


def check(
    office: Office, case_id: int, code: str, login: str = "jinlan", version: int | None = None, **fields: Any
):
    task = office.task(case_id, "verify")
    address = f"/cases/{case_id}/tasks/{task.id}/clauses/{clause_id(office, case_id, code)}/checks"
    data = {
        "version": str(version or task.version),
        "manner": "documents",
        "outcome": "met",
        "finding": SEEN,
    } | fields
    return office.as_(login).post(address, data=data, content_type="multipart/form-data")


def conclude(office: Office, case_id: int, version: int | None = None):
    task = office.task(case_id, "verify")
    address = f"/cases/{case_id}/tasks/{task.id}/verification-conclusion"
    return office.as_("jinlan").post(address, data={"version": str(version or task.version)})


def second(office: Office, login: str = "taowei") -> str:
    with office.work() as centre:
        return str(centre.staff[login].id)


def count(office: Office, table: Any) -> int:
    with office.work() as centre:
        return centre.session.scalar(select(func.count()).select_from(table)) or 0


def test_an_officer_checks_clause_by_clause_and_concludes(office: Office, case_id: int) -> None:
    page = office.as_("jinlan").get(f"/cases/{case_id}?tab=verification").text
    assert "还有 3 项没有登记核查结果" in page
    assert "须现场核查" in page
    assert "认定不符合承诺或者弄虚作假必须附" in page
    evidence = [(BytesIO(PICTURE), "现场一.png"), (BytesIO(PICTURE), "现场二.png")]
    answer = check(
        office, case_id, "site_and_rooms", manner="on_site", second=second(office), evidence=evidence
    )
    assert answer.status_code == 303
    assert "#task-" in answer.location
    assert check(office, case_id, "hygiene_test").status_code == 303
    assert check(office, case_id, "staff_health").status_code == 303
    page = office.as_("jinlan").get(f"/cases/{case_id}?tab=verification").text
    assert "各项均符合承诺，核查结束" in page
    assert SEEN in page
    assert "现场二.png" in page
    assert conclude(office, case_id).status_code == 303
    with office.work() as centre:
        row = centre.session.scalars(select(Verification)).one()
        assert row.state == "met"
        file = centre.session.scalars(select(StoredFile).where(StoredFile.check_id.is_not(None))).first()
        assert file is not None
        address = f"/files/{file.id}/content"
    kept = office.as_("weijian").get(address)
    assert (kept.status_code, kept.mimetype, kept.data) == (200, "image/png", PICTURE)
    assert office.as_("weijian").get(address.removesuffix("/content")).status_code == 302
    assert (
        office.as_("heqing").get(address).status_code == 404
    )  # of a department that has nothing to do with it


REFUSED = [
    ({"manner": "on_site"}, 422, "请填写两名不同的核查人员"),
    ({"manner": ""}, 422, "请选择核查方式和核查结果"),
    ({"outcome": ""}, 422, "请选择核查方式和核查结果"),
    ({"finding": " "}, 422, "请写明核查情况"),
    ({"outcome": "unmet"}, 422, "认定“不符合承诺”须附至少一份证据"),
    ({"outcome": "deceit"}, 422, "须附至少一份证据"),
    ({"evidence": (BytesIO(b"#!/bin/sh"), "照片.png")}, 415, "按内容识别"),
]


@pytest.mark.parametrize(("fields", "status", "words"), REFUSED)
def test_a_refusal_stands_at_its_place_with_what_was_typed(
    office: Office, case_id: int, fields: dict[str, Any], status: int, words: str
) -> None:
    answer = check(office, case_id, "staff_health", **fields)
    assert answer.status_code == status
    assert words in answer.text
    assert "finding" in fields or SEEN in answer.text
    assert (count(office, VerificationCheck), count(office, StoredFile)) == (0, 0)


def test_a_clause_on_the_spot_is_not_settled_by_papers(office: Office, case_id: int) -> None:
    answer = check(office, case_id, "site_and_rooms", manner="documents")
    assert (answer.status_code, "须现场核查，不能改用" in answer.text) == (422, True)
    answer = check(office, case_id, "site_and_rooms", manner="on_site", second=second(office, "heqing"))
    assert answer.status_code == 403


def test_a_second_click_and_a_stale_page_say_who_was_first(office: Office, case_id: int) -> None:
    version = office.task(case_id, "verify").version
    assert check(office, case_id, "staff_health", version=version).status_code == 303
    answer = check(office, case_id, "staff_health", version=version)
    assert answer.status_code == 409
    assert "已由金兰（示例）于" in answer.text
    assert count(office, VerificationCheck) == 1
    left = conclude(office, case_id)
    assert (left.status_code, "还有承诺事项没有登记核查结果" in left.text) == (409, True)


@pytest.mark.parametrize(("login", "status"), [("zhouyan", 404), ("weijian", 403), ("linxiao", 403)])
def test_nobody_else_checks(office: Office, case_id: int, login: str, status: int) -> None:
    assert check(office, case_id, "staff_health", login).status_code == status
    assert count(office, VerificationCheck) == 0


def test_strange_addresses_are_not_found(office: Office, case_id: int) -> None:
    with office.work() as centre:
        other = committing.by_commitment(centre, "food_licence", {}).id
    task = office.task(case_id, "verify")
    browser = office.as_("jinlan")
    for address in (
        f"/cases/{other}/tasks/{task.id}/verification-conclusion",
        f"/cases/{case_id}/tasks/{task.id + 99}/verification-conclusion",
        f"/cases/{case_id}/tasks/{task.id}/clauses/999999/checks",
    ):
        assert (
            browser.post(address, data={"manner": "data", "outcome": "met", "finding": SEEN}).status_code
            == 404
        )
    closing = office.as_("weijian").post(
        f"/cases/{case_id}/verifications/999/closing", data={"reasons": "无"}
    )
    assert closing.status_code == 404


def rectifying(office: Office, case_id: int, store: FileStore) -> None:
    with office.work() as centre:
        row = verifying.of_case(centre, centre.session.get_one(Case, case_id))[0]
        verifying.verify(centre, row, store, {"staff_health": CheckOutcome.UNMET})


def test_a_rectification_is_taken_at_the_department(office: Office, case_id: int, tmp_path: Path) -> None:
    rectifying(office, case_id, FileStore(tmp_path))
    page = office.as_("jinlan").get(f"/cases/{case_id}?tab=verification").text
    assert "责令于 2026-12-07 (周一) 前整改" in page
    assert "不一致：设施尚未安装" in page
    task = office.task(case_id, "rectify")
    address = f"/cases/{case_id}/tasks/{task.id}/rectification"
    empty = office.as_("jinlan").post(address, data={"version": str(task.version), "words": " "})
    assert (empty.status_code, "请写明已经采取的整改措施" in empty.text) == (422, True)
    done = office.as_("jinlan").post(
        address, data={"version": str(task.version), "words": "均已办证（示例）"}
    )
    assert done.status_code == 303
    page = office.as_("jinlan").get(f"/cases/{case_id}?tab=verification").text
    assert "第 2 次核查：只核查上次不符合的承诺事项" in page
    assert "均已办证（示例）" in page


def test_a_rectification_is_taken_at_the_window(office: Office, case_id: int, tmp_path: Path) -> None:
    with office.work() as centre:
        row_id = verifying.of_case(centre, centre.session.get_one(Case, case_id))[0].id
    address, words = f"/cases/{case_id}/verifications/{row_id}/rectification", {"words": "均已办证（示例）"}
    early = office.as_("linxiao").post(address, data=words)
    assert (early.status_code, "目前为“待核查”" in early.text) == (409, True)
    rectifying(office, case_id, FileStore(tmp_path))
    assert "登记整改情况…" in office.as_("linxiao").get(f"/cases/{case_id}?tab=verification").text
    assert office.as_("linxiao").post(address, data={"words": " "}).status_code == 422
    assert office.as_("weijian").post(address, data=words).status_code == 403
    missing = f"/cases/{case_id}/verifications/999/rectification"
    assert office.as_("linxiao").post(missing, data=words).status_code == 404
    assert office.as_("linxiao").post(address, data=words).status_code == 303
    assert "均已办证（示例）" in office.as_("jinlan").get(f"/cases/{case_id}?tab=verification").text


def test_a_head_closes_a_verification_early(office: Office, case_id: int) -> None:
    with office.work() as centre:
        row_id = verifying.of_case(centre, centre.session.get_one(Case, case_id))[0].id
    address = f"/cases/{case_id}/verifications/{row_id}/closing"
    assert "提前结束核查…" in office.as_("weijian").get(f"/cases/{case_id}?tab=verification").text
    assert "提前结束核查…" not in office.as_("jinlan").get(f"/cases/{case_id}?tab=verification").text
    assert office.as_("weijian").post(address, data={"reasons": ""}).status_code == 422
    assert office.as_("jinlan").post(address, data={"reasons": "注销"}).status_code == 403
    assert office.as_("weijian").post(address, data={"reasons": "许可已注销（示例）"}).status_code == 303
    again = office.as_("weijian").post(address, data={"reasons": "许可已注销（示例）"})
    assert (again.status_code, "目前为“提前结束”" in again.text) == (409, True)
    assert "许可已注销（示例）" in office.as_("jinlan").get(f"/cases/{case_id}?tab=verification").text


def test_a_department_of_a_clause_alone_sees_the_case(office: Office) -> None:
    with office.work() as centre:
        hotel = committing.by_commitment(centre, "hotel_licence", {}).id
    assert office.as_("zhouyan").get(f"/cases/{hotel}?tab=verification").status_code == 200
    assert "旅馆业" in office.as_("zhouyan").get("/verifications/").text
    assert "旅馆业" in office.as_("zhouyan").get("/queue/?tab=unclaimed").text
    assert office.as_("heqing").get(f"/cases/{hotel}").status_code == 404


def test_the_list_filters_and_counts_and_costs_few_statements(
    office: Office, case_id: int, tmp_path: Path
) -> None:
    with office.work() as centre:
        for _ in range(3):
            committing.by_commitment(centre, HYGIENE, {})
    rectifying(office, case_id, FileStore(tmp_path))
    browser = office.as_("jinlan")
    for state, shown in (
        ("standing", 4),
        ("open", 3),
        ("rectifying", 1),
        ("late", 0),
        ("ended", 0),
        ("all", 4),
        ("?", 4),
    ):
        assert browser.get(f"/verifications/?state={state}").text.count("data-row=") == shown, state
    assert browser.get("/verifications/?lamp=green").text.count("data-row=") == 4
    assert browser.get("/verifications/?lamp=red").text.count("data-row=") == 0
    assert browser.get("/verifications/?q=云栖").text.count("data-row=") == 4
    assert browser.get("/verifications/?q=没有这家").text.count("data-row=") == 0
    assert office.as_("heqing").get("/verifications/").text.count("data-row=") == 0
    assert office.as_("jiancha").get("/verifications/").text.count("data-row=") == 4
    assert office.as_("admin").get("/verifications/").status_code == 403
    with office.counted() as statements:
        browser.get("/verifications/")
    assert len(statements) <= 8, statements


def test_the_case_page_with_its_ledger_stays_within_its_statements(office: Office, case_id: int) -> None:
    check(office, case_id, "staff_health")
    for login in ("jinlan", "weijian"):
        browser = office.as_(login)
        with office.counted() as statements:
            browser.get(f"/cases/{case_id}?tab=verification")
        assert len(statements) <= 25, len(statements)


# --- credit


def recorded(office: Office, case_id: int, tmp_path: Path) -> tuple[int, int]:
    """A record of a rectification that came too late: its id and the applicant's."""
    store = FileStore(tmp_path)
    rectifying(office, case_id, store)
    with office.work() as centre:
        centre.later(days=20)
        row = verifying.of_case(centre, centre.session.get_one(Case, case_id))[0]
        steps.report_online(centre.session, case_id, row.id, "已办证（示例）", centre.now)
        verifying.verify(centre, row, store)
        record = centre.session.scalars(select(CreditRecord)).one()
        return record.id, record.applicant_id


def test_the_credit_of_an_applicant_and_its_repair(office: Office, case_id: int, tmp_path: Path) -> None:
    record_id, applicant_id = recorded(office, case_id, tmp_path)
    listed = office.as_("linxiao").get("/credit/").text
    assert "云栖客栈有限公司（示例）" in listed
    assert "未履行承诺" in listed
    address = f"/credit/applicants/{applicant_id}"
    page = office.as_("jinlan").get(address).text
    assert "逾期后才整改到位" in page
    assert "修复信用…" not in page
    assert "修复信用…" in office.as_("weijian").get(address).text
    empty = office.as_("weijian").post(f"{address}/records/{record_id}/repair", data={"reasons": " "})
    assert (empty.status_code, "请写明理由" in empty.text) == (422, True)
    assert (
        office.as_("jinlan").post(f"{address}/records/{record_id}/repair", data={"reasons": "无"}).status_code
        == 403
    )
    assert (
        office.as_("shichang")
        .post(f"{address}/records/{record_id}/repair", data={"reasons": "无"})
        .status_code
        == 403
    )
    assert (
        office.as_("weijian")
        .post(f"{address}/records/{record_id + 1}/repair", data={"reasons": "无"})
        .status_code
        == 404
    )
    done = office.as_("weijian").post(
        f"{address}/records/{record_id}/repair", data={"reasons": "已整改（示例）"}
    )
    assert done.status_code == 303
    assert "信用修复决定书" in office.as_("weijian").get(address).text
    twice = office.as_("weijian").post(
        f"{address}/records/{record_id}/repair", data={"reasons": "再来（示例）"}
    )
    assert (twice.status_code, "没有重复写入" in twice.text) == (409, True)
    assert office.as_("linxiao").get("/credit/").text.count("data-row=") == 0
    assert office.as_("linxiao").get("/credit/?state=repaired&q=云栖").text.count("data-row=") == 1
    assert office.as_("linxiao").get("/credit/applicants/999").status_code == 404
    assert office.as_("admin").get("/credit/").status_code == 403


# --- the applicant


def test_the_applicant_follows_the_verification_and_reports_what_was_put_right(
    office: Office, case_id: int, tmp_path: Path
) -> None:
    with office.work() as centre:
        held = known(centre.session.get_one(Case, case_id))
        officers = [centre.staff[login].name for login in ("jinlan", "taowei")]
    browser = office.app.test_client()
    follow(browser, held)
    assert "将在 2026-12-21 (周一) 前核查" in browser.get("/tracking/case").text
    rectifying(office, case_id, FileStore(tmp_path))
    page = browser.get("/tracking/case").text
    assert "请在 2026-12-07 (周一) 前整改并报告" in page
    assert '<a href="#verification">您需要：2026-12-07 (周一) 前整改并报告</a>' in page
    assert "不一致：设施尚未安装" in page
    assert not any(name in page for name in officers)
    with office.work() as centre:
        row_id = str(verifying.of_case(centre, centre.session.get_one(Case, case_id))[0].id)
    for fields, status in (
        ({"verification": row_id, "words": " "}, 422),
        ({"verification": "999", "words": "已改"}, 404),
        ({"verification": "x", "words": "已改"}, 404),
    ):
        assert browser.post("/tracking/rectification", data=fields).status_code == status
    done = browser.post("/tracking/rectification", data={"verification": row_id, "words": "均已办证（示例）"})
    assert done.status_code == 303
    again = browser.post(
        "/tracking/rectification", data={"verification": row_id, "words": "均已办证（示例）"}
    )
    assert again.status_code == 409
    assert "均已办证（示例）" in office.as_("jinlan").get(f"/cases/{case_id}?tab=verification").text
    with office.counted() as statements:
        browser.get("/tracking/case")
    assert len(statements) <= 30, len(statements)
