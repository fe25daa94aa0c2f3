"""The chair of a hearing (听证主持人) and the reviewers stay two people until it is over (行政许可法 48).

Appointed is one moment; tasks are handed over, stood in for and claimed after it.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from . import authority, notices
from .hearing_rules import APART_STEPS, note, open_one, require_fit
from .hearing_words import ChairApart, ChairOnly, ChairUnfit, HearingState
from .tables import CasePart, Hearing, Staff, Task

HOLD = "hold_hearing"


def appointed(session: Session, part: CasePart) -> Hearing | None:
    """The hearing of a part whose day and chair are named and that is not over."""
    hearing = open_one(session, part)
    return hearing if hearing is not None and hearing.state == HearingState.APPOINTED else None


def require_apart(session: Session, part: CasePart, staff: Staff) -> None:
    """Whoever is to chair the hearing on this part does not review it. Raises ``ChairApart``."""
    hearing = appointed(session, part)
    if hearing is not None and hearing.chair_id == staff.id:
        raise ChairApart(who=staff.name)


def require_for(session: Session, task: Task, staff: Staff, now: datetime) -> None:
    """What a hearing asks of whoever does a task. Raises ``ChairApart`` or ``ChairOnly``."""
    if task.part is None:
        return
    if task.step in APART_STEPS:
        require_apart(session, task.part, staff)
    require_of_chair(session, task, staff, now)


def require_of_chair(session: Session, task: Task, staff: Staff, now: datetime) -> None:
    """The hearing itself is the chair's to hold, to put off and to hand over. Raises ``ChairOnly``."""
    hearing = appointed(session, task.part) if task.part and task.step == HOLD else None
    if hearing is not None:
        require_in_the_chair(session, hearing, staff, now)


def require_in_the_chair(session: Session, hearing: Hearing, staff: Staff, now: datetime) -> None:
    """``staff`` is the chair that was named, or stands in for it today (AB 岗). Raises ``ChairOnly``."""
    if hearing.chair_id == staff.id:
        return
    if hearing.chair_id not in {colleague.id for colleague in authority.stands_in_for(session, staff, now)}:
        raise ChairOnly(who=hearing.chair.name if hearing.chair else "")


def sit(session: Session, hearing: Hearing, staff: Staff, now: datetime) -> None:
    """``staff`` chaired it: the chair named, not having reviewed since, or a stand-in who is then named.

    Raises ``ChairOnly``, ``ChairUnfit`` or ``ChairReviewed``.
    """
    require_in_the_chair(session, hearing, staff, now)
    _name(session, hearing, staff, staff, now)


def hand_over(session: Session, task: Task, staff: Staff, colleague: Staff, now: datetime) -> None:
    """``colleague`` is given a task by ``staff``: with the hearing comes its chair, with a review none does.

    Raises ``ChairApart``, ``ChairUnfit`` or ``ChairReviewed``.
    """
    if task.part is None:
        return
    if task.step in APART_STEPS:
        require_apart(session, task.part, colleague)
    hearing = appointed(session, task.part) if task.step == HOLD else None
    if hearing is not None:
        _name(session, hearing, colleague, staff, now)


def _name(session: Session, hearing: Hearing, chair: Staff, staff: Staff, now: datetime) -> None:
    if chair.id == hearing.recorder_id:
        raise ChairUnfit
    require_fit(session, hearing, chair)
    if chair.id == hearing.chair_id:
        return
    before = {"chair": hearing.chair.name if hearing.chair else ""}
    hearing.chair = chair
    session.flush()
    note(session, "change_chair", hearing, staff, now, {"chair": chair.name}, before)
    notices.to_applicant(session, hearing.case, "hearing_chair", now, who=chair.name)
