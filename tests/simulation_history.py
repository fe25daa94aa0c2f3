"""What should have happened by itself in a case, told again from its history, beside what did.

From the acts of people alone (journal, notices, answers, decisions, the ledger's lines) and the law's periods, counted
by walking: when silence accepts, warns, withdraws, consents, orders, reminds. Then it is compared with the papers and
messages there are. Nothing is read from the timers, so a timer that never fired or fired twice shows.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.catalogue import item_of
from approvals.tables import (
    Case,
    Correction,
    Document,
    JournalEntry,
    Message,
    Opinion,
    SpecialProcedure,
    SupervisoryOrder,
    Task,
)
from tests.recount import DAY, SERVED_DAYS, Days, day_of_act, local_day, midnight, recount
from tests.simulation import Dates

FOREVER = datetime(2100, 1, 1, tzinfo=UTC)
NINE = timedelta(hours=9)
STAGES = ("soon", "yellow", "red")
NOT_REMINDED = "answer_correction"  # the applicant has the next word


@dataclass(frozen=True)
class Effect:
    """Something that happens by itself, once, at an instant."""

    kind: str
    subject: int | None
    at: datetime


@dataclass(frozen=True)
class Due:
    """An effect, and the instant from which nobody wants it any more (equal: either may have been first)."""

    effect: Effect
    until: datetime


def after_end(day: date) -> datetime:
    """The first instant after a day."""
    return midnight(day + DAY)


def reminder(last: date, count: int, since: datetime, days: Days) -> datetime:
    """Nine o'clock of the day that has so many working days after it up to ``last``."""
    return max(since, midnight(days.before(last, count)) + NINE)


@dataclass
class History:
    """One case with everything written about it."""

    session: Session
    case: Case
    days: Days
    dates: dict[int, list[Dates]]

    def __post_init__(self) -> None:
        of_case = lambda table: select(table).where(table.case_id == self.case.id).order_by(table.id)  # noqa: E731
        self.journal = self.session.scalars(of_case(JournalEntry)).all()
        self.corrections = self.session.scalars(of_case(Correction)).all()
        self.opinions = self.session.scalars(of_case(Opinion)).all()
        self.procedures = self.session.scalars(of_case(SpecialProcedure)).all()
        self.orders = self.session.scalars(of_case(SupervisoryOrder)).all()
        self.messages = self.session.scalars(of_case(Message)).all()
        self.documents = self.session.scalars(of_case(Document)).all()
        self.tasks = self.session.scalars(of_case(Task)).all()
        self.ended = self.case.ended_at or FOREVER

    def acts(self, *names: str) -> list[datetime]:
        return [entry.at for entry in self.journal if entry.act in names]

    def first_act(self, since: datetime, *names: str) -> datetime:
        return min((at for at in self.acts(*names) if at >= since), default=FOREVER)


# --- what should have happened


def expected(history: History) -> Iterator[Due]:
    """Everything, from the acts of people."""
    yield from _checking(history)
    yield from _corrections(history)
    yield from _deferral(history)
    yield from _consents(history)
    yield from _orders(history)
    yield from _unanswered(history)
    yield from _procedures(history)
    yield from _lamps(history)


def _checking(history: History) -> Iterator[Due]:
    """Five working days each time that materials come; who lets them pass has accepted."""
    handed_in = [(at, "window") for at in history.acts("receive")]
    moving = [
        notice for notice in history.corrections if notice.before_acceptance and notice.moves_acceptance
    ]
    handed_in += [
        (notice.answered_at, "window" if notice.answered_by_id else "online")
        for notice in moving
        if notice.answered_at
    ]
    for at, channel in handed_in:
        told = min((notice.issued_at for notice in moving if notice.issued_at > at), default=FOREVER)
        closed = min(told, history.first_act(at, "accept"), history.ended)
        last = history.days.after(day_of_act(at, channel, history.days), 5)
        over = after_end(last)
        yield Due(Effect("checking_alarm", None, reminder(last, 1, at, history.days)), min(closed, over))
        yield Due(Effect("deemed_acceptance", None, over), closed)


def _corrections(history: History) -> Iterator[Due]:
    """Ten working days to answer, a warning two before; then the application counts as withdrawn."""
    for notice in history.corrections:
        if not (notice.before_acceptance and notice.moves_acceptance):
            continue
        last = history.days.after(day_of_act(notice.issued_at, "window", history.days), 10)
        assert notice.answer_by == last
        yield from _warned(
            history, "correction", notice.id, notice.issued_at, last, notice.answered_at or FOREVER
        )


