"""What ``holding_time`` needs of cases, read for many at once; and the cases that ended lately."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, lazyload

from .. import authority
from ..holding_time import History, Outside, Span, Work
from ..tables import Case, CaseMaterial, Correction, JournalEntry, SpecialProcedure, Staff, Task
from ..terms import MaterialState, ProcedureKind, ProcedureState, Role

LATELY = 50
Row = TypeVar("Row", Task, SpecialProcedure, Correction, CaseMaterial, JournalEntry)
RAN = (ProcedureState.RUNNING, ProcedureState.ENDED)


def ended_lately(session: Session, staff: Staff) -> Sequence[Case]:
    """The decided cases that ended last, of those the person may see, newest first."""
    return session.scalars(
        select(Case)
        .where(Case.ended_at.is_not(None), Case.accepted_at.is_not(None), authority.visible_cases(staff))
        .options(joinedload(Case.department))
        .order_by(Case.ended_at.desc())
        .limit(LATELY)
    ).all()


def histories(session: Session, cases: Sequence[Case]) -> dict[int, History]:
    """Who had each case when, by its id; five statements however many. A draft has no history."""
    received = {case.id: case.received_at for case in cases if case.received_at is not None}
    work = _rows(session, Task, received)
    outside = _rows(
        session, SpecialProcedure, received,
        SpecialProcedure.kind != ProcedureKind.EXTENSION, SpecialProcedure.state.in_(RAN), SpecialProcedure.body != "",
    )  # fmt: skip
    asked = _rows(session, Correction, received, Correction.before_acceptance.is_(True))
    deferred = _rows(session, CaseMaterial, received, CaseMaterial.deferred_until.is_not(None))
    brought = _rows(session, JournalEntry, received, JournalEntry.act == "complete_deferred")
    return {
        case.id: History(
            received=received[case.id],
            ended=case.ended_at,
            work=[_work(task) for task in work[case.id]],
            outside=[
                Outside(each.approved_at, each.ended_at, each.part_id)
                for each in outside[case.id]
                if each.approved_at is not None
            ],
            corrections=[Span(each.issued_at, each.answered_at) for each in asked[case.id]],
            deferrals=_deferrals(case, deferred[case.id], brought[case.id]),
        )
        for case in cases
        if case.id in received
    }


def _rows(
    session: Session, table: type[Row], case_ids: Iterable[int], *conditions: ColumnElement[bool]
) -> dict[int, list[Row]]:
    """The rows of these cases that meet the conditions, by case."""
    ids = list(case_ids)
    found: dict[int, list[Row]] = {case_id: [] for case_id in ids}
    for row in session.scalars(
        select(table).where(table.case_id.in_(ids), *conditions).order_by(table.id).options(lazyload("*"))
    ):
        found[row.case_id or 0].append(row)
    return found


def _work(task: Task) -> Work:
    at_window = task.role == Role.WINDOW_CLERK
    return Work(
        task.opened_at,
        task.done_at,
        None if at_window else task.department_id,
        task.part_id,
        issues=task.step.startswith("issue") and task.step != "issue_correction",
    )


def _deferrals(case: Case, deferred: Sequence[CaseMaterial], brought: Sequence[JournalEntry]) -> list[Span]:
    """From acceptance until the last deferred material came; whether it has come is in the material's state."""
    if not deferred or case.accepted_at is None:
        return []
    end: datetime | None = None
    if all(material.state != MaterialState.DEFERRED for material in deferred):
        end = max((entry.at for entry in brought), default=case.accepted_at)
    return [Span(case.accepted_at, end)]
