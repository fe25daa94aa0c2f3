"""The case page: what each person sees, every act from its form, refusals, the number of statements."""

import re
from collections.abc import Mapping

import pytest
from lxml import etree
from werkzeug.test import TestResponse

from approvals import corrections, documents, notices, tasks
from approvals.corrections import DefectInput
from approvals.journal import ACTS
from approvals.tables import Case, Document
from approvals.terms import CaseState, OpinionKind, PartState
from processes.steps import departments
from tests.centre import COFFEE_BAR, HOT_POT
from tests.web.office import HYGIENE, RESTAURANT, Office, office
from web.cases import labels
from web.cases.tabs import TABS
from web.demo.centre import Centre

__all__ = ["office"]
FIRE, FOOD, SIGN = "fire_inspection", "food_licence", "shop_sign"


def send(
    office: Office, login: str, case_id: int, step: str, noun: str, part: str | None = None, **fields: str
) -> TestResponse:
    """Send one act from a page that shows the task as it stands."""
    task = office.task(case_id, step, part)
    return office.as_(login).post(
        f"/cases/{case_id}/tasks/{task.id}/{noun}", data={"version": task.version, **fields}
    )


def reviewed(office: Office, answers: Mapping[str, object], **against: str) -> int:
    """A joint case with every opinion in; ``against`` maps a part to its reasons for disagreeing."""
    with office.work() as centre:
        case = centre.accept(centre.draft(RESTAURANT, answers))
        for part, reasons in against.items():
            centre.opine(case, part, OpinionKind.DISAGREE, reasons)
        centre.opine_all(case)
        return case.id


# --- who sees what


def test_participants_see_the_request_and_the_states_others_see_nothing(office: Office) -> None:
    case_id = office.accepted(RESTAURANT, HOT_POT)
    for login in ("zhouyan", "qiantou", "linxiao", "jiancha"):
        page = office.as_(login).get(f"/cases/{case_id}")
        assert page.status_code == 200
        assert "渝记小面馆（示例）" in page.text
        assert "320 平方米" in page.text  # the answer in words, with its unit
        assert "城市管理局" in page.text
        assert "92330110MA2B0Q1X78" not in page.text
    assert office.as_("jinlan").get(f"/cases/{case_id}").status_code == 404
    assert office.as_("jinlan").get(f"/cases/{case_id}/diagram.bpmn").status_code == 404
    assert office.as_("zhouyan").get("/cases/999").status_code == 404
    assert office.as_("admin").get(f"/cases/{case_id}").status_code == 403
    assert office.app.test_client().get(f"/cases/{case_id}").status_code == 302


def test_a_draft_opinion_is_seen_by_its_own_department_alone(office: Office) -> None:
    case_id = office.accepted(RESTAURANT, HOT_POT)
    kept = send(office, "chenli", case_id, "review", "draft", FOOD, kind="disagree", reasons="布局待核实")
    assert kept.status_code == 303
    assert "布局待核实" in office.as_("zhaomin").get(f"/cases/{case_id}").text
    for login in ("zhouyan", "linxiao", "jiancha"):
        assert "布局待核实" not in office.as_(login).get(f"/cases/{case_id}").text
    send(office, "chenli", case_id, "review", "opinion", FOOD, kind="disagree", reasons="布局不合理")
    assert "布局不合理" in office.as_("zhouyan").get(f"/cases/{case_id}").text


def test_full_numbers_are_shown_once_against_a_reason_in_the_journal(office: Office) -> None:
    case_id = office.accepted(RESTAURANT, HOT_POT)
    browser = office.as_("zhouyan")
    without = browser.post(f"/cases/{case_id}/identity", data={"who": "applicant"})
    assert without.status_code == 422
    assert "请写明理由。" in without.text
    shown = browser.post(f"/cases/{case_id}/identity", data={"who": "applicant", "reasons": "电话核实地址"})
    assert shown.status_code == 200
    assert "92330110MA2B0Q1X78" in shown.text
    journal = browser.get(f"/cases/{case_id}?tab=journal").text
    assert "电话核实地址" in journal
    assert "92330110MA2B0Q1X78" not in journal
    assert (
        office.as_("jiancha").post(f"/cases/{case_id}/identity", data={"reasons": "看看"}).status_code == 403
    )
    assert (
        office.as_("jinlan").post(f"/cases/{case_id}/identity", data={"reasons": "看看"}).status_code == 404
    )


