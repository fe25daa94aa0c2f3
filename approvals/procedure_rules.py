"""What law and rank ask of an extension (行政许可法 42) and of a procedure that article 45 does not count.

Nothing here writes: whose clock it is, what the item allows, who approves, what is refused.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import clock
from .catalogue import item_of
from .errors import DomainError, WrongState
from .item_definition import Extension, Item
from .messages import N_
from .tables import Case, CasePart, SpecialProcedure
from .terms import CaseState, PartState, ProcedureKind, ProcedureState, Role

ARTICLE_45 = "《中华人民共和国行政许可法》第四十五条"
LICENCE = "administrative_licence"
CLOSED = (PartState.GRANTED, PartState.REFUSED, PartState.CLOSED, PartState.CANCELLED)
TO_PROPOSE = (
    ProcedureKind.TENDER,
    ProcedureKind.AUCTION,
    ProcedureKind.INSPECTION,
    ProcedureKind.TESTING,
    ProcedureKind.QUARANTINE,
    ProcedureKind.APPRAISAL,
    ProcedureKind.EXPERT_REVIEW,
)
"""Article 45 without the hearing, which is a procedure of its own (``hearings``)."""


class NotExtendable(DomainError):
    """No law lets this limit be extended."""

    message = N_("“%(item)s”不能延期：%(why)s。")
    status = 422


class ExtendedAlready(DomainError):
    """A limit is extended once (行政许可法 42)."""

    message = N_("期限已于 %(day)s 批准延长（%(number)s），只能延长一次。")
    status = 409


class ExtensionRange(DomainError):
    """More days than the law of the item allows, or none."""

    message = N_("延长的天数须在 1 至 %(most)s 天之间。")
    status = 422


class ProposalOpen(DomainError):
    """One proposal at a time waits for its approval."""

    message = N_("已有一项“%(kind)s”等待批准，请等批准人处理后再提出。")
    status = 409


class StopsNoClock(DomainError):
    """Only what article 45 lists is left out of the limit; a site visit is not on the list."""

    message = N_(
        "现场核查、公示、征求意见都计入期限，不能据此停表。不计入期限的只有听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审所需的时间（行政许可法第四十五条）。"
    )
    status = 422


class ProcedureNotListed(DomainError):
    """The published record of the item does not name this procedure."""

    message = N_("“%(item)s”的实施清单没有列明“%(kind)s”，不能据此停表。")
    status = 422


class HearingApart(DomainError):
    """A hearing is no proposal: it is ordered (46) or asked for (47)."""

    message = N_("听证有自己的程序：依职权举行，或者由申请人、利害关系人要求举行。请在“听证”一栏办理。")
    status = 422


class NeededDays(DomainError):
    """The time needed is told in writing, so it has to be a number (行政许可法 45)."""

    message = N_("请写明所需时间：1 至 %(most)s 个工作日。所需时间要书面告知申请人。")
    status = 422


class BodyRequired(DomainError):
    """The applicant is told who tests, inspects or reviews."""

    message = N_("请写明由哪个单位进行。")
    status = 422


class OwnProposal(DomainError):
    """Whoever proposes does not approve."""

    message = N_("提出的人不能自己批准，须由另一位有权的负责人处理。")
    status = 403


class ProcedureRunning(DomainError):
    """A decision while the clock stands: the procedure is ended first."""

    message = N_("“%(kind)s”自 %(since)s 起进行、期限停表，请先登记结束，再作出决定。")
    status = 409


class NotRunning(DomainError):
    """Nothing to end: it was never approved, or has ended."""

    message = N_("这项“%(kind)s”目前是“%(state)s”，没有在进行，不能登记结束或重新告知时间。")
    status = 409


# --- what may be


def clock_of(part: CasePart) -> CasePart | None:
    """The part where it has a clock of its own; None where it goes by the case's."""
    own = part.item_id is not None and part.item_id != part.case.item_id
    return part if own else None


def goes_by(case: Case, part: CasePart | None) -> Case | CasePart:
    """Whose dates count for this part, or for the case as a whole (``part`` None)."""
    return (clock_of(part) if part is not None else None) or case


def item_for(case: Case, part: CasePart | None) -> Item:
    """The item whose law applies: the part's own, or the case's."""
    return item_of(part.item if part is not None and part.item is not None else case.item)


def extension_of(case: Case, part: CasePart | None) -> Extension:
    """What the law of the item allows. Raises ``NotExtendable``, saying why."""
    item = item_for(case, part)
    if part is not None and part.item is None:
        raise NotExtendable(item=part.name, why=N_("本单项只提出意见，没有自己的法定期限"))
    if item.statutory is None:
        raise NotExtendable(item=item.name, why=N_("没有规定法定期限"))
    if item.statutory.extension is None:
        raise NotExtendable(item=item.name, why=N_("依据的法律没有规定可以延长期限"))
    return item.statutory.extension


def approver_role(extension: Extension) -> Role:
    """The rank that approves: the head of the body, or of that level of government (行政许可法 42)."""
    return Role.GOVERNMENT_HEAD if extension.approver == "government_head" else Role.HEAD


def basis_of(item: Item) -> str:
    """The ground of a pause: article 45 for a licence, else the item's own law."""
    return ARTICLE_45 if item.type == LICENCE else item.basis[0].zh


def listed_kinds(case: Case, part: CasePart | None) -> list[ProcedureKind]:
    """The procedures of article 45 the published record of the item names, hearings apart."""
    if part is None or not part.decides:
        return []
    named = item_for(case, part).special_procedures
    return [kind for kind in TO_PROPOSE if kind.value in named]


def require_underway(case: Case, part: CasePart | None, act: str) -> None:
    """Only between acceptance and decision does a clock run. Raises ``WrongState``."""
    if case.accepted_at is None or case.state == CaseState.ENDED or case.decided_at is not None:
        raise WrongState(state=CaseState(case.state).label, act=act)
    if part is not None and part.state in CLOSED:
        raise WrongState(state=PartState(part.state).label, act=act)


def require_none_running(session: Session, part: CasePart) -> None:
    """Raise ``ProcedureRunning`` while a procedure of this part stops its clock."""
    for each in of_case(session, part.case_id):
        if each.part_id == part.id and each.state == ProcedureState.RUNNING:
            raise ProcedureRunning(
                kind=ProcedureKind(each.kind).label,
                since=clock.local_day(each.approved_at or each.requested_at),
            )


# --- reading


def of_case(session: Session, case_id: int) -> list[SpecialProcedure]:
    """All extensions and procedures of a case, oldest first."""
    query = select(SpecialProcedure).where(SpecialProcedure.case_id == case_id).order_by(SpecialProcedure.id)
    return list(session.scalars(query))


def proposal(session: Session, case: Case, part: CasePart | None) -> SpecialProcedure | None:
    """What waits for approval on the clock of this part, or of the case."""
    return waiting_among(case, part, of_case(session, case.id))


def waiting_among(
    case: Case, part: CasePart | None, known: Sequence[SpecialProcedure]
) -> SpecialProcedure | None:
    """The same among procedures already read."""
    clocked = goes_by(case, part)
    waiting = [each for each in known if each.state == ProcedureState.PROPOSED]
    return next((each for each in waiting if goes_by(case, each.part) is clocked), None)
