"""The days of a verification (核查): counted from the decision by the centre's calendar, and anew on a newer one."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from . import clock, deadlines, journal
from .calendar import WorkingCalendar
from .catalogue import item_of
from .item_commitment import Commitment as Terms
from .limits import Limit, Unit
from .tables import CasePart, Document, Staff, Verification
from .terms import VerificationState

GROUND = "国办发〔2020〕42号《关于全面推行证明事项和涉企经营许可事项告知承诺制的指导意见》"


def terms_of(part: CasePart) -> Terms:
    """What the item of a part says of commitment; raises ``ValueError`` for an item that says nothing."""
    offered = item_of(part.item or part.case.item).commitment
    if offered is None:
        raise ValueError(part.id)
    return offered


def dates(row: Verification, calendar: WorkingCalendar) -> deadlines.Deadline:
    """Due day, yellow instant and provisional mark of what is to be verified now, on this calendar."""
    limit = Limit(row.limit["days"], Unit(row.limit["unit"]))
    return deadlines.single(datetime.fromisoformat(row.limit["since"]), limit, calendar)


def count(row: Verification, calendar: WorkingCalendar) -> None:
    """Set the due day of what is to be verified now."""
    counted = dates(row, calendar)
    if counted.promised_due is None:  # a limit always yields a day
        raise ValueError(row.limit)
    row.due, row.provisional = counted.promised_due, counted.provisional
    row.calendar_version = calendar.version


def recount(session: Session, row: Verification, calendar: WorkingCalendar, now: datetime) -> bool:
    """Count the day anew on a newer calendar; whether it moved. The caller holds the case row.

    A day of rectification that was told in writing never comes nearer; a later one holds.
    """
    before = (row.due, row.rectify_by)
    if row.state == VerificationState.RECTIFYING and row.rectify_by and row.rectify_document_id:
        told = clock.local_day(session.get_one(Document, row.rectify_document_id).issued_at)
        row.rectify_by = max(row.rectify_by, rectify_day(row, told, calendar))
        row.calendar_version = calendar.version
    else:
        count(row, calendar)
    if (row.due, row.rectify_by) == before:
        return False
    old, new = (before[1], row.rectify_by) if before[1] != row.rectify_by else (before[0], row.due)
    write(
        session, "recount_verification", row, None, now, {"until": str(_day(new))}, {"until": str(_day(old))}
    )
    return True


def rectify_day(row: Verification, told: date, calendar: WorkingCalendar) -> date:
    """The last day to put right what was told to be unmet on a day: the item's working days after it."""
    return calendar.add(told, terms_of(row.part).rectification_days).day


def _day(moment: date | datetime | None) -> date | None:
    return clock.local_day(moment) if isinstance(moment, datetime) else moment


def write(
    session: Session, act: str, row: Verification, staff: Staff | None, now: datetime,
    after: dict[str, object], before: dict[str, object] | None = None,
) -> None:  # fmt: skip
    """One line of the journal, of the part, with the department and the round."""
    journal.write(
        session, act, now=now, staff=staff, case=row.case, part=row.part, ground=GROUND, before=before,
        after={"department": row.department.zh, "round": row.round, **after},
    )  # fmt: skip
