"""Papers of change, renewal and replacement: what was decided, what the law brought about, and what is told before."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from .. import calendars, catalogue, clock, documents, permit_changes, permit_requests
from ..decision import Ruling
from ..renewal_time import RenewalTime, renewed_validity
from ..tables import Case, CasePart, Decision, Document, Permit, Staff
from ..terms import RequestKind
from . import decisions, rows
from .decisions import grant
from .special import record_words

LATE = (
    "申请于 {asked}提出，晚于最后期限{last}。届满前没有作出决定的，不适用“逾期未作决定，视为准予延续”的规定。"
)
NO_LICENCE = "本事项不属于行政许可，不适用“逾期未作决定，视为准予延续”的规定。"
IN_TIME = (
    "本申请涉及的许可有效期至{expires}，依法应当在{last}前提出延续申请。本申请于{asked}提出，属于按期申请；"
    "有效期届满前没有作出决定的，视为准予延续（《中华人民共和国行政许可法》第五十条第二款）。"
)
TOO_LATE = (
    "本申请涉及的许可有效期至{expires}，依法应当在{last}前提出延续申请。本申请于{asked}提出，晚于该期限，"
    "本机关仍予办理；但有效期届满前没有作出决定的，不视为准予延续，许可届满失效，需要继续从事该活动的须重新申请。"
)
NOT_DEEMED = "本申请涉及的期限至{expires}。本事项不属于行政许可，逾期未作决定的，不视为准予延续。"
MARK = "（上述期限涉及尚未公布放假调休安排的年度，为暂定日期。）"


def request_note(session: Session, case: Case, now: datetime) -> str:
    """What the acceptance tells of a renewal: whether it was asked for in time, and what follows; else nothing."""
    time = permit_requests.time_of(session, case, calendars.of_version(session, case.calendar_version), now)
    if time is None:
        return ""
    words = NOT_DEEMED if not time.deems else TOO_LATE if time.late else IN_TIME
    return words.format(expires=_day(time.expires), last=_day(time.last), asked=_day(time.asked)) + (
        MARK if time.provisional and time.deems else ""
    )


def granted(session: Session, part: CasePart, decision: Decision, officer: Staff, now: datetime) -> Document:
    """准予许可决定书; of a request 准予变更、准予延续 or 补发证件."""
    case = part.case
    if case.request == RequestKind.NEW:
        return grant(session, part, decision, officer, now)
    return rows.issue(
        session, f"grant_{case.request}", case, officer, now, _granted(session, part, decision), part
    )


def decision_preview(session: Session, part: CasePart, ruling: Ruling, officer: Staff, now: datetime) -> str:
    """The decision as it would be issued on this ruling; no number is taken. Raises ``GlyphMissing``."""
    case, meant = part.case, decisions.meant(part, ruling, now)
    if case.request == RequestKind.NEW or not ruling.granted:
        return decisions.preview(session, part, meant, officer, now)
    kind, fields = f"grant_{case.request}", _granted(session, part, meant)
    return documents.preview(kind, case, part, part.department, fields, officer, now)


def _granted(session: Session, part: CasePart, decision: Decision) -> dict[str, Any]:
    case = part.case
    permit = permit_requests.standing(session, permit_requests.permit_of(session, case))
    own: dict[str, Any] = {}
    if case.request == RequestKind.CHANGE:
        own = {"changes": _changes(session, case)}
    elif case.request == RequestKind.RENEWAL:
        own = _validity(case, permit, decision.at)
    return {
        "accepted_on": case.accepted_at,
        "permit": permit_rows(permit),
        "reasons": decision.reasons,
        "articles": decision.articles,
        "hearing_record": record_words(session, part),
        **own,
    }


def _changes(session: Session, case: Case) -> list[dict[str, str]]:
    return [
        {"what": each.label["zh"], "old": each.old["zh"], "new": each.new["zh"]}
        for each in permit_changes.changes_of(session, case)
    ]


def _validity(case: Case, permit: Permit, at: datetime) -> dict[str, Any]:
    first, last = renewed_validity(permit, catalogue.item_of(case.item), clock.local_day(at))
    return {"valid_from": first, "valid_until": last}


def deemed_renewal(
    session: Session, case: Case, permit: Permit, time: RenewalTime, now: datetime
) -> Document:
    """视为准予延续通知书: asked for in time, not decided, renewed by law; nobody signs it."""
    fields = {
        "accepted_on": case.accepted_at,
        "permit": permit_rows(permit),
        "expires": time.expires,
        "asked_on": time.asked,
        "last_day": time.last,
        **_validity(case, permit, now),
    }
    return rows.issue(session, "deemed_renewal", case, None, now, fields, case.parts[0])


def renewal_lapsed(
    session: Session, case: Case, permit: Permit, time: RenewalTime, now: datetime
) -> Document:
    """许可有效期届满告知书: why silence has not renewed it, and what can be done."""
    why = (LATE if time.deems else NO_LICENCE).format(asked=_day(time.asked), last=_day(time.last))
    fields = {
        "permit": permit_rows(permit),
        "expires": time.expires,
        "asked_on": time.asked,
        "last_day": time.last,
        "why": why,
    }
    return rows.issue(session, "renewal_lapsed", case, None, now, fields, case.parts[0])


def permit_rows(permit: Permit) -> list[tuple[str, str]]:
    """The permit a paper is about."""
    until = _day(permit.valid_until) if permit.valid_until else "长期"
    return [("许可证件", f"{permit.name['zh']} {permit.number}"), ("原有效期至", until)]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
