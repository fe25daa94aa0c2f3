"""Tracking: with case number and query code the applicant follows the own case, answers, withdraws.

The browser's signed session carries the case's id for half an hour; number and code stand in no address.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from approvals import clock, corrections, database
from approvals.errors import DomainError, Invalid, NotFound, WrongState
from approvals.messages import N_
from approvals.queries import permit_days
from approvals.queries import tracking as queries
from approvals.terms import CaseState
from processes.steps import closing

from .. import lamps, pdf_files, strip
from ..auth import public
from ..calendars import calendar, calendar_of
from ..errors import messages_of
from ..i18n import day, local, speak
from ..security import limiter
from ..transactions import db, now
from . import answers, dates, holding, story

blueprint = Blueprint("tracking", __name__, url_prefix="/tracking")
Page = Response | str | tuple[str, int]
KEY = "tracked"
MINUTES = 30
OWN_WISH = "申请人自愿撤回"  # nobody has to give reasons for giving up; the notice still names one


class NoSuchCase(DomainError):
    """Number and code do not belong together, or there is no such number: the two look the same."""

    message = N_("没有找到对应的办件。请核对办件编号和查询码，两者都印在收件凭证和受理通知书上。")
    status = 403


class NotConfirmed(DomainError):
    """Withdrawing needs a second yes."""

    message = N_("撤回后办理终止，不能恢复。请勾选确认后再提交。")
    status = 422


def _typed_number() -> str:
    return f"case {queries.plain_number(request.form.get('number', ''))}"


def _refused(response: Response) -> bool:
    return response.status_code >= 400


@blueprint.get("")
@public
def index() -> Page:
    """The form; whoever is following a case goes there."""
    if _followed() is not None:
        return redirect(url_for("tracking.case"))
    return render_template("tracking/index.html", error="", number="")


@blueprint.post("")
@public
@limiter.limit("20 per minute; 120 per hour", methods=["POST"], deduct_when=_refused)
@limiter.limit("10 per 15 minutes", key_func=_typed_number, methods=["POST"], deduct_when=_refused)
def begin() -> Page:
    """Compare in constant time; only failures count against the limits."""
    number, code = request.form.get("number", "")[:60], request.form.get("code", "")[:60]
    with database.reading_session(current_app.extensions["engine"]) as reading:
        case_id = queries.identify(reading, number, code)
    if case_id is None:
        refusal = NoSuchCase()
        page = render_template("tracking/index.html", error=speak(refusal.message), number=number)
        return page, refusal.status
    session[KEY] = [case_id, int((now() + timedelta(minutes=MINUTES)).timestamp())]
    return redirect(url_for("tracking.case"), 303)


@blueprint.post("/exit")
@public
def leave() -> Response:
    """Forget the case in this browser."""
    session.pop(KEY, None)
    flash(_("已退出查询。"))
    return redirect(url_for("tracking.index"), 303)


def _followed() -> int | None:
    """The case this browser follows, while its half hour lasts."""
    kept = session.get(KEY)
    if not isinstance(kept, list) or len(kept) != 2:
        return None
    case_id, until = kept
    return int(case_id) if now().timestamp() < until else None


def following(view: Callable[..., Any]) -> Callable[..., Any]:
    """Hand the followed case's id to the view, or ask for number and code again."""

    @wraps(view)
    def guarded(**parameters: Any) -> Any:
        case_id = _followed()
        if case_id is None:
            session.pop(KEY, None)
            flash(_("为保护您的信息，查询 %(minutes)s 分钟后自动退出。请重新输入。", minutes=MINUTES))
            return redirect(url_for("tracking.index"), 303)
        return view(case_id, **parameters)

    return guarded


@blueprint.get("/case")
@public
@following
def case(case_id: int) -> Page:
    """Where the case stands."""
    return case_page(case_id)


