"""QR codes as vector drawings inside the page."""

from typing import Any

import segno
from segno import consts

ALPHANUMERIC = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def qr_code(content: str) -> str:
    """SVG of a QR code (error correction M) with its quiet zone; scaled by the style sheet.

    A fragment in the alphanumeric set of QR codes is written in that set, which takes a third less room.
    """
    address, mark, fragment = content.partition("#")
    parts: Any = content
    if fragment and ALPHANUMERIC.issuperset(fragment):
        parts = [(address + mark, consts.MODE_BYTE), (fragment, consts.MODE_ALPHANUMERIC)]
    return segno.make(parts, error="m", boost_error=False).svg_inline(
        border=4, omitsize=True, svgclass="qr-code", lineclass=None
    )
