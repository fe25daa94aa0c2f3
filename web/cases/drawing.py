"""The diagram of a case: its own definition, a pool for each part, the state of each step."""

from dataclasses import dataclass, replace

from flask_babel import gettext
from lxml import etree
from sqlalchemy.orm import Session

from approvals.errors import NotFound
from approvals.messages import N_
from approvals.tables import Case, CasePart, ProcessDefinition, ProcessInstance
from processes import flow, safe_xml, step_limits, store, verification_flow
from processes.diagram import Drawing, case_diagram
from processes.task_opening import COMMITMENT
from processes.verification_flow import VERIFICATION

from ..i18n import limit_words, local


def of_case(session: Session, case: Case) -> Drawing:
    """The drawing of the definition this case is pinned to; raises ``NotFound`` before anything runs."""
    groups = _groups(session, case)
    if not groups:
        raise NotFound
    return _drawing(session, case, groups[0])


def marks_of(session: Session, case: Case) -> dict[str, str]:
    """Element id in the drawing → done, active or waiting; empty before anything runs."""
    groups = _groups(session, case)
    return _marks(session, case, groups[0]) if groups else {}


@dataclass(frozen=True)
class Beside:
    """What is drawn by itself below: a hearing, a proceeding, a part's commitment; whose it is, how far it has come."""

    instance_id: int
    title: str
    part: CasePart
    marks: dict[str, str]


def beside(session: Session, case: Case) -> list[Beside]:
    """The processes of a case that are not its own, oldest first."""
    parts = {part.id: part for part in case.parts}
    return [
        Beside(
            group[0].id,
            TITLES[group[0].process],
            parts.get(group[0].part_id or 0, case.parts[0]),
            _marks(session, case, group),
        )
        for group in _groups(session, case)[1:]
    ]


TITLES = {
    flow.HEARING: N_("听证"),
    flow.PROCEEDING: N_("监管程序"),
    COMMITMENT: N_("告知承诺"),
    VERIFICATION: N_("承诺核查"),
}
"""Processes that run beside the case's own, and how their pictures are headed."""


def of_beside(session: Session, case: Case, instance_id: int) -> bytes:
    """The BPMN of a process beside the case's own; raises ``NotFound``."""
    for group in _groups(session, case)[1:]:
        if group[0].id == instance_id:
            return _drawing(session, case, group).xml
    raise NotFound


def _groups(session: Session, case: Case) -> list[list[ProcessInstance]]:
    """What is drawn in one picture: the case's own procedure first, then each process beside it.

    A plain item by commitment has the commitment as its own; turned ordinary, its ordinary procedure.
    """
    found: dict[tuple[str, int], list[ProcessInstance]] = {}
    for each in store.instances(session, case.id):
        if each.process in (flow.HEARING, flow.PROCEEDING):
            if each.status != "cancelled":
                found[each.process, each.id] = [each]
        elif each.process in (COMMITMENT, VERIFICATION):
            found.setdefault((COMMITMENT, each.part_id or case.parts[0].id), []).append(each)
        else:
            found.setdefault(("", each.definition_id), []).append(each)
    rank = {"": 0, COMMITMENT: 1}
    return [found[key] for key in sorted(found, key=lambda key: rank.get(key[0], 2))]


def _marks(session: Session, case: Case, group: list[ProcessInstance]) -> dict[str, str]:
    held = session.get_one(ProcessDefinition, group[0].definition_id)  # held: read once for all marks
    drawing = _drawing(session, case, group, held)
    marks = [(_key(each), store.marks(session, each)) for each in group if each.status != "cancelled"]
    return drawing.statuses(marks)


def _drawing(
    session: Session, case: Case, group: list[ProcessInstance], held: ProcessDefinition | None = None
) -> Drawing:
    definition = held or session.get_one(ProcessDefinition, group[0].definition_id)
    pools: dict[str, list[tuple[str, str]]] = {flow.PRE_CHECK: [], flow.DEPARTMENT: [], VERIFICATION: []}
    for process in (flow.PRE_CHECK, flow.DEPARTMENT):
        started = {each.part_id for each in group if each.process == process}
        pools[process].extend(
            (f"part_{part.id}", f"{local(part.department.name)} · {local(part.name)}")
            for part in case.parts
            if part.id in started
        )
    for each in group:
        if each.process == VERIFICATION and each.status != "cancelled":
            row = verification_flow.of_instance(session, each)
            name = local(row.department.name) if row else ""
            pools[VERIFICATION].append((_key(each), f"{gettext(TITLES[VERIFICATION])} · {name}"))
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
    """Whose pool its tokens stand in; none of its own in a picture that is of it alone."""
    if instance.process == VERIFICATION:
        return f"verification_{instance.id}"
    alone = instance.process not in (flow.PRE_CHECK, flow.DEPARTMENT)
    return "" if alone else f"part_{instance.part_id}"
