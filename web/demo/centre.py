"""Drives cases through the real steps: what people do at the centre, in words that read like a story.

The demo centre and the tests both act through it, so what they show is what the product does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import calendars, catalogue, intake, people, tasks, timers
from approvals.calendar import WorkingCalendar
from approvals.catalogue_files import DATA
from approvals.corrections import DefectInput
from approvals.decision import Ruling
from approvals.delivery import Service
from approvals.tables import Case, CasePart, Permit, Staff, Task
from approvals.terms import MaterialState, OpinionKind
from processes import definitions, store
from processes.steps import acceptance, checking, closing, decisions, departments, lead, turning_away, window

from .answers import answers_to
from .people import load_people

PROCEDURES = ("instant", "ordinary", "joint", "hearing", "commitment", "proceeding")


def set_up(session: Session, now: datetime) -> dict[str, Staff]:
    """Load catalogue, procedures and staff; what is there already stays as it is."""
    catalogue.load(session, DATA, now)
    for name in PROCEDURES:
        store.deploy(session, name, definitions.built_in(name), now)
    return load_people(session)


HELD = (MaterialState.SHARED, MaterialState.DEFERRED, MaterialState.COMMITTED, MaterialState.FOLLOWING)
"""What nobody brings now."""


@dataclass(frozen=True)
class Somebody:
    """Who applies."""

    kind: str
    name: str
    number: str
    phone: str
    address: str
    representative: str = ""
    email: str = ""


NOODLE_SHOP = Somebody(
    "organisation",
    "渝记小面馆（示例）",
    "92330110MA2B0Q1X78",
    "13800000000",
    "示例县城东街道示例路 18 号",
    "赵某某（示例）",
)


@dataclass
class Centre:
    """One session, one clock, and what people do at the centre."""

    session: Session
    staff: dict[str, Staff]
    now: datetime
    clerk: str = "linxiao"

    @property
    def calendar(self) -> WorkingCalendar:
        """The calendar in force."""
        return calendars.current(self.session)

    def later(self, **delta: float) -> None:
        """Let time pass."""
        self.now += timedelta(**delta)

    def sync(self) -> None:
        """What the boundary does before every commit: the timers of every case touched follow."""
        timers.sync_touched(self.session, self.now)

    def draft(
        self, item: str, answers: Mapping[str, Any], *, who: Somebody = NOODLE_SHOP, complete: bool = True
    ) -> Case:
        """A clerk fills in an application; with ``complete`` every material is there."""
        clerk = self.staff[self.clerk]
        draft = intake.open_draft(self.session, catalogue.current(self.session, item), clerk, self.now)
        intake.set_applicant(draft, people.find_or_create(self.session, clerk, now=self.now, **vars(who)))
        window.answer_situation(self.session, draft, clerk, answers)
        form = acceptance.case_form(draft)
        window.answer_situation(
            self.session,
            draft,
            clerk,
            {**answers_to(form), **{code: given for code, given in answers.items() if form.field(code)}},
        )
        if complete:
            self.tick_all(draft)
        return draft

    def tick_all(self, case: Case) -> None:
        """Everything the checklist asks for has been handed in."""
        for material in case.materials:
            if material.state not in HELD:
                line = material.line
                intake.tick(material, MaterialState.RECEIVED, line["originals"], line["copies"], "")

    def accept(self, case: Case, **options: Any) -> Case:
        """Accept at the window."""
        return window.accept(
            self.session, case.id, self.staff[self.clerk], self.calendar, self.now, **options
        )

    def receive(self, case: Case) -> Case:
        """Take the materials in for checking."""
        return window.receive(self.session, case.id, self.staff[self.clerk], self.calendar, self.now)

    def pre_check(self, case: Case, found: Mapping[str, list[DefectInput]] | None = None) -> None:
        """Every department pre-checks; ``found`` are its defects, by the part's item code."""
        for task in tasks.open_tasks(self.session, case.id, "pre_check"):
            code = task.part.item.code if task.part and task.part.item else ""
            defects = (found or {}).get(code, [])
            departments.pre_check(self.session, task.id, task.version, self.who(task), defects, self.now)

    def check(self, case: Case, outcome: str, answer: turning_away.Answer | None = None) -> None:
        """The clerk concludes the checking."""
        task = self.task(case, "check_materials")
        checking.check_materials(
            self.session, task.id, task.version, self.staff[self.clerk], outcome, self.calendar, self.now, answer=answer
        )  # fmt: skip

    def answer(self, case: Case, text: str) -> None:
        """The applicant brings what was asked for to the window."""
        task = self.task(case, "answer_correction")
        checking.answer_correction(
            self.session, task.id, task.version, self.staff[self.clerk], text, self.now
        )

    def task(self, case: Case, step: str, part: str | None = None) -> Task:
        """The open task of this step (and part)."""
        for task in tasks.open_tasks(self.session, case.id, step):
            if part is None or (task.part and task.part.item and task.part.item.code == part):
                return task
        open_steps = [(task.step, task.part_id) for task in tasks.open_tasks(self.session, case.id)]
        raise AssertionError(f"no open {step} for {part}; open: {open_steps}, case {case.state}")

    def who(self, task: Task) -> Staff:
        """Somebody who may do this task: of its department with its role."""
        for staff in self.staff.values():
            if staff.has(task.role) and (
                task.role == "window_clerk" or staff.department_id == task.department_id
            ):
                return staff
        raise AssertionError(task.role)

    def opine(
        self, case: Case, part: str | None = None, kind: OpinionKind = OpinionKind.AGREE, reasons: str = ""
    ) -> None:
        """A department submits its opinion."""
        task = self.task(case, "review", part)
        departments.review(self.session, task.id, task.version, self.who(task), kind, reasons, "", self.now)

    def opine_all(self, case: Case) -> None:
        """Every department agrees."""
        for task in tasks.open_tasks(self.session, case.id, "review"):
            departments.review(
                self.session, task.id, task.version, self.who(task), OpinionKind.AGREE, "", "", self.now
            )

    def collate(self, case: Case, result: str = "", reasons: str = "") -> None:
        """The lead releases the decisions."""
        task = self.task(case, "collate")
        lead.collate(self.session, task.id, task.version, self.who(task), result, reasons, self.now)

    def grant(self, case: Case, part: str | None = None) -> None:
        """The department's head grants its part."""
        task = self.task(case, "decide", part)
        ruling = Ruling(granted=True, reasons="符合条件", articles="")
        decisions.decide(self.session, task.id, task.version, self.who(task), ruling, self.now)

    def grant_all(self, case: Case) -> None:
        """Every authority grants what is open to be decided."""
        while waiting := tasks.open_tasks(self.session, case.id, "decide"):
            task = waiting[0]
            ruling = Ruling(granted=True, reasons="符合条件", articles="")
            decisions.decide(self.session, task.id, task.version, self.who(task), ruling, self.now)

    def decide_on_the_spot(self, case: Case) -> None:
        """An instant item is decided while the applicant waits."""
        task = self.task(case, "decide_on_the_spot")
        ruling = Ruling(granted=True, reasons="材料齐全，符合法定形式", articles="")
        decisions.decide(self.session, task.id, task.version, self.staff[self.clerk], ruling, self.now)

    def propose_refusal(self, task: Task) -> None:
        """Tell the facts of an intended refusal."""
        unmet, articles = ground_of_refusal(task)
        decisions.propose_refusal(
            self.session, task.id, task.version, self.who(task), f"经现场核查，{unmet}的条件不具备",
            f"不符合“{unmet}”的条件", articles, self.now,
        )  # fmt: skip

    def refuse(self, case: Case, part: str | None = None) -> None:
        """Tell the facts, hear the applicant, who gives up a hearing in writing, refuse."""
        task = self.task(case, "decide", part)
        head = self.who(task)
        self.propose_refusal(task)
        task = self.task(case, "hear_statement", part)
        decisions.hear_statement(
            self.session, task.id, task.version, self.who(task), "正在整改（示例）", "决定之日仍未整改完毕，不予采纳",
            self.now, hearing_waived=True,
        )  # fmt: skip
        task = self.task(case, "decide", part)
        unmet, articles = ground_of_refusal(task)
        ruling = Ruling(granted=False, reasons=f"不符合“{unmet}”的条件", articles=articles)
        decisions.decide(self.session, task.id, task.version, head, ruling, self.now)

    def pay_fees(self, case: Case) -> None:
        """Every fee is paid at the window."""
        for fee in case.fees:
            if fee.state == "due":
                closing.pay_fee(self.session, case.id, fee.code, "票据 001", self.staff[self.clerk], self.now)

    def issue(self, case: Case) -> list[Permit]:
        """The certificates are made."""
        step = "issue" if tasks.open_tasks(self.session, case.id, "issue") else "issue_parts"
        task = self.task(case, step)
        return closing.issue(self.session, task.id, task.version, self.who(task), self.now)

    def deliver(self, case: Case) -> None:
        """The applicant signs for everything at the window."""
        task = next(t for t in tasks.open_tasks(self.session, case.id) if t.step.startswith("deliver"))
        applicant = case.applicant
        name = (applicant.representative or applicant.name) if applicant else ""
        service = Service("in_person", name, "政务服务中心 6 号窗口", signature=name)
        closing.deliver(self.session, task.id, task.version, self.staff[self.clerk], None, service, self.now)

    def part(self, case: Case, code: str) -> CasePart:
        """The part of this item."""
        return next(part for part in case.parts if part.item and part.item.code == code)

    def open_parts(self, case: Case, step: str | None = None) -> list[str]:
        """Item codes of the parts that have an open task."""
        parts = [task.part for task in tasks.open_tasks(self.session, case.id, step) if task.part]
        return [part.item.code for part in parts if part.item]

    def cases(self) -> list[Case]:
        """All cases."""
        return list(self.session.scalars(select(Case).order_by(Case.id)))


def ground_of_refusal(task: Task) -> tuple[str, str]:
    """A condition of the item that is not met, and the item's own legal ground."""
    item = catalogue.item_of((task.part and task.part.item) or task.case.item)
    return item.conditions[0]["zh"], "；".join(basis.zh for basis in item.basis)
