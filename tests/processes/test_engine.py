"""Every procedure, step by step, through its state as text."""

import json
import time
from pathlib import Path

import pytest
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator

from processes import definitions, engine
from processes.lanes import LANES
from processes.state import UnreadableState
from tests.processes.support import HEAD, Walk, built_in, flow, flows, loaded, node, process

GOLDEN = Path(__file__).parent / "golden"


def test_an_ordinary_case_with_a_correction_a_visit_and_a_hearing_of_the_applicant():
    case = Walk(built_in("ordinary"), "ordinary", intake="checking")
    case.do("check_materials", "correction").do("answer_correction").do("check_materials", "accepted")
    assert case.now.open_steps[0].name == "审查"
    case.do("review", "site_visit").do("site_visit").do("review", "opinion")
    case.do("decide", "propose_refusal").do("hear_statement").do("decide", "granted").do("issue").do(
        "deliver"
    )
    assert (case.now.ended, case.now.end_event, case.now.open_steps) == (True, "end_granted", ())


def test_an_ordinary_case_accepted_at_the_window_and_refused():
    case = Walk(built_in("ordinary"), "ordinary", intake="accepted")
    case.do("review", "opinion").do("decide", "refused").do("deliver_refusal")
    assert case.now.end_event == "end_refused"


def test_materials_not_accepted_end_the_case():
    case = Walk(built_in("ordinary"), "ordinary", intake="checking").do("check_materials", "not_accepted")
    assert case.now.end_event == "end_not_accepted"


def test_a_correction_asked_at_intake_waits_for_the_applicant():
    assert Walk(built_in("ordinary"), "ordinary", intake="correction").steps == ["answer_correction"]


def test_an_instant_case_granted_and_refused():
    granted = Walk(built_in("instant"), "instant", intake="accepted").do("decide_on_the_spot", "granted")
    assert granted.do("issue").do("deliver").now.end_event == "end_granted"
    refused = Walk(built_in("instant"), "instant", intake="accepted")
    refused.do("decide_on_the_spot", "propose_refusal")
    refused.do("hear_statement").do("decide_on_the_spot", "refused").do("deliver_refusal")
    assert refused.now.end_event == "end_refused"


def test_an_instant_case_is_decided_only_after_it_was_accepted():
    assert Walk(built_in("instant"), "instant", intake="checking").steps == ["check_materials"]
    corrected = Walk(built_in("instant"), "instant", intake="correction").do("answer_correction")
    assert corrected.do("check_materials", "accepted").steps == ["decide_on_the_spot"]


def test_the_lead_asks_pre_checks_again_after_a_correction():
    lead = Walk(built_in("joint"), "joint_lead", intake="checking")
    assert (lead.now.thrown, lead.now.awaited) == (("pre_check_asked",), ("pre_checks_in",))
    lead.hear("pre_checks_in").do("check_materials", "correction").do("answer_correction")
    assert (lead.now.thrown, lead.now.awaited) == (("pre_check_asked",), ("pre_checks_in",))
    lead.hear("pre_checks_in").do("check_materials", "accepted")
    assert (lead.now.thrown, lead.now.awaited) == (("parts_opened",), ("opinions_in",))


@pytest.mark.parametrize(
    ("result", "steps", "end"),
    [
        ("all_granted", ["issue", "deliver"], "end_granted"),
        ("some_granted", ["issue_parts", "deliver_parts"], "end_partly"),
        ("none_granted", ["deliver_refusal"], "end_refused"),
    ],
)
def test_the_lead_sends_back_twice_and_ends_by_the_result(result, steps, end):
    lead = Walk(built_in("joint"), "joint_lead", intake="accepted")
    for _ in range(2):
        lead.hear("opinions_in").do("collate", "send_back")
        assert lead.now.awaited == ("opinions_in",)
    lead.hear("opinions_in").do("collate", "release")
    assert (lead.now.thrown, lead.now.awaited) == (("decisions_released",), ("decisions_in",))
    lead.hear("decisions_in", result=result)
    for step in steps:
        lead.do(step)
    assert lead.now.end_event == end


def test_a_department_that_only_gives_an_opinion():
    part = Walk(built_in("joint"), "joint_department", decides=False, prerequisite="none").do(
        "review", "opinion"
    )
    assert (part.now.thrown, part.now.ended, part.now.end_event) == (("opinion_given",), True, "end_opinion")


def test_a_department_that_waits_for_another_ones_decision():
    part = Walk(built_in("joint"), "joint_department", decides=True, prerequisite="open").do(
        "review", "opinion"
    )
    assert (part.now.thrown, part.now.awaited) == (("opinion_given",), ("decision_released",))
    part.hear("decision_released")
    assert part.now.awaited == ("prerequisite_decided",)
    part.hear("prerequisite_decided").do("decide", "propose_refusal").do("hear_statement").do(
        "decide", "refused"
    )
    assert (part.now.thrown, part.now.end_event) == (("decided",), "end_refused_part")


