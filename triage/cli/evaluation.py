"""The run of `triage evaluate` once its options are checked: its output, its messages and its exit code."""

from __future__ import annotations

import gc
import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import click

from triage.bulk.blocks import Settings
from triage.bulk.repeated_ids import MOST_IDS
from triage.bulk.stream import BLOCK_SIZE, SMALL_BLOCK_SIZE, Run
from triage.bulk.tasks import InputReplacedError
from triage.bulk.workers import WorkerLostError
from triage.cli.common import Exit, leave, warn
from triage.cli.files import print_all, write_whole
from triage.cli.progress import ProgressLine
from triage.evaluation.crosscheck import Mismatch
from triage.evaluation.summary import lines
from triage.evaluation.tally import Tally
from triage.knowledge.model import KnowledgeBase
from triage.source.targets import is_written_through
from triage.source.text import plural

FEW = 200
"""On a terminal, so many cases are listed unless a format is given; more are shown as a summary."""
_MOST_MESSAGES = 100


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line; `brief` shows many cases as a summary."""

    paths: tuple[str, ...]
    settings: Settings
    output: str | None
    jobs: int | None
    brief: bool
    fail_fast: bool


class Messages:
    """Prints what is wrong with inputs: the first messages, then the number of the rest."""

    def __init__(self, progress: ProgressLine) -> None:
        """Take the progress line, which each message clears."""
        self._progress = progress
        self._count = 0

    def say(self, message: str) -> None:
        """Print a message, or only count it if there have been many."""
        self._count += 1
        if self._count <= _MOST_MESSAGES:
            self._progress.clear()
            click.echo(message, err=True)

    def count(self, more: int) -> None:
        """Count messages that will not be printed."""
        self._count += more

    def say_rest(self) -> None:
        """Print how many messages were not printed."""
        if self._count > _MOST_MESSAGES:
            click.echo(
                f"and {self._count - _MOST_MESSAGES:,} more; records (--format jsonl) hold them all", err=True
            )


_ALONE = 16
"""Experta assesses so many cases in less time than it takes to load what makes many cases quick."""


def run_here(knowledge: KnowledgeBase, options: Options) -> Tally:
    """Evaluate cases on this machine, and return the counts.

    Raises:
        Mismatch: the two evaluators differ on a case that was checked.
    """
    progress = ProgressLine(sys.stderr)
    messages = Messages(progress)
    run = Run(
        knowledge=knowledge,
        settings=replace(options.settings, alone=_ALONE),
        paths=options.paths,
        stdin=sys.stdin.buffer,
        jobs=options.jobs,
        block_size=SMALL_BLOCK_SIZE if options.settings.full else BLOCK_SIZE,
        say=messages.say,
        watch=progress,
        fail_fast=options.fail_fast,
    )
    standard_output = getattr(sys.stdout, "buffer", None)
    with closing(run.pieces()) as pieces, _loaded_for_good():
        try:
            if options.output is not None:
                write_whole(options.output, pieces)
            elif options.brief:
                print_all(_few(knowledge, run.tally, pieces), standard_output)
            else:
                print_all(pieces, standard_output)
        except (InputReplacedError, WorkerLostError) as error:
            progress.clear()
            click.echo(str(error), err=True)
            leave(Exit.BROKEN_OFF)
        finally:
            progress.clear()
    messages.say_rest()
    if run.ids.left_out:
        warn(
            f"repeated ids were looked for only among the first {MOST_IDS:,}; "
            f"{plural(run.ids.left_out, 'id')} after these may be repeated"
        )
    return run.tally


def _few(knowledge: KnowledgeBase, tally: Tally, pieces: Iterator[bytes | memoryview]) -> Iterator[bytes]:
    """Yield a table of few cases, or a summary of many."""
    held: list[bytes] = []
    for piece in pieces:
        held = [*held, bytes(piece)] if tally.cases <= FEW else []
    if tally.cases <= FEW:
        yield from held
    else:
        yield ("\n".join(lines(knowledge, tally)) + "\n").encode()


@contextmanager
def _loaded_for_good() -> Iterator[None]:
    """Leave what has been loaded out of the search for garbage: it stays in memory anyway."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def exit_code(tally: Tally) -> Exit:
    """Return the exit code of a run."""
    if tally.invalid or (tally.empty_folders and tally.cases):
        return Exit.INVALID_INPUT
    if not tally.cases:
        return Exit.NO_CASES
    return Exit.MISSED if tally.missed else Exit.DONE


def say_summary(knowledge: KnowledgeBase, tally: Tally, *, as_json: bool, everything: bool) -> None:
    """Write the counts of a run to standard error."""
    if as_json:
        click.echo(json.dumps(tally.record(knowledge)), err=True)
        return
    for line in lines(knowledge, tally, everything=everything):
        click.echo(line, err=True)


def write_report(knowledge: KnowledgeBase, tally: Tally, paths: Sequence[str], report: str) -> None:
    """Write the counts of a run as a page."""
    from triage.evaluation.report import html  # noqa: PLC0415 - loads the templates, only needed here

    write_whole(report, [html(knowledge, tally, paths)])


def keep_case(mismatch: Mismatch, output: str | None) -> NoReturn:
    """Say where the evaluators differ, save the case beside the output, and leave."""
    click.echo(str(mismatch), err=True)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", mismatch.case)[:60]
    beside = (
        Path(output).parent if output and "://" not in output and not is_written_through(output) else Path()
    )
    path = beside / f"mismatch-{name}.json"
    write_whole(path, [json.dumps([mismatch.data], ensure_ascii=False, indent=2) + "\n"])
    click.echo(
        f"The run stops here. The case is saved as {path}; run it with --engine experta and with "
        "--check none, and report it together with the rules.",
        err=True,
    )
    leave(Exit.MISMATCH)


def meta_keys(names: str | None, columns: Sequence[str]) -> tuple[str, ...]:
    """Return the keys of `meta` that become columns; refuse one that is the name of a column already."""
    keys = tuple(dict.fromkeys(name.strip() for name in (names or "").split(",") if name.strip()))
    for key in keys:
        if key in columns:
            raise click.UsageError(f'--meta {key}: there is already a column "{key}"; name another key')
    return keys
