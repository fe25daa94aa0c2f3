"""Process definitions and instances: the engine's position, nothing else."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..database import Base


class ProcessDefinition(Base):
    """A deployed BPMN file, stored by its hash and pinned by the cases that started on it."""

    __tablename__ = "process_definitions"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(60), index=True)
    xml: Mapped[str] = mapped_column(Text)
    specs: Mapped[str] = mapped_column(Text)
    limits: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # step → {"days", "unit"}
    deployed_at: Mapped[datetime]
    active: Mapped[bool] = mapped_column(default=True)


class ProcessInstance(Base):
    """One running process of a case: the lead's, or one part's."""

    __tablename__ = "process_instances"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("case_parts.id"))
    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definitions.id"))
    process: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(Text)  # text, never jsonb: the order of its tasks matters
    awaited: Mapped[str] = mapped_column(String(200), default="")  # messages it waits for, by blank
    status: Mapped[str] = mapped_column(String(20), default="running")  # running | ended | cancelled
    version: Mapped[int] = mapped_column(default=1)
