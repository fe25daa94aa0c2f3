"""The calendar's pages, its command and its jobs: who may, what is refused, what it costs."""

import io
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from approvals import calendar_drafts, calendar_publishing, calendar_rehearsal
from approvals.calendar_drafts import Closure
from approvals.calendar_import import read
from approvals.tables import CalendarVersion, Case
from tests.calendar_notices import INVENTED_2027, INVENTED_NUMBER, NOTICES
from tests.centre import HOT_POT, MONDAY
from tests.web.office import HYGIENE, RESTAURANT, Office, office
from web.jobs import recount as jobs
from web.transactions import unit_of_work

__all__ = ["office"]
FORM = {"year": "2027", "source": INVENTED_NUMBER, "text": INVENTED_2027}


def versions(office: Office) -> list[tuple[int, str]]:
    with unit_of_work(office.engine) as session:
        return [
            (row[0], row[1])
            for row in session.execute(
                select(CalendarVersion.id, CalendarVersion.state).order_by(CalendarVersion.id)
            )
        ]


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def late_cases(office: Office, number: int = 1) -> list[int]:
    """Joint cases whose 45 working days end after the Spring Festival of 2027."""
    with office.work() as centre:
        centre.later(days=14)
        return [centre.accept(centre.draft(RESTAURANT, HOT_POT)).id for _ in range(number)]


def drafted(office: Office) -> int:
    answer = office.as_("admin").post("/calendar/notices", data=FORM)
    assert answer.status_code == 303, words(answer)
    return int(answer.location.rsplit("/", 1)[1])


# --- for all staff


def test_a_year_shows_what_counts_and_where_it_comes_from(office):
    page = office.as_("linxiao").get("/calendar/2026")
    assert page.status_code == 200
    text = words(page)
    assert "2026 年工作日历" in text
    assert "共 248 个工作日" in text
    assert "2026-02-15 (周日) 至 2026-02-23 (周一)" in text
    assert "版本与导入" not in text
    html = page.get_data(as_text=True)
    assert html.count('<td class="worked') == 6
    assert 'title="春节 放假"' in html


def test_a_year_without_notice_says_so(office):
    text = words(office.as_("linxiao").get("/calendar/2027"))
    assert "放假安排尚未公布" in text
    assert "暂定" in text
    assert "不含调休" in text


def test_the_year_at_hand_opens_first_and_stands_in_the_navigation(office):
    page = office.as_("chenli").get("/calendar/")
    assert "2026 年工作日历" in words(page)
    assert '<a href="/calendar/" aria-current="page">工作日历</a>' in page.get_data(as_text=True)


@pytest.mark.parametrize("year", [2003, 2100, 999999])
def test_a_year_outside_is_refused_in_words(office, year):
    answer = office.as_("linxiao").get(f"/calendar/{year}")
    assert answer.status_code == 422
    assert "2004-01-01 至 2099-12-31" in words(answer)


def test_the_day_so_many_working_days_on(office):
    browser = office.as_("linxiao")
    text = words(browser.get("/calendar/due?opened=2026-02-10&days=5"))
    assert "2026-02-24 (周二)" in text
    assert "2026-02-14 (周六)" in text  # worked
    assert "春节 9 天" in text
    assert "暂定" not in text
    text = words(browser.get("/calendar/due?opened=2026-12-24&days=6"))
    assert "2027-01-04 (周一) 暂定" in text
    assert "2026-11-23" in browser.get("/calendar/due").get_data(as_text=True)  # today is offered


