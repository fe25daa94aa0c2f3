"""The register of permits: what is lawful from which state, on which ground, by whom; and what follows from it.

The lawful states and the rightful posts are written down a second time here: the table is not asked to judge itself.
"""

import re
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from approvals import (
    authority,
    credit,
    documents,
    permits,
    rectification,
    register,
    register_book,
    register_grounds,
    register_rules,
    timers,
)
from approvals.clock import local_day
from approvals.errors import DomainError, Forbidden, Invalid, ReasonRequired
from approvals.papers.register import TOLD
from approvals.printing.kinds import KINDS
from approvals.proceeding_rules import ProceedingOpen
from approvals.proceedings import Proposal
from approvals.queries import verification
from approvals.register_rules import (
    TRANSITIONS,
    FollowsByLaw,
    GroundRequired,
    HearFirst,
    LawRequired,
    UnlawfulTransition,
)
from approvals.tables import Department, Document, JournalEntry, Message, Permit, PermitEvent
from approvals.terms import PermitStatus as S
from approvals.terms import Role
from processes.steps import proceedings
from processes.timers import fire_due
from tests import register_acts as acts
from tests.register_acts import refused, succeed
from tests.register_cases import issued
from tests.register_table import AT_ONCE, BY_LAW, LAWFUL, TO, WITH_HEARING, C, H, R, V


@pytest.fixture
def permit(centre) -> Permit:
    [made] = issued(centre, "public_venue_hygiene")
    return made


def put(centre, permit: Permit, state: S) -> None:
    """Bring a permit into a state without the acts that lead there."""
    permit.status = S.VALID if state == S.EXPIRED else state
    permit.valid_until = local_day(centre.now) + timedelta(days=-1 if state == S.EXPIRED else 100)
    centre.session.flush()


def test_the_table_is_what_the_law_says():
    grounds = {(kind, code) for kind, each in TRANSITIONS.items() for code in each.grounds}
    assert grounds == set(LAWFUL) | set(BY_LAW)
    for (kind, code), states in (LAWFUL | BY_LAW).items():
        each = TRANSITIONS[kind]
        ground = each.grounds[code]
        assert set(each.states_of(ground)) == states, (kind, code)
        assert each.states_of(ground) <= each.states
        assert each.to == TO[kind]
        assert ground.own == ((kind, code) in BY_LAW)
        assert "《" in ground.article
        assert each.hearing == (kind in WITH_HEARING)
        if kind not in register_rules.VERSIONS and not ground.own:
            assert ground.heard == ((kind, code) not in AT_ONCE), (kind, code)


@pytest.mark.parametrize("state", list(S), ids=str)
def test_each_act_is_lawful_from_its_states_alone(centre, permit, state):
    put(centre, permit, state)
    today = local_day(centre.now)
    assert permits.status_on(permit, today) == state
    for (kind, code), states in LAWFUL.items():
        if state in states:
            register_rules.require_lawful(permit, kind, code, today)
        else:
            with pytest.raises(UnlawfulTransition) as refused:
                register_rules.require_lawful(permit, kind, code, today)
            assert state.label in str(refused.value)
    possible = {
        kind for kind, code in LAWFUL if state in LAWFUL[kind, code] and kind not in register_rules.VERSIONS
    }
    assert set(register_rules.possible(permit, today)) == possible


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_only_the_head_of_its_department_changes_a_permit(centre, permit, role):
    """By kind, ground and effective state: refused exactly, whoever it is."""
    heads = {"cancel", "lift", "void"}
    people = [one for one in centre.staff.values() if one.has(role)]
    own = next((one for one in people if one.department_id == permit.department_id), None)
    other = next((one for one in people if one.department_id != permit.department_id), None)
    for state in S:
        put(centre, permit, state)
        for (kind, code), states in LAWFUL.items():
            if kind in register_rules.VERSIONS:
                continue
            for person in (own, other):
                if person is None:
                    continue
                rightful = person is own and role == Role.HEAD
                expected: type[DomainError] | None = None
                if state not in states:
                    expected = UnlawfulTransition
                elif not rightful:
                    expected = Forbidden
                elif (kind, code) not in AT_ONCE:
                    expected = HearFirst
                assert _refusal(centre, permit, kind, code, person) is expected, (
                    state,
                    kind,
                    code,
                    person.login,
                )
    assert heads <= set(TRANSITIONS)


