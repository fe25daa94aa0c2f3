"""What each legal document of a case says: one function per kind, from the tables to its fields.

Numbering, glyph check and storage are in ``documents``; the words are in ``printing/templates``.
"""

from .closing import delivery_proof, withdrawal
from .commitment import commitment_notice, commitment_number, commitment_paper, commitment_to_sign
from .decisions import grant, proposed_refusal, refusal, settlement, statement_record
from .register import (
    decision_on_permit,
    defence_record,
    notice_preview,
    proceeding_dropped,
    proposed_act,
    proposed_act_preview,
    resolution_preview,
)
from .requests import decision_preview, deemed_renewal, granted, renewal_lapsed, request_note
from .rows import limit_text
from .silence import (
    consequence,
    correction_warning,
    deemed_acceptance,
    deemed_consent,
    deferral_expired,
    deferral_warning,
    withdrawn_for_correction,
    withdrawn_for_deferral,
)
from .special import (
    extended_by,
    extension,
    hearing_notice,
    hearing_record,
    hearing_right,
    record_words,
    special_procedure,
    special_procedure_end,
)
from .supervision import supervisory_order
from .verification import credit_repair, rectification_order, verification_notice, verification_record
from .window import (
    Fix,
    acceptance,
    correction,
    fee_notice,
    fixed_on_spot,
    joint_notice,
    receipt,
    turned_away,
)

__all__ = [
    "Fix",
    "acceptance",
    "commitment_notice",
    "commitment_number",
    "commitment_paper",
    "commitment_to_sign",
    "consequence",
    "correction",
    "correction_warning",
    "credit_repair",
    "decision_on_permit",
    "decision_preview",
    "deemed_acceptance",
    "deemed_consent",
    "deemed_renewal",
    "defence_record",
    "deferral_expired",
    "deferral_warning",
    "delivery_proof",
    "extended_by",
    "extension",
    "fee_notice",
    "fixed_on_spot",
    "grant",
    "granted",
    "hearing_notice",
    "hearing_record",
    "hearing_right",
    "joint_notice",
    "limit_text",
    "notice_preview",
    "proceeding_dropped",
    "proposed_act",
    "proposed_act_preview",
    "proposed_refusal",
    "receipt",
    "record_words",
    "rectification_order",
    "refusal",
    "renewal_lapsed",
    "request_note",
    "resolution_preview",
    "settlement",
    "special_procedure",
    "special_procedure_end",
    "statement_record",
    "supervisory_order",
    "turned_away",
    "verification_notice",
    "verification_record",
    "withdrawal",
    "withdrawn_for_correction",
    "withdrawn_for_deferral",
]
