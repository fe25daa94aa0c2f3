"""The hearing in a proceeding against a permit: asked for or given up; appointed and held as any other (``hearings``)."""

from datetime import datetime

from sqlalchemy.orm import Session

from approvals import authority, journal, proceeding_hearings, register_book
from approvals.calendar import WorkingCalendar
from approvals.errors import NotFound
from approvals.hearing_words import PROCEEDING_ARTICLES
from approvals.tables import CasePart, Hearing, Proceeding, Staff

from .hearings import begin

ARTICLE = "《中华人民共和国行政许可法》第七条、第四十七条"


def ask(
    session: Session,
    proceeding_id: int,
    staff: Staff | None,
    reasons: str,
    calendar: WorkingCalendar,
    now: datetime,
) -> Hearing:
    """The holder asks for a hearing, at the window or (``staff`` None) online; the decision waits for its record.

    Raises ``NotFound``, ``Forbidden`` and what ``proceeding_hearings.ask`` raises.
    """
    proceeding = _locked(session, proceeding_id, staff, now)
    asked = proceeding_hearings.ask(session, proceeding, staff, reasons, calendar, now)
    part = session.get_one(CasePart, proceeding.part_id)
    begin(session, part, asked, staff or proceeding.case.clerk, calendar, now)
    return asked


def waive(session: Session, proceeding_id: int, staff: Staff, now: datetime) -> Proceeding:
    """The holder gave a hearing up in writing. Raises as ``ask``."""
    proceeding = _locked(session, proceeding_id, staff, now)
    waive_with_statement(session, proceeding, staff, now)
    return proceeding


def waive_with_statement(session: Session, proceeding: Proceeding, staff: Staff, now: datetime) -> None:
    """The same in the act that records the statement. Raises as ``proceeding_hearings.waive``."""
    proceeding_hearings.waive(session, proceeding, now)
    part = session.get_one(CasePart, proceeding.part_id)
    journal.write(
        session, "waive_hearing", now=now, staff=staff, case=proceeding.case, part=part,
        ground=PROCEEDING_ARTICLES.get(proceeding.kind, ARTICLE), after={"name": proceeding.permit.holder},
    )  # fmt: skip


def _locked(session: Session, proceeding_id: int, staff: Staff | None, now: datetime) -> Proceeding:
    found = session.get(Proceeding, proceeding_id)
    if found is None:
        raise NotFound
    register_book.lock(session, found.permit)
    if staff is not None:
        authority.acting_for(session, staff, "take_hearing_request", found.department_id, now)
    return found
