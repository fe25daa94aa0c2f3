"""What an item says of notice and commitment (告知承诺): the clauses, the exclusions, the limits of verification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from .item_definition import Condition, Limit, LocalText


@dataclass(frozen=True)
class Clause:
    """One thing an applicant commits to (承诺事项): the standard to meet, and the material it stands in for.

    ``follow_days``: working days after the decision in which that material follows; ``None``: it is not asked for
    any more. ``department`` (a code; ``None``: the item's own) verifies it, ``on_site`` by two officers.
    """

    code: str
    text: LocalText
    standard: LocalText
    replaces: str | None = None
    follow_days: int | None = None
    department: str | None = None
    on_site: bool = False


@dataclass(frozen=True)
class Exclusion:
    """A situation in which the item is not decided on a commitment, and why."""

    when: Condition
    why: LocalText


@dataclass(frozen=True)
class Commitment:
    """Notice and commitment (告知承诺): verified within ``verification`` after the grant, clause by clause.

    ``rectification_days`` (working) are given to put an unmet clause right. ``safety``: the licence touches public
    safety, health, life or property, so that articles 78 and 79 bar a new application. ``when``: the only answers
    that admit it; ``excluded``: those that do not.
    """

    verification: Limit
    note: LocalText
    version: str = ""
    clauses: tuple[Clause, ...] = ()
    rectification_days: int = 10
    published: bool = True
    safety: bool = False
    when: Condition | None = None
    excluded: tuple[Exclusion, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any], verification: Limit) -> Self:
        """Build from a checked definition; raises ``TypeError`` for one that was not."""
        return cls(
            **{
                **data,
                "verification": verification,
                "clauses": tuple(Clause(**clause) for clause in data.get("clauses", ())),
                "excluded": tuple(Exclusion(**excluded) for excluded in data.get("excluded", ())),
            }
        )