def test_a_draft_opens_at_the_desk_of_its_clerk_alone(office: Office) -> None:
    with office.work() as centre:
        case_id = centre.draft(HYGIENE, {}).id
    mine = office.as_("linxiao").get(f"/cases/{case_id}")
    assert (mine.status_code, mine.location) == (302, f"/desk/drafts/{case_id}")
    assert office.as_("wangyu").get(f"/cases/{case_id}").status_code == 404
    assert office.as_("jinlan").get(f"/cases/{case_id}").status_code == 404


def test_a_case_in_checking_is_measured_by_the_five_days(office: Office) -> None:
    with office.work() as centre:
        case_id = centre.receive(centre.draft(HYGIENE, {})).id
    page = office.as_("linxiao").get(f"/cases/{case_id}").text
    assert "一次告知期限" in page
    assert "还剩 5 个工作日" in page


# --- acts


def test_an_opinion_against_needs_reasons_and_what_was_typed_is_kept(office: Office) -> None:
    case_id = office.accepted(RESTAURANT, HOT_POT)
    refused = send(
        office, "zhouyan", case_id, "review", "opinion", FIRE, kind="disagree", basis="《消防法》第十五条"
    )
    assert refused.status_code == 422
    assert "请写明理由。" in refused.text
    assert "《消防法》第十五条" in refused.text
    unknown = send(office, "zhouyan", case_id, "review", "opinion", FIRE, kind="perhaps", reasons="想想")
    assert unknown.status_code == 422
    assert "请选择审查意见" in unknown.text
    assert "opinion" not in office.acts(case_id)
    done = send(office, "zhouyan", case_id, "review", "opinion", FIRE, kind="disagree", reasons="通道不足")
    assert done.status_code == 303
    assert office.acts(case_id)[-1] == "opinion"


def test_a_stale_page_names_who_did_what_and_writes_nothing(office: Office) -> None:
    case_id = office.accepted(RESTAURANT, HOT_POT)
    task = office.task(case_id, "review", FIRE)
    form = {"version": task.version, "kind": "agree"}
    address = f"/cases/{case_id}/tasks/{task.id}/opinion"
    assert office.as_("zhouyan").post(address, data=form).status_code == 303
    before = office.acts(case_id)
    late = office.as_("wuhao").post(address, data=form)
    assert late.status_code == 409
    assert "这一步已由周岩（示例）于2026-11-23 10:00办理（审查）" in late.text
    assert office.acts(case_id) == before
    assert office.as_("zhouyan").post(address, data=form).status_code == 409  # the double click of one person


def test_a_task_held_by_a_colleague_is_shown_with_the_reason(office: Office) -> None:
    case_id = office.accepted(RESTAURANT, HOT_POT)
    task = office.task(case_id, "review", FIRE)
    with office.work() as centre:
        tasks.claim(centre.session, task.id, centre.staff["zhouyan"], centre.now)
    assert "由周岩（示例）办理中" in office.as_("wuhao").get(f"/cases/{case_id}").text
    refused = send(office, "wuhao", case_id, "review", "opinion", FIRE, kind="agree")
    assert refused.status_code == 409
    assert "这项待办由周岩（示例）办理中" in refused.text


def test_wrong_department_wrong_role_wrong_case(office: Office) -> None:
    case_id = office.accepted(RESTAURANT, HOT_POT)
    other = office.accepted(HYGIENE)
    assert send(office, "heqing", case_id, "review", "opinion", FIRE, kind="agree").status_code == 403
    assert send(office, "xiaofang", case_id, "review", "opinion", FIRE, kind="agree").status_code == 403
    assert send(office, "jinlan", case_id, "review", "opinion", FIRE, kind="agree").status_code == 404
    task = office.task(case_id, "review", FIRE)
    assert (
        office.as_("jinlan")
        .post(f"/cases/{other}/tasks/{task.id}/opinion", data={"kind": "agree"})
        .status_code
        == 404
    )
    assert office.as_("zhouyan").post(f"/cases/{case_id}/tasks/{task.id}/nonsense").status_code == 404
    assert (
        office.as_("zhouyan")
        .post(f"/cases/{case_id}/tasks/{task.id}/decision", data={"granted": "yes"})
        .status_code
        == 404
    )
    assert "opinion" not in office.acts(case_id)


