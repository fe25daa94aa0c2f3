"""Verification of a PDF that somebody holds (电子证照核验): its signature, its fingerprint, and the register.

One result, the same for the page and for the command line. The file is read and nothing of it is kept.
"""

import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pypdf import PdfReader
from pypdf.generic import StreamObject
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, load_only

from . import register_rules
from .messages import N_
from .public_status import PUBLIC
from .register_rules import IN_FORCE
from .signing.report import Finding, SignatureReport
from .signing.source import KeySource
from .tables import Document, Permit
from .terms import PermitStatus

LARGEST = 10 * 1024 * 1024
PUBLIC_ID = re.compile(rb"<permit:public-id>([\w-]{1,40})</permit:public-id>")


class Outcome(StrEnum):
    """What a file turned out to be."""

    GENUINE = "genuine"
    OTHER_BYTES = "other_bytes"
    NOT_IN_REGISTER = "not_in_register"
    ALTERED = "altered"
    EXTENDED = "extended"
    FOREIGN = "foreign"
    COPY = "copy"
    UNSIGNED = "unsigned"
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"
    NOT_PDF = "not_pdf"
    TOO_LARGE = "too_large"
    EMPTY = "empty"


SENTENCES: dict[Outcome, tuple[str, str]] = {
    Outcome.GENUINE: (
        N_("原件，签名有效"),
        N_("这个文件是本中心制发的电子证照原件：签名有效，内容没有改动，文件指纹与登记簿一致。"),
    ),
    Outcome.OTHER_BYTES: (
        N_("签名有效，但不是登记的原件"),
        N_("签名所及的内容没有改动，但文件的其他字节与登记簿中的原件不同。请以登记簿为准，重新下载原件。"),
    ),
    Outcome.NOT_IN_REGISTER: (
        N_("签名有效，登记簿中没有"),
        N_("这个文件带有本中心的签名，但登记簿中没有这张证照。请拨打 12345 核实，不要凭它办事。"),
    ),
    Outcome.ALTERED: (
        N_("已被改动"),
        N_("这个文件签名以后内容被改动或者已经损坏，签名不再成立。不要凭它办事。"),
    ),
    Outcome.EXTENDED: (
        N_("签名以后追加了内容"),
        N_("原来签名的内容还在，但签名以后有人向文件追加了内容，看到的可能与签发时不同。不要凭它办事。"),
    ),
    Outcome.FOREIGN: (
        N_("不是本中心的签名"),
        N_("这个文件带有签名，但签名人不是本中心。本中心没有制发过它。"),
    ),
    Outcome.COPY: (
        N_("未签名的核验副本"),
        N_("这个文件没有电子签名，只是核验副本，本身不能证明内容没有改动。请与登记簿中的内容逐项核对。"),
    ),
    Outcome.UNSIGNED: (
        N_("没有签名"),
        N_("这个 PDF 没有电子签名，也没有本中心证照的标识，不是本中心的电子证照。"),
    ),
    Outcome.ENCRYPTED: (
        N_("加密的文件"),
        N_("这个 PDF 设有密码，无法核验。本中心制发的电子证照从不加密；请重新下载原件。"),
    ),
    Outcome.UNREADABLE: (
        N_("无法读取"),
        N_("这个文件以 PDF 开头，但内容残缺或者损坏，无法读取。请重新下载原件。"),
    ),
    Outcome.NOT_PDF: (
        N_("不是 PDF"),
        N_("这个文件不是 PDF。请选择下载得到的电子证照，照片和扫描件请改用扫码核验。"),
    ),
    Outcome.TOO_LARGE: (N_("文件太大"), N_("这个文件超过 10 MB，没有读取。本中心的电子证照都不到 1 MB。")),
    Outcome.EMPTY: (N_("没有文件"), N_("请先选择要核验的 PDF 文件。")),
}
"""Of each outcome its name and what it means."""

_OF_FINDING = {
    Finding.ALTERED: Outcome.ALTERED,
    Finding.EXTENDED: Outcome.EXTENDED,
    Finding.FOREIGN: Outcome.FOREIGN,
    Finding.ENCRYPTED: Outcome.ENCRYPTED,
    Finding.UNREADABLE: Outcome.UNREADABLE,
}


@dataclass(frozen=True)
class RegisterEntry:
    """What the register says of the permit that the file is, or says it is."""

    public_id: str
    number: str
    version: int
    in_force: bool
    name: dict[str, Any]
    holder: str
    authority: dict[str, Any]
    valid_from: date
    valid_until: date | None
    status: PermitStatus


