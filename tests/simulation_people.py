"""What people do in the simulated centre: drawn from the seed, by habit diligent, slow, away or silent.

Each act looks at the case as it is when its time comes, as somebody does who opens it; where it is not possible
yet (a colleague has the task, a hearing runs) it is tried again on another day.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from approvals import corrections, decision, hearing_rules, supervision, tasks
from approvals.catalogue import item_of
from approvals.corrections import DefectInput
from approvals.decision import Ruling
from approvals.delivery import Service
from approvals.hearing_words import AskerKind
from approvals.hearings import Appointment, Signature
from approvals.procedure_rules import listed_kinds
from approvals.special_procedures import Needed
from approvals.tables import (
    Case,
    CasePart,
    Correction,
    Hearing,
    SpecialProcedure,
    Staff,
    SupervisoryOrder,
    Task,
)
from approvals.terms import CaseState, ItemKind, MaterialState, OpinionKind, Outcome, Role, TaskState
from processes.steps import (
    checking,
    closing,
    decisions,
    departments,
    hearings,
    lead,
    special,
    turning_away,
    window,
)
from tests.recount import SHANGHAI
from tests.simulation import NotToday, Simulation, part_of
from web.demo.centre import Centre

ITEMS = (
    ("restaurant_opening", 26), ("hotel_opening", 9), ("food_licence", 12), ("water_abstraction", 8),
    ("shop_sign", 9), ("construction_permit", 9), ("company_registration", 12), ("elderly_home_care", 7),
    ("public_venue_hygiene", 8),
)  # fmt: skip
LARGE = {"seats": 120, "area": 320, "gas": True, "sign": True, "hot_kitchen": True}
SMALL = {"seats": 12, "area": 40, "gas": False, "sign": True, "hot_kitchen": False}
MAY_BE_REFUSED = {
    "TaskHeld", "Forbidden", "FourEyes", "OwnProposal", "ProcedureRunning", "HearingOpen", "HearingPeriodOpen",
    "StatementNotOver", "ExtendedAlready", "ProposalOpen", "StillDeferred", "MaterialsMissing", "DeferralExpired", "OpinionsMissing",
    "ChairApart", "ChairOnly", "ChairReviewed",
}  # fmt: skip
"""What may lie in the way for a while; any other refusal in the simulation is a fault."""

NEVER = None


# --- arrivals


def arrivals(sim: Simulation) -> None:
    """So many applications, evenly over the working days, at the window's hours; some after they ended."""
    working = [day for day in map(sim.year.day, range(sim.year.days)) if sim.days.works(day)]
    for number in range(sim.year.cases):
        day = working[number * len(working) // sim.year.cases]
        minute = sim.random.randrange(8 * 60 + 50)  # until ten to six
        when = datetime.combine(day, time(9), SHANGHAI) + timedelta(minutes=minute)
        sim.plan(when, arrive, number)


def arrive(sim: Simulation, centre: Centre, number: int) -> None:
    """Somebody comes to the window and leaves with a case: accepted, received, to be corrected or turned away."""
    random = Random(f"{sim.year.seed}:arrival:{number}")
    clerks = [one for one in ("linxiao", "wangyu") if not sim.is_away(one)]
    if not clerks:
        raise NotToday("no clerk")
    centre.clerk = random.choice(clerks)
    [item] = random.choices([code for code, _ in ITEMS], [weight for _, weight in ITEMS])
    answers = random.choice([LARGE, SMALL]) if item == "restaurant_opening" else {}
    case = centre.draft(item, answers, who=sim.applicant(item))
    way = random.choices(["accept", "receive", "correct", "defer", "turn_away"], [38, 40, 8, 9, 5])[0]
    BEGINNINGS[way](sim, centre, case, random)
    if random.random() < 0.05:
        sim.plan(sim.office(random.uniform(0, 12), random), withdraw, case.id)


def _accept(sim: Simulation, centre: Centre, case: Case, random: Random) -> None:
    centre.accept(case)


def _receive(sim: Simulation, centre: Centre, case: Case, random: Random) -> None:
    if random.random() < 0.45:
        _leave_out(case, random)
    centre.receive(case)


def _leave_out(case: Case, random: Random) -> None:
    for material in random.sample(case.materials, min(len(case.materials), random.randint(1, 2))):
        material.state = MaterialState.MISSING


def _correct(sim: Simulation, centre: Centre, case: Case, random: Random) -> None:
    _leave_out(case, random)
    clerk = centre.staff[centre.clerk]
    window.correct_at_window(centre.session, case.id, clerk, centre.calendar, centre.now)


def _defer(sim: Simulation, centre: Centre, case: Case, random: Random) -> None:
    """With deferral where the item has papers that may follow; else accepted as it is."""
    may_follow = [material for material in case.materials if material.line["necessity"] == "may_follow"]
    if not may_follow or item_of(case.item).deferral is None:
        _accept(sim, centre, case, random)
        return
    random.choice(may_follow).state = MaterialState.DEFERRED
    centre.accept(case, deferral=True)
    if random.random() < 0.55:
        sim.plan(sim.office(random.uniform(1, 9), random), bring_deferred, case.id)


def _turn_away(sim: Simulation, centre: Centre, case: Case, random: Random) -> None:
    answer = turning_away.Answer(Outcome.NOT_ACCEPTED, "不符合受理条件（示例）", "《行政许可法》第三十二条")
    clerk = centre.staff[centre.clerk]
    window.turn_away(centre.session, case.id, clerk, answer, centre.calendar, centre.now)


BEGINNINGS: dict[str, Callable[[Simulation, Centre, Case, Random], None]] = {
    "accept": _accept, "receive": _receive, "correct": _correct, "defer": _defer, "turn_away": _turn_away,
}  # fmt: skip


def withdraw(sim: Simulation, centre: Centre, case_id: int) -> None:
    """The applicant thinks better of it, where nothing is decided yet."""
    case = tasks.lock_case(centre.session, case_id)
    made = [part for part in case.parts if part.state in ("granted", "refused")]
    if case.state not in (*closing.CLOSED,) and not made:
        closing.withdraw(centre.session, case_id, centre.staff["linxiao"], "不再经营（示例）", centre.now)


def bring_deferred(sim: Simulation, centre: Centre, case_id: int) -> None:
    """What was to follow is brought, unless its time took effect before."""
    case = tasks.lock_case(centre.session, case_id)
    if case.state == CaseState.ENDED or case.deferral_expired_at is not None:
        return
    for material in case.materials:
        if material.state == MaterialState.DEFERRED:
            line = material.line
            checking.complete_deferred(
                centre.session, case_id, material.code, line["originals"], line["copies"],
                centre.staff["wangyu"], centre.now,
            )  # fmt: skip


# --- tasks: when, or never


def plan_task(sim: Simulation, task: Task) -> None:
    """Whoever has to do it will, after so many working days; or never, and silence takes its course."""
    random = Random(f"{sim.year.seed}:task:{task.id}")
    wait = WAITS[task.step](task, random)
    if wait is not NEVER:
        sim.plan(sim.office(wait, random), do_task, task.id)
    if task.step == "answer_correction" and random.random() < 0.5 and wait is not NEVER:
        online = sim.now + timedelta(days=wait, minutes=random.randrange(24 * 60))  # at any hour of any day
        sim.plan(online, answer_online, task.id)


def _checks(task: Task, random: Random) -> float | None:
    return NEVER if random.random() < 0.15 else random.uniform(0, 4.4)


def _pre_checks(task: Task, random: Random) -> float | None:
    return NEVER if random.random() < 0.04 else random.uniform(0, 2.5)


def _answers(task: Task, random: Random) -> float | None:
    return NEVER if random.random() < 0.3 else random.uniform(0, 12)


def _reviews(task: Task, random: Random) -> float | None:
    """Opinions are left unanswered at times; a department that decides may be late, some very late."""
    part = part_of(task)
    if not part.decides and random.random() < 0.4:
        return NEVER
    most = 4.0 if task.case.item.kind == ItemKind.JOINT else item_of(task.case.item).promised.days
    share = random.choices([0.6, 1.0, 2.0, 7.0], [60, 25, 10, 5])[0]
    return random.uniform(0, most * share)


def _soon(task: Task, random: Random) -> float | None:
    return random.uniform(0, 3 if random.random() < 0.1 else 1.5)


def _same_day(task: Task, random: Random) -> float | None:
    return 0.0


WAITS: dict[str, Callable[[Task, Random], float | None]] = {
    "pre_check": _pre_checks,
    "check_materials": _checks,
    "answer_correction": _answers,
    "issue_correction": _soon,
    "review": _reviews,
    "site_visit": lambda task, random: random.uniform(1, 4),
    "collate": _soon,
    "decide": _soon,
    "decide_on_the_spot": _same_day,
    "hear_statement": lambda task, random: random.uniform(1, 6),
    "appoint_hearing": _soon,
    "hold_hearing": lambda task, random: 0.0,
    "approve_extension": _soon,
    "approve_procedure": _soon,
    "issue": _soon,
    "issue_parts": _soon,
    "deliver": lambda task, random: random.uniform(0, 7),
    "deliver_parts": lambda task, random: random.uniform(0, 7),
    "deliver_refusal": lambda task, random: random.uniform(0, 7),
}


def do_task(sim: Simulation, centre: Centre, task_id: int) -> None:
    """Whoever is there does it; a task that is closed meanwhile needs nobody."""
    case_id = centre.session.execute(select(Task.case_id).where(Task.id == task_id)).scalar_one()
    tasks.lock_case(centre.session, case_id)
    task = centre.session.get_one(Task, task_id)
    if task.state != TaskState.OPEN:
        return
    random = Random(f"{sim.year.seed}:do:{task_id}:{sim.now}")
    ACTS[task.step](sim, centre, task, doer(sim, centre, task, random), random)
    if task.state == TaskState.OPEN:  # something else was done first
        sim.plan(sim.office(random.uniform(1, 3), random), do_task, task_id)


def doer(sim: Simulation, centre: Centre, task: Task, random: Random) -> Staff:
    """Somebody at work who may; who reviewed does not decide if another may."""
    holder = task.holder.login if task.holder else ""
    there = sim.able(tasks.act_of(task), task.department_id, holder)
    if not there:
        raise NotToday(f"nobody for {task.step}")
    return centre.staff[random.choice(there)]


# --- what is done with each task


def _pre_check(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> None:
    before = corrections.open_correction(centre.session, task.case_id) or task.case.parts[0].round > 1
    first = not before and not _was_corrected(centre, task.case)
    found = [DefectInput("", f"示例缺陷 {random.randint(1, 9)}")] if first and random.random() < 0.15 else []
    departments.pre_check(centre.session, task.id, task.version, staff, found, centre.now)


def _was_corrected(centre: Centre, case: Case) -> bool:
    notice = select(Correction.id).where(Correction.case_id == case.id)
    return centre.session.scalar(notice.limit(1)) is not None


def _check(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> None:
    """Everything wrong in one notice; what was corrected is accepted; a few are not accepted at all."""
    case = task.case
    wrong = corrections.waiting_defects(centre.session, case.id) or corrections.window_defects(case)
    answer, outcome = None, "correction" if wrong else "accepted"
    if not wrong and random.random() < 0.06:
        outcome = "not_accepted"
        answer = turning_away.Answer(
            Outcome.NOT_ACCEPTED, "不符合受理条件（示例）", "《行政许可法》第三十二条"
        )
    checking.check_materials(
        centre.session, task.id, task.version, staff, outcome, centre.calendar, centre.now, answer=answer
    )


def _answer(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> None:
    centre.tick_all(task.case)
    checking.answer_correction(centre.session, task.id, task.version, staff, "已补正（示例）", centre.now)


def answer_online(sim: Simulation, centre: Centre, task_id: int) -> None:
    """The applicant uploads what was asked for, at any hour of any day."""
    case_id = centre.session.execute(select(Task.case_id).where(Task.id == task_id)).scalar_one()
    case = tasks.lock_case(centre.session, case_id)
    if centre.session.get_one(Task, task_id).state == TaskState.OPEN:
        centre.tick_all(case)
        checking.answer_online(centre.session, case_id, "已在线补正（示例）", centre.now)


def _issue_correction(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> None:
    checking.issue_correction(centre.session, task.id, task.version, staff, centre.calendar, centre.now)


def _review(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> None:
    """An opinion; or first a visit, a request, a procedure of article 45, an extension, a hearing."""
    part = part_of(task)
    way = random.choices(
        ["agree", "disagree", "visit", "request", "procedure", "extension", "hearing"],
        [66, 4, 7, 4, 10, 6, 3],
    )[0]
    first = SIDEWAYS.get(way)
    if (
        first is not None
        and sim.plan_once(f"sideways {way}", part.id)
        and first(sim, centre, task, staff, random)
    ):
        return
    if _runs(centre, part):
        raise NotToday("a procedure runs")
    kind = OpinionKind.DISAGREE if way == "disagree" else OpinionKind.AGREE
    reasons = "现场与图纸不一致（示例）" if way == "disagree" else ""
    departments.review(centre.session, task.id, task.version, staff, kind, reasons, "", centre.now)


def _runs(centre: Centre, part: CasePart) -> bool:
    running = select(SpecialProcedure.id).where(
        SpecialProcedure.part_id == part.id, SpecialProcedure.state.in_(("running", "proposed"))
    )
    return centre.session.scalar(running.limit(1)) is not None


def _visit(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> bool:
    if len(sim.able("site_visit", task.department_id)) < 2:
        return False
    departments.ask_site_visit(centre.session, task.id, task.version, staff, centre.now)
    return True


def _request(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> bool:
    found = [DefectInput("", f"审查中发现的问题 {random.randint(1, 9)}（示例）")]
    departments.request_correction(centre.session, task.id, task.version, staff, found, centre.now)
    return True


def _procedure(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> bool:
    part = part_of(task)
    kinds = listed_kinds(task.case, part)
    if not kinds or _runs(centre, part):
        return False
    needed = Needed(
        random.choice(kinds), random.randint(1, 15), "示例县检验检测中心（示例）", "需要专业结论（示例）"
    )
    special.propose_procedure(centre.session, part.id, staff, needed, centre.now)
    return True


def _extension(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> bool:
    """The officer for the own part, at times the lead for the whole joint case."""
    part, case = part_of(task), task.case
    whole = case.item.kind == ItemKind.JOINT and random.random() < 0.5
    item = item_of(case.item if whole else (part.item or case.item))
    due = (case if whole else part).statutory_due
    if not part.decides or item.statutory is None or item.statutory.extension is None or due is None:
        return False
    leads = sim.able("propose_extension_of_case", case.department_id)
    if centre.now > due or (whole and not leads) or _runs(centre, part):
        return False
    proposer = centre.staff[random.choice(leads)] if whole else staff
    days = random.randint(1, item.statutory.extension.days)
    special.propose_extension(
        centre.session,
        case.id,
        None if whole else part.id,
        proposer,
        days,
        "需要补充数据（示例）",
        centre.now,
    )
    return True


def _hearing(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> bool:
    """Of its own motion, where somebody is left to chair it."""
    part = part_of(task)
    if not part.decides or _runs(centre, part) or not _could_be_held(sim, part):
        return False
    hearings.order(centre.session, part.id, staff, "涉及公众健康（示例）", centre.calendar, centre.now)
    return True


def _could_be_held(sim: Simulation, part: CasePart) -> bool:
    return sum(one.department_id == part.department_id for one in sim.people.values()) >= 3


SIDEWAYS: dict[str, Callable[[Simulation, Centre, Task, Staff, Random], bool]] = {
    "visit": _visit, "request": _request, "procedure": _procedure, "extension": _extension, "hearing": _hearing,
}  # fmt: skip


def _record_finding(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> None:
    there = [one for one in sim.able("site_visit", task.department_id) if one != staff.login]
    officers = [one for one in there if Role.OFFICER in sim.people[one].roles]
    if not officers or not staff.has(Role.OFFICER):
        raise NotToday("a visit takes two")
    second = centre.staff[random.choice(officers)]
    departments.record_finding(
        centre.session, task.id, task.version, staff, second, "符合要求（示例）", centre.now, passed=True
    )


def _collate(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> None:
    lead.collate(
        centre.session,
        task.id,
        task.version,
        staff,
        "已协调一致（示例）",
        "补充说明后同意（示例）",
        centre.now,
    )


def _decide(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> None:
    """Granted; or refused after the applicant was heard; what lacks its papers for long is refused too."""
    part = part_of(task)
    told = decision.latest_hearing(centre.session, part)
    if told is not None and told.recorded_at is not None:
        refuse = Random(f"{sim.year.seed}:ruling:{part.id}").random() < 0.8 or _lacks(task)
        articles = "；".join(basis.zh for basis in item_of(part.item or task.case.item).basis)
        ruling = Ruling(
            granted=not refuse, reasons="条件不具备（示例）" if refuse else "整改后符合", articles=articles
        )
        decisions.decide(centre.session, task.id, task.version, staff, ruling, centre.now)
    elif _runs(centre, part):
        raise NotToday("a procedure runs")
    elif Random(f"{sim.year.seed}:refusal:{part.id}").random() < 0.12 or _lacks_for_long(sim, task):
        decisions.propose_refusal(
            centre.session, task.id, task.version, staff, "经核查，条件不具备（示例）", "条件不具备（示例）",
            "《行政许可法》第三十八条", centre.now,
        )  # fmt: skip
    else:
        ruling = Ruling(granted=True, reasons="符合条件", articles="")
        decisions.decide(centre.session, task.id, task.version, staff, ruling, centre.now)


def _lacks(task: Task) -> bool:
    return bool(checking.outstanding(task.case))


def _lacks_for_long(sim: Simulation, task: Task) -> bool:
    """Missing since silence accepted, or never brought though deferred: after two weeks it is refused."""
    deferred = any(material.state == MaterialState.DEFERRED for material in task.case.materials)
    over = task.case.deferral_expired_at is not None
    return _lacks(task) and (over or not deferred) and sim.now - task.opened_at > timedelta(days=14)


def _hear(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> None:
    """The applicant speaks, or gives it up; at times asks for a hearing, while there is still time to."""
    part, case = part_of(task), task.case
    until = hearing_rules.may_ask_until(centre.session, part, centre.calendar, centre.now)
    named = hearing_rules.names_right(part) and until is not None and _could_be_held(sim, part)
    if named and random.random() < 0.4:
        by = random.choice([None, centre.staff["linxiao"]])
        hearings.ask(
            centre.session,
            part.id,
            by,
            AskerKind.APPLICANT,
            "",
            "不服核查结论（示例）",
            centre.calendar,
            centre.now,
        )
        waived = False
    else:
        waived = until is not None and random.random() < 0.5
    decisions.hear_statement(
        centre.session, task.id, task.version, staff, "正在整改（示例）", "不予采纳（示例）", centre.now,
        hearing_waived=waived,
    )  # fmt: skip
    assert case.state != CaseState.ENDED


def _appoint(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> None:
    part = part_of(task)
    hearing = _open_hearing(centre, part)
    involved = hearing_rules.reviewers(centre.session, part)
    able = [
        one for one in sim.people.values()
        if one.department_id == part.department_id and one.roles & {Role.OFFICER, Role.HEAD, Role.LEAD_OFFICER}
    ]  # fmt: skip
    chairs = [one for one in able if one.id not in involved]
    if not chairs:  # everybody of the department has had a hand in it: whoever asked gives it up
        if hearing.asker_kind:
            hearings.withdraw(centre.session, hearing.id, None, "撤回（示例）", centre.calendar, centre.now)
            return
        raise NotToday("nobody to chair")
    chair = random.choice(chairs)
    recorder = random.choice([one for one in able if one.id != chair.id])
    first, last = hearing_rules.span(hearing, centre.calendar, centre.now)
    day = sim.days.after(first, random.randint(0, max(0, min(5, sim.days.among(first, last)))))
    when = datetime.combine(day, time(random.randint(9, 15)), SHANGHAI)
    made = Appointment(
        when, "示例县政务服务中心二楼听证室", centre.staff[chair.login], centre.staff[recorder.login],
        why_late="提前通知的期限不足（示例）",
    )  # fmt: skip
    hearings.appoint(centre.session, task.id, task.version, staff, made, centre.calendar, centre.now)


def _open_hearing(centre: Centre, part: CasePart) -> Hearing:
    query = select(Hearing).where(Hearing.part_id == part.id, Hearing.state.in_(("asked", "appointed")))
    return centre.session.scalars(query).one()


def _hold(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> None:
    """On its day; once in a while it is put off."""
    hearing = _open_hearing(centre, part_of(task))
    assert hearing.held_at is not None
    if centre.now < hearing.held_at:
        raise NotToday("the hearing is on another day")
    if random.random() < 0.15 and not hearing_rules.is_late(hearing):
        hearings.postpone(
            centre.session, task.id, task.version, staff, "证人未到（示例）", centre.calendar, centre.now
        )
        return
    signed = (Signature("赵某某（示例）", "applicant", signed=True),)
    hearings.record(
        centre.session, task.id, task.version, staff, "申请人陈述：……（示例）", "建议依法决定（示例）", signed,
        centre.calendar, centre.now,
    )  # fmt: skip


def _approve_extension(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> None:
    """Approved, unless the limit ran out meanwhile; then there is nothing left to approve."""
    clocked = task.part if task.part and task.part.promised_due else task.case
    over = clocked.statutory_due is not None and centre.now > clocked.statutory_due and not clocked.paused
    granted = not over and random.random() < 0.85
    special.approve_extension(
        centre.session, task.id, task.version, staff, "" if granted else "不必延期（示例）", centre.calendar,
        centre.now, granted=granted,
    )  # fmt: skip


def _approve_procedure(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> None:
    granted = random.random() < 0.9
    special.approve_procedure(
        centre.session, task.id, task.version, staff, "" if granted else "不必要（示例）", centre.calendar,
        centre.now, granted=granted,
    )  # fmt: skip


def _on_the_spot(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> None:
    _decide(sim, centre, task, staff, random)


def _issue(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> None:
    for fee in task.case.fees:
        if fee.state == "due":
            clerk = centre.staff["linxiao"]
            closing.pay_fee(centre.session, task.case_id, fee.code, "票据 001", clerk, centre.now)
    closing.issue(centre.session, task.id, task.version, staff, centre.now)


def _deliver(sim: Simulation, centre: Centre, task: Task, staff: Staff, random: Random) -> None:
    applicant = task.case.applicant
    name = (applicant.representative or applicant.name) if applicant else ""
    service = Service("in_person", name, "政务服务中心 6 号窗口", signature=name)
    closing.deliver(centre.session, task.id, task.version, staff, None, service, centre.now)


ACTS: dict[str, Callable[[Simulation, Centre, Task, Staff, Random], Any]] = {
    "pre_check": _pre_check,
    "check_materials": _check,
    "answer_correction": _answer,
    "issue_correction": _issue_correction,
    "review": _review,
    "site_visit": _record_finding,
    "collate": _collate,
    "decide": _decide,
    "decide_on_the_spot": _on_the_spot,
    "hear_statement": _hear,
    "appoint_hearing": _appoint,
    "hold_hearing": _hold,
    "approve_extension": _approve_extension,
    "approve_procedure": _approve_procedure,
    "issue": _issue,
    "issue_parts": _issue,
    "deliver": _deliver,
    "deliver_parts": _deliver,
    "deliver_refusal": _deliver,
}


# --- what runs beside the tasks


def plan_procedure(sim: Simulation, procedure: SpecialProcedure) -> None:
    """It is ended by the day that was told, or late; at times a later day is told."""
    random = Random(f"{sim.year.seed}:procedure:{procedure.id}")
    late = random.uniform(1, 6) if random.random() < 0.35 else 0.0
    wait = random.uniform(0, procedure.days) if not late else procedure.days + late
    sim.plan(sim.office(wait, random), end_procedure, procedure.id)
    if random.random() < 0.15:
        sim.plan(sim.office(procedure.days * 0.8, random), prolong_procedure, procedure.id)


def end_procedure(sim: Simulation, centre: Centre, procedure_id: int) -> None:
    """The result is there and is recorded."""
    staff = _for_procedure(sim, centre, procedure_id, "end_procedure")
    if staff is not None:
        special.end_procedure(
            centre.session, procedure_id, staff, "结果合格（示例）", centre.calendar, centre.now
        )


def prolong_procedure(sim: Simulation, centre: Centre, procedure_id: int) -> None:
    """It takes longer than was told."""
    staff = _for_procedure(sim, centre, procedure_id, "approve_procedure")
    if staff is not None:
        special.prolong(
            centre.session, procedure_id, staff, 3, "检测排队（示例）", centre.calendar, centre.now
        )


def _for_procedure(sim: Simulation, centre: Centre, procedure_id: int, act: str) -> Staff | None:
    procedure = centre.session.get_one(SpecialProcedure, procedure_id)
    tasks.lock_case(centre.session, procedure.case_id)
    if procedure.state != "running":
        return None
    there = sim.able(act, part.department_id) if (part := procedure.part) else []
    if not there:
        raise NotToday(f"nobody to {act}")
    return centre.staff[there[0]]


def plan_order(sim: Simulation, order: SupervisoryOrder) -> None:
    """Most orders are answered in time, some late, some never."""
    random = Random(f"{sim.year.seed}:order:{order.id}")
    if random.random() < 0.85:
        sim.plan(sim.office(random.uniform(0, 5), random), answer_order, order.id)


def answer_order(sim: Simulation, centre: Centre, order_id: int) -> None:
    """The head answers, and supervision is content."""
    order = centre.session.get_one(SupervisoryOrder, order_id)
    there = sim.able("answer_order", order.department_id)
    if not there:
        raise NotToday("no head")
    if order.state == "open":
        supervision.answer_order(
            centre.session, order_id, centre.staff[there[0]], "人手不足，三日内办结（示例）", centre.now
        )
        supervision.close_order(centre.session, order_id, centre.staff["jiancha"], "", centre.now)
