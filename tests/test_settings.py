"""Settings: sound defaults, wrong values refused by name, keys made once, everything documented."""

import re
import stat
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

import config
from approvals.signing import development, source
from config import DEFAULTS, ROOT, Settings, SettingsError
from tests.centre import SIGNING_KEYS

FERNET_KEY = "x" * 42 + "w="  # fixed, for test names must be the same in every test process
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
KEYS = {"SECRET_KEY": "s" * 32, "ENCRYPTION_KEYS": FERNET_KEY, "INDEX_KEY": "i" * 32} | SIGNING_KEYS


def load(**given: str) -> Settings:
    return Settings.load(KEYS | given)


def test_defaults_serve_on_this_machine_alone_and_need_no_other_service() -> None:
    settings = load()
    assert settings.bind == "127.0.0.1:8000"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.database_url == f"sqlite:///{ROOT / 'var' / 'yimen.sqlite3'}"
    assert settings.files_dir == ROOT / "var" / "files"
    assert (settings.redis_url, settings.smtp_url) == ("", "")
    assert settings.development is True


def test_public_address_follows_host_and_port_unless_given() -> None:
    assert load(PORT="8001").public_url == "http://127.0.0.1:8001"
    given = load(PORT="8001", PUBLIC_URL="https://hall.example/")
    assert given.public_url == "https://hall.example"
    assert given.secure
    assert load(HOST="::1").bind == "[::1]:8000"


def test_plain_postgresql_address_gets_the_driver_we_install() -> None:
    assert load(DATABASE_URL="postgresql://u:p@db/yimen").database_url == "postgresql+psycopg://u:p@db/yimen"


def test_relative_paths_count_from_the_project_not_from_where_the_program_was_started() -> None:
    settings = load(DATABASE_URL="sqlite:///var/other.sqlite3", FILES_DIR="elsewhere")
    assert settings.database_url == f"sqlite:///{ROOT / 'var' / 'other.sqlite3'}"
    assert settings.files_dir == ROOT / "elsewhere"
    absolute = load(DATABASE_URL="sqlite:////srv/yimen.sqlite3", FILES_DIR="/srv/files")
    assert absolute.database_url == "sqlite:////srv/yimen.sqlite3"
    assert absolute.files_dir == Path("/srv/files")


def test_empty_value_counts_as_not_given() -> None:
    assert load(PORT=" ").port == 8000


def test_fixed_key_of_these_tests_is_one_the_library_takes() -> None:
    assert Fernet(load().encryption_keys[0]).encrypt(b"x")


def test_several_encryption_keys_keep_their_order() -> None:
    first, second = (Fernet.generate_key().decode() for _ in range(2))
    assert load(ENCRYPTION_KEYS=f"{first}, {second}").encryption_keys == (first, second)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOST", "two words"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "８０００"),
        ("PORT", "-1"),
        ("PUBLIC_URL", "hall.example"),
        ("PUBLIC_URL", "javascript://x"),
        ("DATABASE_URL", "mysql://u@db/yimen"),
        ("DATABASE_URL", "sqlite://"),
        ("REDIS_URL", "localhost:6379"),
        ("SECRET_KEY", "short"),
        ("ENCRYPTION_KEYS", "not-a-key"),
        ("ENCRYPTION_KEYS", f"{FERNET_KEY},broken"),
        ("INDEX_KEY", "short"),
        ("SMTP_URL", "mail.example"),
        ("MAIL_FROM", "nobody"),
        ("UPLOAD_MAX_MB", "0"),
        ("UPLOAD_MAX_MB", "201"),
        ("SESSION_HOURS", "1.5"),
        ("DEVELOPMENT", "perhaps"),
        ("SIGNING_DEVELOPMENT_KEY", "-----BEGIN PRIVATE KEY-----"),
        ("SIGNING_TSA_URL", "tsa.example"),
        ("QR_SIGNING_KEY", "short"),
        ("QR_SIGNING_KEY", f"{FERNET_KEY},broken"),
        ("REVOCATION_LIST_DAYS", "0"),
    ],
)
def test_wrong_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name}: "):
        load(**{name: value})


@pytest.mark.parametrize("name", KEYS)
def test_key_is_never_invented_silently(name: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name}: "):
        Settings.load({key: value for key, value in KEYS.items() if key != name})


def test_refusal_does_not_repeat_a_secret() -> None:
    with pytest.raises(SettingsError) as refusal:
        load(SECRET_KEY="hunter2")
    assert "hunter2" not in str(refusal.value)


