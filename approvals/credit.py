"""Credit records (信用记录) of broken commitments and false materials, the bars of 78 and 79, and the repair.

Two findings are kept apart. Deceit and false materials bar *that* licence for a time where it touches safety;
a commitment merely not kept bars nothing. Each of them sends the next application the ordinary way
until the record is repaired (信用修复) or its own day has passed.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from . import authority, clock, journal
from .catalogue import item_of
from .errors import DomainError, ReasonRequired
from .messages import N_
from .tables import ApplicationBar, CasePart, CommitmentClause, CreditRecord, ServiceItem, Staff
from .terms import CreditKind

ARTICLES: dict[CreditKind, str] = {
    CreditKind.UNMET: "国办发〔2020〕42号《关于全面推行证明事项和涉企经营许可事项告知承诺制的指导意见》",
    CreditKind.DECEIT: "《中华人民共和国行政许可法》第七十九条",
    CreditKind.FALSE_MATERIALS: "《中华人民共和国行政许可法》第七十八条",
}
BAR_YEARS: dict[CreditKind, int] = {CreditKind.DECEIT: 3, CreditKind.FALSE_MATERIALS: 1}
LATE_YEARS = 1  # a clause put right after its day: what the record of it weighs by itself


class RepairedAlready(DomainError):
    """A record is repaired once."""

    message = N_("这条信用记录已由%(who)s于%(when)s修复，没有重复写入。")
    status = 409


class RepairTooEarly(DomainError):
    """While the bar of the same fact lasts there is nothing to repair (行政许可法 78, 79)."""

    message = N_("同一事实的限制申请期到 %(until)s 届满，届满前不能修复信用。")
    status = 409


@dataclass(frozen=True)
class Fact:
    """What is recorded: of which part, of which kind, on which clause, and the last day it weighs by itself."""

    part: CasePart
    kind: CreditKind
    words: str
    clause: CommitmentClause | None = None
    until: date | None = None


def open_records(session: Session, number_index: str, today: date) -> list[CreditRecord]:
    """The records that weigh on an applicant today: not repaired, their own last day not past; oldest first."""
    query = select(CreditRecord).where(
        CreditRecord.number_index == number_index,
        CreditRecord.repaired_at.is_(None),
        or_(CreditRecord.until.is_(None), CreditRecord.until >= today),
    )
    return list(session.scalars(query.order_by(CreditRecord.id)))


def record(session: Session, fact: Fact, staff: Staff | None, now: datetime) -> CreditRecord | None:
    """Write one fact down, and bar a new application for the licence where the law does (78, 79).

    The same fact is written once; ``None`` for a case without applicant. The caller holds the case row.
    """
    part, applicant = fact.part, fact.part.case.applicant
    if applicant is None:
        return None
    item = part.item or part.case.item
    same = _recorded(session, fact)
    if same is not None:
        return same
    row = CreditRecord(
        applicant_id=applicant.id, number_index=applicant.number_index, kind=fact.kind, item_code=item.code,
        case_id=part.case_id, part_id=part.id, clause_id=fact.clause.id if fact.clause else None,
        article=ARTICLES[fact.kind], facts=fact.words.strip().replace("。；", "；"), at=now, until=fact.until,
        recorded_by_id=staff.id if staff else None,
        department_id=fact.clause.department_id if fact.clause else part.department_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    journal.write(
        session, "record_credit", now=now, staff=staff, case=part.case, part=part, ground=row.article,
        after={"kind": row.kind, "facts": row.facts, "until": str(row.until or "")},
    )  # fmt: skip
    if staff is not None and touches_safety(item):
        bar(session, fact, staff, now)
    return row


def _recorded(session: Session, fact: Fact) -> CreditRecord | None:
    return session.scalar(
        select(CreditRecord).where(
            CreditRecord.part_id == fact.part.id,
            CreditRecord.kind == fact.kind,
            CreditRecord.clause_id == (fact.clause.id if fact.clause else None),
        )
    )


def touches_safety(item: ServiceItem) -> bool:
    """Whether the licence touches public safety, health, life or property, as its commitment says.

    An item that is not decided on commitments counts as one that does: matters of safety are what they are not for.
    """
    offered = item_of(item).commitment
    return offered is None or not offered.clauses or offered.safety


def bar(session: Session, fact: Fact, staff: Staff, now: datetime) -> ApplicationBar | None:
    """No new application for that licence: three years after deceit, one after false materials; else ``None``.

    Both by the civil calendar (民法典 200–202): it ends with the same day of the last year. One fact bars once.
    """
    years, applicant = BAR_YEARS.get(fact.kind), fact.part.case.applicant
    if years is None or applicant is None:
        return None
    first, code, article = (
        clock.local_day(now),
        (fact.part.item or fact.part.case.item).code,
        ARTICLES[fact.kind],
    )
    standing = session.scalar(
        select(ApplicationBar).where(
            ApplicationBar.case_id == fact.part.case_id,
            ApplicationBar.item_code == code,
            ApplicationBar.article == article,
        )
    )
    if standing is not None:
        return standing
    row = ApplicationBar(
        number_index=applicant.number_index, item_code=code, article=article, first_day=first,
        last_day=years_later(first, years), reasons=fact.words, case_id=fact.part.case_id,
        recorded_by_id=staff.id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    journal.write(
        session, "bar", now=now, staff=staff, case=fact.part.case, part=fact.part, ground=article,
        after={"item": code, "until": str(row.last_day)},
    )  # fmt: skip
    return row


def years_later(day: date, years: int) -> date:
    """The last day of a period of whole years; from 29 February to the last of February where there is no other."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def repair(session: Session, row: CreditRecord, staff: Staff, reasons: str, now: datetime) -> CreditRecord:
    """Repair a record: from now on it weighs no more. By a head of the department that wrote it, with reasons.

    Raises ``Forbidden``, ``RepairedAlready``, ``RepairTooEarly`` or ``ReasonRequired``. The caller holds the case row.
    """
    authority.acting_for(session, staff, "repair_credit", row.department_id, now)
    if row.repaired_at is not None:
        when = clock.local(row.repaired_at).strftime("%Y-%m-%d %H:%M")
        raise RepairedAlready(who=row.repaired_by.name if row.repaired_by else "", when=when)
    until = barred_until(session, row)
    if until is not None and clock.local_day(now) <= until:
        raise RepairTooEarly(until=until)
    if not reasons.strip():
        raise ReasonRequired
    row.repaired_at, row.repaired_by_id, row.repair_reasons = now, staff.id, reasons.strip()
    session.flush()
    journal.write(
        session, "repair_credit", now=now, staff=staff, case=row.case, ground=row.article,
        after={"kind": row.kind, "facts": row.facts, "reasons": row.repair_reasons},
    )  # fmt: skip
    return row


def barred_until(session: Session, row: CreditRecord) -> date | None:
    """The last day of the bar that the same fact brought, if it brought one."""
    return session.scalar(
        select(ApplicationBar.last_day)
        .where(
            ApplicationBar.case_id == row.case_id,
            ApplicationBar.item_code == row.item_code,
            ApplicationBar.article == row.article,
        )
        .order_by(ApplicationBar.last_day.desc())
        .limit(1)
    )
