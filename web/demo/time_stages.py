"""Stages of demo cases in which time is the matter: clocks that stand, extensions, hearings, supervision."""

from datetime import datetime, time
from random import Random

from approvals import clock, hearing_rules, procedure_rules, tasks
from approvals.errors import DomainError
from approvals.hearing_words import AskerKind
from approvals.hearings import Appointment
from approvals.special_procedures import Needed
from approvals.tables import Case, CasePart, Staff, Task
from approvals.terms import ProcedureState, Role
from processes.steps import hearings, special, supervision

from .centre import Centre
from .stages import TO_DECISION, Stage, accept, claim_one, opine_one, opine_rest, propose_refusal

NOTICE_DAYS = 9  # working days ahead that a hearing is appointed for, two more than the law asks


def _stop_the_clock(centre: Centre, case: Case, _random: Random) -> None:
    """The first part whose item knows such a procedure is inspected or reviewed by experts, its clock stands."""
    part, kind = _procedure_of(case)
    needed = Needed(kind, 6, "省级专业机构（示例）", "产品和设施须经专业机构确认（示例）")
    special.propose_procedure(centre.session, part.id, _officer(centre, part), needed, centre.now)
    task = centre.task(case, "approve_procedure")
    special.approve_procedure(
        centre.session, task.id, task.version, centre.who(task), "同意（示例）", centre.calendar, centre.now,
        granted=True,
    )  # fmt: skip


def _start_the_clock(centre: Centre, case: Case, _random: Random) -> None:
    part, _kind = _procedure_of(case)
    running = next(
        one for one in procedure_rules.of_case(centre.session, case.id) if one.state == ProcedureState.RUNNING
    )
    special.end_procedure(
        centre.session, running.id, _officer(centre, part), "符合要求（示例）", centre.calendar, centre.now
    )


def _procedure_of(case: Case) -> tuple[CasePart, str]:
    for part in case.parts:
        listed = part.item.definition.get("special_procedures", ()) if part.item else ()
        for kind in ("inspection", "testing", "expert_review"):
            if kind in listed:
                return part, kind
    raise AssertionError(case.item.code)


def _officer(centre: Centre, part: CasePart) -> Staff:
    return _of(centre, part.department_id, Role.OFFICER)


def _of(centre: Centre, department_id: int, role: Role) -> Staff:
    return next(s for s in centre.staff.values() if s.department_id == department_id and s.has(role))


def _ask_extension(centre: Centre, case: Case, _random: Random) -> None:
    joint = len(case.parts) > 1
    part = None if joint else case.parts[0]
    officer = _of(centre, case.department_id, Role.LEAD_OFFICER) if joint else _officer(centre, case.parts[0])
    special.propose_extension(
        centre.session, case.id, part.id if part else None, officer, 5, "涉及跨区域核实（示例）", centre.now
    )


def _grant_extension(centre: Centre, case: Case, _random: Random) -> None:
    task = centre.task(case, "approve_extension")
    special.approve_extension(
        centre.session, task.id, task.version, _approver(centre, task), "情况属实，同意（示例）",
        centre.calendar, centre.now, granted=True,
    )  # fmt: skip


def _approver(centre: Centre, task: Task) -> Staff:
    if task.role == Role.GOVERNMENT_HEAD:
        return centre.staff["xianzhang"]
    return centre.who(task)


def _ask_hearing(centre: Centre, case: Case, _random: Random) -> None:
    task = tasks.open_tasks(centre.session, case.id, "hear_statement")[0]
    name = case.applicant.name if case.applicant else ""
    hearings.ask(
        centre.session, task.part_id or 0, centre.staff[centre.clerk], AskerKind.APPLICANT, name,
        "对核查结论有异议（示例）", centre.calendar, centre.now,
    )  # fmt: skip


def _appoint_hearing(centre: Centre, case: Case, _random: Random) -> None:
    task = centre.task(case, "appoint_hearing")
    head = centre.who(task)
    day = centre.calendar.add(clock.local_day(centre.now), NOTICE_DAYS).day
    made = Appointment(
        datetime.combine(day, time(9, 30), clock.ZONE),
        "政务服务中心三楼听证室",
        *_chair_and_recorder(centre, task),
    )
    hearings.appoint(centre.session, task.id, task.version, head, made, centre.calendar, centre.now)


def _chair_and_recorder(centre: Centre, task: Task) -> tuple[Staff, Staff]:
    """Two of the department, the chair one who had no part in the case."""
    own = [staff for staff in centre.staff.values() if staff.department_id == task.department_id]
    hearing = hearing_rules.open_one(centre.session, task.part or task.case.parts[0])
    assert hearing is not None
    for chair in own:
        recorder = next(staff for staff in own if staff is not chair)
        try:
            hearing_rules.require_chair(centre.session, hearing, chair, recorder)
        except DomainError:
            continue
        return chair, recorder
    raise AssertionError(task.department_id)


def _urge(centre: Centre, case: Case, _random: Random) -> None:
    for task in tasks.open_tasks(centre.session, case.id, "review")[:1]:
        supervision.urge(centre.session, task.id, centre.staff["jiancha"], "请尽快办理（示例）", centre.now)


def _order(centre: Centre, case: Case, _random: Random) -> None:
    task = tasks.open_tasks(centre.session, case.id, "review")[0]
    supervision.open_order(
        centre.session, case.id, task.part_id, centre.staff["jiancha"], "群众反映办理缓慢（示例）", centre.now
    )


JOINT_TIME = (
    Stage("clock stands", (accept, _stop_the_clock), 1),
    Stage("clock runs again", (accept, _stop_the_clock, _start_the_clock, opine_one), 5),
    Stage("extension asked", (accept, opine_one, _ask_extension), 3),
    Stage("extended", (accept, opine_one, _ask_extension, _grant_extension), 4),
    Stage("hearing asked", (*TO_DECISION, propose_refusal, _ask_hearing), 5),
    Stage("hearing appointed", (*TO_DECISION, propose_refusal, _ask_hearing, _appoint_hearing), 6),
    Stage("urged", (accept, opine_one, _urge), 4),
    Stage("under an order", (accept, opine_one, _urge, _order), 5),
)
ORDINARY_TIME = (
    Stage("clock stands", (accept, claim_one, _stop_the_clock), 1),
    Stage("clock runs again", (accept, _stop_the_clock, _start_the_clock), 5),
    Stage("under an order", (accept, claim_one, _order), 3),
)
EXTENDED = (
    Stage("extension asked", (accept, _ask_extension), 2),
    Stage("extended", (accept, _ask_extension, _grant_extension, opine_rest), 3),
)
