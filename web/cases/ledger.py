"""The deadline ledger of a case (期限台账) as its tab shows it: every clock line by line, and who holds the date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import clock, critical_path
from approvals.calendar import WorkingCalendar
from approvals.critical_path import CriticalPath
from approvals.critical_path import Lane as PathLane
from approvals.messages import N_
from approvals.queries import clocks as query
from approvals.queries.case import CaseFile
from approvals.queries.clocks import Clock, Clocks
from approvals.tables import Case, CasePart, Document, Staff, Task
from approvals.terms import ItemKind, TaskState

from .. import replay, strip
from ..calendars import calendar_of
from ..i18n import clauses, day, limit_words, listed, local
from ..lamps import Light, light_of, light_of_task
from ..replay import Day, Line
from ..strip import Strip


@dataclass(frozen=True)
class Shown:
    """One clock of the page. ``light``, promise and law as the rows store them; ``left`` in working days."""

    name: str
    part: CasePart | None
    task: Task | None
    light: Light
    promised: Day | None
    statutory: Day | None
    lines: Sequence[Line]
    strip: Strip | None
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Step:
    """A step with a limit of its own that is done: the day it had, and by how much it was kept or missed."""

    name: str
    limit: str
    due: Day | None
    done: date | None
    early: int


def content(session: Session, file: CaseFile, _staff: Staff, now: datetime) -> dict[str, Any]:
    """Two statements, however many clocks there are: names and papers of the lines."""
    case, calendar = file.case, calendar_of(file.case)
    counted = query.counted(case, file.lines, file.tasks, calendar)
    shown = [*_clocks(case, counted, calendar, now), *_steps(file, counted, calendar, now)]
    lines = [line for each in shown for line in each.lines]
    officers = {line.officer_id for line in lines if line.officer_id}
    names = select(Staff.id, Staff.name).where(Staff.id.in_(officers))
    numbers = replay.numbers_of(lines)
    papers = select(Document.number, Document.id).where(
        Document.case_id == case.id, Document.number.in_(numbers)
    )
    path = critical_path.path_of(case, counted.lines, calendar, now) if _has_path(case) else None
    return {
        "clocks": shown,
        "steps": _done_steps(file, calendar),
        "path_words": path_words(case, path, clock.local_day(now)) if path else "",
        "officers": {row.id: row.name for row in session.execute(names)} if officers else {},
        "papers_by_number": {row.number: row.id for row in session.execute(papers)} if numbers else {},
        "weekdays": strip.weekdays(),
    }


def _has_path(case: Case) -> bool:
    running = case.accepted_at is not None and case.decided_at is None and case.ended_at is None
    return case.item.kind == ItemKind.JOINT and running


def _clocks(case: Case, counted: Clocks, calendar: WorkingCalendar, now: datetime) -> list[Shown]:
    """The case's own clock, then those of the parts that have one."""
    found = []
    if counted.case.runs:
        name = _("整件") if counted.parts else _("本办件")
        found.append(_shown(name, counted.case, case, calendar, now))
    for part in case.parts:
        if part.id in counted.parts:
            name = f"{local(part.department.name)} · {local(part.name)}"
            found.append(_shown(name, counted.parts[part.id], part, calendar, now))
    return found


def _shown(
    name: str, own: Clock, subject: Case | CasePart, calendar: WorkingCalendar, now: datetime
) -> Shown:
    return Shown(
        name=name,
        part=subject if isinstance(subject, CasePart) else None,
        task=None,
        light=light_of(subject, now),
        promised=_day(subject.promised_due, calendar),
        statutory=_day(subject.statutory_due, calendar),
        lines=replay.lines_of(own, calendar, clock.local_day(now)),
        strip=strip.strip_of(own, calendar, clock.local_day(now)),
    )


def _day(instant: datetime | None, calendar: WorkingCalendar) -> Day | None:
    return replay.marked(clock.local_day(instant), calendar) if instant else None


