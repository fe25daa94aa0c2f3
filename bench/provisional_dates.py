"""How wrong are provisional dates? Counts each announced year as if its notice had not appeared yet.

Run: ``python -m bench.provisional_dates``. Prints, for each number of working days, the share of opening
days whose date without notice is the same as, earlier or later than the date with it.
"""

from bisect import bisect_right
from collections import Counter
from datetime import date, timedelta

from approvals.calendar import default_calendar
from approvals.holidays import statutory

FIRST, LAST = date(2014, 1, 1), date(2026, 12, 31)


def compare(n: int) -> Counter[str]:
    """Outcomes over all working days of the announced years from 2014."""
    calendar = default_calendar()
    off = {day for year in range(FIRST.year, LAST.year + 1) for day in statutory(year)}
    span = [FIRST + timedelta(days=i) for i in range((LAST - FIRST).days + 1)]
    guessed = [day for day in span if day.weekday() < 5 and day not in off]
    outcomes: Counter[str] = Counter()
    for day in span:
        at = bisect_right(guessed, day) + n - 1
        known = calendar.add(day, n)
        if not calendar.is_working_day(day) or known.provisional or at >= len(guessed):
            continue
        error = (guessed[at] - known.day).days
        outcomes["same" if not error else "early" if error < 0 else "late"] += 1
    return outcomes


if __name__ == "__main__":
    for days in (1, 3, 5, 8, 10, 20, 45):
        outcomes = compare(days)
        shares = {name: f"{count / outcomes.total():.1%}" for name, count in sorted(outcomes.items())}
        print(days, shares)
