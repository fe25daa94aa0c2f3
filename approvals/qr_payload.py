"""The signed text of a permit's QR code (二维码签名内容), which anybody checks without network.

The code is an address whose fragment is the payload: ``https://…/permits/<public id>#<payload>``. A browser never
sends the fragment, so scanning tells nobody more than typing the address in. The payload is, in this order, the id of
the key (4 bytes), an Ed25519 signature (64) and the facts: lines of text, in UTF-8. The signature also covers the
public id, which stands in the address and so is not repeated. The bytes are written in base 41 with characters that
are allowed in a fragment and belong to the alphanumeric set of QR codes: five and a half bits a character.
``web/assets/js/payload.js`` reads the same.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FORMAT = "1"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-."
KEY_BYTES = 4
SIGNATURE_BYTES = 64
PURPOSE = b"yimen permit code\n"
MOST = 1000  # characters; a code on paper has a third of that


@dataclass(frozen=True)
class Facts:
    """What the code says of a permit: enough to compare with the paper in hand."""

    public_id: str
    number: str
    version: int
    holder: str
    kind: str
    valid_from: date
    valid_until: date | None
    issuer: str

    def lines(self) -> str:
        """The signed text without the public id; line ends inside a value become spaces."""
        last = f"{self.valid_until:%Y%m%d}" if self.valid_until else ""
        values = (FORMAT, self.number, str(self.version), self.holder, self.kind, f"{self.valid_from:%Y%m%d}", last, self.issuer)  # fmt: skip
        return "\n".join(" ".join(value.split()) for value in values)


class Reading(StrEnum):
    """What a payload turned out to be."""

    GENUINE = "genuine"
    TAMPERED = "tampered"
    FOREIGN = "foreign"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class CodeKeys:
    """Ed25519 keys by their secret bytes: the first signs, all of them verify."""

    seeds: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "CodeKeys":
        """Keys of 32 bytes in URL-safe Base64, separated by commas; raises ``ValueError``."""
        names = [name.strip() for name in text.split(",") if name.strip()]
        try:
            seeds = tuple(base64.b64decode(name, altchars=b"-_", validate=True) for name in names)
        except binascii.Error:
            seeds = ()
        if not seeds or any(len(seed) != 32 for seed in seeds):
            raise ValueError("expected one or more keys of 32 bytes in URL-safe Base64, separated by commas")
        return cls(seeds)

    @cached_property
    def private(self) -> tuple[Ed25519PrivateKey, ...]:
        """The keys, the signing one first."""
        return tuple(Ed25519PrivateKey.from_private_bytes(seed) for seed in self.seeds)

    @cached_property
    def public(self) -> dict[str, bytes]:
        """The public keys (32 bytes) by their ids in hexadecimal, the signing one first."""
        raw = [key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) for key in self.private]
        return {key_id(one).hex(): one for one in raw}

    def sign(self, content: bytes) -> tuple[bytes, bytes]:
        """The id of the signing key and its signature of ``content``."""
        return bytes.fromhex(next(iter(self.public))), self.private[0].sign(content)


class _Current:
    keys: CodeKeys | None = None


def configure(keys: CodeKeys) -> None:
    """Set the keys of this process."""
    _Current.keys = keys


def current() -> CodeKeys:
    """The keys of this process; raises ``RuntimeError`` before ``configure``."""
    if _Current.keys is None:
        raise RuntimeError("approvals.qr_payload.configure was not called")
    return _Current.keys


def key_id(public: bytes) -> bytes:
    """The first four bytes of the SHA-256 of a public key."""
    return hashlib.sha256(public).digest()[:KEY_BYTES]


def payload_of(facts: Facts, keys: CodeKeys) -> str:
    """The payload as it stands in the fragment."""
    text = facts.lines().encode()
    key, signature = keys.sign(_signed(facts.public_id, text))
    return encode(key + signature + text)


def read(public_id: str, payload: str, public: dict[str, bytes]) -> tuple[Reading, Facts | None]:
    """What a scanned payload is, checked with the ``public`` keys; the facts of a genuine one."""
    try:
        content = decode(payload)
    except ValueError:
        return Reading.UNREADABLE, None
    key, signature = content[:KEY_BYTES], content[KEY_BYTES : KEY_BYTES + SIGNATURE_BYTES]
    text = content[KEY_BYTES + SIGNATURE_BYTES :]
    if key.hex() not in public:
        return (Reading.FOREIGN if text else Reading.UNREADABLE), None
    try:
        Ed25519PublicKey.from_public_bytes(public[key.hex()]).verify(signature, _signed(public_id, text))
        return Reading.GENUINE, _facts(public_id, text.decode())
    except (InvalidSignature, ValueError):
        return Reading.TAMPERED, None


def _signed(public_id: str, text: bytes) -> bytes:
    return PURPOSE + public_id.encode() + b"\n" + text


def _facts(public_id: str, text: str) -> Facts:
    form, number, version, holder, kind, first, last, issuer = text.split("\n")
    if form != FORMAT:
        raise ValueError(form)
    until = date.fromisoformat(last) if last else None
    return Facts(public_id, number, int(version), holder, kind, date.fromisoformat(first), until, issuer)


def encode(content: bytes) -> str:
    """Two bytes are three digits of base 41, the least first; a last single byte is two."""
    digits = []
    for start in range(0, len(content), 2):
        pair = content[start : start + 2]
        value = int.from_bytes(pair)
        digits += [DIGITS[value // 41**place % 41] for place in range(len(pair) + 1)]
    return "".join(digits)


def decode(payload: str) -> bytes:
    """The bytes of ``encode``; raises ``ValueError`` for anything it would not write."""
    if not 0 < len(payload) <= MOST or len(payload) % 3 == 1:
        raise ValueError("not a payload")
    content = bytearray()
    for start in range(0, len(payload), 3):
        digits = payload[start : start + 3]
        value = sum(DIGITS.index(digit) * 41**place for place, digit in enumerate(digits))
        if value >= 256 ** (len(digits) - 1):
            raise ValueError("not a payload")
        content += value.to_bytes(len(digits) - 1)
    return bytes(content)
