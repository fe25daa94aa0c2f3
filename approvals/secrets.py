"""Private data at rest: encrypted columns, and keyed hashes to find an exact value again.

``configure`` is called once where a program is composed; without it nothing can be read or written.
"""

import hashlib
import hmac
import json
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator


class _Keys:
    fernet: MultiFernet | None = None
    index: bytes = b""


def configure(encryption_keys: list[str], index_key: str) -> None:
    """Set the keys of this process: the first encrypts, all decrypt (so keys can be rotated)."""
    _Keys.fernet = MultiFernet([Fernet(key) for key in encryption_keys])
    _Keys.index = index_key.encode()


def _fernet() -> MultiFernet:
    if _Keys.fernet is None:
        raise RuntimeError("approvals.secrets.configure was not called")
    return _Keys.fernet


def blind_index(value: str) -> str:
    """Keyed hash (HMAC-SHA-256) of a normalised value: finds it without revealing it."""
    if not _Keys.index:
        raise RuntimeError("approvals.secrets.configure was not called")
    return hmac.new(_Keys.index, value.strip().upper().encode(), hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


class EncryptedText(TypeDecorator[str]):
    """Text that stands encrypted in the database (Fernet: AES-128-CBC with HMAC)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt on the way in."""
        return None if value is None else _fernet().encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt on the way out."""
        return None if value is None else _fernet().decrypt(value.encode()).decode()


class EncryptedJson(TypeDecorator[dict[str, Any]]):
    """A JSON object that stands encrypted: answers of a form may name people and numbers."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:
        """Encrypt on the way in."""
        if value is None:
            return None
        return _fernet().encrypt(json.dumps(value, ensure_ascii=False).encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        """Decrypt on the way out."""
        return None if value is None else json.loads(_fernet().decrypt(value.encode()))


def mask(value: str, head: int = 3, tail: int = 4) -> str:
    """Show the ends, hide the middle: ``330**********1234``."""
    if len(value) <= head + tail:
        return "*" * len(value)
    return value[:head] + "*" * (len(value) - head - tail) + value[len(value) - tail :]
