"""What stands in the way of accepting a case: everything is named at once, with where to mend it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import catalogue, clock
from .errors import DomainError, plain
from .messages import N_
from .tables import ApplicationBar, Case, CaseMaterial, ServiceItem
from .terms import CaseState, MaterialState, RequestKind


@dataclass(frozen=True)
class Problem:
    """Why an outcome is not yet possible: a message id with parameters, and where to mend it."""

    message: str
    params: Mapping[str, object]
    where: str  # applicant | form | material:<code> | part:<id> | case

    def text(self) -> str:
        """The Chinese sentence, for papers and reasons that are kept."""
        return self.message % {name: plain(value) for name, value in self.params.items()}


class NotReady(DomainError):
    """Something stands in the way of this outcome; ``problems`` names everything at once."""

    message = N_("还不能办理“%(act)s”：%(count)s 处尚未满足，请看清单。")
    status = 422

    def __init__(self, act: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(act=act, count=len(self.problems))


MET = (
    MaterialState.SHARED,
    MaterialState.NOT_APPLICABLE,
    MaterialState.COMMITTED,
    MaterialState.FOLLOWING,
)
"""Asked for no more, or not before the decision: shared, fallen away, or promised by commitment."""


def is_met(material: CaseMaterial) -> bool:
    """Whether a required material is there with all originals and copies, or need not be."""
    if material.state in MET:
        return True
    line = material.line
    if material.state == MaterialState.RECEIVED:
        return bool(material.originals >= line["originals"] and material.copies >= line["copies"])
    return material.state == MaterialState.MISSING and bool(line["necessity"] == "optional")


def applicant_problems(case: Case) -> list[Problem]:
    """What is wrong with who applies."""
    if case.applicant is None:
        return [Problem(N_("还没有填写申请人"), {}, "applicant")]
    kind = "person" if case.applicant.kind == "person" else "organisation"
    if kind not in catalogue.item_of(case.item).clients:
        return [Problem(N_("本事项不面向这类申请人"), {}, "applicant")]
    if case.agent is not None and not case.mandate.strip():
        return [Problem(N_("代理人办理须登记授权委托书"), {}, "applicant")]
    return []


def material_problems(case: Case, *, deferral: bool) -> list[Problem]:
    """Every material that is missing, short or defective; deferred ones too unless ``deferral``."""
    problems = []
    for material in case.materials:
        if is_met(material) or (deferral and material.state == MaterialState.DEFERRED):
            continue
        message = {
            MaterialState.DEFECTIVE: N_("%(name)s不合格：%(note)s"),
            MaterialState.RECEIVED: N_("%(name)s份数不足：应交原件 %(originals)s、复印件 %(copies)s"),
            MaterialState.DEFERRED: N_("%(name)s已记为容缺，请用“容缺受理”"),
        }.get(MaterialState(material.state), N_("%(name)s未交"))
        params = {
            "name": material.line["name"], "note": material.note,
            "originals": material.line["originals"], "copies": material.line["copies"],
        }  # fmt: skip
        problems.append(Problem(message, params, f"material:{material.code}"))
    return problems


def bars(session: Session, case: Case, now: datetime) -> list[ApplicationBar]:
    """Bars in force against this applicant for this item or one of its parts (78, 79).

    They stand in the way of a new application and a renewal; a permit in force can be changed, a lost paper replaced.
    """
    if case.applicant is None or case.request in (RequestKind.CHANGE, RequestKind.REPLACEMENT):
        return []
    today = clock.local_day(now)
    codes = {case.item.code, *(part.item.code for part in case.parts if part.item)}
    return list(
        session.scalars(
            select(ApplicationBar).where(
                ApplicationBar.number_index == case.applicant.number_index,
                ApplicationBar.item_code.in_(codes),
                ApplicationBar.first_day <= today,
                ApplicationBar.last_day >= today,
            )
        )
    )


def duplicates(session: Session, case: Case) -> list[Case]:
    """Open cases of the same applicant for the same item: shown before accepting."""
    if case.applicant_id is None:
        return []
    return list(
        session.scalars(
            select(Case)
            .join(ServiceItem, Case.item_id == ServiceItem.id)
            .where(
                Case.applicant_id == case.applicant_id,
                ServiceItem.code == case.item.code,
                Case.request == case.request,
                Case.id != case.id,
                Case.state.not_in([CaseState.DRAFT, CaseState.ENDED]),
            )
            .order_by(Case.id)
        )
    )


def bar_problems(session: Session, case: Case, now: datetime) -> list[Problem]:
    """Bars as problems."""
    message = N_("申请人在 %(until)s 前不得再次申请“%(item)s”（%(article)s）")
    return [
        Problem(message, {"until": bar.last_day, "item": bar.item_code, "article": bar.article}, "applicant")
        for bar in bars(session, case, now)
    ]
