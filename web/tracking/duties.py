"""Beside the case that has ended: verifications, proceedings, and at the top what the holder has to do, or may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from approvals.queries.tracking_rows import Tracked
from approvals.queries.verifications import PartLedger
from approvals.terms import VerificationState

from ..i18n import day
from . import proceeding, verification
from .words import _


@dataclass(frozen=True)
class Duty:
    """One sentence, and the section of the page where it is done."""

    words: str
    anchor: str


def beside(session: Session, seen: Tracked, today: date) -> dict[str, Any]:
    """What the page shows of verifications and proceedings, by its names in the template."""
    ledgers, proceedings = verification.of(session, seen), proceeding.of(session, seen)
    return {
        "ledgers": ledgers,
        "proceedings": proceedings,
        "duties": [*_rectifications(ledgers), *_defences(proceedings, today)],
    }


def _rectifications(ledgers: Sequence[PartLedger]) -> list[Duty]:
    """One that is late is still reported, until the department has verified again."""
    until = [
        row.rectify_by
        for ledger in ledgers
        for row in ledger.verifications
        if row.state == VerificationState.RECTIFYING and row.rectify_by is not None
    ]
    return [Duty(_("您需要：%(day)s 前整改并报告", day=day(last)), "verification") for last in sorted(until)]


def _defences(proceedings: Sequence[proceeding.Shown], today: date) -> list[Duty]:
    found = []
    for each in proceedings:
        if each.statement_until is not None and each.statement_until >= today:
            words = _("您可以在 %(day)s 前陈述申辩", day=day(each.statement_until))
            found.append(Duty(words, "proceeding"))
        if each.ask_until is not None:
            found.append(Duty(_("您可以在 %(day)s 前要求听证", day=day(each.ask_until)), "proceeding"))
    return found
