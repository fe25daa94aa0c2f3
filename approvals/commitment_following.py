"""Materials that follow a commitment (承诺后补材料): due days after the decision, taken early, in time or late."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import authority, clock, journal
from .calendar import TICK, WorkingCalendar, end_of, start_of
from .errors import DomainError, NotFound
from .messages import N_
from .silence import OPENING, WARNING_DAYS, working_days_before
from .tables import Case, CaseMaterial, Commitment, CommitmentClause, Staff
from .terms import CommitmentState, MaterialState, PartState
from .timer_kinds import Wanted


class NothingFollows(DomainError):
    """No commitment of this case left this material to follow, or it is there already."""

    message = N_("“%(name)s”不是承诺后补交的材料，或者已经收到，没有重复登记。")
    status = 409


class NotYetGranted(DomainError):
    """Materials follow the decision; before it the commitment is declined, or the material handed in with it."""

    message = N_("作出决定之前不登记承诺后补交的材料。")
    status = 409


def clauses(session: Session, case_id: int, code: str | None = None) -> list[CommitmentClause]:
    """The clauses of granted parts whose material follows (``code``: this one), the earliest day first."""
    query = (
        select(CommitmentClause)
        .join(Commitment, Commitment.id == CommitmentClause.commitment_id)
        .where(Commitment.case_id == case_id, CommitmentClause.follow_by.is_not(None))
        .order_by(CommitmentClause.follow_by, CommitmentClause.id)
    )
    if code is not None:
        query = query.where(CommitmentClause.replaces == code)
    return list(session.scalars(query))


def is_late(clause: CommitmentClause, today: date) -> bool:
    """Whether the material came after its day, or has not come though the day is over."""
    came = clock.local_day(clause.followed_at) if clause.followed_at else today
    return clause.follow_by is not None and came > clause.follow_by


def take(session: Session, case: Case, code: str, staff: Staff, now: datetime) -> CaseMaterial:
    """Record at the window that a material followed; that it is late is written down, not refused.

    Raises ``Forbidden``, ``NotFound``, ``NotYetGranted`` or ``NothingFollows``. The caller holds the case row.
    """
    authority.require(staff, "follow_material")
    material = next((each for each in case.materials if each.code == code), None)
    if material is None:
        raise NotFound
    awaited = [clause for clause in clauses(session, case.id, code) if clause.followed_at is None]
    if material.state != MaterialState.FOLLOWING or not awaited:
        raise NothingFollows(name=material.line["name"])
    if not any(_granted(clause) for clause in awaited):
        raise NotYetGranted
    late = any(is_late(clause, clock.local_day(now)) for clause in awaited)
    material.state = MaterialState.RECEIVED
    material.originals, material.copies = material.line["originals"], material.line["copies"]
    for clause in awaited:
        clause.followed_at = now
    session.flush()
    journal.write(
        session, "follow_material", now=now, staff=staff, case=case, part=awaited[0].commitment.part,
        after={"material": material.line["name"]["zh"], "by": str(awaited[0].follow_by), "late": late},
    )  # fmt: skip
    return material


def _granted(clause: CommitmentClause) -> bool:
    return clause.commitment.part.state == PartState.GRANTED


def awaited(session: Session, case_id: int) -> list[CommitmentClause]:
    """What has still to follow after a grant."""
    return [clause for clause in clauses(session, case_id) if clause.followed_at is None and _granted(clause)]


def wanted(session: Session, case: Case, calendar: WorkingCalendar) -> Iterator[Wanted]:
    """A reminder before the day of each material that follows, and one when it is over."""
    for clause in awaited(session, case.id):
        if clause.follow_by is not None:
            before = working_days_before(clause.follow_by, WARNING_DAYS, calendar)
            yield Wanted("following_warning", clause.id, start_of(before) + OPENING)
            yield Wanted("following_over", clause.id, end_of(clause.follow_by) + TICK)


def lapses(session: Session, case: Case, calendar: WorkingCalendar) -> Iterator[Wanted]:
    """The end of the days to sign, for every commitment still open; held while that day may still move."""
    query = select(Commitment).where(
        Commitment.case_id == case.id, Commitment.state == CommitmentState.OFFERED
    )
    for commitment in session.scalars(query):
        provisional = calendar.is_provisional(clock.local_day(commitment.sign_by))
        yield Wanted("commitment_lapsed", commitment.id, commitment.sign_by + TICK, provisional)
