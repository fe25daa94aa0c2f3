"""The page itself and its tabs; every refusal shows the same page with what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from approvals import authority, corrections, critical_path, joint_review, people
from approvals.catalogue import item_for
from approvals.critical_path import CriticalPath
from approvals.errors import DomainError, ReasonRequired
from approvals.joint_review import AlreadyTakingPart, ConflictUnsettled
from approvals.people import Revealed
from approvals.queries import case as query
from approvals.queries.case import CaseFile
from approvals.site_visits import BadAppointment, TwoOfficers
from approvals.tables import Case, Staff
from approvals.terms import CaseState, ItemKind, PartState
from approvals.urging import WordsRequired

from ..auth import current_staff, requires, stood_in_for
from ..calendars import calendar, calendar_of
from ..i18n import local, speak
from ..lamps import light_of, settled_words
from ..request_view import request_view
from ..transactions import db, now
from . import blueprint, drawing, labels, oversight, special_view, tabs, verification_view
from .acts import Act, acts_of, leads, waiting_of
from .lanes import lanes_of
from .request import answers_of

PLACES: Mapping[type[DomainError], str] = {
    ReasonRequired: "reasons",
    TwoOfficers: "second",
    BadAppointment: "when",
    ConflictUnsettled: "result",
    AlreadyTakingPart: "department",
    **special_view.PLACES,
    **verification_view.PLACES,
    WordsRequired: "words",
}
"""The field a refusal belongs to; any other stands above the form."""


@dataclass(frozen=True)
class Refusal:
    """What was refused: the sentence, the form it came from (``task:7``, ``part:3`` …) and what was typed."""

    sentence: str = ""
    place: str = ""
    where: str = ""
    typed: MultiDict[str, str] = field(default_factory=MultiDict)

    def at(self, where: str, place: str) -> str:
        """The sentence for one field of one form."""
        return self.sentence if (self.where, self.place) == (where, place) else ""

    def value(self, where: str, name: str, otherwise: str = "") -> str:
        """What was typed into a field of that form, or else the given value."""
        return self.typed.get(name, otherwise) if self.where == where else otherwise

    def values(self, where: str, name: str) -> list[str]:
        """All that was typed under one name."""
        return self.typed.getlist(name) if self.where == where else []


@blueprint.get("/<int:case_id>")
@requires("see_cases", "intake")
def page(case_id: int) -> BaseResponse | str:
    """One case; a draft opens where its clerk fills it in."""
    state = db().scalar(select(Case.state).where(Case.id == case_id, Case.clerk_id == current_staff().id))
    if state == CaseState.DRAFT:
        return redirect(url_for("desk.draft", draft_id=case_id))
    return render_case(case_id)


@blueprint.get("/<int:case_id>/diagram")
@requires("see_cases", "intake")
def diagram_page(case_id: int) -> str:
    """The diagram on a page of its own, as wide as the screen."""
    case = query.load_case(db(), case_id, current_staff())
    return render_template(
        "cases/diagram.html",
        case=case,
        marks=drawing.marks_of(db(), case),
        drawn_beside=drawing.beside(db(), case),
    )


@blueprint.get("/<int:case_id>/diagram.bpmn")
@requires("see_cases", "intake")
def diagram(case_id: int) -> Response:
    """The procedure as BPMN 2.0, a pool for each part."""
    case = query.load_case(db(), case_id, current_staff())
    return Response(drawing.of_case(db(), case).xml, mimetype="application/xml")


def refuse(error: DomainError, where: str = "") -> Refusal:
    """A refusal for the page, with what this request typed."""
    return Refusal(speak(error.message, error.params), PLACES.get(type(error), ""), where, request.form)


def render_case(
    case_id: int, refusal: Refusal | None = None, revealed: Revealed | None = None, revealed_who: str = ""
) -> str:
    """The page as this person may see it; raises ``NotFound``."""
    staff = current_staff()
    file = query.load_file(db(), case_id, staff)
    colleagues = stood_in_for(staff)
    acts = acts_of(file, staff, colleagues, now())
    tab = request.args.get("tab", "ledger")
    tab = tab if tab in tabs.TABS else "ledger"
    return render_template(
        "cases/page.html",
        file=file,
        case=file.case,
        item=item_for(file.case),
        asked=request_view(db(), file.case, now()),
        light=light_of(file.case, now()),
        settled=settled_words(file.case),
        lanes=lanes_of(file, _path(file), now()),
        acts=acts,
        next_act=next((act for act in acts if not act.why), None),
        waiting=waiting_of(file, staff, colleagues, now()),
        answers=answers_of(file.case),
        refusal=refusal or Refusal(),
        revealed=revealed,
        revealed_who=revealed_who,
        may_reveal=authority.may(staff, "reveal", staff.department_id),
        tab=tab,
        tabs=tabs.bar(file, tab),
        **_for_acts(file, acts, staff),
        **oversight.content(db(), file, staff),
        **special_view.content(db(), file, staff, colleagues, calendar(), now()),
        **verification_view.content(db(), acts, staff),
        **tabs.TABS[tab].content(db(), file, staff, now()),
        **_helpers(),
    )


def _path(file: CaseFile) -> CriticalPath:
    """Which department holds the date of a joint case that runs; nothing for any other."""
    case = file.case
    if case.item.kind != ItemKind.JOINT or case.accepted_at is None or case.decided_at or case.ended_at:
        return CriticalPath((), None)
    return critical_path.path_of(case, file.lines, calendar_of(case), now())


def _helpers() -> dict[str, Any]:
    return {
        "act_words": labels.act_words,
        "defect_states": labels.DEFECT_STATES,
        "change_words": labels.change_words,
        "value_words": labels.value_words,
        "labels": labels,
        "now": now(),
    }


def _for_acts(file: CaseFile, acts: list[Act], staff: Staff) -> dict[str, Any]:
    """What the forms on the right offer, read only where a form needs it."""
    steps = {act.task.step for act in acts if not act.why}
    lead = leads(file, staff)
    submitted = [each for each in file.opinions if each.submitted_at and each.superseded_at is None]
    taking_part = {part.department_id for part in file.case.parts if part.state != "cancelled"}
    departments = people.all_departments(db()) if lead else ()
    return {
        "materials": [(line.code, local(line.line["name"])) for line in file.case.materials],
        "colleagues": [(str(each.id), each.name) for each in people.colleagues(db(), staff)]
        if "site_visit" in steps
        else [],
        "conflicts": joint_review.conflicts(submitted),
        "merged": corrections.merged([each for each in file.defects if each.state == "raised"]),
        "also_missing": corrections.unsaid(db(), file.case, corrections.window_defects(file.case))
        if "issue_correction" in steps
        else [],
        "names": {line.code: local(line.line["name"]) for line in file.case.materials},
        "lead": lead,
        "departments": [
            (each.code, local(each.name))
            for each in departments
            if each.active and each.id not in taking_part
        ],
        "returnable": [
            (str(part.id), f"{local(part.department.name)} · {local(part.name)}")
            for part in file.case.parts
            if part.state in (PartState.REVIEWING, PartState.OPINED)
        ],
        "open_visit": next(
            (
                visit
                for visit in reversed(file.visits)
                if any(not each.recorded_at for each in visit.findings)
            ),
            None,
        ),
        "page_url": url_for("cases.page", case_id=file.case.id),
        "no_hearing_yet": _("不予许可前须先告知事实理由并听取陈述申辩"),
    }