@pytest.mark.parametrize(
    ("opened", "days", "said"),
    [
        ("2026-02-30", "5", "请填写日期"),
        ("", "5", "请填写日期"),
        ("2026-02-10", "", "0 或正整数"),
        ("2026-02-10", "-1", "0 或正整数"),
        ("2026-02-10", "五", "0 或正整数"),
        ("2026-02-10", "５", "0 或正整数"),
        ("2026-02-10", "1_0", "0 或正整数"),
        ("2026-02-10", "9" * 5000, "0 或正整数"),
        ("2026-02-10", "99999999", "天数太大"),
        ("2003-12-31", "5", "超出工作日历的范围"),
        ("2099-12-31", "5", "超出工作日历的范围"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_in_words(office, opened, days, said):
    answer = office.as_("linxiao").get("/calendar/due", query_string={"opened": opened, "days": days})
    assert answer.status_code == 422
    assert said in words(answer)


def test_pages_of_the_calendar_cost_few_statements(office):
    late_cases(office)
    for login, path, most in (
        ("linxiao", "/calendar/2026", 5),
        ("linxiao", "/calendar/due?opened=2026-02-10&days=5", 4),
        ("admin", "/calendar/versions", 6),
    ):
        browser = office.as_(login)
        browser.get(path)
        with office.counted() as statements:
            assert browser.get(path).status_code == 200
        assert len(statements) <= most, (path, statements)


# --- a notice comes in


ADMINISTRATOR = [
    ("get", "/calendar/versions"),
    ("get", "/calendar/notices/new"),
    ("post", "/calendar/notices"),
    ("get", "/calendar/closures"),
    ("post", "/calendar/closures"),
    ("post", "/calendar/closures/withdrawal"),
    ("get", "/calendar/versions/1"),
    ("post", "/calendar/versions/1/publication"),
    ("post", "/calendar/versions/1/disposal"),
    ("post", "/calendar/versions/1/renewal"),
]


@pytest.mark.parametrize(("method", "path"), ADMINISTRATOR)
def test_only_administrators_keep_the_calendar(office, method, path):
    for login in ("linxiao", "shichang", "jiancha", "xianzhang"):
        assert getattr(office.as_(login), method)(path, data=FORM).status_code == 403
    assert versions(office) == []


def test_a_notice_becomes_a_draft_with_its_rehearsal(office):
    (case_id,) = late_cases(office)
    with office.work() as centre:
        case = centre.session.get_one(Case, case_id)
        number, old = case.number, case.statutory_due
    answer = office.as_("admin").post("/calendar/notices", data=FORM, follow_redirects=True)
    assert answer.status_code == 200
    text = words(answer)
    assert "2027 年放假安排" in text
    assert f"{number[:6]} {number[6:9]}" in text
    assert f"{old:%Y-%m-%d}" in text
    assert "发布" in text
    assert versions(office) == [(1, "draft")]
    with office.work() as centre:
        assert centre.session.get_one(Case, case_id).calendar_version == 0


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_a_file_is_read_in_the_encodings_of_excel(office, encoding):
    lines = [
        f"{said.day:%Y/%m/%d},{'放假' if said.off else '上班'},{said.name}"
        for said in read(INVENTED_2027, 2027)
    ]
    file = (io.BytesIO("\r\n".join(["日期,类型,名称", *lines]).encode(encoding)), "2027.csv")
    answer = office.as_("admin").post(
        "/calendar/notices", data={"year": "2027", "source": INVENTED_NUMBER, "text": "", "file": file}
    )
    assert answer.status_code == 303, words(answer)


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"text": "春节：2月5日（周四）放假。"}, 422, "2027-02-05 是周五，不是周四"),
        ({"text": ""}, 422, "没有读到任何日期"),
        ({"text": "春节：2月5日至12日放假。"}, 422, "没有列出法定节假日：元旦 2027-01-01"),
        ({"year": "2028"}, 422, "不是周"),
        ({"year": "２０２７"}, 422, "请填写四位年份"),
        ({"year": "2003"}, 422, "年份须在 2004 至 2099 之间"),
        ({"source": ""}, 422, "请填写。"),
        ({"source": "长" * 81}, 422, "最多 80 个字"),
        ({"year": "2026", "text": NOTICES[2026]}, 409, "2026 年的放假安排已在现行日历中"),
        ({"year": "2026", "text": NOTICES[2026], "correction": "1"}, 422, "与现行日历没有差别"),
        ({"text": "x" * 300_000}, 422, "行首没有日期"),
    ],
)
def test_a_notice_that_cannot_stand_is_refused_with_what_was_typed(office, change, status, said):
    answer = office.as_("admin").post("/calendar/notices", data=FORM | change)
    assert answer.status_code == status
    text = words(answer)
    assert said in text
    typed = (FORM | change)["text"].splitlines()
    assert not typed or typed[0][:1000] in text
    assert versions(office) == []


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0", b"2027" * 100_000])
def test_a_file_that_is_no_notice_is_refused(office, content):
    file = (io.BytesIO(content), "notice.csv")
    answer = office.as_("admin").post("/calendar/notices", data=FORM | {"file": file})
    assert answer.status_code == 422
    assert versions(office) == []


