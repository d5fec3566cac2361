"""The command line: one file a command, imported only when it is called."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from triage import __version__
from triage.cli.leaving import leaving_in_order
from triage.cli.streams import fill_missing_streams

COMMANDS = {
    "intake": "Answer questions in the terminal and get an assessment.",
    "evaluate": "Assess case files, and check what they expect.",
    "accept": "Update the expectations of cases after a wanted change of the rules.",
    "convert": "Rewrite cases of an older questionnaire, or cases that are almost right.",
    "explain": "Say how an assessment came about, and why it is not another.",
    "audit": "Measure how well cases test the rules, and prove laws about every intake.",
    "diff": "Compare two rule bases by meaning: whose assessment changes.",
    "lint": "Check a knowledge base for mistakes of its authors.",
    "init": "Begin a knowledge base of your own.",
    "new-rule": "Begin a rule and its cases.",
    "show": "Write the whole knowledge base as a document to read and sign.",
    "population": "Write made-up people as cases, for load and coverage.",
    "schema": "Print a JSON Schema (case, assessment, rule ...), or the codebook of the questionnaire.",
    "man": "Print the manual page.",
}

_NEW_OBJECTS = 50_000
# At exit, do not look for garbage: the memory goes back to the system with the process.
atexit.register(gc.freeze)


@contextmanager
def _rare_garbage_collection() -> Iterator[None]:
    """Look for garbage less often: most objects of a command live until it ends."""
    before = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class LazyGroup(click.Group):
    """A group that imports a command only when it is called, so that `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command = getattr(import_module(f"triage.cli.{name}"), name)
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, and leave in order whatever ends it."""
        fill_missing_streams()
        with leaving_in_order(), _rare_garbage_collection():
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="triage")
def main() -> None:
    """Triage for muscle cramps and spasms: self-care, or how soon to see a doctor.

    General information from two documents and published guidance. It does not replace a doctor, and no
    clinician has reviewed it. In an emergency, call for help first.
    """
