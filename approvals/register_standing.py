"""A comprehensive licence (行业综合许可证) is suspended while a required permit it lists is, and no longer."""

from datetime import datetime

from sqlalchemy.orm import Session

from . import clock
from .register_book import in_force, move, root_of
from .register_rules import TRANSITIONS, status_on
from .tables import CasePart, Permit, PermitEvent
from .terms import PermitStatus

ENDED_WORDS = "所列单项许可“{name}”（{number}）已被{act}。"


def stand_still(session: Session, whole: Permit, now: datetime) -> list[PermitEvent]:
    """Suspend ``whole`` or lift that, as its required parts now stand; the caller holds the lock.

    Returns its event, none where nothing changes.
    """
    parts = [in_force(session, number) for number in numbers_listed(whole)]
    held = [
        part
        for part in parts
        if part is not None and part.status == PermitStatus.SUSPENDED and is_required(session, part)
    ]
    state = status_on(whole, clock.local_day(now))
    if held and state == PermitStatus.VALID:
        words = ENDED_WORDS.format(
            name=held[0].name["zh"], number=held[0].number, act=TRANSITIONS["suspend"].label
        )
        return [move(session, whole, "suspend", ground="part_suspended", reasons=words, staff=None, now=now)]
    if not held and state == PermitStatus.SUSPENDED:
        words = "所列单项许可均已恢复效力。"
        return [move(session, whole, "lift", ground="part_lifted", reasons=words, staff=None, now=now)]
    return []


def numbers_listed(whole: Permit) -> list[str]:
    """The numbers of the permits a comprehensive licence lists."""
    return [entry["number"] for entry in whole.fields.get("parts", ())]


def is_required(session: Session, permit: Permit) -> bool:
    """Whether the business cannot be opened without this part."""
    part_id = root_of(session, permit).part_id
    return part_id is not None and session.get_one(CasePart, part_id).required
