"""Extensions, special procedures and hearings: one noun for each act, each one call of the spine."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

from approvals import clock
from approvals.errors import NotFound
from approvals.hearing_words import AskerKind
from approvals.hearings import Appointment, Signature
from approvals.messages import N_
from approvals.queries import case as query
from approvals.special_procedures import Needed
from approvals.tables import Hearing, SpecialProcedure, Staff
from processes.steps import hearings, special

from ..auth import current_staff, requires
from ..calendars import calendar
from ..rulings import granted_of
from ..transactions import db, now
from . import blueprint, drawing
from .sent import Sent
from .task_acts import NOUNS, perform

Page = Response | str | tuple[str, int]


# --- tasks


def _extension_ruling(sent: Sent) -> None:
    special.approve_extension(
        sent.session, sent.task_id, sent.version, sent.staff, sent.text("note"), calendar(), sent.now,
        granted=granted_of(sent.form),
    )  # fmt: skip


def _procedure_ruling(sent: Sent) -> None:
    special.approve_procedure(
        sent.session, sent.task_id, sent.version, sent.staff, sent.text("note"), calendar(), sent.now,
        granted=granted_of(sent.form),
    )  # fmt: skip


def _appointment(sent: Sent) -> None:
    made = Appointment(
        when=_when(sent.text("when")),
        place=sent.text("place"),
        chair=_person(sent, "chair"),
        recorder=_person(sent, "recorder"),
        public=not sent.text("closed"),
        why_closed=sent.text("why_closed"),
        why_late=sent.text("why_late"),
    )
    hearings.appoint(sent.session, sent.task_id, sent.version, sent.staff, made, calendar(), sent.now)


def _person(sent: Sent, name: str) -> Staff | None:
    known = sent.session.scalars(select(Staff).where(Staff.active))
    return next((each for each in known if str(each.id) == sent.text(name)), None)


def _when(typed: str) -> datetime:
    """What the date and time control sent, as people at the centre read it; nothing readable is no day at all."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=clock.ZONE).astimezone(UTC)
    except ValueError:
        return datetime(2004, 1, 1, 4, tzinfo=UTC)


def _postponement(sent: Sent) -> None:
    hearings.postpone(
        sent.session, sent.task_id, sent.version, sent.staff, sent.text("reasons"), calendar(), sent.now
    )


def _record(sent: Sent) -> None:
    names = ("name", "role", "signed", "why_not")
    rows = zip(*(sent.form.getlist(f"signer-{name}") for name in names), strict=False)
    signatures = [
        Signature(name.strip(), role, signed=signed == "yes", why_not=why_not)
        for name, role, signed, why_not in rows
        if name.strip()
    ]
    hearings.record(
        sent.session, sent.task_id, sent.version, sent.staff, sent.text("record"), sent.text("conclusion"),
        signatures, calendar(), sent.now,
    )  # fmt: skip


TASK_NOUNS: Mapping[str, tuple[Callable[[Sent], None], str]] = {
    "extension-ruling": (_extension_ruling, N_("延期申请已处理。")),
    "procedure-ruling": (_procedure_ruling, N_("特别程序申请已处理。")),
    "hearing-appointment": (_appointment, N_("听证已安排，听证通知书已发出。")),
    "hearing-postponement": (_postponement, N_("听证已改期，请重新安排。")),
    "hearing-record": (_record, N_("听证笔录已登记，期限恢复计时。")),
}
"""The last part of a task's address → what it does, and what is said afterwards."""
NOUNS.update(TASK_NOUNS)


# --- beside the tasks


@blueprint.get("/<int:case_id>/processes/<int:instance_id>/diagram.bpmn")
@requires("see_cases", "intake")
def beside_diagram(case_id: int, instance_id: int) -> Response:
    """A process beside the case's own (hearing, proceeding, a part's commitment) as BPMN 2.0."""
    case = query.load_case(db(), case_id, current_staff())
    return Response(drawing.of_beside(db(), case, instance_id), mimetype="application/xml")


@blueprint.post("/<int:case_id>/extensions")
@requires("propose_extension", "propose_extension_of_case")
def extension(case_id: int) -> Page:
    """Propose to extend a clock."""
    query.load_case(db(), case_id, current_staff())
    part_id = request.form.get("part", 0, type=int)
    return perform(
        case_id,
        f"extension:{part_id}",
        lambda: special.propose_extension(
            db(), case_id, part_id or None, current_staff(), _days(), _text("reasons"), now()
        ),
        N_("延期申请已提出，等待批准。"),
    )


