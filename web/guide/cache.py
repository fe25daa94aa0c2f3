"""Rendered PDFs by the hash of the page they were made from; losing the folder loses nothing."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MOST_FILES = 400


@dataclass(frozen=True)
class PdfCache:
    """A folder of at most ``MOST_FILES`` files; the least recently made go first."""

    folder: Path

    def path(self, key: str, make: Callable[[], bytes]) -> Path:
        """The file under ``key`` (a hash in hexadecimal), made now where it is not there; whole or not at all."""
        target = self.folder / f"{key}.pdf"
        if not target.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=self.folder, prefix=".part-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(make())
                Path(draft).replace(target)
            finally:
                Path(draft).unlink(missing_ok=True)
            self._tidy()
        return target

    def _tidy(self) -> None:
        files = sorted(self.folder.glob("*.pdf"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in files[MOST_FILES:]:
            old.unlink(missing_ok=True)
