"""The applicant and a hearing: told of the right, asks for it in time, learns when and where, may give it up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from approvals import hearing_rules
from approvals.errors import DomainError, NotFound
from approvals.hearing_words import OPEN, AskerKind, HearingState
from approvals.queries.tracking_rows import Tracked
from approvals.tables import CasePart, Hearing
from approvals.terms import CaseState
from processes.steps import hearings

from ..auth import public
from ..calendars import calendar
from ..security import limiter
from ..transactions import db, now
from . import Page, answers, blueprint, case_page, following
from .words import _

TOLD_BY = frozenset({
    "proposed_refusal", "hearing_right", "hearing_notice", "hearing_record", "proposed_revocation",
    "proposed_withdrawal_of_permit", "proposed_penal_revocation",
})  # fmt: skip
"""Papers that say there is something to show; without one nothing is read."""


@dataclass(frozen=True)
class Right:
    """A part on which a hearing may still be asked for, and until when."""

    part: CasePart
    until: date


@dataclass(frozen=True)
class Heard:
    """A hearing that was asked for or ordered, as the applicant knows it; ``own``: may give it up."""

    hearing: Hearing
    words: str
    own: bool


@dataclass(frozen=True)
class Hearings:
    """What the page shows."""

    rights: Sequence[Right] = ()
    heard: Sequence[Heard] = ()

    @property
    def any(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.rights or self.heard)


def of(session: Session, seen: Tracked) -> Hearings:
    """The hearings of a case; nothing is read where no paper speaks of one."""
    case = seen.case
    concerned = any(paper.kind in TOLD_BY for paper in seen.papers) or any(
        task.step in ("appoint_hearing", "hold_hearing") for task in seen.tasks
    )
    if not concerned:
        return Hearings()
    known = [each for each in hearing_rules.of_case(session, case.id) if each.state in SHOWN]
    rights = []
    if case.state != CaseState.ENDED and case.decided_at is None:
        for part in case.parts:
            until = hearing_rules.may_ask_until(session, part, calendar(), now())
            if until is not None:
                rights.append(Right(part, until))
    return Hearings(rights, [_heard(each) for each in known])


SHOWN = (HearingState.ASKED, HearingState.APPOINTED, HearingState.CLOSED)


def _heard(hearing: Hearing) -> Heard:
    own = hearing.asker_kind == AskerKind.APPLICANT
    if hearing.state == HearingState.ASKED and own:
        words = _("您已要求听证，部门正在安排，将提前七个工作日通知您时间和地点。")
    elif hearing.state == HearingState.ASKED:
        words = _("部门将举行听证，正在安排，将提前七个工作日通知您时间和地点。")
    elif hearing.state == HearingState.APPOINTED and hearing_rules.is_late(hearing):
        words = _("听证已经延期安排，理由见听证通知书，请按时参加；不能按时参加的，请在听证前告知部门。")
    elif hearing.state == HearingState.APPOINTED:
        words = _("听证已经安排，请按时参加；不能按时参加的，请在听证前告知部门。")
    else:
        words = _("听证已经举行，决定将根据听证笔录作出。")
    return Heard(hearing, words, own and hearing.state in OPEN)


@blueprint.post("/hearing")
@public
@limiter.limit("20 per minute")
@following
def ask(case_id: int) -> Page:
    """Ask for a hearing."""
    reasons = request.form.get("reasons", "").strip()
    try:
        answers.require_short(reasons)
        hearings.ask(db(), _part(case_id), None, AskerKind.APPLICANT, "", reasons, calendar(), now())
    except NotFound:
        raise
    except DomainError as refusal:
        db().rollback()
        return case_page(case_id, refusal)
    flash(_("听证要求已收到，期限停表。部门将提前七个工作日通知您时间和地点。"), "done")
    return _back()


@blueprint.post("/hearing/withdrawal")
@public
@limiter.limit("20 per minute")
@following
def give_up(case_id: int) -> Page:
    """Give the hearing up again."""
    typed = request.form.get("hearing", "")
    known = hearing_rules.of_case(db(), case_id)
    own = next((each for each in known if str(each.id) == typed), None)
    if own is None or own.asker_kind != AskerKind.APPLICANT:
        raise NotFound
    try:
        hearings.withdraw(db(), own.id, None, "", calendar(), now())
    except DomainError as refusal:
        db().rollback()
        return case_page(case_id, refusal)
    flash(_("听证要求已撤回，部门继续办理。"), "done")
    return _back()


def _part(case_id: int) -> int:
    """The part the form names, if it is one of this case; raises ``NotFound``."""
    typed = request.form.get("part", "")
    for part_id in db().scalars(select(CasePart.id).where(CasePart.case_id == case_id)):
        if str(part_id) == typed:
            return part_id
    raise NotFound


def _back() -> Response:
    return redirect(url_for("tracking.case"), 303)
