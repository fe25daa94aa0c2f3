"""Where every date comes from, in plain words (看看每个日期怎么算的): receipt, the case's clock, those of its parts.

Officers are not named. A date is provisional by itself, never for the whole case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from approvals import clock
from approvals.calendar import WorkingCalendar
from approvals.messages import N_
from approvals.queries.clocks import Clock
from approvals.queries.tracking_rows import Tracked
from approvals.silence import Period
from approvals.tables import Correction
from approvals.terms import CaseState

from .. import replay, strip
from ..i18n import day, local
from ..replay import Day, Line
from ..strip import Strip
from .holding import unanswered
from .words import _

ARTICLE_32 = "《中华人民共和国行政许可法》第三十二条"
WARNING = "correction_warning"
PLAIN = {
    N_("开始计算期限，当日不计入。"): N_("受理了您的申请。办理期限从下一个工作日开始算，当天不算。"),
    N_("停表：当日计入，此后的时间不计入期限。"): N_(
        "计时暂停：依法进行的程序不占用办理期限，当天仍算，从次日起不算。"
    ),
    N_("又一项停表事由开始，重叠的时间只扣除一次。"): N_(
        "又有一项依法不计时的程序开始，重叠的时间只扣除一次。"
    ),
    N_("一项停表事由结束，其他停表事由仍在继续。"): N_("一项程序结束，另一项还在进行，计时仍然暂停。"),
    N_("恢复计时，当日不计入。"): N_("程序结束，接着计时，从下一个工作日算起。"),
    N_("承诺期限 %(days)s 个工作日，至此届满。"): N_("承诺期限 %(days)s 个工作日，最迟这一天作出决定。"),
    N_("承诺期限 %(days)s 日，至此届满；末日不是工作日的，顺延。"): N_(
        "承诺期限 %(days)s 日，最迟这一天作出决定；末日不是工作日的，顺延。"
    ),
    N_("法定期限 %(days)s 个工作日，至此届满。"): N_("法律规定的期限 %(days)s 个工作日，到这一天届满。"),
    N_("法定期限 %(days)s 日，至此届满；末日不是工作日的，顺延。"): N_(
        "法律规定的期限 %(days)s 日，到这一天届满；末日不是工作日的，顺延。"
    ),
    N_("单项依法停表，其中 %(days)s 个工作日在关键路径上，整件顺延。"): N_(
        "有的部门依法暂停计时，其中 %(days)s 个工作日推后了整件的日期。"
    ),
    N_("承诺期限已于 %(day)s 届满，不因此改变。"): N_("承诺的日期 %(day)s 已经错过，不因此改变。"),
    N_("窗口 %(closing)s 下班后办理，按次一工作日计。"): N_(
        "在窗口 %(closing)s 下班后办理，按下一个工作日计。"
    ),
    N_("作出决定，期限停止计算。"): N_("作出了决定，不再计时。"),
}
"""The ledger's own sentences, said to somebody who does not keep one; any other stands as it is."""


@dataclass(frozen=True)
class Explained:
    """One clock in words; ``name`` is empty for the case's own, which is told with the receipt before it."""

    name: str
    lines: Sequence[Line]
    strip: Strip | None


def explained(seen: Tracked, calendar: WorkingCalendar, today: date) -> list[Explained]:
    """The case, then each part with a clock of its own; ``calendar`` is the one its dates were counted on."""
    whole = _explained("", seen.clocks.case, calendar, today, before=_receipt(seen, calendar, today))
    parts = [
        _explained(f"{local(part.department)} · {local(part.name)}", own, calendar, today)
        for part in seen.parts
        if (own := seen.clocks.parts.get(part.id))
    ]
    return [whole, *parts] if whole.lines else []


def _explained(
    name: str, own: Clock, calendar: WorkingCalendar, today: date, before: Sequence[Line] = ()
) -> Explained:
    lines = [*before, *replay.lines_of(own, calendar, today, PLAIN)]
    return Explained(name, lines, strip.strip_of(own, calendar, today))


def _receipt(seen: Tracked, calendar: WorkingCalendar, today: date) -> list[Line]:
    """Receipt, the five days to tell everything at once, and before acceptance the notice that waits for its answer."""
    case = seen.case
    found = []
    if case.received_at is not None:
        found.append(_line(clock.local_day(case.received_at), _("收到申请材料。"), calendar, today))
    if case.state == CaseState.CHECKING and case.notify_by is not None:
        words = _("最迟在这一天（5 个工作日内）一次告知是否受理、需要补正什么。")
        found.append(_line(clock.local_day(case.notify_by), words, calendar, today))
    if seen.correction is not None and seen.answer is not None and case.accepted_at is None:
        found += _correction(seen, seen.correction, seen.answer, calendar, today)
    return sorted(found, key=lambda line: line.when.day)


def _correction(
    seen: Tracked, notice: Correction, period: Period, calendar: WorkingCalendar, today: date
) -> list[Line]:
    """The notice with its number, the reminder, and the day to answer by with what follows."""
    issued, last = clock.local_day(notice.issued_at), clock.local_day(period.ends_at)
    told = _("补正告知已于 %(day)s 发出，答复期限 %(until)s。", day=day(issued), until=day(notice.answer_by))
    number = next((paper.number for paper in seen.papers if paper.id == notice.document_id), "")
    ending = _line(last, _("请在 %(day)s 前补正", day=day(last)), calendar, today)
    return [
        replace(_line(issued, told, calendar, today), document_number=number),
        *_reminder(seen, notice, period, calendar, today),
        replace(
            ending,
            when=Day(last, period.provisional or ending.when.provisional),
            notes=(unanswered(seen.case, notice, period),),
        ),
    ]


def _reminder(
    seen: Tracked, notice: Correction, period: Period, calendar: WorkingCalendar, today: date
) -> list[Line]:
    """When the applicant was reminded in writing, or will be; nobody is of a notice that moves no acceptance."""
    at = clock.local_day(notice.warned_at or period.remind_at)
    if not notice.moves_acceptance or (notice.warned_at is None and at < today):
        return []
    sent = [paper for paper in seen.papers if paper.kind == WARNING and paper.issued_at == notice.warned_at]
    number = sent[-1].number if sent else ""
    return [replace(_line(at, _("补正期限提醒"), calendar, today), document_number=number)]


def _line(on: date, words: str, calendar: WorkingCalendar, today: date) -> Line:
    return Line(
        replay.marked(on, calendar), None, words, (), ARTICLE_32, "", None, None, None, ahead=on > today
    )
