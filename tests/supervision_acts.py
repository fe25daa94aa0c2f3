"""Orders and urging, given right and wrong by whoever it may be: used by the state machine."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from approvals.tables import Case, Staff, SupervisoryOrder, Task
from approvals.terms import Role
from processes.steps import supervision
from web.demo.centre import Centre

Draw = Callable[[st.SearchStrategy[Any]], Any]
WORDS = st.sampled_from(["", "请说明进展（示例）", "请说明进展（示例）"])
MAY = {
    "open_order": Role.SUPERVISOR, "close_order": Role.SUPERVISOR, "return_order": Role.SUPERVISOR,
    "answer_order": Role.HEAD,
}  # fmt: skip
"""Who may, written down a second time."""


def of_supervision(centre: Centre, case: Case, staff: Staff, draw: Draw) -> str:
    """Open, answer, send back or close an order, or urge; returns which."""
    session, now, words = centre.session, centre.now, draw(WORDS)
    way = draw(st.sampled_from([*MAY, "answer_order", "urge"]))
    if way == "open_order":
        part = draw(st.sampled_from([None, *case.parts, 10_000]))
        part_id = part.id if part is not None and not isinstance(part, int) else part
        supervision.open_order(session, case.id, part_id, staff, words, now)
    elif way == "urge":
        known = session.scalars(select(Task.id).where(Task.case_id == case.id)).all()
        supervision.urge(session, draw(st.sampled_from([*known, 10_000])), staff, words, now)
    else:
        given = session.scalars(select(SupervisoryOrder.id).where(SupervisoryOrder.case_id == case.id)).all()
        order_id = draw(st.sampled_from([*given, *given, 10_000]))
        getattr(supervision, way)(session, order_id, staff, words, now)
    return way
