"""At the window: a draft is filled in, what stands in its way is named, then it becomes a case."""

import secrets as random_source
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from . import authority, catalogue, material_lines, numbers
from .errors import DomainError, NotFound, WrongState
from .material_lines import PROMISED, sync_materials
from .messages import N_
from .secrets import blind_index
from .tables import (
    Applicant,
    Case,
    CaseMaterial,
    CasePart,
    Department,
    Fee,
    ServiceItem,
    Staff,
)
from .terms import CaseState, MaterialState, RequestKind

QUERY_CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing to be mistaken when read out


REGION = "330110"
part_items = material_lines.part_items


class AlreadySubmitted(DomainError):
    """The second click: this draft has become a case already."""

    message = N_("这份登记已经办理过，办件编号 %(number)s。没有重复写入。")
    status = 409


def open_draft(session: Session, item: ServiceItem, clerk: Staff, now: datetime) -> Case:
    """Begin at the window: the draft keeps the item and form version of this moment."""
    authority.require(clerk, "intake")
    if not (item.active and item.offered):
        raise NotFound
    return new_draft(session, item, clerk, now)


def new_draft(
    session: Session,
    item: ServiceItem,
    clerk: Staff,
    now: datetime,
    *,
    request: RequestKind = RequestKind.NEW,
    permit_id: int | None = None,
) -> Case:
    """A draft of any item, also one that is not offered alone: what is asked of its permits is its own."""
    form = catalogue.form_of(session, item)
    draft = Case(
        item_id=item.id,
        department_id=item.department_id,
        clerk_id=clerk.id,
        form_version_id=form.version_id,
        form_definition=form.definition,
        form_data={},
        state=CaseState.DRAFT,
        request=request,
        permit_id=permit_id,
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


def sync_fees(session: Session, case: Case) -> None:
    """The fees of the parts' lists, and no other: an unlisted fee cannot be charged."""
    lines = catalogue.fees(catalogue.item_for(case), part_items(case), case.form_data)
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
    What a commitment stands in for is left as it is, unless it was handed in all the same.
    """
    line = material.line
    if material.state in PROMISED and state != MaterialState.RECEIVED:
        return  # by commitment; only choosing the ordinary path asks for it again
    if state in PROMISED:
        raise BadTick(name=line["name"], why=N_("只有选择告知承诺才能以承诺代替"))
    if state == MaterialState.DEFERRED and line["necessity"] != "may_follow":
        raise BadTick(name=line["name"], why=N_("这份材料不可容缺"))
    if state == MaterialState.SHARED and not line["shared_exempt"]:
        raise BadTick(name=line["name"], why=N_("这份材料没有部门共享，需申请人提交"))
    if state == MaterialState.DEFECTIVE and not note.strip():
        raise BadTick(name=line["name"], why=N_("请写明哪里不合格"))
    if state == MaterialState.NOT_APPLICABLE and not note.strip():
        raise BadTick(name=line["name"], why=N_("请写明为什么不适用"))
    material.state = state
    material.originals = max(0, originals)
    material.copies = max(0, copies)
    material.note = note.strip()


class BadTick(DomainError):
    """A material was ticked in a way that is not lawful."""

    message = N_("材料“%(name)s”：%(why)s。")
    status = 422


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
