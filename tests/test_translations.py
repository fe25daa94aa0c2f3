"""Every sentence is marked and has its English; English pages have no Chinese left but what is Chinese by nature."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from approvals.authority import RIGHTS
from approvals.journal import ACTS
from approvals.printing.kinds import KINDS
from web.i18n import LANGUAGES, TERMS
from web.translations.diagrams import HAN, extract

ROOT = Path(__file__).parents[1]
CATALOGUE = ROOT / "web/translations/en/LC_MESSAGES/messages.po"
PARAMETER = re.compile(r"%\(\w+\)s")
KEYWORDS = parse_keywords(["N_", "_", "gettext", "ngettext:1,2"])
MARKERS = {"N_", "_", "gettext", "ngettext"}
CITATION = re.compile(r"《[^》]+》第.+")
LAW = re.compile(
    r"(国办发〔2020〕42号)?(《[^》]+》(（国办发〔2020〕42号）)?)?(、?第[一二三四五六七八九十百（）]+[条款项])*、?"
)
"""A law, a document of the State Council or articles of one, standing alone in code."""
CHINESE_IN_CODE = {
    "approvals/calendar_import.py": "the words of a holiday notice, as it is written",
    "approvals/certificate_preview.py": "what the sample of a permit says",
    "approvals/catalogue_files.py": "a fault as the command line and the log say it",
    "approvals/commitment_clauses.py": "what the notice of acceptance says of the way each part goes",
    "approvals/corrections.py": "what the correction notice, a legal document, says",
    "approvals/documents.py": "the number of a document (〔2026〕17号)",
    "approvals/guides.py": "the printed guide, Chinese like every paper",
    "approvals/holidays.py": "the name under which the calendar data lists New Year's Eve",
    "approvals/notices.py": "mails and short messages to applicants",
    "approvals/paper_context.py": "legal documents",
    "approvals/papers": "legal documents",
    "approvals/permit_issue.py": "reasons that stand in the register and in papers",
    "approvals/permit_versions.py": "reasons that stand in the register and in papers",
    "approvals/printing": "legal documents, seals and certificates",
    "approvals/register.py": "what the message to the holder says of its paper",
    "approvals/register_follow.py": "reasons that stand in the register",
    "approvals/register_standing.py": "reasons that stand in the register",
    "approvals/register_rules.py": "how a law is cited",
    "approvals/signing/development.py": "the name in the certificate of the development key",
    "approvals/verifications.py": "what notices and credit records say",
    "forms/formats.py": "a date as people type it",
    "processes/finding_flow.py": "reasons that stand in credit records and at verifications",
    "processes/proceeding_flow.py": "reasons that stand in papers",
    "processes/lanes.py": "names of lanes as the diagrams write them",
    "processes/steps/decisions.py": "the result as the message to the applicant says it",
    "processes/steps/hearings.py": "how a procedure ended, as its notice says it",
    "processes/steps/permit_requests.py": "messages to holders and the journal",
    "processes/steps/proceedings.py": "messages to holders, and reasons that stand in the register",
    "processes/steps/silence.py": "reasons that stand in papers",
    "processes/steps/unanswered.py": "reasons that stand in papers",
    "processes/steps/verification.py": "what a message to the applicant says",
    "web/admin/certificates.py": "the file name of a sample",
    "web/cases/previews.py": "the file name of a preview",
    "web/cases/labels.py": "what a form offers for a legal document",
    "web/demo": "invented people, answers and reasons",
    "web/desk/stepping.py": "what a form offers for a legal document",
    "web/guide/__init__.py": "the file name of the printed guide",
    "web/supervision/names.py": "what a place in a department's name ends with (示例县)",
    "web/register/acts.py": "the file name of a preview",
    "web/i18n.py": "the name of the language, and a window as it is stored",
    "web/tracking/__init__.py": "the reason a notice of withdrawal names",
}
"""Files whose unmarked Chinese is no sentence of a page, each with the reason."""


@cache
def english() -> dict[str, Message]:
    """The catalogue by message id; the singular of those with a plural."""
    with CATALOGUE.open("rb") as file:
        return {_one(message.id): message for message in read_po(file, locale="en") if message.id}


def _one(words: str | list[str] | tuple[str, ...]) -> str:
    return words if isinstance(words, str) else words[0]


def used() -> Iterator[tuple[str, str]]:
    """(file, message id) of every sentence in code, pages and diagrams."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    for top in ("approvals", "forms", "processes", "web"):
        inside = [(pattern.removeprefix(f"{top}/"), method) for pattern, method in methods]
        own = {pattern.removeprefix(f"{top}/"): chosen for pattern, chosen in options.items()}
        for name, _, words, _, _ in extract_from_dir(ROOT / top, inside, own, KEYWORDS):
            yield f"{top}/{name}", _one(words)


