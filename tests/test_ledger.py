"""The ledger in the database: rows are the truth, the dates on the subject follow them."""

from datetime import UTC, date, datetime

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select

from approvals import ledger, secrets
from approvals.calendar import WorkingCalendar, default_calendar, end_of
from approvals.database import Base, make_engine, writing_session
from approvals.deadlines import lamp
from approvals.limits import Entry, EntryKind, LedgerOrder, Limit, Limits, ResumeWithoutPause, Track, Unit
from approvals.tables import Case, CasePart, Department, LedgerEntry, ServiceItem, Staff
from approvals.terms import Lamp
from tests.deadline_cases import at

CALENDAR = default_calendar()


@pytest.fixture
def session(tmp_path):
    secrets.configure([Fernet.generate_key().decode()], "index")
    engine = make_engine(f"sqlite:///{tmp_path}/ledger.sqlite3")
    Base.metadata.create_all(engine)
    with writing_session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def case(session):
    now = datetime(2026, 3, 2, 2, tzinfo=UTC)
    market = Department(
        code="001",
        name={"zh": "市场监管局", "en": "Market"},
        abbreviation="市监",
        authority_code="11330110MB00000000",
        reconsideration_body="区人民政府",
        court="区人民法院",
    )
    session.add(market)
    session.flush()
    clerk = Staff(login="clerk", name="张窗口（示例）", department_id=market.id, password_hash="-")
    item = ServiceItem(
        code="restaurant",
        content_hash="0" * 64,
        kind="joint",
        name={"zh": "开办餐饮店", "en": "Restaurant"},
        search_text="",
        department_id=market.id,
        definition={},
        loaded_at=now,
    )
    session.add_all([clerk, item])
    session.flush()
    case = Case(
        item_id=item.id,
        department_id=market.id,
        clerk_id=clerk.id,
        form_definition={},
        form_data={},
        created_at=now,
    )
    case.parts.append(CasePart(department_id=market.id, name={"zh": "食品", "en": "Food"}, decides=True))
    session.add(case)
    session.flush()
    return case


def started(session, case, part=None, limits=None):
    return ledger.start(
        session,
        case=case,
        part=part,
        at=at("2026-03-02T10:00"),
        limits=limits or Limits(Limit(8), Limit(45)),
        article="行政许可法第四十二条",
        calendar=CALENDAR,
    )


def test_a_start_stores_the_dates_that_lamps_compare(session, case):
    started(session, case)
    session.expire_all()
    assert case.promised_due == end_of(date(2026, 3, 12))
    assert case.statutory_due == end_of(date(2026, 5, 8))
    assert case.yellow_at == at("2026-03-11T00:00")
    assert (case.paused, case.paused_left, case.provisional) == (False, None, False)
    columns = (case.promised_due, case.statutory_due, case.yellow_at, case.paused)
    assert lamp(*columns, at("2026-03-13T00:00")) == Lamp.RED


def test_a_pause_of_a_part_stops_that_part_alone(session, case):
    part = case.parts[0]
    started(session, case)
    started(session, case, part, Limits(Limit(5), Limit(20)))
    pause = Entry(EntryKind.PAUSE, at("2026-03-04T10:00"), "行政许可法第四十五条", "特程〔2026〕1号")
    other = CasePart(department_id=part.department_id, name={"zh": "消防", "en": "Fire"}, decides=True)
    case.parts.append(other)
    session.flush()
    started(session, case, other, Limits(Limit(7), Limit(10)))
    ledger.record(session, case=case, part=part, entry=pause, calendar=CALENDAR)
    session.expire_all()
    assert (part.paused, part.paused_left, case.paused, other.paused) == (True, 3, False, False)
    resume = Entry(EntryKind.RESUME, at("2026-03-11T10:00"))
    ledger.record(session, case=case, part=part, entry=resume, calendar=CALENDAR)
    session.expire_all()
    assert (part.paused, part.paused_left) == (False, None)
    assert part.promised_due == end_of(date(2026, 3, 16))
    # five days of pause, two of them slack beside the other part: three move the case from the 12th
    assert case.promised_due == end_of(date(2026, 3, 17))
    lines = ledger.deadline_of(session, case=case, part=part, calendar=CALENDAR).lines
    assert [line.document_number for line in lines] == ["", "特程〔2026〕1号", "", "", ""]


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        (Entry(EntryKind.RESUME, at("2026-03-04T10:00")), ResumeWithoutPause),
        (Entry(EntryKind.PAUSE, at("2026-03-01T10:00"), "45"), LedgerOrder),
    ],
)
def test_what_cannot_be_replayed_is_not_written(session, case, entry, error):
    started(session, case)
    before = case.promised_due
    with pytest.raises(error):
        ledger.record(session, case=case, entry=entry, calendar=CALENDAR)
    assert session.scalar(select(func.count(LedgerEntry.id))) == 1
    assert case.promised_due == before


