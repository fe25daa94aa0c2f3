"""Kinds of legal document of what happens to a permit in the register: told before, decided after."""

from approvals.messages import N_

from .kind import Kind

_TOLD = (
    "permit", "permit_number", "holder", "act", "ground", "article", "facts", "reasons", "until", "statement_by",
    "hearing_by"
)  # fmt: skip
_DECIDED = (
    "permit", "permit_number", "holder", "act", "ground", "article", "facts", "reasons", "until", "notice_number",
    "told_on", "statement", "hearing_record", "hearing_right", "compensation", "barred", "remedied"
)  # fmt: skip

REGISTER = (
    Kind("proposed_revocation", N_("拟撤销行政许可告知书"), "拟撤", _TOLD, other_title=N_("拟撤销批准告知书")),
    Kind(
        "proposed_withdrawal_of_permit", N_("拟撤回行政许可告知书"), "拟回", _TOLD, other_title=N_("拟撤回批准告知书")
    ),
    Kind("proposed_penal_revocation", N_("拟吊销许可证件告知书"), "拟吊", _TOLD),
    Kind("proposed_suspension", N_("拟暂扣许可证件告知书"), "拟扣", _TOLD),
    Kind(
        "proposed_cancellation", N_("拟注销行政许可告知书"), "拟注", _TOLD, other_title=N_("拟注销批准告知书")
    ),
    Kind(
        "defence_record",
        N_("持证人陈述申辩笔录"),
        "陈辩",
        (
            "permit", "permit_number", "at", "place", "told_on", "notice_number", "facts", "speaker", "made",
            "statement", "assessment", "recorder"
        ),
        seal="",
    ),
    Kind("revocation", N_("撤销行政许可决定书"), "撤", _DECIDED, other_title=N_("撤销批准决定书")),
    Kind(
        "withdrawal_of_permit", N_("撤回行政许可决定书"), "撤回", _DECIDED, other_title=N_("撤回批准决定书")
    ),
    Kind("penal_revocation", N_("吊销许可证件决定书"), "吊", _DECIDED),
    Kind("suspension", N_("暂扣许可证件决定书"), "扣", _DECIDED),
    Kind("cancellation", N_("注销行政许可决定书"), "注", _DECIDED, other_title=N_("注销批准决定书")),
    Kind("reinstatement", N_("恢复许可证件效力决定书"), "恢", _DECIDED),
    Kind(
        "proceeding_dropped",
        N_("不予处理决定书"),
        "不处",
        ("permit", "permit_number", "holder", "act", "reasons", "notice_number", "told_on", "statement", "hearing_record"),
    ),
)  # fmt: skip
"""In the order they come about."""
