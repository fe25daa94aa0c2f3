"""Departments as the administrator keeps them."""

from datetime import datetime

from sqlalchemy.orm import Session

from .. import authority, journal
from ..errors import Invalid
from ..messages import N_
from ..tables import Department, Staff

EDITABLE = ("reconsideration_body", "court", "phone", "address", "abbreviation")
REQUIRED = ("reconsideration_body", "court", "abbreviation")


def edit_department(
    session: Session, by: Staff, department: Department, *, now: datetime, name_en: str, **values: str
) -> None:
    """Change what documents and remedies print (行政许可法 38: the bodies a refusal names).

    Documents already issued keep what they say. Raises ``Forbidden`` or ``Invalid`` by field.
    """
    authority.require(by, "administer")
    wanted = {name: values[name].strip() for name in EDITABLE}
    missing = [name for name in REQUIRED if not wanted[name]]
    if missing:
        raise Invalid({name: (N_("这一栏必须填写。"), {}) for name in missing})
    before = {name: getattr(department, name) for name in EDITABLE} | {
        "name_en": department.name.get("en", "")
    }
    for name, value in wanted.items():
        setattr(department, name, value)
    department.name = department.name | {"en": name_en.strip() or department.name.get("en", "")}
    after = wanted | {"name_en": department.name["en"]}
    changed = {name for name in after if after[name] != before[name]}
    if changed:
        journal.write(
            session,
            "edit_department",
            now=now,
            staff=by,
            before={"department": department.code} | {name: before[name] for name in sorted(changed)},
            after={name: after[name] for name in sorted(changed)},
        )
