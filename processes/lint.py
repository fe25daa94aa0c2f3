"""Checks at deployment: what the engine would silently ignore, misread or execute is refused, with a mend.

``check`` is called by the command line and before every deployment. The supported subset is described in
``docs/bpmn-subset.md``; the rules stand in ``lint_bpmn`` and ``lint_dmn``.
"""

from collections.abc import Callable, Collection
from typing import Final

from lxml import etree

from approvals.errors import DomainError
from approvals.messages import N_

from . import definitions, lint_bpmn, lint_dmn, safe_xml
from .facts import FACTS
from .fault import Fault
from .safe_xml import BPMN, DMN

__all__ = ["Fault", "check"]


def check(
    xml: bytes,
    filename: str,
    *,
    steps: Collection[str],
    facts: Collection[str] = tuple(FACTS),
    find: Callable[[str], bytes] = definitions.built_in,
) -> list[Fault]:
    """Every fault of a BPMN or DMN file, in the order of the rules; an empty list lets it be deployed.

    ``steps`` are the codes of the steps the programme knows, ``facts`` what a condition may read, ``find`` gives the
    file of a called process. A file that is no BPMN and no DMN is itself a fault.
    """
    try:
        root = safe_xml.read(xml)
    except safe_xml.UnsafeXml as error:
        return [Fault(filename, "", UNREADABLE, RE_EXPORT, {"detail": error.params["problem"]})]
    match root.tag:
        case tag if tag == f"{{{BPMN}}}definitions":
            return lint_bpmn.faults(root, steps, facts) or _does_not_parse(xml, filename, find)
        case tag if tag == f"{{{DMN}}}definitions":
            return lint_dmn.faults(root)
        case _:
            return [Fault(filename, "", UNREADABLE, RE_EXPORT, {"detail": etree.QName(root).localname})]


UNREADABLE: Final = N_("文件不能读取：%(detail)s")
RE_EXPORT: Final = N_("请从流程设计器重新导出 BPMN 2.0 或 DMN 1.3 文件，不得含有文档类型和实体")


def _does_not_parse(xml: bytes, filename: str, find: Callable[[str], bytes]) -> list[Fault]:
    """The last word is the parser's."""
    try:
        definitions.parse(definitions.bundle(xml, find))
    except DomainError as error:
        return [
            Fault(
                filename,
                "",
                N_("引擎不能解析：%(detail)s"),
                N_("请按提示修改后重新检查"),
                {"detail": error.text()},
            )
        ]
    return []
