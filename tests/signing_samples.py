"""A signed certificate for tests, and keys of all sorts; everybody in it is invented."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from approvals import catalogue
from approvals.printing.certificates import CertificateForm
from approvals.printing.render import certificate_html, pdf_of
from approvals.signing import development, signer
from approvals.signing.source import KeySource
from tests.printing_samples import SHORT, certificate_context

MADE = datetime(2026, 1, 5, tzinfo=UTC)
OURS = KeySource(development=development.make(MADE))
OTHERS = KeySource(development=development.make(MADE))
ABOUT = {
    "reason": "颁发食品经营许可证",
    "location": "示例县城东街道示例路 15 号",
    "name": "示例县市场监督管理局",
}
PASSPHRASE = "open sesame"


def sample_html(code: str = "food", **changed: str) -> str:
    """A certificate as it is issued, with some fields changed."""
    form = CertificateForm.from_json(catalogue.read().certificates[code])
    fields = {key: (SHORT | changed)[key] for key in sorted(form.places()) if key in SHORT}
    return certificate_html(form, certificate_context(fields, form.title["zh"]))


@cache
def unsigned() -> bytes:
    """Its PDF before it is signed."""
    return pdf_of(sample_html())


@cache
def signed(source: KeySource = OURS) -> bytes:
    """Its PDF as it is kept."""
    return signer.sign(unsigned(), signer.open_key(source), **ABOUT)


@cache
def rsa_key() -> KeySource:
    """A development source with an RSA key of the size authorities use, as PEM."""
    key = rsa.generate_private_key(65537, 3072)
    certificate = _certificate("示例县市场监督管理局（示例）", key, "示例县市场监督管理局（示例）", key)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return KeySource(development=(pem + certificate.public_bytes(Encoding.PEM)).decode())


def sealed_p12(folder: Path, common_name: str = "示例县市场监督管理局（示例）") -> KeySource:
    """A key as an authority gets it: RSA, its certificate by a certification authority, in a PKCS#12 file."""
    ca, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    root = _certificate("示例电子认证服务（示例）", ca, "示例电子认证服务（示例）", ca)
    own = _certificate(common_name, key, "示例电子认证服务（示例）", ca)
    path = folder / "authority.p12"
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"seal", key, own, [root], BestAvailableEncryption(PASSPHRASE.encode())
        )
    )
    return replace(OURS, pkcs12=path, passphrase=PASSPHRASE)


def _certificate(
    subject: str, key: rsa.RSAPrivateKey, issuer: str, by: rsa.RSAPrivateKey
) -> x509.Certificate:
    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    return (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(MADE)
        .not_valid_after(MADE + timedelta(days=3650))
        .add_extension(development.USAGE, critical=True)
        .sign(by, hashes.SHA256())
    )


def pdfsig(pdf: bytes, folder: Path) -> str:
    """What poppler says of the signature, without asking who the signer is."""
    path = folder / "read.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False)
    return done.stdout
