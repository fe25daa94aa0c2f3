"""Passwords: argon2id hashes, what a new one must be, and temporary ones."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from ..errors import Invalid
from ..messages import N_

MIN_LENGTH = 10
_LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read two ways on paper
_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """The argon2id hash of ``password``."""
    return _hasher.hash(password)


def holds(password_hash: str, password: str) -> bool:
    """Whether ``password`` is the one behind the hash."""
    try:
        return _hasher.verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False


def outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


@cache
def nobodys_hash() -> str:
    """A hash no password fits, so that an unknown login takes as long as a known one."""
    return hashed(secrets.token_urlsafe(32))


def new_temporary_password() -> str:
    """Three groups of four signs, easy to read out; to be changed at the first sign-in."""
    return "-".join("".join(secrets.choice(_LEGIBLE) for _ in range(4)) for _ in range(3))


def check_new(password: str, login: str, old: str = "") -> None:
    """Raise ``Invalid`` (field ``new``) unless ``password`` is long enough and not easily guessed."""
    if len(password) < MIN_LENGTH:
        raise Invalid({"new": (N_("新密码至少要 %(count)s 个字符。"), {"count": MIN_LENGTH})})
    if len(password) > 200:
        raise Invalid({"new": (N_("新密码不能超过 %(count)s 个字符。"), {"count": 200})})
    if login.lower() in password.lower() or len(set(password)) < 5:
        raise Invalid({"new": (N_("新密码太容易猜到：不要包含登录名，也不要重复同样的几个字符。"), {})})
    if password == old:
        raise Invalid({"new": (N_("新密码不能与现在的密码相同。"), {})})
