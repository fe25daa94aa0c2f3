"""Some two hundred and fifty cases in every stage, driven through the real steps at working hours of past days.

Seeded, so that the same day always makes the same centre; dates are relative to today.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from approvals import calendars, clock, timers
from approvals.calendar import WorkingCalendar, end_of
from approvals.filestore import FileStore
from approvals.tables import Department, Message, Staff, StaffRole, Timer
from processes import timers as handlers

from . import commitment_stages, permit_stages, scans, telling
from .applicants import address, organisations, persons
from .centre import Centre, Somebody
from .stages import INSTANT, JOINT, ORDINARY, Stage
from .telling import working_day_before
from .time_stages import EXTENDED, JOINT_TIME, ORDINARY_TIME

SCANNED_EVERY, SCANNED_STAGE = 9, 7  # which cases come with scans
LARGE_SHARE, SIGN_SHARE = 0.6, 0.9  # of the restaurants: large ones, ones with a sign
OPENS, HOURS = time(9), 7  # window hours from 9:00, with room before they end
KINDS: tuple[tuple[str, str, tuple[Stage, ...], int], ...] = (
    ("restaurant_opening", "小面馆", (*JOINT, *JOINT[1::2]), 1),
    ("hotel_opening", "宾馆", JOINT[9:24:3], 1),
    ("food_licence", "餐厅", ORDINARY, 1),
    ("public_venue_hygiene", "美发店", ORDINARY, 1),
    ("fire_inspection", "影城", ORDINARY, 1),
    ("shop_sign", "服饰店", ORDINARY, 1),
    ("hotel_licence", "宾馆", ORDINARY, 1),
    ("construction_permit", "建设有限公司", ORDINARY, 1),
    ("waste_disposal", "渣土运输有限公司", ORDINARY, 1),
    ("drainage_permit", "洗车行", ORDINARY, 1),
    ("water_abstraction", "饮用水有限公司", ORDINARY, 1),
    ("elderly_home_care", "", ORDINARY, 1),
    ("company_registration", "", INSTANT, 3),
    ("restaurant_opening", "火锅店", JOINT_TIME, 1),
    ("food_licence", "食堂", (*ORDINARY_TIME, *EXTENDED), 1),
    ("public_venue_hygiene", "浴场", (*ORDINARY_TIME, *EXTENDED), 1),
)
"""Item, how its applicants are named (empty: persons), the stages, and how often each is told."""
READ_DAYS = 1  # working days after which the demo's staff have read their reminders
IDLE_DAYS = (0, 0, 0, 1, 1, 2, 3, 8)
"""Working days an unfinished case has lain since its last act: from fresh to overdue."""


def load_cases(session: Session, centre: Centre, store: FileStore, now: datetime) -> int:
    """Tell every story up to ``now``, the first of every item with scans; commits nothing. Returns their number."""
    random = Random(20261122)  # noqa: S311 - a demo has to be repeatable, not secret
    told = 0
    for item, name, stages, times in KINDS:
        applicants = organisations(random, name) if name else persons(random)
        for stage in stages * times:
            with_scans = (
                store if stage is stages[SCANNED_STAGE % len(stages)] or told % SCANNED_EVERY == 0 else None
            )
            tell(centre, item, next(applicants), stage, random, now, with_scans)
            centre.sync()
            forget_cases(session)
            told += 1
    told += _tell_stories(session, centre, store, now)
    _fire_what_was_due(session, now)
    return told


def _tell_stories(session: Session, centre: Centre, store: FileStore, now: datetime) -> int:
    """The stories of commitments and of permits, each with an applicant of its own. Returns their number."""
    random = Random(20261123)  # noqa: S311 - as above
    centre.clerk = "linxiao"
    stories = (*commitment_stages.STORIES, *permit_stages.STORIES)
    for story in stories:
        telling.tell(story, centre, next(organisations(random, story.whom)), store, now)
        forget_cases(session)
    return len(stories)


def forget_cases(session: Session) -> None:
    """Keep the session small; the staff, who act in every case, stay."""
    for row in list(session):
        if not isinstance(row, Staff | StaffRole | Department):
            session.expunge(row)


def _fire_what_was_due(session: Session, now: datetime) -> None:
    """What the worker would have done by itself until ``now``, each at its own time; old reminders have been read."""
    calendar = calendars.current(session)
    while waiting := timers.due(session, now, 200):
        for timer_id, case_id in waiting:
            timer = session.get(Timer, timer_id)
            if timer is not None:  # what came due before it may have made it needless
                at = timer.due
                handlers.fire_due(session, timer_id, case_id, at)
                timers.sync_touched(session, at)
        forget_cases(session)
    seen = end_of(working_day_before(calendar, clock.local_day(now), READ_DAYS))
    unread = update(Message).where(Message.staff_id.is_not(None), Message.created_at < seen)
    session.execute(unread.values(read_at=seen))


def tell(
    centre: Centre,
    item: str,
    who: Somebody,
    stage: Stage,
    random: Random,
    now: datetime,
    store: FileStore | None = None,
) -> None:
    """One case: a draft and its acts at working times, the last of them some idle days before ``now``."""
    centre.clerk = random.choice(("linxiao", "wangyu"))
    moments = working_moments(
        centre.calendar, now, stage.days, random.choice(IDLE_DAYS), len(stage.acts) + 1, random
    )
    centre.now = next(moments)
    case = centre.draft(item, situation(item, who.name, random), who=who, complete=stage.complete)
    if store is not None:
        scans.hand_in(centre, case, store)
    for act, centre.now in zip(stage.acts, moments, strict=False):
        act(centre, case, random)


def situation(item: str, name: str, random: Random) -> dict[str, Any]:
    """Answers that differ from case to case: a coffee bar here, a hot-pot restaurant there."""
    answers: dict[str, Any] = {"premises_address": address(random), "shop_name": name, "sign_text": name}
    if item != "restaurant_opening":
        return answers
    large = random.random() < LARGE_SHARE
    return answers | {
        "seats": random.randint(60, 180) if large else random.randint(8, 40),
        "area": random.randint(120, 400) if large else random.randint(30, 90),
        "gas": large,
        "hot_kitchen": large,
        "sign": random.random() < SIGN_SHARE,
    }


def working_moments(
    calendar: WorkingCalendar, now: datetime, days: int, idle: int, count: int, random: Random
) -> Iterator[datetime]:
    """``count`` instants in window hours, in order, over ``days`` working days, none after ``now``."""
    last = working_day_before(calendar, clock.local_day(now), idle)
    spread = sorted(random.randint(0, max(days, 0)) for _ in range(count - 1))
    chosen = [working_day_before(calendar, last, days - offset) for offset in (0, *spread)]
    minutes: dict[date, int] = {}
    for day in chosen:
        minutes[day] = minutes.get(day, random.randint(0, 60)) + random.randint(10, 60)
        at = datetime.combine(day, OPENS, clock.ZONE) + timedelta(minutes=min(minutes[day], HOURS * 60))
        yield min(at, now)
