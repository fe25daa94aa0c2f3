"""What people try with a commitment, right and wrong, drawn by hypothesis: used by the walk over it."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from approvals import commitments
from approvals.errors import NotFound
from approvals.tables import Case, Staff, Task
from approvals.terms import Path
from processes.steps import commitment
from web.demo import committing
from web.demo.centre import Centre

Draw = Callable[[st.SearchStrategy[Any]], Any]
PLEDGES: tuple[dict[str, Any], ...] = (
    {}, {}, {}, {"ticked": frozenset()}, {"signatory": "吴某某（示例）"}, {"capacity": "agent"}, {"signature": "M1 1L2 2"},
    {"manner": "paper"},
)  # fmt: skip


def choose(centre: Centre, case: Case, staff: Staff, draw: Draw) -> None:
    """The way of one part, then what is asked for is brought."""
    part = draw(st.sampled_from(case.parts))
    path = draw(st.sampled_from([Path.COMMITMENT, Path.COMMITMENT, Path.ORDINARY]))
    commitment.choose_path(centre.session, case.id, part.id, path, staff, centre.now)
    centre.tick_all(case)


def offer(centre: Centre, case: Case, staff: Staff) -> None:
    """Tell the clauses of what was chosen."""
    commitment.offer(centre.session, case.id, staff, centre.calendar, centre.now)


def make(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    """Commit at the window, mostly as it should be."""
    row = commitments.require_of(centre.session, _part(task))
    pledge = committing.pledge(row, **draw(st.sampled_from(PLEDGES)))
    commitment.make(centre.session, task.id, version, staff, pledge, centre.calendar, centre.now)


def decline(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    """The applicant does not choose it after all."""
    reasons = draw(st.sampled_from(["", "先不承诺（示例）"]))
    commitment.decline(centre.session, task.id, version, staff, reasons, centre.calendar, centre.now)


def _part(task: Task) -> Any:
    if task.part is None:
        raise NotFound
    return task.part


def online(centre: Centre, case: Case, draw: Draw) -> None:
    """On the tracking page: sign, decline or take back any part."""
    part = draw(st.sampled_from(case.parts))
    way = draw(st.sampled_from(["make", "decline", "withdraw"]))
    if way == "withdraw":
        commitment.withdraw(centre.session, case.id, part.id, None, "", centre.now)
    elif way == "decline":
        commitment.decline_online(centre.session, case.id, part.id, "", centre.calendar, centre.now)
    else:
        row = commitments.require_of(centre.session, part)
        pledge = committing.pledge(row, **draw(st.sampled_from(PLEDGES)))
        commitment.make_online(centre.session, case.id, part.id, pledge, centre.calendar, centre.now)


def follow(centre: Centre, case: Case, staff: Staff, draw: Draw) -> None:
    """A material follows, awaited or not."""
    code = draw(st.sampled_from([material.code for material in case.materials]))
    commitment.follow_material(centre.session, case.id, code, staff, centre.now)


def left_to_others(_centre: Centre, _task: Task, _staff: Staff, _version: int | None, _draw: Draw) -> None:
    """A step after the grant, which has its own walk."""
    raise NotFound
