"""The way each part of a draft goes (办理方式): chosen, checked again when the answers change, the reason written down."""

from datetime import datetime

from sqlalchemy.orm import Session

from . import journal, material_lines
from .commitment_clauses import is_committed, terms_of
from .commitment_eligibility import NotEligible, eligibility, in_words
from .errors import DomainError
from .messages import N_
from .tables import Case, CasePart, Staff
from .terms import CaseState, Path

GROUND = "国办发〔2020〕42号"
NOT_CHOSEN = N_("申请人没有选择告知承诺")


class PathFixed(DomainError):
    """The way is chosen before the case is handed in; afterwards a commitment is declined or taken back."""

    message = N_("办件已经登记，不能再改选办理方式；已告知的承诺可以不选择或者撤回。")
    status = 409


class NothingCommitted(DomainError):
    """No part of the draft has chosen commitment."""

    message = N_("没有选择告知承诺的单项，请直接受理。")
    status = 422


class CommitmentChosen(DomainError):
    """A draft with a committed part is not handed in without its commitment."""

    message = N_("“%(parts)s”选择了告知承诺：请办理告知承诺；材料不齐或者不再承诺的，请改选一般程序。")
    status = 409


def choose(session: Session, part: CasePart, path: Path, now: datetime) -> None:
    """Choose the way of one part of a draft; the checklist follows.

    A draft leaves no journal: what was chosen is written down when it is handed in. Raises ``PathFixed`` or
    ``NotEligible``.
    """
    case = part.case
    if case.state != CaseState.DRAFT:
        raise PathFixed
    if path == Path.COMMITMENT:
        problems = eligibility(session, case, part, now)
        if problems:
            raise NotEligible(part, problems)
    part.path = path
    explain(session, case, now)
    material_lines.sync_materials(session, case)


def explain(session: Session, case: Case, now: datetime) -> None:
    """Write down why each part that could be committed to goes the ordinary way; what is excluded by now goes it too."""
    for part in case.parts:
        if terms_of(part) is None:
            part.path, part.path_reason = Path.ORDINARY, ""
            continue
        problems = eligibility(session, case, part, now)
        if is_committed(part) and not problems:
            part.path_reason = ""
        else:
            part.path = Path.ORDINARY
            part.path_reason = (in_words(problems) or NOT_CHOSEN)[:300]


def refresh(session: Session, draft: Case, now: datetime) -> None:
    """After other answers or another applicant: what is excluded now falls back, and its materials are asked for."""
    explain(session, draft, now)
    material_lines.sync_materials(session, draft)


def require_all_eligible(session: Session, case: Case, now: datetime) -> list[CasePart]:
    """The parts that chose commitment, each still eligible. Raises ``NothingCommitted`` or ``NotEligible``."""
    chosen = committed(case)
    if not chosen:
        raise NothingCommitted
    for part in chosen:
        problems = eligibility(session, case, part, now)
        if problems:
            raise NotEligible(part, problems)
    return chosen


def require_none_committed(case: Case) -> None:
    """Raise ``CommitmentChosen`` where a draft is to go the ordinary way and a part of it chose the other."""
    chosen = committed(case)
    if chosen:
        raise CommitmentChosen(parts=[part.name for part in chosen])


def record_paths(session: Session, case: Case, staff: Staff, now: datetime) -> None:
    """The way of every part as the case is handed in, with the reason of the ordinary one."""
    journal.write(
        session, "choose_path", now=now, staff=staff, case=case, ground=GROUND,
        after={part.name["zh"]: "；".join(filter(None, (Path(part.path).label, part.path_reason))) for part in case.parts},
    )  # fmt: skip


def committed(case: Case) -> list[CasePart]:
    """The parts that go the way of commitment."""
    return [part for part in case.parts if is_committed(part)]
