"""What the departments do with a permit after its issue, in words for tests."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeVar

import pytest

from approvals import proceeding_rules, register, register_book, tasks
from approvals.clock import local_day
from approvals.errors import DomainError
from approvals.proceedings import DONE, Proposal, Resolution
from approvals.tables import Permit, Proceeding, Staff, Task
from approvals.terms import Role
from processes.steps import proceedings
from tests import invariants
from web.demo.centre import Centre

Value = TypeVar("Value")
LAW = "违反《公共场所卫生管理条例》第十四条的规定"
FACTS = "两名执法人员现场检查，客用物品未按规定消毒（示例）"


def officer(centre: Centre, permit: Permit) -> Staff:
    """An officer of the permit's department."""
    return _with(centre, permit, Role.OFFICER)


def head(centre: Centre, permit: Permit) -> Staff:
    """The head of the permit's department."""
    return _with(centre, permit, Role.HEAD)


def _with(centre: Centre, permit: Permit, role: Role) -> Staff:
    return next(
        one for one in centre.staff.values() if one.has(role) and one.department_id == permit.department_id
    )


def proposal(centre: Centre, kind: str, ground: str, until: date | None = None) -> Proposal:
    """A complete proposal; a suspension for thirty days."""
    if kind == "suspend" and until is None:
        until = local_day(centre.now) + timedelta(days=30)
    return Proposal(kind, ground, FACTS, LAW, until)


def tell(centre: Centre, permit: Permit, kind: str, ground: str) -> Proceeding:
    """An officer begins and tells."""
    return proceedings.open_proceeding(
        centre.session, permit.id, officer(centre, permit), proposal(centre, kind, ground), centre.now
    )


def hear(
    centre: Centre, proceeding: Proceeding, statement: str = "正在整改（示例）", **options: bool
) -> None:
    """The holder is heard and gives up the rest of the days, and a hearing, unless told otherwise."""
    given_up = {"waived": bool(statement.strip()), "hearing_waived": proceeding.hearing_right} | options
    task = task_of(centre, proceeding, "hear_defence")
    proceedings.hear_defence(
        centre.session, task.id, task.version, officer(centre, proceeding.permit), statement, "不影响认定（示例）",
        centre.now, **given_up,
    )  # fmt: skip


def decide(centre: Centre, proceeding: Proceeding, result: str = DONE, **more: object) -> None:
    """The head decides."""
    task = task_of(centre, proceeding, "decide_proceeding")
    harm = {"grave_harm": False} if proceeding.kind == "revoke" else {}
    resolution = Resolution(result, LAW, **(harm | more))  # type: ignore[arg-type]
    proceedings.decide(
        centre.session, task.id, task.version, head(centre, proceeding.permit), resolution, centre.now
    )


def ended(centre: Centre, permit: Permit, kind: str, ground: str) -> Proceeding:
    """Told, heard and done."""
    proceeding = tell(centre, permit, kind, ground)
    hear(centre, proceeding)
    decide(centre, proceeding)
    return proceeding


def task_of(centre: Centre, proceeding: Proceeding, step: str) -> Task:
    """The open task of this step of a proceeding."""
    open_ = tasks.open_tasks(centre.session, proceeding.case_id, step)
    return next(task for task in open_ if task.part_id == proceeding.part_id)


def current(centre: Centre, permit: Permit) -> Permit:
    """The version in force, or the last."""
    return register_book.in_force(centre.session, permit.number) or register_book.latest(
        centre.session, permit.number
    )


def present(value: Value | None) -> Value:
    """What has to be there by now."""
    if value is None:
        raise AssertionError("there is nothing")
    return value


def open_one(centre: Centre, permit: Permit) -> Proceeding:
    """The one proceeding against a permit that is not decided."""
    return present(proceeding_rules.open_of(centre.session, permit.id))


def succeed(centre: Centre, permit: Permit, kind: str, ground: str, **more: Any) -> Permit:
    """The next version, by a case that stands for the request."""
    request = centre.accept(centre.draft("public_venue_hygiene", {}))
    given = {
        "fields": permit.fields, "valid_from": permit.valid_from, "valid_until": permit.valid_until,
        "staff": centre.staff["linxiao"], "case": request, "part": request.parts[0], **more,
    }  # fmt: skip
    return register.succeed(
        centre.session, permit, kind, ground=ground, reasons="准予（示例）", now=centre.now, **given
    )


def refused(centre: Centre, error: type[DomainError], act: Callable[[], object]) -> DomainError:
    """The act is refused with exactly this error and leaves no trace."""
    session = centre.session
    session.flush()
    before = invariants.fingerprint(session)
    with pytest.raises(error) as refusal, session.begin_nested():
        act()
    assert type(refusal.value) is error, refusal.value
    session.expire_all()
    assert invariants.fingerprint(session) == before
    return refusal.value
