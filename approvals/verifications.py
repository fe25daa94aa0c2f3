"""Verification (核查) of a commitment after the grant: opened, rectified, settled; never passed by silence.

Every department of the clauses verifies its own, all from the same moment, each within the item's limit counted from
the decision by the centre's calendar. The checks of single clauses stand in ``verification_checks``.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import authority, calendars, clock, credit
from .calendar import WorkingCalendar, end_of
from .errors import DomainError, ReasonRequired
from .messages import N_
from .tables import (
    Commitment,
    CommitmentClause,
    Decision,
    Proceeding,
    Staff,
    Verification,
)
from .terms import CheckOutcome, CreditKind, VerificationState
from .verification_dates import count, rectify_day, terms_of, write

RECHECK_DAYS = 5  # working days to verify again after a rectification; no source gives one
STANDING = (VerificationState.OPEN, VerificationState.RECTIFYING)
"""States in which the department, or the applicant, still has something to do."""


class VerificationOver(DomainError):
    """What has come to its end, or waits for somebody else, is not worked on."""

    message = N_("%(department)s的核查目前为“%(state)s”，不能办理“%(act)s”。请刷新后再看。")
    status = 409


class FindingStands(DomainError):
    """Nobody escapes what was found of a commitment by giving the permit up (行政许可法 69, 79)."""

    message = N_(
        "%(department)s核查发现承诺不实或者未履行（核查目前为“%(state)s”），不能因持证人申请而注销证照%(number)s。"
        "请先办结核查、整改或者监管程序，再办理注销。"
    )
    status = 409


class WordsRequired(DomainError):
    """A rectification is reported with what was done."""

    message = N_("请写明已经采取的整改措施。")
    status = 422


def open_all(session: Session, commitment: Commitment, now: datetime) -> list[Verification]:
    """One verification for each department of the clauses, due as counted from the decision; those opened now.

    A department that has its verification already is left alone: a certificate issued anew opens nothing.
    """
    part, calendar = commitment.part, calendars.current(session)
    limit = terms_of(part).verification
    since = session.scalar(select(Decision.at).where(Decision.part_id == part.id)) or now
    counted = {"days": limit.days, "unit": limit.unit, "since": since.isoformat()}
    have = {row.department_id for row in of_part(session, part.id)}
    opened = []
    for department_id in dict.fromkeys(clause.department_id for clause in commitment.clauses):
        if department_id in have:
            continue
        row = Verification(
            commitment_id=commitment.id, case_id=part.case_id, part_id=part.id, department_id=department_id,
            started_at=now, limit=counted,
        )  # fmt: skip
        row.commitment, row.case, row.part = commitment, part.case, part
        count(row, calendar)
        session.add(row)
        session.flush()
        opened.append(row)
        write(session, "open_verification", row, None, now, {"until": str(clock.local_day(row.due))})
    return opened


def of_part(session: Session, part_id: int) -> list[Verification]:
    """The verifications of a part, in the order they were opened."""
    query = select(Verification).where(Verification.part_id == part_id).order_by(Verification.id)
    return list(session.scalars(query))


def clauses_of(row: Verification) -> list[CommitmentClause]:
    """The clauses this department verifies."""
    return [clause for clause in row.commitment.clauses if clause.department_id == row.department_id]


def require_standing(row: Verification, act: str, *states: VerificationState) -> None:
    """Raise ``VerificationOver`` unless the verification is in one of ``states``."""
    if row.state not in states:
        raise VerificationOver(
            department=row.department.name, state=VerificationState(row.state).label, act=act
        )


# --- what the checks of a round come to


def pass_(session: Session, row: Verification, staff: Staff, now: datetime) -> None:
    """Every clause is met; what was put right after its day is said so, and stays in the ledger and the credit."""
    late = put_right_late(row)
    row.state = VerificationState.MET
    row.ended_at, row.ended_by_id = now, staff.id
    write(session, "verified", row, staff, now, {"result": VerificationState.MET.label, "late": late})
    if late:
        _record_late(session, row, staff, now)


def put_right_late(row: Verification) -> bool:
    """Whether something had to be rectified and was not reported as done on its last day."""
    if row.rectify_by is None:
        return False
    return row.rectified_at is None or clock.local_day(row.rectified_at) > row.rectify_by


def _record_late(session: Session, row: Verification, staff: Staff, now: datetime) -> None:
    """Put right, but late: the conditions are met, so the licence stands; the promise to do it by a day was broken.

    That weighs for one year by itself and no longer, since nothing is left to put right; a repair ends it sooner.
    A clause rectified in time leaves no record at all: the law's chance was taken.
    """
    until = credit.years_later(clock.local_day(now), credit.LATE_YEARS)
    for clause in clauses_of(row):
        if any(check.outcome == CheckOutcome.UNMET for check in clause.checks):
            words = f"{clause.text['zh']}：经核查不符合承诺，责令{row.rectify_by}前整改，逾期后才整改到位"
            credit.record(session, credit.Fact(row.part, CreditKind.UNMET, words, clause, until), staff, now)


def demand_rectification(
    session: Session, row: Verification, staff: Staff, calendar: WorkingCalendar, now: datetime
) -> date:
    """Some clause is unmet, without deceit: to be put right within the item's working days. Returns the last day."""
    row.state, row.rectified_at, row.rectified_words = VerificationState.RECTIFYING, None, ""
    row.rectify_by = rectify_day(row, clock.local_day(now), calendar)
    write(session, "require_rectification", row, staff, now, {"until": str(row.rectify_by)})
    return row.rectify_by


