"""Versions of the calendar: the list, a draft with its rehearsal, publishing it, and how far the recount is."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from approvals import (
    calendar_drafts,
    calendar_notice,
    calendar_publishing,
    calendar_rehearsal,
    calendars,
    clock,
)
from approvals.calendar import WorkingCalendar
from approvals.calendar_rehearsal import CaseMoves
from approvals.errors import DomainError
from approvals.ledger import Moved
from approvals.queries import calendars as query
from approvals.tables import CalendarVersion

from ..auth import current_staff, requires
from ..calendars import calendar
from ..i18n import speak
from ..transactions import db, now
from . import blueprint
from .words import helpers

Page = Response | str | tuple[str, int]
PAGE = 25  # cases


@dataclass(frozen=True)
class Line:
    """A case of the rehearsal: its clocks that move, each with the part it belongs to."""

    case_id: int
    named: query.Named
    clocks: list[tuple[Any, Moved]]
    moves: CaseMoves
    over: bool


@blueprint.get("/versions")
@requires("manage_calendar")
def versions() -> str:
    """Drafts and published versions, the newest first."""
    return render_template(
        "calendar/versions.html",
        versions=query.versions(db()),
        current=calendar().version,
        **helpers(),
    )


@blueprint.get("/versions/<int:version_id>")
@requires("manage_calendar")
def version(version_id: int) -> str:
    """A draft with its rehearsal, or a published version with its recount."""
    return _page(calendar_publishing.get_version(db(), version_id))


@blueprint.post("/versions/<int:version_id>/publication")
@requires("manage_calendar")
def publication(version_id: int) -> Page:
    """Put the draft in force; who comes second is told so."""
    try:
        published = calendar_publishing.publish(db(), version_id, current_staff(), now())
    except DomainError as error:
        return _refused(version_id, error)
    flash(_("已发布。各办件的日期正在逐批重算，重算完之前不会自动触发任何期限事项。"), "done")
    return redirect(url_for("calendar.version", version_id=published.id), 303)


@blueprint.post("/versions/<int:version_id>/disposal")
@requires("manage_calendar")
def disposal(version_id: int) -> Page:
    """Throw the draft away."""
    try:
        calendar_publishing.discard(db(), version_id, current_staff(), now())
    except DomainError as error:
        return _refused(version_id, error)
    flash(_("草稿已丢弃，日历没有变化。"), "done")
    return redirect(url_for("calendar.versions"), 303)


@blueprint.post("/versions/<int:version_id>/renewal")
@requires("manage_calendar")
def renewal(version_id: int) -> Page:
    """Draft the same change again, on the version now in force; the stale draft is thrown away."""
    try:
        stale = calendar_publishing.discard(db(), version_id, current_staff(), now())
        draft = calendar_drafts.draft_again(db(), current_staff(), stale, now())
    except DomainError as error:
        return _refused(version_id, error)
    calendar_rehearsal.rehearse_some(db(), draft, now())
    flash(_("已按现行日历重新起草，请再看一遍影响试算。"), "done")
    return redirect(url_for("calendar.version", version_id=draft.id), 303)


def _refused(version_id: int, error: DomainError) -> Page:
    db().rollback()
    shown = calendar_publishing.get_version(db(), version_id)
    return _page(shown, speak(error.message, error.params)), error.status


def _page(version: CalendarVersion, problem: str = "") -> str:
    draft = version.state == "draft"
    content: dict[str, Any] = _rehearsal(version) if draft else _recount(version)
    proposed = calendars.built(version)
    before = calendars.of_version(db(), version.base)
    return render_template(
        "calendar/version.html",
        version=version,
        problem=problem,
        current=calendar().version,
        stale=draft and version.base != calendar().version,
        change=version.change,
        months=_months(version, proposed, before),
        feasts=query.spans(_days(version.change.get("off", {}))),
        closed=query.spans({date.fromisoformat(each): "" for each in version.change.get("days", ())}),
        worked=[date.fromisoformat(each) for each in version.change.get("worked", ())],
        warnings=_warnings(version),
        today=clock.local_day(now()),
        **content,
        **helpers(),
    )


def _days(stored: dict[str, str]) -> dict[date, str]:
    return {date.fromisoformat(day): name for day, name in stored.items()}


def _months(
    version: CalendarVersion, proposed: WorkingCalendar, before: WorkingCalendar
) -> list[query.Month]:
    """The months a version speaks of, with the days it changes marked."""
    named = [
        *version.change.get("off", ()),
        *version.change.get("worked", ()),
        *version.change.get("days", ()),
    ]
    days = sorted(date.fromisoformat(day) for day in named)
    touched = {(day.year, day.month) for day in days}
    found = query.months(proposed, days[0], days[-1], before)
    return [month for month in found if (month.first.year, month.first.month) in touched]


def _warnings(version: CalendarVersion) -> list[calendar_notice.Warned]:
    change = version.change
    if change["kind"] != "notice":
        return []
    return calendar_notice.warnings(calendars.notice_of(change["year"], change))


def _rehearsal(draft: CalendarVersion) -> dict[str, Any]:
    after, only = request.args.get("after", 0, type=int), request.args.get("show", "")
    only = only if only in calendar_rehearsal.ONLY else ""
    today = clock.local_day(now())
    moves, following = calendar_rehearsal.page(db(), draft, after, PAGE, today, only)
    named = query.named(db(), [each.case_id for each in moves])
    parts = query.parts_named(db(), {move.part_id for each in moves for move in each.clocks if move.part_id})
    return {
        "totals": calendar_rehearsal.totals(draft),
        "lines": [
            Line(each.case_id, named[each.case_id], _clocks(each, parts), each, each.over(today))
            for each in moves
        ],
        "after": after,
        "following": following,
        "only": only,
    }


def _clocks(moves: CaseMoves, parts: dict[int, Any]) -> list[tuple[Any, Moved]]:
    return [(parts.get(move.part_id) if move.part_id else None, move) for move in moves.clocks]


def _recount(version: CalendarVersion) -> dict[str, Any]:
    in_force = version.id == calendar().version
    waiting = query.behind(db(), version.id) if in_force and version.recount_done_at is None else 0
    total = max(version.recount_total, 1)
    share = 100 if version.recount_done_at else min(99, 100 * version.recounted // total)
    return {"waiting": waiting, "share": share, "running": in_force and version.recount_done_at is None}
