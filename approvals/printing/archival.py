"""The archival form of a PDF: output intent, XMP beside the document information, facts for machines.

Everything is taken from the fixed text: its title, and ``<meta>`` elements whose names begin with ``permit-``. The
form follows PDF/A-3; the XMP claims no part of it, since no tool here has checked one.
"""

from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

import pydyf

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
PDF = "http://ns.adobe.com/pdf/1.3/"
XMP = "http://ns.adobe.com/xap/1.0/"
PERMIT = "https://yimen.example/ns/permit#"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FACT = "permit-"
HEAD = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
)
TAIL = b'\n</x:xmpmeta>\n<?xpacket end="r"?>'

for _prefix, _uri in {"rdf": RDF, "dc": DC, "pdf": PDF, "xmp": XMP, "permit": PERMIT}.items():
    register_namespace(_prefix, _uri)


def archive(document: Any, pdf: Any) -> None:
    """Finish WeasyPrint's ``pdf`` (a ``pydyf.PDF``) of ``document`` before it is written."""
    for intent in pdf.catalog["OutputIntents"]:
        intent["S"] = "/GTS_PDFA1"  # the kind of intent archives look for, sRGB; no claim to conform
    metadata = pydyf.Stream([_xmp(document.metadata, pdf.info)], {"Type": "/Metadata", "Subtype": "/XML"})
    pdf.add_object(metadata)
    pdf.catalog["Metadata"] = metadata.reference


def _xmp(metadata: Any, info: Any) -> bytes:
    """The packet: what the document information says, in the same words, then the facts of the permit."""
    rdf = Element(f"{{{RDF}}}RDF")
    about = SubElement(rdf, f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""})
    facts = {name.removeprefix(FACT): text for name, text in metadata.custom.items() if name.startswith(FACT)}
    _listed(about, f"{{{DC}}}title", "Alt", [metadata.title])
    _listed(about, f"{{{DC}}}creator", "Seq", metadata.authors)
    plain = {
        f"{{{DC}}}format": "application/pdf",
        f"{{{DC}}}identifier": facts.get("identifier", ""),
        f"{{{PDF}}}Producer": info["Producer"].string,
        f"{{{PDF}}}Keywords": ", ".join(metadata.keywords),
        f"{{{XMP}}}CreatorTool": metadata.generator,
        f"{{{XMP}}}CreateDate": metadata.created,
        f"{{{XMP}}}ModifyDate": metadata.modified,
    } | {f"{{{PERMIT}}}{name}": text for name, text in facts.items()}
    for name, text in plain.items():
        if text:
            SubElement(about, name).text = text
    packet: bytes = tostring(rdf, encoding="utf-8")
    return HEAD + packet + TAIL


def _listed(about: Element, name: str, container: str, values: list[str]) -> None:
    entries = [value for value in values if value]
    if not entries:
        return
    held = SubElement(SubElement(about, name), f"{{{RDF}}}{container}")
    for value in entries:
        entry = SubElement(held, f"{{{RDF}}}li", {XML_LANG: "x-default"} if container == "Alt" else {})
        entry.text = value
