"""Lets Babel find what people read in the diagrams: names of BPMN elements, labels and reasons of DMN."""

import re
from collections.abc import Iterator
from typing import IO, Any

from processes import safe_xml

Found = tuple[int, str, str, list[str]]
HAN = re.compile(r"[\u3400-\u9fff]")
"""Names without a Chinese character are codes of messages and variables, which nobody reads."""


def extract(file: IO[bytes], _keywords: Any, _tags: Any, **_options: Any) -> Iterator[Found]:
    """Babel's extraction method: (line, function, message, comments) of each name, label and rule annotation."""
    for element in safe_xml.read(file.read()).iter("{*}*"):
        notes = element.iterfind("{*}description") if safe_xml.local(element) == "rule" else ()
        for words in (element.get("name"), element.get("label"), *(note.text for note in notes)):
            if words and HAN.search(words):
                yield int(element.sourceline or 0), "", words.strip(), []
