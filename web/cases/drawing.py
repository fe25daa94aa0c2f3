"""The diagram of a case: its own definition, a pool for each part, the state of each step."""

from dataclasses import dataclass, replace

from flask_babel import gettext
from lxml import etree
from sqlalchemy.orm import Session

from approvals.errors import NotFound
from approvals.tables import Case, CasePart, ProcessDefinition, ProcessInstance
from processes import flow, safe_xml, step_limits, store
from processes.diagram import Drawing, case_diagram

from ..i18n import limit_words, local


def of_case(session: Session, case: Case) -> Drawing:
    """The drawing of the definition this case is pinned to; raises ``NotFound`` before anything runs."""
    instances = _own(session, case)
    if not instances:
        raise NotFound
    return _drawing(session.get_one(ProcessDefinition, instances[0].definition_id), case, instances)


def marks_of(session: Session, case: Case) -> dict[str, str]:
    """Element id in the drawing → done, active or waiting; empty before anything runs."""
    instances = _own(session, case)
    if not instances:
        return {}
    definition = session.get_one(
        ProcessDefinition, instances[0].definition_id
    )  # held: read once for all marks
    marks = [(_key(each), store.marks(session, each)) for each in instances if each.status != "cancelled"]
    return _drawing(definition, case, instances).statuses(marks)


@dataclass(frozen=True)
class HearingDrawn:
    """The process of one hearing: its instance, whose part it is, and how far it has come."""

    instance_id: int
    part: CasePart
    marks: dict[str, str]


def hearings(session: Session, case: Case) -> list[HearingDrawn]:
    """The hearings of a case, each drawn by itself below."""
    parts = {part.id: part for part in case.parts}
    return [
        HearingDrawn(each.id, parts[each.part_id], store.marks(session, each))
        for each in store.instances(session, case.id, flow.HEARING)
        if each.part_id in parts and each.status != "cancelled"
    ]


def of_hearing(session: Session, case: Case, instance_id: int) -> bytes:
    """The BPMN of a hearing of this case; raises ``NotFound``."""
    for each in store.instances(session, case.id, flow.HEARING):
        if each.id == instance_id:
            return _in_words(session.get_one(ProcessDefinition, each.definition_id).xml.encode())
    raise NotFound


def _own(session: Session, case: Case) -> list[ProcessInstance]:
    """What runs of the case's own definition; a hearing is drawn in another and has its own tab."""
    instances = store.instances(session, case.id)
    return [each for each in instances if each.definition_id == instances[0].definition_id]


def _drawing(definition: ProcessDefinition, case: Case, instances: list[ProcessInstance]) -> Drawing:
    pools: dict[str, list[tuple[str, str]]] = {flow.PRE_CHECK: [], flow.DEPARTMENT: []}
    for process, pairs in pools.items():
        started = {each.part_id for each in instances if each.process == process}
        pairs.extend(
            (f"part_{part.id}", f"{local(part.department.name)} · {local(part.name)}")
            for part in case.parts
            if part.id in started
        )
    drawing = case_diagram(definition.xml.encode(), pools)
    return replace(drawing, xml=_in_words(drawing.xml))


def _in_words(xml: bytes) -> bytes:
    """Names of steps are message ids: in the reader's language they stand in the picture too, with their limits."""
    root = safe_xml.read(xml)
    for element in root.iter("{*}*"):
        if name := element.get("name"):
            days = step_limits.days_of(element)
            limit = {"days": days, "unit": element.get(step_limits.UNIT, "working")} if days else None
            element.set("name", "\n".join(filter(None, (gettext(name), limit_words(limit)))))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _key(instance: ProcessInstance) -> str:
    return f"part_{instance.part_id}" if instance.part_id else ""
