"""Extension, special procedures and hearings on the pages: offered to who may, refused with what was typed."""

import re
from datetime import datetime

from sqlalchemy import select

from approvals.tables import Case, Hearing, SpecialProcedure, Task
from tests.centre import COFFEE_BAR
from tests.web.office import HYGIENE, RESTAURANT, Office, office
from tests.web.public import follow, known

__all__ = ["office"]
WHY = "需要补充检测数据"
LAB = "示例县疾病预防控制中心"
EXTENSION = {"days": "10", "reasons": WHY}
TESTING = {"kind": "testing", "days": "10", "body": LAB, "reasons": WHY}


def part_id(office: Office, case_id: int, item: str = HYGIENE) -> int:
    with office.work() as centre:
        return centre.part(centre.session.get_one(Case, case_id), item).id


def post(office: Office, login: str, case_id: int, noun: str, **fields: str):
    return office.as_(login).post(f"/cases/{case_id}/{noun}", data=fields)


def rule(office: Office, login: str, case_id: int, step: str, noun: str, **fields: str):
    task = office.task(case_id, step)
    data = {"version": str(task.version), **fields}
    return office.as_(login).post(f"/cases/{case_id}/tasks/{task.id}/{noun}", data=data)


def page(office: Office, login: str, case_id: int, tab: str = "ledger") -> str:
    answer = office.as_(login).get(f"/cases/{case_id}?tab={tab}")
    assert answer.status_code == 200
    return answer.text


def test_an_extension_from_the_officer_to_the_ledger(office: Office) -> None:
    case_id = office.accepted(HYGIENE)
    part = str(part_id(office, case_id))
    assert "提出延期" in page(office, "jinlan", case_id)
    assert "提出延期" not in page(office, "linxiao", case_id)
    wrong = post(office, "jinlan", case_id, "extensions", part=part, days="11", reasons=WHY)
    assert wrong.status_code == 422
    assert "1 至 10 天" in wrong.text
    assert WHY in wrong.text  # what was typed is still there
    assert post(office, "jinlan", case_id, "extensions", part=part, **EXTENSION).status_code == 303
    waiting = page(office, "jinlan", case_id)
    assert "等待批准，请等批准人处理后再提出" in waiting
    assert "disabled" in waiting
    asked = page(office, "weijian", case_id)
    for words in (WHY, "金兰", "延长 10 天", "第四十二条第一款"):
        assert words in asked
    assert (
        rule(office, "jinlan", case_id, "approve_extension", "extension-ruling", granted="yes").status_code
        == 403
    )
    silent = rule(office, "weijian", case_id, "approve_extension", "extension-ruling", granted="no")
    assert silent.status_code == 422
    assert "请写明理由" in silent.text
    assert (
        rule(office, "weijian", case_id, "approve_extension", "extension-ruling", granted="yes").status_code
        == 303
    )
    ledger = page(office, "jinlan", case_id)
    for words in ("延长 10 个工作日", "示卫延〔2026〕1号", "只能延长一次"):
        assert words in ledger
    listed = page(office, "jinlan", case_id, "special")
    for words in (WHY, "姜平", "已批准", "示卫延〔2026〕1号"):
        assert words in listed


def test_the_head_of_government_finds_opens_and_decides_it(office: Office) -> None:
    case_id = office.accepted(RESTAURANT, COFFEE_BAR)
    assert post(office, "qiantou", case_id, "extensions", part="0", days="15", reasons=WHY).status_code == 303
    chief = office.as_("xianzhang")
    assert 'href="/queue/"' in chief.get("/queue/").text
    queue = chief.get("/queue/?tab=unclaimed").text
    assert "批准延期" in queue
    assert f"/cases/{case_id}" in queue
    task = office.task(case_id, "approve_extension")
    assert chief.post(f"/queue/tasks/{task.id}/claim").status_code == 303
    assert "批准延期" in chief.get("/queue/?tab=mine").text
    assert (
        rule(office, "shichang", case_id, "approve_extension", "extension-ruling", granted="yes").status_code
        == 403
    )
    assert (
        rule(office, "xianzhang", case_id, "approve_extension", "extension-ruling", granted="yes").status_code
        == 303
    )
    assert "方舟" in page(office, "qiantou", case_id, "special")
    assert f"/cases/{case_id}" in office.as_("xianzhang").get("/queue/?tab=done").text


def test_an_item_that_cannot_be_extended_says_so_where_the_button_is(office: Office) -> None:
    case_id = office.accepted("fire_inspection")
    assert "依据的法律没有规定可以延长期限" in page(office, "zhouyan", case_id)