def test_every_wrong_line_is_told_by_its_number(office):
    text = "春节：2月5日放假。\n过年\n2027-02-30 放假 春节"
    page = office.as_("admin").post("/calendar/notices", data=FORM | {"text": text}).get_data(as_text=True)
    assert re.findall(r'<td class="num">(\d+)</td>', page) == ["2", "3"]


# --- publishing


def test_publishing_moves_the_dates_of_open_cases_when_the_worker_came_by(office):
    (case_id,) = late_cases(office)
    version = drafted(office)
    admin = office.as_("admin")
    answer = admin.post(f"/calendar/versions/{version}/publication")
    assert (answer.status_code, answer.location) == (303, f"/calendar/versions/{version}")
    text = words(admin.get(f"/calendar/versions/{version}"))
    assert "还没有重算 1" in text
    behind = office.as_("jiancha").get(f"/cases/{case_id}")
    assert "本办件的日期正在重新计算" in words(behind)

    assert jobs.recount(office.engine, lambda: MONDAY) == 1
    assert jobs.recount(office.engine, lambda: MONDAY) == 0
    text = words(admin.get(f"/calendar/versions/{version}"))
    assert "全部重算完毕" in text
    assert "日期移动 1" in text
    page = words(office.as_("jiancha").get(f"/cases/{case_id}"))
    assert "正在重新计算" not in page
    assert "日历变更" in page
    assert INVENTED_NUMBER in page
    year = words(office.as_("linxiao").get("/calendar/2027"))
    assert f"依据：{INVENTED_NUMBER}" in year
    assert "尚未公布" not in year


def test_a_second_click_is_harmless_and_a_stale_draft_is_told_so(office):
    stale, version = drafted(office), drafted(office)
    admin = office.as_("admin")
    for _ in range(2):
        assert admin.post(f"/calendar/versions/{version}/publication").status_code == 303
    answer = admin.post(f"/calendar/versions/{stale}/publication")
    assert answer.status_code == 409
    assert f"日历已更新到第 {version} 版" in words(answer)
    assert versions(office) == [(stale, "draft"), (version, "published")]
    assert admin.post(f"/calendar/versions/{version}/disposal").status_code == 409
    for _ in range(2):
        assert admin.post(f"/calendar/versions/{stale}/disposal").status_code == 303
    assert admin.post(f"/calendar/versions/{stale}/publication").status_code == 409
    assert admin.get("/calendar/versions/999").status_code == 404


def test_a_rehearsal_too_big_for_one_request_is_gone_on_with_by_the_worker(office, monkeypatch):
    monkeypatch.setattr(calendar_rehearsal, "BATCH", 2)
    late_cases(office, 5)
    version = drafted(office)
    admin = office.as_("admin")
    text = words(admin.get(f"/calendar/versions/{version}"))
    assert "正在试算：2／5 件" in text
    assert admin.post(f"/calendar/versions/{version}/publication").status_code == 409
    while jobs.rehearse(office.engine, lambda: MONDAY):
        pass
    assert "已试算 5 件" in words(admin.get(f"/calendar/versions/{version}"))
    assert admin.post(f"/calendar/versions/{version}/publication").status_code == 303


def test_the_rehearsal_is_read_page_by_page_and_its_cost_does_not_grow(office, monkeypatch):
    monkeypatch.setattr("web.calendar.versions.PAGE", 2)
    monkeypatch.setattr(calendar_rehearsal, "BATCH", 3)
    late_cases(office, 5)
    version = drafted(office)
    admin = office.as_("admin")
    address, seen = f"/calendar/versions/{version}", []
    while address:
        with office.counted() as statements:
            page = admin.get(address).get_data(as_text=True)
        assert len(statements) <= 18, statements
        seen += re.findall(r'<tr class="first"><td rowspan="\d+"><span class="num">([^<]+)<', page)
        following = re.search(r'href="([^"]*after=\d+)" rel="next"', page)
        address = following[1] if following else ""
    assert len(seen) == len(set(seen)) == 5


