"""What was measured, for people as a table and for comparison as ``bench/results.json``."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(__file__).with_name("results.json")


@dataclass(frozen=True)
class Record:
    """One figure: ``ours`` beside ``theirs`` (what it is measured against), their ratio, and what was asked."""

    name: str
    ours: float
    theirs: float | None
    ratio: float | None
    target: str
    met: bool


def machine(**more: str) -> dict[str, str]:
    """On what it was measured; nothing that tells which machine it was."""
    return {"cpus": str(os.cpu_count()), "python": platform.python_version(), **more}


def save(bench: str, records: Sequence[Record], measured_on: dict[str, str]) -> None:
    """Replace the records of this bench, keep those of others."""
    known = json.loads(FILE.read_text()) if FILE.exists() else {}
    known[bench] = {"machine": measured_on, "records": [asdict(record) for record in records]}
    FILE.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n")


def show(records: Sequence[Record]) -> None:
    """Print the table."""
    width = max(len(record.name) for record in records)
    print(f"{'':{width}}  {'ours':>12}  {'against':>12}  {'ratio':>6}  target")
    for record in records:
        theirs = "" if record.theirs is None else f"{record.theirs:.4g}"
        ratio = "" if record.ratio is None else f"{record.ratio:.2f}"
        print(
            f"{record.name:{width}}  {record.ours:12.4g}  {theirs:>12}  {ratio:>6}  {record.target}"
            f"  {'met' if record.met else 'MISSED'}"
        )
