"""What must hold between an item's clauses of commitment and its materials, form and departments."""

from collections.abc import Collection, Iterator

from forms import Form

from .item_commitment import Commitment
from .item_definition import Item, Limit
from .messages import N_

Found = Iterator[tuple[str, str, dict[str, object]]]
WORKING_IN_CALENDAR = 7 / 5  # calendar days of a working day, over an ordinary span


def faults(item: Item, form: Form | None, departments: Collection[str]) -> Found:
    """Every broken relation of the item's commitment: path, reason, parameters."""
    offered = item.commitment
    if offered is None:
        return
    if item.parts:
        yield "commitment", N_("联办事项不能写明告知承诺，由各单项各自写明"), {}
    elif not item.decides:
        yield "commitment", N_("只提意见的事项不作决定，不能实行告知承诺"), {}
    yield from _clauses(offered, departments)
    yield from _replaced(item, offered)
    for index, excluded in enumerate(offered.excluded):
        for code in excluded.when if form else ():
            if form is not None and form.field(code) is None:
                yield f"commitment.excluded.{index}.when", N_("表单没有字段“%(field)s”"), {"field": code}


def _clauses(offered: Commitment, departments: Collection[str]) -> Found:
    seen: set[str] = set()
    for index, clause in enumerate(offered.clauses):
        path = f"commitment.clauses.{index}"
        if clause.code in seen:
            yield path, N_("编码“%(code)s”重复"), {"code": clause.code}
        seen.add(clause.code)
        if clause.department is not None and clause.department not in departments:
            yield f"{path}.department", N_("部门“%(code)s”不存在"), {"code": clause.department}
        if clause.follow_days is None:
            continue
        if clause.replaces is None:
            yield f"{path}.follow_days", N_("没有代替材料的承诺事项不能写明补交期限"), {}
        if clause.follow_days * WORKING_IN_CALENDAR > _calendar_days(offered.verification):
            params: dict[str, object] = {"days": clause.follow_days, "most": offered.verification.days}
            yield f"{path}.follow_days", N_("补交期限 %(days)s 个工作日长于核查期限 %(most)s"), params


def _replaced(item: Item, offered: Commitment) -> Found:
    """A clause stands in for a material the item asks for, and for each of them one clause."""
    asked = {material.code for material in item.materials}
    replaced: set[str] = set()
    for index, clause in enumerate(offered.clauses):
        if clause.replaces is None:
            continue
        path = f"commitment.clauses.{index}.replaces"
        if clause.replaces not in asked:
            yield path, N_("事项没有要求材料“%(code)s”"), {"code": clause.replaces}
        if clause.replaces in replaced:
            yield path, N_("材料“%(code)s”已由另一承诺事项代替"), {"code": clause.replaces}
        replaced.add(clause.replaces)


def _calendar_days(limit: Limit) -> float:
    return limit.days * (WORKING_IN_CALENDAR if limit.unit == "working" else 1)
