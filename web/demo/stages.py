"""How far a demo case goes: every stage a case can be in, as the acts that lead there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from approvals import intake, tasks
from approvals.corrections import DefectInput
from approvals.papers import Fix
from approvals.tables import Case
from approvals.terms import MaterialState, OpinionKind, Outcome
from processes.steps import closing, departments, lead, turning_away, window

from .centre import Centre

Act = Callable[[Centre, Case, Random], None]


@dataclass(frozen=True)
class Stage:
    """How far a case goes: its acts in order, and how many working days they take."""

    name: str
    acts: tuple[Act, ...]
    days: int
    complete: bool = True


def accept(centre: Centre, case: Case, _random: Random) -> None:
    """Accepted at the window."""
    centre.accept(case)


def _accept_fixed(centre: Centre, case: Case, _random: Random) -> None:
    centre.accept(case, fixes=[Fix("申请书", "面积 68 平方米", "面积 86 平方米")])


def _accept_deferred(centre: Centre, case: Case, _random: Random) -> None:
    for material in case.materials:
        if material.line["necessity"] == "may_follow" and material.state == MaterialState.RECEIVED:
            intake.tick(material, MaterialState.DEFERRED, 0, 0, "")
            centre.accept(case, deferral=True)
            return
    centre.accept(case)


def _receive(centre: Centre, case: Case, _random: Random) -> None:
    centre.receive(case)


def _pre_check_some(centre: Centre, case: Case, random: Random) -> None:
    code = next((part.item.code for part in case.parts if part.item and part.decides), "")
    material = random.choice([m for m in case.materials if m.state == MaterialState.RECEIVED])
    problem = DefectInput(material.code, f"{material.line['name']['zh']}内容不全", "按清单要求补充完整")
    centre.pre_check(case, {code: [problem]})


def _correct(centre: Centre, case: Case, _random: Random) -> None:
    centre.check(case, "correction")


def _correct_at_window(centre: Centre, case: Case, random: Random) -> None:
    material = random.choice([m for m in case.materials if m.state == MaterialState.RECEIVED])
    intake.tick(material, MaterialState.DEFECTIVE, 0, 0, "缺少签名和日期")
    window.correct_at_window(centre.session, case.id, centre.staff[centre.clerk], centre.calendar, centre.now)


def _answer(centre: Centre, case: Case, _random: Random) -> None:
    centre.tick_all(case)
    centre.answer(case, "已按要求补正（示例）")


def _check_accepted(centre: Centre, case: Case, _random: Random) -> None:
    centre.pre_check(case)
    centre.check(case, "accepted")


def _not_accepted(centre: Centre, case: Case, _random: Random) -> None:
    _turn_away(centre, case, Outcome.NOT_ACCEPTED, "经营场所所在楼层依法不得设置此类场所")


def _not_needed(centre: Centre, case: Case, _random: Random) -> None:
    _turn_away(centre, case, Outcome.NOT_NEEDED, "所申请的活动依法不需要取得行政许可")


def _not_ours(centre: Centre, case: Case, _random: Random) -> None:
    _turn_away(centre, case, Outcome.NOT_OURS, "经营场所不在本县行政区域内")


def _turn_away(centre: Centre, case: Case, outcome: Outcome, reasons: str) -> None:
    body = "邻县市场监督管理局（示例）" if outcome == Outcome.NOT_OURS else ""
    answer = turning_away.Answer(outcome, reasons, competent_body=body)
    clerk = centre.staff[centre.clerk]
    window.turn_away(centre.session, case.id, clerk, answer, centre.calendar, centre.now)


def opine_one(centre: Centre, case: Case, random: Random) -> None:
    """One department gives its opinion."""
    waiting = tasks.open_tasks(centre.session, case.id, "review")
    if waiting:
        task = random.choice(waiting)
        centre.opine(case, task.part.item.code if task.part and task.part.item else None)


def claim_one(centre: Centre, case: Case, random: Random) -> None:
    """One officer takes the review on."""
    waiting = tasks.open_tasks(centre.session, case.id, "review")
    if waiting:
        task = random.choice(waiting)
        tasks.claim(centre.session, task.id, centre.who(task), centre.now)


def _disagree_one(centre: Centre, case: Case, random: Random) -> None:
    task = random.choice(tasks.open_tasks(centre.session, case.id, "review"))
    code = task.part.item.code if task.part and task.part.item else None
    centre.opine(case, code, OpinionKind.DISAGREE, "现场与申报图纸不一致（示例）")


def opine_rest(centre: Centre, case: Case, _random: Random) -> None:
    """All that have not yet given theirs agree."""
    centre.opine_all(case)


def _ask_visits(centre: Centre, case: Case, _random: Random) -> None:
    visit = None
    for task in tasks.open_tasks(centre.session, case.id, "review")[:2]:
        visit = departments.ask_site_visit(
            centre.session, task.id, task.version, centre.who(task), centre.now
        )
    if visit is not None:
        officer = centre.who(tasks.open_tasks(centre.session, case.id, "site_visit")[0])
        when = centre.now + timedelta(days=2)
        place = str(case.form_data.get("premises_address", "申请人经营场所"))
        departments.appoint_site_visit(centre.session, visit.id, officer, when, place, centre.now)


def _visit(centre: Centre, case: Case, _random: Random) -> None:
    for task in tasks.open_tasks(centre.session, case.id, "site_visit"):
        first = centre.who(task)
        second = next(
            staff
            for staff in centre.staff.values()
            if staff.department_id == first.department_id and staff.has("officer") and staff.id != first.id
        )
        departments.record_finding(
            centre.session,
            task.id,
            task.version,
            first,
            second,
            "现场与图纸一致（示例）",
            centre.now,
            passed=True,
        )


def _ask_correction(centre: Centre, case: Case, _random: Random) -> None:
    task = tasks.open_tasks(centre.session, case.id, "review")[0]
    defect = DefectInput(case.materials[0].code, "申请书经营面积与图纸不一致", "更正后重新提交")
    departments.request_correction(
        centre.session, task.id, task.version, centre.who(task), [defect], centre.now
    )


def _collate(centre: Centre, case: Case, _random: Random) -> None:
    centre.collate(case, "按整改后的方案办理（示例）", "申请人已书面同意整改（示例）")


def _add_department(centre: Centre, case: Case, _random: Random) -> None:
    lead.add_department(
        centre.session, case.id, "006", centre.staff["qiantou"], "店内设儿童游乐区（示例）", centre.now
    )


def _grant_one(centre: Centre, case: Case, random: Random) -> None:
    task = random.choice(tasks.open_tasks(centre.session, case.id, "decide"))
    centre.grant(case, task.part.item.code if task.part and task.part.item else None)


def _grant(centre: Centre, case: Case, _random: Random) -> None:
    centre.grant_all(case)


def propose_refusal(centre: Centre, case: Case, _random: Random) -> None:
    """One authority tells the facts of an intended refusal."""
    centre.propose_refusal(tasks.open_tasks(centre.session, case.id, "decide")[0])


def _refuse_one(centre: Centre, case: Case, random: Random) -> None:
    task = random.choice(tasks.open_tasks(centre.session, case.id, "decide"))
    centre.refuse(case, task.part.item.code if task.part and task.part.item else None)


def _issue(centre: Centre, case: Case, _random: Random) -> None:
    centre.pay_fees(case)
    centre.issue(case)


def _deliver(centre: Centre, case: Case, _random: Random) -> None:
    centre.deliver(case)


def _withdraw(centre: Centre, case: Case, _random: Random) -> None:
    closing.withdraw(
        centre.session, case.id, centre.staff[centre.clerk], "申请人另行选址（示例）", centre.now
    )


def _on_the_spot(centre: Centre, case: Case, _random: Random) -> None:
    centre.accept(case)
    centre.decide_on_the_spot(case)


TO_COLLATION = (accept, claim_one, opine_rest)
TO_DECISION = (*TO_COLLATION, _collate)
TO_END = (_grant, _issue, _deliver)
JOINT = (
    Stage("draft", (), 0, complete=False),
    Stage("received", (_receive,), 0),
    Stage("pre-checked", (_receive, _pre_check_some), 2),
    Stage("correcting", (_receive, _pre_check_some, _correct), 3),
    Stage("corrected at the window", (_correct_at_window,), 0),
    Stage("answered", (_correct_at_window, _answer), 3),
    Stage("accepted after checking", (_receive, _pre_check_some, _correct, _answer, _check_accepted), 6),
    Stage("just accepted", (accept,), 0),
    Stage("claimed", (accept, claim_one), 1),
    Stage("some opinions", (accept, opine_one, opine_one), 2),
    Stage("site visit appointed", (accept, _ask_visits), 1),
    Stage("site visited", (accept, _ask_visits, _visit), 3),
    Stage("correction asked in review", (accept, _ask_correction), 2),
    Stage("deferred", (_accept_deferred, opine_one), 1),
    Stage("collating", TO_COLLATION, 4),
    Stage("conflict", (accept, _disagree_one, opine_rest), 4),
    Stage("department added", (*TO_COLLATION, _add_department), 4),
    Stage("deciding", TO_DECISION, 5),
    Stage("partly decided", (*TO_DECISION, _grant_one), 5),
    Stage("hearing", (*TO_DECISION, propose_refusal), 5),
    Stage("issuing", (*TO_DECISION, _grant), 6),
    Stage("delivering", (*TO_DECISION, _grant, _issue), 7),
    Stage("done", (*TO_DECISION, *TO_END), 8),
    Stage("done", (*TO_DECISION, *TO_END), 6),
    Stage("settled and done", (accept, _disagree_one, opine_rest, _collate, *TO_END), 8),
    Stage("partly granted", (*TO_DECISION, _refuse_one, *TO_END), 9),
    Stage("withdrawn", (accept, opine_one, _withdraw), 3),
    Stage("not ours", (_not_ours,), 0),
)
ORDINARY = (
    Stage("received", (_receive,), 0),
    Stage("correcting", (_correct_at_window,), 0),
    Stage("just accepted", (accept,), 0),
    Stage("fixed on the spot", (_accept_fixed,), 0),
    Stage("claimed", (accept, claim_one), 1),
    Stage("site visit", (accept, _ask_visits), 1),
    Stage("deciding", (accept, opine_rest), 2),
    Stage("issuing", (accept, opine_rest, _grant), 3),
    Stage("delivering", (accept, opine_rest, _grant, _issue), 4),
    Stage("done", (accept, opine_rest, *TO_END), 4),
    Stage("done", (accept, opine_rest, *TO_END), 5),
    Stage("refused", (accept, opine_rest, _refuse_one, _deliver), 6),
    Stage("not needed", (_not_needed,), 0),
    Stage("not accepted", (_not_accepted,), 0),
)
INSTANT = (
    Stage("done on the spot", (_on_the_spot, _issue, _deliver), 0),
    Stage("done on the spot", (_on_the_spot, _issue, _deliver), 0),
    Stage("to be handed over", (_on_the_spot, _issue), 0),
)
