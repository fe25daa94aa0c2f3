"""Notice and commitment at the window: offered from the draft, signed on one screen, taken back, materials that follow."""

from collections.abc import Callable

from flask import Response, current_app, redirect, request, url_for
from sqlalchemy.orm import Session

from approvals import commitments as domain
from approvals import handing_in, papers, tasks
from approvals.commitment_signing import Manner, Pledge
from approvals.errors import DomainError, NotFound, StaleTask
from approvals.messages import N_
from approvals.printing.render import pdf_of
from approvals.queries import desk as queries
from approvals.tables import Case, Commitment, Staff, StoredFile, Task
from approvals.tasks import TaskHeld
from approvals.terms import CommitmentState
from processes.steps import commitment

from ..auth import current_staff, requires
from ..calendars import calendar
from ..transactions import db, now
from . import blueprint, saving
from .acts import on_draft
from .cases import show_case
from .drafts import Page, already
from .saving import Faults
from .tasks import show_task, version_of


class ScanNotKept(DomainError):
    """A scan of a line cannot be kept: the line is not received either; ``places`` says why, beside it."""

    message = N_("扫描件没有保存，材料也没有登记收到。请换一份文件再登记。")
    status = 422

    def __init__(self, places: dict[str, str]) -> None:
        self.places = places
        super().__init__()


@blueprint.post("/drafts/<int:draft_id>/commitment-notices")
@requires("commit")
def offer(draft_id: int) -> Page:
    """告知承诺: the notices are printed, and the screen to sign on comes next."""
    return on_draft(
        draft_id,
        lambda session: commitment.offer(session, draft_id, current_staff(), calendar(), now()),
    )


@blueprint.get("/commitments/<int:commitment_id>/paper.pdf")
@requires("commit")
def paper_to_sign(commitment_id: int) -> Response:
    """The commitment to print and sign on paper."""
    row = db().get(Commitment, commitment_id)
    if row is None or row.state != CommitmentState.OFFERED:
        raise NotFound
    queries.whole_case(db(), row.case_id, current_staff())
    html = papers.commitment_to_sign(db(), row, current_staff(), now())
    db().rollback()  # rendering takes its time and reads nothing more
    return Response(pdf_of(html), mimetype="application/pdf")


@blueprint.post("/tasks/<int:task_id>/commitment")
@requires("commit")
def make(task_id: int) -> Page:
    """作出承诺: every commitment of the case that waits is signed in one act, or none."""

    def act(session: Session, task: Task, clerk: Staff) -> None:
        case = task.case
        scan = _scan(session, case, clerk)
        for row in domain.of_case(session, case):
            if row.state == CommitmentState.OFFERED:
                own = next(
                    each
                    for each in tasks.open_tasks(session, case.id, "commit")
                    if each.part_id == row.part_id
                )
                commitment.make(session, own.id, None, clerk, _pledge(row, scan), calendar(), now())

    return _act(task_id, act)


@blueprint.post("/tasks/<int:task_id>/declination")
@requires("commit")
def decline(task_id: int) -> Page:
    """不选择承诺: every part that waits goes the ordinary way."""
    reasons = request.form.get("decline-reasons", "")[:500]

    def act(session: Session, task: Task, clerk: Staff) -> None:
        for each in tasks.open_tasks(session, task.case_id, "commit"):
            commitment.decline(session, each.id, None, clerk, reasons, calendar(), now())

    return _act(task_id, act)


@blueprint.post("/cases/<int:case_id>/commitments/<int:part_id>/withdrawal")
@requires("commit")
def withdraw_commitment(case_id: int, part_id: int) -> Page:
    """撤回承诺, before the decision."""
    reasons = request.form.get("withdraw-reasons", "")[:500]
    return _on_case(
        case_id,
        lambda session: commitment.withdraw(session, case_id, part_id, current_staff(), reasons, now()),
    )


@blueprint.post("/cases/<int:case_id>/following/<code>")
@requires("follow_material")
def follow(case_id: int, code: str) -> Page:
    """收到承诺后补材料, with its scans."""

    def act(session: Session) -> object:
        material = commitment.follow_material(session, case_id, code, current_staff(), now())
        faults = saving.save_scans(session, material, request.files, current_staff(), now())
        if faults:
            raise ScanNotKept(faults)
        return material

    return _on_case(case_id, act)


def _act(task_id: int, act: Callable[[Session, Task, Staff], None]) -> Page:
    """Take the task and do the act wholly or not at all; a refusal shows the screen again."""
    session, clerk = db(), current_staff()
    try:
        task = tasks.take(session, task_id, version_of(request.form), clerk, now(), "commit")
    except (StaleTask, TaskHeld) as error:
        return already(queries.task(session, task_id).case_id, error)
    try:
        with session.begin_nested():
            act(session, task, clerk)
    except DomainError as error:
        faults = Faults()
        faults.take(error)
        return show_task(session.get_one(Task, task_id), faults, error.status)
    return redirect(url_for("desk.done", case_id=task.case_id), 303)


def _on_case(case_id: int, act: Callable[[Session], object]) -> Page:
    session = db()
    queries.whole_case(session, case_id, current_staff())
    try:
        with session.begin_nested():
            act(session)
    except DomainError as error:
        faults = Faults()
        faults.take(error)
        if isinstance(error, ScanNotKept):
            faults.places |= error.places
        return show_case(case_id, faults, error.status)
    return redirect(url_for("desk.done", case_id=case_id), 303)


def _pledge(row: Commitment, scan: StoredFile | None) -> Pledge:
    """What stands on the screen for one commitment."""
    form = request.form
    manner = form.get("manner", "")
    ticked = frozenset(clause.code for clause in row.clauses if f"tick-{row.id}-{clause.code}" in form)
    return Pledge(
        ticked=ticked,
        signatory=form.get("signatory", "")[:80],
        capacity=form.get("capacity", ""),
        manner=manner,
        signature=form.get("signature", "") if manner == Manner.SCREEN else "",
        scan=scan if manner == Manner.PAPER else None,
    )


def _scan(session: Session, case: Case, clerk: Staff) -> StoredFile | None:
    """The signed paper, kept with the case; judged by its content."""
    upload = request.files.get("scan")
    if upload is None or not upload.filename:
        return None
    largest = current_app.extensions["settings"].upload_max_mb * 1024 * 1024
    content = upload.stream.read(largest + 1)
    return handing_in.keep(session, case.id, content, upload.filename, clerk, saving.store(), now(), largest)
