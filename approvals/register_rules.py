"""What can happen to a permit (证照): one table of transitions, and every way in which one is refused.

Nothing here writes. A state is the effective one: what the register says, or expired once its last day is over.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from . import register_grounds as grounds
from .errors import DomainError, Invalid, ReasonRequired
from .messages import N_
from .register_grounds import Ground, Grounds
from .tables import Permit
from .terms import PermitStatus as S

IN_FORCE = frozenset({S.VALID, S.SUSPENDED})
ENDED = frozenset({S.WITHDRAWN, S.REVOKED, S.CANCELLED, S.PENAL_REVOKED})
"""The permit is no more; in no other state is it so."""
LAW = re.compile(r"《[^《》]+》|〔\d{4}〕\d+号")


@dataclass(frozen=True)
class Transition:
    """One kind of act on a permit: from which effective states to which, by whom, on what grounds.

    ``right``: the act of the authority table; empty where a decision on an application stands behind it.
    ``document``: the kind of its paper. ``hearing``: the holder may ask for a hearing. ``until``: it needs a last day.
    """

    label: str
    states: frozenset[S]
    to: S
    grounds: Grounds
    right: str = ""
    document: str = ""
    hearing: bool = False
    until: bool = False

    def states_of(self, ground: Ground) -> frozenset[S]:
        """The effective states from which this act is lawful on this ground."""
        return ground.states or self.states


TRANSITIONS: Mapping[str, Transition] = {
    "suspend": Transition(
        N_("暂扣"), frozenset({S.VALID}), S.SUSPENDED, grounds.SUSPEND, right="decide_proceeding", document="suspension",
        until=True,
    ),
    "lift": Transition(
        N_("恢复效力"), frozenset({S.SUSPENDED}), S.VALID, grounds.LIFT, right="lift_suspension", document="reinstatement"
    ),
    "change": Transition(N_("变更"), IN_FORCE, S.CHANGED, grounds.CHANGE),
    "renew": Transition(N_("延续"), IN_FORCE | {S.EXPIRED}, S.RENEWED, grounds.RENEW),
    "replace": Transition(N_("补发"), frozenset({S.VALID}), S.REPLACED, grounds.REPLACE),
    "withdraw": Transition(
        N_("撤回"), IN_FORCE, S.WITHDRAWN, grounds.WITHDRAW, right="decide_proceeding", document="withdrawal_of_permit",
        hearing=True,
    ),
    "revoke": Transition(
        N_("撤销"), IN_FORCE, S.REVOKED, grounds.REVOKE, right="decide_proceeding", document="revocation", hearing=True
    ),
    "cancel": Transition(
        N_("注销"), (IN_FORCE | ENDED | {S.EXPIRED}) - {S.CANCELLED}, S.CANCELLED, grounds.CANCEL,
        right="cancel_permit", document="cancellation",
    ),
    "penal_revoke": Transition(
        N_("吊销"), IN_FORCE, S.PENAL_REVOKED, grounds.PENAL_REVOKE, right="decide_proceeding",
        document="penal_revocation", hearing=True,
    ),
    "void": Transition(N_("作废"), frozenset({S.VALID}), S.VOIDED, grounds.VOID, right="rectify_document"),
}  # fmt: skip
"""Kind of act → what it does. ``issued`` is no line here: it is how a permit begins."""

VERSIONS = ("change", "renew", "replace")
"""A new version takes the place of the old one."""
LABELS = {"issued": N_("制发"), **{kind: each.label for kind, each in TRANSITIONS.items()}}
"""Kind of event → its label, for pages."""


class UnlawfulTransition(DomainError):
    """From this state the act is not lawful; says what is."""

    message = N_(
        "证照%(number)s目前是“%(state)s”，不能%(act)s（%(act)s须在证照%(lawful)s时办理）。现在可以办理：%(possible)s。"
    )
    status = 409


class GroundRequired(DomainError):
    """No act on a permit without a ground the law names."""

    message = N_("%(act)s须有法定事由，请从下列事由中选择：%(grounds)s。")
    status = 422


class LawRequired(DomainError):
    """The ground rests on a particular law, and that is not named."""

    message = N_(
        "“%(ground)s”须以具体法律、法规、规章的规定为依据，请在理由中写明其名称和条款，如《……法》第……条。"
    )
    status = 422


class FollowsByLaw(DomainError):
    """What follows by law from something else is not for anybody to order."""

    message = N_("“%(ground)s”依法自动产生，不能由人员办理。")
    status = 422


class FollowsItsParts(DomainError):
    """A comprehensive licence stands and falls with the permits it lists."""

    message = N_("行业综合许可证随所列单项许可变动，不能单独%(act)s。请对相应的单项许可办理。")
    status = 409


class HearFirst(DomainError):
    """Before an adverse act the facts are told and the holder is heard (行政许可法 7, 36; 行政处罚法 44, 45)."""

    message = N_("%(act)s前须先告知事实、理由和依据，听取并记录持证人的陈述申辩。请先启动监管程序。")
    status = 409


class NoProceedingNeeded(DomainError):
    """The act is done at once; there is nothing to hear anybody about."""

    message = N_("以“%(ground)s”为由%(act)s，不需要监管程序，由部门负责人直接办理。")
    status = 422


def status_on(permit: Permit, today: date) -> S:
    """The effective status on a local day: valid or suspended past the last day is expired."""
    if permit.status in IN_FORCE and permit.valid_until and permit.valid_until < today:
        return S.EXPIRED
    return S(permit.status)


def possible(permit: Permit, today: date) -> list[str]:
    """The kinds of act that are lawful now, of those people decide; an application's own ways are not among them."""
    state = status_on(permit, today)
    return [kind for kind, each in TRANSITIONS.items() if each.right and grounds_now(kind, state)]


