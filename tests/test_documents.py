"""Numbers without gap or double, text fixed at issue, one PDF for ever, and what the file store refuses."""

import hashlib
import io
import re
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from approvals import catalogue, clock, documents, filestore, permits, rectification
from approvals.certificate_identifier import certificate_identifier
from approvals.database import writing_session
from approvals.errors import ReasonRequired
from approvals.filestore import FileStore
from approvals.printing import setup
from approvals.printing.fonts import GlyphMissing
from approvals.printing.kinds import KINDS
from approvals.tables import Applicant, Case, Document, NumberSeries, Permit, Staff
from tests.printing_samples import FIELDS, OF_EVERY_KIND, SHORT
from web.demo.centre import Centre

NOW = datetime(2026, 11, 27, 2, 30, tzinfo=UTC)
NEW_YEAR_IN_SHANGHAI = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)


@pytest.fixture
def case(session: Session) -> Case:
    """An application of a person for the restaurant item."""
    item = catalogue.current(session, "restaurant_opening")
    applicant = Applicant(
        kind="person", name="赵某某（示例）", number="11010519491231002X", number_index="n", number_mask="110***********002X",
        phone="13800000000", phone_index="p", phone_mask="138****0000",
    )  # fmt: skip
    case = Case(
        number="33011000820261127000001", query_code="7KQ4M2XD", item_id=item.id, department_id=item.department_id,
        clerk_id=officer(session).id, form_definition={}, form_data={}, subject="渝记小面馆（示例）", created_at=NOW,
    )  # fmt: skip
    case.applicant = applicant
    session.add(case)
    session.flush()
    return case


def officer(session: Session) -> Staff:
    return session.scalars(select(Staff).order_by(Staff.id)).first()  # type: ignore[return-value]


def receipt(session: Session, case: Case, now: datetime = NOW, **changed: Any) -> Document:
    fields = FIELDS["receipt"] | changed
    return documents.issue(
        session, "receipt", case=case, part=None, department=case.department, fields=fields,
        officer=officer(session), now=now,
    )  # fmt: skip


def permit(case: Case, **changed: Any) -> Permit:
    keys = ("holder", "credit_code", "representative", "place", "business_form", "scope")
    values: dict[str, Any] = {
        "number": "JY330110202600001", "version": 1, "public_id": "Vb3kq7Z2mWc9QxT1", "kind": "food", "case_id": case.id,
        "department_id": case.department_id, "name": {"zh": "食品经营许可证", "en": "Food licence"},
        "holder": "渝记小面馆（示例）", "fields": {key: SHORT[key] for key in keys} | {"parts": []},
        "valid_from": date(2026, 11, 27), "valid_until": date(2031, 11, 26), "issued_at": NOW,
    }  # fmt: skip
    return Permit(**values | changed)


# --- numbers


def test_numbers_run_per_authority_kind_and_local_year(session: Session, case: Case) -> None:
    short = case.department.abbreviation
    assert [receipt(session, case).number for _ in range(3)] == [f"{short}收〔2026〕{n}号" for n in (1, 2, 3)]
    assert receipt(session, case, NEW_YEAR_IN_SHANGHAI).number == f"{short}收〔2027〕1号"
    assert (
        receipt(session, case, NEW_YEAR_IN_SHANGHAI - timedelta(seconds=1)).number == f"{short}收〔2026〕4号"
    )


def test_a_rare_character_takes_no_number_and_writes_nothing(session: Session, case: Case) -> None:
    with pytest.raises(GlyphMissing):
        receipt(session, case, remark="申请人名中有\U00032000字")
    assert session.scalar(select(func.count()).select_from(Document)) == 0
    assert session.scalar(select(func.count()).select_from(NumberSeries)) == 0
    assert receipt(session, case).serial == 1


def test_a_number_given_back_is_given_again(engine: Engine, session: Session, case: Case) -> None:
    session.commit()
    with writing_session(engine) as other:
        assert receipt(other, other.get_one(Case, case.id)).serial == 1
        other.rollback()
    with writing_session(engine) as other:
        assert receipt(other, other.get_one(Case, case.id)).serial == 1
        other.commit()


