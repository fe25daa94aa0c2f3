"""The diagram of a case: its own definition, a pool for each part, the state of each step."""

from sqlalchemy.orm import Session

from approvals.errors import NotFound
from approvals.tables import Case, ProcessDefinition, ProcessInstance
from processes import flow, store
from processes.diagram import Drawing, case_diagram


def of_case(session: Session, case: Case) -> Drawing:
    """The drawing of the definition this case is pinned to; raises ``NotFound`` before anything runs."""
    instances = store.instances(session, case.id)
    if not instances:
        raise NotFound
    return _drawing(session.get_one(ProcessDefinition, instances[0].definition_id), case, instances)


def marks_of(session: Session, case: Case) -> dict[str, str]:
    """Element id in the drawing → done, active or waiting; empty before anything runs."""
    instances = store.instances(session, case.id)
    if not instances:
        return {}
    definition = session.get_one(
        ProcessDefinition, instances[0].definition_id
    )  # held: read once for all marks
    marks = [(_key(each), store.marks(session, each)) for each in instances if each.status != "cancelled"]
    return _drawing(definition, case, instances).statuses(marks)


def _drawing(definition: ProcessDefinition, case: Case, instances: list[ProcessInstance]) -> Drawing:
    pools: dict[str, list[tuple[str, str]]] = {flow.PRE_CHECK: [], flow.DEPARTMENT: []}
    for process, pairs in pools.items():
        started = {each.part_id for each in instances if each.process == process}
        pairs.extend(
            (f"part_{part.id}", f"{part.department.zh} · {part.name['zh']}")
            for part in case.parts
            if part.id in started
        )
    return case_diagram(definition.xml.encode(), pools)


def _key(instance: ProcessInstance) -> str:
    return f"part_{instance.part_id}" if instance.part_id else ""
