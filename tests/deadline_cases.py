"""Worked cases of the deadline ledger, each with its article; every date counted by hand.

A case: why, article, limits ``promised/statutory`` (``5`` working days, ``7c`` calendar days, ``-`` none),
ledger (lines ``act [track] time [days]``; a time ending in w is an act at the window), then the promised
and the statutory due day, ``?`` marking a provisional replay.
"""

from datetime import datetime

from approvals.calendar import default_calendar
from approvals.clock import ZONE
from approvals.deadlines import Deadline, replay
from approvals.limits import Channel, Entry, EntryKind, Limit, Limits, Track, Unit

CALENDAR = default_calendar()

WORKED = [
    # --- 民法典 201: the opening day does not count; 行政许可法 82: working days without public holidays
    ("five over Spring Festival 2026, 14 Feb is worked", "82", "-/5", "start 2026-02-10T10:00", "-", "2026-02-24"),
    ("twenty over Labour Day, 9 May is worked", "42", "-/20", "start 2026-04-29T10:00", "-", "2026-05-29"),
    ("ten over National Day, 20 Sep is worked", "82", "-/10", "start 2026-09-18T10:00", "-", "2026-10-09"),
    ("day one is the next working day", "民201", "1/-", "start 2026-03-02T10:00", "2026-03-03", "-"),
    ("a weekend does not count", "82", "1/-", "start 2026-03-06T10:00", "2026-03-09", "-"),
    ("the day before Qingming", "82", "1/-", "start 2026-04-02T10:00", "2026-04-03", "-"),
    ("over Qingming", "82", "2/-", "start 2026-04-02T10:00", "2026-04-07", "-"),
    ("over Dragon Boat", "82", "1/-", "start 2026-06-18T10:00", "2026-06-22", "-"),
    ("over Mid-Autumn", "82", "1/-", "start 2026-09-24T10:00", "2026-09-28", "-"),
    ("over National Day", "82", "1/-", "start 2026-09-30T10:00", "2026-10-08", "-"),
    ("the worked Saturday after National Day", "82", "3/-", "start 2026-09-30T10:00", "2026-10-10", "-"),
    ("New Year 2026, 4 Jan is worked", "82", "1/-", "start 2025-12-31T10:00", "2026-01-04", "-"),
    ("Spring Festival 2025, 26 Jan is worked", "82", "3/-", "start 2025-01-24T10:00", "2025-02-05", "-"),
    ("the leap day counts", "82", "1/-", "start 2024-02-28T10:00", "2024-02-29", "-"),
    # --- 民法典 203: the window ends with its hours, online acts at 24:00; a last day off moves on
    ("at the window before closing", "民203", "1/-", "start 2026-03-02T16:59w", "2026-03-03", "-"),
    ("at the window at closing", "民203", "1/-", "start 2026-03-02T17:00w", "2026-03-04", "-"),
    ("online a minute before midnight", "民203", "1/-", "start 2026-03-02T23:59", "2026-03-03", "-"),
    ("at the window on Friday evening", "民203", "1/-", "start 2026-03-06T18:00w", "2026-03-10", "-"),
    ("online on a Saturday", "民201", "1/-", "start 2026-03-07T10:00", "2026-03-09", "-"),
    ("online on National Day", "民201", "1/-", "start 2026-10-01T10:00", "2026-10-08", "-"),
    ("on the spot", "34", "0/-", "start 2026-03-02T10:00", "2026-03-02", "-"),
    ("on the spot, asked for online on a Saturday", "民203", "0/-", "start 2026-03-07T10:00", "2026-03-09", "-"),
    ("seven calendar days", "民201", "-/7c", "start 2026-03-02T10:00", "-", "2026-03-09"),
    ("calendar days ending on a Sunday", "民203", "-/7c", "start 2026-03-01T10:00", "-", "2026-03-09"),
    ("calendar days ending in Spring Festival", "民203", "-/7c", "start 2026-02-10T10:00", "-", "2026-02-24"),
    # --- the law's own limits
    ("one-off correction notice", "32", "5/-", "start 2026-03-02T10:00", "2026-03-09", "-"),
    ("ordinary limit", "42", "5/20", "start 2026-03-02T10:00", "2026-03-09", "2026-03-30"),
    ("joint limit", "42", "8/45", "start 2026-03-02T10:00", "2026-03-12", "2026-05-08"),
    ("certificate served", "44", "-/10", "start 2026-03-02T10:00", "-", "2026-03-16"),
    ("hearing within twenty of being asked for", "47", "-/20", "start 2026-06-01T10:00", "-", "2026-06-30"),
    ("a benefit has a promise only", "承诺", "10/-", "start 2026-03-02T10:00", "2026-03-16", "-"),
    ("a promise never outlives the law's limit", "42", "3/7c", "start 2026-02-14T10:00", "2026-02-24", "2026-02-24"),
    # --- New Year 2027 and after: provisional
    ("the last day of 2026 is known", "82", "5/-", "start 2026-12-24T10:00", "2026-12-31", "-"),
    ("one more is provisional", "82", "6/-", "start 2026-12-24T10:00", "2027-01-04?", "-"),
    ("over New Year 2027", "82", "3/-", "start 2026-12-30T10:00", "2027-01-05?", "-"),
    ("joint limit into 2027", "42", "8/45", "start 2026-11-16T10:00", "2026-11-26", "2027-01-19?"),
    ("Spring Festival 2027", "82", "1/-", "start 2027-02-04T10:00", "2027-02-09?", "-"),
    ("a worked-out pause into 2027", "45", "-/5",
     "start 2026-12-21T10:00; pause 2026-12-23T10:00; resume 2027-01-04T10:00", "-", "2027-01-07?"),
    # --- 42: extensions
    ("extended by the body's head", "42", "-/20", "start 2026-03-02T10:00; extend statutory 2026-03-25T10:00 10",
     "-", "2026-04-14"),
    ("extended on the last day", "42", "-/20", "start 2026-03-02T10:00; extend statutory 2026-03-30T23:59 10",
     "-", "2026-04-14"),
    ("extended before the promise ran out", "42", "5/20", "start 2026-03-02T10:00; extend 2026-03-05T10:00 10",
     "2026-03-23", "2026-04-14"),
    ("a missed promise stays missed", "42", "5/20", "start 2026-03-02T10:00; extend 2026-03-10T10:00 10",
     "2026-03-09", "2026-04-14"),
    ("joint, by the government's head", "42", "-/45", "start 2026-03-02T10:00; extend 2026-04-29T10:00 15",
     "-", "2026-05-28"),
    ("extended during a pause", "42, 45", "-/20",
     "start 2026-03-02T10:00; pause 2026-03-10T10:00; extend 2026-03-12T10:00 10; resume 2026-03-17T10:00",
     "-", "2026-04-21"),
    ("calendar days extended by calendar days", "42", "-/7c",
     "start 2026-03-02T10:00; extend 2026-03-04T10:00 3c", "-", "2026-03-12"),
    # --- 45: pauses
    ("a pause of a week", "45", "-/20", "start 2026-03-02T10:00; pause 2026-03-10T10:00; resume 2026-03-17T10:00",
     "-", "2026-04-07"),
    ("paused and resumed on one day", "45", "-/20",
     "start 2026-03-02T10:00; pause 2026-03-10T09:00; resume 2026-03-10T16:00", "-", "2026-03-30"),
    ("overlapping pauses count once", "45", "-/20",
     ("start 2026-03-02T10:00; pause 2026-03-10T10:00; pause 2026-03-12T10:00; "
     "resume 2026-03-16T10:00; resume 2026-03-17T10:00"), "-", "2026-04-07"),
    ("two pauses, one day each", "45", "-/20",
     ("start 2026-03-02T10:00; pause 2026-03-10T10:00; resume 2026-03-11T10:00; "
     "pause 2026-03-12T10:00; resume 2026-03-13T10:00"), "-", "2026-04-01"),
    ("paused on the last day", "45", "-/20",
     "start 2026-03-02T10:00; pause 2026-03-30T10:00; resume 2026-04-02T10:00", "-", "2026-04-02"),
    ("paused on the last day, resumed on Qingming", "45", "-/20",
     "start 2026-03-02T10:00; pause 2026-03-30T10:00; resume 2026-04-04T10:00", "-", "2026-04-07"),
    ("resumed on a Saturday", "45", "-/20",
     "start 2026-03-02T10:00; pause 2026-03-10T10:00; resume 2026-03-14T10:00", "-", "2026-04-02"),
    ("a pause over Spring Festival", "45", "-/5",
     "start 2026-02-09T10:00; pause 2026-02-12T10:00; resume 2026-02-25T10:00", "-", "2026-02-27"),
    ("resumed in Spring Festival", "45", "-/5",
     "start 2026-02-09T10:00; pause 2026-02-12T10:00; resume 2026-02-20T10:00", "-", "2026-02-25"),
    ("resumed at the window after hours", "45", "-/20",
     "start 2026-03-02T10:00; pause 2026-03-10T10:00; resume 2026-03-17T17:30w", "-", "2026-04-08"),
    ("paused at the window after hours", "45", "-/20",
     "start 2026-03-02T10:00; pause 2026-03-10T17:30w; resume 2026-03-17T10:00", "-", "2026-04-03"),
    ("a pause after the promise was missed", "45", "5/20",
     "start 2026-03-02T10:00; pause 2026-03-10T10:00; resume 2026-03-17T10:00", "2026-03-09", "2026-04-07"),
    ("a request after acceptance stops the promise only", "32", "5/20",
     "start 2026-03-02T10:00; pause promised 2026-03-04T10:00; resume promised 2026-03-11T10:00",
     "2026-03-16", "2026-03-30"),
    ("a pause inside a request", "32, 45", "5/20",
     ("start 2026-03-02T10:00; pause promised 2026-03-04T10:00; pause 2026-03-05T10:00; "
     "resume 2026-03-09T10:00; resume promised 2026-03-11T10:00"), "2026-03-16", "2026-04-01"),
    ("calendar days paused", "45", "-/7c",
     "start 2026-03-02T10:00; pause 2026-03-04T10:00; resume 2026-03-10T10:00", "-", "2026-03-16"),
    ("the law counts from the application, the promise from acceptance", "消防法 15", "5/10",
     "start statutory 2026-03-02T10:00; start promised 2026-03-04T10:00", "2026-03-11", "2026-03-16"),
]  # fmt: skip


def at(text: str) -> datetime:
    """An instant as people at the centre write it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def _limit(text: str) -> Limit | None:
    if text == "-":
        return None
    return Limit(int(text.removesuffix("c")), Unit.CALENDAR if text.endswith("c") else Unit.WORKING)


def _entry(line: str) -> Entry:
    kind, *rest = line.split()
    track = Track(rest.pop(0)) if rest[0].isalpha() else Track.BOTH
    days = _limit(rest[1]) if len(rest) > 1 else None
    return Entry(
        EntryKind(kind),
        at(rest[0].removesuffix("w")),
        "行政许可法",
        track=track,
        channel=Channel.WINDOW if rest[0].endswith("w") else Channel.ONLINE,
        days=days.days if days else 0,
        unit=days.unit if days else Unit.WORKING,
    )


def counted(limits: str, ledger: str) -> Deadline:
    """Replay a case written as in ``deadline_cases``."""
    promised, statutory = (_limit(text) for text in limits.split("/"))
    return replay([_entry(line) for line in ledger.split("; ")], Limits(promised, statutory), CALENDAR)
