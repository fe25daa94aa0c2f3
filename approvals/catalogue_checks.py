"""What must hold between the data files, beyond the shape of each: one small check per rule."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from forms import Form, FormFileError, union

from . import commitment_checks
from .catalogue_files import Sources
from .catalogue_request_checks import request_faults
from .item_definition import Item, Limit
from .messages import N_

DEFERRAL_MARGIN = 2
"""A deferral ends at least so many working days before the promised limit."""
CALENDAR_FOR_WORKING = {"working": 7 / 5, "calendar": 1.0}


def cross_check(sources: Sources, items: Mapping[str, Item]) -> None:
    """Note every broken relation in ``sources``; ``items`` are those whose own shape is right."""
    for code, item in items.items():
        file = sources.files["item", code]
        for path, reason, params in _item_faults(sources, items, item):
            sources.fault(file, path, reason, **params)
    for code, form in sources.forms.items():
        for path, reason, params in _form_faults(form):
            sources.fault(sources.files["form", code], path, reason, **params)
    for code in sources.certificates:
        for path, reason, params in _certificate_faults(sources, code):
            sources.fault(sources.files["certificate", code], path, reason, **params)


Found = Iterator[tuple[str, str, dict[str, object]]]


def _item_faults(sources: Sources, items: Mapping[str, Item], item: Item) -> Found:
    """All faults of one item."""
    yield from _limits(item)
    yield from _deferral(item)
    yield from _unanswered(item)
    yield from _duplicates("materials", (material.code for material in item.materials))
    yield from _duplicates("fees", (fee.code for fee in item.fees))
    yield from _duplicates("parts", (part.item for part in item.parts))
    form = sources.forms.get(item.form)
    yield from request_faults(item, form)
    if form is None:
        yield "form", N_("表单“%(code)s”不存在"), {"code": item.form}
    else:
        yield from _conditions(item, form)
        yield from _answers(item, form)
    if item.certificate and item.certificate.template not in sources.certificates:
        yield "certificate.template", N_("证照版式“%(code)s”不存在"), {"code": item.certificate.template}
    yield from commitment_checks.faults(item, form, sources.departments)
    yield from _parts(items, item)
    yield from _cycles(item)
    yield from _shared_materials(items, item)
    yield from _shared_fields(sources, items, item)


def longest_days(limit: Limit) -> float:
    """Calendar days of an ordinary span of the limit, to compare limits of different units."""
    return limit.days * CALENDAR_FOR_WORKING[limit.unit]


def _limits(item: Item) -> Found:
    """A promise is never longer than the law, and counts from no later a day (行政许可法 42)."""
    if item.statutory is None:
        return
    if longest_days(item.promised) > longest_days(item.statutory):
        params: dict[str, object] = {"promised": item.promised.days, "statutory": item.statutory.days}
        yield "promised.days", N_("承诺时限 %(promised)s 长于法定时限 %(statutory)s"), params
    if item.statutory.start == "application" and item.promised.start == "acceptance":
        yield "promised.from", N_("法定时限自申请起算，承诺时限不能改为自受理起算"), {}


def _deferral(item: Item) -> Found:
    """Deferred documents arrive at least two working days before the promised limit ends."""
    if item.deferral and item.deferral.days > item.promised.days - DEFERRAL_MARGIN:
        params: dict[str, object] = {"most": item.promised.days - DEFERRAL_MARGIN}
        yield "deferral.days", N_("容缺期限应至少比承诺时限短 2 个工作日，最多 %(most)s 日"), params
    if item.deferral is None:
        for index, material in enumerate(item.materials):
            if material.necessity == "may_follow" and item.offered:
                yield f"materials.{index}.necessity", N_("材料可以后补，但事项没有写明容缺期限"), {}


def _unanswered(item: Item) -> Found:
    """Only the law of one licence can end it for an unanswered request; a joint item is under several."""
    if item.unanswered_correction and item.parts:
        yield "unanswered_correction", N_("联办事项不能写明逾期不补正视为撤回的条款，各单项依各自的法律"), {}


def _duplicates(path: str, codes: Iterable[str]) -> Found:
    seen: set[str] = set()
    for index, code in enumerate(codes):
        if code in seen:
            yield f"{path}.{index}", N_("编码“%(code)s”重复"), {"code": code}
        seen.add(code)


def _conditions(item: Item, form: Form) -> Found:
    """Conditions and quantities read fields that the item's own form asks."""
    conditions: list[tuple[str, Mapping[str, Any] | None]] = [
        *((f"materials.{index}.when", material.when) for index, material in enumerate(item.materials)),
        *((f"fees.{index}.when", fee.when) for index, fee in enumerate(item.fees)),
        *((f"fees.{index}.per", {fee.per: {}} if fee.per else None) for index, fee in enumerate(item.fees)),
        ("subject", {item.subject: {}}),
        ("commitment.when", item.commitment.when if item.commitment else None),
    ]
    for path, condition in conditions:
        for code in condition or ():
            if form.field(code) is None:
                yield path, N_("表单没有字段“%(field)s”"), {"field": code}


