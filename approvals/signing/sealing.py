"""The electronic signature of an authority under a rendered certificate."""

import logging

from ..errors import DomainError
from ..messages import N_
from .source import SigningKeyWrong, current

log = logging.getLogger(__name__)


class SigningUnavailable(DomainError):
    """The key or the time-stamping authority cannot be reached now; rendered again later, nothing is lost."""

    message = N_(
        "证照的电子签名暂时无法完成（%(number)s）：签名密钥或者时间戳服务没有应答。请稍后再试；证照的效力不受影响。"
    )
    status = 503


def sealed(pdf: bytes, *, number: str, reason: str, location: str, name: str) -> bytes:
    """``pdf`` of the certificate ``number``, signed with the key of this process. Raises ``SigningUnavailable``."""
    from pyhanko.sign.timestamps import TimestampRequestError  # noqa: PLC0415 - takes a while, and few sign

    from .signer import open_key, sign  # noqa: PLC0415

    try:
        return sign(pdf, open_key(current()), reason=reason, location=location, name=name)
    except (SigningKeyWrong, TimestampRequestError, RuntimeError) as error:  # a token says RuntimeError
        log.exception("signing %s", number)
        open_key.cache_clear()  # a token that was taken out is opened anew
        raise SigningUnavailable(number=number) from error
