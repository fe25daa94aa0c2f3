"""At the window: a draft is filled in, what stands in its way is named, then it becomes a case."""

import secrets as random_source
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import authority, catalogue, clock, numbers
from .errors import DomainError, NotFound, WrongState
from .messages import N_
from .secrets import blind_index
from .tables import (
    Applicant,
    ApplicationBar,
    Case,
    CaseMaterial,
    CasePart,
    Department,
    Fee,
    ServiceItem,
    Staff,
)
from .terms import CaseState, MaterialState

QUERY_CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing to be mistaken when read out
REGION = "330110"


class NotReady(DomainError):
    """Something stands in the way of this outcome; ``problems`` names everything at once."""

    message = N_("还不能办理“%(act)s”：%(count)s 处尚未满足，请看清单。")
    status = 422

    def __init__(self, act: str, problems: "Sequence[Problem]") -> None:
        self.problems = tuple(problems)
        super().__init__(act=act, count=len(self.problems))


class AlreadySubmitted(DomainError):
    """The second click: this draft has become a case already."""

    message = N_("这份登记已经办理过，办件编号 %(number)s。没有重复写入。")
    status = 409


@dataclass(frozen=True)
class Problem:
    """Why an outcome is not yet possible: a message id with parameters, and where to mend it."""

    message: str
    params: Mapping[str, object]
    where: str  # applicant | form | material:<code> | case


def open_draft(session: Session, item: ServiceItem, clerk: Staff, now: datetime) -> Case:
    """Begin at the window: the draft keeps the item and form version of this moment."""
    authority.require(clerk, "intake")
    if not (item.active and item.offered):
        raise NotFound
    form = catalogue.form_of(session, item)
    draft = Case(
        item_id=item.id,
        department_id=item.department_id,
        clerk_id=clerk.id,
        form_version_id=form.version_id,
        form_definition=form.definition,
        form_data={},
        state=CaseState.DRAFT,
        created_at=now,
    )
    session.add(draft)
    session.flush()
    session.refresh(draft)
    return draft


def discard(session: Session, draft: Case, clerk: Staff) -> None:
    """Throw an unfinished draft away; nothing of it stays."""
    require_draft(draft, clerk)
    _unlink_dependencies(session, draft)
    for rows in (draft.materials, draft.fees, draft.parts):
        for row in list(rows):
            if isinstance(row, CaseMaterial):
                for file in list(row.files):
                    session.delete(file)
            session.delete(row)
    session.flush()
    session.delete(draft)


def require_draft(case: Case, clerk: Staff) -> None:
    """Raise unless this is the clerk's own draft."""
    authority.require(clerk, "intake")
    if case.clerk_id != clerk.id and case.state == CaseState.DRAFT:
        raise NotFound
    if case.state != CaseState.DRAFT:
        raise AlreadySubmitted(number=case.number or "")


def set_applicant(
    case: Case, applicant: Applicant | None, agent: Applicant | None = None, mandate: str = ""
) -> None:
    """Name who applies and, with a written mandate, who acts for them."""
    case.applicant = applicant
    case.agent = agent
    case.mandate = mandate


def set_parts(session: Session, case: Case, selected: Sequence[tuple[ServiceItem, str]]) -> None:
    """Lay down which departments are concerned, each with the reason why.

    A plain item has itself as its only part. Dependencies follow the joint item's definition.
    """
    wanted = {item.code: (item, why) for item, why in selected}
    _unlink_dependencies(session, case)
    for part in list(case.parts):
        code = part.item.code if part.item else None
        if code not in wanted:
            session.delete(part)
        else:
            part.why = wanted.pop(code)[1]
    for item, why in wanted.values():
        definition = catalogue.item_of(item)
        case.parts.append(
            CasePart(
                item_id=item.id, item=item, department_id=item.department_id, name=dict(item.name),
                decides=definition.decides, why=why, state="pending",
            )
        )  # fmt: skip
    session.flush()
    session.expire(case, ["parts"])
    _link_dependencies(case)
    sync_materials(session, case)
    sync_fees(session, case)


def _unlink_dependencies(session: Session, case: Case) -> None:
    """A part that another leans on could not be deleted."""
    for part in case.parts:
        part.depends_on_id = None
    session.flush()


