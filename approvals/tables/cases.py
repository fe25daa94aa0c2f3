"""A case, its parts, tasks, materials, files, fees and deadline ledger."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..database import Base
from ..secrets import EncryptedJson, EncryptedText
from .catalogue import ServiceItem
from .people import Applicant, Department, Staff

OPEN = text("state = 'open'")
UNENDED = text("state != 'ended'")


class Due:
    """Results of the ledger's replay, stored so that lamps are comparisons (UTC instants)."""

    promised_due: Mapped[datetime | None]
    statutory_due: Mapped[datetime | None]
    yellow_at: Mapped[datetime | None]
    provisional: Mapped[bool] = mapped_column(default=False)
    paused: Mapped[bool] = mapped_column(default=False)
    paused_left: Mapped[int | None]  # working days left while paused


class Case(Due, Base):
    """One application from the door to the permit (办件)."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_open_due", "state", "promised_due"),
        Index(
            "ix_cases_to_recount", "calendar_version", "id", sqlite_where=UNENDED, postgresql_where=UNENDED
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(30), unique=True)
    query_code_index: Mapped[str | None] = mapped_column(String(64))
    query_code: Mapped[str | None] = mapped_column(EncryptedText)
    item_id: Mapped[int] = mapped_column(ForeignKey("service_items.id"), index=True)
    applicant_id: Mapped[int | None] = mapped_column(ForeignKey("applicants.id"), index=True)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("applicants.id"))
    mandate: Mapped[str] = mapped_column(String(200), default="")
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"), index=True)
    clerk_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    form_version_id: Mapped[int | None] = mapped_column(ForeignKey("form_versions.id"))
    form_definition: Mapped[dict[str, Any]] = mapped_column(JSON)  # the (joint) form this case began with
    form_data: Mapped[dict[str, Any]] = mapped_column(EncryptedJson)
    subject: Mapped[str] = mapped_column(
        String(200), default=""
    )  # what the certificate names: shop or project
    state: Mapped[str] = mapped_column(String(20), default="draft")
    outcome: Mapped[str | None] = mapped_column(String(20))
    collection: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # pick-up or post, address
    created_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    notify_by: Mapped[datetime | None]  # end of the five days of article 32
    accepted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    deferral_expired_at: Mapped[datetime | None]  # deferred materials did not come: no grant any more
    request: Mapped[str] = mapped_column(String(20), default="new")  # terms.RequestKind
    permit_id: Mapped[int | None] = mapped_column(
        ForeignKey("permits.id", use_alter=True), index=True
    )  # whose change, renewal or replacement is asked for
    calendar_version: Mapped[int] = mapped_column(default=0)  # the calendar its dates were counted on
    version: Mapped[int] = mapped_column(default=1)

    item: Mapped[ServiceItem] = relationship(lazy="joined", innerjoin=True)
    applicant: Mapped[Applicant | None] = relationship(foreign_keys=[applicant_id])
    agent: Mapped[Applicant | None] = relationship(foreign_keys=[agent_id])
    department: Mapped[Department] = relationship()
    clerk: Mapped[Staff] = relationship()
    parts: Mapped[list["CasePart"]] = relationship(back_populates="case", order_by="CasePart.id")
    materials: Mapped[list["CaseMaterial"]] = relationship(order_by="CaseMaterial.id")
    fees: Mapped[list["Fee"]] = relationship(order_by="Fee.id")

    @property
    def stopped_at(self) -> datetime | None:
        """When its limit was kept or missed for good: the decision, or another end."""
        return self.decided_at or self.ended_at


class CasePart(Due, Base):
    """What one department does in a case (单项): its own permit, or an opinion only."""

    __tablename__ = "case_parts"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("service_items.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"), index=True)
    name: Mapped[dict[str, Any]] = mapped_column(JSON)
    decides: Mapped[bool]  # False: gives an opinion only
    required: Mapped[bool] = mapped_column(default=True)
    why: Mapped[str] = mapped_column(String(200), default="")
    path: Mapped[str] = mapped_column(String(20), default="ordinary")  # ordinary | commitment
    path_reason: Mapped[str] = mapped_column(String(300), default="")  # why the ordinary path, as told
    depends_on_id: Mapped[int | None] = mapped_column(ForeignKey("case_parts.id"))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[str] = mapped_column(String(20), default="pending")
    round: Mapped[int] = mapped_column(default=1)  # grows when the lead sends it back
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship(back_populates="parts")
    item: Mapped[ServiceItem | None] = relationship()
    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)

    @property
    def stopped_at(self) -> datetime | None:
        """When its limit was kept or missed for good: its decision, or the opinion where it gives only one."""
        return self.ended_at


class Task(Due, Base):
    """One thing one person has to do (待办); opened by the engine or, without instance, by an act."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index(
            "ix_tasks_department_due",
            "department_id",
            "promised_due",
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index("ix_tasks_holder", "holder_id", "promised_due", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_tasks_done", "done_by_id", "done_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("case_parts.id"))
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instances.id"))
    engine_task: Mapped[str | None] = mapped_column(String(40))
    step: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))  # the diagram's words, a message id
    role: Mapped[str] = mapped_column(String(30))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[str] = mapped_column(String(20), default="open")
    opened_at: Mapped[datetime]
    limit: Mapped[dict[str, Any] | None] = mapped_column(
        "step_limit", JSON
    )  # of the diagram: {"days", "unit"}
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    result: Mapped[str] = mapped_column(String(40), default="")
    version: Mapped[int] = mapped_column(default=1)

    case: Mapped[Case] = relationship()
    part: Mapped[CasePart | None] = relationship()
    department: Mapped[Department] = relationship()
    holder: Mapped[Staff | None] = relationship(foreign_keys=[holder_id])
    done_by: Mapped[Staff | None] = relationship(foreign_keys=[done_by_id])


