"""Small copies of the document fonts, made in memory: most texts need 8,000 of 65,000 glyphs.

Every rendering cuts the glyphs it uses out of a font, and the larger the font the longer that takes; a page from the
small copies is rendered in half the time and weighs a third. They carry the characters of GB 2312 and common signs. A
rare character in a name is printed from the full font, which has the very same design. HarfBuzz makes the copies at
the first rendering of a process (a second for four faces); no font is kept on disk or in the project.
"""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from cffi import FFI
from fontTools.ttLib import TTFont
from weasyprint import CSS
from weasyprint.text.fonts import FontConfiguration

PREFIX = "Yimen"
REVISION = 900.0  # of two fonts that match alike fontconfig takes the newer: ours, and then the full one
LAYOUT_FEATURE_SET = 6  # HB_SUBSET_SETS_LAYOUT_FEATURE_TAG
FEATURES = (
    "abvm",
    "blwm",
    "calt",
    "ccmp",
    "clig",
    "curs",
    "dist",
    "kern",
    "liga",
    "mark",
    "mkmk",
    "rclt",
    "rlig",
)
SIGNS = ((0x20, 0x180), (0x2000, 0x2070), (0x2150, 0x2200), (0x2460, 0x2500), (0x25A0, 0x2600), (0x3000, 0x3040), (0xFF00, 0xFFF0))  # fmt: skip
"""Latin (a font must have it whole to be chosen for it), punctuation, numbers, boxes, full-width forms."""

_ffi = FFI()
_ffi.cdef("""
    typedef ... hb_blob_t; typedef ... hb_face_t; typedef ... hb_set_t; typedef ... hb_subset_input_t;
    hb_blob_t *hb_blob_create_from_file_or_fail(const char *file);
    const char *hb_blob_get_data(hb_blob_t *, unsigned int *length);
    void hb_blob_destroy(hb_blob_t *);
    hb_face_t *hb_face_create(hb_blob_t *, unsigned int index);
    hb_blob_t *hb_face_reference_blob(hb_face_t *);
    void hb_face_destroy(hb_face_t *);
    void hb_set_add(hb_set_t *, uint32_t);
    void hb_set_clear(hb_set_t *);
    hb_subset_input_t *hb_subset_input_create_or_fail(void);
    void hb_subset_input_destroy(hb_subset_input_t *);
    hb_set_t *hb_subset_input_unicode_set(hb_subset_input_t *);
    hb_set_t *hb_subset_input_set(hb_subset_input_t *, unsigned int which);
    hb_face_t *hb_subset_or_fail(hb_face_t *, const hb_subset_input_t *);
""")


def add_small_faces(fonts: FontConfiguration, faces: Iterable[tuple[str, str, Path, int]]) -> None:
    """Put a small copy of each face (family, weight, file, index) before the full one in ``fonts``."""
    with TemporaryDirectory(prefix="yimen-fonts-") as folder:
        for place, (family, weight, path, index) in enumerate(faces):
            copy = Path(folder) / f"{place}.otf"
            copy.write_bytes(_newer(small_copy(path, index)))
            rule = f'@font-face {{ font-family: "{_own(family)}"; font-weight: {weight}; src: url("{copy.as_uri()}") }}'
            CSS(string=rule, font_config=fonts)  # reads the file; WeasyPrint keeps a copy of its own


def _own(family: str) -> str:
    """Another name than the full font's: by its name WeasyPrint tells one font of a page from another."""
    return f"{PREFIX} {family}"


def characters() -> frozenset[int]:
    """The code points of a small copy: GB 2312 and ``SIGNS``."""
    rows = range(0xA1, 0xF8)
    hanzi = b"".join(bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF)).decode(
        "gb2312", "ignore"
    )
    return frozenset(map(ord, hanzi)).union(*(range(first, end) for first, end in SIGNS))


def small_copy(path: Path, index: int) -> bytes:
    """One face of a font file with ``characters`` alone. Raises ``RuntimeError`` where HarfBuzz cannot make it."""
    harfbuzz, subsetter = _ffi.dlopen("libharfbuzz.so.0"), _ffi.dlopen("libharfbuzz-subset.so.0")
    blob = _owned(harfbuzz.hb_blob_create_from_file_or_fail(str(path).encode()), harfbuzz.hb_blob_destroy)
    face = _owned(harfbuzz.hb_face_create(blob, index), harfbuzz.hb_face_destroy)
    wanted = _owned(subsetter.hb_subset_input_create_or_fail(), subsetter.hb_subset_input_destroy)
    code_points = subsetter.hb_subset_input_unicode_set(wanted)
    for code_point in characters():
        harfbuzz.hb_set_add(code_points, code_point)
    features = subsetter.hb_subset_input_set(wanted, LAYOUT_FEATURE_SET)
    harfbuzz.hb_set_clear(features)  # forms for other languages and vertical text would double the font
    for feature in FEATURES:
        harfbuzz.hb_set_add(features, int.from_bytes(feature.encode()))
    small = _owned(subsetter.hb_subset_or_fail(face, wanted), harfbuzz.hb_face_destroy)
    content = _owned(harfbuzz.hb_face_reference_blob(small), harfbuzz.hb_blob_destroy)
    length = _ffi.new("unsigned int *")
    data = harfbuzz.hb_blob_get_data(content, length)
    return bytes(_ffi.unpack(data, length[0]))


def _owned(thing: object, destroy: object) -> object:
    if thing == _ffi.NULL:
        raise RuntimeError("HarfBuzz could not make a small copy of a font")
    return _ffi.gc(thing, destroy)


def _newer(font: bytes) -> bytes:
    with TTFont(BytesIO(font)) as changed:
        changed["head"].fontRevision = REVISION
        kept = BytesIO()
        changed.save(kept)
    return kept.getvalue()
