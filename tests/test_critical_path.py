"""The critical path of a joint case: what pauses of single parts add to the whole, worked by hand and at random."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.clock import local_day
from approvals.critical_path import Leg, finishes, lanes, released, shift_of
from approvals.deadline_lines import Shift
from approvals.deadlines import Deadline, replay
from approvals.limits import Entry, EntryKind, Limit, Limits
from tests.deadline_cases import CALENDAR, at

BEGUN = at("2026-03-02T10:00")
JOINT = Limits(Limit(8), Limit(45))
ARTICLE = "《中华人民共和国行政许可法》第四十五条"


def entries(*lines: str) -> tuple[Entry, ...]:
    """``pause 03-04 [until 03-10]``, ``resume 03-11``, ``extend 03-05 3``, ``end 03-09``: days of 2026."""
    made = [Entry(EntryKind.START, BEGUN, ARTICLE)]
    for line in lines:
        kind, day, *rest = line.split()
        made.append(
            Entry(
                EntryKind(kind), at(f"2026-{day}T10:00"), ARTICLE,
                until=date.fromisoformat(f"2026-{rest[1]}") if rest[:1] == ["until"] else None,
                days=int(rest[0]) if kind == "extend" else 0,
            )
        )  # fmt: skip
    return tuple(made)


def leg(part: int, promised: int, *lines: str, waits_for: int | None = None, statutory: int = 20) -> Leg:
    return Leg(part, entries(*lines), Limits(Limit(promised), Limit(statutory)), waits_for)


def whole(legs: Sequence[Leg], *lines: str) -> tuple[date, date]:
    """Promised and statutory day of the case of eight and forty-five days."""
    plain = replay(entries(*lines), JOINT, CALENDAR)
    moved = replay(entries(*lines), JOINT, CALENDAR, shift=shift_of(legs, plain, CALENDAR))
    return days_of(moved)


def days_of(deadline: Deadline) -> tuple[date, date]:
    assert deadline.promised_due is not None
    assert deadline.statutory_due is not None
    return local_day(deadline.promised_due), local_day(deadline.statutory_due)


WORKED = [
    # Accepted on 2 March 2026: eight days end on the 12th, forty-five on 8 May. Parts of 1, 5, 7 … days.
    ("no part stands", [leg(1, 5), leg(2, 7)], "03-12"),
    ("a pause within the slack", [leg(1, 5, "pause 03-04", "resume 03-06"), leg(2, 7)], "03-12"),
    ("a pause on the last part, in full", [leg(1, 5), leg(2, 7, "pause 03-04", "resume 03-06")], "03-16"),
    ("a pause longer than the slack", [leg(1, 5, "pause 03-04", "resume 03-11"), leg(2, 7)], "03-17"),
    ("two pauses beside each other count once",
     [leg(1, 7, "pause 03-04", "resume 03-09"), leg(2, 7, "pause 03-04", "resume 03-09")], "03-17"),
    ("one after the other in two parts: the later end",
     [leg(1, 7, "pause 03-04", "resume 03-06"), leg(2, 7, "pause 03-09", "resume 03-13")], "03-18"),
    ("two pauses of one part add up", [leg(1, 7, "pause 03-03", "resume 03-05", "pause 03-10", "resume 03-12")],
     "03-18"),
    ("an open pause counts to the day told", [leg(1, 5), leg(2, 7, "pause 03-04 until 03-10")], "03-18"),
    ("an open pause without a day told adds nothing yet", [leg(1, 5), leg(2, 7, "pause 03-04")], "03-12"),
    ("a part that waits for the one that stands", [leg(1, 3, "pause 03-03", "resume 03-10"), leg(2, 4, waits_for=1)],
     "03-18"),
    ("it waits for one that ends before it all the same",
     [leg(1, 1, "pause 03-03", "resume 03-05"), leg(2, 7, waits_for=1)], "03-12"),
    ("a chain of three", [leg(1, 2, "pause 03-03", "resume 03-13"), leg(2, 3, waits_for=1), leg(3, 4, waits_for=2)],
     "03-20"),
    ("a pause begun after the case was over", [leg(1, 7, "pause 03-17", "resume 03-20")], "03-12"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("legs", "promised"), [case[1:3] for case in WORKED], ids=[why for why, *_ in WORKED]
)
def test_worked_path(legs, promised):
    assert whole(legs)[0] == date.fromisoformat(f"2026-{promised}")


def test_the_days_of_the_law_move_by_the_laws_own_path():
    """The promise has slack, the law's twenty days of the part have none beside an equal part."""
    legs = [leg(1, 5, "pause 03-04", "resume 03-06"), leg(2, 7)]
    plain = replay(entries(), JOINT, CALENDAR)
    assert shift_of(legs, plain, CALENDAR) == Shift(promised=0, statutory=2)


