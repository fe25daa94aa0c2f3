"""The product with a clock that a test sets: what it begins at stands in a file beside the database, time goes on from there."""

import os
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from web import create_app

BEGINS = "clock"


def app() -> Flask:
    """The program by the clock in the file."""
    file = Path(os.environ["FILES_DIR"]).parent / BEGINS
    return create_app(clock=lambda: read(file))


def read(file: Path) -> datetime:
    """What the clock shows: what it was set to, and the time since then."""
    passed = datetime.now(UTC).timestamp() - file.stat().st_mtime
    return datetime.fromtimestamp(datetime.fromisoformat(file.read_text()).timestamp() + passed, UTC)


def put(file: Path, at: datetime) -> None:
    """Set the clock; whole or not at all, because a page may be looking."""
    fresh = file.with_suffix(".new")
    fresh.write_text(at.isoformat())
    fresh.replace(file)
