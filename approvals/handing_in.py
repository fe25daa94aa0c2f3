"""What is handed in for a case: ticks and counts on the checklist, and scans of the papers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy.orm import Session

from . import filestore, intake, journal
from .errors import DomainError, NotFound
from .filestore import FileStore
from .messages import N_
from .tables import Case, CaseMaterial, Staff, StoredFile
from .terms import CaseState, MaterialState

MOST_FILES = 20  # scans of one material; a longer paper is one PDF


class TooManyFiles(DomainError):
    """More scans of one material than anybody would open."""

    message = N_("一份材料最多上传 %(most)s 个文件，请合并成一个 PDF 后再上传。")
    status = 422


class FileUsed(DomainError):
    """A scan of a case that was handed in is evidence and stays."""

    message = N_("办件已经登记，已上传的文件不能删除；可以再上传更正后的文件。")
    status = 409


@dataclass(frozen=True)
class Tick:
    """What the clerk found for one line of the checklist."""

    code: str
    state: MaterialState
    originals: int
    copies: int
    note: str


def tick_lines(
    session: Session, case: Case, ticks: Iterable[Tick], staff: Staff, now: datetime
) -> dict[str, DomainError]:
    """Record the lawful ticks; returns the refusals by material code.

    After the draft has become a case every change is journalled with what stood there before.
    """
    lines = {material.code: material for material in case.materials}
    refused: dict[str, DomainError] = {}
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for tick in ticks:
        material = lines.get(tick.code)
        if material is None:  # the line fell away with the answers of the same page
            continue
        was = _in_words(material)
        try:
            _tick(case, material, tick)
        except DomainError as error:
            refused[tick.code] = error
        if _in_words(material) != was:
            before[tick.code], after[tick.code] = was, _in_words(material)
    if after and case.state != CaseState.DRAFT:
        journal.write(session, "tick_materials", now=now, staff=staff, case=case, before=before, after=after)
    session.flush()
    return refused


def _tick(case: Case, material: CaseMaterial, tick: Tick) -> None:
    """Deferral is granted with the acceptance; afterwards nothing more is deferred."""
    if (
        tick.state == MaterialState.DEFERRED
        and case.accepted_at is not None
        and material.state != MaterialState.DEFERRED
    ):
        raise intake.BadTick(name=material.line["name"], why=N_("受理以后不能再记为容缺"))
    intake.tick(material, tick.state, tick.originals, tick.copies, tick.note)


def _in_words(material: CaseMaterial) -> str:
    counts = f"{material.originals}/{material.copies}"
    return f"{material.state} {counts} {material.note}".strip()


def attach(
    session: Session,
    material: CaseMaterial,
    content: bytes,
    name: str,
    staff: Staff | None,
    store: FileStore,
    now: datetime,
    largest: int = filestore.LARGEST,
) -> StoredFile:
    """Keep one scan of a material; ``staff`` is ``None`` where the applicant sends it, ``largest`` in bytes.

    Type and size are judged by the content. Raises ``TooManyFiles`` and what ``accept_upload`` raises.
    """
    if len(material.files) >= MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    file = keep(session, material.case_id, content, name, staff, store, now, largest, material)
    session.expire(material, ["files"])
    return file


def keep(
    session: Session,
    case_id: int,
    content: bytes,
    name: str,
    staff: Staff | None,
    store: FileStore,
    now: datetime,
    largest: int = filestore.LARGEST,
    material: CaseMaterial | None = None,
) -> StoredFile:
    """Keep one file of a case, of a ``material`` of it or by itself; raises what ``accept_upload`` raises."""
    media_type = filestore.accept_upload(content, largest)
    file = StoredFile(
        case_id=case_id,
        material_id=material.id if material else None,
        sha256=store.put(content),
        size=len(content),
        media_type=media_type,
        name=plain_name(name),
        staff_id=staff.id if staff else None,
        at=now,
    )
    session.add(file)
    session.flush()
    return file


def plain_name(name: str) -> str:
    """A file's name without folders and control characters, at most 200 characters."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(sign for sign in last if sign.isprintable())[-200:] or "scan"


def remove(session: Session, draft: Case, files: Sequence[StoredFile], file_id: int) -> None:
    """Take a scan off a draft. Raises ``NotFound``, or ``FileUsed`` once the draft is a case."""
    if draft.state != CaseState.DRAFT:
        raise FileUsed
    for file in files:
        if file.id == file_id:
            session.delete(file)
            session.flush()
            for material in draft.materials:
                session.expire(material, ["files"])
            return
    raise NotFound
