"""How a permit's state is told to the public (证照公示状态): a sentence, a symbol and a tone for every state."""

from dataclasses import dataclass

from .messages import N_
from .terms import PermitStatus


@dataclass(frozen=True)
class PublicStatus:
    """``tone`` is ``good``, ``pause``, ``moved`` (another version took its place) or ``ended``."""

    sentence: str
    symbol: str
    tone: str


PUBLIC: dict[PermitStatus, PublicStatus] = {
    PermitStatus.VALID: PublicStatus(N_("这张证照由本中心制发，现在有效。"), "check", "good"),
    PermitStatus.SUSPENDED: PublicStatus(
        N_("这张证照由本中心制发，效力已经暂停；恢复以前不能凭它从事许可的活动。"), "pause", "pause"
    ),
    PermitStatus.EXPIRED: PublicStatus(
        N_("这张证照由本中心制发，有效期已经届满，不能再使用。"), "clock", "pause"
    ),
    PermitStatus.CHANGED: PublicStatus(
        N_("这张证照由本中心制发，内容已经变更，由新的一版取代。"), "forward", "moved"
    ),
    PermitStatus.RENEWED: PublicStatus(
        N_("这张证照由本中心制发，已经延续，由新的一版取代。"), "forward", "moved"
    ),
    PermitStatus.REPLACED: PublicStatus(
        N_("这张证照由本中心制发，已经补发新证，这一张不能再使用。"), "forward", "moved"
    ),
    PermitStatus.WITHDRAWN: PublicStatus(N_("这项许可已经依法撤回，证照不能再使用。"), "close", "ended"),
    PermitStatus.REVOKED: PublicStatus(N_("这项许可已经依法撤销，证照不能再使用。"), "close", "ended"),
    PermitStatus.CANCELLED: PublicStatus(N_("这项许可已经依法注销，证照不能再使用。"), "close", "ended"),
    PermitStatus.PENAL_REVOKED: PublicStatus(N_("这项许可已经依法吊销，证照不能再使用。"), "close", "ended"),
    PermitStatus.VOIDED: PublicStatus(N_("这张证照由本中心制发，已经作废，不能再使用。"), "close", "ended"),
}
