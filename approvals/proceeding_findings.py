"""What a department found of a commitment and the authority confirmed, where no permit is revoked for it.

The permit has ended otherwise, or revoking it would gravely harm the public (行政许可法 69(3)): the finding keeps its
effects on the credit and on the next application (78, 79). Nothing here writes.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from . import authority
from .messages import N_
from .proceeding_rules import is_over, require_answers_over, require_hearing_over
from .proceedings import DONE, DROPPED, Resolution
from .register_rules import TRANSITIONS, HearFirst
from .tables import Proceeding, Staff, Verification

GROUNDS = ("deceit", "commitment_unmet")
CONFIRMED = {
    "ended": N_("证照已另行终止，不再撤销。告知的事实成立，记入信用记录；依法限制再次申请的，从其规定。"),
    "harm": N_(
        "撤销可能对公共利益造成重大损害，依法不予撤销。告知的事实成立，记入信用记录；依法限制再次申请的，从其规定。"
    ),
}
"""Why the fact is recorded though nothing is revoked: said at the end of the reasons of the decision."""


def only_records(proceeding: Proceeding, now: datetime) -> bool:
    """A proceeding on what a verification found, against a permit that is over: it can only record."""
    return proceeding.verification_id is not None and is_over(proceeding.permit, now)


def confirmed(proceeding: Proceeding, resolution: Resolution, now: datetime) -> str:
    """Why a decision records the fact without revoking; empty where it does not."""
    if resolution.result == DONE and only_records(proceeding, now):
        return CONFIRMED["ended"]
    spared = resolution.result == DROPPED and resolution.grave_harm is True
    return CONFIRMED["harm"] if spared and proceeding.ground in GROUNDS else ""


def require_recordable(session: Session, proceeding: Proceeding, staff: Staff, now: datetime) -> None:
    """The head of the department, after the holder was told and heard. Raises as ``register.apply`` does."""
    authority.acting_for(session, staff, "decide_proceeding", proceeding.department_id, now)
    if proceeding.heard_at is None:
        raise HearFirst(act=TRANSITIONS[proceeding.kind].label)
    require_answers_over(session, proceeding, now)
    require_hearing_over(session, proceeding, now)


def covers(proceeding: Proceeding, row: Verification) -> bool:
    """Whether a proceeding was about this finding: what was found after the telling was not told, so not decided.

    Papers are numbered under the lock of the case, so the record of a verification is older than the notice it led to.
    """
    if proceeding.verification_id is None:
        return False
    if proceeding.verification_id == row.id or proceeding.notice_document_id is None:
        return True
    return row.document_id is not None and row.document_id < proceeding.notice_document_id
