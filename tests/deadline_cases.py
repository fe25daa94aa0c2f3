"""Worked cases of the deadline ledger, each with its article; every date counted by hand.

A case: why, article, limits ``promised/statutory`` (``5`` working days, ``7c`` calendar days, ``-`` none),
ledger (lines ``act [track] time [days]``; a time ending in w is an act at the window), then the promised
and the statutory due day, ``?`` marking a provisional replay.
"""

from dataclasses import replace
from datetime import date, datetime

from approvals.calendar import WorkingCalendar, default_calendar
from approvals.calendar_import import read
from approvals.calendar_notice import judged
from approvals.clock import ZONE
from approvals.deadline_lines import Shift
from approvals.deadlines import Deadline, replay
from approvals.holidays import announced
from approvals.limits import Channel, Entry, EntryKind, Limit, Limits, Track, Unit
from tests.calendar_notices import INVENTED_2027

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


CALENDARS = {
    "as announced": CALENDAR,
    # the centre alone is shut on 5 March; later the State Council moves a Saturday's work into 2026; 2027 is invented
    "5 March shut": WorkingCalendar(closures={date(2026, 3, 5): "台风停工（示例）"}),
    "7 March worked": WorkingCalendar(
        {2026: replace(announced()[2026], worked=announced()[2026].worked | {date(2026, 3, 7)})}
    ),
    "2027 known": WorkingCalendar({2027: judged(read(INVENTED_2027, 2027), 2027)}),
}