def _refusal(centre, permit, kind, code, person):
    try:
        register.require(centre.session, permit, kind, code, person, centre.now)
    except DomainError as refusal:
        return type(refusal)
    return None


def test_nobody_orders_what_follows_by_law_and_nothing_else_happens_by_itself(centre, permit):
    for (kind, code), states in BY_LAW.items():
        if kind in register_rules.VERSIONS:
            continue
        put(centre, permit, S(max(states)))
        head = acts.head(centre, permit)
        refused(centre, FollowsByLaw, partial(apply, centre, permit, kind, code, staff=head))
    for (kind, code), states in LAWFUL.items():
        if kind not in register_rules.VERSIONS:
            put(centre, permit, S(max(states)))
            refused(centre, Forbidden, partial(apply, centre, permit, kind, code, staff=None))


def apply(centre, permit, kind, ground, *, staff, reasons=acts.LAW, **more):
    return register.apply(
        centre.session, permit, kind, ground=ground, reasons=reasons, staff=staff, now=centre.now, **more
    )


def test_a_version_does_not_end_without_its_successor(centre, permit):
    with pytest.raises(ValueError, match="renew"):
        apply(centre, permit, "renew", "granted", staff=acts.head(centre, permit))
    with pytest.raises(ValueError, match="cancel"):
        succeed(centre, permit, "cancel", "expired")


# --- grounds and words


def test_a_ground_the_law_does_not_name_is_none(centre, permit):
    head = acts.head(centre, permit)
    error = refused(centre, GroundRequired, lambda: apply(centre, permit, "cancel", "because", staff=head))
    assert "被许可人书面申请注销" in str(error)
    assert "所依据的单项许可已经终止" not in str(error)  # nobody chooses that
    error = refused(
        centre, UnlawfulTransition, lambda: apply(centre, permit, "cancel", "expired", staff=head)
    )
    assert "目前是“有效”" in str(error)
    assert "须在证照已过有效期时办理" in str(error)
    assert "暂扣、撤回、撤销、注销、吊销、作废" in str(error)


def test_reasons_are_written_and_name_the_particular_law(centre, permit):
    head = acts.head(centre, permit)
    refused(
        centre,
        ReasonRequired,
        lambda: apply(centre, permit, "cancel", "own_request", staff=head, reasons=" "),
    )
    officer = acts.officer(centre, permit)
    without_law = Proposal("penal_revoke", "misused", acts.FACTS, "情节严重（示例）")
    begin = proceedings.open_proceeding
    error = refused(
        centre, LawRequired, lambda: begin(centre.session, permit.id, officer, without_law, centre.now)
    )
    assert "涂改、倒卖、出租、出借" in str(error)


def test_a_suspension_has_a_last_day(centre, permit):
    officer, today = acts.officer(centre, permit), local_day(centre.now)
    for until in (None, today, today - timedelta(days=3)):
        proposal = Proposal("suspend", "penalty", acts.FACTS, acts.LAW, until)
        begin = partial(proceedings.open_proceeding, centre.session, permit.id, officer, proposal, centre.now)
        refused(centre, Invalid, begin)


# --- at once


def test_cancelled_at_the_holders_request_with_its_paper_its_line_and_its_message(centre, permit):
    head = acts.head(centre, permit)
    event = proceedings.cancel(
        centre.session, permit.id, "own_request", "持证人书面申请注销", head, centre.now
    )
    assert (permit.status, event.from_status, event.to_status, event.kind) == (C, V, C, "cancel")
    assert event.staff is head
    paper = centre.session.get_one(Document, event.document_id)
    assert paper.kind == "cancellation"
    assert paper.public
    assert "《中华人民共和国行政许可法》第七十条第（六）项" in paper.html
    told = centre.session.scalars(select(Message).where(Message.stage == "permit_changed")).all()
    assert "已注销，现为“已注销”" in told[-1].body
    assert paper.number in told[-1].body
    line = centre.session.scalars(select(JournalEntry).where(JournalEntry.act == "change_permit")).one()
    assert (line.before["status"], line.after["status"]) == ("有效", "已注销")
    shown, _ = verification.verified(centre.session, permit.public_id, local_day(centre.now))
    assert shown.status == S.CANCELLED
    second = refused(
        centre, UnlawfulTransition,
        lambda: proceedings.cancel(centre.session, permit.id, "own_request", "第二次点击", head, centre.now),
    )  # fmt: skip
    assert "现在可以办理：无" in str(second)


