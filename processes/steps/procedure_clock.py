"""The clock of a special procedure (45) or hearing stands and goes on, with the papers that tell of it.

An officer's own act counts until 24:00 of its day like one online; only what a party declares at the window ends
with the window's hours.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import ledger, notices, papers
from approvals.calendar import WorkingCalendar
from approvals.limits import Channel, Entry, EntryKind
from approvals.procedure_rules import clock_of
from approvals.tables import Document, LedgerEntry, SpecialProcedure, Staff
from approvals.terms import ProcedureKind


def stop_clock(
    session: Session,
    begun: SpecialProcedure,
    officer: Staff,
    calendar: WorkingCalendar,
    now: datetime,
    channel: Channel = Channel.ONLINE,
) -> None:
    """The time needed is told in writing, and the clock stands until the end is recorded."""
    entry = Entry(
        EntryKind.PAUSE, now, begun.basis, channel=channel, officer_id=officer.id, until=begun.ends_on
    )
    record(session, begun, entry, calendar)
    paper = papers.special_procedure(session, begun, officer, calendar, now)
    file_paper(session, begun, paper, EntryKind.PAUSE, now)
    tell(session, begun, paper, now)


def restart_clock(
    session: Session,
    ended: SpecialProcedure,
    officer: Staff,
    calendar: WorkingCalendar,
    now: datetime,
    channel: Channel = Channel.ONLINE,
) -> None:
    """The clock goes on, unless another procedure still holds it; the new dates are told in writing."""
    entry = Entry(EntryKind.RESUME, now, ended.basis, channel=channel, officer_id=officer.id)
    record(session, ended, entry, calendar)
    paper = papers.special_procedure_end(session, ended, officer, calendar, now)
    file_paper(session, ended, paper, EntryKind.RESUME, now)
    kind = ProcedureKind(ended.kind).label
    notices.to_applicant(session, ended.case, "procedure_over", now, procedure=kind, document=paper.number)


def tell(session: Session, running: SpecialProcedure, paper: Document, now: datetime) -> None:
    """The applicant hears of a notice with the time needed."""
    notices.to_applicant(
        session, running.case, "procedure", now, procedure=ProcedureKind(running.kind).label,
        until=running.ends_on, document=paper.number,
    )  # fmt: skip


def record(session: Session, procedure: SpecialProcedure, entry: Entry, calendar: WorkingCalendar) -> None:
    """Write a line to the clock the procedure stops or extends."""
    part = clock_of(procedure.part) if procedure.part is not None else None
    ledger.record(session, case=procedure.case, part=part, entry=entry, calendar=calendar)


def file_paper(
    session: Session, procedure: SpecialProcedure, paper: Document, kind: EntryKind, now: datetime
) -> None:
    """The paper needs the new dates, so the line of the ledger gets its number afterwards."""
    if kind == EntryKind.RESUME:
        procedure.end_document_id = paper.id
    else:
        procedure.document_id = paper.id
    part = clock_of(procedure.part) if procedure.part is not None else None
    line = session.scalars(
        select(LedgerEntry)
        .where(
            LedgerEntry.case_id == procedure.case_id, LedgerEntry.part_id == (part.id if part else None),
            LedgerEntry.kind == kind, LedgerEntry.at == now, LedgerEntry.document_number == "",
        )
        .order_by(LedgerEntry.id.desc())
    ).first()  # fmt: skip
    if line is not None:
        line.document_number = paper.number
    session.flush()