def test_one_site_visit_for_two_departments_by_two_officers(office: Office) -> None:
    case_id = office.accepted(RESTAURANT, HOT_POT)
    assert send(office, "zhouyan", case_id, "review", "visit-request", FIRE).status_code == 303
    assert send(office, "zhangjian", case_id, "review", "visit-request", "drainage_permit").status_code == 303
    page = office.as_("zhouyan").get(f"/cases/{case_id}").text
    assert "先登记现场核查结果" in page
    assert "2 个部门同去" in page
    visit = re.search(r"site-visits/(\d+)/appointment", page)
    assert visit is not None
    address = f"/cases/{case_id}/site-visits/{visit[1]}/appointment"
    past = office.as_("zhouyan").post(address, data={"when": "2026-11-20T09:00", "place": "店内"})
    assert past.status_code == 422
    assert "请约定一个将来的时间" in past.text
    assert office.as_("zhouyan").post(address, data={"when": "morgen", "place": "店内"}).status_code == 422
    assert (
        office.as_("zhouyan").post(address, data={"when": "2026-11-25T09:00", "place": "店内"}).status_code
        == 303
    )
    assert (
        "现场 11-25 09:00（与示例县住房和城乡建设局同去）"
        in office.as_("heqing").get(f"/cases/{case_id}").text
    )
    with office.work() as centre:
        first, second = str(centre.staff["zhouyan"].id), str(centre.staff["wuhao"].id)
    alone = send(
        office, "zhouyan", case_id, "site_visit", "finding", FIRE, passed="yes", finding="合格", second=first
    )
    assert alone.status_code == 422
    assert "现场核查须由两名以上工作人员进行" in alone.text
    unsaid = send(office, "zhouyan", case_id, "site_visit", "finding", FIRE, finding="合格", second=second)
    assert "请选择核查结论" in unsaid.text
    done = send(
        office, "zhouyan", case_id, "site_visit", "finding", FIRE, passed="yes", finding="合格", second=second
    )
    assert done.status_code == 303
    assert send(office, "zhouyan", case_id, "review", "opinion", FIRE, kind="agree").status_code == 303


def test_requests_of_two_departments_become_one_notice(office: Office) -> None:
    case_id = office.accepted(RESTAURANT, HOT_POT)
    nothing = send(office, "zhouyan", case_id, "review", "correction-request", FIRE)
    assert nothing.status_code == 422
    for login, part in (("zhouyan", FIRE), ("zhangjian", "drainage_permit")):
        asked = {"material": "premises_plan", "problem": "平面图没有标明隔油池", "demand": "补标后重交"}
        assert send(office, login, case_id, "review", "correction-request", part, **asked).status_code == 303
    preview = office.as_("qiantou").get(f"/cases/{case_id}").text
    assert "合并后 1 项" in preview
    assert "示例县消防救援大队、示例县住房和城乡建设局" in preview
    assert send(office, "qiantou", case_id, "issue_correction", "correction-notice").status_code == 303
    with office.work() as centre:
        kinds = [document.kind for document in documents.of_case(centre.session, case_id)]
    assert kinds.count("correction") == 1


def test_pre_check_takes_a_list_of_defects(office: Office) -> None:
    with office.work() as centre:
        case_id = centre.receive(centre.draft(RESTAURANT, HOT_POT)).id
    fields = {"material": ["premises_plan", ""], "problem": ["没有疏散示意", "  "], "demand": ["补画", ""]}
    task = office.task(case_id, "pre_check", FIRE)
    answer = office.as_("zhouyan").post(
        f"/cases/{case_id}/tasks/{task.id}/pre-check", data={"version": task.version, **fields}
    )
    assert answer.status_code == 303
    assert office.acts(case_id)[-2:] == ["raise_defect", "pre_check"]


