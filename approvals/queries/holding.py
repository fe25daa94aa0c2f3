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
OUTSIDE = (
    SpecialProcedure.kind != ProcedureKind.EXTENSION,
    SpecialProcedure.state.in_(RAN),
    SpecialProcedure.body != "",
)
"""Procedures that were carried out by somebody else than the authority."""

BROUGHT = JournalEntry.act == "complete_deferred"


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
    received = [case.id for case in cases if case.received_at is not None]
    work = _rows(session, Task, received)
    outside = _rows(session, SpecialProcedure, received, *OUTSIDE)
    asked = _rows(session, Correction, received)
    deferred = _rows(session, CaseMaterial, received, CaseMaterial.deferred_until.is_not(None))
    brought = _rows(session, JournalEntry, received, BROUGHT)
    return {
        case.id: _history(case, work[case.id], outside[case.id], asked[case.id], deferred[case.id], brought[case.id])
        for case in cases
        if case.id in work
    }  # fmt: skip


def history_of(
    session: Session, case: Case, work: Sequence[Task], asked: Sequence[Correction]
) -> History | None:
    """The same for one case whose tasks, corrections and materials are loaded: two statements."""
    if case.received_at is None:
        return None
    outside = _rows(session, SpecialProcedure, [case.id], *OUTSIDE)[case.id]
    brought = _rows(session, JournalEntry, [case.id], BROUGHT)[case.id]
    return _history(case, work, outside, asked, case.materials, brought)


def _history(
    case: Case,
    work: Sequence[Task],
    outside: Sequence[SpecialProcedure],
    asked: Sequence[Correction],
    materials: Sequence[CaseMaterial],
    brought: Sequence[JournalEntry],
) -> History:
    return History(
        received=case.received_at or case.created_at,
        ended=case.ended_at,
        work=[_work(task) for task in work],
        outside=[
            Outside(each.approved_at, each.ended_at, each.part_id) for each in outside if each.approved_at
        ],
        corrections=[Span(each.issued_at, each.answered_at) for each in asked if each.before_acceptance],
        deferrals=_deferrals(case, [each for each in materials if each.deferred_until], brought),
    )


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
