"""A PDF is verified on the page and on the command line, with one result; nothing of it is kept."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfWriter
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from approvals.permit_file import LARGEST, SENTENCES, Outcome
from approvals.public_status import PUBLIC
from approvals.signing import signer, source
from approvals.tables import Document, Permit
from approvals.terms import PermitStatus
from tests.signing_samples import ABOUT, OTHERS, pdfsig, signed, unsigned
from tests.web.public import issued, limited, page
from web.demo.centre import Centre
from web.jobs.rendering import BATCH, render_certificates
from web.transactions import unit_of_work


@pytest.fixture
def permit(centre: Centre, client: FlaskClient, reading: Session) -> Permit:
    """A single permit whose file was made."""
    issued(centre)
    found = reading.scalars(select(Permit).where(Permit.part_id.is_not(None)).order_by(Permit.id)).first()
    assert found is not None
    page(client, f"/permits/{found.public_id}")
    reading.expunge_all()
    reading.rollback()
    return found


@pytest.fixture
def pdf(permit: Permit, app: Flask, reading: Session) -> bytes:
    """Its file as anybody downloads it."""
    sha256 = reading.scalar(select(Document.pdf_sha256).where(Document.id == permit.document_id))
    assert sha256 is not None
    path: Path = app.extensions["settings"].files_dir / sha256[:2] / sha256[2:4] / sha256
    reading.rollback()
    return path.read_bytes()


def sent(client: FlaskClient, content: bytes, status: int = 200, name: str = "证照.pdf") -> str:
    answer = client.post("/permits/verification", data={"file": (io.BytesIO(content), name)})
    assert answer.status_code == status
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    return answer.text


def command(app: Flask, content: bytes, folder: Path) -> tuple[int, str]:
    path = folder / "given.pdf"
    path.write_bytes(content)
    done = app.test_cli_runner().invoke(args=["permits", "verify", str(path)])
    return done.exit_code, done.output


def agrees(
    app: Flask, client: FlaskClient, content: bytes, folder: Path, outcome: Outcome, status: int = 200
) -> str:
    """Page and command tell this outcome in the same words; the command's exit status says it too."""
    title, meaning = SENTENCES[outcome]
    shown = sent(client, content, status)
    code, told = command(app, content, folder)
    assert code == 1
    for text in (shown, told):
        assert title in text
        assert meaning in text
    return shown


def test_an_original_of_a_valid_permit_is_valid(
    app: Flask, client: FlaskClient, pdf: bytes, permit: Permit, tmp_path: Path
) -> None:
    shown = sent(client, pdf)
    code, told = command(app, pdf, tmp_path)
    assert code == 0
    for text in (shown, told):
        assert "原件，签名有效" in text
        assert "这张证照由本中心制发，现在有效。" in text
        assert permit.number in text
        assert permit.holder in text
        assert "一门 开发用签名（非正式）" in text
    assert '<article class="card verdict good">' in shown
    assert "Signature is Valid." in pdfsig(pdf, tmp_path)


def test_an_original_of_a_permit_that_no_longer_holds_is_not_valid(
    app: Flask, client: FlaskClient, engine: Engine, pdf: bytes, permit: Permit, tmp_path: Path
) -> None:
    for status in (PermitStatus.REVOKED, PermitStatus.SUSPENDED, PermitStatus.CHANGED):
        with unit_of_work(engine) as session:
            session.execute(update(Permit).where(Permit.id == permit.id).values(status=status))
        shown = agrees(app, client, pdf, tmp_path, Outcome.GENUINE)
        assert PUBLIC[status].sentence in shown
        assert f'<article class="card verdict {PUBLIC[status].tone}">' in shown