@dataclass(frozen=True)
class FileVerdict:
    """The result. ``formal``: the key of an authority signed, and not the one for trials."""

    outcome: Outcome
    sha256: str = ""
    size: int = 0
    signature: SignatureReport | None = None
    formal: bool = False
    entry: RegisterEntry | None = None

    @property
    def valid(self) -> bool:
        """Whether it is an original of ours and the permit is valid now."""
        return (
            self.outcome == Outcome.GENUINE
            and self.entry is not None
            and self.entry.status == PermitStatus.VALID
        )

    @property
    def title(self) -> str:
        """The name of the outcome, as a message id."""
        return SENTENCES[self.outcome][0]

    @property
    def sentences(self) -> list[str]:
        """What it means, then of an original the state of its permit, as message ids."""
        told = [SENTENCES[self.outcome][1]]
        if self.outcome == Outcome.GENUINE and self.entry is not None:
            told.append(PUBLIC[self.entry.status].sentence)
        return told


def verify(session: Session, content: bytes, source: KeySource, today: date) -> FileVerdict:
    """The result for the bytes of a file on this local day; whatever they are, there is one."""
    from .signing.validation import read  # noqa: PLC0415 - pyHanko takes a while to load, at the first file

    if not content:
        return FileVerdict(Outcome.EMPTY)
    if len(content) > LARGEST:
        return FileVerdict(Outcome.TOO_LARGE, size=len(content))
    found = FileVerdict(Outcome.NOT_PDF, hashlib.sha256(content).hexdigest(), len(content))
    if b"%PDF-" not in content[:1024]:
        return found
    report = read(content, source)
    permit = None if report.finding in (Finding.ENCRYPTED, Finding.FOREIGN) else _named(session, content)
    signed = replace(
        found,
        signature=report if report.signer else None,
        formal=report.formal,
        entry=_entry(permit, today) if permit else None,
    )
    return replace(signed, outcome=_outcome(report, permit, found.sha256))


def _outcome(report: SignatureReport, permit: Permit | None, sha256: str) -> Outcome:
    if report.finding in _OF_FINDING:
        return _OF_FINDING[report.finding]
    if report.finding == Finding.UNSIGNED:
        return Outcome.COPY if permit else Outcome.UNSIGNED
    if permit is None:
        return Outcome.NOT_IN_REGISTER
    return Outcome.GENUINE if permit.document.pdf_sha256 == sha256 else Outcome.OTHER_BYTES


def _named(session: Session, content: bytes) -> Permit | None:
    """The permit that the file says it is: by its public id, in an older file by its number."""
    public_id, number = claimed(content)
    if not public_id and not number:
        return None
    named = Permit.public_id == public_id if public_id else Permit.number == number
    return session.scalar(
        select(Permit)
        .where(named)
        .options(
            joinedload(Permit.department), joinedload(Permit.document).options(load_only(Document.pdf_sha256))
        )
        .order_by(Permit.version.desc())
        .limit(1)
    )


def claimed(content: bytes) -> tuple[str, str]:
    """Public id (of its XMP) and number (of its keywords) that a PDF says it has; a claim and no proof."""
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        root = reader.root_object
        held = root["/Metadata"].get_object() if "/Metadata" in root else None
        packet = held.get_data() if isinstance(held, StreamObject) else b""
        keywords = str(reader.metadata.get("/Keywords", "")) if reader.metadata else ""
    except Exception:  # noqa: BLE001 - on a stranger's bytes a reader raises what it likes; no list of it is whole
        return "", ""
    public_id = PUBLIC_ID.search(packet)
    number = keywords[:80] if keywords.isprintable() else ""  # PostgreSQL takes no NUL
    return public_id[1].decode() if public_id else "", number


def _entry(permit: Permit, today: date) -> RegisterEntry:
    return RegisterEntry(
        permit.public_id,
        permit.number,
        permit.version,
        permit.status in IN_FORCE,
        permit.name,
        permit.holder,
        permit.department.name,
        permit.valid_from,
        permit.valid_until,
        register_rules.status_on(permit, today),
    )


Value = str | datetime | dict[str, Any] | PermitStatus
Row = tuple[str, Value]


def rows(verdict: FileVerdict) -> Sequence[Row]:
    """Label (a message id) and value of everything known, in the order it is shown."""
    told: list[Row] = []
    if (report := verdict.signature) is not None:
        holds = verdict.outcome != Outcome.ALTERED
        told.append((N_("签名人") if holds else N_("文件所称的签名人"), report.signer))
        if report.issuer != report.signer:
            told.append((N_("证书颁发者"), report.issuer))
        if report.signed_at is not None:
            told.append(
                (N_("时间戳时间") if report.stamped else N_("签名时间（签名人所述）"), report.signed_at)
            )
        if report.modification:
            told.append((N_("追加内容的类别"), report.modification))
    if (entry := verdict.entry) is not None:
        told += [
            (N_("证照"), entry.name),
            (N_("编号"), entry.number),
            (N_("持证人"), entry.holder),
            (N_("发证机关"), entry.authority),
            (N_("现在的状态"), entry.status),
        ]
    if verdict.sha256:
        told.append((N_("文件 SHA-256"), verdict.sha256))
    return told
