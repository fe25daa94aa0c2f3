"""Reading a notice: the forms people paste, and every way it can be wrong, told by line."""

from datetime import date
from typing import Any

import pytest

from approvals.calendar_import import MOST_LINES, UnreadableNotice, decoded, read
from approvals.calendar_notice import NoticeYear, judged, warnings
from approvals.holidays import announced, statutory
from tests.calendar_notices import INVENTED_2027, NOTICES

FEAST = {f"2027-02-{day:02}": "春节" for day in range(5, 12)}

GOOD = {
    "a day": ("2027-02-05 放假 春节", {"2027-02-05": "春节"}, ""),
    "a span": ("2027-02-05 至 2027-02-11 放假 春节", FEAST, ""),
    "a span with a tilde": ("2027-02-05～2027-02-11 放假 春节", FEAST, ""),
    "two lines": ("2027-02-05 放假 春节\n\n2027-01-31 上班 春节\n", {"2027-02-05": "春节"}, "2027-01-31"),
    "csv": ("2027-02-05,off,春节\n2027-01-31,work,", {"2027-02-05": "春节"}, "2027-01-31"),
    "csv with a header": ("day,kind,name\n2027-02-05,OFF,春节", {"2027-02-05": "春节"}, ""),
    "csv with a Chinese header": ("日期,类型,名称\n2027-02-05,放假,春节", {"2027-02-05": "春节"}, ""),
    "csv of Excel": (
        "\ufeff日期,类型,名称\r\n2027/2/5,放假,春节\r\n2027/1/31,调休,春节\r\n", {"2027-02-05": "春节"}, "2027-01-31",
    ),
    "csv with quotes": ('"2027-02-05","off","春节"', {"2027-02-05": "春节"}, ""),
    "csv with semicolons": ("2027-02-05;off;春节", {"2027-02-05": "春节"}, ""),
    "tabs": ("2027.2.5\t放假\t春节", {"2027-02-05": "春节"}, ""),
    "no dashes": ("20270205 放假 春节", {"2027-02-05": "春节"}, ""),
    "full width": ("２０２７－０２－０５　放假　春节", {"2027-02-05": "春节"}, ""),
    "Chinese date": ("2027年2月5日 放假 春节", {"2027-02-05": "春节"}, ""),
    "a sentence": ("春节：2月5日（周五）至11日（周四）放假调休，共7天。", FEAST, ""),
    "a sentence with its swaps": (
        "二、春节：2月5日至11日放假调休，共7天。1月31日（周日）、2月14日（星期日）上班。", FEAST, "2027-01-31 2027-02-14",
    ),
    "the sentence goes on in the next line": (
        "春节：2月5日至11日放假调休，共7天。\n1月31日（周日）、2月14日上班。", FEAST, "2027-01-31 2027-02-14",
    ),
    "swaps of one month": ("春节：2月14日、20日上班。", {}, "2027-02-14 2027-02-20"),
    "two feasts in one line": (
        "一、元旦：1月1日放假1天。二、春节：2月5日放假。", {"2027-01-01": "元旦", "2027-02-05": "春节"}, "",
    ),
    "over New Year": (
        "元旦：2026年12月31日至2027年1月2日放假，共3天。2026年12月26日、27日上班。",
        {"2026-12-31": "元旦", "2027-01-01": "元旦", "2027-01-02": "元旦"}, "2026-12-26 2026-12-27",
    ),
    "an encouraged day is no day off": ("春节：2月5日放假。鼓励各单位安排职工在2月4日休息。", {"2027-02-05": "春节"}, ""),
}  # fmt: skip


@pytest.mark.parametrize(("text", "off", "worked"), GOOD.values(), ids=list(GOOD))
def test_what_people_paste_is_read(text, off, worked):
    said = read(text, 2027)
    assert {each.day.isoformat(): each.name for each in said if each.off} == off
    assert " ".join(sorted(each.day.isoformat() for each in said if not each.off)) == worked


UNREADABLE = {
    "nothing": ("", 0, "没有读到任何日期"),
    "blank lines": (" \n\n", 0, "没有读到任何日期"),
    "words": ("2027-02-05 放假 春节\n今年过年早", 2, "行首没有日期"),
    "no kind": ("2027-02-05 春节", 1, "日期之后要写“放假”或“上班”"),
    "no name": ("2027-02-05 放假", 1, "写明是什么节日"),
    "no such day": ("2027-02-30 放假 春节", 1, "没有“2027-02-30”这一天"),
    "no such day in words": ("春节：2月30日放假。", 1, "没有“2月30日”这一天"),
    "no month": ("春节：5日放假。", 1, "没有写月份"),
    "an end without a day": ("2027-02-05 至 放假 春节", 1, "“至”后面没有读到日期"),
    "backwards": ("2027-02-11 至 2027-02-05 放假 春节", 1, "2027-02-05 早于 2027-02-11"),
    "too long": ("2027-01-01 至 2027-03-01 放假 春节", 1, "超过 20 天"),
    "another weekday": ("春节：2月5日（周四）放假。", 1, "2027-02-05 是周五，不是周四"),
    "another count": ("春节：2月5日至11日放假，共8天。", 1, "写明共 8 天，实际列出 7 天"),
    "neither off nor worked": ("春节：2月5日至11日。", 1, "没有说清是放假还是上班"),
    "both": ("春节：2月5日放假，2月6日上班。", 1, "没有说清是放假还是上班"),
    "a sentence without a day": ("春节：按惯例放假。", 1, "没有读到日期"),
    "days without a feast": ("2月5日放假调休。1月31日上班。", 1, "以节日名称和冒号开头"),
    "another year's title": ("国务院办公厅关于2026年部分节假日安排的通知\n春节：2月5日放假。", 1, "这是 2026 年的通知"),
    "a book": ("2027-02-05 放假 春节\n" * (MOST_LINES + 1), 0, f"超过 {MOST_LINES} 行"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "reason"), UNREADABLE.values(), ids=list(UNREADABLE))
