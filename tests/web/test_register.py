"""The register of permits: found by what people know of them, one permit through its life, and who may do what."""

import io
from datetime import timedelta
from itertools import product

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from approvals.proceedings import Proposal
from approvals.queries import register as query
from approvals.register_rules import status_on
from approvals.tables import Document, NumberSeries, Permit, PermitEvent, Proceeding, Task
from approvals.terms import PermitStatus, RequestKind
from processes import proceeding_flow
from processes.steps import proceedings
from tests.centre import HOT_POT, MONDAY
from tests.permit_acts import asked, granted
from tests.register_cases import issued
from tests.web.office import Office, office
from web.demo.centre import Centre

__all__ = ["office"]
FOOD = {"facts": "后厨使用超过保质期的原料（示例）", "reasons": "《中华人民共和国食品安全法》第一百二十四条"}
"""A proposal about a permit of the market authority: chenli proposes, shichang decides."""


def food_permit(office: Office) -> str:
    """The number of a food permit of 望山宾馆（示例）."""
    with office.work() as centre:
        return issued(centre, "food_licence")[0].number


def permit_of(centre: Centre, number: str) -> Permit:
    return centre.session.scalars(select(Permit).where(Permit.number == number)).one()


def status_of(office: Office, number: str) -> str:
    with office.work() as centre:
        return permit_of(centre, number).status


def told(office: Office, number: str, kind: str = "revoke", ground: str = "unqualified") -> int:
    """A proceeding whose facts were told on Monday; its id."""
    with office.work() as centre:
        until = (MONDAY + timedelta(days=30)).date() if kind == "suspend" else None
        proposal = Proposal(kind, ground, FOOD["facts"], FOOD["reasons"], until)
        permit = permit_of(centre, number)
        return proceedings.open_proceeding(
            centre.session, permit.id, centre.staff["chenli"], proposal, MONDAY
        ).id


# --- the list


def test_permits_are_found_by_number_holder_kind_department_state_and_day(office: Office) -> None:
    with office.work() as centre:
        food = issued(centre, "food_licence")[0].number
        water = issued(centre, "water_abstraction")[0]
        water.valid_until = MONDAY.date() - timedelta(days=1)
        water_number = water.number
    browser = office.as_("linxiao")

    def numbers(query: str) -> set[str]:
        page = browser.get(f"/register/?{query}")
        assert page.status_code == 200
        return {number for number in (food, water_number) if number in page.text}

    assert numbers("") == {food, water_number}
    assert numbers(f"q={food[-6:]}&kind=food") == {food}
    assert numbers("q=望山") == {food, water_number}
    assert numbers("q=山宾") == {food, water_number}
    assert numbers("q=92330110MA2B0Q1X78") == {food, water_number}  # the whole number finds its holder
    assert numbers("q=92330110MA2B0Q1X7") == set()  # a piece of it does not
    assert numbers("kind=water") == {water_number}
    assert numbers("department=005") == {water_number}
    assert numbers("state=expired") == {water_number}
    assert numbers("state=valid") == {food}
    assert numbers(f"from={MONDAY.date()}") == {food}
    assert numbers(f"to={MONDAY.date()}") == {water_number}
    assert numbers("q=%25") == set()  # a sign of the search language is a sign


def test_the_identifier_finds_its_permit(office: Office) -> None:
    number = food_permit(office)
    with office.work() as centre:
        identifier = permit_of(centre, number).identifier
    assert identifier
    page = office.as_("linxiao").get(f"/register/?q={identifier}")
    assert number in page.text


def test_soon_and_proceeding_are_states_of_their_own(office: Office) -> None:
    with office.work() as centre:
        number = issued(centre, "food_licence")[0].number
        soon = issued(centre, "water_abstraction")[0]
        soon.valid_until = MONDAY.date() + timedelta(days=90)
        soon_number = soon.number
    told(office, number)
    browser = office.as_("linxiao")
    page = browser.get("/register/?state=soon").text
    assert (soon_number in page, number in page) == (True, False)
    assert "还有 90 日" in page
    page = browser.get("/register/?state=proceeding").text
    assert (number in page, soon_number in page) == (True, False)
    assert "拟撤销" in page


