"""Service of documents and certificates with its signed proof (送达回证)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import journal, permits
from .errors import DomainError
from .messages import N_
from .tables import Case, CasePart, Delivery, Document, Staff

MANNERS = {
    "in_person": N_("直接送达（窗口领取）"),
    "left": N_("留置送达"),
    "entrusted": N_("委托送达"),
    "post": N_("邮寄送达"),
    "publication": N_("公告送达"),
    "electronic": N_("电子送达"),
}
"""Manners of service, with their labels."""

GROUND = "《中华人民共和国行政许可法》第三十八条、第四十四条"
SERVED_KINDS = (
    "grant",
    "grant_change",
    "grant_renewal",
    "grant_replacement",
    "refusal",
    "not_accepted",
    "withdrawal",
)


class SignatureMissing(DomainError):
    """Handed over without a signature."""

    message = N_("请登记领取人签名；拒签时写明原因，并由两名送达人（或见证人）留置送达。")
    status = 422


class TrackingMissing(DomainError):
    """Posted without a tracking number."""

    message = N_("邮寄送达请填写邮寄单号和地址。")
    status = 422


class ServersMissing(DomainError):
    """Left service needs a second server and a witness."""

    message = N_("留置送达须有两名不同的送达人，并登记见证人。")
    status = 422


@dataclass(frozen=True)
class Service:
    """What the server wrote on the proof of service."""

    manner: str
    recipient: str
    place: str
    signature: str = ""
    tracking: str = ""
    relation: str = ""
    refusal: str = ""
    witnesses: str = ""


def served_papers(session: Session, case: Case, part: CasePart | None = None) -> list[str]:
    """Numbers of the decisions and certificates that have to be served: of a case, or of one ``part`` of it.

    What was served with a part before is not served again.
    """
    wanted = select(Document.number).where(
        Document.case_id == case.id, Document.kind.in_(SERVED_KINDS), Document.status == "valid"
    )
    issued = permits.of_case(session, case.id)
    if part is not None:
        wanted = wanted.where(Document.part_id == part.id)
        issued = [permit for permit in issued if permit.part_id == part.id]
    numbers = [*session.scalars(wanted.order_by(Document.id)), *(permit.number for permit in issued)]
    before = session.scalars(select(Delivery).where(Delivery.case_id == case.id))
    served = {number for delivery in before for number in delivery.served}
    return [number for number in numbers if number not in served]


def serve(
    session: Session,
    case: Case,
    staff: Staff,
    second: Staff | None,
    service: Service,
    now: datetime,
    part: CasePart | None = None,
) -> Delivery:
    """Record one service, of the case or of one ``part`` of it. Raises ``SignatureMissing``, ``TrackingMissing`` or ``ServersMissing``."""
    require_complete(service, staff, second)
    delivery = Delivery(
        case_id=case.id, manner=service.manner, recipient=service.recipient.strip(), place=service.place.strip(),
        tracking=service.tracking.strip(), served=served_papers(session, case, part),
        signature=service.signature.strip(), relation=service.relation.strip(),
        refusal=service.refusal.strip(), witnesses=service.witnesses.strip(),
        first_server_id=staff.id, second_server_id=second.id if second else None, at=now,
    )  # fmt: skip
    session.add(delivery)
    session.flush()
    journal.write(
        session, "deliver", now=now, staff=staff, case=case, ground=GROUND,
        after={"manner": service.manner, "recipient": delivery.recipient, "papers": len(delivery.served)},
    )  # fmt: skip
    return delivery


def require_complete(service: Service, staff: Staff, second: Staff | None) -> None:
    """What each manner of service needs to be proved."""
    if service.manner not in MANNERS or not (service.recipient.strip() and service.place.strip()):
        raise SignatureMissing
    if service.manner in ("in_person", "entrusted") and not service.signature.strip():
        raise SignatureMissing
    if service.manner == "post" and not service.tracking.strip():
        raise TrackingMissing
    if service.manner == "left":
        if not service.refusal.strip():
            raise SignatureMissing
        if second is None or second.id == staff.id or not service.witnesses.strip():
            raise ServersMissing