MOVED = [
    # --- on another calendar than the one the clock began on (行政许可法 82)
    ("a day the centre is shut", "82", "5 March shut", "5/20", "start 2026-03-02T10:00", "2026-03-10", "2026-03-31"),
    ("shut inside a pause costs nothing more", "45, 82", "5 March shut", "-/20",
     "start 2026-03-02T10:00; pause 2026-03-04T10:00; resume 2026-03-06T10:00", "-", "2026-04-01"),
    ("opened on the day it is shut", "民201", "5 March shut", "1/-", "start 2026-03-05T10:00", "2026-03-06", "-"),
    ("calendar days ending on the day it is shut", "民203", "5 March shut", "-/3c", "start 2026-03-02T10:00",
     "-", "2026-03-06"),
    ("a Saturday's work brings it nearer", "82", "7 March worked", "5/20", "start 2026-03-02T10:00",
     "2026-03-07", "2026-03-27"),
    ("the line of a change tells and moves nothing", "82", "as announced", "5/20",
     "start 2026-03-02T10:00; calendar 2026-03-03T10:00", "2026-03-09", "2026-03-30"),
    ("a change after the decision", "82", "as announced", "5/20",
     "start 2026-03-02T10:00; end 2026-03-06T10:00; calendar 2026-03-07T10:00", "2026-03-09", "2026-03-30"),
    ("extended on the last day there was then", "42, 82", "7 March worked", "-/20",
     "start 2026-03-02T10:00; extend 2026-03-30T10:00 10; calendar 2026-03-31T10:00", "-", "2026-04-13"),
    ("the promise was missed for good before the change", "42, 82", "7 March worked", "5/20",
     "start 2026-03-02T10:00; extend 2026-03-10T10:00 10; calendar 2026-03-31T10:00", "2026-03-07", "2026-04-13"),
    # --- New Year 2027 and its Spring Festival, as invented for the tests
    ("New Year 2027, once known", "82", "2027 known", "6/-", "start 2026-12-24T10:00", "2027-01-04", "-"),
    ("the joint limit over both festivals", "42", "2027 known", "-/45", "start 2026-12-07T10:00", "-", "2027-02-15"),
    ("the same while nobody knows", "42", "as announced", "-/45", "start 2026-12-07T10:00", "-", "2027-02-11?"),
    ("a pause over New Year, once known", "45", "2027 known", "-/5",
     "start 2026-12-28T10:00; pause 2026-12-30T10:00; resume 2027-01-04T10:00", "-", "2027-01-07"),
    ("calendar days into a year nobody knows", "民203", "as announced", "-/7c", "start 2026-12-28T10:00",
     "-", "2027-01-04?"),
    ("the last day known, paused beyond it", "45", "as announced", "-/5",
     "start 2026-12-24T10:00; pause 2026-12-31T10:00; resume 2027-01-04T10:00", "-", "2027-01-04?"),
    ("a Sunday worked before Spring Festival 2027", "82", "2027 known", "1/-", "start 2027-01-29T10:00",
     "2027-01-31", "-"),
    # --- Spring Festival swaps
    ("the Saturday before, worked", "82", "as announced", "1/-", "start 2026-02-13T10:00", "2026-02-14", "-"),
    ("the Saturday after, worked", "82", "as announced", "1/-", "start 2026-02-27T10:00", "2026-02-28", "-"),
    ("one day over nine", "82", "as announced", "1/-", "start 2026-02-14T10:00", "2026-02-24", "-"),
    ("2025: the Sunday before, worked", "82", "as announced", "1/-", "start 2025-01-24T10:00", "2025-01-26", "-"),
    ("2025: the Saturday after, worked", "82", "as announced", "1/-", "start 2025-02-07T10:00", "2025-02-08", "-"),
    ("2024: New Year's Eve is a working day", "82", "as announced", "1/-", "start 2024-02-08T10:00",
     "2024-02-09", "-"),
    ("2024: over eight days to a Sunday worked", "82", "as announced", "1/-", "start 2024-02-09T10:00",
     "2024-02-18", "-"),
    ("paused on a Saturday worked", "45", "as announced", "-/5",
     "start 2026-02-10T10:00; pause 2026-02-14T10:00; resume 2026-02-25T10:00", "-", "2026-02-26"),
    ("resumed on a Saturday worked", "45", "as announced", "-/5",
     "start 2026-02-09T10:00; pause 2026-02-11T10:00; resume 2026-02-28T10:00", "-", "2026-03-04"),
    # --- pauses over the other holidays
    ("over National Day", "45", "as announced", "-/10",
     "start 2026-09-21T10:00; pause 2026-09-28T10:00; resume 2026-10-08T10:00", "-", "2026-10-15"),
    ("begun and ended inside National Day", "45", "as announced", "-/5",
     "start 2026-09-29T10:00; pause 2026-10-03T10:00; resume 2026-10-05T10:00", "-", "2026-10-12"),
    ("resumed on Labour Day's last day", "45", "as announced", "-/5",
     "start 2026-04-29T10:00; pause 2026-04-30T10:00; resume 2026-05-05T10:00", "-", "2026-05-09"),
    ("over Dragon Boat", "45", "as announced", "-/3",
     "start 2026-06-17T10:00; pause 2026-06-18T10:00; resume 2026-06-22T10:00", "-", "2026-06-24"),
    ("resumed on the Saturday of Mid-Autumn", "45", "as announced", "-/3",
     "start 2026-09-23T10:00; pause 2026-09-24T10:00; resume 2026-09-26T10:00", "-", "2026-09-29"),
    # --- the decision ends the clock (42)
    ("decided in time", "42", "as announced", "5/20", "start 2026-03-02T10:00; end 2026-03-06T10:00",
     "2026-03-09", "2026-03-30"),
    ("decided after the promise", "42", "as announced", "5/20", "start 2026-03-02T10:00; end 2026-03-12T10:00",
     "2026-03-09", "2026-03-30"),
    ("ended while it stood: as if it had gone on that day", "45", "as announced", "-/20",
     "start 2026-03-02T10:00; pause 2026-03-10T10:00; end 2026-03-12T10:00", "-", "2026-03-30"),
    # --- two limits from two days
    ("the law from the application after hours", "民203", "as announced", "5/10",
     "start statutory 2026-03-02T17:30w; start promised 2026-03-04T10:00", "2026-03-11", "2026-03-17"),
    ("the law from an application on a Saturday", "民201", "as announced", "5/10",
     "start statutory 2026-03-07T10:00; start promised 2026-03-10T10:00", "2026-03-17", "2026-03-20"),
    ("a pause that was there before the second began", "45", "as announced", "5/10",
     ("start statutory 2026-03-02T10:00; pause 2026-03-03T10:00; start promised 2026-03-04T10:00; "
      "resume 2026-03-06T10:00"), "2026-03-13", "2026-03-19"),
    ("the promise ends with the law that began before it", "42", "as announced", "20/7c",
     "start statutory 2026-03-02T10:00; start promised 2026-03-04T10:00", "2026-03-09", "2026-03-09"),
    # --- extensions
    ("calendar days over National Day, no gain", "民203", "as announced", "-/7c",
     "start 2026-09-28T10:00; extend 2026-09-30T10:00 3c", "-", "2026-10-08"),
    ("extended over Labour Day", "42", "as announced", "-/20",
     "start 2026-04-01T10:00; extend 2026-04-10T10:00 10", "-", "2026-05-18"),
]  # fmt: skip
"""As ``WORKED``, each on the calendar named third; every line but the last counts as recorded when it was lawful."""