def _answers(item: Item, form: Form) -> Found:
    """What the decision table reads is always answered."""
    for index, code in enumerate(item.parts_decision.answers if item.parts_decision else ()):
        field = form.field(code)
        if field is None:
            yield f"parts_decision.answers.{index}", N_("表单没有字段“%(field)s”"), {"field": code}
        elif not field.required or field.when:
            yield f"parts_decision.answers.{index}", N_("决策所用的字段“%(field)s”必须必填"), {"field": code}


def _parts(items: Mapping[str, Item], item: Item) -> Found:
    """Parts are items of this catalogue and no joint items; they depend on each other only."""
    own = {part.item for part in item.parts}
    for index, part in enumerate(item.parts):
        if part.item not in items:
            yield f"parts.{index}.item", N_("单项“%(code)s”不存在"), {"code": part.item}
        elif items[part.item].parts:
            yield f"parts.{index}.item", N_("单项“%(code)s”本身是联办件"), {"code": part.item}
        if part.depends_on and part.depends_on not in own:
            yield f"parts.{index}.depends_on", N_("前置单项“%(code)s”不在本事项中"), {"code": part.depends_on}


def _cycles(item: Item) -> Found:
    """No part waits for itself, however far around."""
    waits = {part.item: part.depends_on for part in item.parts}
    for index, part in enumerate(item.parts):
        seen: set[str] = set()
        step: str | None = part.item
        while step and step not in seen:
            seen.add(step)
            step = waits.get(step)
        if step == part.item:
            yield f"parts.{index}.depends_on", N_("单项“%(code)s”绕一圈依赖自己"), {"code": part.item}


def _shared_materials(items: Mapping[str, Item], item: Item) -> Found:
    """One code is one paper: the same source, and the same name unless the joint item names it."""
    first: dict[str, tuple[str, str, str]] = {}
    for index, asker in [(None, item), *((i, items.get(part.item)) for i, part in enumerate(item.parts))]:
        for material in asker.materials if asker else ():
            name, source, owner = first.setdefault(
                material.code, (material.name["zh"], material.source, asker.code if asker else "")
            )
            if source != material.source or (
                name != material.name["zh"] and material.code not in item.merged_names
            ):
                path = "materials" if index is None else f"parts.{index}.item"
                params: dict[str, object] = {
                    "code": material.code,
                    "one": owner,
                    "other": asker.code if asker else "",
                }
                yield path, CONFLICTING_MATERIAL, params
    for code in item.merged_names:
        if code not in first:
            yield f"merged_names.{code}", N_("没有单项要求材料“%(code)s”"), {"code": code}


def _shared_fields(sources: Sources, items: Mapping[str, Item], item: Item) -> Found:
    """The forms of a joint item and its parts can be asked as one."""
    askers = [item, *(items[part.item] for part in item.parts if part.item in items)]
    forms = {asker.code: sources.forms[asker.form] for asker in askers if asker.form in sources.forms}
    if not forms:
        return  # said elsewhere
    try:
        union(item.form, forms)
    except FormFileError as error:
        for conflict in error.conflicts:
            one, other = conflict.forms
            yield "parts", CONFLICTING_FIELD, {"field": conflict.field, "one": one, "other": other}


def _form_faults(form: Form) -> Found:
    """Field codes are unique, groups exist, conditions read fields asked earlier."""
    groups = {group.code for group in form.groups}
    earlier: set[str] = set()
    for index, field in enumerate(form.fields):
        if field.code in earlier:
            yield f"fields.{index}.code", N_("编码“%(code)s”重复"), {"code": field.code}
        if field.group not in groups:
            yield f"fields.{index}.group", N_("分组“%(code)s”不存在"), {"code": field.group}
        for code in field.when or ():
            if code not in earlier:
                yield f"fields.{index}.when", N_("条件所用的字段“%(field)s”不在前面"), {"field": code}
        earlier.add(field.code)


CONFLICTING_MATERIAL = N_(
    "材料“%(code)s”在“%(one)s”和“%(other)s”中的名称或来源不同，且联办事项没有写明统一名称"
)
CONFLICTING_FIELD = N_("字段“%(field)s”在表单“%(one)s”和“%(other)s”中的定义不同")


def _certificate_faults(sources: Sources, code: str) -> Found:
    """A printed form names its holder, fields that some form asks, and marks of its own."""
    certificate = sources.certificates[code]
    labels = certificate["labels"]
    keys = [label["key"] for label in labels]
    yield from _duplicates("labels", keys)
    if "holder" not in keys:
        yield "labels", N_("缺少持证人（holder）一栏"), {}
    for name in ("short", "serial"):
        others = [each for each, other in sources.certificates.items() if other[name] == certificate[name]]
        if others[0] != code:
            yield name, N_("与“%(other)s”的相同"), {"other": others[0]}
    asked = {field.code for form in sources.forms.values() for field in form.fields}
    for index, label in enumerate(labels):
        if unknown := [answer for answer in label.get("answers", ()) if answer not in asked]:
            yield f"labels.{index}.answers", N_("没有表单有字段“%(names)s”"), {"names": "、".join(unknown)}
        if "between" in label and len(label.get("answers", ())) < 2:
            yield f"labels.{index}.between", N_("只有一个答案，没有要连接的"), {}
