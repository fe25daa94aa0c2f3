"""Reading a signature back: whole, altered, changed afterwards, by somebody else, or none at all.

Ours is what a certificate of this installation signed: the present one, or one of the setting ``SIGNING_FORMER``. They
are compared one by one, so that no authority above them can make another's signature ours. Nothing is fetched: no
revocation service is asked, the register is what counts.
"""

import io
import logging
from datetime import datetime

from asn1crypto.core import Asn1Value
from cryptography import x509
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    PdfSignatureStatus,
    SignatureCoverageLevel,
    validate_pdf_signature,
)
from pyhanko_certvalidator import ValidationContext

from . import development
from .report import Finding, SignatureReport, SignerUnknown
from .signer import open_key
from .source import KeySource, SigningKeyWrong, former_certificates

for _logger in (
    "pyhanko",
    "pyhanko_certvalidator",
):  # what a stranger's file lacks is our answer, no trouble of ours
    logging.getLogger(_logger).setLevel(logging.CRITICAL)


def read(pdf: bytes, source: KeySource) -> SignatureReport:
    """Read the signature of ``pdf``; whatever the bytes are, the answer is a report. Raises ``SignerUnknown``."""
    ours = _ours(source)
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        if reader.encrypted:
            return SignatureReport(Finding.ENCRYPTED)
        signatures = reader.embedded_regular_signatures
        if not signatures:
            return SignatureReport(Finding.ALTERED if b"/ByteRange" in pdf else Finding.UNSIGNED)
        return _report(signatures[0], ours, source)
    except Exception:  # noqa: BLE001 - on a stranger's bytes a reader raises what it likes; no list of it is whole
        return SignatureReport(Finding.ALTERED if b"/ByteRange" in pdf else Finding.UNREADABLE)


def _report(
    signature: EmbeddedPdfSignature, ours: list[x509.Certificate], source: KeySource
) -> SignatureReport:
    certificate = _plain(signature.signer_cert)
    status = validate_pdf_signature(
        signature, ValidationContext(trust_roots=[signature.signer_cert], moment=_moment(signature))
    )
    stamp = status.timestamp_validity
    stamped = stamp is not None and stamp.intact and stamp.valid
    return SignatureReport(
        _finding(status, certificate, ours),
        _name(certificate.subject),
        _name(certificate.issuer),
        _told(stamp.timestamp if stamp is not None and stamped else signature.self_reported_timestamp),
        stamped,
        str(signature.sig_object.get("/Reason", "")),
        status.modification_level.name if _appended(status) and status.modification_level else "",
        formal=certificate in ours and _formal(certificate, source),
    )


def _moment(signature: EmbeddedPdfSignature) -> datetime:
    """A certificate has to be in time when it signs, not when it is read."""
    told = signature.self_reported_timestamp
    return told or _plain(signature.signer_cert).not_valid_before_utc


def _told(instant: datetime | None) -> datetime | None:
    """The instant, if it is one: what is damaged may lack its zone, or lie where no clock here can show it."""
    if instant is None or instant.tzinfo is None or not 1900 <= instant.year <= 2900:
        return None
    return instant


def _finding(
    status: PdfSignatureStatus, certificate: x509.Certificate, ours: list[x509.Certificate]
) -> Finding:
    if not (status.intact and status.valid):
        return Finding.ALTERED
    if certificate not in ours:
        return Finding.FOREIGN
    if _appended(status) or not status.docmdp_ok:
        return Finding.EXTENDED
    return Finding.VALID


def _appended(status: PdfSignatureStatus) -> bool:
    return status.coverage != SignatureCoverageLevel.ENTIRE_FILE


def _formal(certificate: x509.Certificate, source: KeySource) -> bool:
    """Of ours: whether an authority's key signed; a development certificate says itself that it is one."""
    now_used = certificate == open_key(source).certificate
    return _name(certificate.subject) != development.SUBJECT and (source.formal or not now_used)


def _ours(source: KeySource) -> list[x509.Certificate]:
    try:
        return [open_key(source).certificate, *former_certificates(source)]
    except SigningKeyWrong as error:
        raise SignerUnknown from error


def _plain(certificate: Asn1Value) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate.dump())


def _name(name: x509.Name) -> str:
    """The common name, or whatever the certificate has instead."""
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()
