"""Every step a diagram may ask for (用户任务): one line each, so that nothing is asked nobody can do."""

from dataclasses import dataclass
from typing import Final

from approvals.terms import CaseState


@dataclass(frozen=True)
class Step:
    """What a case is in once the step is open, and whether the step concerns the only part of a plain case."""

    state: CaseState | None
    of_part: bool = False


STEPS: Final[dict[str, Step]] = {
    "check_materials": Step(CaseState.CHECKING),
    "answer_correction": Step(CaseState.CORRECTING),
    "pre_check": Step(None),
    "review": Step(CaseState.REVIEWING, of_part=True),
    "site_visit": Step(None, of_part=True),
    "collate": Step(CaseState.COLLATING),
    "decide": Step(CaseState.DECIDING, of_part=True),
    "decide_on_the_spot": Step(CaseState.DECIDING, of_part=True),
    "hear_statement": Step(None, of_part=True),
    "appoint_hearing": Step(None),
    "hold_hearing": Step(None),
    "issue": Step(CaseState.ISSUING),
    "issue_parts": Step(CaseState.ISSUING),
    "deliver": Step(CaseState.DELIVERING),
    "deliver_parts": Step(CaseState.DELIVERING),
    "deliver_refusal": Step(CaseState.DELIVERING),
    "notify_commitment": Step(CaseState.COMMITTING, of_part=True),
    "commit": Step(CaseState.COMMITTING, of_part=True),
    "verify": Step(None, of_part=True),
    "rectify": Step(None, of_part=True),
    "tell_facts": Step(None),
    "hear_defence": Step(None),
    "decide_proceeding": Step(None),
}
"""BPMN user task id → step."""
