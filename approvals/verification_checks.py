"""The checks of single clauses (核查记录): what counts as one, and what the checks of a round come to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from . import authority, filestore
from .errors import DomainError, NotFound
from .filestore import FileStore
from .handing_in import plain_name
from .messages import N_
from .site_visits import TwoOfficers
from .tables import CommitmentClause, Staff, StoredFile, Verification, VerificationCheck
from .terms import CheckManner, CheckOutcome, VerificationState
from .verification_dates import write
from .verifications import clauses_of, require_standing

MET, RECTIFY, REVOKE = "met", "rectify", "revoke"
MOST_EVIDENCE = 10  # files of one check
PROVED = (CheckOutcome.UNMET, CheckOutcome.DECEIT)
"""Outcomes that are recorded with evidence only."""


class OnSiteOnly(DomainError):
    """A clause to be checked on the spot is not settled by papers."""

    message = N_("“%(clause)s”须现场核查，不能改用书面核查或者数据比对。")
    status = 422


class FindingRequired(DomainError):
    """A check without a finding says nothing."""

    message = N_("请写明核查情况：看到了什么、与承诺是否一致。")
    status = 422


class OutcomeRequired(DomainError):
    """A check that comes to nothing."""

    message = N_("请选择核查方式和核查结果。")
    status = 422


class MaterialMissing(DomainError):
    """What was to follow has not come, so the promise cannot be found kept."""

    message = N_("承诺在 %(until)s 前补交的“%(material)s”还没有收到，不能认定符合承诺。")
    status = 409


class ClausesLeft(DomainError):
    """Every clause is checked before the verification is concluded."""

    message = N_("还有承诺事项没有登记核查结果：%(clauses)s。全部登记后才能完成核查。")
    status = 409


class EvidenceRequired(DomainError):
    """What may cost a licence, or bar an applicant for years, does not rest on words alone (行政许可法 61, 69, 79)."""

    message = N_("认定“%(outcome)s”须附至少一份证据（照片、文件），请选择文件后再登记。没有写入任何内容。")
    status = 422


class TooMuchEvidence(DomainError):
    """More files than a check may carry."""

    message = N_("一次核查最多附 %(most)s 份证据。")
    status = 422


@dataclass(frozen=True)
class Evidence:
    """One file sent as evidence."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Finding:
    """What the officers wrote: how they checked, what they found, who went along, and the evidence."""

    manner: str
    outcome: str
    words: str
    second: Staff | None = None
    evidence: Sequence[Evidence] = field(default_factory=tuple)


def check(
    session: Session,
    row: Verification,
    clause_id: int,
    staff: Staff,
    finding: Finding,
    store: FileStore,
    now: datetime,
    largest: int = filestore.LARGEST,
) -> VerificationCheck:
    """Record what was found of one clause; a later record of the same round stands in its place, both are kept.

    ``largest`` in bytes. Raises ``VerificationOver``, ``NotFound`` for a clause of another department, ``Forbidden``,
    ``OutcomeRequired``, ``OnSiteOnly``, ``TwoOfficers``, ``FindingRequired``, ``MaterialMissing``,
    ``EvidenceRequired``, ``TooMuchEvidence`` and what ``accept_upload`` raises; nothing is written then.
    """
    require_standing(row, N_("核查承诺事项"), VerificationState.OPEN)
    clause = next((one for one in clauses_of(row) if one.id == clause_id), None)
    if clause is None:
        raise NotFound
    _require_lawful(row, clause, staff, finding)
    kept = _accepted(finding.evidence, largest)
    made = VerificationCheck(
        verification_id=row.id, clause_id=clause.id, round=row.round, manner=finding.manner,
        outcome=finding.outcome, finding=finding.words.strip(), late=now > row.due, at=now,
        first_officer_id=staff.id, second_officer_id=finding.second.id if finding.second else None,
    )  # fmt: skip
    session.add(made)
    clause.outcome, clause.checked_at = finding.outcome, now
    session.flush()
    _keep(session, row, made, kept, staff, store, now)
    session.expire(clause, ["checks"])
    _journal(session, row, made, staff, len(kept), now)
    return made