def test_a_pause_and_its_end_are_seen_everywhere(office: Office) -> None:
    case_id = office.accepted(HYGIENE)
    part = str(part_id(office, case_id))
    form = page(office, "jinlan", case_id)
    assert "现场核查、公示、征求意见都计入期限，不能停表" in form
    for kind, words in (("site_visit", "现场核查、公示、征求意见都计入期限"), ("tender", "没有列明“招标”")):
        wrong = post(office, "jinlan", case_id, "procedures", part=part, **TESTING | {"kind": kind})
        assert wrong.status_code == 422
        assert words in wrong.text
    assert (
        post(office, "jinlan", case_id, "procedures", part=part, **TESTING | {"days": "x"}).status_code == 422
    )
    assert (
        post(office, "jinlan", case_id, "procedures", part=part, **TESTING | {"body": ""}).status_code == 422
    )
    assert post(office, "jinlan", case_id, "procedures", part=part, **TESTING).status_code == 303
    assert (
        rule(office, "weijian", case_id, "approve_procedure", "procedure-ruling", granted="yes").status_code
        == 303
    )
    paused = page(office, "jinlan", case_id)
    for words in ("停表，余 5 个工作日", "登记“检测”结束", "2026-12-07", "第四十五条"):
        assert words in paused
    assert "检测进行中，期限停表" in page(office, "linxiao", case_id, "special")
    with office.work() as centre:
        mine, procedure = (
            known(centre.session.get_one(Case, case_id)),
            centre.session.scalars(select(SpecialProcedure)).one().id,
        )
    tracking = follow(office.app.test_client(), mine).get("/tracking/case").text
    for words in ("停表", "检测", "特别程序告知书", "2026-12-07"):
        assert words in tracking
    assert (
        post(office, "jinlan", case_id, f"procedures/{procedure}/notice", days="3", reasons=WHY).status_code
        == 403
    )
    assert (
        post(office, "weijian", case_id, f"procedures/{procedure}/notice", days="0", reasons=WHY).status_code
        == 422
    )
    assert (
        post(office, "weijian", case_id, f"procedures/{procedure}/notice", days="3", reasons=WHY).status_code
        == 303
    )
    assert post(office, "jinlan", case_id, f"procedures/{procedure}/end", result="").status_code == 422
    assert post(office, "chenli", case_id, f"procedures/{procedure}/end", result="合格").status_code == 404
    assert (
        post(office, "jinlan", case_id, f"procedures/{procedure}/end", result="检测合格").status_code == 303
    )
    over = page(office, "jinlan", case_id)
    assert "恢复计时" in over
    assert "停表，余" not in over
    assert post(office, "jinlan", case_id, f"procedures/{procedure}/end", result="合格").status_code == 409
    assert "检测合格" in page(office, "jinlan", case_id, "special")


def test_a_stranger_and_another_case_are_not_found(office: Office) -> None:
    case_id, other = office.accepted(HYGIENE), office.accepted("shop_sign")
    sign = str(part_id(office, other, "shop_sign"))
    assert post(office, "jinlan", case_id, "procedures", part=sign, **TESTING).status_code == 404
    assert (
        post(office, "jinlan", case_id, "procedures", part="99999999999999999999", **TESTING).status_code
        == 404
    )
    assert post(office, "jinlan", other, "procedures", part=sign, **TESTING).status_code == 404
    assert post(office, "jinlan", case_id, "procedures/999/end", result="合格").status_code == 404
    assert post(office, "linxiao", case_id, "hearings/999/withdrawal").status_code == 404
    assert post(office, "admin", case_id, "extensions", part="0", **EXTENSION).status_code == 403


# --- hearing


def proposed(office: Office) -> int:
    """The head told the applicant today, 23 November, of an intended refusal."""
    with office.work() as centre:
        case = centre.accept(centre.draft(HYGIENE, {}))
        centre.opine_all(case)
        centre.propose_refusal(centre.task(case, "decide"))
        return case.id


