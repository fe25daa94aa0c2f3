"""Where every date comes from, line by line (每个日期怎么来的)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from approvals import clock
from approvals.calendar import Skipped, WorkingCalendar
from approvals.deadline_lines import ReplayLine
from approvals.queries.tracking_rows import Tracked
from approvals.terms import CaseState

from ..i18n import clauses, listed, speak
from .words import _, ngettext

ARTICLE_32 = "《中华人民共和国行政许可法》第三十二条"


@dataclass(frozen=True)
class DateLine:
    """One day with what happened or will, what was not ngettext on the way there, and its ground."""

    day: date
    words: str
    notes: tuple[str, ...] = ()
    ground: str = ""
    ahead: bool = False
    provisional: bool = False


def lines(seen: Tracked, calendar: WorkingCalendar, today: date) -> list[DateLine]:
    """Receipt, then the ledger as replayed, in the order of the days."""
    return [*_receipt(seen, today), *(_ledger_line(line, calendar, today) for line in seen.deadline.lines)]


def _receipt(seen: Tracked, today: date) -> list[DateLine]:
    case = seen.case
    found = []
    if case.received_at is not None:
        found.append(DateLine(clock.local_day(case.received_at), _("收到申请材料。"), ground=ARTICLE_32))
    if case.state == CaseState.CHECKING and case.notify_by is not None:
        last = clock.local_day(case.notify_by)
        words = _("最迟在这一天（5 个工作日内）一次告知是否受理、需要补正什么。")
        found.append(DateLine(last, words, ground=ARTICLE_32, ahead=last > today))
    return found


def _ledger_line(line: ReplayLine, calendar: WorkingCalendar, today: date) -> DateLine:
    notes = [speak(note.message, note.params) for note in line.notes]
    if line.skipped:
        notes.append(_not_ngettext(line.skipped))
    if line.worked:
        notes.append(_("调休上班的周末照常计算：%(days)s。", days=_days(line.worked)))
    return DateLine(
        day=line.day,
        words=speak(line.text.message, line.text.params),
        notes=tuple(notes),
        ground=" · ".join(filter(None, (line.article, line.document_number))),
        ahead=line.day > today,
        provisional=calendar.is_provisional(line.day),
    )


def _not_ngettext(skipped: Sequence[Skipped]) -> str:
    """``不计 6 天：周末 4 天（11-28、11-29…）；国庆节 2 天``."""
    reasons = sorted(skipped, key=lambda entry: entry.reason)
    groups = [
        _("%(reason)s %(count)s 天", reason=_(reason), count=len(days))
        + (_("（%(days)s）", days=_days(days)) if len(days) <= 4 else "")
        for reason, group in groupby(reasons, key=lambda entry: entry.reason)
        if (days := [entry.day for entry in group])
    ]
    whole = ngettext("其间不计 %(num)s 天", "其间不计 %(num)s 天", len(skipped))
    return whole + _("：") + clauses(groups)


def _days(days: Sequence[date]) -> str:
    return listed(f"{day:%m-%d}" for day in days)
