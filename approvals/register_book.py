"""The book of the register (证照登记簿): the one place where a permit gets its status, each time with its line.

Everybody else goes through ``register``, which asks for right, ground and hearing before anything is entered here.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import clock, journal, tasks
from .errors import NotFound
from .register_rules import IN_FORCE, TRANSITIONS, require_lawful, require_written
from .tables import Case, CasePart, Permit, PermitEvent, Staff
from .terms import PermitStatus

ISSUED_ARTICLE = "《中华人民共和国行政许可法》第三十九条、第四十四条"


def root_of(session: Session, permit: Permit) -> Permit:
    """The first version of a permit: its case is where everything about the permit is written down."""
    if permit.version == 1:
        return permit
    return session.scalars(select(Permit).where(Permit.number == permit.number, Permit.version == 1)).one()


def lock(session: Session, permit: Permit) -> Case:
    """Lock the case of the permit's first version, whichever version is meant; what was read before is read afresh.

    Every act on a permit begins here. Whoever also holds the case of a request (change, renewal, replacement) has
    locked that one first, and takes numbers only afterwards. Raises ``NotFound``.
    """
    return tasks.lock_case(session, root_of(session, permit).case_id)


def in_force(session: Session, number: str) -> Permit | None:
    """The version of a permit that is in force; None where it has ended."""
    return session.scalar(select(Permit).where(Permit.number == number, Permit.status.in_(IN_FORCE)))


def latest(session: Session, number: str) -> Permit:
    """The last version of a permit, in force or not. Raises ``NotFound``."""
    found = session.scalar(
        select(Permit).where(Permit.number == number).order_by(Permit.version.desc()).limit(1)
    )
    if found is None:
        raise NotFound
    return found


def events(session: Session, number: str) -> list[PermitEvent]:
    """Everything that happened to all versions of a permit, oldest first."""
    query = select(PermitEvent).join(Permit).where(Permit.number == number).order_by(PermitEvent.id)
    return list(session.scalars(query))


def enter_issued(
    session: Session, permit: Permit, staff: Staff | None, now: datetime, *, reasons: str = ""
) -> PermitEvent:
    """The first line of a version: it was issued and is valid. The permit and its paper are there."""
    return _enter(
        session, permit, "issued", "", staff, now,
        article=ISSUED_ARTICLE, reasons=reasons, case_id=permit.case_id, document_id=permit.document_id,
    )  # fmt: skip


def move(
    session: Session,
    permit: Permit,
    kind: str,
    *,
    ground: str,
    reasons: str,
    staff: Staff | None,
    now: datetime,
    document_id: int | None = None,
    case: Case | None = None,
    until: date | None = None,
) -> PermitEvent:
    """Give a permit its new status and write the line; nothing is told and nothing follows (``register`` does both).

    The caller holds the lock (``lock``). Raises ``GroundRequired``, ``UnlawfulTransition``, ``FollowsByLaw``,
    ``ReasonRequired``, ``LawRequired`` or ``Invalid``.
    """
    today = clock.local_day(now)
    found = require_lawful(permit, kind, ground, today)
    require_written(kind, found, reasons, until, today, by_person=staff is not None)
    before = permit.status
    permit.status = TRANSITIONS[kind].to
    return _enter(
        session, permit, kind, before, staff, now, ground=ground, article=found.article, reasons=reasons.strip(),
        case_id=case.id if case else permit.case_id, document_id=document_id, until=until,
    )  # fmt: skip


def _enter(
    session: Session,
    permit: Permit,
    kind: str,
    before: str,
    staff: Staff | None,
    now: datetime,
    *,
    article: str,
    reasons: str,
    case_id: int,
    document_id: int | None,
    ground: str = "",
    until: date | None = None,
) -> PermitEvent:
    event = PermitEvent(
        permit_id=permit.id, kind=kind, from_status=before, to_status=permit.status, at=now, ground=ground,
        article=article, reasons=reasons, staff_id=staff.id if staff else None, case_id=case_id,
        document_id=document_id, until=until,
    )  # fmt: skip
    event.permit = permit
    session.add(event)
    session.flush()
    if kind == "issued":  # journalled as the act that issued it
        return event
    root = root_of(session, permit)
    journal.write(
        session, "change_permit", now=now, staff=staff, case=session.get_one(Case, root.case_id),
        part=session.get(CasePart, root.part_id) if root.part_id else None, ground=article,
        before={"status": PermitStatus(before).label},
        after={"number": permit.number, "version": permit.version, "status": PermitStatus(permit.status).label,
               "reasons": reasons, "until": until.isoformat() if until else ""},
    )  # fmt: skip
    return event


def suspended_until(session: Session, permit: Permit) -> date | None:
    """The last day of the suspension that runs; None where the permit is not suspended."""
    if permit.status != PermitStatus.SUSPENDED:
        return None
    return session.scalar(
        select(PermitEvent.until)
        .where(PermitEvent.permit_id == permit.id, PermitEvent.kind == "suspend")
        .order_by(PermitEvent.id.desc())
        .limit(1)
    )