def test_officers_at_the_same_moment_get_numbers_without_gap_or_double(
    engine: Engine, session: Session, case: Case
) -> None:
    session.commit()
    failures: list[BaseException] = []

    def at_a_window() -> None:
        try:
            for _ in range(5):
                with writing_session(engine) as other:
                    receipt(other, other.get_one(Case, case.id))
                    other.commit()
        except BaseException as error:  # noqa: BLE001 - shown below
            failures.append(error)

    windows = [threading.Thread(target=at_a_window) for _ in range(4)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert failures == []
    with writing_session(engine) as other:
        serials = other.scalars(select(Document.serial).order_by(Document.serial)).all()
    assert list(serials) == list(range(1, 21))


# --- what is issued


def test_every_kind_can_be_issued_from_a_real_case(session: Session, case: Case) -> None:
    for kind, form in KINDS.items():
        document = documents.issue(
            session, kind, case=case, part=None, department=case.department, fields=OF_EVERY_KIND[kind],
            officer=officer(session), now=NOW,
        )  # fmt: skip
        assert document.number in document.html
        assert document.public is form.public
        assert document.content_sha256 == hashlib.sha256(document.html.encode()).hexdigest()
        assert "11010519491231002X" not in document.html


def test_a_preview_has_no_number_and_writes_nothing(session: Session, case: Case) -> None:
    html = documents.preview("receipt", case, None, case.department, FIELDS["receipt"], officer(session), NOW)
    assert "不表示申请已被受理" in html
    assert not re.search(r"〔2026〕\d", html)
    assert session.scalar(select(func.count()).select_from(Document)) == 0


def test_the_applicant_sees_only_public_documents(session: Session, case: Case) -> None:
    mine = receipt(session, case)
    notice = documents.issue(
        session, "joint_notice", case=case, part=None, department=case.department, fields=FIELDS["joint_notice"],
        officer=officer(session), now=NOW,
    )  # fmt: skip
    assert documents.of_case(session, case.id) == [mine, notice]
    assert documents.of_case(session, case.id, public_only=True) == [mine]


def test_a_certificate_shows_its_number_identifier_and_code(session: Session, case: Case) -> None:
    paper = permit(case)
    document = documents.issue_certificate(session, paper, case.department, case, officer(session), NOW)
    assert document.number == paper.number
    authority = case.department.authority_code
    identifier = certificate_identifier(f"{authority}002", authority, "20260000001")
    assert identifier in document.html
    assert "有效期：2026年11月27日 至 2031年11月26日" in document.html
    assert "打印件、复印件为未签名的核验副本" in document.html


def test_a_certificate_with_a_stray_field_or_a_rare_character_stops(session: Session, case: Case) -> None:
    with pytest.raises(KeyError):
        documents.issue_certificate(
            session, permit(case, fields={"rooms": "42"}), case.department, case, officer(session), NOW
        )
    session.rollback()
    rare = permit(case, fields={"holder": "\U00032000记"})
    with pytest.raises(GlyphMissing):
        documents.issue_certificate(session, rare, case.department, case, officer(session), NOW)


def test_the_identifier_of_the_standard() -> None:
    assert certificate_identifier("11100000000013338W011", "11430000006122244L", "20230000403") == (
        "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U"
    )


def test_only_a_real_deployment_prints_without_the_sample_mark(session: Session, case: Case) -> None:
    before = setup.current()
    try:
        setup.configure(setup.PaperSetup(sample=False))
        assert "样本" not in receipt(session, case).html
        setup.configure(setup.PaperSetup(sample=True))
        assert "样本" in receipt(session, case).html
    finally:
        setup.configure(before)


# --- putting right


def test_a_rectified_document_keeps_number_and_text(session: Session, case: Case) -> None:
    original = receipt(session, case)
    number, text = original.number, original.html
    notice = documents.rectify(
        session, original, case=case, changes=FIELDS["rectification"]["changes"], reasons="录入笔误",
        officer=officer(session), now=NOW,
    )  # fmt: skip
    assert (original.number, original.html, original.status) == (number, text, "rectified")
    assert original.replaced_by_id == notice.id
    assert number in notice.html
    assert "喻记小面馆" in notice.html
    with pytest.raises(documents.DocumentClosed):
        documents.void(session, original, "重复")


def test_a_voided_document_keeps_its_number_and_the_next_goes_on(session: Session, case: Case) -> None:
    first = receipt(session, case)
    documents.void(session, first, "申请人信息录入错误，另行制发")
    assert first.status == "voided"
    assert first.status_reasons
    assert documents.by_number(session, first.number) is first
    assert receipt(session, case).serial == first.serial + 1


def test_voiding_needs_a_reason(session: Session, case: Case) -> None:
    with pytest.raises(ReasonRequired):
        documents.void(session, receipt(session, case), "  ")


# --- the PDF


def test_the_first_rendering_wins_for_ever(session: Session, case: Case, tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    document = receipt(session, case)
    path = documents.ensure_pdf(session, document, store)
    content = path.read_bytes()
    assert document.number in "".join(PdfReader(io.BytesIO(content)).pages[0].extract_text().split())
    assert document.pdf_sha256 == hashlib.sha256(content).hexdigest()
    assert documents.record_pdf(session, document.id, "f" * 64) == document.pdf_sha256
    assert documents.ensure_pdf(session, document, store) == path


def test_an_altered_pdf_is_never_handed_out(session: Session, case: Case, tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    document = receipt(session, case)
    documents.ensure_pdf(session, document, store).write_bytes(b"%PDF-1.7 another text")
    with pytest.raises(filestore.FileDamaged):
        documents.ensure_pdf(session, document, store)


# --- files


def test_a_file_is_kept_once_under_its_hash_without_leftovers(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    sha256 = store.put(b"abc")
    assert sha256 == hashlib.sha256(b"abc").hexdigest()
    assert store.put(b"abc") == sha256
    assert store.read(sha256) == b"abc"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [sha256]


def test_a_damaged_file_is_mended_by_the_same_bytes(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.path(store.put(b"abc")).write_bytes(b"abd")
    assert store.read(store.put(b"abc")) == b"abc"


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63 + "/"])
def test_only_a_hash_names_a_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        FileStore(tmp_path).path(name)


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("approvals.filestore.os.fsync", full)
    with pytest.raises(OSError, match="disk full"):
        FileStore(tmp_path).put(b"abc")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def image(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(buffer, kind)
    return buffer.getvalue()


def pdf(script: str = "", attachment: bytes = b"", password: str = "") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if script:
        action = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject(script)}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
            {NameObject(key): value for key, value in action.items()}
        )
    if attachment:
        writer.add_attachment("a.bin", attachment)
    if password:
        writer.encrypt(password)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(image("PNG"), "image/png"), (image("JPEG"), "image/jpeg"), (pdf(), "application/pdf")],
    ids=["png", "jpeg", "pdf"],
)
def test_scans_are_taken_by_content(content: bytes, media_type: str) -> None:
    assert filestore.accept_upload(content) == media_type


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", filestore.UploadNotAllowed),
        (b"<html><script>1</script></html>", filestore.UploadNotAllowed),
        (b"MZ\x90\x00" + bytes(200), filestore.UploadNotAllowed),
        (image("GIF"), filestore.UploadNotAllowed),
        (image("PNG")[:40], filestore.UploadDamaged),
        (b"%PDF-1.7\n" + bytes(300), filestore.UploadDamaged),
        (pdf(script="app.alert(1)"), filestore.UploadActive),
        (pdf(attachment=b"MZ"), filestore.UploadActive),
        (pdf(password="secret"), filestore.UploadDamaged),
    ],
    ids=["empty", "html", "program", "gif", "cut png", "no pdf", "script", "attachment", "locked"],
)
def test_what_is_no_scan_is_refused(content: bytes, refusal: type[filestore.UploadNotAllowed]) -> None:
    with pytest.raises(refusal) as refused:
        filestore.accept_upload(content)
    assert refused.value.status == 415


