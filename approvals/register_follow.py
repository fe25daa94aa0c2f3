"""A comprehensive licence (行业综合许可证) stands and falls with the permits it lists.

A required part that ends ends it, one that is suspended suspends it; any other change of a part gives it a new
version that lists what now stands, valid up to the first end of its parts. It expires by its date like any permit.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import clock, permit_versions, permits
from .catalogue import item_of
from .register_book import in_force, move, root_of
from .register_rules import ENDED, IN_FORCE, TRANSITIONS, is_comprehensive, status_on
from .register_standing import ENDED_WORDS, is_required, numbers_listed, stand_still
from .tables import Case, Permit, PermitEvent
from .terms import PermitStatus

STANDS_WORDS = "所列单项许可“{name}”（{number}）已{act}，综合许可证按现行单项重新记载。"


def follow(session: Session, permit: Permit, kind: str, now: datetime) -> list[PermitEvent]:
    """What follows for the comprehensive licence over ``permit`` from an act of this kind; the caller holds the lock.

    Returns its events, none where there is no such licence or nothing changes for it.
    """
    whole = _whole_of(session, permit)
    if whole is None or is_comprehensive(permit):
        return []
    act = TRANSITIONS[kind].label
    required = is_required(session, permit)
    state = PermitStatus(permit.status)
    if state in ENDED and required:
        words = ENDED_WORDS.format(name=permit.name["zh"], number=permit.number, act=act)
        return [move(session, whole, "cancel", ground="part_ended", reasons=words, staff=None, now=now)]
    if state == PermitStatus.SUSPENDED or kind == "lift":
        return stand_still(session, whole, now) if required else []
    if state in (*ENDED, PermitStatus.CHANGED, PermitStatus.RENEWED):
        words = STANDS_WORDS.format(name=permit.name["zh"], number=permit.number, act=act)
        return _list_anew(session, whole, kind, words, now)
    return []


def _whole_of(session: Session, permit: Permit) -> Permit | None:
    """The comprehensive licence in force that lists this permit, of the case it was first issued under."""
    wholes = session.scalars(
        select(Permit).where(
            Permit.case_id == root_of(session, permit).case_id,
            Permit.part_id.is_(None),
            Permit.status.in_(IN_FORCE),
        )
    )
    return next((whole for whole in wholes if permit.number in numbers_listed(whole)), None)


def _list_anew(session: Session, whole: Permit, kind: str, words: str, now: datetime) -> list[PermitEvent]:
    """A new version that lists what now stands; cancelled where nothing does, as it was where nothing changes."""
    parts = [part for number in numbers_listed(whole) if (part := in_force(session, number)) is not None]
    if not parts:
        return [move(session, whole, "cancel", ground="part_ended", reasons=words, staff=None, now=now)]
    listed = permits.listing(parts)
    end = permits.first_end(_own_end(session, whole), parts)
    if listed == whole.fields.get("parts") and end == whole.valid_until:
        return []
    expired = status_on(whole, clock.local_day(now)) == PermitStatus.EXPIRED
    if expired and (end is None or end < clock.local_day(now)):
        return []  # still expired by another part
    succession = "renew" if expired or kind == "renew" else "change"
    permit_versions.succeed(
        session, whole, succession, ground="part_renewed" if succession == "renew" else "part_changed",
        reasons=words, case=session.get_one(Case, whole.case_id), part=None, fields={**whole.fields, "parts": listed},
        valid_from=whole.valid_from, valid_until=end, staff=None, now=now,
    )  # fmt: skip
    return _events_since(session, whole)


def _own_end(session: Session, whole: Permit) -> date | None:
    """The last day it would have by itself: by the years of its certificate, from its first version on."""
    first = root_of(session, whole)
    item = item_of(first.case.item)
    years = item.certificate.years if item.certificate else None
    return permits.validity_end(first.valid_from, years)


def _events_since(session: Session, whole: Permit) -> list[PermitEvent]:
    """The end of the old version, and what the new one began with."""
    new = session.scalars(select(Permit).where(Permit.replaces_id == whole.id)).one()
    query = select(PermitEvent).where(
        (PermitEvent.permit_id == new.id)
        | ((PermitEvent.permit_id == whole.id) & (PermitEvent.to_status == whole.status))
    )
    return list(session.scalars(query.order_by(PermitEvent.id)))