def test_the_applicant_asks_online_and_gives_it_up_again(office: Office) -> None:
    case_id = proposed(office)
    with office.work() as centre:
        mine = known(centre.session.get_one(Case, case_id))
    browser = follow(office.app.test_client(), mine)
    offered = browser.get("/tracking/case").text
    for words in ("要求听证", "2026-11-30", "不收取任何费用"):
        assert words in offered
    part = str(part_id(office, case_id))
    assert browser.post("/tracking/hearing", data={"part": "x"}).status_code == 404
    assert (
        browser.post("/tracking/hearing", data={"part": part, "reasons": "对事实有异议"}).status_code == 303
    )
    asked = browser.get("/tracking/case").text
    assert "您已要求听证" in asked
    assert "停表" in asked
    again = browser.post("/tracking/hearing", data={"part": part})
    assert again.status_code == 409
    assert "已有听证" in again.text
    with office.work() as centre:
        hearing = centre.session.scalars(select(Hearing)).one()
        assert (hearing.state, hearing.reasons) == ("asked", "对事实有异议")
        hearing_id = hearing.id
    assert browser.post("/tracking/hearing/withdrawal", data={"hearing": "777"}).status_code == 404
    assert browser.post("/tracking/hearing/withdrawal", data={"hearing": str(hearing_id)}).status_code == 303
    assert "您已要求听证" not in browser.get("/tracking/case").text


def test_a_hearing_at_the_window_and_in_the_department(office: Office) -> None:
    case_id = proposed(office)
    part = str(part_id(office, case_id))
    assert "登记听证要求" in page(office, "linxiao", case_id)
    assert post(office, "jinlan", case_id, "hearing-requests", part=part, who="applicant:").status_code == 403
    assert (
        post(office, "linxiao", case_id, "hearing-requests", part=part, who="interested:某人").status_code
        == 409
    )
    assert (
        post(
            office, "linxiao", case_id, "hearing-requests", part=part, who="applicant:", reasons="有异议"
        ).status_code
        == 303
    )
    task: Task = office.task(case_id, "appoint_hearing")
    form = page(office, "weijian", case_id)
    for words in ("安排听证", "陶伟", "参与过本单项审查的人员不在此列", "2026-12-02"):
        assert words in form
    with office.work() as centre:
        chair, recorder = str(centre.staff["taowei"].id), str(centre.staff["jinlan"].id)
    made = {"when": "2026-12-04T09:00", "place": "二楼听证室", "chair": chair, "recorder": recorder}
    for changed, status, words in (
        ({"when": "2026-11-27T09:00"}, 422, "提前七个工作日"),
        ({"when": "明天"}, 422, "提前七个工作日"),
        ({"chair": recorder, "recorder": chair}, 422, "不能主持听证"),
        ({"chair": ""}, 422, "主持人和记录人"),
        ({"place": " "}, 422, "请写明听证地点"),
        ({"closed": "yes"}, 422, "听证应当公开举行"),
    ):
        wrong = rule(office, "weijian", case_id, "appoint_hearing", "hearing-appointment", **made | changed)
        assert wrong.status_code == status
        assert words in wrong.text
    assert (
        rule(office, "weijian", case_id, "appoint_hearing", "hearing-appointment", **made).status_code == 303
    )
    held = page(office, "taowei", case_id)
    assert "听证举行之后才能登记" in held
    early = rule(office, "taowei", case_id, "hold_hearing", "hearing-record", record="……", conclusion="……")
    assert early.status_code == 409
    assert "举行之后才能登记笔录" in early.text
    assert (
        rule(office, "taowei", case_id, "hold_hearing", "hearing-postponement", reasons="").status_code == 422
    )
    assert (
        rule(
            office, "taowei", case_id, "hold_hearing", "hearing-postponement", reasons="主持人出差"
        ).status_code
        == 303
    )
    assert office.task(case_id, "appoint_hearing").id != task.id
    listed = page(office, "linxiao", case_id, "special")
    for words in ("听证", "待安排听证", "有异议", "应于"):
        assert words in listed


