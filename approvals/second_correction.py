"""Everything is told at once (行政许可法 32(1)(4)): what was visible the first time cannot be asked for again.

Supervision may let a single defect through with reasons; the acceptance is never put off by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import authority, corrections, intake, journal
from .errors import DomainError, NotFound, ReasonRequired
from .messages import N_
from .tables import Case, Correction, Defect, JournalEntry, Staff
from .terms import CaseState

GROUND = "《中华人民共和国行政许可法》第三十二条第一款第四项"


class SeenBefore(DomainError):
    """The notice names defects that could have been named the first time."""

    message = N_(
        "下列内容在前一次告知时已能发现，依法应当一次告知，不能再以补正为由推迟受理：%(defects)s。"
        "请逐项写明理由撤销，或请效能监察人员写明理由同意提出。"
    )
    status = 409


class LetThroughAlready(DomainError):
    """Supervision has let this defect through."""

    message = N_("这一项已经同意提出，没有重复写入。")
    status = 409


class Found(Protocol):
    """What somebody found wrong, whether it is written down already or not."""

    @property
    def material_code(self) -> str:
        """With which material; empty for none."""

    @property
    def problem(self) -> str:
        """In words."""


AnyFound = TypeVar("AnyFound", bound=Found)


@dataclass(frozen=True)
class Told:
    """What the applicant was told before acceptance: when last, about which materials, in which words."""

    at: datetime
    materials: frozenset[str]
    words: frozenset[str]


def require_new(session: Session, case: Case, defects: Sequence[Defect]) -> None:
    """Raise ``SeenBefore`` for defects visible the first time that nobody let through."""
    blocked = [defect for defect in seen_before(session, case, defects) if defect.let_through_by_id is None]
    if blocked:
        raise SeenBefore(defects=tuple(defect.problem for defect in blocked))


def seen_before(session: Session, case: Case, defects: Sequence[AnyFound]) -> list[AnyFound]:
    """Those that the last notice before acceptance could have named: nothing has come since, and no notice named them.

    A material that was listed and is answered insufficiently may be asked for again; a defect of no material
    only in the same words.
    """
    told = _told(session, case)
    if told is None or case.accepted_at is not None:
        return []
    changed = _changed(session, case)
    return [defect for defect in defects if _visible(defect, told, changed.get(defect.material_code))]


def told_before(session: Session, case: Case) -> bool:
    """Whether a notice went out before acceptance: the next one is a second."""
    notice = select(Correction.id).where(Correction.case_id == case.id, Correction.before_acceptance)
    return session.scalar(notice.limit(1)) is not None


def _visible(defect: Found, told: Told, changed: datetime | None) -> bool:
    if not defect.material_code:
        return corrections.normal(defect.problem) not in told.words
    return defect.material_code not in told.materials and (changed is None or changed <= told.at)


def _told(session: Session, case: Case) -> Told | None:
    notices = session.scalars(
        select(Correction)
        .where(Correction.case_id == case.id, Correction.before_acceptance)
        .order_by(Correction.id)
    ).all()
    if not notices:
        return None
    named = [defect for notice in notices for defect in notice.defects]
    return Told(
        notices[-1].issued_at,
        frozenset(defect.material_code for defect in named if defect.material_code),
        frozenset(corrections.normal(defect.problem) for defect in named),
    )


def _changed(session: Session, case: Case) -> dict[str, datetime]:
    """When each material was last brought or ticked: its newest scan, or the newest tick in the journal."""
    changed = {
        material.code: max(file.at for file in material.files)
        for material in case.materials
        if material.files
    }
    ticks = select(JournalEntry).where(JournalEntry.case_id == case.id, JournalEntry.act == "tick_materials")
    for entry in session.scalars(ticks):
        for code in entry.after:
            changed[code] = max(entry.at, changed.get(code, entry.at))
    return changed


def let_through(
    session: Session, case: Case, defect_id: int, staff: Staff, why: str, now: datetime
) -> Defect:
    """Supervision lets one defect be told although it was visible the first time; the five days run on.

    Raises ``Forbidden``, ``WrongState``, ``ReasonRequired``, ``LetThroughAlready`` or, for a defect that waits for
    nobody, ``NotFound``.
    """
    authority.require(staff, "let_second_correction_through")
    intake.require_state(case, N_("同意再次提出补正"), CaseState.CHECKING)
    if not why.strip():
        raise ReasonRequired
    seen = seen_before(session, case, corrections.waiting_defects(session, case.id))
    defect = next((one for one in seen if one.id == defect_id), None)
    if defect is None:
        raise NotFound
    if defect.let_through_by_id is not None:
        raise LetThroughAlready
    defect.let_through_by_id, defect.let_through_why = staff.id, why.strip()
    journal.write(
        session, "let_second_correction_through", now=now, staff=staff, case=case, ground=GROUND,
        after={"problem": defect.problem, "reasons": defect.let_through_why},
    )  # fmt: skip
    return defect
