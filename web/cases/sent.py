"""One form about a task, as it came."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from approvals.tables import Staff


@dataclass(frozen=True)
class Sent:
    """One form as it came: which task at which version, by whom, with what."""

    session: Session
    task_id: int
    version: int | None
    staff: Staff
    form: MultiDict[str, str]
    now: datetime

    def text(self, name: str) -> str:
        """What was typed, without blanks around it."""
        return self.form.get(name, "").strip()