def _link_dependencies(case: Case) -> None:
    by_code = {part.item.code: part for part in case.parts if part.item}
    for entry in catalogue.item_of(case.item).parts:
        part = by_code.get(entry.item)
        if part is not None:
            part.required = entry.required
            before = by_code.get(entry.depends_on) if entry.depends_on else None
            part.depends_on_id = before.id if before else None


def part_items(case: Case) -> list[catalogue.Item]:
    """The definitions of the parts of a joint case; a plain case asks by itself."""
    return [catalogue.item_of(part.item) for part in case.parts if part.item and part.item_id != case.item_id]


def sync_materials(session: Session, case: Case) -> None:
    """Bring the checklist into line with the parts and answers; ticks on lines that stay are kept."""
    lines = catalogue.checklist(catalogue.item_of(case.item), part_items(case), case.form_data)
    have = {material.code: material for material in case.materials}
    for line in lines:
        material = have.pop(line.code, None)
        if material is None:
            material = CaseMaterial(case_id=case.id, code=line.code, state=MaterialState.MISSING)
            session.add(material)
            if line.shared_exempt:
                material.state = MaterialState.SHARED
        elif material.state == MaterialState.NOT_APPLICABLE and not material.note:
            material.state = MaterialState.MISSING  # it had fallen away with the answers and is back
        material.line = line.to_json()
    for gone in have.values():
        if gone.files:
            gone.state = MaterialState.NOT_APPLICABLE
        else:
            session.delete(gone)
    session.flush()
    session.expire(case, ["materials"])


def sync_fees(session: Session, case: Case) -> None:
    """The fees of the parts' lists, and no other: an unlisted fee cannot be charged."""
    lines = catalogue.fees(catalogue.item_of(case.item), part_items(case), case.form_data)
    have = {fee.code: fee for fee in case.fees}
    for line in lines:
        fee = have.pop(line.code, None)
        if fee is None:
            fee = Fee(case_id=case.id, code=line.code)
            session.add(fee)
        fee.name, fee.amount, fee.basis = dict(line.name), line.amount, line.basis
    for gone in have.values():
        session.delete(gone)
    session.flush()
    session.expire(case, ["fees"])


def tick(material: CaseMaterial, state: MaterialState, originals: int, copies: int, note: str) -> None:
    """Record what the clerk found for one material.

    Raises ``BadTick`` where the state is not lawful for it: deferral only for materials that may
    follow, sharing only where the item says so, a defect only with its description, not applicable only with the reason.
    """
    line = material.line
    if state == MaterialState.DEFERRED and line["necessity"] != "may_follow":
        raise BadTick(name=line["name"]["zh"], why=N_("这份材料不可容缺"))
    if state == MaterialState.SHARED and not line["shared_exempt"]:
        raise BadTick(name=line["name"]["zh"], why=N_("这份材料没有部门共享，需申请人提交"))
    if state == MaterialState.DEFECTIVE and not note.strip():
        raise BadTick(name=line["name"]["zh"], why=N_("请写明哪里不合格"))
    if state == MaterialState.NOT_APPLICABLE and not note.strip():
        raise BadTick(name=line["name"]["zh"], why=N_("请写明为什么不适用"))
    material.state = state
    material.originals = max(0, originals)
    material.copies = max(0, copies)
    material.note = note.strip()


class BadTick(DomainError):
    """A material was ticked in a way that is not lawful."""

    message = N_("材料“%(name)s”：%(why)s。")
    status = 422


def is_met(material: CaseMaterial) -> bool:
    """Whether a required material is there with all originals and copies, or need not be."""
    if material.state in (MaterialState.SHARED, MaterialState.NOT_APPLICABLE):
        return True
    line = material.line
    if material.state == MaterialState.RECEIVED:
        return bool(material.originals >= line["originals"] and material.copies >= line["copies"])
    return material.state == MaterialState.MISSING and bool(line["necessity"] == "optional")


def applicant_problems(case: Case) -> list[Problem]:
    """What is wrong with who applies."""
    if case.applicant is None:
        return [Problem(N_("还没有填写申请人"), {}, "applicant")]
    kind = "person" if case.applicant.kind == "person" else "organisation"
    if kind not in catalogue.item_of(case.item).clients:
        return [Problem(N_("本事项不面向这类申请人"), {}, "applicant")]
    if case.agent is not None and not case.mandate.strip():
        return [Problem(N_("代理人办理须登记授权委托书"), {}, "applicant")]
    return []


