"""Guilloche in vector: interwoven bands and rosettes, as they guard banknotes and certificates.

All lengths are millimetres; the results are SVG path data or small SVG fragments, the same for the same
arguments.
"""

import math


def wave(length: float, period: float, height: float, *, turned: bool = False) -> str:
    """Path of a wave along x from 0: one quadratic curve, then smooth continuations (few bytes)."""
    halves = max(2, round(length / period * 2))
    step = length / halves
    lift = -height if turned else height
    return f"M0 0q{step / 2:.3f} {lift:.3f} {step:.3f} 0" + f"t{step:.3f} 0" * (halves - 1)


def band(length: float, period: float, heights: tuple[float, ...]) -> str:
    """Strands woven along x: each height gives a wave and its mirror image."""
    return "".join(
        wave(length, period, height, turned=turned) for height in heights for turned in (False, True)
    )


def rosette(radius: float, waves: int, depth: float, strands: int, points: int = 240) -> str:
    """A ring of ``strands`` closed curves, each swinging ``waves`` times, evenly out of phase."""
    return "".join(
        _closed(radius, waves, depth, 2 * math.pi * strand / strands, points) for strand in range(strands)
    )


def _closed(radius: float, waves: int, depth: float, phase: float, points: int) -> str:
    corners = []
    for point in range(points):
        angle = 2 * math.pi * point / points
        reach = radius * (1 - depth / 2 * (1 + math.sin(waves * angle + phase)))
        corners.append(f"{reach * math.cos(angle):.2f} {reach * math.sin(angle):.2f}")
    return f"M{'L'.join(corners)}Z"


def field(width: float, height: float, lines: int, swing: float, points: int = 60) -> str:
    """A net of lines across a field, each a sum of two slow waves that drifts from line to line."""
    return "".join(_drifting(width, height, line / lines, swing, points) for line in range(lines + 1))


def _drifting(width: float, height: float, share: float, swing: float, points: int) -> str:
    corners = []
    for point in range(points + 1):
        along = point / points
        lift = math.sin(4 * math.pi * along + 2 * math.pi * share) + 0.5 * math.sin(
            10 * math.pi * along - 4 * math.pi * share
        )
        corners.append(f"{width * along:.1f} {height * share + swing * lift:.2f}")
    return f"M{'L'.join(corners)}"
