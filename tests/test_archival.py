"""The archival form of a certificate after it was signed, and that the quick way of printing shows the same."""

import io
import re
import subprocess
from datetime import datetime
from typing import Any

import pytest
from lxml import etree
from PIL import Image, ImageChops, ImageStat
from pypdf import PdfReader
from weasyprint import HTML

from approvals.printing import faces, stationery
from approvals.printing.archival import PERMIT, RDF
from approvals.printing.fonts import font_file, printable_characters
from approvals.printing.render import pdf_of
from approvals.signing.validation import read
from tests.signing_samples import OURS, sample_html, signed, unsigned

DC, PDF, XMP = (
    "{http://purl.org/dc/elements/1.1/}",
    "{http://ns.adobe.com/pdf/1.3/}",
    "{http://ns.adobe.com/xap/1.0/}",
)


@pytest.fixture(scope="module")
def reader() -> Any:
    return PdfReader(io.BytesIO(signed()))


def everything(reader: Any) -> list[Any]:
    """Every object of the file."""
    return [reader.get_object(number) for number in range(1, int(reader.trailer["/Size"]))]


def xmp(reader: Any) -> dict[str, str]:
    """The plain entries, and the first of each list."""
    packet = reader.root_object["/Metadata"].get_object().get_data()
    about = etree.fromstring(packet).find(f".//{{{RDF}}}Description")
    assert about is not None
    return {str(each.tag): (each.text or "".join(each.itertext())).strip() for each in about}


def test_colours_are_those_of_an_embedded_profile(reader: Any) -> None:
    (intent,) = reader.root_object["/OutputIntents"]
    assert intent.get_object()["/S"] == "/GTS_PDFA1"
    profile = intent.get_object()["/DestOutputProfile"].get_object()
    assert profile["/N"] == 3
    assert profile.get_data()[36:40] == b"acsp"
    assert profile.get_data()[16:20] == b"RGB "


def test_document_information_and_xmp_say_the_same(reader: Any) -> None:
    info, told = reader.metadata, xmp(reader)
    assert info is not None
    assert told[f"{DC}title"] == info.title
    assert told[f"{DC}creator"] == info.author
    assert told[f"{PDF}Keywords"] == info["/Keywords"]
    assert told[f"{PDF}Producer"] == info.producer
    assert told[f"{XMP}CreatorTool"] == info.creator
    assert datetime.fromisoformat(told[f"{XMP}CreateDate"]) == info.creation_date
    assert datetime.fromisoformat(told[f"{XMP}ModifyDate"]) == info.modification_date


def test_a_machine_reads_the_facts_and_no_conformance_nobody_checked(reader: Any) -> None:
    told = xmp(reader)
    assert told[f"{{{PERMIT}}}number"] == "示市监综证〔2026〕17号"
    assert told[f"{{{PERMIT}}}public-id"] == "Vb3kq7Z2mWc9QxT1r5Yd8A"
    assert told[f"{{{PERMIT}}}holder"] == "渝记小面馆（示例）"
    packet = reader.root_object["/Metadata"].get_object().get_data()
    assert b"pdfaid" not in packet


def test_every_font_is_embedded_and_can_be_read_as_text(reader: Any) -> None:
    fonts = [
        thing for thing in everything(reader) if isinstance(thing, dict) and thing.get("/Type") == "/Font"
    ]
    composite = [font for font in fonts if font["/Subtype"] == "/Type0"]
    assert len(composite) == 4
    for font in composite:
        assert font["/ToUnicode"].get_object().get_data()
        (inner,) = font["/DescendantFonts"]
        descriptor = inner.get_object()["/FontDescriptor"].get_object()
        assert "/FontFile3" in descriptor or "/FontFile2" in descriptor
    assert "渝记小面馆（示例）" in reader.pages[0].extract_text()


def test_nothing_in_it_acts_and_nothing_is_locked(reader: Any) -> None:
    assert not reader.is_encrypted
    for thing in everything(reader):
        if isinstance(thing, dict):
            assert not {"/JS", "/JavaScript", "/AA", "/OpenAction", "/Launch", "/EmbeddedFiles"} & set(thing)
    assert reader.root_object["/Lang"] == "zh-CN"
    assert reader.root_object["/MarkInfo"]["/Marked"]


# --- the quick way shows the same


def picture(pdf: bytes) -> Image.Image:
    done = subprocess.run(
        ["pdftoppm", "-r", "100", "-png", "-singlefile", "-"], input=pdf, capture_output=True, check=True
    )
    return Image.open(io.BytesIO(done.stdout)).convert("RGB")


@pytest.mark.parametrize("code", ["food", "hygiene"])
def test_a_frame_drawn_once_looks_like_one_drawn_each_time(code: str) -> None:
    html = sample_html(code)
    assert stationery.split(html) is not None
    plain = HTML(string=html).write_pdf()
    quick, slow = picture(pdf_of(html)), picture(plain)
    assert quick.size == slow.size
    far = ImageChops.difference(quick, slow)
    assert max(ImageStat.Stat(far).mean) < 0.1  # of 255: the edges of letters
    assert quick.getpixel((60, 60)) == slow.getpixel((60, 60))


def test_two_certificates_of_a_kind_share_their_frame_and_nothing_else() -> None:
    stationery.drawn.cache_clear()
    texts = [
        PdfReader(io.BytesIO(pdf_of(sample_html(holder=name)))).pages[0].extract_text()
        for name in ("甲店（示例）", "乙店（示例）")
    ]
    assert stationery.drawn.cache_info().misses == 1
    assert "甲店" in texts[0]
    assert "甲店" not in texts[1]


def test_a_rare_character_is_printed_from_the_full_font() -> None:
    rare = next(chr(one) for one in sorted(printable_characters() - faces.characters()) if one > 0x4E00)
    pdf = pdf_of(sample_html(holder=f"{rare}记小面馆（示例）"))
    reader: Any = PdfReader(io.BytesIO(pdf))
    names = {str(font.get_object()["/BaseFont"]) for font in reader.pages[0]["/Resources"]["/Font"].values()}
    assert sum("Yimen" in name for name in names) == 4
    assert sum("Yimen" not in name for name in names) == 1
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    assert f"{rare}记小面馆" in done.stdout.decode()


def test_a_common_page_needs_no_full_font_and_is_light() -> None:
    assert len(unsigned()) < 250_000
    assert not re.search(rb"/[A-Z]{6}\+Noto", unsigned())


def test_small_copies_have_what_they_promise() -> None:
    wanted = faces.characters()
    assert len(wanted & printable_characters()) > 7_500
    assert len(faces.small_copy(*font_file("Noto Sans CJK SC", "regular"))) < 4_000_000


def test_signing_changes_no_byte_of_the_rendering() -> None:
    assert signed().startswith(unsigned())
    assert read(signed(), OURS).reason == "颁发食品经营许可证"
