"""Papers of the end: withdrawal, proof of service."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock, delivery
from ..tables import Case, CaseMaterial, Delivery, Document, Permit, Staff
from . import rows


def withdrawal(
    session: Session,
    case: Case,
    reasons: str,
    returned: Sequence[CaseMaterial],
    officer: Staff,
    now: datetime,
) -> Document:
    """申请撤回暨终止办理通知书 with the originals that go back."""
    fields = {
        "received_on": case.received_at,
        "withdrawn_on": clock.local_day(now),
        "reasons": reasons,
        "returned": rows.returned_rows(returned),
        "fees": rows.paid_fees(case),
    }
    return rows.issue(session, "withdrawal", case, officer, now, fields)


def delivery_proof(session: Session, case: Case, served: Delivery, officer: Staff, now: datetime) -> Document:
    """送达回证: papers, recipient, manner, place, time, signature or refusal, servers."""
    titles = {
        document.number: document.title
        for document in session.scalars(select(Document).where(Document.case_id == case.id))
    }
    titles |= {
        permit.number: str(permit.name["zh"])
        for permit in session.scalars(select(Permit).where(Permit.case_id == case.id))
    }
    servers = [served.first_server]
    if served.second_server_id:
        servers.append(session.get_one(Staff, served.second_server_id))
    fields = {
        "documents": [{"title": titles.get(number, ""), "number": number} for number in served.served],
        "recipient": served.recipient,
        "manner": delivery.MANNERS[served.manner].split("（")[0],
        "place": served.place,
        "at": served.at,
        "tracking": served.tracking,
        "signature": served.signature,
        "relation": served.relation,
        "refusal": served.refusal,
        "witnesses": [name for name in served.witnesses.split("、") if name],
        "servers": [{"name": server.name, "number": server.officer_number} for server in servers],
    }
    return rows.issue(session, "delivery_proof", case, officer, now, fields)
