"""The drawing of a seal (印章图样): a picture only; it is no signature and says so wherever it appears."""

from html import escape

RED = "#c4231a"
STAR = "M0-15 3.4-4.6 14.3-4.6 5.5 1.8 8.8 12.1 0 5.8-8.8 12.1-5.5 1.8-14.3-4.6-3.4-4.6Z"
WIDEST = 268.0  # degrees of the ring that a long name may take


def seal(authority: str, purpose: str = "审批专用章", colour: str = RED) -> str:
    """SVG (100 × 100 units) with the authority's name along the ring, at any length, and its purpose."""
    name = authority.strip()
    return (
        '<svg class="seal" xmlns="http://www.w3.org/2000/svg" viewBox="-50 -50 100 100">'
        f'<circle r="47.6" fill="none" stroke="{colour}" stroke-width="2.6"/>'
        f'<path d="{STAR}" fill="{colour}"/>'
        f"{_ring(name, colour)}{_purpose(purpose, colour)}</svg>"
    )


def _ring(name: str, colour: str) -> str:
    # A short name stands in generous steps; a long one fills the ring and its letters grow narrow.
    step = min(25.0, WIDEST / max(1, len(name) - 1))
    size = 11.5 if step >= 17 else max(7.6, 11.5 * step / 17 + 1.6)
    narrow = min(1.0, step / 57.3 * 34 / size * 1.04)
    first = -step * (len(name) - 1) / 2
    return "".join(
        f'<text transform="rotate({first + step * place:.2f}) translate(0 -34) scale({narrow:.3f} 1)" '
        f'font-size="{size:.2f}" {_face(colour)}>{escape(letter)}</text>'
        for place, letter in enumerate(name)
    )


def _purpose(purpose: str, colour: str) -> str:
    size = min(9.0, 58 / max(1, len(purpose)))
    return f'<text y="31" font-size="{size:.2f}" {_face(colour)}>{escape(purpose)}</text>'


def _face(colour: str) -> str:
    return f'fill="{colour}" font-family="Noto Serif CJK SC" font-weight="700" text-anchor="middle"'
