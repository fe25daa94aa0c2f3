"""Whatever is tried, by whom and in whatever order: no case, opinion, decision, number or permit goes wrong.

A random walk over the real engine and a real database: every act, by right and wrong people, in any order.
`pytest --hypothesis-profile=nightly tests/test_properties.py` walks longer.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, event, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, select

from approvals import authority, database, procedure_rules, tasks, timers
from approvals.errors import DomainError
from approvals.tables import Case, Staff, Task
from approvals.terms import CaseState, Role, TaskState
from processes.steps import checking, closing
from processes.timers import fire_due
from tests import acts, invariants, special_acts, supervision_acts
from tests.centre import COFFEE_BAR, HOT_POT, MONDAY
from web.demo.centre import Centre

APPLICATIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("restaurant_opening", COFFEE_BAR),
    ("restaurant_opening", HOT_POT),
    ("hotel_opening", {}),
    ("shop_sign", {"road_occupied_days": 3}),
    ("food_licence", {}),
    ("company_registration", {}),
)
LONG = settings().max_examples > 100  # the nightly profile

ROLES_OF = {
    "pre_check": {Role.OFFICER},
    "check_materials": {Role.WINDOW_CLERK},
    "answer_correction": {Role.WINDOW_CLERK},
    "review": {Role.OFFICER},
    "site_visit": {Role.OFFICER},
    "issue_correction": {Role.WINDOW_CLERK, Role.LEAD_OFFICER},
    "collate": {Role.LEAD_OFFICER},
    "decide": {Role.HEAD},
    "decide_on_the_spot": {Role.WINDOW_CLERK},
    "hear_statement": {Role.OFFICER, Role.WINDOW_CLERK},
    "approve_extension": {Role.HEAD, Role.GOVERNMENT_HEAD},
    "approve_procedure": {Role.HEAD},
    "appoint_hearing": {Role.HEAD},
    "hold_hearing": {Role.OFFICER, Role.HEAD, Role.LEAD_OFFICER},
    "issue": {Role.WINDOW_CLERK, Role.LEAD_OFFICER},
    "issue_parts": {Role.WINDOW_CLERK, Role.LEAD_OFFICER},
    "deliver": {Role.WINDOW_CLERK},
    "deliver_parts": {Role.WINDOW_CLERK},
    "deliver_refusal": {Role.WINDOW_CLERK},
}
"""Who may do a step, written down a second time: the authority table is not asked to judge itself."""


class Cases(RuleBasedStateMachine):
    """Up to three cases at the centre and everybody who works there."""

    engine: ClassVar[Engine]

    def __init__(self) -> None:
        super().__init__()
        session = database.writing_session(self.engine)
        staff = {one.login: one for one in session.scalars(select(Staff)).unique()}
        self.centre = Centre(session, staff, MONDAY)
        self.cases: list[Case] = []

    def teardown(self) -> None:
        for case in self.cases:
            event(f"{case.item.code}: {case.state} {case.outcome or ''}")
            for each in procedure_rules.of_case(self.centre.session, case.id):
                event(f"{each.kind}: {each.state}")
        self.centre.session.rollback()
        self.centre.session.close()

    def attempt(self, act: Callable[[], object], *, silent: bool = False) -> bool:
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
        assert silent or invariants.journal_length(session) > written
        return True

    @initialize(data=st.data())
    def first(self, data: st.DataObject) -> None:
        item, answers = data.draw(st.sampled_from(APPLICATIONS))
        case = self.centre.draft(item, answers)
        data.draw(st.sampled_from([self.centre.accept, self.centre.accept, self.centre.receive]))(case)
        self.cases.append(case)
        note(f"  {item}: {case.state}")

    @precondition(lambda self: len(self.cases) < 3)
    @rule(data=st.data())
    def apply_for(self, data: st.DataObject) -> None:
        item, answers = data.draw(st.sampled_from(APPLICATIONS))
        case = self.centre.draft(item, answers)
        acts.hand_in(self.centre, case, data.draw)
        self.cases.append(case)
        note(f"  a draft for {item}")

    def case(self, data: st.DataObject) -> Case:
        return data.draw(st.sampled_from(self.cases))

    def somebody(self, data: st.DataObject, right: str) -> Staff:
        """Two times of three the right person."""
        if data.draw(st.integers(0, 2)):
            return self.centre.staff[right]
        return acts.anybody(self.centre, data.draw)

    def waiting(self) -> list[Task]:
        query = select(Task).where(Task.state == TaskState.OPEN).order_by(Task.id)
        return list(self.centre.session.scalars(query))

    @precondition(lambda self: any(case.state == CaseState.DRAFT for case in self.cases))
    @rule(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        case, clerk = self.case(data), self.somebody(data, "linxiao")
        if self.attempt(lambda: acts.begin(self.centre, case, clerk, data.draw)):
            assert clerk.login == "linxiao"

    @precondition(lambda self: self.waiting())
    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """The right person does something with an open task."""
        task = data.draw(st.sampled_from(self.waiting()))
        staff = task.holder or self.centre.who(task)
        note(f"  {staff.login}: {task.step} of part {task.part_id}")
        self.attempt(lambda: acts.with_task(self.centre, task, staff, task.version, data.draw), silent=True)

    @precondition(lambda self: self.waiting())
    @rule()
    def a_day_as_most_days(self) -> None:
        """Everybody does the plain thing, so that a walk also comes to an end."""
        for task in self.waiting()[:1]:
            self.attempt(partial(acts.one_stage_on, self.centre, task.case), silent=True)

    @precondition(lambda self: self.waiting())
    @rule(data=st.data())
    def another_such_day(self, data: st.DataObject) -> None:
        task = data.draw(st.sampled_from(self.waiting()))
        self.attempt(partial(acts.one_stage_on, self.centre, task.case), silent=True)

    @precondition(lambda self: self.waiting())
    @rule(data=st.data())
    def go_on_wrongly(self, data: st.DataObject) -> None:
        """Anybody tries anything with any task, done ones too."""
        every = list(self.centre.session.scalars(select(Task).order_by(Task.id)))
        task, staff = data.draw(st.sampled_from(every)), acts.anybody(self.centre, data.draw)
        version = data.draw(st.sampled_from([None, task.version, task.version - 1]))
        step, stale = task.step, task.state != TaskState.OPEN or version == task.version - 1
        held_by_other = task.holder_id not in (None, staff.id)
        note(f"  {staff.login} tries {task.step} of part {task.part_id}")
        if self.attempt(lambda: acts.with_task(self.centre, task, staff, version, data.draw), silent=True):
            assert not stale
            assert not held_by_other
            assert any(staff.has(role) for role in ROLES_OF[step])
            anywhere = any(staff.has(role) for role in (Role.WINDOW_CLERK, Role.GOVERNMENT_HEAD))
            assert anywhere or staff.department_id == task.department_id

    @precondition(lambda self: self.waiting())
    @rule(data=st.data())
    def change_holder(self, data: st.DataObject) -> None:
        task = data.draw(st.sampled_from(self.waiting()))
        staff = self.somebody(data, self.centre.who(task).login)
        self.attempt(lambda: acts.of_holder(self.centre, task, staff, data.draw))
        if task.holder is not None:
            assert authority.may(task.holder, tasks.act_of(task), task.department_id)

    @rule(data=st.data())
    def lead_acts(self, data: st.DataObject) -> None:
        case, staff = self.case(data), self.somebody(data, "qiantou")
        if self.attempt(lambda: acts.of_lead(self.centre, case, staff, data.draw)):
            assert staff.has(Role.LEAD_OFFICER)

    @rule(data=st.data())
    def money(self, data: st.DataObject) -> None:
        case, staff = self.case(data), self.somebody(data, "linxiao")
        if self.attempt(lambda: acts.of_money(self.centre, case, staff, data.draw)):
            assert staff.has(Role.WINDOW_CLERK) or staff.has(Role.HEAD)

    @rule(data=st.data())
    def visit(self, data: st.DataObject) -> None:
        case, staff = self.case(data), self.somebody(data, "zhouyan")
        self.attempt(lambda: acts.of_visit(self.centre, case, staff, data.draw))

    def running(self) -> list[Case]:
        """Accepted and not decided."""
        return [case for case in self.cases if case.accepted_at and not case.decided_at and not case.ended_at]

    @precondition(lambda self: self.running())
    @rule(data=st.data())
    def procedures(self, data: st.DataObject) -> None:
        """Extensions, what article 45 does not count, and hearings."""
        case = data.draw(st.sampled_from(self.running()))
        self.attempt(lambda: special_acts.beside(self.centre, case, data.draw))

    @precondition(lambda self: self.running())
    @rule(data=st.data())
    def procedures_as_most_days(self, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(self.running()))
        self.attempt(lambda: special_acts.plainly(self.centre, case, data.draw))

    @rule(data=st.data())
    def answer_online(self, data: st.DataObject) -> None:
        case, text = self.case(data), data.draw(st.sampled_from(["", "已上传"]))
        self.attempt(lambda: checking.answer_online(self.centre.session, case.id, text, self.centre.now))

    @rule(data=st.data())
    def materials(self, data: st.DataObject) -> None:
        case, staff = self.case(data), self.somebody(data, "linxiao")
        way = data.draw(st.sampled_from(["hand_in", "deferred", "drop"]))
        if way == "hand_in" and case.state in (CaseState.DRAFT, CaseState.CHECKING, CaseState.CORRECTING):
            acts.hand_in(self.centre, case, data.draw)
        elif way == "deferred" and case.materials:
            self.attempt(lambda: acts.of_deferred(self.centre, case, staff, data.draw))
        elif way == "drop":
            self.attempt(lambda: acts.of_defects(self.centre, case, staff, data.draw), silent=True)

    @rule(data=st.data(), rare=st.integers(0, 7))
    def withdraw(self, data: st.DataObject, rare: int) -> None:
        case, staff = self.case(data), data.draw(st.sampled_from([None, "linxiao", "chenli"]))
        if rare and case.state not in (CaseState.DRAFT, CaseState.ENDED):
            return  # a case that is always withdrawn would never show its end
        clerk = self.centre.staff[staff] if staff else None
        self.attempt(
            lambda: closing.withdraw(
                self.centre.session, case.id, clerk, data.draw(acts.REASONS), self.centre.now
            )
        )

    @rule(data=st.data())
    def second_correction(self, data: st.DataObject) -> None:
        case, staff = self.case(data), self.somebody(data, "jiancha")
        if self.attempt(lambda: acts.of_second_correction(self.centre, case, staff, data.draw)):
            assert staff.has(Role.SUPERVISOR)

    @rule(data=st.data())
    def supervision(self, data: st.DataObject) -> None:
        """Orders and urging, beside whatever the case does."""
        case, staff = (
            self.case(data),
            self.somebody(data, data.draw(st.sampled_from(["jiancha", "xiaofang"]))),
        )
        done: list[str] = []
        if self.attempt(
            lambda: done.append(supervision_acts.of_supervision(self.centre, case, staff, data.draw))
        ):
            event(f"supervision: {done[0]}")
            assert done[0] == "urge" or staff.has(supervision_acts.MAY[done[0]])

    @rule(days=st.integers(1, 12))
    def nobody_says_a_word(self, days: int) -> None:
        """Days pass, and what happens by itself is done, all of it, without anybody's word."""
        self.centre.later(days=days)
        session, now = self.centre.session, self.centre.now
        for case in self.cases:
            timers.sync(session, case, now)
        for timer_id, case_id in timers.due(session, now, 100):
            note(f"  timer {timer_id} of case {case_id}")
            assert self.attempt(partial(fire_due, session, timer_id, case_id, now), silent=True)
        session.flush()

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        self.centre.later(hours=hours)

    @invariant()
    def everything_holds(self) -> None:
        invariants.check(self.centre.session)


def test_whatever_is_tried_every_case_stays_lawful(centre_engine: Engine) -> None:
    machine = type("CasesHere", (Cases,), {"engine": centre_engine})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=100 if LONG else 12,
            stateful_step_count=60 if LONG else 40,
            deadline=None,
            phases=list(Phase)
            if LONG
            else [Phase.explicit, Phase.reuse, Phase.generate],  # a walk shrinks slowly
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