def test_a_conflict_is_settled_with_result_and_reasons_before_any_decision(office: Office) -> None:
    case_id = reviewed(office, HOT_POT, fire_inspection="疏散通道不足")
    assert "意见不一致，须先协调" in office.as_("qiantou").get(f"/cases/{case_id}").text
    refused = send(office, "qiantou", case_id, "collate", "collation", result="整改后同意")
    assert refused.status_code == 422
    assert "部门意见不一致（示例县消防救援大队）" in refused.text
    assert "整改后同意" in refused.text
    done = send(
        office, "qiantou", case_id, "collate", "collation", result="整改后同意", reasons="已提交整改方案"
    )
    assert done.status_code == 303
    assert "已提交整改方案" in office.as_("heqing").get(f"/cases/{case_id}").text


def test_the_lead_sends_one_back_alone_and_adds_a_department(office: Office) -> None:
    case_id = reviewed(office, HOT_POT)
    with office.work() as centre:
        part_id = centre.part(centre.session.get_one(Case, case_id), FIRE).id
    lead = office.as_("qiantou")
    assert lead.post(f"/cases/{case_id}/rounds", data={"part": part_id}).status_code == 422
    assert lead.post(f"/cases/{case_id}/rounds", data={"reasons": "补充理由"}).status_code == 404
    assert (
        lead.post(f"/cases/{case_id}/rounds", data={"part": part_id, "reasons": "请补充依据"}).status_code
        == 303
    )
    assert lead.post(f"/cases/{case_id}/departments", data={"department": "006"}).status_code == 422
    twice = lead.post(f"/cases/{case_id}/departments", data={"department": "009", "reasons": "再问"})
    assert twice.status_code == 409
    assert "已参加本办件" in twice.text
    assert office.as_("jinlan").get(f"/cases/{case_id}").status_code == 404
    added = lead.post(f"/cases/{case_id}/departments", data={"department": "006", "reasons": "是否涉及卫生"})
    assert added.status_code == 303
    assert office.as_("jinlan").get(f"/cases/{case_id}").status_code == 200
    with office.work() as centre:
        states = {part.department.code: part.state for part in centre.session.get_one(Case, case_id).parts}
    assert (states["009"], states["006"], states["007"]) == (
        PartState.REVIEWING,
        PartState.REVIEWING,
        PartState.OPINED,
    )
    assert office.as_("chenli").post(f"/cases/{case_id}/rounds", data={"part": part_id}).status_code == 403


def test_a_refusal_is_told_heard_and_then_decided(office: Office) -> None:
    case_id = reviewed(office, COFFEE_BAR)
    assert send(office, "qiantou", case_id, "collate", "collation").status_code == 303
    early = send(
        office, "chengguan", case_id, "decide", "decision", SIGN, granted="no", reasons="不符规划", articles="条例第九条"
    )  # fmt: skip
    assert early.status_code == 409
    assert "听取并记录申请人的陈述申辩" in early.text
    told = {"facts": "招牌超出建筑轮廓", "reasons": "不符规划", "articles": "条例第九条"}
    assert send(office, "chengguan", case_id, "decide", "proposed-refusal", SIGN, **told).status_code == 303
    assert (
        send(office, "heqing", case_id, "hear_statement", "statement", SIGN, statement="愿缩小").status_code
        == 422
    )
    heard = {"statement": "愿缩小", "assessment": "缩小后仍超出，不予采纳", "hearing_waived": "yes"}
    assert send(office, "heqing", case_id, "hear_statement", "statement", SIGN, **heard).status_code == 303
    assert "招牌超出建筑轮廓" in office.as_("chengguan").get(f"/cases/{case_id}").text
    final = {"granted": "no", "reasons": "不符规划", "articles": "条例第九条"}
    assert send(office, "chengguan", case_id, "decide", "decision", SIGN, **final).status_code == 303
    assert "不予许可" in office.as_("qiantou").get(f"/cases/{case_id}").text


