"""Stories that take months or years: chapters at days before today, and between them what the worker does by itself."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from approvals import clock, timers
from approvals.calendar import WorkingCalendar
from approvals.filestore import FileStore
from approvals.tables import Case, Staff, Task, Timer
from approvals.terms import Role
from processes import timers as handlers

from .centre import Centre, Somebody

OPENS, STEP = time(9, 20), timedelta(minutes=25)  # the first act of a story on its day, and room to the next


@dataclass
class Scene:
    """Where a story stands: the centre at its instant, who applies, where files go, and the case it began with."""

    centre: Centre
    who: Somebody
    store: FileStore
    case: Case | None = None

    @property
    def told(self) -> Case:
        """The case of the story; its first chapter makes it."""
        assert self.case is not None, "the first chapter makes the case"
        return self.case

    def names(self) -> dict[str, str]:
        """The answers that name the applicant's shop, its sign and its head."""
        who = self.who
        return {"shop_name": who.name, "sign_text": who.name, "person_in_charge": who.representative}


Act = Callable[[Scene], object]


@dataclass(frozen=True)
class Story:
    """A name, who applies (how the name ends), and the chapters: so many working days before today, and the act.

    ``ends``: the first chapter, whose days then do not count, is told so long ago that a permit of so many years ends
    about so many days from today.
    """

    name: str
    whom: str
    chapters: tuple[tuple[int, Act], ...]
    ends: tuple[int, int] | None = None


def tell(story: Story, centre: Centre, who: Somebody, store: FileStore, now: datetime) -> Case:
    """Tell one story up to ``now``; what came due on its case in between was done by the worker at its own time."""
    scene = Scene(centre, who, store)
    for (_, act), at in zip(story.chapters, instants(story, centre.calendar, now), strict=True):
        fire_until(centre, scene.case, at)
        centre.now = at
        act(scene)
        centre.sync()
    return scene.told


def instants(story: Story, calendar: WorkingCalendar, now: datetime) -> Iterator[datetime]:
    """When each chapter is told: in window hours of its day, in order, never after ``now``."""
    today = clock.local_day(now)
    days = [working_day_before(calendar, today, ago) for ago, _ in story.chapters]
    if story.ends is not None:
        days[0] = _issue_day(calendar, today, *story.ends)
    for number, day in enumerate(days):
        at = datetime.combine(day, OPENS, clock.ZONE) + STEP * days[:number].count(day)
        yield min(at, now - timedelta(minutes=len(days) - number))


def _issue_day(calendar: WorkingCalendar, today: date, years: int, left: int) -> date:
    """The day on which a permit is issued that ends about ``left`` days from today: never later than that."""
    until = today + timedelta(days=left + 1)
    return working_day_before(calendar, until.replace(year=until.year - years, day=min(until.day, 28)), 0)


def working_day_before(calendar: WorkingCalendar, day: date, count: int) -> date:
    """The working day ``count`` working days before ``day``; 0 is ``day`` itself or the last one before."""
    while not calendar.is_working_day(day) or count > 0:
        count -= calendar.is_working_day(day)
        day -= timedelta(days=1)
    return day


def fire_until(centre: Centre, case: Case | None, until: datetime) -> None:
    """What the worker did on this case until then, each at its own time."""
    if case is None:
        return
    due = select(Timer).where(Timer.case_id == case.id, Timer.state == "waiting", Timer.due <= until)
    while timer := centre.session.scalar(due.order_by(Timer.due, Timer.id).limit(1)):
        at = timer.due
        if not handlers.fire_due(centre.session, timer.id, timer.case_id, at):
            return
        timers.sync_touched(centre.session, at)


def one_with(centre: Centre, role: Role, department_id: int) -> Staff:
    """Somebody of the department with this role."""
    return next(
        each for each in centre.staff.values() if each.department_id == department_id and each.has(role)
    )


def first_of(tasks: Iterable[Task]) -> Task:
    """The first open task; a story that has none is told wrongly."""
    return next(iter(tasks))
