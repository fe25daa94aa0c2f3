"""What makes a commitment binding: every clause ticked, a signatory with a mandate, a signature on paper or screen."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .errors import DomainError
from .messages import N_
from .tables import Applicant, Case, Commitment, StoredFile
from .terms import Term

MOST_SIGNATURE = 40_000  # characters of path data; a long name drawn slowly has some 10,000
LEAST_POINTS = 6  # fewer are a dot or a slip of the pen
STROKES = re.compile(r"(?:M\d{1,4} \d{1,4}(?:L\d{1,4} \d{1,4})+)+")
"""Path data as the pad draws it in a field of 600 by 200: moves and lines, whole numbers, nothing else."""


class Capacity(Term):
    """By what right somebody signs."""

    SELF = "self", N_("本人")
    REPRESENTATIVE = "representative", N_("法定代表人（负责人）")
    AGENT = "agent", N_("受托代理人")


class Manner(Term):
    """How it was signed."""

    PAPER = "paper", N_("纸面签署（扫描）")
    SCREEN = "screen", N_("屏幕签署")


class ClausesUnticked(DomainError):
    """A commitment is to every clause or to none."""

    message = N_("还有 %(count)s 项承诺事项没有勾选：%(clauses)s。须逐项承诺；不能承诺的，请选择一般程序。")
    status = 422


class SignatoryWithoutMandate(DomainError):
    """Somebody signs who may not bind the applicant."""

    message = N_("“%(name)s”不能代表申请人签署承诺：%(why)s。")
    status = 422


class OtherSignatory(SignatoryWithoutMandate):
    """Somebody else than those who are registered to bind the applicant."""

    message = N_("“%(name)s”不能代表申请人签署承诺：%(why)s。可以签署的是：%(who)s。")


class SignatureMissing(DomainError):
    """Neither a scan of the signed paper nor a drawn signature."""

    message = N_("没有签名：请在签名框内书写姓名。")
    status = 422


class ScanMissing(SignatureMissing):
    """Signed on paper, at the window, without the scan of it."""

    message = N_("没有签名：纸面签署请上传已签名承诺书的扫描件，或者改为屏幕签署。")


@dataclass(frozen=True)
class Pledge:
    """What the applicant hands in: the clauses ticked, who signs by what right, and the signature itself.

    ``signature`` is path data drawn on screen; ``scan`` the signed paper, kept as a file of the case.
    """

    ticked: frozenset[str]
    signatory: str
    capacity: str
    manner: str
    signature: str = ""
    scan: StoredFile | None = None


def require_binding(case: Case, commitment: Commitment, pledge: Pledge) -> None:
    """Raise ``ClausesUnticked``, ``SignatoryWithoutMandate`` or ``SignatureMissing``."""
    open_ = [clause for clause in commitment.clauses if clause.code not in pledge.ticked]
    if open_:
        raise ClausesUnticked(count=len(open_), clauses=[clause.text for clause in open_])
    require_mandate(case, pledge.signatory, pledge.capacity)
    if pledge.manner == Manner.PAPER and pledge.scan is None:
        raise ScanMissing
    if pledge.manner == Manner.SCREEN and not is_drawn(pledge.signature):
        raise SignatureMissing
    if pledge.manner not in set(Manner):
        raise SignatureMissing


def require_mandate(case: Case, signatory: str, capacity: str) -> None:
    """A person signs in person, an organisation through its representative; either through an agent with a mandate.

    Raises ``OtherSignatory``, or ``SignatoryWithoutMandate`` where nobody is registered who may sign.
    """
    wanted = signatories(case)
    why = ""
    if not signatory.strip():
        why = N_("没有填写签署人")
    elif capacity not in wanted:
        why = REFUSALS.get(capacity, N_("没有写明签署身份"))
    elif _letters(wanted[Capacity(capacity)]) != _letters(signatory):
        why = N_("姓名与登记的不一致")
    if why and wanted:
        raise OtherSignatory(name=signatory.strip() or "—", why=why, who=list(wanted.values()))
    if why:
        raise SignatoryWithoutMandate(name=signatory.strip() or "—", why=why)


REFUSALS: dict[str, str] = {
    Capacity.SELF: N_("申请人是单位，须由法定代表人（负责人）或者受托代理人签署"),
    Capacity.REPRESENTATIVE: N_("申请人是个人，或者没有登记法定代表人（负责人）"),
    Capacity.AGENT: N_("没有登记代理人和书面授权"),
}


def signatories(case: Case) -> dict[Capacity, str]:
    """Who may bind the applicant, by what right: as the case has it registered."""
    found: dict[Capacity, str] = {}
    applicant: Applicant | None = case.applicant
    if applicant is not None and applicant.kind == "person":
        found[Capacity.SELF] = applicant.name
    elif applicant is not None and applicant.representative.strip():
        found[Capacity.REPRESENTATIVE] = applicant.representative
    if case.agent is not None and case.mandate.strip():
        found[Capacity.AGENT] = case.agent.name
    return found


def is_drawn(signature: str) -> bool:
    """Whether path data is a signature: strokes alone, and more than a dot."""
    if len(signature) > MOST_SIGNATURE or STROKES.fullmatch(signature) is None:
        return False
    return len(set(points(signature))) >= LEAST_POINTS


def points(signature: str) -> Iterable[tuple[str, str]]:
    """The points of the strokes."""
    return re.findall(r"[ML](\d+) (\d+)", signature)


def _letters(name: str) -> str:
    """A name without spaces and with one kind of brackets."""
    return "".join(name.split()).replace("(", "（").replace(")", "）")
