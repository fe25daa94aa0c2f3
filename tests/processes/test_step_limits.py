"""The limits of single steps: read from the diagram, refused where they cannot be read, kept by the deployment."""

import pytest
from sqlalchemy import select

from approvals import clock
from approvals.calendar import default_calendar
from approvals.tables import LedgerEntry, ProcessDefinition
from processes import definitions, lint, step_limits
from tests.centre import HOT_POT, known
from tests.processes.support import STEPS, flows, node, process
from web.demo.centre import Centre

YIMEN = step_limits.NAMESPACE


def diagram(attributes: str) -> bytes:
    plain = process(
        node("startEvent", "s")
        + node("userTask", "review")
        + node("endEvent", "e")
        + flows("s", "review", "e")
    )
    tag = f'<bpmn:userTask xmlns:yimen="{YIMEN}" {attributes} '
    return plain.replace(b"<bpmn:userTask ", tag.encode())


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('yimen:limit="P3D"', {"review": {"days": 3, "unit": "working"}}),
        ('yimen:limit="P30D" yimen:unit="calendar"', {"review": {"days": 30, "unit": "calendar"}}),
        ("", {}),
    ],
)
def test_a_limit_is_read(attributes, expected):
    assert step_limits.limits_of(diagram(attributes)) == expected
    assert lint.check(diagram(attributes), "x.bpmn", steps=STEPS) == []


@pytest.mark.parametrize(
    "attributes",
    [
        'yimen:limit="3"',
        'yimen:limit="P0D"',
        'yimen:limit="PT8H"',
        'yimen:limit="-P3D"',
        'yimen:limit="P1M"',
        'yimen:limit="P9999D"',
        'yimen:limit="P3D" yimen:unit="weeks"',
    ],
)
def test_what_cannot_be_read_is_refused(attributes):
    faults = lint.check(diagram(attributes), "x.bpmn", steps=STEPS)
    assert [fault.element for fault in faults] == ["review"]
    assert "P3D" in faults[0].line()


def test_the_deployment_keeps_the_limits_of_its_file(centre: Centre) -> None:
    row = centre.session.scalars(select(ProcessDefinition).where(ProcessDefinition.name == "joint")).one()
    assert row.limits == step_limits.limits_of(definitions.built_in("joint"))
    assert row.limits["collate"] == {"days": 1, "unit": "working"}


def test_a_task_has_its_own_clock_and_never_outlives_its_part(centre: Centre) -> None:
    case = centre.draft("restaurant_opening", HOT_POT)
    centre.accept(case)
    centre.opine_all(case)
    task = centre.task(case, "collate")
    entry = centre.session.scalars(select(LedgerEntry).where(LedgerEntry.task_id == task.id)).one()
    assert (entry.kind, entry.at, entry.limits["promised"]["days"]) == ("start", centre.now, 1)
    assert (
        clock.local_day(known(task.promised_due))
        == default_calendar().add(clock.local_day(centre.now), 1).day
    )
    centre.now = known(case.promised_due)
    centre.collate(case)
    late = centre.task(case, "decide", "food_licence")
    assert late.promised_due == centre.part(case, "food_licence").promised_due