def test_grants_fees_and_certificates(office: Office) -> None:
    case_id = reviewed(office, COFFEE_BAR)
    send(office, "qiantou", case_id, "collate", "collation")
    for login, part in (("shichang", FOOD), ("chengguan", SIGN)):
        granted = send(office, login, case_id, "decide", "decision", part, granted="yes", reasons="符合条件")
        assert granted.status_code == 303
    with office.work() as centre:
        fees = [fee.code for fee in centre.session.get_one(Case, case_id).fees]
    for code in fees:
        assert office.as_("linxiao").post(f"/cases/{case_id}/fees/{code}/payment").status_code == 422
        paid = office.as_("linxiao").post(
            f"/cases/{case_id}/fees/{code}/payment", data={"receipt": "票据 001"}
        )
        assert paid.status_code == 303
    assert (
        office.as_("linxiao")
        .post(f"/cases/{case_id}/fees/nothing/payment", data={"receipt": "1"})
        .status_code
        == 422
    )
    assert send(office, "qiantou", case_id, "issue", "certificates").status_code == 303
    page = office.as_("qiantou").get(f"/cases/{case_id}?tab=documents").text
    assert "行业综合许可证" in page
    assert "准予行政许可决定书" in page


# --- documents, messages, diagram


def test_a_paper_is_served_to_those_who_see_its_case(office: Office) -> None:
    case_id = office.accepted(HYGIENE)
    with office.work() as centre:
        document_id = documents.of_case(centre.session, case_id)[0].id
    paper = office.as_("jinlan").get(f"/documents/{document_id}.pdf")
    assert paper.status_code == 200
    assert paper.data.startswith(b"%PDF-")
    assert paper.mimetype == "application/pdf"
    assert paper.headers["Content-Disposition"].startswith("inline")
    assert 'filename=" ' not in paper.headers["Content-Disposition"]  # the fallback of a Chinese name
    assert "private" in paper.headers["Cache-Control"]
    assert paper.headers["X-Content-Type-Options"] == "nosniff"
    assert office.as_("jinlan").get(f"/documents/{document_id}.pdf").data == paper.data
    assert office.as_("zhouyan").get(f"/documents/{document_id}.pdf").status_code == 404
    assert office.as_("jinlan").get("/documents/999.pdf").status_code == 404


def test_a_wrong_paper_is_rectified_or_voided_by_its_head(office: Office) -> None:
    case_id = office.accepted(HYGIENE)
    with office.work() as centre:
        document_id = documents.of_case(centre.session, case_id)[0].id
    head = office.as_("weijian")
    assert head.get(f"/documents/{document_id}/change").status_code == 200
    address = f"/documents/{document_id}/rectification"
    assert head.post(address, data={"reasons": "笔误"}).status_code == 422
    change = {"where": "申请人", "wrong": "鱼记", "right": "渝记", "reasons": "笔误"}
    assert head.post(address, data=change).status_code == 303
    again = head.post(f"/documents/{document_id}/voiding", data={"reasons": "再来"})
    assert again.status_code == 409
    assert "已经更正或者作废" in again.text
    assert office.acts(case_id)[-1] == "rectify_document"
    assert office.as_("jinlan").post(address, data=change).status_code == 403
    assert office.as_("xiaofang").post(address, data=change).status_code == 404
    with office.work() as centre:
        assert centre.session.get_one(Document, document_id).status == "rectified"


def test_a_message_that_failed_is_said_in_the_tab(office: Office) -> None:
    case_id = office.accepted(HYGIENE)
    with office.work() as centre:
        message = notices.of_case(centre.session, case_id)[0]
        message.state, message.tries, message.error = "failed", 5, "550 no such user"
    page = office.as_("linxiao").get(f"/cases/{case_id}?tab=messages").text
    assert "未送达 1" in page
    assert "550 no such user" in page


@pytest.mark.parametrize(("item", "step"), [(RESTAURANT, "active"), (HYGIENE, "active")])
def test_the_diagram_is_bpmn_with_a_pool_for_each_part_and_marks(
    office: Office, item: str, step: str
) -> None:
    case_id = office.accepted(item, HOT_POT if item == RESTAURANT else {})
    browser = office.as_("linxiao")
    answer = browser.get(f"/cases/{case_id}/diagram.bpmn")
    assert answer.status_code == 200
    root = etree.fromstring(answer.data)
    names = root.xpath("//*[local-name()='participant']/@name")
    assert any("消防救援大队" in name for name in names) == (item == RESTAURANT)
    page = browser.get(f"/cases/{case_id}?tab=diagram").text
    assert step in page
    assert "data-diagram=" in page
    marked = set(re.findall(r"&#34;([\w.-]+)&#34;: &#34;(?:done|active|waiting)&#34;", page))
    assert marked
    assert marked <= set(root.xpath("//@id"))