def test_a_stale_draft_is_drafted_again_on_the_version_in_force(office):
    admin = office.as_("admin")
    stale = drafted(office)
    closed = {"first": "2026-12-01", "last": "", "words": "停电（示例）", "source": "示例令〔2026〕2号"}
    closure = admin.post("/calendar/closures", data=closed).location
    second = admin.post("/calendar/closures", data=closed | {"first": "2026-12-02"}).location
    assert admin.post(f"{closure}/publication").status_code == 303
    assert "按现行日历重新起草" in words(admin.get(f"/calendar/versions/{stale}"))
    for old in (f"/calendar/versions/{stale}", second):
        again = admin.post(f"{old}/renewal")
        assert again.status_code == 303
        assert admin.post(f"{again.location}/publication").status_code == 303
        assert "已丢弃" in words(admin.get(old))
    year = words(office.as_("linxiao").get("/calendar/2026"))
    assert "2026-12-01 (周二) 至 2026-12-02 (周三)" in year  # both closures, and the notice beside them
    assert INVENTED_NUMBER in words(office.as_("linxiao").get("/calendar/2027"))
    spent = admin.post("/calendar/closures", data=closed | {"first": "2026-12-03"}).location
    admin.post(f"{spent}/publication")
    assert admin.post(f"{spent}/renewal").status_code == 409  # published, no draft any more


def test_what_comes_nearer_or_is_over_can_be_listed_alone(office):
    with office.work() as centre:
        centre.later(days=7)
        nearer = centre.accept(centre.draft(RESTAURANT, HOT_POT)).number
        centre.later(days=7)
        later = centre.accept(centre.draft(RESTAURANT, HOT_POT)).number
    version = drafted(office)
    admin = office.as_("admin")

    def listed(**narrowed: str) -> list[str]:
        page = admin.get(f"/calendar/versions/{version}", query_string=narrowed).get_data(as_text=True)
        return [
            each.replace(" ", "")
            for each in re.findall(r'<tr class="first"><td rowspan="\d+"><span class="num">([^<]+)<', page)
        ]

    assert listed() == [nearer, later]
    assert listed(show="earlier") == [nearer]
    assert listed(show="over") == []
    assert listed(show="nonsense") == [nearer, later]


# --- closures


def test_a_closure_is_registered_and_withdrawn(office):
    admin = office.as_("admin")
    closed = {"first": "2026-12-01", "last": "", "words": "停电检修（示例）", "source": "示例令〔2026〕2号"}
    answer = admin.post("/calendar/closures", data=closed)
    assert answer.status_code == 303
    assert admin.post(f"{answer.location}/publication").status_code == 303
    assert "停电检修（示例）" in words(office.as_("linxiao").get("/calendar/2026"))
    due = words(office.as_("linxiao").get("/calendar/due?opened=2026-11-30&days=1"))
    assert "2026-12-02" in due
    assert "停电检修（示例） 12-01" in due
    assert "停电检修（示例）" in words(admin.get("/calendar/closures"))
    wrong = admin.post("/calendar/closures/withdrawal", data={"first": "2026-12-01", "last": "2026-12-01"})
    assert wrong.status_code == 422
    assert "请填写。" in words(wrong)
    answer = admin.post(
        "/calendar/closures/withdrawal",
        data={"first": "2026-12-01", "last": "2026-12-01", "source": "示例令〔2026〕3号"},
    )
    assert admin.post(f"{answer.location}/publication").status_code == 303
    assert "没有登记停办日" in words(admin.get("/calendar/closures"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"first": ""}, "请填写日期"),
        ({"first": "2026-02-30"}, "请填写日期"),
        ({"first": "2026-11-20"}, "不能改变已经过去的日子"),
        ({"first": "2026-11-28"}, "本来就不上班"),
        ({"last": "2026-11-01"}, "末日不能早于首日"),
        ({"last": "9999-12-31"}, "一次最多 31 天"),
        ({"words": ""}, "请填写。"),
    ],
)
def test_a_closure_that_makes_no_sense_is_refused_at_its_field(office, change, said):
    form = {"first": "2026-12-01", "last": "", "words": "停电（示例）", "source": "示例令〔2026〕2号"}
    answer = office.as_("admin").post("/calendar/closures", data=form | change)
    assert answer.status_code == 422
    assert said in words(answer)
    assert versions(office) == []


