"""`triage evaluate`: case files in, assessments out."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from triage.batch.evaluate import Outcome
from triage.batch.evaluate import evaluate as evaluate_cases
from triage.batch.readers import read_cases
from triage.batch.writers import WRITERS
from triage.cli.common import Exit, leave, load, rules_option


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "form", type=click.Choice(list(WRITERS)), default="table", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False), help="Write to this file, all at once at the end."
)
@click.option("--fail-fast", is_flag=True, help="Stop at the first invalid case or missed expectation.")
@rules_option
def evaluate(
    paths: tuple[str, ...], form: str, output: str | None, rules: str | None, *, fail_fast: bool
) -> None:
    """Assess cases from files, folders or standard input (-).

    A file is JSON (one case or a list of cases) or JSONL. A case that says what it expects is checked.

    Exit codes: 0 done, 1 an expectation was missed, 3 an input was invalid (the others are still assessed),
    4 the knowledge base is invalid, 5 there were no cases.
    """
    knowledge = load(rules)
    tally = _Tally(fail_fast=fail_fast)
    outcomes = tally.watch(evaluate_cases(knowledge, read_cases(paths, sys.stdin.buffer)))
    pieces = WRITERS[form](knowledge, outcomes)
    if output is None:
        _print(pieces)
    else:
        _write_whole(Path(output), pieces)
    leave(tally.exit_code)


class _Tally:
    """Passes outcomes on, says on stderr what is wrong with them, and keeps what the exit code needs."""

    def __init__(self, *, fail_fast: bool) -> None:
        self._fail_fast = fail_fast
        self._cases = 0
        self._invalid = 0
        self._empty_folders = 0
        self._missed = 0

    def watch(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        for outcome in outcomes:
            for message in (*outcome.errors, *outcome.missed):
                click.echo(str(message), err=True)
            if outcome.empty_folder:
                self._empty_folders += 1
                continue
            self._cases += 1
            self._invalid += outcome.assessment is None
            self._missed += bool(outcome.missed)
            yield outcome
            if self._fail_fast and (self._invalid or self._missed):
                return

    @property
    def exit_code(self) -> Exit:
        if self._invalid or (self._empty_folders and self._cases):
            return Exit.INVALID_INPUT
        if not self._cases:
            return Exit.NO_CASES
        return Exit.MISSED if self._missed else Exit.DONE


def _print(pieces: Iterable[str]) -> None:
    try:
        for piece in pieces:
            sys.stdout.write(piece)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone: nothing more to say, and Python must not complain at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except UnicodeEncodeError:
        click.echo("this terminal cannot show some characters; set PYTHONUTF8=1 or use -o FILE", err=True)
        leave(Exit.USAGE)


def _write_whole(path: Path, pieces: Iterable[str]) -> None:
    """Write beside the file first and replace it at the end, so that no half file is ever seen."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        click.echo(f"{path}: cannot be written: {(error.strerror or 'no reason given').lower()}", err=True)
        leave(Exit.USAGE)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
