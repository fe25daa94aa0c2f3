"""Two officers and one clock at the same instant, on both databases: one proposal, one approval, one hearing."""

import pytest
from sqlalchemy import Engine, select

from approvals.errors import StaleTask
from approvals.hearing_words import AskerKind, HearingAlready
from approvals.procedure_rules import NotRunning, ProposalOpen
from approvals.special_procedures import Needed
from approvals.tables import Case, CasePart, Document, Hearing, LedgerEntry, SpecialProcedure
from processes.steps import hearings, special
from tests.centre import MONDAY
from tests.test_races import all_holds, alone, at_once, office, refusals
from web.demo.centre import Centre
from web.transactions import unit_of_work

__all__ = ["office"]
WHY = "需要补充检测数据（示例）"


def accepted(centre: Centre) -> tuple[int, int]:
    case = centre.accept(centre.draft("public_venue_hygiene", {}))
    return case.id, case.parts[0].id


def kinds_of_lines(office: Engine, case_id: int) -> list[str]:
    query = select(LedgerEntry.kind).where(LedgerEntry.case_id == case_id, LedgerEntry.task_id.is_(None))
    with unit_of_work(office) as session:
        return sorted(session.scalars(query))


def test_two_officers_propose_and_two_heads_approve_one_extension(office: Engine) -> None:
    case_id, _part = alone(office, accepted)

    def propose(login: str):
        return lambda centre: (
            special.propose_extension(centre.session, case_id, None, centre.staff[login], 10, WHY, MONDAY).id
        )

    results = at_once(office, propose("jinlan"), propose("taowei"))
    assert refusals(results) == [ProposalOpen]

    task_id = alone(
        office, lambda centre: centre.task(centre.session.get_one(Case, case_id), "approve_extension").id
    )

    def approve(centre: Centre) -> None:
        special.approve_extension(
            centre.session, task_id, 1, centre.staff["weijian"], "", centre.calendar, MONDAY, granted=True
        )

    assert refusals(at_once(office, approve, approve)) == [StaleTask]
    assert kinds_of_lines(office, case_id) == ["extend", "start"]
    all_holds(office)


def test_a_procedure_is_approved_and_ended_once(office: Engine) -> None:
    case_id, part_id = alone(office, accepted)

    def propose(centre: Centre) -> int:
        needed = Needed("testing", 10, "示例检测所", WHY)
        special.propose_procedure(centre.session, part_id, centre.staff["jinlan"], needed, MONDAY)
        return centre.task(centre.session.get_one(Case, case_id), "approve_procedure").id

    task_id = alone(office, propose)

    def approve(centre: Centre) -> int:
        return special.approve_procedure(
            centre.session, task_id, None, centre.staff["weijian"], "", centre.calendar, MONDAY, granted=True
        ).id

    results = at_once(office, approve, approve)
    assert refusals(results) == [StaleTask]
    [procedure_id] = [each for each in results if isinstance(each, int)]

    def end(login: str):
        return lambda centre: (
            special.end_procedure(
                centre.session, procedure_id, centre.staff[login], "合格", centre.calendar, MONDAY
            ).id
        )

    assert refusals(at_once(office, end("jinlan"), end("taowei"))) == [NotRunning]
    assert kinds_of_lines(office, case_id) == ["pause", "resume", "start"]
    all_holds(office)


@pytest.mark.parametrize("first", ["applicant", "officer"])
def test_the_applicant_asks_while_the_department_orders(office: Engine, first: str) -> None:
    case_id, part_id = alone(office, accepted)

    def told(centre: Centre) -> None:
        case = centre.session.get_one(Case, case_id)
        centre.opine_all(case)
        centre.propose_refusal(centre.task(case, "decide"))

    alone(office, told)

    def ask(centre: Centre) -> int:
        return hearings.ask(
            centre.session, part_id, None, AskerKind.APPLICANT, "", "", centre.calendar, MONDAY
        ).id

    def order(centre: Centre) -> int:
        return hearings.order(
            centre.session, part_id, centre.staff["jinlan"], "公共利益", centre.calendar, MONDAY
        ).id

    results = at_once(office, *((ask, order) if first == "applicant" else (order, ask)))
    assert refusals(results) == [HearingAlready]
    with unit_of_work(office) as session:
        assert len(session.scalars(select(Hearing)).all()) == 1
        assert len(session.scalars(select(SpecialProcedure)).all()) == 1
        papers = session.scalars(select(Document.kind).where(Document.case_id == case_id)).all()
        assert papers.count("special_procedure") == 1
        assert session.get_one(CasePart, part_id).paused
    all_holds(office)
