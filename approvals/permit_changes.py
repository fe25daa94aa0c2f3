"""What a request says differently of a permit: old beside new, what may be changed, and who may ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import forms
from forms import Form
from forms.definition import Field

from . import catalogue
from .item_definition import LocalText
from .item_requests import HOLDER, Change, Rules
from .messages import N_
from .readiness import Problem
from .tables import Applicant, Case, Permit
from .terms import RequestKind

HOLDER_LABEL: LocalText = {"zh": "持证人名称", "en": "Name of the holder"}
NOT_CHANGEABLE = N_("这一项不能以变更的方式改变，须重新申请许可。%(note)s")
NOT_HERE = N_("延续、补证不改变登记内容；需要改变的，请另行申请变更")
NOTHING_CHANGED = N_("没有登记事项发生变化，请填写变更后的内容")
NOT_THE_HOLDER = N_("只有持证人（%(holder)s）可以申请，可以委托代理人；换人经营的，须重新申请许可")


@dataclass(frozen=True)
class Changed:
    """One thing that is different now; ``old`` and ``new`` in words of both languages."""

    code: str
    label: LocalText
    old: LocalText
    new: LocalText
    allowed: bool


def holder_of(session: Session, permit: Permit) -> Applicant | None:
    """Whose permit it is."""
    return session.get(Applicant, permit.applicant_id) if permit.applicant_id else permit.case.applicant


def origin_of(session: Session, permit: Permit) -> Case:
    """The case whose answers this version rests on: a renewal or a replacement changed none."""
    versions = select(Permit).where(Permit.number == permit.number, Permit.version <= permit.version)
    for version in session.scalars(versions.order_by(Permit.version.desc())):
        if version.case.request in (RequestKind.NEW, RequestKind.CHANGE):
            return version.case
    return permit.case


def answers_before(session: Session, case: Case) -> dict[str, Any]:
    """The answers the permit was issued on, as far as the form of this request still asks for them."""
    permit = session.get_one(Permit, case.permit_id)
    form = catalogue.case_form(case.form_definition, case.item.code)
    given = origin_of(session, permit).form_data
    return {field.code: given[field.code] for field in form.fields if field.code in given}


def changes_of(session: Session, case: Case) -> list[Changed]:
    """Everything that is different from what the permit was issued on, in the order of the form.

    What the form did not ask for then is not a change; the holder's name comes first.
    """
    if case.permit_id is None:
        return []
    permit = session.get_one(Permit, case.permit_id)
    allowed = set(catalogue.item_of(case.item).requests.change.fields)
    form = catalogue.case_form(case.form_definition, case.item.code)
    before = answers_before(session, case)
    known = Form.from_json(origin_of(session, permit).form_definition)
    name = case.applicant.name if case.applicant else permit.holder
    found = [] if name == permit.holder else [_renamed(permit.holder, name, allowed=HOLDER in allowed)]
    for field in form.fields:
        old, new = before.get(field.code), case.form_data.get(field.code)
        if known.field(field.code) is not None and (old or new) and old != new:
            words = [_words(field, value) for value in (old, new)]
            found.append(Changed(field.code, field.label, words[0], words[1], field.code in allowed))
    return found


def _renamed(old: str, new: str, *, allowed: bool) -> Changed:
    return Changed(HOLDER, HOLDER_LABEL, {"zh": old, "en": old}, {"zh": new, "en": new}, allowed)


def _words(field: Field, value: object) -> Mapping[str, str]:
    return forms.text_of(field, value) if value not in (None, "") else {"zh": "", "en": ""}


def problems(session: Session, case: Case, permit: Permit, rules: Rules) -> list[Problem]:
    """Whoever asks is the holder, and what is different may be; each beside its field."""
    holder = holder_of(session, permit)
    if case.applicant and holder and case.applicant.number_index != holder.number_index:
        return [Problem(NOT_THE_HOLDER, {"holder": permit.holder}, "applicant")]
    changed = changes_of(session, case)
    if not isinstance(rules, Change):
        return [Problem(NOT_HERE, {}, _place(each)) for each in changed if each.code != HOLDER]
    if not changed:
        return [Problem(NOTHING_CHANGED, {}, "form")]
    note: object = rules.note or ""
    return [Problem(NOT_CHANGEABLE, {"note": note}, _place(each)) for each in changed if not each.allowed]


def _place(changed: Changed) -> str:
    return "applicant" if changed.code == HOLDER else f"field:{changed.code}"