def case_page(case_id: int, refusal: DomainError | None = None, text: str = "") -> Page:
    """The page, with what was refused and the text that was typed."""
    seen = queries.tracked(db(), case_id, calendar(), now())
    counted_on, until = calendar_of(seen.case), story.until(seen)
    page = render_template(
        "tracking/case.html",
        seen=seen,
        case=seen.case,
        stages=story.stages(seen),
        happening=story.happening(seen),
        permit_days=permit_days.of_case(db(), case_id, calendar(), clock.local_day(now()))
        if seen.case.state == CaseState.ENDED
        else (),
        holds=holding.holds(seen, counted_on, now()),
        until=day(until),
        until_provisional=until is not None and counted_on.is_provisional(until),
        lamp=story.lamp(seen, now()),
        settled=lamps.settled_words(seen.case),
        clocks=dates.explained(seen, counted_on, clock.local_day(now())),
        weekdays=strip.weekdays(),
        badge=story.BADGES.get(seen.case.outcome or "", ""),
        merged=corrections.merged(seen.correction.defects) if seen.correction else [],
        asked=answers.asked_materials(seen.correction) if seen.correction else [],
        names={material.code: local(material.line["name"]) for material in seen.case.materials},
        field_of=answers.field_of,
        largest=current_app.extensions["settings"].upload_max_mb,
        error=speak(refusal.message, refusal.params) if refusal else "",
        errors=messages_of(refusal) if isinstance(refusal, Invalid) else {},
        text=text,
        hearing=hearing.of(db(), seen),
        commitments=commitment.of(db(), seen),
        **duties.beside(db(), seen, clock.local_day(now())),
    )
    return (page, refusal.status) if refusal else page


@blueprint.get("/documents/<int:document_id>.pdf")
@public
@limiter.limit("60 per minute")
@following
def document(case_id: int, document_id: int) -> Response:
    """A public document of the followed case; anybody else's is not found."""
    if queries.document_of(db(), case_id, document_id) is None:
        raise NotFound
    return pdf_files.download(document_id)


@blueprint.post("/answer")
@public
@limiter.limit("20 per minute")
@following
def answer(case_id: int) -> Page:
    """What the correction asks for: files by material, and words."""
    text = request.form.get("text", "").strip()
    try:
        _answer(case_id, text)
    except DomainError as refusal:
        db().rollback()
        return case_page(case_id, refusal, text)
    flash(_("已收到您的补正，有关部门会接着办理。"), "done")
    return redirect(url_for("tracking.case"), 303)


def _answer(case_id: int, text: str) -> None:
    answers.require_short(text)
    typed = request.form.get("correction", "")
    with database.reading_session(current_app.extensions["engine"]) as reading:
        waiting = queries.open_correction(reading, case_id)
        if waiting is None or str(waiting.id) != typed:
            raise corrections.AlreadyAnswered
        asked = answers.asked_materials(waiting)
    largest = current_app.extensions["settings"].upload_max_mb * 1024 * 1024
    uploads = answers.read_uploads(request.files, asked, largest)
    answers.answer(db(), case_id, waiting.id, text, uploads, pdf_files.store(), now())


@blueprint.get("/withdrawal")
@public
@following
def withdrawal(case_id: int) -> Page:
    """What withdrawing means, and the second yes."""
    return _withdrawal_page(case_id)


def _withdrawal_page(case_id: int, refusal: DomainError | None = None) -> Page:
    seen = queries.tracked(db(), case_id, calendar(), now())
    if not seen.may_withdraw and refusal is None:
        raise WrongState(state=CaseState(seen.case.state), act=N_("撤回申请"))
    error = speak(refusal.message, refusal.params) if refusal else ""
    page = render_template(
        "tracking/withdrawal.html",
        seen=seen,
        case=seen.case,
        error=error,
        reasons=request.form.get("reasons", ""),
    )
    return (page, refusal.status) if refusal else page


@blueprint.post("/withdrawal")
@public
@limiter.limit("20 per minute")
@following
def withdraw(case_id: int) -> Page:
    """Withdraw before the decision: tasks closed, originals given back."""
    try:
        if request.form.get("confirmed") != "yes":
            raise NotConfirmed
        reasons = request.form.get("reasons", "").strip()
        answers.require_short(reasons)
        closing.withdraw(db(), case_id, None, reasons or OWN_WISH, now())
    except DomainError as refusal:
        db().rollback()
        return _withdrawal_page(case_id, refusal)
    flash(_("申请已撤回，办理终止。"), "done")
    return redirect(url_for("tracking.case"), 303)


from . import commitment, duties, hearing, proceeding, verification  # noqa: E402, F401 - their pages attach themselves to the blueprint
