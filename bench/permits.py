"""Certificates a second and core, unsigned and signed, and the memory of the process that makes them.

Run: ``make bench`` or ``make bench QUICK=1``. Beside ours stands bare WeasyPrint on the very same page: the full Noto CJK
collection and a new font configuration for each, nothing kept from one to the next. The two take turns. Signed ones
carry an RSA key of 3072 bits. Memory is that of a process of its own that signs one certificate after another.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from approvals.printing.render import pdf_of
from approvals.signing import signer
from bench.results import Record, machine, save, show
from tests.signing_samples import ABOUT, rsa_key, sample_html

QUICK = bool(os.environ.get("QUICK"))
ROUNDS = 5 if QUICK else 15
EACH = 4
EARLY, LATE = (40, 200) if QUICK else (200, 2000)
UNSIGNED, SIGNED, MEMORY = 2.5, 2.0, 1.1
KINDS = ("food", "hygiene", "fire_inspection", "trade_licence")


def main() -> None:
    """Measure in turns, then watch the memory, print and keep."""
    taken: dict[str, list[float]] = {name: [] for name in MAKERS}
    for turn in range(ROUNDS + 1):
        pages = list(_pages(turn * EACH, EACH))
        for name, make in MAKERS.items():
            seconds = _timed(make, pages)
            if turn:  # the first warms up
                taken[name].append(seconds / EACH)
    per_second = {name: 1 / median(seconds) for name, seconds in taken.items()}
    spread = {name: f"{1 / max(seconds):.2f} to {1 / min(seconds):.2f}" for name, seconds in taken.items()}
    print("certificates a second and core, slowest to fastest round:", spread)
    records = [
        _against_bare("certificates a second and core, unsigned", per_second, "unsigned", UNSIGNED),
        _against_bare("certificates a second and core, signed", per_second, "signed", SIGNED),
        *_memory(),
    ]
    show(records)
    save("permits quick" if QUICK else "permits", records, machine())


def _pages(first: int, count: int) -> list[str]:
    """Certificates with holders of their own, as they come: every one has other characters."""
    return [_page(number) for number in range(first, first + count)]


def _page(number: int) -> str:
    chance = random.Random(number)
    name = "".join(chr(chance.randrange(0x4E00, 0x9FA0)) for _ in range(2))
    common = "".join(chance.choices("渝川湘粤鲁味香江城东南北望山和顺福隆", k=3))
    holder = f"{common}{name if number % 10 == 0 else ''}小面馆第{number}店（示例）"  # one in ten has rare characters
    return sample_html(KINDS[number % len(KINDS)], holder=holder)


def _bare(page: str) -> None:
    HTML(string=page).write_pdf(font_config=FontConfiguration())


def _unsigned(page: str) -> None:
    pdf_of(page)


def _signed(page: str) -> None:
    signer.sign(pdf_of(page), signer.open_key(rsa_key()), **ABOUT)


MAKERS: dict[str, Callable[[str], None]] = {"bare": _bare, "unsigned": _unsigned, "signed": _signed}


def _timed(make: Callable[[str], None], pages: list[str]) -> float:
    """Seconds of the processor, so that others at work on the machine do not count."""
    began = time.process_time()
    for page in pages:
        make(page)
    return time.process_time() - began


def _against_bare(name: str, per_second: dict[str, float], what: str, wanted: float) -> Record:
    ratio = per_second[what] / per_second["bare"]
    return Record(
        name, per_second[what], per_second["bare"], ratio, f">= {wanted}x bare WeasyPrint", ratio >= wanted
    )


# --- memory


def _memory() -> list[Record]:
    """Resident megabytes of one process after ``EARLY`` and after ``LATE`` signed certificates."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.permits", "--watched"], capture_output=True, text=True, check=True
    )
    early, late = (float(word) for word in done.stdout.split())
    ratio = late / early
    return [
        Record(
            f"resident MB after {LATE:,} signed, against {EARLY:,}",
            late,
            early,
            ratio,
            f"<= {MEMORY}x",
            ratio <= MEMORY,
        )
    ]


def watched() -> None:
    """Sign, and print the memory twice."""
    for number in range(LATE):
        if number == EARLY:
            print(_resident(), flush=True)
        _signed(_page(number))
    print(_resident())


def _resident() -> float:
    """Resident megabytes of this process."""
    status = Path("/proc/self/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    watched() if "--watched" in sys.argv else main()