def test_an_open_pause_of_the_whole_path_is_ended_on_its_day_and_after_what_came_since():
    paused = entries("pause 03-04 until 03-05", "extend 03-09 3")
    assert [(one.kind, local_day(one.at)) for one in released(paused)][-1] == (
        EntryKind.RESUME,
        date(2026, 3, 9),
    )
    assert released(entries("pause 03-04 until 03-10", "end 03-06")) == list(
        entries("pause 03-04 until 03-10", "end 03-06")
    )


def test_lanes_say_who_holds_the_date_and_what_the_others_may_slip():
    legs = [
        leg(1, 1),
        leg(2, 5, waits_for=1),
        leg(3, 7, "pause 03-04 until 03-10"),
        replace(leg(4, 3), done_on=date(2026, 3, 4)),
    ]
    found = {lane.part_id: lane for lane in lanes(legs, {1: 1, 2: 2, 3: 3, 4: 4}, date(2026, 3, 5), CALENDAR)}
    assert [lane.part_id for lane in found.values() if lane.holds] == [3]
    assert {part: lane.finish for part, lane in found.items()} == {
        1: date(2026, 3, 5), 2: date(2026, 3, 9), 3: date(2026, 3, 17), 4: date(2026, 3, 4),
    }  # fmt: skip
    assert {part: lane.slack for part, lane in found.items()} == {1: 8, 2: 6, 3: 0, 4: None}
    assert (found[3].paused, found[4].done) == (True, True)


# --- what always holds

GAPS = st.integers(1, 12)
PAUSES = st.lists(st.tuples(GAPS, GAPS), max_size=3)
LIMITS = st.integers(1, 20)
PARTS = st.lists(st.tuples(LIMITS, PAUSES, st.booleans()), min_size=1, max_size=5)


def paused(gaps: Sequence[tuple[int, int]], longer: int = 0) -> tuple[Entry, ...]:
    """A start, then pauses one after another; ``longer`` days are added to the first."""
    made, day = [Entry(EntryKind.START, BEGUN, ARTICLE)], BEGUN
    for number, (before, length) in enumerate(gaps):
        day += timedelta(days=before)
        made.append(Entry(EntryKind.PAUSE, day, ARTICLE))
        day += timedelta(days=length + (longer if number == 0 else 0))
        made.append(Entry(EntryKind.RESUME, day, ARTICLE))
    return tuple(made)


def legs_of(parts: Sequence[tuple[int, list[tuple[int, int]], bool]], longer: int = 0) -> list[Leg]:
    """Parts in a row; one that ``waits`` needs the result of the one before it."""
    return [
        Leg(
            number,
            paused(gaps, longer if number == 0 else 0),
            Limits(Limit(limit), Limit(20)),
            number - 1 if waits and number else None,
        )
        for number, (limit, gaps, waits) in enumerate(parts)
    ]


def unpaused(legs: Sequence[Leg]) -> list[Leg]:
    return [replace(one, entries=one.entries[:1]) for one in legs]


def days_lost(first: date, last: date) -> int:
    """Working days of a pause; one that ends on a holiday with nothing left ends the limit on the next (民法典 203)."""
    return CALENDAR.between(first, CALENDAR.on_or_after(last).day)


@given(PARTS)
def test_a_pause_never_brings_the_date_of_the_whole_nearer(parts):
    legs = legs_of(parts)
    assert whole(legs) >= whole(unpaused(legs)) == whole([])
    assert all(later >= day for later, day in zip(whole(legs), whole([]), strict=True))


