"""Accounts, lock-out, leaving, applicants: what the law of the house asks of people."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import people
from approvals.errors import Forbidden, Invalid, NotFound, ReasonRequired
from approvals.people import CannotTakeOver, HandOverNeeded, passwords
from approvals.people.staff import LastAdministrator
from approvals.tables import Case, Department, JournalEntry, ServiceItem, SignIn, Staff, Task
from approvals.terms import Role
from web.demo.people import PASSWORD

Find = Callable[[str], Staff]
PERSON = {"kind": "person", "name": "赵一（示例）", "number": "11010519491231002X", "phone": "13800000000"}


def try_(session: Session, login: str, password: str, now: datetime) -> Staff | None:
    found = people.credentials(session, login)
    return people.sign_in(session, found, password, matched=people.matches(found, password), now=now)


def test_five_failures_lock_for_fifteen_minutes_even_for_the_right_password(session, now):
    for _ in range(5):
        assert try_(session, "linxiao", "wrong", now) is None
    assert try_(session, "linxiao", PASSWORD, now + timedelta(minutes=14, seconds=59)) is None
    assert try_(session, "linxiao", PASSWORD, now + timedelta(minutes=15)) is not None


def test_a_success_forgets_earlier_failures(session, now):
    for _ in range(2):
        for _ in range(4):
            try_(session, "linxiao", "wrong", now)
        assert try_(session, " LINXIAO ", PASSWORD, now) is not None


def test_an_unknown_login_is_checked_against_a_hash_as_costly_as_a_real_one(session, now):
    unknown, known = people.credentials(session, "nobody"), people.credentials(session, "linxiao")
    assert unknown.staff_id is None
    assert unknown.password_hash.rsplit("$", 2)[0] == known.password_hash.rsplit("$", 2)[0]
    assert try_(session, "nobody", PASSWORD, now) is None


def test_a_session_ends_with_its_hours_with_sign_out_and_with_the_account(session, staff_named: Find, now):
    clerk, admin = staff_named("linxiao"), staff_named("admin")
    token = people.begin_sign_in(session, clerk, hours=12, now=now)
    assert session.scalars(select(SignIn.token_hash)).one() != token
    assert people.signed_in(session, token, now=now + timedelta(hours=11, minutes=59)) is clerk
    assert people.signed_in(session, token, now=now + timedelta(hours=12)) is None
    people.end_sign_in(session, token, now=now)
    assert people.signed_in(session, token, now=now) is None
    another = people.begin_sign_in(session, clerk, hours=12, now=now)
    people.deactivate(session, admin, clerk, successor=None, now=now)
    assert people.signed_in(session, another, now=now) is None


def test_a_new_password_must_be_long_and_not_the_login_and_ends_other_sessions(
    session, staff_named: Find, now
):
    clerk = staff_named("linxiao")
    here, elsewhere = (people.begin_sign_in(session, clerk, hours=12, now=now) for _ in range(2))
    for weak in ("short", "my-linxiao-password", "aaaaaaaaaaaa", PASSWORD):
        with pytest.raises(Invalid) as refused:
            people.change_password(session, clerk, PASSWORD, weak, token=here, now=now)
        assert set(refused.value.fields) == {"new"}
    with pytest.raises(Invalid):
        people.change_password(session, clerk, "not it", "quite-long-enough", token=here, now=now)
    people.change_password(session, clerk, PASSWORD, "quite-long-enough", token=here, now=now)
    assert people.signed_in(session, here, now=now) is clerk
    assert people.signed_in(session, elsewhere, now=now) is None


def test_only_the_administrator_keeps_accounts(session, staff_named: Find, now):
    clerk, head = staff_named("linxiao"), staff_named("shichang")
    with pytest.raises(Forbidden):
        people.reset_password(session, head, clerk, now=now)
    with pytest.raises(Forbidden):
        people.create_staff(
            session,
            clerk,
            login="new",
            name="新人",
            department=clerk.department,
            roles=[Role.OFFICER],
            now=now,
        )
    with pytest.raises(Forbidden):
        people.first_administrator(session, "second", "乙", clerk.department, now=now)


def test_a_created_account_has_a_temporary_password_and_is_journalled(session, staff_named: Find, now):
    home = session.scalars(select(Department).where(Department.code == "008")).one()
    staff, password = people.create_staff(
        session,
        staff_named("admin"),
        login="New.One",
        name="新人（示例）",
        department=home,
        roles=["officer"],
        now=now,
    )
    assert (staff.login, staff.must_change_password) == ("new.one", True)
    assert try_(session, "new.one", password, now) is staff
    entry = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()
    assert entry.act == "create_staff"
    assert password not in str(entry.after)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"login": "linxiao"}, "login"),
        ({"login": "1 x"}, "login"),
        ({"name": " "}, "name"),
        ({"roles": []}, "roles"),
        ({"roles": ["king"]}, "roles"),
        ({"roles": ["government_head"]}, "mandate"),
    ],
)
def test_a_bad_account_is_refused_by_field(session, staff_named: Find, now, change, field):
    admin = staff_named("admin")
    wanted = {"login": "new", "name": "新人", "roles": ["officer"]} | change
    with pytest.raises(Invalid) as refused:
        people.create_staff(session, admin, department=admin.department, now=now, **wanted)
    assert set(refused.value.fields) == {field}


def test_the_last_administrator_stays(session, staff_named: Find, now):
    admin = staff_named("admin")
    with pytest.raises(LastAdministrator):
        people.deactivate(session, admin, admin, successor=None, now=now)
    with pytest.raises(LastAdministrator):
        people.change_roles(session, admin, admin, [Role.SUPERVISOR], now=now)
    people.change_roles(
        session, admin, staff_named("jiancha"), [Role.SUPERVISOR, Role.ADMINISTRATOR], now=now
    )
    people.change_roles(session, admin, admin, [Role.SUPERVISOR], now=now)
    assert {role.role for role in admin.roles} == {"supervisor"}


def begin_case(session: Session, clerk: Staff, now: datetime, state: str = "draft") -> Case:
    item = session.scalars(select(ServiceItem).limit(1)).one()
    case = Case(
        item=item,
        department=item.department,
        clerk=clerk,
        form_definition={},
        form_data={},
        created_at=now,
        state=state,
    )
    session.add(case)
    session.flush()
    return case


def test_a_leavers_tasks_and_drafts_go_to_a_colleague_who_can_do_them(session, staff_named: Find, now):
    admin, leaver = staff_named("admin"), staff_named("linxiao")
    draft = begin_case(session, leaver, now)
    task = Task(
        case=draft, step="issue", name="制证", role="window_clerk", department=leaver.department, holder=leaver, opened_at=now,
    )  # fmt: skip
    session.add(task)
    session.flush()
    with pytest.raises(HandOverNeeded) as needed:
        people.deactivate(session, admin, leaver, successor=None, now=now)
    assert (needed.value.params["tasks"], needed.value.params["drafts"]) == (1, 1)
    for unfit in ("jiancha", "chenli", "linxiao"):  # another post, another department, the leaver
        with pytest.raises(CannotTakeOver):
            people.deactivate(session, admin, leaver, successor=staff_named(unfit), now=now)
    successor, version = staff_named("wangyu"), task.version
    assert people.deactivate(session, admin, leaver, successor=successor, now=now) == 2
    assert (task.holder_id, task.version, draft.clerk_id) == (successor.id, version + 1, successor.id)
    assert not leaver.active
    assert try_(session, "linxiao", PASSWORD, now) is None


def test_a_stand_in_is_of_the_same_department_and_of_days_to_come(session, staff_named: Find, now):
    admin, first, second = (staff_named(login) for login in ("admin", "chenli", "zhaomin"))
    today = now.date()
    for colleague, last in (
        (first, today),
        (staff_named("zhouyan"), today),
        (second, today - timedelta(days=1)),
    ):
        with pytest.raises(Invalid):
            people.arrange_stand_in(session, admin, first, colleague, first_day=today, last_day=last, now=now)
    arranged = people.arrange_stand_in(
        session, admin, first, second, first_day=today, last_day=today, now=now
    )
    session.flush()
    assert people.stand_ins(session, first) == [arranged] == people.stand_ins(session, second)
    people.end_stand_in(session, admin, arranged, now=now)
    assert people.stand_ins(session, first) == []


def test_an_applicant_is_found_again_by_number_and_kept_encrypted(session, staff_named: Find, now):
    clerk = staff_named("linxiao")
    made = people.find_or_create(session, clerk, now=now, **PERSON)
    again = people.find_or_create(
        session, clerk, now=now, **PERSON | {"number": " 11010519491231002x", "phone": "13900000001"}
    )
    assert again is made
    assert (made.phone, made.number_mask) == ("13900000001", "110***********002X")
    stored = session.connection().exec_driver_sql("SELECT number, phone FROM applicants").one()
    assert "110105" not in stored[0]
    assert "139" not in stored[1][:3]
    journal = " ".join(str((entry.before, entry.after)) for entry in session.scalars(select(JournalEntry)))
    assert "11010519491231002X" not in journal
    assert "13900000001" not in journal


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"number": "110105194912310021"}, {"number"}),
        ({"kind": "organisation", "number": "91330110MA2B0Q1X7K"}, {"number"}),
        ({"kind": "robot"}, {"kind"}),
        ({"phone": "123", "name": "1"}, {"phone", "name"}),
        ({"email": "nowhere"}, {"email"}),
    ],
)
def test_a_wrong_number_is_refused_by_field(session, staff_named: Find, now, change, fields):
    with pytest.raises(Invalid) as refused:
        people.find_or_create(session, staff_named("linxiao"), now=now, **PERSON | change)
    assert set(refused.value.fields) == fields


def test_looking_at_full_numbers_needs_a_reason_and_a_case_and_is_journalled(session, staff_named: Find, now):
    clerk, officer, admin = (staff_named(login) for login in ("linxiao", "minzhengyuan", "admin"))
    applicant = people.find_or_create(session, clerk, now=now, **PERSON)
    case = begin_case(session, clerk, now, state="reviewing")
    with pytest.raises(NotFound):
        people.reveal(session, clerk, applicant, case, "核对", now=now)  # not of this case
    case.applicant_id = applicant.id
    with pytest.raises(ReasonRequired):
        people.reveal(session, clerk, applicant, case, " ", now=now)
    with pytest.raises(Forbidden):
        people.reveal(session, admin, applicant, case, "好奇", now=now)
    if officer.department_id != case.department_id:
        with pytest.raises(NotFound):
            people.reveal(session, officer, applicant, case, "好奇", now=now)
    assert people.reveal(session, clerk, applicant, case, "核对证件", now=now).number == "11010519491231002X"
    entry = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()
    assert (entry.act, entry.staff_id, entry.after["why"]) == ("reveal", clerk.id, "核对证件")


def test_a_hash_made_with_weaker_parameters_is_renewed_at_the_next_sign_in(session, staff_named: Find, now):
    clerk = staff_named("linxiao")
    clerk.password_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    assert passwords.outdated(clerk.password_hash)
    assert try_(session, "linxiao", PASSWORD, now) is clerk
    assert not passwords.outdated(clerk.password_hash)
    assert try_(session, "linxiao", PASSWORD, now) is clerk
