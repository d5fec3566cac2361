"""Readers: files, folders and standard input -> raw cases in input order, each with its place."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from triage.cases import scanning
from triage.cases.compression import Reader, decompressed
from triage.source.diagnostic import Diagnostic, Location
from triage.source.json_positions import JsonError, Places, parse
from triage.source.pointer import Pointer, pointer_text

STDIN = "-"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LONGEST_LINE = 1 << 24
_BLOCK = 1 << 20
_WHITE = " \t\r\n"  # what is white space in JSON; anything else is no empty line


@dataclass(frozen=True, slots=True)
class RawCase:
    """Data that should be a case, with the text it came from so that what is wrong can be located.

    The cases of one list share its `places`.
    """

    file: str
    data: Any
    text: str
    base: Pointer
    first_line: int
    places: Places = field(default=None, compare=False, repr=False)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.places is None:
            object.__setattr__(self, "places", Places(self.text))

    def locate(self, pointer: Pointer = ()) -> Location:
        """Return where a value inside this case stands in the file, or its nearest parent if absent."""
        whole = (*self.base, *pointer)
        line, column = self.places.of(whole)
        return Location(self.file, self.first_line + line - 1, column, pointer_text(whole))

    @property
    def line(self) -> int:
        """The line in which the case begins."""
        return self.locate().line

    @property
    def id(self) -> str:
        """The id that the case gives itself; "" where it gives none that is a text."""
        name = self.data.get("id") if isinstance(self.data, dict) else None
        return name if isinstance(name, str) else ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that gave no case: a missing file, an empty folder, a text that is not JSON."""

    diagnostic: Diagnostic
    empty_folder: bool = False

    @property
    def file(self) -> str:
        """The file or folder."""
        return self.diagnostic.file

    @property
    def line(self) -> int:
        """The line in it, 0 where it is about the whole."""
        return self.diagnostic.line


@dataclass(frozen=True, slots=True)
class Lines:
    """Some whole lines of a file: the number of the first, where they begin in it, and their bytes."""

    number: int
    offset: int
    data: bytes


def unsaid(_: str) -> None:
    """Say nothing: for callers whose user hears it elsewhere."""


def read_cases(
    paths: Iterable[str], stdin: BinaryIO, say: Callable[[str], None] = unsaid
) -> Iterator[RawCase | Unreadable]:
    """Yield what stands in files, folders (sorted, with their sub-folders) and `-`, in order.

    `say` gets what is passed over, a line a folder.
    """
    for found in files_of(paths, say):
        if isinstance(found, Unreadable):
            yield found
        elif found is None:
            yield from read_text("<stdin>", stdin.read(), lines=None)
        else:
            yield from _read_file(found)


def files_of(paths: Iterable[str], say: Callable[[str], None] = unsaid) -> Iterator[Path | Unreadable | None]:
    """Yield the files that paths name, in order; None stands for standard input.

    `say` gets what is passed over, a line a folder.
    """
    for name in paths:
        if name == STDIN:
            yield None
        elif os.path.isdir(name):  # noqa: PTH112 - Path.is_dir raises where a folder may not be entered
            yield from _files_in(Path(name), say)
        else:
            yield Path(name)


def _files_in(folder: Path, say: Callable[[str], None]) -> Iterator[Path | Unreadable]:
    empty = True
    for found in scanning.scan(folder, say):
        empty = False
        if isinstance(found, Diagnostic):
            yield Unreadable(found)
        else:
            yield found
    if empty:
        message = "holds no case files (.json, .jsonl or .ndjson); name another folder"
        yield Unreadable(Diagnostic(Location(str(folder)), message), empty_folder=True)


def holds_lines(path: Path) -> bool:
    """Tell whether a file is JSONL, by its name."""
    return scanning.holds_lines(path.name)


def _read_file(path: Path) -> Iterator[RawCase | Unreadable]:
    try:
        with path.open("rb") as raw, decompressed(path, raw) as file:
            if not holds_lines(path):
                yield from read_text(str(path), file.read(), lines=False)
                return
            for lines in cut(str(path), file, _BLOCK):
                if isinstance(lines, Unreadable):
                    yield lines
                else:
                    yield from read_lines(str(path), lines.data, lines.number)
    except OSError as error:
        yield unreadable(path, error)


