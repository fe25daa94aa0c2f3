"""The fonts of legal documents: found at start, and asked before anything is issued.

A character that the fonts lack would print as a box or in a stray face; on a certificate that is a wrong
name. So every text is checked first, and the issue stops with a sentence that says what to do.
"""

import atexit
import functools
import subprocess
import unicodedata
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

from fontTools.ttLib import TTFont
from weasyprint.text import ffi
from weasyprint.text.fonts import FontConfiguration

from ..errors import DomainError
from ..messages import N_
from .faces import add_small_faces

FACES = (
    ("Noto Sans CJK SC", "regular"),
    ("Noto Sans CJK SC", "bold"),
    ("Noto Serif CJK SC", "regular"),
    ("Noto Serif CJK SC", "bold"),
)
LAYOUT_CHARACTERS = frozenset("\t\n\r")


class GlyphMissing(DomainError):
    """A character that no document font can print (生僻字)."""

    message = N_(
        "文书字库中没有这些字：%(characters)s。文书未生成、未占用文号。"
        "请核对是否录入有误；确为生僻字的，请与当事人确认后改用规范汉字或汉语拼音填写，并在备注中注明原字。"
    )
    status = 422


class PrintingUnavailable(RuntimeError):
    """This machine cannot print legal documents; the text names the missing system package."""


def check_printing() -> None:
    """Raise ``PrintingUnavailable`` unless fonts and the font subsetter are installed; call at start."""
    # Without harfbuzz-subset WeasyPrint subsets in Python: over a minute for a CJK font, not one second.
    if ffi.harfbuzz_subset is None:
        raise PrintingUnavailable(
            "缺少系统库 harfbuzz-subset，无法生成 PDF。请执行：apt-get install libharfbuzz-subset0"
        )
    for family, weight in FACES:
        font_file(family, weight)


@functools.cache
def font_configuration() -> FontConfiguration:
    """One for the whole process: each new one keeps its memory for good. Small copies of our faces come first."""
    fonts = FontConfiguration()
    weights = {"regular": "400", "bold": "700"}
    add_small_faces(
        fonts, [(family, weights[weight], *font_file(family, weight)) for family, weight in FACES]
    )
    atexit.register(font_configuration.cache_clear)  # WeasyPrint then removes its folder of copies
    return fonts


@functools.cache
def font_file(family: str, weight: str) -> tuple[Path, int]:
    """File and face index of a font; raises ``PrintingUnavailable`` when the family is not installed."""
    command = ["fc-match", "-f", "%{family}|%{index}|%{file}", f"{family}:{weight}"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        raise PrintingUnavailable(
            "找不到 fc-match，无法查找字体。请执行：apt-get install fontconfig fonts-noto-cjk"
        ) from error
    found, index, path = answer.split("|", 2)
    if family not in found.split(","):  # fontconfig always answers, with the nearest font if need be
        raise PrintingUnavailable(f"缺少字体“{family}”。请执行：apt-get install fonts-noto-cjk")
    return Path(path), int(index)


@functools.cache
def printable_characters() -> frozenset[int]:
    """Code points that every face of every document font can print."""
    covers = []
    for path, index in {font_file(family, weight) for family, weight in FACES}:
        with TTFont(path, fontNumber=index, lazy=True) as font:
            covers.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*covers)


def missing_glyphs(text: str) -> list[str]:
    """The distinct characters of ``text`` that cannot be printed, in order of appearance."""
    cover = printable_characters()
    return [
        character
        for character in dict.fromkeys(text)
        if ord(character) not in cover and character not in LAYOUT_CHARACTERS
    ]


def require_glyphs(text: str) -> None:
    """Raise ``GlyphMissing`` naming every character that cannot be printed, with its code point."""
    missing = missing_glyphs(text)
    if missing:
        raise GlyphMissing(characters="、".join(_named(character) for character in missing))


def _named(character: str) -> str:
    shown = character if unicodedata.category(character)[0] in "LNPS" else ""
    return f"{shown}(U+{ord(character):04X})"


def text_of(html: str) -> str:
    """What a page shows as text, without styles: what the fonts must be able to print."""
    return "".join(_Text.parts(html))


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.silent = 0

    @classmethod
    def parts(cls, html: str) -> Iterable[str]:
        parser = cls()
        parser.feed(html)
        parser.close()
        return parser.texts

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silent += tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag == "style"

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.texts.append(data)