@given(PARTS, GAPS)
def test_a_longer_pause_never_brings_it_nearer(parts, longer):
    """In the first part, all else alike."""
    short, long = legs_of(parts), legs_of(parts, longer)
    assert whole(long)[0] >= whole(short)[0]
    assert whole(long)[1] >= whole(short)[1]


@given(PARTS)
def test_the_whole_never_moves_by_more_than_all_pauses_together(parts):
    legs = legs_of(parts)
    plain = replay(entries(), JOINT, CALENDAR)
    shift = shift_of(legs, plain, CALENDAR)
    lost = sum(
        days_lost(local_day(one.at), local_day(two.at))
        for each in legs
        for one, two in zip(each.entries[1::2], each.entries[2::2], strict=True)
    )
    assert 0 <= shift.promised <= lost
    assert 0 <= shift.statutory <= lost


@given(PARTS, st.randoms(use_true_random=False))
def test_the_order_of_the_parts_does_not_matter(parts, random):
    legs = legs_of(parts)
    mixed = random.sample(legs, len(legs))
    assert whole(mixed) == whole(legs)


@given(LIMITS, GAPS, GAPS, GAPS, st.booleans())
def test_the_order_of_overlapping_pauses_does_not_matter(limit, before, first, second, swapped):
    """Two pauses that overlap: whichever ends first, the clock goes on when the last has ended."""
    one, two = BEGUN + timedelta(days=before), BEGUN + timedelta(days=before + 1)
    ends = sorted([one + timedelta(days=1 + first), two + timedelta(days=first + second)])
    opened = [Entry(EntryKind.PAUSE, when, ARTICLE) for when in ([one, two] if not swapped else [one, one])]
    closed = [Entry(EntryKind.RESUME, when, ARTICLE) for when in ends]
    overlapping = Leg(1, (entries()[0], *opened, *closed), Limits(Limit(limit), Limit(20)))
    single = Leg(
        1, (entries()[0], Entry(EntryKind.PAUSE, one, ARTICLE), closed[-1]), Limits(Limit(limit), Limit(20))
    )
    assert whole([overlapping]) == whole([single])


@given(LIMITS, st.integers(0, 20), GAPS, GAPS)
def test_a_pause_within_the_slack_moves_nothing(limit, slack, before, length):
    """A part that ends ``slack`` working days before the longest may stand so many of them."""
    short = Leg(1, paused([(before, length)]), Limits(Limit(limit), None))
    lost = days_lost(BEGUN.date() + timedelta(days=before), BEGUN.date() + timedelta(days=before + length))
    longest = Leg(2, entries(), Limits(Limit(limit + slack), None))
    plain = replay(entries(), JOINT, CALENDAR)
    shift = shift_of([short, longest], plain, CALENDAR)
    if lost <= slack:
        assert shift.promised == 0
    else:
        assert shift.promised <= lost - slack


@given(st.dictionaries(st.integers(0, 7), st.integers(0, 40), min_size=1), st.data())
def test_the_longest_path_through_dependencies(days, data):
    """Each part ends with the latest of those it waits for, however the parts hang together."""
    waits = {part: data.draw(st.none() | st.sampled_from(sorted(days))) for part in days}
    ends = {part: date(2026, 3, 2) + timedelta(days=count) for part, count in days.items()}
    found = finishes(ends, waits)
    for part in days:
        chain: list[int] = []
        step: int | None = part
        while step is not None and step not in chain:
            chain.append(step)
            step = waits[step]
        assert found[part] == max(ends[each] for each in chain)


@given(PARTS)
def test_the_holder_of_the_date_has_no_slack_and_nobody_else_ends_later(parts):
    legs = legs_of(parts)
    found = lanes(legs, {one.part_id: 1 for one in legs}, local_day(BEGUN), CALENDAR)
    last = max(lane.finish for lane in found)
    assert {lane.part_id for lane in found if lane.holds} == {
        lane.part_id for lane in found if lane.finish == last
    }
    for lane in found:
        assert lane.slack == CALENDAR.between(lane.finish, last)
