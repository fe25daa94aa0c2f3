"""What is sent from the forms on the right: one noun for each act, each one call of the spine."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from approvals.corrections import DefectInput, NothingToCorrect
from approvals.decision import Ruling
from approvals.errors import DomainError, NotFound
from approvals.messages import N_
from approvals.queries import case as query
from approvals.site_visits import TwoOfficers
from approvals.tables import Staff, Task
from approvals.terms import OpinionKind
from processes.steps import checking, closing, decisions, departments, lead

from ..auth import current_staff, requires
from ..calendars import calendar
from ..queue.pages import WORK
from ..rulings import granted_of
from ..transactions import db, now
from . import blueprint
from .pages import refuse, render_case
from .sent import Sent

Page = Response | str | tuple[str, int]


class UnknownOpinion(DomainError):
    """No opinion was chosen."""

    message = N_("请选择审查意见：同意、不同意，或同意但需转报。")
    status = 422


class UnknownFinding(DomainError):
    """Neither passed nor failed was chosen."""

    message = N_("请选择核查结论：符合或不符合。")
    status = 422


def _defects(sent: Sent) -> list[DefectInput]:
    rows = zip(
        sent.form.getlist("material"), sent.form.getlist("problem"), sent.form.getlist("demand"), strict=False
    )
    return [DefectInput(*row) for row in rows if row[1].strip()]


def _pre_check(sent: Sent) -> None:
    departments.pre_check(sent.session, sent.task_id, sent.version, sent.staff, _defects(sent), sent.now)


def _kind(sent: Sent) -> OpinionKind:
    chosen = sent.text("kind")
    if chosen not in {kind.value for kind in OpinionKind}:
        raise UnknownOpinion
    return OpinionKind(chosen)


def _opinion(sent: Sent) -> None:
    departments.review(
        sent.session, sent.task_id, sent.version, sent.staff, _kind(sent), sent.text("reasons"),
        sent.text("basis"), sent.now,
    )  # fmt: skip


def _draft(sent: Sent) -> None:
    departments.save_draft(
        sent.session, sent.task_id, sent.version, sent.staff, _kind(sent), sent.text("reasons"),
        sent.text("basis"), sent.now,
    )  # fmt: skip


def _visit_request(sent: Sent) -> None:
    departments.ask_site_visit(sent.session, sent.task_id, sent.version, sent.staff, sent.now)


def _correction_request(sent: Sent) -> None:
    found = _defects(sent)
    if not found:
        raise NothingToCorrect
    departments.request_correction(sent.session, sent.task_id, sent.version, sent.staff, found, sent.now)


def _finding(sent: Sent) -> None:
    second = sent.session.get(Staff, sent.form.get("second", 0, type=int))
    if second is None:
        raise TwoOfficers
    if sent.text("passed") not in ("yes", "no"):
        raise UnknownFinding
    departments.record_finding(
        sent.session, sent.task_id, sent.version, sent.staff, second, sent.text("finding"), sent.now,
        passed=sent.text("passed") == "yes",
    )  # fmt: skip


def _correction_notice(sent: Sent) -> None:
    checking.issue_correction(sent.session, sent.task_id, sent.version, sent.staff, calendar(), sent.now)


def _collation(sent: Sent) -> None:
    lead.collate(
        sent.session,
        sent.task_id,
        sent.version,
        sent.staff,
        sent.text("result"),
        sent.text("reasons"),
        sent.now,
    )


def _proposed_refusal(sent: Sent) -> None:
    decisions.propose_refusal(
        sent.session, sent.task_id, sent.version, sent.staff, sent.text("facts"), sent.text("reasons"),
        sent.text("articles"), sent.now,
    )  # fmt: skip


def _statement(sent: Sent) -> None:
    decisions.hear_statement(
        sent.session, sent.task_id, sent.version, sent.staff, sent.text("statement"), sent.text("assessment"),
        sent.now, waived=sent.text("waived") == "yes", hearing_waived=sent.text("hearing_waived") == "yes",
    )  # fmt: skip


def _decision(sent: Sent) -> None:
    ruling = Ruling(
        granted=granted_of(sent.form),
        reasons=sent.text("reasons"),
        articles=sent.text("articles"),
        scope=sent.text("scope"),
        false_materials=bool(sent.text("false_materials")),
    )
    decisions.decide(sent.session, sent.task_id, sent.version, sent.staff, ruling, sent.now)


def _certificates(sent: Sent) -> None:
    closing.issue(sent.session, sent.task_id, sent.version, sent.staff, sent.now)


NOUNS: dict[str, tuple[Callable[[Sent], None], str]] = {
    "pre-check": (_pre_check, N_("预审结果已提交。")),
    "opinion": (_opinion, N_("审查意见已提交。")),
    "draft": (_draft, N_("草稿已保存，只有本部门看得到。")),
    "visit-request": (_visit_request, N_("已要求现场核查，请约定时间。")),
    "correction-request": (_correction_request, N_("补正要求已提出，将与其他部门合并为一份告知。")),
    "finding": (_finding, N_("核查结果已登记，现在可以给出意见。")),
    "correction-notice": (_correction_notice, N_("合并补正告知已发出。")),
    "collation": (_collation, N_("意见已汇总，各部门可以作出决定。")),
    "proposed-refusal": (_proposed_refusal, N_("拟不予许可告知书已发出，等待陈述申辩。")),
    "statement": (_statement, N_("陈述申辩已记录。")),
    "decision": (_decision, N_("决定已作出，决定书已编号。")),
    "certificates": (_certificates, N_("证照已制发。")),
}
"""The last part of the address → what it does, and what is said afterwards."""


@blueprint.post("/<int:case_id>/tasks/<int:task_id>/<noun>")
@requires(*WORK)
def task_act(case_id: int, task_id: int, noun: str) -> Page:
    """Do one act on one task; a refusal shows the page again with what was typed and writes nothing."""
    if noun not in NOUNS:
        raise NotFound
    run, said = NOUNS[noun]
    query.load_case(db(), case_id, current_staff())
    if db().scalar(select(Task.case_id).where(Task.id == task_id)) != case_id:
        raise NotFound
    sent = Sent(db(), task_id, request.form.get("version", type=int), current_staff(), request.form, now())
    return perform(case_id, f"{noun}:{task_id}", lambda: run(sent), said)


def perform(case_id: int, where: str, run: Callable[[], object], said: str) -> Page:
    """Do it and go back to the page, or show the page with the refusal at the form ``where`` it came from."""
    try:
        run()
    except DomainError as error:
        db().rollback()
        return render_case(case_id, refuse(error, where)), error.status
    flash(_(said), "done")
    return redirect(url_for("cases.page", case_id=case_id), 303)
