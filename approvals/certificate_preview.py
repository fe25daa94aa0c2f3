"""Certificates as they would be issued (预览): no number is taken, nothing is written.

A preview carries no number, identifier, code or seal and says across the page what it is.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import (
    certificate_fields,
    certificate_templates,
    clock,
    paper_context,
    permit_issue,
    permit_requests,
    permits,
)
from .catalogue import item_of
from .errors import DomainError
from .item_definition import Item
from .messages import N_
from .printing import setup
from .printing.fonts import require_glyphs, text_of
from .printing.render import certificate_html
from .tables import Case, CasePart, CertificateTemplate, Decision, Department
from .terms import RequestKind

PREVIEW = "预览"
SAMPLE = "样本"
LATER = "制发时编号"

SAMPLE_FIELDS = {
    "holder": "渝记小面馆（示例）", "credit_code": "92330110MA2B0Q1X78", "representative": "赵某某（示例）",
    "residence": "示例县城东街道示例路 18 号", "place": "示例县城东街道示例路 18 号 1 层", "trade": "餐饮",
    "scope": "按审批决定记载的许可范围（示例）", "project": "城东邻里中心工程（示例）",
    "provider": "示例县朝阳居家养老服务中心（示例）",
}  # fmt: skip
"""Invented values of a sample; a label without one shows that a value stands there."""
SAMPLE_VALUE = "示例内容"
SAMPLE_PARTS = [
    {"name": name, "number": LATER, "valid_until": "2031-11-26"}
    for name in (
        "食品经营许可证",
        "公众聚集场所投入使用、营业前消防安全检查合格证",
        "城镇污水排入排水管网许可证",
    )
]
SAMPLE_FROM, SAMPLE_UNTIL = date(2026, 11, 27), date(2031, 11, 26)


class NothingToPreview(DomainError):
    """Only what was granted, or may still be, has a certificate to look at."""

    message = N_("“%(name)s”没有可以预览的证照：未准予许可，或者本事项只出具决定书、不发证照。")
    status = 409


def page_of_part(session: Session, part: CasePart, now: datetime) -> str:
    """The certificate of one part; raises ``NothingToPreview``, ``UnknownTemplate`` or ``GlyphMissing``."""
    case = part.case
    item = item_of(part.item or case.item)
    decision = session.scalar(select(Decision).where(Decision.part_id == part.id))
    if case.request != RequestKind.NEW:
        return _page_of_request(session, part, item, decision, now)
    if item.certificate is None or (decision is not None and not decision.granted):
        raise NothingToPreview(name=part.name["zh"])
    scope = decision.scope if decision is not None else ""
    first = clock.local_day(decision.at if decision is not None else now)
    fields = certificate_fields.fields_of(session, case, item, scope, now)
    return _page(session, item, part.department, fields, [], (first, _until(item, first)), now)


def _page_of_request(
    session: Session, part: CasePart, item: Item, decision: Decision | None, now: datetime
) -> str:
    """The next version of the permit that a change, renewal or replacement is about."""
    if decision is not None and not decision.granted:
        raise NothingToPreview(name=part.name["zh"])
    permit = permit_requests.standing(session, permit_requests.permit_of(session, part.case))
    decided_at = decision.at if decision is not None else now
    paper = permit_issue.next_paper(session, part.case, permit, decided_at, now)
    return _page(session, item, part.department, paper.fields, [], (paper.first, paper.last), now)


def page_of_whole(session: Session, case: Case, now: datetime) -> str:
    """The comprehensive licence over what was granted; raises as ``page_of_part``.

    It ends with the first of its parts, and issues only where no required part was refused.
    """
    item = item_of(case.item)
    decisions = session.scalars(
        select(Decision).where(Decision.case_id == case.id).order_by(Decision.part_id)
    ).all()
    refused = any(not decision.granted and decision.part.required for decision in decisions)
    granted = [(each.part, item_of(each.part.item or case.item), each) for each in decisions if each.granted]
    listed = [
        (part, part_item, _until(part_item, clock.local_day(decision.at)))
        for part, part_item, decision in granted
        if part_item.certificate is not None
    ]
    if not item.parts or item.certificate is None or refused or not listed:
        raise NothingToPreview(name=item.name["zh"])
    first = clock.local_day(case.decided_at or now)
    ends = [end for end in (_until(item, first), *(end for _, _, end in listed)) if end]
    rows = [
        {
            "name": part_item.certificate.name["zh"] if part_item.certificate else "",
            "number": LATER,
            "valid_until": end.isoformat() if end else "",
        }
        for _, part_item, end in listed
    ]
    fields = certificate_fields.fields_of(session, case, item, "", now)
    return _page(session, item, case.department, fields, rows, (first, min(ends, default=None)), now)


def pages_of(session: Session, case: Case, now: datetime) -> list[str]:
    """Every certificate the case would yield now, the comprehensive licence first; raises ``NothingToPreview``."""
    pages = []
    with suppress(NothingToPreview):
        pages.append(page_of_whole(session, case, now))
    for part in case.parts:
        with suppress(NothingToPreview):
            pages.append(page_of_part(session, part, now))
    if not pages:
        raise NothingToPreview(name=case.item.name["zh"])
    return pages


def sample(row: CertificateTemplate, department: Department, now: datetime) -> str:
    """One version of a printed form with invented values, marked as a sample across the page."""
    form = certificate_templates.form(row)
    fields = {label.key: SAMPLE_FIELDS.get(label.key, SAMPLE_VALUE) for label in form.labels}
    parts = SAMPLE_PARTS if "trade" in fields else []  # the licence over several trades lists them
    shown = _certificate(form.title["zh"], fields, parts, (SAMPLE_FROM, SAMPLE_UNTIL), SAMPLE)
    return certificate_html(form, _context(form.title["zh"], department, shown, now))


def _until(item: Item, first: date) -> date | None:
    return permits.validity_end(first, item.certificate.years if item.certificate else None)


def _page(
    session: Session, item: Item, department: Department, fields: Mapping[str, str], parts: list[dict[str, str]],
    validity: tuple[date, date | None], now: datetime,
) -> str:  # fmt: skip
    """The page on the printed form in force; raises ``UnknownTemplate`` or ``GlyphMissing``."""
    if item.certificate is None:
        raise NothingToPreview(name=item.name["zh"])
    title = item.certificate.name["zh"]
    form = certificate_templates.form(certificate_templates.current(session, item.certificate.template))
    shown = _certificate(title, fields, parts, validity, PREVIEW)
    html = certificate_html(form, _context(title, department, shown, now))
    require_glyphs(text_of(html))
    return html


def _certificate(
    title: str, fields: Mapping[str, str], parts: list[dict[str, str]], validity: tuple[date, date | None], mark: str
) -> dict[str, Any]:  # fmt: skip
    """What stands on a page that is no certificate: no number, identifier or address of a code."""
    return {
        "title": title,
        "subtitle": paper_context.validity_text(*validity),
        "number": "",
        "identifier": "",
        "fields": dict(fields),
        "parts": parts,
        "verification_url": "",
        "facts": {},
        "mark": mark,
    }


def _context(title: str, department: Department, shown: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "document": paper_context.head("", title, now),
        "authority": paper_context.authority(department),
        "paper": setup.current(),
        "certificate": shown,
    }
