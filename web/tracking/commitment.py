"""The applicant and a commitment: reads what was told, ticks every clause and signs, or does not; sees what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response

from approvals import clock, commitment_signing
from approvals.commitment_signing import Capacity, Manner, Pledge
from approvals.errors import DomainError, NotFound
from approvals.queries.tracking_rows import Tracked
from approvals.tables import Case, Commitment, CommitmentClause
from approvals.terms import CheckOutcome, CommitmentState, PartState
from processes.steps import commitment as steps

from ..auth import public
from ..calendars import calendar
from ..i18n import day
from ..security import limiter
from ..transactions import db, now
from . import Page, answers, blueprint, case_page, following
from .words import _

TOLD_BY = "commitment_notice"
"""The paper without which there is nothing to show, and nothing is read."""


@dataclass(frozen=True)
class Promise:
    """One clause as the applicant sees it, and what the verification found of it."""

    clause: CommitmentClause
    found: str
    tone: str
    follow: str
    missing: bool


@dataclass(frozen=True)
class Told:
    """One commitment: what may be done with it, and what is said of it."""

    row: Commitment
    words: str
    signable: bool
    revocable: bool
    promises: Sequence[Promise]
    signing: Mapping[str, object]


def of(session: Session, seen: Tracked) -> Sequence[Told]:
    """The commitments of a case; nothing is read where no paper speaks of one."""
    if not any(paper.kind == TOLD_BY for paper in seen.papers):
        return []
    rows = session.scalars(
        select(Commitment)
        .options(
            selectinload(Commitment.clauses).joinedload(CommitmentClause.department),
            selectinload(Commitment.part),
        )
        .where(Commitment.case_id == seen.case.id)
        .order_by(Commitment.part_id)
    ).all()
    return [_told(seen.case, row) for row in rows]


def _told(case: Case, row: Commitment) -> Told:
    settled = row.part.state in (PartState.GRANTED, PartState.REFUSED)
    made = row.state == CommitmentState.MADE
    return Told(
        row=row,
        words=_words(row, settled=settled),
        signable=row.state == CommitmentState.OFFERED and now() <= row.sign_by,
        revocable=made and not settled,
        promises=[_promise(clause, granted=row.part.state == PartState.GRANTED) for clause in row.clauses],
        signing=_signing(case, row),
    )


def _words(row: Commitment, *, settled: bool) -> str:
    """One sentence on where this commitment stands."""
    if row.state == CommitmentState.OFFERED:
        return _("请在 %(day)s 前逐项阅读并签署；也可以到窗口签署，或者不选择承诺。", day=day(row.sign_by))
    if row.state == CommitmentState.MADE and settled:
        return _("您已于 %(day)s 作出承诺。决定作出后，有关部门会逐项核查，请配合。", day=day(row.made_at))
    if row.state == CommitmentState.MADE:
        return _("您已于 %(day)s 作出承诺。作出决定前可以撤回。", day=day(row.made_at))
    told = row.part.path_reason
    return _("本单项转按一般程序办理：%(why)s。", why=_(told) if told else "—")


FOUND = {CheckOutcome.MET: "green", CheckOutcome.UNMET: "amber", CheckOutcome.DECEIT: "red"}


def _promise(clause: CommitmentClause, *, granted: bool) -> Promise:
    outcome = CheckOutcome(clause.outcome) if clause.outcome else None
    follow = ""
    if clause.follow_by is not None and granted:
        came = clause.followed_at
        follow = _("已于 %(day)s 补交", day=day(came)) if came else _("请在 %(day)s 前补交", day=day(clause.follow_by))  # fmt: skip
    return Promise(
        clause=clause,
        found=_(outcome.label) if outcome else _("待核查") if granted else "",
        tone=FOUND[outcome] if outcome else "",
        follow=follow,
        missing=bool(follow) and clause.followed_at is None and _over(clause.follow_by),
    )


def _over(last: date | None) -> bool:
    return last is not None and clock.local_day(now()) > last


def _signing(case: Case, row: Commitment) -> dict[str, object]:
    """Who may sign, and what was typed for this commitment."""
    given = request.form if request.form.get("commitment") == str(row.id) else {}
    signatories = commitment_signing.signatories(case)
    capacity = given.get("capacity", next(iter(signatories), ""))
    return {
        "capacities": [(code.value, code.label, name) for code, name in signatories.items()],
        "capacity": capacity,
        "signatory": given.get(
            "signatory", signatories.get(Capacity(capacity), "") if capacity in set(Capacity) else ""
        ),
        "signature": given.get("signature", ""),
        "ticked": {name for name in given if name.startswith("tick-")},
    }


@blueprint.post("/commitment")
@public
@limiter.limit("20 per minute")
@following
def commit(case_id: int) -> Page:
    """Every clause ticked, signed on screen."""
    form = request.form
    try:
        row = _row(case_id)
        pledge = Pledge(
            ticked=frozenset(clause.code for clause in row.clauses if f"tick-{clause.code}" in form),
            signatory=form.get("signatory", "")[:80],
            capacity=form.get("capacity", ""),
            manner=Manner.SCREEN,
            signature=form.get("signature", ""),
        )
        steps.make_online(db(), case_id, row.part_id, pledge, calendar(), now())
    except DomainError as refusal:
        return _refused(case_id, refusal)
    flash(_("承诺书已签署。窗口将当场作出决定，证照做好后通知您。"), "done")
    return _back()


@blueprint.post("/commitment/declination")
@public
@limiter.limit("20 per minute")
@following
def decline(case_id: int) -> Page:
    """Not by commitment after all."""
    try:
        part_id, why = _row(case_id).part_id, _reasons()
        steps.decline_online(db(), case_id, part_id, why, calendar(), now())
    except DomainError as refusal:
        return _refused(case_id, refusal)
    flash(_("已转按一般程序办理，窗口将告知您须提交的材料。"), "done")
    return _back()


@blueprint.post("/commitment/withdrawal")
@public
@limiter.limit("20 per minute")
@following
def take_back(case_id: int) -> Page:
    """Taken back before the decision."""
    try:
        part_id, why = _row(case_id).part_id, _reasons()
        steps.withdraw(db(), case_id, part_id, None, why, now())
    except DomainError as refusal:
        return _refused(case_id, refusal)
    flash(_("承诺已撤回，转按一般程序办理，窗口将告知您须提交的材料。"), "done")
    return _back()


def _row(case_id: int) -> Commitment:
    """The commitment the form names, if it is of this case; raises ``NotFound``."""
    typed = request.form.get("commitment", "")
    for row in db().scalars(select(Commitment).where(Commitment.case_id == case_id)):
        if str(row.id) == typed:
            return row
    raise NotFound


def _reasons() -> str:
    reasons = request.form.get("reasons", "").strip()
    answers.require_short(reasons)
    return reasons[:300]


def _refused(case_id: int, refusal: DomainError) -> Page:
    if isinstance(refusal, NotFound):
        raise refusal
    db().rollback()
    return case_page(case_id, refusal)


def _back() -> Response:
    return redirect(url_for("tracking.case"), 303)
