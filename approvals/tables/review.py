"""What departments find and decide: defects, corrections, opinions, visits, decisions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..database import Base
from ..messages import N_
from .cases import CasePart
from .people import Department, Staff


class Defect(Base):
    """One thing to be put right (补正事项); merged with the same defect of other departments."""

    __tablename__ = "defects"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("case_parts.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    material_code: Mapped[str] = mapped_column(String(60), default="")
    problem: Mapped[str] = mapped_column(Text)
    demand: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(20), default="raised")  # raised | asked | answered | dropped
    correction_id: Mapped[int | None] = mapped_column(ForeignKey("corrections.id"))
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    raised_at: Mapped[datetime]
    let_through_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # visible the first time
    let_through_why: Mapped[str] = mapped_column(Text, default="")

    department: Mapped[Department] = relationship()


class Correction(Base):
    """One notice with all defects (一次性补正告知, 行政许可法 32) and its answer."""

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    before_acceptance: Mapped[bool]
    answer_by: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    answered_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # None: on the tracking page
    warned_at: Mapped[datetime | None]  # of what follows if it is not answered
    moves_acceptance: Mapped[bool] = mapped_column(default=True)  # False: let through although seen before

    defects: Mapped[list[Defect]] = relationship(order_by="Defect.id")


class Opinion(Base):
    """One department's opinion (审查意见); a draft until submitted, superseded when sent back."""

    __tablename__ = "opinions"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("case_parts.id"), index=True)
    round: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    reasons: Mapped[str] = mapped_column(Text, default="")
    basis: Mapped[str] = mapped_column(Text, default="")
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # None: deemed, nobody answered
    submitted_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))  # of a deemed consent

    part: Mapped[CasePart] = relationship()
    officer: Mapped[Staff | None] = relationship()

    @property
    def author(self) -> str:
        """Who gave it, or the message id of a deemed consent."""
        return self.officer.name if self.officer else N_("逾期未答复，视为同意")


class Settlement(Base):
    """The lead settles conflicting opinions, with reasons (意见协调)."""

    __tablename__ = "settlements"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    result: Mapped[str] = mapped_column(Text)
    reasons: Mapped[str] = mapped_column(Text)
    officer_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))


class SiteVisit(Base):
    """One appointment on the spot (现场核查); joint where two or more departments ask for one."""

    __tablename__ = "site_visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    appointed_for: Mapped[datetime | None]  # None: asked for, not yet appointed
    place: Mapped[str] = mapped_column(String(200), default="")
    asked_at: Mapped[datetime]
    appointed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    findings: Mapped[list["SiteVisitFinding"]] = relationship(order_by="SiteVisitFinding.id")


class SiteVisitFinding(Base):
    """What one department found there, by two officers (行政许可法 34)."""

    __tablename__ = "site_visit_findings"
    __table_args__ = (UniqueConstraint("visit_id", "part_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("site_visits.id"))
    part_id: Mapped[int] = mapped_column(ForeignKey("case_parts.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    first_officer_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    second_officer_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    passed: Mapped[bool | None]
    finding: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime | None]

    part: Mapped[CasePart] = relationship()
    first_officer: Mapped[Staff | None] = relationship(foreign_keys=[first_officer_id])
    second_officer: Mapped[Staff | None] = relationship(foreign_keys=[second_officer_id])


class StatementHearing(Base):
    """Facts told before a refusal, and the statement and defence heard (陈述申辩, 行政许可法 7, 36)."""

    __tablename__ = "statement_hearings"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("case_parts.id"), index=True)
    facts: Mapped[str] = mapped_column(Text)
    told_at: Mapped[datetime]
    told_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    made: Mapped[bool | None]  # False: the applicant made none
    statement: Mapped[str] = mapped_column(Text, default="")
    assessment: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class Decision(Base):
    """One authority's decision on its own part (许可决定, 行政许可法 38)."""

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("case_parts.id"), unique=True)
    granted: Mapped[bool]
    reasons: Mapped[str] = mapped_column(Text)
    articles: Mapped[str] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Text, default="")
    false_materials: Mapped[bool] = mapped_column(default=False)
    officer_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    part: Mapped[CasePart] = relationship()
    officer: Mapped[Staff] = relationship()
