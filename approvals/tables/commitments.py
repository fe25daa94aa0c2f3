"""Notice and commitment: what was promised clause by clause, how it was verified, and the credit it leaves."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..database import Base
from ..secrets import EncryptedText
from .cases import Case, CasePart, StoredFile
from .documents import Document
from .people import Department, Staff


class Commitment(Base):
    """The commitment (告知承诺) of one part: the notice given, the clauses, who signed them, how it ended."""

    __tablename__ = "commitments"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("case_parts.id"), unique=True)
    text_version: Mapped[str] = mapped_column(String(80))  # of the item's texts: version and content hash
    state: Mapped[str] = mapped_column(String(20), default="offered")  # terms.CommitmentState
    offered_at: Mapped[datetime]
    offered_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    sign_by: Mapped[datetime]  # unsigned by then the part takes the ordinary path
    notice_document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    made_at: Mapped[datetime | None]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # None: on the tracking page
    manner: Mapped[str] = mapped_column(String(10), default="")  # paper | screen
    signatory: Mapped[str] = mapped_column(String(80), default="")
    capacity: Mapped[str] = mapped_column(String(20), default="")  # self | representative | agent
    signature: Mapped[str] = mapped_column(EncryptedText, default="")  # drawn on screen: path data of an SVG
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))  # signed on paper
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    ended_at: Mapped[datetime | None]
    end_reasons: Mapped[str] = mapped_column(Text, default="")

    case: Mapped[Case] = relationship()
    part: Mapped[CasePart] = relationship()
    clauses: Mapped[list["CommitmentClause"]] = relationship(
        back_populates="commitment", order_by="CommitmentClause.id"
    )
    notice: Mapped[Document | None] = relationship(foreign_keys=[notice_document_id])
    document: Mapped[Document | None] = relationship(foreign_keys=[document_id])
    taken_by: Mapped[Staff | None] = relationship(foreign_keys=[taken_by_id])
    scan: Mapped[StoredFile | None] = relationship(foreign_keys=[scan_id])


class CommitmentClause(Base):
    """One thing the applicant commits to (承诺事项), with what it stands in for; its outcome is the latest check's."""

    __tablename__ = "commitment_clauses"
    __table_args__ = (UniqueConstraint("commitment_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"), index=True)
    code: Mapped[str] = mapped_column(String(60))
    text: Mapped[dict[str, Any]] = mapped_column(JSON)
    standard: Mapped[dict[str, Any]] = mapped_column(JSON)  # what has to be met
    replaces: Mapped[str] = mapped_column(String(60), default="")  # code of the material it stands in for
    replaced_name: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    follow_by: Mapped[date | None]  # the material follows up to this day; None: it is not asked for any more
    followed_at: Mapped[datetime | None]
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    on_site: Mapped[bool]  # checked on the spot, by two officers
    ticked_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(20))  # terms.CheckOutcome of the latest check
    checked_at: Mapped[datetime | None]

    commitment: Mapped[Commitment] = relationship(back_populates="clauses")
    department: Mapped[Department] = relationship()
    checks: Mapped[list["VerificationCheck"]] = relationship(
        back_populates="clause", order_by="VerificationCheck.id"
    )


class Verification(Base):
    """One department's verification (核查) of a commitment after the grant, with its limit and what came of it."""

    __tablename__ = "verifications"
    __table_args__ = (UniqueConstraint("commitment_id", "department_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("case_parts.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"), index=True)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instances.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default="open")  # terms.VerificationState
    round: Mapped[int] = mapped_column(default=1)  # grows with every re-verification
    started_at: Mapped[datetime]
    limit: Mapped[dict[str, Any]] = mapped_column("verification_limit", JSON)  # {"days", "unit"} of the item
    calendar_version: Mapped[int] = mapped_column(default=0)  # the calendar its due day was counted on
    due: Mapped[datetime] = mapped_column(index=True)  # end of the day by which it must be verified
    provisional: Mapped[bool] = mapped_column(default=False)
    notice_document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))  # the copy (抄告)
    rectify_by: Mapped[date | None]
    rectify_document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    rectified_at: Mapped[datetime | None]
    rectified_words: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    end_reasons: Mapped[str] = mapped_column(Text, default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))  # the record of the result

    commitment: Mapped[Commitment] = relationship()
    case: Mapped[Case] = relationship()
    part: Mapped[CasePart] = relationship()
    department: Mapped[Department] = relationship()


class VerificationCheck(Base):
    """One check of one clause (核查记录); never changed afterwards, so that all checks together are the ledger."""

    __tablename__ = "verification_checks"

    id: Mapped[int] = mapped_column(primary_key=True)
    verification_id: Mapped[int] = mapped_column(ForeignKey("verifications.id"), index=True)
    clause_id: Mapped[int] = mapped_column(ForeignKey("commitment_clauses.id"), index=True)
    round: Mapped[int]
    manner: Mapped[str] = mapped_column(String(20))  # on_site | documents | data
    outcome: Mapped[str] = mapped_column(String(20))  # terms.CheckOutcome
    finding: Mapped[str] = mapped_column(Text)
    late: Mapped[bool] = mapped_column(default=False)  # after the limit
    first_officer_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    second_officer_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]

    clause: Mapped[CommitmentClause] = relationship(back_populates="checks")
    verification: Mapped[Verification] = relationship()
    first_officer: Mapped[Staff] = relationship(foreign_keys=[first_officer_id])
    second_officer: Mapped[Staff | None] = relationship(foreign_keys=[second_officer_id])
    evidence: Mapped[list[StoredFile]] = relationship(
        primaryjoin="VerificationCheck.id == foreign(StoredFile.check_id)", order_by="StoredFile.id"
    )


OPEN_RECORD = text("repaired_at IS NULL")


class CreditRecord(Base):
    """What a broken commitment or false materials leave with an applicant (信用记录), until repaired (信用修复)."""

    __tablename__ = "credit_records"
    __table_args__ = (
        Index(
            "ix_credit_records_open", "number_index", sqlite_where=OPEN_RECORD, postgresql_where=OPEN_RECORD
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicants.id"), index=True)
    number_index: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # terms.CreditKind
    item_code: Mapped[str] = mapped_column(String(60))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("case_parts.id"))
    clause_id: Mapped[int | None] = mapped_column(ForeignKey("commitment_clauses.id"))
    article: Mapped[str] = mapped_column(String(120))
    facts: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    until: Mapped[date | None]  # the last day it weighs by itself; None: until it is repaired
    repaired_at: Mapped[datetime | None]
    repaired_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    repair_reasons: Mapped[str] = mapped_column(Text, default="")
    repair_document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))

    case: Mapped[Case | None] = relationship()
    department: Mapped[Department] = relationship()
    recorded_by: Mapped[Staff | None] = relationship(foreign_keys=[recorded_by_id])
    repaired_by: Mapped[Staff | None] = relationship(foreign_keys=[repaired_by_id])
