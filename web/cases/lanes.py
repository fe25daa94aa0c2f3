"""The departments of a case side by side: who works on what, how long already, and who holds the date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from approvals import clock
from approvals.calendar import CalendarRange
from approvals.critical_path import CriticalPath
from approvals.critical_path import Lane as PathLane
from approvals.messages import N_
from approvals.queries.case import CaseFile
from approvals.tables import CasePart, Decision, Opinion, SiteVisit, SiteVisitFinding, StatementHearing, Task
from approvals.terms import OpinionKind, PartState

from ..calendars import calendar
from ..i18n import local
from ..lamps import Light, light_of

GIVEN = frozenset({PartState.OPINED, PartState.GRANTED, PartState.REFUSED, PartState.CLOSED})
LEAST_SHARE = 5  # percent: what has begun is seen to have begun
WORDS = {
    PartState.PENDING: N_("尚未开始"),
    PartState.CHECKING: N_("预审材料"),
    PartState.REVIEWING: N_("审查中"),
    PartState.DECIDING: N_("待决定"),
    PartState.GRANTED: N_("准予许可"),
    PartState.REFUSED: N_("不予许可"),
    PartState.CLOSED: N_("已完成"),
    PartState.CANCELLED: N_("已终止"),
}
STEPS = {
    "pre_check": WORDS[PartState.CHECKING],
    "review": WORDS[PartState.REVIEWING],
    "decide": WORDS[PartState.DECIDING],
    "decide_on_the_spot": WORDS[PartState.DECIDING],
}
"""The only part of an ordinary case never starts by itself: its open step says where it stands."""


@dataclass(frozen=True)
class Lane:
    """One part of the case as a row of the picture; shares are percent of the case's time.

    ``slack``: the working days it may still slip before it holds the date of the case; None where its opinion is in.
    """

    part: CasePart
    officer: str
    words: str
    share: int
    due_share: int | None
    done: bool
    light: Light
    days_used: str
    holds_date: bool
    slack: int | None
    opinion: Opinion | None
    earlier: Sequence[Opinion]
    findings: Sequence[tuple[SiteVisit, SiteVisitFinding]]
    hearing: StatementHearing | None
    decision: Decision | None


def lanes_of(file: CaseFile, path: CriticalPath, now: datetime) -> list[Lane]:
    """The lanes in the order of the parts; ``path`` is empty where no part has a clock of its own."""
    places = {lane.part_id: lane for lane in path.lanes if not lane.done}
    scale = _Scale.of(file, now)
    return [_lane(file, part, places.get(part.id), scale, now) for part in file.case.parts]


@dataclass(frozen=True)
class _Scale:
    """From acceptance to the last day that matters, in working days."""

    first: date | None
    length: int
    today: date

    @classmethod
    def of(cls, file: CaseFile, now: datetime) -> "_Scale":
        case, today = file.case, clock.local_day(now)
        if case.accepted_at is None:
            return cls(None, 1, today)
        first = clock.local_day(case.accepted_at)
        ends = [case.promised_due, *(part.promised_due for part in case.parts)]
        last = max([clock.local_day(end) for end in ends if end], default=today)
        running = today if case.ended_at is None else last
        return cls(first, max(_between(first, max(last, running)), 1), today)

    def share(self, day: date) -> int:
        """Percent of the scale that has passed on ``day``."""
        if self.first is None:
            return 0
        return min(100, max(0, round(100 * _between(self.first, day) / self.length)))


def _between(first: date, last: date) -> int:
    try:
        return calendar().between(first, last)
    except CalendarRange:
        return 0


def _lane(file: CaseFile, part: CasePart, place: PathLane | None, scale: _Scale, now: datetime) -> Lane:
    opinions = [each for each in file.opinions if each.part_id == part.id]
    current = next((each for each in opinions if each.superseded_at is None), None)
    decision = next((each for each in file.decisions if each.part_id == part.id), None)
    task = _task(file, part)
    begun, end = _begun(file, part), _end(part, current, now)
    used = _between(clock.local_day(begun), clock.local_day(end)) if begun else 0
    done = part.state in GIVEN
    return Lane(
        part=part,
        officer=_officer(task, current, decision),
        words=_words(file, part, current, task, used),
        share=max(scale.share(clock.local_day(end)), LEAST_SHARE) if begun or done else 0,
        due_share=scale.share(clock.local_day(part.promised_due)) if part.promised_due and not done else None,
        done=done,
        light=light_of(part, now),
        days_used=_days(used) if begun else "",
        holds_date=place is not None and place.holds and not done,
        slack=place.slack if place is not None and not done else None,
        opinion=current,
        earlier=[each for each in opinions if each.superseded_at is not None and each.submitted_at],
        findings=[
            (visit, each) for visit in file.visits for each in visit.findings if each.part_id == part.id
        ],
        hearing=next((each for each in reversed(file.hearings) if each.part_id == part.id), None),
        decision=decision,
    )


AFTER = ("verify", "rectify", "tell_facts", "hear_defence", "decide_proceeding")
"""Steps that come after a decision; the lane stays with whoever decided."""


def _task(file: CaseFile, part: CasePart) -> Task | None:
    """The open step of a part; what is only asked for beside it stands behind."""
    own = [each for each in file.open_tasks if each.part_id == part.id and each.step not in AFTER]
    steps = (*STEPS, "site_visit", "hear_statement")
    return next((each for each in own if each.step in steps), own[0] if own else None)


def _begun(file: CaseFile, part: CasePart) -> datetime | None:
    """When its department began: the only part of a case begins with the acceptance."""
    return part.opened_at or (file.case.accepted_at if len(file.case.parts) == 1 else None)


def _end(part: CasePart, opinion: Opinion | None, now: datetime) -> datetime:
    """When the department was done with its review, or now."""
    if part.state in GIVEN and opinion is not None and opinion.submitted_at:
        return opinion.submitted_at
    return part.ended_at or now


def _officer(task: Task | None, opinion: Opinion | None, decision: Decision | None) -> str:
    if task is not None:
        return task.holder.name if task.holder else _("未认领")
    if decision is not None:
        return decision.officer.name
    return _(opinion.author) if opinion is not None else ""


def _words(file: CaseFile, part: CasePart, opinion: Opinion | None, task: Task | None, used: int) -> str:
    """What stands on the lane's bar."""
    if part.state == PartState.OPINED and opinion is not None:
        kind = _(OpinionKind(opinion.kind).label)
        return str(_("%(opinion)s · 用时 %(days)s", opinion=kind, days=_days(used)))
    if task is not None and task.step == "site_visit":
        return _visit_words(file, part)
    if task is not None and task.step == "hear_statement":
        return str(_("拟不予许可，听取陈述申辩"))
    if part.state == PartState.DECIDING and task is None:
        return str(_("等待前置单项的决定"))
    if part.state == PartState.CHECKING and task is None:
        return str(_("预审完毕"))
    known = WORDS.get(PartState(part.state), PartState(part.state).label)
    step = task.step if task is not None and part.state == PartState.PENDING else ""
    return str(_(STEPS.get(step, known)))


def _visit_words(file: CaseFile, part: CasePart) -> str:
    for visit in reversed(file.visits):
        if not any(each.part_id == part.id for each in visit.findings):
            continue
        if visit.appointed_for is None:
            return str(_("已要求现场核查，待约定"))
        others = [
            local(each.department.name)
            for each in file.case.parts
            if each.id != part.id and any(finding.part_id == each.id for finding in visit.findings)
        ]
        when = clock.local(visit.appointed_for).strftime("%m-%d %H:%M")
        if others:
            return str(
                _("现场 %(when)s（与%(others)s同去）", when=when, others="、".join(dict.fromkeys(others)))
            )
        return str(_("现场 %(when)s", when=when))
    return str(_("现场核查"))


def _days(days: int) -> str:
    return str(ngettext("%(num)s 个工作日", "%(num)s 个工作日", days)) if days else _("不到 1 个工作日")