def test_a_line_that_cannot_be_read_is_told_with_its_number_and_why(text, line, reason):
    with pytest.raises(UnreadableNotice) as refusal:
        read(text, 2027)
    (fault,) = refusal.value.faults
    assert fault.line == line
    assert reason in fault.message % fault.params


def test_all_wrong_lines_are_told_at_once():
    with pytest.raises(UnreadableNotice) as refusal:
        read("abc\n2027-02-05 放假 春节\n2027-13-01 放假 春节\n2027-02-05 休假 春节", 2027)
    assert [fault.line for fault in refusal.value.faults] == [1, 3, 4]
    assert refusal.value.status == 422


@pytest.mark.parametrize(
    ("more", "line", "reason"),
    [
        ("2027-01-02 上班 元旦", 8, "2027-01-02 与第 1 行矛盾：既列为放假又列为上班"),
        ("2027-02-05 放假 清明节", 8, "2027-02-05 在第 2 行是“春节”，两处不一致"),
        ("2028-02-05 放假 春节", 8, "2028-02-05 不属于 2027 年"),
        ("2026-11-29 上班 元旦", 8, "2026-11-29 不属于 2027 年"),
        ("2027-03-03 上班 春节", 8, "2027-03-03 本来就是工作日"),
    ],
)
def test_what_contradicts_itself_the_year_or_the_week_is_refused(more, line, reason):
    with pytest.raises(UnreadableNotice) as refusal:
        judged(read(f"{INVENTED_2027}{more}", 2027), 2027)
    assert [(fault.line, reason in fault.message % fault.params) for fault in refusal.value.faults] == [
        (line, True)
    ]


def test_a_statutory_day_cannot_be_worked():
    with pytest.raises(UnreadableNotice) as refusal:
        judged(read(INVENTED_2027.replace("5月1日（周六）至5日（周三）放假调休，共5天", "5月2日至5日放假，共4天")
                    + "2027-05-01 上班 劳动节", 2027), 2027)  # fmt: skip
    told = [fault.message % fault.params for fault in refusal.value.faults]
    assert any("2027-05-01 是法定节假日（劳动节），不能列为上班" in each for each in told)
    assert any("没有列出法定节假日：劳动节" in each and "2027-05-01" in each for each in told)


def test_a_notice_that_leaves_out_statutory_days_is_refused_with_their_names():
    with pytest.raises(UnreadableNotice) as refusal:
        judged(read("春节：2月5日至12日放假。", 2027), 2027)
    missing: list[Any] = [dict(fault.params) for fault in refusal.value.faults]
    assert missing[:2] == [
        {"name": "元旦", "days": ["2027-01-01"]},
        {"name": "清明节", "days": ["2027-04-05"]},
    ]
    assert sum(len(each["days"]) for each in missing) == len(statutory(2027)) - 4


@pytest.mark.parametrize("year", [2003, 2100, 0, -1, 10**12])
def test_a_year_the_calendar_does_not_reach_is_refused(year):
    with pytest.raises(NoticeYear):
        judged([], year)


def test_what_is_odd_but_possible_is_warned_of():
    notice = judged(read(INVENTED_2027, 2027), 2027)
    assert warnings(notice) == []
    generous = judged(read(INVENTED_2027.replace("5月8日（周六）上班。", ""), 2027), 2027)
    (warned,) = warnings(generous)
    assert warned.params == {"net": 14, "right": 13}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_files_of_excel_and_notepad_are_decoded(encoding):
    text = "日期,类型,名称\n2027-02-05,放假,春节\n"
    assert decoded(text.encode(encoding)).removeprefix("\ufeff") == text


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"PK\x03\x04\x14\0\0\0", b"\xff\xfe\xff"]
)
def test_a_file_that_is_no_text_is_refused(content):
    with pytest.raises(UnreadableNotice):
        decoded(content)


@pytest.mark.parametrize("year", announced())
def test_every_notice_of_the_package_would_be_accepted_as_a_correction(year):
    notice = announced()[year]
    lines = [f"{day} 放假 {name}" for day, name in notice.off.items()]
    lines += [f"{day} 上班" for day in notice.worked]
    if year == 2012:  # the package left out Saturday 23 June, which the notice names
        lines.append("2012-06-23 放假 端午节")
    read_back = judged(read("\n".join(lines), year), year)
    assert read_back.worked == notice.worked
    assert set(read_back.off) >= set(notice.off)
    assert date(year, 10, 1) in read_back.off


@pytest.mark.parametrize("year", [2024, 2025])
def test_a_notice_whose_lines_ran_together_is_read_too(year):
    assert judged(read(NOTICES[year].replace("\n", ""), year), year) == judged(
        read(NOTICES[year], year), year
    )