def _warned(
    history: History, what: str, subject: int | None, since: datetime, last: date, answered: datetime
) -> Iterator[Due]:
    """The warning; and what it warned of, where at least a working day has passed since."""
    warning = reminder(last, 2, since, history.days)
    over = after_end(max(last, history.days.after(local_day(warning), 1)))
    silent = history.case.outcome == "deemed_withdrawn" and history.ended == over
    ended = FOREVER if silent else history.ended
    yield Due(Effect(f"{what}_warning", subject, warning), min(answered, history.ended))
    yield Due(Effect(f"{what}_over", subject, over), min(answered, ended))


def _deferral(history: History) -> Iterator[Due]:
    """By the item's rule from the acceptance; brought in time, granted or ended, nothing follows."""
    told = [material.deferred_until for material in history.case.materials if material.deferred_until]
    if not told:
        return
    [accepted] = history.acts("accept")
    item = item_of(history.case.item)
    assert item.deferral is not None
    allowed = min(item.deferral.days, item.promised.days - 2)
    last = history.days.after(day_of_act(accepted, "window", history.days), allowed)
    assert min(told) == last
    brought = history.first_act(accepted, "complete_deferred")
    yield from _warned(history, "deferral", None, accepted, last, brought)


def _consents(history: History) -> Iterator[Due]:
    """Who only gives an opinion has the promised days, and at least those since it was asked."""
    dates = recount(history.session, history.case, (), history.days).parts
    for part in history.case.parts:
        if part.decides or part.opened_at is None or history.case.item.kind != "joint":
            continue
        promised = dates[part.id].promised
        assert promised is not None
        assert part.item is not None
        asked = min(2, item_of(part.item).promised.days)
        last = max(promised, history.days.after(day_of_act(part.opened_at, "window", history.days), asked))
        spoken = [one.submitted_at for one in history.opinions if one.part_id == part.id and one.officer_id]
        yield Due(
            Effect("deemed_consent", part.id, after_end(last)),
            min([at for at in spoken if at] + [history.ended]),
        )


def _orders(history: History) -> Iterator[Due]:
    """Past the law's limit without a decision: once for each part, and for a joint case as a whole."""
    case, dates = history.case, recount(history.session, history.case, (), history.days)
    accepted = min([*history.acts("accept", "deem_accepted")], default=FOREVER)
    if accepted == FOREVER:
        return
    for part in case.parts:
        last = dates.parts[part.id].statutory
        if part.decides and last is not None:
            at = max(after_end(last), accepted)
            yield Due(Effect("order", part.id, at), min(part.ended_at or FOREVER, history.ended))
    if len(case.parts) > 1 and dates.case.statutory is not None:
        at = max(after_end(dates.case.statutory), accepted)
        held = [each.ended_at or FOREVER for each in history.procedures if _runs(each, at)]
        # while a part stands the date of the whole is a forecast: the order waits for the end of that
        at = max([at, *held])
        yield Due(Effect("order", None, at), at if held else min(case.decided_at or FOREVER, history.ended))
    if case.decided_at is not None:
        at = after_end(history.days.after(local_day(case.decided_at), SERVED_DAYS))
        standing = [
            one for one in history.orders if one.automatic and one.part_id is None and one.opened_at < at
        ]
        if not any(one.closed_at is None or one.closed_at > at for one in standing):
            yield Due(Effect("order", None, at), history.ended)


def _runs(procedure: SpecialProcedure, at: datetime) -> bool:
    return procedure.ends_on is not None and (procedure.approved_at or FOREVER) <= at < (
        procedure.ended_at or FOREVER
    )


def _unanswered(history: History) -> Iterator[Due]:
    for order in history.orders:
        last = history.days.after(local_day(order.opened_at), 3)
        assert local_day(order.answer_by) == last
        until = min(order.answered_at or FOREVER, history.ended)
        yield Due(Effect("order_unanswered", None, after_end(last)), until)


def _procedures(history: History) -> Iterator[Due]:
    """Each day told for the end, until a later one was told or the end was recorded."""
    for procedure in history.procedures:
        if procedure.ends_on is None:
            continue
        told = [
            (date.fromisoformat(entry.before["until"]), entry.at)
            for entry in history.journal
            if entry.act == "prolong_procedure" and entry.part_id == procedure.part_id
            and (procedure.approved_at or FOREVER) <= entry.at <= (procedure.ended_at or FOREVER)
        ]  # fmt: skip
        for last, until in [*told, (procedure.ends_on, procedure.ended_at or FOREVER)]:
            closed = min(until, procedure.ended_at or FOREVER, history.ended)
            yield Due(Effect("procedure_over", None, after_end(last)), closed)


