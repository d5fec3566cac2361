"""A bulk run from end to end: inputs cut into tasks, tasks evaluated, records put together in input order."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np

from triage.batch.blocks import Block, BlockEvaluator, FileState, Range, Settings, Task
from triage.batch.tally import Tally
from triage.batch.workers import Output, in_order
from triage.batch.writers import csv_header
from triage.cases.compression import Reader, compress, decompressed, ending_of
from triage.cases.reader import (
    BYTE_ORDER_MARK,
    LONGEST_LINE,
    STDIN,
    Lines,
    Unreadable,
    cut,
    files_of,
    holds_lines,
    unreadable,
)
from triage.knowledge.model import KnowledgeBase

BLOCK_SIZE = 1 << 21
_FREED = 24 << 20


@dataclass(slots=True)
class Progress:
    """How far a run has come: cases written, and bytes read of the bytes that there are (0: not known)."""

    cases: int = 0
    bytes_read: int = 0
    bytes_in_all: int = 0


@dataclass(slots=True)
class BulkRun:
    """One bulk run.

    `watch` is called as it goes; `say` gets what is wrong with each input. The tally is whole when every
    piece has been taken.
    """

    knowledge: KnowledgeBase
    settings: Settings
    paths: tuple[str, ...]
    stdin: BinaryIO
    jobs: int = 1
    block_size: int = BLOCK_SIZE
    say: Callable[[str], None] = lambda _: None
    watch: Callable[[Progress], None] = lambda _: None
    progress: Progress = field(default_factory=Progress)
    tally: Tally = field(default_factory=Tally)

    def pieces(self) -> Generator[Output]:
        """Yield the output, the records of one block at a time; each is gone when the next is asked for.

        Raises:
            Mismatch: the two evaluators differ on a case that was checked.
            InputReplacedError: a file is no longer the one that the run began with.
            WorkerLostError: a worker process ended unexpectedly.
        """
        _keep_what_is_freed()
        self.progress.bytes_in_all = size_of(self.paths)
        opening, between, closing, nothing = self._frame()
        first = True
        evaluator = BlockEvaluator(self.knowledge, self.settings)
        for done, output in in_order(evaluator, self._tasks(), self.jobs):
            for message in done.messages:
                self.say(message)
            self.tally.merge(done.tally)
            if output:
                yield opening if first else between
                yield output
                first = False
            self.progress.cases = self.tally.cases
            self.watch(self.progress)
        yield nothing if first else closing

    def _frame(self) -> tuple[bytes, bytes, bytes, bytes]:
        """What stands before, between and behind the blocks, and what stands alone where there are none."""
        if self.settings.form == "json":
            parts = (b"[\n", b",\n", b"\n]\n")
            nothing = b"[]\n"
        else:
            nothing = csv_header().encode() if self.settings.form == "csv" else b""
            parts = (nothing, b"", b"")
        ending = self.settings.ending
        opening, between, closing = (compress(part, ending) if part else b"" for part in parts)
        return opening, between, closing, compress(nothing, ending)

    def _tasks(self) -> Iterator[Task]:
        read = 0
        for found in files_of(self.paths, self.say):
            if isinstance(found, Unreadable):
                yield found
            elif found is None:
                yield from self._of_stdin()
            else:
                try:
                    yield from self._of_file(found, read)
                    read += found.stat().st_size
                except OSError as error:
                    yield unreadable(found, error)

    def _of_file(self, path: Path, before: int) -> Iterator[Task]:
        with path.open("rb") as raw, decompressed(path, raw) as file:
            if not holds_lines(path):
                yield Block(str(path), 1, file.read(), whole=True)
                return
            by_range = self.jobs > 1 and not ending_of(path.name) and raw.seekable()
            for task in self._of_lines(str(path), file, FileState.of(raw) if by_range else None):
                if raw.seekable():
                    self.progress.bytes_read = before + raw.tell()
                yield task

    def _of_stdin(self) -> Iterator[Task]:
        """Take standard input for JSONL where its first line is a whole object, else for JSON."""
        first = more = self.stdin.readline(LONGEST_LINE)
        while more and not first.removeprefix(BYTE_ORDER_MARK).strip() and len(first) < LONGEST_LINE:
            more = self.stdin.readline(LONGEST_LINE)
            first += more
        stream = _Again(first, self.stdin)
        text = first.removeprefix(BYTE_ORDER_MARK).strip()
        if (text.startswith(b"{") and text.endswith(b"}")) or len(first) >= LONGEST_LINE:
            yield from self._of_lines("<stdin>", stream, None)
        else:
            yield Block("<stdin>", 1, stream.read(), whole=True)

    def _of_lines(self, file: str, stream: Reader, state: FileState | None) -> Iterator[Task]:
        """Cut a stream into blocks; where the state of a plain file is given, name their ranges only."""
        for found in cut(file, stream, self.block_size, breaks=_line_breaks):
            if not isinstance(found, Lines):
                yield found
            elif state:
                yield Range(file, found.number, found.offset, len(found.data), state)
            else:
                yield Block(file, found.number, found.data)


def _line_breaks(data: bytes, end: int) -> int:
    """Count line breaks as `line_breaks` does, in a quarter of the time."""
    return int(np.count_nonzero(np.frombuffer(data, np.uint8, end) == ord("\n")))


def _keep_what_is_freed() -> None:
    """Free a large piece of memory: from then on glibc keeps what one block frees for the next."""
    bytearray(_FREED)


def size_of(paths: Iterable[str]) -> int:
    """Return how many bytes stand in the files that paths name, or 0 where that cannot be known."""
    paths = tuple(paths)
    if STDIN in paths:
        return 0
    files = [path for path in files_of(paths) if isinstance(path, Path) and os.path.isfile(path)]  # noqa: PTH113
    return sum(path.stat().st_size for path in files)


class _Again:
    """A stream of which the beginning has been read."""

    def __init__(self, read: bytes, stream: BinaryIO) -> None:
        self._read = read
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        read, self._read = self._read, b""
        if size < 0:
            return read + self._stream.read()
        return read + self._stream.read(max(1, size - len(read)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass
