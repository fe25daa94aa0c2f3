"""Papers of extensions, special procedures and hearings: what is told to the applicant in writing (42, 45–48)."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..calendar import WorkingCalendar
from ..hearing_rules import article_of, ask_until, is_late, of_case
from ..hearing_words import AskerKind, Ground, HearingState
from ..hearings import Appointment, record_of
from ..limits import Channel, Entry, EntryKind
from ..messages import N_
from ..procedure_rules import goes_by, item_for
from ..register_rules import TRANSITIONS
from ..tables import Case, CasePart, Document, Hearing, LedgerEntry, Proceeding, SpecialProcedure, Staff
from ..terms import ProcedureKind, Role
from . import rows

HEAD_OF = {Role.HEAD: "本机关负责人", Role.GOVERNMENT_HEAD: "本级人民政府负责人"}
"""The rank that approves, as papers name it (行政许可法 42)."""
ROLES = {
    "agent": N_("代理人"),
    "officer": N_("审查人员"),
    "witness": N_("证人"),
    "other": N_("其他参加人"),
}
"""Who takes part in a hearing beside ``AskerKind``."""


def extension(
    session: Session,
    procedure: SpecialProcedure,
    officer: Staff,
    rank: Role,
    statutory_before: datetime | None,
    now: datetime,
) -> Document:
    """延期告知书: reasons, days, approver, the new dates; the dates have been counted already."""
    case, part = procedure.case, procedure.part
    clocked = goes_by(case, part)
    promised = clocked.promised_due
    fields = {
        "accepted_on": case.accepted_at,
        "part": _part_name(case, part),
        "reasons": procedure.reasons,
        "days": extended_by(procedure),
        "basis": procedure.basis,
        "approver": officer.name,
        "approver_post": HEAD_OF[rank],
        "approved_on": now,
        "statutory_before": statutory_before,
        "statutory_due": clocked.statutory_due,
        "promised_due": promised,
        "promised_missed": promised is not None and now > promised and not clocked.paused,
        "provisional": clocked.provisional,
    }
    return rows.issue(session, "extension", case, officer, now, fields, part)


def extended_by(procedure: SpecialProcedure) -> str:
    """By how much, in the unit of the limit: 10个工作日."""
    statutory = item_for(procedure.case, procedure.part).statutory
    return f"{procedure.days}{rows.UNITS[statutory.unit if statutory else 'working']}"


def special_procedure(
    session: Session,
    procedure: SpecialProcedure,
    officer: Staff,
    calendar: WorkingCalendar,
    now: datetime,
    *,
    reasons: str = "",
    earlier_end: date | None = None,
) -> Document:
    """特别程序告知书: kind, basis, time needed, start, end; told again where it takes longer."""
    case, part = procedure.case, procedure.part
    earlier = session.get(Document, procedure.document_id) if procedure.document_id else None
    start = _counted_as(session, procedure, EntryKind.PAUSE, procedure.approved_at or now, calendar)
    provisional = procedure.ends_on is not None and calendar.is_provisional_between(start, procedure.ends_on)
    fields = {
        "procedure": ProcedureKind(procedure.kind).label,
        "part": _part_name(case, part),
        "basis": procedure.basis,
        "reasons": reasons or procedure.reasons,
        "body": procedure.body,
        "days": f"{procedure.days}{rows.UNITS['working']}",
        "starts_on": start,
        "ends_on": procedure.ends_on,
        "provisional": provisional,
        "approver": procedure.approver.name if procedure.approver else "",
        "approver_post": HEAD_OF[Role.HEAD],
        "earlier_number": earlier.number if earlier and earlier_end else "",
        "earlier_end": earlier_end,
    }
    return rows.issue(session, "special_procedure", case, officer, now, fields, part)


def special_procedure_end(
    session: Session, procedure: SpecialProcedure, officer: Staff, calendar: WorkingCalendar, now: datetime
) -> Document:
    """特别程序结束告知书: start, end, result, the days left out and the dates that follow."""
    case, part = procedure.case, procedure.part
    clocked = goes_by(case, part)
    notice = session.get(Document, procedure.document_id) if procedure.document_id else None
    start = _counted_as(session, procedure, EntryKind.PAUSE, procedure.approved_at or now, calendar)
    end = _counted_as(session, procedure, EntryKind.RESUME, procedure.ended_at or now, calendar)
    end = max(start, end)
    fields = {
        "procedure": ProcedureKind(procedure.kind).label,
        "part": _part_name(case, part),
        "basis": procedure.basis,
        "notice_number": notice.number if notice else "",
        "starts_on": start,
        "ends_on": end,
        "days": f"{calendar.between(start, end)}{rows.UNITS['working']}",
        "result": procedure.result,
        "still_running": clocked.paused,
        "statutory_due": clocked.statutory_due,
        "promised_due": clocked.promised_due,
        "provisional": clocked.provisional,
    }
    return rows.issue(session, "special_procedure_end", case, officer, now, fields, part)


def _counted_as(
    session: Session, procedure: SpecialProcedure, kind: EntryKind, at: datetime, calendar: WorkingCalendar
) -> date:
    """The day an act counts as by its line of the ledger: at the window after hours the next working day."""
    line = select(LedgerEntry.channel).where(
        LedgerEntry.case_id == procedure.case_id, LedgerEntry.kind == kind, LedgerEntry.at == at
    )
    channel = session.scalar(line.order_by(LedgerEntry.id.desc()).limit(1)) or Channel.ONLINE
    return Entry(EntryKind.RESUME, at, channel=Channel(channel)).day(calendar)


def hearing_right(
    session: Session, hearing: Hearing, officer: Staff, calendar: WorkingCalendar, now: datetime
) -> Document:
    """听证权利告知书 to the applicant or an interested party; the applicant reads only the own one."""
    case, part = hearing.case, hearing.part
    kind = AskerKind(hearing.asker_kind)
    fields = {
        "addressee": hearing.asked_by,
        "addressee_kind": kind.label,
        "part": _part_name(case, part),
        "interest": hearing.reasons,
        "ask_by": ask_until(now, calendar),
    }
    document = rows.issue(session, "hearing_right", case, officer, now, fields, part)
    document.public = kind == AskerKind.APPLICANT
    return document


def hearing_notice(
    session: Session, hearing: Hearing, made: Appointment, officer: Staff, now: datetime
) -> Document:
    """听证通知书 to everybody concerned: time, place, chair, rights."""
    case, part = hearing.case, hearing.part
    earlier = session.get(Document, hearing.notice_document_id) if hearing.notice_document_id else None
    fields = {
        "addressees": _addressees(session, hearing),
        "part": _part_name(case, part),
        "ground": Ground(hearing.ground).label,
        "matter": _matter(session, hearing),
        "article": _article(session, hearing),
        "reasons": hearing.reasons,
        "at": hearing.held_at,
        "place": hearing.place,
        "public": hearing.public,
        "why_closed": made.why_closed.strip(),
        "hold_by": hearing.hold_by,
        "why_late": made.why_late.strip() if is_late(hearing) else "",
        "chair": made.chair.name if made.chair else "",
        "recorder": made.recorder.name if made.recorder else "",
        "replaces": earlier.number if earlier else "",
    }
    return rows.issue(session, "hearing_notice", case, officer, now, fields, part)


def _matter(session: Session, hearing: Hearing) -> str:
    """What is heard: an application, or in a proceeding the act that is proposed against a permit."""
    if hearing.proceeding_id is None:
        name = _part_name(hearing.case, hearing.part) or hearing.case.item.name["zh"]
        return f"“{name}”申请（办件编号 {hearing.case.number}）"
    proceeding = session.get_one(Proceeding, hearing.proceeding_id)
    permit = proceeding.permit
    return (
        f"拟对“{permit.name['zh']}”（编号 {permit.number}）作出{TRANSITIONS[proceeding.kind].label}决定一事"
    )


def _article(session: Session, hearing: Hearing) -> str:
    """The article of the right, with that of how it is held where that is another."""
    article = article_of(session, hearing)
    return f"{article}和第四十八条" if "行政许可法" in article else article


def _addressees(session: Session, hearing: Hearing) -> list[str]:
    """The applicant, the interested parties that were told, and last whoever asked."""
    applicant = hearing.case.applicant.name if hearing.case.applicant else ""
    told = [
        row.asked_by
        for row in of_case(session, hearing.case_id)
        if row.part_id == hearing.part_id
        and row.proceeding_id == hearing.proceeding_id
        and row.state == HearingState.TOLD
    ]
    return list(dict.fromkeys(name for name in (applicant, *told, hearing.asked_by) if name))


def hearing_record(session: Session, hearing: Hearing, officer: Staff, now: datetime) -> Document:
    """听证笔录 with everybody who took part and signed, or did not and why."""
    case, part = hearing.case, hearing.part
    notice = session.get(Document, hearing.notice_document_id) if hearing.notice_document_id else None
    words = {kind.value: kind.label for kind in AskerKind} | ROLES
    fields = {
        "part": _part_name(case, part),
        "ground": Ground(hearing.ground).label,
        "notice_number": notice.number if notice else "",
        "at": hearing.held_at,
        "place": hearing.place,
        "public": hearing.public,
        "chair": hearing.chair.name if hearing.chair else "",
        "recorder": hearing.recorder.name if hearing.recorder else "",
        "participants": [row | {"role": words.get(row["role"], row["role"])} for row in hearing.signatures],
        "record": hearing.record,
        "conclusion": hearing.conclusion,
    }
    return rows.issue(session, "hearing_record", case, officer, now, fields, part)


def record_words(session: Session, part: CasePart) -> str:
    """The record a decision cites (行政许可法 48): 听证笔录（示市监听笔〔2026〕1号）; empty without hearing."""
    held = record_of(session, part)
    paper = session.get(Document, held.record_document_id) if held and held.record_document_id else None
    return f"听证笔录（{paper.number}）" if paper else ""


def _part_name(case: Case, part: CasePart | None) -> str:
    """The part, where the case has several."""
    return str(part.name["zh"]) if part is not None and len(case.parts) > 1 else ""
