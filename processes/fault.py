"""One fault of a process file, in words that say what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """``problem`` and ``mend`` are message ids with ``params``; ``element`` is the BPMN or DMN id."""

    element: str
    name: str
    problem: str
    mend: str
    params: Mapping[str, object] = field(default_factory=dict)

    def line(self) -> str:
        """The fault as one Chinese line, for the command line and the log."""
        where = f"{self.element}（{self.name}）" if self.name else self.element
        return f"{where}：{self.problem % self.params}。{self.mend % self.params}。"
