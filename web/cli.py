"""The command line: ``flask --app web <group> <command>``."""

from importlib import import_module

from flask import Flask

COMMANDS = (
    "web.commands.calendar",
    "web.commands.database",
    "web.commands.demo",
    "web.commands.people",
    "web.commands.permits",
    "web.commands.processes",
    "web.commands.timers",
    "web.commands.worker",
)
"""Modules with a click ``group``; one line each."""


def init_app(app: Flask) -> None:
    """Add every group of the table."""
    for module in COMMANDS:
        app.cli.add_command(import_module(module).group)