def grounds_now(kind: str, state: S) -> dict[str, Ground]:
    """The grounds somebody may choose for this act in this effective state, by code."""
    each = TRANSITIONS[kind]
    return {
        code: ground
        for code, ground in each.grounds.items()
        if not ground.own and state in each.states_of(ground)
    }


def require_lawful(permit: Permit, kind: str, ground: str, today: date) -> Ground:
    """The ground, if the act is lawful on it today. Raises ``GroundRequired`` or ``UnlawfulTransition``."""
    each = TRANSITIONS[kind]
    state = status_on(permit, today)
    found = each.grounds.get(ground)
    if state not in each.states or (found is not None and state not in each.states_of(found)):
        lawful = each.states_of(found) if found is not None else each.states
        raise UnlawfulTransition(
            number=permit.number, state=state.label, act=each.label,
            possible=[TRANSITIONS[one].label for one in possible(permit, today)] or N_("无"),
            lawful=[one.label for one in S if one in lawful],
        )  # fmt: skip
    if found is None:
        raise GroundRequired(act=each.label, grounds=[one.label for one in grounds_now(kind, state).values()])
    return found


def require_written(
    kind: str, ground: Ground, reasons: str, until: date | None, today: date, *, by_person: bool
) -> None:
    """The reasons, the law they rest on and the last day are there.

    ``ground.own`` only where nobody acted. Raises ``FollowsByLaw``, ``ReasonRequired``, ``LawRequired`` or ``Invalid``.
    """
    if by_person and ground.own:
        raise FollowsByLaw(ground=ground.label)
    if not reasons.strip():
        raise ReasonRequired
    if ground.cites and not LAW.search(reasons):
        raise LawRequired(ground=ground.label)
    if TRANSITIONS[kind].until and not ground.own and (until is None or until <= today):
        raise Invalid({"until": (N_("请写明暂扣的最后一日，须在今天之后。"), {})})


def is_comprehensive(permit: Permit) -> bool:
    """Whether it is the licence over several permits (行业综合许可证)."""
    return permit.part_id is None
