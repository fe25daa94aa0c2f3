"""What the tracking page shows, as plain rows; nothing here reads anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ..limits import Entry
from ..silence import Period
from ..tables import Case, Correction, SiteVisit
from ..terms import CaseState, ProcedureKind
from .clocks import Clocks
from .estimates import Estimate


@dataclass(frozen=True)
class PartLine:
    """One department's part as its applicant sees it."""

    id: int
    department: dict[str, Any]
    phone: str
    name: dict[str, Any]
    why: str
    state: str
    leads: bool
    due: datetime | None
    provisional: bool
    paused: bool
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
    """Who has something to do now, a department, never a person; by when, and the limit of the step if it has one."""

    step: str
    department: dict[str, Any]
    phone: str
    part_id: int | None
    due: datetime | None
    paused: bool
    limit: dict[str, Any] | None


@dataclass(frozen=True)
class Pause:
    """A clock that stands: of which part (None: of the whole case), what for and since when, as its line says.

    ``until``: the end told in writing, by the last notice; ``left``: the working days left when it goes on.
    """

    part_id: int | None
    kind: ProcedureKind | None
    entry: Entry
    until: date | None
    left: int | None


@dataclass(frozen=True)
class Pace:
    """How long alike cases took, and those that took at least as long as this one has taken by now (``used``)."""

    whole: Estimate
    used: int
    rest: Estimate


@dataclass(frozen=True)
class Tracked:
    """Everything the tracking page shows."""

    case: Case
    parts: Sequence[PartLine]
    tasks: Sequence[OpenTask]
    clocks: Clocks
    pauses: Sequence[Pause]
    correction: Correction | None
    answer: Period | None
    deferral: Period | None
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