def test_a_changed_byte_is_told_and_the_register_beside_it(
    app: Flask, client: FlaskClient, pdf: bytes, permit: Permit, tmp_path: Path
) -> None:
    changed = bytearray(pdf)
    changed[len(changed) // 4] ^= 1
    shown = agrees(app, client, bytes(changed), tmp_path, Outcome.ALTERED)
    assert '<article class="card verdict ended">' in shown


def test_a_damaged_file_is_told_and_no_failure_of_ours(
    app: Flask, client: FlaskClient, pdf: bytes, tmp_path: Path
) -> None:
    """A copy with a bit changed near its end: its tables no longer unpack, which is no error of the page."""
    copy = pdf[: pdf.index(b"%%EOF") + 6]
    titles = [SENTENCES[outcome][0] for outcome in (Outcome.COPY, Outcome.UNSIGNED, Outcome.UNREADABLE)]
    unreadable = 0
    for back in range(100, 900, 100):
        changed = bytearray(copy)
        changed[-back] ^= 4
        shown = sent(client, bytes(changed))
        code, told = command(app, bytes(changed), tmp_path)
        assert code == 1
        assert any(title in shown and title in told for title in titles)
        unreadable += titles[-1] in shown
    assert unreadable


def test_bytes_the_signature_does_not_cover_are_told_too(
    app: Flask, client: FlaskClient, pdf: bytes, tmp_path: Path
) -> None:
    found = re.search(rb"0{40,}>", pdf)  # the room kept free behind the signature
    assert found is not None
    place = found.start() + 3
    agrees(app, client, pdf[:place] + b"1" + pdf[place + 1 :], tmp_path, Outcome.OTHER_BYTES)


def test_what_was_appended_is_told(app: Flask, client: FlaskClient, pdf: bytes, tmp_path: Path) -> None:
    agrees(app, client, pdf + b"\n% more\n", tmp_path, Outcome.EXTENDED)


def test_a_printed_copy_says_what_it_is(
    app: Flask, client: FlaskClient, pdf: bytes, permit: Permit, tmp_path: Path
) -> None:
    before_signing = pdf[: pdf.index(b"%%EOF") + 6]
    shown = agrees(app, client, before_signing, tmp_path, Outcome.COPY)
    assert "未签名的核验副本" in shown
    assert permit.number in shown
    assert f'href="/permits/{permit.public_id}"' in shown


def locked() -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(unsigned()))
    writer.encrypt("secret", algorithm="AES-256")
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("content", "outcome", "status"),
    [
        (lambda: signed(OTHERS), Outcome.FOREIGN, 200),
        (unsigned, Outcome.UNSIGNED, 200),
        (locked, Outcome.ENCRYPTED, 200),
        (lambda: b"%PDF-1.7\nnothing", Outcome.UNREADABLE, 200),
        (lambda: b"\x89PNG\r\n\x1a\n" + b"x" * 100, Outcome.NOT_PDF, 415),
        (lambda: b"%PDF-1.7\n" + b"x" * LARGEST, Outcome.TOO_LARGE, 413),
        (lambda: b"", Outcome.EMPTY, 422),
    ],
)
def test_every_other_file_has_its_own_answer(
    app: Flask, client: FlaskClient, tmp_path: Path, content, outcome: Outcome, status: int
) -> None:
    agrees(app, client, content(), tmp_path, outcome, status)


def test_our_signature_on_what_is_not_in_the_register_is_told(
    app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    ours = signer.open_key(app.extensions["settings"].signing)
    agrees(app, client, signer.sign(unsigned(), ours, **ABOUT), tmp_path, Outcome.NOT_IN_REGISTER)


def test_while_nobody_can_sign_the_state_is_told_and_nothing_is_lost(
    app: Flask, client: FlaskClient, centre: Centre, engine: Engine, reading: Session
) -> None:
    issued(centre)
    permit = reading.scalars(select(Permit).order_by(Permit.id)).first()
    assert permit is not None
    files = app.extensions["settings"].files_dir
    source.configure(replace(app.extensions["settings"].signing, tsa_url="http://127.0.0.1:9/"))
    assert render_certificates(engine, files) == 0
    shown = page(client, f"/permits/{permit.public_id}")
    assert "这张证照由本中心制发，现在有效。" in shown
    assert "文件还没有签名" in shown
    source.configure(app.extensions["settings"].signing)
    assert render_certificates(engine, files) == BATCH
    assert not any(each.name.startswith(".part-") for each in files.rglob("*"))


def test_nothing_of_a_file_is_kept(app: Flask, client: FlaskClient, pdf: bytes, reading: Session) -> None:
    folder: Path = app.extensions["settings"].files_dir

    def kept() -> tuple[int, int]:
        reading.rollback()
        return sum(1 for _ in folder.rglob("*")), reading.scalar(
            select(func.count()).select_from(Document)
        ) or 0

    before = kept()
    sent(client, pdf + b"other bytes")
    assert kept() == before


def test_no_file_and_too_many_are_refused(app: Flask, client: FlaskClient) -> None:
    assert "请先选择要核验的 PDF 文件" in client.post("/permits/verification").text
    with limited(app):
        codes = [client.post("/permits/verification").status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]


def test_a_file_that_is_not_there_is_a_wrong_call(app: Flask, tmp_path: Path) -> None:
    done = app.test_cli_runner().invoke(args=["permits", "verify", str(tmp_path / "none.pdf")])
    assert done.exit_code == 2
