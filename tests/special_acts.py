"""Extensions, special procedures and hearings, right and wrong, drawn by hypothesis: used by the state machine."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from approvals import hearing_rules, procedure_rules, tasks
from approvals.clock import local_day
from approvals.hearing_words import AskerKind
from approvals.hearings import Appointment, Signature
from approvals.procedure_rules import TO_PROPOSE
from approvals.special_procedures import Needed
from approvals.tables import Case, CasePart, Hearing, SpecialProcedure, Staff, Task
from approvals.terms import ProcedureKind, ProcedureState, Role
from processes.steps import hearings, special
from web.demo.centre import Centre

Draw = Callable[[st.SearchStrategy[Any]], Any]
REASONS = st.sampled_from(["", "理由充分（示例）", "理由充分（示例）", "理由充分（示例）"])
DAYS = st.sampled_from([3, 5, 5, 10, 0, 400])
NEIGHBOUR = "李某某（示例）"
SIGNATURES = (
    (Signature("赵某某（示例）", "applicant", signed=True),),
    (Signature("赵某某（示例）", "applicant", signed=False, why_not="未到场"),),
    (Signature("赵某某（示例）", "applicant", signed=False),),
    (),
)


def rule(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    """Approve or refuse what was proposed."""
    act = special.approve_extension if task.step == "approve_extension" else special.approve_procedure
    act(
        centre.session, task.id, version, staff, draw(REASONS), centre.calendar, centre.now,
        granted=draw(st.integers(0, 3)) > 0,
    )  # fmt: skip


def appoint(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    """Appoint a hearing, too soon, too late or in time, with a fit chair or not."""
    chair, recorder = (draw(st.sampled_from(sorted(centre.staff))) for _ in range(2))
    made = Appointment(
        centre.now + timedelta(days=draw(st.integers(-1, 40))), draw(st.sampled_from(["", "听证室"])),
        centre.staff[chair], centre.staff[recorder], public=draw(st.booleans()), why_closed=draw(REASONS),
        why_late=draw(REASONS),
    )  # fmt: skip
    hearings.appoint(centre.session, task.id, version, staff, made, centre.calendar, centre.now)


def record(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    """Record a hearing, held or not, signed or not."""
    hearings.record(
        centre.session, task.id, version, staff, draw(REASONS), draw(REASONS), draw(st.sampled_from(SIGNATURES)),
        centre.calendar, centre.now,
    )  # fmt: skip


def postpone(centre: Centre, task: Task, staff: Staff, version: int | None, draw: Draw) -> None:
    """Put a hearing off."""
    hearings.postpone(centre.session, task.id, version, staff, draw(REASONS), centre.calendar, centre.now)


def beside(centre: Centre, case: Case, draw: Draw) -> None:
    """Whatever can be tried beside the tasks, three times of four by somebody who may."""
    way = draw(st.sampled_from(sorted(WAYS)))
    part = draw(st.sampled_from(case.parts)) if case.parts else None
    role, act = WAYS[way]
    able = [
        one
        for one in centre.staff.values()
        if one.has(role)
        and (part is None or role == Role.WINDOW_CLERK or one.department_id == part.department_id)
    ]
    staff = draw(st.sampled_from(able)) if able and draw(st.integers(0, 3)) else anybody(centre, draw)
    act(centre, case, part, staff, draw)


def anybody(centre: Centre, draw: Draw) -> Staff:
    """Some member of staff."""
    return centre.staff[draw(st.sampled_from(sorted(centre.staff)))]


def _extend(centre: Centre, case: Case, part: CasePart | None, staff: Staff, draw: Draw) -> None:
    special.propose_extension(
        centre.session, case.id, part.id if part else None, staff, draw(DAYS), draw(REASONS), centre.now
    )


def _extend_whole(centre: Centre, case: Case, _part: CasePart | None, staff: Staff, draw: Draw) -> None:
    special.propose_extension(centre.session, case.id, None, staff, draw(DAYS), draw(REASONS), centre.now)


def _propose(centre: Centre, case: Case, part: CasePart | None, staff: Staff, draw: Draw) -> None:
    listed = procedure_rules.listed_kinds(case, part)
    kinds = [*listed * 9, *TO_PROPOSE, ProcedureKind.HEARING, "site_visit"]
    needed = Needed(draw(st.sampled_from(kinds)), draw(DAYS), draw(REASONS), draw(REASONS))
    special.propose_procedure(centre.session, part.id if part else 10_000, staff, needed, centre.now)


def _one(centre: Centre, case: Case, table: type[Any], draw: Draw) -> int:
    known = centre.session.scalars(select(table.id).where(table.case_id == case.id)).all()
    return draw(st.sampled_from([*known, *known, 10_000]))


def _end(centre: Centre, case: Case, _part: CasePart | None, staff: Staff, draw: Draw) -> None:
    one = _one(centre, case, SpecialProcedure, draw)
    special.end_procedure(centre.session, one, staff, draw(REASONS), centre.calendar, centre.now)


def _prolong(centre: Centre, case: Case, _part: CasePart | None, staff: Staff, draw: Draw) -> None:
    one = _one(centre, case, SpecialProcedure, draw)
    special.prolong(centre.session, one, staff, draw(DAYS), draw(REASONS), centre.calendar, centre.now)


def _order(centre: Centre, _case: Case, part: CasePart | None, staff: Staff, draw: Draw) -> None:
    part_id = part.id if part else 10_000
    hearings.order(centre.session, part_id, staff, draw(REASONS), centre.calendar, centre.now)


def _tell(centre: Centre, _case: Case, part: CasePart | None, staff: Staff, draw: Draw) -> None:
    part_id, kind = part.id if part else 10_000, draw(st.sampled_from(list(AskerKind)))
    hearings.tell_right(
        centre.session, part_id, staff, kind, NEIGHBOUR, draw(REASONS), centre.calendar, centre.now
    )


def _ask(centre: Centre, _case: Case, part: CasePart | None, staff: Staff, draw: Draw) -> None:
    part_id, kind = part.id if part else 10_000, draw(st.sampled_from(list(AskerKind)))
    asking = draw(st.sampled_from([None, staff]))
    hearings.ask(centre.session, part_id, asking, kind, NEIGHBOUR, "", centre.calendar, centre.now)


def _give_up(centre: Centre, case: Case, _part: CasePart | None, staff: Staff, draw: Draw) -> None:
    asking = draw(st.sampled_from([None, staff]))
    hearings.withdraw(
        centre.session, _one(centre, case, Hearing, draw), asking, "", centre.calendar, centre.now
    )


Way = Callable[[Centre, Case, CasePart | None, Staff, Draw], None]
WAYS: dict[str, tuple[Role, Way]] = {
    "extend": (Role.OFFICER, _extend),
    "extend the whole": (Role.LEAD_OFFICER, _extend_whole),
    "propose": (Role.OFFICER, _propose),
    "end": (Role.OFFICER, _end),
    "prolong": (Role.HEAD, _prolong),
    "order": (Role.OFFICER, _order),
    "tell": (Role.OFFICER, _tell),
    "ask": (Role.WINDOW_CLERK, _ask),
    "give up": (Role.WINDOW_CLERK, _give_up),
}
"""What can be tried, and who may."""


# --- on most days


def plainly(centre: Centre, case: Case, draw: Draw) -> None:
    """What officers lawfully propose and end, so that a walk meets clocks that stand."""
    part = draw(st.sampled_from(case.parts))
    officer = next(
        one
        for one in centre.staff.values()
        if one.has(Role.OFFICER) and one.department_id == part.department_id
    )
    running = [each for each in procedure_rules.of_case(centre.session, case.id) if each.state == "running"]
    way = draw(st.sampled_from(["propose", "extend", "order", "end"]))
    if way == "end" and running:
        special.end_procedure(centre.session, running[0].id, officer, "合格", centre.calendar, centre.now)
    elif way == "extend":
        special.propose_extension(centre.session, case.id, part.id, officer, 5, "需补充检测", centre.now)
    elif way == "order":
        hearings.order(centre.session, part.id, officer, "重大公共利益", centre.calendar, centre.now)
    else:
        kind = draw(st.sampled_from(procedure_rules.listed_kinds(case, part) or list(TO_PROPOSE)))
        special.propose_procedure(
            centre.session, part.id, officer, Needed(kind, 5, "检测所", "须检测"), centre.now
        )


def approved(centre: Centre, case: Case) -> None:
    """Whatever was proposed is approved."""
    for task in tasks.open_tasks(centre.session, case.id):
        if task.step in ("approve_extension", "approve_procedure"):
            act = special.approve_extension if task.step == "approve_extension" else special.approve_procedure
            who = task.holder or _approver(centre, task)
            act(centre.session, task.id, None, who, "同意", centre.calendar, centre.now, granted=True)


def _approver(centre: Centre, task: Task) -> Staff:
    return centre.staff["xianzhang"] if task.role == "government_head" else centre.who(task)


def appointed(centre: Centre, case: Case) -> None:
    """On the first possible day, by somebody who did not review."""
    for task in tasks.open_tasks(centre.session, case.id, "appoint_hearing"):
        part = task.part
        assert part is not None
        [hearing] = [each for each in hearing_rules.rows(centre.session, part) if each.state == "asked"]
        reviewed = hearing_rules.reviewers(centre.session, part)
        own = [one for one in centre.staff.values() if one.department_id == part.department_id]
        fit = [one for one in own if one.id not in reviewed]
        if not fit:
            return
        first, _last = hearing_rules.span(hearing, centre.calendar, centre.now)
        when = centre.now + timedelta(days=(first - local_day(centre.now)).days)
        recorder = next(one for one in own if one != fit[0])
        made = Appointment(when, "听证室", fit[0], recorder, why_late="通知期限不足")
        hearings.appoint(
            centre.session, task.id, None, task.holder or centre.who(task), made, centre.calendar, centre.now
        )


def held(centre: Centre, case: Case) -> None:
    """The day comes, and the record is taken."""
    for task in tasks.open_tasks(centre.session, case.id, "hold_hearing"):
        part = task.part
        assert part is not None
        [hearing] = [each for each in hearing_rules.rows(centre.session, part) if each.state == "appointed"]
        if hearing.held_at is not None and centre.now < hearing.held_at:
            centre.now = hearing.held_at
        hearings.record(
            centre.session, task.id, None, task.holder or centre.who(task), "陈述和质证", "建议准予", SIGNATURES[0],
            centre.calendar, centre.now,
        )  # fmt: skip


def all_ended(centre: Centre, case: Case) -> None:
    """Results are in: nothing stops the clock any more before the decisions."""
    for running in procedure_rules.of_case(centre.session, case.id):
        if running.state == ProcedureState.RUNNING and running.kind != ProcedureKind.HEARING:
            officer = next(
                one
                for one in centre.staff.values()
                if running.part and one.department_id == running.part.department_id and one.has("officer")
            )
            special.end_procedure(centre.session, running.id, officer, "合格", centre.calendar, centre.now)