def _lamps(history: History) -> Iterator[Due]:
    """Each stage of each task once for each date it had; of several passed at once the last alone."""
    for task in history.tasks:
        if task.step == NOT_REMINDED or task.id not in history.dates:  # opened and closed in one act
            continue
        closed, told = task.done_at or FOREVER, 0
        spans = history.dates[task.id]
        for seen, following in zip(spans, [*[one.since for one in spans[1:]], closed], strict=True):
            if seen.paused or seen.promised_due is None:
                continue
            whens = stage_instants(seen, history.days)
            reached = sum(at <= seen.since for at in whens)
            if reached > told:
                yield _told(task, reached, seen.since, closed)
            told = reached
            for stage in range(told + 1, 4):
                at = whens[stage - 1]
                if at == (whens[stage] if stage < 3 else None) or at > following:
                    continue
                yield _told(task, stage, at, following)
                told = stage if at < following else told


def _told(task: Task, stage: int, at: datetime, until: datetime) -> Due:
    return Due(Effect(f"lamp {STAGES[stage - 1]}", task.id, at), until)


def stage_instants(seen: Dates, days: Days) -> Sequence[datetime]:
    """The beginning of the last working day before yellow, yellow, the first red instant."""
    assert seen.promised_due is not None
    last = local_day(seen.promised_due)
    red = after_end(last)
    yellow = min(seen.yellow_at or midnight(last), red)
    before = local_day(yellow) - DAY
    while not days.works(before):
        before -= DAY
    return min(midnight(before), yellow), yellow, red


# --- what did happen


def happened(history: History) -> Iterator[Effect]:
    """Everything that happened by itself, from papers, messages and the journal."""
    yield from (Effect("deemed_acceptance", None, at) for at in history.acts("deem_accepted"))
    yield from (Effect("deferral_over", None, at) for at in history.acts("expire_deferral"))
    yield from (_withdrawal(history, entry) for entry in history.journal if entry.act == "deem_withdrawn")
    for notice in history.corrections:
        if notice.warned_at:
            yield Effect("correction_warning", notice.id, notice.warned_at)
    for opinion in history.opinions:
        if opinion.officer_id is None and opinion.submitted_at:
            yield Effect("deemed_consent", opinion.part_id, opinion.submitted_at)
    papers = (paper for paper in history.documents if paper.kind == "deferral_warning")
    yield from (Effect("deferral_warning", None, paper.issued_at) for paper in papers)
    automatic = (order for order in history.orders if order.automatic)
    yield from (Effect("order", order.part_id, order.opened_at) for order in automatic)
    yield from _messages(history)


def _withdrawal(history: History, entry: JournalEntry) -> Effect:
    open_notices = [
        notice for notice in history.corrections if notice.answered_at is None and notice.warned_at
    ]
    if "补正" in entry.after["reasons"]:
        return Effect("correction_over", open_notices[-1].id, entry.at)
    return Effect("deferral_over", None, entry.at)


def _messages(history: History) -> Iterator[Effect]:
    """Reminders: one to each recipient, all at one instant."""
    sent = Counter(
        (message.stage, message.task_id, message.staff_id, message.created_at, message.body)
        for message in history.messages
        if message.staff_id is not None
    )
    assert not [key for key, count in sent.items() if count > 1], "nobody is told the same thing twice"
    for stage, task, at in {(stage, task, at) for stage, task, _, at, _ in sent}:
        if stage in STAGES:
            yield Effect(f"lamp {stage}", task, at)
        elif stage == "five_days":
            yield Effect("checking_alarm", None, at)
        elif stage in ("procedure_over", "order_unanswered"):
            yield Effect(stage, None, at)


def compare(history: History) -> Counter[str]:
    """Raise where something is missing, late, early, twice or too much; returns what was found, by kind."""
    dues = list(expected(history))
    must = {due.effect for due in dues if due.effect.at < due.until}
    may = must | {due.effect for due in dues if due.effect.at == due.until}
    found = list(happened(history))
    where = (history.case.id, history.case.item.code, history.case.outcome)
    assert not [one for one, count in Counter(found).items() if count > 1], where
    assert must <= set(found), (where, "missing", sorted(map(str, must - set(found))))
    assert set(found) <= may, (where, "too much", sorted(map(str, set(found) - may)))
    return Counter(effect.kind for effect in found)