def test_a_scan_over_the_limit_is_refused() -> None:
    with pytest.raises(filestore.UploadTooLarge) as refused:
        filestore.accept_upload(image("PNG") + bytes(3 * 1024 * 1024), largest=2 * 1024 * 1024)
    assert refused.value.status == 413
    assert "2 MB" in refused.value.text()


def test_dates_on_paper_are_those_of_shanghai(session: Session, case: Case) -> None:
    document = receipt(session, case, NEW_YEAR_IN_SHANGHAI)
    assert clock.local_day(NEW_YEAR_IN_SHANGHAI) == date(2027, 1, 1)
    assert "2027年1月1日" in document.html
    assert document.year == 2027


def test_a_voided_certificate_is_issued_anew_and_the_old_one_says_by_what(centre: Centre) -> None:
    case = centre.accept(centre.draft("shop_sign", {}))
    centre.opine_all(case)
    centre.grant_all(case)
    wrong = centre.issue(case)[0]
    head = centre.staff["chengguan"]
    rectification.void(centre.session, wrong.document_id, head, "设置人名称有误", centre.now)
    right = permits.of_case(centre.session, case.id)[-1]
    assert (wrong.status, right.status) == ("voided", "valid")
    assert wrong.document.number != right.document.number
    assert wrong.document.replaced_by_id == right.document_id
