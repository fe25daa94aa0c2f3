"""What ends a draft: exactly one outcome of article 32, or receipt for checking."""

from collections.abc import Callable

from flask import redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from approvals import readiness
from approvals.corrections import DefectInput
from approvals.errors import DomainError
from approvals.intake import AlreadySubmitted
from approvals.messages import N_
from approvals.papers import Fix
from approvals.tables import Case
from approvals.terms import Outcome
from processes.steps import turning_away, window
from processes.steps.turning_away import Answer

from ..auth import current_staff, requires
from ..calendars import calendar
from ..transactions import db, now
from . import blueprint, saving
from .drafts import Page, already, opened, show
from .saving import Posted

MOST_ROWS = 5  # lines of the dialogs for faults put right and for further defects


class DuplicateOpen(DomainError):
    """An open case of the same applicant for the same item was not looked at."""

    message = N_("该申请人的同一事项已有在办件 %(number)s。确需再办的，请先勾选“已核实，不是重复申请”。")
    status = 422


@blueprint.post("/drafts/<int:draft_id>/receipt")
@requires("intake")
def receipt(draft_id: int) -> Page:
    """收件: received for checking."""
    return on_draft(
        draft_id,
        lambda session: window.receive(session, draft_id, current_staff(), calendar(), now()),
    )


@blueprint.post("/drafts/<int:draft_id>/acceptance")
@requires("intake")
def acceptance(draft_id: int) -> Page:
    """受理, also after errors were put right on the spot (当场更正)."""
    wants_fixes = "with-fixes" in request.form

    def accept(session: Session) -> Case:
        fixes = _fixes(request.form)
        if wants_fixes and not fixes:
            raise window.FixesMissing
        used = fixes if wants_fixes else []
        return window.accept(session, draft_id, current_staff(), calendar(), now(), fixes=used)

    return on_draft(draft_id, accept)


@blueprint.post("/drafts/<int:draft_id>/deferral")
@requires("intake")
def deferral(draft_id: int) -> Page:
    """容缺受理: accepted, some materials may follow."""
    return on_draft(
        draft_id,
        lambda session: window.accept(session, draft_id, current_staff(), calendar(), now(), deferral=True),
    )


@blueprint.post("/drafts/<int:draft_id>/correction")
@requires("intake")
def correction(draft_id: int) -> Page:
    """一次性补正: everything that is missing, told at once."""
    extra = extra_defects(request.form)
    return on_draft(
        draft_id,
        lambda session: window.correct_at_window(
            session, draft_id, current_staff(), calendar(), now(), extra
        ),
    )


@blueprint.post("/drafts/<int:draft_id>/refusal")
@requires("intake")
def refusal(draft_id: int) -> Page:
    """不予受理, 不需要许可 or 不属本机关: a written answer with its grounds."""
    answer = answer_of(request.form)
    return on_draft(
        draft_id,
        lambda session: window.turn_away(session, draft_id, current_staff(), answer, calendar(), now()),
        duplicates_matter=False,
    )


def on_draft(draft_id: int, act: Callable[[Session], Case], *, duplicates_matter: bool = True) -> Page:
    """Keep what was typed, then act wholly or not at all; a refusal shows the page again."""
    session, clerk, posted = db(), current_staff(), request.form
    try:
        draft = opened(draft_id)
    except AlreadySubmitted as error:
        return already(draft_id, error)
    faults = saving.save_draft(session, draft, clerk, posted, request.files, now(), lenient=False)
    if faults.any():
        faults.top = faults.top or _("有内容需要更正，尚未办理。请看各栏的提示。")
        return show(draft, posted, faults, status=422)
    try:
        with session.begin_nested():
            if duplicates_matter:
                _require_known(session, draft, posted)
            act(session)
    except DomainError as error:
        faults.take(error)
        return show(draft, posted, faults, status=error.status)
    return redirect(url_for("desk.done", case_id=draft_id), 303)


def _require_known(session: Session, draft: Case, posted: Posted) -> None:
    others = readiness.duplicates(session, draft)
    if others and not posted.get("duplicate-known"):
        raise DuplicateOpen(number=others[0].number or "")


def answer_of(posted: Posted) -> Answer:
    """The written answer of the dialog that was used; an unknown outcome is refused by the step."""
    chosen = posted.get("outcome", "")
    if chosen not in (Outcome.NOT_ACCEPTED, Outcome.NOT_NEEDED, Outcome.NOT_OURS):
        raise turning_away.BadOutcome
    text = {
        name: posted.get(f"{chosen}-{name}", "").strip()[:2000]
        for name in ("reasons", "articles", "body", "contact")
    }
    return Answer(Outcome(chosen), text["reasons"], text["articles"], text["body"], text["contact"])


def _fixes(posted: Posted) -> list[Fix]:
    rows = [
        [posted.get(f"fix-{n}-{name}", "").strip()[:200] for name in ("material", "wrong", "right")]
        for n in range(MOST_ROWS)
    ]
    return [Fix(*row) for row in rows if row[1] and row[2]]


def extra_defects(posted: Posted) -> list[DefectInput]:
    """Further defects that belong to a material or to none."""
    rows = [
        [posted.get(f"extra-{n}-{name}", "").strip()[:500] for name in ("material", "problem", "demand")]
        for n in range(MOST_ROWS)
    ]
    return [DefectInput(*row) for row in rows if row[1]]
