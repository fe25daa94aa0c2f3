"""Two people at one permit at the same instant: locks and, last, the index keep one version in force."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from approvals import proceeding_rules, register, register_book, tasks
from approvals.errors import DomainError, StaleTask
from approvals.proceeding_rules import ProceedingOpen
from approvals.proceedings import DONE, Resolution
from approvals.register_rules import IN_FORCE, UnlawfulTransition
from approvals.tables import Permit, PermitEvent, Proceeding, StaffRole
from approvals.terms import Role
from processes.steps import proceedings
from tests import register_acts as acts
from tests.register_cases import issued
from tests.test_races import Act, alone, at_once, office, refusals
from web.demo.centre import Centre
from web.transactions import unit_of_work

__all__ = ["office"]


@pytest.fixture
def permit_id(office: Engine) -> int:
    """A bath house has its permit, and its department has two heads."""

    def act(centre: Centre) -> int:
        [permit] = issued(centre, "public_venue_hygiene")
        centre.staff["taowei"].roles.append(StaffRole(role=Role.HEAD, mandate=""))
        return permit.id

    made: int = alone(office, act)
    return made


def permit_of(centre: Centre, permit_id: int) -> Permit:
    return centre.session.get_one(Permit, permit_id)


def heard(permit_id: int, kind: str = "revoke", ground: str = "unqualified") -> Callable[[Centre], int]:
    """A proceeding is told and heard by the first officer; the task of the head."""

    def act(centre: Centre) -> int:
        made = acts.tell(centre, permit_of(centre, permit_id), kind, ground)
        acts.hear(centre, made)
        return acts.task_of(centre, made, "decide_proceeding").id

    return act


def deciding(task_id: int, login: str) -> Act:
    def act(centre: Centre) -> None:
        harm = Resolution(DONE, acts.LAW, grave_harm=False)
        proceedings.decide(centre.session, task_id, None, centre.staff[login], harm, centre.now)

    return act


def one_in_force(session: Session) -> None:
    in_force = select(Permit.number).where(Permit.status.in_(IN_FORCE))
    numbers = list(session.scalars(in_force))
    assert len(numbers) == len(set(numbers))


def events(office: Engine, permit_id: int) -> list[str]:
    with unit_of_work(office) as session:
        one_in_force(session)
        number = session.get_one(Permit, permit_id).number
        return [event.kind for event in register_book.events(session, number)]


def test_two_heads_decide_once(office, permit_id):
    task_id = alone(office, heard(permit_id))
    results = at_once(office, deciding(task_id, "weijian"), deciding(task_id, "taowei"))
    assert refusals(results) == [StaleTask]
    assert events(office, permit_id) == ["issued", "revoke"]
    with unit_of_work(office) as session:
        assert session.scalar(select(func.count(Proceeding.id)).where(Proceeding.result == DONE)) == 1


def renewing(permit_id: int) -> Act:
    """A request that was granted is issued: it has locked its own case first."""

    def act(centre: Centre) -> None:
        permit = permit_of(centre, permit_id)
        request = centre.accept(centre.draft("public_venue_hygiene", {}))
        tasks.lock_case(centre.session, request.id)
        register.succeed(
            centre.session, permit, "renew", ground="granted", reasons="准予延续（示例）", case=request,
            part=request.parts[0], fields=permit.fields, valid_from=permit.valid_from,
            valid_until=permit.valid_until, staff=centre.staff["linxiao"], now=centre.now,
        )  # fmt: skip

    return act


def test_revoked_and_renewed_at_once_nothing_is_in_force_afterwards(office, permit_id):
    task_id = alone(office, heard(permit_id))
    results = at_once(office, deciding(task_id, "weijian"), renewing(permit_id))
    refused = refusals(results)
    assert refused in ([], [UnlawfulTransition])
    kinds = events(office, permit_id)
    assert kinds == (["issued", "revoke"] if refused else ["issued", "renew", "issued", "revoke"])
    with unit_of_work(office) as session:
        number = session.get_one(Permit, permit_id).number
        assert (
            register_book.in_force(session, number) is None
        )  # the proceeding goes with the version in force


def test_renewed_twice_at_once_there_is_one_second_version(office, permit_id):
    results = at_once(office, renewing(permit_id), renewing(permit_id))
    assert refusals(results) == [UnlawfulTransition]
    assert events(office, permit_id) == ["issued", "renew", "issued"]


def test_two_officers_begin_one_proceeding(office, permit_id):
    def begin(centre: Centre) -> None:
        acts.tell(centre, permit_of(centre, permit_id), "suspend", "penalty")

    assert refusals(at_once(office, begin, begin)) == [ProceedingOpen]
    with unit_of_work(office) as session:
        assert session.scalar(select(func.count(Proceeding.id))) == 1
        assert proceeding_rules.open_of(session, permit_id) is not None


def test_a_suspension_is_lifted_once(office, permit_id):
    alone(office, deciding(alone(office, heard(permit_id, "suspend", "penalty")), "weijian"))

    def lift(centre: Centre) -> None:
        head = centre.staff["weijian"]
        proceedings.lift(centre.session, permit_id, "put_right", "已改正", head, centre.now)

    assert refusals(at_once(office, lift, lift)) == [UnlawfulTransition]
    assert events(office, permit_id) == ["issued", "suspend", "lift"]
    with unit_of_work(office) as session:
        lifted = select(func.count(PermitEvent.id)).where(PermitEvent.kind == "lift")
        assert session.scalar(lifted) == 1


def test_cancelled_while_a_proceeding_begins(office, permit_id):
    def cancel(centre: Centre) -> None:
        head = centre.staff["weijian"]
        proceedings.cancel(centre.session, permit_id, "own_request", "申请注销", head, centre.now)

    def begin(centre: Centre) -> None:
        acts.tell(centre, permit_of(centre, permit_id), "revoke", "unqualified")

    [refused] = refusals(at_once(office, cancel, begin))
    assert issubclass(refused, DomainError)
    assert refused in (UnlawfulTransition, ProceedingOpen)
