"""Applicants: found again by their number, checked by its check digit, shown by masks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forms import formats

from .. import authority, journal
from ..errors import Invalid, NotFound, ReasonRequired
from ..messages import N_
from ..secrets import blind_index, mask
from ..tables import Applicant, Case, CasePart, Staff

NUMBERS: dict[str, Callable[[str], str]] = {
    "person": formats.resident_id,
    "organisation": formats.credit_code,
}


@dataclass(frozen=True)
class Revealed:
    """An applicant's data in full, for the one who asked and was journalled."""

    number: str
    phone: str
    email: str


def find_or_create(
    session: Session,
    by: Staff,
    *,
    kind: str,
    name: str,
    number: str,
    phone: str,
    now: datetime,
    email: str = "",
    address: str = "",
    representative: str = "",
) -> Applicant:
    """The applicant with this number, with today's name and contact; made where new.

    ``kind`` is ``person`` (resident ID) or ``organisation`` (unified credit code). Raises ``Invalid`` by field.
    """
    authority.require(by, "intake")
    values = _checked(kind, name=name, number=number, phone=phone, email=email)
    values |= {"address": formats.clean_text(address, lines=True), "representative": representative.strip()}
    applicant = _locked(session, kind, values)
    if applicant is None:
        applicant = _created(session, kind, values)
        journal.write(session, "register_applicant", now=now, staff=by, after=_public(applicant))
        return applicant
    before = _public(applicant)
    _update(applicant, values)
    after = _public(applicant)
    if after != before:
        journal.write(session, "update_applicant", now=now, staff=by, before=before, after=after)
    session.flush()
    return applicant


def reveal(
    session: Session, by: Staff, applicant: Applicant, case: Case, why: str, *, now: datetime
) -> Revealed:
    """Show number, phone and mail in full; who looked, at what and why is journalled.

    Raises ``NotFound`` where the person may not see the case or the applicant is not part of it,
    ``ReasonRequired`` without a reason.
    """
    authority.require(by, "reveal", by.department_id)
    departments = session.scalars(select(CasePart.department_id).where(CasePart.case_id == case.id)).all()
    if not authority.sees(session, by, case, departments) or applicant.id not in (
        case.applicant_id,
        case.agent_id,
    ):
        raise NotFound
    if not why.strip():
        raise ReasonRequired
    journal.write(
        session,
        "reveal",
        now=now,
        staff=by,
        case=case,
        after={"applicant": applicant.name, "number": applicant.number_mask, "why": why.strip()[:200]},
    )
    return Revealed(applicant.number, applicant.phone, applicant.email)


def _checked(kind: str, **typed: str) -> dict[str, str]:
    if kind not in NUMBERS:
        raise Invalid({"kind": (N_("请选择申请人是个人还是组织。"), {})})
    checks = {"name": formats.name, "number": NUMBERS[kind], "phone": formats.phone, "email": formats.email}
    values: dict[str, str] = {}
    faults: dict[str, tuple[str, dict[str, object]]] = {}
    for field, text in typed.items():
        if field == "email" and not text.strip():
            values[field] = ""
            continue
        try:
            values[field] = checks[field](text)
        except formats.FormatFault as fault:
            faults[field] = (fault.message, dict(fault.params))
    if faults:
        raise Invalid(faults)
    return values


def _locked(session: Session, kind: str, values: dict[str, str]) -> Applicant | None:
    return session.scalars(
        select(Applicant)
        .where(Applicant.kind == kind, Applicant.number_index == blind_index(values["number"]))
        .with_for_update()
    ).one_or_none()


def _created(session: Session, kind: str, values: dict[str, str]) -> Applicant:
    """Insert; where two windows enter the same person at once, both get the one row."""
    row = {
        "kind": kind,
        **values,
        "number_index": blind_index(values["number"]),
        "number_mask": mask(values["number"]),
        "phone_index": blind_index(values["phone"]),
        "phone_mask": mask(values["phone"]),
    }
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(Applicant).values(row).on_conflict_do_nothing())
    applicant = _locked(session, kind, values)
    if applicant is None:  # cannot be: the row was inserted here or stood in the way
        raise NotFound
    return applicant


def _update(applicant: Applicant, values: dict[str, str]) -> None:
    applicant.name = values["name"]
    applicant.phone = values["phone"]
    applicant.phone_index = blind_index(values["phone"])
    applicant.phone_mask = mask(values["phone"])
    for field in ("email", "address", "representative"):
        if values[field]:
            setattr(applicant, field, values[field])


def _public(applicant: Applicant) -> dict[str, str]:
    return {
        "name": applicant.name,
        "number": applicant.number_mask,
        "phone": applicant.phone_mask,
        "address": applicant.address,
        "representative": applicant.representative,
    }
