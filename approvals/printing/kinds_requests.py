"""Kinds of legal document of change, renewal and replacement (变更、延续、补证)."""

from approvals.messages import N_

from .kind import Kind

_DECIDED = ("accepted_on", "permit", "reasons", "articles", "hearing_record")

REQUESTS = (
    Kind("grant_change", N_("准予变更行政许可决定书"), "变许", (*_DECIDED, "changes"), other_title=N_("准予变更决定书")),
    Kind(
        "grant_renewal",
        N_("准予延续行政许可决定书"),
        "延许",
        (*_DECIDED, "valid_from", "valid_until"),
        other_title=N_("准予延续决定书"),
    ),
    Kind("grant_replacement", N_("补发行政许可证件决定书"), "补证", _DECIDED, other_title=N_("补发证件决定书")),
    Kind(
        "deemed_renewal",
        N_("视为准予延续行政许可通知书"),
        "视延",
        ("accepted_on", "permit", "expires", "asked_on", "last_day", "valid_from", "valid_until"),
    ),
    Kind("renewal_lapsed", N_("许可有效期届满告知书"), "届告", ("permit", "expires", "asked_on", "last_day", "why")),
)  # fmt: skip
"""In the order they come about; ``permit``: rows of label and value on the permit they are about."""