def test_the_record_is_taken_on_the_day_with_its_signatures(office: Office) -> None:
    case_id = office.accepted(HYGIENE)
    part = str(part_id(office, case_id))
    assert post(office, "jinlan", case_id, "hearings", part=part, reasons="").status_code == 422
    assert post(office, "linxiao", case_id, "hearings", part=part, reasons="公众健康").status_code == 403
    assert post(office, "jinlan", case_id, "hearings", part=part, reasons="公众健康").status_code == 303
    with office.work() as centre:
        chair, recorder = str(centre.staff["taowei"].id), str(centre.staff["jinlan"].id)
    made = {"when": "2026-12-04T09:00", "place": "二楼听证室", "chair": chair, "recorder": recorder}
    assert (
        rule(office, "weijian", case_id, "appoint_hearing", "hearing-appointment", **made).status_code == 303
    )
    office.later(datetime.fromisoformat("2026-12-04T05:00+00:00"))
    assert "参加人" in page(office, "taowei", case_id)
    written = {
        "record": "陈述内容若干",
        "conclusion": "建议准予",
        "signer-name": "赵某某",
        "signer-role": "applicant",
    }
    unsigned = rule(
        office,
        "taowei",
        case_id,
        "hold_hearing",
        "hearing-record",
        **written,
        **{"signer-signed": "no", "signer-why_not": ""},
    )
    assert unsigned.status_code == 422
    assert "每人须已签名" in unsigned.text
    assert "陈述内容若干" in unsigned.text
    signed = rule(
        office,
        "taowei",
        case_id,
        "hold_hearing",
        "hearing-record",
        **written,
        **{"signer-signed": "yes", "signer-why_not": ""},
    )
    assert signed.status_code == 303
    listed = page(office, "jinlan", case_id, "special")
    for words in ("听证已结束", "建议准予", "示卫听笔〔2026〕1号"):
        assert words in listed


def test_an_interested_party_is_told_and_named_at_the_window(office: Office) -> None:
    case_id = office.accepted(HYGIENE)
    part = str(part_id(office, case_id))
    told = {"part": part, "kind": "interested", "name": "李某某（示例）", "reasons": "噪声"}
    assert post(office, "jinlan", case_id, "hearing-rights", **told | {"name": ""}).status_code == 422
    assert post(office, "linxiao", case_id, "hearing-rights", **told).status_code == 403
    assert post(office, "jinlan", case_id, "hearing-rights", **told).status_code == 303
    assert "李某某（示例）" in page(office, "linxiao", case_id)
    asked = post(office, "linxiao", case_id, "hearing-requests", part=part, who="interested:李某某（示例）")
    assert asked.status_code == 303
    with office.work() as centre:
        mine = known(centre.session.get_one(Case, case_id))
        hearing_id = centre.session.scalars(select(Hearing.id)).one()
    seen = follow(office.app.test_client(), mine).get("/tracking/case").text
    assert "李某某" not in seen  # who else is concerned is nobody's business here
    assert post(office, "linxiao", case_id, f"hearings/{hearing_id}/withdrawal").status_code == 303


def test_the_page_reads_them_in_few_statements(office: Office) -> None:
    case_id = proposed(office)
    with office.work() as centre:
        part = centre.session.get_one(Case, case_id).parts[0].id
    post(office, "linxiao", case_id, "hearing-requests", part=str(part), who="applicant:")
    for login in ("linxiao", "weijian", "jinlan"):
        browser = office.as_(login)
        with office.counted() as statements:
            assert browser.get(f"/cases/{case_id}?tab=special").status_code == 200
        assert len(statements) <= 25, (login, len(statements))


def test_a_refusal_says_until_when_it_has_to_wait(office: Office) -> None:
    case_id = proposed(office)
    heard = {"statement": "正在整改", "assessment": "不予采纳"}
    assert rule(office, "jinlan", case_id, "hear_statement", "statement", **heard).status_code == 303
    browser = office.as_("weijian")
    with office.counted() as statements:
        form = browser.get(f"/cases/{case_id}").text
    assert "申请人可以在 2026-11-30 (周一) 前要求听证" in form
    assert len(statements) <= 25
    final = {"granted": "no", "reasons": "不符合条件", "articles": "第四条"}
    early = rule(office, "weijian", case_id, "decide", "decision", **final)
    assert early.status_code == 409
    assert "期限未满，又没有书面放弃听证的，不能作出决定" in early.text
    office.later(datetime.fromisoformat("2026-12-01T02:00+00:00"))
    assert rule(office, "weijian", case_id, "decide", "decision", **final).status_code == 303


def test_a_hearing_is_drawn_below_the_procedure(office: Office) -> None:
    case_id = office.accepted(HYGIENE)
    part = str(part_id(office, case_id))
    assert post(office, "jinlan", case_id, "hearings", part=part, reasons="公众健康").status_code == 303
    drawn = page(office, "jinlan", case_id, "diagram")
    [address] = re.findall(rf"/cases/{case_id}/processes/\d+/diagram.bpmn", drawn)
    assert "appoint_hearing" in drawn  # where it stands
    answer = office.as_("jinlan").get(address)
    assert answer.status_code == 200
    assert "安排听证" in answer.text
    assert office.as_("chenli").get(address).status_code == 404
    assert (
        office.as_("jinlan").get(f"/cases/{case_id}/processes/1/diagram.bpmn").status_code == 404
    )  # the review
