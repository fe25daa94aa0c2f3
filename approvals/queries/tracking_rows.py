"""What the tracking page shows, as plain rows; nothing here reads anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ..deadlines import Deadline
from ..tables import Case, Correction, SiteVisit
from ..terms import CaseState


@dataclass(frozen=True)
class PartLine:
    """One department's part as its applicant sees it."""

    department: dict[str, Any]
    phone: str
    name: dict[str, Any]
    why: str
    state: str
    leads: bool
    due: datetime | None
    provisional: bool
    reviewed_at: datetime | None
    granted: bool | None
    decided_at: datetime | None


@dataclass(frozen=True)
class Paper:
    """A document the applicant may download."""

    id: int
    number: str
    title: str
    kind: str
    status: str
    issued_at: datetime


@dataclass(frozen=True)
class Certificate:
    """A permit of the case."""

    document_id: int
    public_id: str
    number: str
    name: dict[str, Any]
    status: str
    valid_until: date | None
    whole: bool


@dataclass(frozen=True)
class Told:
    """A message that went to the applicant."""

    channel: str
    subject: str
    body: str
    to_mask: str
    state: str
    at: datetime


@dataclass(frozen=True)
class OpenTask:
    """Who has something to do now: a department, never a person."""

    step: str
    department: dict[str, Any]
    phone: str
    part_id: int | None


@dataclass(frozen=True)
class Pace:
    """How long alike cases took, in working days from acceptance to decision."""

    median: int
    most: int
    cases: int


@dataclass(frozen=True)
class Tracked:
    """Everything the tracking page shows."""

    case: Case
    parts: Sequence[PartLine]
    tasks: Sequence[OpenTask]
    deadline: Deadline
    correction: Correction | None
    visits: Sequence[SiteVisit]
    papers: Sequence[Paper]
    certificates: Sequence[Certificate]
    messages: Sequence[Told]
    pace: Pace | None

    @property
    def may_withdraw(self) -> bool:
        """Before the first decision (行政许可法 does not bind one who no longer wants the permit)."""
        closed = (CaseState.DRAFT, CaseState.ISSUING, CaseState.DELIVERING, CaseState.ENDED)
        return self.case.state not in closed and all(part.granted is None for part in self.parts)
