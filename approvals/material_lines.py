"""The checklist of a case, kept in line with its parts, the answers and what commitments stand in for."""

from sqlalchemy.orm import Session

from . import catalogue
from .commitment_clauses import replaced
from .tables import Case, CaseMaterial
from .terms import MaterialState

PROMISED = (MaterialState.COMMITTED, MaterialState.FOLLOWING)
"""A commitment stands in for these; nobody ticks them by hand."""


def part_items(case: Case) -> list[catalogue.Item]:
    """The definitions of the parts of a joint case; a plain case asks by itself."""
    return [catalogue.item_of(part.item) for part in case.parts if part.item and part.item_id != case.item_id]


def sync_materials(session: Session, case: Case) -> None:
    """Bring the checklist into line with parts, paths and answers; ticks on lines that stay are kept."""
    have = {material.code: material for material in case.materials}
    for line, promised in _lines(case):
        material = have.pop(line.code, None)
        if material is None:
            material = CaseMaterial(case_id=case.id, code=line.code, state=MaterialState.MISSING)
            session.add(material)
            if line.shared_exempt:
                material.state = MaterialState.SHARED
        elif material.state == MaterialState.NOT_APPLICABLE and not material.note:
            material.state = MaterialState.MISSING  # it had fallen away with the answers and is back
        material.line = line.to_json()
        _promise(material, promised)
    for gone in have.values():
        if gone.files:
            gone.state = MaterialState.NOT_APPLICABLE
        else:
            session.delete(gone)
    session.flush()
    session.expire(case, ["materials"])


def _lines(case: Case) -> list[tuple[catalogue.ChecklistLine, MaterialState | None]]:
    """Every line, asked for by those parts alone that still ask; what none asks for is promised or follows."""
    item, parts = catalogue.item_for(case), part_items(case)
    clauses = replaced(case)
    asked = {line.code: line for line in catalogue.checklist(item, parts, case.form_data, clauses.keys())}
    lines: list[tuple[catalogue.ChecklistLine, MaterialState | None]] = []
    for line in catalogue.checklist(item, parts, case.form_data):
        if line.code in asked:
            lines.append((asked[line.code], None))
        else:
            follows = any(clauses[asker, line.code].follow_days for asker in line.asked_by)
            lines.append((line, MaterialState.FOLLOWING if follows else MaterialState.COMMITTED))
    return lines


def _promise(material: CaseMaterial, promised: MaterialState | None) -> None:
    """What was handed in stays; the rest is as the commitments leave it, or asked for again."""
    if promised is None and material.state in PROMISED:
        exempt = material.line["shared_exempt"]
        material.state = MaterialState.SHARED if exempt else MaterialState.MISSING
    elif promised is not None and material.state not in (MaterialState.RECEIVED, MaterialState.SHARED):
        material.state, material.note = promised, ""
