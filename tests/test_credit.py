"""Credit records: what leaves one, how long it weighs, what is barred, and how a record is repaired."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from approvals import clock, credit
from approvals.decision import Ruling
from approvals.documents import of_case as documents_of
from approvals.errors import DomainError, Forbidden, NotFound, ReasonRequired
from approvals.tables import ApplicationBar, Case, CreditRecord, Document, JournalEntry, Message
from approvals.terms import CreditKind
from processes.steps import credit as steps
from processes.steps import decisions
from web.demo.centre import Centre

ARTICLES = "《中华人民共和国行政许可法》第三十八条"
FACTS = "所称设施从未设置（示例）"


@pytest.fixture
def case(centre: Centre) -> Case:
    return centre.accept(centre.draft("public_venue_hygiene", {}))


def recorded(centre: Centre, case: Case, kind: CreditKind = CreditKind.UNMET, **more: Any) -> CreditRecord:
    fact = credit.Fact(case.parts[0], kind, FACTS, **more)
    row = credit.record(centre.session, fact, centre.staff["weijian"], centre.now)
    assert row is not None
    return row


def refused(centre: Centre, kind: type[DomainError], act: Callable[[], object]) -> DomainError:
    """Refused exactly so, and nothing written."""
    before = _counts(centre)
    with pytest.raises(kind) as caught, centre.session.begin_nested():
        act()
    centre.session.expire_all()
    assert _counts(centre) == before
    return caught.value


def _counts(centre: Centre) -> list[object]:
    tables = (CreditRecord, ApplicationBar, Document, JournalEntry, Message)
    repaired = centre.session.scalars(select(CreditRecord.repaired_at).order_by(CreditRecord.id)).all()
    return [centre.session.scalar(select(func.count()).select_from(table)) for table in tables] + list(
        repaired
    )


BARS = [
    (CreditKind.UNMET, "public_venue_hygiene", None),
    (CreditKind.FALSE_MATERIALS, "public_venue_hygiene", date(2027, 11, 23)),
    (CreditKind.DECEIT, "public_venue_hygiene", date(2029, 11, 23)),
    (CreditKind.DECEIT, "shop_sign", date(2029, 11, 23)),  # no matter of commitment, so one of safety
    (CreditKind.DECEIT, "drainage_permit", None),  # its commitment says that it does not touch safety
    (CreditKind.FALSE_MATERIALS, "drainage_permit", None),
]


@pytest.mark.parametrize(("kind", "item", "until"), BARS)
def test_what_bars_and_for_how_long(centre: Centre, kind: CreditKind, item: str, until: date | None) -> None:
    case = centre.accept(centre.draft(item, {}))
    row = recorded(centre, case, kind)
    bars = centre.session.scalars(select(ApplicationBar)).all()
    assert [(bar.item_code, bar.first_day, bar.last_day) for bar in bars] == (
        [(item, date(2026, 11, 23), until)] if until else []
    )
    assert row.article == credit.ARTICLES[kind]
    assert credit.open_records(centre.session, row.number_index, date(2040, 1, 1)) == [row]
    recorded(centre, case, kind)  # the same fact again
    assert len(centre.session.scalars(select(CreditRecord)).all()) == 1
    assert len(centre.session.scalars(select(ApplicationBar)).all()) == len(bars)


@pytest.mark.parametrize(
    ("first", "years", "last"),
    [
        (date(2026, 11, 23), 1, date(2027, 11, 23)),
        (date(2028, 2, 29), 1, date(2029, 2, 28)),
        (date(2028, 2, 29), 3, date(2031, 2, 28)),
        (date(2028, 2, 29), 4, date(2032, 2, 29)),
    ],
)
def test_a_period_of_years_ends_with_the_same_day(first: date, years: int, last: date) -> None:
    assert credit.years_later(first, years) == last


def test_a_record_with_a_last_day_weighs_through_it(centre: Centre, case: Case) -> None:
    row = recorded(centre, case, until=date(2027, 11, 23))
    assert credit.open_records(centre.session, row.number_index, date(2027, 11, 23)) == [row]
    assert credit.open_records(centre.session, row.number_index, date(2027, 11, 24)) == []
    assert credit.open_records(centre.session, "somebody else", date(2027, 11, 23)) == []


def test_false_materials_in_a_decision_are_on_record(centre: Centre, case: Case) -> None:
    centre.opine_all(case)
    centre.propose_refusal(centre.task(case, "decide"))
    task = centre.task(case, "hear_statement")
    decisions.hear_statement(
        centre.session, task.id, task.version, centre.who(task), "没有异议（示例）", "事实清楚", centre.now,
        hearing_waived=True,
    )  # fmt: skip
    task = centre.task(case, "decide")
    ruling = Ruling(False, "提供虚假材料", ARTICLES, false_materials=True)
    decisions.decide(centre.session, task.id, task.version, centre.who(task), ruling, centre.now)
    row = centre.session.scalars(select(CreditRecord)).one()
    assert (row.kind, row.item_code, row.until) == ("false_materials", "public_venue_hygiene", None)
    assert centre.session.scalars(select(ApplicationBar)).one().last_day == date(2027, 11, 23)


# --- repair


def repair(
    centre: Centre, row: CreditRecord, login: str = "weijian", reasons: str = "已经整改（示例）"
) -> CreditRecord:
    return steps.repair(centre.session, row.id, centre.staff[login], reasons, centre.now)


@pytest.mark.parametrize("login", ["jinlan", "linxiao", "shichang", "jiancha", "xianzhang", "admin"])
def test_only_the_head_of_the_department_repairs(centre: Centre, case: Case, login: str) -> None:
    row = recorded(centre, case)
    refused(centre, Forbidden, lambda: repair(centre, row, login))


def test_a_repair_has_reasons_and_is_made_once(centre: Centre, case: Case) -> None:
    row = recorded(centre, case)
    refused(centre, ReasonRequired, lambda: repair(centre, row, reasons=" "))
    refused(
        centre,
        NotFound,
        lambda: steps.repair(centre.session, row.id + 1, centre.staff["weijian"], "无", centre.now),
    )
    repair(centre, row)
    paper = next(one for one in documents_of(centre.session, case.id) if one.kind == "credit_repair")
    assert row.repair_document_id == paper.id
    assert paper.public
    assert FACTS in paper.html
    told = select(Message).where(Message.stage == "credit_repaired", Message.channel == "sms")
    assert paper.number in centre.session.scalars(told).one().body
    assert credit.open_records(centre.session, row.number_index, clock.local_day(centre.now)) == []
    error = refused(centre, credit.RepairedAlready, lambda: repair(centre, row))
    assert centre.staff["weijian"].name in error.text()


def test_while_the_bar_lasts_nothing_is_repaired(centre: Centre, case: Case) -> None:
    row = recorded(centre, case, CreditKind.DECEIT)
    last = datetime.combine(date(2029, 11, 23), datetime.min.time(), clock.ZONE) + timedelta(
        hours=23, minutes=59
    )
    for now in (centre.now, last):
        centre.now = now
        error = refused(centre, credit.RepairTooEarly, lambda: repair(centre, row))
        assert "2029-11-23" in error.text()
    centre.now = last + timedelta(minutes=1)
    assert repair(centre, row).repaired_at == centre.now


def test_another_fact_of_the_same_case_is_not_held_up_by_the_bar(centre: Centre, case: Case) -> None:
    recorded(centre, case, CreditKind.DECEIT)
    unmet = recorded(centre, case)
    assert repair(centre, unmet).repaired_at == centre.now


def test_a_fact_that_ends_in_a_full_stop_goes_on_with_one_mark(centre: Centre, case: Case) -> None:
    fact = credit.Fact(case.parts[0], CreditKind.UNMET, "设施从未设置（示例）。；许可已撤销")
    row = credit.record(centre.session, fact, centre.staff["weijian"], centre.now)
    assert row is not None
    assert row.facts == "设施从未设置（示例）；许可已撤销"
