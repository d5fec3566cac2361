"""`triage evaluate`: case files in, assessments out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

import click

from triage.batch.evaluate import Outcome
from triage.batch.evaluate import evaluate as evaluate_cases
from triage.batch.readers import read_cases
from triage.batch.writers import WRITERS
from triage.cli.common import Exit, leave, load, rules_option
from triage.cli.files import put


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
    put(WRITERS[form](knowledge, outcomes), output)
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
