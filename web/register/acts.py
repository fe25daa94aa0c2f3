"""What is sent from the forms of a permit's page: one noun for each act, each one call of the spine."""

from collections.abc import Callable, Mapping
from datetime import date

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from approvals import authority, papers, proceeding_rules
from approvals.errors import DomainError, NotFound
from approvals.messages import N_
from approvals.printing.render import pdf_of
from approvals.proceedings import Proposal, Resolution
from approvals.tables import Permit, Proceeding, Task
from processes.steps import proceeding_hearings, proceedings

from ..auth import current_staff, requires
from ..calendars import calendar
from ..pdf_files import send_bytes
from ..transactions import db, now
from . import blueprint, view

Page = Response | str | tuple[str, int]
HARM: Mapping[str, bool] = {"yes": True, "no": False}


@blueprint.post("/<number>/proceedings")
@requires("tell_facts")
def propose(number: str) -> Page:
    """Begin a proceeding: the facts are told in the same act."""
    permit = _permit(number)
    kind = _text("kind")
    return _perform(
        number,
        f"propose:{kind}",
        lambda: proceedings.open_proceeding(db(), permit.id, current_staff(), _proposal(), now()),
        N_("监管程序已启动，告知书已发出，等待持证人陈述申辩。"),
    )


@blueprint.post("/<number>/proceedings/preview")
@requires("tell_facts")
def preview_notice(number: str) -> Page:
    """The notice on what is typed, as it would be issued; nothing is written."""
    permit = _permit(number)
    try:
        authority.acting_for(db(), current_staff(), "tell_facts", permit.department_id, now())
        html = papers.proposed_act_preview(db(), permit, _proposal(), current_staff(), now())
    except DomainError as error:
        return _refused(number, error, f"propose:{_text('kind')}")
    return _paper(html)


@blueprint.post("/<number>/tasks/<int:task_id>/<noun>/preview")
@requires("tell_facts", "decide_proceeding")
def task_preview(number: str, task_id: int, noun: str) -> Page:
    """The paper of a step on what is typed, as it would be issued; nothing is written."""
    if noun not in PREVIEWS:
        raise NotFound
    task = _require_of(number, task_id)
    proceeding = proceeding_rules.of_task(db(), task.part)
    if proceeding is None:
        raise NotFound
    try:
        authority.acting_for(db(), current_staff(), task.step, task.department_id, now())
        html = PREVIEWS[noun](proceeding)
    except DomainError as error:
        return _refused(number, error, f"{task.step}:{task_id}")
    return _paper(html)


@blueprint.post("/<number>/tasks/<int:task_id>/<noun>")
@requires("tell_facts", "hear_defence", "decide_proceeding")
def task_act(number: str, task_id: int, noun: str) -> Page:
    """One step of the open proceeding; a refusal shows the page again with what was typed and writes nothing."""
    if noun not in NOUNS:
        raise NotFound
    step, run, said = NOUNS[noun]
    _require_of(number, task_id)
    version = request.form.get("version", type=int)
    return _perform(number, f"{step}:{task_id}", lambda: run(task_id, version), said)


@blueprint.post("/<number>/proceedings/<int:proceeding_id>/hearing-requests")
@requires("take_hearing_request")
def hearing_request(number: str, proceeding_id: int) -> Page:
    """The holder asks for a hearing at the window."""
    _own(number, proceeding_id)
    return _perform(
        number,
        f"hearing:{proceeding_id}",
        lambda: proceeding_hearings.ask(
            db(), proceeding_id, current_staff(), _text("reasons"), calendar(), now()
        ),
        N_("听证要求已登记，听证结束前不能作出决定。"),
    )


@blueprint.post("/<number>/proceedings/<int:proceeding_id>/hearing-waiver")
@requires("take_hearing_request")
def hearing_waiver(number: str, proceeding_id: int) -> Page:
    """The holder gave the hearing up in writing."""
    _own(number, proceeding_id)
    return _perform(
        number,
        f"hearing:{proceeding_id}",
        lambda: proceeding_hearings.waive(db(), proceeding_id, current_staff(), now()),
        N_("已登记持证人书面放弃听证。"),
    )


@blueprint.post("/<number>/proceedings/<int:proceeding_id>/abandonment")
@requires("decide_proceeding")
def abandonment(number: str, proceeding_id: int) -> Page:
    """A proposal nobody was told of is dropped."""
    _own(number, proceeding_id)
    return _perform(
        number,
        f"abandon:{proceeding_id}",
        lambda: proceedings.abandon(db(), proceeding_id, current_staff(), _text("reasons"), now()),
        N_("已决定不启动监管程序，没有发出任何文书。"),
    )


