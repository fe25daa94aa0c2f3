"""``flask --app web permits verify FILE``: the same result as the public page gives for a PDF."""

from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from approvals import clock, permit_file
from approvals.errors import DomainError
from approvals.permit_file import FileVerdict, Value
from approvals.terms import PermitStatus

from ..permits.files import verify

group = AppGroup("permits", help="Permits.")


@group.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify_file(file: Path) -> None:
    """Verify a PDF; ends with status 0 where it is an original and its permit is valid now, else with 1."""
    try:
        with file.open("rb") as opened:
            verdict = verify(opened.read(permit_file.LARGEST + 1))
    except DomainError as error:
        raise click.ClickException(error.text()) from None
    click.echo("\n".join(lines(verdict)))
    if not verdict.valid:
        raise SystemExit(1)


def lines(verdict: FileVerdict) -> list[str]:
    """The result in Chinese, as it is stored: name, meaning, then each thing known."""
    return [
        verdict.title,
        *verdict.sentences,
        *(f"{label}：{_plain(value)}" for label, value in permit_file.rows(verdict)),
    ]


def _plain(value: Value) -> str:
    if isinstance(value, PermitStatus):
        return value.label
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y-%m-%d %H:%M}"
    return str(value["zh"]) if isinstance(value, dict) else value
