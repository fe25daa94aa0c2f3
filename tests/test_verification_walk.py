"""Whatever is tried with a verification, by whom and in whatever order: nothing is passed by silence or done by one.

A random walk over a hotel licence with two departments; after every act the invariants of the tables hold.
`pytest --hypothesis-profile=nightly tests/test_verification_walk.py` walks longer.
"""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import ClassVar

from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select

from approvals import commitment_following, database, tasks, timers
from approvals.errors import DomainError
from approvals.filestore import FileStore
from approvals.proceedings import DONE, DROPPED
from approvals.tables import Case, Permit, Proceeding, Staff, Timer, Verification
from approvals.terms import CheckManner, CheckOutcome, PermitStatus, VerificationState
from approvals.verification_checks import Evidence, Finding
from processes.steps import proceedings
from processes.steps import verification as steps
from processes.timers import fire_due
from tests import invariants, register_acts
from tests.centre import MONDAY
from tests.test_verifications import PICTURE
from web.demo import committing, verifying
from web.demo.centre import Centre

LONG = settings().max_examples > 100  # the nightly profile
SETTLED = (VerificationState.MET, VerificationState.REVOKED, VerificationState.KEPT, VerificationState.CLOSED)
PEOPLE = st.sampled_from(
    ["zhouyan", "wuhao", "jinlan", "weijian", "linxiao", "shichang", "own", "own", "own", "own"]
)
OUTCOMES = st.sampled_from([CheckOutcome.MET] * 3 + [CheckOutcome.UNMET] * 3 + [CheckOutcome.DECEIT, ""])
MANNERS = st.sampled_from(
    [CheckManner.ON_SITE, CheckManner.ON_SITE, CheckManner.DOCUMENTS, CheckManner.DATA, "post"]
)
WORDS = st.sampled_from(["查看现场（示例）", "查看现场（示例）", "查看现场（示例）", " "])
EVIDENCE = st.sampled_from([(), (Evidence("现场.png", PICTURE),), (Evidence("现场.png", b"MZ"),)])