def test_rows_come_back_as_they_were_written(session, case):
    started(session, case, limits=Limits(None, Limit(7, Unit.CALENDAR)))
    extension = Entry(
        EntryKind.EXTEND,
        at("2026-03-04T10:00"),
        "建筑法第八条",
        "延〔2026〕1号",
        track=Track.STATUTORY,
        days=3,
        unit=Unit.CALENDAR,
    )
    written = ledger.record(session, case=case, entry=extension, calendar=CALENDAR)
    session.expire_all()
    assert ledger.deadline_of(session, case=case, calendar=CALENDAR) == written
    assert case.statutory_due == end_of(date(2026, 3, 12))
    assert case.promised_due is None


def test_a_recount_on_another_calendar_moves_the_stored_dates(session, case):
    started(session, case)
    closed = WorkingCalendar(closures={date(2026, 3, 5): "台风停工"})
    ledger.recount_many(session, [case], closed, at("2026-03-03T10:00"), "示例〔2026〕1号")
    session.expire_all()
    assert case.promised_due == end_of(date(2026, 3, 13))
    ledger.recount_many(session, [case], CALENDAR, at("2026-03-03T11:00"), "示例〔2026〕2号")
    assert case.promised_due == end_of(date(2026, 3, 12))


def test_each_limit_may_begin_on_a_day_of_its_own(session, case):
    """建筑法 7: seven days from the application; the promise runs from the acceptance two days later."""
    limits = Limits(Limit(3), Limit(7, Unit.CALENDAR))

    def begin(day, track):
        ledger.start(
            session,
            case=case,
            at=at(day),
            limits=limits,
            article="建筑法第七条",
            calendar=CALENDAR,
            track=track,
        )

    begin("2026-03-02T10:00", Track.STATUTORY)
    begin("2026-03-04T10:00", Track.PROMISED)
    assert case.statutory_due == end_of(date(2026, 3, 9))
    assert case.promised_due == end_of(date(2026, 3, 9))  # three days from the 4th, and no later than the law


def test_what_is_left_of_a_case_that_stands_is_counted_from_when_it_stood(session, case):
    """A second cause that overlaps the first takes nothing more away (行政许可法 45)."""
    part = case.parts[0]
    started(session, case)
    started(session, case, part, Limits(Limit(5), Limit(20)))

    def line(kind, day, until=None):
        entry = Entry(kind, at(day), "行政许可法第四十五条", until=until)
        ledger.record(session, case=case, part=part, entry=entry, calendar=CALENDAR)

    line(EntryKind.PAUSE, "2026-03-03T10:00", date(2026, 3, 6))
    assert (case.paused, case.paused_left) == (True, 7)
    line(EntryKind.PAUSE, "2026-03-05T10:00", date(2026, 3, 12))
    assert (case.paused, case.paused_left) == (True, 7)
    line(EntryKind.RESUME, "2026-03-06T10:00")
    assert (case.paused, case.paused_left) == (True, 7)
    line(EntryKind.RESUME, "2026-03-09T10:00")
    assert case.promised_due == end_of(date(2026, 3, 18))  # four days stood; 12 March otherwise
    line(EntryKind.PAUSE, "2026-03-10T10:00", date(2026, 3, 13))
    assert (case.paused, case.paused_left) == (True, 6)