def report_rectified(
    session: Session,
    row: Verification,
    staff: Staff | None,
    words: str,
    calendar: WorkingCalendar,
    now: datetime,
) -> None:
    """The applicant says that it is put right, at the window or (``staff`` None) online; then it is verified again.

    After its day as well: that it was late is kept. Raises ``VerificationOver`` or ``WordsRequired``.
    """
    require_standing(row, N_("登记整改情况"), VerificationState.RECTIFYING)
    if not words.strip():
        raise WordsRequired
    row.rectified_at, row.rectified_words = now, words.strip()
    late = put_right_late(row)
    write(session, "take_rectification", row, staff, now, {"answer": row.rectified_words, "late": late})
    _verify_again(row, calendar, now)


def rectification_over(session: Session, row: Verification, calendar: WorkingCalendar, now: datetime) -> bool:
    """The day has passed and nobody reported: verified again, never passed by silence. False: nothing to do."""
    if row.state != VerificationState.RECTIFYING or row.rectify_by is None or now <= end_of(row.rectify_by):
        return False
    write(session, "take_rectification", row, None, now, {"late": True, "until": str(row.rectify_by)})
    _verify_again(row, calendar, now)
    return True


def _verify_again(row: Verification, calendar: WorkingCalendar, now: datetime) -> None:
    row.state, row.round = VerificationState.OPEN, row.round + 1
    row.limit = {"days": RECHECK_DAYS, "unit": "working", "since": now.isoformat()}
    count(row, calendar)


def propose_revocation(session: Session, row: Verification, staff: Staff, now: datetime) -> None:
    """Still unmet after its rectification, or deceit: the department decides on revoking, after hearing the holder."""
    row.state = VerificationState.REVOKING
    write(
        session,
        "verified",
        row,
        staff,
        now,
        {"result": VerificationState.REVOKING.label, "facts": facts_of(row)},
    )


def facts_of(row: Verification) -> str:
    """The facts to be told: every clause not met, its standard, and what the last check of it found."""
    return "\n".join(
        f"承诺“{clause.text['zh']}”（标准：{clause.standard['zh']}），"
        f"{clock.local_day(clause.checks[-1].at):%Y年%-m月%-d日}核查：{CheckOutcome(clause.outcome).label}。"
        f"{clause.checks[-1].finding}"
        for clause in clauses_of(row)
        if clause.outcome in (CheckOutcome.UNMET, CheckOutcome.DECEIT)
    )


