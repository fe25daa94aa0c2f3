"""The guilloche of certificates, drawn once in a process and laid under every certificate that has the same.

Half the time of a rendering went into the curves of the frame. They stand in the fixed text of each certificate; here
they are cut out of it, rendered once with the ground of the page, and the drawing is put below the rest as one object.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pydyf

STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
FRAME = re.compile(r'<svg class="frame".*?</svg>', re.DOTALL)
NO_GROUND = "<style>.sheet { background: none !important }</style></head>"
REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
KEPT = 64  # different frames; there is one a kind of certificate

Paint = Callable[[str, Callable[[Any, Any], None]], bytes]
"""Renders a page; before it is written the second argument gets WeasyPrint's document and its ``pydyf.PDF``."""


class _Written(pydyf.Object):  # type: ignore[misc]  # pydyf ships no types
    """An object whose bytes are known."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.data = data

    data = b""
    compressible = False


@dataclass(frozen=True)
class Stationery:
    """The objects of a drawn frame; the first is the drawing. References count from the first of them."""

    objects: tuple[tuple[bytes, bytes], ...]

    def lay_under(self, pdf: Any) -> None:
        """Put the drawing below the text of the first page."""
        shift = len(pdf.objects)
        for head, stream in self.objects:
            pdf.add_object(_Written(_renumbered(head, lambda number: number + shift) + stream))
        below = pydyf.Stream([b"/Artifact BMC q /Stationery Do Q EMC"])
        pdf.add_object(below)
        page = pdf.objects[pdf.pages["Kids"][0]]
        resources = pdf.objects[int(page["Resources"].split()[0])]
        resources["XObject"]["Stationery"] = f"{shift} 0 R".encode()
        page["Contents"] = pydyf.Array([below.reference, page["Contents"]])


def split(html: str) -> tuple[str, str] | None:
    """The page without its frame, and a page of the frame alone; ``None`` for a page that has none."""
    style, frame = STYLE.search(html), FRAME.search(html)
    if style is None or frame is None:
        return None
    text = html[: frame.start()] + html[frame.end() :]
    alone = (
        f'<!doctype html><html><head>{style[0]}</head><body><div class="sheet">{frame[0]}</div></body></html>'
    )
    return text.replace("</head>", NO_GROUND, 1), alone


@lru_cache(KEPT)
def drawn(alone: str, paint: Paint) -> Stationery:
    """The frame of a page that ``split`` gave, drawn once."""
    kept: list[Stationery] = []
    paint(alone, lambda _document, pdf: kept.append(_taken_out(pdf)))
    return kept[0]


def _taken_out(pdf: Any) -> Stationery:
    """The drawing as a form, and whatever it refers to, numbered anew from nought."""
    page = pdf.objects[pdf.pages["Kids"][0]]
    drawing = pdf.objects[int(page["Contents"].split()[0])]
    drawing.extra |= {
        "Type": "/XObject",
        "Subtype": "/Form",
        "BBox": page["MediaBox"],
        "Resources": page["Resources"],
    }
    needed = [drawing.number]
    for number in needed:  # grows while it is walked
        head, _ = _parts(pdf.objects[number].data)
        needed += [int(found) for found in REFERENCE.findall(head) if int(found) not in needed]
    places = {number: place for place, number in enumerate(needed)}
    parts = (_parts(pdf.objects[number].data) for number in needed)
    return Stationery(tuple((_renumbered(head, places.__getitem__), stream) for head, stream in parts))


def _parts(data: bytes) -> tuple[bytes, bytes]:
    """The dictionary of an object, and its stream with the word before it."""
    at = data.find(b"\nstream\n")
    return (data, b"") if at < 0 else (data[:at], data[at:])


def _renumbered(head: bytes, number: Callable[[int], int]) -> bytes:
    return REFERENCE.sub(lambda found: f"{number(int(found[1]))} 0 R".encode(), head)
