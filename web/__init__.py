"""Pages and commands of the centre; ``create_app`` is where the program is composed."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from flask import Flask

from approvals import database, qr_payload, secrets
from approvals.printing import fonts
from approvals.printing import setup as paper
from approvals.signing import source
from config import Settings, read_environment

from . import auth, cli, errors, i18n, navigation, security, static_files, transactions

BLUEPRINTS = (
    "web.home",
    "web.sign_in",
    "web.admin",
    "web.desk",
    "web.tracking",
    "web.permits",
    "web.guide",
    "web.queue",
    "web.cases",
    "web.search",
    "web.register",
    "web.verifications",
    "web.credit",
    "web.calendar",
    "web.supervision",
    "web.reminders",
    "web.documents",
    "web.files",
)
"""Modules with a ``blueprint``; one line each."""


def create_app(settings: Settings | None = None, clock: Callable[[], datetime] | None = None) -> Flask:
    """The program: settings, database, keys, guards, pages, commands.

    ``clock`` gives the aware UTC instant of a request; tests pass a fixed one.
    """
    settings = settings or Settings.load(read_environment())
    app = Flask(__name__)
    app.extensions["settings"] = settings
    secrets.configure(list(settings.encryption_keys), settings.index_key)
    settings.require_signing_key((clock or _wall_clock)())
    source.configure(settings.signing)
    qr_payload.configure(settings.qr_signing_key)
    fonts.check_printing()
    paper.configure(_paper(settings))
    _make_directories(settings)
    transactions.init_app(app, database.make_engine(settings.database_url), clock or _wall_clock)
    security.init_app(app, settings)
    auth.init_app(app)
    i18n.init_app(app)
    errors.init_app(app)
    static_files.init_app(app)
    navigation.init_app(app)
    for module in BLUEPRINTS:
        app.register_blueprint(import_module(module).blueprint)
    cli.init_app(app)
    return app


def _paper(settings: Settings) -> paper.PaperSetup:
    """What every printed page says of this installation: the addresses in its codes, and whether it is a sample."""
    return paper.PaperSetup(
        sample=settings.development,
        formal_signature=settings.signing.formal,
        verification_url=f"{settings.public_url}/permits/{{public_id}}",
        tracking_url=f"{settings.public_url}/tracking",
    )


def _make_directories(settings: Settings) -> None:
    settings.files_dir.mkdir(parents=True, exist_ok=True)
    if settings.database_url.startswith("sqlite:///"):
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)


def _wall_clock() -> datetime:
    return datetime.now(UTC)


__all__ = ["create_app"]
