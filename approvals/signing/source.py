"""Where this installation's signing key lies, checked when a program is composed.

A formal key comes as a PKCS#12 file or from a PKCS#11 token (国密或者其他加密机 bring their own module). Where neither
is given a development key signs, and everything it signs says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey


class SigningKeyWrong(ValueError):
    """A setting names a key that cannot sign; ``setting`` is its name."""

    def __init__(self, setting: str, why: str) -> None:
        super().__init__(why)
        self.setting = setting


@dataclass(frozen=True)
class KeySource:
    """The settings of the signing key; empty ones are not given. ``formal_only`` refuses an expired certificate."""

    pkcs12: Path | None = None
    passphrase: str = field(default="", repr=False)
    module: Path | None = None
    token: str = ""
    label: str = ""
    pin: str = field(default="", repr=False)
    development: str = field(default="", repr=False)
    former: Path | None = None
    tsa_url: str = ""
    formal_only: bool = False

    @property
    def formal(self) -> bool:
        """Whether a key of the authority signs, and not the one made for trials."""
        return self.pkcs12 is not None or self.module is not None


@dataclass(frozen=True)
class SoftKey:
    """A key in memory with its certificate and what came with it."""

    key: PrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()


class _Current:
    source: KeySource | None = None


def configure(source: KeySource) -> None:
    """Set where the key of this process lies; ``check`` it first."""
    _Current.source = source


def current() -> KeySource:
    """Where the key of this process lies; raises ``RuntimeError`` before ``configure``."""
    if _Current.source is None:
        raise RuntimeError("approvals.signing.source.configure was not called")
    return _Current.source


def check(source: KeySource, now: datetime) -> None:
    """Raise ``SigningKeyWrong`` for what could not sign at ``now`` (aware UTC); nothing is kept."""
    if source.pkcs12 is not None and source.module is not None:
        raise SigningKeyWrong("SIGNING_PKCS11_MODULE", "give either a PKCS#12 file or a PKCS#11 module")
    former_certificates(source)
    if source.module is None:
        _require_in_time(source, soft_key(source).certificate, now)
        return
    if not source.module.is_file():
        raise SigningKeyWrong("SIGNING_PKCS11_MODULE", f"there is no file {source.module}")
    for setting, value in (("SIGNING_PKCS11_TOKEN", source.token), ("SIGNING_PKCS11_KEY", source.label)):
        if not value:
            raise SigningKeyWrong(setting, "a PKCS#11 module needs the labels of its token and of its key")


def soft_key(source: KeySource) -> SoftKey:
    """The key of the PKCS#12 file, else the development key; raises ``SigningKeyWrong``."""
    return _from_pkcs12(source) if source.pkcs12 is not None else _from_pem(source.development)


def _from_pkcs12(source: KeySource) -> SoftKey:
    assert source.pkcs12 is not None
    try:
        content = source.pkcs12.read_bytes()
    except OSError as error:
        raise SigningKeyWrong("SIGNING_PKCS12", f"{source.pkcs12}: {error.strerror}") from None
    try:
        store = pkcs12.load_pkcs12(content, source.passphrase.encode() or None)
    except ValueError:  # the library cannot tell a wrong passphrase from a broken file
        raise SigningKeyWrong(
            "SIGNING_PASSPHRASE", f"does not open {source.pkcs12}, or the file is no PKCS#12"
        ) from None
    if not isinstance(store.key, PrivateKey) or store.cert is None:
        raise SigningKeyWrong("SIGNING_PKCS12", "holds no RSA or EC key with its certificate")
    _require_pair("SIGNING_PKCS12", store.key, store.cert.certificate)
    return SoftKey(
        store.key, store.cert.certificate, tuple(further.certificate for further in store.additional_certs)
    )


def _from_pem(text: str) -> SoftKey:
    try:
        key = load_pem_private_key(text.encode(), None)
        certificate = x509.load_pem_x509_certificate(text.encode())
    except (ValueError, TypeError):
        raise SigningKeyWrong(
            "SIGNING_DEVELOPMENT_KEY", "expected a key and its certificate as PEM"
        ) from None
    if not isinstance(key, PrivateKey):
        raise SigningKeyWrong("SIGNING_DEVELOPMENT_KEY", "expected an RSA or EC key")
    _require_pair("SIGNING_DEVELOPMENT_KEY", key, certificate)
    return SoftKey(key, certificate)


def _require_pair(setting: str, key: PrivateKey, certificate: x509.Certificate) -> None:
    if certificate.public_key() != key.public_key():
        raise SigningKeyWrong(setting, "the certificate belongs to another key")


def _require_in_time(source: KeySource, certificate: x509.Certificate, now: datetime) -> None:
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if source.formal and source.formal_only and not first <= now <= last:
        raise SigningKeyWrong(
            "SIGNING_PKCS12", f"its certificate is valid from {first:%Y-%m-%d} to {last:%Y-%m-%d} only"
        )


def former_certificates(source: KeySource) -> Sequence[x509.Certificate]:
    """Certificates of the keys that signed before a renewal. Raises ``SigningKeyWrong``."""
    if source.former is None:
        return ()
    try:
        return x509.load_pem_x509_certificates(source.former.read_bytes())
    except OSError as error:
        raise SigningKeyWrong("SIGNING_FORMER", f"{source.former}: {error.strerror}") from None
    except ValueError:
        raise SigningKeyWrong("SIGNING_FORMER", f"{source.former} is no file of PEM certificates") from None
