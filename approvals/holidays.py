"""Which days of a year are no ordinary days: from the announced notices, or from the statute alone.

Announced years (package chinesecalendar) carry the State Council's swaps (调休). Other years carry
only the statutory days (全国年节及纪念日放假办法, 2024), whose lunar dates package holidays tabulates
to 2100; no swap is ever invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import chinese_calendar
from holidays import country_holidays

from .errors import DomainError
from .messages import N_

WEEKEND = N_("周末")

_ANNOUNCED_NAMES = {
    "New Year's Day": N_("元旦"),
    "Spring Festival": N_("春节"),
    "Tomb-sweeping Day": N_("清明节"),
    "Labour Day": N_("劳动节"),
    "Dragon Boat Festival": N_("端午节"),
    "Mid-autumn Festival": N_("中秋节"),
    "National Day": N_("国庆节"),
    "Anti-Fascist 70th Day": N_("抗战胜利纪念日"),
}
_STATUTORY_NAMES = {"农历除夕": N_("除夕")} | {name: name for name in _ANNOUNCED_NAMES.values()}


class ContradictoryNotice(DomainError):
    """A notice names one day both as a day off and as a working day."""

    message = N_("放假通知自相矛盾：%(day)s 既列为放假又列为上班。请核对后重新导入。")
    status = 422


class ForeignNotice(DomainError):
    """A notice may name days of its year, and of the December before it (New Year's swaps)."""

    message = N_("%(day)s 不属于 %(year)s 年放假通知的范围。请核对年份。")
    status = 422


@dataclass(frozen=True)
class YearNotice:
    """What one year's State Council notice says: days off with their reason, weekend days worked.

    May reach into the December before (元旦调休). Raises ``ContradictoryNotice`` or ``ForeignNotice``.
    """

    year: int
    off: Mapping[date, str] = field(default_factory=dict)
    worked: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a notice that cannot be true."""
        for day in sorted(self.worked & set(self.off)):
            raise ContradictoryNotice(day=day)
        for day in sorted(self.worked | set(self.off)):
            if day.year != self.year and (day.year, day.month) != (self.year - 1, 12):
                raise ForeignNotice(day=day, year=self.year)


def announced() -> dict[int, YearNotice]:
    """The years package chinesecalendar knows, each as a notice."""
    off, worked = chinese_calendar.holidays, chinese_calendar.workdays
    return {
        year: YearNotice(
            year,
            {day: _ANNOUNCED_NAMES[name] for day, name in off.items() if day.year == year},
            frozenset(day for day in worked if day.year == year),
        )
        for year in sorted({day.year for day in off})
    }


def statutory(year: int) -> dict[date, str]:
    """The statutory days off of a year without notice, with their names; no swap, no compensation."""
    days = country_holidays("CN", years=year, observed=False, language="zh_CN")
    return {
        day: _STATUTORY_NAMES[name]
        for day, names in sorted(days.items())
        for name in names.split("; ")[:1]
        if name in _STATUTORY_NAMES
    }
