"""A decision and the end of the last day at the same instant, two windows at once: exactly one counts, on both databases."""

from datetime import date, datetime

import pytest
from sqlalchemy import Engine, select

from approvals import permit_requests, tasks
from approvals.calendar import TICK, end_of
from approvals.decision import Ruling
from approvals.errors import StaleTask
from approvals.permit_issue import RenewedByLaw
from approvals.readiness import NotReady
from approvals.tables import Case, Document, Permit, Task
from approvals.terms import CaseState, Outcome, PermitStatus, RequestKind
from processes.steps import decisions, window
from processes.steps import permit_requests as steps
from tests.permit_acts import asked, at, begun, permit_until
from tests.test_races import Act, all_holds, alone, at_once, office, refusals
from web.demo.centre import Centre
from web.transactions import unit_of_work

__all__ = ["office"]
LAST_DAY = date(2026, 12, 31)


def reviewed(centre: Centre) -> tuple[int, int]:
    """A renewal asked for in time and reviewed: only the decision is missing."""
    permit = permit_until(centre, "public_venue_hygiene", LAST_DAY)
    centre.now = at(date(2026, 12, 1))
    case = asked(centre, permit, RequestKind.RENEWAL)
    centre.opine_all(case)
    return case.id, centre.task(case, "decide").id


def deemed(case_id: int) -> Act:
    def act(centre: Centre) -> bool:
        case = tasks.lock_case(centre.session, case_id)
        return steps.deem_renewed(centre.session, case, centre.calendar, end_of(LAST_DAY) + TICK)

    return act


def granted(task_id: int, now: datetime) -> Act:
    def act(centre: Centre) -> str:
        head = centre.who(centre.session.get_one(Task, task_id))
        ruling = Ruling(granted=True, reasons="符合条件", articles="")
        decisions.decide(centre.session, task_id, None, head, ruling, now)
        return "granted"

    return act


@pytest.mark.parametrize("silent_first", [True, False])
def test_the_head_decides_at_the_last_instant_while_silence_renews(
    office: Engine, silent_first: bool
) -> None:
    case_id, task_id = alone(office, reviewed)
    both = [deemed(case_id), granted(task_id, end_of(LAST_DAY))]
    results = at_once(office, *(both if silent_first else reversed(both)))
    with unit_of_work(office) as session:
        kinds = [d.kind for d in session.scalars(select(Document).where(Document.case_id == case_id))]
        assert kinds.count("deemed_renewal") + kinds.count("grant_renewal") == 1
        outcome = session.get_one(Case, case_id).outcome
    assert (True in results) == (outcome == Outcome.DEEMED_RENEWED) == ("granted" not in results)
    assert refusals(results) == ([StaleTask] if True in results else [])
    all_holds(office)


def test_after_the_last_instant_only_silence_counts(office: Engine) -> None:
    case_id, task_id = alone(office, reviewed)
    results = at_once(office, deemed(case_id), granted(task_id, end_of(LAST_DAY) + TICK))
    assert True in results
    assert refusals(results) in ([StaleTask], [RenewedByLaw])
    all_holds(office)


def test_two_workers_renew_once(office: Engine) -> None:
    case_id, _ = alone(office, reviewed)
    results = at_once(office, deemed(case_id), deemed(case_id))
    assert sorted(results, key=bool) == [False, True]
    with unit_of_work(office) as session:
        versions = session.scalars(select(Permit.status).order_by(Permit.version)).all()
        assert versions == [PermitStatus.RENEWED, PermitStatus.VALID]
    all_holds(office)


def test_of_two_windows_the_second_finds_the_first(office: Engine) -> None:
    """Each has its own draft of the same change; both accept at the same instant."""

    def drafts(centre: Centre) -> list[tuple[int, str]]:
        permit = permit_until(centre, "food_licence", LAST_DAY)
        found = []
        for login in ("linxiao", "wangyu"):
            centre.clerk = login
            draft = begun(centre, permit, RequestKind.CHANGE, person_in_charge="吴某某（示例）")
            found.append((draft.id, login))
        return found

    def accept(draft_id: int, login: str) -> Act:
        def act(centre: Centre) -> str:
            clerk = centre.staff[login]
            window.accept(centre.session, draft_id, clerk, centre.calendar, centre.now)
            return "accepted"

        return act

    results = at_once(office, *(accept(draft_id, login) for draft_id, login in alone(office, drafts)))
    assert results.count("accepted") == 1
    [refused] = [each for each in results if each != "accepted"]
    assert isinstance(refused, NotReady)
    assert [problem.message for problem in refused.problems] == [permit_requests.OpenRequest.message]
    with unit_of_work(office) as session:
        assert len(session.scalars(select(Case).where(Case.state == CaseState.REVIEWING)).all()) == 1
    all_holds(office)