# --- the key that signs certificates


def pkcs12_file(folder: Path, made: datetime = NOW, passphrase: str = "open sesame") -> Path:
    soft = source.soft_key(source.KeySource(development=development.make(made)))
    content = pkcs12.serialize_key_and_certificates(
        b"seal", soft.key, soft.certificate, None, BestAvailableEncryption(passphrase.encode())
    )
    path = folder / "seal.p12"
    path.write_bytes(content)
    return path


def refused(given: dict[str, str], now: datetime = NOW) -> str:
    with pytest.raises(SettingsError) as refusal:
        load(**given).require_signing_key(now)
    return str(refusal.value)


def test_without_a_formal_key_the_development_key_signs() -> None:
    settings = load()
    settings.require_signing_key(NOW)
    assert not settings.signing.formal
    certificate = source.soft_key(settings.signing).certificate
    assert certificate.subject.rfc4514_string() == "OU=DEVELOPMENT ONLY,CN=一门 开发用签名（非正式）"


def test_a_pkcs12_file_is_opened_at_start(tmp_path: Path) -> None:
    path = pkcs12_file(tmp_path)
    settings = load(SIGNING_PKCS12=str(path), SIGNING_PASSPHRASE="open sesame", DEVELOPMENT="false")
    settings.require_signing_key(NOW)
    assert settings.signing.formal


def test_a_signing_key_that_cannot_sign_is_refused_by_name(tmp_path: Path) -> None:
    path = str(pkcs12_file(tmp_path))
    right = {"SIGNING_PKCS12": path, "SIGNING_PASSPHRASE": "open sesame"}
    assert refused({"SIGNING_PKCS12": str(tmp_path / "absent.p12")}).startswith("SIGNING_PKCS12: ")
    wrong = refused({"SIGNING_PKCS12": path, "SIGNING_PASSPHRASE": "sesame open"})
    assert wrong.startswith("SIGNING_PASSPHRASE: ")
    assert "sesame open" not in wrong
    assert refused(right | {"SIGNING_PKCS11_MODULE": "x.so"}).startswith("SIGNING_PKCS11_MODULE: give either")
    later = NOW + timedelta(days=365 * 21)
    assert refused(right | {"DEVELOPMENT": "false"}, later).startswith(
        "SIGNING_PKCS12: its certificate is valid"
    )
    load(**right, DEVELOPMENT="true").require_signing_key(later)
    assert refused({"SIGNING_FORMER": str(tmp_path / "none.pem")}).startswith("SIGNING_FORMER: ")
    assert refused({"SIGNING_FORMER": path}).startswith("SIGNING_FORMER: ")


def test_a_token_needs_its_module_and_labels(tmp_path: Path) -> None:
    assert refused({"SIGNING_PKCS11_MODULE": str(tmp_path / "no.so")}).startswith("SIGNING_PKCS11_MODULE: ")
    (tmp_path / "token.so").touch()
    module = {"SIGNING_PKCS11_MODULE": str(tmp_path / "token.so")}
    assert refused(module).startswith("SIGNING_PKCS11_TOKEN: ")
    assert refused(module | {"SIGNING_PKCS11_TOKEN": "seal"}).startswith("SIGNING_PKCS11_KEY: ")


def test_keys_are_made_once_and_for_the_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "KEYS_DIR", tmp_path / "keys")
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    first, second = config.read_environment(), config.read_environment()
    assert Settings.load(first) == Settings.load(second)
    files = sorted((tmp_path / "keys").iterdir())
    assert [file.name for file in files] == sorted(name.lower() for name in KEYS)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_environment_counts_over_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("PORT=8001\nSESSION_HOURS=3\n")
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.setattr(config, "KEYS_DIR", tmp_path / "keys")
    monkeypatch.setenv("PORT", "8002")
    settings = Settings.load(config.read_environment())
    assert (settings.port, settings.session_hours) == (8002, 3)


def test_every_setting_is_documented_with_its_default_and_nothing_else_is() -> None:
    table = dict(
        re.findall(r"^\| `([A-Z0-9_]+)` \| (.+?) \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    )
    names = {field.name.upper() for field in fields(Settings)}
    assert set(table) == names == set(DEFAULTS) == set(config.PARSERS)
    for name, told in table.items():
        if told.startswith("`") and "…" not in told and "HOST" not in told:
            assert told == f"`{DEFAULTS[name]}`", name
        if told == "empty":
            assert DEFAULTS[name] == "", name
