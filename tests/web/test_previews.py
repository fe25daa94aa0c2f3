"""Papers before they are issued: as they will be, marked as what they are, and nothing written."""

import io

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, update

from approvals import certificate_preview
from approvals.tables import Case, Document, JournalEntry, NumberSeries, Permit, Task
from approvals.tables import CertificateTemplate as Template
from approvals.terms import RequestKind
from tests.centre import HOT_POT, MONDAY
from tests.permit_acts import asked, granted
from tests.register_cases import issued, permits_of, ready_to_issue
from tests.web.office import Office, office

__all__ = ["office"]
COUNTED = (Document, Permit, Task, Template)


def written(office: Office) -> list[object]:
    """What a preview must leave as it is: every count, and every number series."""
    with office.work() as centre:
        counts: list[object] = [
            centre.session.scalar(select(func.count()).select_from(table)) for table in COUNTED
        ]
        counts.append(centre.session.scalar(select(func.count()).where(JournalEntry.case_id.is_not(None))))
        series = centre.session.execute(select(NumberSeries).order_by(NumberSeries.kind)).scalars()
        return counts + [(row.authority, row.kind, row.year, row.last) for row in series]


def text_of(data: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


def waiting(office: Office, item: str) -> int:
    with office.work() as centre:
        return ready_to_issue(centre, item, HOT_POT if item == "restaurant_opening" else {}).id


def test_all_certificates_of_a_joint_case_are_shown_before_they_are_issued(office: Office) -> None:
    case_id = waiting(office, "restaurant_opening")
    before = written(office)
    answer = office.as_("qiantou").get(f"/cases/{case_id}/certificate-preview")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "private, no-store"
    text = text_of(answer.data)
    assert "行业综合许可证" in text
    assert "食品经营许可证" in text
    assert "制发时编号" in text
    assert "本页为预览，没有编号、标识、二维码和印章，不是证照" in text
    assert "扫码核验" not in text
    assert "行政审批专用章" not in text
    assert "1.2.156.3005" not in text
    assert written(office) == before


def test_the_preview_says_what_the_certificate_will_say(office: Office) -> None:
    """Field by field and with the same validity, so that the two cannot part ways unnoticed."""
    with office.work() as centre:
        case = ready_to_issue(centre, "restaurant_opening", HOT_POT)
        pages = certificate_preview.pages_of(centre.session, case, MONDAY)
        centre.issue(case)
        permits = permits_of(centre, case)
        permits.sort(key=lambda permit: (permit.part_id is not None, permit.part_id))
        assert len(pages) == len(permits) > 3
        for html, permit in zip(pages, permits, strict=True):
            assert str(permit.name["zh"]) in html
            assert all(value in html for key, value in permit.fields.items() if key != "parts")
            assert permit.number not in html
            for part in permit.fields.get("parts", []):
                assert part["name"] in html
                assert part["valid_until"] in html
            if permit.valid_until:
                assert f"至 {permit.valid_until.year}年" in html


def test_one_part_is_shown_alone_and_by_its_own_case(office: Office) -> None:
    case_id = waiting(office, "restaurant_opening")
    other = waiting(office, "water_abstraction")
    with office.work() as centre:
        part_id = centre.part(centre.session.get_one(Case, case_id), "food_licence").id
    page = office.as_("qiantou")
    assert "食品经营许可证" in text_of(page.get(f"/cases/{case_id}/certificate-preview/{part_id}").data)
    assert page.get(f"/cases/{other}/certificate-preview/{part_id}").status_code == 404
    assert page.get(f"/cases/{case_id}/certificate-preview/99999").status_code == 404


def test_nothing_to_preview_is_said(office: Office) -> None:
    with office.work() as centre:
        case = centre.accept(centre.draft("water_abstraction", {}))
        centre.opine_all(case)
        centre.refuse(case)
        alone = case.id
        joint = centre.accept(centre.draft("restaurant_opening", HOT_POT))
        opinion_only = centre.part(joint, "business_licence_check").id
    before = written(office)
    for login, address in (
        ("linxiao", f"{alone}/certificate-preview"),
        ("qiantou", f"{joint.id}/certificate-preview/{opinion_only}"),
    ):
        answer = office.as_(login).get(f"/cases/{address}")
        assert answer.status_code == 409
        assert "没有可以预览的证照" in answer.text
    assert written(office) == before


@pytest.mark.parametrize(("login", "status"), [("linxiao", 200), ("jiancha", 403), ("jinlan", 403)])
def test_only_those_who_decide_or_issue_see_a_preview(office: Office, login: str, status: int) -> None:
    case_id = waiting(office, "water_abstraction")
    assert office.as_(login).get(f"/cases/{case_id}/certificate-preview").status_code == status


def test_the_issue_step_offers_the_preview(office: Office) -> None:
    case_id = waiting(office, "restaurant_opening")
    page = office.as_("qiantou").get(f"/cases/{case_id}").text
    assert f'href="/cases/{case_id}/certificate-preview" target="_blank"' in page
    case_id = waiting(office, "water_abstraction")
    task = office.task(case_id, "issue")
    page = office.as_("linxiao").get(f"/desk/tasks/{task.id}").text
    assert f'href="/cases/{case_id}/certificate-preview" target="_blank"' in page


def decided_by_head(office: Office) -> tuple[int, Task, str]:
    """A case whose head decides next, and the head's name to sign in with."""
    with office.work() as centre:
        case = centre.accept(centre.draft("water_abstraction", {}))
        centre.opine_all(case)
        task = centre.task(case, "decide")
        return case.id, task, centre.who(task).login


def test_a_decision_is_previewed_from_what_is_typed(office: Office) -> None:
    case_id, task, login = decided_by_head(office)
    before = written(office)
    page = office.as_(login).get(f"/cases/{case_id}").text
    address = f"/cases/{case_id}/tasks/{task.id}/decision-preview"
    assert f'formaction="{address}" formtarget="_blank"' in page
    typed = {"granted": "yes", "reasons": "取水口和计量设施符合要求", "articles": "", "scope": "生活用水"}
    answer = office.as_(login).post(address, data=typed)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = text_of(answer.data)
    for sentence in (
        "准予行政许可决定书",
        "取水口和计量设施符合要求",
        "生活用水",
        "《取水许可和水资源费征收管理条例》",
    ):
        assert sentence in text
    assert "〔2026〕" not in text
    assert "行政审批专用章" not in text
    assert written(office) == before
    assert office.task(case_id, "decide").version == task.version


def test_a_change_is_previewed_as_the_next_version_will_be(office: Office) -> None:
    """The decision and the certificate of a request: what changes, and everything else as it was."""
    with office.work() as centre:
        [old] = issued(centre, "food_licence")
        case = asked(centre, old, RequestKind.CHANGE, person_in_charge="吴某某（示例）")
        centre.opine_all(case)
        case_id, until = case.id, old.valid_until
        task = centre.task(case, "decide")
    before = written(office)
    typed = {"granted": "yes", "reasons": "符合变更条件"}
    answer = office.as_("shichang").post(f"/cases/{case_id}/tasks/{task.id}/decision-preview", data=typed)
    text = text_of(answer.data)
    assert "吴某某（示例）" in text
    assert "符合变更条件" in text
    text = text_of(office.as_("shichang").get(f"/cases/{case_id}/certificate-preview").data)
    assert "吴某某（示例）" in text
    assert until is not None
    assert f"至{until.year}年{until.month}月{until.day}日" in text
    assert old.number not in text
    assert written(office) == before
    with office.work() as centre:
        case = centre.session.get_one(Case, case_id)
        [page] = certificate_preview.pages_of(centre.session, case, MONDAY)
        new = granted(centre, case)
        assert all(value in page for key, value in new.fields.items() if key != "parts")


def test_a_bad_decision_preview_is_refused(office: Office) -> None:
    case_id, task, login = decided_by_head(office)
    address = f"/cases/{case_id}/tasks/{task.id}/decision-preview"
    assert office.as_(login).post(address, data={}).status_code == 422
    assert office.as_("linxiao").post(address, data={"granted": "yes"}).status_code == 403
    assert (
        office.as_(login).post("/cases/999/tasks/1/decision-preview", data={"granted": "yes"}).status_code
        == 404
    )
    rare = {"granted": "yes", "reasons": "申请人名中有\U00032000字"}
    assert office.as_(login).post(address, data=rare).status_code == 422


def test_administrators_see_the_kinds_their_versions_and_a_sample(office: Office) -> None:
    with office.work() as centre:
        issued(centre, "water_abstraction")
        centre.session.execute(update(Permit).values(template_id=None))
    browser = office.as_("admin")
    with office.counted() as statements:
        page = browser.get("/admin/certificates")
    assert page.status_code == 200
    assert len(statements) <= 6
    assert "取水许可证" in page.text
    assert "已制发 1 件" in page.text
    one = browser.get("/admin/certificates/water/1").text
    assert "yearly_amount" in one
    assert "已制发 1 件" in one
    sample = browser.get("/admin/certificates/water/1/sample.pdf")
    assert sample.mimetype == "application/pdf"
    assert "本页为样本" in text_of(sample.data)
    assert browser.get("/admin/certificates/water/9").status_code == 404
    assert browser.get("/admin/certificates/moon/1").status_code == 404
    assert office.as_("linxiao").get("/admin/certificates").status_code == 403
