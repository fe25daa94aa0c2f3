"""Reads a State Council notice (放假通知) from what an administrator pastes or uploads: dates, CSV, or its sentences.

A line that cannot be read is told with its number and the reason; nothing is guessed. What the lines say
together is judged in ``calendar_notice``.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from .errors import DomainError
from .messages import N_

LONGEST_SPAN = 20  # days; no feast ever had more, so a longer one is a slip of the pen
MOST_LINES = 400
ENCODINGS = ("utf-8-sig", "gb18030")  # GB 18030 reads GBK and GB 2312 too
WEEKDAYS = "一二三四五六日"
WEEKDAY_NAMES = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))
KINDS: Mapping[str, bool] = {
    "放假": True, "休": True, "休息": True, "假": True, "放假调休": True, "off": True, "holiday": True,
    "上班": False, "班": False, "补班": False, "调休": False, "调休上班": False, "work": False, "workday": False,
}  # fmt: skip
"""Words for a day off (True) and for a weekend day worked (False)."""

_DAY = (
    r"(?:(?P<year>\d{4})(?:年|[-/.]))?(?:(?P<month>\d{1,2})(?:月|[-/.]))?(?P<day>\d{1,2})日"
    r"|(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})|(?P<plain>\d{8})"
)
_TOKEN = re.compile(rf"(?:{_DAY})(?![\d年月日])\s*(?:\((?P<aside>[^()]*)\))?")
_UNTIL = re.compile(r"\s*(?:至|到|~|-+|—+|–)\s*")
_NUMBERED = re.compile(r"(?:[一二三四五六七八九十]+、|\(?\d{1,2}[.、)])\s*(?=\D)")
_NEXT_FEAST = re.compile(r"(?<=[。;])\s*(?=[一二三四五六七八九十]+、)")
_NAMED = re.compile(r"(?P<name>[^:\d]{1,20}):(?P<rest>.+)")
_WEEKDAY = re.compile(rf"(?:周|星期|礼拜)([{WEEKDAYS}天])")
_COUNT = re.compile(r"共\s*(\d+)\s*天|放假\s*(\d+)\s*天")
_HEADER = re.compile(r"(?:day|date|日期)\s*[,;\t]", re.IGNORECASE)
_TITLE = re.compile(r"关于\s*(?P<year>\d{4})年?.{0,8}节假日安排")
_AROUND = re.compile(
    r"国务院办公厅(?:关于.*)?$|国办发.*号$|各省、|经国务院批准|节假日期间|中华人民共和国国务院|\d{4}年\d{1,2}月\d{1,2}日$"
)
"""What stands around the list in a notice pasted whole: title, number, salutation, close, signature."""

SAMPLES = """\
春节：2月5日（周五）至11日（周四）放假调休，共7天。1月31日（周日）上班。
2027-02-05 至 2027-02-11 放假 春节
2027-01-31 上班 春节
day,kind,name
2027-02-05,off,春节
2027-01-31,work,春节"""
"""The forms that can be read, as the page shows them."""


@dataclass(frozen=True)
class Statement:
    """What one line says of one day; ``line`` counts from 1."""

    line: int
    day: date
    off: bool
    name: str


@dataclass(frozen=True)
class Fault:
    """Why a line (0: the notice as a whole) cannot stand: a message id with its parameters."""

    line: int
    message: str
    params: Mapping[str, object]
    text: str = ""


class UnreadableNotice(DomainError):
    """``faults`` say of every line what is wrong; nothing was written."""

    message = N_("有 %(count)s 处读不懂或互相矛盾，没有写入任何内容。请按行更正后再导入。")
    status = 422

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(count=len(faults))


class _Wrong(Exception):
    """A line that cannot be read; becomes its ``Fault``."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message, self.params = message, params


def decoded(content: bytes) -> str:
    """The text of an uploaded file: UTF-8 with or without its mark, UTF-16 with it, or GB 18030.

    Raises ``UnreadableNotice`` where it is none of them.
    """
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableNotice([Fault(0, N_("文件不是文本。请上传 CSV 或文本文件（UTF-8 或 GBK 编码）。"), {})])


def read(text: str, year: int) -> list[Statement]:
    """Every day the text names, in its order; months without a year are of ``year``.

    Raises ``UnreadableNotice`` with every line that cannot be read.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    if len(lines) > MOST_LINES:
        raise UnreadableNotice(
            [Fault(0, N_("内容超过 %(most)s 行，不像一份放假通知。"), {"most": MOST_LINES})]
        )
    statements: list[Statement] = []
    faults: list[Fault] = []
    name = ""
    for number, line in enumerate(lines, 1):
        for piece in _NEXT_FEAST.split(unicodedata.normalize("NFKC", line)):
            try:
                found = _read_piece(piece.strip(), year, name)
            except _Wrong as wrong:
                faults.append(Fault(number, wrong.message, wrong.params, line.strip()[:80]))
            else:
                statements += [replace(each, line=number) for each in found]
                name = found[-1].name if found else name
    if not statements and not faults:
        faults.append(
            Fault(0, N_("没有读到任何日期。请粘贴放假通知，或每行写一天：日期、放假或上班、节日名称。"), {})
        )
    if faults:
        raise UnreadableNotice(faults)
    return statements


def _read_piece(line: str, year: int, name: str) -> list[Statement]:
    """One line, or what one feast's number introduces; ``name`` is the feast before it."""
    line = _NUMBERED.sub("", line, count=1) if _NUMBERED.match(line) else line
    title = _TITLE.search(line)
    if title and int(title["year"]) != year:
        raise _Wrong(
            N_("这是 %(found)s 年的通知，所填年份是 %(year)s 年。"), found=title["year"], year=str(year)
        )
    if not line.strip(",;\t ") or title or _HEADER.match(line) or _AROUND.match(line):
        return []
    named = _NAMED.fullmatch(line)
    if named:
        return list(_sentences(named["rest"], named["name"].strip(), year))
    if name and line.endswith("。") and _TOKEN.match(line):  # the feast's sentence goes on in a new line
        return list(_sentences(line, name, year))
    return _record(line, year)


