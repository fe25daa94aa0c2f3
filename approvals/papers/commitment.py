"""Papers of notice and commitment: 告知承诺告知书 in the authority's name, 告知承诺书 in the applicant's."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import calendars, clock, paper_context
from ..catalogue import item_of
from ..commitment_clauses import is_committed, terms_of
from ..commitment_signing import Capacity, Manner
from ..errors import NotFound
from ..item_commitment import Commitment as Terms
from ..printing.kinds import KINDS
from ..printing.render import html_of
from ..tables import CasePart, Commitment, CommitmentClause, Document, Staff
from ..terms import MaterialState
from . import rows


def commitment_notice(session: Session, row: Commitment, officer: Staff, now: datetime) -> Document:
    """告知承诺告知书: conditions, clauses with their standards, what they replace, verification, liability, rights."""
    terms, item = _terms(row), item_of(row.part.item or row.case.item)
    fields = {
        "part": row.part.name["zh"],
        "basis": [basis.zh for basis in item.basis],
        "conditions": [condition["zh"] for condition in item.conditions],
        "clauses": [_clause(clause, terms) for clause in row.clauses],
        "materials": _asked(row, item.code),
        "following": _following(row, terms),
        "verification": rows.limit_text(terms.verification),
        "rectification": f"{terms.rectification_days}个工作日",
        "safety": terms.safety,
        "published": terms.published,
        "sign_by": row.sign_by,
        "provisional": _provisional(session, row),
        "version": row.text_version,
    }
    return rows.issue(session, "commitment_notice", row.case, officer, now, fields, row.part)


def commitment_paper(session: Session, row: Commitment, officer: Staff, now: datetime) -> Document:
    """告知承诺书: every clause ticked, who signed by what right, and the signature where it was drawn on screen."""
    fields = _pledged(session, row) | {
        "capacity": Capacity(row.capacity).label,
        "manner": Manner(row.manner).label,
        "taken_by": officer.name if row.taken_by_id else "",
    }
    return rows.issue(session, "commitment", row.case, officer, now, fields, row.part)


def commitment_to_sign(session: Session, row: Commitment, officer: Staff, now: datetime) -> str:
    """The page of the commitment to be signed on paper: boxes and lines are empty; it has no number and is not kept."""
    part = row.part
    fields = _pledged(session, row) | {"capacity": "", "manner": "", "taken_by": ""}
    shared = paper_context.document(row.case, part, part.department, officer) | fields
    head = paper_context.head("", KINDS["commitment"].title, now)
    return html_of("commitment", shared | {"document": head})


def commitment_number(session: Session, part: CasePart) -> str:
    """The number of the 承诺书 a part is decided on; empty where it goes the ordinary way."""
    if not is_committed(part):
        return ""
    query = select(Document.number).join(Commitment, Commitment.document_id == Document.id)
    return session.scalar(query.where(Commitment.part_id == part.id)) or ""


def _pledged(session: Session, row: Commitment) -> dict[str, Any]:
    terms = _terms(row)
    notice = session.get(Document, row.notice_document_id) if row.notice_document_id else None
    return {
        "part": row.part.name["zh"],
        "notice_number": notice.number if notice else "",
        "notice_on": row.offered_at,
        "clauses": [_clause(clause, terms) for clause in row.clauses],
        "following": _following(row, terms),
        "signatory": row.signatory,
        "signature": row.signature,
        "made_on": row.made_at,
        "version": row.text_version,
    }


def _terms(row: Commitment) -> Terms:
    item = row.part.item or row.case.item
    terms = terms_of(row.part) or item_of(item).commitment
    if terms is None:
        raise NotFound
    return terms


def _clause(clause: CommitmentClause, terms: Terms) -> dict[str, object]:
    """One clause as both papers list it."""
    days = {each.code: each.follow_days for each in terms.clauses}
    return {
        "text": clause.text["zh"],
        "standard": clause.standard["zh"],
        "replaces": clause.replaced_name.get("zh", ""),
        "follow_days": days.get(clause.code) if clause.follow_by else None,
        "department": clause.department.zh,
        "on_site": clause.on_site,
        "ticked": clause.ticked_at is not None,
    }


def _following(row: Commitment, terms: Terms) -> list[dict[str, object]]:
    listed = [_clause(clause, terms) for clause in row.clauses if clause.follow_by]
    return [{"name": each["replaces"], "follow_days": each["follow_days"]} for each in listed]


def _asked(row: Commitment, item_code: str) -> rows.Rows:
    """The materials this part still asks for."""
    promised = (MaterialState.COMMITTED, MaterialState.FOLLOWING, MaterialState.NOT_APPLICABLE)
    return [
        {
            "name": rows.name_of(material),
            "originals": material.line["originals"],
            "copies": material.line["copies"],
            "note": "部门共享，免交" if material.state == MaterialState.SHARED else "",
        }
        for material in row.case.materials
        if item_code in material.line["asked_by"] and material.state not in promised
    ]


def _provisional(session: Session, row: Commitment) -> bool:
    calendar = calendars.current(session)
    return calendar.is_provisional_between(clock.local_day(row.offered_at), clock.local_day(row.sign_by))
