"""A proceeding against a permit (监管程序): opened, told, heard, decided. What the law asks stands in ``proceeding_rules``.

It is written down under the case the permit was first issued under, and on the part the permit is of; papers, tasks
and the act on the permit itself are the step's.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from . import calendars, clock, journal
from .errors import DomainError, Invalid, ReasonRequired
from .messages import N_
from .proceeding_rules import (
    HEARING_DAYS,
    STATEMENT_DAYS,
    GraveHarm,
    GraveHarmUnsaid,
    NotToldYet,
    ProceedingDecided,
    ToldAlready,
    end_after,
    ground_to_tell,
    require_needed,
    require_other_eyes,
    require_possible,
    require_statement_over,
)
from .register_book import root_of
from .register_grounds import Ground
from .register_rules import (
    TRANSITIONS,
    FollowsItsParts,
    is_comprehensive,
    require_written,
)
from .tables import CasePart, Permit, Proceeding, Staff, Verification
from .verification_grounds import require_broken


class HarsherThanTold(DomainError):
    """What was not told cannot be decided."""

    message = N_("告知持证人的暂扣期限为 %(days)s 天，最后一日不能晚于 %(most)s。需要更长的，须重新告知。")
    status = 422


DONE, DROPPED = "done", "dropped"
GROUND = "《中华人民共和国行政许可法》第七条、第三十六条"
RESULTS = {DONE: N_("作出处理"), DROPPED: N_("不予处理")}
"""Results of a proceeding, with their labels."""


@dataclass(frozen=True)
class Proposal:
    """What is proposed against a permit: the kind of act, its ground, facts, reasons, and ``until`` of a suspension."""

    kind: str
    ground: str
    facts: str
    reasons: str
    until: date | None = None


@dataclass(frozen=True)
class Resolution:
    """What the head decides: done or dropped, with reasons; ``grave_harm``: whether revoking would gravely harm the public.

    ``None``: not said, which only a revocation asks for (行政许可法 69(3)). ``until``: another last day of a suspension
    than was told, no longer than it.
    """

    result: str
    reasons: str
    grave_harm: bool | None = None
    until: date | None = None


def require_proposable(
    session: Session, permit: Permit, proposal: Proposal, now: datetime, *, of_verification: bool = False
) -> Ground:
    """The ground of a proposal that may be told today; raises as ``open_``."""
    today = clock.local_day(now)
    if proposal.kind not in TRANSITIONS:
        raise Invalid({"kind": (N_("请选择拟作出的处理。"), {})})
    if is_comprehensive(permit):
        raise FollowsItsParts(act=TRANSITIONS[proposal.kind].label)
    require_possible(session, permit)
    require_needed(proposal.kind, proposal.ground)
    ground = ground_to_tell(permit, proposal.kind, proposal.ground, now, of_verification=of_verification)
    require_broken(session, permit, proposal.ground)
    require_written(proposal.kind, ground, proposal.reasons, proposal.until, today, by_person=True)
    if not proposal.facts.strip():
        raise ReasonRequired
    return ground


def open_(
    session: Session,
    permit: Permit,
    proposal: Proposal,
    staff: Staff | None,
    now: datetime,
    verification: Verification | None = None,
) -> Proceeding:
    """Write a proposal down; nobody is told yet. The caller holds the lock and has asked for the right.

    Raises ``UnlawfulTransition``, ``GroundRequired``, ``FollowsItsParts``, ``NoProceedingNeeded``, ``ProceedingOpen``,
    what ``require_broken`` raises, ``ReasonRequired``, ``LawRequired``, ``FollowsByLaw`` or ``Invalid``.
    """
    found = verification is not None
    ground = require_proposable(session, permit, proposal, now, of_verification=found)
    root = root_of(session, permit)
    proceeding = Proceeding(
        permit_id=permit.id, case_id=root.case_id, part_id=root.part_id, department_id=permit.department_id,
        kind=proposal.kind, ground=proposal.ground, deceit=proposal.ground == "deceit",
        verification_id=verification.id if verification else None, opened_at=now,
        opened_by_id=staff.id if staff else None, facts=proposal.facts.strip(), reasons=proposal.reasons.strip(),
        until=proposal.until if TRANSITIONS[proposal.kind].until else None,
    )  # fmt: skip
    session.add(proceeding)
    session.flush()
    after = {"act": TRANSITIONS[proceeding.kind].label, "reasons": proceeding.reasons}
    _note(session, "open_proceeding", proceeding, staff, now, after, ground.article)
    return proceeding


def join(
    session: Session,
    proceeding: Proceeding,
    ground: str,
    facts: str,
    reasons: str,
    staff: Staff,
    now: datetime,
) -> None:
    """What another department found comes to the same proposal, of which nobody was told yet. Raises ``ReasonRequired``."""
    if not facts.strip():
        raise ReasonRequired
    proceeding.facts = f"{proceeding.facts}\n{facts.strip()}"
    proceeding.ground, proceeding.deceit, proceeding.reasons = ground, ground == "deceit", reasons
    session.flush()
    article = TRANSITIONS[proceeding.kind].grounds[ground].article
    after = {"act": TRANSITIONS[proceeding.kind].label, "reasons": reasons, "facts": facts.strip()}
    _note(session, "open_proceeding", proceeding, staff, now, after, article)


def tell(
    session: Session, proceeding: Proceeding, staff: Staff, facts: str, reasons: str, now: datetime
) -> None:
    """The facts, the reasons and the holder's rights are told in writing; the days to answer begin.

    Raises ``ToldAlready``, ``ProceedingDecided``, ``ReasonRequired`` or ``LawRequired``.
    """
    _require_undecided(session, proceeding)
    if proceeding.told_at is not None:
        raise ToldAlready(when=clock.local_day(proceeding.told_at))
    today, each = clock.local_day(now), TRANSITIONS[proceeding.kind]
    ground = ground_to_tell(
        proceeding.permit, proceeding.kind, proceeding.ground, now,
        of_verification=proceeding.verification_id is not None,
    )  # fmt: skip
    require_written(proceeding.kind, ground, reasons, proceeding.until, today, by_person=True)
    if not facts.strip():
        raise ReasonRequired
    proceeding.facts, proceeding.reasons = facts.strip(), reasons.strip()
    proceeding.told_at, proceeding.told_by_id = now, staff.id
    proceeding.statement_by, proceeding.hearing_by = days_to_answer(session, proceeding.kind, now)
    proceeding.hearing_right = each.hearing
    session.flush()
    after = {
        "act": each.label, "facts": proceeding.facts, "until": str(clock.local_day(proceeding.statement_by)),
        "hearing_by": str(clock.local_day(proceeding.hearing_by)) if proceeding.hearing_by else "",
    }  # fmt: skip
    _note(session, "tell_facts", proceeding, staff, now, after, GROUND)


def days_to_answer(session: Session, kind: str, now: datetime) -> tuple[datetime, datetime | None]:
    """Until when the holder told today may answer, and ask for a hearing where this act gives one."""
    calendar, today = calendars.current(session), clock.local_day(now)
    hearing_by = end_after(calendar, today, HEARING_DAYS) if TRANSITIONS[kind].hearing else None
    return end_after(calendar, today, STATEMENT_DAYS), hearing_by


def hear(
    session: Session,
    proceeding: Proceeding,
    staff: Staff,
    statement: str,
    assessment: str,
    now: datetime,
    *,
    waived: bool,
) -> None:
    """Record the holder's statement and defence, or that none was made, and what the authority makes of it.

    Raises ``NotToldYet``, ``ProceedingDecided``, ``StatementNotOver`` or ``ReasonRequired``.
    """
    _require_undecided(session, proceeding)
    if proceeding.told_at is None:
        raise NotToldYet
    if not assessment.strip():
        raise ReasonRequired
    require_statement_over(session, proceeding, statement, now, waived=waived)
    proceeding.made = bool(statement.strip())
    proceeding.statement, proceeding.assessment = statement.strip(), assessment.strip()
    proceeding.heard_at, proceeding.heard_by_id = now, staff.id
    proceeding.statement_waived_at = now if waived else None
    session.flush()
    after = {
        "made": proceeding.made, "waived": waived, "statement": proceeding.statement,
        "assessment": proceeding.assessment,
    }  # fmt: skip
    _note(session, "hear_defence", proceeding, staff, now, after, GROUND)


def require_decidable(session: Session, proceeding: Proceeding, staff: Staff, resolution: Resolution) -> None:
    """What stands in the way of this decision, apart from hearing and state, which the register asks for.

    Raises ``ProceedingDecided``, ``Invalid``, ``ReasonRequired``, ``ToldAndDecides``, ``GraveHarmUnsaid`` or
    ``GraveHarm``.
    """
    _require_undecided(session, proceeding)
    if resolution.result not in RESULTS:
        raise Invalid({"result": (N_("请选择作出处理或者不予处理。"), {})})
    if not resolution.reasons.strip():
        raise ReasonRequired
    require_other_eyes(proceeding, staff)
    if resolution.result == DONE and proceeding.kind == "revoke":
        if resolution.grave_harm is None:
            raise GraveHarmUnsaid
        if resolution.grave_harm:
            raise GraveHarm


def until_decided(proceeding: Proceeding, resolution: Resolution, now: datetime) -> date | None:
    """The last day of the suspension decided on: as many days as were told, or fewer. Raises ``HarsherThanTold``."""
    if proceeding.until is None or proceeding.told_at is None:
        return None
    told = proceeding.until - clock.local_day(proceeding.told_at)
    most = clock.local_day(now) + told
    until = resolution.until or most
    if until > most:
        raise HarsherThanTold(days=told.days, most=most)
    return until


def abandon(session: Session, proceeding: Proceeding, staff: Staff, reasons: str, now: datetime) -> None:
    """Drop a proposal nobody was told of. Raises ``ProceedingDecided``, ``ToldAlready`` or ``ReasonRequired``."""
    _require_undecided(session, proceeding)
    if proceeding.told_at is not None:
        raise ToldAlready(when=clock.local_day(proceeding.told_at))
    if not reasons.strip():
        raise ReasonRequired
    decide(session, proceeding, staff, Resolution(DROPPED, reasons), now)


def decide(
    session: Session, proceeding: Proceeding, staff: Staff, resolution: Resolution, now: datetime
) -> None:
    """Write the decision down; ``require_decidable`` has been asked, the act on the permit is done."""
    proceeding.decided_at, proceeding.decided_by_id = now, staff.id
    proceeding.result, proceeding.decision_reasons = resolution.result, resolution.reasons.strip()
    session.flush()
    after = {"act": TRANSITIONS[proceeding.kind].label, "result": RESULTS[resolution.result],
             "reasons": proceeding.decision_reasons}  # fmt: skip
    article = TRANSITIONS[proceeding.kind].grounds[proceeding.ground].article
    _note(session, "decide_proceeding", proceeding, staff, now, after, article)


def _require_undecided(session: Session, proceeding: Proceeding) -> None:
    if proceeding.decided_at is not None:
        when = clock.local(proceeding.decided_at).strftime("%Y-%m-%d %H:%M")
        head = session.get(Staff, proceeding.decided_by_id) if proceeding.decided_by_id else None
        raise ProceedingDecided(who=head.name if head else journal.SYSTEM, when=when)


def _note(
    session: Session,
    act: str,
    proceeding: Proceeding,
    staff: Staff | None,
    now: datetime,
    after: dict[str, Any],
    ground: str,
) -> None:
    part = session.get(CasePart, proceeding.part_id) if proceeding.part_id else None
    journal.write(
        session, act, now=now, staff=staff, case=proceeding.case, part=part, ground=ground,
        after={"number": proceeding.permit.number, **after},
    )  # fmt: skip