def test_an_expired_permit_is_cancelled_when_its_head_says_so_and_never_by_itself(centre, permit):
    centre.now = centre.now.replace(year=centre.now.year + 5)
    assert permits.status_on(permit, local_day(centre.now)) == S.EXPIRED
    assert permit.status == V  # by its date alone
    proceedings.cancel(
        centre.session, permit.id, "expired", "届满未申请延续", acts.head(centre, permit), centre.now
    )
    assert permits.status_on(permit, local_day(centre.now)) == S.CANCELLED


def test_what_needs_a_hearing_of_the_holder_is_not_done_at_once(centre, permit):
    head = acts.head(centre, permit)
    for ground in ("organisation", "person", "force_majeure", "other"):
        cancel = partial(proceedings.cancel, centre.session, permit.id, ground, acts.LAW, head, centre.now)
        refused(centre, HearFirst, cancel)
    for kind, ground in (("revoke", "deceit"), ("penal_revoke", "misused"), ("withdraw", "law_changed")):
        refused(centre, HearFirst, partial(apply, centre, permit, kind, ground, staff=head))


def test_a_permit_that_was_revoked_is_cancelled_afterwards(centre, permit):
    acts.ended(centre, permit, "revoke", "unqualified")
    proceedings.cancel(
        centre.session, permit.id, "ended_before", "已撤销", acts.head(centre, permit), centre.now
    )
    kinds = [event.kind for event in register_book.events(centre.session, permit.number)]
    assert kinds == ["issued", "revoke", "cancel"]


# --- suspended


def test_a_suspension_ends_by_itself_after_its_last_day(centre, permit):
    acts.ended(centre, permit, "suspend", "penalty")
    until = register_book.suspended_until(centre.session, permit)
    assert until == local_day(centre.now) + timedelta(days=30)
    assert not proceedings.end_suspension(centre.session, permit, centre.calendar, centre.now)
    centre.later(days=30)
    assert not proceedings.end_suspension(centre.session, permit, centre.calendar, centre.now)
    centre.later(days=1)
    assert proceedings.end_suspension(centre.session, permit, centre.calendar, centre.now)
    last = register_book.events(centre.session, permit.number)[-1]
    assert (last.kind, last.ground, last.staff_id, permit.status) == ("lift", "term_over", None, V)
    assert not proceedings.end_suspension(centre.session, permit, centre.calendar, centre.now)


def test_the_head_lifts_a_suspension_early(centre, permit):
    acts.ended(centre, permit, "suspend", "penalty")
    head = acts.head(centre, permit)
    refused(
        centre, UnlawfulTransition,
        lambda: proceedings.cancel(centre.session, permit.id, "own_request", "申请注销", head, centre.now),
    )  # fmt: skip
    event = proceedings.lift(centre.session, permit.id, "put_right", "已改正，经复查合格", head, centre.now)
    assert permit.status == V
    assert centre.session.get_one(Document, event.document_id).kind == "reinstatement"


def test_the_timer_of_a_suspension_waits_on_the_case_of_the_permit(centre, permit):
    acts.ended(centre, permit, "suspend", "penalty")
    centre.sync()
    centre.session.flush()
    centre.later(days=31)
    due = [(timer, case) for timer, case in timers.due(centre.session, centre.now, 50)]
    fired = [fire_due(centre.session, timer, case, centre.now) for timer, case in due]
    assert fired
    assert permit.status == V
    centre.sync()


# --- versions


def test_a_new_version_keeps_number_and_serial_and_is_the_one_in_force(centre, permit):
    new = succeed(centre, permit, "change", "asked", fields=permit.fields | {"place": "示例路 20 号"})
    assert (permit.status, new.status) == ("changed", V)
    assert (new.number, new.version, new.replaces_id) == (permit.number, 2, permit.id)
    assert new.public_id != permit.public_id
    assert new.document.number == f"{permit.number}（第2版）"
    assert new.identifier.split(".")[-3] == permit.identifier.split(".")[-3]
    assert (permit.identifier.split(".")[-2], new.identifier.split(".")[-2]) == ("001", "002")
    assert new.identifier in new.document.html
    assert register_book.in_force(centre.session, permit.number) is new
    assert register_book.root_of(centre.session, new) is permit
    error = refused(centre, UnlawfulTransition, lambda: succeed(centre, permit, "replace", "lost"))
    assert "已变更" in str(error)