@blueprint.post("/<number>/events")
@requires("lift_suspension", "cancel_permit")
def at_once(number: str) -> Page:
    """What the head does without a proceeding."""
    permit = _permit(number)
    kind = _text("kind")
    if kind not in AT_ONCE:
        raise NotFound
    run, said = AT_ONCE[kind]
    return _perform(
        number,
        f"at_once:{kind}",
        lambda: run(db(), permit.id, _text("ground"), _text("reasons"), current_staff(), now()),
        said,
    )


def _tell(task_id: int, version: int | None) -> object:
    return proceedings.tell_facts(
        db(), task_id, version, current_staff(), _text("facts"), _text("reasons"), now()
    )


def _hear(task_id: int, version: int | None) -> object:
    return proceedings.hear_defence(
        db(), task_id, version, current_staff(), _text("statement"), _text("assessment"), now(),
        waived=_text("waived") == "yes", hearing_waived=_text("hearing_waived") == "yes",
    )  # fmt: skip


def _decide(task_id: int, version: int | None) -> object:
    return proceedings.decide(db(), task_id, version, current_staff(), _resolution(), now())


def _notice(proceeding: Proceeding) -> str:
    return papers.notice_preview(db(), proceeding, _text("facts"), _text("reasons"), current_staff(), now())


def _decision(proceeding: Proceeding) -> str:
    return papers.resolution_preview(db(), proceeding, _resolution(), current_staff(), now())


NOUNS: dict[str, tuple[str, Callable[[int, int | None], object], str]] = {
    "facts": ("tell_facts", _tell, N_("告知书已发出，等待持证人陈述申辩。")),
    "defence": ("hear_defence", _hear, N_("陈述申辩已记录，请部门负责人作出决定。")),
    "decision": ("decide_proceeding", _decide, N_("监管决定已作出，决定书已编号，核验页面已同步更新。")),
}
"""The last part of the address → the step, what it does, and what is said afterwards."""

PREVIEWS: dict[str, Callable[[Proceeding], str]] = {"facts": _notice, "decision": _decision}

AT_ONCE: dict[str, tuple[Callable[..., object], str]] = {
    "lift": (proceedings.lift, N_("证照已恢复效力，决定书已编号，核验页面已同步更新。")),
    "cancel": (proceedings.cancel, N_("证照已注销，决定书已编号，核验页面已同步更新。")),
}


def _proposal() -> Proposal:
    return Proposal(_text("kind"), _text("ground"), _text("facts"), _text("reasons"), _day("until"))


def _resolution() -> Resolution:
    harm = HARM.get(_text("grave_harm"))
    return Resolution(_text("result"), _text("reasons"), grave_harm=harm, until=_day("until"))


def _paper(html: str) -> Response:
    """A preview as a PDF; what was read is given back first, since rendering takes a while."""
    db().rollback()
    return send_bytes(pdf_of(html), "预览.pdf")


def _permit(number: str) -> Permit:
    """The last version of the permit; raises ``NotFound``."""
    found = db().scalar(
        select(Permit).where(Permit.number == number).order_by(Permit.version.desc()).limit(1)
    )
    if found is None:
        raise NotFound
    return found


def _own(number: str, proceeding_id: int) -> None:
    """The proceeding is one against this permit; raises ``NotFound``."""
    query = select(Proceeding.id).join(Permit).where(Permit.number == number, Proceeding.id == proceeding_id)
    if db().scalar(query) is None:
        raise NotFound


def _require_of(number: str, task_id: int) -> Task:
    """The task, if it is a step of a proceeding against this permit; raises ``NotFound``."""
    task = db().get(Task, task_id)
    if task is None or task.step not in {step for step, _run, _said in NOUNS.values()}:
        raise NotFound
    query = (
        select(Proceeding.id)
        .join(Permit)
        .where(
            Permit.number == number, Proceeding.case_id == task.case_id, Proceeding.part_id == task.part_id
        )
    )
    if db().scalar(query.limit(1)) is None:
        raise NotFound
    return task


def _text(name: str) -> str:
    return request.form.get(name, "").strip()[:4000]


def _day(name: str) -> date | None:
    """The day typed; what is no day is none, and refused as such where one is needed."""
    try:
        return date.fromisoformat(_text(name))
    except ValueError:
        return None


def _perform(number: str, where: str, run: Callable[[], object], said: str) -> Page:
    """Do it and go back to the page, or show the page with the refusal at the form ``where`` it came from."""
    try:
        run()
    except DomainError as error:
        return _refused(number, error, where)
    flash(_(said), "done")
    return redirect(url_for("register.permit", number=number), 303)


def _refused(number: str, error: DomainError, where: str) -> Page:
    db().rollback()
    return view.render(number, view.refuse(error, where)), error.status
