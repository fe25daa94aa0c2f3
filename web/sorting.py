"""Lists that are sorted by their column heads: which sort the address asks for, and where each head leads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class SortLink:
    """One column's head: its address, and the ``aria-sort`` it has now (``none`` where another column rules)."""

    href: str
    state: str


def known(asked: str, sorts: Sequence[str]) -> str:
    """The sort asked for, a minus in front turning it round; empty where there is no such column."""
    return asked if asked.removeprefix("-") in sorts else ""


def links(sorts: Sequence[str], current: str, address: Callable[[str], str]) -> Mapping[str, SortLink]:
    """The heads by their column: the first click sorts, the second turns round, the third gives the list as it was."""
    following = {sort: {"": sort, sort: f"-{sort}"}.get(current, sort) for sort in sorts}
    following |= {sort: "" for sort in sorts if current == f"-{sort}"}
    states = {"": "none", current.removeprefix("-"): "descending" if current.startswith("-") else "ascending"}
    return {
        sort: SortLink(address(following[sort]), states.get(sort, "none") if current else "none")
        for sort in sorts
    }