def _steps(file: CaseFile, counted: Clocks, calendar: WorkingCalendar, now: datetime) -> list[Shown]:
    """Open steps with a limit of the diagram."""
    today = clock.local_day(now)
    found = []
    for task in file.open_tasks:
        own = counted.tasks.get(task.id)
        if own is None:
            continue
        lines = replay.lines_of(own, calendar, today)
        due = _day(task.promised_due, calendar)
        capped = due is not None and any(line.kind is None and line.when.day > due.day for line in lines)
        found.append(
            Shown(
                name=_task_name(file.case, task),
                part=None,
                task=task,
                light=light_of_task(task, now),
                promised=due,
                statutory=None,
                lines=lines,
                strip=strip.strip_of(own, calendar, today),
                notes=[_(CAPPED)] if capped else [],
            )
        )
    return found


def _task_name(case: Case, task: Task) -> str:
    """The step, and in a case of several parts which of them."""
    part = task.part if len(case.parts) > 1 else None
    return f"{_(task.name)} · {local(part.name)}" if part is not None else str(_(task.name))


CAPPED = N_("办件（单项）的承诺办结日在本环节时限之前，本环节以承诺办结日为准。")


def _done_steps(file: CaseFile, calendar: WorkingCalendar) -> list[Step]:
    """What is done keeps the day it had; later pauses and calendars do not touch it."""
    found = []
    for task in file.tasks:
        if task.limit is None or task.state != TaskState.DONE or task.done_at is None:
            continue
        due, done = _day(task.promised_due, calendar), clock.local_day(task.done_at)
        early = calendar.between(done, due.day) if due else 0
        found.append(Step(_task_name(file.case, task), limit_words(task.limit), due, done, early))
    return found


def path_words(case: Case, path: CriticalPath, today: date) -> str:
    """One sentence: which department holds the date of the joint case, what is left behind it, who has slack."""
    parts = {part.id: part for part in case.parts}
    holders = [lane for lane in path.lanes if lane.holds]
    if not holders:
        return ""
    names = listed(_named(parts[lane.part_id]) for lane in holders)
    latest = max(lane.finish for lane in holders)
    words = day(latest) + (str(_("（暂定）")) if calendar_of(case).is_provisional(latest) else "")
    said = [_(_HELD[_stands(holders, parts, today)], names=names, day=words)]
    said += _waits(holders, parts) + _slack(path.lanes, parts)
    if path.tail is not None:
        said.append(_tail(path.tail))
    return clauses(said) + str(_("。"))


_HELD = {
    "ahead": N_("整件的日期现由%(names)s决定，最迟 %(day)s 办结"),
    "late": N_("整件的日期现由%(names)s决定，已过单项承诺办结日，尚未办结"),
    "paused": N_("整件的日期现由%(names)s决定，目前依法停表"),
}


def _stands(holders: Sequence[PathLane], parts: Mapping[int, CasePart], today: date) -> str:
    """How those who hold the date stand themselves."""
    if any(lane.paused for lane in holders):
        return "paused"
    dues = [parts[lane.part_id].promised_due for lane in holders]
    return "late" if any(due and clock.local_day(due) < today for due in dues) else "ahead"


def _named(part: CasePart) -> str:
    return str(_("%(department)s（%(part)s）", department=local(part.department.name), part=local(part.name)))


def _waits(holders: Sequence[PathLane], parts: Mapping[int, CasePart]) -> list[str]:
    """Who of them waits for a result that is not there yet."""
    return [
        str(_("%(part)s要等%(other)s的结果", part=local(parts[lane.part_id].name), other=local(before.name)))
        for lane in holders
        if (before := parts.get(lane.waits_for or 0)) is not None and before.ended_at is None
    ]


def _slack(lanes: Sequence[PathLane], parts: Mapping[int, CasePart]) -> list[str]:
    """What the others may still slip, those with the same number together."""
    by_days: dict[int, list[str]] = {}
    for lane in lanes:
        if not lane.done and not lane.holds and lane.slack is not None:
            by_days.setdefault(lane.slack, []).append(local(parts[lane.part_id].department.name))
    return [
        str(ngettext("%(names)s还有 %(num)s 个工作日余量", "%(names)s还有 %(num)s 个工作日余量", days, names=listed(names)))
        for days, names in sorted(by_days.items())
    ]  # fmt: skip


def _tail(days: int) -> str:
    if days < 0:
        return str(
            ngettext(
                "按此将超过承诺办结日 %(num)s 个工作日",
                "按此将超过承诺办结日 %(num)s 个工作日",
                -days,
            )
        )
    return str(
        ngettext("其后到承诺办结日还有 %(num)s 个工作日", "其后到承诺办结日还有 %(num)s 个工作日", days)
    )
