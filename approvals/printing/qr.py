"""QR codes as vector drawings inside the page."""

import segno


def qr_code(content: str) -> str:
    """SVG of a QR code (error correction M) with its quiet zone; scaled by the style sheet."""
    return segno.make(content, error="m", boost_error=False).svg_inline(
        border=4, omitsize=True, svgclass="qr-code", lineclass=None
    )