def test_a_suspension_goes_on_with_the_renewed_version(centre, permit):
    acts.ended(centre, permit, "suspend", "penalty")
    until = register_book.suspended_until(centre.session, permit)
    new = succeed(centre, permit, "renew", "granted")
    assert (permit.status, new.status) == ("renewed", H)
    assert register_book.suspended_until(centre.session, new) == until
    refused(centre, UnlawfulTransition, lambda: succeed(centre, new, "replace", "lost"))


def test_an_open_proceeding_is_one_against_the_new_version(centre, permit):
    proceeding = acts.tell(centre, permit, "revoke", "unqualified")
    new = succeed(centre, permit, "renew", "granted")
    assert proceeding.permit_id == new.id
    acts.hear(centre, proceeding)
    acts.decide(centre, proceeding)
    assert (permit.status, new.status) == ("renewed", R)
    assert register_book.in_force(centre.session, permit.number) is None


def test_a_revoked_permit_gets_no_next_version(centre, permit):
    acts.ended(centre, permit, "revoke", "unqualified")
    for kind, ground in (
        ("renew", "granted"),
        ("change", "asked"),
        ("replace", "lost"),
        ("renew", "asked_in_time"),
    ):
        refused(centre, UnlawfulTransition, partial(succeed, centre, permit, kind, ground))


def test_the_database_keeps_one_version_in_force(centre, permit):
    new = succeed(centre, permit, "renew", "granted")
    second_in_force = update(Permit).where(Permit.id == permit.id).values(status=V)
    with pytest.raises(IntegrityError):
        centre.session.execute(second_in_force)
    assert new.status == V


def test_events_are_never_changed(centre, permit):
    [event] = register_book.events(centre.session, permit.number)
    rewritten = update(PermitEvent).where(PermitEvent.id == event.id).values(reasons="改写")
    with pytest.raises(IntegrityError):
        centre.session.execute(rewritten)


def test_a_voided_certificate_goes_through_the_register(centre, permit):
    head = acts.head(centre, permit)
    proceeding = acts.tell(centre, permit, "revoke", "unqualified")
    refused(
        centre, ProceedingOpen,
        lambda: rectification.void(centre.session, permit.document_id, head, "印错", centre.now),
    )  # fmt: skip
    acts.hear(centre, proceeding)
    acts.decide(centre, proceeding, "dropped")
    rectification.void(centre.session, permit.document_id, head, "印错", centre.now)
    again = register_book.in_force(centre.session, permit.number)
    assert again is not None
    assert (permit.status, again.status) == ("voided", V)
    kinds = [event.kind for event in register_book.events(centre.session, permit.number)]
    assert kinds == ["issued", "void", "issued"]


# --- the house


def test_no_other_file_gives_a_permit_its_status():
    root = Path(__file__).parents[1]
    writes = re.compile(
        r"\bpermit\w*\.status\s*=[^=]|\bwhole\.status\s*=[^=]|update\(Permit\)|\.status = PermitStatus"
    )
    found = {
        str(file.relative_to(root))
        for layer in ("approvals", "processes", "web")
        for file in (root / layer).rglob("*.py")
        if writes.search(file.read_text())
    }
    assert found == {"approvals/register_book.py"}


def test_each_act_with_a_right_has_its_paper_and_each_heard_one_tells_of_it():
    for kind, each in TRANSITIONS.items():
        if each.right and kind != "void":
            assert each.document in KINDS
            assert each.right in authority.RIGHTS
        if each.right == "decide_proceeding" or kind == "cancel":
            assert TOLD[kind] in KINDS
    assert register_grounds.REVOKE["deceit"].must


def test_numbers_and_events_agree(centre, permit):
    assert centre.session.scalar(select(func.count(PermitEvent.id))) == 1
    assert permit.applicant_id == permit.case.applicant_id
    assert permit.item_code == "public_venue_hygiene"
    assert centre.session.get_one(Department, permit.department_id).authority_code in permit.identifier
    assert documents.by_number(centre.session, permit.number).id == permit.document_id
    assert (
        credit.open_records(centre.session, permit.case.applicant.number_index, local_day(centre.now)) == []
    )