def test_the_list_is_sorted_and_paged_by_the_address(office: Office) -> None:
    with office.work() as centre:
        permit = issued(centre, "food_licence")[0]
        columns = {column.name for column in Permit.__table__.columns} - {
            "id",
            "number",
            "public_id",
            "part_id",
        }
        for serial in range(30):
            copy = {name: getattr(permit, name) for name in columns}
            centre.session.add(Permit(**copy | {"number": f"T{serial:03d}", "public_id": f"t{serial}"}))
    browser = office.as_("linxiao")
    first = browser.get("/register/?sort=number&kind=food").text
    assert first.index("T000") < first.index("T001")
    assert "page=2" in first
    assert "T029" in browser.get("/register/?sort=number&kind=food&page=2").text
    with office.counted() as statements:
        browser.get("/register/?q=望山&sort=-until")
    assert len(statements) <= 6


@pytest.mark.parametrize(
    "query",
    ["state=moon", "from=yesterday", "sort=moon", "page=-3", "page=x", "department=%27", "to=2026-13-01"],
)
def test_strange_searches_are_searches(office: Office, query: str) -> None:
    assert office.as_("linxiao").get(f"/register/?{query}").status_code == 200


# --- one permit, one holder


def test_the_page_of_a_permit_tells_its_life(office: Office) -> None:
    number = food_permit(office)
    told(office, number)
    browser = office.as_("chenli")
    with office.counted() as statements:
        page = browser.get(f"/register/{number}")
    assert page.status_code == 200
    assert len(statements) <= 20
    for words in (
        "食品经营许可证",
        "望山宾馆（示例）",
        "监管程序：拟撤销",
        FOOD["facts"],
        "公开核验页面",
        "制发",
    ):
        assert words in page.text
    assert "923***********1X78" in page.text
    with office.work() as centre:
        assert permit_of(centre, number).public_id in page.text


def test_the_case_and_its_papers_are_linked_only_for_those_who_may_see_them(office: Office) -> None:
    number = food_permit(office)
    told(office, number)
    with office.work() as centre:
        permit = permit_of(centre, number)
        case_link, paper = f"/cases/{permit.case_id}", f"/documents/{permit.document_id}.pdf"
    own, other = (office.as_(login).get(f"/register/{number}").text for login in ("chenli", "jinlan"))
    assert case_link in own
    assert paper in own
    assert case_link not in other
    assert "/documents/" not in other


def test_a_comprehensive_licence_lists_its_parts_and_they_name_it(office: Office) -> None:
    with office.work() as centre:
        permits = issued(centre, "restaurant_opening", HOT_POT)
        whole, *parts = [permit.number for permit in permits]
    browser = office.as_("chenli")
    page = browser.get(f"/register/{whole}").text
    assert all(part in page for part in parts)
    assert "行业综合许可证随所列单项许可变动，不能单独" in page
    assert whole in browser.get(f"/register/{parts[0]}").text


def test_a_holder_has_a_page_with_every_permit(office: Office) -> None:
    with office.work() as centre:
        numbers = [issued(centre, item)[0].number for item in ("food_licence", "water_abstraction")]
        holder = permit_of(centre, numbers[0]).applicant_id
    browser = office.as_("linxiao")
    with office.counted() as statements:
        page = browser.get(f"/register/holders/{holder}")
    assert page.status_code == 200
    assert len(statements) <= 6
    assert all(number in page.text for number in numbers)
    assert "92330110MA2B0Q1X78" not in page.text
    assert browser.get("/register/holders/99999").status_code == 404


def test_unknown_permits_and_strangers(office: Office) -> None:
    page = office.as_("linxiao").get("/register/JY0000")
    assert page.status_code == 404
    assert "登记簿里没有编号为“JY0000”的证照" in page.text
    visitor = office.app.test_client()
    assert visitor.get("/register/").status_code == 302
    assert office.as_("admin").get("/register/").status_code == 403


# --- acts


