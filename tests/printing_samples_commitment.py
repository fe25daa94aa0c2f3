"""Contexts of the two papers of notice and commitment, and what each of them has to say."""

from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 11, 27, 2, 30, tzinfo=UTC)
SIGN_BY = datetime(2026, 12, 2, 15, 59, tzinfo=UTC)
SIGNATURE = "M40 60L90 52L64 96L120 90L80 150M210 60L260 52L234 96L290 90L250 150"
CLAUSES = [
    {
        "text": "已建立旅客登记、财物保管、来访管理和情况报告等治安安全管理制度",
        "standard": "《旅馆业治安管理办法》第五条",
        "replaces": "治安安全管理制度",
        "follow_days": 10,
        "department": "示例县公安局",
        "on_site": False,
        "ticked": True,
    },
    {
        "text": "消防设施、疏散通道和安全出口符合消防技术标准",
        "standard": "《中华人民共和国消防法》第十六条",
        "replaces": "消防安全检查意见",
        "follow_days": None,
        "department": "示例县消防救援大队",
        "on_site": True,
        "ticked": True,
    },
]
FOLLOWING = [{"name": "治安安全管理制度", "follow_days": 10}]
FIELDS: dict[str, dict[str, Any]] = {
    "commitment_notice": {
        "part": "旅馆业特种行业许可", "basis": ["《旅馆业治安管理办法》第四条"], "conditions": ["具备必要的防盗安全设施"],
        "clauses": CLAUSES, "materials": [{"name": "特种行业许可申请审批表", "originals": 3, "copies": 0, "note": ""}],
        "following": FOLLOWING, "verification": "20个工作日", "rectification": "10个工作日", "safety": True,
        "published": True, "sign_by": SIGN_BY, "provisional": True, "version": "2026-1+0123456789ab",
    },
    "commitment": {
        "part": "旅馆业特种行业许可", "notice_number": "示公承告〔2026〕3号", "notice_on": NOW, "clauses": CLAUSES,
        "following": FOLLOWING, "signatory": "周某某（示例）", "capacity": "法定代表人（负责人）", "manner": "屏幕签署",
        "signature": SIGNATURE, "made_on": NOW, "version": "2026-1+0123456789ab", "taken_by": "林晓（示例）",
    },
}  # fmt: skip
SAYS = {
    "commitment_notice": [
        "可以自愿选择作出承诺，也可以不选择", "应当达到的标准", "示例县消防救援大队", "现场核查", "作出准予决定后10个工作日内补交",
        "20个工作日", "第七十八条", "第七十九条", "三年内不得再次申请", "在本机关作出决定前，可以书面或者在线撤回承诺", "2026年12月2日前签署承诺书",
        "转按一般程序办理", "依法向社会公开", "暂定",
    ],
    "commitment": [
        "示公承告〔2026〕3号", "自愿选择以告知承诺方式办理", "逐项勾选，共2项", "真实的意思表示", "不实承诺、违反承诺的法律责任",
        "周某某（示例）", "法定代表人（负责人）", "屏幕签署", "2026年11月27日", "2026-1+0123456789ab",
    ],
}  # fmt: skip
