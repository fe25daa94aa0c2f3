"""Every clock of one case with its explanation: its own, those of its parts, those of steps with a limit of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from .. import clock, ledger, ledger_dates, ledger_rows
from ..calendar import WorkingCalendar
from ..deadlines import Deadline
from ..ledger_rows import CaseLines
from ..limits import Entry, EntryKind
from ..tables import Case, CasePart, Task
from ..terms import TaskState


@dataclass(frozen=True)
class Clock:
    """One clock: what its replay says, and the entries it was replayed from, in their order.

    ``stopped_on``: the day its subject was done, or ended, without a line of the ledger that says so.
    """

    deadline: Deadline
    entries: Sequence[Entry] = ()
    stopped_on: date | None = None

    @property
    def runs(self) -> bool:
        """Whether it was ever set going."""
        return bool(self.entries)

    @property
    def ended_on(self) -> date | None:
        """The day from which on nothing counts any more."""
        return self.deadline.ended_on or self.stopped_on

    @property
    def open_pauses(self) -> list[Entry]:
        """The pauses that no resume and no end has closed, oldest first; a resume closes the last of its track."""
        found: list[Entry] = []
        for entry in self.entries:
            if entry.kind == EntryKind.PAUSE:
                found.append(entry)
            elif entry.kind == EntryKind.END:
                found.clear()
            elif entry.kind == EntryKind.RESUME:
                found.remove(next(pause for pause in reversed(found) if pause.track == entry.track))
        return found


@dataclass(frozen=True)
class Clocks:
    """The clocks of a case; parts and tasks by their ids, only those with a clock of their own."""

    case: Clock
    parts: Mapping[int, Clock]
    tasks: Mapping[int, Clock]
    lines: CaseLines


def of_case(session: Session, case: Case, tasks: Sequence[Task], calendar: WorkingCalendar) -> Clocks:
    """All clocks in one statement; see ``counted``."""
    return counted(case, ledger_rows.of_case(session, case.id), tasks, calendar)


def counted(case: Case, lines: CaseLines, tasks: Sequence[Task], calendar: WorkingCalendar) -> Clocks:
    """All clocks of a case whose ledger has been read; of ``tasks`` the open ones, for what is done keeps its day.

    ``calendar`` is that of ``case.calendar_version``. Raises what ``deadlines.replay`` raises.
    """
    dates = ledger_dates.dates_of(case, lines, calendar)
    parts = {part.id: part for part in case.parts}
    return Clocks(
        _clock(dates.case, lines.case.entries, case),
        {
            part: _clock(deadline, lines.parts[part].entries, parts[part])
            for part, deadline in dates.parts.items()
        },
        {
            task.id: Clock(
                ledger_dates.task_deadline(task, ledger.timing(task), lines, calendar),
                ledger_dates.task_entries(task, lines),
            )
            for task in tasks
            if task.state == TaskState.OPEN and task.id in lines.tasks
        },
        lines,
    )


def _clock(deadline: Deadline, entries: Sequence[Entry], subject: Case | CasePart) -> Clock:
    stopped = clock.local_day(subject.stopped_at) if subject.stopped_at else None
    return Clock(deadline, entries, stopped if entries and not deadline.ended_on else None)
