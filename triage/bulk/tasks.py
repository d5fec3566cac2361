"""The tasks of a run: cases, or where to read them, that are evaluated by themselves; and their results."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from triage.cases.reading.cutting import Lines
from triage.cases.reading.raw_case import Unreadable
from triage.cases.reading.sheets import Pieces, Sheet
from triage.evaluation.tally import Tally
from triage.source.diagnostic import printable


@dataclass(frozen=True, slots=True)
class FileState:
    """Tells an open file from any other file, and from itself after somebody has written to it."""

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
    """The place of whole lines in a plain file, which the evaluating process reads; `count` is their number.

    `state` is the state of the file when the run began to read it.
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
            InputReplacedError: the file is gone or another one, or its content has changed.
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
    """Sheets of cases, ranges of them, and unreadable inputs; each case or unreadable input is a piece.

    `before` counts the earlier pieces of the run; `repeated` says, for pieces with a repeated id, where the
    id came first.
    """

    parts: tuple[Sheet | Range | Unreadable, ...]
    before: int = 0
    repeated: Mapping[int, str] = field(default_factory=dict)

    @property
    def is_large(self) -> bool:
        """Whether it holds the texts of cases themselves."""
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
    """The result of a task.

    `output` holds the records; `messages` say what is wrong with cases; `fault` is the place of the first
    case that is invalid or misses an expectation. `places` and `numbers` are the places and the lines of the
    `ids`; `files` are their files, each with its number of ids.
    """

    output: bytes = b""
    messages: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    ids: Sequence[str] = ()
    places: Sequence[int] = ()
    numbers: Sequence[int] = ()
    files: Sequence[tuple[str, int]] = ()
    fault: int | None = None
