"""The replay of the ledger: worked cases with their articles, lamps at their edges, and what always holds."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.calendar import end_of
from approvals.clock import local
from approvals.deadlines import Deadline, days_left, lamp, replay, single
from approvals.errors import DomainError
from approvals.limits import (
    ArticleRequired,
    Channel,
    ClockEnded,
    ClockNotStarted,
    ClockStartedTwice,
    Entry,
    EntryKind,
    ExtensionDays,
    ExtensionTooLate,
    LedgerOrder,
    Limit,
    Limits,
    PauseTrack,
    ResumeWithoutPause,
    Track,
    Unit,
)
from approvals.terms import Lamp
from tests.deadline_cases import CALENDAR, CALENDARS, EDGES, MOVED, SHIFTED, WORKED, at, counted

TICK = timedelta(microseconds=1)


def _due(day: str) -> datetime | None:
    return None if day == "-" else end_of(date.fromisoformat(day.removesuffix("?")))


@pytest.mark.parametrize(
    ("limits", "ledger", "promised", "statutory"),
    [case[2:] for case in WORKED],
    ids=[f"{article}: {why}" for why, article, *_ in WORKED],
)
def test_worked_case(limits, ledger, promised, statutory):
    deadline = counted(limits, ledger)
    assert (deadline.promised_due, deadline.statutory_due) == (_due(promised), _due(statutory))
    assert deadline.provisional == ("?" in promised + statutory)
    assert not deadline.paused
    assert (deadline.red_at, deadline.order_at) == (_due(promised), _due(statutory))


@pytest.mark.parametrize(
    ("calendar", "limits", "ledger", "promised", "statutory"),
    [case[2:] for case in MOVED],
    ids=[f"{article}: {why}" for why, article, *_ in MOVED],
)
def test_worked_case_on_its_calendar(calendar, limits, ledger, promised, statutory):
    deadline = counted(limits, ledger, CALENDARS[calendar], recorded=ledger.count(";"))
    assert (deadline.promised_due, deadline.statutory_due) == (_due(promised), _due(statutory))
    assert deadline.provisional == ("?" in promised + statutory)
    assert not deadline.paused


@pytest.mark.parametrize(
    ("limits", "ledger", "shift", "promised", "statutory"),
    [case[2:] for case in SHIFTED],
    ids=[f"{article}: {why}" for why, article, *_ in SHIFTED],
)
def test_worked_case_of_a_whole_moved_by_its_parts(limits, ledger, shift, promised, statutory):
    deadline = counted(limits, ledger, shift=shift)
    assert (deadline.promised_due, deadline.statutory_due) == (_due(promised), _due(statutory))


@pytest.mark.parametrize(
    ("limits", "ledger", "edge", "before", "lamp_then"),
    [case[2:] for case in EDGES],
    ids=[f"{article}: {why}" for why, article, *_ in EDGES],
)
def test_worked_case_at_the_edge_of_a_band(limits, ledger, edge, before, lamp_then):
    deadline = counted(limits, ledger)
    assert (_lamp(deadline, at(edge) - TICK), _lamp(deadline, at(edge))) == (Lamp(before), Lamp(lamp_then))


def test_an_extension_is_trusted_only_where_it_was_lawful_when_written():
    """On the calendar of its day 30 March was the last day; on the later one it comes two days too late."""
    ledger = "start 2026-03-02T10:00; extend 2026-03-30T10:00 10"
    with pytest.raises(ExtensionTooLate):
        counted("-/20", ledger, CALENDARS["7 March worked"])
    assert counted("-/20", ledger, CALENDARS["7 March worked"], recorded=2).statutory_due == _due(
        "2026-04-13"
    )


def test_nothing_is_written_after_the_decision_but_a_change_of_the_calendar():
    for line in ("pause 2026-03-07T10:00", "extend 2026-03-07T10:00 5", "start 2026-03-07T10:00"):
        with pytest.raises(ClockEnded):
            counted("5/20", f"start 2026-03-02T10:00; end 2026-03-06T10:00; {line}")


@pytest.mark.parametrize(
    ("ledger", "error"),
    [
        ("pause 2026-03-02T10:00", ClockNotStarted),
        ("start 2026-03-02T10:00; start 2026-03-03T10:00", ClockStartedTwice),
        ("start 2026-03-02T10:00; pause 2026-03-02T09:59", LedgerOrder),
        ("start 2026-03-02T10:00; resume 2026-03-03T10:00", ResumeWithoutPause),
        (
            "start 2026-03-02T10:00; pause promised 2026-03-03T10:00; resume 2026-03-04T10:00",
            ResumeWithoutPause,
        ),
        (
            "start 2026-03-02T10:00; pause 2026-03-03T10:00; resume 2026-03-04T10:00; resume 2026-03-05T10:00",
            ResumeWithoutPause,
        ),
        ("start 2026-03-02T10:00; extend statutory 2026-03-31T00:00 10", ExtensionTooLate),
        ("start 2026-03-02T10:00; extend 2026-03-04T10:00 10c", ExtensionDays),
    ],
)
def test_a_ledger_that_cannot_be_true_is_refused(ledger, error):
    with pytest.raises(error) as refusal:
        counted("5/20", ledger)
    assert "%(" not in refusal.value.text()


def test_a_line_void_in_itself_is_refused():
    moment = at("2026-03-02T10:00")
    for kind in (EntryKind.START, EntryKind.PAUSE, EntryKind.EXTEND):
        with pytest.raises(ArticleRequired):
            Entry(kind, moment, " ", days=1)
    with pytest.raises(PauseTrack):
        Entry(EntryKind.PAUSE, moment, "45", track=Track.STATUTORY)
    with pytest.raises(ExtensionDays):
        Entry(EntryKind.EXTEND, moment, "42", days=0)
    with pytest.raises(ValueError, match="naive"):
        Entry(EntryKind.START, datetime(2026, 3, 2, 10), "42")  # noqa: DTZ001 - the point of the test
    with pytest.raises(DomainError):
        Limit(-1)


def test_before_the_calendar_is_a_clear_refusal():
    with pytest.raises(DomainError, match="2004-01-01"):
        counted("5/20", "start 2003-12-31T10:00")


def test_nothing_recorded_means_no_lamp():
    empty = replay([], Limits(Limit(5), Limit(20)), CALENDAR)
    assert empty == Deadline()
    assert lamp(None, None, None, False, at("2026-03-02T10:00")) == Lamp.NONE


def _lamp(deadline: Deadline, now: datetime) -> Lamp:
    return lamp(deadline.promised_due, deadline.statutory_due, deadline.yellow_at, deadline.paused, now)


@pytest.mark.parametrize(
    ("limits", "yellow"),
    [
        ("0/-", "2026-03-02T10:00"),  # on the spot: from the start
        ("1/-", "2026-03-02T10:00"),  # one day: one is left at once
        ("2/-", "2026-03-03T00:00"),
        ("5/20", "2026-03-06T00:00"),  # one left: the Friday before Monday
        ("8/45", "2026-03-11T00:00"),
        ("20/-", "2026-03-27T00:00"),  # 18 of 20 used at the end of Thursday = one left on Friday
        ("25/-", "2026-04-02T12:00"),  # 22.5 used at noon of the 23rd day
        ("45/-", "2026-04-29T12:00"),  # 40.5 of 45
        ("33/-", "2026-04-14T16:48"),  # 29.7: the 30th day and 0.7 of 24 hours
        ("-/20", "2026-03-27T00:00"),  # without promise the law's limit
        ("-/14c", "2026-03-13T00:00"),  # ten working days until the 16th
    ],
)
def test_yellow_begins_at_a_defined_minute(limits, yellow):
    deadline = counted(limits, "start 2026-03-02T10:00")
    assert deadline.yellow_at == at(yellow)
    if at(yellow) > at("2026-03-02T10:00"):
        assert _lamp(deadline, at(yellow) - TICK) == Lamp.GREEN
    assert _lamp(deadline, at(yellow)) == Lamp.YELLOW


def test_bands_touch_at_their_edges():
    deadline = counted("5/20", "start 2026-03-02T10:00")
    assert _lamp(deadline, at("2026-03-09T23:59:59.999999")) == Lamp.YELLOW
    assert _lamp(deadline, at("2026-03-10T00:00")) == Lamp.RED
    assert _lamp(deadline, at("2026-03-30T23:59:59.999999")) == Lamp.RED
    assert _lamp(deadline, at("2026-03-31T00:00")) == Lamp.RED_ORDER


def test_paused_shows_the_days_left_and_a_promise_held_alone_does_not_hide_the_law():
    both = counted("5/20", "start 2026-03-02T10:00; pause 2026-03-04T10:00")
    assert both.paused
    assert both.days_left_when_paused == 3
    assert _lamp(both, at("2027-03-01T10:00")) == Lamp.PAUSED
    missed = counted("5/20", "start 2026-03-02T10:00; pause 2026-03-11T10:00")
    assert missed.days_left_when_paused == -2
    alone = counted("5/20", "start 2026-03-02T10:00; pause promised 2026-03-04T10:00")
    assert not alone.paused
    assert alone.promised_due == alone.statutory_due == end_of(date(2026, 3, 30))
    assert _lamp(alone, at("2026-03-31T00:00")) == Lamp.RED_ORDER


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-03-02T10:00", 5),
        ("2026-03-06T10:00", 1),
        ("2026-03-08T10:00", 1),
        ("2026-03-09T00:00", 0),
        ("2026-03-09T23:59:59", 0),
        ("2026-03-10T00:00", -1),
        ("2026-03-16T10:00", -5),
    ],
)
def test_days_left(now, left):
    assert days_left(end_of(date(2026, 3, 9)), at(now), CALENDAR) == left


def test_over_by_a_weekend_is_over():
    assert days_left(end_of(date(2026, 3, 6)), at("2026-03-07T10:00"), CALENDAR) == -1


def test_single_counts_like_a_ledger_of_one_start():
    for limit in (Limit(0), Limit(5), Limit(25), Limit(7, Unit.CALENDAR)):
        start = Entry(EntryKind.START, at("2026-03-06T18:00"), "32", channel=Channel.WINDOW)
        whole = replay([start], Limits(limit), CALENDAR)
        one = single(start.at, limit, CALENDAR, Channel.WINDOW)
        assert (one.promised_due, one.yellow_at) == (whole.promised_due, whole.yellow_at)


def test_every_date_explains_itself():
    deadline = counted(
        "5/20",
        "start 2026-02-10T17:30w; pause 2026-02-12T10:00; resume 2026-02-20T10:00; extend 2026-03-05T10:00 10",
    )
    lines = deadline.lines
    assert [line.kind for line in lines] == [*list(EntryKind)[:3], None, EntryKind.EXTEND, None]
    assert [line.day for line in lines] == [
        date(2026, 2, 11), date(2026, 2, 12), date(2026, 2, 20),
        date(2026, 2, 27), date(2026, 3, 5), date(2026, 4, 2),
    ]  # fmt: skip
    assert lines[0].notes[0].params == {"closing": "17:00"}
    assert lines[0].article == "行政许可法"
    assert (lines[1].promised, lines[1].statutory) == (None, None)
    assert lines[2].promised == date(2026, 2, 27)
    assert lines[4].notes[0].params == {"day": date(2026, 2, 27)}
    assert lines[5].text.params == {"days": 30}
    assert all("%(" not in text.message % text.params for line in lines for text in (line.text, *line.notes))


def test_skipped_holidays_and_worked_weekends_stand_beside_the_date():
    end = counted("-/5", "start 2026-02-10T10:00").lines[-1]
    assert [day.day.day for day in end.skipped] == list(range(15, 24))
    assert {day.reason for day in end.skipped} == {"春节"}
    assert end.worked == (date(2026, 2, 14),)


LIMITS = st.builds(Limit, st.integers(0, 60), st.sampled_from([Unit.WORKING, Unit.CALENDAR])) | st.none()
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=1100)).map(
    lambda t: datetime(2025, 1, 1, tzinfo=UTC) + t
)
GAPS = st.timedeltas(timedelta(0), timedelta(days=20))


def _ledger(start: datetime, gaps: list[timedelta], longer: timedelta = timedelta(0)) -> list[Entry]:
    """A start, then pauses and resumes in turn; ``longer`` is added to the first pause."""
    entries, moment = [Entry(EntryKind.START, start, "42")], start
    for n, gap in enumerate(gaps[: len(gaps) // 2 * 2]):
        moment += gap + (longer if n == 1 else timedelta(0))
        entries.append(Entry(EntryKind.RESUME if n % 2 else EntryKind.PAUSE, moment, "45"))
    return entries


@given(MOMENTS, LIMITS, LIMITS, st.lists(GAPS, max_size=6))
def test_replay_is_deterministic_and_bands_are_in_order(start, promised, statutory, gaps):
    limits, entries = Limits(promised, statutory), _ledger(start, gaps)
    deadline = replay(entries, limits, CALENDAR)
    assert deadline == replay(list(entries), limits, CALENDAR)
    if promised is None and statutory is None:
        assert deadline.yellow_at is None
        return
    first = deadline.promised_due or deadline.statutory_due
    assert deadline.yellow_at is not None
    assert first is not None
    assert start <= deadline.yellow_at <= first
    if deadline.promised_due and deadline.statutory_due:
        assert deadline.promised_due <= deadline.statutory_due


@given(MOMENTS, st.integers(0, 60), st.integers(0, 60), st.lists(GAPS, min_size=2, max_size=2), GAPS)
def test_a_longer_pause_never_brings_a_date_nearer(start, promised, statutory, gaps, longer):
    limits = Limits(Limit(min(promised, statutory)), Limit(max(promised, statutory)))
    short = replay(_ledger(start, gaps), limits, CALENDAR)
    long = replay(_ledger(start, gaps, longer), limits, CALENDAR)
    for near, far in ((short.promised_due, long.promised_due), (short.statutory_due, long.statutory_due)):
        assert near is not None
        assert far is not None
        assert near <= far


@given(MOMENTS, st.integers(1, 60), GAPS, GAPS, GAPS)
def test_a_pause_within_a_pause_changes_nothing(start, days, before, first, second):
    limits = Limits(Limit(days), Limit(days))
    opened, closed = start + before, start + before + first + second
    outer = [Entry(EntryKind.START, start, "42"), Entry(EntryKind.PAUSE, opened, "45")]
    inner = [Entry(EntryKind.PAUSE, opened + first, "45"), Entry(EntryKind.RESUME, closed)]
    end = Entry(EntryKind.RESUME, closed)
    alone, nested = replay([*outer, end], limits, CALENDAR), replay([*outer, *inner, end], limits, CALENDAR)
    assert (alone.promised_due, alone.statutory_due) == (nested.promised_due, nested.statutory_due)


@given(MOMENTS, st.integers(2, 60), st.timedeltas(timedelta(0), timedelta(days=90)))
def test_the_lamp_agrees_with_a_recount_by_walking(start, days, later):
    """Green exactly while two or more working days are left and under 90 % are used."""
    deadline = replay([Entry(EntryKind.START, start, "42")], Limits(Limit(days)), CALENDAR)
    now = start + later
    assert deadline.promised_due is not None
    day, used = local(start).date(), 0
    while day < local(now).date():
        day += timedelta(days=1)
        used += CALENDAR.is_working_day(day)
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    part = (local(now) - midnight) / timedelta(days=1)
    running = CALENDAR.is_working_day(day) and day > local(start).date()
    used_exactly = used - 1 + part if running else float(used)
    if used > days or (used == days and not running):
        expected = Lamp.RED
    else:
        expected = Lamp.YELLOW if days - used <= 1 or used_exactly >= days * 0.9 else Lamp.GREEN
    assert _lamp(deadline, now) == expected
