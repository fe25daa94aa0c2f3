"""Change, renewal and replacement as people do them at the window, for tests that read like a story."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from approvals import documents, journal, permit_requests, register_book, tasks
from approvals.calendar import start_of
from approvals.tables import Case, Document, JournalEntry, Message, Permit, Timer
from approvals.terms import RequestKind
from processes import timers
from processes.steps import window
from tests.register_cases import HOTEL, issued
from web.demo.centre import Centre, Somebody


def at(day: date, hour: int = 10) -> datetime:
    """An hour of a day in Shanghai, as UTC."""
    return (start_of(day) + timedelta(hours=hour)).astimezone(UTC)


def permit_until(
    centre: Centre, item: str, until: date | None, first: date | None = None, who: Somebody = HOTEL
) -> Permit:
    """A permit of this item whose last day is ``until``; issued on ``first``, or now."""
    if first is not None:
        centre.now = at(first)
    permit = issued(centre, item, who=who)[-1]
    permit.valid_until = until
    centre.session.flush()
    return permit


def begun(centre: Centre, permit: Permit, kind: RequestKind, **answers: Any) -> Case:
    """A clerk begins the request and takes the papers; ``answers`` are what is different now."""
    clerk = centre.staff[centre.clerk]
    draft = permit_requests.start_request(centre.session, permit, kind, clerk, centre.now)
    window.answer_situation(centre.session, draft, clerk, {**draft.form_data, **answers})
    centre.tick_all(draft)
    return draft


def asked(centre: Centre, permit: Permit, kind: RequestKind, **answers: Any) -> Case:
    """The request is accepted at the window."""
    case = centre.accept(begun(centre, permit, kind, **answers))
    centre.sync()
    return case


def granted(centre: Centre, case: Case) -> Permit:
    """Reviewed, granted and issued; served to the holder. Returns the new version."""
    decide(centre, case)
    [permit] = centre.issue(case)
    centre.deliver(case)
    centre.sync()
    return permit


def decide(centre: Centre, case: Case) -> None:
    """Granted: on the spot, or by the department."""
    if tasks.open_tasks(centre.session, case.id, "decide_on_the_spot"):
        centre.decide_on_the_spot(case)
        return
    centre.opine_all(case)
    centre.grant(case)


def timer(centre: Centre, case: Case, kind: str) -> Timer | None:
    """The timer of this kind that a case wants now."""
    centre.session.flush()
    return centre.session.scalar(select(Timer).where(Timer.case_id == case.id, Timer.kind == kind))


def fires(centre: Centre, row: Timer | None) -> bool:
    """Whether the timer, due now, did what it is for."""
    assert row is not None
    if not timers.fire_due(centre.session, row.id, row.case_id, centre.now):
        return False
    result = row.result
    centre.sync()
    return result == "done"


def in_force(centre: Centre, permit: Permit) -> Permit | None:
    """The version of this number in force."""
    return register_book.in_force(centre.session, permit.number)


def papers(centre: Centre, case: Case) -> list[str]:
    """The kinds of paper of a case, in the order of issue."""
    return [document.kind for document in documents.of_case(centre.session, case.id)]


def paper(centre: Centre, case: Case, kind: str) -> Document:
    """The one paper of this kind."""
    [found] = [one for one in documents.of_case(centre.session, case.id) if one.kind == kind]
    return found


def entry(centre: Centre, case: Case, act: str) -> JournalEntry:
    """The one entry of this act in the journal of a case."""
    [found] = [one for one in journal.of_case(centre.session, case.id) if one.act == act]
    return found


def told(centre: Centre, stage: str) -> list[str]:
    """What was told at this stage, the holder first."""
    return list(
        centre.session.scalars(select(Message.body).where(Message.stage == stage).order_by(Message.id))
    )