def found_deceit(row: Verification) -> bool:
    """Whether a clause was found to be deceit, not merely unmet (行政许可法 69, 79)."""
    return any(clause.outcome == CheckOutcome.DECEIT for clause in clauses_of(row))


def has_finding(row: Verification) -> bool:
    """Whether something found is still to be followed up: to be put right, to be decided on, or just recorded."""
    if row.state in (VerificationState.REVOKING, VerificationState.RECTIFYING):
        return True
    broken = (CheckOutcome.UNMET, CheckOutcome.DECEIT)
    return row.state == VerificationState.OPEN and any(clause.outcome in broken for clause in clauses_of(row))


def must_conclude(row: Verification) -> bool:
    """Whether what is recorded is a finding of its own, whatever becomes of the permit: deceit, or unmet once more."""
    if row.state != VerificationState.OPEN:
        return False
    outcomes = {clause.outcome for clause in clauses_of(row)}
    return CheckOutcome.DECEIT in outcomes or (row.round > 1 and CheckOutcome.UNMET in outcomes)


# --- how it ends otherwise


def settle(
    session: Session,
    row: Verification,
    state: VerificationState,
    words: str,
    staff: Staff | None,
    now: datetime,
) -> None:
    """The proceeding is decided: the licence is revoked, or kept, or had ended before. Raises ``VerificationOver``.

    ``words``: what the authority says of a finding it confirms; empty where it found no ground, which leaves no record.
    Every broken clause confirmed leaves its credit record: of deceit where the decision found deceit (79, with its bar
    where the licence touches safety), else of a commitment not kept, which sends the next application the ordinary way.
    """
    require_standing(row, N_("作出监管决定"), VerificationState.REVOKING)
    row.state = state
    row.ended_at, row.ended_by_id = now, staff.id if staff else None
    write(session, "verified", row, staff, now, {"result": VerificationState(row.state).label})
    if not words:
        return
    deceit = _decided_as_deceit(session, row)
    for clause in clauses_of(row):
        if clause.outcome in (CheckOutcome.UNMET, CheckOutcome.DECEIT):
            kind = CreditKind.DECEIT if deceit and _deceived(row, clause) else CreditKind.UNMET
            facts = f"{clause.text['zh']}：{clause.checks[-1].finding}；{words}"
            credit.record(session, credit.Fact(row.part, kind, facts, clause), staff, now)


def _decided_as_deceit(session: Session, row: Verification) -> bool:
    """As the decision found; without a proceeding on record, as the checks did."""
    decided = select(Proceeding.deceit).where(Proceeding.verification_id == row.id)
    found = session.scalar(decided.order_by(Proceeding.id.desc()).limit(1))
    return found_deceit(row) if found is None else found


def _deceived(row: Verification, clause: CommitmentClause) -> bool:
    """Deceit lies in its own clauses; where the head alone found it, in all that are not met."""
    return clause.outcome == CheckOutcome.DECEIT or not found_deceit(row)


def close_early(
    session: Session, row: Verification, staff: Staff | None, reasons: str, now: datetime
) -> None:
    """End without a result, by the head with reasons: the permit was cancelled meanwhile, say (``staff`` None: by law).

    Raises ``Forbidden``, ``VerificationOver`` or ``ReasonRequired``.
    """
    if staff is not None:
        authority.acting_for(session, staff, "close_verification", row.department_id, now)
    require_standing(row, N_("提前结束核查"), *STANDING)
    if not reasons.strip():
        raise ReasonRequired
    row.state, row.ended_at, row.end_reasons = VerificationState.CLOSED, now, reasons.strip()
    row.ended_by_id = staff.id if staff else None
    write(session, "close_verification", row, staff, now, {"reasons": row.end_reasons})