def _journal(
    session: Session, row: Verification, made: VerificationCheck, staff: Staff, files: int, now: datetime
) -> None:
    second = session.get(Staff, made.second_officer_id) if made.second_officer_id else None
    after = {
        "clause": made.clause.text["zh"], "check_manner": made.manner, "outcome": made.outcome,
        "finding": made.finding, "late": made.late, "second_officer": second.name if second else "",
        "evidence": files,
    }  # fmt: skip
    write(session, "check_clause", row, staff, now, after)


def _require_lawful(row: Verification, clause: CommitmentClause, staff: Staff, finding: Finding) -> None:
    if finding.manner not in set(CheckManner) or finding.outcome not in set(CheckOutcome):
        raise OutcomeRequired
    if clause.on_site and finding.manner != CheckManner.ON_SITE:
        raise OnSiteOnly(clause=clause.text)
    if finding.manner == CheckManner.ON_SITE:
        _require_two(row, staff, finding.second)
    elif finding.second is not None:
        authority.require(finding.second, "verify", row.department_id)
    if not finding.words.strip():
        raise FindingRequired
    if finding.outcome == CheckOutcome.MET and clause.follow_by is not None and clause.followed_at is None:
        raise MaterialMissing(until=clause.follow_by, material=clause.replaced_name)
    if finding.outcome in PROVED and not finding.evidence:
        raise EvidenceRequired(outcome=CheckOutcome(finding.outcome).label)


def _require_two(row: Verification, first: Staff, second: Staff | None) -> None:
    """Two different officers of the department (行政许可法 34)."""
    if second is None or first.id == second.id:
        raise TwoOfficers
    for officer in (first, second):
        authority.require(officer, "verify", row.department_id)


def _accepted(evidence: Sequence[Evidence], largest: int) -> list[tuple[Evidence, str]]:
    """Each file with what it is by its content, judged before anything is written."""
    if len(evidence) > MOST_EVIDENCE:
        raise TooMuchEvidence(most=MOST_EVIDENCE)
    return [(file, filestore.accept_upload(file.content, largest)) for file in evidence]


def _keep(
    session: Session, row: Verification, made: VerificationCheck, kept: Sequence[tuple[Evidence, str]],
    staff: Staff, store: FileStore, now: datetime,
) -> None:  # fmt: skip
    for file, media_type in kept:
        session.add(
            StoredFile(
                case_id=row.case_id, sha256=store.put(file.content), size=len(file.content), check_id=made.id,
                media_type=media_type, name=plain_name(file.name), staff_id=staff.id, at=now,
            )
        )  # fmt: skip
    session.flush()


def to_check(row: Verification) -> list[CommitmentClause]:
    """The clauses this round is about: all in the first, later those that were not met."""
    return [
        clause
        for clause in clauses_of(row)
        if row.round == 1 or not clause.checks or _before(row, clause) != CheckOutcome.MET
    ]


def _before(row: Verification, clause: CommitmentClause) -> str | None:
    """What the rounds before this one found last."""
    earlier = [one.outcome for one in clause.checks if one.round < row.round]
    return earlier[-1] if earlier else None


def left(row: Verification) -> list[CommitmentClause]:
    """The clauses of this round that have no record yet."""
    return [clause for clause in to_check(row) if not any(one.round == row.round for one in clause.checks)]


def conclusion(row: Verification) -> str:
    """What the checks of this round come to: ``MET``, ``RECTIFY`` or ``REVOKE``. Raises ``ClausesLeft``.

    Deceit is not put right; what is unmet may be, once.
    """
    open_clauses = left(row)
    if open_clauses:
        raise ClausesLeft(clauses=tuple(clause.text for clause in open_clauses))
    outcomes = {clause.outcome for clause in clauses_of(row)}
    if CheckOutcome.DECEIT in outcomes:
        return REVOKE
    if CheckOutcome.UNMET in outcomes:
        return RECTIFY if row.round == 1 else REVOKE
    return MET
