"""The words of the deadline ledger (期限台账): limits, entries, and how an entry can be wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from .calendar import CalendarDays, WorkingCalendar
from .clock import local
from .errors import DomainError
from .messages import N_
from .terms import Term

CLOSING = time(17)  # end of the window's hours in Asia/Shanghai, where the centre sets no other


class Unit(Term):
    """In what a limit is counted."""

    WORKING = "working", N_("工作日")
    CALENDAR = "calendar", N_("自然日")


class Track(Term):
    """Which of the two limits (承诺、法定) an entry touches."""

    BOTH = "both", N_("承诺期限和法定期限")
    PROMISED = "promised", N_("承诺期限")
    STATUTORY = "statutory", N_("法定期限")


class EntryKind(Term):
    """What an entry does to the clock."""

    START = "start", N_("起算")
    PAUSE = "pause", N_("停表")
    RESUME = "resume", N_("恢复计时")
    EXTEND = "extend", N_("延期")
    CALENDAR = "calendar", N_("日历变更")
    END = "end", N_("办结")


NEEDS_ARTICLE = (EntryKind.START, EntryKind.PAUSE, EntryKind.EXTEND, EntryKind.CALENDAR)
"""What moves a date to somebody's cost needs its ground; a resume and an end do not."""


class Channel(Term):
    """Where an act is done: at the window it ends with the window's hours, online at 24:00."""

    WINDOW = "window", N_("窗口")
    ONLINE = "online", N_("线上")


class ClockNotStarted(DomainError):
    """The first entry of a ledger must be a start."""

    message = N_("期限尚未起算，不能登记“%(kind)s”。")
    status = 409


class ClockStartedTwice(DomainError):
    """A clock starts once."""

    message = N_("期限已于 %(day)s 起算，不能重复起算。")
    status = 409


class LedgerOrder(DomainError):
    """An entry earlier than the one before it: the ledger is written in the order of time."""

    message = N_("台账须按时间先后登记：%(at)s 早于上一条记录 %(last)s。")
    status = 409


class ResumeWithoutPause(DomainError):
    """Nothing is paused on this track."""

    message = N_("“%(track)s”没有处于停表状态，不能恢复计时。")
    status = 409


class ClockEnded(DomainError):
    """Nothing moves a date any more once the decision is made."""

    message = N_("办件已于 %(day)s 办结，期限不再变动。")
    status = 409


class PauseTrack(DomainError):
    """The law's clock never stops while the promise, which may not exceed it, runs on."""

    message = N_("不能只停法定期限：依法停表时承诺期限一并停止。")
    status = 422


class ArticleRequired(DomainError):
    """No clock moves without a legal ground (行政许可法 42, 45)."""

    message = N_("登记“%(kind)s”须写明法律条款。")
    status = 422


class ExtensionTooLate(DomainError):
    """An extension is decided before the limit has run out (行政许可法 42)."""

    message = N_("期限已于 %(day)s 届满，届满后不能再延期。")
    status = 409


class ExtensionDays(DomainError):
    """An extension adds at least one day, in the unit of the limit, to a limit there is."""

    message = N_("延期须为至少一天，并与原期限的计算单位一致（原期限：%(unit)s）。")
    status = 422


@dataclass(frozen=True)
class Limit:
    """``days`` of ``unit``; 0 = the same day (即办). Raises ``CalendarDays`` for fewer."""

    days: int
    unit: Unit = Unit.WORKING

    def __post_init__(self) -> None:
        """Refuse a negative limit."""
        if self.days < 0:
            raise CalendarDays(days=self.days)


@dataclass(frozen=True)
class Limits:
    """The promised (承诺) and the statutory (法定) limit of one subject; either may be absent."""

    promised: Limit | None = None
    statutory: Limit | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the ledger; ``at`` is an aware instant, ``days`` counts only for an extension.

    ``until`` is the day of a pause's end as it was told in writing; ``before`` the due days (ISO) that a change
    of the calendar replaced.

    Raises ``ArticleRequired``, ``PauseTrack`` or ``ExtensionDays`` for a line that is void in itself.
    """

    kind: EntryKind
    at: datetime
    article: str = ""
    document_number: str = ""
    track: Track = Track.BOTH
    channel: Channel = Channel.ONLINE
    days: int = 0
    unit: Unit = Unit.WORKING
    officer_id: int | None = None
    until: date | None = None
    before: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a void line."""
        if self.at.tzinfo is None:
            raise ValueError("naive datetime")
        if self.kind in NEEDS_ARTICLE and not self.article.strip():
            raise ArticleRequired(kind=self.kind.label)
        if self.kind == EntryKind.PAUSE and self.track == Track.STATUTORY:
            raise PauseTrack
        if self.kind == EntryKind.EXTEND and self.days < 1:
            raise ExtensionDays(unit=self.unit.label)

    def after_hours(self, closing: time = CLOSING) -> bool:
        """Whether it was done at the window at or after closing time (民法典 203)."""
        return self.channel == Channel.WINDOW and local(self.at).time() >= closing

    def day(self, calendar: WorkingCalendar, closing: time = CLOSING) -> date:
        """The day it counts as: its own in Asia/Shanghai, or the next working day after hours."""
        day = local(self.at).date()
        return calendar.add(day, 1).day if self.after_hours(closing) else day
