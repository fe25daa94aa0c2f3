"""Service items and form versions, as loaded from the data files."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..database import Base
from .people import Department


class ServiceItem(Base):
    """One version of a service item (政务服务事项); a case keeps the version it began with."""

    __tablename__ = "service_items"
    __table_args__ = (UniqueConstraint("code", "content_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), index=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[dict[str, Any]] = mapped_column(JSON)
    search_text: Mapped[str] = mapped_column(String(400))  # zh, en, pinyin initials, codes; lower case
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    offered: Mapped[bool] = mapped_column(default=True)  # False: only as a part of a joint item
    active: Mapped[bool] = mapped_column(default=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    loaded_at: Mapped[datetime]

    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)


class FormVersion(Base):
    """One version of a form (表单): JSON Schema with UI schema."""

    __tablename__ = "form_versions"
    __table_args__ = (UniqueConstraint("code", "content_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), index=True)
    version: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(64))
    active: Mapped[bool] = mapped_column(default=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    loaded_at: Mapped[datetime]
