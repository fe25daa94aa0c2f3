"""What people do by notice and commitment, through the real steps: chosen, told, committed to, decided, issued."""

from collections.abc import Mapping
from typing import Any

from approvals import commitment_signing, commitments, tasks
from approvals.commitment_signing import Manner, Pledge
from approvals.decision import Ruling
from approvals.tables import Case, Commitment, Task
from approvals.terms import CommitmentState, Path
from processes.steps import closing, commitment, decisions

from .centre import Centre, Somebody

HOTEL = Somebody(
    "organisation",
    "云栖客栈有限公司（示例）",
    "91330110MA2B0Q2E6E",
    "13800000021",
    "示例县城西街道湖滨路 6 号",
    "周某某（示例）",
)
SIGNED = "".join(
    f"M{left} 60L{left + 60} 52L{left + 24} 96L{left + 70} 90L{left + 40} 150L{left + 84} 132"
    for left in (60, 210, 360)
)
"""Three strokes that stand for a name, as the pad draws them."""


def draft(centre: Centre, item: str, answers: Mapping[str, Any], *parts: str, who: Somebody = HOTEL) -> Case:
    """A draft in which these parts (none named: all) chose commitment, and what is asked for is there."""
    case = choose(centre, centre.draft(item, answers, who=who, complete=False), *parts)
    centre.tick_all(case)
    return case


def choose(centre: Centre, case: Case, *items: str) -> Case:
    """These parts go the way of commitment; none named: every part that may."""
    for part in list(case.parts):
        code = part.item.code if part.item else ""
        if items and code not in items:
            continue
        clerk = centre.staff[centre.clerk]
        commitment.choose_path(centre.session, case.id, part.id, Path.COMMITMENT, clerk, centre.now)
    return case


def offer(centre: Centre, case: Case) -> Case:
    """The clerk tells the clauses and prints the notices."""
    clerk = centre.staff[centre.clerk]
    return commitment.offer(centre.session, case.id, clerk, centre.calendar, centre.now)


def offered(centre: Centre, case: Case) -> list[Commitment]:
    """The commitments that wait for a signature."""
    rows = commitments.of_case(centre.session, case)
    return [row for row in rows if row.state == CommitmentState.OFFERED]


def pledge(row: Commitment, **changes: Any) -> Pledge:
    """Every clause ticked, signed on screen by whoever may; ``changes`` make it another."""
    capacity, name = next(iter(commitment_signing.signatories(row.case).items()))
    given: dict[str, Any] = {
        "ticked": frozenset(clause.code for clause in row.clauses),
        "signatory": name,
        "capacity": capacity,
        "manner": Manner.SCREEN,
        "signature": SIGNED,
    }
    return Pledge(**(given | changes))


def commit(centre: Centre, case: Case) -> Case:
    """The applicant commits to everything that was told, at the window."""
    for row in offered(centre, case):
        task = next(
            each for each in _tasks(centre, case, "commit") if each.part and each.part.id == row.part_id
        )
        clerk = centre.staff[centre.clerk]
        commitment.make(
            centre.session, task.id, task.version, clerk, pledge(row), centre.calendar, centre.now
        )
    return case


def decide(centre: Centre, case: Case, *, granted: bool = True) -> Case:
    """Every part committed to is decided on the spot, in the order its results need."""
    waiting = sorted(
        _tasks(centre, case, "decide_on_the_spot"),
        key=lambda task: bool(task.part and task.part.depends_on_id),
    )
    ruling = Ruling(granted=granted, reasons="已作出承诺，材料齐全，符合法定形式", articles="")
    for task in waiting:
        decisions.decide(
            centre.session, task.id, task.version, centre.staff[centre.clerk], ruling, centre.now
        )
    return case


def issue(centre: Centre, case: Case) -> Case:
    """The window issues the certificates of the parts decided on the spot."""
    for task in _tasks(centre, case, "issue"):
        if task.role == "window_clerk":
            closing.issue(centre.session, task.id, task.version, centre.staff[centre.clerk], centre.now)
    return case


def by_commitment(centre: Centre, item: str, answers: Mapping[str, Any], who: Somebody = HOTEL) -> Case:
    """One item from the draft to the served certificate, while the applicant waits."""
    case = draft(centre, item, answers, who=who)
    for act in (offer, commit, decide, issue):
        act(centre, case)
    centre.deliver(case)
    return case


def _tasks(centre: Centre, case: Case, step: str) -> list[Task]:
    return tasks.open_tasks(centre.session, case.id, step)
