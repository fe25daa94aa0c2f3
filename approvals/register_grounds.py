"""The legal grounds (法定事由) on which something may happen to a permit: code, words, article, and from which states.

A ground that is not in the table of its kind of act is none, so nobody can act on one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .messages import N_
from .terms import PermitStatus as S

LICENSING = "《中华人民共和国行政许可法》"
PENALTIES = "《中华人民共和国行政处罚法》"
COMMITMENT_RULES = (
    "《国务院办公厅关于全面推行证明事项和涉企经营许可事项告知承诺制的指导意见》（国办发〔2020〕42号）"
)


@dataclass(frozen=True)
class Ground:
    """One ground. ``states``: the effective states it is lawful from; empty: all its kind of act allows.

    ``must``: the law leaves no choice. ``cites``: it rests on a particular law, which the reasons have to name.
    ``heard``: the holder is heard before, because the facts can be disputed. ``compensation``: the holder is
    compensated by law. ``own``: nobody chooses it; it follows by law from something else.
    """

    label: str
    article: str
    states: frozenset[S] = frozenset()
    must: bool = False
    cites: bool = False
    heard: bool = True
    compensation: bool = False
    own: bool = False


Grounds = Mapping[str, Ground]

SUSPEND: Grounds = {
    "penalty": Ground(
        N_("违法从事许可活动，依法给予暂扣许可证件的处罚"), f"{PENALTIES}第九条第（三）项", cites=True
    ),
    "part_suspended": Ground(
        N_("所依据的单项许可被暂扣"), f"{PENALTIES}第九条第（三）项", heard=False, own=True
    ),
    "carried_over": Ground(
        N_("原证照的暂扣尚未期满，继续适用于新版证照"), f"{PENALTIES}第九条第（三）项", heard=False, own=True
    ),
}

LIFT: Grounds = {
    "put_right": Ground(N_("已经改正违法行为"), f"{PENALTIES}第二十八条", heard=False),
    "changed": Ground(
        N_("暂扣决定经复议、诉讼或者自行纠正被变更、撤销"), f"{PENALTIES}第七十五条第二款", heard=False
    ),
    "term_over": Ground(N_("暂扣期限届满"), f"{PENALTIES}第九条第（三）项", heard=False, own=True),
    "part_lifted": Ground(
        N_("所依据的单项许可已恢复效力"), f"{PENALTIES}第九条第（三）项", heard=False, own=True
    ),
}

CHANGE: Grounds = {
    "asked": Ground(
        N_("被许可人申请变更，准予变更"), f"{LICENSING}第四十九条", frozenset({S.VALID}), heard=False
    ),
    "part_changed": Ground(
        N_("所列单项许可发生变动"),
        f"{LICENSING}第四十九条",
        frozenset({S.VALID, S.SUSPENDED}),
        heard=False,
        own=True,
    ),
}

RENEW: Grounds = {
    "granted": Ground(
        N_("有效期届满前准予延续"), f"{LICENSING}第五十条", heard=False
    ),
    "asked_in_time": Ground(
        N_("期限内提出延续申请，届满后准予延续"), f"{LICENSING}第五十条", frozenset({S.EXPIRED}), heard=False
    ),
    "deemed": Ground(
        N_("期限内提出延续申请，届满前未作决定，视为准予延续"),
        f"{LICENSING}第五十条第二款", frozenset({S.EXPIRED}), heard=False, own=True,
    ),
    "part_renewed": Ground(N_("所列单项许可已经延续"), f"{LICENSING}第五十条", heard=False, own=True),
}  # fmt: skip

REPLACE: Grounds = {
    "lost": Ground(N_("证照遗失，申请补发"), f"{LICENSING}第三十九条", heard=False),
    "damaged": Ground(N_("证照毁损，申请换发"), f"{LICENSING}第三十九条", heard=False),
}

WITHDRAW: Grounds = {
    "law_changed": Ground(
        N_("许可所依据的法律、法规、规章修改或者废止，为了公共利益的需要"),
        f"{LICENSING}第八条第二款", compensation=True,
    ),
    "circumstances": Ground(
        N_("准予许可所依据的客观情况发生重大变化，为了公共利益的需要"),
        f"{LICENSING}第八条第二款", compensation=True,
    ),
}  # fmt: skip

REVOKE: Grounds = {
    "abuse": Ground(
        N_("工作人员滥用职权、玩忽职守作出准予许可决定"),
        f"{LICENSING}第六十九条第一款第（一）项、第四款", compensation=True,
    ),
    "beyond_power": Ground(
        N_("超越法定职权作出准予许可决定"), f"{LICENSING}第六十九条第一款第（二）项、第四款", compensation=True
    ),
    "procedure": Ground(
        N_("违反法定程序作出准予许可决定"), f"{LICENSING}第六十九条第一款第（三）项、第四款", compensation=True
    ),
    "unqualified": Ground(
        N_("对不具备申请资格或者不符合法定条件的申请人准予许可"),
        f"{LICENSING}第六十九条第一款第（四）项、第四款", compensation=True,
    ),
    "other_may": Ground(
        N_("依法可以撤销的其他情形"), f"{LICENSING}第六十九条第一款第（五）项", compensation=True, cites=True
    ),
    "deceit": Ground(
        N_("以欺骗、贿赂等不正当手段取得许可"), f"{LICENSING}第六十九条第二款、第七十九条", must=True
    ),
    "commitment_unmet": Ground(
        N_("未履行承诺，经限期整改仍不符合许可条件"), f"{COMMITMENT_RULES}；{LICENSING}第六十九条第一款第（五）项"
    ),
}  # fmt: skip

CANCEL: Grounds = {
    "expired": Ground(
        N_("有效期届满未延续"), f"{LICENSING}第七十条第（一）项", frozenset({S.EXPIRED}), must=True, heard=False
    ),
    "person": Ground(
        N_("被许可的公民死亡或者丧失行为能力"),
        f"{LICENSING}第七十条第（二）项", frozenset({S.VALID, S.SUSPENDED, S.EXPIRED}), must=True,
    ),
    "organisation": Ground(
        N_("被许可的法人或者其他组织依法终止"),
        f"{LICENSING}第七十条第（三）项", frozenset({S.VALID, S.SUSPENDED, S.EXPIRED}), must=True,
    ),
    "ended_before": Ground(
        N_("许可已依法被撤销、撤回，或者证件已依法被吊销"),
        f"{LICENSING}第七十条第（四）项", frozenset({S.WITHDRAWN, S.REVOKED, S.PENAL_REVOKED}), must=True, heard=False,
    ),
    "force_majeure": Ground(
        N_("因不可抗力导致许可事项无法实施"),
        f"{LICENSING}第七十条第（五）项", frozenset({S.VALID, S.SUSPENDED}), must=True,
    ),
    "own_request": Ground(
        N_("被许可人书面申请注销"), f"{LICENSING}第七十条第（六）项", frozenset({S.VALID}), heard=False
    ),
    "other": Ground(
        N_("法律、法规规定应当注销的其他情形"),
        f"{LICENSING}第七十条第（六）项", frozenset({S.VALID, S.SUSPENDED, S.EXPIRED}), must=True, cites=True,
    ),
    "part_ended": Ground(
        N_("所依据的单项许可已经终止"),
        f"{LICENSING}第七十条第（六）项", frozenset({S.VALID, S.SUSPENDED, S.EXPIRED}), heard=False, own=True,
    ),
}  # fmt: skip

PENAL_REVOKE: Grounds = {
    "misused": Ground(
        N_("涂改、倒卖、出租、出借许可证件，或者以其他形式非法转让许可"),
        f"{LICENSING}第八十条第（一）项、{PENALTIES}第九条第（三）项", cites=True,
    ),
    "beyond_scope": Ground(
        N_("超越许可范围进行活动"), f"{LICENSING}第八十条第（二）项、{PENALTIES}第九条第（三）项", cites=True
    ),
    "concealed": Ground(
        N_("向监督检查机关隐瞒情况、提供虚假材料或者拒绝提供真实材料"),
        f"{LICENSING}第八十条第（三）项、{PENALTIES}第九条第（三）项", cites=True,
    ),
    "other_offence": Ground(
        N_("法律、法规、规章规定的其他违法行为"),
        f"{LICENSING}第八十条第（四）项、{PENALTIES}第九条第（三）项", cites=True,
    ),
}  # fmt: skip

VOID: Grounds = {
    "wrong_paper": Ground(N_("证照印制有误，作废后重新制发"), f"{LICENSING}第三十九条", heard=False)
}
