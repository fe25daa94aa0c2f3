"""Contexts of the papers of change, renewal and replacement, and what each of them has to say."""

from datetime import date
from typing import Any

DAY, EXPIRES = date(2026, 11, 27), date(2026, 12, 31)
PERMIT = [("许可证件", "食品经营许可证 JY3301102021000017"), ("原有效期至", "2026年12月31日")]
DECIDED = {
    "accepted_on": DAY,
    "permit": PERMIT,
    "reasons": "经书面审查和现场核查，许可条件没有变化。",
    "articles": "《食品经营许可和备案管理办法》",
    "hearing_record": "听证笔录（示市监听笔〔2026〕1号）",
}
VALIDITY = {"valid_from": date(2026, 12, 3), "valid_until": date(2031, 12, 31)}
NOTE = (
    "本申请涉及的许可有效期至2026年12月31日，依法应当在2026年12月9日前提出延续申请。本申请于2026年12月15日提出，晚于该期限，"
    "本机关仍予办理；但有效期届满前没有作出决定的，不视为准予延续，许可届满失效，需要继续从事该活动的须重新申请。"
)

FIELDS: dict[str, dict[str, Any]] = {
    "grant_change": {
        **DECIDED,
        "changes": [
            {"what": "法定代表人（负责人、经营者）", "old": "赵某某（示例）", "new": "李某某（示例）"},
            {"what": "经营项目", "old": "热食类食品制售", "new": "热食类食品制售；冷食类食品制售"},
        ],
    },
    "grant_renewal": {**DECIDED, **VALIDITY},
    "grant_replacement": DECIDED,
    "deemed_renewal": {
        "accepted_on": DAY, "permit": PERMIT, "expires": EXPIRES, "asked_on": date(2026, 11, 26),
        "last_day": date(2026, 12, 9), "valid_from": date(2027, 1, 1), "valid_until": date(2031, 12, 31),
    },
    "renewal_lapsed": {
        "permit": PERMIT, "expires": EXPIRES, "asked_on": date(2026, 12, 15), "last_day": date(2026, 12, 9),
        "why": "申请于2026年12月15日提出，晚于最后期限2026年12月9日。届满前没有作出决定的，不适用“逾期未作决定，视为准予延续”的规定。",
    },
}  # fmt: skip

REMEDIES = ["示例县人民政府", "示例县人民法院", "六十日", "六个月"]
SAYS: dict[str, list[str]] = {
    "grant_change": [
        "第四十九条",
        "变更前",
        "赵某某（示例）",
        "李某某（示例）",
        "沿用原编号和原有效期",
        *REMEDIES,
    ],
    "grant_renewal": [
        "第五十条",
        "准予延续",
        "2026年12月3日至2031年12月31日",
        "届满的次日起连续计算",
        *REMEDIES,
    ],
    "grant_replacement": ["补发证件", "自补发之日起作废", "编号、内容和有效期与原证件相同", *REMEDIES],
    "deemed_renewal": [
        "视为准予延续",
        "第五十条第二款",
        "2026年12月9日",
        "2027年1月1日至2031年12月31日",
        *REMEDIES,
    ],
    "renewal_lapsed": ["2026年12月31日", "不能再准予延续", "重新申请许可", "陈述申辩", *REMEDIES],
}
