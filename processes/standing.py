"""Where the parts of a case stand, as the processes ask it: opinions in, a prerequisite open, what issues."""

from sqlalchemy.orm import Session

from approvals.tables import Case, CasePart
from approvals.terms import PartState, Path

OPINED = (PartState.OPINED, PartState.CLOSED, PartState.CANCELLED)
SETTLED = (PartState.GRANTED, PartState.REFUSED, PartState.CLOSED, PartState.CANCELLED)


def all_opinions_in(case: Case) -> bool:
    """Whether every part that is reviewed has submitted its opinion; one by commitment is not reviewed."""
    return all(part.state in OPINED for part in case.parts if part.path != Path.COMMITMENT)


def prerequisite(session: Session, part: CasePart) -> str:
    """``open`` while the part this one depends on has no result yet."""
    if part.depends_on_id is None:
        return "none"
    before = session.get_one(CasePart, part.depends_on_id)
    return "none" if before.state in SETTLED else "open"


def result_of(parts: list[CasePart], *, alone: bool) -> str:
    """Which certificates issue: all, some or none; some only where the item lets granted parts issue ``alone``."""
    granted = [part.state == PartState.GRANTED for part in parts]
    if all(part.state == PartState.GRANTED or not part.required for part in parts) and any(granted):
        return "all_granted"
    return "some_granted" if any(granted) and alone else "none_granted"
