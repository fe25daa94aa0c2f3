"""Who held the cases that ended lately (用时构成): shares of their time, and each department's own."""

from datetime import timedelta

from flask import render_template

from approvals import holding_time
from approvals.holding_time import Holder, HoldingTime
from approvals.queries import holding as query
from approvals.queries import supervision as board_query

from ..auth import current_staff, requires
from ..calendars import calendar
from ..holding import Portion, portions
from ..i18n import local
from ..transactions import db, now
from . import blueprint
from .places import BOARD, tabs


@blueprint.get("/holding-times")
@requires(*BOARD)
def holding() -> str:
    """The last decided cases together, and one by one."""
    staff = current_staff()
    cases = query.ended_lately(db(), staff)
    histories = query.histories(db(), cases)
    times = {id_: holding_time.attribute(history, now(), calendar()) for id_, history in histories.items()}
    names = {each.id: local(each.name) for each in board_query.departments(db(), staff, everybody=True)}
    return render_template(
        "supervision/holding.html",
        tabs=tabs("holding"),
        together=portions_of_average(list(times.values())),
        average=holding_time.in_days(sum((each.total for each in times.values()), timedelta(0)) / len(times))
        if times
        else 0,
        departments=_departments(list(times.values()), names),
        lines=[(case, times[case.id], portions(times[case.id])) for case in cases if case.id in times],
        holders=list(Holder),
    )


def portions_of_average(times: list[HoldingTime]) -> list[Portion]:
    """The average case; nothing where there is none."""
    number = max(len(times), 1)
    average = {
        holder: sum((each.groups[holder] for each in times), timedelta(0)) / number for holder in Holder
    }
    return portions(HoldingTime(sum(average.values(), timedelta(0)), average))


def _departments(times: list[HoldingTime], names: dict[int, str]) -> list[tuple[str, int, float]]:
    """Department, cases it worked on, average working days it had each; the longest first."""
    own: dict[int, list[timedelta]] = {}
    for each in times:
        for department, time in each.departments.items():
            own.setdefault(department, []).append(time)
    averages = [
        (names.get(department, ""), len(all_), holding_time.in_days(sum(all_, timedelta(0)) / len(all_)))
        for department, all_ in own.items()
    ]
    return sorted(averages, key=lambda line: -line[2])