def test_a_fact_handed_over_with_a_message_replaces_the_older_one():
    part = Walk(built_in("joint"), "joint_department", decides=True, prerequisite="open").do(
        "review", "opinion"
    )
    assert part.hear("decision_released", prerequisite="none").steps == ["decide"]


def test_a_pre_check_starts_at_its_message_start_event():
    check = Walk(built_in("joint"), "joint_pre_check").do("pre_check")
    assert (check.now.thrown, check.now.ended) == (("pre_check_done",), True)


def test_every_lane_of_every_open_step_is_a_post():
    case = Walk(built_in("ordinary"), "ordinary", intake="checking")
    assert {step.lane for step in case.now.open_steps} <= set(LANES)


PARALLEL = process(
    node("startEvent", "s")
    + node("parallelGateway", "split")
    + node("userTask", "decide")
    + node("callActivity", "called", calledElement="department_review")
    + node("parallelGateway", "join")
    + node("userTask", "issue")
    + node("endEvent", "e")
    + flows("s", "split", "decide", "join", "issue", "e")
    + flow("split", "called")
    + flow("called", "join")
)


@pytest.mark.parametrize("first", ["decide", "review"])
def test_a_parallel_gateway_waits_for_both_branches(first):
    definition = loaded(definitions.bundle(PARALLEL, definitions.built_in))
    case = Walk(definition, "p")
    assert sorted(case.steps) == ["decide", "review"]
    outcomes = {"decide": None, "review": "opinion"}
    second = "review" if first == "decide" else "decide"
    case.do(first, outcomes[first])
    assert case.steps == [second]
    assert case.do(second, outcomes[second]).steps == ["issue"]
    assert case.do("issue").now.ended


def test_progress_shows_done_active_and_waiting_also_inside_a_call():
    ordinary = built_in("ordinary")
    case = Walk(ordinary, "ordinary", intake="accepted").do("review", "site_visit")
    marks = engine.progress_of(ordinary, "ordinary", case.now.state)
    assert marks["site_visit"] == marks["department_review_of_case"] == "active"
    assert marks["review"] == "done"
    assert "decide" not in marks
    joint = built_in("joint")
    lead = Walk(joint, "joint_lead", intake="accepted")
    assert engine.progress_of(joint, "joint_lead", lead.now.state)["await_opinions"] == "waiting"
    lead.hear("opinions_in").do("collate", "send_back").hear("opinions_in")
    marks = engine.progress_of(joint, "joint_lead", lead.now.state)
    assert (marks["collate"], marks["await_opinions"]) == ("active", "done")


def test_a_step_done_twice_is_refused_and_a_number_is_never_used_again():
    ordinary = built_in("ordinary")
    case = Walk(ordinary, "ordinary", intake="checking")
    seen = set()
    for _ in range(3):
        for step, outcome in (("check_materials", "correction"), ("answer_correction", None)):
            [task] = case.now.open_steps
            assert task.engine_task not in seen
            seen.add(task.engine_task)
            case.do(step, outcome)
            for stale in seen:
                with pytest.raises(engine.UnknownEngineTask):
                    engine.complete(ordinary, "ordinary", case.now.state, stale, {})


def test_the_outcome_of_an_earlier_step_is_forgotten():
    case = Walk(built_in("ordinary"), "ordinary", intake="accepted").do("review", "opinion")
    before = case.now.state
    with pytest.raises(engine.CannotGoOn, match="outcome"):
        case.do("decide")
    assert case.now.state == before


def test_a_message_nobody_waits_for_is_refused():
    joint = built_in("joint")
    lead = Walk(joint, "joint_lead", intake="accepted")
    with pytest.raises(engine.NobodyWaits):
        engine.deliver(joint, "joint_lead", lead.now.state, "decisions_in", {})


@pytest.mark.parametrize(
    "facts",
    [
        {"typename": "x"},
        {"Outcome": "x"},
        {"__class__": "x"},
        {"outcome": "张三（示例）"},
        {"outcome": "x" * 65},
        {"outcome": ["a"]},
        {"outcome": {"a": 1}},
        {"outcome": 1.5},
        {"outcome": "#1"},
    ],
)
def test_facts_are_short_flat_codes(facts):
    with pytest.raises(engine.BadFact):
        engine.start(built_in("ordinary"), "ordinary", facts)


def test_the_state_holds_no_spec_no_clock_and_no_random_number():
    state = Walk(built_in("joint"), "joint_lead", intake="accepted").now.state
    assert state == Walk(built_in("joint"), "joint_lead", intake="accepted").now.state
    assert "task_specs" not in state
    assert "-" not in json.loads(state)["workflow"]["root"]
    assert (
        max(task.get("last_state_change", 0) for task in json.loads(state)["workflow"]["tasks"].values())
        < 100
    )


