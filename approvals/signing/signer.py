"""PAdES signatures on certificates (B-B, with a time-stamping authority B-T), by pyHanko.

The signer is made once in a process. A signature certifies the document: nothing may be changed or added afterwards.
"""

import functools
import io
import threading
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from .source import KeySource, PrivateKey, SigningKeyWrong, soft_key

FIELD = "Signature"
DIGEST = "sha256"
CMS_BYTES = 2048  # of a signature without its certificates
TOKEN_BYTES = 16384  # of a time-stamp with the certificates of its authority
TSA_SECONDS = 10
TSA_MOST = 64 * 1024

_one_at_a_time = threading.Lock()  # a session with a token is not made for threads


@dataclass(frozen=True)
class SigningKey:
    """What signs in this process: pyHanko's signer, the certificate, and the time-stamping authority if any."""

    signer: Signer
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    formal: bool
    timestamper: TimeStamper | None


class _HeldKey(Signer):
    """Signs with a key in memory, checked once: pyHanko's own signer checks it anew for every signature."""

    def __init__(self, key: PrivateKey, certificate: asn1.Certificate, chain: Sequence[asn1.Certificate]):
        self.key = key
        registry = SimpleCertificateStore.from_certs([certificate, *chain])  # type: ignore[no-untyped-call]
        super().__init__(signing_cert=certificate, cert_registry=registry)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002 - pyHanko's own signature
        """The bare signature of ``data``; we sign with SHA-256 alone."""
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(data, PKCS1v15(), hashes.SHA256())
        return self.key.sign(data, ECDSA(hashes.SHA256()))


class _Authority(TimeStamper):
    """A time-stamping authority (RFC 3161) over HTTP."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Ask it; whoever renders waits, nobody else does."""
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        request = urllib.request.Request(self.url, req.dump(), headers)  # noqa: S310 - http or https, by the settings
        try:
            with urllib.request.urlopen(request, timeout=TSA_SECONDS) as answer:  # noqa: S310
                return tsp.TimeStampResp.load(answer.read(TSA_MOST))
        except (OSError, ValueError) as error:
            raise TimestampRequestError(f"no time-stamp from {self.url}: {error}") from error


class _UnchangedElsewhere(IncrementalPdfFileWriter):
    """Adds the signature alone: producer and dates of the file are those of its rendering, as its XMP says."""

    def _update_meta(self) -> None:
        """Leave document information and XMP as they are."""


@functools.cache
def open_key(source: KeySource) -> SigningKey:
    """The opened key, once for the process: reads the file, or opens a session. Raises ``SigningKeyWrong``."""
    timestamper = _Authority(source.tsa_url) if source.tsa_url else None
    if source.module is not None:
        signer, certificate, chain = _of_token(source)
    else:
        soft = soft_key(source)
        certificate, chain = soft.certificate, soft.chain
        signer = _HeldKey(soft.key, _asn1(certificate), [_asn1(further) for further in chain])
    return SigningKey(signer, certificate, chain, source.formal, timestamper)


def _of_token(source: KeySource) -> tuple[Signer, x509.Certificate, tuple[x509.Certificate, ...]]:
    from pkcs11.exceptions import PKCS11Error  # noqa: PLC0415 - needed only where a token signs
    from pyhanko.config.pkcs11 import TokenCriteria  # noqa: PLC0415
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session  # noqa: PLC0415

    try:
        session = open_pkcs11_session(
            str(source.module), token_criteria=TokenCriteria(label=source.token), user_pin=source.pin or None
        )
    except (PKCS11Error, OSError, RuntimeError) as error:
        raise SigningKeyWrong("SIGNING_PKCS11_MODULE", f"the token does not open: {error!r}") from None
    try:
        signer = PKCS11Signer(session, cert_label=source.label, key_label=source.label)
        certificate = signer.signing_cert
    except (PKCS11Error, LookupError) as error:
        session.close()
        raise SigningKeyWrong("SIGNING_PKCS11_KEY", f"no such key on the token: {error!r}") from None
    if certificate is None:
        session.close()
        raise SigningKeyWrong("SIGNING_PKCS11_KEY", "the token holds no certificate under this label")
    return signer, x509.load_der_x509_certificate(certificate.dump()), ()


def _asn1(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def sign(pdf: bytes, key: SigningKey, *, reason: str, location: str, name: str) -> bytes:
    """``pdf`` with its signature appended. Raises ``TimestampRequestError`` when the authority does not answer."""
    about = PdfSignatureMetadata(
        field_name=FIELD, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES, reason=reason, location=location,
        name=name, certify=True, docmdp_permissions=MDPPerm.NO_CHANGES,
    )  # fmt: skip
    signer = PdfSigner(about, key.signer, timestamper=key.timestamper, new_field_spec=SigFieldSpec(FIELD))
    writer = _UnchangedElsewhere(io.BytesIO(pdf))
    with _one_at_a_time:
        signed = signer.sign_pdf(writer, bytes_reserved=_room(key))
    content: bytes = signed.getvalue()
    return content


def _room(key: SigningKey) -> int:
    """Hexadecimal digits to keep free; measuring instead would sign everything twice."""
    certificates = [key.certificate, *key.chain]
    size = sum(len(one.public_bytes(serialization.Encoding.DER)) for one in certificates)
    return 2 * (size + CMS_BYTES + (TOKEN_BYTES if key.timestamper else 0))
