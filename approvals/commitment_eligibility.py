"""Who may choose notice and commitment, for which part; everything against it is named with its reason."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from forms.conditions import holds

from . import clock, credit, readiness
from .commitment_clauses import is_committed, terms_of
from .errors import DomainError
from .messages import N_
from .readiness import Problem
from .tables import Case, CasePart
from .terms import CreditKind


class NotEligible(DomainError):
    """Commitment for an item, a situation or an applicant that is excluded; ``problems`` say why."""

    message = N_("“%(part)s”不能选择告知承诺，请按一般程序办理：%(why)s。")
    status = 409

    def __init__(self, part: CasePart, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(part=part.name, why=in_words(problems))


def in_words(problems: Sequence[Problem]) -> str:
    """The reasons as they are told in writing, in Chinese."""
    return "；".join(problem.text() for problem in problems)


def eligibility(session: Session, case: Case, part: CasePart, now: datetime) -> list[Problem]:
    """Why a part cannot be decided on a commitment; empty where it can (国办发〔2020〕42号)."""
    if terms_of(part) is None:
        return [Problem(N_("本事项不实行告知承诺"), {}, _where(part))]
    return [*_situation(case, part), *_waits(case, part), *_credit(session, case, part, now)]


def _where(part: CasePart) -> str:
    return f"part:{part.id}"


def _situation(case: Case, part: CasePart) -> list[Problem]:
    """What was answered, against what the item admits and excludes."""
    terms = terms_of(part)
    if terms is None:
        return []
    problems = []
    if not holds(terms.when, case.form_data):
        note = {language: words.rstrip("。.") for language, words in terms.note.items()}
        problems.append(Problem(N_("填报的情形不在告知承诺的范围内：%(note)s"), {"note": note}, _where(part)))  # fmt: skip
    problems.extend(
        Problem(N_("属于不适用告知承诺的情形：%(why)s"), {"why": excluded.why}, _where(part))
        for excluded in terms.excluded
        if holds(excluded.when, case.form_data)
    )
    return problems


def _waits(case: Case, part: CasePart) -> list[Problem]:
    """On the spot nothing can be decided that needs the result of a part which is reviewed."""
    for before in case.parts:
        if before.id == part.depends_on_id and not is_committed(before):
            return [Problem(N_("须等待“%(before)s”的结果，不能当场决定"), {"before": before.name}, _where(part))]  # fmt: skip
    return []


def _credit(session: Session, case: Case, part: CasePart, now: datetime) -> list[Problem]:
    """Open credit records, of whatever item, and bars on this one."""
    if case.applicant is None:
        return []
    today = clock.local_day(now)
    records = credit.open_records(session, case.applicant.number_index, today)
    problems = [
        Problem(
            N_("申请人有未修复的信用记录（%(day)s，%(kind)s）"),
            {"day": clock.local_day(record.at), "kind": CreditKind(record.kind)},
            _where(part),
        )
        for record in records
    ]
    problems.extend(
        Problem(N_("申请人在 %(until)s 前不得再次申请本许可"), {"until": bar.last_day}, _where(part))
        for bar in readiness.bars(session, case, now)
        if part.item and bar.item_code == part.item.code
    )
    return problems
