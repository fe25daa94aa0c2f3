"""The settings of one installation: typed, checked at start, documented in docs/settings.md.

Only the places where programs are composed (the app factory, the command line, the worker) read this module.
``python -m config`` prints the address to serve on, or refuses a wrong setting by its name.
"""

import base64
import binascii
import contextlib
import os
import re
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values

from approvals.qr_payload import CodeKeys
from approvals.signing import development, source
from approvals.signing.source import KeySource

ROOT = Path(__file__).resolve().parent
KEYS_DIR = ROOT / "var" / "keys"


class SettingsError(Exception):
    """A setting has a value the product cannot start with; the message begins with the setting's name."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; each field is the setting of the same name in capitals."""

    host: str
    port: int
    public_url: str
    database_url: str
    redis_url: str
    files_dir: Path
    secret_key: str
    encryption_keys: tuple[str, ...]
    index_key: str
    smtp_url: str
    mail_from: str
    upload_max_mb: int
    session_hours: int
    development: bool
    signing_pkcs12: Path | None
    signing_passphrase: str
    signing_pkcs11_module: Path | None
    signing_pkcs11_token: str
    signing_pkcs11_key: str
    signing_pkcs11_pin: str
    signing_former: Path | None
    signing_tsa_url: str
    signing_development_key: str
    qr_signing_key: CodeKeys
    revocation_list_days: int

    @classmethod
    def load(cls, env: Mapping[str, str]) -> "Settings":
        """Read settings from ``env`` alone: no file is opened and nothing is made.

        An empty value counts as not given. Raises ``SettingsError`` for a wrong or missing value.
        """
        values = {name: env.get(name, "").strip() or default for name, default in DEFAULTS.items()}
        values["PUBLIC_URL"] = values["PUBLIC_URL"] or f"http://{values['HOST']}:{values['PORT']}"
        return cls(**{name.lower(): _parse(name, value) for name, value in values.items()})

    @property
    def bind(self) -> str:
        """Address and port for the web server; an IPv6 address stands in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def secure(self) -> bool:
        """Whether people reach the product over HTTPS, so that cookies may be sent over it alone."""
        return self.public_url.startswith("https://")

    @property
    def signing(self) -> KeySource:
        """Where the key that signs certificates lies."""
        return KeySource(
            self.signing_pkcs12, self.signing_passphrase, self.signing_pkcs11_module, self.signing_pkcs11_token,
            self.signing_pkcs11_key, self.signing_pkcs11_pin, self.signing_development_key, self.signing_former,
            self.signing_tsa_url, formal_only=not self.development,
        )  # fmt: skip

    def require_signing_key(self, now: datetime) -> None:
        """Open the files of the signing key once; raises ``SettingsError`` for a key that cannot sign at ``now``."""
        try:
            source.check(self.signing, now)
        except source.SigningKeyWrong as error:
            raise SettingsError(f"{error.setting}: {error}") from None


def read_environment() -> dict[str, str]:
    """The process environment over the file ``.env``, with this installation's own keys where none are given.

    Keys are made on the first run, in ``var/keys`` and readable by the owner only.
    """
    env = {name: value for name, value in dotenv_values(ROOT / ".env").items() if value is not None}
    env.update(os.environ)
    for name, make in KEY_MAKERS.items():
        if not env.get(name, "").strip():
            env[name] = _kept_key(KEYS_DIR / name.lower(), make)
    return env


def _kept_key(path: Path, make: Callable[[], str]) -> str:
    """The key in ``path``; makes it when absent. Of two processes that start at once, both get the same one."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(make() + "\n")
        with contextlib.suppress(FileExistsError):  # the other process was first: its key counts
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


KEY_MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "ENCRYPTION_KEYS": _fernet_key,
    "INDEX_KEY": lambda: secrets.token_urlsafe(48),
    "SIGNING_DEVELOPMENT_KEY": lambda: development.make(datetime.now(UTC)),
    "QR_SIGNING_KEY": lambda: base64.urlsafe_b64encode(os.urandom(32)).decode(),
}


def _parse(name: str, value: str) -> Any:
    try:
        return PARSERS[name](value)
    except ValueError as error:
        raise SettingsError(f"{name}: {error}") from None


