"""The bulk runs of `triage evaluate`."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import cast

import click

from triage.batch.blocks import Form, InputReplacedError, Settings
from triage.batch.stream import BulkRun
from triage.batch.tally import Tally
from triage.batch.workers import WorkerLostError
from triage.cases.compression import ending_of
from triage.cli.common import Exit, leave
from triage.cli.files import print_all, write_whole
from triage.cli.options import BOTH, Options
from triage.cli.progress import ProgressLine
from triage.inference.evaluators import COMPILED, EXPERTA
from triage.knowledge.model import KnowledgeBase

_MOST_MESSAGES = 100


def run_bulk(knowledge: KnowledgeBase, options: Options) -> Tally:
    """Stream cases through, and return the counts.

    Raises:
        Mismatch: the two evaluators differ on a case that was checked.
    """
    progress = ProgressLine(sys.stderr)
    messages = Messages(progress)
    run = BulkRun(
        knowledge=knowledge,
        settings=settings_of(options),
        paths=options.paths,
        stdin=sys.stdin.buffer,
        jobs=options.jobs,
        say=messages.say,
        watch=progress,
    )
    with closing(run.pieces()) as pieces, _loaded_for_good():
        try:
            if options.output is None:
                print_all(pieces, sys.stdout.buffer)
            else:
                write_whole(options.output, pieces)
        except (InputReplacedError, WorkerLostError) as error:
            progress.clear()
            click.echo(str(error), err=True)
            leave(Exit.BROKEN_OFF)
        finally:
            progress.clear()
    messages.say_rest()
    return run.tally


def settings_of(options: Options) -> Settings:
    """Return how a bulk run is done."""
    return Settings(
        form=cast("Form", options.form),
        full=options.full,
        engine=EXPERTA if options.engine == EXPERTA else COMPILED,
        cross_check=1 if options.engine == BOTH else options.cross_check,
        ending=ending_of((options.output or "").rstrip("/")),
    )


@contextmanager
def _loaded_for_good() -> Iterator[None]:
    """Keep what has been loaded out of the search for garbage: it stays anyway."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class Messages:
    """Says what is wrong with inputs, the first of them one by one."""

    def __init__(self, progress: ProgressLine) -> None:
        """Say them in between what shows the progress."""
        self._progress = progress
        self._count = 0

    def say(self, message: str) -> None:
        """Say one, or count it where there have been many."""
        self._count += 1
        if self._count <= _MOST_MESSAGES:
            self._progress.clear()
            click.echo(message, err=True)

    def count(self, more: int) -> None:
        """Count some that nobody will say."""
        self._count += more

    def say_rest(self) -> None:
        """Say how many there were that have not been said."""
        if self._count > _MOST_MESSAGES:
            click.echo(f"and {self._count - _MOST_MESSAGES:,} more; the records hold them all", err=True)
