"""A case in the applicant's words: three to five stages, one sentence on what happens now, who and until when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from approvals import catalogue, clock
from approvals.messages import N_
from approvals.queries.tracking_rows import Tracked
from approvals.terms import CaseState, ItemKind, MaterialState, Outcome, PartState, Path

from ..i18n import day, listed, local
from ..lamps import light_of
from .words import _

UNACCEPTED = (Outcome.NOT_ACCEPTED, Outcome.NOT_NEEDED, Outcome.NOT_OURS)
WITHDRAWN = {Outcome.WITHDRAWN: N_("已撤回"), Outcome.DEEMED_WITHDRAWN: N_("视为撤回")}
GRANTED = (Outcome.GRANTED, Outcome.PARTLY_GRANTED)
BADGES: dict[str, str] = {
    Outcome.GRANTED: "green", Outcome.PARTLY_GRANTED: "amber", Outcome.REFUSED: "red", Outcome.NOT_ACCEPTED: "red",
    Outcome.DEEMED_RENEWED: "green",
}  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """One dot on the way: ``state`` is done, now, next or stopped."""

    words: str
    state: str
    small: str = ""


def stages(seen: Tracked) -> list[Stage]:
    """The way of this case, as far as it went and as it should go on."""
    case = seen.case
    if case.outcome in UNACCEPTED:
        return [_done(N_("已提交"), case.received_at), _stopped(N_("已书面答复"), case.ended_at)]
    if case.outcome in WITHDRAWN:
        accepted = [_done(N_("已受理"), case.accepted_at)] if case.accepted_at else []
        last = _stopped(WITHDRAWN[Outcome(case.outcome)], case.ended_at)
        return [_done(N_("已提交"), case.received_at), *accepted, last]
    if case.outcome == Outcome.DEEMED_RENEWED:
        accepted = [_done(N_("已受理"), case.accepted_at)] if case.accepted_at else []
        renewed = _done(N_("视为准予延续"), case.ended_at)
        return [_done(N_("已提交"), case.received_at), *accepted, renewed]
    return [
        _done(N_("已提交"), case.received_at),
        *_acceptance(seen),
        _review(seen),
        _decision(seen),
        _collection(seen),
    ]


def _done(words: str, at: datetime | None) -> Stage:
    return Stage(_(words), "done", day(at))


def _stopped(words: str, at: datetime | None) -> Stage:
    return Stage(_(words), "stopped", day(at))


def _acceptance(seen: Tracked) -> list[Stage]:
    case = seen.case
    if case.accepted_at is not None:
        return [_done(N_("已受理"), case.accepted_at)]
    if case.state == CaseState.CORRECTING:
        return [Stage(_("等您补正"), "now")]
    if case.state == CaseState.COMMITTING:
        return [Stage(_("等您承诺"), "now")]
    return [Stage(_("核对材料"), "now")]


def _review(seen: Tracked) -> Stage:
    case = seen.case
    words = N_("部门同时审查") if case.item.kind == ItemKind.JOINT else N_("部门审查")
    committed = bool(case.parts) and all(part.path == Path.COMMITMENT for part in case.parts)
    if committed or catalogue.item_for(case).kind == ItemKind.INSTANT:
        words = N_("当场审查")
    going = "now" if case.state in (CaseState.REVIEWING, CaseState.COLLATING) else "done"
    return Stage(_(words), going if case.accepted_at else "next")


def _decision(seen: Tracked) -> Stage:
    case = seen.case
    if case.state == CaseState.DECIDING:
        return Stage(_("作出决定"), "now")
    reached = case.state in (CaseState.ISSUING, CaseState.DELIVERING, CaseState.ENDED)
    return Stage(_("作出决定"), "done" if reached else "next", day(case.decided_at) if reached else "")


def _collection(seen: Tracked) -> Stage:
    case = seen.case
    if case.state == CaseState.ENDED:
        words = N_("已领取决定书") if case.outcome == Outcome.REFUSED else N_("已领取证照")
        return _done(words if _yields_certificate(seen) else N_("已领取结果"), case.ended_at)
    words = N_("领取决定书") if refused(seen) else N_("领取证照")
    now = case.state in (CaseState.ISSUING, CaseState.DELIVERING)
    return Stage(_(words if _yields_certificate(seen) else N_("领取结果")), "now" if now else "next")


def _yields_certificate(seen: Tracked) -> bool:
    item = catalogue.item_of(seen.case.item)
    return item.certificate is not None


def refused(seen: Tracked) -> bool:
    """Every authority that decided refused."""
    rulings = [part.granted for part in seen.parts if part.granted is not None]
    return bool(rulings) and not any(rulings)


def happening(seen: Tracked) -> list[str]:
    """What happens now and what the applicant has to do, if anything; the first sentence stands first."""
    case = seen.case
    if case.state == CaseState.ENDED:
        return [_ended(seen)]
    said = [NOW[CaseState(case.state)](seen), *_pauses(seen), *_hearings(seen), *_visits(seen)]
    duties = _duties(seen)
    return said + (duties or _nothing_to_do(seen))


def _checking(seen: Tracked) -> str:
    return _(
        "窗口已收到您的材料，正在核对是否齐全、符合要求，%(day)s 前一次告知您结果；逾期不告知的，自收到之日起即为受理。",
        day=day(seen.case.notify_by),
    )


def _committing(_seen: Tracked) -> str:
    return _("材料已经齐全，可以按告知承诺办理：请阅读下面的承诺事项，逐项确认并签署，签署后当场作出决定。")


def _correcting(seen: Tracked) -> str:
    if seen.correction is None:
        return _("您补正的材料已收到，窗口正在核对。")
    return _("材料需要补正，补正并核对无误后即受理。")


def _reviewing(seen: Tracked) -> str:
    """Departments are counted, not parts: one that has two is done when both are."""
    at_work: dict[str, bool] = {}
    for part in seen.parts:
        if part.state != PartState.CANCELLED:
            name = local(part.department)
            at_work[name] = at_work.get(name, True) and (part.reviewed_at or part.granted) is not None
    if len(at_work) < 2:
        return _("%(who)s正在审查您的申请。", who=_names(seen))
    if not any(at_work.values()):
        return _("%(all)s 个部门在同时审查您的申请。", all=len(at_work))
    done = sum(at_work.values())
    return _("%(all)s 个部门在同时审查您的申请，%(done)s 个已审查完毕。", all=len(at_work), done=done)


def _collating(seen: Tracked) -> str:
    return _("各部门都已审查完毕，%(who)s正在汇总。", who=_names(seen))


def _deciding(seen: Tracked) -> str:
    made = sum(part.granted is not None for part in seen.parts)
    if len(seen.parts) < 2:
        return _("审查已经结束，%(who)s正在作出决定。", who=_names(seen))
    return _(
        "审查已经结束，有关部门正在各自作出决定，已作出 %(made)s 项。决定书作出后可在下面下载。", made=made
    )


def _issuing(seen: Tracked) -> str:
    if any(fee.state == "due" for fee in seen.case.fees):
        return _("决定已经作出，缴清费用后制作证照。")
    made = [part.granted for part in seen.parts if part.granted is not None]
    if not all(made):
        return _(
            "决定已经作出：%(yes)s 项准予，%(no)s 项不予，正在制作证照。",
            yes=sum(made),
            no=len(made) - sum(made),
        )
    return _("决定已经作出，正在制作证照。")


def _delivering(seen: Tracked) -> str:
    item = catalogue.item_of(seen.case.item)
    place = {"place": local(item.place), "hours": local(item.hours)}
    if refused(seen):
        return _("不予许可决定书已经做好。请带身份证件到%(place)s领取（%(hours)s），或等待邮寄。", **place)
    return _("证照和文书已经做好。请带身份证件到%(place)s领取（%(hours)s），或等待邮寄。", **place)


NOW: dict[CaseState, Callable[[Tracked], str]] = {
    CaseState.CHECKING: _checking,
    CaseState.COMMITTING: _committing,
    CaseState.CORRECTING: _correcting,
    CaseState.REVIEWING: _reviewing,
    CaseState.COLLATING: _collating,
    CaseState.DECIDING: _deciding,
    CaseState.ISSUING: _issuing,
    CaseState.DELIVERING: _delivering,
}


def _ended(seen: Tracked) -> str:
    return _(ENDINGS[Outcome(seen.case.outcome or Outcome.WITHDRAWN)], day=day(seen.case.ended_at))


ENDINGS = {
    Outcome.GRANTED: N_("已准予许可，证照文书已于 %(day)s 送达，办件办结。"),
    Outcome.PARTLY_GRANTED: N_(
        "部分事项准予、部分不予，文书已于 %(day)s 送达，办件办结。理由和救济途径见各决定书。"
    ),
    Outcome.REFUSED: N_("不予许可，决定书已于 %(day)s 送达，办件办结。理由和救济途径见决定书。"),
    Outcome.NOT_ACCEPTED: N_("申请已于 %(day)s 决定不予受理，理由和救济途径见决定书。"),
    Outcome.NOT_NEEDED: N_("您要办的事不需要取得许可，已于 %(day)s 书面告知，可以直接办理。"),
    Outcome.NOT_OURS: N_("您要办的事不属于本机关职权，已于 %(day)s 书面告知，应当向哪个机关申请见告知书。"),
    Outcome.WITHDRAWN: N_("您已于 %(day)s 撤回申请，办理终止。需要时可以重新申请。"),
    Outcome.DEEMED_RENEWED: N_(
        "原许可有效期届满前没有作出决定，依法已于 %(day)s 视为准予延续。新证照和通知书可以在下面下载，也可以到窗口领取。"
    ),
    Outcome.DEEMED_WITHDRAWN: N_(
        "期限届满，经提醒仍没有收到材料，申请已于 %(day)s 视为撤回，办理终止。理由和救济途径见告知书；材料齐备后可以重新申请。"
    ),
}


def _pauses(seen: Tracked) -> list[str]:
    """What stops the clock, each kind once."""
    kinds = dict.fromkeys(_(pause.kind.label) for pause in seen.pauses if pause.kind is not None)
    return [_("正在进行%(what)s，依法不计入期限。", what=listed(kinds))] if kinds else []


def _hearings(seen: Tracked) -> list[str]:
    waiting = {local(task.department) for task in seen.tasks if task.step == "hear_statement"}
    return [
        _("%(who)s拟作出不予许可决定。您有权陈述、申辩，期限和方式见《拟不予行政许可告知书》。", who=who)
        for who in sorted(waiting)
    ]


def _visits(seen: Tracked) -> list[str]:
    return [
        _(
            "部门约定 %(day)s %(time)s 到%(place)s现场核查，请留人在场。",
            day=day(visit.appointed_for),
            time=clock.local(visit.appointed_for).strftime("%H:%M"),
            place=visit.place,
        )
        for visit in seen.visits
        if visit.appointed_for is not None
    ]


def _duties(seen: Tracked) -> list[str]:
    """What the applicant has to do: answer a correction, bring deferred papers, pay."""
    found = []
    if seen.correction is not None:
        by = day(seen.correction.answer_by)
        found.append(_("请您在 %(day)s 前补正，可以在下面上传，也可以送到窗口。", day=by))
    deferred = [m for m in seen.case.materials if m.state == MaterialState.DEFERRED]
    if deferred and seen.case.deferral_expired_at is not None:
        found.append(
            _("容缺材料到期没有补齐，不能再补交；作出不予决定前会听取您的陈述申辩，您也可以撤回后重新申请。")
        )
    elif deferred:
        names = local({"zh": "、", "en": ", "}).join(local(material.line["name"]) for material in deferred)
        by = day(deferred[0].deferred_until)
        found.append(_("请您在 %(day)s 前到窗口补交容缺材料：%(names)s。", day=by, names=names))
    if any(fee.state == "due" for fee in seen.case.fees):
        found.append(_("有费用待缴，缴清后才能制发证照。"))
    return found


def _nothing_to_do(seen: Tracked) -> list[str]:
    busy = (CaseState.COMMITTING, CaseState.DELIVERING, CaseState.DECIDING)
    if seen.case.state in busy or seen.visits or _hearings(seen):
        return []
    return [_("您现在不用做什么。")]


def _names(seen: Tracked) -> str:
    """The departments that have something to do now, each once; the lead's where nobody has."""
    at_work = [local(task.department) for task in seen.tasks if task.step != "answer_correction"]
    return listed(dict.fromkeys(at_work or [local(seen.case.department.name)]))


def until(seen: Tracked) -> date | None:
    """Until when: the promised day, before acceptance the day by which everything is told."""
    case = seen.case
    if case.state == CaseState.CORRECTING and seen.correction is not None:
        return seen.correction.answer_by
    due = case.notify_by if case.accepted_at is None else case.promised_due or case.statutory_due
    return clock.local_day(due) if due else None


def lamp(seen: Tracked, now: datetime) -> tuple[str, str] | None:
    """Code and words; None before acceptance and once it is decided or ended."""
    case = seen.case
    if case.accepted_at is None or case.decided_at is not None or case.ended_at is not None:
        return None
    shown = light_of(case, now)
    return shown.code, shown.words
