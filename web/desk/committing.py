"""What the window shows of notice and commitment: the ways of a draft, and the one screen on which it is signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from approvals import catalogue, clock, commitment_clauses, commitment_signing, commitments
from approvals.commitment_eligibility import eligibility
from approvals.commitment_following import awaited, is_late
from approvals.commitment_signing import Capacity, Manner
from approvals.tables import Case, CasePart, Commitment
from approvals.terms import CommitmentState, PartState

from ..i18n import speak
from ..transactions import now

PATH = "path-"


@dataclass(frozen=True)
class Way:
    """One part of a draft that may be decided on a commitment: what was chosen, or why it cannot be."""

    field: str
    name: Mapping[str, str]
    chosen: str
    problems: list[str]
    note: Mapping[str, str]
    clauses: int
    replaced: list[Mapping[str, str]]


def ways(session: Session, draft: Case) -> list[Way]:
    """The parts whose item offers commitment, each with its way."""
    return [_way(session, draft, part) for part in draft.parts if commitment_clauses.terms_of(part)]


def _way(session: Session, draft: Case, part: CasePart) -> Way:
    terms = commitment_clauses.terms_of(part)
    item = catalogue.item_of(part.item or draft.item)
    clauses = terms.clauses if terms else ()
    names = {material.code: material.name for material in item.materials}
    problems = eligibility(session, draft, part, now())
    return Way(
        field=f"{PATH}{item.code}",
        name=part.name,
        chosen=part.path,
        problems=[speak(problem.message, problem.params) for problem in problems],
        note=terms.note if terms else {},
        clauses=len(clauses),
        replaced=[names[clause.replaces] for clause in clauses if clause.replaces in names],
    )


def signing(session: Session, case: Case, posted: Mapping[str, str] | None) -> dict[str, Any]:
    """The clauses of every commitment that waits, who may sign by what right, and what was typed."""
    signatories = commitment_signing.signatories(case)
    given = posted or {}
    capacity = given.get("capacity", next(iter(signatories), ""))
    return {
        "rows": [row for row in commitments.of_case(session, case) if row.state == CommitmentState.OFFERED],
        "capacities": [(code.value, f"{_(code.label)} · {name}") for code, name in signatories.items()],
        "capacity": capacity,
        "signatory": given.get(
            "signatory", signatories.get(Capacity(capacity), "") if capacity in set(Capacity) else ""
        ),
        "manner": given.get("manner", Manner.SCREEN),
        "signature": given.get("signature", ""),
        "ticked": {name for name in given if name.startswith("tick-")},
    }


@dataclass(frozen=True)
class Standing:
    """One commitment of a case as the window sees it afterwards."""

    row: Commitment
    revocable: bool


def standing(session: Session, case: Case) -> list[Standing]:
    """The commitments of a case; one made and not decided may still be taken back."""
    return [
        Standing(
            row,
            row.state == CommitmentState.MADE
            and row.part.state not in (PartState.GRANTED, PartState.REFUSED),
        )
        for row in commitments.of_case(session, case)
    ]


def following(session: Session, case: Case) -> list[dict[str, Any]]:
    """The materials that have still to follow, each once, with its day."""
    today = clock.local_day(now())
    found = {clause.replaces: clause for clause in reversed(awaited(session, case.id))}
    return [
        {"code": code, "name": clause.replaced_name, "by": clause.follow_by, "late": is_late(clause, today)}
        for code, clause in found.items()
    ]
