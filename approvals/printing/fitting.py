"""Which type size a certificate's fields need, so that long names and scopes never run into the seal."""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Type size in points with its line and the air under a row in millimetres."""

    name: str
    points: float
    line: float
    air: float


SIZES = (
    Size("grand", 14.5, 7.2, 8.9),
    Size("roomy", 13.0, 6.4, 6.2),
    Size("normal", 12.0, 5.9, 4.2),
    Size("snug", 11.0, 5.3, 2.8),
    Size("dense", 9.6, 4.6, 1.8),
    Size("tiny", 8.4, 4.0, 1.2),
)
MILLIMETRES_PER_POINT = 0.3528


def size_for(values: Sequence[str], width: float, height: float) -> Size:
    """The largest size at which ``values``, one a row, fit a column of ``width`` × ``height`` mm."""
    for size in SIZES:
        if sum(_row_height(value, size, width) for value in values) <= height:
            return size
    return SIZES[-1]


def _row_height(value: str, size: Size, width: float) -> float:
    # 0.94: a line breaks before it is quite full, because closing marks may not begin a line.
    per_line = width / (size.points * MILLIMETRES_PER_POINT) * 0.94
    return max(1, math.ceil(_ems(value) / per_line)) * size.line + size.air


def _ems(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.6 for character in text)
