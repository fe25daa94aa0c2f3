"""The tab of the deadline ledger: dates counted by hand over the National Day of 2026, marks, documents, statements."""

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from approvals import calendars, clock
from approvals.calendar import Skipped, default_calendar
from approvals.queries import clocks
from approvals.tables import Case, Document
from tests.centre import HOT_POT
from tests.test_special_procedures import finish, start
from tests.web.office import HYGIENE, RESTAURANT, Office, office
from web import lamps, replay, strip

__all__ = ["office"]

MORNING = 2  # 10:00 at the centre, in UTC


def at(day: str, hour: int = MORNING) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02d}:00+00:00")


def over_national_day(office: Office, *, resume: str = "", decide: str = "") -> int:
    """Hygiene, 5 promised and 20 statutory: accepted 21 September, testing from the 28th, on demand ended and decided."""
    with office.work() as centre:
        centre.now = at("2026-09-21")
        case = centre.accept(centre.draft(HYGIENE, {}))
        centre.now = at("2026-09-28")
        procedure = start(centre, case, days=6)
        if resume:
            centre.now = at(resume)
            finish(centre, procedure)
        if decide:
            centre.now = at(decide)
            centre.opine_all(case)
            centre.grant(case)
        return case.id


def tab(office: Office, case_id: int, now: str, login: str = "jinlan") -> str:
    """The words of the ledger's tab, tags taken out."""
    office.later(at(now))
    answer = office.as_(login).get(f"/cases/{case_id}?tab=ledger")
    assert answer.status_code == 200
    return answer.text