def spoken() -> Iterator[str]:
    """Words that reach a page through a table: terms, acts, rights, titles of documents."""
    yield from (member.label for kind in TERMS.values() for member in kind)
    yield from ACTS.values()
    yield from (right.label for right in RIGHTS.values())
    yield from (title for kind in KINDS.values() for title in (kind.title, kind.other_title) if title)


# --- the catalogue


def test_every_sentence_has_its_english() -> None:
    found = dict.fromkeys(words for _, words in used())
    assert len(found) > 1000
    for part in ("审核材料", "设置门店招牌", "座位数", "受理通知书", "请写明理由。", "还剩 %(num)s 个工作日"):
        assert part in found
    assert [words for words in (*found, *spoken()) if words not in english()] == []


def test_each_entry_is_whole() -> None:
    assert {key: fault for key, message in english().items() if (fault := _fault(key, message))} == {}


def _forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _fault(key: str, message: Message) -> str:
    forms = _forms(message)
    if message.fuzzy or len(forms) != (1 if isinstance(message.id, str) else 2):
        return "fuzzy, or not as many forms as English has"
    for form in forms:
        if not form.strip() or HAN.search(form):
            return "empty or Chinese"
        if sorted(PARAMETER.findall(form)) != sorted(PARAMETER.findall(key)):
            return "other parameters"
        if form.count("%") != len(PARAMETER.findall(form)):
            return "a percent sign that is no parameter"
    return ""


def test_nothing_stands_in_the_catalogue_that_nobody_says() -> None:
    assert set(english()) - {words for _, words in used()} == set()


def test_the_compiled_catalogue_is_the_present_one() -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = {_one(message.id): _forms(message) for message in read_mo(file) if message.id}
    assert compiled == {key: _forms(message) for key, message in english().items()}, "run make setup"


# --- what is marked


@pytest.mark.parametrize("file", sorted((ROOT / "processes").rglob("*.[bd]m*n")), ids=lambda file: file.name)
def test_names_in_diagrams_are_found_whole(file: Path) -> None:
    with file.open("rb") as diagram:
        found = {words for _, _, words, _ in extract(diagram, (), ())}
    source = file.read_text()
    attributes = re.findall(r'(?:name|label)="([^"]*)"', source)
    notes = re.findall(r"<(?:\w+:)?description>([^<]*)<", source)
    assert found == {words.strip() for words in (*attributes, *notes) if HAN.search(words)}


@pytest.mark.parametrize(
    "file",
    sorted((ROOT / "web/templates").rglob("*.html")),
    ids=lambda file: f"{file.parent.name}/{file.name}",
)
def test_every_chinese_word_of_a_page_is_marked(file: Path) -> None:
    page = Environment(autoescape=True).parse(file.read_text())
    marked = {
        id(word)
        for call in page.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in MARKERS
        for word in call.find_all(nodes.Const)
    }
    words = [word.value for word in page.find_all(nodes.Const) if id(word) not in marked]
    words += [text.data for text in page.find_all(nodes.TemplateData)]
    assert [text for text in words if isinstance(text, str) and HAN.search(_unnatural(text))] == []


def _unnatural(text: str) -> str:
    return "" if text in LANGUAGES.values() else CITATION.sub("", text)


SOURCES = [
    file
    for top in ("approvals", "forms", "processes", "web")
    for file in sorted((ROOT / top).rglob("*.py"))
    if not any(file.relative_to(ROOT).is_relative_to(place) for place in CHINESE_IN_CODE)
]


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_chinese_word_of_code_is_marked(file: Path) -> None:
    assert unmarked(file) == []


@pytest.mark.parametrize("place", CHINESE_IN_CODE)
def test_the_list_of_exceptions_is_no_longer_than_it_must_be(place: str) -> None:
    path = ROOT / place
    assert any(unmarked(file) for file in (path.rglob("*.py") if path.is_dir() else [path]))


def unmarked(file: Path) -> list[str]:
    """Chinese in this file that is no docstring, no message id, no citation and no half of {zh, en}."""
    tree = ast.parse(file.read_text())
    fine = {id(word) for node in ast.walk(tree) for word in _fine(node)}
    return [
        word.value
        for word in ast.walk(tree)
        if isinstance(word, ast.Constant) and isinstance(word.value, str)
        and HAN.search(word.value) and not _cites(word.value) and id(word) not in fine
    ]  # fmt: skip


def _cites(text: str) -> bool:
    return bool(CITATION.fullmatch(text) or LAW.fullmatch(text))


def _fine(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in MARKERS:
        yield from ast.walk(node)
    elif isinstance(node, ast.Dict):
        codes = [getattr(key, "value", None) for key in node.keys]
        yield from (
            value for code, value in zip(codes, node.values, strict=True) if code == "zh" and "en" in codes
        )
