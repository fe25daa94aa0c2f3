"""The printed form of a kind of certificate (证照版式), as its data file says it: labels, colours, orientation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Label:
    """One line of the paper: the key of a permit's ``fields``, the words, and the answers it is filled from.

    The first field of the application that has an answer fills it; with ``between`` all answers together.
    """

    key: str
    text: str
    answers: tuple[str, ...] = ()
    between: str = ""


@dataclass(frozen=True)
class CertificateForm:
    """One printed form; keys that a permit does not have are left out.

    A key without a label is refused, so that nothing is dropped from a certificate unnoticed. ``serial`` stands in the identifier of
    GB/T 36904 (last three digits of the type code).
    """

    code: str
    title: Mapping[str, str]
    short: str
    serial: str
    labels: tuple[Label, ...]
    note: str
    landscape: bool
    ink: str
    line: str
    tint: str

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "CertificateForm":
        """The form a checked data file, or a row of its versions, says."""
        labels = tuple(
            Label(
                entry["key"], entry["label"], tuple(entry.get("answers", ())), str(entry.get("between", ""))
            )
            for entry in data["labels"]
        )
        return cls(
            code=data["code"], title=dict(data["title"]), short=data["short"], serial=data["serial"],
            labels=labels, note=data["note"], landscape=data["orientation"] == "landscape", **data["colours"],
        )  # fmt: skip

    @property
    def template(self) -> str:
        """Path of its template."""
        return "certificates/landscape.html" if self.landscape else "certificates/portrait.html"

    def places(self) -> frozenset[str]:
        """The keys that have a place on the paper."""
        return frozenset(label.key for label in self.labels)

    def rows(self, fields: Mapping[str, str]) -> list[tuple[str, str]]:
        """Label and value in the order of the paper; raises ``KeyError`` for a field without a label."""
        unknown = set(fields) - self.places()
        if unknown:
            raise KeyError(f"certificate {self.code} has no label for {sorted(unknown)}")
        return [(label.text, fields[label.key]) for label in self.labels if fields.get(label.key)]
