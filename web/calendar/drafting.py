"""What an administrator hands in: a notice pasted or uploaded, a closure, the end of a closure. Each makes a draft."""

from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals import calendar_drafts, calendar_import, calendar_rehearsal, clock
from approvals.calendar_drafts import AnnouncedAlready, Closure
from approvals.calendar_import import Fault, UnreadableNotice
from approvals.calendar_notice import NoticeYear
from approvals.errors import DomainError, Invalid
from approvals.messages import N_
from approvals.queries import calendars as query
from approvals.tables import CalendarVersion

from ..auth import current_staff, requires
from ..calendars import calendar
from ..errors import messages_of
from ..i18n import speak
from ..transactions import db, now
from . import blueprint
from .words import helpers

Page = Response | str | tuple[str, int]
LARGEST = 200_000  # bytes; a notice has two thousand
PLACES: dict[type[DomainError], str] = {NoticeYear: "year", AnnouncedAlready: "correction"}


@blueprint.get("/notices/new")
@requires("manage_calendar")
def new_notice() -> str:
    """The form to import a State Council notice."""
    today = clock.local_day(now())
    years = (year for year in (today.year, today.year + 1) if calendar().is_provisional(date(year, 1, 1)))
    return _notice_page({"year": str(next(years, today.year + 1))})


@blueprint.post("/notices")
@requires("manage_calendar")
def notices() -> Page:
    """Read the notice and draft a version with it; what cannot be read is told line by line."""
    typed = {name: request.form.get(name, "") for name in ("year", "source", "text", "correction")}
    try:
        typed["text"] = _uploaded() or typed["text"][:LARGEST]
        draft = calendar_drafts.draft_notice(
            db(), current_staff(), year=_year(typed["year"]), source=typed["source"], text=typed["text"],
            correction=bool(typed["correction"]), now=now(),
        )  # fmt: skip
    except UnreadableNotice as error:
        return _notice_page(typed, error, faults=error.faults), error.status
    except DomainError as error:
        return _notice_page(typed, error), error.status
    return _drafted(draft)


def _uploaded() -> str:
    """The text of the uploaded file; it is shown again where it has faults, to be mended on the page."""
    file = request.files.get("file")
    content = file.read(LARGEST + 1) if file else b""
    if len(content) > LARGEST:
        raise UnreadableNotice([Fault(0, N_("文件太大，不像一份放假通知。"), {})])
    return calendar_import.decoded(content) if content else ""


def _year(text: str) -> int:
    if len(text.strip()) == 4 and text.strip().isascii() and text.strip().isdecimal():
        return int(text)
    raise Invalid({"year": (N_("请填写四位年份。"), {})})


def _notice_page(
    typed: dict[str, str], error: DomainError | None = None, faults: list[Fault] | None = None
) -> str:
    return render_template(
        "calendar/new_notice.html",
        typed=typed,
        samples=calendar_import.SAMPLES,
        faults=faults or [],
        today=clock.local_day(now()),
        **_told(error),
    )


def _told(error: DomainError | None) -> dict[str, Any]:
    """Where a refusal is shown: at its fields, or above the form."""
    if error is None:
        return {"errors": {}, "problem": ""}
    if isinstance(error, Invalid):
        return {"errors": messages_of(error), "problem": ""}
    sentence = speak(error.message, error.params)
    place = PLACES.get(type(error))
    return {"errors": {place: sentence} if place else {}, "problem": "" if place else sentence}


@blueprint.get("/closures")
@requires("manage_calendar")
def closures() -> str:
    """Days on which this centre alone is shut: those to come, and the form for more."""
    return _closure_page({})


@blueprint.post("/closures")
@requires("manage_calendar")
def closure() -> Page:
    """Draft a version in which the centre is shut on some days."""
    typed = {name: request.form.get(name, "") for name in ("first", "last", "words", "source")}
    try:
        first, last = _days(typed["first"], typed["last"] or typed["first"])
        asked = Closure(first, last, typed["words"], typed["source"])
        draft = calendar_drafts.draft_closure(db(), current_staff(), asked, now())
    except DomainError as error:
        return _closure_page(typed, error), error.status
    return _drafted(draft)


@blueprint.post("/closures/withdrawal")
@requires("manage_calendar")
def reopening() -> Page:
    """Draft a version without some closures."""
    typed = {name: request.form.get(name, "") for name in ("first", "last", "source")}
    try:
        first, last = _days(typed["first"], typed["last"])
        draft = calendar_drafts.draft_reopening(db(), current_staff(), first, last, typed["source"], now())
    except DomainError as error:
        return _closure_page({}, error, {"withdrawn": typed["first"], "order": typed["source"]}), error.status
    return _drafted(draft)


def _days(first: str, last: str) -> tuple[date, date]:
    wrong: dict[str, tuple[str, dict[str, object]]] = {}
    days: dict[str, date] = {}
    for name, text in (("first", first), ("last", last)):
        try:
            days[name] = date.fromisoformat(text.strip())
        except ValueError:
            wrong[name] = (N_("请填写日期，如 2026-11-23。"), {})
    if wrong:
        raise Invalid(wrong)
    return days["first"], days["last"]


def _closure_page(
    typed: dict[str, str], error: DomainError | None = None, withdrawn: dict[str, str] | None = None
) -> str:
    return render_template(
        "calendar/closures.html",
        typed=typed,
        coming=query.coming_closures(db(), now()),
        today=clock.local_day(now()),
        withdrawn=withdrawn or {},
        **_told(error),
        **helpers(),
    )


def _drafted(draft: CalendarVersion) -> Response:
    """Rehearse the first batch at once, so that a small centre sees its whole effect on the next page."""
    calendar_rehearsal.rehearse_some(db(), draft, now())
    return redirect(url_for("calendar.version", version_id=draft.id), 303)
