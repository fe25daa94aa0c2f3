"""The page of one permit: what it shows, and the refusal with what was typed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from flask import render_template, request
from flask_babel import gettext as _

from approvals import certificate_templates, clock, proceeding_rules
from approvals.errors import DomainError, Invalid, ReasonRequired
from approvals.hearing_words import HearingState
from approvals.proceeding_rules import GraveHarm, GraveHarmUnsaid, StatementNotOver
from approvals.proceedings import RESULTS, HarsherThanTold
from approvals.queries import permit as query
from approvals.queries.permit import PermitFile
from approvals.register_rules import (
    LABELS,
    TRANSITIONS,
    GroundRequired,
    LawRequired,
    is_comprehensive,
    status_on,
)
from approvals.tables import Permit, PermitEvent, Proceeding
from approvals.terms import PermitStatus

from ..auth import current_staff, stood_in_for
from ..cases.pages import Refusal
from ..i18n import speak
from ..navigation import has_page, may_open
from ..transactions import db, now
from . import words
from .offers import offers_of

PLACES: Mapping[type[DomainError], str] = {
    ReasonRequired: "reasons",
    LawRequired: "reasons",
    GroundRequired: "ground",
    GraveHarmUnsaid: "grave_harm",
    GraveHarm: "grave_harm",
    HarsherThanTold: "until",
    StatementNotOver: "statement",
}
"""The field a refusal belongs to; any other stands above its form."""


def refuse(error: DomainError, where: str) -> Refusal:
    """A refusal for the page, at its field, with what this request typed."""
    if isinstance(error, Invalid) and error.fields:
        place, (message, params) = next(iter(error.fields.items()))
        return Refusal(speak(message, params), place, where, request.form)
    place = PLACES.get(type(error), "")
    blank = [name for name in ("facts", "reasons", "assessment") if not request.form.get(name, " ").strip()]
    if isinstance(error, ReasonRequired) and blank:
        place = blank[0]
    return Refusal(speak(error.message, error.params), place, where, request.form)


def render(number: str, refusal: Refusal | None = None) -> str:
    """The page as this person may see it; raises ``UnknownPermit``."""
    today = clock.local_day(now())
    file = query.load(db(), number, current_staff(), today)
    form = certificate_templates.form_of(db(), file.permit)
    proceeding = file.proceeding
    told = proceeding_rules.statement_until(db(), proceeding) if proceeding else None
    return render_template(
        "register/permit.html",
        file=file,
        permit=file.permit,
        comprehensive=is_comprehensive(file.permit),
        rows=form.rows({key: value for key, value in file.permit.fields.items() if key != "parts"}),
        says=_(words.SAYS[file.status]),
        proceeding=proceeding,
        ground_of=ground_label,
        stages=stages_of(proceeding, told) if proceeding else [],
        statement_until=told,
        hearing_until=proceeding_rules.hearing_until(db(), proceeding) if proceeding else None,
        suspended_until=suspended_until(file),
        results=RESULTS,
        HearingState=HearingState,
        today=today,
        offers=offers_of(db(), file, current_staff(), stood_in_for(current_staff()), now()),
        refusal=refusal or Refusal(),
        may_ask=may_open("request_on_permit") and has_page("desk.permit"),
        now=now(),
    )


def suspended_until(file: PermitFile) -> date | None:
    """The last day of the suspension that runs; None where the permit is not suspended."""
    if file.status != PermitStatus.SUSPENDED:
        return None
    return next((each.until for each in file.events if each.kind == "suspend"), None)


def permit_state(permit: Permit, instant: datetime) -> str:
    """The effective status of a permit at an instant."""
    return status_on(permit, clock.local_day(instant)).value


def ground_label(each: PermitEvent | Proceeding) -> str:
    """The words of a legal ground; empty where an event has none."""
    transition = TRANSITIONS.get(each.kind)
    ground = transition.grounds.get(each.ground) if transition else None
    return str(_(ground.label)) if ground else ""


def act_label(kind: str) -> str:
    """What a kind of event or proceeding is called."""
    return str(_(LABELS[kind]))


def stages_of(proceeding: Proceeding, told: date | None) -> Sequence[tuple[str, str, str]]:
    """The proceeding as a stepper: proposed, told, heard (``told``: until when the holder may answer), decided."""
    reached = (
        (_("启动"), proceeding.opened_at, ""),
        (_("告知事实和理由"), proceeding.told_at, ""),
        (_("听取陈述申辩"), proceeding.heard_at, _("可提出至 %(day)s", day=told.isoformat()) if told else ""),
        (_("作出决定"), proceeding.decided_at, ""),
    )
    first_open = next(index for index, (_label, at, _wait) in enumerate(reached) if at is None)
    return [
        (
            str(label),
            "done" if at else "now" if index == first_open else "next",
            clock.local_day(at).isoformat() if at else str(wait),
        )
        for index, (label, at, wait) in enumerate(reached)
    ]
