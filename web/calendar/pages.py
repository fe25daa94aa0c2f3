"""For all staff: a year day by day, and what day a number of working days leads to (算日期)."""

from datetime import timedelta
from typing import Any

from flask import render_template, request

from approvals import clock
from approvals.calendar import FIRST, LAST, CalendarRange
from approvals.errors import Invalid
from approvals.queries import calendars as query

from ..auth import current_staff, opens, signed_in
from ..calendars import calendar
from ..errors import messages_of
from ..i18n import speak
from ..transactions import db, now
from . import blueprint
from .words import helpers

Page = str | tuple[str, int]
MOST_MONTHS = 6
"""Months drawn with an answer; a longer way is told in lists alone."""


@blueprint.get("/")
@signed_in
def index() -> str:
    """The year it is."""
    return year(clock.local_day(now()).year)


@blueprint.get("/<int:year>")
@signed_in
def year(year: int) -> str:
    """One year: what counts, what does not and why, and whether it is announced."""
    facts = query.year_of(db(), calendar(), year)
    first, last = facts.first, facts.last
    return render_template(
        "calendar/year.html",
        facts=facts,
        months=query.months(calendar(), first, last),
        today=clock.local_day(now()),
        earlier=year - 1 if year > FIRST.year else None,
        later=year + 1 if year < LAST.year else None,
        keeps=opens(current_staff(), "manage_calendar"),
        **helpers(),
    )


@blueprint.get("/due")
@signed_in
def due() -> Page:
    """The day so many working days after another, with every day skipped on the way."""
    typed = {name: request.args.get(name, "") for name in ("opened", "days")}
    if not any(name in request.args for name in typed):
        return _due_page({"opened": clock.local_day(now()).isoformat(), "days": ""})
    try:
        answer = query.answer(calendar(), *query.asked(**typed))
    except Invalid as error:
        return _due_page(typed, errors=messages_of(error)), error.status
    except CalendarRange as error:
        return _due_page(typed, errors={"opened": speak(error.message, error.params)}), error.status
    return _due_page(typed, answer=answer)


def _due_page(
    typed: dict[str, str], *, answer: query.Answer | None = None, errors: dict[str, str] | None = None
) -> str:
    context: dict[str, Any] = {"typed": typed, "answer": answer, "errors": errors or {}, "months": []}
    if answer is not None and (answer.due.day - answer.opened) < timedelta(days=31 * MOST_MONTHS):
        context["months"] = query.months(calendar(), answer.opened, answer.due.day)
    return render_template("calendar/due.html", today=clock.local_day(now()), **context, **helpers())
