"""What the person on a permit's page can do about it now, each with its form, or with the reason why not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from approvals import authority, clock, proceeding_rules, tasks, verification_grounds
from approvals.errors import DomainError
from approvals.proceeding_rules import ProceedingOpen
from approvals.queries.permit import PermitFile
from approvals.register_grounds import Ground
from approvals.register_rules import TRANSITIONS, FollowsItsParts, grounds_now, is_comprehensive
from approvals.tables import Proceeding, Staff, Task
from approvals.terms import PermitStatus, TaskState

from ..i18n import speak

STEPS = ("tell_facts", "hear_defence", "decide_proceeding")
ADVERSE = ("suspend", "withdraw", "revoke", "penal_revoke", "cancel")
"""What a proceeding may propose, in the order of the page."""
AT_ONCE = (("lift", "lift_suspension"), ("cancel", "cancel_permit"))
"""What the head does without a proceeding, with its right."""


@dataclass(frozen=True)
class Offer:
    """One form on the right: ``form`` names it in refusals and picks its template; ``why`` it is not possible now.

    ``barred``: grounds that may not be chosen now, each with its reason.
    """

    form: str
    label: str
    why: str = ""
    kind: str = ""
    task: Task | None = None
    grounds: Mapping[str, Ground] = field(default_factory=dict)
    barred: Mapping[str, str] = field(default_factory=dict)
    until: date | None = None

    @property
    def template(self) -> str:
        """Its template under register/acts/."""
        return f"register/acts/{self.form.partition(':')[0]}.html"


def offers_of(
    session: Session, file: PermitFile, staff: Staff, colleagues: Sequence[Staff], now: datetime
) -> list[Offer]:
    """The forms for this person, by their own posts or for a colleague; what is possible first."""
    people = [staff, *colleagues]
    if file.proceeding is not None:
        found = [
            *_tasks(session, file, file.proceeding, people, now),
            *_hearing(session, file.proceeding, people, now),
            *_abandon(file.proceeding, people),
        ]
    else:
        found = []
    found += [*_proposals(session, file, people), *_at_once(file, people), *_void(file, people)]
    return sorted(found, key=lambda offer: bool(offer.why))


def _may(people: Sequence[Staff], act: str, department_id: int) -> bool:
    return any(authority.may(person, act, department_id) for person in people)


def _tasks(
    session: Session, file: PermitFile, proceeding: Proceeding, people: Sequence[Staff], now: datetime
) -> list[Offer]:
    """The step of the open proceeding, for whoever may do it."""
    rows = session.scalars(
        select(Task)
        .where(
            Task.case_id == proceeding.case_id, Task.part_id == proceeding.part_id, Task.step.in_(STEPS),
            Task.state == TaskState.OPEN,
        )
        .options(joinedload(Task.holder))
    ).all()  # fmt: skip
    labels = {
        "tell_facts": _("告知事实和理由"),
        "hear_defence": _("登记陈述申辩"),
        "decide_proceeding": _("作出监管决定"),
    }
    return [
        Offer(
            f"{task.step}:{task.id}", str(labels[task.step]), _why_not(session, task, proceeding, people, now),
            kind=proceeding.kind, task=task,
        )
        for task in rows
        if _may(people, tasks.act_of(task), file.permit.department_id)
    ]  # fmt: skip


def _why_not(
    session: Session, task: Task, proceeding: Proceeding, people: Sequence[Staff], now: datetime
) -> str:
    """What stands in the way of a step that this person may do."""
    if task.holder_id is not None and task.holder_id not in {person.id for person in people}:
        return str(_("由%(who)s办理中", who=task.holder.name if task.holder else ""))
    if task.step != "decide_proceeding":
        return ""
    return _refusal(
        lambda: proceeding_rules.require_other_eyes(proceeding, people[0]),
        lambda: proceeding_rules.require_hearing_over(session, proceeding, now),
    )


def _refusal(*checks: Callable[[], None]) -> str:
    """The sentence of the first check that refuses; empty where none does."""
    for check in checks:
        try:
            check()
        except DomainError as error:
            return speak(error.message, error.params)
    return ""


def _hearing(session: Session, proceeding: Proceeding, people: Sequence[Staff], now: datetime) -> list[Offer]:
    """A hearing asked for, or given up, while the holder may."""
    if not _may(people, "take_hearing_request", proceeding.department_id):
        return []
    until = proceeding_rules.may_ask_until(session, proceeding, now)
    if until is None:
        return []
    return [Offer(f"hearing:{proceeding.id}", str(_("登记听证要求")), until=until)]


def _abandon(proceeding: Proceeding, people: Sequence[Staff]) -> list[Offer]:
    """A proposal nobody was told of can be dropped without a paper."""
    if proceeding.told_at is not None or not _may(people, "decide_proceeding", proceeding.department_id):
        return []
    return [Offer(f"abandon:{proceeding.id}", str(_("不再启动")))]


def _proposals(session: Session, file: PermitFile, people: Sequence[Staff]) -> list[Offer]:
    """The proceedings an officer of the issuing department may begin."""
    if not _may(people, "tell_facts", file.permit.department_id):
        return []
    found = [_proposal(session, file, kind) for kind in ADVERSE]
    if not all(offer.why for offer in found):
        return found
    why = found[0].why
    if not is_comprehensive(file.permit) and file.proceeding is None:
        why = str(_("证照目前是“%(state)s”，没有可以启动的监管程序", state=_(file.status.label)))
    return [Offer("propose:", str(_("启动监管程序")), why)]


def _proposal(session: Session, file: PermitFile, kind: str) -> Offer:
    grounds = {code: ground for code, ground in grounds_now(kind, file.status).items() if ground.heard}
    if file.commitment is None:
        grounds.pop("commitment_unmet", None)
    label = str(_("拟%(act)s", act=_(TRANSITIONS[kind].label)))
    if is_comprehensive(file.permit):
        grounds = {}
    why = _blocked(file, kind, grounds)
    barred = {} if why else _barred(session, file, grounds)
    return Offer(f"propose:{kind}", label, why, kind=kind, grounds=grounds, barred=barred)


def _barred(session: Session, file: PermitFile, grounds: Mapping[str, Ground]) -> dict[str, str]:
    """Why a ground is none yet: a commitment is not broken while its rectification runs."""
    reasons = {
        code: _refusal(partial(verification_grounds.require_broken, session, file.permit, code))
        for code in grounds
    }
    return {code: why for code, why in reasons.items() if why}


def _at_once(file: PermitFile, people: Sequence[Staff]) -> list[Offer]:
    """What the head does at once: lift a suspension, cancel where there is nothing to hear anybody about."""
    found = []
    for kind, right in AT_ONCE:
        if not _may(people, right, file.permit.department_id):
            continue
        grounds = {code: each for code, each in grounds_now(kind, file.status).items() if not each.heard}
        if kind == "lift" and file.status != PermitStatus.SUSPENDED:
            continue
        why = _blocked(file, kind, grounds)
        found.append(
            Offer(f"at_once:{kind}", str(_(TRANSITIONS[kind].label)), why, kind=kind, grounds=grounds)
        )
    return found


def _void(file: PermitFile, people: Sequence[Staff]) -> list[Offer]:
    """A paper that was printed wrong is voided and issued anew, on the page of the document."""
    if (
        not _may(people, "rectify_document", file.permit.department_id)
        or file.permit.case_id not in file.cases
    ):
        return []
    grounds = grounds_now("void", file.status)
    why = "" if grounds and file.proceeding is None else _blocked(file, "void", grounds)
    return [Offer("void:0", str(_("更正或作废证面")), why, kind="void")]


def _blocked(file: PermitFile, kind: str, grounds: Mapping[str, Ground]) -> str:
    """Why this act is not possible on this permit now; empty where it is."""
    act = _(TRANSITIONS[kind].label)
    if is_comprehensive(file.permit) and kind != "void" and not (kind == "cancel" and grounds):
        return speak(FollowsItsParts.message, {"act": act})
    if file.proceeding is not None:
        open_ = file.proceeding
        since = clock.local_day(open_.opened_at)
        params = {"number": file.permit.number, "act": TRANSITIONS[open_.kind].label, "since": since}
        return speak(ProceedingOpen.message, params)
    if not grounds:
        return str(_("证照目前是“%(state)s”，不能%(act)s", state=_(file.status.label), act=act))
    return ""
