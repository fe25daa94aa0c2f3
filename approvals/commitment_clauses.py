"""What the parts that chose commitment promise and no longer bring: read from the catalogue and the case alone."""

import hashlib
import json
from dataclasses import asdict

from .catalogue import item_of
from .item_commitment import Clause
from .item_commitment import Commitment as Terms
from .tables import Case, CasePart
from .terms import Path, RequestKind


def terms_of(part: CasePart) -> Terms | None:
    """What the part's item says of commitment; ``None`` where it is not decided on one.

    A part that gives an opinion only, and what is asked of a permit already issued, are not either.
    """
    if not part.decides or part.case.request != RequestKind.NEW:
        return None
    offered = item_of(part.item).commitment if part.item else None
    return offered if offered is not None and offered.clauses else None


def is_committed(part: CasePart) -> bool:
    """Whether the part goes the way of commitment."""
    return part.path == Path.COMMITMENT


def replaced(case: Case) -> dict[tuple[str, str], Clause]:
    """(item code, material code) → the clause that stands in for it, over all parts that chose commitment."""
    found: dict[tuple[str, str], Clause] = {}
    for part in case.parts:
        terms = terms_of(part) if is_committed(part) else None
        if terms is None or part.item is None:
            continue
        for clause in terms.clauses:
            if clause.replaces:
                found[part.item.code, clause.replaces] = clause
    return found


def text_version(terms: Terms) -> str:
    """The version of the item's texts with the hash of their content: what exactly was told and committed to."""
    content = json.dumps(asdict(terms), ensure_ascii=False, sort_keys=True, default=dict)
    return f"{terms.version}+{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def way_told(case: Case) -> str:
    """How each part is handled that could be committed to, with the reason of the ordinary way, as papers tell it."""
    told = []
    for part in case.parts:
        if terms_of(part) is not None:
            reason = f"（{part.path_reason}）" if part.path_reason else ""
            told.append(f"“{part.name['zh']}”按{Path(part.path).label}办理{reason}")
    return "；".join(told)
