"""A lamp as people read it: its colour's code and how many working days are left."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from approvals import clock, deadlines
from approvals.calendar import CalendarRange
from approvals.tables import Case, Task
from approvals.terms import CaseState, Lamp

from .calendars import calendar
from .i18n import is_provisional


@dataclass(frozen=True)
class Light:
    """What ``ui.lamp`` draws: the code, the words beside it, whether the date may still change."""

    code: str
    words: str
    provisional: bool


def light(
    *,
    promised_due: datetime | None,
    statutory_due: datetime | None,
    yellow_at: datetime | None,
    paused: bool,
    paused_left: int | None,
    provisional: bool,
    now: datetime,
) -> Light:
    """The lamp of one clock; ``paused_left`` are working days.

    A lamp says what is left until the promised day, so it is provisional with that day alone: the statutory day
    behind it may fall in next year.
    """
    code = deadlines.lamp(promised_due, statutory_due, yellow_at, paused, now)
    due = promised_due or statutory_due
    if code == Lamp.PAUSED:
        words = _("停表，余 %(days)s 个工作日", days=paused_left) if paused_left is not None else _("停表")
        return Light(code, words, provisional)
    return Light(code, days_left_words(due, now) if due else _(code.label), is_provisional(due))


def light_of(subject: Any, now: datetime) -> Light:
    """The lamp of a case or of a part; of a case still being checked, by the end of the five days (32).

    What was decided keeps the lamp it had then, and says by how much the promise was kept or missed.
    """
    names = ("promised_due", "statutory_due", "yellow_at", "paused", "paused_left", "provisional")
    dates = {name: getattr(subject, name) for name in names}
    if dates["promised_due"] is None and subject.state == CaseState.CHECKING:
        dates["promised_due"] = getattr(subject, "notify_by", None)
    stopped = getattr(subject, "stopped_at", None)
    shown = light(**dates, now=min(now, stopped or now))
    due = dates["promised_due"] or dates["statutory_due"]
    if stopped is None or due is None or shown.code == Lamp.PAUSED:
        return shown
    return Light(shown.code, kept_words(due, stopped), provisional=False)


def light_of_task(task: Task, now: datetime) -> Light:
    """The lamp of one task, by its own due day."""
    return light(
        promised_due=task.promised_due,
        statutory_due=task.statutory_due,
        yellow_at=task.yellow_at,
        paused=task.paused,
        paused_left=task.paused_left,
        provisional=task.provisional,
        now=now,
    )


def settled_words(case: Case) -> str:
    """Of a decided case: when it was decided, and by how much the promise was kept or missed; empty for any other."""
    if case.decided_at is None:
        return ""
    day = clock.local_day(case.decided_at).isoformat()
    if case.promised_due is None:
        return str(_("已于 %(day)s 作出决定", day=day))
    left = deadlines.days_left(case.promised_due, case.decided_at, calendar())
    if left > 0:
        return str(
            ngettext(
                "已于 %(day)s 作出决定，比承诺提前 %(num)s 个工作日",
                "已于 %(day)s 作出决定，比承诺提前 %(num)s 个工作日",
                left,
                day=day,
            )
        )
    if left < 0:
        return str(
            ngettext(
                "已于 %(day)s 作出决定，超过承诺 %(num)s 个工作日",
                "已于 %(day)s 作出决定，超过承诺 %(num)s 个工作日",
                -left,
                day=day,
            )
        )
    return str(_("已于 %(day)s 作出决定，在承诺期限之内", day=day))


def kept_words(due: datetime, stopped: datetime) -> str:
    """``提前 3 个工作日``, ``按期`` or ``超 2 个工作日``."""
    left = deadlines.days_left(due, stopped, calendar())
    if left == 0:
        return str(_("按期"))
    if left > 0:
        return str(ngettext("提前 %(num)s 个工作日", "提前 %(num)s 个工作日", left))
    return str(ngettext("超 %(num)s 个工作日", "超 %(num)s 个工作日", -left))


def days_left_words(due: datetime, now: datetime) -> str:
    """``还剩 3 个工作日``, ``今天到期`` or ``已超 2 个工作日``."""
    try:
        left = deadlines.days_left(due, now, calendar())
    except CalendarRange:  # a date beyond every calendar still has its day
        return ""
    if left == 0:
        return str(_("今天到期"))
    if left > 0:
        return str(ngettext("还剩 %(num)s 个工作日", "还剩 %(num)s 个工作日", left))
    return str(ngettext("已超 %(num)s 个工作日", "已超 %(num)s 个工作日", -left))


__all__ = ["Light", "days_left_words", "kept_words", "light", "light_of", "light_of_task", "settled_words"]