@pytest.mark.parametrize(
    "state", ["", "{}", "[]", '{"format":9}', '{"format":1,"next":2,"workflow":{}}', "null"]
)
def test_a_damaged_state_is_named_as_such(state):
    with pytest.raises(UnreadableState):
        engine.look(built_in("ordinary"), "ordinary", state)


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.json")))
def test_a_state_written_by_an_earlier_version_still_runs_to_its_end(name):
    """Made once and kept: a library or a change of ours that cannot read them would strand running cases."""
    golden = json.loads((GOLDEN / f"{name}.json").read_text())
    definition = definitions.load(f"golden-{name}", golden["specs"])
    for point in golden["points"]:
        progress = engine.look(definition, golden["process"], point["state"])
        assert [step.step for step in progress.open_steps] == point["open"]
        assert list(progress.awaited) == point["awaited"]
    last = golden["points"][-1]
    progress = engine.look(definition, golden["process"], last["state"])
    for step, facts in golden["rest"]:
        if step in progress.awaited:
            progress = engine.deliver(definition, golden["process"], progress.state, step, facts)
        else:
            [task] = [each for each in progress.open_steps if each.step == step]
            progress = engine.complete(definition, golden["process"], progress.state, task.engine_task, facts)
    assert progress.end_event == golden["end"]


def test_there_are_golden_states():
    assert {path.stem for path in GOLDEN.glob("*.json")} == {"ordinary", "joint_lead", "parallel"}


def test_specs_of_another_library_version_are_not_loaded():
    with pytest.raises(definitions.StaleDefinition):
        definitions.load("another", '{"format":"spiff-9/1","processes":{}}')


def test_a_definition_is_restored_once():
    xml = definitions.built_in("instant")
    assert loaded(xml) is loaded(xml)


def test_a_call_to_an_unknown_process_is_named():
    xml = PARALLEL.replace(b"department_review", b"../../etc/passwd")
    with pytest.raises(definitions.NoSuchProcess):
        definitions.bundle(xml, definitions.built_in)


def test_a_script_that_slipped_past_the_linter_is_not_executed(tmp_path):
    marker = tmp_path / "written"
    script = f"<bpmn:script>open({str(marker)!r}, 'w')</bpmn:script>"
    xml = process(
        node("startEvent", "s")
        + node("scriptTask", "x", script)
        + node("endEvent", "e")
        + flows("s", "x", "e")
    )
    with pytest.raises(engine.CannotGoOn):
        engine.start(loaded(xml), "p", {})
    assert not marker.exists()


def test_a_condition_that_would_call_is_not_executed():
    xml = process(
        node("startEvent", "s")
        + node("exclusiveGateway", "g", default="f_g_e")
        + node("userTask", "review")
        + node("endEvent", "e")
        + flows("s", "g")
        + flow("g", "e")
        + flow("g", "review", "__import__('os').system('true') == 0")
        + flow("review", "e")
    )
    with pytest.raises(engine.CannotGoOn):
        engine.start(loaded(xml), "p", {})


def test_a_join_that_waits_for_a_branch_nobody_took_is_refused_and_changes_nothing():
    xml = process(
        node("startEvent", "s")
        + node("userTask", "review")
        + node("exclusiveGateway", "g", default="f_g_join")
        + node("parallelGateway", "join")
        + node("userTask", "issue")
        + node("endEvent", "e")
        + flows("s", "review", "g", "join", "e")
        + flow("g", "issue", "outcome == 'x'")
        + flow("issue", "join")
    )
    definition = loaded(xml)
    case = Walk(definition, "p")
    with pytest.raises(engine.CannotGoOn, match="没有待办的步骤"):
        case.do("review", "y")
    assert case.steps == ["review"]


def test_too_many_loops_are_refused_before_the_library_takes_them_for_an_end(monkeypatch):
    assert BpmnTaskIterator(None).max_depth > engine.MAX_TASKS
    monkeypatch.setattr(engine, "MAX_TASKS", 40)
    case = Walk(built_in("joint"), "joint_lead", intake="accepted")

    def send_back_for_ever():
        for _ in range(20):
            case.hear("opinions_in").do("collate", "send_back")

    with pytest.raises(engine.CannotGoOn, match="次数过多"):
        send_back_for_ever()
    assert not case.now.ended


def test_a_file_that_is_no_process_is_refused():
    with pytest.raises(definitions.BadDefinition):
        definitions.parse(f'{HEAD}<bpmn:process id="p" isExecutable="true"/></bpmn:definitions>'.encode())


def test_a_step_is_fast_and_its_state_small():
    """Generous bounds: a quadratic growth would break them, a busy machine does not."""
    case = Walk(built_in("joint"), "joint_lead", intake="accepted")
    for _ in range(20):
        case.hear("opinions_in").do("collate", "send_back")
    start = time.perf_counter()
    case.hear("opinions_in")
    assert time.perf_counter() - start < 0.5
    assert len(case.now.state) < 40_000