def _record(line: str, year: int) -> list[Statement]:
    """``2027-02-05, off, 春节``: a day or a span, what it is, and what for."""
    days, rest = _leading_days(line, year)
    words = [word for word in re.split(r"[\s,;\"']+", rest) if word]
    if "。" in rest or _TOKEN.search(rest):
        raise _Wrong(N_("一行写了几个日子。请以节日名称和冒号开头，如“春节：2月5日至11日放假调休，共7天。”"))
    kind = words[0].lower() if words else ""
    if kind not in KINDS:
        raise _Wrong(
            N_("日期之后要写“放假”或“上班”（CSV 中为 off 或 work），这里是“%(kind)s”。"), kind=kind[:20]
        )
    name = " ".join(words[1:])[:40]
    if KINDS[kind] and not name:
        raise _Wrong(N_("放假的日子要写明是什么节日。"))
    return [Statement(0, day, KINDS[kind], name) for day in days]


def _leading_days(line: str, year: int) -> tuple[list[date], str]:
    """The day or span at the beginning of the line, and what follows it."""
    text = line.replace('"', " ").replace("'", " ").strip()
    first = _TOKEN.match(text)
    if first is None:
        raise _Wrong(
            N_(
                "行首没有日期。请写成 2027-02-05 放假 春节，或粘贴通知原文“春节：2月5日至11日放假调休，共7天。”"
            )
        )
    until = _UNTIL.match(text, first.end())
    last = _TOKEN.match(text, until.end()) if until else None
    if until and last is None:
        raise _Wrong(N_("“至”后面没有读到日期。"))
    start = _day_of(first, year, None)
    if last is None:
        return [start], text[first.end() :]
    return _span(start, _day_of(last, year, start)), text[last.end() :]


def _sentences(text: str, name: str, year: int) -> Iterator[Statement]:
    """``2月5日至11日放假调休，共7天。1月31日（周日）上班。`` of one feast."""
    before: date | None = None
    for sentence in filter(None, re.split(r"[。;]", text)):
        if "鼓励" in sentence:  # an employer may, nobody must
            continue
        days: list[date] = []
        for span in _spans(sentence, year, before):
            days += span
            before = days[-1]
        if not days:
            raise _Wrong(N_("“%(sentence)s”里没有读到日期。"), sentence=sentence.strip()[:40])
        off = _is_off(sentence)
        counted = _COUNT.search(sentence)
        said = int(counted[1] or counted[2]) if counted else len(days)
        if said != len(days):
            raise _Wrong(N_("写明共 %(said)s 天，实际列出 %(found)s 天。"), said=said, found=len(days))
        yield from (Statement(0, day, off, name) for day in days)


def _is_off(sentence: str) -> bool:
    works, rests = "上班" in sentence, any(word in sentence for word in ("放假", "休息", "补休"))
    if works == rests:
        raise _Wrong(N_("“%(sentence)s”没有说清是放假还是上班。"), sentence=sentence.strip()[:40])
    return rests


def _spans(sentence: str, year: int, before: date | None) -> Iterator[list[date]]:
    """The days a sentence names, spans filled in; a day without month is of the month before it."""
    tokens = list(_TOKEN.finditer(sentence))
    index = 0
    while index < len(tokens):
        first = _day_of(tokens[index], year, before)
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if following and _UNTIL.fullmatch(sentence, tokens[index].end(), following.start()):
            last = _day_of(following, year, first)
            index += 1
        else:
            last = first
        yield _span(first, last)
        before, index = last, index + 1


def _span(first: date, last: date) -> list[date]:
    length = (last - first).days + 1
    if length < 1:
        raise _Wrong(N_("%(last)s 早于 %(first)s。"), first=first, last=last)
    if length > LONGEST_SPAN:
        raise _Wrong(N_("%(first)s 至 %(last)s 有 %(length)s 天，超过 20 天，请核对。"),
                     first=first, last=last, length=length)  # fmt: skip
    return [first + timedelta(days=n) for n in range(length)]


def _day_of(token: re.Match[str], year: int, before: date | None) -> date:
    """The day a token names; the weekday in brackets beside it must be its own."""
    if token["plain"]:
        parts = (token["plain"][:4], token["plain"][4:6], token["plain"][6:])
    elif token["y"]:
        parts = (token["y"], token["m"], token["d"])
    else:
        month = token["month"] or (str(before.month) if before else "")
        said = token["year"] or str(before.year if before and not token["month"] else year)
        parts = (said, month, token["day"])
    if not parts[1]:
        raise _Wrong(N_("“%(day)s”没有写月份。"), day=token[0].strip())
    try:
        day = date(*(int(part) for part in parts))
    except ValueError:
        raise _Wrong(N_("没有“%(day)s”这一天。"), day=token[0].strip()) from None
    weekday = _WEEKDAY.search(token["aside"] or "")
    said_day = WEEKDAYS.index(weekday[1].replace("天", "日")) if weekday else day.weekday()
    if said_day != day.weekday():
        names = {"right": WEEKDAY_NAMES[day.weekday()], "said": WEEKDAY_NAMES[said_day]}
        raise _Wrong(
            N_("%(day)s 是%(right)s，不是%(said)s。请核对日期和年份。"), day=day.isoformat(), **names
        )
    return day
