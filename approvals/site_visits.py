"""Checks on the spot (现场核查): one appointment for all departments that ask, each records its own finding."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import authority, hearing_chair, journal
from .errors import DomainError, ReasonRequired
from .messages import N_
from .tables import Case, CasePart, SiteVisit, SiteVisitFinding, Staff


class TwoOfficers(DomainError):
    """A check on the spot needs two officers (行政许可法 34)."""

    message = N_("现场核查须由两名以上工作人员进行，请填写两名不同的核查人员。")
    status = 422


class VisitOpen(DomainError):
    """The opinion waits for the finding of the site visit that was asked for."""

    message = N_("已约定现场核查，请先登记核查结果，再提交意见。")
    status = 409


def drop_open_findings(session: Session, part: CasePart) -> None:
    """A visit asked for in the round before is not waited for; the new round asks again if it needs one."""
    for finding in session.scalars(
        select(SiteVisitFinding).where(
            SiteVisitFinding.part_id == part.id, SiteVisitFinding.recorded_at.is_(None)
        )
    ):
        session.delete(finding)
    session.flush()


def ask_site_visit(session: Session, part: CasePart, staff: Staff, now: datetime) -> SiteVisit:
    """Ask for a check on the spot; departments that ask before it takes place go together (联合踏勘)."""
    visit = session.scalar(
        select(SiteVisit)
        .where(SiteVisit.case_id == part.case_id)
        .where(~SiteVisit.findings.any(SiteVisitFinding.recorded_at.is_not(None)))
        .order_by(SiteVisit.id.desc())
        .limit(1)
    )
    if visit is None:
        visit = SiteVisit(case_id=part.case_id, asked_at=now)
        session.add(visit)
        session.flush()
    if not any(finding.part_id == part.id for finding in visit.findings):
        visit.findings.append(SiteVisitFinding(part_id=part.id, asked_by_id=staff.id))
    session.flush()
    journal.write(
        session, "ask_site_visit", now=now, staff=staff, case=part.case, part=part,
        ground="《中华人民共和国行政许可法》第三十四条第三款", after={"departments": len(visit.findings)},
    )  # fmt: skip
    return visit


class BadAppointment(DomainError):
    """An appointment in the past, or without a place."""

    message = N_("请约定一个将来的时间，并写明地点。")
    status = 422


def appoint_site_visit(
    session: Session, visit: SiteVisit, case: Case, staff: Staff, when: datetime, place: str, now: datetime
) -> None:
    """Make the one appointment for all departments that asked."""
    if when <= now or not place.strip():
        raise BadAppointment
    before = visit.appointed_for
    visit.appointed_for, visit.place, visit.appointed_by_id = when, place.strip(), staff.id
    journal.write(
        session, "appoint_site_visit", now=now, staff=staff, case=case,
        before={"at": before.isoformat() if before else ""},
        after={"at": when.isoformat(), "place": visit.place, "departments": len(visit.findings)},
    )  # fmt: skip


def open_finding(session: Session, part: CasePart) -> SiteVisitFinding | None:
    """This part's finding that is still to be recorded."""
    return session.scalar(
        select(SiteVisitFinding).where(
            SiteVisitFinding.part_id == part.id, SiteVisitFinding.recorded_at.is_(None)
        )
    )


def record_finding(
    session: Session,
    part: CasePart,
    finding: SiteVisitFinding,
    officers: tuple[Staff, Staff],
    text: str,
    now: datetime,
    *,
    passed: bool,
) -> None:
    """Record what this department found. Raises ``TwoOfficers``, ``ChairApart`` or ``ReasonRequired``."""
    first, second = officers
    if first.id == second.id:
        raise TwoOfficers
    for officer in officers:
        authority.require(officer, "site_visit", part.department_id)
        hearing_chair.require_apart(session, part, officer)
    if not text.strip():
        raise ReasonRequired
    finding.first_officer_id, finding.second_officer_id = first.id, second.id
    finding.passed, finding.finding, finding.recorded_at = passed, text.strip(), now
    journal.write(
        session, "site_visit", now=now, staff=first, case=part.case, part=part,
        ground="《中华人民共和国行政许可法》第三十四条第三款",
        after={"passed": passed, "second_officer": second.name, "finding": finding.finding},
    )  # fmt: skip
