"""The register of permits: what happened to each permit, adverse proceedings, and the printed forms as data."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..database import Base
from .cases import Case, CasePart
from .documents import Document, Permit
from .limits import Hearing
from .people import Department, Staff


class CertificateTemplate(Base):
    """One version of the printed form of a kind of certificate (证照版式); a permit keeps the version it was issued on."""

    __tablename__ = "certificate_templates"
    __table_args__ = (UniqueConstraint("kind", "content_hash"), UniqueConstraint("kind", "version"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    version: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(64))
    active: Mapped[bool] = mapped_column(default=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    loaded_at: Mapped[datetime]


class PermitEvent(Base):
    """One thing that happened to a permit (证照变动), from which state to which; never changed afterwards."""

    __tablename__ = "permit_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    permit_id: Mapped[int] = mapped_column(ForeignKey("permits.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))  # register.TRANSITIONS, or issued
    from_status: Mapped[str] = mapped_column(String(20), default="")
    to_status: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(index=True)
    ground: Mapped[str] = mapped_column(String(40), default="")  # code of the legal ground
    article: Mapped[str] = mapped_column(String(200), default="")
    reasons: Mapped[str] = mapped_column(Text, default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # None: by operation of law
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))  # the case by which it happened
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    until: Mapped[date | None]  # of a suspension

    permit: Mapped[Permit] = relationship()
    staff: Mapped[Staff | None] = relationship()
    document: Mapped[Document | None] = relationship()


OPEN_PROCEEDING = text("decided_at IS NULL")


class Proceeding(Base):
    """An adverse act on a permit (监管程序) from the telling of facts to its decision; the holder is heard between."""

    __tablename__ = "proceedings"
    __table_args__ = (
        Index(
            "uq_proceedings_open", "permit_id", unique=True,
            sqlite_where=OPEN_PROCEEDING, postgresql_where=OPEN_PROCEEDING,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    permit_id: Mapped[int] = mapped_column(ForeignKey("permits.id"), index=True)
    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id"), index=True
    )  # under which the permit was issued
    part_id: Mapped[int | None] = mapped_column(ForeignKey("case_parts.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    kind: Mapped[str] = mapped_column(String(30))  # of register.TRANSITIONS
    ground: Mapped[str] = mapped_column(String(40))
    deceit: Mapped[bool] = mapped_column(default=False)  # obtained by deceit (79)
    verification_id: Mapped[int | None] = mapped_column(ForeignKey("verifications.id"))
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    facts: Mapped[str] = mapped_column(Text, default="")
    reasons: Mapped[str] = mapped_column(Text, default="")
    until: Mapped[date | None]  # of a suspension
    told_at: Mapped[datetime | None]
    told_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    notice_document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    statement_by: Mapped[datetime | None]
    hearing_right: Mapped[bool] = mapped_column(default=False)  # told that a hearing may be asked for
    hearing_by: Mapped[datetime | None]
    statement_waived_at: Mapped[datetime | None]  # the rest of the days to answer was given up in writing
    hearing_waived_at: Mapped[datetime | None]
    made: Mapped[bool | None]  # whether a statement was made
    statement: Mapped[str] = mapped_column(Text, default="")
    assessment: Mapped[str] = mapped_column(Text, default="")
    heard_at: Mapped[datetime | None]
    heard_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    record_document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    result: Mapped[str] = mapped_column(String(20), default="")  # done | dropped
    decision_reasons: Mapped[str] = mapped_column(Text, default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))

    permit: Mapped[Permit] = relationship()
    case: Mapped[Case] = relationship()
    part: Mapped[CasePart | None] = relationship()
    department: Mapped[Department] = relationship()
    hearings: Mapped[list[Hearing]] = relationship(
        primaryjoin="Proceeding.id == foreign(Hearing.proceeding_id)", order_by="Hearing.id"
    )
