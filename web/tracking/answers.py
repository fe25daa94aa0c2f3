"""The applicant's answer to a correction: files judged by their content, all of them or none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from approvals import corrections, filestore, tasks
from approvals.errors import DomainError, Invalid
from approvals.filestore import FileStore
from approvals.messages import N_
from approvals.tables import Case, Correction, StoredFile
from processes.steps import checking

FIELD = "file-"
MOST_FILES = 20
LONGEST_TEXT = 2000


class TooManyFiles(DomainError):
    """More files than one answer carries."""

    message = N_("一次最多上传 %(most)s 个文件，请合并后再上传。")
    status = 422


class TextTooLong(DomainError):
    """A text longer than a statement needs to be."""

    message = N_("说明不能超过 %(most)s 字，请写得简短些，或者作为文件上传。")
    status = 422


@dataclass(frozen=True)
class Upload:
    """One file that may be kept."""

    material: str
    name: str
    content: bytes
    media_type: str


def field_of(material_code: str) -> str:
    """The name of the upload field for a material."""
    return f"{FIELD}{material_code}"


def asked_materials(correction: Correction) -> list[str]:
    """The codes of the materials the notice asks for, each once, in its order."""
    return list(dict.fromkeys(defect.material_code for defect in correction.defects if defect.material_code))


def read_uploads(files: MultiDict[str, Any], asked: list[str], largest: int) -> list[Upload]:
    """Every upload, judged before any is kept. ``largest`` in bytes.

    Raises ``Invalid`` with the fields at fault (its status is that of the first fault), or ``TooManyFiles``.
    """
    sent = [(code, file) for code in asked for file in files.getlist(field_of(code)) if file.filename]
    if len(sent) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    uploads: list[Upload] = []
    faults: dict[str, DomainError] = {}
    for code, file in sent:
        content = file.read(largest + 1)
        try:
            uploads.append(
                Upload(code, _plain_name(file.filename), content, filestore.accept_upload(content, largest))
            )
        except DomainError as fault:
            faults.setdefault(field_of(code), fault)
    if faults:
        refusal = Invalid({name: (fault.message, dict(fault.params)) for name, fault in faults.items()})
        refusal.status = next(iter(faults.values())).status
        raise refusal
    return uploads


def _plain_name(name: str) -> str:
    """The last part of a path, without control characters; only ever shown."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable())[-200:] or "file"


def require_short(text: str) -> None:
    """Raises ``TextTooLong``."""
    if len(text) > LONGEST_TEXT:
        raise TextTooLong(most=LONGEST_TEXT)


def answer(
    session: Session,
    case_id: int,
    correction_id: int,
    text: str,
    uploads: list[Upload],
    store: FileStore,
    now: datetime,
) -> Case:
    """Keep the files and hand the answer in.

    The bytes are put before the transaction begins, as they must be there when their rows are; they bear
    the hash of their content, so a refused answer leaves nothing that anything points to.
    Raises ``AlreadyAnswered`` or ``EmptyAnswer``.
    """
    kept = [(upload, store.put(upload.content)) for upload in uploads]
    case = tasks.lock_case(session, case_id)
    waiting = corrections.open_correction(session, case_id)
    if waiting is None or waiting.id != correction_id:
        raise corrections.AlreadyAnswered
    by_code = {material.code: material for material in case.materials}
    for upload, sha256 in kept:
        by_code[upload.material].files.append(
            StoredFile(
                case_id=case_id,
                sha256=sha256,
                size=len(upload.content),
                media_type=upload.media_type,
                name=upload.name,
                at=now,
            )
        )
    session.flush()
    return checking.answer_online(session, case_id, text, now)
