"""Extensions, special procedures and hearings of one case, as its pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from ..hearing_words import OPEN
from ..hearings import times_put_off
from ..tables import Document, Hearing, SpecialProcedure, Staff, Task
from ..terms import ProcedureState

PAPERS = (
    "extension",
    "special_procedure",
    "special_procedure_end",
    "hearing_right",
    "hearing_notice",
    "hearing_record",
)


@dataclass(frozen=True)
class Special:
    """All of them, oldest first; ``numbers`` of their papers by id, ``put_off`` how often each hearing was."""

    procedures: Sequence[SpecialProcedure] = ()
    hearings: Sequence[Hearing] = ()
    numbers: Mapping[int, str] = field(default_factory=dict)
    put_off: Mapping[int, int] = field(default_factory=dict)

    @property
    def running(self) -> list[SpecialProcedure]:
        """What stops a clock now."""
        return [each for each in self.procedures if each.state == ProcedureState.RUNNING]

    def of_part(self, part_id: int) -> list[SpecialProcedure]:
        """Those of one part."""
        return [each for each in self.procedures if each.part_id == part_id]

    def hearings_of(self, part_id: int) -> list[Hearing]:
        """The hearings of one part."""
        return [each for each in self.hearings if each.part_id == part_id]

    def proposal(self, task: Task) -> SpecialProcedure | None:
        """What a task of approval is about."""
        waiting = [each for each in self.procedures if each.state == ProcedureState.PROPOSED]
        return next((each for each in waiting if each.part_id == task.part_id), None)

    def hearing(self, task: Task) -> Hearing | None:
        """The hearing a task is about."""
        return next(
            (each for each in self.hearings if each.part_id == task.part_id and each.state in OPEN), None
        )


def load(session: Session, case_id: int) -> Special:
    """In three statements, whatever there is."""
    procedures = session.scalars(
        select(SpecialProcedure)
        .where(SpecialProcedure.case_id == case_id)
        .options(_person(SpecialProcedure.requested_by), _person(SpecialProcedure.approver))
        .order_by(SpecialProcedure.id)
    ).all()
    hearings = session.execute(
        select(Hearing, times_put_off())
        .where(Hearing.case_id == case_id)
        .options(_person(Hearing.chair), _person(Hearing.recorder))
        .order_by(Hearing.id)
    ).all()
    numbers = select(Document.id, Document.number).where(
        Document.case_id == case_id, Document.kind.in_(PAPERS)
    )
    return Special(
        procedures,
        [hearing for hearing, _times in hearings],
        {row.id: row.number for row in session.execute(numbers)},
        {hearing.id: times for hearing, times in hearings},
    )


def _person(relation: Any) -> _AbstractLoad:
    """Somebody by name: what posts they hold is of no interest here."""
    return joinedload(relation).lazyload(Staff.roles)
