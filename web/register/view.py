"""The page of one permit: what it shows, and the refusal with what was typed."""

from collections.abc import Sequence

from flask import render_template
from flask_babel import gettext as _

from approvals import certificate_templates, clock, proceeding_rules
from approvals.hearing_words import HearingState
from approvals.proceedings import RESULTS
from approvals.queries import permit as query
from approvals.register_rules import LABELS, TRANSITIONS, is_comprehensive
from approvals.tables import PermitEvent, Proceeding

from ..auth import current_staff
from ..transactions import db, now
from . import words


def render(number: str) -> str:
    """The page as this person may see it; raises ``UnknownPermit``."""
    today = clock.local_day(now())
    file = query.load(db(), number, current_staff(), today)
    form = certificate_templates.form_of(db(), file.permit)
    proceeding = file.proceeding
    return render_template(
        "register/permit.html",
        file=file,
        permit=file.permit,
        comprehensive=is_comprehensive(file.permit),
        rows=form.rows({key: value for key, value in file.permit.fields.items() if key != "parts"}),
        says=_(words.SAYS[file.status]),
        proceeding=proceeding,
        ground_of=ground_label,
        stages=stages_of(proceeding) if proceeding else [],
        results=RESULTS,
        HearingState=HearingState,
        today=today,
    )


def ground_label(each: PermitEvent | Proceeding) -> str:
    """The words of a legal ground; empty where an event has none."""
    transition = TRANSITIONS.get(each.kind)
    ground = transition.grounds.get(each.ground) if transition else None
    return str(_(ground.label)) if ground else ""


def act_label(kind: str) -> str:
    """What a kind of event or proceeding is called."""
    return str(_(LABELS[kind]))


def stages_of(proceeding: Proceeding) -> Sequence[tuple[str, str, str]]:
    """The proceeding as a stepper: proposed, told, heard, decided."""
    told = proceeding_rules.statement_until(db(), proceeding)
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