# --- a missing notice


def test_administrators_are_told_loudly_that_a_notice_is_missing(office):
    admin = office.as_("admin")
    assert "放假通知还没有导入" not in words(admin.get("/admin/staff"))  # nothing depends on it yet
    late_cases(office, 2)
    for path in ("/admin/staff", "/calendar/", "/calendar/versions"):
        text = words(admin.get(path))
        assert "2027 年的放假通知还没有导入。 有 2 件在办件的日期要用到它" in text, path
    clerk = words(office.as_("linxiao").get("/calendar/"))
    assert "放假通知还没有导入" in clerk
    assert "通知公布后由系统管理员导入" in clerk
    version = drafted(office)
    admin.post(f"/calendar/versions/{version}/publication")
    assert "放假通知还没有导入" not in words(admin.get("/calendar/"))


# --- the command


@pytest.mark.parametrize(
    ("opened", "days", "printed"),
    [
        ("2026-02-10", "5", "2026-02-24\n"),
        ("2026-04-29", "20", "2026-05-29\n"),
        ("2026-09-18", "10", "2026-10-09\n"),
        ("2026-12-24", "6", "2027-01-04 provisional\n"),
        ("2026-12-24", "5", "2026-12-31\n"),
        ("2027-01-01", "0", "2027-01-04 provisional\n"),
    ],
)
def test_the_command_prints_the_due_day(app, opened, days, printed):
    done = app.test_cli_runner().invoke(args=["calendar", "due", opened, days])
    assert (done.exit_code, done.stdout) == (0, printed)


@pytest.mark.parametrize(
    "arguments",
    [
        ["2003-12-31", "5"],
        ["2100-01-01", "5"],
        ["2099-12-31", "5"],
        ["2026-02-30", "5"],
        ["tomorrow", "5"],
        ["2026-02-10", "-3"],
        ["2026-02-10", "5.5"],
        ["2026-02-10", "9" * 5000],
        ["2026-02-10", "29999"],
        ["2026-02-10"],
        [],
    ],
)
def test_the_command_refuses_wrong_input_with_status_2(app, arguments):
    done = app.test_cli_runner().invoke(args=["calendar", "due", *arguments])
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_counts_on_the_published_calendar(office):
    version = drafted(office)
    office.as_("admin").post(f"/calendar/versions/{version}/publication")
    done = office.app.test_cli_runner().invoke(args=["calendar", "due", "2027-01-29", "1"])
    assert done.stdout == "2027-01-31\n"


# --- what others see meanwhile


def test_the_queue_and_the_case_page_read_the_version_once(office):
    case_id = office.accepted(HYGIENE)
    for path, most in (("/queue/", 8), (f"/cases/{case_id}", 25)):
        browser = office.as_("jinlan")
        browser.get(path)
        with office.counted() as statements:
            assert browser.get(path).status_code == 200
        read = [each for each in statements if "calendar_versions" in each]
        assert len(read) <= 1, (path, read)
        assert len(statements) <= most, statements


def test_a_case_explains_itself_on_the_calendar_it_was_counted_on(office):
    (case_id,) = late_cases(office)
    with office.work() as centre:
        told = centre.session.get_one(Case, case_id).statutory_due
        day = date(2026, 12, 9)
        closure = Closure(day, day + timedelta(days=2), "台风停工（示例）", "示例令〔2026〕2号")
        draft = calendar_drafts.draft_closure(centre.session, centre.staff["admin"], closure, centre.now)
        calendar_rehearsal.rehearse_some(centre.session, draft, centre.now)
        calendar_publishing.publish(centre.session, draft.id, centre.staff["admin"], centre.now)
    page = words(office.as_("jiancha").get(f"/cases/{case_id}"))
    assert f"{told:%Y-%m-%d}" in page
    assert "台风停工" not in page
    jobs.recount(office.engine, lambda: MONDAY)
    assert "台风停工（示例）" in words(office.as_("jiancha").get(f"/cases/{case_id}"))
