"""The electronic signature of an authority under a rendered certificate."""

from .source import SigningKeyWrong, current


class SigningUnavailable(RuntimeError):
    """The key or the time-stamping authority cannot be reached now; rendered again later, nothing is lost."""


def sealed(pdf: bytes, *, reason: str, location: str, name: str) -> bytes:
    """``pdf`` signed with the key of this process. Raises ``SigningUnavailable``."""
    from pyhanko.sign.timestamps import TimestampRequestError  # noqa: PLC0415 - takes a while, and few sign

    from .signer import open_key, sign  # noqa: PLC0415

    try:
        return sign(pdf, open_key(current()), reason=reason, location=location, name=name)
    except (SigningKeyWrong, TimestampRequestError) as error:
        raise SigningUnavailable(f"not signed: {error}") from error
