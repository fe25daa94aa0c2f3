"""Each authority decides its own part: granted, or refused after the applicant was heard (38, 7, 36)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import (
    calendars,
    clock,
    completeness,
    credit,
    hearing_rules,
    hearings,
    joint_review,
    journal,
    procedure_rules,
)
from .catalogue import item_for, item_of
from .errors import DomainError, ReasonRequired, WrongState
from .messages import N_
from .tables import CasePart, Decision, Document, Opinion, Staff, StatementHearing
from .terms import CaseState, CreditKind, PartState, Path

HEARING_GROUND = "《中华人民共和国行政许可法》第七条、第三十六条"
DECISION_GROUND = "《中华人民共和国行政许可法》第三十八条"


class DecidedAlready(DomainError):
    """One part has one decision."""

    message = N_("该单项已由%(who)s于%(when)s作出决定，没有重复写入。")
    status = 409


class FourEyes(DomainError):
    """Whoever reviewed does not decide alone, where the item says so."""

    message = N_("本事项实行审查与决定分离：您提交过审查意见，须由另一位负责人作出决定。")
    status = 403


class HearFirst(DomainError):
    """A refusal before the facts were told and the statement and defence heard."""

    message = N_("不予许可前须先告知事实和理由，听取并记录申请人的陈述申辩。请先办理“拟不予许可告知”。")
    status = 409


STATEMENT_DAYS = 3  # working days to make a statement and defence; the law leaves it to the authority


class StatementNotOver(DomainError):
    """The applicant still has time to be heard (行政许可法 7, 36)."""

    message = N_("申请人可以在 %(until)s 前陈述申辩；期限未满，只能登记已提出的陈述，或申请人的书面放弃。")
    status = 409


class PrerequisiteFirst(DomainError):
    """On the spot too, what another part's result is needed for is decided after it."""

    message = N_("本单项以“%(before)s”的结果为前提，请先对该单项作出决定。")
    status = 409


class NotToldYet(DomainError):
    """A statement is recorded before anything was told."""

    message = N_("还没有告知拟不予许可的事实，不能登记陈述申辩。")
    status = 409


@dataclass(frozen=True)
class Ruling:
    """What the deciding officer wrote."""

    granted: bool
    reasons: str
    articles: str
    scope: str = ""
    false_materials: bool = False


def tell_facts(session: Session, part: CasePart, staff: Staff, facts: str, now: datetime) -> StatementHearing:
    """Tell the facts and reasons of an intended refusal. Raises ``ReasonRequired``."""
    if not facts.strip():
        raise ReasonRequired
    hearing = StatementHearing(
        case_id=part.case_id, part_id=part.id, facts=facts.strip(), told_at=now, told_by_id=staff.id
    )
    session.add(hearing)
    session.flush()
    journal.write(
        session, "propose_refusal", now=now, staff=staff, case=part.case, part=part, ground=HEARING_GROUND,
        after={"facts": hearing.facts},
    )  # fmt: skip
    return hearing


def latest_hearing(session: Session, part: CasePart) -> StatementHearing | None:
    """The last time facts were told for this part."""
    return session.scalar(
        select(StatementHearing)
        .where(StatementHearing.part_id == part.id)
        .order_by(StatementHearing.id.desc())
        .limit(1)
    )


def record_statement(
    session: Session,
    part: CasePart,
    staff: Staff,
    statement: str,
    assessment: str,
    now: datetime,
    *,
    waived: bool,
) -> StatementHearing:
    """Record the statement and defence, and what the authority makes of it.

    That none was made can be recorded once its days are over, or ``waived`` in writing. Raises
    ``NotToldYet``, ``ReasonRequired`` or ``StatementNotOver``.
    """
    hearing = latest_hearing(session, part)
    if hearing is None:
        raise NotToldYet
    if not assessment.strip():
        raise ReasonRequired
    until = statement_until(session, hearing)
    if not statement.strip() and not waived and clock.local_day(now) <= until:
        raise StatementNotOver(until=until)
    hearing.made = bool(statement.strip())
    hearing.statement, hearing.assessment = statement.strip(), assessment.strip()
    hearing.recorded_at, hearing.recorded_by_id = now, staff.id
    journal.write(
        session, "hear_statement", now=now, staff=staff, case=part.case, part=part, ground=HEARING_GROUND,
        after={
            "made": hearing.made, "waived": waived, "statement": hearing.statement,
            "assessment": hearing.assessment,
        },
    )  # fmt: skip
    return hearing


def statement_until(session: Session, hearing: StatementHearing) -> date:
    """The last day to make a statement and defence: as the notice told it, or later by the calendar of today."""
    told = clock.local_day(hearing.told_at)
    known = (calendars.as_of(session, hearing.told_at), calendars.current(session))
    return max(calendar.add(told, STATEMENT_DAYS).day for calendar in known)


