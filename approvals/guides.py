"""The one-page guide (一次性告知单) of an item: everything a person must know before coming."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from sqlalchemy.orm import Session

from . import catalogue, clock, paper_context
from .catalogue import ChecklistLine, Item
from .papers.rows import limit_text
from .printing import setup
from .printing.kinds import KINDS
from .printing.render import html_of
from .tables import ServiceItem

NECESSITY = {"required": "必要", "may_follow": "可容缺", "optional": "非必要"}
STEPS: Mapping[str, tuple[str, ...]] = {
    "instant": ("申请", "受理", "当场决定", "制证", "送达"),
    "ordinary": ("申请", "受理", "审查", "决定", "制证", "送达"),
    "joint": ("一窗申请", "统一受理", "抄告并联审查", "汇总意见", "各部门决定", "统一制证", "统一送达"),
}
SPECIAL = {
    "extension": "延长期限",
    "hearing": "听证",
    "tender": "招标",
    "auction": "拍卖",
    "inspection": "检验",
    "testing": "检测",
    "quarantine": "检疫",
    "appraisal": "鉴定",
    "expert_review": "专家评审",
}
"""What may stop the clock by law (行政许可法 42, 45)."""


def guide_html(session: Session, row: ServiceItem, now: datetime) -> str:
    """The guide as it stands today; the same text all day. It has no number: it decides nothing."""
    item = catalogue.item_of(row)
    today = clock.local_day(now)
    morning = datetime.combine(today, time(), clock.ZONE)
    head = {"number": "", "title": KINDS["guide"].title, "issued_on": today, "issued_at": morning.isoformat()}
    return html_of(
        "guide",
        {
            "document": head,
            "authority": paper_context.authority(row.department),
            "case": _no_case(item),
            "officer": {"name": "综合窗口", "number": ""},
            "paper": setup.current(),
            **_facts(item),
            "materials": [_material_row(line, item) for line in _everything(session, item)],
            "fees": _fees(session, item),
        },
    )


def _facts(item: Item) -> dict[str, Any]:
    return {
        "conditions": [condition["zh"] for condition in item.conditions],
        "basis": [basis.zh for basis in item.basis],
        "steps": list(STEPS[item.procedure]),
        "statutory": limit_text(item.statutory) or "无法定期限",
        "promised": limit_text(item.promised),
        "result": item.certificate.name["zh"] if item.certificate else "批准文书",
        "place": item.place["zh"],
        "hours": item.hours["zh"],
        "enquiry_phone": item.enquiry_phone,
        "complaint_phone": item.complaint_phone,
        "special_procedures": [SPECIAL.get(code, code) for code in item.special_procedures] or ["无"],
        "visits": item.visits,
    }


def _askers(session: Session, item: Item) -> list[Item]:
    return [catalogue.item_of(catalogue.current(session, part.item)) for part in item.parts]


def _everything(session: Session, item: Item) -> tuple[ChecklistLine, ...]:
    """All materials any situation can ask for, each once."""
    return catalogue.checklist(
        _unconditional(item), [_unconditional(part) for part in _askers(session, item)], {}
    )


def _unconditional(item: Item) -> Item:
    return replace(item, materials=tuple(replace(material, when=None) for material in item.materials))


def _material_row(line: ChecklistLine, item: Item) -> dict[str, Any]:
    notes = [criterion.text["zh"] for criterion in line.criteria] + [note["zh"] for note in line.notes]
    if line.shared_exempt:
        notes.insert(0, "部门共享，免交")
    return {
        "name": line.name["zh"],
        "originals": line.originals,
        "copies": line.copies,
        "necessity": NECESSITY["required" if line.deferrable and item.deferral is None else line.necessity],
        "note": "；".join(dict.fromkeys(note.rstrip("。；") for note in notes)),
    }


def _fees(session: Session, item: Item) -> list[dict[str, Any]]:
    listed = {fee.code: fee for asker in (item, *_askers(session, item)) for fee in asker.fees}
    return [
        {
            "name": fee.name["zh"] + (f"（每{fee.unit['zh']}）" if fee.unit else ""),
            "amount": fee.amount,
            "basis": fee.basis.zh,
            "reducible": fee.reducible,
        }
        for fee in listed.values()
    ]


def _no_case(item: Item) -> dict[str, Any]:
    return {
        "number": "",
        "query_code": "",
        "item": item.name["zh"],
        "subject": "",
        "applicant": "",
        "applicant_number": "",
        "representative": "",
        "agent": "",
        "basis": [basis.zh for basis in item.basis],
        "licence": item.type == "administrative_licence",
    }