class CaseMaterial(Base):
    """One line of the checklist (材料清单) with what the clerk found."""

    __tablename__ = "case_materials"
    __table_args__ = (UniqueConstraint("case_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    code: Mapped[str] = mapped_column(String(60))
    line: Mapped[dict[str, Any]] = mapped_column(JSON)  # the checklist line as it stood at intake
    state: Mapped[str] = mapped_column(String(20), default="missing")
    originals: Mapped[int] = mapped_column(default=0)
    copies: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="")
    deferred_until: Mapped[date | None]
    returned_at: Mapped[datetime | None]

    files: Mapped[list["StoredFile"]] = relationship(order_by="StoredFile.id")


class StoredFile(Base):
    """A scan or upload; its bytes stand in the file store under their SHA-256."""

    __tablename__ = "stored_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    material_id: Mapped[int | None] = mapped_column(ForeignKey("case_materials.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # None: sent by the applicant
    check_id: Mapped[int | None] = mapped_column(
        ForeignKey("verification_checks.id", use_alter=True), index=True
    )  # evidence of this check
    at: Mapped[datetime]


class Fee(Base):
    """A fee of the item's list, to be paid or waived before issue."""

    __tablename__ = "fees"
    __table_args__ = (UniqueConstraint("case_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[dict[str, Any]] = mapped_column(JSON)
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    basis: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default="due")  # due | paid | waived
    receipt: Mapped[str] = mapped_column(String(60), default="")
    reasons: Mapped[str] = mapped_column(Text, default="")
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class LedgerEntry(Base):
    """One line of the deadline ledger (期限台账); every due date is replayed from these."""

    __tablename__ = "ledger_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("case_parts.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # limits.EntryKind
    at: Mapped[datetime]
    track: Mapped[str] = mapped_column(String(20), default="both")  # promised | statutory | both
    days: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(10), default="working")
    channel: Mapped[str] = mapped_column(String(10), default="window")
    limits: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # with start: the limits that apply
    before: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict
    )  # with calendar: the due days until then
    until: Mapped[date | None]  # with pause: the last day of it that was told in writing
    article: Mapped[str] = mapped_column(String(120))
    document_number: Mapped[str] = mapped_column(String(80), default="")
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
