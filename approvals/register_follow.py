"""A comprehensive licence (行业综合许可证) stands and falls with the permits it lists.

A required part that ends ends it, one that is suspended suspends it; any other change of a part gives it a new
version that lists what now stands, valid up to the first end of its parts. It expires by its date like any permit.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import clock, permit_versions, permits
from .catalogue import item_of
from .register_book import in_force, move, root_of
from .register_rules import ENDED, IN_FORCE, TRANSITIONS, is_comprehensive, status_on
from .tables import Case, CasePart, Permit, PermitEvent
from .terms import PermitStatus

ENDED_WORDS = "所列单项许可“{name}”（{number}）已被{act}。"
STANDS_WORDS = "所列单项许可“{name}”（{number}）已{act}，综合许可证按现行单项重新记载。"


def follow(session: Session, permit: Permit, kind: str, now: datetime) -> list[PermitEvent]:
    """What follows for the comprehensive licence over ``permit`` from an act of this kind; the caller holds the lock.

    Returns its events, none where there is no such licence or nothing changes for it.
    """
    whole = _whole_of(session, permit)
    if whole is None or is_comprehensive(permit):
        return []
    act = TRANSITIONS[kind].label
    required = _required(session, permit)
    state = PermitStatus(permit.status)
    if state in ENDED and required:
        words = ENDED_WORDS.format(name=permit.name["zh"], number=permit.number, act=act)
        return [move(session, whole, "cancel", ground="part_ended", reasons=words, staff=None, now=now)]
    if state == PermitStatus.SUSPENDED or kind == "lift":
        return _stand_still(session, whole, now) if required else []
    if state in (*ENDED, PermitStatus.CHANGED, PermitStatus.RENEWED):
        words = STANDS_WORDS.format(name=permit.name["zh"], number=permit.number, act=act)
        return _list_anew(session, whole, kind, words, now)
    return []


def follow_reissue(session: Session, old: Permit, new: Permit, now: datetime) -> None:
    """A voided part was issued anew under another number: the comprehensive licence lists that one from now on."""
    whole = _whole_of(session, old)
    if whole is None:
        return
    numbers = [new.number if number == old.number else number for number in numbers_listed(whole)]
    words = REISSUED_WORDS.format(name=old.name["zh"], number=old.number, new=new.number)
    _list_anew(session, whole, "change", words, now, numbers)


REISSUED_WORDS = (
    "所列单项许可“{name}”的证照（{number}）印制有误已作废，重新制发为{new}，综合许可证按现行单项重新记载。"
)


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


def numbers_listed(whole: Permit) -> list[str]:
    """The numbers of the permits a comprehensive licence lists."""
    return [entry["number"] for entry in whole.fields.get("parts", ())]


def _required(session: Session, permit: Permit) -> bool:
    part_id = root_of(session, permit).part_id
    return part_id is not None and session.get_one(CasePart, part_id).required


def _stand_still(session: Session, whole: Permit, now: datetime) -> list[PermitEvent]:
    """Suspended while one of its required parts is, and no longer."""
    today = clock.local_day(now)
    parts = [in_force(session, number) for number in numbers_listed(whole)]
    held = [
        part
        for part in parts
        if part is not None and part.status == PermitStatus.SUSPENDED and _required(session, part)
    ]
    state = status_on(whole, today)
    if held and state == PermitStatus.VALID:
        words = ENDED_WORDS.format(
            name=held[0].name["zh"], number=held[0].number, act=TRANSITIONS["suspend"].label
        )
        return [move(session, whole, "suspend", ground="part_suspended", reasons=words, staff=None, now=now)]
    if not held and state == PermitStatus.SUSPENDED:
        words = "所列单项许可均已恢复效力。"
        return [move(session, whole, "lift", ground="part_lifted", reasons=words, staff=None, now=now)]
    return []


def _list_anew(
    session: Session, whole: Permit, kind: str, words: str, now: datetime, numbers: Sequence[str] = ()
) -> list[PermitEvent]:
    """A new version that lists what now stands; cancelled where nothing does, as it was where nothing changes."""
    wanted = numbers or numbers_listed(whole)
    parts = [part for number in wanted if (part := in_force(session, number)) is not None]
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