@blueprint.post("/<int:case_id>/procedures")
@requires("propose_procedure")
def procedure(case_id: int) -> Page:
    """Propose a procedure of article 45."""
    part_id = _part(case_id)
    needed = Needed(_text("kind"), _days(), _text("body"), _text("reasons"))
    return perform(
        case_id,
        f"procedure:{part_id}",
        lambda: special.propose_procedure(db(), part_id, current_staff(), needed, now()),
        N_("特别程序申请已提出，批准之前期限照常计算。"),
    )


@blueprint.post("/<int:case_id>/procedures/<int:procedure_id>/end")
@requires("end_procedure")
def procedure_end(case_id: int, procedure_id: int) -> Page:
    """Its result is there: the clock goes on."""
    _of_case(SpecialProcedure, case_id, procedure_id)
    return perform(
        case_id,
        f"ending:{procedure_id}",
        lambda: special.end_procedure(
            db(), procedure_id, current_staff(), _text("result"), calendar(), now()
        ),
        N_("特别程序已登记结束，期限恢复计时，结束告知书已发出。"),
    )


@blueprint.post("/<int:case_id>/procedures/<int:procedure_id>/notice")
@requires("approve_procedure")
def procedure_notice(case_id: int, procedure_id: int) -> Page:
    """It takes longer: a new notice."""
    _of_case(SpecialProcedure, case_id, procedure_id)
    return perform(
        case_id,
        f"longer:{procedure_id}",
        lambda: special.prolong(
            db(), procedure_id, current_staff(), _days(), _text("reasons"), calendar(), now()
        ),
        N_("新的所需时间已书面告知申请人。"),
    )


@blueprint.post("/<int:case_id>/hearings")
@requires("order_hearing")
def hearing(case_id: int) -> Page:
    """The department holds a hearing of its own motion."""
    part_id = _part(case_id)
    return perform(
        case_id,
        f"hearing:{part_id}",
        lambda: hearings.order(db(), part_id, current_staff(), _text("reasons"), calendar(), now()),
        N_("已决定举行听证，期限停表，请部门负责人安排时间。"),
    )


@blueprint.post("/<int:case_id>/hearing-rights")
@requires("tell_hearing_right")
def hearing_right(case_id: int) -> Page:
    """Somebody concerned is told that they may ask for a hearing."""
    part_id = _part(case_id)
    kind = AskerKind.APPLICANT if _text("kind") == AskerKind.APPLICANT else AskerKind.INTERESTED
    return perform(
        case_id,
        f"right:{part_id}",
        lambda: hearings.tell_right(
            db(), part_id, current_staff(), kind, _text("name"), _text("reasons"), calendar(), now()
        ),
        N_("听证权利告知书已制作，请送达。"),
    )


@blueprint.post("/<int:case_id>/hearing-requests")
@requires("take_hearing_request")
def hearing_request(case_id: int) -> Page:
    """A request for a hearing is taken down at the window."""
    part_id = _part(case_id)
    kind, _colon, name = _text("who").partition(":")
    asker = AskerKind.INTERESTED if kind == AskerKind.INTERESTED else AskerKind.APPLICANT
    return perform(
        case_id,
        f"request:{part_id}",
        lambda: hearings.ask(
            db(), part_id, current_staff(), asker, name, _text("reasons"), calendar(), now()
        ),
        N_("听证要求已登记，期限停表。"),
    )


@blueprint.post("/<int:case_id>/hearings/<int:hearing_id>/withdrawal")
@requires("take_hearing_request")
def hearing_withdrawal(case_id: int, hearing_id: int) -> Page:
    """Whoever asked gives the hearing up."""
    _of_case(Hearing, case_id, hearing_id)
    return perform(
        case_id,
        f"giving-up:{hearing_id}",
        lambda: hearings.withdraw(db(), hearing_id, current_staff(), _text("reasons"), calendar(), now()),
        N_("听证要求已撤回，期限恢复计时。"),
    )


def _part(case_id: int) -> int:
    """The part the form names, if it is one of a case this person sees; raises ``NotFound``."""
    part_id = request.form.get("part", 0, type=int)
    if part_id not in {part.id for part in query.load_case(db(), case_id, current_staff()).parts}:
        raise NotFound
    return part_id


def _of_case(table: type[SpecialProcedure] | type[Hearing], case_id: int, row_id: int) -> None:
    query.load_case(db(), case_id, current_staff())
    known = db().scalars(select(table.id).where(table.case_id == case_id))
    if row_id not in set(known):
        raise NotFound


def _text(name: str) -> str:
    return request.form.get(name, "").strip()[:2000]


def _days() -> int:
    """The number of days typed; what is no number is none, and refused as such."""
    return request.form.get("days", 0, type=int)
