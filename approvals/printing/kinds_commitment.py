"""The two papers of notice and commitment: what the authority tells, and what the applicant commits to."""

from approvals.messages import N_

from .kind import Kind

COMMITMENT = (
    Kind(
        "commitment_notice",
        N_("告知承诺告知书"),
        "承告",
        (
            "part", "basis", "conditions", "clauses", "materials", "following", "verification", "rectification",
            "safety", "published", "sign_by", "provisional", "version"
        ),
    ),
    Kind(
        "commitment",
        N_("告知承诺书"),
        "承诺",
        (
            "part", "notice_number", "notice_on", "clauses", "following", "signatory", "capacity", "manner",
            "signature", "made_on", "version", "taken_by"
        ),
        seal="",
    ),
)  # fmt: skip
"""In the order they come about."""
