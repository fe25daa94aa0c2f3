"""The board: departments down, lamps across, numbers that open the list. It renews itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request, url_for

from approvals import clock
from approvals.queries import supervision as query
from approvals.queries.lamps import LATE
from approvals.queries.supervision import Board, Danger, Figures
from approvals.tables import Case, CasePart
from approvals.terms import Lamp, PartState

from ..auth import current_staff, requires
from ..calendars import calendar
from ..i18n import local
from ..lamps import Light, light_of
from ..transactions import db, now
from . import blueprint
from .names import shortener
from .places import BOARD, tabs

LAMPS = (Lamp.GREEN, Lamp.YELLOW, Lamp.RED, Lamp.RED_ORDER, Lamp.PAUSED)
OFFICE_HOURS = range(8, 19)
CHART_HEIGHT, HOUR_WIDTH, BAR_WIDTH = 56, 40, 15


@dataclass(frozen=True)
class Holder:
    """A lane of a joint case in danger: whose, and the working days it may slip; ``holds``: none."""

    name: str
    part: str
    slack: int
    holds: bool
    paused: bool


@dataclass(frozen=True)
class DangerLine:
    """A joint case in danger as the board draws it; without holders the lead itself has it."""

    case: Case
    light: Light
    lead: str
    holders: Sequence[Holder]


@dataclass(frozen=True)
class Hour:
    """One hour of the day's chart; heights are out of ``CHART_HEIGHT``."""

    hour: int
    x: int
    accepted: int
    ended: int
    accepted_height: int
    ended_height: int


@blueprint.get("/", endpoint="board")
@requires(*BOARD)
def index() -> str:
    """The board, or for htmx the part of it that renews itself."""
    found = query.board(db(), current_staff(), calendar(), now())
    short = shortener(_names(found))
    template = "supervision/_board.html" if request.headers.get("HX-Request") else "supervision/board.html"
    return render_template(
        template,
        board=found,
        tabs=tabs("board", found.orders_open),
        lamps=LAMPS,
        unstarted=found.lamps[Lamp.NONE] > 0,
        dangers=[_danger(each, short) for each in found.dangers],
        short=short,
        hours=chart(found.figures),
        chart_width=HOUR_WIDTH,
        chart_height=CHART_HEIGHT,
        late=found.lamps[Lamp.RED] + found.lamps[Lamp.RED_ORDER],
        late_joint=found.joint[Lamp.RED] + found.joint[Lamp.RED_ORDER],
        in_time=in_time(found),
        working=calendar().is_working_day(clock.local_day(now())),
        cell=cell,
        LATE=LATE,
        now=now(),
    )


def cell(department_id: int | None, lamp: str = "", *, joint: bool = False) -> str:
    """The address of the list behind one number."""
    return url_for(
        "supervision.tasks", department=department_id, lamp=lamp or None, joint=1 if joint else None
    )


def in_time(found: Board) -> str:
    """The share of this month's decisions within the promised limit: ``98.6 %``."""
    if not found.figures.ended_this_month:
        return "—"
    return f"{100 * found.figures.in_time_this_month / found.figures.ended_this_month:.1f} %"


def _names(found: Board) -> list[str]:
    """Every department the board names."""
    concerned = [part.department.name for danger in found.dangers for part in danger.case.parts]
    return [local(name) for name in (*(row.name for row in found.rows if row.name), *concerned)]


def _danger(danger: Danger, short: Callable[[str], str]) -> DangerLine:
    lead = short(local(danger.case.department.name))
    return DangerLine(danger.case, light_of(danger.case, now()), lead, holders_of(danger, short))


def holders_of(danger: Danger, short: Callable[[str], str] = str) -> list[Holder]:
    """The departments at work, whoever holds the date first; of several lanes of one the tightest speaks.

    A department whose opinion is in waits for the others and for the lead.
    """
    parts: Mapping[int, CasePart] = {part.id: part for part in danger.case.parts}
    at_work = [
        lane for lane in danger.path.lanes if not lane.done and parts[lane.part_id].state != PartState.OPINED
    ]
    found: dict[int, Holder] = {}
    for lane in sorted(at_work, key=lambda lane: (not lane.holds, lane.slack or 0)):
        part = parts[lane.part_id]
        own = Holder(
            short(local(part.department.name)), local(part.name), lane.slack or 0, lane.holds, lane.paused
        )
        found.setdefault(lane.department_id, own)
    return list(found.values())


def chart(figures: Figures) -> list[Hour]:
    """The hours the centre is open, and any other in which something happened."""
    busy = [
        hour for hour in query.HOURS if hour in OFFICE_HOURS or figures.accepted[hour] or figures.ended[hour]
    ]
    most = max([1, *figures.accepted, *figures.ended])
    return [
        Hour(
            hour, place * HOUR_WIDTH, figures.accepted[hour], figures.ended[hour],
            round(CHART_HEIGHT * figures.accepted[hour] / most), round(CHART_HEIGHT * figures.ended[hour] / most),
        )
        for place, hour in enumerate(busy)
    ]  # fmt: skip
