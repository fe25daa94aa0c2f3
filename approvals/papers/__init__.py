"""What each legal document of a case says: one function per kind, from the tables to its fields.

Numbering, glyph check and storage are in ``documents``; the words are in ``printing/templates``.
"""

from .closing import delivery_proof, withdrawal
from .decisions import grant, proposed_refusal, refusal, settlement, statement_record
from .rows import limit_text
from .supervision import supervisory_order
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
    "correction",
    "delivery_proof",
    "fee_notice",
    "fixed_on_spot",
    "grant",
    "joint_notice",
    "limit_text",
    "proposed_refusal",
    "receipt",
    "refusal",
    "settlement",
    "statement_record",
    "supervisory_order",
    "turned_away",
    "withdrawal",
]