def test_a_proceeding_runs_from_the_page_to_the_decision(office: Office) -> None:
    number = food_permit(office)
    sent = {"kind": "revoke", "ground": "unqualified", **FOOD}
    answer = office.as_("chenli").post(f"/register/{number}/proceedings", data=sent)
    assert (answer.status_code, answer.location) == (303, f"/register/{number}")
    page = office.as_("chenli").get(f"/register/{number}").text
    assert "监管程序：拟撤销" in page
    case_id, task = step(office, "hear_defence")
    case_page = office.as_("chenli").get(f"/cases/{case_id}").text
    assert f"/register/{number}#task-{task.id}" in case_page
    defence = {
        "version": task.version, "statement": "正在整改（示例）", "assessment": "不影响认定", "waived": "yes",
        "hearing_waived": "yes",
    }  # fmt: skip
    answer = office.as_("chenli").post(f"/register/{number}/tasks/{task.id}/defence", data=defence)
    assert answer.status_code == 303
    _case, task = step(office, "decide_proceeding")
    decision = {"version": task.version, "result": "done", "reasons": FOOD["reasons"], "grave_harm": "no"}
    answer = office.as_("shichang").post(f"/register/{number}/tasks/{task.id}/decision", data=decision)
    assert answer.status_code == 303
    assert status_of(office, number) == PermitStatus.REVOKED
    page = office.as_("shichang").get(f"/register/{number}").text
    assert "已撤销" in page
    assert "已办结的监管程序：撤销" in page
    again = office.as_("shichang").post(f"/register/{number}/tasks/{task.id}/decision", data=decision)
    assert again.status_code == 409
    with office.work() as centre:
        kinds = centre.session.scalars(select(PermitEvent.kind).order_by(PermitEvent.id)).all()
    assert kinds == ["issued", "revoke"]


def step(office: Office, name: str) -> tuple[int, Task]:
    """The case and the open task of this step."""
    with office.work() as centre:
        case_id = centre.session.scalars(select(Proceeding.case_id)).one()
    return case_id, office.task(case_id, name)


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"ground": ""}, 422, "须有法定事由"),
        ({"ground": "moon"}, 422, "须有法定事由"),
        ({"facts": " "}, 422, "请写明理由"),
        ({"reasons": ""}, 422, "请写明理由"),
        ({"kind": "moon"}, 422, "请选择拟作出的处理"),
        ({"kind": "suspend", "ground": "penalty", "until": "2026-11-23"}, 422, "须在今天之后"),
        ({"kind": "suspend", "ground": "penalty", "until": "soon"}, 422, "须在今天之后"),
        ({"kind": "penal_revoke", "ground": "misused", "reasons": "没有写明条款"}, 422, "写明其名称和条款"),
        ({"kind": "cancel", "ground": "own_request"}, 422, "不需要监管程序"),
        ({"kind": "lift", "ground": "put_right"}, 422, "不需要监管程序"),
    ],
)
def test_a_bad_proposal_is_refused_at_its_place_and_writes_nothing(
    office: Office, changed: dict[str, str], status: int, said: str
) -> None:
    number = food_permit(office)
    sent = {"kind": "revoke", "ground": "unqualified", **FOOD} | changed
    for address in ("proceedings", "proceedings/preview"):
        answer = office.as_("chenli").post(f"/register/{number}/{address}", data=sent)
        assert answer.status_code == status, answer.text
        assert said in answer.text
    if sent["facts"].strip() and sent["kind"] in ("revoke", "suspend", "penal_revoke"):
        assert sent["facts"] in answer.text  # what was typed is still there
    with office.work() as centre:
        assert centre.session.scalar(select(func.count()).select_from(Proceeding)) == 0


def test_the_notice_is_previewed_without_a_number(office: Office) -> None:
    number = food_permit(office)
    with office.work() as centre:
        before = written(centre)
    sent = {"kind": "revoke", "ground": "unqualified", **FOOD}
    answer = office.as_("chenli").post(f"/register/{number}/proceedings/preview", data=sent)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).split())
    for words in (FOOD["facts"], "2026年11月26日", "2026年11月30日", number):
        assert words in text
    assert "〔2026〕" not in text
    with office.work() as centre:
        assert written(centre) == before


def test_only_the_own_department_previews_a_notice(office: Office) -> None:
    """As for the act itself: an officer elsewhere has the role, and no right here."""
    number = food_permit(office)
    sent = {"kind": "revoke", "ground": "unqualified", **FOOD}
    for login in ("zhouyan", "heqing"):
        for address in ("proceedings", "proceedings/preview"):
            answer = office.as_(login).post(f"/register/{number}/{address}", data=sent)
            assert (answer.status_code, answer.mimetype) == (403, "text/html")
            assert "告知拟处理的事实" in answer.text


