"""Legal documents, permits, deliveries and messages."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..database import Base
from ..secrets import EncryptedText
from .cases import Case, CasePart
from .people import Department, Staff


class NumberSeries(Base):
    """The last number given, per authority, kind and year: no gap, no double."""

    __tablename__ = "number_series"

    authority: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Document(Base):
    """A legal document (文书): its text is fixed at issue, its PDF is that text rendered once."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("authority", "kind", "year", "serial"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(80), unique=True)
    authority: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    serial: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("case_parts.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    html: Mapped[str] = mapped_column(EncryptedText)
    content_sha256: Mapped[str] = mapped_column(String(64))
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))
    public: Mapped[bool] = mapped_column(default=True)  # whether the applicant may download it
    status: Mapped[str] = mapped_column(String(20), default="valid")  # valid | rectified | voided
    status_reasons: Mapped[str] = mapped_column(Text, default="")
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    department: Mapped[Department] = relationship()


IN_FORCE = text("status IN ('valid', 'suspended')")


class Permit(Base):
    """One version of a certificate issued (证照); the versions of a permit share its number, one is in force."""

    __tablename__ = "permits"
    __table_args__ = (
        Index(
            "uq_permits_part",
            "part_id",
            unique=True,
            sqlite_where=text("status != 'voided'"),
            postgresql_where=text("status != 'voided'"),
        ),
        Index("uq_permits_in_force", "number", unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
        UniqueConstraint("number", "version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(80), index=True)
    version: Mapped[int] = mapped_column(default=1)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("permits.id"))  # the version before
    identifier: Mapped[str] = mapped_column(String(80), default="", index=True)  # GB/T 36904
    template_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_templates.id"))
    item_code: Mapped[str] = mapped_column(String(60), default="")
    applicant_id: Mapped[int | None] = mapped_column(ForeignKey("applicants.id"), index=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True)  # in the QR code; says nothing by itself
    kind: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    part_id: Mapped[int | None] = mapped_column(
        ForeignKey("case_parts.id")
    )  # None: the comprehensive licence
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    name: Mapped[dict[str, Any]] = mapped_column(JSON)
    holder: Mapped[str] = mapped_column(String(200))
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)  # what the paper shows
    valid_from: Mapped[date]
    valid_until: Mapped[date | None] = mapped_column(index=True)
    status: Mapped[str] = mapped_column(String(20), default="valid")  # changed by register.apply alone
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    issued_at: Mapped[datetime]

    document: Mapped[Document] = relationship()
    department: Mapped[Department] = relationship()
    case: Mapped[Case] = relationship(foreign_keys=[case_id])


class Delivery(Base):
    """Service of documents (送达), with its proof (送达回证)."""

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    manner: Mapped[str] = mapped_column(
        String(20)
    )  # in_person | left | entrusted | post | publication | electronic
    recipient: Mapped[str] = mapped_column(String(80))
    place: Mapped[str] = mapped_column(String(200))
    tracking: Mapped[str] = mapped_column(String(60), default="")
    served: Mapped[list[Any]] = mapped_column(JSON)  # numbers of the documents and permits served
    signature: Mapped[str] = mapped_column(String(80), default="")
    relation: Mapped[str] = mapped_column(String(60), default="")  # of whoever signed for the recipient
    refusal: Mapped[str] = mapped_column(Text, default="")
    witnesses: Mapped[str] = mapped_column(String(200), default="")
    first_server_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    second_server_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))

    first_server: Mapped[Staff] = relationship(foreign_keys=[first_server_id])


class Message(Base):
    """A message to the applicant or a department; also the outbox row that carries it out."""

    __tablename__ = "messages"
    __table_args__ = (
        Index(
            "ix_messages_waiting",
            "next_try_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_messages_unread",
            "staff_id",
            "created_at",
            sqlite_where=text("read_at IS NULL AND staff_id IS NOT NULL"),
            postgresql_where=text("read_at IS NULL AND staff_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    channel: Mapped[str] = mapped_column(String(10))  # mail | sms | inbox
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # inbox: for one person
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    read_at: Mapped[datetime | None]
    stage: Mapped[str] = mapped_column(String(40))
    to_mask: Mapped[str] = mapped_column(String(80), default="")
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(EncryptedText)
    state: Mapped[str] = mapped_column(String(20), default="waiting")  # waiting | sent | recorded | failed
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()


__all__ = ["Case", "CasePart", "Delivery", "Document", "Message", "NumberSeries", "Permit"]
