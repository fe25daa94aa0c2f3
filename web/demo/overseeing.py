"""What departments do to a permit after its issue, through the real steps: told, heard, decided; cancelled; repaired."""

from datetime import timedelta

from sqlalchemy import select

from approvals import clock, proceeding_rules, register_book, tasks
from approvals.proceedings import DONE, Proposal, Resolution
from approvals.tables import Case, CreditRecord, Permit, Proceeding, Task
from approvals.terms import Role
from processes.steps import credit, proceeding_hearings, proceedings

from .centre import Centre
from .telling import one_with

SUSPENDED_DAYS = 30


def permit_of(centre: Centre, case: Case, item: str = "") -> Permit:
    """The version in force of a permit of the case: of this item, or of the only one there is."""
    rows = centre.session.scalars(select(Permit).where(Permit.case_id == case.id).order_by(Permit.id)).all()
    issued = next(row for row in rows if not item or row.item_code == item)
    return register_book.in_force(centre.session, issued.number) or issued


def begin(centre: Centre, permit: Permit, kind: str, ground: str, facts: str, reasons: str) -> Proceeding:
    """An officer begins a proceeding and tells the facts; a suspension is for thirty days."""
    until = clock.local_day(centre.now) + timedelta(days=SUSPENDED_DAYS) if kind == "suspend" else None
    officer = one_with(centre, Role.OFFICER, permit.department_id)
    proposal = Proposal(kind, ground, facts, reasons, until)
    return proceedings.open_proceeding(centre.session, permit.id, officer, proposal, centre.now)


def tell(centre: Centre, case: Case) -> Proceeding:
    """The officer tells the facts that a verification has found."""
    task = centre.task(case, "tell_facts")
    found = _open(centre, task)
    return proceedings.tell_facts(
        centre.session, task.id, task.version, centre.who(task), found.facts, found.reasons, centre.now
    )


def hear(centre: Centre, case: Case, statement: str, assessment: str) -> Proceeding:
    """The holder's statement is recorded and weighed; the rest of the days and a hearing are given up in writing."""
    task = centre.task(case, "hear_defence")
    found = _open(centre, task)
    waived = found.hearing_right and proceeding_rules.hearing_of(centre.session, found) is None
    return proceedings.hear_defence(
        centre.session, task.id, task.version, centre.who(task), statement, assessment, centre.now,
        waived=True, hearing_waived=waived,
    )  # fmt: skip


def decide(centre: Centre, case: Case, reasons: str, result: str = DONE) -> Proceeding:
    """The head decides; nobody else would be gravely harmed."""
    task = centre.task(case, "decide_proceeding")
    grave_harm = False if _open(centre, task).kind == "revoke" else None
    resolution = Resolution(result, reasons, grave_harm=grave_harm)
    return proceedings.decide(centre.session, task.id, task.version, centre.who(task), resolution, centre.now)


def ask_hearing(centre: Centre, case: Case) -> None:
    """The holder asks for a hearing at the window."""
    found = _open(centre, centre.task(case, "hear_defence"))
    clerk = centre.staff[centre.clerk]
    reasons = "对认定的事实有异议（示例）"
    proceeding_hearings.ask(centre.session, found.id, clerk, reasons, centre.calendar, centre.now)


def cancel(centre: Centre, permit: Permit, ground: str, reasons: str) -> None:
    """The head cancels what has ended, or what its holder gives up."""
    head = one_with(centre, Role.HEAD, permit.department_id)
    proceedings.cancel(centre.session, permit.id, ground, reasons, head, centre.now)


def repair(centre: Centre, case: Case) -> None:
    """The head repairs every credit record the case has left."""
    rows = centre.session.scalars(select(CreditRecord).where(CreditRecord.case_id == case.id)).all()
    for row in rows:
        head = one_with(centre, Role.HEAD, row.department_id)
        credit.repair(centre.session, row.id, head, "已纠正失信行为并重新取得许可条件（示例）", centre.now)


def waiting(centre: Centre, case: Case) -> list[str]:
    """The steps that are open of a case."""
    return [task.step for task in tasks.open_tasks(centre.session, case.id)]


def _open(centre: Centre, task: Task) -> Proceeding:
    found = proceeding_rules.of_task(centre.session, task.part)
    assert found is not None, task.step
    return found
