"""Files by the hash of their bytes, outside the web root; and what an upload really is, by its content."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import filetype
from PIL import Image
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from .errors import DomainError
from .messages import N_

ALLOWED = ("application/pdf", "image/jpeg", "image/png")
LARGEST = 20 * 1024 * 1024
ACTIVE_KEYS = frozenset({"/JavaScript", "/JS", "/Launch", "/EmbeddedFiles", "/RichMedia", "/XFA"})
ACTIVE_ACTIONS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/GoToE"})
MOST_OBJECTS = 100_000


class UploadTooLarge(DomainError):
    """The file is over the limit (megabytes)."""

    message = N_("文件超过 %(limit)s MB。请压缩扫描件或者分成几个文件后再上传。")
    status = 413


class UploadNotAllowed(DomainError):
    """The content is none of the allowed types, whatever its name says."""

    message = N_("不能接收这个文件：按内容识别，它不是 PDF、JPEG 或 PNG。请上传扫描件或照片。")
    status = 415


class UploadActive(DomainError):
    """A PDF that carries scripts, attachments or actions."""

    message = N_("这个 PDF 含有脚本、附件或者自动执行的动作，不能接收。请用“打印为 PDF”另存后再上传。")
    status = 415


class UploadDamaged(DomainError):
    """A file that cannot be read through, or is locked with a password."""

    message = N_("这个文件已损坏或者设有密码，无法打开。请重新扫描或者去除密码后再上传。")
    status = 415


class FileDamaged(DomainError):
    """The bytes in the store are not those that were put there."""

    message = N_("存档文件缺失或者已被改动，不能提供。请联系系统管理员从备份恢复。")
    status = 500


@dataclass(frozen=True)
class FileStore:
    """A folder of files named by their SHA-256; nothing in it is ever changed or replaced."""

    folder: Path

    def put(self, content: bytes) -> str:
        """Keep ``content``; returns its SHA-256. Safe to repeat, whole or not at all."""
        sha256 = hashlib.sha256(content).hexdigest()
        target = self.path(sha256)
        if target.exists() and hashlib.sha256(target.read_bytes()).hexdigest() == sha256:
            return sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(target, content)
        return sha256

    def path(self, sha256: str) -> Path:
        """Where a file of that hash stands; raises ``ValueError`` for what is no hash."""
        if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
            raise ValueError("not a SHA-256")
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def read(self, sha256: str) -> bytes:
        """The bytes, checked against their hash; raises ``FileDamaged``."""
        try:
            content = self.path(sha256).read_bytes()
        except OSError as error:
            raise FileDamaged from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise FileDamaged
        return content

    def verified_path(self, sha256: str) -> Path:
        """The path, after the bytes were checked; raises ``FileDamaged``."""
        self.read(sha256)
        return self.path(sha256)


def _write_whole(target: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o640)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def accept_upload(content: bytes, largest: int = LARGEST) -> str:
    """The media type of an upload that may be kept.

    Raises ``UploadTooLarge`` (bytes over ``largest``), ``UploadNotAllowed``, ``UploadActive`` or
    ``UploadDamaged``.
    """
    if len(content) > largest:
        raise UploadTooLarge(limit=largest // (1024 * 1024))
    media_type = sniff(content)
    if media_type == "application/pdf":
        _require_passive(content)
    else:
        _require_picture(content)
    return media_type


def sniff(content: bytes) -> str:
    """Media type by content, one of ``ALLOWED``; raises ``UploadNotAllowed``."""
    kind = filetype.guess(content)
    if kind is None or kind.mime not in ALLOWED:
        raise UploadNotAllowed
    return str(kind.mime)


def _require_picture(content: bytes) -> None:
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as picture:
            picture.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UploadDamaged from error


def _require_passive(content: bytes) -> None:
    try:
        reader = PdfReader(BytesIO(content), strict=False)
        if reader.is_encrypted or not reader.pages:
            raise UploadDamaged
        active = _carries_action(reader.trailer)
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UploadDamaged from error
    if active:
        raise UploadActive


def _carries_action(root: Any) -> bool:
    """Walk all objects that can be reached, each once; more than a scan ever has counts as active."""
    waiting, seen = [root], set()
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, IndirectObject):
            if thing.idnum in seen:
                continue
            seen.add(thing.idnum)
            if len(seen) > MOST_OBJECTS:
                return True
            thing = thing.get_object()
        if isinstance(thing, DictionaryObject):
            if thing.get("/S") in ACTIVE_ACTIONS or ACTIVE_KEYS & set(thing):
                return True
            waiting.extend(thing.values())
        elif isinstance(thing, ArrayObject):
            waiting.extend(thing)
    return False
