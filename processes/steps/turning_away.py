"""Written answers that are no acceptance: not needed, not ours, not accepted (行政许可法 32)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from approvals import intake, journal, notices, papers, permit_issue
from approvals.errors import DomainError, ReasonRequired
from approvals.messages import N_
from approvals.tables import Case, Staff
from approvals.terms import CaseState, Outcome, PartState

from .acceptance import GROUND


class BadOutcome(DomainError):
    """Not one of the outcomes of article 32."""

    message = N_("请选择一种处理结果。")
    status = 422


class CompetentBodyRequired(DomainError):
    """A matter that is not ours is sent to the body named (行政许可法 32(2))."""

    message = N_("不属于本机关职权的，须写明应当向哪个机关申请。")
    status = 422


@dataclass(frozen=True)
class Answer:
    """A written answer that is not an acceptance (不需要、不属于、不予受理)."""

    outcome: Outcome
    reasons: str
    articles: str = ""
    competent_body: str = ""
    competent_contact: str = ""


def require_answer(answer: Answer) -> None:
    """Reasons always; the competent body where the matter is not ours; articles for a refusal."""
    if answer.outcome not in (Outcome.NOT_NEEDED, Outcome.NOT_OURS, Outcome.NOT_ACCEPTED):
        raise BadOutcome
    if not answer.reasons.strip():
        raise ReasonRequired
    if answer.outcome == Outcome.NOT_OURS and not answer.competent_body.strip():
        raise CompetentBodyRequired


def end_unaccepted(session: Session, case: Case, clerk: Staff, answer: Answer, now: datetime) -> None:
    """End a case that is not accepted; originals go back."""
    permit_issue.require_open(session, case, now)
    returned = intake.return_originals(case, now)
    competent = (answer.competent_body, answer.competent_contact)
    papers.turned_away(
        session, case, answer.outcome, answer.reasons, answer.articles, competent, returned, clerk, now
    )
    case.state, case.outcome, case.ended_at = CaseState.ENDED, answer.outcome, now
    for part in case.parts:
        part.state, part.ended_at = PartState.CANCELLED, now
    journal.write(session, answer.outcome, now=now, staff=clerk, case=case, ground=answer.articles or GROUND,
                  after={"reasons": answer.reasons, "competent_body": answer.competent_body})  # fmt: skip
    stage = "not_accepted" if answer.outcome == Outcome.NOT_ACCEPTED else "turned_away"
    notices.to_applicant(session, case, stage, now)
