"""Drawn stand-ins for scans: each says what it is a scan of, and that it is invented."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from approvals import handing_in
from approvals.filestore import FileStore
from approvals.printing.fonts import font_file
from approvals.tables import Case
from approvals.terms import MaterialState

from .centre import Centre

PAGE = (620, 877)  # A4 at 75 dots an inch
INK, LINE, PAPER = "#1b2430", "#dde3ea", "#ffffff"


def hand_in(centre: Centre, case: Case, store: FileStore) -> None:
    """Put a drawn page beside every material that was received."""
    clerk = centre.staff[centre.clerk]
    for material in case.materials:
        if material.state == MaterialState.RECEIVED:
            title = str(material.line["name"]["zh"])
            content = drawn(title, case.applicant.name if case.applicant else "")
            handing_in.attach(centre.session, material, content, f"{title}.png", clerk, store, centre.now)


def drawn(title: str, applicant: str) -> bytes:
    """One page as PNG."""
    image = Image.new("RGB", PAGE, PAPER)
    pen = ImageDraw.Draw(image)
    path, index = font_file("Noto Sans CJK SC", "regular")
    heading, text = (ImageFont.truetype(str(path), size, index=index) for size in (26, 15))
    pen.text((PAGE[0] / 2, 90), title[:20], font=heading, fill=INK, anchor="mm")
    pen.text((70, 150), f"申请人：{applicant}", font=text, fill=INK)
    pen.text((70, 180), "演示用图，内容为虚构", font=text, fill=INK)
    for row in range(16):
        pen.line((70, 240 + row * 34, PAGE[0] - 70, 240 + row * 34), fill=LINE, width=2)
    kept = BytesIO()
    image.save(kept, "PNG", optimize=True)
    return kept.getvalue()
