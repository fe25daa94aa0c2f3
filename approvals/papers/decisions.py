"""Papers of review and decision: settlement, intended refusal, statement, grant, refusal."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from .. import calendars, catalogue, clock, documents, hearing_rules, joint_review, permits
from .. import decision as decision_acts
from ..decision import Ruling
from ..tables import Case, CasePart, Decision, Document, Settlement, Staff, StatementHearing
from ..terms import OpinionKind
from . import rows
from .commitment import commitment_number
from .special import record_words


def settlement(session: Session, case: Case, settled: Settlement, officer: Staff, now: datetime) -> Document:
    """意见协调记录: every opinion, the result and the reasons."""
    given = [
        {
            "department": opinion.part.department.zh,
            "kind": OpinionKind(opinion.kind).label,
            "reasons": opinion.reasons,
            "officer": opinion.author,
        }
        for opinion in joint_review.submitted_opinions(session, case.id)
    ]
    fields = {"opinions": given, "result": settled.result, "reasons": settled.reasons}
    return rows.issue(session, "settlement", case, officer, now, fields)


def proposed_refusal(
    session: Session,
    part: CasePart,
    hearing: StatementHearing,
    reasons: str,
    articles: str,
    officer: Staff,
    now: datetime,
) -> Document:
    """拟不予行政许可告知书: facts, reasons, grounds, and the right to be heard."""
    fields = {
        "facts": hearing.facts,
        "reasons": reasons,
        "articles": articles,
        "statement_by": decision_acts.statement_until(session, hearing),
        "hearing_by": hearing_rules.ask_until(
            hearing.told_at, calendars.of_version(session, part.case.calendar_version)
        )
        if hearing_rules.names_right(part)
        else None,
    }
    return rows.issue(session, "proposed_refusal", part.case, officer, now, fields, part)


def statement_record(
    session: Session, part: CasePart, hearing: StatementHearing, officer: Staff, now: datetime
) -> Document:
    """陈述申辩笔录."""
    told = session.get(Document, hearing.document_id) if hearing.document_id else None
    fields = {
        "at": now,
        "place": part.department.address,
        "told_on": hearing.told_at,
        "notice_number": told.number if told else "",
        "facts": hearing.facts,
        "speaker": part.case.applicant.name if part.case.applicant else "",
        "made": bool(hearing.made),
        "statement": hearing.statement,
        "assessment": hearing.assessment,
        "recorder": officer.name,
    }
    return rows.issue(session, "statement_record", part.case, officer, now, fields, part)


def grant(session: Session, part: CasePart, decision: Decision, officer: Staff, now: datetime) -> Document:
    """准予行政许可决定书 in the authority's own name."""
    return rows.issue(session, "grant", part.case, officer, now, _grant(session, part, decision, now), part)


def refusal(session: Session, part: CasePart, decision: Decision, officer: Staff, now: datetime) -> Document:
    """不予行政许可决定书 with reasons, articles and the remedies at the named bodies."""
    return rows.issue(session, "refusal", part.case, officer, now, _refusal(session, part, decision), part)


def meant(part: CasePart, ruling: Ruling, now: datetime) -> Decision:
    """The decision a ruling would be, for a preview; it belongs to no session."""
    return Decision(
        granted=ruling.granted, reasons=ruling.reasons.strip(), scope=ruling.scope.strip(), at=now,
        articles=decision_acts.articles_of(part, ruling), false_materials=ruling.false_materials,
    )  # fmt: skip


def preview(session: Session, part: CasePart, decision: Decision, officer: Staff, now: datetime) -> str:
    """A decision as it would be issued; no number is taken. Raises ``GlyphMissing``."""
    fields = _grant(session, part, decision, now) if decision.granted else _refusal(session, part, decision)
    kind = "grant" if decision.granted else "refusal"
    return documents.preview(kind, part.case, part, part.department, fields, officer, now)


def _grant(session: Session, part: CasePart, decision: Decision, now: datetime) -> dict[str, Any]:
    item = catalogue.item_of(part.item or part.case.item)
    certificate = item.certificate
    today = clock.local_day(now)
    return {
        "accepted_on": part.case.accepted_at,
        "commitment": commitment_number(session, part),
        "reasons": decision.reasons,
        "articles": decision.articles,
        "hearing_record": record_words(session, part),
        "scope": decision.scope or permits.scope_of(session, part.case, item, now),
        "certificate": certificate.name["zh"] if certificate else "",
        "valid_from": today if certificate else None,
        "valid_until": permits.validity_end(today, certificate.years) if certificate else None,
        "duties": "",
    }


def _refusal(session: Session, part: CasePart, decision: Decision) -> dict[str, Any]:
    hearing = decision_acts.latest_hearing(session, part)
    statement = ""
    if hearing is not None and hearing.made:
        statement = f"{hearing.statement}\n复核意见：{hearing.assessment}"
    return {
        "accepted_on": part.case.accepted_at,
        "facts": hearing.facts if hearing else "",
        "reasons": decision.reasons,
        "articles": decision.articles,
        "statement": statement,
        "hearing_record": record_words(session, part),
        "false_materials": decision.false_materials,
    }
