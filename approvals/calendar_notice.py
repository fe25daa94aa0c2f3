"""Judges what a notice says as a whole: no day both ways, none left out that the law gives, no workday invented."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from .calendar import FIRST, LAST
from .calendar_import import Fault, Statement, UnreadableNotice
from .errors import DomainError
from .holidays import YearNotice, statutory
from .messages import N_

SINCE_2025 = 13
"""Days off the State Council's measures give a year (全国年节及纪念日放假办法, 2024), weekends made up for."""


class NoticeYear(DomainError):
    """The calendar ends somewhere, and an announced year is replaced only where that is said."""

    message = N_("年份须在 %(first)s 至 %(last)s 之间。")
    status = 422


@dataclass(frozen=True)
class Warned:
    """What is odd but possible: a message id with its parameters."""

    message: str
    params: Mapping[str, object]


def judged(statements: Sequence[Statement], year: int) -> YearNotice:
    """The notice its statements make. Raises ``NoticeYear``, or ``UnreadableNotice`` with all that contradicts."""
    if not FIRST.year <= year <= LAST.year:
        raise NoticeYear(first=str(FIRST.year), last=str(LAST.year))
    said: dict[date, Statement] = {}
    faults = []
    for each in statements:
        before = said.setdefault(each.day, each)
        faults += [Fault(each.line, *fault) for fault in _faults(each, before, year)]
    off = {day: _feast(each) for day, each in sorted(said.items()) if each.off}
    faults += _left_out(off, year)
    if faults:
        raise UnreadableNotice(faults)
    return YearNotice(year, off, frozenset(said) - frozenset(off))


def _left_out(off: Mapping[date, str], year: int) -> Iterator[Fault]:
    """Every statutory day the notice does not name, by feast."""
    days: dict[str, list[str]] = {}
    for day, name in statutory(year).items():
        if day not in off:
            days.setdefault(name, []).append(day.isoformat())
    for name, missing in days.items():
        yield Fault(
            0,
            N_(
                "没有列出法定节假日：%(name)s %(days)s。放假通知须包括《全国年节及纪念日放假办法》规定的每一天。"
            ),
            {"name": name, "days": missing},
        )


def _feast(each: Statement) -> str:
    """One feast for a day of two that are kept together (国庆节、中秋节): the day's own, else the first."""
    names = each.name.split("、")
    own = statutory(each.day.year).get(each.day, "")
    return own if own in names else names[0]


def _faults(each: Statement, before: Statement, year: int) -> Iterator[tuple[str, dict[str, object]]]:
    """What one statement contradicts: the calendar, the statute, or the first one of the same day."""
    day = {"day": each.day, "year": str(year)}
    if each.day.year != year and (each.day.year, each.day.month) != (year - 1, 12):
        yield N_("%(day)s 不属于 %(year)s 年放假通知的范围。"), day
        return
    if before.off != each.off:
        yield N_("%(day)s 与第 %(line)s 行矛盾：既列为放假又列为上班。"), day | {"line": before.line}
    elif each.off and before.name != each.name:
        yield (
            N_("%(day)s 在第 %(line)s 行是“%(name)s”，两处不一致。"),
            day
            | {
                "line": before.line,
                "name": before.name,
            },
        )
    if each.off:
        return
    if each.day.weekday() < 5:
        yield N_("%(day)s 本来就是工作日；调休上班只能是周六或周日。"), day
    elif name := statutory(each.day.year).get(each.day):
        yield N_("%(day)s 是法定节假日（%(name)s），不能列为上班。"), day | {"name": name}


def warnings(notice: YearNotice) -> list[Warned]:
    """What an administrator should look at again before publishing."""
    net = sum(day.weekday() < 5 for day in notice.off) - len(notice.worked)
    if notice.year < 2025 or net == SINCE_2025:
        return []
    return [
        Warned(
            N_(
                "放假占用的工作日减去调休上班共 %(net)s 天，按《全国年节及纪念日放假办法》应为 %(right)s 天，请核对。"
            ),
            {"net": net, "right": SINCE_2025},
        )
    ]
