"""A bar of who held a case: its portions side by side, drawn by attributes alone."""

from dataclasses import dataclass

from approvals.holding_time import Holder, HoldingTime

WHOLE = 1000
"""The width of the bar in its own units."""


@dataclass(frozen=True)
class Portion:
    """One group's stretch of the bar: where it begins, how wide, how many working days, what share in percent."""

    holder: Holder
    x: int
    width: int
    days: float
    percent: int


def portions(time: HoldingTime) -> list[Portion]:
    """The groups in their order; the widths add up to ``WHOLE`` where there is any time."""
    days = time.days()
    found: list[Portion] = []
    done = time.total * 0
    for holder in Holder:
        start = round(WHOLE * (done / time.total)) if time.total else 0
        done += time.groups[holder]
        end = round(WHOLE * (done / time.total)) if time.total else 0
        found.append(Portion(holder, start, end - start, days[holder], round((end - start) / 10)))
    return found
