"""Kinds of legal document of commitment, its verification, and what happens to a permit after its grant."""

from approvals.messages import N_

from .kind import Kind

AFTER_GRANT = (
    Kind(
        "verification_notice",
        N_("告知承诺抄告单"),
        "承抄",
        (
            "department", "part", "permits", "made_on", "decided_on", "commitment_number", "clauses", "limit",
            "verify_by", "provisional"
        ),
        public=False,
    ),
    Kind(
        "verification_record",
        N_("承诺核查结果记录"),
        "核记",
        (
            "department", "part", "permits", "round", "notice_number", "verify_by", "late", "clauses", "result",
            "rectified_on", "rectified_words", "rectify_by"
        ),
        seal="",
    ),
    Kind(
        "rectification_order",
        N_("责令限期整改通知书"),
        "责改",
        ("part", "permits", "checked_on", "clauses", "rectify_by", "provisional", "basis"),
    ),
    Kind(
        "credit_repair",
        N_("信用修复决定书"),
        "信修",
        ("finding", "article", "facts", "recorded_on", "item", "reasons", "repaired_on"),
    ),
)  # fmt: skip
"""In the order they come about."""