def written(centre: Centre) -> list[object]:
    """Documents, events, proceedings and every number series."""
    counts: list[object] = [
        centre.session.scalar(select(func.count()).select_from(table))
        for table in (Document, PermitEvent, Proceeding)
    ]
    series = centre.session.scalars(select(NumberSeries).order_by(NumberSeries.kind, NumberSeries.authority))
    return counts + [(row.authority, row.kind, row.last) for row in series]


def test_a_second_click_begins_no_second_proceeding(office: Office) -> None:
    number = food_permit(office)
    sent = {"kind": "revoke", "ground": "unqualified", **FOOD}
    browser = office.as_("chenli")
    assert browser.post(f"/register/{number}/proceedings", data=sent).status_code == 303
    again = browser.post(f"/register/{number}/proceedings", data=sent)
    assert again.status_code == 409
    assert "已有监管程序正在办理" in again.text


@pytest.mark.parametrize("login", ["linxiao", "jinlan", "jiancha", "zhouyan"])
def test_only_officers_of_the_issuing_department_begin_a_proceeding(office: Office, login: str) -> None:
    number = food_permit(office)
    sent = {"kind": "revoke", "ground": "unqualified", **FOOD}
    browser = office.as_(login)
    assert "拟撤销" not in browser.get(f"/register/{number}").text
    assert browser.post(f"/register/{number}/proceedings", data=sent).status_code == 403


def test_no_decision_while_the_holder_may_still_ask_for_a_hearing(office: Office) -> None:
    number = food_permit(office)
    proceeding_id = told(office, number)
    case_id, task = step(office, "hear_defence")
    defence = {"version": task.version, "statement": "", "assessment": "没有提出", "waived": "yes"}
    office.as_("chenli").post(f"/register/{number}/tasks/{task.id}/defence", data=defence)
    page = office.as_("shichang").get(f"/register/{number}").text
    assert "作出监管决定<small>" in page  # shown, with what stands in the way
    _case, task = step(office, "decide_proceeding")
    decision = {"version": task.version, "result": "done", "reasons": FOOD["reasons"], "grave_harm": "no"}
    address = f"/register/{number}/tasks/{task.id}/decision"
    assert office.as_("shichang").post(address, data=decision).status_code == 409
    assert "登记听证要求" in office.as_("linxiao").get(f"/register/{number}").text
    asked = office.as_("linxiao").post(
        f"/register/{number}/proceedings/{proceeding_id}/hearing-requests", data={"reasons": "有异议（示例）"}
    )
    assert asked.status_code == 303, asked.text
    assert office.task(case_id, "appoint_hearing").step == "appoint_hearing"
    assert office.as_("shichang").post(address, data=decision).status_code == 409
    assert status_of(office, number) == PermitStatus.VALID


def test_a_hearing_given_up_in_writing_lets_the_decision_through(office: Office) -> None:
    number = food_permit(office)
    proceeding_id = told(office, number)
    address = f"/register/{number}/proceedings/{proceeding_id}/hearing-waiver"
    assert office.as_("linxiao").post(address).status_code == 303
    again = office.as_("linxiao").post(address)
    assert again.status_code == 409
    assert (
        office.as_("linxiao").post(f"/register/X1/proceedings/{proceeding_id}/hearing-waiver").status_code
        == 404
    )


def test_grave_harm_must_be_said_before_a_revocation(office: Office) -> None:
    number = food_permit(office)
    told(office, number)
    _case, task = step(office, "hear_defence")
    defence = {
        "version": task.version, "assessment": "没有提出", "waived": "yes", "hearing_waived": "yes",
    }  # fmt: skip
    office.as_("chenli").post(f"/register/{number}/tasks/{task.id}/defence", data=defence)
    _case, task = step(office, "decide_proceeding")
    decision = {"version": task.version, "result": "done", "reasons": FOOD["reasons"]}
    for harm, said in ((None, "须写明是否会对公共利益造成重大损害"), ("yes", "依法不予撤销")):
        sent = decision | ({"grave_harm": harm} if harm else {})
        answer = office.as_("shichang").post(f"/register/{number}/tasks/{task.id}/decision", data=sent)
        assert answer.status_code == 422
        assert said in answer.text
    dropped = decision | {"result": "dropped"}
    answer = office.as_("shichang").post(f"/register/{number}/tasks/{task.id}/decision", data=dropped)
    assert answer.status_code == 303
    assert status_of(office, number) == PermitStatus.VALID


