"""Departments work at the same time: opinions, site visits, and the lead that brings them together.

An opinion is agree, disagree with reasons, or agree and pass up; conflicts are settled by the lead
with reasons before any decision is possible. The lead settles opinions, never another authority's
decision.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import authority, journal, site_visits
from .errors import DomainError, ReasonRequired
from .messages import N_
from .tables import Case, CasePart, Department, Opinion, Settlement, Staff
from .terms import OpinionKind, PartState


class ConflictUnsettled(DomainError):
    """Opinions conflict and the lead has not settled them."""

    message = N_("部门意见不一致（%(departments)s），请先写明协调结果和理由，再进入决定。")
    status = 422


class OpinionsMissing(DomainError):
    """Not every department has given its opinion."""

    message = N_("还有部门没有提交意见：%(departments)s。")
    status = 409


class AlreadyTakingPart(DomainError):
    """The department is part of this case already."""

    message = N_("%(department)s已参加本办件，无需重复增加。")
    status = 409


class TooLateToSendBack(DomainError):
    """Decisions were released; what is decided is not reviewed again."""

    message = N_("已进入决定环节，不能再退回重审。")
    status = 409


def current_opinion(session: Session, part: CasePart) -> Opinion | None:
    """The opinion of this round, draft or submitted."""
    return session.scalar(
        select(Opinion).where(
            Opinion.part_id == part.id, Opinion.round == part.round, Opinion.superseded_at.is_(None)
        )
    )


def draft_opinion(
    session: Session, part: CasePart, staff: Staff, kind: OpinionKind, reasons: str, basis: str
) -> Opinion:
    """Keep an opinion as a draft that only its own department sees."""
    opinion = current_opinion(session, part)
    if opinion is None:
        opinion = Opinion(case_id=part.case_id, part_id=part.id, round=part.round)
        session.add(opinion)
    opinion.kind, opinion.reasons, opinion.basis = kind, reasons.strip(), basis.strip()
    opinion.officer_id = staff.id
    session.flush()
    return opinion


def submit_opinion(
    session: Session,
    part: CasePart,
    staff: Staff,
    kind: OpinionKind,
    reasons: str,
    basis: str,
    now: datetime,
) -> Opinion:
    """Submit the department's opinion. A disagreement without reasons raises ``ReasonRequired``."""
    if kind != OpinionKind.AGREE and not reasons.strip():
        raise ReasonRequired
    if site_visits.open_finding(session, part) is not None:
        raise site_visits.VisitOpen
    opinion = draft_opinion(session, part, staff, kind, reasons, basis)
    opinion.submitted_at = now
    journal.write(
        session, "opinion", now=now, staff=staff, case=part.case, part=part, ground=basis,
        after={"kind": kind.value, "reasons": opinion.reasons, "round": part.round},
    )  # fmt: skip
    return opinion


def deem_consent(session: Session, part: CasePart, reasons: str, basis: str, now: datetime) -> Opinion:
    """The department was silent: an agreement nobody gave, with the rule it rests on.

    A draft was never submitted and stays on record as such; a visit asked for is not waited for.
    """
    site_visits.drop_open_findings(session, part)
    draft = current_opinion(session, part)
    if draft is not None:
        draft.superseded_at = now
    opinion = Opinion(
        case_id=part.case_id, part_id=part.id, round=part.round, kind=OpinionKind.AGREE, reasons=reasons,
        basis=basis, officer_id=None, submitted_at=now,
    )  # fmt: skip
    session.add(opinion)
    session.flush()
    journal.write(
        session, "deem_consent", now=now, case=part.case, part=part, ground=basis,
        after={"kind": opinion.kind, "reasons": reasons, "round": part.round},
    )  # fmt: skip
    return opinion


def submitted_opinions(session: Session, case_id: int) -> list[Opinion]:
    """The opinions in force: submitted and not superseded."""
    return list(
        session.scalars(
            select(Opinion)
            .where(
                Opinion.case_id == case_id,
                Opinion.submitted_at.is_not(None),
                Opinion.superseded_at.is_(None),
            )
            .order_by(Opinion.id)
        )
    )


def conflicts(opinions: Sequence[Opinion]) -> list[Opinion]:
    """The opinions that stand against the others: every one that is not a plain agreement."""
    return [opinion for opinion in opinions if opinion.kind != OpinionKind.AGREE]


def settle(
    session: Session, case: Case, staff: Staff, result: str, reasons: str, now: datetime
) -> Settlement | None:
    """Close the collation: nothing to settle, or a settlement with result and reasons.

    Raises ``ConflictUnsettled`` where opinions conflict and either is missing.
    """
    against = conflicts(submitted_opinions(session, case.id))
    if not against:
        journal.write(session, "collate", now=now, staff=staff, case=case, after={"conflicts": 0})
        return None
    if not (result.strip() and reasons.strip()):
        names = {opinion.part.department_id: opinion.part.department.name for opinion in against}
        raise ConflictUnsettled(departments=tuple(names.values()))
    settlement = Settlement(
        case_id=case.id, result=result.strip(), reasons=reasons.strip(), officer_id=staff.id, at=now
    )
    session.add(settlement)
    session.flush()
    journal.write(
        session, "settle", now=now, staff=staff, case=case,
        after={"conflicts": len(against), "result": settlement.result, "reasons": settlement.reasons},
    )  # fmt: skip
    return settlement


def supersede_opinion(session: Session, part: CasePart, staff: Staff, reasons: str, now: datetime) -> None:
    """Take a part into a new round of review; the old opinion stays on record."""
    if not reasons.strip():
        raise ReasonRequired
    opinion = current_opinion(session, part)
    if opinion is not None:
        opinion.superseded_at = now
    part.round += 1
    site_visits.drop_open_findings(session, part)
    journal.write(
        session, "send_back", now=now, staff=staff, case=part.case, part=part,
        before={"round": part.round - 1}, after={"round": part.round, "reasons": reasons.strip()},
    )  # fmt: skip


def add_department(
    session: Session, case: Case, department: Department, staff: Staff, why: str, now: datetime
) -> CasePart:
    """Ask one more department for an opinion; it decides nothing of its own."""
    authority.require(staff, "add_department", case.department_id)
    if not why.strip():
        raise ReasonRequired
    if any(part.department_id == department.id and part.state != PartState.CANCELLED for part in case.parts):
        raise AlreadyTakingPart(department=department.name)
    _require_officer(session, department)
    part = CasePart(
        case_id=case.id,
        department_id=department.id,
        name={"zh": "征求意见", "en": "Consultation"},
        decides=False,
        required=True,
        why=why.strip(),
        added_by_id=staff.id,
        promised_due=case.promised_due,
        statutory_due=case.statutory_due,
        yellow_at=case.yellow_at,
        provisional=case.provisional,
    )
    case.parts.append(part)
    session.flush()
    session.refresh(part)
    journal.write(
        session, "add_department", now=now, staff=staff, case=case, part=part,
        after={"department": department.zh, "why": part.why},
    )  # fmt: skip
    return part


class NobodyReviews(DomainError):
    """A department without an officer would keep the case waiting for ever."""

    message = N_("%(department)s没有在岗的审查人员，不能增加。请先请系统管理员设置岗位。")
    status = 409


def _require_officer(session: Session, department: Department) -> None:
    officers = session.scalars(select(Staff).where(Staff.department_id == department.id, Staff.active))
    if not any(authority.may(officer, "review", department.id) for officer in officers):
        raise NobodyReviews(department=department.name)