def _whole_number(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise ValueError(f"{value!r} is not a whole number from {low} to {high}")
        return int(value)

    return parse


def _url(*schemes: str, optional: bool = False) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if not value and optional:
            return value
        parts = urlsplit(value)
        if parts.scheme not in schemes or not (parts.netloc or parts.path):
            raise ValueError(
                f"expected an address that begins with one of {', '.join(s + '://' for s in schemes)}"
            )
        return value.rstrip("/")

    return parse


def _database_url(value: str) -> str:
    if value.startswith("postgresql://"):
        value = value.replace("postgresql://", "postgresql+psycopg://", 1)
    if re.match(r"postgresql\+psycopg://.+", value):
        return value
    if re.match(r"sqlite:///.+", value):
        return f"sqlite:///{ROOT / value.removeprefix('sqlite:///')}"  # an absolute path stays as it is
    raise ValueError("expected sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME")


def _long_secret(value: str) -> str:
    if len(value) < 32:
        raise ValueError("must have at least 32 characters")
    return value


def _fernet_keys(value: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in value.split(",") if key.strip())
    if not keys or not all(_is_fernet_key(key) for key in keys):
        raise ValueError(
            "expected one or more Fernet keys (32 bytes in URL-safe Base64), separated by commas"
        )
    return keys


def _is_fernet_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, altchars=b"-_", validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def _yes_or_no(value: str) -> bool:
    answers = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if value.lower() not in answers:
        raise ValueError(f"{value!r} is neither true nor false")
    return answers[value.lower()]


def _matching(pattern: str, meaning: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"{value!r} is not {meaning}")
        return value

    return parse


def _directory(value: str) -> Path:
    return ROOT / value  # an absolute path stays as it is


def _optional_file(value: str) -> Path | None:
    return ROOT / value if value else None


def _development_key(value: str) -> str:
    source.soft_key(KeySource(development=value))
    return value


DEFAULTS: dict[str, str] = {
    "HOST": "127.0.0.1",
    "PORT": "8000",
    "PUBLIC_URL": "",
    "DATABASE_URL": f"sqlite:///{ROOT / 'var' / 'yimen.sqlite3'}",
    "REDIS_URL": "",
    "FILES_DIR": "var/files",
    "SECRET_KEY": "",
    "ENCRYPTION_KEYS": "",
    "INDEX_KEY": "",
    "SMTP_URL": "",
    "MAIL_FROM": "no-reply@yimen.example",
    "UPLOAD_MAX_MB": "20",
    "SESSION_HOURS": "12",
    "DEVELOPMENT": "true",
    "SIGNING_PKCS12": "",
    "SIGNING_PASSPHRASE": "",
    "SIGNING_PKCS11_MODULE": "",
    "SIGNING_PKCS11_TOKEN": "",
    "SIGNING_PKCS11_KEY": "",
    "SIGNING_PKCS11_PIN": "",
    "SIGNING_FORMER": "",
    "SIGNING_TSA_URL": "",
    "SIGNING_DEVELOPMENT_KEY": "",
    "QR_SIGNING_KEY": "",
    "REVOCATION_LIST_DAYS": "7",
}

PARSERS: dict[str, Callable[[str], object]] = {
    "HOST": _matching(r"[0-9A-Za-z.:-]+", "a host name or address"),
    "PORT": _whole_number(1, 65535),
    "PUBLIC_URL": _url("http", "https"),
    "DATABASE_URL": _database_url,
    "REDIS_URL": _url("redis", "rediss", "unix", optional=True),
    "FILES_DIR": _directory,
    "SECRET_KEY": _long_secret,
    "ENCRYPTION_KEYS": _fernet_keys,
    "INDEX_KEY": _long_secret,
    "SMTP_URL": _url("smtp", "smtps", optional=True),
    "MAIL_FROM": _matching(r"[^@\s]+@[^@\s]+", "a mail address"),
    "UPLOAD_MAX_MB": _whole_number(1, 200),
    "SESSION_HOURS": _whole_number(1, 24),
    "DEVELOPMENT": _yes_or_no,
    "SIGNING_PKCS12": _optional_file,
    "SIGNING_PASSPHRASE": str,
    "SIGNING_PKCS11_MODULE": _optional_file,
    "SIGNING_PKCS11_TOKEN": str,
    "SIGNING_PKCS11_KEY": str,
    "SIGNING_PKCS11_PIN": str,
    "SIGNING_FORMER": _optional_file,
    "SIGNING_TSA_URL": _url("http", "https", optional=True),
    "SIGNING_DEVELOPMENT_KEY": _development_key,
    "QR_SIGNING_KEY": CodeKeys.parse,
    "REVOCATION_LIST_DAYS": _whole_number(1, 90),
}


def main() -> None:
    """Print the address to serve on; exit with a sentence when a setting is wrong."""
    try:
        settings = Settings.load(read_environment())
        settings.require_signing_key(datetime.now(UTC))
        print(settings.bind)  # noqa: T201 - this is the program's output
    except SettingsError as error:
        sys.exit(f"Wrong setting. {error}. See docs/settings.md.")


if __name__ == "__main__":
    main()
