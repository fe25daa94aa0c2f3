"""Certificates (证照): issued once for every granted part, and one comprehensive licence over all.

A certificate is issued only when fees are paid or waived and deferred documents are complete.
"""

import secrets as random_source
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import certificate_fields, certificate_templates, clock, documents, intake, journal, numbers
from .catalogue import Item, item_of
from .errors import DomainError, NotFound
from .messages import N_
from .register_book import enter_issued, in_force
from .register_rules import status_on
from .register_standing import stand_still
from .tables import Case, CasePart, Decision, Department, Fee, Permit, Staff
from .terms import MaterialState, PermitStatus

__all__ = ["status_on"]


class FeesDue(DomainError):
    """A fee is neither paid nor waived."""

    message = N_("还有费用没有缴纳或减免：%(fees)s。请先登记缴费，再制证。")
    status = 409


class MaterialsDeferred(DomainError):
    """Deferred documents are still missing."""

    message = N_("容缺材料还没有补齐：%(materials)s。补齐前不能发证。")
    status = 409


class IssuedAlready(DomainError):
    """A part has one certificate."""

    message = N_("证照已经制发（%(number)s），没有重复制发。")
    status = 409


def issue_all(session: Session, case: Case, staff: Staff, now: datetime) -> list[Permit]:
    """Issue the certificates of all granted parts, and the comprehensive licence over them.

    The comprehensive licence issues only when no required part was refused or has ended since it was issued alone;
    it is suspended from the start where one of them is.
    Raises ``FeesDue``, ``MaterialsDeferred`` or ``IssuedAlready``.
    """
    require_ready(case)
    decisions = session.scalars(select(Decision).where(Decision.case_id == case.id)).all()
    item = item_of(case.item)
    alone = _issued_alone(session, case) if item.parts else {}
    made: dict[int, Permit | None] = {}
    for each in sorted((each for each in decisions if each.granted), key=series):
        known = alone.get(each.part_id)
        made[each.part_id] = (
            in_force(session, known.number) if known else issue_decided(session, case, each, staff, now)
        )
    permits = [permit for _, permit in sorted(made.items()) if permit is not None]
    lost = {part_id for part_id in alone if made.get(part_id) is None}
    whole = all(each.granted and each.part_id not in lost for each in decisions if each.part.required)
    if item.parts and item.certificate and permits and whole:
        licence = issue_comprehensive(session, case, item, permits, staff, now)
        stand_still(session, licence, now)
        permits.insert(0, licence)
    return permits


def _issued_alone(session: Session, case: Case) -> dict[int, Permit]:
    """The permits of committed parts, by part: issued before the joint case was. Raises ``IssuedAlready``."""
    known = [permit for permit in of_case(session, case.id) if permit.status != PermitStatus.VOIDED]
    if known and known[0].part_id is None:
        raise IssuedAlready(number=known[0].number)
    return {permit.part_id: permit for permit in known if permit.part_id}


def issue_part(session: Session, case: Case, part: CasePart, staff: Staff, now: datetime) -> Permit | None:
    """Issue the certificate of one part of a joint case alone and at once; ``None`` if it has none.

    The part was granted on a commitment; ``issue_all`` will list it with the others. Raises ``NotFound`` where it
    was not granted, ``FeesDue`` for a fee of its own, ``MaterialsDeferred`` or ``IssuedAlready``.
    """
    require_ready(case, part)
    decision = session.scalar(select(Decision).where(Decision.part_id == part.id, Decision.granted))
    if decision is None:
        raise NotFound
    return issue_decided(session, case, decision, staff, now)


def series(decision: Decision) -> tuple[str, int]:
    """In every case the same order: otherwise two could each hold the counter the other needs."""
    item = decision.part.item or decision.part.case.item
    return item.code, decision.id


def require_ready(case: Case, part: CasePart | None = None) -> None:
    """Raise unless fees are settled and deferred documents complete; of a ``part`` issued alone its own fees count."""
    due = [fee.name for fee in case.fees if fee.state == "due" and _is_charged(fee, part)]
    if due:
        raise FeesDue(fees=due)
    deferred = [m.line["name"] for m in case.materials if m.state == MaterialState.DEFERRED]
    if deferred:
        raise MaterialsDeferred(materials=deferred)


def _is_charged(fee: Fee, part: CasePart | None) -> bool:
    """Whether the part's own item lists the fee; of a whole case every fee is."""
    if part is None or part.item is None:
        return True
    return any(listed.code == fee.code for listed in item_of(part.item).fees)


