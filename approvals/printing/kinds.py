"""The kinds of legal document (文书种类): title, number word, seal, and what each must be given."""

from approvals.messages import N_

from .kind import Kind
from .kinds_after_grant import AFTER_GRANT
from .kinds_commitment import COMMITMENT
from .kinds_register import REGISTER
from .kinds_requests import REQUESTS

_KINDS = (
    Kind(
        "guide",
        N_("一次性告知单"),
        "告知",
        (
            "conditions", "materials", "fees", "basis", "steps", "statutory", "promised", "result", "place",
            "hours", "enquiry_phone", "complaint_phone", "special_procedures", "visits"
        ),
    ),
    Kind("receipt", N_("申请材料接收凭证"), "收", ("materials", "received_on", "notify_by", "remark")),
    Kind(
        "acceptance",
        N_("受理通知书"),
        "受",
        (
            "accepted_on", "statutory", "promised", "statutory_due", "promised_due", "provisional",
            "materials", "departments", "request_note"
        ),
    ),
    Kind(
        "deferral",
        N_("容缺受理告知书"),
        "容",
        (
            "accepted_on", "statutory", "promised", "statutory_due", "promised_due", "provisional",
            "deferred", "consequence", "departments"
        ),
    ),
    Kind(
        "correction",
        N_("一次性补正告知书"),
        "补",
        ("before_acceptance", "received_on", "defects", "answer_by", "consequence"),
    ),
    Kind(
        "not_accepted",
        N_("不予受理决定书"),
        "不受",
        ("received_on", "reasons", "articles", "competent_body", "returned"),
    ),
    Kind(
        "not_needed",
        N_("不需要取得行政许可告知书"),
        "不需",
        ("received_on", "reasons", "articles", "returned"),
    ),
    Kind(
        "not_ours",
        N_("不予受理决定书（不属于本机关职权范围）"),
        "转告",
        ("received_on", "reasons", "articles", "competent_body", "competent_contact", "returned"),
    ),
    Kind("fixed_on_spot", N_("当场更正确认单"), "正", ("received_on", "fixes")),
    Kind(
        "joint_notice",
        N_("并联审批抄告单"),
        "抄",
        (
            "accepted_on", "departments", "materials", "scope", "statutory_due", "promised_due",
            "provisional", "contact"
        ),
        public=False,
    ),
    Kind("fee_notice", N_("缴费通知书"), "缴", ("fees", "total", "pay_by", "manner")),
    Kind(
        "proposed_refusal",
        N_("拟不予行政许可告知书"),
        "拟",
        ("facts", "reasons", "articles", "statement_by", "hearing_by"),
        other_title=N_("拟不予批准告知书"),
    ),
    Kind(
        "refusal",
        N_("不予行政许可决定书"),
        "不许",
        ("accepted_on", "facts", "reasons", "articles", "statement", "hearing_record", "false_materials"),
        other_title=N_("不予批准决定书"),
    ),
    Kind(
        "grant",
        N_("准予行政许可决定书"),
        "许",
        (
            "accepted_on", "commitment", "reasons", "articles", "hearing_record", "scope", "certificate",
            "valid_from", "valid_until", "duties"
        ),
        other_title=N_("准予批准决定书"),
    ),
    Kind("settlement", N_("意见协调记录"), "协", ("opinions", "result", "reasons"), public=False),
    Kind(
        "withdrawal",
        N_("申请撤回暨终止办理通知书"),
        "终",
        ("received_on", "withdrawn_on", "reasons", "returned", "fees"),
    ),
    Kind(
        "delivery_proof",
        N_("送达回证"),
        "送",
        (
            "documents", "recipient", "manner", "place", "at", "tracking", "signature", "relation",
            "refusal", "witnesses", "servers"
        ),
    ),
    Kind(
        "statement_record",
        N_("陈述申辩笔录"),
        "陈",
        (
            "at", "place", "told_on", "notice_number", "facts", "speaker", "made", "statement",
            "assessment", "recorder"
        ),
        seal="",
    ),
    Kind(
        "rectification",
        N_("更正通知书"),
        "更",
        ("original_number", "original_title", "original_on", "changes", "reasons"),
    ),
    Kind(
        "extension",
        N_("延期告知书"),
        "延",
        (
            "accepted_on", "part", "reasons", "days", "basis", "approver", "approver_post", "approved_on",
            "statutory_before", "statutory_due", "promised_due", "promised_missed", "provisional"
        ),
    ),
    Kind(
        "special_procedure",
        N_("特别程序告知书"),
        "特",
        (
            "procedure", "part", "basis", "reasons", "body", "days", "starts_on", "ends_on", "provisional",
            "approver", "approver_post", "earlier_number", "earlier_end"
        ),
    ),
    Kind(
        "special_procedure_end",
        N_("特别程序结束告知书"),
        "特结",
        (
            "procedure", "part", "basis", "notice_number", "starts_on", "ends_on", "days", "result",
            "still_running", "statutory_due", "promised_due", "provisional"
        ),
    ),
    Kind(
        "hearing_right",
        N_("听证权利告知书"),
        "听告",
        ("addressee", "addressee_kind", "part", "interest", "ask_by"),
        public=False,
    ),
    Kind(
        "hearing_notice",
        N_("听证通知书"),
        "听",
        (
            "addressees", "matter", "part", "ground", "article", "reasons", "at", "place", "public", "why_closed",
            "hold_by", "why_late", "chair", "recorder", "replaces"
        ),
    ),
    Kind(
        "hearing_record",
        N_("听证笔录"),
        "听笔",
        (
            "part", "ground", "notice_number", "at", "place", "public", "chair", "recorder", "participants",
            "record", "conclusion"
        ),
        seal="",
    ),
    Kind(
        "supervisory_order",
        N_("督办单"),
        "督",
        (
            "department", "matter", "limit", "accepted_on", "promised_due", "statutory_due", "verify_by", "reasons",
            "automatic", "answer_by"
        ),
        seal="效能监察专用章",
        public=False,
    ),
    Kind(
        "deemed_acceptance",
        N_("视为受理通知书"),
        "视受",
        (
            "received_on", "accepted_on", "notify_by", "statutory", "promised", "statutory_due", "promised_due",
            "provisional", "departments", "materials", "missing", "request_note"
        ),
    ),
    Kind(
        "correction_warning",
        N_("补正期限届满提醒书"),
        "补提",
        ("notice_number", "told_on", "asked", "until", "provisional", "basis"),
    ),
    Kind(
        "deemed_withdrawal",
        N_("视为撤回申请告知书"),
        "视撤",
        (
            "what", "received_on", "accepted", "notice_number", "told_on", "asked", "until", "warned_on",
            "basis", "returned", "fees"
        ),
    ),
    Kind(
        "deferral_warning",
        N_("容缺材料补交提醒书"),
        "容提",
        ("accepted_on", "deferred", "until", "provisional", "consequence"),
    ),
    Kind(
        "deferral_expired",
        N_("容缺期限届满告知书"),
        "容届",
        ("accepted_on", "deferred", "until", "warned_on"),
    ),
    Kind(
        "deemed_consent",
        N_("默认同意记录"),
        "默同",
        ("department", "part", "notice_number", "asked_on", "until"),
        public=False,
    ),
)  # fmt: skip

KINDS: dict[str, Kind] = {
    kind.code: kind for kind in (*_KINDS, *COMMITMENT, *AFTER_GRANT, *REQUESTS, *REGISTER)
}
