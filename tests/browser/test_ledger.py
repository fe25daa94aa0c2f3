"""The clock as people see it: stopped by article 45, going on, extended; each line on the case page and at home."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from random import Random

import pytest

from approvals import clock
from approvals.calendar import default_calendar
from tests.browser import acts
from tests.browser.acts import Receipt
from tests.browser.pages import Browser, words_of
from tests.web import public
from web.demo.applicants import organisations
from web.demo.centre import Centre

pytestmark = pytest.mark.browser

Prepared = Callable[[], AbstractContextManager[Centre]]
ENDING, PROCEDURE, EXTENSION = (
    'form[action$="/end"]',
    'form[action$="/procedures"]',
    'form[action$="/extensions"]',
)
RULING = 'form[action$="-ruling"]'
ARTICLE_45 = "《中华人民共和国行政许可法》第四十五条"
LAB = "示例县疾病预防控制中心（示例）"


def test_a_pause_its_end_and_an_extension_line_by_line(browser: Browser, prepared: Prepared) -> None:
    case, today = accepted_three_days_ago(prepared)
    before = dates(browser, case)
    told_in_writing = stopped(browser, case, today)
    at_home_it_stands(browser, case, told_in_writing)
    going_on(browser, case)
    extended(browser, case, before)
    refused_a_second_time(browser, case)
    line_by_line(browser, case)


def accepted_three_days_ago(prepared: Prepared) -> tuple[Receipt, date]:
    """A hygiene licence: five days promised, twenty by law, a test may be needed."""
    with prepared() as centre:
        today = clock.local_day(centre.now)
        centre.later(days=-3)
        who = next(organisations(Random(45), "宾馆"))
        known = public.known(centre.accept(centre.draft("public_venue_hygiene", {}, who=who)))
    return Receipt(known.id, known.number, known.code), today


def dates(browser: Browser, case: Receipt) -> str:
    """The two dates in the head of the case page."""
    browser.sign_in("jinlan")
    browser.open(f"/cases/{case.case_id}")
    return browser.one(".case-head .dues").text


def stopped(browser: Browser, case: Receipt, today: date) -> str:
    """The officer proposes a test, the head approves it, the applicant is told in writing."""
    browser.press("提出特别程序")
    browser.reads("现场核查、公示、征求意见都计入期限，不能停表")
    browser.fill("kind", "testing", PROCEDURE)
    browser.fill("days", "10", PROCEDURE)
    browser.fill("body", LAB, PROCEDURE)
    browser.fill("reasons", "空气质量须经检测（示例）", PROCEDURE)
    browser.press("提交批准", PROCEDURE)
    browser.reads("批准之前期限照常计算")
    acts.claim(browser, "weijian", case)
    browser.reads(LAB, "空气质量须经检测", "10 个工作日", "金兰")
    browser.picture("30-approve-a-test")
    browser.press("批准，期限停表", RULING)
    until = default_calendar().add(today, 10).day.isoformat()
    browser.reads("停表，余", ARTICLE_45, until)
    browser.open(f"/cases/{case.case_id}?tab=special")
    browser.reads("检测进行中，期限停表", until)
    browser.picture("31-the-clock-stands")
    paper = words_of(browser.paper(browser.button("告知书", "article.procedure")))
    for words in ("特别程序告知书", "检测", "10个工作日", "第四十五条", LAB):
        assert words in paper
    return until


def at_home_it_stands(browser: Browser, case: Receipt, until: str) -> None:
    acts.follow(browser, case)
    browser.reads("停表，余", "检测", until, "特别程序告知书")
    browser.picture("32-the-clock-stands-at-home")


def going_on(browser: Browser, case: Receipt) -> None:
    """The result is there: the clock goes on."""
    browser.sign_in("jinlan")
    browser.open(f"/cases/{case.case_id}")
    browser.fill("result", "检测合格（示例）", ENDING)
    browser.press("登记结束，恢复计时", ENDING)
    browser.reads("特别程序已登记结束")
    assert "停表，余" not in browser.text()


def extended(browser: Browser, case: Receipt, before: str) -> None:
    """Asked for with reasons, approved by the head of the body; both dates move."""
    browser.press("提出延期")
    browser.fill("days", "10", EXTENSION)
    browser.fill("reasons", "整改后需要复核（示例）", EXTENSION)
    browser.press("提交批准", EXTENSION)
    browser.reads("延期申请已提出")
    acts.claim(browser, "weijian", case)
    browser.press("批准延期", RULING)
    browser.reads("延长 10 个工作日")
    assert browser.one(".case-head .dues").text != before


def refused_a_second_time(browser: Browser, case: Receipt) -> None:
    browser.sign_in("jinlan")
    browser.open(f"/cases/{case.case_id}")
    browser.reads("只能延长一次")
    assert not browser.has(EXTENSION)


def line_by_line(browser: Browser, case: Receipt) -> None:
    """The same story in the ledger of the case page and on the applicant's own page: what, on what ground, by which paper."""
    lines = [row.text for row in browser.all("table.clock-lines tbody tr")]
    story = (
        ("起算", "第四十二条", "受〔"),
        ("停表", ARTICLE_45, "特〔"),
        ("恢复计时", "特结〔"),
        ("延长 10 个工作日", "第四十二条第一款", "延〔"),
    )
    tells(lines, story)
    browser.picture("33-ledger")
    acts.follow(browser, case)
    at_home = [row.text for row in browser.all("ol.dates > li")]
    tells(
        at_home, (("受理", "受〔"), ("暂停", ARTICLE_45, "特〔"), ("特结〔",), ("延长 10 个工作日", "延〔"))
    )
    browser.reads("特别程序结束告知书", "延期告知书")
    browser.narrow()
    browser.picture("34-ledger-at-home-on-a-phone")
    browser.wide()


def tells(lines: list[str], story: tuple[tuple[str, ...], ...]) -> None:
    """Each chapter of the story stands in one line, and the lines in its order."""
    places = []
    for chapter in story:
        found = [n for n, line in enumerate(lines) if all(words in line for words in chapter)]
        assert found, f"{chapter} is in no line of {lines}"
        places.append(found[0])
    assert places == sorted(places), lines
