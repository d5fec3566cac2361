"""Read files, folders and standard input: raw cases in the order of input, each with its place."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from triage.cases.reading import scanning
from triage.cases.reading.compression import decompressed, plain_name
from triage.cases.reading.cutting import sheets, sheets_of_stdin
from triage.cases.reading.raw_case import RawCase, Unreadable
from triage.cases.reading.sheets import Sheet
from triage.source.diagnostic import Diagnostic, Location, printable, reason_of

STDIN = "-"
_BLOCK = 1 << 20


def unsaid(_: str) -> None:
    """Say nothing: for callers that report elsewhere."""


def read_cases(
    paths: Iterable[str], stdin: BinaryIO, say: Callable[[str], None] = unsaid
) -> Iterator[RawCase | Unreadable]:
    """Yield the cases of files, folders (sorted, with their sub-folders) and `-`, in order.

    `say` gets one line for each folder about what is skipped.
    """
    for found in files_of(paths, say):
        if isinstance(found, Unreadable):
            yield found
            continue
        cut = sheets_of_stdin(stdin, _BLOCK) if found is None else sheets_of_file(found, _BLOCK)
        for each in cut:
            yield from read_sheet(each)


def read_sheet(sheet: Sheet | Unreadable) -> Iterator[RawCase | Unreadable]:
    """Yield the cases of a sheet."""
    if isinstance(sheet, Unreadable):
        yield sheet
    else:
        yield from sheet.read_all()


def files_of(paths: Iterable[str], say: Callable[[str], None] = unsaid) -> Iterator[Path | Unreadable | None]:
    """Yield the files that paths name, in order; None stands for standard input.

    `say` gets one line for each folder about what is skipped.
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
    plain: set[str] = set()
    for found in scanning.scan(folder, say):
        empty = False
        if isinstance(found, Diagnostic):
            yield Unreadable(found)
            continue
        name = plain_name(str(found))
        if name in plain:
            say(
                printable(f"{found}: stands beside {name}, plain or compressed in another way; both are read")
            )
        plain.add(name)
        yield found
    if empty:
        message = "holds no case files (.json, .jsonl or .ndjson); name another folder"
        yield Unreadable(Diagnostic(Location(str(folder)), message), empty_folder=True)


def holds_lines(path: Path) -> bool:
    """Tell whether a file is JSONL, by its name."""
    return scanning.holds_lines(path.name)


def sheets_of_file(path: Path, size: int) -> Iterator[Sheet | Unreadable]:
    """Cut a file into sheets of about this size, with an `Unreadable` if it cannot be read to its end."""
    try:
        with path.open("rb") as raw, decompressed(path, raw) as file:
            yield from sheets(str(path), file, size, lines=holds_lines(path))
    except OSError as error:
        yield unreadable(path, error)


def unreadable(file: Path | str, error: OSError) -> Unreadable:
    """Return an `Unreadable` for a file that cannot be read to its end."""
    message = f"cannot be read: {reason_of(error)}"
    message = message if error.errno == 0 else f"{message}; check the name"
    return Unreadable(Diagnostic(Location(str(file)), message))


def read_text(file: str, raw: bytes, *, lines: bool) -> Iterator[RawCase | Unreadable]:
    """Yield the cases of a whole text; `lines` says whether it is JSONL."""
    for each in sheets(file, BytesIO(raw), _BLOCK, lines=lines):
        yield from read_sheet(each)
