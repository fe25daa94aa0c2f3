"""A replayed ledger in words: every line with its notes, the days that did not count, and each date with its mark.

A date is provisional (暂定) by itself: the promised day of a case may be certain while its statutory day is not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from babel.dates import format_interval, format_skeleton
from flask_babel import get_locale, gettext, ngettext

from approvals.calendar import Skipped, WorkingCalendar
from approvals.deadline_lines import ReplayLine
from approvals.holidays import WEEKEND
from approvals.ledger_acts import Text
from approvals.limits import EntryKind
from approvals.messages import N_
from approvals.queries.clocks import Clock

from .i18n import clauses, listed, speak

FEW_DAYS = 4
MONTH_DAY = "MMMd"


class Day(NamedTuple):
    """A day with its mark."""

    day: date
    provisional: bool


@dataclass(frozen=True)
class Line:
    """One line: ``kind`` is None where a limit ends; ``promised`` and ``statutory`` are where it leads."""

    when: Day
    kind: EntryKind | None
    words: str
    notes: tuple[str, ...]
    article: str
    document_number: str
    officer_id: int | None
    promised: Day | None
    statutory: Day | None
    ahead: bool


def lines_of(
    clock: Clock, calendar: WorkingCalendar, today: date, plain: Mapping[str, str] | None = None
) -> list[Line]:
    """The lines of one clock, replayed on ``calendar``; ``plain`` says some of them in plainer words.

    A limit that would have ended after the decision, or another end, ended with it and has no line of its own.
    """
    untils = iter([entry.until for entry in clock.entries])
    last = clock.ended_on or date.max
    lines = [
        _line(line, next(untils, None) if line.kind else None, calendar, today, plain or {})
        for line in clock.deadline.lines
        if line.kind or line.day <= last
    ]
    if clock.stopped_on is None:
        return lines
    return sorted([*lines, _stopped(clock.stopped_on, calendar)], key=lambda line: line.when.day)


def _stopped(day: date, calendar: WorkingCalendar) -> Line:
    """The end of what was done or given up: the ledger has a line for decisions alone."""
    words = str(gettext("已经办完或终止，期限不再计算。"))
    return Line(marked(day, calendar), EntryKind.END, words, (), "", "", None, None, None, ahead=False)


def _line(
    line: ReplayLine, until: date | None, calendar: WorkingCalendar, today: date, plain: Mapping[str, str]
) -> Line:
    return Line(
        when=marked(line.day, calendar),
        kind=line.kind,
        words=_said(line.text, plain),
        notes=(*_told(until), *(_said(note, plain) for note in line.notes), *_days_between(line)),
        article=speak(line.article) if line.article else "",
        document_number=line.document_number,
        officer_id=line.officer_id,
        promised=marked(line.promised, calendar) if line.promised else None,
        statutory=marked(line.statutory, calendar) if line.statutory else None,
        ahead=line.day > today,
    )


def marked(day: date, calendar: WorkingCalendar) -> Day:
    """A day, provisional where its year is not announced."""
    return Day(day, calendar.is_provisional(day))


def _said(text: Text, plain: Mapping[str, str]) -> str:
    return speak(plain.get(text.message, text.message), text.params)


def _told(until: date | None) -> list[str]:
    return [speak(N_("书面告知的结束日：%(day)s。"), {"day": until})] if until else []


def _days_between(line: ReplayLine) -> list[str]:
    """What was not counted on the way here, and the weekend days that were."""
    said = []
    if line.skipped:
        said.append(_skipped_words(line.skipped))
    if line.worked:
        days = listed(month_day(day) for day in line.worked)
        said.append(gettext("调休上班的周末照常计入：%(days)s。", days=days))
    return [str(one) for one in said]


def _skipped_words(days: Sequence[Skipped]) -> str:
    """``其间不计 11 天：国庆节 10月1日至7日 7 天；周末 4 天（10月17日、10月18日…）``."""
    whole = ngettext("其间不计 %(num)s 天：", "其间不计 %(num)s 天：", len(days))
    return str(whole) + clauses(skipped_runs(days))


def skipped_runs(days: Sequence[Skipped]) -> list[str]:
    """Days not counted by what they are: a feast as one stretch, weekends together after all the feasts."""
    weekends = [each.day for each in days if each.reason == WEEKEND]
    feasts = [each for each in days if each.reason != WEEKEND]
    said = [_stretch(run[0].reason, run[0].day, run[-1].day) for run in _runs(feasts)]
    return [*said, *([_weekends(weekends)] if weekends else [])]


def _runs(days: Sequence[Skipped]) -> list[list[Skipped]]:
    """Days of one name that follow each other."""
    runs: list[list[Skipped]] = [[day] for day in days[:1]]
    for before, each in pairwise(days):
        if each.reason == before.reason and (each.day - before.day).days == 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs


def _stretch(reason: str, first: date, last: date) -> str:
    count = (last - first).days + 1
    if count == 1:
        return str(gettext("%(reason)s %(day)s", reason=gettext(reason), day=month_day(first)))
    span = format_interval(first, last, MONTH_DAY, locale=get_locale() or "zh")
    return str(
        ngettext(
            "%(reason)s %(span)s %(num)s 天",
            "%(reason)s %(span)s %(num)s 天",
            count,
            reason=gettext(reason),
            span=span,
        )
    )


def _weekends(days: Sequence[date]) -> str:
    count = str(ngettext("周末 %(num)s 天", "周末 %(num)s 天", len(days)))
    if len(days) > FEW_DAYS:
        return count
    return str(gettext("%(days)s（%(which)s）", days=count, which=listed(month_day(day) for day in days)))


def month_day(day: date) -> str:
    """``2月4日``."""
    return str(format_skeleton(MONTH_DAY, day, locale=get_locale() or "zh"))


def numbers_of(lines: Iterable[Line]) -> set[str]:
    """The document numbers that stand on the lines."""
    return {line.document_number for line in lines if line.document_number}
