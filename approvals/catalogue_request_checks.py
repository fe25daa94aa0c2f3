"""What must hold of an item's sections on change, renewal and replacement (变更、延续、补证)."""

from collections.abc import Iterator, Mapping

from forms import Form

from .item_definition import Item
from .item_requests import HOLDER, Rules, as_asked, rules_of
from .messages import N_
from .terms import RequestKind

Found = Iterator[tuple[str, str, dict[str, object]]]
CALENDAR_FOR_WORKING: Mapping[str, float] = {"working": 7 / 5, "calendar": 1.0}


def request_faults(item: Item, form: Form | None) -> Found:
    """All faults of the three sections; an item without a certificate has nothing to ask about."""
    if item.certificate is None or item.parts:
        return
    for kind in (RequestKind.CHANGE, RequestKind.RENEWAL, RequestKind.REPLACEMENT):
        rules = rules_of(item, kind)
        yield from _materials(kind, rules)
        yield from _limit(kind, item)
    if form is not None:
        yield from _fields(item, form)
    renewal = item.requests.renewal
    if renewal.earliest is not None and renewal.earliest < renewal.latest:
        params: dict[str, object] = {"earliest": renewal.earliest, "latest": renewal.latest}
        yield "renewal.earliest", N_("最早申请的天数 %(earliest)s 少于最晚申请的天数 %(latest)s"), params


def _materials(kind: RequestKind, rules: Rules) -> Found:
    """Each paper once, and none that may follow: a request is not accepted with a deferral."""
    seen: set[str] = set()
    for index, material in enumerate(rules.materials):
        path = f"{kind}.materials.{index}"
        if material.code in seen:
            yield path, N_("编码“%(code)s”重复"), {"code": material.code}
        if material.necessity == "may_follow":
            yield f"{path}.necessity", N_("变更、延续、补证的材料不能容缺后补"), {}
        seen.add(material.code)


def _limit(kind: RequestKind, item: Item) -> Found:
    """What is promised for a request is no longer than the item's law allows."""
    promised, statutory = as_asked(item, kind).promised, item.statutory
    if statutory is None:
        return
    days = [limit.days * CALENDAR_FOR_WORKING[limit.unit] for limit in (promised, statutory)]
    if days[0] > days[1]:
        params: dict[str, object] = {"promised": promised.days, "statutory": statutory.days}
        yield f"{kind}.promised.days", N_("承诺时限 %(promised)s 长于法定时限 %(statutory)s"), params


def _fields(item: Item, form: Form) -> Found:
    """What may change is asked by the item's own form, or is the holder's name."""
    for index, code in enumerate(item.requests.change.fields):
        if code != HOLDER and form.field(code) is None:
            yield f"change.fields.{index}", N_("表单没有字段“%(field)s”"), {"field": code}
