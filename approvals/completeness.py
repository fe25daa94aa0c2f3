"""No grant on materials that are not there: deferred ones still awaited, and what silence accepted without."""

from . import readiness
from .errors import DomainError
from .messages import N_
from .tables import Case, CaseMaterial, CasePart
from .terms import MaterialState


class StillDeferred(DomainError):
    """Deferred materials are awaited; until they are there nothing is granted, as the notice of deferral says."""

    message = N_("容缺材料还没有补齐：%(materials)s。补齐前不能作出准予的决定。")
    status = 409


class DeferralExpired(DomainError):
    """Deferred materials did not come in time; what is left is a refusal after the applicant was heard."""

    message = N_(
        "容缺材料到期没有补齐：%(materials)s，不能准予。请先告知拟不予许可的理由并听取陈述申辩，再作出不予许可的决定。"
    )
    status = 409


class MaterialsMissing(DomainError):
    """The case was accepted by silence and still lacks what this part asks for."""

    message = N_(
        "必需的材料至今没有补齐：%(materials)s，不能准予。请要求申请人补充；仍不补充的，听取陈述申辩后可以不予许可。"
    )
    status = 409


def require_complete(case: Case, part: CasePart) -> None:
    """Raise unless a grant of this part has all its materials; a deferral holds up every part of the case.

    Raises ``DeferralExpired``, ``StillDeferred`` or ``MaterialsMissing``.
    """
    lacking = [material for material in case.materials if not readiness.is_met(material)]
    deferred = [material for material in lacking if material.state == MaterialState.DEFERRED]
    if deferred:
        raise (DeferralExpired if case.deferral_expired_at else StillDeferred)(materials=_names(deferred))
    askers = {case.item.code, (part.item or case.item).code}
    missing = [material for material in lacking if askers & set(material.line["asked_by"])]
    if missing:
        raise MaterialsMissing(materials=_names(missing))


def _names(materials: list[CaseMaterial]) -> list[dict[str, str]]:
    return [material.line["name"] for material in materials]
