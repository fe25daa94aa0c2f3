"""Notice and commitment (告知承诺): chosen, told clause by clause, committed to by somebody with a mandate, or not."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import clock, journal, material_lines
from .calendar import WorkingCalendar
from .commitment_clauses import terms_of, text_version
from .commitment_eligibility import NotEligible, eligibility
from .commitment_paths import GROUND
from .commitment_signing import Pledge, require_binding
from .errors import DomainError, NotFound
from .item_commitment import Clause
from .messages import N_
from .silence import days_after
from .tables import Case, CasePart, Commitment, CommitmentClause, Department, Staff
from .terms import CommitmentState, MaterialState, PartState, Path

SIGN_DAYS = 3  # working days to sign; before the five of article 32 are over
LAPSED = N_("逾期没有签署承诺书")


class CommitmentClosed(DomainError):
    """It was committed to, declined or taken back before, or its days are over."""

    message = N_("“%(part)s”的告知承诺目前是“%(state)s”，不能再办理“%(act)s”。请看办件的最新情况。")
    status = 409


class SigningOver(DomainError):
    """The days to sign are over; the part goes the ordinary way."""

    message = N_("“%(part)s”的承诺书应于 %(until)s 前签署，期限已过，转按一般程序办理。")
    status = 409


class DecidedMeanwhile(DomainError):
    """After the decision nothing can be taken back; a commitment not kept is found at the verification."""

    message = N_("“%(part)s”已经作出决定，承诺不能撤回。")
    status = 409


def of_part(session: Session, part: CasePart) -> Commitment | None:
    """The commitment of a part, whatever became of it."""
    return session.scalar(select(Commitment).where(Commitment.part_id == part.id))


def of_case(session: Session, case: Case) -> list[Commitment]:
    """The commitments of a case in the order of its parts."""
    query = select(Commitment).where(Commitment.case_id == case.id).order_by(Commitment.part_id)
    return list(session.scalars(query))


def offer(
    session: Session, part: CasePart, clerk: Staff, calendar: WorkingCalendar, now: datetime
) -> Commitment:
    """Tell the clauses (告知): what is promised, by what standard, what it stands in for, until when to sign.

    Raises ``NotEligible``. The caller prints the notice.
    """
    case, terms = part.case, terms_of(part)
    if terms is None:
        raise NotEligible(part, eligibility(session, case, part, now))
    row = Commitment(
        case_id=case.id, part_id=part.id, text_version=text_version(terms), state=CommitmentState.OFFERED,
        offered_at=now, offered_by_id=clerk.id, sign_by=days_after(calendar, now, SIGN_DAYS),
    )  # fmt: skip
    row.case, row.part = case, part
    session.add(row)
    session.flush()
    departments = {each.code: each.id for each in session.scalars(select(Department))}
    for clause in terms.clauses:
        session.add(_row(row, clause, departments, calendar, now))
    session.flush()
    session.expire(row, ["clauses"])
    journal.write(
        session, "offer_commitment", now=now, staff=clerk, case=case, part=part, ground=GROUND,
        after={
            "version": row.text_version, "clauses": len(row.clauses),
            "sign_by": str(clock.local_day(row.sign_by)),
        },
    )  # fmt: skip
    return row


def _row(
    commitment: Commitment,
    clause: Clause,
    departments: dict[str, int],
    calendar: WorkingCalendar,
    now: datetime,
) -> CommitmentClause:
    """One clause as it is told; it stands in for a material only where that is asked for no more."""
    promised = {
        material.code: material
        for material in commitment.case.materials
        if material.state in material_lines.PROMISED
    }
    material = promised.get(clause.replaces or "")
    follows = material is not None and material.state == MaterialState.FOLLOWING and clause.follow_days
    own = commitment.part.department_id
    return CommitmentClause(
        commitment_id=commitment.id, code=clause.code, text=dict(clause.text), standard=dict(clause.standard),
        replaces=material.code if material else "", replaced_name=dict(material.line["name"]) if material else {},
        follow_by=_follow_by(clause, calendar, now) if follows else None,
        department_id=departments[clause.department] if clause.department else own, on_site=clause.on_site,
    )  # fmt: skip


def _follow_by(clause: Clause, calendar: WorkingCalendar, since: datetime) -> date:
    return calendar.add(clock.local_day(since), clause.follow_days or 0).day


def make(
    session: Session, commitment: Commitment, pledge: Pledge, clerk: Staff | None, now: datetime
) -> Commitment:
    """The applicant commits; ``clerk`` took it at the window, ``None``: on the tracking page.

    Raises ``CommitmentClosed``, ``SigningOver``, ``NotEligible`` and what ``require_binding`` raises.
    The caller prints the commitment.
    """
    part = commitment.part
    _require(commitment, N_("作出承诺"), CommitmentState.OFFERED)
    if now > commitment.sign_by:
        raise SigningOver(part=part.name, until=clock.local_day(commitment.sign_by))
    problems = eligibility(session, part.case, part, now)
    if problems:
        raise NotEligible(part, problems)
    require_binding(part.case, commitment, pledge)
    commitment.state, commitment.made_at = CommitmentState.MADE, now
    commitment.taken_by_id = clerk.id if clerk else None
    commitment.manner, commitment.signature = pledge.manner, pledge.signature
    commitment.signatory, commitment.capacity = pledge.signatory.strip(), pledge.capacity
    commitment.scan_id = pledge.scan.id if pledge.scan else None
    for clause in commitment.clauses:
        clause.ticked_at = now
    session.flush()
    journal.write(
        session, "make_commitment", now=now, staff=clerk, actor=journal.APPLICANT, case=part.case, part=part,
        ground=GROUND,
        after={
            "signatory": commitment.signatory, "capacity": commitment.capacity, "signed": commitment.manner,
            "clauses": len(commitment.clauses), "version": commitment.text_version,
        },
    )  # fmt: skip
    return commitment


EXCLUDED = N_("作出承诺后不再符合告知承诺的条件")
ENDS = {
    CommitmentState.DECLINED: ("decline_commitment", N_("不选择告知承诺"), N_("申请人不选择告知承诺")),
    CommitmentState.WITHDRAWN: ("withdraw_commitment", N_("撤回承诺"), N_("申请人撤回了承诺")),
    CommitmentState.LAPSED: ("lapse_commitment", N_("转一般程序"), LAPSED),
}
"""How a commitment ends without a decision → the act, its label, the reason the ordinary way is told with."""


def end(
    session: Session,
    commitment: Commitment,
    state: CommitmentState,
    staff: Staff | None,
    now: datetime,
    *,
    reasons: str = "",
    actor: str = journal.APPLICANT,
) -> Commitment:
    """Declined, taken back or lapsed: the part goes the ordinary way, what was replaced is asked for again.

    Raises ``CommitmentClosed``, or ``DecidedMeanwhile`` after the decision.
    """
    act, label, why = ENDS[state]
    part = commitment.part
    if part.state in (PartState.GRANTED, PartState.REFUSED):
        raise DecidedMeanwhile(part=part.name)
    lawful = CommitmentState.MADE if state == CommitmentState.WITHDRAWN else CommitmentState.OFFERED
    _require(commitment, label, lawful)
    told = f"{why}：{reasons.strip()}" if reasons.strip() else why
    return _end(session, commitment, state, act, told, staff, now, reasons.strip(), actor)


def exclude(session: Session, commitment: Commitment, why: str, now: datetime) -> Commitment:
    """What was signed for is excluded by the time of its decision (``why``): it lapses, the part goes the ordinary way.

    Raises ``CommitmentClosed``.
    """
    act, label, _why = ENDS[CommitmentState.LAPSED]
    _require(commitment, label, CommitmentState.MADE)
    told = f"{EXCLUDED}：{why}"
    return _end(session, commitment, CommitmentState.LAPSED, act, told, None, now, why, journal.SYSTEM)


def _end(
    session: Session,
    commitment: Commitment,
    state: CommitmentState,
    act: str,
    told: str,
    staff: Staff | None,
    now: datetime,
    reasons: str,
    actor: str,
) -> Commitment:
    part = commitment.part
    commitment.state, commitment.ended_at, commitment.end_reasons = state, now, reasons
    part.path, part.path_reason = Path.ORDINARY, told[:300]
    material_lines.sync_materials(session, part.case)
    journal.write(
        session, act, now=now, staff=staff, actor=actor, case=part.case, part=part, ground=GROUND,
        after={"reasons": commitment.end_reasons, "path": part.path},
    )  # fmt: skip
    return commitment


def drop_all(session: Session, case: Case, now: datetime) -> None:
    """The case ended early: what was not decided is over."""
    for commitment in of_case(session, case):
        undecided = commitment.part.state not in (PartState.GRANTED, PartState.REFUSED)
        if undecided and commitment.state in (CommitmentState.OFFERED, CommitmentState.MADE):
            commitment.state, commitment.ended_at = CommitmentState.WITHDRAWN, now


def granted(session: Session, part: CasePart, calendar: WorkingCalendar, now: datetime) -> None:
    """From the decision the days run in which materials follow."""
    commitment, terms = of_part(session, part), terms_of(part)
    if commitment is None or terms is None:
        return
    days = {clause.code: clause for clause in terms.clauses}
    for row in commitment.clauses:
        if row.follow_by is not None:
            row.follow_by = _follow_by(days[row.code], calendar, now)


def require_of(session: Session, part: CasePart) -> Commitment:
    """The commitment of a part; raises ``NotFound``."""
    commitment = of_part(session, part)
    if commitment is None:
        raise NotFound
    return commitment


def _require(commitment: Commitment, act: str, state: CommitmentState) -> None:
    if commitment.state != state:
        raise CommitmentClosed(part=commitment.part.name, state=CommitmentState(commitment.state), act=act)
