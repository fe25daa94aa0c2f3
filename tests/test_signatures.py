"""Signed certificates, read back by two readers; whatever happened to one is told exactly."""

import io
import re
import subprocess
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import pkcs11
import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate
from pyhanko.pdf_utils.generic import NameObject, TextStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pypdf import PdfReader, PdfWriter

from approvals.permit_file import claimed
from approvals.signing import sealing, signer, source, validation
from approvals.signing.report import Finding, SignerUnknown
from approvals.signing.source import KeySource, SigningKeyWrong
from tests.signing_samples import ABOUT, OTHERS, OURS, pdfsig, sealed_p12, signed, unsigned

GOOD = "Signature is Valid."


def found(pdf: bytes, by: KeySource = OURS) -> Finding:
    return validation.read(pdf, by).finding


def appended(pdf: bytes) -> bytes:
    """The file with its catalogue changed by an update behind the signature."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root[NameObject("/Lang")] = TextStringObject("en")
    writer.update_root()
    changed = io.BytesIO()
    writer.write(changed)
    return changed.getvalue()


def test_a_signed_certificate_is_valid_to_both_readers(tmp_path: Path) -> None:
    report = validation.read(signed(), OURS)
    assert report.finding == Finding.VALID
    assert report.signer == report.issuer == "一门 开发用签名（非正式）"
    assert report.reason == ABOUT["reason"]
    assert report.signed_at is not None
    assert not report.stamped
    told = pdfsig(signed(), tmp_path)
    assert GOOD in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told
    assert "一门 开发用签名（非正式）" in told


def holes(pdf: bytes) -> tuple[int, int]:
    """Where the signature itself stands: the only bytes it does not cover."""
    _, first, second, _ = PdfReader(io.BytesIO(pdf)).get_fields()["Signature"]["/V"]["/ByteRange"]  # type: ignore[index]
    return int(first), int(second)


@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_bit_changed_under_the_signature_makes_it_invalid(share: float, bit: int) -> None:
    content = bytearray(signed())
    first, second = holes(signed())
    place = int(share * (len(content) - (second - first)))
    place += (second - first) * (place >= first)
    content[place] ^= 1 << bit
    assert found(bytes(content)) in {Finding.ALTERED, Finding.UNREADABLE, Finding.FOREIGN}


@pytest.mark.parametrize("share", [0.02, 0.2, 0.4, 0.6, 0.8, 0.93])
def test_the_second_reader_finds_a_changed_byte_too(share: float, tmp_path: Path) -> None:
    content = bytearray(signed())
    content[int(share * len(content))] ^= 4
    assert GOOD not in pdfsig(bytes(content), tmp_path)
    assert found(bytes(content)) == Finding.ALTERED


def test_what_is_appended_after_signing_is_told(tmp_path: Path) -> None:
    report = validation.read(appended(signed()), OURS)
    assert report.finding == Finding.EXTENDED
    assert report.modification == "OTHER"
    assert "Not total document signed" in pdfsig(appended(signed()), tmp_path)
    assert found(signed() + b"\n% a line more\n") == Finding.EXTENDED


def test_another_key_with_the_same_name_is_foreign() -> None:
    report = validation.read(signed(OTHERS), OURS)
    assert report.finding == Finding.FOREIGN
    assert report.signer == "一门 开发用签名（非正式）"


def test_a_file_without_signature_is_no_altered_one() -> None:
    assert found(unsigned()) == Finding.UNSIGNED


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\x00" * 500, b"plain text"])
def test_what_cannot_be_read_is_said_to_be_so(content: bytes) -> None:
    assert found(content) == Finding.UNREADABLE


@pytest.mark.parametrize("kept", [0.3, 0.7, 0.97, 0.999])
def test_a_truncated_file_is_altered(kept: float) -> None:
    assert found(signed()[: int(kept * len(signed()))]) in {Finding.ALTERED, Finding.UNREADABLE}


def test_an_encrypted_file_is_told() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(unsigned()))
    writer.encrypt("secret", algorithm="AES-256")
    locked = io.BytesIO()
    writer.write(locked)
    assert found(locked.getvalue()) == Finding.ENCRYPTED


def flipped(pdf: bytes, places: Iterable[int], chance: Random) -> Iterator[tuple[int, bytes]]:
    """The file with one bit changed, at each of these places."""
    for place in places:
        changed = bytearray(pdf)
        changed[place] ^= 1 << chance.randrange(8)
        yield place, bytes(changed)


def test_whatever_single_byte_is_damaged_there_is_a_finding() -> None:
    """Streams that no longer unpack, filters nobody knows, tables that lead nowhere: never an error."""
    chance, pdf = Random(20260112), unsigned()
    places = [*range(len(pdf) - 1000, len(pdf)), *chance.sample(range(len(pdf)), 200)]
    seen = {found(changed) for _place, changed in flipped(pdf, places, chance)}
    assert seen == {Finding.UNSIGNED, Finding.UNREADABLE}


def test_a_damaged_byte_under_a_signature_is_never_valid() -> None:
    chance, pdf = Random(20260113), signed()
    contents = re.search(rb"/Contents <[0-9a-fA-F]+>", pdf)
    assert contents is not None
    places = [*chance.sample(range(len(pdf)), 150), *range(len(pdf) - 100, len(pdf))]
    room = range(*contents.span())  # which no signature covers; the register's hash does
    valid = {
        place
        for place, changed in flipped(pdf, places, chance)
        if found(changed) in {Finding.VALID, Finding.EXTENDED}
    }
    assert valid <= set(room)


def test_what_a_damaged_file_claims_can_always_be_asked_for() -> None:
    chance, pdf = Random(20260114), unsigned()
    places = [*range(len(pdf) - 1000, len(pdf), 10), *chance.sample(range(len(pdf)), 50)]
    for _place, changed in flipped(pdf, places, chance):
        public_id, number = claimed(changed)
        assert (public_id + number).isprintable()


def test_a_number_that_no_database_takes_is_none() -> None:
    writer = PdfWriter()
    writer.add_blank_page(10, 10)
    for keywords, number in (("食品〔2026〕1", "食品〔2026〕1"), ("食品\x00", "")):
        writer.add_metadata({"/Keywords": keywords})
        kept = io.BytesIO()
        writer.write(kept)
        assert claimed(kept.getvalue()) == ("", number)


def test_a_time_no_clock_shows_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in (datetime(9999, 12, 31, 23, tzinfo=UTC), datetime(2026, 1, 5)):  # noqa: DTZ001 - a file may lack the zone
        monkeypatch.setattr(EmbeddedPdfSignature, "self_reported_timestamp", wrong)
        monkeypatch.setattr(validation, "_moment", lambda _signature: datetime(2026, 1, 12, tzinfo=UTC))
        assert validation.read(signed(), OURS).signed_at is None


# --- keys


def test_a_formal_key_signs_with_its_chain(tmp_path: Path) -> None:
    formal = sealed_p12(tmp_path)
    pdf = signer.sign(unsigned(), signer.open_key(formal), **ABOUT)
    report = validation.read(pdf, formal)
    assert (report.finding, report.signer) == (Finding.VALID, "示例县市场监督管理局（示例）")
    assert report.issuer == "示例电子认证服务（示例）"
    assert GOOD in pdfsig(pdf, tmp_path)
    assert found(pdf, OURS) == Finding.FOREIGN


def test_the_certificate_before_a_renewal_is_still_ours(tmp_path: Path) -> None:
    former = tmp_path / "former.pem"
    former.write_bytes(source.soft_key(OTHERS).certificate.public_bytes(Encoding.PEM))
    assert found(signed(OTHERS), replace(OURS, former=former)) == Finding.VALID


def test_formal_is_whose_certificate_signed_and_not_which_key_signs_now(tmp_path: Path) -> None:
    trial, sealed = tmp_path / "trial.pem", tmp_path / "sealed.pem"
    trial.write_bytes(source.soft_key(OURS).certificate.public_bytes(Encoding.PEM))
    formal = replace(sealed_p12(tmp_path), former=trial)
    sealed.write_bytes(source.soft_key(formal).certificate.public_bytes(Encoding.PEM))
    by_authority = signer.sign(unsigned(), signer.open_key(formal), **ABOUT)
    cases = (
        (by_authority, formal, True),
        (signed(), formal, False),  # from the time of trials
        (by_authority, replace(OURS, former=sealed), True),
        (signed(), OURS, False),
    )
    for pdf, by, expected in cases:
        report = validation.read(pdf, by)
        assert (report.finding, report.formal) == (Finding.VALID, expected)
    assert not validation.read(by_authority, OTHERS).formal


def test_a_key_that_is_gone_makes_no_signature_a_wrong_one(tmp_path: Path) -> None:
    with pytest.raises(SignerUnknown):
        found(signed(), replace(OURS, pkcs12=tmp_path / "gone.p12"))


PKCS11 = "/usr/lib/softhsm/libsofthsm2.so"


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeySource:
    """A software token that holds the key of an authority."""
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(
        f"directories.tokendir = {tmp_path / 'tokens'}\nlog.level = ERROR\n"
    )
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    soft = source.soft_key(sealed_p12(tmp_path))
    put_on_token(soft, "seals", "seal", "1234")
    return KeySource(
        module=Path(PKCS11), token="seals", label="seal", pin="1234", development=OURS.development
    )


def put_on_token(soft: source.SoftKey, token: str, label: str, pin: str) -> None:
    done = ["softhsm2-util", "--init-token", "--free", "--label", token, "--pin", pin, "--so-pin", "5678"]
    subprocess.run(done, check=True, capture_output=True)
    library = pkcs11.lib(PKCS11)
    library.reinitialize()
    with library.get_token(token_label=token).open(rw=True, user_pin=pin) as session:
        key = soft.key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        shared = {pkcs11.Attribute.LABEL: label, pkcs11.Attribute.TOKEN: True}
        session.create_object(decode_rsa_private_key(key) | shared | {pkcs11.Attribute.SIGN: True})
        session.create_object(decode_x509_certificate(soft.certificate.public_bytes(Encoding.DER)) | shared)


def test_a_key_on_a_token_signs(token: KeySource, tmp_path: Path) -> None:
    for wrong, setting in (
        ({"pin": "9999"}, "MODULE"),
        ({"label": "other"}, "KEY"),
        ({"token": "no"}, "MODULE"),
    ):
        with pytest.raises(SigningKeyWrong) as refused:
            signer.open_key(replace(token, **wrong))  # type: ignore[arg-type]
        assert refused.value.setting == f"SIGNING_PKCS11_{setting}"
    pdf = signer.sign(unsigned(), signer.open_key(token), **ABOUT)
    assert found(pdf, token) == Finding.VALID
    assert GOOD in pdfsig(pdf, tmp_path)


class Authority(BaseHTTPRequestHandler):
    """A time-stamping authority on this machine."""

    soft: source.SoftKey

    def do_POST(self) -> None:
        asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        soft = self.soft
        stamper = DummyTimeStamper(
            tsa_cert=asn1.Certificate.load(soft.certificate.public_bytes(Encoding.DER)),
            tsa_key=keys.PrivateKeyInfo.load(
                soft.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
            ),
            certs_to_embed=SimpleCertificateStore(),
            fixed_dt=datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
        )
        answer = stamper.request_tsa_response(asked).dump()
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


def test_with_an_authority_the_signature_carries_its_time_stamp(tmp_path: Path) -> None:
    authority = type("Own", (Authority,), {"soft": source.soft_key(sealed_p12(tmp_path))})
    with ThreadingHTTPServer(("127.0.0.1", 0), authority) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        stamped = replace(OURS, tsa_url=f"http://127.0.0.1:{server.server_address[1]}/")
        pdf = signer.sign(unsigned(), signer.open_key(stamped), **ABOUT)
        server.shutdown()
    report = validation.read(pdf, OURS)
    assert report.finding == Finding.VALID
    assert report.stamped
    assert report.signed_at == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert GOOD in pdfsig(pdf, tmp_path)


def test_a_silent_time_stamping_authority_stops_the_signing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "current", lambda: replace(OURS, tsa_url="http://127.0.0.1:9/"))
    with pytest.raises(sealing.SigningUnavailable) as refused:
        sealing.sealed(unsigned(), number="JY330110", **ABOUT)
    assert refused.value.status == 503
