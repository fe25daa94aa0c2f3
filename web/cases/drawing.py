"""The diagram of a case: its own definition, a pool for each part, the state of each step."""

from sqlalchemy.orm import Session

from approvals.errors import NotFound
from approvals.tables import Case, ProcessDefinition, ProcessInstance
from processes import flow, store
from processes.diagram import Drawing, case_diagram


def of_case(session: Session, case: Case) -> Drawing:
    """The drawing of the definition this case is pinned to; raises ``NotFound`` before anything runs."""
    return _drawing(session, case, store.instances(session, case.id))


def marks_of(session: Session, case: Case) -> dict[str, str]:
    """Element id in the drawing → done, active or waiting."""
    instances = store.instances(session, case.id)
    if not instances:
        return {}
    marks = [(_key(each), store.marks(session, each)) for each in instances if each.status != "cancelled"]
    return _drawing(session, case, instances).statuses(marks)


def _drawing(session: Session, case: Case, instances: list[ProcessInstance]) -> Drawing:
    if not instances:
        raise NotFound
    definition = session.get_one(ProcessDefinition, instances[0].definition_id)
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