SHIFTED = [
    # why, article, limits, ledger, working days the parts' pauses add to promise and law, promised, statutory
    ("a part's pause moves the promise alone", "45", "8/45", "start 2026-03-02T10:00", (3, 0),
     "2026-03-17", "2026-05-08"),
    ("and the law's date, over a Saturday worked", "45", "8/45", "start 2026-03-02T10:00", (3, 3),
     "2026-03-17", "2026-05-12"),
    ("over Qingming", "45", "5/20", "start 2026-03-30T10:00", (2, 0), "2026-04-09", "2026-04-28"),
    ("calendar days move by working days", "45", "-/7c", "start 2026-03-02T10:00", (0, 2), "-", "2026-03-11"),
    ("what was missed stays missed", "45", "5/20",
     "start 2026-03-02T10:00; pause 2026-03-10T10:00; resume 2026-03-17T10:00", (4, 4), "2026-03-09", "2026-04-13"),
    ("on top of an extension", "42, 45", "-/45", "start 2026-03-02T10:00; extend 2026-04-29T10:00 15", (0, 2),
     "-", "2026-06-01"),
]  # fmt: skip

EDGES = [
    # why, article, limits, ledger, the first instant of the band, the lamp before it and from it
    ("one working day left", "示绩效", "5/20", "start 2026-03-02T10:00", "2026-03-06T00:00", "green", "yellow"),
    ("nine tenths used, within a day", "示绩效", "25/45", "start 2026-03-02T10:00", "2026-04-02T12:00",
     "green", "yellow"),
    ("past the promise", "承诺", "5/20", "start 2026-03-02T10:00", "2026-03-10T00:00", "yellow", "red"),
    ("past the promise, over a weekend", "承诺", "5/20", "start 2026-03-06T10:00", "2026-03-14T00:00",
     "yellow", "red"),
    ("past the promise, into National Day", "承诺", "5/20", "start 2026-09-22T10:00", "2026-10-01T00:00",
     "yellow", "red"),
    ("past the law", "42", "5/20", "start 2026-03-02T10:00", "2026-03-31T00:00", "red", "red_order"),
    ("past the law where promise and law are one day", "42", "20/20", "start 2026-03-02T10:00",
     "2026-03-31T00:00", "yellow", "red_order"),
    ("past the law without a promise", "42", "-/20", "start 2026-03-02T10:00", "2026-03-31T00:00",
     "yellow", "red_order"),
    ("past seven calendar days", "建筑法 8", "3/7c", "start 2026-03-02T10:00", "2026-03-10T00:00",
     "red", "red_order"),
    ("the same day is yellow until it is over", "34", "0/-", "start 2026-03-02T10:00", "2026-03-03T00:00",
     "yellow", "red"),
    ("past an extended law", "42", "-/20", "start 2026-03-02T10:00; extend 2026-03-25T10:00 10",
     "2026-04-15T00:00", "yellow", "red_order"),
    ("yellow anew after an extension", "42", "20/20", "start 2026-03-02T10:00; extend 2026-03-25T10:00 10",
     "2026-04-10T00:00", "green", "yellow"),
    ("after a pause the days left count on", "45", "5/20",
     "start 2026-03-02T10:00; pause 2026-03-04T10:00; resume 2026-03-11T10:00", "2026-03-13T00:00",
     "green", "yellow"),
    ("resumed on the last day", "45", "5/20",
     "start 2026-03-02T10:00; pause 2026-03-09T10:00; resume 2026-03-11T10:00", "2026-03-12T00:00",
     "yellow", "red"),
    ("the promise alone held does not hide the law", "32", "5/20",
     "start 2026-03-02T10:00; pause promised 2026-03-04T10:00", "2026-03-31T00:00", "yellow", "red_order"),
    ("a promise that began later", "消防法 15", "5/10",
     "start statutory 2026-03-02T10:00; start promised 2026-03-04T10:00", "2026-03-12T00:00", "yellow", "red"),
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


def counted(
    limits: str,
    ledger: str,
    calendar: WorkingCalendar = CALENDAR,
    *,
    recorded: int = 0,
    shift: tuple[int, int] = (0, 0),
) -> Deadline:
    """Replay a case written as in ``deadline_cases``."""
    promised, statutory = (_limit(text) for text in limits.split("/"))
    entries = [_entry(line) for line in ledger.split("; ")]
    return replay(entries, Limits(promised, statutory), calendar, recorded=recorded, shift=Shift(*shift))
