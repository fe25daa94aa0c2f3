"""From a kind and its context to HTML, and from HTML to PDF."""

import functools
import hashlib
import threading
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from .. import clock
from . import code_drawing, guilloche, stationery
from .archival import archive
from .certificates import CertificateForm
from .fitting import size_for
from .fonts import font_configuration
from .kinds import KINDS
from .qr import qr_code
from .seal import seal

TEMPLATES = Path(__file__).parent / "templates"
COMMON = frozenset({"document", "authority", "case", "officer", "paper"})
CERTIFICATE_FIELDS = frozenset({"document", "authority", "paper", "certificate"})

_one_at_a_time = threading.Lock()  # Pango and the shared font configuration are not made for threads


class _NothingOutside(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Legal documents are complete in themselves: no file, no network."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
        """Serve ``data:`` only; anything else stops the rendering."""
        if not url.startswith("data:"):
            raise FatalURLFetchingError(f"a legal document may not load {url}")
        return super().fetch(url, headers)


def html_of(kind: str, context: Mapping[str, Any]) -> str:
    """The page of a document kind; raises ``TypeError`` when a field is absent or not of this kind."""
    form = KINDS[kind]
    _require_exactly(kind, context, COMMON | set(form.fields))
    return _environment().get_template(form.template).render(kind=form, **context)


def certificate_html(form: CertificateForm, context: Mapping[str, Any]) -> str:
    """The page of a certificate: ``certificate`` holds number, fields, parts, validity and public address."""
    _require_exactly(form.code, context, CERTIFICATE_FIELDS)
    rows = form.rows(context["certificate"]["fields"])
    return _environment().get_template(form.template).render(form=form, rows=rows, **context)


def pdf_of(html: str) -> bytes:
    """PDF in its archival form with subset fonts embedded; nothing is loaded from outside the page.

    Takes a fifth of a second; the first of a process a second more, for its fonts.
    """
    identifier = hashlib.sha256(html.encode()).digest()[:16]
    with _one_at_a_time:
        parts = stationery.split(html)
        if parts is None:
            return _paint(html, archive, identifier)
        text, code = code_drawing.cut_out(parts[0])
        below = stationery.drawn(parts[1], _paint)

        def finish(document: Any, pdf: Any) -> None:
            below.lay_under(pdf)
            if code is not None:
                code.draw(document, pdf)
            archive(document, pdf)

        return _paint(text, finish, identifier)


def _paint(html: str, finish: Callable[[Any, Any], None], identifier: bytes = b"") -> bytes:
    page = HTML(string=html, url_fetcher=_NothingOutside(), base_url="about:blank")
    return bytes(
        page.write_pdf(
            font_config=font_configuration(), finisher=finish, pdf_identifier=identifier, pdf_tags=True,
            output_intent="srgb",
        )
    )  # fmt: skip


def _require_exactly(kind: str, context: Mapping[str, Any], expected: frozenset[str]) -> None:
    if set(context) != expected:
        absent, surplus = sorted(expected - set(context)), sorted(set(context) - expected)
        raise TypeError(f"document {kind}: absent {absent}, surplus {surplus}")


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(day=day, moment=moment, money=money)
    environment.globals.update(
        seal=lambda *words: Markup(seal(*words)),  # noqa: S704 - our own drawing, its words escaped
        qr_code=lambda content: Markup(qr_code(content)),  # noqa: S704 - our own drawing
        guilloche=guilloche,
        size=lambda rows, width, height: size_for([value for _, value in rows], width, height).name,
        style=lambda name: Markup((TEMPLATES / name).read_text("utf-8")),  # noqa: S704 - our own file
    )
    return environment


def day(value: date | datetime | None) -> str:
    """2026年11月27日, an instant by its day in Shanghai; nothing for none."""
    if value is None:
        return ""
    value = clock.local_day(value) if isinstance(value, datetime) else value
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime | None) -> str:
    """2026年11月27日15时04分, in Shanghai; nothing for none."""
    if value is None:
        return ""
    here = clock.local(value)
    return f"{day(value)}{here.hour}时{here.minute:02d}分"


def money(value: Decimal) -> str:
    """Yuan with two places: 1,200.00 元."""
    return f"{value:,.2f} 元"