def test_the_papers_of_each_step_are_previewed_without_a_number(office: Office) -> None:
    number = food_permit(office)
    with office.work() as centre:
        proposal = Proposal("revoke", "unqualified", FOOD["facts"], FOOD["reasons"])
        proceeding_flow.begin(centre.session, permit_of(centre, number), proposal, None, MONDAY)
    _case, task = step(office, "tell_facts")
    facts = {"version": task.version, "facts": "另外查明的事实（示例）", "reasons": FOOD["reasons"]}
    text = previewed(office, "chenli", f"/register/{number}/tasks/{task.id}/facts", facts)
    assert "另外查明的事实（示例）" in text
    assert (
        office.as_("chenli").post(f"/register/{number}/tasks/{task.id}/facts", data=facts).status_code == 303
    )
    _case, task = step(office, "hear_defence")
    defence = {"version": task.version, "assessment": "没有提出", "waived": "yes", "hearing_waived": "yes"}
    office.as_("chenli").post(f"/register/{number}/tasks/{task.id}/defence", data=defence)
    _case, task = step(office, "decide_proceeding")
    address = f"/register/{number}/tasks/{task.id}/decision"
    decision = {"version": task.version, "result": "done", "reasons": "示例理由", "grave_harm": "no"}
    text = previewed(office, "shichang", address, decision)
    assert "撤销" in text
    assert "示例理由" in text
    text = previewed(office, "shichang", address, decision | {"result": "dropped"})
    assert "不予处理" in text
    refused = office.as_("shichang").post(f"{address}/preview", data=decision | {"grave_harm": ""})
    assert refused.status_code == 422
    assert "须写明是否会对公共利益造成重大损害" in refused.text
    assert office.as_("chenli").post(f"{address}/preview", data=decision).status_code == 403
    assert (
        office.as_("shichang").post(address.replace("decision", "moon/preview"), data=decision).status_code
        == 404
    )
    assert office.as_("shichang").post(address, data=decision).status_code == 303
    gone = office.as_("shichang").post(f"{address}/preview", data=decision)
    assert gone.status_code == 404


def previewed(office: Office, login: str, address: str, sent: dict[str, object]) -> str:
    """The text of a preview that wrote nothing."""
    with office.work() as centre:
        before = written(centre)
    answer = office.as_(login).post(f"{address}/preview", data=sent)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text
    with office.work() as centre:
        assert written(centre) == before
    pages = PdfReader(io.BytesIO(answer.data)).pages
    text = "".join("".join(page.extract_text() for page in pages).split())
    assert "行政审批专用章" not in text
    return text


def test_the_head_cancels_on_request_and_only_once(office: Office) -> None:
    number = food_permit(office)
    sent = {"kind": "cancel", "ground": "own_request", "reasons": "持证人书面申请（示例）"}
    head = office.as_("shichang")
    assert "被许可人书面申请注销" in head.get(f"/register/{number}").text
    assert office.as_("chenli").post(f"/register/{number}/events", data=sent).status_code == 403
    assert head.post(f"/register/{number}/events", data=sent | {"reasons": ""}).status_code == 422
    assert head.post(f"/register/{number}/events", data=sent | {"kind": "revoke"}).status_code == 404
    heard = sent | {"ground": "other", "reasons": "《示例法》第一条"}
    assert head.post(f"/register/{number}/events", data=heard).status_code == 409
    assert head.post(f"/register/{number}/events", data=sent).status_code == 303
    assert head.post(f"/register/{number}/events", data=sent).status_code == 409
    page = head.get(f"/register/{number}").text
    assert "已注销" in page
    assert "证照目前是“已注销”" in page