# --- cost


def test_a_page_takes_at_most_twenty_five_statements_whatever_its_size(office: Office) -> None:
    case_id = _busy_case(office)
    for login in ("qiantou", "chenli", "linxiao"):
        browser = office.as_(login)
        for tab in TABS:
            with office.counted() as statements:
                assert browser.get(f"/cases/{case_id}?tab={tab}").status_code == 200
            assert len(statements) <= 25, (tab, statements)


def _busy_case(office: Office) -> int:
    """Five departments, a visit, requests for correction, opinions for and against, one sent back."""
    with office.work() as centre:
        case = centre.accept(centre.draft(RESTAURANT, HOT_POT))
        task = centre.task(case, "review", FIRE)
        officer = centre.staff["zhouyan"]
        departments.ask_site_visit(centre.session, task.id, task.version, officer, centre.now)
        _ask_correction(centre, case)
        centre.opine(case, SIGN)
        centre.opine(case, FOOD, OpinionKind.DISAGREE, "布局不合理")
        return case.id


def _ask_correction(centre: Centre, case: Case) -> None:
    task = centre.task(case, "review", "drainage_permit")
    found = [DefectInput("premises_plan", "没有隔油池", "补标")]
    departments.request_correction(
        centre.session, task.id, task.version, centre.staff["zhangjian"], found, centre.now
    )


def test_every_act_of_the_journal_has_words(office: Office) -> None:
    case_id = reviewed(office, COFFEE_BAR)
    with office.work() as centre:
        case = centre.session.get_one(Case, case_id)
        centre.collate(case)
        centre.grant_all(case)
        centre.pay_fees(case)
        centre.issue(case)
        centre.deliver(case)
    assert {act for act in office.acts(case_id) if act.isascii()} <= set(ACTS)
    with office.app.test_request_context():
        assert labels.act_words("decide") == "作出决定"


def test_an_ended_case_offers_nothing_more(office: Office) -> None:
    case_id = reviewed(office, COFFEE_BAR)
    with office.work() as centre:
        case = centre.session.get_one(Case, case_id)
        centre.collate(case)
        centre.grant_all(case)
        centre.pay_fees(case)
        centre.issue(case)
        centre.deliver(case)
        assert case.state == CaseState.ENDED
    page = office.as_("qiantou").get(f"/cases/{case_id}").text
    assert "办件已办结，没有要做的了。" in page
    assert "准予许可" in page


def test_a_department_sees_its_own_request_before_the_notice_goes_out(office: Office) -> None:
    case_id = office.accepted(answers=HOT_POT)
    task = office.task(case_id, "review", "fire_inspection")
    with office.work() as centre:
        officer, found = centre.staff["zhouyan"], [DefectInput("", "疏散图不清（示例）")]
        departments.request_correction(centre.session, task.id, None, officer, found, centre.now)
    page = office.as_("zhouyan").get(f"/cases/{case_id}").text
    assert "疏散图不清（示例）" in page
    assert "待合并告知" in page


def test_the_lead_drops_one_request_with_reasons_and_keeps_the_others(office: Office) -> None:
    case_id = office.accepted(answers=HOT_POT)
    task = office.task(case_id, "review", "fire_inspection")
    found = [DefectInput("", "疏散图不清（示例）"), DefectInput("", "缺灭火器照片（示例）")]
    with office.work() as centre:
        officer = centre.staff["zhouyan"]
        departments.request_correction(centre.session, task.id, None, officer, found, centre.now)
        unneeded = corrections.waiting_defects(centre.session, case_id)[1].id
    lead = office.as_("qiantou")
    address = f"/cases/{case_id}/dropped-defects"
    assert lead.post(address, data={"defect": unneeded, "reasons": " "}).status_code == 422
    assert (
        office.as_("zhouyan").post(address, data={"defect": unneeded, "reasons": "不需要"}).status_code == 403
    )
    assert lead.post(address, data={"defect": unneeded, "reasons": "已在系统中"}).status_code == 303
    assert lead.post(address, data={"defect": unneeded, "reasons": "已在系统中"}).status_code == 404
    with office.work() as centre:
        left = corrections.waiting_defects(centre.session, case_id)
        assert [defect.problem for defect in left] == ["疏散图不清（示例）"]
