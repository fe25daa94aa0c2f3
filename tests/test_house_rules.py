"""The rules of the house, asserted: who commits, what is guarded, how long a file may be."""

import ast
import re
from pathlib import Path

import pytest
from lxml import etree

import approvals.errors
from approvals import authority, tasks
from approvals.tables import Task
from approvals.terms import Role
from processes import task_opening
from processes.lanes import LANES
from processes.safe_xml import BPMN
from processes.step_table import STEPS
from web.cases.acts import AT_THE_DESK, FORMS, NEXT_ACT
from web.desk.stepping import SHOWS

ROOT = Path(__file__).parents[1]
LAYERS = ("approvals", "forms", "processes", "web")
SOURCES = [file for layer in LAYERS for file in sorted((ROOT / layer).rglob("*.py"))]
TEMPLATES = sorted((ROOT / "web" / "templates").rglob("*.html"))
BOUNDARY = {"web/transactions.py"}


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def functions(file: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)]


def test_every_route_is_marked_and_names_acts_of_the_authority_table(app):
    for endpoint, view in app.view_functions.items():
        guard = getattr(view, "guard", None)
        assert guard is not None, f"{endpoint}: mark it @public, @signed_in or @requires(...)"
        assert guard == "public" or set(guard) <= set(authority.RIGHTS), endpoint


def test_an_unmarked_view_is_refused(app):
    app.view_functions["auth.login"] = lambda: "open"
    assert app.test_client().get("/login").status_code == 404


def test_visitors_reach_public_pages_alone(app):
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and app.view_functions[rule.endpoint].guard != "public":
            address = re.sub(r"<[^>]*>", "1", rule.rule)
            answer = client.get(address)
            assert answer.status_code in (302, 404), address
            if answer.status_code == 302:
                assert answer.location.startswith("/login"), address


@pytest.mark.parametrize("file", SOURCES, ids=name_of)
def test_only_the_boundary_commits(file):
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    commits = [
        call.lineno for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    ]
    assert not commits or name_of(file) in BOUNDARY


@pytest.mark.parametrize(
    "file", [file for file in SOURCES if "web" not in file.relative_to(ROOT).parts[0]], ids=name_of
)
def test_nothing_below_the_pages_reads_the_clock(file):
    assert not re.search(r"\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(|\btime\.time\(", file.read_text())


@pytest.mark.parametrize("file", SOURCES, ids=name_of)
def test_files_and_functions_stay_short(file):
    length = len(file.read_text().splitlines())
    assert length <= 300
    lengths = {one.name: (one.end_lineno or one.lineno) - one.lineno + 1 for one in functions(file)}
    assert not {name: lines for name, lines in lengths.items() if lines > 40}


@pytest.mark.parametrize("file", TEMPLATES, ids=name_of)
def test_pages_keep_to_the_content_security_policy(file):
    page = file.read_text()
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))


@pytest.mark.parametrize("file", TEMPLATES, ids=name_of)
def test_every_chinese_word_of_a_page_can_be_translated(file):
    page = re.sub(r"\{#.*?#\}", "", file.read_text(), flags=re.DOTALL)
    page = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", page, flags=re.DOTALL)
    assert not re.findall(r"[一-鿿]+", page)


@pytest.mark.parametrize("file", TEMPLATES, ids=name_of)
def test_every_form_that_posts_carries_a_token(file):
    macros = {
        name for one in TEMPLATES for name in re.findall(r"macro (\w+)\([^%]*%\}[^%]*csrf", one.read_text())
    }
    token = re.compile("|".join(rf"\b{name}\(" for name in {"csrf", "csrf_token"} | macros))
    for form in re.findall(r'<form[^>]*method="post".*?</form>', file.read_text(), flags=re.DOTALL):
        assert token.search(form), form[:200]


def test_every_refusal_has_a_sentence_and_a_status(app):
    found, kinds = set(), [approvals.errors.DomainError]
    while kinds:
        kind = kinds.pop()
        found.add(kind)
        kinds += kind.__subclasses__()
    assert len(found) > 10
    for kind in found:
        assert re.search(r"[一-鿿]", kind.message), kind
        assert 400 <= kind.status < 600, kind


def user_tasks():
    """Every human step of the built-in diagrams: file, step, name and the role of its lane."""
    for file in sorted((ROOT / "processes" / "bpmn").glob("*.bpmn")):
        root = etree.fromstring(file.read_bytes())
        lanes = {
            ref.text: lane.get("name")
            for lane in root.iter(f"{{{BPMN}}}lane")
            for ref in lane.iter(f"{{{BPMN}}}flowNodeRef")
        }
        # In one file a step stands in lanes of one name; its pools repeat it.
        for task in root.iter(f"{{{BPMN}}}userTask"):
            role = LANES[str(lanes[task.get("id")])]
            clerk = Role.WINDOW_CLERK  # takes in at the window what the applicant brings
            yield file.name, task.get("id"), task.get("name"), clerk if role == "applicant" else Role(role)


@pytest.mark.parametrize(("file", "step", "name", "role"), list(user_tasks()))
def test_every_human_step_is_known_named_rightful_and_has_its_form(file, step, name, role):
    assert step in STEPS
    assert re.search(r"[一-鿿]", name)
    right = authority.RIGHTS[tasks.act_of(Task(step=step, role=role))]
    assert role in right.roles
    assert step in NEXT_ACT
    assert step in SHOWS or (ROOT / "web/templates/cases/acts" / f"{FORMS[step]}.html").is_file()


def test_steps_and_forms_name_only_each_other():
    drawn = {step for _, step, _, _ in user_tasks()}
    assert set(STEPS) == drawn
    beside = set(task_opening.ASIDE)
    assert set(NEXT_ACT) == drawn | beside
    assert (set(FORMS) | set(SHOWS) | AT_THE_DESK) == drawn | beside
    for step, role in tasks.ACTS:
        assert step in drawn | beside
        assert role in authority.RIGHTS[tasks.ACTS[step, role]].roles


BESIDE = [
    ("issue_correction", Role.LEAD_OFFICER),
    ("issue_correction", Role.WINDOW_CLERK),
    ("answer_correction", Role.WINDOW_CLERK),
    ("approve_extension", Role.HEAD),
    ("approve_extension", Role.GOVERNMENT_HEAD),
    ("approve_procedure", Role.HEAD),
]


@pytest.mark.parametrize(("step", "role"), BESIDE)
def test_tasks_beside_the_process_have_their_right_too(step, role):
    assert step in task_opening.ASIDE
    assert role in authority.RIGHTS[tasks.act_of(Task(step=step, role=role))].roles


@pytest.mark.parametrize("file", SOURCES, ids=name_of)
def test_every_sentence_of_a_refusal_is_marked_for_translation(file):
    for kind in [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ClassDef)]:
        for line in kind.body:
            if isinstance(line, ast.Assign) and [ast.unparse(name) for name in line.targets] == ["message"]:
                assert ast.unparse(line.value).startswith("N_("), kind.name
