"""Everything is told at once (行政许可法 32(1)(4)): what was visible the first time cannot be asked for again.

Supervision may let a single defect through with reasons; the acceptance is never put off by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import authority, corrections, intake, journal
from .errors import DomainError, NotFound, ReasonRequired
from .messages import N_
from .tables import Case, Correction, Defect, JournalEntry, Staff
from .terms import CaseState, MaterialState

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
    """What notices before acceptance named, by material and words; when the last went out, and was answered."""

    at: datetime
    answered_at: datetime | None
    words: frozenset[tuple[str, str]]


class Standing(NamedTuple):
    """How a material stands on the checklist: its state, and how many were handed in."""

    state: MaterialState
    originals: int
    copies: int


def require_new(session: Session, case: Case, defects: Sequence[Defect]) -> None:
    """Raise ``SeenBefore`` for defects visible the first time that nobody let through."""
    blocked = [defect for defect in seen_before(session, case, defects) if defect.let_through_by_id is None]
    if blocked:
        raise SeenBefore(defects=tuple(defect.problem for defect in blocked))


def seen_before(session: Session, case: Case, defects: Sequence[AnyFound]) -> list[AnyFound]:
    """Those that the last notice before acceptance could have named.

    What was named and is answered insufficiently may be asked for again in the same words; anything else only of
    a material for which a file or paper has come since that notice.
    """
    told = _told(session, case)
    if told is None or case.accepted_at is not None:
        return []
    brought = _brought(session, case, told)
    return [
        defect
        for defect in defects
        if _words(defect) not in told.words and defect.material_code not in brought
    ]


def told_before(session: Session, case: Case) -> bool:
    """Whether a notice went out before acceptance: the next one is a second."""
    notice = select(Correction.id).where(Correction.case_id == case.id, Correction.before_acceptance)
    return session.scalar(notice.limit(1)) is not None


def _told(session: Session, case: Case) -> Told | None:
    notices = session.scalars(
        select(Correction)
        .where(Correction.case_id == case.id, Correction.before_acceptance)
        .order_by(Correction.id)
    ).all()
    if not notices:
        return None
    last = notices[-1]
    named = frozenset(_words(defect) for notice in notices for defect in notice.defects)
    return Told(last.issued_at, last.answered_at, named)


def _words(found: Found) -> tuple[str, str]:
    return found.material_code, corrections.normal(found.problem)


def _brought(session: Session, case: Case, told: Told) -> set[str]:
    """The materials for which something has come since the notice: a file, or, with an answer, a paper ticked.

    A tick shows it only where the material stands better than when the notice went out; a note brings nothing.
    """
    brought = {one.code for one in case.materials if any(file.at > told.at for file in one.files)}
    if told.answered_at is None:
        return brought
    ticks = select(JournalEntry).where(
        JournalEntry.case_id == case.id, JournalEntry.act == "tick_materials", JournalEntry.at > told.at
    )
    stood: dict[str, Standing] = {}
    for entry in session.scalars(ticks.order_by(JournalEntry.id)):
        for code, now in entry.after.items():
            then = stood.setdefault(code, _standing(entry.before[code]))
            if _came(then, _standing(now)):
                brought.add(code)
    return brought


def _standing(ticked: str) -> Standing:
    """Out of the journal's words: state, ``originals/copies``, note."""
    state, counts, *_note = ticked.split(" ", 2)
    originals, copies = counts.split("/")
    return Standing(MaterialState(state), int(originals), int(copies))


def _came(then: Standing, now: Standing) -> bool:
    """Whether a paper was handed in: more of them, one where there was none, or a good one for a defective one."""
    if now.state not in (MaterialState.RECEIVED, MaterialState.DEFECTIVE):
        return False
    more = now.originals > then.originals or now.copies > then.copies
    received = now.state == MaterialState.RECEIVED and then.state != MaterialState.RECEIVED
    return more or received or then.state in (MaterialState.MISSING, MaterialState.DEFERRED)


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
