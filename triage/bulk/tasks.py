"""Tasks of a run: some cases, or where they stand, to be evaluated by themselves; and what comes of them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from triage.cases.cutting import Lines
from triage.cases.raw_case import Unreadable
from triage.cases.sheets import Pieces, Sheet
from triage.evaluation.tally import Tally
from triage.source.diagnostic import printable


@dataclass(frozen=True, slots=True)
class FileState:
    """What tells an open file from another, and from itself once somebody has written to it."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, file: BinaryIO) -> FileState:
        """Return the state of an open file."""
        state = os.fstat(file.fileno())
        return cls(state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)


class InputReplacedError(Exception):
    """A file is no longer the one that the run began with."""

    def __init__(self, file: str) -> None:
        """Name the file."""
        super().__init__(file)
        self.file = file

    def __str__(self) -> str:
        """Say which file, and what to do."""
        return f"{printable(self.file)}: was replaced or changed while it was read; run it again"


@dataclass(frozen=True, slots=True)
class Range:
    """Where some whole lines stand in a plain file, to be read by whoever evaluates them; and how many.

    `state` is that of the file when the run began to read it.
    """

    file: str
    number: int
    offset: int
    length: int
    state: FileState
    count: int

    def sheet(self) -> Sheet:
        """Read the lines.

        Raises:
            InputReplacedError: under this name stands another file or none, or what it holds has changed.
        """
        try:
            with Path(self.file).open("rb") as file:
                file.seek(self.offset)
                data, state = file.read(self.length), FileState.of(file)
        except OSError:
            raise InputReplacedError(self.file) from None
        if state != self.state:
            raise InputReplacedError(self.file)
        return Lines(self.number, self.offset, data, self.count).sheet(self.file)


@dataclass(frozen=True, slots=True)
class Block:
    """Sheets of cases or where they stand, and what cannot be read, each of which counts as a piece.

    `before` counts the pieces of the run that stand before; `repeated` says of pieces whose id has stood
    before where that was.
    """

    parts: tuple[Sheet | Range | Unreadable, ...]
    before: int = 0
    repeated: Mapping[int, str] = field(default_factory=dict)

    @property
    def is_large(self) -> bool:
        """Whether it holds the texts of cases."""
        return any(isinstance(part, Sheet) for part in self.parts)

    def until(self, place: int) -> Block:
        """Return the block without the pieces that follow a place.

        Raises:
            InputReplacedError: a file is no longer the one that the run began with.
        """
        kept: list[Sheet | Range | Unreadable] = []
        for part in self.parts:
            if isinstance(part, Unreadable):
                kept.append(part)
                place -= 1
            else:
                pieces = Pieces(part.sheet())
                if place < len(pieces.texts):
                    return replace(self, parts=(*kept, pieces.until(place)))
                kept.append(part)
                place -= len(pieces.texts)
            if place < 0:
                break
        return replace(self, parts=tuple(kept))


@dataclass(slots=True)
class Done:
    """What came of a task.

    Its records as bytes, what is wrong with its cases, the counts, the ids of its cases, and the place of the
    first case that is invalid or misses something. The ids go with their places in the block, the lines of
    their files, and the files, each with how many of them it holds.
    """

    output: bytes = b""
    messages: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    ids: Sequence[str] = ()
    places: Sequence[int] = ()
    numbers: Sequence[int] = ()
    files: Sequence[tuple[str, int]] = ()
    fault: int | None = None
