"""What supervision sees and says on a case page: orders, urgings, second corrections, and what this person may do of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from approvals import authority, second_correction, urging
from approvals.queries import orders
from approvals.queries.case import CaseFile
from approvals.supervision import CLOSED
from approvals.tables import Defect, Staff, Task
from approvals.terms import CaseState, PartState

from ..i18n import local

CLOSED_PARTS = (PartState.GRANTED, PartState.REFUSED, PartState.CLOSED, PartState.CANCELLED)


def content(session: Session, file: CaseFile, staff: Staff) -> dict[str, Any]:
    """For the templates; what the counts of the case say is not there is not read."""
    running = file.case.state not in (CaseState.DRAFT, CaseState.ENDED)
    return {
        "orders": (given := orders.of_case(session, file.case.id) if file.counts.orders else []),
        "standing_orders": [row for row in given if row.order.state != CLOSED],
        "urgings": orders.urgings_of(session, file.case.id) if file.counts.urgings else [],
        "urgeable": [task for task in file.open_tasks if urging.may_urge(staff, file.case, task)],
        "may_order": running and authority.may(staff, "supervise"),
        "orderable": [
            (str(part.id), f"{local(part.department.name)} · {local(part.name)}")
            for part in file.case.parts
            if part.state not in CLOSED_PARTS and len(file.case.parts) > 1
        ],
        "task_label": task_label,
        "seen_before": seen_before(session, file, staff),
    }


def seen_before(session: Session, file: CaseFile, staff: Staff) -> Sequence[Defect]:
    """Defects of a second notice that wait for this person's word; read only where there can be any."""
    waiting = [defect for defect in file.defects if defect.state == "raised"]
    second = file.case.state == CaseState.CHECKING and file.corrections
    if not (waiting and second and authority.may(staff, "let_second_correction_through")):
        return ()
    return second_correction.seen_before(session, file.case, waiting)


def task_label(task: Task) -> str:
    """Whose the task is: its holder, or the part's department."""
    if task.holder is not None:
        return task.holder.name
    return local(task.department.name) if task.part is not None else ""