def words(page: str) -> str:
    part = page.split('id="tabs"', 1)[1].split("</section>\n  </div>", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", part))


def rows(page: str) -> list[str]:
    """The lines of the first clock, as words."""
    table = page.split('class="clock-lines"', 1)[1].split("</table>", 1)[0]
    found = table.split("<tbody>")[1].split("<tr ")[1:]
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", row.split(">", 1)[1])).strip() for row in found]


# --- by hand


def test_the_replay_stands_line_by_line_with_its_grounds_and_documents(office: Office):
    case_id = over_national_day(office, resume="2026-10-13")
    page = tab(office, case_id, "2026-10-13")
    lines = rows(page)
    assert len(lines) == 5
    begin, pause, resume, promised, statutory = lines
    assert begin.startswith("2026-09-21 (周一) 起算 开始计算期限，当日不计入。")
    assert "《中华人民共和国行政许可法》第四十二条 · 示卫受〔2026〕1号" in begin
    assert "承诺 2026-09-29 (周二)" in begin  # 22, 23, 24, 28, 29; 25 to 27 is Mid-Autumn
    assert "法定 2026-10-26 (周一)" in begin
    assert pause.startswith("2026-09-28 (周一) 停表")
    assert "书面告知的结束日：2026-10-12 (周一)。" in pause  # 29, 30, 8, 9, 10 (a working Saturday), 12
    assert "其间不计 3 天：中秋节 9月25日至27日 3 天" in pause
    assert "第四十五条 · 示卫特〔2026〕1号" in pause
    assert pause.count("（示例）") == 1  # who approved it
    assert "恢复计时后确定" in pause
    assert resume.startswith("2026-10-13 (周二) 恢复计时")
    assert "不计" not in resume.replace("当日不计入", "")  # what was skipped while it stood is no matter
    assert "承诺 2026-10-14 (周三) 法定 2026-11-04 (周三)" in resume  # 4 used; 1 and 16 left
    assert promised.startswith("2026-10-14 (周三) 届满 承诺期限 5 个工作日")
    assert statutory.startswith("2026-11-04 (周三) 届满 法定期限 20 个工作日")
    assert "其间不计 6 天：周末 6 天" in statutory


def test_every_document_number_leads_to_its_paper(office: Office):
    case_id = over_national_day(office, resume="2026-10-13")
    page = tab(office, case_id, "2026-10-13")
    with office.work() as centre:
        kinds = ("acceptance", "special_procedure", "special_procedure_end")
        papers = select(Document).where(Document.case_id == case_id, Document.kind.in_(kinds))
        numbers = {paper.number: paper.id for paper in centre.session.scalars(papers)}
    assert len(numbers) == 3
    for number, id_ in numbers.items():
        assert f'href="/documents/{id_}.pdf">{number}</a>' in page


def test_a_feast_is_one_stretch_and_a_worked_saturday_is_named(office: Office):
    with office.work() as centre:
        centre.now = at("2026-09-29")
        case_id = centre.accept(centre.draft(HYGIENE, {})).id
    lines = rows(tab(office, case_id, "2026-09-30"))
    assert lines[1].startswith("2026-10-12 (周一) 届满 承诺期限 5 个工作日")  # 30, 8, 9, 10, 12
    assert "其间不计 8 天：国庆节 10月1日至7日 7 天；周末 1 天（10月11日）" in lines[1]
    assert "调休上班的周末照常计入：10月10日。" in lines[1]


def test_an_act_after_hours_and_a_missed_promise_are_said(office: Office):
    with office.work() as centre:
        centre.now = at("2026-10-12", 10)  # 18:00 at the centre: the window has closed
        case = centre.accept(centre.draft(HYGIENE, {}))
        centre.now = at("2026-10-26")
        start(centre, case, days=5)
        case_id = case.id
    begin, _promised, pause, *_ = rows(tab(office, case_id, "2026-10-27"))
    assert begin.startswith("2026-10-13 (周二) 起算")
    assert "窗口 17:00 下班后办理，按次一工作日计。" in begin
    assert "承诺 2026-10-20 (周二)" in begin
    assert "承诺期限已于 2026-10-20 (周二) 届满，不因此改变。" in pause


def test_only_the_date_in_an_unannounced_year_is_provisional(office: Office):
    case_id = office.accepted(RESTAURANT, HOT_POT)
    page = tab(office, case_id, "2026-11-23", "qiantou")
    begin, promised, statutory = rows(page)
    assert "承诺 2026-12-03 (周四) 法定 2027-01-26 (周二) 暂定" in begin
    assert "暂定" not in promised
    assert statutory.startswith("2027-01-26 (周二) 暂定 届满 法定期限 45 个工作日")
    assert "元旦 1月1日" in statutory
    assert "公布后自动重算，可能提前，也可能推后" in page
    own = over_national_day(office)
    assert "暂定" not in words(tab(office, own, "2026-10-09"))


# --- parts, steps, who holds the date


def test_every_part_has_its_clock_and_one_sentence_says_who_holds_the_date(office: Office):
    with office.work() as centre:
        case = centre.accept(centre.draft(RESTAURANT, HOT_POT))
        food = centre.part(case, "food_licence")
        start(centre, case, food, by="chenli", head=_head(centre, food), kind="inspection", days=6)
        case_id = case.id
    page = tab(office, case_id, "2026-11-23", "qiantou")
    text = words(page)
    assert "整件的日期现由示例县市场监督管理局（食品经营许可（餐饮服务，新办））决定，目前依法停表" in text
    assert page.count('class="strip"') == 5 + 1  # the case and the five parts with clocks
    assert re.search(r"停表，余 \d+ 个工作日", text)
    assert "单项依法停表，其中" in text


def test_a_part_past_its_own_day_is_late_and_slack_is_told(office: Office):
    with office.work() as centre:
        case_id = centre.accept(centre.draft(RESTAURANT, HOT_POT)).id  # Monday, 23 November
    early = words(tab(office, case_id, "2026-11-23", "qiantou"))
    assert "决定，最迟 2026-11-30 (周一) 办结" in early  # five working days of food, fire and drainage
    assert "示例县城市管理局还有 2 个工作日余量" in early  # three of the shop sign
    assert "其后到承诺办结日还有 3 个工作日" in early  # eight of the whole
    late = words(tab(office, case_id, "2026-12-04", "qiantou"))
    assert "已过单项承诺办结日，尚未办结" in late
    assert "按此将超过承诺办结日 1 个工作日" in late


def test_what_is_done_says_by_how_much_and_its_clock_ends(office: Office):
    with office.work() as centre:
        case = centre.accept(centre.draft(RESTAURANT, HOT_POT))
        centre.now = at("2026-11-26")
        centre.opine_all(case)
        centre.collate(case)
        centre.grant(case, "shop_sign")
        centre.now = at("2026-11-27")
        centre.grant(case, "fire_inspection")
        case_id = case.id
    page = tab(office, case_id, "2026-12-10", "qiantou")
    parts = {
        name: words('id="tabs"' + block)
        for block in page.split('<details class="more clock">')[1:]
        for name in ("门店招牌", "消防安全检查")
        if name in block.split("</summary>")[0] and "本环节时限" not in block.split("</summary>")[0]
    }
    assert "按期" in parts["门店招牌"]  # promised for the 26th
    assert "提前 1 个工作日" in parts["消防安全检查"]
    assert "作出决定，期限停止计算。" in parts["消防安全检查"]
    assert "今天" not in parts["消防安全检查"]


def _head(centre, part) -> str:
    return next(
        login for login, one in centre.staff.items() if one.department_id == part.department_id and one.has("head")
    )  # fmt: skip


def test_a_step_shows_its_limit_its_day_and_once_done_whether_it_was_kept(office: Office):
    with office.work() as centre:
        case = centre.accept(centre.draft(HYGIENE, {}))  # Monday, 23 November
        centre.opine_all(case)
        case_id, task_id = case.id, centre.task(case, "decide").id
    page = tab(office, case_id, "2026-11-23", "weijian")
    text = words(page)
    assert "作出决定 本环节时限 2 个工作日" in text
    assert "到期 2026-11-25 (周三)" in text
    card = page.split(f'id="task-{task_id}"')[1].split("</section>")[0]
    assert "本环节时限 2 个工作日 · 到期 2026-11-25 (周三)" in card
    with office.work() as centre:
        centre.now = at("2026-11-27")
        centre.grant(centre.session.get_one(Case, case_id))
    text = words(tab(office, case_id, "2026-11-27", "weijian"))
    assert "办完的环节" in text
    assert re.search(r"作出决定 2 个工作日 2026-11-25 \(周三\) 2026-11-27 \(周五\) 超 2 个工作日", text)


def test_a_step_never_outlasts_the_day_promised(office: Office):
    with office.work() as centre:
        case = centre.accept(centre.draft(HYGIENE, {}))  # promised 30 November
        centre.now = at("2026-11-27")
        centre.opine_all(case)
        case_id = case.id
    text = words(tab(office, case_id, "2026-11-27", "weijian"))
    assert "到期 2026-11-30 (周一)" in text
    assert "本环节以承诺办结日为准" in text


def test_the_window_sees_the_limit_of_its_step(office: Office):
    with office.work() as centre:
        case = centre.receive(centre.draft(HYGIENE, {}))
        task_id = centre.task(case, "check_materials").id
    page = office.as_("linxiao").get(f"/desk/tasks/{task_id}").text
    assert "本环节时限 3 个工作日 · 期限 2026-11-26 (周四)" in page


def test_the_diagram_names_the_limits(office: Office):
    case_id = office.accepted(HYGIENE)
    xml = office.as_("jinlan").get(f"/cases/{case_id}/diagram.bpmn").text
    assert 'name="作出决定&#10;2 个工作日"' in xml
    assert 'name="审查"' in xml  # without a limit, without a line for it


# --- decided, behind, not begun


@pytest.mark.parametrize(
    ("decide", "said"),
    [
        ("2026-10-13", "已于 2026-10-13 作出决定，比承诺提前 1 个工作日"),
        ("2026-10-14", "已于 2026-10-14 作出决定，在承诺期限之内"),
        ("2026-10-16", "已于 2026-10-16 作出决定，超过承诺 2 个工作日"),
    ],
)
def test_a_decided_case_says_when_and_by_how_much(office: Office, decide: str, said: str):
    case_id = over_national_day(office, resume="2026-10-13", decide=decide)
    page = tab(office, case_id, "2026-11-23")
    assert said in page.split('class="case-grid')[0]
    assert "还剩" not in page.split('class="case-grid')[0]
    last = rows(page)[-1]  # the law's limit would have ended later, and ended with the decision
    assert last.startswith(f"{decide} (周")
    assert ("办结 作出决定，期限停止计算。" in last) or decide == "2026-10-14"
    assert "法定期限 20 个工作日，至此届满" not in page


def test_an_undecided_case_says_nothing_of_a_decision():
    assert lamps.settled_words(Case(decided_at=None)) == ""


def test_before_acceptance_the_tab_says_what_will_come(office: Office):
    with office.work() as centre:
        case_id = centre.receive(centre.draft(HYGIENE, {})).id
    text = words(tab(office, case_id, "2026-11-23"))
    assert "期限还没有起算" in text
    assert "一次告知期限：2026-11-30 (周一)" in text


def test_who_may_not_see_the_case_sees_no_ledger(office: Office):
    case_id = office.accepted(HYGIENE)
    assert office.as_("chenli").get(f"/cases/{case_id}?tab=ledger").status_code == 404
    assert office.app.test_client().get(f"/cases/{case_id}?tab=ledger").status_code == 302


def test_the_page_takes_a_fixed_number_of_statements(office: Office):
    with office.work() as centre:
        case = centre.accept(centre.draft(RESTAURANT, HOT_POT))
        food = centre.part(case, "food_licence")
        start(centre, case, food, by="chenli", head=_head(centre, food), kind="inspection", days=6)
        case_id = case.id
    office.as_("qiantou").get(f"/cases/{case_id}")
    browser = office.as_("qiantou")
    with office.counted() as seen:
        assert browser.get(f"/cases/{case_id}?tab=ledger").status_code == 200
    assert len(seen) <= 25, "\n".join(seen)


# --- the picture and the words, by themselves


def test_stretches_of_days_that_do_not_count(office: Office):
    calendar = default_calendar()
    skipped = calendar.skipped(date(2026, 2, 10), date(2026, 3, 2))
    with office.app.test_request_context():
        assert replay.skipped_runs(skipped) == ["春节 2月15日至23日 9 天", "周末 1 天（3月1日）"]
        one = [Skipped(date(2026, 1, 1), "元旦"), Skipped(date(2026, 1, 3), "元旦")]
        assert replay.skipped_runs(one) == ["元旦 1月1日", "元旦 1月3日"]
        across = [Skipped(date(2027, 1, 30) + timedelta(days=n), "开馆布置") for n in range(4)]
        assert replay.skipped_runs(across) == ["开馆布置 1月30日至2月2日 4 天"]
        assert replay.skipped_runs([]) == []
    with office.app.test_request_context(headers={"Cookie": "language=en"}):
        assert re.search(r"Feb 15\W+23", replay.skipped_runs(skipped)[0])


def test_every_day_of_the_picture_is_what_the_calendar_says(office: Office):
    case_id = over_national_day(office, resume="2026-10-13")
    with office.work() as centre:
        case = centre.session.get_one(Case, case_id)
        calendar = calendars.of_version(centre.session, case.calendar_version)
        own = clocks.of_case(centre.session, case, (), calendar).case
    with office.app.test_request_context():
        picture = strip.strip_of(own, calendar, date(2026, 10, 20))
    assert picture is not None
    cells = {cell.day: cell for week in picture.weeks for cell in week.cells if week.times == 1}
    kinds = {
        day: cells[date.fromisoformat(f"2026-{day}")].kind
        for day in ("09-21", "09-22", "09-25", "09-28", "09-29", "10-05", "10-10", "10-13", "10-14", "10-17")
    }
    assert kinds == {
        "09-21": "blank", "09-22": "counted", "09-25": "off", "09-28": "counted", "09-29": "held",
        "10-05": "held", "10-10": "held", "10-13": "held", "10-14": "counted", "10-17": "off",
    }  # fmt: skip
    assert cells[date(2026, 10, 14)].marks == ("promised",)
    assert cells[date(2026, 10, 20)].marks == ("today",)
    assert cells[date(2026, 10, 20)].late
    assert (picture.used, picture.held) == (9, 7)  # 22 23 24 28 | 14 15 16 19 20; 29 30 8 9 10 12 13 stood
    assert all(week.cells[0].day.weekday() == 0 and len(week.cells) == 7 for week in picture.weeks)


def test_weeks_without_anything_particular_are_drawn_once(office: Office):
    case_id = office.accepted(RESTAURANT, HOT_POT)
    with office.work() as centre:
        case = centre.session.get_one(Case, case_id)
        own = clocks.of_case(centre.session, case, (), centre.calendar).case
    with office.app.test_request_context():
        picture = strip.strip_of(own, default_calendar(), clock.local_day(at("2026-11-23")))
    assert picture is not None
    days = [week.cells[0].day + timedelta(weeks=n) for week in picture.weeks for n in range(week.times)]
    assert days == [date(2026, 11, 23) + timedelta(weeks=n) for n in range(len(days))]  # none lost
    assert any(week.times > 2 for week in picture.weeks)
    assert all(not cell.marks for week in picture.weeks if week.times > 1 for cell in week.cells)
    assert days[-1] == date(2027, 1, 25)


def test_an_open_pause_is_drawn_up_to_the_day_told(office: Office):
    case_id = over_national_day(office)
    with office.work() as centre:
        case = centre.session.get_one(Case, case_id)
        own = clocks.of_case(centre.session, case, (), centre.calendar).case
    assert [entry.until for entry in own.open_pauses] == [date(2026, 10, 12)]
    with office.app.test_request_context():
        picture = strip.strip_of(own, default_calendar(), date(2026, 9, 30))
    assert picture is not None
    last = picture.weeks[-1].cells
    assert last[0].day == date(2026, 10, 12)
    assert "promised" not in picture.marked
