"""The QR code of a certificate, written straight into the PDF: read as a curve it takes a quarter of a rendering.

The drawing stands in the fixed text as segno wrote it; its place on the page is found by laying out an empty one.
"""

import re
from dataclasses import dataclass
from typing import Any

import pydyf

DRAWING = re.compile(r'(<svg viewBox="0 0 (\d+) \2" class="qr-code">)<path stroke="#000" d="([^"]*)"/></svg>')
STEP = re.compile(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?")
POINTS = 0.75  # a CSS pixel


@dataclass(frozen=True)
class CodeDrawing:
    """The dark runs of a code: left end, middle line and length, in modules; ``side`` counts the quiet zone."""

    side: int
    runs: tuple[tuple[float, float, float], ...]

    def draw(self, document: Any, pdf: Any) -> None:
        """Write the runs as lines of a module's breadth over everything else; what the page drew before is closed off."""
        boxes = document.pages[0]._page_box.descendants(placeholders=True)  # noqa: SLF001 - nothing public tells it
        (box,) = [each for each in boxes if _is_code(each)]
        page = pdf.objects[pdf.pages["Kids"][0]]
        module = box.width * POINTS / self.side
        left = box.content_box_x() * POINTS
        top = float(page["MediaBox"][3]) - box.content_box_y() * POINTS
        lines = "\n".join(
            f"{left + x * module:.3f} {top - y * module:.3f} m {left + (x + length) * module:.3f} {top - y * module:.3f} l"
            for x, y, length in self.runs
        )
        before = pydyf.Stream([b"q"])
        after = pydyf.Stream(
            [f"Q /Artifact BMC q 0 G {module:.4f} w\n{lines}\nS Q EMC".encode()], compress=True
        )
        for stream in (before, after):
            pdf.add_object(stream)
        contents = page["Contents"]
        drawn = contents if isinstance(contents, list) else [contents]
        page["Contents"] = pydyf.Array([before.reference, *drawn, after.reference])


def cut_out(html: str) -> tuple[str, CodeDrawing | None]:
    """The page with an empty drawing in the place of its code, and the code; ``None`` where there is not just one."""
    found = DRAWING.findall(html)
    if len(found) != 1:
        return html, None
    _, side, path = found[0]
    return DRAWING.sub(r"\1</svg>", html), CodeDrawing(int(side), tuple(_runs(path)))


def _runs(path: str) -> list[tuple[float, float, float]]:
    """Lines of one module's breadth, as segno draws them: absolute start, then relative moves and runs."""
    x = y = 0.0
    runs = []
    for letter, first, second in STEP.findall(path):
        if letter == "M":
            x, y = float(first), float(second)
        elif letter == "m":
            x, y = x + float(first), y + float(second or 0)
        else:
            runs.append((x, y, float(first)))
            x += float(first)
    return runs


def _is_code(box: Any) -> bool:
    element = getattr(box, "element", None)
    return element is not None and element.get("class") == "qr-code"
