"""The applicant and the verification of a commitment: who verifies until when, every check, a rectification reported."""

from collections.abc import Sequence

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from approvals.errors import DomainError, NotFound
from approvals.queries import verifications as query
from approvals.queries.tracking_rows import Tracked
from approvals.queries.verifications import PartLedger
from processes.steps import verification as steps

from ..auth import public
from ..security import limiter
from ..transactions import db, now
from . import Page, answers, blueprint, case_page, following
from .commitment import TOLD_BY
from .words import _


def of(session: Session, seen: Tracked) -> Sequence[PartLedger]:
    """The ledgers of what is verified, or was; nothing is read of a case without commitment or before its grant."""
    told = any(paper.kind == TOLD_BY for paper in seen.papers)
    if not told or not any(paper.kind == "grant" for paper in seen.papers):
        return []
    return [ledger for ledger in query.ledgers_of(session, seen.case.id) if ledger.verifications]


@blueprint.post("/rectification")
@public
@limiter.limit("20 per minute")
@following
def rectified(case_id: int) -> Page:
    """What was unmet is put right; the department verifies it again."""
    typed, words = request.form.get("verification", ""), request.form.get("words", "").strip()
    try:
        answers.require_short(words)
        if not typed.isdecimal() or len(typed) > 9:
            raise NotFound
        steps.report_online(db(), case_id, int(typed), words, now())
    except DomainError as refusal:
        db().rollback()
        return case_page(case_id, refusal, words)
    flash(_("已收到整改情况，部门将再次核查。"), "done")
    return _back()


def _back() -> Response:
    return redirect(url_for("tracking.case", _anchor="verification"), 303)
