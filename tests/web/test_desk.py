"""The front desk: one screen, everything typed kept, every outcome with its paper, bad input refused."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from approvals import database, tasks
from approvals.catalogue import current, form_of
from approvals.corrections import DefectInput
from approvals.tables import (
    ApplicationBar,
    Case,
    Correction,
    Decision,
    Defect,
    Delivery,
    Document,
    JournalEntry,
    Message,
    Permit,
    StoredFile,
    Task,
)
from approvals.terms import CaseState, MaterialState, Outcome
from forms import Form
from tests.centre import COFFEE_BAR, HOT_POT, MONDAY
from web.demo.answers import answers_to
from web.demo.centre import NOODLE_SHOP, Centre

SignIn = Callable[[str], FlaskClient]
APPLICANT = {
    "applicant-kind": "organisation",
    "applicant-number": NOODLE_SHOP.number,
    "applicant-name": NOODLE_SHOP.name,
    "applicant-phone": NOODLE_SHOP.phone,
}
WRONG_NUMBER = NOODLE_SHOP.number[:-1] + "9"


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session that only looks, so that it never keeps the pages waiting."""
    with database.reading_session(engine) as session:
        yield session


@pytest.fixture
def clerk(as_: SignIn, session: Session, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A clerk's browser; before each request the test forgets what it has seen."""
    browser = as_("linxiao")
    visit = browser.open

    def visit_afresh(*address: Any, **options: Any) -> Any:
        session.rollback()
        answer = visit(*address, **options)
        session.rollback()
        return answer

    monkeypatch.setattr(browser, "open", visit_afresh)
    return browser


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(out, "PNG")
    return out.getvalue()


def begin(clerk: FlaskClient, item: str) -> str:
    """The address of a new draft."""
    answer = clerk.post("/desk/drafts", data={"item": item})
    assert answer.status_code == 303
    return str(answer.location)


def answers(session: Session, item: str, **chosen: object) -> dict[str, Any]:
    """Every question of the item answered, as a browser sends it."""
    form = Form.from_json(form_of(session, current(session, item)).definition)
    values = {**answers_to(form), **chosen}
    return {
        code: [sent(one) for one in (value if isinstance(value, list) else [value])]
        for code, value in values.items()
    }


def sent(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def typed(page: str) -> dict[str, str]:
    """The checklist as the page shows it."""
    states = re.findall(r'name="(state-\w+)".*?<option value="(\w+)" selected', page, re.DOTALL)
    counts = re.findall(r'name="((?:originals|copies)-\w+)" value="(\d+)"', page)
    notes = re.findall(r'name="(note-\w+)" value="([^"]*)"', page)
    return dict([*states, *counts, *notes])


def complete(clerk: FlaskClient, session: Session, item: str, **chosen: object) -> tuple[str, dict[str, Any]]:
    """A draft with everything filled in and every material received; its address and its fields."""
    address = begin(clerk, item)
    fields = answers(session, item, **chosen) | APPLICANT
    clerk.post(f"{address}/answers", data=fields)
    fields |= typed(clerk.get(address).text) | {"tick": "all"}
    assert clerk.post(f"{address}/answers", data=fields).status_code == 303
    fields |= typed(clerk.get(address).text)
    del fields["tick"]
    return address, fields


def id_of(address: str) -> int:
    return int(re.findall(r"\d+", address)[-1])


def test_an_item_is_found_by_name_initials_and_code(clerk: FlaskClient) -> None:
    for words in ("餐饮店", "kbcyd", "restaurant_opening", "000131990001"):
        page = clerk.get("/desk", query_string={"q": words}).text
        assert 'value="restaurant_opening"' in page
    assert "没有找到" in clerk.get("/desk?q=xyzxyz").text


def test_the_desk_is_read_in_few_statements(
    clerk: FlaskClient, centre: Centre, engine: Engine, app: Any
) -> None:
    for _ in range(3):
        centre.receive(centre.draft("food_licence", {}))
    centre.session.commit()
    with statements(app.extensions["engine"]) as counted:
        assert clerk.get("/desk").status_code == 200
    assert len(counted) <= 12
    address = begin(clerk, "restaurant_opening")
    with statements(app.extensions["engine"]) as counted:
        clerk.get(address)
    assert len(counted) <= 25


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_only_windows_may_open_the_desk(as_: SignIn, client: FlaskClient) -> None:
    assert client.get("/desk").status_code == 302
    officer = as_("chenli")
    assert officer.get("/desk").status_code == 403
    assert officer.post("/desk/drafts", data={"item": "food_licence"}).status_code == 403


def test_a_draft_is_seen_by_its_clerk_alone(clerk: FlaskClient, as_: SignIn) -> None:
    address = begin(clerk, "food_licence")
    colleague = as_("wangyu")
    assert colleague.get(address).status_code == 404
    assert colleague.post(f"{address}/answers", data={}).status_code == 404
    assert colleague.post(f"{address}/removal").status_code == 404


def test_an_unknown_item_is_not_begun(clerk: FlaskClient, session: Session) -> None:
    assert clerk.post("/desk/drafts", data={"item": "nothing"}).status_code == 404
    assert clerk.get("/desk/items/nothing/guide.pdf").status_code == 404
    assert session.scalar(select(func.count(Case.id))) == 0


def test_the_guide_is_a_public_page_of_paper(client: FlaskClient) -> None:
    answer = client.get("/desk/items/restaurant_opening/guide.pdf")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF-")


def test_answers_choose_departments_form_and_checklist(clerk: FlaskClient, session: Session) -> None:
    hot_pot, coffee = begin(clerk, "restaurant_opening"), begin(clerk, "restaurant_opening")
    clerk.post(f"{hot_pot}/answers", data={code: sent(value) for code, value in HOT_POT.items()})
    clerk.post(f"{coffee}/answers", data={code: sent(value) for code, value in COFFEE_BAR.items()})
    large, small = clerk.get(hot_pot).text, clerk.get(coffee).text
    assert "消防救援大队" in large
    assert "消防救援大队" not in small
    assert 'name="fire_facilities"' in large
    assert 'name="fire_facilities"' not in small
    assert len(typed(large)) > len(typed(small))
    assert re.search(r"各单项共要 \d+ 份，合并后只交 \d+ 份", large)


def test_answers_taken_back_take_their_departments_back(clerk: FlaskClient, session: Session) -> None:
    address = begin(clerk, "restaurant_opening")
    clerk.post(f"{address}/answers", data={code: sent(value) for code, value in HOT_POT.items()})
    clerk.post(f"{address}/answers", data={"area": "320"})
    assert "答完面积、座位" in clerk.get(address).text
    clerk.post(f"{address}/answers", data={code: sent(value) for code, value in HOT_POT.items()})
    assert "消防救援大队" in clerk.get(address).text


def test_a_wrong_check_digit_is_told_beside_its_field_and_everything_typed_stays(
    clerk: FlaskClient, session: Session
) -> None:
    address = begin(clerk, "restaurant_opening")
    fields = APPLICANT | {"applicant-number": WRONG_NUMBER, "area": "86", "shop_name": "渝记小面馆（示例）"}
    answer = clerk.post(f"{address}/acceptance", data=fields)
    assert answer.status_code == 422
    assert "校验" in answer.text
    assert f'value="{WRONG_NUMBER}"' in answer.text
    assert 'value="86"' in answer.text
    case = session.get_one(Case, id_of(address))
    assert case.state == CaseState.DRAFT
    assert case.number is None
    assert case.form_data["area"] == 86  # what was right is kept


def test_a_fault_in_a_form_field_keeps_what_was_typed(clerk: FlaskClient) -> None:
    address = begin(clerk, "restaurant_opening")
    answer = clerk.post(f"{address}/answers", data={"area": "eighty"})
    assert answer.status_code == 422
    assert 'value="eighty"' in answer.text
    assert "请填写数字" in answer.text


def test_a_known_applicant_is_never_asked_twice_and_shown_by_masks(
    clerk: FlaskClient, centre: Centre, session: Session
) -> None:
    centre.draft("food_licence", {})
    centre.session.commit()
    address = begin(clerk, "restaurant_opening")
    only_number = {"applicant-kind": "organisation", "applicant-number": NOODLE_SHOP.number}
    assert clerk.post(f"{address}/answers", data=only_number).status_code == 303
    page = clerk.get(address).text
    assert NOODLE_SHOP.name in page
    assert NOODLE_SHOP.address in page
    assert NOODLE_SHOP.number not in page
    assert NOODLE_SHOP.phone not in page
    assert "923***********1X78" in page


def test_a_missing_material_stands_in_the_way(clerk: FlaskClient, session: Session) -> None:
    address, fields = complete(clerk, session, "food_licence")
    first = next(name for name in fields if name.startswith("state-") and fields[name] == "received")
    answer = clerk.post(f"{address}/acceptance", data=fields | {first: "missing"})
    assert answer.status_code == 422
    assert "未交" in answer.text
    assert session.scalar(select(func.count(Document.id))) == 0


def test_a_state_that_is_not_lawful_is_refused(clerk: FlaskClient, session: Session) -> None:
    address, fields = complete(clerk, session, "food_licence")
    first = next(name for name in fields if name.startswith("state-") and fields[name] == "received")
    for state, words in (("defective", "请写明哪里不合格"), ("not_applicable", "请写明为什么不适用")):
        answer = clerk.post(f"{address}/acceptance", data=fields | {first: state})
        assert answer.status_code == 422
        assert words in answer.text
    assert session.get_one(Case, id_of(address)).state == CaseState.DRAFT


def test_acceptance_gives_number_query_code_and_papers_once(clerk: FlaskClient, session: Session) -> None:
    address, fields = complete(clerk, session, "restaurant_opening", **HOT_POT)
    answer = clerk.post(f"{address}/acceptance", data=fields)
    assert answer.status_code == 303
    case = session.get_one(Case, id_of(address))
    assert case.number is not None
    page = clerk.get(answer.location).text
    assert case.number in page.replace(" ", "").replace("\u2009", "")
    assert str(case.query_code) in page
    assert "受理通知书" in page
    assert "并联审批抄告单" in page
    before = session.scalar(select(func.count(Document.id)))
    again = clerk.post(f"{address}/acceptance", data=fields)
    assert again.status_code == 409
    assert f"/desk/cases/{case.id}/done" in again.text
    assert session.scalar(select(func.count(Document.id))) == before
    assert clerk.get(address).location == f"/desk/cases/{case.id}/done"


def test_a_duplicate_is_shown_and_needs_a_tick(clerk: FlaskClient, session: Session) -> None:
    first, fields = complete(clerk, session, "food_licence")
    clerk.post(f"{first}/acceptance", data=fields)
    number = session.get_one(Case, id_of(first)).number
    address, fields = complete(clerk, session, "food_licence")
    assert str(number) in clerk.get(address).text.replace(" ", "")
    refused = clerk.post(f"{address}/acceptance", data=fields)
    assert refused.status_code == 422
    assert "已核实，不是重复申请" in refused.text
    assert clerk.post(f"{address}/acceptance", data=fields | {"duplicate-known": "yes"}).status_code == 303


def test_a_bar_is_shown_and_stands_in_the_way(clerk: FlaskClient, centre: Centre, session: Session) -> None:
    applicant = centre.draft("food_licence", {}).applicant
    assert applicant is not None
    centre.session.add(
        ApplicationBar(
            number_index=applicant.number_index, item_code="food_licence", article="《行政许可法》第七十八条",
            first_day=MONDAY.date(), last_day=MONDAY.date() + timedelta(days=300), reasons="提供虚假材料",
            recorded_by_id=centre.staff["shichang"].id,
        )
    )  # fmt: skip
    centre.session.commit()
    address, fields = complete(clerk, session, "food_licence")
    assert "第七十八条" in clerk.get(address).text
    assert clerk.post(f"{address}/acceptance", data=fields).status_code == 422
    assert session.get_one(Case, id_of(address)).state == CaseState.DRAFT


@pytest.mark.parametrize(
    ("noun", "extra", "kind", "outcome"),
    [
        ("receipt", {}, "receipt", None),
        (
            "correction",
            {"extra-0-problem": "店名与执照不一致", "extra-0-demand": "按执照更正"},
            "correction",
            None,
        ),
        (
            "refusal",
            {
                "outcome": "not_accepted",
                "not_accepted-reasons": "处于禁止申请期",
                "not_accepted-articles": "第七十八条",
            },
            "not_accepted",
            Outcome.NOT_ACCEPTED,
        ),
        (
            "refusal",
            {"outcome": "not_needed", "not_needed-reasons": "只售预包装食品"},
            "not_needed",
            Outcome.NOT_NEEDED,
        ),
        (
            "refusal",
            {
                "outcome": "not_ours",
                "not_ours-reasons": "在机场内",
                "not_ours-body": "民航食品监管机构（示例）",
            },
            "not_ours",
            Outcome.NOT_OURS,
        ),
    ],
)
def test_every_other_outcome_prints_its_paper(
    clerk: FlaskClient, session: Session, noun: str, extra: dict[str, str], kind: str, outcome: Outcome | None
) -> None:
    address, fields = complete(clerk, session, "restaurant_opening", **COFFEE_BAR)
    assert clerk.post(f"{address}/{noun}", data=fields | extra).status_code == 303
    case = session.get_one(Case, id_of(address))
    assert case.number
    assert case.outcome == outcome
    kinds = session.scalars(select(Document.kind).where(Document.case_id == case.id)).all()
    assert kind in kinds


@pytest.mark.parametrize(
    "extra",
    [
        {"outcome": "not_accepted"},
        {"outcome": "not_ours", "not_ours-reasons": "在机场内"},
        {"outcome": "granted", "granted-reasons": "x"},
        {},
    ],
)
def test_a_written_answer_without_its_grounds_is_refused(
    clerk: FlaskClient, session: Session, extra: dict[str, str]
) -> None:
    address, fields = complete(clerk, session, "food_licence")
    assert clerk.post(f"{address}/refusal", data=fields | extra).status_code == 422
    assert session.get_one(Case, id_of(address)).number is None


def test_errors_put_right_on_the_spot_have_a_paper_of_their_own(clerk: FlaskClient, session: Session) -> None:
    address, fields = complete(clerk, session, "food_licence")
    assert clerk.post(f"{address}/acceptance", data=fields | {"with-fixes": "yes"}).status_code == 422
    fix = {"with-fixes": "yes", "fix-0-material": "申请书", "fix-0-wrong": "楼层 2", "fix-0-right": "楼层 1"}
    assert clerk.post(f"{address}/acceptance", data=fields | fix).status_code == 303
    kinds = set(session.scalars(select(Document.kind)))
    assert {"fixed_on_spot", "acceptance"} <= kinds


def test_deferral_only_with_something_deferred_and_completed_before_issue(
    clerk: FlaskClient, session: Session
) -> None:
    address, fields = complete(clerk, session, "restaurant_opening", **HOT_POT)
    assert clerk.post(f"{address}/deferral", data=fields).status_code == 422
    deferred = fields | {"state-management_rules": "deferred"}
    assert clerk.post(f"{address}/acceptance", data=deferred).status_code == 422
    assert clerk.post(f"{address}/deferral", data=deferred).status_code == 303
    case_id = id_of(address)
    page = clerk.get(f"/desk/cases/{case_id}/done").text
    assert "补齐容缺材料" in page
    url = f"/desk/cases/{case_id}/materials/management_rules/completion"
    assert (
        clerk.post(url, data={"originals-management_rules": "0", "copies-management_rules": "0"}).status_code
        == 422
    )
    scan = {"copies-management_rules": "1", "files-management_rules": (io.BytesIO(picture()), "rules.png")}
    assert clerk.post(url, data=scan).status_code == 303
    case = session.get_one(Case, case_id)
    assert {m.state for m in case.materials if m.code == "management_rules"} == {MaterialState.RECEIVED}
    assert clerk.post(url, data={}).status_code == 404


def test_scans_are_judged_by_their_content_and_can_be_taken_off(clerk: FlaskClient, session: Session) -> None:
    address, fields = complete(clerk, session, "food_licence")
    code = next(name for name in fields if name.startswith("state-")).removeprefix("state-")
    disguised = fields | {f"files-{code}": (io.BytesIO(b"MZ not a picture"), "scan.png")}
    refused = clerk.post(f"{address}/answers", data=disguised)
    assert refused.status_code == 422
    assert "不是 PDF、JPEG 或 PNG" in refused.text
    assert session.scalar(select(func.count(StoredFile.id))) == 0
    good = fields | {f"files-{code}": (io.BytesIO(picture()), "../../平面图.png")}
    assert clerk.post(f"{address}/answers", data=good).status_code == 303
    file_id, name = session.execute(select(StoredFile.id, StoredFile.name)).one()
    assert name == "平面图.png"
    seen = clerk.get(f"/desk/files/{file_id}")
    assert seen.data == picture()
    assert seen.mimetype == "image/png"
    removed = clerk.post(f"{address}/files/{file_id}/removal", data=fields)
    assert removed.status_code == 303
    assert session.scalar(select(func.count(StoredFile.id))) == 0
    assert clerk.get(f"/desk/files/{file_id}").status_code == 404


def test_an_oversize_upload_is_refused(clerk: FlaskClient, session: Session, app: Any) -> None:
    address, fields = complete(clerk, session, "food_licence")
    code = next(name for name in fields if name.startswith("state-")).removeprefix("state-")
    huge = b"%PDF-1.4\n" + b"0" * (22 * 1024 * 1024)
    answer = clerk.post(f"{address}/answers", data=fields | {f"files-{code}": (io.BytesIO(huge), "scan.pdf")})
    assert answer.status_code == 413
    assert session.scalar(select(func.count(StoredFile.id))) == 0


def test_a_draft_can_be_thrown_away(clerk: FlaskClient, session: Session) -> None:
    address, _fields = complete(clerk, session, "restaurant_opening", **HOT_POT)
    assert clerk.post(f"{address}/removal").status_code == 303
    assert clerk.get(address).status_code == 404
    assert session.scalar(select(func.count(Case.id))) == 0


def test_an_agent_needs_a_mandate(clerk: FlaskClient, session: Session) -> None:
    address, fields = complete(clerk, session, "food_licence")
    agent = {
        "agent-on": "yes", "agent-number": "330110199001011237", "agent-name": "钱某某（示例）", "agent-phone": "13900001234",
    }  # fmt: skip
    wrong = clerk.post(f"{address}/acceptance", data=fields | agent)
    assert wrong.status_code == 422
    right = agent | {"agent-number": "330110199001011234"}
    refused = clerk.post(f"{address}/acceptance", data=fields | right)
    assert refused.status_code == 422
    assert (
        clerk.post(
            f"{address}/acceptance", data=fields | right | {"mandate": "2026-11-20 委托书"}
        ).status_code
        == 303
    )


def test_an_instant_item_is_done_in_one_visit(clerk: FlaskClient, session: Session) -> None:
    address, fields = complete(clerk, session, "company_registration")
    done = clerk.post(f"{address}/acceptance", data=fields).location
    steps: list[tuple[str, dict[str, str]]] = [
        ("decision", {"granted": "yes", "reasons": "材料齐全"}),
        ("certificates", {}),
        (
            "delivery",
            {
                "manner": "in_person",
                "recipient": "赵某某（示例）",
                "place": "窗口",
                "signature": "赵某某（示例）",
            },
        ),
    ]
    for noun, data in steps:
        page = clerk.get(done).text
        version = re.search(r'name="version" value="(\d+)"', page)
        task = re.search(r"/desk/tasks/(\d+)/", page)
        assert version
        assert task
        answer = clerk.post(f"/desk/tasks/{task[1]}/{noun}", data=data | {"version": version[1]})
        assert (answer.status_code, answer.location) == (303, done)
        stale = clerk.post(f"/desk/tasks/{task[1]}/{noun}", data=data | {"version": version[1]})
        assert stale.status_code == 409
        assert done in stale.text
    case = session.get_one(Case, id_of(address))
    assert (case.state, case.outcome) == (CaseState.ENDED, Outcome.GRANTED)
    assert session.scalar(select(func.count(Permit.id))) == 1
    assert session.scalar(select(func.count(Decision.id))) == 1
    assert session.scalar(select(func.count(Delivery.id))) == 1


def task_of(session: Session, case_id: int, step: str) -> tuple[int, int]:
    found = session.scalars(
        select(Task).where(Task.case_id == case_id, Task.step == step, Task.state == "open")
    ).one()
    return found.id, found.version


def test_service_needs_its_proof(clerk: FlaskClient, session: Session) -> None:
    address, fields = complete(clerk, session, "company_registration")
    clerk.post(f"{address}/acceptance", data=fields)
    case_id = id_of(address)
    for noun, step, data in (
        ("decision", "decide_on_the_spot", {"granted": "yes", "reasons": "材料齐全"}),
        ("certificates", "issue", {}),
    ):
        task_id, version = task_of(session, case_id, step)
        clerk.post(f"/desk/tasks/{task_id}/{noun}", data={**data, "version": str(version)})
    task_id, _version = task_of(session, case_id, "deliver")
    base = {"recipient": "赵某某（示例）", "place": "窗口"}
    for wrong in (
        {"manner": "in_person"},
        {"manner": "post"},
        {"manner": "left", "refusal": "拒签"},
        {"manner": "pigeon"},
    ):
        answer = clerk.post(f"/desk/tasks/{task_id}/delivery", data=base | wrong)
        assert answer.status_code == 422
        assert "赵某某（示例）" in answer.text
    assert session.scalar(select(func.count(Delivery.id))) == 0


def test_a_refusal_on_the_spot_hears_the_applicant_first(clerk: FlaskClient, session: Session) -> None:
    address, fields = complete(clerk, session, "company_registration")
    clerk.post(f"{address}/acceptance", data=fields)
    case_id = id_of(address)
    task_id, version = task_of(session, case_id, "decide_on_the_spot")
    ruling = {"granted": "no", "reasons": "住所不实", "articles": "第十九条"}
    refused = clerk.post(f"/desk/tasks/{task_id}/decision", data=ruling | {"version": str(version)})
    assert refused.status_code == 409
    assert "陈述申辩" in refused.text
    told = {"refuse-facts": "住所不实", "refuse-reasons": "不符合规定", "refuse-articles": "第十九条"}
    assert clerk.post(f"/desk/tasks/{task_id}/proposed-refusal", data=told).status_code == 303
    assert session.scalar(select(func.count(Decision.id))) == 0


def checked(centre: Centre, found: dict[str, list[DefectInput]]) -> int:
    """A joint case in checking whose departments have pre-checked."""
    case = centre.receive(centre.draft("restaurant_opening", HOT_POT))
    centre.pre_check(case, found)
    centre.session.commit()
    return case.id


def test_the_one_notice_merges_what_departments_found(
    clerk: FlaskClient, centre: Centre, session: Session
) -> None:
    same = DefectInput("premises_plan", "平面图未标注疏散宽度", "补标")
    case_id = checked(centre, {"food_licence": [same], "fire_inspection": [same]})
    task_id, version = task_of(session, case_id, "check_materials")
    page = clerk.get(f"/desk/tasks/{task_id}").text
    assert page.count("平面图未标注疏散宽度") == 1
    assert "已合并" in page
    refused = clerk.post(f"/desk/tasks/{task_id}/acceptance", data={"version": str(version)})
    assert refused.status_code == 409
    assert clerk.post(f"/desk/tasks/{task_id}/correction", data={"version": str(version)}).status_code == 303
    assert session.scalar(select(func.count(Correction.id))) == 1
    task_id, version = task_of(session, case_id, "answer_correction")
    assert "平面图未标注疏散宽度" in clerk.get(f"/desk/tasks/{task_id}").text
    brought = {"answer": "已补标", "version": str(version)}
    assert clerk.post(f"/desk/tasks/{task_id}/answer", data=brought).status_code == 303
    assert clerk.post(f"/desk/tasks/{task_id}/answer", data=brought).status_code == 409


def test_a_defect_is_dropped_only_with_reasons(clerk: FlaskClient, centre: Centre, session: Session) -> None:
    case_id = checked(centre, {"food_licence": [DefectInput("premises_plan", "缺签名", "补签")]})
    task_id, version = task_of(session, case_id, "check_materials")
    defect_id = session.scalars(select(Defect.id)).one()
    url = f"/desk/tasks/{task_id}/dropped-defects"
    assert clerk.post(url, data={"drop": str(defect_id), "version": str(version)}).status_code == 422
    given = {"drop": str(defect_id), f"drop-{defect_id}-reasons": "第二页已有签名", "version": str(version)}
    assert clerk.post(url, data=given).status_code == 303
    assert clerk.post(f"/desk/tasks/{task_id}/acceptance", data={"version": str(version)}).status_code == 303
    assert session.get_one(Case, case_id).state == CaseState.REVIEWING


def test_two_clerks_at_one_step_the_second_is_told_who(
    clerk: FlaskClient, as_: SignIn, centre: Centre, session: Session
) -> None:
    case_id = checked(centre, {})
    task_id, version = task_of(session, case_id, "check_materials")
    data = {"version": str(version)}
    assert clerk.post(f"/desk/tasks/{task_id}/acceptance", data=data).status_code == 303
    second = as_("wangyu").post(f"/desk/tasks/{task_id}/acceptance", data=data)
    assert second.status_code == 409
    assert "林晓" in second.text
    assert session.scalar(select(func.count(Document.id)).where(Document.kind == "acceptance")) == 1


def test_ticks_after_the_receipt_are_journalled(clerk: FlaskClient, centre: Centre, session: Session) -> None:
    case_id = checked(centre, {})
    task_id, _version = task_of(session, case_id, "check_materials")
    fields = typed(clerk.get(f"/desk/tasks/{task_id}").text)
    changed = fields | {"state-premises_plan": "defective", "note-premises_plan": "缺疏散宽度"}
    assert clerk.post(f"/desk/tasks/{task_id}/checklist", data=changed).status_code == 303
    entry = session.scalars(select(JournalEntry).where(JournalEntry.act == "tick_materials")).one()
    assert entry.before["premises_plan"].startswith("received")
    assert entry.after["premises_plan"].startswith("defective")


def test_a_withdrawal_returns_the_originals_and_closes_the_tasks(
    clerk: FlaskClient, centre: Centre, session: Session
) -> None:
    case_id = checked(centre, {})
    url = f"/desk/cases/{case_id}/withdrawal"
    assert "须退还的原件" in clerk.get(url).text
    assert clerk.post(url, data={"reasons": " "}).status_code == 422
    assert session.get_one(Case, case_id).state == CaseState.CHECKING
    assert clerk.post(url, data={"reasons": "改址另办"}).status_code == 303
    assert session.get_one(Case, case_id).outcome == Outcome.WITHDRAWN
    assert tasks.open_tasks(session, case_id) == []
    assert clerk.post(url, data={"reasons": "再来一次"}).status_code == 409


def test_a_fee_is_taken_once_with_its_receipt(
    clerk: FlaskClient, as_: SignIn, centre: Centre, session: Session
) -> None:
    case = centre.accept(centre.draft("restaurant_opening", {**HOT_POT, "road_occupied_days": 3}))
    centre.session.commit()
    fees = session.get_one(Case, case.id).fees
    assert fees
    url = f"/desk/cases/{case.id}/fees/{fees[0].code}"
    assert clerk.post(f"{url}/payment", data={}).status_code == 422
    assert clerk.post(f"{url}/waiver", data={f"reasons-{fees[0].code}": "x"}).status_code == 403
    paid = {f"receipt-{fees[0].code}": "浙财 0001"}
    assert clerk.post(f"{url}/payment", data=paid).status_code == 303
    assert clerk.post(f"{url}/payment", data=paid).status_code == 409
    unlisted = clerk.post(
        f"/desk/cases/{case.id}/fees/service_charge/payment", data={"receipt-service_charge": "1"}
    )
    assert unlisted.status_code == 422


def test_live_saving_answers_with_the_page_and_asks_for_nothing_that_is_only_missing(
    clerk: FlaskClient,
) -> None:
    address = begin(clerk, "restaurant_opening")
    answer = clerk.post(f"{address}/answers", data={"applicant-name": "渝"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert 'id="foot"' in answer.text
    assert 'value="渝"' in answer.text
    assert "aria-invalid" not in answer.text


def test_a_message_that_did_not_arrive_is_shown_to_the_clerk_who_took_the_case(
    clerk: FlaskClient, centre: Centre
) -> None:
    who = replace(NOODLE_SHOP, email="shop@example.com")
    case = centre.accept(centre.draft("restaurant_opening", COFFEE_BAR, who=who))
    mail = centre.session.scalars(select(Message).where(Message.channel == "mail")).one()
    centre.session.commit()
    assert "未送达申请人的消息" not in clerk.get("/desk").text
    mail.state = "failed"
    centre.session.commit()
    page = clerk.get("/desk").text
    assert "未送达申请人的消息" in page
    assert f"/cases/{case.id}?tab=messages" in page