def test_tasks_of_another_permit_are_not_done_here(office: Office) -> None:
    number = food_permit(office)
    other = food_permit(office)
    told(office, number)
    _case, task = step(office, "hear_defence")
    browser = office.as_("chenli")
    sent = {"version": task.version, "assessment": "x", "waived": "yes"}
    assert browser.post(f"/register/{other}/tasks/{task.id}/defence", data=sent).status_code == 404
    assert browser.post(f"/register/{number}/tasks/{task.id}/moon", data=sent).status_code == 404
    assert browser.post(f"/register/{number}/tasks/99999/defence", data=sent).status_code == 404
    stale = sent | {"version": task.version - 1}
    assert browser.post(f"/register/{number}/tasks/{task.id}/defence", data=stale).status_code == 409


def test_a_proposal_that_nobody_was_told_of_is_told_or_dropped(office: Office) -> None:
    """As a verification proposes it: the officer tells the facts, or the head does not begin at all."""
    number, other = food_permit(office), food_permit(office)
    for each in (number, other):
        with office.work() as centre:
            proposal = Proposal("revoke", "unqualified", FOOD["facts"], FOOD["reasons"])
            proceeding_flow.begin(centre.session, permit_of(centre, each), proposal, None, MONDAY)
    page = office.as_("chenli").get(f"/register/{number}").text
    assert "告知事实和理由" in page
    assert FOOD["facts"] in page
    with office.work() as centre:
        rows = {row.permit.number: row for row in centre.session.scalars(select(Proceeding))}
        told_id, dropped_id = rows[number].id, rows[other].id
        query = select(Task).where(Task.step == "tell_facts", Task.part_id == rows[number].part_id)
        task = centre.session.scalars(query).one()
    sent = {"version": task.version, "facts": "", "reasons": FOOD["reasons"]}
    address = f"/register/{number}/tasks/{task.id}/facts"
    refused = office.as_("chenli").post(address, data=sent)
    assert refused.status_code == 422
    assert "请写明理由" in refused.text
    assert office.as_("chenli").post(address, data=sent | {"facts": FOOD["facts"]}).status_code == 303
    head = office.as_("shichang")
    address = f"/register/{other}/proceedings/{dropped_id}/abandonment"
    assert head.post(address, data={"reasons": ""}).status_code == 422
    assert office.as_("chenli").post(address, data={"reasons": "证据不足"}).status_code == 403
    assert head.post(address, data={"reasons": "证据不足"}).status_code == 303
    assert "已办结的监管程序" in head.get(f"/register/{other}").text
    late = head.post(f"/register/{number}/proceedings/{told_id}/abandonment", data={"reasons": "证据不足"})
    assert late.status_code == 409


DAYS = (None, MONDAY.date() - timedelta(days=1), MONDAY.date(), MONDAY.date() + timedelta(days=1))


def test_the_list_says_of_every_permit_what_the_register_says(office: Office) -> None:
    """Every status with every last day: the column of the list against the rule of the register."""
    with office.work() as centre:
        permit = issued(centre, "food_licence")[0]
        names = {column.name for column in Permit.__table__.columns} - {
            "id",
            "number",
            "public_id",
            "part_id",
        }
        known = {name: getattr(permit, name) for name in names}
        for index, (status, day) in enumerate(product(PermitStatus, DAYS)):
            own = {"number": f"S{index}", "public_id": f"s{index}", "status": status, "valid_until": day}
            centre.session.add(Permit(**known | own))
        centre.session.flush()
        today = MONDAY.date()
        rules = {each.number: status_on(each, today) for each in centre.session.scalars(select(Permit))}
        for state in PermitStatus:
            found = {
                row.number
                for page in range(1, 5)
                for row in query.find(centre.session, query.Sought(state=state), page, today).rows
            }
            assert found == {number for number, known_as in rules.items() if known_as == state}


def test_only_the_last_version_stands_in_the_list_and_all_on_the_page(office: Office) -> None:
    with office.work() as centre:
        [old] = issued(centre, "food_licence")
        new = granted(centre, asked(centre, old, RequestKind.CHANGE, person_in_charge="吴某某（示例）"))
        number, first_case, second_case = old.number, old.case_id, new.case_id
    browser = office.as_("chenli")
    page = browser.get("/register/?kind=food").text
    assert page.count(f"/register/{number}") == 1
    assert "第 2 版" in page
    page = browser.get(f"/register/{number}").text
    for words in (
        "第 2 版",
        "第 1 版",
        "已变更",
        "吴某某（示例）",
        f"/cases/{first_case}",
        f"/cases/{second_case}",
    ):
        assert words in page
