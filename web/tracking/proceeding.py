"""The holder and a proceeding against the permit: what was told, until when to answer, a hearing asked for online."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response

from approvals import proceeding_rules
from approvals.errors import DomainError, NotFound
from approvals.proceedings import DONE
from approvals.queries.tracking_rows import Tracked
from approvals.register_rules import TRANSITIONS
from approvals.tables import Proceeding
from processes.steps import proceeding_hearings

from ..auth import public
from ..calendars import calendar
from ..security import limiter
from ..transactions import db, now
from . import Page, answers, blueprint, case_page, following
from .words import _


@dataclass(frozen=True)
class Shown:
    """One proceeding the holder was told of: the act, where it stands, and until when what may be done."""

    proceeding: Proceeding
    act: str
    words: str
    statement_until: date | None
    ask_until: date | None


def of(session: Session, seen: Tracked) -> Sequence[Shown]:
    """The proceedings of a case the holder was told of, the newest first; nothing is read before a grant."""
    if not any(paper.kind == "grant" for paper in seen.papers):
        return []
    told = (
        select(Proceeding)
        .where(Proceeding.case_id == seen.case.id, Proceeding.told_at.is_not(None))
        .options(joinedload(Proceeding.permit))
        .order_by(Proceeding.id.desc())
    )
    return [_shown(session, each) for each in session.scalars(told)]


def _shown(session: Session, each: Proceeding) -> Shown:
    open_ = each.decided_at is None and each.heard_at is None
    return Shown(
        each,
        TRANSITIONS[each.kind].label,
        _words(each),
        proceeding_rules.statement_until(session, each) if open_ else None,
        proceeding_rules.may_ask_until(session, each, now()),
    )


def _words(each: Proceeding) -> str:
    if each.decided_at is not None and each.result == DONE:
        return _("决定已经作出，理由和救济途径见决定书。")
    if each.decided_at is not None:
        return _("经复核，决定不予处理，证照的效力不因此改变。")
    if each.heard_at is not None:
        return _("您的陈述申辩已经记录，等待部门作出决定。")
    return _("事实、理由和依据见告知书。您可以口头或者书面陈述申辩，在此之前部门不能作出决定。")


@blueprint.post("/proceeding-hearing")
@public
@limiter.limit("20 per minute")
@following
def ask_in_proceeding(case_id: int) -> Page:
    """Ask for a hearing before the department decides."""
    reasons = request.form.get("reasons", "").strip()
    try:
        answers.require_short(reasons)
        proceeding_hearings.ask(db(), _own(case_id), None, reasons, calendar(), now())
    except NotFound:
        raise
    except DomainError as refusal:
        db().rollback()
        return case_page(case_id, refusal)
    flash(_("听证要求已收到，听证结束前不会作出决定。部门将提前七个工作日通知您时间和地点。"), "done")
    return _back()


def _own(case_id: int) -> int:
    """The proceeding the form names, if it is one of this case; raises ``NotFound``."""
    typed = request.form.get("proceeding", "")
    for proceeding_id in db().scalars(select(Proceeding.id).where(Proceeding.case_id == case_id)):
        if str(proceeding_id) == typed:
            return proceeding_id
    raise NotFound


def _back() -> Response:
    return redirect(url_for("tracking.case", _anchor="proceeding"), 303)
