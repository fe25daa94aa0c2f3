"""The register of permits (证照登记簿): every act on a permit after its issue goes through ``apply`` or ``succeed``.

Both lock the case the permit was first issued under, ask for right, ground, state and hearing, write the line, tell
the holder and let the comprehensive licence follow. Nothing adverse happens by
itself: with ``staff`` None there is only what the law itself brings about (grounds marked ``own``).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from . import (
    authority,
    notices,
    permit_reissue,
    permit_versions,
    proceeding_rules,
    register_book,
    register_follow,
)
from .clock import local_day
from .errors import Forbidden
from .register_rules import (
    TRANSITIONS,
    VERSIONS,
    FollowsItsParts,
    is_comprehensive,
    require_lawful,
    require_written,
    status_on,
)
from .tables import Case, CasePart, Document, Permit, PermitEvent, Staff

WHOLE_MAY = ("void", "cancel")
"""What may be done to a comprehensive licence directly: a wrong paper, and one that has expired."""


def apply(
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
    """Do one act of ``register_rules.TRANSITIONS`` to a permit; a new version comes by ``succeed``.

    What is voided is issued anew in the same act (``permit_reissue``), so no permit ends by a wrong paper.

    ``document_id``: its paper; ``case``: the case by which it happened; ``until``: last day of a suspension. Raises
    ``Forbidden``, ``UnlawfulTransition``, ``GroundRequired``, ``FollowsByLaw``, ``FollowsItsParts``, ``HearFirst``,
    ``HearingOpen``, ``HearingPeriodOpen``, ``ProceedingOpen``, ``ReasonRequired``, ``LawRequired`` or ``Invalid``.
    """
    if (
        kind in VERSIONS
    ):  # a status without the version that takes its place would leave the number without one
        raise ValueError(kind)
    register_book.lock(session, permit)
    require(session, permit, kind, ground, staff, now)
    event = register_book.move(
        session, permit, kind, ground=ground, reasons=reasons, staff=staff, now=now, document_id=document_id,
        case=case, until=until,
    )  # fmt: skip
    again = permit_reissue.reissue(session, permit, staff, now) if kind == "void" and staff else None
    _tell(session, event, now, again)
    _after(session, permit, kind, now)
    return event


def require(
    session: Session, permit: Permit, kind: str, ground: str, staff: Staff | None, now: datetime
) -> None:
    """Everything but the words: state, ground, right, and that the holder was heard. Raises as ``apply``."""
    found = require_lawful(permit, kind, ground, local_day(now))
    each = TRANSITIONS[kind]
    if staff is None and not found.own:
        raise Forbidden(act=each.label)
    if staff is not None:
        right = "decide_proceeding" if kind == "cancel" and found.heard else each.right
        authority.acting_for(session, staff, right, permit.department_id, now)
        if is_comprehensive(permit) and (kind not in WHOLE_MAY or found.heard):
            raise FollowsItsParts(act=each.label)
    if found.heard:
        proceeding_rules.require_heard(session, permit, kind, ground, now)
    elif kind != "lift":
        proceeding_rules.require_possible(session, permit)


def require_words(permit: Permit, kind: str, ground: str, reasons: str, now: datetime) -> None:
    """The reasons are there, and the law they rest on. Raises ``ReasonRequired``, ``LawRequired`` or ``FollowsByLaw``."""
    today = local_day(now)
    require_written(kind, require_lawful(permit, kind, ground, today), reasons, None, today, by_person=True)


def succeed(
    session: Session,
    permit: Permit,
    kind: str,
    *,
    ground: str,
    reasons: str,
    case: Case,
    part: CasePart | None,
    fields: dict[str, Any],
    valid_from: date,
    valid_until: date | None,
    staff: Staff | None,
    now: datetime,
) -> Permit:
    """Issue the next version of a permit by a case of change, renewal or replacement, and end the version before.

    ``kind``: change, renew or replace; ``part``: of ``case``; ``fields``: all that the paper shows. The number is
    kept, the paper's number ends in （第N版）. The caller has locked ``case`` and takes no number before. Whoever may
    issue it is the step's to ask. Raises ``UnlawfulTransition``, ``GroundRequired``, ``FollowsByLaw``,
    ``FollowsItsParts``, ``ReasonRequired`` or ``GlyphMissing``.
    """
    if kind not in VERSIONS:
        raise ValueError(kind)
    register_book.lock(session, permit)
    if is_comprehensive(permit):
        raise FollowsItsParts(act=TRANSITIONS[kind].label)
    new = permit_versions.succeed(
        session, permit, kind, ground=ground, reasons=reasons, case=case, part=part, fields=fields,
        valid_from=valid_from, valid_until=valid_until, staff=staff, now=now,
    )  # fmt: skip
    _after(session, permit, kind, now)
    return new


def _after(session: Session, permit: Permit, kind: str, now: datetime) -> None:
    """What an act brings with it: the comprehensive licence follows."""
    for event in register_follow.follow(session, permit, kind, now):
        if event.kind != "issued":
            _tell(session, event, now)


def _tell(session: Session, event: PermitEvent, now: datetime, again: Permit | None = None) -> None:
    """The holder learns of it under the case of the application; ``again``: what was issued for a voided paper."""
    permit = event.permit
    paper = again.document if again else session.get(Document, event.document_id or 0)
    notices.to_applicant(
        session, session.get_one(Case, register_book.root_of(session, permit).case_id), "permit_changed", now,
        permit=permit.name["zh"], permit_number=permit.number, act=TRANSITIONS[event.kind].label,
        status=status_on(permit, local_day(now)).label, reasons=event.reasons,
        paper=f"详见{paper.title}（{paper.number}）。" if paper else "",
    )  # fmt: skip
