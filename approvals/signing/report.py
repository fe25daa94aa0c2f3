"""What is found of a signature in a file; light, so that pages know the words without loading pyHanko."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..errors import DomainError
from ..messages import N_


class SignerUnknown(DomainError):
    """Our own certificate cannot be read now, so nobody can say whose signature it is."""

    message = N_("现在无法核对签名人：本中心的签名密钥没有应答。请稍后再试，或者按编号核验。")
    status = 503


class Finding(StrEnum):
    """What a file says of its signature."""

    VALID = "valid"
    ALTERED = "altered"
    EXTENDED = "extended"
    FOREIGN = "foreign"
    UNSIGNED = "unsigned"
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class SignatureReport:
    """The finding, and of a signature who gave it when (aware), for what, and what was done to the file since.

    ``signed_at`` is the time-stamp where there is one, else the time the signer names. ``modification`` is pyHanko's
    word for what was appended (``LTA_UPDATES``, ``FORM_FILLING``, ``OTHER``), empty where nothing was.
    ``formal``: it is ours, by the key of an authority and not by one made for trials.
    """

    finding: Finding
    signer: str = ""
    issuer: str = ""
    signed_at: datetime | None = None
    stamped: bool = False
    reason: str = ""
    modification: str = ""
    formal: bool = False
