"""Reading XML that somebody uploaded: no document type, no entity, no network, a bounded size."""

from typing import Final

from lxml import etree

from approvals.errors import DomainError
from approvals.messages import N_

MAX_BYTES: Final = 2_000_000
BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
DC: Final = "http://www.omg.org/spec/DD/20100524/DC"
DI: Final = "http://www.omg.org/spec/DD/20100524/DI"
DMN: Final = "https://www.omg.org/spec/DMN/20191111/MODEL/"
NAMESPACES: Final = {"bpmn": BPMN, "bpmndi": BPMNDI, "dc": DC, "di": DI, "dmn": DMN}


class UnsafeXml(DomainError):
    """The file is not XML, is too big, or carries a document type or entity."""

    message = N_("文件不能读取：%(problem)s。请从流程设计器重新导出后再上传。")
    status = 422


def read(xml: bytes) -> etree._Element:
    """The root element of ``xml``; raises ``UnsafeXml``. Comments and processing instructions are dropped."""
    if len(xml) > MAX_BYTES:
        raise UnsafeXml(problem=N_("文件超过 2 MB"))
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise UnsafeXml(problem=N_("含有文档类型或实体声明"))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnsafeXml(problem=str(error)) from error
    # An UTF-16 file hides its DOCTYPE from the search above, not from the parser.
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnsafeXml(problem=N_("含有文档类型或实体声明"))
    return root


def local(element: etree._Element) -> str:
    """The tag without its namespace."""
    return etree.QName(element).localname
