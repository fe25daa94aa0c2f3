"""Who holds the case and until when: departments, a procedure that stops the clock, the applicant's own turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from approvals import catalogue, clock
from approvals.calendar import LAST, WorkingCalendar
from approvals.messages import N_
from approvals.queries.tracking_rows import OpenTask, Pause, Tracked
from approvals.silence import Period
from approvals.tables import Case, Correction
from approvals.terms import CaseState

from .. import replay
from ..i18n import day, limit_words, local
from ..lamps import days_left_words
from ..replay import Day
from .words import _, ngettext

ANSWER, COMMIT = "answer_correction", "commit"


@dataclass(frozen=True)
class Hold:
    """Somebody who has the case in hand: until when, and what else there is to know.

    ``mine``: it is the applicant's turn. ``rest`` says how many working days that leaves.
    """

    who: str
    phone: str = ""
    until: Day | None = None
    rest: str = ""
    notes: Sequence[str] = ()
    mine: bool = False
    paused: bool = False


def holds(seen: Tracked, calendar: WorkingCalendar, now: datetime) -> list[Hold]:
    """What is waited for first: the applicant, what stops the clock, then the departments; the lead where nobody has it."""
    if seen.case.state == CaseState.ENDED:
        return []
    mine = [
        *_commitment(seen, calendar, now),
        *_correction(seen, calendar, now),
        *_deferral(seen, calendar, now),
    ]
    paused = [_paused(seen, pause, calendar, now) for pause in seen.pauses]
    at_work = _departments(seen, calendar, now)
    if seen.correction is not None and seen.case.state == CaseState.CORRECTING:
        return mine
    if seen.case.state == CaseState.COMMITTING:
        return mine
    return [*mine, *paused, *at_work] if paused or at_work else [*mine, _lead(seen, calendar, now)]


def _commitment(seen: Tracked, calendar: WorkingCalendar, now: datetime) -> list[Hold]:
    """The signature that is waited for, and what follows without it."""
    waiting = [task.due for task in seen.tasks if task.step == COMMIT and task.due is not None]
    if not waiting:
        return []
    due = min(waiting)
    return [Hold(_("您（签署承诺书）"), "", _until(due, calendar), _rest(due, now), [_(UNSIGNED)], mine=True)]


UNSIGNED = N_("到期没有签署的，转按一般程序办理，以承诺代替的材料须另行提交。")


def _correction(seen: Tracked, calendar: WorkingCalendar, now: datetime) -> list[Hold]:
    """What the applicant is asked for, by when, and what follows where nothing comes."""
    notice, period = seen.correction, seen.answer
    if notice is None or period is None:
        return []
    return [_own(_("您（补正材料）"), period, [unanswered(seen.case, notice, period)], calendar, now)]


def unanswered(case: Case, notice: Correction, period: Period) -> str:
    """What follows where a correction is not answered in its time."""
    before = notice.before_acceptance and notice.moves_acceptance and case.accepted_at is None
    cited = notice.before_acceptance is False and catalogue.item_of(case.item).unanswered_correction
    return _withdrawn_words(period) if before or cited else _(WITHOUT)


WITHOUT = N_("没有补正的，不会视为撤回申请，部门按已经收到的材料审查；办理期限照常计算。")


def _withdrawn_words(period: Period) -> str:
    """The consequence with its day; none on a day that may still move."""
    last = clock.local_day(period.ends_at)
    if period.provisional:
        return _(
            "到期没有补正的，经书面提醒后视为撤回申请；%(day)s 是暂定的日期，确定之前不会发生。",
            day=day(last),
        )
    return _("到期没有补正的，经书面提醒后，%(day)s 过后视为撤回申请。", day=day(last))


def _deferral(seen: Tracked, calendar: WorkingCalendar, now: datetime) -> list[Hold]:
    period = seen.deferral
    if period is None or seen.case.decided_at is not None:
        return []
    rule = catalogue.item_of(seen.case.item).deferral
    outcome = DEFERRED[rule.outcome if rule else "refused"]
    return [_own(_("您（补交容缺材料）"), period, [_(outcome)], calendar, now)]


DEFERRED = {
    "withdrawn": N_("到期没有补交的，经书面提醒后视为撤回申请。"),
    "refused": N_("到期没有补交的，经书面提醒后不再准予许可。"),
}


def _own(who: str, period: Period, notes: Sequence[str], calendar: WorkingCalendar, now: datetime) -> Hold:
    last = clock.local_day(period.ends_at)
    until = Day(last, period.provisional or calendar.is_provisional(last))
    return Hold(who, until=until, rest=days_left_words(period.ends_at, now), notes=notes, mine=True)


def _paused(seen: Tracked, pause: Pause, calendar: WorkingCalendar, now: datetime) -> Hold:
    """A clock that stands: why, by which article, until which day told, and what is left when it goes on."""
    part = next((part for part in seen.parts if part.id == pause.part_id), None)
    department, phone = (part.department, part.phone) if part else _lead_of(seen)
    since = clock.local_day(pause.entry.at)
    why = _(pause.kind.label) if pause.kind else _("依法进行的程序")
    notes = [
        _(
            "%(why)s，%(since)s 起依法停表，依据%(article)s。",
            why=why,
            since=day(since),
            article=pause.entry.article,
        )
    ]
    if pause.until is not None and pause.until < clock.local_day(now):
        notes.append(_("告知您的结束日 %(day)s 已过，还没有结束，请向部门询问。", day=day(pause.until)))
    if pause.left is not None and pause.left >= 0:
        notes.append(
            ngettext(
                "结束之后还剩 %(num)s 个工作日的承诺时间。",
                "结束之后还剩 %(num)s 个工作日的承诺时间。",
                pause.left,
            )
        )
    until = replay.marked(pause.until, calendar) if pause.until else None
    return Hold(local(department), phone, until, _("停表"), notes, paused=True)


def _lead_of(seen: Tracked) -> tuple[dict[str, str], str]:
    return seen.case.department.name, seen.case.department.phone


def _departments(seen: Tracked, calendar: WorkingCalendar, now: datetime) -> list[Hold]:
    """Each department once, by the nearest day of what it has to do; what is stopped stands by itself."""
    found: dict[str, list[OpenTask]] = {}
    for task in seen.tasks:
        if task.step not in (ANSWER, COMMIT) and not task.paused:
            found.setdefault(local(task.department), []).append(task)
    return [_hold(name, own, seen, calendar, now) for name, own in found.items()]


def _hold(
    name: str, tasks: Sequence[OpenTask], seen: Tracked, calendar: WorkingCalendar, now: datetime
) -> Hold:
    """The nearest of the days: a step's own limit, or what is promised for its part or the whole."""
    first = min(tasks, key=lambda task: task.due or _far(now))
    due = first.due or _due(seen)
    limit = limit_words(first.limit)
    notes = [_("本环节时限 %(limit)s。", limit=limit)] if limit else []
    return Hold(name, first.phone, _until(due, calendar), _rest(due, now), notes)


def _far(now: datetime) -> datetime:
    return now.replace(year=LAST.year)


def _lead(seen: Tracked, calendar: WorkingCalendar, now: datetime) -> Hold:
    name, phone = _lead_of(seen)
    due = _due(seen)
    return Hold(local(name), phone, _until(due, calendar), _rest(due, now))


def _due(seen: Tracked) -> datetime | None:
    """The day promised for the whole; before acceptance that of the answer; none once it is decided."""
    case = seen.case
    if case.accepted_at is None:
        return case.notify_by
    return (case.promised_due or case.statutory_due) if case.decided_at is None else None


def _until(due: datetime | None, calendar: WorkingCalendar) -> Day | None:
    return replay.marked(clock.local_day(due), calendar) if due else None


def _rest(due: datetime | None, now: datetime) -> str:
    return days_left_words(due, now) if due else ""
