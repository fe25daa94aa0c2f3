"""Two languages: Chinese by default, English one click away; dates and money as people read them."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.dates import get_day_names
from flask import Flask, request
from flask_babel import Babel, get_locale, gettext, ngettext

from approvals import clock, terms
from approvals.catalogue import item_for
from approvals.tables import Case
from approvals.terms import RequestKind, Term

from .calendars import calendar, is_behind, missing_notice

LANGUAGES = {"zh": "中文", "en": "English"}
COOKIE = "language"
TERMS: dict[str, type[Term]] = {
    name: kind
    for name, kind in vars(terms).items()
    if isinstance(kind, type) and issubclass(kind, Term) and kind is not Term
}
babel = Babel()


def init_app(app: Flask) -> None:
    """Choose the language by cookie; give the templates their filters and the term classes."""
    babel.init_app(app, default_locale="zh", locale_selector=_language, default_timezone=clock.ZONE.key)
    app.jinja_env.filters.update(
        local=local,
        asked_for=asked_for,
        day=day,
        instant=instant,
        clock_time=clock_time,
        money=money,
        term=label,
        listed=listed,
        clauses=clauses,
        reasons=reasons,
        window=window,
        limit_words=limit_words,
    )
    app.jinja_env.tests.update(provisional=is_provisional, behind=is_behind)
    app.jinja_env.globals.update(
        missing_notice=missing_notice,
        term=term,
        speak=speak,
        language=language,
        other_language=other_language,
        **TERMS,
    )
    app.jinja_env.policies["ext.i18n.trimmed"] = True


def asked_for(case: Case) -> Mapping[str, str]:
    """What a case asks for: its item, or the change, renewal or replacement of a certificate."""
    return case.item.name if case.request == RequestKind.NEW else item_for(case).name


def language() -> str:
    """``zh`` or ``en``."""
    return str(get_locale() or "zh")[:2]


def other_language() -> str:
    """The language the switch offers."""
    return "en" if language() == "zh" else "zh"


def local(text: Mapping[str, str] | str | None) -> str:
    """The words of a ``{zh, en}`` value in the reader's language; Chinese where the other is missing."""
    if not text:
        return ""
    if isinstance(text, str):
        return text
    return text.get(language()) or text["zh"]


def term(kind: type[Term], code: str | None) -> str:
    """The translated label of ``code``; empty for none. Raises ``ValueError`` for a code of no such term."""
    return str(gettext(kind(code).label)) if code else ""


def label(value: Term | str | None, kind: str = "") -> str:
    """The filter form: ``{{ case.state|term('CaseState') }}``, or of a term itself."""
    if not value:
        return ""
    return str(gettext(value.label)) if isinstance(value, Term) else term(TERMS[kind], value)


def day(value: date | datetime | None) -> str:
    """``2026-11-22 (周日)``: the local day of an instant, or a day."""
    if value is None:
        return ""
    local_day = clock.local_day(value) if isinstance(value, datetime) else value
    names = get_day_names("abbreviated", locale=get_locale() or "zh")
    return f"{local_day.isoformat()} ({names[local_day.weekday()]})"


def is_provisional(value: datetime | None) -> bool:
    """Whether this very date may still move: it falls in a year whose holidays are not announced (暂定)."""
    return value is not None and calendar().is_provisional(clock.local_day(value))


def instant(value: datetime | None) -> str:
    """``2026-11-22 10:12`` in Asia/Shanghai."""
    return clock.local(value).strftime("%Y-%m-%d %H:%M") if value else ""


def clock_time(value: datetime | None) -> str:
    """``10:12`` in Asia/Shanghai."""
    return clock.local(value).strftime("%H:%M") if value else ""


def money(value: Decimal | float | str | None) -> str:
    """Yuan with two places: ``¥1,234.00``."""
    return f"¥{Decimal(str(value)):,.2f}" if value is not None else ""


def speak(message: str, params: Mapping[str, object] | None = None) -> str:
    """Translate a message id of a lower layer, and those of its parameters that have words of their own."""
    words = gettext(message)
    return str(words % {name: _say(value) for name, value in params.items()} if params else words)


def listed(values: Iterable[object]) -> str:
    """Names and terms in the reader's language, one after the other (、)."""
    return ("、" if language() == "zh" else ", ").join(str(_say(one)) for one in values)


def clauses(sentences: Iterable[str]) -> str:
    """Whole clauses one after the other (；)."""
    return ("；" if language() == "zh" else "; ").join(sentences)


def reasons(text: str) -> str:
    """Why a department takes part: annotations of rules (message ids) joined by ；, or an officer's own words."""
    return clauses(gettext(reason) for reason in text.split("；") if reason)


def window(text: str | None) -> str:
    """A clerk's window (``6 号窗口`` or ``6``) in the reader's language; other words as they are."""
    numbered = re.fullmatch(r"(\d+)( ?号窗口)?", text or "")
    return str(gettext("%(number)s 号窗口", number=numbered[1])) if numbered else text or ""


def limit_words(limit: Mapping[str, Any] | None) -> str:
    """The limit of a step as the diagram gives it (``days``, ``unit``): ``2 个工作日``; empty for none."""
    if not limit:
        return ""
    if limit["unit"] == "calendar":
        return str(ngettext("%(num)s 日", "%(num)s 日", limit["days"]))
    return str(ngettext("%(num)s 个工作日", "%(num)s 个工作日", limit["days"]))


def _say(value: object) -> object:
    if isinstance(value, Term):
        return gettext(value.label)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Mapping):
        return local(dict[str, Any](value))
    if isinstance(value, list | tuple):
        return listed(value)
    return gettext(value) if isinstance(value, str) and value else value


def _language() -> str:
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in LANGUAGES else "zh"
