"""Departments, staff and applicants."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..database import Base
from ..secrets import EncryptedText


class Department(Base):
    """A body that approves (部门), with the bodies its adverse decisions name as remedies."""

    __tablename__ = "departments"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(3), unique=True)
    name: Mapped[dict[str, Any]] = mapped_column(JSON)
    abbreviation: Mapped[str] = mapped_column(String(20))
    authority_code: Mapped[str] = mapped_column(String(18))
    reconsideration_body: Mapped[str] = mapped_column(String(100))
    court: Mapped[str] = mapped_column(String(100))
    phone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)

    @property
    def zh(self) -> str:
        """The Chinese name, as legal documents print it."""
        return str(self.name["zh"])


class Staff(Base):
    """A member of staff (工作人员); every act carries one by name."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"), index=True)
    window: Mapped[str] = mapped_column(String(20), default="")
    officer_number: Mapped[str] = mapped_column(String(30), default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)

    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)
    roles: Mapped[list["StaffRole"]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    def has(self, role: str) -> bool:
        """Whether this person holds ``role``."""
        return any(held.role == role for held in self.roles)


class StaffRole(Base):
    """A role held; a delegate of the government's head holds it by a written mandate."""

    __tablename__ = "staff_roles"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(30), primary_key=True)
    mandate: Mapped[str] = mapped_column(String(60), default="")


class StandIn(Base):
    """B acts on A's tasks while A is away (AB 岗); local days, both included."""

    __tablename__ = "stand_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    stand_in_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    arranged_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])
    stand_in: Mapped[Staff] = relationship(foreign_keys=[stand_in_id])


class SignIn(Base):
    """One signed-in browser of one member of staff; its truth is here, the cookie only names it."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship(lazy="joined", innerjoin=True)


class Applicant(Base):
    """A natural person or organisation that applies (申请人), or an agent (代理人) of one.

    Number and phone stand encrypted; keyed hashes find them, masks show them.
    """

    __tablename__ = "applicants"
    __table_args__ = (UniqueConstraint("kind", "number_index"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # person | organisation
    name: Mapped[str] = mapped_column(String(120), index=True)
    number: Mapped[str] = mapped_column(EncryptedText)
    number_index: Mapped[str] = mapped_column(String(64))
    number_mask: Mapped[str] = mapped_column(String(30))
    phone: Mapped[str] = mapped_column(EncryptedText)
    phone_index: Mapped[str] = mapped_column(String(64), index=True)
    phone_mask: Mapped[str] = mapped_column(String(30))
    email: Mapped[str] = mapped_column(EncryptedText, default="")
    address: Mapped[str] = mapped_column(Text, default="")
    representative: Mapped[str] = mapped_column(String(60), default="")


class ApplicationBar(Base):
    """No new application for this licence until then (行政许可法 78, 79)."""

    __tablename__ = "application_bars"

    id: Mapped[int] = mapped_column(primary_key=True)
    number_index: Mapped[str] = mapped_column(String(64), index=True)
    item_code: Mapped[str] = mapped_column(String(60))
    article: Mapped[str] = mapped_column(String(40))
    first_day: Mapped[date]
    last_day: Mapped[date]
    reasons: Mapped[str] = mapped_column(Text)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
