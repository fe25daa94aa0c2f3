"""A wrong document is rectified or voided by the head of its department; number and text stay on record."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from . import authority, documents, journal, register, tasks
from .errors import DomainError, NotFound
from .messages import N_
from .tables import Case, Document, Permit, PermitEvent, Proceeding, Staff


class NothingToRectify(DomainError):
    """A rectification says where what was wrong, and what is right."""

    message = N_("请至少写明一处：在哪里、原来写的什么、应为什么。")
    status = 422


class CertificateByReissue(DomainError):
    """What a certificate says is not put right by a notice; it is voided and issued again."""

    message = N_("证照有误不能用更正通知书更正，请作废后重新制发。")
    status = 422


class BasisOfRegister(DomainError):
    """A paper that an act on a permit rests on stands as long as the act does."""

    message = N_(
        "文书%(number)s是证照%(permit)s监管程序的文书，不能作废：证照登记以它为依据。确有笔误的，请用更正通知书更正。"
    )
    status = 409


def rectify(
    session: Session,
    document_id: int,
    staff: Staff,
    changes: Sequence[Mapping[str, str]],
    reasons: str,
    now: datetime,
) -> Document:
    """Issue a 更正通知书 for slips of the pen; ``changes`` are ``where``, ``wrong``, ``right``.

    Raises ``Forbidden``, ``NothingToRectify``, ``CertificateByReissue``, ``ReasonRequired`` or ``DocumentClosed``.
    """
    document = _locked(session, document_id, staff)
    if document.kind.startswith("certificate_"):
        raise CertificateByReissue
    complete = [dict(change) for change in changes if all(change.get(key, "").strip() for key in CHANGE)]
    if not complete:
        raise NothingToRectify
    case = session.get_one(Case, document.case_id)
    notice = documents.rectify(
        session, document, case=case, changes=complete, reasons=reasons.strip(), officer=staff, now=now
    )
    journal.write(
        session, "rectify_document", now=now, staff=staff, case=case, before={"document": document.number},
        after={"document": notice.number, "reasons": reasons.strip()},
    )  # fmt: skip
    return notice


CHANGE = ("where", "wrong", "right")


def void(session: Session, document_id: int, staff: Staff, reasons: str, now: datetime) -> Document:
    """Void a document; a certificate's is issued anew in the same act (``register.apply``).

    Raises ``Forbidden``, ``BasisOfRegister``, ``ReasonRequired``, ``DocumentClosed`` or as ``register.apply``.
    """
    document = _locked(session, document_id, staff)
    _require_no_basis(session, document)
    case = session.get_one(Case, document.case_id)
    documents.void(session, document, reasons.strip())
    for permit in session.scalars(select(Permit).where(Permit.document_id == document.id)):
        register.apply(
            session, permit, "void", ground="wrong_paper", reasons=reasons, staff=staff, now=now,
            document_id=document.id, case=case,
        )  # fmt: skip
    journal.write(
        session, "void_document", now=now, staff=staff, case=case, before={"document": document.number},
        after={"reasons": reasons.strip()},
    )  # fmt: skip
    return document


def _require_no_basis(session: Session, document: Document) -> None:
    """Raise ``BasisOfRegister`` for a paper of a proceeding, or of an act on a permit; its own paper is none."""
    papers = (Proceeding.notice_document_id, Proceeding.record_document_id, Proceeding.document_id)
    named = session.scalar(
        select(Permit)
        .where(Permit.document_id != document.id)
        .where(
            Permit.id.in_(select(PermitEvent.permit_id).where(PermitEvent.document_id == document.id))
            | Permit.id.in_(
                select(Proceeding.permit_id).where(or_(*(paper == document.id for paper in papers)))
            )
        )
        .limit(1)
    )
    if named is not None:
        raise BasisOfRegister(number=document.number, permit=named.number)


def _locked(session: Session, document_id: int, staff: Staff) -> Document:
    """The document, read after its case is locked, so that two changes cannot pass each other."""
    case_id = session.execute(select(Document.case_id).where(Document.id == document_id)).scalar()
    if case_id is None:
        raise NotFound
    tasks.lock_case(session, case_id)
    document = session.get_one(Document, document_id)
    authority.require(staff, "rectify_document", document.department_id)
    return document
