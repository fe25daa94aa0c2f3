"""``flask --app web processes check FILE…``: lint BPMN and DMN files before anybody deploys them."""

from pathlib import Path

import click
from flask.cli import AppGroup

from processes import lint
from processes.step_table import STEPS

group = AppGroup("processes", help="Process definitions.")


@group.command("check")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.pass_context
def check(context: click.Context, files: tuple[Path, ...]) -> None:
    """Print every fault, one a line with element and mend; exit status 1 where there is one."""
    faults = [
        (file, fault)
        for file in files
        for fault in lint.check(file.read_bytes(), file.name, steps=frozenset(STEPS))
    ]
    for file, fault in faults:
        click.echo(f"{file}: {fault.line()}")
    context.exit(1 if faults else 0)