class Walk(RuleBasedStateMachine):
    """One hotel licence by commitment, from the copy to the departments on."""

    engine: ClassVar[Engine]

    def __init__(self) -> None:
        super().__init__()
        self.opened = database.writing_session(self.engine)
        session = self.opened.__enter__()
        staff = {one.login: one for one in session.scalars(select(Staff)).unique()}
        self.centre = Centre(session, staff, MONDAY)
        self.store = FileStore(Path(tempfile.mkdtemp()))
        case = committing.by_commitment(self.centre, "hotel_licence", {})
        commitment_following.take(session, case, "security_rules", staff["linxiao"], MONDAY)
        self.case_id = case.id

    def teardown(self) -> None:
        self.centre.session.rollback()
        self.opened.__exit__(None, None, None)

    @property
    def case(self) -> Case:
        return self.centre.session.get_one(Case, self.case_id)

    def rows(self) -> list[Verification]:
        return verifying.of_case(self.centre, self.case)

    def attempt(self, act: Callable[[], object]) -> None:
        """Done whole, or refused with nothing written."""
        before = invariants.fingerprint(self.centre.session)
        try:
            with self.centre.session.begin_nested():
                act()
        except DomainError as refusal:
            self.centre.session.expire_all()
            event(f"refused: {type(refusal).__name__}")
            assert invariants.fingerprint(self.centre.session) == before
        else:
            event("done")
        timers.sync_touched(self.centre.session, self.centre.now)

    def somebody(self, login: str, row: Verification) -> Staff:
        return verifying.officers(self.centre, row)[0] if login == "own" else self.centre.staff[login]

    @rule(
        data=st.data(),
        login=PEOPLE,
        beside=PEOPLE,
        manner=MANNERS,
        outcome=OUTCOMES,
        words=WORDS,
        evidence=EVIDENCE,
    )
    def check(self, data, login, beside, manner, outcome, words, evidence) -> None:
        row = data.draw(st.sampled_from(self.rows()))
        task = next(iter(tasks.open_tasks(self.centre.session, self.case_id, "verify")), None)
        if task is None:
            return
        clause = data.draw(st.sampled_from(row.commitment.clauses))
        officers = verifying.officers(self.centre, row)
        second = officers[-1] if beside == "own" else self.centre.staff[beside]
        manner = CheckManner.ON_SITE if clause.on_site and manner != "post" else manner
        finding = Finding(manner, outcome, words, second, evidence)
        who = self.somebody(login, row)
        self.attempt(
            lambda: steps.check(
                self.centre.session,
                task.id,
                task.version,
                who,
                clause.id,
                finding,
                self.store,
                self.centre.now,
            )
        )

    @rule(data=st.data())
    def check_all(self, data) -> None:
        row = data.draw(st.sampled_from(self.rows()))
        if row.state == VerificationState.OPEN:
            found = {
                clause.code: data.draw(OUTCOMES) or CheckOutcome.MET for clause in row.commitment.clauses
            }
            self.attempt(lambda: verifying.check(self.centre, row, self.store, found))

    @rule(data=st.data(), login=PEOPLE)
    def conclude(self, data, login: str) -> None:
        open_ = tasks.open_tasks(self.centre.session, self.case_id, "verify")
        if open_:
            task = data.draw(st.sampled_from(open_))
            row = steps.of_task(self.centre.session, task)
            who = task.holder if login == "own" and task.holder else self.somebody(login, row)
            self.attempt(
                lambda: steps.conclude(self.centre.session, task.id, task.version, who, self.centre.now)
            )

    @rule(data=st.data(), words=WORDS)
    def report(self, data, words: str) -> None:
        row = data.draw(st.sampled_from(self.rows()))
        self.attempt(
            lambda: steps.report_online(self.centre.session, self.case_id, row.id, words, self.centre.now)
        )

    @rule(data=st.data(), login=st.sampled_from(["weijian", "own"]), words=WORDS)
    def close(self, data, login: str, words: str) -> None:
        if not data.draw(st.integers(0, 5)):
            row = data.draw(st.sampled_from(self.rows()))
            heads = [
                one
                for one in self.centre.staff.values()
                if one.has("head") and one.department_id == row.department_id
            ]
            who = heads[0] if login == "own" and heads else self.centre.staff["weijian"]
            self.attempt(lambda: steps.close_early(self.centre.session, row.id, who, words, self.centre.now))

    @rule(result=st.sampled_from([DONE, DONE, DROPPED]))
    def decide(self, result: str) -> None:
        """What is open of a proceeding is done step by step: told, heard, decided."""
        for task in tasks.open_tasks(self.centre.session, self.case_id):
            found = self.centre.session.scalars(
                select(Proceeding).where(Proceeding.decided_at.is_(None))
            ).first()
            if found is None:
                return
            if task.step == "tell_facts":
                self.attempt(
                    partial(
                        proceedings.tell_facts, self.centre.session, task.id, task.version, self.centre.who(task),
                        found.facts, found.reasons, self.centre.now,
                    )
                )  # fmt: skip
            elif task.step == "hear_defence":
                self.attempt(partial(register_acts.hear, self.centre, found))
            elif task.step == "decide_proceeding":
                self.attempt(partial(register_acts.decide, self.centre, found, result))

    @rule(days=st.integers(1, 12))
    def days_pass(self, days: int) -> None:
        """Time passes and the worker fires what comes due, each at its instant."""
        until = self.centre.now + timedelta(days=days)
        while True:
            waiting = (
                select(Timer)
                .where(Timer.state == "waiting", Timer.due <= until)
                .order_by(Timer.due, Timer.id)
            )
            timer = self.centre.session.scalars(waiting.limit(1)).first()
            if timer is None:
                break
            self.centre.now = max(self.centre.now, timer.due)
            fire_due(self.centre.session, timer.id, timer.case_id, self.centre.now)
            timers.sync_touched(self.centre.session, self.centre.now)
        self.centre.now = until

    @invariant()
    def everything_holds(self) -> None:
        invariants.check(self.centre.session)
        permit = self.centre.session.scalars(select(Permit).where(Permit.case_id == self.case_id)).one()
        rows = self.rows()
        revoked = any(row.state == VerificationState.REVOKED for row in rows)
        assert revoked == (permit.status == PermitStatus.REVOKED)
        assert not revoked or all(row.state in SETTLED for row in rows)


def test_no_walk_through_a_verification_goes_wrong(centre_engine: Engine) -> None:
    machine = type("WalkHere", (Walk,), {"engine": centre_engine})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=100 if LONG else 6,
            stateful_step_count=60 if LONG else 20,
            deadline=None,
            phases=list(Phase) if LONG else [Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