def decide(session: Session, part: CasePart, staff: Staff, ruling: Ruling, now: datetime) -> Decision:
    """Write one authority's decision on its own part.

    Raises ``DecidedAlready``, ``WrongState``, ``OpinionsMissing``, ``FourEyes``, ``HearFirst``, ``ReasonRequired``,
    ``HearingOpen``, ``HearingPeriodOpen`` or ``ProcedureRunning``.
    """
    case = part.case
    _require_undecided(session, part)
    if case.accepted_at is None:
        raise WrongState(state=CaseState(case.state).label, act=N_("作出决定"))
    opinions = _require_opinions(session, part)
    if part.item and item_of(part.item).four_eyes and _reviewed(opinions, part, staff):
        raise FourEyes
    articles = articles_of(part, ruling)
    if ruling.granted:
        completeness.require_complete(case, part)
    elif not (ruling.reasons.strip() and ruling.articles.strip()):
        raise ReasonRequired
    _require_heard(session, part, ruling, now)
    decision = Decision(
        case_id=case.id, part_id=part.id, granted=ruling.granted, reasons=ruling.reasons.strip(),
        articles=articles, scope=ruling.scope.strip(), officer_id=staff.id, at=now,
        false_materials=ruling.false_materials and not ruling.granted, details=_bound_to(session, part),
    )  # fmt: skip
    session.add(decision)
    part.state = PartState.GRANTED if ruling.granted else PartState.REFUSED
    part.ended_at = now
    session.flush()
    journal.write(
        session, "decide", now=now, staff=staff, case=case, part=part, ground=f"{DECISION_GROUND}；{articles}",
        after={"granted": ruling.granted, "reasons": decision.reasons},
    )  # fmt: skip
    if decision.false_materials:
        fact = credit.Fact(part, CreditKind.FALSE_MATERIALS, decision.reasons)
        credit.record(session, fact, staff, now)
    return decision


def articles_of(part: CasePart, ruling: Ruling) -> str:
    """The articles a ruling names, or those the item is published with."""
    return ruling.articles.strip() or "；".join(
        basis.zh for basis in item_of(part.item or part.case.item).basis
    )


def _require_heard(session: Session, part: CasePart, ruling: Ruling, now: datetime) -> None:
    """No hearing or other procedure is open, nobody may still ask for one, and before a refusal facts were told."""
    hearing_rules.require_none_open(session, part)
    procedure_rules.require_none_running(session, part)
    if not ruling.granted:
        told = latest_hearing(session, part)
        if told is None or told.recorded_at is None:
            raise HearFirst
    calendar = calendars.of_version(session, part.case.calendar_version)
    hearing_rules.require_period_over(session, part, calendar, now, granted=ruling.granted)


def _bound_to(session: Session, part: CasePart) -> dict[str, str]:
    """The record the decision follows (行政许可法 48), by its number; nothing without a hearing."""
    held = hearings.record_of(session, part)
    paper = session.get(Document, held.record_document_id) if held and held.record_document_id else None
    return {"hearing_record": paper.number} if paper else {}


def _require_undecided(session: Session, part: CasePart) -> None:
    made = session.scalar(select(Decision).where(Decision.part_id == part.id))
    if made is not None:
        when = clock.local(made.at).strftime("%Y-%m-%d %H:%M")
        raise DecidedAlready(who=made.officer.name, when=when)


def _require_opinions(session: Session, part: CasePart) -> list[Opinion]:
    """No decision before every part that is reviewed has submitted its opinion; one by commitment needs none."""
    case = part.case
    if part.path == Path.COMMITMENT:
        before = next((each for each in case.parts if each.id == part.depends_on_id), None)
        if before is not None and before.state not in (PartState.GRANTED, PartState.REFUSED):
            raise PrerequisiteFirst(before=before.name)
        return []
    if item_for(case).procedure == "instant":
        return []
    opinions = joint_review.submitted_opinions(session, case.id)
    given = {opinion.part_id for opinion in opinions}
    reviewed = [each for each in case.parts if each.path != Path.COMMITMENT]
    missing = [each for each in reviewed if each.state != PartState.CANCELLED and each.id not in given]
    if missing:
        names = {each.department_id: each.department.name for each in missing}
        raise joint_review.OpinionsMissing(departments=tuple(names.values()))
    return opinions


def _reviewed(opinions: list[Opinion], part: CasePart, staff: Staff) -> bool:
    return any(opinion.part_id == part.id and opinion.officer_id == staff.id for opinion in opinions)