def issue_decided(
    session: Session, case: Case, decision: Decision, staff: Staff, now: datetime
) -> Permit | None:
    """The certificate of one granted part, valid from the day of its decision; ``None`` if it has none."""
    part = decision.part
    item = item_of(part.item or case.item)
    if item.certificate is None:
        return None
    _require_not_issued(session, part)
    first = clock.local_day(decision.at)
    permit = _permit(session, case, item, part.department, first, now)
    permit.part_id = part.id
    permit.fields = certificate_fields.fields_of(session, case, item, decision.scope, now)
    return enter(session, permit, case, part.department, staff, now)


def issue_comprehensive(
    session: Session, case: Case, item: Item, parts: list[Permit], staff: Staff, now: datetime
) -> Permit:
    """The licence over all parts; it ends with the first of them."""
    permit = _permit(session, case, item, case.department, clock.local_day(case.decided_at or now), now)
    permit.valid_until = first_end(permit.valid_until, parts)
    permit.fields = {**certificate_fields.fields_of(session, case, item, "", now), "parts": listing(parts)}
    return enter(session, permit, case, case.department, staff, now)


def listing(parts: Sequence[Permit]) -> list[dict[str, Any]]:
    """The permits a comprehensive licence lists, as its ``fields`` keep them."""
    return [
        {
            "name": part.name["zh"],
            "number": part.number,
            "valid_until": part.valid_until.isoformat() if part.valid_until else "",
        }
        for part in parts
    ]


def first_end(own: date | None, parts: Sequence[Permit]) -> date | None:
    """A comprehensive licence ends with the first of its parts, or at its own end before."""
    return min((end for end in (own, *(part.valid_until for part in parts)) if end), default=None)


def _require_not_issued(session: Session, part: CasePart) -> None:
    made = session.scalar(
        select(Permit).where(Permit.part_id == part.id, Permit.status != PermitStatus.VOIDED)
    )
    if made is not None:
        raise IssuedAlready(number=made.number)


def _permit(
    session: Session, case: Case, item: Item, department: Department, first: date, now: datetime
) -> Permit:
    """A numbered certificate, not yet filled in; the number is given back with the transaction."""
    certificate = item.certificate
    if certificate is None:  # an item without a certificate yields a decision only
        raise NotFound
    year = clock.local_day(now).year
    serial = numbers.next_serial(session, department.abbreviation, f"permit {certificate.template}", year)
    return Permit(
        version=1,
        number=f"{certificate.number_prefix}{intake.REGION}{year}{serial:06d}",
        public_id=random_source.token_urlsafe(12),
        kind=certificate.template,
        template_id=certificate_templates.current(session, certificate.template).id,
        item_code=item.code,
        applicant_id=case.applicant_id,
        case_id=case.id,
        department_id=department.id,
        name=dict(certificate.name),
        holder=case.applicant.name if case.applicant else "",
        valid_from=first,
        valid_until=validity_end(first, certificate.years),
        issued_at=now,
        status=PermitStatus.VALID,
    )


def enter(
    session: Session, permit: Permit, case: Case, department: Department, staff: Staff | None, now: datetime
) -> Permit:
    """Print it as a document and write it down: in the register and in the journal. ``staff`` None: by law."""
    permit.document_id = documents.issue_certificate(session, permit, department, case, staff, now).id
    session.add(permit)
    session.flush()
    enter_issued(session, permit, staff, now)
    journal.write(
        session, "issue_permit", now=now, staff=staff, case=case,
        part=session.get(CasePart, permit.part_id) if permit.part_id else None,
        ground="《中华人民共和国行政许可法》第三十九条、第四十四条",
        after={"number": permit.number, "permit": permit.name["zh"], "until": str(permit.valid_until or "")},
    )  # fmt: skip
    return permit


def validity_end(first: date, years: int | None) -> date | None:
    """Last day of a validity of whole years: 2026-11-27 and 5 years give 2031-11-26."""
    if years is None:
        return None
    try:
        anniversary = first.replace(year=first.year + years)
    except ValueError:  # 29 February
        anniversary = date(first.year + years, 3, 1)
    return anniversary - timedelta(days=1)


def scope_of(session: Session, case: Case, item: Item, now: datetime) -> str:
    """The scope as the form's answers give it, or the item's name."""
    return certificate_fields.fields_of(session, case, item, "", now).get("scope", item.name["zh"])


def by_public_id(session: Session, public_id: str) -> Permit:
    """The permit a QR code names; raises ``NotFound``."""
    permit = session.scalar(select(Permit).where(Permit.public_id == public_id))
    if permit is None:
        raise NotFound
    return permit


def of_case(session: Session, case_id: int) -> list[Permit]:
    """The permits of a case, the comprehensive licence first."""
    rows = session.scalars(select(Permit).where(Permit.case_id == case_id).order_by(Permit.id)).all()
    return sorted(rows, key=lambda permit: (permit.part_id is not None, permit.id))
