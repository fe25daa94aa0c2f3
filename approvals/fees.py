"""Fees of the item's list: paid, or waived with reasons, before anything is issued."""

from datetime import datetime

from sqlalchemy.orm import Session

from . import authority, catalogue, intake, journal
from .errors import DomainError, ReasonRequired
from .messages import N_
from .tables import Case, Fee, Staff
from .terms import ACCEPTED_STATES


class UnknownFee(DomainError):
    """A fee that stands in no list cannot be charged."""

    message = N_("本办件没有收费项目“%(code)s”，未列明的费用不得收取。")
    status = 422


class FeeSettled(DomainError):
    """A fee is paid or waived once."""

    message = N_("“%(name)s”已经缴纳或减免，没有重复登记。")
    status = 409


class ReceiptRequired(DomainError):
    """A payment without its receipt number."""

    message = N_("请填写缴费票据号码。")
    status = 422


class NotReducible(DomainError):
    """The list does not allow a waiver."""

    message = N_("“%(name)s”不在可减免范围内。")
    status = 422


def pay(session: Session, case: Case, code: str, receipt: str, staff: Staff, now: datetime) -> Fee:
    """Record a payment. Raises ``WrongState``, ``UnknownFee``, ``FeeSettled`` or ``ReceiptRequired``."""
    authority.require(staff, "take_fee")
    intake.require_state(case, N_("登记缴费"), *ACCEPTED_STATES)
    fee = _due(case, code)
    if not receipt.strip():
        raise ReceiptRequired
    fee.state, fee.receipt, fee.settled_at, fee.settled_by_id = "paid", receipt.strip(), now, staff.id
    journal.write(session, "pay_fee", now=now, staff=staff, case=case, ground=fee.basis,
                  after={"fee": code, "amount": str(fee.amount), "receipt": fee.receipt})  # fmt: skip
    return fee


def waive(session: Session, case: Case, code: str, reasons: str, staff: Staff, now: datetime) -> Fee:
    """Waive a fee. Raises ``UnknownFee``, ``FeeSettled``, ``NotReducible`` or ``ReasonRequired``."""
    authority.require(staff, "waive_fee", case.department_id)
    intake.require_state(case, N_("减免收费"), *ACCEPTED_STATES)
    fee = _due(case, code)
    listed = catalogue.fees(catalogue.item_for(case), intake.part_items(case), case.form_data)
    if not any(line.code == code and line.reducible for line in listed):
        raise NotReducible(name=fee.name)
    if not reasons.strip():
        raise ReasonRequired
    fee.state, fee.reasons, fee.settled_at, fee.settled_by_id = "waived", reasons.strip(), now, staff.id
    journal.write(session, "waive_fee", now=now, staff=staff, case=case, ground=fee.basis,
                  after={"fee": code, "reasons": fee.reasons})  # fmt: skip
    return fee


def _due(case: Case, code: str) -> Fee:
    for fee in case.fees:
        if fee.code == code:
            if fee.state != "due":
                raise FeeSettled(name=fee.name)
            return fee
    raise UnknownFee(code=code)
