"""What happens by itself when the applicant lets a time pass: the warning, then what it warned of.

As in ``silence``, the caller holds the case's lock, each function says whether there was still something to do,
and nothing adverse rests on a provisional date. A warning may: what it warns of waits for the certain day.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import clock, corrections, intake, journal, notices, papers, silence
from approvals.calendar import WorkingCalendar
from approvals.catalogue import item_of
from approvals.silence import Period
from approvals.tables import Case, CaseMaterial, Correction, Decision, Document
from approvals.terms import ACCEPTED_STATES, CaseState, MaterialState, Outcome

from .closing import end_early

UNDECIDED = (CaseState.REVIEWING, CaseState.COLLATING, CaseState.DECIDING)
CORRECTION, DEFERRAL = "补正期限", "容缺材料补交期限"
PROMISE = "《容缺受理告知书》载明的期限、承诺和后果"


# --- a correction that is not answered


def warn_correction(
    session: Session, correction: Correction, calendar: WorkingCalendar, now: datetime
) -> bool:
    """Warn the applicant of what follows, where it does follow: before acceptance, or by the item's own article."""
    case = session.get_one(Case, correction.case_id)
    if correction.warned_at is not None or not _may_end(session, case, correction):
        return False
    period = silence.correction(correction, calendar, warned_at=now)
    correction.warned_at = now
    document = papers.correction_warning(session, case, correction, period, now)
    journal.write(session, "warn_correction", now=now, case=case, ground=corrections.GROUND,
                  after={"document": document.number, "until": _day(period).isoformat()})  # fmt: skip
    notices.to_applicant(session, case, "correction_warning", now, until=_words(period))
    return True


def deem_withdrawn(
    session: Session, correction: Correction, calendar: WorkingCalendar, now: datetime
) -> bool:
    """Warned and still not answered: the application counts as withdrawn."""
    case = session.get_one(Case, correction.case_id)
    if correction.warned_at is None or not _may_end(session, case, correction):
        return False
    period = silence.correction(correction, calendar)
    if period.provisional or now <= period.ends_at:
        return False
    until, before = _day(period), intake.snapshot(case)
    returned = end_early(session, case, Outcome.DEEMED_WITHDRAWN, now)
    document = papers.withdrawn_for_correction(session, case, correction, until, returned, now)
    _record_withdrawal(session, case, before, document, CORRECTION, until, returned, now)
    return True


def _may_end(session: Session, case: Case, correction: Correction) -> bool:
    """Before acceptance a notice that moves it; after it only where the item cites its article."""
    if correction.answered_at is not None:
        return False
    if correction.before_acceptance:
        return correction.moves_acceptance and case.state == CaseState.CORRECTING
    cited = item_of(case.item).unanswered_correction is not None
    return cited and case.state in UNDECIDED and not _decisions(session, case)


def _record_withdrawal(
    session: Session,
    case: Case,
    before: dict[str, object],
    document: Document,
    what: str,
    until: date,
    returned: Sequence[CaseMaterial],
    now: datetime,
) -> None:
    cited = item_of(case.item).unanswered_correction if case.accepted_at else None
    ground = PROMISE if what == DEFERRAL else cited.zh if cited else corrections.GROUND
    journal.write(
        session, "deem_withdrawn", now=now, case=case, ground=ground,
        before=before,
        after={
            "document": document.number, "until": until.isoformat(), "originals": len(returned),
            "reasons": f"{what}届满，经书面提醒仍未收到材料",
        },
    )  # fmt: skip
    notices.to_applicant(session, case, "deemed_withdrawn", now, what=f"的{what}", until=until)


# --- deferred materials that do not come


def warn_deferral(session: Session, case: Case, calendar: WorkingCalendar, now: datetime) -> bool:
    """Warn the applicant that deferred materials are awaited, until when, and what follows."""
    if not _awaits_deferred(session, case) or silence.deferral_warning(session, case) is not None:
        return False
    period = silence.deferral(session, case, calendar, warned_at=now)
    if period is None:
        return False
    awaited = _deferred(case)
    document = papers.deferral_warning(session, case, awaited, period, now)
    journal.write(session, "warn_deferral", now=now, case=case, ground=PROMISE,
                  after={"document": document.number, "until": _day(period).isoformat()})  # fmt: skip
    notices.to_applicant(
        session, case, "deferral_warning", now, until=_words(period), consequence=papers.consequence(case),
        materials="、".join(material.line["name"]["zh"] for material in awaited),
    )  # fmt: skip
    return True


def expire_deferral(session: Session, case: Case, calendar: WorkingCalendar, now: datetime) -> bool:
    """Warned and not come: withdrawn, or no grant any more, by the item's rule.

    Where a part was refused meanwhile the case can no longer count as withdrawn; the rest is not granted.
    """
    if not _awaits_deferred(session, case) or silence.deferral_warning(session, case) is None:
        return False
    period = silence.deferral(session, case, calendar)
    if period is None or period.provisional or now <= period.ends_at:
        return False
    awaited, until, before = _deferred(case), _day(period), intake.snapshot(case)
    rule = item_of(case.item).deferral
    if rule is not None and rule.outcome == "withdrawn" and not _decisions(session, case):
        returned = end_early(session, case, Outcome.DEEMED_WITHDRAWN, now)
        document = papers.withdrawn_for_deferral(session, case, awaited, until, returned, now)
        _record_withdrawal(session, case, before, document, DEFERRAL, until, returned, now)
        return True
    case.deferral_expired_at = now
    document = papers.deferral_expired(session, case, awaited, until, now)
    journal.write(session, "expire_deferral", now=now, case=case, ground=PROMISE,
                  after={"document": document.number, "until": until.isoformat()})  # fmt: skip
    notices.to_applicant(session, case, "deferral_expired", now, until=until)
    return True


def _awaits_deferred(session: Session, case: Case) -> bool:
    """Still under way, not expired before, and nothing of it granted: a grant waits for its paper to the end."""
    granted = any(decision.granted for decision in _decisions(session, case))
    return case.state in ACCEPTED_STATES and case.deferral_expired_at is None and not granted


def _deferred(case: Case) -> list[CaseMaterial]:
    return [material for material in case.materials if material.state == MaterialState.DEFERRED]


def _decisions(session: Session, case: Case) -> Sequence[Decision]:
    return session.scalars(select(Decision).where(Decision.case_id == case.id)).all()


def _day(period: Period) -> date:
    return clock.local_day(period.ends_at)


def _words(period: Period) -> str:
    """The last day as a message names it, with its mark."""
    return f"{_day(period)}（暂定）" if period.provisional else str(_day(period))
