"""What keeps the time of a case: calendar versions, timers, special procedures, hearings, supervision."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..database import Base
from ..secrets import EncryptedText
from .cases import Case, CasePart, Task
from .documents import Document
from .people import Department, Staff

WAITING = text("state = 'waiting'")
PENDING = text("state IN ('waiting', 'held')")


class CalendarVersion(Base):
    """One version of the centre's calendar (工作日历), complete in itself: every imported notice, every closure.

    The version in force is the published one with the greatest id; before the first it is the built-in calendar, 0.
    """

    __tablename__ = "calendar_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    base: Mapped[int]  # the version in force when this one was drafted
    state: Mapped[str] = mapped_column(String(20), default="draft")  # draft | published | discarded
    source: Mapped[str] = mapped_column(
        String(120)
    )  # number of the State Council notice, or of the order to close
    change: Mapped[dict[str, Any]] = mapped_column(JSON)  # what was imported, for the preview
    notices: Mapped[dict[str, Any]] = mapped_column(
        JSON
    )  # year → {"off": {day: name}, "worked": [day], "source": …}
    closures: Mapped[dict[str, Any]] = mapped_column(JSON)  # day → {"words": …, "source": …}
    drafted_at: Mapped[datetime]
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    recount_total: Mapped[int] = mapped_column(default=0)  # open cases when it was published
    recounted: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    recount_done_at: Mapped[datetime | None]

    drafted_by: Mapped[Staff] = relationship(foreign_keys=[drafted_by_id])
    published_by: Mapped[Staff | None] = relationship(foreign_keys=[published_by_id])


class Timer(Base):
    """Something that happens by itself at an instant (计时器); ``key`` says of what, once while it waits.

    ``held``: it has legal effect and its date is provisional, so it does not fire until the calendar is known.
    """

    __tablename__ = "timers"
    __table_args__ = (
        Index("ix_timers_due", "due", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("uq_timers_key", "key", unique=True, sqlite_where=PENDING, postgresql_where=PENDING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    subject_id: Mapped[int | None]  # the row of the kind's own table: a task, a part, a correction …
    due: Mapped[datetime]
    state: Mapped[str] = mapped_column(
        String(20), default="waiting"
    )  # waiting | held | done | cancelled | failed
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(200), default="")
    done_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(String(60), default="")


class SpecialProcedure(Base):
    """An extension (延期) or a procedure of article 45 (特别程序): asked for, approved by rank, told in writing."""

    __tablename__ = "special_procedures"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("case_parts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="proposed")  # terms.ProcedureState
    basis: Mapped[str] = mapped_column(String(200))
    reasons: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(
        String(120), default=""
    )  # who carries it out, where not the authority itself
    days: Mapped[int]  # needed (article 45) or granted (extension), in the unit of the limit
    ends_on: Mapped[date | None]  # the day told to the applicant
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    requested_at: Mapped[datetime]
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    approved_at: Mapped[datetime | None]
    approval_note: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    result: Mapped[str] = mapped_column(Text, default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    end_document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))

    case: Mapped[Case] = relationship()
    part: Mapped[CasePart | None] = relationship()
    requested_by: Mapped[Staff] = relationship(foreign_keys=[requested_by_id])
    approver: Mapped[Staff | None] = relationship(foreign_keys=[approver_id])
    document: Mapped[Document | None] = relationship(foreign_keys=[document_id])


class Hearing(Base):
    """A hearing (听证, 行政许可法 46–48): of its own motion or asked for, chaired by one who did not review."""

    __tablename__ = "hearings"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("case_parts.id"), index=True)
    procedure_id: Mapped[int | None] = mapped_column(ForeignKey("special_procedures.id"))
    proceeding_id: Mapped[int | None] = mapped_column(
        ForeignKey("proceedings.id", use_alter=True), index=True
    )  # None: in the review of an application
    ground: Mapped[str] = mapped_column(String(20))  # ex_officio (46) | on_request (47)
    reasons: Mapped[str] = mapped_column(Text, default="")
    told_at: Mapped[datetime | None]  # of the right to ask for it
    asked_by: Mapped[str] = mapped_column(String(80), default="")
    asker_kind: Mapped[str] = mapped_column(String(20), default="")  # applicant | interested
    asked_at: Mapped[datetime | None]
    hold_by: Mapped[date | None]
    held_at: Mapped[datetime | None]  # appointed for, then held at
    place: Mapped[str] = mapped_column(String(200), default="")
    public: Mapped[bool] = mapped_column(default=True)
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    recorder_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    noticed_at: Mapped[datetime | None]
    notice_document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    record: Mapped[str] = mapped_column(EncryptedText, default="")
    conclusion: Mapped[str] = mapped_column(Text, default="")
    signatures: Mapped[list[Any]] = mapped_column(
        JSON, default=list
    )  # [{"name", "role", "signed", "why_not"}]
    closed_at: Mapped[datetime | None]
    record_document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    state: Mapped[str] = mapped_column(
        String(20), default="asked"
    )  # asked | appointed | closed | withdrawn | refused

    case: Mapped[Case] = relationship()
    part: Mapped[CasePart] = relationship()
    chair: Mapped[Staff | None] = relationship(foreign_keys=[chair_id])
    recorder: Mapped[Staff | None] = relationship(foreign_keys=[recorder_id])
    procedure: Mapped[SpecialProcedure | None] = relationship()


class SupervisoryOrder(Base):
    """An order to act and to answer (督办): opened past a statutory limit by itself, or by supervision with reasons."""

    __tablename__ = "supervisory_orders"
    __table_args__ = (Index("ix_supervisory_orders_state", "state", "answer_by"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("case_parts.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"), index=True)
    automatic: Mapped[bool]
    reasons: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # None: the system
    answer_by: Mapped[datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    closing_note: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[str] = mapped_column(String(20), default="open")  # open | answered | closed
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))

    case: Mapped[Case] = relationship()
    part: Mapped[CasePart | None] = relationship()
    department: Mapped[Department] = relationship()
    opened_by: Mapped[Staff | None] = relationship(foreign_keys=[opened_by_id])
    answered_by: Mapped[Staff | None] = relationship(foreign_keys=[answered_by_id])


class Urging(Base):
    """A reminder somebody sent to whoever has a task to do (催办)."""

    __tablename__ = "urgings"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))

    task: Mapped[Task] = relationship()
    by: Mapped[Staff] = relationship()
