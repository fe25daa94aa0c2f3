"""Process definitions: bundled from their files, parsed once, stored as text, cached by content hash.

A definition is one self-contained BPMN file: the processes it calls are bundled into it before it is stored, so
that the hash of the file pins everything a case runs on. What is stored beside it is the text of its parsed specs;
``load`` turns that text into specs. Specs always come from the text and never straight from the parser, because a
freshly parsed spec hangs a multi-instance activity after a reload (measured on SpiffWorkflow 3.2.0).
"""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs import BpmnProcessSpec

from approvals.errors import DomainError
from approvals.messages import N_

from . import safe_xml
from .safe_xml import BPMN, BPMNDI, NAMESPACES

FOLDER: Final = Path(__file__).parent / "bpmn"
FORMAT: Final = "spiff-3.2.0/1"
MAX_CACHED: Final = 64


class NoSuchProcess(DomainError):
    """A definition, or the process it calls, does not exist."""

    message = N_("没有名为“%(name)s”的流程。请检查流程文件和调用活动的编号。")
    status = 422


class BadDefinition(DomainError):
    """The parser cannot make a process of the file."""

    message = N_("流程文件不能使用：%(problem)s。请在流程设计器中改正后再上传。")
    status = 422


class StaleDefinition(DomainError):
    """The stored specs were written for another version of the library; parse the stored XML again."""

    message = N_("流程定义是按另一版本的引擎保存的，需要从流程文件重新生成。")
    status = 500


@dataclass(frozen=True)
class Definition:
    """All processes of one file, ready to run. Shared between threads: never change it."""

    sha256: str
    processes: Mapping[str, BpmnProcessSpec]

    def process(self, process_id: str) -> BpmnProcessSpec:
        """The spec of one process; raises ``NoSuchProcess``."""
        if process_id not in self.processes:
            raise NoSuchProcess(name=process_id)
        return self.processes[process_id]


def built_in(name: str) -> bytes:
    """The self-contained XML of a definition that ships with the programme; raises ``NoSuchProcess``."""
    return bundle(_file(name), _file)


def bundle(xml: bytes, find: Callable[[str], bytes]) -> bytes:
    """``xml`` with every process it calls, from ``find(process id)``, copied in. Raises ``NoSuchProcess``."""
    root = safe_xml.read(xml)
    present = set(root.xpath("bpmn:process/@id", namespaces=NAMESPACES))
    missing = _called(root) - present
    while missing:
        name = min(missing)
        called = safe_xml.read(find(name))
        if name not in called.xpath("bpmn:process/@id", namespaces=NAMESPACES):
            raise NoSuchProcess(name=name)
        _append(root, called)
        present |= set(called.xpath("bpmn:process/@id", namespaces=NAMESPACES))
        missing = _called(root) - present
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def parse(xml: bytes) -> str:
    """The text of the specs of every process in ``xml``, to be stored beside it; raises ``BadDefinition``."""
    parser = BpmnParser()
    try:
        parser.add_bpmn_xml(safe_xml.read(xml))
        specs = parser.find_all_specs()
    except DomainError:
        raise
    except Exception as error:  # the parser raises what it likes; all of it means the same to a person
        raise BadDefinition(problem=str(error)) from error
    for spec in specs.values():
        spec.file = None
    converted = {name: _REGISTRY.to_dict(spec) for name, spec in specs.items()}
    return json.dumps({"format": FORMAT, "processes": converted}, ensure_ascii=False, separators=(",", ":"))


def load(sha256: str, specs_text: str) -> Definition:
    """The definition of this hash, restored once in each process; raises ``StaleDefinition``."""
    with _lock:
        if sha256 not in _cache:
            if len(_cache) >= MAX_CACHED:
                _cache.pop(next(iter(_cache)))
            _cache[sha256] = _restore(sha256, specs_text)
        return _cache[sha256]


_REGISTRY: Final = BpmnWorkflowSerializer()
_cache: dict[str, Definition] = {}
_lock = Lock()


def _file(name: str) -> bytes:
    path = FOLDER / f"{name}.bpmn"
    if path.parent != FOLDER or not path.is_file():
        raise NoSuchProcess(name=name)
    return path.read_bytes()


def _called(root: etree._Element) -> set[str]:
    return set(root.xpath(".//bpmn:callActivity/@calledElement", namespaces=NAMESPACES))


def _append(root: etree._Element, called: etree._Element) -> None:
    """Put the called file's root elements before our first diagram, and its diagrams at the end."""
    diagram = root.find(f"{{{BPMNDI}}}BPMNDiagram")
    ids = set(root.xpath(".//@id"))
    for element in called:
        if element.get("id") in ids:
            raise BadDefinition(problem=str(element.get("id")))
        copied = deepcopy(element)
        if element.tag == f"{{{BPMNDI}}}BPMNDiagram" or diagram is None:
            root.append(copied)
        elif etree.QName(element).namespace == BPMN:
            diagram.addprevious(copied)


def _restore(sha256: str, specs_text: str) -> Definition:
    stored: dict[str, Any] = json.loads(specs_text)
    if stored.get("format") != FORMAT:
        raise StaleDefinition
    return Definition(sha256, {name: _REGISTRY.from_dict(spec) for name, spec in stored["processes"].items()})
