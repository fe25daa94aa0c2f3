"""Words of the calendar pages: months, weekdays, kinds of days, what a version is about."""

from datetime import date
from typing import Any

from babel.dates import format_date, get_day_names
from flask_babel import get_locale, gettext
from flask_babel import gettext as _

from approvals.messages import N_
from approvals.queries.calendars import Span
from approvals.tables import CalendarVersion

from ..cases.labels import skipped_words
from ..i18n import day

KINDS = {"off": N_("放假"), "worked": N_("调休上班"), "closed": N_("停办"), "weekend": N_("周末")}
SIGNS = {"off": N_("休"), "worked": N_("班"), "closed": N_("停")}
"""What stands in the corner of a day, as calendars on the wall have it."""
STATES = {"draft": N_("草稿"), "published": N_("已发布"), "discarded": N_("已丢弃")}


def helpers() -> dict[str, Any]:
    """What every calendar page speaks with."""
    return {
        "month_name": month_name,
        "weekdays": weekdays(),
        "day_words": day_words,
        "sign": lambda kind: gettext(SIGNS[kind]) if kind in SIGNS else "",
        "span_words": span_words,
        "version_words": version_words,
        "state_words": lambda state: gettext(STATES[state]),
        "skipped_words": skipped_words,
    }


def month_name(first: date) -> str:
    """``11月`` or ``Nov``."""
    return str(format_date(first, "LLL", locale=get_locale()))


def weekdays() -> list[str]:
    """Narrow names from Monday."""
    names = get_day_names("narrow", context="stand-alone", locale=get_locale())
    return [names[number] for number in range(7)]


def day_words(kind: str, words: str) -> str:
    """What a day is, for whoever hears it read: ``春节 放假``."""
    label = gettext(KINDS[kind]) if kind in KINDS else ""
    return f"{gettext(words)} {label}" if words else label


def span_words(span: Span) -> str:
    """``2027-02-05 (周五) 至 2027-02-12 (周五)``, or the one day."""
    if span.first == span.last:
        return day(span.first)
    return str(_("%(first)s 至 %(last)s", first=day(span.first), last=day(span.last)))


def version_words(version: CalendarVersion) -> str:
    """What a version brought."""
    change = version.change
    if change["kind"] == "notice":
        words = _("更正 %(year)s 年放假安排") if change["correction"] else _("%(year)s 年放假安排")
        return str(words % {"year": change["year"]})
    days = ", ".join(change["days"][:3]) + (" …" if len(change["days"]) > 3 else "")
    if change["kind"] == "closure":
        return str(_("停办 %(days)s（%(why)s）", days=days, why=change["words"]))
    return str(_("撤销停办 %(days)s", days=days))
