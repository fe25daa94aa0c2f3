"""Whatever is tried with permits, by whom and in whatever order: the register stays lawful and the public page agrees.

`pytest --hypothesis-profile=nightly tests/test_register_walk.py` walks longer.
"""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, event, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, select

from approvals import database, rectification, register, timers
from approvals.clock import local_day
from approvals.errors import DomainError
from approvals.proceedings import DONE, DROPPED, Proposal, Resolution
from approvals.queries import verification
from approvals.register_rules import TRANSITIONS
from approvals.tables import CasePart, Hearing, Permit, PermitEvent, Proceeding, Staff, Task
from approvals.terms import Role, TaskState
from processes.steps import hearings, proceeding_hearings, proceedings
from processes.timers import fire_due
from tests import invariants
from tests import register_acts as acts
from tests.centre import MONDAY
from tests.register_acts import FACTS, LAW
from tests.register_cases import issued
from tests.register_table import AT_ONCE, BY_LAW, LAWFUL, TO, WITH_HEARING
from web.demo.centre import Centre

LONG = settings().max_examples > 100  # the nightly profile
IN_FORCE = ("valid", "suspended")
ADVERSE = [
    ("suspend", "penalty"), ("suspend", "penalty"), ("revoke", "deceit"), ("withdraw", "law_changed"),
    ("penal_revoke", "misused"), ("cancel", "person"),
]  # fmt: skip
ENDED = ("withdrawn", "revoked", "cancelled", "penal_revoked")
KINDS = ["revoke", "revoke", *TRANSITIONS]
GROUNDS = sorted({(kind, ground) for kind, ground in (*LAWFUL, *BY_LAW) if kind in KINDS})