def material_problems(case: Case, *, deferral: bool) -> list[Problem]:
    """Every material that is missing, short or defective; deferred ones too unless ``deferral``."""
    problems = []
    for material in case.materials:
        if is_met(material) or (deferral and material.state == MaterialState.DEFERRED):
            continue
        message = {
            MaterialState.DEFECTIVE: N_("%(name)s不合格：%(note)s"),
            MaterialState.RECEIVED: N_("%(name)s份数不足：应交原件 %(originals)s、复印件 %(copies)s"),
            MaterialState.DEFERRED: N_("%(name)s已记为容缺，请用“容缺受理”"),
        }.get(MaterialState(material.state), N_("%(name)s未交"))
        params = {
            "name": material.line["name"]["zh"], "note": material.note,
            "originals": material.line["originals"], "copies": material.line["copies"],
        }  # fmt: skip
        problems.append(Problem(message, params, f"material:{material.code}"))
    return problems


def bars(session: Session, case: Case, now: datetime) -> list[ApplicationBar]:
    """Bars in force against this applicant for this item or one of its parts (78, 79)."""
    if case.applicant is None:
        return []
    today = clock.local_day(now)
    codes = {case.item.code, *(part.item.code for part in case.parts if part.item)}
    return list(
        session.scalars(
            select(ApplicationBar).where(
                ApplicationBar.number_index == case.applicant.number_index,
                ApplicationBar.item_code.in_(codes),
                ApplicationBar.first_day <= today,
                ApplicationBar.last_day >= today,
            )
        )
    )


def duplicates(session: Session, case: Case) -> list[Case]:
    """Open cases of the same applicant for the same item: shown before accepting."""
    if case.applicant_id is None:
        return []
    return list(
        session.scalars(
            select(Case)
            .join(ServiceItem, Case.item_id == ServiceItem.id)
            .where(
                Case.applicant_id == case.applicant_id,
                ServiceItem.code == case.item.code,
                Case.id != case.id,
                Case.state.not_in([CaseState.DRAFT, CaseState.ENDED]),
            )
            .order_by(Case.id)
        )
    )


def bar_problems(session: Session, case: Case, now: datetime) -> list[Problem]:
    """Bars as problems."""
    message = N_("申请人在 %(until)s 前不得再次申请“%(item)s”（%(article)s）")
    return [
        Problem(message, {"until": bar.last_day, "item": bar.item_code, "article": bar.article}, "applicant")
        for bar in bars(session, case, now)
    ]


def give_number(session: Session, case: Case, now: datetime) -> str:
    """Turn a draft into a case: number, query code, time of receipt. Returns the query code."""
    department = session.get_one(Department, case.department_id)
    case.number = numbers.case_number(session, REGION, department.code, now)
    code = "".join(random_source.choice(QUERY_CODE_ALPHABET) for _ in range(8))
    case.query_code = code
    case.query_code_index = blind_index(code)
    case.received_at = now
    case.version += 1
    return code


def defer(case: Case, until: date) -> list[CaseMaterial]:
    """Set the day by which each deferred material must be there (容缺受理). Returns them."""
    deferred = [material for material in case.materials if material.state == MaterialState.DEFERRED]
    for material in deferred:
        material.deferred_until = until
    return deferred


def return_originals(case: Case, now: datetime) -> list[CaseMaterial]:
    """Give back the originals of a case that ends without a decision."""
    returned = [m for m in case.materials if m.originals and m.returned_at is None]
    for material in returned:
        material.returned_at = now
    return returned


def require_state(case: Case, act: str, *states: CaseState) -> None:
    """Raise ``WrongState`` unless the case is in one of ``states``."""
    if case.state not in states:
        raise WrongState(state=CaseState(case.state).label, act=act)


def snapshot(case: Case) -> dict[str, Any]:
    """Flat picture of a case for the journal; nothing private."""
    return {
        "number": case.number,
        "state": case.state,
        "item": case.item.code,
        "applicant": case.applicant.name if case.applicant else "",
        "parts": ",".join(
            part.item.code if part.item else part.department.abbreviation for part in case.parts
        ),
    }
