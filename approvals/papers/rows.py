"""What papers list of a case: materials, departments, limits; and how each is issued."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from .. import catalogue, documents
from ..item_definition import Limit
from ..tables import Case, CaseMaterial, CasePart, Document, Staff
from ..terms import MaterialState

UNITS = {"working": "个工作日", "calendar": "日"}
Rows = list[dict[str, Any]]


def issue(
    session: Session,
    kind: str,
    case: Case,
    officer: Staff | None,
    now: datetime,
    fields: dict[str, Any],
    part: CasePart | None = None,
) -> Document:
    """Issue one paper in the name of the part's department, or of the case's."""
    department = part.department if part is not None else case.department
    return documents.issue(
        session, kind, case=case, part=part, department=department, fields=fields, officer=officer, now=now
    )


def material_rows(case: Case) -> Rows:
    """The materials as papers list them."""
    return [
        {
            "name": name_of(material),
            "originals": material.originals,
            "copies": material.copies,
            "note": _note(material),
        }
        for material in case.materials
        if material.state not in (MaterialState.NOT_APPLICABLE, MaterialState.MISSING)
    ]


def _note(material: CaseMaterial) -> str:
    if material.state == MaterialState.DEFERRED and material.deferred_until:
        return f"容缺，{material.deferred_until}前补交"
    if material.state in (MaterialState.SHARED, MaterialState.DEFECTIVE):
        return MaterialState(material.state).label
    return ""


def paid_fees(case: Case) -> str:
    """What goes back of the fees when a case ends without a decision; empty where nothing was paid."""
    paid = [f"{fee.name['zh']} {fee.amount:.2f} 元" for fee in case.fees if fee.state == "paid"]
    return f"已缴{'、'.join(paid)}，请向收费窗口办理退付。" if paid else ""


def returned_rows(returned: Sequence[CaseMaterial], how: str = "当面退还") -> Rows:
    """The originals that go back, and how."""
    return [
        {"name": name_of(material), "originals": material.originals, "copies": 0, "note": how}
        for material in returned
    ]


def department_rows(case: Case, parts: Sequence[CasePart] | None = None) -> Rows:
    """Which department does what until when; none for a plain case."""
    if not catalogue.item_of(case.item).parts:
        return []
    return [
        {
            "name": part.department.zh,
            "work": part.name["zh"] + _manner(case, part),
            "due": part.promised_due or case.promised_due,
        }
        for part in (case.parts if parts is None else parts)
    ]


def _manner(case: Case, part: CasePart) -> str:
    manner = "只提意见" if not part.decides else ""
    lead = "牵头" if part.department_id == case.department_id else ""
    words = "，".join(word for word in (lead, manner) if word)
    return f"（{words}）" if words else ""


def limit_texts(case: Case) -> dict[str, str]:
    """Both limits in words: 45个工作日."""
    item = catalogue.item_for(case)
    return {"statutory": limit_text(item.statutory), "promised": limit_text(item.promised)}


def limit_text(limit: Limit | None) -> str:
    """One limit in words."""
    if limit is None:
        return ""
    if limit.days == 0:
        return "即时办结"
    return f"{limit.days}{UNITS[limit.unit]}"


def name_of(material: CaseMaterial) -> str:
    """The material's Chinese name."""
    return str(material.line["name"]["zh"])


def how_to_submit(material: CaseMaterial) -> str:
    """How many originals and copies are asked for."""
    counts = [
        f"{label} {material.line[key]} 份"
        for key, label in (("originals", "原件"), ("copies", "复印件"))
        if material.line[key]
    ]
    return "、".join(counts) or "按清单提交"
