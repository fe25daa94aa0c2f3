"""Contexts of the papers of the register, and what each of them has to say."""

from datetime import UTC, date, datetime
from typing import Any

PERMIT = {"permit": "食品经营许可证", "permit_number": "JY23301102026000017", "holder": "渝记小面馆（示例）"}
FACTS = "2026年11月25日两名执法人员现场核查，后厨未设独立清洗消毒区，与承诺书第三项承诺事项不符；整改期限届满后再次核查，仍未设置。"
REASONS = "未履行承诺，经责令限期整改仍不符合《食品经营许可和备案管理办法》第十二条规定的条件。"
LICENSING, PENALTIES = "《中华人民共和国行政许可法》", "《中华人民共和国行政处罚法》"
DAY = date(2026, 11, 27)
NOTICE, RECORD = "示市监拟撤〔2026〕3号", "听证笔录（示市监听笔〔2026〕1号）"
REMEDIES = ["示例县人民政府", "示例县人民法院", "六十日", "六个月"]


def _act(act: str, ground: str, article: str) -> dict[str, Any]:
    return {**PERMIT, "act": act, "ground": ground, "article": article, "facts": FACTS, "reasons": REASONS}


def _told(act: str, ground: str, article: str, *, hearing: bool, until: date | None = None) -> dict[str, Any]:
    return {
        **_act(act, ground, article), "until": until, "statement_by": date(2026, 12, 2),
        "hearing_by": date(2026, 12, 4) if hearing else None,
    }  # fmt: skip


def _decided(act: str, ground: str, article: str, **more: Any) -> dict[str, Any]:
    return {
        **_act(act, ground, article), "until": None, "notice_number": NOTICE, "told_on": DAY,
        "statement": "已订购设备，请求宽限十日。\n复核意见：整改期限已经延长过一次，不予采纳。", "hearing_record": RECORD,
        "hearing_right": True, "compensation": False, "barred": False, "remedied": True, **more,
    }  # fmt: skip


AT_ONCE: dict[str, Any] = {
    "facts": "",
    "notice_number": "",
    "told_on": None,
    "statement": "",
    "hearing_record": "",
    "hearing_right": False,
}
REVOKE = (
    "撤销",
    "未履行承诺，经限期整改仍不符合许可条件",
    f"国办发〔2020〕42号；{LICENSING}第六十九条第一款第（五）项",
)
SUSPEND = ("暂扣", "违法从事许可活动，依法给予暂扣许可证件的处罚", f"{PENALTIES}第九条第（三）项")
WITHDRAW = ("撤回", "准予许可所依据的客观情况发生重大变化，为了公共利益的需要", f"{LICENSING}第八条第二款")
PENAL = ("吊销", "超越许可范围进行活动", f"{LICENSING}第八十条第（二）项、{PENALTIES}第九条第（三）项")
CANCEL = ("注销", "被许可的法人或者其他组织依法终止", f"{LICENSING}第七十条第（三）项")

FIELDS: dict[str, dict[str, Any]] = {
    "proposed_revocation": _told(*REVOKE, hearing=True),
    "proposed_withdrawal_of_permit": _told(*WITHDRAW, hearing=True),
    "proposed_penal_revocation": _told(*PENAL, hearing=True),
    "proposed_suspension": _told(*SUSPEND, hearing=False, until=date(2027, 2, 26)),
    "proposed_cancellation": _told(*CANCEL, hearing=False),
    "defence_record": {
        "permit": PERMIT["permit"], "permit_number": PERMIT["permit_number"], "at": datetime(2026, 12, 2, 2, 30, tzinfo=UTC), "place": "示例县城东街道示例路 15 号",
        "told_on": DAY, "notice_number": NOTICE, "facts": FACTS, "speaker": PERMIT["holder"], "made": True,
        "statement": "已订购设备，请求宽限十日。", "assessment": "整改期限已经延长过一次，不予采纳。", "recorder": "孙某（示例）",
    },
    "revocation": _decided(*REVOKE, barred=True),
    "withdrawal_of_permit": _decided(*WITHDRAW, compensation=True),
    "penal_revocation": _decided(*PENAL, hearing_record=""),
    "suspension": _decided(*SUSPEND, until=date(2027, 2, 26), hearing_right=False, hearing_record=""),
    "cancellation": _decided(*CANCEL, **AT_ONCE),
    "reinstatement": _decided("恢复效力", "已经改正违法行为", f"{PENALTIES}第二十八条", **AT_ONCE | {"remedied": False}),
    "proceeding_dropped": {
        **PERMIT, "act": "撤销", "reasons": "持证人已经补设清洗消毒区并经核查合格。", "notice_number": NOTICE, "told_on": DAY,
        "statement": "已补设完毕，请求复查。\n复核意见：属实，予以采纳。", "hearing_record": "",
    },
}  # fmt: skip

SAYS: dict[str, list[str]] = {
    "proposed_revocation": ["拟作出撤销的决定", "有权进行陈述和申辩", "2026年12月2日", "有权要求听证", "2026年12月4日", "第七条"],
    "proposed_withdrawal_of_permit": ["拟作出撤回的决定", "第八条第二款", "有权要求听证"],
    "proposed_penal_revocation": ["拟作出吊销的决定", "行政处罚法》第六十三条、第六十四条", "第四十五条"],
    "proposed_suspension": ["拟作出暂扣的决定", "暂扣至2027年2月26日", "行政处罚法》第七条"],
    "proposed_cancellation": ["拟作出注销的决定", "第七十条第（三）项", "有权进行陈述和申辩"],
    "defence_record": ["请求宽限十日", "不予采纳", NOTICE, "不因陈述、申辩作出更不利的决定"],
    "revocation": ["撤销该行政许可", "失效", RECORD, "不予采纳", "三年内不得再次申请", *REMEDIES],
    "withdrawal_of_permit": ["撤回该行政许可", "依法给予补偿", RECORD, *REMEDIES],
    "penal_revocation": ["吊销许可证件", "未在期限内要求听证", *REMEDIES],
    "suspension": ["暂扣该许可证件", "2027年2月26日", "期限届满，证照自动恢复效力", *REMEDIES],
    "cancellation": ["注销该行政许可", "第七十条第（三）项", *REMEDIES],
    "reinstatement": ["恢复该许可证件的效力", "第二十八条"],
    "proceeding_dropped": ["不予撤销", "予以采纳", "该证照的效力不因此改变"],
}  # fmt: skip
