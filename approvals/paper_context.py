"""What papers show of the tables: the body that speaks, the case, the certificate."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from . import clock, qr_payload
from .catalogue import item_for
from .commitment_clauses import way_told
from .printing import setup
from .tables import Case, CasePart, Department, Permit, Staff
from .terms import RequestKind

LICENCE = "administrative_licence"
BY_ITSELF = {"name": "期限届满，系统自动出具", "number": ""}


def head(number: str, title: str, now: datetime) -> dict[str, Any]:
    """Number, title and day; the instant goes into the file's own data."""
    return {"number": number, "title": title, "issued_on": clock.local_day(now), "issued_at": now.isoformat()}


def document(
    case: Case, part: CasePart | None, department: Department, officer: Staff | None
) -> dict[str, Any]:
    """What every document of a case shows: authority, case, officer (or that nobody acted), paper."""
    return {
        "authority": authority(department),
        "case": _case(case, part),
        "officer": {"name": officer.name, "number": officer.officer_number} if officer else BY_ITSELF,
        "paper": setup.current(),
    }


def authority(department: Department) -> dict[str, str]:
    """The body in whose name a paper speaks, with the bodies of its remedies."""
    return {
        "name": department.zh,
        "abbreviation": department.abbreviation,
        "phone": department.phone,
        "address": department.address,
        "reconsideration_body": department.reconsideration_body,
        "court": department.court,
    }


def certificate_number(permit: Permit) -> str:
    """The number of a certificate's paper: the permit's own, from the second version on with the version."""
    return permit.number if permit.version == 1 else f"{permit.number}（第{permit.version}版）"


def certificate(
    permit: Permit, department: Department, now: datetime, request: str = RequestKind.NEW
) -> dict[str, Any]:
    """What a certificate shows; its identifier is set. One issued on a ``request`` for a lost paper is marked so."""
    mark = "（补发）" if request == RequestKind.REPLACEMENT else ""
    paper = setup.current()
    facts = qr_payload.Facts(
        permit.public_id, permit.number, permit.version, permit.holder, permit.kind, permit.valid_from,
        permit.valid_until, department.abbreviation,
    )  # fmt: skip
    address = paper.verification_url.format(public_id=permit.public_id)
    return {
        "document": head(certificate_number(permit), str(permit.name["zh"]), now),
        "authority": authority(department),
        "paper": paper,
        "certificate": {
            "title": permit.name["zh"],
            "subtitle": validity_text(permit.valid_from, permit.valid_until) + mark,
            "number": permit.number,
            "identifier": permit.identifier,
            "facts": _facts(facts, permit.identifier, department),
            "fields": {key: value for key, value in permit.fields.items() if key != "parts"},
            "parts": permit.fields.get("parts", []),
            "verification_url": f"{address}#{qr_payload.payload_of(facts, qr_payload.current())}",
        },
    }


def _facts(facts: qr_payload.Facts, identifier: str, department: Department) -> dict[str, str]:
    """What the file itself carries for machines, by the names of its XMP."""
    return {
        "number": facts.number,
        "version": str(facts.version),
        "identifier": identifier,
        "public-id": facts.public_id,
        "kind": facts.kind,
        "holder": facts.holder,
        "issuer": department.zh,
        "valid-from": facts.valid_from.isoformat(),
        "valid-until": facts.valid_until.isoformat() if facts.valid_until else "",
    }


def validity_text(first: date, last: date | None) -> str:
    """有效期：2026年11月27日 至 2031年11月26日, or 长期."""
    until = f"{last.year}年{last.month}月{last.day}日" if last else "长期"
    return f"有效期：{first.year}年{first.month}月{first.day}日 至 {until}"


def _case(case: Case, part: CasePart | None) -> dict[str, Any]:
    item = part.item if part is not None and part.item is not None else case.item
    applicant, agent = case.applicant, case.agent
    asked = item_for(case) if case.request != RequestKind.NEW else None
    organisation = applicant is not None and applicant.kind == "organisation"
    return {
        "number": case.number or "",
        "query_code": case.query_code or "",
        "item": (asked or item).name["zh"],
        "subject": case.subject,
        "applicant": applicant.name if applicant else "",
        "applicant_number": (applicant.number if organisation else applicant.number_mask)
        if applicant
        else "",
        "representative": applicant.representative if applicant else "",
        "agent": agent.name if agent else "",
        "basis": [basis.zh for basis in asked.basis]
        if asked
        else [_basis_text(basis) for basis in item.definition.get("basis", ())],
        "way": way_told(case),
        "licence": item.definition.get("type", LICENCE) == LICENCE,
    }


def _basis_text(basis: Mapping[str, Any]) -> str:
    return f"《{basis['law']['zh']}》{(basis.get('article') or {}).get('zh', '')}"


def texts(value: Any) -> list[str]:
    """All values inside, as text."""
    if isinstance(value, Mapping):
        return [text for entry in value.values() for text in texts(entry)]
    if isinstance(value, list):
        return [text for entry in value for text in texts(entry)]
    return [str(value)]
