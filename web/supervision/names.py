"""Names of departments short enough for a wall: without the place that all of them begin with."""

import re
from collections.abc import Callable, Iterable
from itertools import takewhile

PLACE = re.compile(r"\w{2,7}?[省市县区旗州盟]")
"""The shortest beginning of a Chinese name that can be a place."""

LEAST = 2
"""What has to be left of every name."""


def shortener(names: Iterable[str]) -> Callable[[str], str]:
    """A function that leaves out the place these names share, if they share one."""
    place = shared_place(sorted(set(names)))
    return lambda name: name.removeprefix(place)


def shared_place(names: list[str]) -> str:
    """``示例县``, or in English ``Shili County `` with its blank; empty where the names do not share one."""
    if len(names) < 2:
        return ""
    alike = takewhile(lambda signs: len(set(signs)) == 1, zip(*names, strict=False))
    common = "".join(signs[0] for signs in alike)
    found = PLACE.match(common)
    place = found[0] if found else common[: common.rfind(" ") + 1]
    return place if all(len(name) >= len(place) + LEAST for name in names) else ""