class Register(RuleBasedStateMachine):
    """A hotel with its comprehensive licence over three permits, and everybody who works at the centre."""

    engine: ClassVar[Engine]

    def __init__(self) -> None:
        super().__init__()
        session = database.writing_session(self.engine)
        staff = {one.login: one for one in session.scalars(select(Staff)).unique()}
        self.centre = Centre(session, staff, MONDAY)

    def teardown(self) -> None:
        for row in self.centre.session.scalars(select(PermitEvent)):
            event(f"{row.kind} {row.ground}")
        self.centre.session.rollback()
        self.centre.session.close()

    def attempt(self, act: Callable[[], object]) -> bool:
        """Try an act as the boundary does: whole and journalled, or refused and nothing changed."""
        session = self.centre.session
        before, written = invariants.fingerprint(session), invariants.journal_length(session)
        savepoint = session.begin_nested()
        try:
            act()
            session.flush()
        except DomainError as refusal:
            note(f"  refused: {type(refusal).__name__}: {refusal.text()}")
            savepoint.rollback()
            assert invariants.fingerprint(session) == before
            return False
        savepoint.commit()
        session.expire_all()
        assert invariants.journal_length(session) > written
        return True

    # --- drawn

    def permit(self, data: st.DataObject) -> Permit:
        return data.draw(
            st.sampled_from(list(self.centre.session.scalars(select(Permit).order_by(Permit.id))))
        )

    def somebody(self, data: st.DataObject, role: Role, department_id: int) -> Staff:
        """Four times of five the right person."""
        right = [
            one for one in self.centre.staff.values() if one.has(role) and one.department_id == department_id
        ]
        if right and data.draw(st.integers(0, 4)) > 0:
            return data.draw(st.sampled_from(right))
        return self.centre.staff[data.draw(st.sampled_from(sorted(self.centre.staff)))]

    def ground(self, data: st.DataObject, permit: Permit, *, by_person: bool = True) -> tuple[str, str]:
        """Four times of five one that is lawful now."""
        state = self.shown_state(permit, permit.status, self.today())
        lawful = [pair for pair, states in LAWFUL.items() if state in states]
        if lawful and by_person and data.draw(st.integers(0, 4)):
            return data.draw(st.sampled_from(sorted(lawful)))
        return data.draw(st.sampled_from(GROUNDS))

    def today(self) -> date:
        return local_day(self.centre.now)

    @staticmethod
    def shown_state(permit: Permit, status: str, day: date) -> str:
        over = permit.valid_until is not None and permit.valid_until < day
        return "expired" if over and status in IN_FORCE else str(status)

    # --- what can be tried

    @rule(data=st.data())
    def plainly(self, data: st.DataObject) -> None:
        """Most days are plain."""
        self.plain(data)

    def plain(self, data: st.DataObject) -> None:
        """What happens on most days: a proceeding is begun as the law asks, or goes one step on."""
        open_ = list(self.centre.session.scalars(select(Proceeding).where(Proceeding.decided_at.is_(None))))
        standing = [permit for permit in self.all_permits() if permit.part_id and permit.status in IN_FORCE]
        if open_ and data.draw(st.integers(0, 3)) > 0:
            made = data.draw(st.sampled_from(open_))
            if made.heard_at is None:
                self.attempt(lambda: acts.hear(self.centre, made))
            else:
                result = data.draw(st.sampled_from([DONE, DONE, DONE, DROPPED]))
                self.attempt(lambda: acts.decide(self.centre, made, result))
        elif standing:
            permit = data.draw(st.sampled_from(standing))
            kind, ground = data.draw(st.sampled_from(ADVERSE))
            self.attempt(lambda: acts.tell(self.centre, permit, kind, ground))

    @rule(data=st.data())
    def propose(self, data: st.DataObject) -> None:
        permit = self.permit(data)
        kind, ground = self.ground(data, permit)
        until = data.draw(st.sampled_from([None, self.today() + timedelta(days=20)]))
        words = data.draw(st.sampled_from([LAW, LAW, LAW, "", "没有写法律依据"]))
        proposal = Proposal(kind, ground, FACTS, words, until)
        officer = self.somebody(data, Role.OFFICER, permit.department_id)
        self.attempt(
            lambda: proceedings.open_proceeding(
                self.centre.session, permit.id, officer, proposal, self.centre.now
            )
        )

    @rule(data=st.data())
    def plainly_once_more(self, data: st.DataObject) -> None:
        """Most days are plain."""
        self.plain(data)

    def waiting(self) -> list[Task]:
        query = select(Task).where(Task.state == TaskState.OPEN, Task.step.in_(STEPS)).order_by(Task.id)
        return list(self.centre.session.scalars(query))

    @precondition(lambda self: self.waiting())
    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        task = data.draw(st.sampled_from(self.waiting()))
        staff = self.somebody(data, Role(task.role), task.department_id)
        step = task.step if data.draw(st.integers(0, 9)) else data.draw(st.sampled_from(sorted(STEPS)))
        self.attempt(lambda: STEPS[step](self, task, staff, data))

    def hear(self, task: Task, staff: Staff, data: st.DataObject) -> None:
        statement = data.draw(st.sampled_from(["", "请求从轻（示例）"]))
        proceedings.hear_defence(
            self.centre.session, task.id, None, staff, statement, data.draw(st.sampled_from(["", "不采纳", "不采纳"])),
            self.centre.now, waived=data.draw(st.booleans()), hearing_waived=data.draw(st.booleans()),
        )  # fmt: skip

    def decide(self, task: Task, staff: Staff, data: st.DataObject) -> None:
        resolution = Resolution(
            data.draw(st.sampled_from([DONE, DONE, DONE, DROPPED])), LAW,
            data.draw(st.sampled_from([None, False, False, False, True])),
        )  # fmt: skip
        proceedings.decide(self.centre.session, task.id, None, staff, resolution, self.centre.now)

    @rule(data=st.data())
    def at_once(self, data: st.DataObject) -> None:
        permit = self.permit(data)
        kind, ground = self.ground(data, permit)
        head = self.somebody(data, Role.HEAD, permit.department_id)
        act = proceedings.lift if kind == "lift" else proceedings.cancel
        self.attempt(lambda: act(self.centre.session, permit.id, ground, LAW, head, self.centre.now))

    @rule(data=st.data())
    def straight_at_the_register(self, data: st.DataObject) -> None:
        """Past the steps: the register itself refuses what was not told and heard."""
        permit = self.permit(data)
        kind, ground = self.ground(data, permit)
        staff = data.draw(st.sampled_from([None, self.somebody(data, Role.HEAD, permit.department_id)]))
        if kind in ("change", "renew", "replace"):
            return
        until = self.today() + timedelta(days=9) if kind == "suspend" else None
        done = self.attempt(
            lambda: register.apply(
                self.centre.session, permit, kind, ground=ground, reasons=LAW, staff=staff, now=self.centre.now,
                until=until,
            )
        )  # fmt: skip
        if done and staff is None:  # only what follows by law, which the follow-ups alone bring about
            assert (kind, ground) in BY_LAW

    @rule(data=st.data())
    def next_version(self, data: st.DataObject) -> None:
        permit = self.permit(data)
        kinds = sorted(pair for pair in LAWFUL if pair[0] in ("change", "renew", "replace"))
        kind, ground = data.draw(st.sampled_from(kinds))
        session, centre = self.centre.session, self.centre
        until = permit.valid_until
        if until is not None and kind == "renew":
            until = max(until, self.today()) + timedelta(days=data.draw(st.integers(1, 900)))

        def act() -> None:
            request = centre.draft(
                "public_venue_hygiene", {}
            )  # stands for the request: its case and its part
            register.succeed(
                session, permit, kind, ground=ground, reasons="准予（示例）", case=request, part=request.parts[0],
                fields=permit.fields, valid_from=permit.valid_from, valid_until=until, staff=centre.staff["linxiao"],
                now=centre.now,
            )  # fmt: skip

        self.attempt(act)

    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        permit = self.permit(data)
        head = self.somebody(data, Role.HEAD, permit.department_id)
        if data.draw(st.integers(0, 2)):
            return
        if self.attempt(
            lambda: rectification.void(
                self.centre.session, permit.document_id, head, "印错（示例）", self.centre.now
            )
        ):
            event("voided and issued anew")

    @rule(data=st.data())
    def void_a_paper_of_a_proceeding(self, data: st.DataObject) -> None:
        """Never: what was done to the permit rests on it."""
        made = list(self.centre.session.scalars(select(Proceeding).order_by(Proceeding.id)))
        papers = [(one, one.document_id or one.notice_document_id) for one in made]
        known = [(one, paper) for one, paper in papers if paper is not None]
        if known:
            one, paper = data.draw(st.sampled_from(known))
            head = acts.head(self.centre, one.permit)
            assert not self.attempt(
                lambda: rectification.void(self.centre.session, paper, head, "重复（示例）", self.centre.now)
            )

    @rule(data=st.data())
    def hearing(self, data: st.DataObject) -> None:
        session, now = self.centre.session, self.centre.now
        open_ = list(session.scalars(select(Proceeding.id).where(Proceeding.decided_at.is_(None))))
        proceeding_id = data.draw(st.sampled_from([*open_, *open_, 9_999]))
        way = data.draw(st.sampled_from(["ask", "waive", "withdraw"]))
        clerk = self.centre.staff["linxiao"]
        if way == "ask":
            self.attempt(
                lambda: proceeding_hearings.ask(session, proceeding_id, None, "", self.centre.calendar, now)
            )
        elif way == "waive":
            self.attempt(lambda: proceeding_hearings.waive(session, proceeding_id, clerk, now))
        else:
            known = list(session.scalars(select(Hearing.id)))
            hearing_id = data.draw(st.sampled_from([*known, 9_999]))
            self.attempt(lambda: hearings.withdraw(session, hearing_id, None, "", self.centre.calendar, now))

    @rule(days=st.sampled_from([1, 4, 9, 9, 25, 400, 1_300]))
    def time_passes(self, days: int) -> None:
        """And what time brings about by itself."""
        self.centre.later(days=days)
        session = self.centre.session
        self.centre.sync()
        session.flush()
        for timer, case in timers.due(session, self.centre.now, 200):
            fire_due(session, timer, case, self.centre.now)
        self.centre.sync()
        session.flush()

    # --- what must hold

    def all_permits(self) -> list[Permit]:
        return list(self.centre.session.scalars(select(Permit).order_by(Permit.id)))

    @invariant()
    def one_version_is_in_force(self) -> None:
        numbers = [permit.number for permit in self.all_permits() if permit.status in IN_FORCE]
        assert len(numbers) == len(set(numbers))

    @invariant()
    def none_stands_voided_without_its_successor(self) -> None:
        permits = self.all_permits()
        for permit in permits:
            if permit.status == "voided":
                [after] = [one for one in permits if one.replaces_id == permit.id]
                assert (after.number, after.version) == (permit.number, permit.version + 1)

    @invariant()
    def every_state_has_the_events_that_lead_to_it(self) -> None:
        for permit in self.all_permits():
            lines = list(
                self.centre.session.scalars(
                    select(PermitEvent).where(PermitEvent.permit_id == permit.id).order_by(PermitEvent.id)
                )
            )
            assert (lines[0].kind, lines[0].from_status, lines[0].to_status) == ("issued", "", "valid")
            assert lines[-1].to_status == permit.status
            for before, after in pairwise(lines):
                assert after.from_status == before.to_status
                state = self.shown_state(permit, after.from_status, local_day(after.at))
                pair = (after.kind, after.ground)
                assert state in (LAWFUL | BY_LAW)[pair], (pair, state)
                assert after.to_status == TO[after.kind]
                assert after.article
                assert after.reasons
                assert (after.staff_id is None) >= (pair in BY_LAW)

    @invariant()
    def nothing_adverse_without_a_proceeding(self) -> None:
        """Told, heard, decided by another, and no hearing owed."""
        session = self.centre.session
        for line in session.scalars(select(PermitEvent)):
            pair = (line.kind, line.ground)
            if pair not in LAWFUL or pair in AT_ONCE or line.kind in ("change", "renew", "replace"):
                continue
            made = session.scalars(select(Proceeding).where(Proceeding.document_id == line.document_id)).one()
            assert (made.kind, made.ground, made.result) == (*pair, DONE)
            told, heard, decided = (acts.present(at) for at in (made.told_at, made.heard_at, made.decided_at))
            assert told <= heard <= decided == line.at
            assert made.decided_by_id == line.staff_id
            assert line.staff_id not in (made.opened_by_id, made.told_by_id, made.heard_by_id)
            head = session.get_one(Staff, line.staff_id)
            assert head.has(Role.HEAD)
            assert head.department_id == line.permit.department_id
            assert made.hearing_right == (line.kind in WITH_HEARING)
            if made.hearing_right and made.hearing_waived_at is None:
                held = session.scalars(select(Hearing).where(Hearing.proceeding_id == made.id)).all()
                over = acts.present(made.hearing_by) < decided
                assert over or all(each.closed_at for each in held)
                assert held or over

    @invariant()
    def the_public_page_agrees_with_the_register(self) -> None:
        for permit in self.all_permits():
            shown, _ = verification.verified(self.centre.session, permit.public_id, self.today())
            assert shown.status == self.shown_state(permit, permit.status, self.today())
            line = self.centre.session.scalars(
                select(PermitEvent.to_status)
                .where(PermitEvent.permit_id == permit.id)
                .order_by(PermitEvent.id.desc())
                .limit(1)
            ).one()
            assert shown.status in (line, "expired")

    @invariant()
    def the_comprehensive_licence_follows_its_parts(self) -> None:
        session = self.centre.session
        for whole in self.all_permits():
            if (
                whole.part_id is not None
                or self.shown_state(whole, whole.status, self.today()) not in IN_FORCE
            ):
                continue  # one that has expired lists anew what stands when a part is renewed
            states = {}
            for entry in whole.fields["parts"]:
                versions = [one for one in self.all_permits() if one.number == entry["number"]]
                required = session.get_one(CasePart, versions[0].part_id).required
                states[entry["number"]] = (required, versions[-1].status)
                assert versions[-1].status not in ENDED, "a part that has ended is still listed"
            held = any(required and status == "suspended" for required, status in states.values())
            assert (whole.status == "suspended") == held


STEPS: dict[str, Callable[[Register, Task, Staff, st.DataObject], None]] = {
    "hear_defence": Register.hear,
    "decide_proceeding": Register.decide,
}


@pytest.fixture
def hotel(centre_engine: Engine) -> Engine:
    """A hotel was opened; the permit of its fire inspection is one it could do without."""
    with database.writing_session(centre_engine) as session:
        staff = {one.login: one for one in session.scalars(select(Staff)).unique()}
        issued(Centre(session, staff, MONDAY), "hotel_opening")
        fire = session.scalars(select(Permit).where(Permit.item_code == "fire_inspection")).one()
        session.get_one(CasePart, fire.part_id).required = False
        session.commit()
    return centre_engine


def test_no_walk_through_the_register_is_unlawful(hotel: Engine) -> None:
    class Walk(Register):
        engine = hotel

    walked = settings(
        max_examples=60 if LONG else 6,
        stateful_step_count=60 if LONG else 30,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    run_state_machine_as_test(Walk, settings=walked)