def unreadable(file: Path | str, error: OSError) -> Unreadable:
    """Return what stands for a file that cannot be read, or not to its end."""
    reason = error.strerror or "cannot be read"
    message = f"cannot be read: {reason[0].lower()}{reason[1:]}"
    message = message if error.errno == 0 else f"{message}; check the name"
    return Unreadable(Diagnostic(Location(str(file)), message))


def line_breaks(data: bytes, end: int) -> int:
    """Return how many line breaks stand before a place."""
    return data.count(b"\n", 0, end)


def cut(
    file: str,
    stream: Reader,
    size: int,
    longest: int = LONGEST_LINE,
    breaks: Callable[[bytes, int], int] = line_breaks,
) -> Iterator[Lines | Unreadable]:
    """Cut a stream into blocks of whole lines of about this size, holding one block at a time.

    A line that is longer than any case could be is left out, and said so. `breaks` counts as `line_breaks`.
    """
    number, offset, rest = 1, 0, b""
    while data := stream.read(size):
        held = rest + data if rest else data
        end = held.rfind(b"\n") + 1
        if end:
            yield Lines(number, offset, held[:end] if end < len(held) else held)
            number += breaks(held, end)
            offset += end
        rest = held[end:]
        if len(rest) > longest:
            message = f"is a line of more than {longest:,} bytes, which is not a case; fix the file"
            yield Unreadable(Diagnostic(Location(file, number, 1), message))
            skipped, rest = _skip_line(stream, size)
            offset += len(held) - end + skipped
            number += 1
    if rest:
        yield Lines(number, offset, rest)


def _skip_line(stream: Reader, size: int) -> tuple[int, bytes]:
    """Read on to the end of a line; return how many bytes that was and what follows it."""
    skipped = 0
    while data := stream.read(size):
        end = data.find(b"\n") + 1
        if end:
            return skipped + end, data[end:]
        skipped += len(data)
    return skipped, b""


def read_text(file: str, raw: bytes, *, lines: bool | None) -> Iterator[RawCase | Unreadable]:
    """Read one whole text; `lines` says whether it is JSONL, None leaves it to the text."""
    if lines is None:
        lines = looks_like_lines(raw)
    if lines:
        yield from read_lines(file, raw, 1)
        return
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield _not_utf8(file, raw, error)
        return
    if text.strip(_WHITE):
        yield from _parse(file, text, 1, spread=True)
    else:
        message = "is empty; give one case or a list of cases"
        yield Unreadable(Diagnostic(Location(file, 1, 1), message))


def read_lines(file: str, raw: bytes, number: int) -> Iterator[RawCase | Unreadable]:
    """Read lines, of which the first has this number, one case each; empty lines are passed over."""
    for place, line in enumerate(raw.split(b"\n"), start=number):
        yield from read_line(file, line, place)


def read_line(file: str, line: bytes, number: int) -> Iterator[RawCase | Unreadable]:
    """Read one line of JSONL: one case, or none where it is empty."""
    try:
        text = line.removeprefix(BYTE_ORDER_MARK if number == 1 else b"").decode()
    except UnicodeDecodeError as error:
        yield _not_utf8(file, line, error, number)
        return
    if text.strip(_WHITE):
        yield from _parse(file, text, number, spread=False)


def _not_utf8(file: str, raw: bytes, error: UnicodeDecodeError, number: int = 1) -> Unreadable:
    before = raw[: error.start]
    line, column = before.count(b"\n") + number, error.start - before.rfind(b"\n")
    return Unreadable(Diagnostic(Location(file, line, column), "is not UTF-8; save it as UTF-8"))


def looks_like_lines(raw: bytes) -> bool:
    """Tell JSONL from JSON on standard input: each of two or more lines is JSON by itself."""
    found = [line for line in raw.removeprefix(BYTE_ORDER_MARK).splitlines() if line.strip()]
    if len(found) < 2 or not found[0].lstrip().startswith(b"{"):  # noqa: PLR2004 - one line is plain JSON
        return False
    return found[0].rstrip().endswith(b"}")


def _parse(file: str, text: str, first_line: int, *, spread: bool) -> Iterator[RawCase | Unreadable]:
    try:
        data = parse(text, file, first_line)
    except JsonError as error:
        yield Unreadable(error.diagnostic)
        return
    if not spread or not isinstance(data, list):
        yield RawCase(file, data, text, (), first_line)
        return
    if not data:
        message = "is an empty list; give at least one case"
        yield Unreadable(Diagnostic(Location(file, 1, 1), message))
    places = Places(text)
    for index, item in enumerate(data):
        yield RawCase(file, item, text, (index,), first_line, places)
